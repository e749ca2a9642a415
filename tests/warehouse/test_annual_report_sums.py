"""What units printed in their annual reports is held against the national format: every sum, and every year against the next."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from random import Random

import pytest

from exports.catalog import PROJECT_ROOT
from tests.conftest import County, a_county

FACTS = PROJECT_ROOT.parent / "shared" / "facts" / "annual_report_requests.csv"
HEAD = ("报告单位", "年度", "表号", "项目", "栏目", "数值")
COLUMNS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
Cells = dict[tuple[str, str], str]
REAL = PROJECT_ROOT.parent / "shared" / "gold" / "reports"
REAL_REPORTS = {"pingtan-2021": "县实验局", "shanghai-office-2019": "县政府办公室"}
needs_facts = pytest.mark.skipif(not FACTS.exists(), reason="the published table is not beside this repository")


def published() -> Cells:
    with FACTS.open(encoding="utf-8") as stream:
        return {(row["row"], column): row[column] for row in csv.DictReader(stream) for column in COLUMNS}


def small(**changed: str) -> Cells:
    """A small report whose sums hold, by codes, with cells changed: row__column="7"."""
    rows = {"new_received": 3, "carried_in": 1, "granted": 2, "denied_1": 1, "results_total": 3, "carried_over": 1}
    cells = {(row, column): str(count if column in {"natural_person", "total"} else 0) for row, count in rows.items() for column in CODES}
    return cells | {(row, column): value for place, value in changed.items() for row, column in [place.split("__")]}


CODES = ("natural_person", "company", "research", "charity", "legal_service", "other", "total")


def real(name: str, unit: str) -> list[tuple[str, int, int, str, str, str]]:
    """Every cell of a real report, under the titles that it prints."""
    report = json.loads((REAL / f"{name}.json").read_text("utf-8"))
    return [
        (
            unit,
            report["year"],
            table,
            "件数" if table == 4 else cell["row"],
            cell["row"] * (table == 4) + cell["column"],
            written(cell["value"]),
        )
        for table, cells in zip((2, 3, 4), report["tables"].values(), strict=True)
        for cell in cells
    ]


def written(value: float | str | None) -> str:
    return "" if value is None else str(value)


def register(reports: dict[tuple[str, int], Cells], rows: Iterable[tuple[str, int, int, str, str, str]] = ()) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEAD)
    for (unit, year), cells in reports.items():
        writer.writerows((unit, year, 3, row, column, value) for (row, column), value in cells.items())
    writer.writerows(rows)
    return stream.getvalue().encode()


def corrupted() -> tuple[dict[tuple[str, int], Cells], dict[str, tuple[str, str, str]]]:
    """200 copies of the published table, each with one cell changed; and for each the cell and what belongs there."""
    random, right = Random(20211), published()
    reports, spoilt = {}, {}
    for number in range(200):
        place = random.choice(sorted(right))
        value = int(right[place])
        wrong = random.choice([v for v in (value + random.choice((-9, -1, 1, 2, 10, 100)), value * 10 + 3) if v >= 0])
        unit = f"第{number:03}工作局"
        reports[unit, 2023] = right | {place: str(wrong)}
        spoilt[unit] = (*place, f"应为 {value}.00")
    return reports, spoilt


CARRIED_TWO = small(carried_in__natural_person="2", carried_in__total="2", carried_over__natural_person="2", carried_over__total="2")
REPORTS = {
    ("县水利局", 2023): small(granted__natural_person="5", carried_in__company="4"),
    ("县财政局", 2022): small(),
    ("县财政局", 2023): CARRIED_TWO,
    ("县审计局", 2022): small(),
    ("县审计局", 2023): small(),
    ("县民政局", 2022): small(carried_over__natural_person="4"),
    ("县民政局", 2023): small(),
    ("县司法局", 2023): small(granted__company="", granted__research="/", granted__charity="0"),
    ("县统计局", 2023): small(granted__total=""),
    ("县信访局", 2023): small(granted__total="两件", granted__company="/"),
    ("县文旅局", 2019): small(other__natural_person="0"),
    ("县档案局", 2019): small(other_1__natural_person="0"),
    ("栖川县人民政府", 2023): small(granted__other="1"),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    """One county whose units printed all the reports of this file."""
    reports = REPORTS | (corrupted()[0] | {("县公布局", 2023): published()} if FACTS.exists() else {})
    rows = [row for name, unit in REAL_REPORTS.items() for row in real(name, unit)] if REAL.exists() else []
    names = dict.fromkeys([*(unit for unit, _ in reports if unit != "栖川县人民政府"), *REAL_REPORTS.values()])
    units = "单位名称\n" + "".join(f"{unit}\n" for unit in names)
    root = tmp_path_factory.mktemp("reports") / "county"
    return a_county(root, {"annual_report_cells/reports.csv": register(reports, rows), "units/units.csv": units.encode()}).built()


def faults(made: County, unit: str, *columns: str) -> list[tuple[object, ...]]:
    return made.ask(f"select {', '.join(columns)} from core.annual_report_faults where reporter_id = '990101/{unit}' order by all")


@needs_facts
def test_a_published_report_passes_and_each_of_200_single_corruptions_is_caught_and_its_cell_named(made: County) -> None:
    sums = "select count(*), count(*) filter (is_met) from core.annual_report_checks where figure_source = 'printed' and reporter_id = '990101/公布局'"
    assert made.ask(sums) == [(39, 39)]  # two sums in each of 7 columns, one in each of 25 rows
    spoilt = corrupted()[1]
    found = made.ask(
        """
        select printed.printed_unit_name, printed.printed_row, printed.printed_column, faults.finding_text
        from core.annual_report_faults as faults
        inner join core.annual_report_printed as printed using (source_path, source_row)
        where printed.printed_unit_name like '第%工作局' or faults.reporter_id = '990101/公布局'
        """
    )
    assert {unit: (row, column) for unit, row, column, _ in found} == {unit: place[:2] for unit, place in spoilt.items()}
    assert len(found) == 200
    assert [unit for unit, _, _, text in found if spoilt[unit][2] not in text] == []


def test_two_wrong_cells_are_told_by_the_sums_they_break(made: County) -> None:
    assert faults(made, "水利局", "finding_kind", "row_code", "column_code") == [
        ("report_sum_wrong", "carried_in", "total"),
        ("report_sum_wrong", "carried_over", "company"),
        ("report_sum_wrong", "granted", "total"),
        ("report_sum_wrong", "results_total", "natural_person"),
    ]


def test_what_is_carried_over_is_what_the_next_year_carries_in(made: County) -> None:
    assert faults(made, "财政局", "finding_kind", "report_year", "row_code", "column_code") == [
        ("report_carry_over_differs", 2023, "carried_in", "natural_person"),
        ("report_carry_over_differs", 2023, "carried_in", "total"),
    ]
    assert faults(made, "审计局", "finding_kind") == []


def test_a_cell_that_breaks_both_its_table_and_the_next_year_is_told_once(made: County) -> None:
    assert faults(made, "民政局", "finding_kind", "report_year", "row_code", "column_code") == [
        ("report_cell_wrong", 2022, "carried_over", "natural_person")
    ]


def test_zero_blank_and_a_stroke_are_three_things(made: County) -> None:
    held = "select cell_status, cell_value from core.annual_report_printed where row_code = 'granted' and reporter_id = '990101/司法局' order by all"
    assert made.ask(held)[:3] == [("blank", None), ("not_applicable", None), ("number", 0.0)]
    assert faults(made, "司法局", "finding_kind") == []


def test_a_total_left_blank_is_named_by_the_sum_that_lacks_it(made: County) -> None:
    unprinted = "select is_met from core.annual_report_checks where figure_source = 'printed' and reporter_id = '990101/统计局' and row_code = 'granted'"
    assert made.ask(unprinted) == [(None,)]
    assert faults(made, "统计局", "finding_kind", "row_code", "column_code") == [("report_cell_wrong", "granted", "total")]


def test_what_is_no_number_is_told_and_no_sum_is_held_against_it(made: County) -> None:
    assert faults(made, "信访局", "finding_kind", "row_code", "column_code") == [("report_cell_unreadable", "granted", "total")]


def test_a_report_of_2019_is_held_to_its_own_format_and_a_row_of_none_is_told(made: County) -> None:
    assert faults(made, "文旅局", "finding_kind") == []
    assert faults(made, "档案局", "finding_kind", "finding_text like '%other_1%'") == [("report_cell_unreadable", True)]


def test_the_governments_own_report_is_held_too(made: County) -> None:
    named = """
        select printed.reporter_kind, faults.row_code, faults.column_code
        from core.annual_report_faults as faults
        inner join core.annual_report_printed as printed on faults.source_row = printed.source_row
        where printed.reporter_kind = 'government'
    """
    assert made.ask(named) == [("government", "granted", "other")]


@needs_facts
@pytest.mark.parametrize(("name", "unit"), REAL_REPORTS.items())
def test_a_real_report_is_read_by_its_titles_cell_by_cell_and_has_no_fault(made: County, name: str, unit: str) -> None:
    cells = made.ask(
        f"select cell_value, cell_status from core.annual_report_printed where printed_unit_name = '{unit}' order by source_row"
    )
    expected = [value if value != "251000元" else 251000 for *_, value in real(name, unit)]
    assert [("" if value is None else value) for value, _ in cells] == [float(value) if value != "" else "" for value in expected]
    assert {status for _, status in cells} <= {"number", "blank"}
    assert (
        made.ask(
            f"select finding_text from core.annual_report_faults inner join core.annual_report_printed using (source_row) where printed_unit_name = '{unit}'"
        )
        == []
    )
