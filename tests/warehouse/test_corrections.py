"""Corrections change a cell where the source still prints the guarded value, and report themselves where it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from exports.catalog import load_catalog
from flows.warehouse.corrections import COLUMNS, read_corrections
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county

SURE = {"register_name": "disclosures", "correction_reason": "误填", "requested_by": "县财政局", "corrected_on": "2026-10-20"}
SURE |= {"correction_status": "active", "is_public": "no"}


def place(name: str) -> dict[str, str]:
    return {"source_path": f"disclosures/{name}.csv", "source_row": "1"}


BY_PLACE = place("a")


def register(letter: str) -> bytes:
    """A record that is published and one that is not yet, of numbers that begin with the letter."""
    head = "索引号,标题,公开单位,形成日期,公开日期\n"
    return f"{head}{letter}1,公告,县财政局,2026-10-08,2026-10-09\n{letter}2,公告二,县财政局,2026-10-08,\n".encode()


def line(column: str, old: str, new: str, **facts: str) -> dict[str, str]:
    return SURE | {"column_name": column, "old_value": old, "new_value": new} | facts


def decided(made: County, *lines: dict[str, str]) -> County:
    path = made.root / "decisions" / "corrections.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([",".join(COLUMNS), *(",".join(each.get(name, "") for name in COLUMNS) for each in lines)]), "utf-8")
    return made


def attributed(rows: list[str]) -> bytes:
    """A file of the rows, each a title and an attribute."""
    cells = (row.split(",") for row in rows)
    lines = (f"{title},县财政局,{attribute},2026-10-08,2026-10-09" for title, attribute in cells)
    return "\n".join(["标题,公开单位,公开属性,形成日期,公开日期", *lines, ""]).encode()


HELD = """索引号,标题,公开单位,公开属性,形成日期,公开日期
H1,公告,县财政局,主动公开,2026-10-08,2026-10-09
H2,密件,县财政局,不予公开,2026-10-08,2026-10-09
"""
# the case -> the files of today: its correction is of row 1 of the file of its name
TODAY = {
    "renamed": {"elsewhere": ["密件甲,不予公开"]},
    "moved down": {"moved down": ["新增公告,主动公开", "密件乙,不予公开"]},
    "on request": {"on request": ["密件丙,依申请公开"]},
    "corrected and marked": {"corrected and marked": ["密函丁,不予公开"]},
}
HELD_BY_NOW = dict(zip(TODAY, "甲乙丙丁", strict=True))
FILES = {
    "disclosures/a.csv": register("A"),
    "disclosures/b.csv": register("B"),
    "disclosures/guarded.csv": register("G"),
    "disclosures/later.csv": register("L"),
    "disclosures/open.csv": register("P"),
    "disclosures/held.csv": HELD.encode(),
    "request_events/a.csv": "申请编号,环节,日期,受理单位\n依申〔2026〕1号魏明川,收到,2026-03-02,县财政局\n".encode(),
    "enforcement_results/a.csv": "行政处罚决定书文号,案件名称,当事人,处罚类型,处罚内容,处罚机关,公开属性,处罚决定日期,公示日期\n"
    "栖罚〔2026〕7号,无证经营案,郝思嘉,罚款,罚款500元,县财政局,主动公开,2026-03-02,2026-03-05\n".encode(),
} | {f"disclosures/{name}.csv": attributed(rows) for files in TODAY.values() for name, rows in files.items()}
REQUESTS = {"register_name": "request_events", "source_path": "request_events/a.csv", "source_row": "1"}
ENFORCEMENT = {"register_name": "enforcement_results", "source_path": "enforcement_results/a.csv", "source_row": "1"}
# the case, which is the reason that its lines give -> what the list says
LINES = {
    "by place or key": [
        line("published_on", "2026-10-09", "2026年10月12日", **BY_PLACE),
        line("published_on", "", "2026-10-13", record_key="A2"),
        line("printed_unit_name", "县财政局", "县教育局", record_key="B1"),
    ],
    "guard": [
        line("published_on", "2026-10-10", "2026-10-12", **place("guarded"), is_public="yes"),
        line("published_on", "2026-10-09", "2026-10-12", record_key="C9"),
        line("disclosure_title", "公告", "通知", **place("guarded"), correction_status="proposed"),
    ],
    "later": [line("disclosure_title", "公告", "通知", **place("later"))],
    "held": [
        line("disclosure_title", "公告", "通告", record_key="H1", is_public="yes"),
        line("disclosure_title", "密件", "密函", record_key="H2", is_public="yes"),
    ],
    "does not leave": [
        line("request_number", "依申〔2026〕1号魏明川", "依申〔2026〕1号", **REQUESTS, is_public="yes"),
        line("printed_unit_name", "县财政局", "县教育局", **REQUESTS, is_public="yes"),
        line("party_name", "郝思嘉", "郝思佳", **ENFORCEMENT, is_public="yes"),
        line("disclosure_title", "公告", "通告", **place("open"), is_public="yes"),
    ],
} | {case: [line("disclosure_title", f"密件{at}", f"密函{at}", **place(case), is_public="yes")] for case, at in HELD_BY_NOW.items()}


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county built once without a list of corrections, and again when there is one."""
    made = a_county(tmp_path_factory.mktemp("corrections"), FILES).built()
    assert made.ask("select count(*) from marts.corrections") == [(0,)]
    assert made.ask("select disclosure_title from core.disclosures where index_number = 'L1'") == [("公告",)]
    return decided(made, *(each | {"correction_reason": case} for case, lines in LINES.items() for each in lines)).built()


