"""The flows on a real Prefect server with a real worker: triggered, listed, cancelled, killed, and run again."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import takewhile
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest
import yaml
from prefect import flow
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.events import emit_event
from prefect.settings import PREFECT_API_URL, PREFECT_HOME, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from exports.release.manifest import read_release, sha256_of
from flows.orchestration import automations, policy
from flows.orchestration import prefect as orchestration
from flows.workspace.errors import ConfigurationError, SourceUnavailable
from flows.workspace.lock import one_run_at_a_time
from flows.workspace.settings import Workspace
from tests.conftest import a_county
from tests.integration.prefect_service import PATIENCE, PROJECT_ROOT, UNITS, PrefectService, prefect_service, stop, wait_for

pytestmark = pytest.mark.integration
STEPS = ["ingest", "build", "check", "release", "publish"]
COUNTY = "澜泽市栖川县"
PERSONAL = ("110101190001010014", "13800138000")  # an identity number and a mobile that were never given out, in a row that is quarantined
INBOX = {
    "plans/2026.txt": "栖川县2026年政务公开工作要点\n\n一、公开年度计划。县财政局牵头，3月底前完成。\n".encode(),
    "units/units.csv": "单位名称\n栖川县财政局\n".encode(),
    "disclosures/2026-10.csv": (
        "索引号,标题,公开单位,公开日期\nA1,关于预算的公告,栖川县财政局,2026-10-12\n"
        f"A2,关于{PERSONAL[0]}的公告,栖川县财政局,待定{PERSONAL[1]}\n"
    ).encode(),
    "disclosures/2026-11.csv": b"",
    "request_events/2025.csv": "申请编号,受理单位,办理环节,办理日期\n1,栖川县财政局,收到申请,2025-03-03\n".encode(),
}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A government of one plan, one unit, one record and one unreadable file; beside it another, with a code of its own."""
    folder = tmp_path_factory.mktemp("governments")
    other = a_county(folder / "b", INBOX).root / "gongkai.yaml"
    other.write_text(other.read_text("utf-8").replace("990101", "990102"), "utf-8")
    return a_county(folder / "a", INBOX).root


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, county: Path) -> Iterator[PrefectService]:
    with prefect_service(tmp_path_factory.mktemp("prefect"), GONGKAI_WORKSPACE=str(county)) as started:
        yield started


@pytest.fixture(scope="module")
def worker(service: PrefectService) -> Iterator[psutil.Process]:
    with service.worker() as process:
        yield process


@pytest.fixture(scope="module")
def first_run(service: PrefectService, worker: psutil.Process, county: Path) -> str:
    """The id of the county's first run, followed from the command line to its end."""
    said = service.command("deployment", "run", "gongkai-refresh/nightly", "--watch")
    assert "finished successfully" in said
    return next(str(run["id"]) for run in _runs_of(service, "gongkai-refresh") if run["state_type"] == "COMPLETED")


@dataclass(frozen=True)
class Runs:
    """The runs of all deployments, by their names; one that was refused; one that had to wait on the server."""

    by_deployment: Mapping[str, dict[str, Any]]
    refused: dict[str, Any]
    waited_for: Mapping[str, str]


@pytest.fixture(scope="module")
def all_runs(
    service: PrefectService, worker: psutil.Process, first_run: str, county: Path, robot: _Robot, tmp_path_factory: pytest.TempPathFactory
) -> Runs:
    """Every deployment triggered at once, while another run holds the county; `check` runs on a copy with a unit twice in it."""
    damaged = Path(shutil.copytree(county, tmp_path_factory.mktemp("damaged") / "county", symlinks=True))
    with duckdb.connect(str(damaged / "warehouse.duckdb")) as connection:
        connection.execute("insert into core.units from core.units limit 1")
    parameters: dict[str, dict[str, Any]] = {
        "gongkai-refresh-all/on-demand": {"workspaces": [str(county.parent / "*")]},
        "gongkai-backfill/on-demand": {"first": "2026-10-30", "last": "2026-10-31", "every": "day"},
        "gongkai-check/on-demand": {"workspace": str(damaged), "again": True},
    }
    with one_run_at_a_time(Workspace.open(county)):
        refused = service.trigger("gongkai-ingest/on-demand", wait_minutes=0)
        runs = {name: service.trigger(name, **parameters.get(name, {})) for name in sorted(_deployed(service))}
        waiting = {name: runs[name] for name in ("gongkai-refresh/nightly", "gongkai-build/on-demand")}
        for name, run in waiting.items():
            wait_for(f"{name} to wait", lambda run=run: "waiting for a run under way" in service.log_of(run))
        second = service.trigger("gongkai-refresh/nightly")
        wait_for("the second run", lambda: service.run(second)["state_name"] == "AwaitingConcurrencySlot")
        service.ask(f"/flow_runs/{second}/set_state", state={"type": "CANCELLED"}, force=True)
        ended = service.ended(refused)
    return Runs({name: service.ended(run) for name, run in runs.items()}, ended, waiting)


