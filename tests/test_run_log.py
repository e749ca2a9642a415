"""The log of a workspace: every run leaves its course in it, redacted and rotated; and `refresh --quiet` prints only what needs a person."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from flows.privacy.run_log import MAX_BYTES, MAX_FORMER_FILES
from flows.reports.attention import MAX_LOGGED, conclusion, lines_to_act_on
from flows.reports.summary import summarize
from flows.sources.reading import Ingested
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county, gongkai

LIST = "单位名称,简称\n栖川县档案馆,县档案馆\n栖川县财政局,县财政局\n".encode()
IDENTITY = "110101199003070118"  # invented: a day that exists and its check digit


def one_list(root: Path) -> County:
    """A county with one list of units, and nothing yet in its other inbox folders."""
    for kind in ("plans", "disclosures"):
        (root / "inbox" / kind).mkdir(parents=True)
    return a_county(root, {"units/list.csv": LIST})


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county with one list of units after its first, quiet and clean refresh; must not be changed."""
    made = one_list(tmp_path_factory.mktemp("logged") / "county")
    done = made.refresh("-q")
    assert (done.exit_code, done.output) == (0, "")  # all is well: nothing is printed
    return made


@pytest.fixture
def small(tmp_path: Path) -> County:
    """A county with one list of units, not read yet."""
    return one_list(tmp_path / "county")


def a_copy(county: County, folder: Path) -> County:
    return County(Path(shutil.copytree(county.root, folder, symlinks=True)))


def log_of(county: County) -> str:
    return (county.root / "logs" / "gongkai.log").read_text("utf-8")


def test_a_run_is_logged_with_its_beginning_steps_and_end(refreshed: County) -> None:
    log = log_of(refreshed).splitlines()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \d+ 开始 began: refresh，数据截止日期 as of 2026-10-31$", log[0])
    for step in ("ingest", "build", "check", "release", "publish"):
        assert any(re.search(rf"· {step} \d+\.\d s$", line) for line in log), step
    assert any(line.endswith("读取 read units/list.csv: 2 行 rows") for line in log)  # what the runner says, though nothing was printed
    assert log[-2].endswith(f"发布包 Release {refreshed.latest.name}，退出码 exit code 0，需处理 to act on 0")
    assert re.search(r"完成 done: refresh \d+\.\d s$", log[-1])


def test_the_log_grows_by_every_run_of_a_step_and_not_by_a_look(small: County) -> None:
    assert gongkai("ingest", "-w", small.root).exit_code == 0
    first = log_of(small)
    assert gongkai("ingest", "-w", small.root).exit_code == 0
    assert gongkai("doctor", "-w", small.root).exit_code == 0
    second = log_of(small)
    assert second.startswith(first)
    assert [line.split()[4] for line in second.removeprefix(first).splitlines() if "ingest" in line] == ["began:", "done:"]


def test_a_failed_run_is_logged_with_its_reason(small: County) -> None:
    assert gongkai("ingest", "-w", small.root).exit_code == 0
    shutil.rmtree(small.root / "inbox" / "units")
    done = small.refresh("-q")
    assert done.exit_code == 1
    assert "units" in done.output  # an error is printed whatever was asked for
    *_, last = log_of(small).split(" 未完成 failed: refresh ")
    assert "units" in last
    assert "gongkai forget" in last


def test_what_waits_for_a_person_is_all_that_quiet_prints_and_ends_the_log(sample: County) -> None:
    done = sample.refresh("--quiet")
    assert done.exit_code == 3
    lines = done.output.splitlines()
    assert any(line.startswith("退回 Rejected disclosures/") for line in lines)
    assert not any("│" in line or line.startswith("·") for line in lines)  # no table, no step
    end = log_of(sample).rpartition("退出码 exit code 3，需处理 to act on ")[2].splitlines()
    assert int(end[0]) >= len(lines) - 5  # a reason may have lines of its own
    assert end[1].strip() == lines[0]