def released(made: County, case: str, columns: str = "old_value, new_value") -> list[tuple[Any, ...]]:
    """What leaves of the corrections of a case, in the order of the list."""
    in_order = "regexp_extract(record_id, ':(\\d+)', 1)::integer"
    return made.ask(f"select {columns} from marts.corrections where correction_reason = '{case}' order by {in_order}")


def test_values_of_a_held_record_stay_in_whatever_the_list_says(corrected: County) -> None:
    assert released(corrected, "held") == [("公告", "通告"), (None, None)]


def test_values_stay_in_where_the_register_or_the_column_does_not_leave_or_leaves_masked(corrected: County) -> None:
    """The list may say what it likes: requests are counted only, and natural persons are named by nobody."""
    assert released(corrected, "does not leave", "register_name, old_value, new_value") == [
        ("request_events", None, None),
        ("request_events", None, None),
        ("enforcement_results", None, None),
        ("disclosures", "公告", "通告"),
    ]


@pytest.mark.parametrize("case", TODAY)
def test_values_of_a_record_that_is_held_by_now_stay_in_wherever_its_row_went(corrected: County, case: str) -> None:
    assert released(corrected, case) == [(None, None)]


def test_a_cell_is_corrected_by_its_place_or_its_key_and_what_was_printed_stays_findable(corrected: County) -> None:
    found = corrected.ask(
        "select index_number, published_on::varchar, printed_unit_name from core.disclosures where index_number[1] in ('A', 'B') order by 1"
    )
    assert found == [
        ("A1", "2026-10-12", "县财政局"),
        ("A2", "2026-10-13", "县财政局"),
        ("B1", "2026-10-09", "县教育局"),
        ("B2", None, "县财政局"),
    ]
    printed = corrected.ask(
        "select correction_state, source_path, source_row, printed_value, old_value from core.corrections "
        "where correction_reason = 'by place or key' order by correction_id"
    )
    assert printed == [
        ("applied", "disclosures/a.csv", 1, "2026-10-09", "2026-10-09"),
        ("applied", "disclosures/a.csv", 2, None, None),
        ("applied", "disclosures/b.csv", 1, "县财政局", "县财政局"),
    ]
    assert released(corrected, "by place or key") == [(None, None)] * 3


def test_a_guard_that_does_not_hold_is_reported_and_nothing_is_changed(corrected: County) -> None:
    assert corrected.ask("select published_on::varchar, disclosure_title from core.disclosures where index_number = 'G1'") == [
        ("2026-10-09", "公告")
    ]
    states = released(corrected, "guard", "correction_state, old_value")
    assert states == [("guard_failed", None), ("not_found", None), ("proposed", None)]  # who knows which row was meant


def test_a_new_list_builds_the_warehouse_again(corrected: County) -> None:
    assert corrected.ask("select disclosure_title from core.disclosures where index_number = 'L1'") == [("通知",)]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"register_name": "nothing"}, "register_name nothing"),
        ({"column_name": "nothing"}, "column_name nothing"),
        ({"source_row": ""}, "named by neither"),
        ({"record_key": "A1"}, "neither or by both"),
        ({"new_value": "公告"}, "equal to the new_value"),
        ({"correction_reason": ""}, "no correction_reason"),
        ({"requested_by": " "}, "no requested_by"),
        ({"corrected_on": "20/10/2026"}, "no corrected_on"),
        ({"correction_status": "done"}, "correction_status done"),
    ],
)
def test_a_list_that_is_wrong_stops_the_run_and_names_the_line(tmp_path: Path, wrong: dict[str, str], told: str) -> None:
    made = a_county(tmp_path, {"disclosures/a.csv": register("A")})
    decided(made, line("disclosure_title", "公告", "通知", **BY_PLACE), line("disclosure_title", "公告", "通知", **(BY_PLACE | wrong)))
    with pytest.raises(ConfigurationError, match=f"line 2: found .*{told}"):
        read_corrections(Workspace.open(made.root), load_catalog())


def test_the_sample_county_shows_one_that_holds_and_one_that_does_not(whole_sample: County) -> None:
    assert whole_sample.ask("select correction_state, count(*) from core.corrections group by 1 order by 1") == [
        ("applied", 1),
        ("guard_failed", 1),
        ("withdrawn", 1),
    ]
    released = (whole_sample.latest / "data" / "corrections.csv").read_text("utf-8-sig")
    assert "2026-03-06,2026-03-05,登记时误填为次日" in released
    assert "2026-04-21" not in released