def _deployed(service: PrefectService) -> dict[str, dict[str, Any]]:
    flows = {flow["id"]: flow["name"] for flow in service.ask("/flows/filter")}
    return {f"{flows[one['flow_id']]}/{one['name']}": one for one in service.ask("/deployments/filter")}


def test_every_deployment_of_the_file_runs_to_its_end_though_all_are_triggered_at_once(all_runs: Runs) -> None:
    wanted = yaml.safe_load((PROJECT_ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
    names = {f"gongkai-{one['entrypoint'].rpartition('.')[2].replace('_', '-')}/{one['name']}" for one in wanted}
    assert set(all_runs.by_deployment) == names
    assert {name: run["state_type"] for name, run in all_runs.by_deployment.items()} == dict.fromkeys(names, "COMPLETED")
    said = {name: run["state"]["message"] for name, run in all_runs.by_deployment.items()}
    assert said["gongkai-refresh-all/on-demand"] == "2 workspaces: 0 whole, 2 incomplete, 0 failed"
    assert said["gongkai-backfill/on-demand"].startswith("2 releases, 2026-10-30 to 2026-10-31")
    assert "questions as of 2026-10-31" in said["gongkai-audit/inspection"]
    assert said["gongkai-annual-report/yearly"].endswith("/reports/2025")


def test_the_artifacts_of_each_deployment_are_in_the_api(service: PrefectService, all_runs: Runs, county: Path) -> None:
    found = {artifact["key"]: artifact for artifact in service.ask("/artifacts/latest/filter")}
    shown = {f"gongkai-990101-{what}" for what in ("run", "rejects", "sources", "checks", "release", "audit", "annual-report", "backfill")}
    assert set(found) >= {*shown, "gongkai-990102-release", "gongkai-refresh-all"}
    series = json.loads(found["gongkai-990101-backfill"]["data"])
    assert [row["发布包 Release"] for row in series] == sorted(path.name for path in (county / "backfill").glob("2*"))
    reports = {row["文件 File"] for row in json.loads(found["gongkai-990101-annual-report"]["data"])}
    assert reports == {path.name for path in (county / "reports" / "2025").iterdir()}


def test_a_second_trigger_waits_or_is_refused_as_asked(all_runs: Runs) -> None:
    assert all_runs.refused["state_type"] == "FAILED"
    assert "WorkspaceBusy" in all_runs.refused["state"]["message"]
    assert {all_runs.by_deployment[name]["id"] for name in all_runs.waited_for} == set(all_runs.waited_for.values())


def test_the_run_shows_its_steps_as_tasks_with_their_results(service: PrefectService, first_run: str) -> None:
    run = service.run(first_run)
    number = len(INBOX)
    assert run["name"] == f"refresh {COUNTY} 2026-10-31"
    assert (run["state_type"], run["state_name"]) == ("COMPLETED", "Incomplete")  # one of its files cannot be read
    assert f"{number} sources, 1 rejects" in run["state"]["message"]
    tasks = {task["name"]: task for task in service.tasks_of(first_run)}
    steps = [tasks[f"{step} {COUNTY} 2026-10-31"] for step in STEPS]
    assert [step["state_name"] for step in steps] == ["Completed", "Completed", "Completed", "Completed", "Cached"]  # no portal is set
    assert all({"gongkai", "990101"} <= set(step["tags"]) for step in steps)
    assert steps[0]["state"]["message"].startswith(f"{number} sources: {number} read")
    assert tasks[f"reading {number} of {number}"]["state_type"] == "COMPLETED"
    assert f"{number} sources: {number} read" in service.log_of(first_run)


def test_lineage_leads_from_the_sources_to_every_public_dataset(service: PrefectService, first_run: str, county: Path) -> None:
    release = read_release((county / "releases" / "latest").resolve())

    def made_from() -> dict[str, set[str]] | None:
        body = {"event": {"name": ["prefect.asset.materialization.succeeded"]}, "resource": {"id_prefix": ["gongkai://990101/"]}}
        events = service.ask("/events/filter", filter=body, limit=50)["events"]
        found = {
            event["resource"]["prefect.resource.id"]: {
                other["prefect.resource.id"] for other in event["related"] if other["prefect.resource.role"] == "asset"
            }
            for event in events
        }
        return found if len(found) >= len(release.datasets) + 2 else None

    found = wait_for("the assets", made_from)
    own = "gongkai://990101/"
    assert found[f"{own}raw"] == {f"{own}sources/{source.name}" for source in Workspace.open(county).settings.sources}
    assert found[f"{own}warehouse"] == {f"{own}raw"}
    assert all(found[f"{own}datasets/{dataset.slug}"] == {f"{own}warehouse"} for dataset in release.datasets)


def test_the_run_leaves_summary_sources_checks_and_release_as_artifacts(service: PrefectService, first_run: str) -> None:
    found = {artifact["key"]: artifact for artifact in service.ask("/artifacts/latest/filter")}
    assert set(found) >= {f"gongkai-990101-{what}" for what in ("run", "rejects", "sources", "checks", "release")}
    summary = found["gongkai-990101-run"]["data"]
    assert summary.startswith(f"# {COUNTY} · 2026-10-31")
    assert "| 公开记录 Disclosures | " in summary
    assert any("2026-11.csv" in row["位置 Place"] for row in json.loads(found["gongkai-990101-rejects"]["data"]))


def test_no_number_of_a_person_is_in_logs_artifacts_states_or_events(service: PrefectService, first_run: str, county: Path) -> None:
    with duckdb.connect(str(county / "warehouse.duckdb"), read_only=True) as connection:
        met = "select count(*) from quarantine.disclosures where list_contains(fault_kinds, 'private_data')"
        assert connection.execute(met).fetchall() == [(1,)]

    def everything(path: str) -> list[Any]:
        pages = (service.ask(path, offset=offset, limit=200) for offset in range(0, 100_000, 200))
        return [one for page in takewhile(bool, pages) for one in page]

    kept = {path: json.dumps(everything(path), ensure_ascii=False) for path in ("/logs/filter", "/artifacts/filter", "/task_runs/filter")}
    kept["run"] = json.dumps(service.run(first_run), ensure_ascii=False)
    kept["events"] = json.dumps(service.ask("/events/filter", filter={"event": {"prefix": ["gongkai."]}}), ensure_ascii=False)
    kept |= {path.name: path.read_text("utf-8", errors="replace") for path in service.folder.glob("*.log")}
    assert "set aside" in kept["/logs/filter"]
    assert "2026-10.csv" in kept["/artifacts/filter"]
    assert [(place, number) for place, words in kept.items() for number in PERSONAL if number in words] == []


def test_a_new_release_is_announced_with_its_hashes_once(service: PrefectService, all_runs: Runs, county: Path) -> None:
    """Even if several runs found it; the other county's is announced too, and no past day's."""

    def announced() -> dict[str, dict[str, Any]] | None:
        events = service.ask("/events/filter", filter={"event": {"name": ["gongkai.release.created"]}})["events"]
        assert len({event["payload"]["workspace"] for event in events}) == len(events), "a release was announced twice"
        return {event["payload"]["workspace"]: event for event in events} if len(events) > 1 else None

    event = wait_for("the events", announced)[str(county)]
    release = read_release((county / "releases" / "latest").resolve())
    assert event["payload"]["manifest_sha256"] == sha256_of(release.folder / "manifest.json")
    hashes = {path: sha for dataset in event["payload"]["datasets"] for path, sha in dataset["sha256"].items()}
    assert hashes == {file.path: file.sha256 for dataset in release.datasets for file in dataset.files}


@pytest.mark.parametrize("unit", ["server", "worker"])
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path, service: PrefectService, unit: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    for path in UNITS.glob("*.service"):
        (tmp_path / path.name).write_text(
            path.read_text("utf-8").replace("/srv/gongkai/code/.venv/bin/prefect", str(service.python)), "utf-8"
        )
    found = subprocess.run(["systemd-analyze", "verify", tmp_path / f"gongkai-{unit}.service"], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


def test_deployments_are_listed_with_schedules_and_help(service: PrefectService) -> None:
    deployed = _deployed(service)
    when = {
        name: [(s["schedule"]["cron"], s["schedule"]["timezone"], s["active"]) for s in one["schedules"]] for name, one in deployed.items()
    }
    assert {name: sorted(schedules) for name, schedules in when.items() if schedules} == {
        "gongkai-refresh/nightly": [("30 1 * * *", "Asia/Shanghai", True)],
        "gongkai-audit/inspection": [("0 6 20-23 * *", "Asia/Shanghai", True)],
        "gongkai-annual-report/yearly": [("0 7 5,25 1 *", "Asia/Shanghai", True), ("0 7 5,25 3 *", "Asia/Shanghai", True)],
    }
    for name, one in deployed.items():
        assert all(parameter["description"] for parameter in one["parameter_openapi_schema"]["properties"].values()), name
        assert one["work_queue_name"] == ("scheduled" if when[name] else "on-demand")


@pytest.mark.rest
def test_a_run_takes_its_code_from_a_git_branch_where_the_deployment_says_so(
    service: PrefectService, worker: psutil.Process, first_run: str, county: Path, tmp_path: Path
) -> None:
    """The branch names its runs differently from the installed wheel."""
    repository = tmp_path / "repository"
    for room in ("flows", "exports", "sql", "expectations"):
        shutil.copytree(PROJECT_ROOT / room, repository / room, ignore=shutil.ignore_patterns("__pycache__"))
    code = repository / "flows" / "orchestration" / "prefect.py"
    code.write_text(code.read_text("utf-8").replace('return f"{verb} {', 'return f"{verb} from a branch {'), "utf-8")
    git = ["git", "-C", repository, "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "code"]):
        subprocess.run([*git, *words], check=True)
    deployments = yaml.safe_load((PROJECT_ROOT / "prefect.yaml").read_text("utf-8"))
    deployments["pull"] = [{"prefect.deployments.steps.git_clone": {"repository": repository.as_uri(), "branch": "main"}}]
    deployments["deployments"] = [d | {"name": "branch"} for d in deployments["deployments"] if d["entrypoint"].endswith(".build")]
    (tmp_path / "prefect.yaml").write_text(yaml.safe_dump(deployments), "utf-8")
    service.command("deploy", "--all", "--prefect-file", tmp_path / "prefect.yaml")
    run = service.ended(service.trigger("gongkai-build/branch"))
    assert (run["state_type"], run["name"]) == ("COMPLETED", f"build from a branch {COUNTY} 2026-10-31")


class _Robot(ThreadingHTTPServer):
    """A group chat's robot: keeps the messages that it gets."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _RobotAnswer)
        self.messages: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def heard(self, *words: str) -> str | None:
        return next((text for text in self.messages if all(word in text for word in words)), None)


class _RobotAnswer(BaseHTTPRequestHandler):
    server: _Robot

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.messages.append(body["text"]["content"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: the test looks at the messages."""


@pytest.fixture(scope="module")
def robot(service: PrefectService) -> Iterator[_Robot]:
    server = _Robot()
    service.module("flows.orchestration.automations", "--webhook", f"http://127.0.0.1:{server.server_port}/", "--robot", "wecom")
    yield server
    server.shutdown()
    server.server_close()


def test_a_failed_critical_check_is_sent_to_the_robot(all_runs: Runs, robot: _Robot) -> None:
    assert all_runs.by_deployment["gongkai-check/on-demand"]["state_name"] == "Incomplete"
    wait_for("the robot's message", lambda: robot.heard(COUNTY, "held back", "marts.units", "单位标识不重复"))


def test_a_file_that_arrives_is_ingested(
    service: PrefectService, worker: psutil.Process, first_run: str, county: Path, robot: _Robot
) -> None:
    payload = json.dumps({"workspace": str(county)})
    before = {run["id"] for run in _runs_of(service, "gongkai-ingest")}
    service.command("event", "emit", "gongkai.source.arrived", "--resource-id", "inbox", "--payload", payload)
    run = wait_for("the run", lambda: next((r for r in _runs_of(service, "gongkai-ingest") if r["id"] not in before), None))
    done = service.ended(run["id"])
    assert (done["state_type"], done["parameters"]["workspace"]) == ("COMPLETED", str(county))


def _runs_of(service: PrefectService, flow_name: str) -> list[dict[str, Any]]:
    return service.ask("/flow_runs/filter", flows={"name": {"any_": [flow_name]}})  # type: ignore[no-any-return]


def test_a_failed_run_is_sent_to_the_robot_with_its_remedy(
    service: PrefectService, worker: psutil.Process, robot: _Robot, tmp_path: Path
) -> None:
    """And it fails before it begins, in a folder that is no workspace."""
    run = service.ended(service.trigger("gongkai-refresh/nightly", workspace=str(tmp_path)))
    assert run["state_type"] == "FAILED"
    assert "no gongkai.yaml" in run["state"]["message"]
    wait_for("the robot's message", lambda: robot.heard(run["name"], "no gongkai.yaml", "gongkai init"))


def test_a_notification_block_sends_the_same_as_the_webhook(service: PrefectService, robot: _Robot) -> None:
    """E-mail and the like are blocks of this kind; the one that posts to any address can be run on loopback."""
    url = f"http://127.0.0.1:{robot.server_port}/"
    with temporary_settings({PREFECT_API_URL: service.url, PREFECT_HOME: service.folder}):
        CustomWebhookNotificationBlock(
            name="robot", url=url, allow_private_urls=True, json_data={"text": {"content": "{{subject}}: {{body}}"}}
        ).save("robot")
        automations.main(block="custom-webhook/robot")
        emit_event(
            "gongkai.datasets.held-back",
            {"prefect.resource.id": "checks", "prefect.resource.name": f"{COUNTY} checks"},
            related=[{"prefect.resource.role": "tag", "prefect.resource.id": "prefect.tag.gongkai"}],
            payload={"datasets": {"units": "marts.units: 单位标识不重复"}},
        )
    wait_for("the robot's message", lambda: robot.heard("公开 Gongkai: 公开 Gongkai", COUNTY, "单位标识不重复"))


def test_the_pages_show_run_and_artifacts_in_chinese(service: PrefectService, first_run: str, browser: Chrome) -> None:
    site = service.url.removesuffix("/api")

    def shown(path: str, *words: str) -> None:
        browser.get(f"{site}{path}")
        wait_for(f"{words} on {path}", lambda: all(word in browser.find_element(By.TAG_NAME, "body").text for word in words))

    shown(f"/runs/flow-run/{first_run}", f"refresh {COUNTY} 2026-10-31", "Incomplete", "listing plans", "Artifacts")
    artifacts = {artifact["key"]: artifact["latest_id"] for artifact in service.ask("/artifacts/latest/filter")}
    shown(
        f"/artifacts/artifact/{artifacts['gongkai-990101-run']}", f"{COUNTY} · 2026-10-31", "公开记录 Disclosures", "运行摘要 Run summary"
    )
    shown(
        f"/artifacts/artifact/{artifacts['gongkai-990101-checks']}", "校验结果 Check results", "严重程度 Severity", "每条公开记录只计一次"
    )
    drawn = browser.execute_script(
        """
        const pixels = text => {
            const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
            pen.font = "40px " + getComputedStyle(document.body).fontFamily;
            pen.fillText(text, 0, 60);
            return canvas.toDataURL();
        };
        return ["栖", "县", "\\ue000", " "].map(pixels);
        """
    )
    assert len(set(drawn)) == 4, "Chinese is drawn as boxes: a font is missing"


class _SlowSource(ThreadingHTTPServer):
    """A register on a web server that does not answer until the test allows it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _SlowAnswer)
        self.asked = threading.Event()
        self.may_answer = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/late.csv"


class _SlowAnswer(BaseHTTPRequestHandler):
    server: _SlowSource
    body = "标题,公开单位,公开日期\n关于办事指南的公告,栖川县财政局,2026-03-02\n".encode()

    def do_HEAD(self) -> None:
        self.server.asked.set()
        self.server.may_answer.wait(60)
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Nothing: the test looks at the run's output."""


@pytest.fixture
def slow(county: Path, tmp_path: Path) -> Iterator[tuple[_SlowSource, Path]]:
    """A workspace of one plan and one register that is slow to arrive."""
    server = _SlowSource()
    settings = yaml.safe_load((county / "gongkai.yaml").read_text("utf-8"))
    settings["sources"] = [
        {"name": "plans", "kind": "plans", "location": str(county / "inbox" / "plans" / "2026.txt")},
        {"name": "disclosures", "kind": "disclosures", "location": server.url},
    ]
    settings |= {"allowed_hosts": ["127.0.0.1"], "allowed_roots": [str(county / "inbox")]}
    (tmp_path / "gongkai.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    yield server, tmp_path
    server.may_answer.set()
    server.shutdown()
    server.server_close()


@pytest.mark.rest
def test_a_cancelled_run_can_be_run_again(service: PrefectService, worker: psutil.Process, slow: tuple[_SlowSource, Path]) -> None:
    source, workspace = slow
    run_id = service.trigger("gongkai-ingest/on-demand", workspace=str(workspace))
    assert source.asked.wait(60), "the run did not come to its slow source"
    service.command("flow-run", "cancel", run_id)
    assert service.ended(run_id)["state_type"] == "CANCELLED"
    source.may_answer.set()
    again = service.ended(service.trigger("gongkai-ingest/on-demand", workspace=str(workspace), wait_minutes=0))
    assert (again["state_type"], again["state_name"]) == ("COMPLETED", "Completed"), again["state"]["message"]
    assert "2 sources: 2 read" in again["state"]["message"]


@pytest.mark.rest
def test_after_a_killed_worker_the_next_run_completes(
    service: PrefectService, worker: psutil.Process, slow: tuple[_SlowSource, Path]
) -> None:
    source, workspace = slow
    run_id = service.trigger("gongkai-ingest/on-demand", workspace=str(workspace))
    assert source.asked.wait(60), "the run did not come to its slow source"
    family = [worker, *worker.children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=10)
    assert service.run(run_id)["state_type"] == "RUNNING"  # no process is left to report that it is not
    source.may_answer.set()
    with service.worker() as second:
        again = service.ended(service.trigger("gongkai-ingest/on-demand", workspace=str(workspace), wait_minutes=0))
        assert again["state_type"] == "COMPLETED", again["state"]["message"]
        assert "2 sources: 2 read" in again["state"]["message"]
        stop(second)


def _held_again_and_again(database: Path, times: int = 4, seconds: float = 20) -> None:
    for _ in range(times):
        with closing(sqlite3.connect(database, timeout=60, isolation_level=None)) as connection:
            connection.execute("begin exclusive")
            time.sleep(seconds)
            connection.execute("rollback")
        time.sleep(1)


@pytest.mark.rest
def test_a_busy_database_of_the_server_crashes_no_run(
    service: PrefectService, worker: psutil.Process, county: Path, first_run: str
) -> None:
    """As when all deployments are triggered at once on a slow machine: Prefect's own limits ended runs before they began."""
    runs = [service.trigger("gongkai-audit/inspection", refresh_first=False), service.trigger("gongkai-check/on-demand", again=True)]
    holder = threading.Thread(target=_held_again_and_again, args=(service.folder / "prefect.db",))
    holder.start()
    try:
        states = [service.ended(run, 3 * PATIENCE)["state_type"] for run in runs]
    finally:
        holder.join()
    assert states == ["COMPLETED", "COMPLETED"]


def test_only_calls_of_remote_services_are_retried(service: PrefectService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "RETRY_DELAYS", (0, 0))
    tried: list[int] = []

    def read(item: int) -> int:
        tried.append(item)
        if item == 3 and tried.count(3) < 3:
            raise SourceUnavailable("the web site is down")
        if item == 9:
            raise ConfigurationError("this will never do")
        return item

    @flow
    def over(items: list[int]) -> list[int]:
        return list(orchestration.PrefectRunner().map_items("reading", read, items))

    with temporary_settings({PREFECT_API_URL: service.url, PREFECT_HOME: service.folder, PREFECT_LOGGING_TO_API_ENABLED: False}):
        assert over([1, 2, 3, 4]) == [1, 2, 3, 4]
        with pytest.raises(ConfigurationError):
            over([9])
    assert tried == [1, 2, 3, 3, 3, 4, 9]
