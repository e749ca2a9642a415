"""The command as people use it: from an inbox to a release, and again, and with faulty files in it."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from reportlab.pdfgen.canvas import Canvas
from typer.main import get_command

from exports.catalog import PROJECT_ROOT, load_catalog
from flows.cli.app import app
from tests.conftest import SMALL, County, a_county, gongkai

PLANS = PROJECT_ROOT.parent / "shared" / "plans"
VERBS = sorted(get_command(app).commands)  # type: ignore[attr-defined]
needs_plans = pytest.mark.skipif(not PLANS.exists(), reason="the published plans are not beside this repository")


def words(text: str) -> str:
    """The printed text without the line breaks of a narrow terminal."""
    return " ".join(text.split())


def read_this_time(output: str) -> list[str]:
    return re.findall(r"(?:^|\n)(?:读取 read|退回 rejected) ([\w/.\-]+)", output)


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_has_help_with_an_example(verb: str) -> None:
    help_text = words(gongkai(verb, "--help").output)
    assert f"gongkai {verb}" in help_text
    assert "Example:" in help_text
    assert re.search("[\u4e00-\u9fff]", help_text)


def test_the_commands_are_those_that_the_documents_promise() -> None:
    assert {"init", "refresh", "ingest", "build", "check", "release", "publish", "status", "parse", "query"} <= set(VERBS)


def test_the_sample_county_gives_a_warehouse_a_release_and_exit_code_3_for_its_faulty_files(whole_sample: County) -> None:
    assert {path.name for path in whole_sample.latest.iterdir()} == {
        "data",
        "datapackage.json",
        "catalog.jsonld",
        "catalog.ttl",
        "schema-org.jsonld",
        "croissant.json",
        "gongkai.sql",
        "quality.html",
        "changes.xml",
        "site",
        "README.md",
        "README.zh-CN.md",
        "CITATION.cff",
        "dictionary.csv",
        "目录.json",
        "目录.xlsx",
        "manifest.json",
        "SHA256SUMS",
    }
    slugs = {path.name for path in (whole_sample.latest / "data").iterdir()}
    forms = {f"{dataset.slug}.{form}" for dataset in load_catalog().published.values() for form in ("csv", "parquet", "xlsx")}
    assert slugs == forms - {"changes.xlsx"} | {
        "csv-metadata.json"
    }  # no workbook: for programs; a person reads the feed or asks gongkai diff


def test_the_summary_shows_counts_terms_and_places(whole_sample: County) -> None:
    shown = words(gongkai("status", "-w", whole_sample.root).output)
    for figure in ("Sources │ 39", "Tasks │ 52", "Units │ 39", "reported not done", "names resolved", "plan-tasks │ 52"):
        assert figure in shown
    assert re.search(r"未通过 not met \d+；行 rows checked \d", shown)
    assert str(whole_sample.latest) in shown
    assert str(whole_sample.latest / "site" / "index.html") in shown
    assert str(whole_sample.root / "warehouse.duckdb") in shown


def test_a_second_refresh_does_no_work_and_says_so(sample: County) -> None:
    changing = {".lock", "gongkai.log"}
    before = {path: path.stat().st_mtime_ns for path in sample.root.rglob("*") if path.is_file() and path.name not in changing}
    done = sample.refresh("-v")
    assert done.exit_code == 3
    assert read_this_time(done.output) == []
    assert "no file was read" in words(done.output)
    assert "the warehouse stands as it is" in words(done.output)
    assert {path: path.stat().st_mtime_ns for path in sample.root.rglob("*") if path.is_file() and path.name not in changing} == before


def test_a_file_that_was_touched_but_not_changed_is_not_read_again(sample: County) -> None:
    os.utime(sample.root / "inbox" / "plans" / "2026-key-points.txt", (2_000_000_000, 2_000_000_000))
    done = sample.refresh("-v")
    assert read_this_time(done.output) == []
    assert "the warehouse stands as it is" in words(done.output)


def test_of_all_files_only_the_changed_one_is_read_again(sample: County) -> None:
    register = sample.root / "inbox" / "disclosures" / "2026-finance.tsv"
    query = "select disclosure_title from marts.disclosures where source_path = 'disclosures/2026-finance.tsv' order by source_row"
    (title,) = sample.ask(query)[0]
    register.write_text(register.read_text("utf-8").replace(title, f"{title}（修订）", 1), "utf-8")
    old = sample.latest
    done = sample.refresh("-v")
    assert read_this_time(done.output) == ["disclosures/2026-finance.tsv"]
    assert sample.ask(query)[0] == (f"{title}（修订）",)
    assert sample.latest != old
    assert old.exists()


def test_a_file_that_vanished_is_reported_and_comes_back_without_being_read(small: County) -> None:
    plan = small.root / "inbox" / "plans" / "q.txt"
    plan.rename(small.root / "aside.txt")
    done = small.refresh("-v", "--accept-loss", "plan-tasks", "--accept-loss", "task-units")
    assert "Vanished plans/q.txt" in words(done.output)
    assert small.ask("select count(*) from core.plan_documents") == [(1,)]
    (small.root / "aside.txt").rename(plan)
    assert read_this_time(small.refresh("-v").output) == []
    assert small.ask("select count(*) from core.plan_documents") == [(2,)]
    history = "select count(*), count(seen_until) from raw.sources where source_path = 'plans/q.txt'"
    assert small.ask(history) == [(2, 1)]


def test_a_source_that_lost_all_its_files_at_once_stops_the_run_before_it_empties_the_release(small: County) -> None:
    old = small.latest
    (small.root / "inbox").rename(small.root / "not-mounted")
    done = small.refresh()
    assert done.exit_code == 1
    assert "expected some of the 2 files" in words(done.stderr)
    assert "gongkai forget plans" in words(done.stderr)
    assert small.latest == old
    assert small.ask("select count(*) from core.plan_documents") == [(2,)]
    (small.root / "not-mounted" / "plans").rename(small.root / "plans-aside")
    (small.root / "not-mounted").rename(small.root / "inbox")
    settings = small.root / "gongkai.yaml"
    settings.write_text("".join(line for line in settings.read_text("utf-8").splitlines(keepends=True) if "plans" not in line), "utf-8")
    assert small.built().ask("select count(*) from core.plan_documents") == [(0,)]


@needs_plans
def test_five_published_plans_give_their_tasks_units_and_targets(tmp_path: Path) -> None:
    assert gongkai("init", tmp_path / "plans", "-s", f"plans={PLANS}/seed_*.txt").exit_code == 0
    made = County(tmp_path / "plans")
    done = made.refresh()
    assert done.exit_code == 0, done.output
    assert made.ask("select count(*) from core.plan_documents") == [(5,)]
    assert made.ask("select count(*) >= 80 from core.plan_tasks") == [(True,)]
    assert made.ask("select count(*), sum(target_count) from core.unit_targets") == [(54, 11_440)]
    assert made.ask("select source_path, total_count, summed_count from core.unit_target_totals natural join core.plan_documents") == [
        ("plans/seed_004.txt", 11_440, 11_440)
    ]
    listed = gongkai("parse", PLANS / "seed_003.txt", "--json")
    assert len(json.loads(listed.stdout)["unit_list"]) == 54
    again = made.refresh("-v")
    assert (again.exit_code, read_this_time(again.output)) == (0, [])


def pdf_without_text() -> bytes:
    sink = io.BytesIO()
    canvas = Canvas(sink)
    canvas.rect(100, 100, 200, 200, fill=1)
    canvas.save()
    return sink.getvalue()


def whole_docx() -> bytes:
    document, sink = docx.Document(), io.BytesIO()
    document.add_paragraph("栖川县2026年政务公开工作要点")
    document.add_paragraph("1.公开预算。（责任单位：县财政局；完成时限：2026年6月底）")
    document.save(sink)
    return sink.getvalue()


def test_broken_files_are_read_or_rejected_with_a_reason_and_the_rest_is_released(county: Callable[..., County]) -> None:
    head = "索引号,标题,公开单位,形成日期,公开日期\n"
    made = county(
        {
            "plans/whole.docx": whole_docx(),
            "plans/empty.txt": b"",
            "plans/cut.docx": whole_docx()[:9000],
            "plans/scan.pdf": pdf_without_text(),
            "disclosures/empty.csv": b"",
            "disclosures/gb.csv": f"{head}A-1,公告一,县财政局,2026-03-02,2026-03-05\n".encode("gb18030"),
            "disclosures/ragged.csv": f"{head}A-2,公告二,县财政局,2026-03-02,2026-03-05\nA-3,公告三\n".encode(),
        }
    )
    done = made.refresh()
    assert done.exit_code == 3, done.output
    rejected = dict(made.ask("select source_path, reject_place || ': ' || reject_reason from raw.rejects"))
    assert set(rejected) == {"plans/empty.txt", "plans/cut.docx", "plans/scan.pdf", "disclosures/empty.csv", "disclosures/ragged.csv"}
    for path, cause in {
        "plans/empty.txt": "empty",
        "plans/cut.docx": "cut-off",
        "plans/scan.pdf": "text",
        "disclosures/empty.csv": "empty",
        "disclosures/ragged.csv": "record 3: 发现缺少单元格的一行",
    }.items():
        assert rejected[path].startswith(path)
        assert cause in rejected[path]
        assert path in words(done.output)
    assert made.ask("select disclosure_title from marts.disclosures order by 1") == [("公告一",), ("公告二",)]
    assert made.ask("select count(*) from marts.plan_tasks") == [(1,)]
    assert (made.latest / "data" / "disclosures.csv").exists()


def test_a_query_shows_rows_and_can_change_nothing(sample: County) -> None:
    def query(sql: str, form: str = "json") -> Any:
        return gongkai("query", sql, "-w", sample.root, "--format", form)

    assert json.loads(query("select count(*) as tasks from marts.plan_tasks").stdout) == [{"tasks": 52}]
    assert query("select 1 as one", "csv").stdout.splitlines() == ["one", "1"]
    assert "[/dim]" in query("select '[/dim]' as word", "table").stdout
    for forbidden in (
        "delete from core.plan_tasks",
        "drop view marts.units",
        "create table core.x as select 1",
        f"copy (select 1) to '{sample.root / 'out.csv'}'",
        f"attach '{sample.root / 'other.duckdb'}'",
        "from read_text('/etc/hostname')",
        "set enable_external_access = true",
        "select nothing from nowhere",
    ):
        refused = query(forbidden)
        assert refused.exit_code == 1, forbidden
        assert "QueryError" in refused.stderr
    assert not (sample.root / "out.csv").exists()
    assert not (sample.root / "other.duckdb").exists()


def test_an_error_about_something_missing_says_what_to_do(tmp_path: Path) -> None:
    nowhere = gongkai("refresh", "-w", tmp_path)
    assert (nowhere.exit_code, "gongkai init" in nowhere.stderr) == (1, True)
    made = tmp_path / "made"
    assert gongkai("init", made).exit_code == 0
    assert gongkai("init", made).exit_code == 1
    assert "gongkai refresh" in words(gongkai("status", "-w", made).output)
    for verb, advice in (("check", "gongkai build"), ("release", "gongkai build"), ("publish", "gongkai release")):
        done = gongkai(verb, "-w", made)
        assert (done.exit_code, advice in words(done.stderr)) == (1, True), verb
    assert gongkai("query", "select 1", "-w", made).exit_code == 1
    (made / "gongkai.yaml").write_text("sources: [{name: a, kind: nonsense, location: x}]\n", "utf-8")
    unknown = gongkai("ingest", "-w", made)
    assert (unknown.exit_code, "nonsense" in unknown.stderr) == (1, True)
    (made / "gongkai.yaml").write_text("colour: red\n", "utf-8")
    assert "colour" in gongkai("ingest", "-w", made).stderr


def test_an_empty_inbox_is_no_failure_of_the_program(tmp_path: Path) -> None:
    assert gongkai("init", tmp_path / "made").exit_code == 0
    done = gongkai("refresh", "-w", tmp_path / "made")
    assert done.exit_code in {0, 3}, done.output
    assert "Sources │ 0" in words(done.output)


def test_the_single_verbs_give_the_same_result_as_refresh(tmp_path: Path, whole_small: County) -> None:
    steps = a_county(tmp_path / "steps", {path: text.encode() for path, text in SMALL.items()})
    codes = [gongkai(verb, "-w", steps.root).exit_code for verb in ("ingest", "build", "check", "release", "publish")]
    assert codes == [0, 0, 0, 0, 0]
    data = {path.name: path.read_bytes() for path in (steps.latest / "data").iterdir()}
    assert data == {path.name: path.read_bytes() for path in (whole_small.latest / "data").iterdir()}


def test_a_second_run_in_a_held_workspace_reports_the_holder(sample: County) -> None:
    from flows.workspace.lock import one_run_at_a_time
    from flows.workspace.settings import Workspace

    with one_run_at_a_time(Workspace.open(sample.root)):
        refused = sample.refresh()
    assert refused.exit_code == 1
    assert f"process {os.getpid()}" in words(refused.stderr)
    assert sample.refresh().exit_code == 3


def test_parse_prints_a_json_object_for_each_file_and_goes_on_after_one_it_cannot_read(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    (tmp_path / "plan.docx").write_bytes(whole_docx())
    done = gongkai("parse", tmp_path / "empty.txt", tmp_path / "plan.docx", "--json")
    assert done.exit_code == 3
    assert "empty.txt" in done.stderr
    (answer,) = map(json.loads, done.stdout.splitlines())
    assert [(task["responsible_units"], task["deadline_on"]) for task in answer["tasks"]] == [(["县财政局"], "2026-06-30")]
    assert gongkai("parse", tmp_path / "plan.docx", "--out", tmp_path / "answers").exit_code == 0
    assert json.loads((tmp_path / "answers" / "plan.json").read_text("utf-8"))["tasks"] == answer["tasks"]


def test_brackets_in_a_plan_or_its_name_are_shown_as_they_are(tmp_path: Path) -> None:
    plan = tmp_path / "县政办[2026]3号[b].txt"
    plan.write_text("栖川县2026年要点\n1.公开[/附件]和[bold]预算。（责任单位：县财政局；完成时限：2026年6月底）\n", "utf-8")
    done = gongkai("parse", plan)
    assert done.exit_code == 0, done.output
    assert "[2026]3号[b].txt" in done.stdout
    assert "[/附件]" in done.stdout.replace("\n", "")


def test_a_release_removed_by_hand_is_reported_in_a_sentence(small: County) -> None:
    shutil.rmtree(small.latest)
    (small.root / "warehouse.duckdb").unlink()
    done = small.refresh()
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "ReleaseError" in done.stderr
    assert "remove the link" in words(done.stderr)
    (small.root / "releases" / "latest").unlink()
    assert small.refresh().exit_code == 0


def test_a_title_changed_in_a_descriptor_changes_wherever_it_is_shown(
    small: County, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exports.pages import documents
    from flows import build, ingest
    from flows.workspace import settings

    house = tmp_path / "house"
    shutil.copytree(PROJECT_ROOT / "exports", house / "exports")
    shutil.copy(PROJECT_ROOT / "README.md", house)
    descriptor = house / "exports" / "units.yaml"
    descriptor.write_text(descriptor.read_text("utf-8").replace("title: {zh: 单位, en: Units}", "title: {zh: 机构, en: Bodies}"), "utf-8")
    for module in (ingest, build, settings):
        monkeypatch.setattr(module, "load_catalog", lambda: load_catalog(house / "exports"))
    (small.root / "warehouse.duckdb").unlink()
    shutil.rmtree(small.root / "releases")
    done = small.refresh()
    assert done.exit_code == 0, done.output
    ((comment,),) = small.ask("select comment from duckdb_views() where schema_name = 'marts' and view_name = 'units'")
    assert comment.startswith("机构 (Bodies)")
    package = json.loads((small.latest / "datapackage.json").read_text("utf-8"))
    titles = {resource["title"] for resource in package["resources"] if resource["name"].startswith("units")}
    assert any("机构" in title for title in titles)
    assert "机构" in (small.latest / "catalog.jsonld").read_text("utf-8")
    documents.main([], house, lambda _: None)
    assert "机构 (Bodies)" in (house / "README.md").read_text("utf-8")
