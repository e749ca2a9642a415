"""The sample county's annual reports: counted from its registers, compared with what it printed, written as files to hand in."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook

from tests.conftest import County, gongkai

CELLS = "core.annual_report inner join core.annual_report_printed as printed using (reporter_id, report_year, table_code, row_code, column_code)"


def test_registers_and_printed_reports_agree_except_in_planted_cells(whole_sample: County) -> None:
    """Both were counted independently: the printed reports by the sample's generator, in Python, from its events."""
    compared = whole_sample.ask(f"select count(*) from {CELLS}")
    differing = whole_sample.ask(
        f"select printed.source_path, printed.source_row from {CELLS} where annual_report.cell_value <> printed.cell_value"
    )
    planted = whole_sample.ask(
        "select source_path, source_row from core.annual_report_faults where finding_kind in ('report_cell_wrong', 'report_carry_over_differs')"
    )
    assert compared[0][0] > 7000
    assert set(differing) <= set(planted)


def test_every_cell_of_tables_3_and_4_drills_down_to_its_cases(whole_sample: County) -> None:
    counted = """
        with cases as (select reporter_id, report_year, table_code, row_code, column_code, count(*) as case_count from core.annual_report_case_cells group by all)
        select count(*), count(*) filter (report.cell_value <> coalesce(cases.case_count, 0)), sum(report.cell_value)
        from core.annual_report as report left join cases using (reporter_id, report_year, table_code, row_code, column_code)
        where report.table_code in (3, 4)
    """
    cells, differing, total = whole_sample.ask(counted)[0]
    assert (differing, cells > 10000, total > 1000) == (0, True, True)
    held = """
        select count(distinct case_label || unit_id) from core.annual_report_case_cells
        where reporter_id = '990101' and report_year = 2025 and row_code = 'granted' and column_code = 'total'
    """
    assert whole_sample.ask(held) == whole_sample.ask(
        "select count(*) from core.requests where outcome_code = 'granted' and year(closed_on) = 2025 and unit_id is not null"
    )
    columns = {name for name, *_ in whole_sample.ask("select column_name from duckdb_columns() where table_name = 'annual_report_cases'")}
    assert columns == {"unit_id", "report_year", "table_code", "row_code", "column_code", "case_label", "started_on", "ended_on"}


def test_the_current_year_is_in_the_warehouse_and_in_no_release(whole_sample: County) -> None:
    assert whole_sample.ask("select distinct report_year from core.annual_report order by 1") == [(2025,), (2026,)]
    assert whole_sample.ask("select distinct report_year from marts.annual_report") == [(2025,)]


@pytest.fixture(scope="module")
def written(whole_sample: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    for unit in ("栖川县", "县自然资源局"):
        done = gongkai(
            "annual-report",
            "-w",
            whole_sample.root,
            "--year",
            2025,
            "--to",
            folder,
            "--unit",
            "澜泽市栖川县人民政府" if unit == "栖川县" else unit,
        )
        assert done.exit_code == 0, done.output
    assert len(list(folder.iterdir())) == 4
    return folder


def test_the_workbook_has_the_national_layout_and_the_counted_figures(whole_sample: County, written: Path) -> None:
    sheet = load_workbook(written / "澜泽市栖川县人民政府2025年政府信息公开工作年度报告.xlsx")["表三"]
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A3:C5", "D3:J3", "D4:D5", "E4:I4", "J4:J5", "A6:C6", "A8:A29", "B10:B17"} <= merged
    assert sheet["A3"].value.startswith("（本列数据的勾稽关系为")
    assert [sheet.cell(5, column).value for column in range(5, 10)] == ["商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他"]
    assert sheet["C17"].value == "8.属于行政查询事项"
    assert sheet["A30"].value == "四、结转下年度继续办理"
    figures = whole_sample.ask(
        "select cell_value from core.annual_report where reporter_kind = 'government' and report_year = 2025 and table_code = 3 order by row_order, column_order"
    )
    assert [sheet.cell(row, column).value for row in range(6, 31) for column in range(4, 11)] == [value for (value,) in figures]


def test_the_document_has_six_chapters_three_tables_and_what_is_left_to_the_unit(whole_sample: County, written: Path) -> None:
    document = docx.Document(str(written / "栖川县自然资源和规划局2025年政府信息公开工作年度报告.docx"))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for chapter in (
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理",
        "四、政府信息公开行政复议",
        "五、存在的主要问题",
        "六、其他需要报告",
    ):
        assert chapter in text
    assert text.count("〔本部分由单位撰写〕") == 3
    assert "空白单元格" in text
    proactive, requests, cases = document.tables
    assert [row.cells[-1].text for row in proactive.rows][-2:] == ["本年收费金额（单位：万元）", ""]
    assert requests.cell(0, 0)._tc is requests.cell(2, 2)._tc  # one merged cell
    new = whole_sample.ask(
        "select cell_value from core.annual_report where reporter_id = '990101/自然资源和规划局'"
        " and report_year = 2025 and row_code = 'new_received' and column_code = 'total'"
    )
    assert requests.cell(3, 9).text == str(int(new[0][0]))
    assert [cell.text for cell in cases.rows[2].cells] == ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3


def test_an_unknown_body_or_a_year_without_registers_is_an_error(whole_sample: County, tmp_path: Path) -> None:
    done = gongkai("annual-report", "-w", whole_sample.root, "--year", 2019, "--to", tmp_path)
    assert done.exit_code == 1
    assert "2025 to 2026" in " ".join(done.output.split())
