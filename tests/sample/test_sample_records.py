"""Planted records of the registers beside the disclosures: each is in its file as listed, and no other has a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from exports.catalog import load_catalog
from flows.sample import write_sample
from tests.sample.reading import Inbox, Row, as_of, day, due, key_of, read_inbox, read_listed, says, working_days_between

Term = tuple[str, str, str, int, Callable[[Row], bool]]
TERMS: dict[str, Term] = {
    "enforcement_licence_penalty": (
        "enforcement_results",
        "decided_on",
        "published_on",
        7,
        lambda row: row["enforcement_kind"] in {"行政许可", "行政处罚"},
    ),
    "enforcement_other": (
        "enforcement_results",
        "decided_on",
        "published_on",
        20,
        lambda row: row["enforcement_kind"] not in {"行政许可", "行政处罚"},
    ),
    "penalty_withdrawal": ("enforcement_results", "revoked_on", "withdrawn_on", 3, lambda row: bool(row.get("revoked_on"))),
    "proactive_disclosure": ("policy_documents", "made_on", "published_on", 20, lambda _: True),
    "account_change_report": ("new_media_accounts", "changed_on", "change_reported_on", 3, lambda row: bool(row["changed_on"])),
    "simple_enquiry": ("mailbox_messages", "received_on", "answered_on", 1, lambda row: row["is_simple"] == "是"),
}  # rule: register, from, until, working days, of which rows


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Inbox:
    folder = tmp_path_factory.mktemp("inbox")
    write_sample(folder)
    return read_inbox(folder)


def planted() -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and entry of everything planted as a record of its own, or in one."""
    listed = read_listed()
    for kind, facts in {**listed["faults"], **listed["look_alikes"]}.items():
        yield from (
            (kind, {**facts.get("found_as", {}), **row.get("finds", {}), **row}) for row in facts.get("rows", []) if "row" not in row
        )


def number_of(entry: dict[str, Any]) -> str:
    return str(entry["set"][key_of(entry["register"])])


def test_every_planted_record_is_in_its_register_as_listed(inbox: Inbox) -> None:
    for kind, entry in planted():
        rows = inbox.registers[entry["register"]].values()
        if "events" in entry:
            dates = [day(row["event_on"]) for row in rows if row["request_number"] == number_of(entry)]
            assert sorted(map(str, dates)) == [str(event[1]) for event in entry["events"]], (kind, number_of(entry))
        else:
            facts = entry.get("where", {}) | entry.get("set", {})
            found = [row for row in rows if says(row, facts)]
            if entry.get("gone"):
                assert entry["answer"] not in {inbox.known_names[row["printed_unit_name"]] for row in found}, kind
            else:
                assert len(found) == 1, (kind, facts)


def overrun(row: Row, term: Term) -> tuple[date, int] | None:
    """Due date and working days late; None for a row that is in time."""
    _, start, done, working_days, _ = term
    started = day(row[start])
    assert started is not None
    due_on = due(started, working_days)
    late = working_days_between(due_on, day(row[done]) or as_of())
    return (due_on, late) if late > 0 else None


@pytest.mark.parametrize("rule", TERMS)
def test_the_list_names_every_record_beyond_its_term_and_no_other(inbox: Inbox, rule: str) -> None:
    term = TERMS[rule]
    register, *_, applies = term
    found = {
        row[key_of(register)]: late
        for row in inbox.registers[register].values()
        if applies(row) and day(row[term[1]]) and (late := overrun(row, term))
    }
    entries = {
        number_of(entry): entry
        for _, entry in planted()
        if entry["register"] == register and "set" in entry and entry.get("rule_id") == rule and entry.get("days_late", 1) > 0
    }
    assert found.keys() == entries.keys()
    for number, (due_on, days_late) in found.items():
        assert due_on == entries[number]["due_on"], number
        assert days_late == entries[number].get("days_late", days_late), number


def test_identities_of_applicants_are_in_refused_columns_only(inbox: Inbox) -> None:
    header_rows = read_listed()["faults"]["refused_header"]["files"]
    assert {row["header"] for row in header_rows} == {"申请人姓名", "联系电话", "申请内容"}
    assert not any("申请人姓名" in row for row in inbox.registers["request_events"].values())


def test_every_register_that_has_a_descriptor_is_in_the_inbox(inbox: Inbox) -> None:
    assert all(inbox.registers.values())
    assert inbox.registers.keys() == load_catalog().registers.keys()


def test_the_files_come_in_every_format_and_in_two_encodings(inbox: Inbox) -> None:
    files = [path for path in inbox.folder.rglob("*") if path.is_file() and path.parent.name != "plans"]
    assert {path.suffix for path in files} == {".csv", ".tsv", ".xlsx", ".json", ".ndjson", ".parquet"}
    assert {Path(path).parent.name for path in files if path.suffix == ".csv" and not is_utf8(path)} >= {
        "requests",
        "enforcement",
        "trainings",
    }


def is_utf8(path: Path) -> bool:
    try:
        path.read_bytes().decode()
    except UnicodeDecodeError:
        return False
    return True
