"""The pipeline's results on the sample county, compared with the list of what is planted in it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from flows.audit import load_questions
from flows.build import build
from flows.ingest import ingest
from flows.init import make_workspace
from flows.orchestration.local import LocalRunner
from flows.sources.plans import read_plan
from flows.workspace.settings import Workspace
from tests.sample.reading import (
    SAMPLE,
    Inbox,
    answers_to_find,
    expected,
    expected_findings,
    identity,
    identity_of,
    of_disclosures,
    place_of,
    read_inbox,
    read_listed,
)

CLAUSE = re.compile(r"（牵头单位：(?P<lead>.*?)；责任单位：(?P<responsible>.*?)；完成时限：(?P<deadline>.*?)）")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("county")
    make_workspace(folder, sample=True, sources=[])
    made = Workspace.open(folder)
    ingest(made, runner=LocalRunner())
    build(made, runner=LocalRunner())
    return made


@pytest.fixture(scope="module")
def warehouse(workspace: Workspace) -> Any:
    with duckdb.connect(str(workspace.next_warehouse), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def inbox(workspace: Workspace) -> Inbox:
    return read_inbox(workspace.root / "inbox")


@pytest.fixture(scope="module")
def listed() -> dict[str, Any]:
    return read_listed()


def test_the_run_finds_every_planted_fault_of_the_registers_and_no_other(warehouse: Any, inbox: Inbox) -> None:
    query = "select finding_kind, rule_id, register_name, source_path, source_row from core.findings"
    found = {
        (kind, rule, identity(inbox, register, (path, row))) for kind, rule, register, path, row in warehouse.execute(query).fetchall()
    }
    assert found == expected_findings(inbox)


def test_receipts_of_planted_records_say_when_they_were_due_and_how_late(warehouse: Any, inbox: Inbox, listed: dict[str, Any]) -> None:
    query = "select register_name, rule_id, source_path, source_row, due_on, days_late from core.receipts"
    receipts = {
        (rule, identity(inbox, register, (path, row))): (due_on, late)
        for register, rule, path, row, due_on, late in warehouse.execute(query).fetchall()
    }
    wrong = {}
    for facts in {**listed["faults"], **listed["look_alikes"]}.values():
        for entry in facts.get("rows", []):
            finding = facts.get("found_as", {}) | entry.get("finds", {})
            if "row" not in entry and "due_on" in finding:
                due_on, late = receipts[finding.get("rule_id", "request_answer"), identity_of(inbox, entry)]
                if (due_on, finding.get("days_late", late)) != (finding["due_on"], late):
                    wrong[identity_of(inbox, entry)] = (due_on, late)
    assert wrong == {}


def answers(connection: Any, name: str) -> list[str]:
    connection.execute("set variable as_of = (select as_of_on from reference.run)")
    return [str(row) for row in connection.execute(load_questions()[name].select).fetchall()]


def test_auditors_questions_find_what_is_planted_for_them(warehouse: Any, inbox: Inbox) -> None:
    for name, words in answers_to_find(inbox).items():
        found = answers(warehouse, name)
        assert all(any(word in answer for answer in found) for word in words), (name, found)
        assert all(any(word in answer for word in words) for answer in found), (name, found)


def test_a_plan_changed_without_a_word_answers_which_deadlines_moved(workspace: Workspace, tmp_path: Path) -> None:
    changed = Workspace.open(Path(shutil.copytree(workspace.root, tmp_path / "county")))
    shutil.copytree(changed.root / "later", changed.root / "inbox", dirs_exist_ok=True)
    ingest(changed, runner=LocalRunner())
    build(changed, runner=LocalRunner())
    with duckdb.connect(str(changed.next_warehouse), read_only=True) as connection:
        moved, dropped = answers(connection, "deadlines_moved"), answers(connection, "tasks_dropped")
    assert ["发布首批开放数据集" in moved[0], "建立数据需求征集渠道" in moved[1], len(moved)] == [True, True, 2]
    assert ["培训基层信息员" in dropped[0], len(dropped)] == [True, 1]


def test_the_run_dates_listed_rows_as_the_calendar_does(warehouse: Any, listed: dict[str, Any]) -> None:
    kinds = {**listed["faults"], **listed["look_alikes"]}
    rows = [row for rows in of_disclosures(kinds).values() for row in rows if "days_late" in row.get("finds", {})]
    dated = {
        (path, row): (due_on, late)
        for path, row, due_on, late in warehouse.execute(
            "select source_path, source_row, due_on, days_late from core.disclosures"
        ).fetchall()
    }
    assert {(row["file"], row["row"]): dated[row["file"], row["row"]] for row in rows} == {
        (row["file"], row["row"]): (row["finds"]["due_on"], row["finds"]["days_late"]) for row in rows
    }


def test_withheld_and_withdrawn_rows_are_in_no_public_table(warehouse: Any) -> None:
    public = set(warehouse.execute("select source_path, source_row from marts.disclosures").fetchall())
    kept_back = {place_of(row) for rows in of_disclosures(expected("not_released")).values() for row in rows}
    assert len(kept_back) == 22
    assert not public & kept_back


def test_what_cannot_be_read_is_rejected_and_what_is_unknown_is_kept(warehouse: Any, listed: dict[str, Any]) -> None:
    rejects = {kind for kind, facts in listed["faults"].items() if facts["expects"] == "reject"}
    places = {(place["file"], place.get("row")) for kind in rejects for place in listed["faults"][kind]["files"]}
    assert set(warehouse.execute("select source_path, source_row from raw.rejects").fetchall()) == places
    headers = {
        (place["file"], place["header"], kind == "refused_header")
        for kind in ("unknown_header", "refused_header")
        for place in listed["faults"][kind]["files"]
    }
    assert set(warehouse.execute("select source_path, header_text, is_refused from raw.unknown_headers").fetchall()) == headers


def test_former_names_count_for_the_unit_of_today(warehouse: Any, listed: dict[str, Any]) -> None:
    units = dict(warehouse.execute("select alias_name, unit_name from core.unit_aliases").fetchall())
    for row in listed["look_alikes"]["former_unit_name"]["rows"]:
        assert units[row["set"]["printed_unit_name"]] == units[row["finds"]["means"]] is not None


def test_every_task_of_the_text_plan_is_read_with_its_clause(workspace: Workspace) -> None:
    data = (workspace.root / "inbox" / "plans" / "2026-key-points.txt").read_bytes()
    clauses = [match.groupdict() for match in CLAUSE.finditer(data.decode())]
    tasks = read_plan(data, "2026-key-points.txt").as_answer()["tasks"]
    assert [(task["lead_units"], task["responsible_units"], task["deadline_text"]) for task in tasks] == [
        (re.split("[、，]", clause["lead"]), re.split("[、，]", clause["responsible"]), clause["deadline"]) for clause in clauses
    ]


def test_every_row_of_the_word_plan_is_read_merged_cells_included(workspace: Workspace) -> None:
    facts = yaml.safe_load((SAMPLE / "plans" / "2026-task-list.yaml").read_text("utf-8"))
    data = (workspace.root / "inbox" / "plans" / "2026-task-list.docx").read_bytes()
    answer = read_plan(data, "2026-task-list.docx").as_answer()
    expected = [[title, lead, units.split("、"), deadline] for title, lead, units, deadline in facts["tasks"]]
    expected[1][1] = expected[0][1]  # the merged cell
    read = [[task["title"], "、".join(task["lead_units"]), task["responsible_units"], task["deadline_text"]] for task in answer["tasks"]]
    assert read == expected
    assert answer["document"]["doc_number"] == facts["number"]


def test_the_web_plan_is_read_without_the_site_around_it(workspace: Workspace) -> None:
    data = (workspace.root / "inbox" / "plans" / "2026-data-bureau.html").read_bytes()
    answer = read_plan(data, "2026-data-bureau.html").as_answer()
    assert [task["no"] for task in answer["tasks"]] == [f"{number}." for number in range(1, 15)]
    assert all(task["responsible_units"] and task["deadline_kind"] != "none" for task in answer["tasks"])
    assert (answer["document"]["issuer"], answer["document"]["issued_on"]) == ("栖川县行政审批和数据局", "2026-04-20")


def test_the_points_of_a_unit_are_those_that_a_clerk_counts_by_hand(warehouse: Any) -> None:
    query = "select item_id, in_order_count, faulty_count, item_score, total_score from marts.scorecards where unit_name = '栖川县住房和城乡建设局'"
    assert warehouse.execute(f"{query} order by item_order").fetchall() == [
        ("disclosure_in_time", 157, 1, 24, 94.83),  # 25, less 1 for the bureau's one item that was published late
        ("answers_in_time", 16, 1, 18, 94.83),  # 20, less 2 for 801号
        ("tasks", 9, 1, 22.5, 94.83),  # nine tenths of 25
        ("interpretations", 3, 1, 8.33, 94.83),  # three of four, where nine of ten give 10
        ("catalogue", 0, 0, 10, 94.83),  # the catalogue has no matter of the bureau
        ("training", 4, 0, 10, 94.83),
        ("more_trainings", 4, 0, 2, 94.83),  # 0.5 for each of four
        ("right_reports", 0, 0, 0, 94.83),
    ]


def test_a_sole_trader_is_named_by_a_trade_name_only(warehouse: Any) -> None:
    query = "select party_kind, party_name, party_code from marts.enforcement_results where decision_number similar to '.*〔2026〕82[12]号' order by decision_number"
    assert warehouse.execute(query).fetchall() == [("个体工商户", "柏某某", None), ("个体工商户", "柏家面馆", None)]
