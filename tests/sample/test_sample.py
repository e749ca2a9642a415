"""The sample county's inbox, read without any of the code that wrote it, against the list of what is planted in it."""

from __future__ import annotations

import csv
import re
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from chinese_calendar import is_workday
from docx import Document

from exports.catalog import fold_header, load_catalog
from flows.sample import write_sample
from tests.sample.reading import (
    PROJECT_ROOT,
    Inbox,
    Place,
    Row,
    as_of,
    day,
    due,
    of_disclosures,
    place_of,
    read_inbox,
    read_listed,
    table,
    working_days_between,
)

REGIONS = PROJECT_ROOT.parent / "shared" / "regions"


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Inbox:
    folder = tmp_path_factory.mktemp("inbox")
    write_sample(folder)
    return read_inbox(folder)


@pytest.fixture(scope="module")
def listed() -> dict[str, Any]:
    return read_listed()


def is_no_date(row: Row) -> bool:
    try:
        [day(row.get(name)) for name in ("made_on", "changed_on", "published_on", "withdrawn_on")]
    except ValueError:
        return True
    return False


def is_before(first: object, second: object) -> bool:
    return bool(first and second and day(first) < day(second))  # type: ignore[operator] - both are days


def is_unreasoned(row: Row) -> bool:
    """Withheld without a reason of Regulations 14 to 16."""
    reasons = ("第十四条", "第十五条", "第十六条", "个人隐私", "内部事务")
    return row.get("disclosure_attribute") == "不予公开" and not any(reason in (row.get("withheld_reason") or "") for reason in reasons)


def lateness(row: Row, as_of: date) -> tuple[date, int] | None:
    """Due date and working days late; None where no date made is known or the record is not to be published."""
    if is_no_date(row) or not row.get("made_on") or row.get("disclosure_attribute", "主动公开") != "主动公开":
        return None
    start = day(row.get("changed_on")) or day(row["made_on"])
    assert start is not None
    due_on = due(start)
    return due_on, working_days_between(due_on, day(row["published_on"]) or as_of)


DAYS = ("published_on", "changed_on", "made_on", "withdrawn_on")


def content(row: dict[str, Any]) -> list[Any]:
    """The content of a record, however its file writes days."""
    return [row["disclosure_title"], row["printed_unit_name"], *((None if is_no_date(row) else day(row.get(name))) for name in DAYS)]


def found(inbox: Inbox) -> dict[str, set[Place]]:
    """Every kind of row fault, found in all rows by rules of its own."""
    rows, late = inbox.disclosures, {place: lateness(row, as_of()) for place, row in inbox.disclosures.items()}
    tombstones = {row["index_number"] for row in inbox.registers["withdrawals"].values()}
    same: dict[str, list[Place]] = {}
    for place, row in sorted(rows.items()):
        same.setdefault(row["index_number"], []).append(place)
    days_of = {place: [day(row.get(name)) for name in DAYS if not is_no_date(row)] for place, row in rows.items()}
    last = {
        number: max(places, key=lambda place: max((str(d) for d in days_of[place] if d), default="")) for number, places in same.items()
    }
    return {
        "published_late": {p for p, row in rows.items() if row["published_on"] and (late[p] or (None, 0))[1] > 0},
        "not_published": {p for p, row in rows.items() if not row["published_on"] and (late[p] or (None, 0))[1] > 0},
        "missing_title": {p for p, row in rows.items() if not row["disclosure_title"]},
        "missing_date": {p for p, row in rows.items() if not row["made_on"]},
        "invalid_date": {p for p, row in rows.items() if is_no_date(row)},
        "unknown_unit": {p for p, row in rows.items() if row["printed_unit_name"] not in inbox.known_names},
        "published_before_made": {
            p for p, row in rows.items() if not is_no_date(row) and is_before(row["published_on"], row.get("made_on"))
        },
        "withheld": {p for p, row in rows.items() if row.get("disclosure_attribute", "主动公开") != "主动公开" and not is_unreasoned(row)},
        "withheld_without_reason": {p for p, row in rows.items() if is_unreasoned(row)},
        "withdrawn": {p for p, row in rows.items() if row.get("withdrawn_on") and row["index_number"] in tombstones},
        "withdrawn_without_tombstone": {p for p, row in rows.items() if row.get("withdrawn_on") and row["index_number"] not in tombstones},
        "duplicate": {p for p, row in rows.items() if content(row) in [content(rows[q]) for q in same[row["index_number"]] if q < p]},
        "superseded": {
            p for p, row in rows.items() if content(row) != content(rows[last[row["index_number"]]]) and last[row["index_number"]] != p
        },
    }


def test_the_sample_is_the_same_bytes_each_time(inbox: Inbox, tmp_path: Path) -> None:
    write_sample(tmp_path)

    def contents(folder: Path) -> dict[str, bytes]:
        return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    assert contents(tmp_path) == contents(inbox.folder)


def test_the_list_names_every_faulty_row_and_no_other(inbox: Inbox, listed: dict[str, Any]) -> None:
    assert found(inbox) == {kind: {*map(place_of, rows)} for kind, rows in of_disclosures(listed["faults"]).items()}