def test_every_reason_for_exit_code_3_is_a_line(refreshed: County) -> None:
    summary = summarize(Workspace.open(refreshed.root))
    assert lines_to_act_on(summary) == []
    assert summary.release is not None
    (first, *others) = summary.release.datasets
    kept = replace(first, carried_over_from="2026-09-30-aaaaaaaa", carried_over_because="规则 rule")
    read = Ingested((), (), vanished=("units/a.csv",), unreachable=("units/b.csv",), absent=("more",))
    for changed, words in (
        (replace(summary, rejects=(("units/a.csv", "没有表头 no header"),)), "没有表头"),
        (replace(summary, failed_rules=(("critical", "core.units", "主键唯一 key"),)), "主键唯一"),
        (replace(summary, release=replace(summary.release, datasets=(kept, *others))), first.slug),
        (replace(summary, release=replace(summary.release, left_out=(("plan_tasks", "规则 rule"),))), "plan-tasks"),
        (replace(summary, ingested=read), "units/b.csv"),
    ):
        assert not changed.is_clean
        assert any(words in line for line in lines_to_act_on(changed)), words
    assert [line.rpartition(" ")[2] for line in lines_to_act_on(replace(summary, ingested=read))] == ["units/b.csv", "units/a.csv", "more"]
    assert lines_to_act_on(replace(summary, failed_rules=(("warning", "core.units", "x"),))) == []


def test_the_end_in_the_log_says_how_many_more_there_are(refreshed: County) -> None:
    rejects = tuple((f"units/{number}.csv", "没有表头 no header") for number in range(MAX_LOGGED + 17))
    lines = conclusion(replace(summarize(Workspace.open(refreshed.root)), rejects=rejects)).splitlines()
    assert lines[0].endswith(f"退出码 exit code 3，需处理 to act on {MAX_LOGGED + 17}")
    assert (len(lines), lines[-1].strip()) == (MAX_LOGGED + 2, "另有 17 项 and 17 more")


def test_quiet_and_verbose_exclude_each_other(small: County) -> None:
    assert small.refresh("-q", "-v").exit_code == 2


def test_the_log_holds_nothing_private(tmp_path: Path) -> None:
    made = a_county(tmp_path / "county", {f"units/{IDENTITY}.csv": LIST, f"plans/居民{IDENTITY}.txt": b"\xff\xfe\x00"})
    assert gongkai("ingest", "-v", "-w", made.root).exit_code == 3
    assert "resident_id" in log_of(made) or "身份" in log_of(made)
    assert IDENTITY not in log_of(made)


def test_the_log_is_rotated(small: County) -> None:
    logs = small.root / "logs"
    logs.mkdir()
    for name in ("gongkai.log", *(f"gongkai.log.{number}" for number in range(1, MAX_FORMER_FILES + 1))):
        (logs / name).write_text(f"{name}\n" + "x" * (MAX_BYTES - len(name) - 2), "ascii")
    assert gongkai("ingest", "-w", small.root).exit_code == 0
    assert sorted(path.name for path in logs.iterdir()) == ["gongkai.log", *(f"gongkai.log.{n}" for n in range(1, MAX_FORMER_FILES + 1))]
    assert (logs / "gongkai.log.1").read_text("ascii").startswith("gongkai.log\n")
    assert (logs / "gongkai.log.5").read_text("ascii").startswith("gongkai.log.4\n")
    assert "完成 done: ingest" in log_of(small)


def test_each_of_many_workspaces_has_its_own_log(refreshed: County, tmp_path: Path) -> None:
    counties = [a_copy(refreshed, tmp_path / name) for name in ("a", "b")]
    assert gongkai("refresh-all", *(county.root for county in counties)).exit_code == 0
    for county in counties:
        assert log_of(county).count("完成 done: refresh") == 2  # its first run, and this one
