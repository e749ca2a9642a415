"""Corrections change a cell where the source still prints the guarded value, and report themselves where it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from exports.catalog import load_catalog
from flows.warehouse.corrections import COLUMNS, read_corrections
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import Workspace
from tests.conftest import County

REGISTER = "索引号,标题,公开单位,形成日期,公开日期\nA1,公告,县财政局,2026-10-08,2026-10-09\nA2,公告二,县财政局,2026-10-08,\n"
BY_PLACE = {"source_path": "disclosures/a.csv", "source_row": "1"}
SURE = {"register_name": "disclosures", "correction_reason": "误填", "requested_by": "县财政局", "corrected_on": "2026-10-20"}
SURE |= {"correction_status": "active", "is_public": "no"}


def line(column: str, old: str, new: str, **facts: str) -> dict[str, str]:
    return SURE | {"column_name": column, "old_value": old, "new_value": new} | facts


def decided(made: County, *lines: dict[str, str]) -> County:
    path = made.root / "decisions" / "corrections.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([",".join(COLUMNS), *(",".join(each.get(name, "") for name in COLUMNS) for each in lines)]), "utf-8")
    return made


@pytest.fixture
def made(county: Callable[..., County]) -> County:
    return county({"disclosures/a.csv": REGISTER.encode(), "disclosures/b.csv": REGISTER.replace("A", "B").encode()})


def test_values_of_a_held_record_stay_in_whatever_the_list_says(county: Callable[..., County]) -> None:
    text = "索引号,标题,公开单位,公开属性,形成日期,公开日期\nA1,公告,县财政局,主动公开,2026-10-08,2026-10-09\nA2,密件,县财政局,不予公开,2026-10-08,2026-10-09\n"
    made = county({"disclosures/a.csv": text.encode()})
    lines = [
        line("disclosure_title", old, new, record_key=key, is_public="yes")
        for key, old, new in (("A1", "公告", "通告"), ("A2", "密件", "密函"))
    ]
    decided(made, *lines).built()
    assert made.ask("select old_value, new_value from marts.corrections order by source_row") == [("公告", "通告"), (None, None)]


def test_values_stay_in_where_the_register_or_the_column_does_not_leave_or_leaves_masked(county: Callable[..., County]) -> None:
    """The list may say what it likes: requests are counted only, and natural persons are named by nobody."""
    lines = []
    made = county({
        "request_events/a.csv": "申请编号,环节,日期,受理单位\n依申〔2026〕1号魏明川,收到,2026-03-02,县财政局\n".encode(),
        "enforcement_results/a.csv": "行政处罚决定书文号,案件名称,当事人,处罚类型,处罚内容,处罚机关,公开属性,处罚决定日期,公示日期\n"
        "栖罚〔2026〕7号,无证经营案,郝思嘉,罚款,罚款500元,县财政局,主动公开,2026-03-02,2026-03-05\n".encode(),
        "disclosures/a.csv": REGISTER.encode(),
    })  # fmt: skip
    for register, column, old, new in (
        ("request_events", "request_number", "依申〔2026〕1号魏明川", "依申〔2026〕1号"),
        ("request_events", "printed_unit_name", "县财政局", "县教育局"),
        ("enforcement_results", "party_name", "郝思嘉", "郝思佳"),
        ("disclosures", "disclosure_title", "公告", "通告"),
    ):
        place = {"source_path": f"{register}/a.csv", "source_row": "1"}
        lines.append(line(column, old, new, **place, register_name=register, is_public="yes"))
    decided(made, *lines).built()
    told = "select register_name, old_value, new_value from marts.corrections where old_value is not null or new_value is not null"
    assert made.ask(told) == [("disclosures", "公告", "通告")]
    assert made.ask("select count(*) from marts.corrections") == [(4,)]


@pytest.mark.parametrize(
    "today",
    [
        {"disclosures/a.csv": None, "disclosures/moved.csv": ["密件,不予公开"]},  # the file has another name
        {"disclosures/a.csv": ["新增公告,主动公开", "密件,不予公开"]},  # rows moved down by one
        {"disclosures/a.csv": ["密件,依申请公开"]},
        {"disclosures/a.csv": ["密函,不予公开"]},  # mended and marked
    ],
)
def test_values_of_a_record_that_is_held_by_now_stay_in_wherever_its_row_went(
    county: Callable[..., County], today: dict[str, list[str] | None]
) -> None:
    def text(rows: list[str]) -> bytes:
        cells = (row.split(",") for row in rows)
        lines = (f"{title},县财政局,{attribute},2026-10-08,2026-10-09" for title, attribute in cells)
        return "\n".join(["标题,公开单位,公开属性,形成日期,公开日期", *lines, ""]).encode()

    made = decided(
        county({path: text(rows) for path, rows in today.items() if rows}),
        line("disclosure_title", "密件", "密函", **BY_PLACE, is_public="yes"),
    ).built()
    assert made.ask("select old_value, new_value from marts.corrections") == [(None, None)]


def test_a_cell_is_corrected_by_its_place_or_its_key_and_what_was_printed_stays_findable(made: County) -> None:
    decided(
        made,
        line("published_on", "2026-10-09", "2026年10月12日", **BY_PLACE),
        line("published_on", "", "2026-10-13", record_key="A2"),
        line("printed_unit_name", "县财政局", "县教育局", record_key="B1"),
    ).built()
    found = made.ask("select index_number, published_on::varchar, printed_unit_name from core.disclosures order by 1")
    assert found == [
        ("A1", "2026-10-12", "县财政局"),
        ("A2", "2026-10-13", "县财政局"),
        ("B1", "2026-10-09", "县教育局"),
        ("B2", None, "县财政局"),
    ]
    printed = made.ask(
        "select correction_state, source_path, source_row, printed_value, old_value from core.corrections order by correction_id"
    )
    assert printed == [
        ("applied", "disclosures/a.csv", 1, "2026-10-09", "2026-10-09"),
        ("applied", "disclosures/a.csv", 2, None, None),
        ("applied", "disclosures/b.csv", 1, "县财政局", "县财政局"),
    ]
    assert made.ask("select distinct old_value, new_value from marts.corrections") == [(None, None)]


def test_a_guard_that_does_not_hold_is_reported_and_nothing_is_changed(made: County) -> None:
    decided(
        made,
        line("published_on", "2026-10-10", "2026-10-12", **BY_PLACE, is_public="yes"),
        line("published_on", "2026-10-09", "2026-10-12", record_key="C9"),
        line("disclosure_title", "公告", "通知", **BY_PLACE, correction_status="proposed"),
    ).built()
    assert made.ask("select published_on::varchar, disclosure_title from core.disclosures where index_number = 'A1'") == [
        ("2026-10-09", "公告")
    ]
    states = "select correction_state, old_value from marts.corrections order by record_id"
    assert made.ask(states) == [("guard_failed", None), ("not_found", None), ("proposed", None)]  # who knows which row was meant


def test_a_new_list_builds_the_warehouse_anew(made: County) -> None:
    made.built()
    decided(made, line("disclosure_title", "公告", "通知", **BY_PLACE)).built()
    assert made.ask("select disclosure_title from core.disclosures where index_number = 'A1'") == [("通知",)]


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
def test_a_list_that_is_wrong_stops_the_run_and_names_the_line(made: County, wrong: dict[str, str], told: str) -> None:
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