def test_no_row_has_two_faults(listed: dict[str, Any]) -> None:
    kinds = of_disclosures({**listed["faults"], **listed["look_alikes"]})
    places = Counter(place_of(row) for rows in kinds.values() for row in rows)
    assert places.most_common(1)[0][1] == 1


def test_listed_rows_say_what_the_list_says_of_them(inbox: Inbox, listed: dict[str, Any]) -> None:
    kinds = of_disclosures({**listed["faults"], **listed["look_alikes"]})
    for place, finds in ((place_of(row), row.get("finds", {})) for rows in kinds.values() for row in rows):
        row = inbox.disclosures[place]
        if "days_late" in finds:
            assert lateness(row, as_of()) == (finds["due_on"], finds["days_late"]), place
        if "made_on" in finds:
            assert row["made_on"] == finds["made_on"], place


def test_former_names_are_in_the_lists_and_misspelt_ones_mean_a_unit(inbox: Inbox, listed: dict[str, Any]) -> None:
    for row in listed["look_alikes"]["former_unit_name"]["rows"]:
        printed = inbox.disclosures[row["file"], row["row"]]["printed_unit_name"]
        assert inbox.known_names[printed] == inbox.known_names[row["finds"]["means"]]
    meant = {row["finds"]["means"] for row in listed["faults"]["unknown_unit"]["rows"]} - {None}
    assert meant <= set(inbox.known_names)


def test_faulty_files_are_faulty(inbox: Inbox, listed: dict[str, Any]) -> None:
    places = {kind: list(facts["files"]) for kind, facts in listed["faults"].items() if "files" in facts}
    assert {path for path in inbox.folder.rglob("*") if path.stat().st_size == 0} == {
        inbox.folder / place["file"] for place in places["empty_file"]
    }
    assert {place for place, row in inbox.disclosures.items() if "surplus" in row} == {(p["file"], p["row"]) for p in places["ragged_row"]}
    for place in places["truncated_document"]:
        assert not zipfile.is_zipfile(inbox.folder / place["file"])
    register = load_catalog().registers["disclosures"]
    lines = {path: table(path) for path in (inbox.folder / "disclosures").iterdir()}
    headers = {
        (f"disclosures/{path.name}", header) for path, rows in lines.items() for header in next((row for row in rows[:2] if all(row)), [])
    }
    unknown = {(file, header) for file, header in headers if fold_header(header) not in register.names_by_header}
    assert unknown == {(place["file"], place["header"]) for place in places["unknown_header"]}


def test_the_printed_total_is_the_sum_of_the_targets(inbox: Inbox) -> None:
    text = (inbox.folder / "plans" / "2026-key-points.txt").read_text("utf-8")
    printed = dict(re.findall(r"(\w+) \| (\d+) \|", text))
    total = int(printed.pop("合计"))
    assert len(printed) == 35
    assert sum(map(int, printed.values())) == total
    assert set(printed) <= set(inbox.known_names)


def test_some_units_are_ahead_of_their_target_and_some_behind(inbox: Inbox) -> None:
    text = (inbox.folder / "plans" / "2026-key-points.txt").read_text("utf-8")
    targets = {inbox.known_names[unit]: int(number) for unit, number in re.findall(r"(\w+) \| (\d+) \|", text) if unit != "合计"}
    made = Counter(
        inbox.known_names.get(row["printed_unit_name"])
        for row in inbox.disclosures.values()
        if (published := day(row["published_on"])) and published.year == as_of().year
    )
    elapsed = as_of().timetuple().tm_yday / 365
    paces = [made[unit] / target / elapsed for unit, target in targets.items()]
    assert min(paces) < 0.5
    assert max(paces) > 1.2
    assert sum(pace < 1 for pace in paces) in range(10, 26)


def test_records_look_like_a_register(inbox: Inbox) -> None:
    titles = [row["disclosure_title"] for row in inbox.disclosures.values() if row["disclosure_title"]]
    assert len(inbox.disclosures) in range(6200, 6800)
    assert {len(title) for title in titles} <= set(range(20, 41))
    published = [day(row["published_on"]) for row in inbox.disclosures.values() if row["published_on"]]
    assert all(on is not None and is_workday(on) and on <= as_of() for on in published)


def test_the_word_table_holds_every_task_with_its_columns(inbox: Inbox) -> None:
    tables = Document(str(inbox.folder / "plans" / "2026-task-list.docx")).tables
    rows = [[cell.text for cell in row.cells] for row in tables[0].rows]
    assert rows[0] == ["序号", "重点任务", "牵头单位", "责任单位", "完成时限"]
    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, 19)]
    assert all(all(row) for row in rows)


@pytest.mark.skipif(not REGIONS.exists(), reason="the public list of administrative divisions is not at hand")
def test_no_place_of_the_sample_exists(inbox: Inbox) -> None:
    real = {row["name"] for path in REGIONS.glob("*.csv") for row in csv.DictReader(path.read_text("utf-8").splitlines())}
    towns = {name.removeprefix("栖川县").removeprefix("人民政府") for name in inbox.known_names if re.search("[镇乡]人民政府|街道", name)}
    invented = {re.sub("(镇|乡)人民政府$|街道(办事处)?$", "", town) for town in towns} | {"澜泽", "栖川"}
    assert len(invented) == 12
    assert not {place for place in invented for name in real if name.startswith(place)}
