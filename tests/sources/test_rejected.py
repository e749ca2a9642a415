"""What a run says at its end of what it did not take: rejected files and rows, columns that a file has not, days that have not come yet."""

from __future__ import annotations

from collections.abc import Callable

import openpyxl
import pytest

from tests.conftest import County, a_county, gongkai
from tests.sources.table_makers import saved, sheet_of

UNITS = "单位名称\n县财政局\n".encode()
HEAD = ["标题", "公开单位", "形成日期"]


def ingested(made: County) -> tuple[int, str]:
    done = gongkai("ingest", "-w", made.root)
    return done.exit_code, " ".join(done.output.split())


def workbook_with(name: str, rows: list[list[str]], title: str = "甲") -> bytes:
    """A register on one sheet, and another sheet of that name."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheet_of(workbook, "台账", [HEAD, [title, "县财政局", "2026-03-02"]])
    sheet_of(workbook, name, rows)
    return saved(workbook)


WELL = "标题,公开单位,形成日期\n关于甲事的通知,县财政局,2026-03-02\n".encode()
EXPLAINING = ("说明", "填报说明（必读）", "表格填写须知", "示例数据", "数据字典", "README", "Instructions")
EXPLANATION = [["本表各栏的填法"], ["标题", "形成日期", "公开日期"], ["写全称", "写年月日", "写年月日"]]
REJECTED = {
    "disclosures/a.csv": "标题,公开单位,形成日期\n关于乙事的通知,县财政局,2026-03-02,多,多\n".encode(),
    "disclosures/empty.csv": b"",
    "disclosures/a.pdf": b"%PDF-1.4",
    "plans/a.txt": b"",
    "disclosures/sheet.xlsx": workbook_with("二月", [["标题", "形成日期", "公开日期"], ["乙", "2026-02-02", "2026-02-03"]]),
}


def test_ingest_ends_with_0_where_all_is_well_and_a_sheet_that_explains_is_no_rejection(county: Callable[..., County]) -> None:
    explained = {f"disclosures/{name}.xlsx": workbook_with(name, EXPLANATION, title=f"关于{name}的通知") for name in EXPLAINING}
    made = county({"units/u.csv": UNITS, "disclosures/a.csv": WELL, **explained})
    for _ in range(2):  # read, and known from the run before
        code, output = ingested(made)
        assert code == 0, output
        assert not [path for path in ("disclosures/a.csv", *explained) if path in output]


@pytest.mark.parametrize("name", REJECTED)
def test_ingest_ends_with_3_where_something_was_rejected_and_says_what(county: Callable[..., County], name: str) -> None:
    """A row, a file, a file of another kind, a plan, and a sheet of any other name that looks like a table."""
    made = county({"units/u.csv": UNITS, name: REJECTED[name]})
    for _ in range(2):  # the second time nothing is read, and what was rejected is there all the same
        code, output = ingested(made)
        assert code == 3
        assert name in output


ROWS = "".join(f"关于第{n}批目录的通知,县财政局\n" for n in range(1, 31))


NONE = f"标题,公开单位\n{ROWS}".encode()
SOME = "标题,公开单位,形成日期\n关于甲事的通知,县财政局,\n关于乙事的通知,县财政局,2026-03-02\n关于丙事的通知,县财政局,\n".encode()
LATER = """标题,公开单位,形成日期,公开日期
关于丁事的通知,县财政局,2026-03-02,2026-03-03
关于戊事的通知,县财政局,2026-11-02,2026-11-03
关于己事的通知,县财政局,2026-11-02,
""".encode()
EXPIRING = "标题,文号,单位,印发日期,失效日期\n甲办法,甲〔2026〕1号,县财政局,2026-03-02,2031-03-01\n".encode()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> County:
    files = {
        "units/u.csv": UNITS,
        "disclosures/none.csv": NONE,
        "disclosures/some.csv": SOME,
        "disclosures/later.csv": LATER,
        "normative_documents/b.csv": EXPIRING,
    }
    return a_county(tmp_path_factory.mktemp("rejected"), files, "2026-10-31").built()


def test_a_column_that_a_file_has_not_is_one_finding_and_not_one_a_row(built: County) -> None:
    found = built.ask(
        "select source_path, source_row, finding_text from core.findings where finding_kind = 'missing_made_on' order by source_path, source_row"
    )
    assert [(path, row) for path, row, _ in found] == [
        ("disclosures/none.csv", None),
        ("disclosures/some.csv", 1),
        ("disclosures/some.csv", 3),
    ]
    assert "30 行" in found[0][2]
    assert "columns" in found[0][2]
    assert built.ask("select count(*) from quarantine.disclosures") == [(32,)]


def test_days_after_that_of_the_figures_are_said_once_for_a_file_and_column_and_of_no_other_file(built: County) -> None:
    found = built.ask("select source_path, column_name, finding_text from core.findings where finding_kind = 'dated_later' order by 1, 2")
    assert [(path, column) for path, column, _ in found] == [
        ("disclosures/later.csv", "made_on"),
        ("disclosures/later.csv", "published_on"),
    ]
    assert "2 行" in found[0][2]
    assert "首见第 2 行" in found[0][2]
