"""What a run says at its end of what it did not take: rejected files and rows, columns that a file has not, days that have not come yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import County, gongkai
from tests.sources.table_makers import saved, sheet_of

UNITS = "单位名称\n县财政局\n".encode()
HEAD = ["标题", "公开单位", "形成日期"]


def ingested(made: County) -> tuple[int, str]:
    done = gongkai("ingest", "-w", made.root)
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"disclosures/a.csv": "标题,公开单位,形成日期\n关于甲事的通知,县财政局,2026-03-02\n".encode()}, 0),
        ({"disclosures/a.csv": "标题,公开单位,形成日期\n关于甲事的通知,县财政局,2026-03-02,多,多\n".encode()}, 3),
        ({"disclosures/a.csv": b""}, 3),
        ({"disclosures/a.pdf": b"%PDF-1.4"}, 3),
        ({"plans/a.txt": b""}, 3),
    ],
    ids=["all well", "a row", "a file", "another kind", "a plan"],
)
def test_ingest_ends_with_3_where_something_was_rejected_and_says_what(
    county: Callable[..., County], files: dict[str, bytes], code: int
) -> None:
    made = county({"units/u.csv": UNITS, **files})
    assert ingested(made)[0] == code
    again, output = ingested(made)  # nothing is read, and what was rejected still stands there
    assert again == code
    assert (next(iter(files)) in output) == (code == 3)


@pytest.mark.parametrize("name", ["说明", "填报说明（必读）", "表格填写须知", "示例数据", "数据字典", "README", "Instructions"])
def test_a_sheet_that_explains_is_no_rejection(county: Callable[..., County], name: str) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheet_of(workbook, "台账", [HEAD, ["甲", "县财政局", "2026-03-02"]])
    sheet_of(workbook, name, [["本表各栏的填法"], ["标题", "形成日期", "公开日期"], ["写全称", "写年月日", "写年月日"]])
    made = county({"units/u.csv": UNITS, "disclosures/a.xlsx": saved(workbook)})
    assert ingested(made)[0] == 0


def test_a_sheet_of_another_name_that_looks_like_a_table_is_one(county: Callable[..., County]) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheet_of(workbook, "台账", [HEAD, ["甲", "县财政局", "2026-03-02"]])
    sheet_of(workbook, "二月", [["标题", "形成日期", "公开日期"], ["乙", "2026-02-02", "2026-02-03"]])
    assert ingested(county({"units/u.csv": UNITS, "disclosures/a.xlsx": saved(workbook)}))[0] == 3


ROWS = "".join(f"关于第{n}批目录的通知,县财政局\n" for n in range(1, 31))


def test_a_column_that_a_file_has_not_is_one_finding_and_not_one_a_row(county: Callable[..., County]) -> None:
    files = {
        "units/u.csv": UNITS,
        "disclosures/none.csv": f"标题,公开单位\n{ROWS}".encode(),
        "disclosures/some.csv": "标题,公开单位,形成日期\n关于甲事的通知,县财政局,\n关于乙事的通知,县财政局,2026-03-02\n关于丙事的通知,县财政局,\n".encode(),
    }
    made = county(files).built()
    found = made.ask(
        "select source_path, source_row, finding_text from core.findings where finding_kind = 'missing_made_on' order by source_path, source_row"
    )
    assert [(path, row) for path, row, _ in found] == [
        ("disclosures/none.csv", None),
        ("disclosures/some.csv", 1),
        ("disclosures/some.csv", 3),
    ]
    assert "30 行" in found[0][2]
    assert "columns" in found[0][2]
    assert made.ask("select count(*) from quarantine.disclosures") == [(32,)]


LATER = """标题,公开单位,形成日期,公开日期
关于甲事的通知,县财政局,2026-03-02,2026-03-03
关于乙事的通知,县财政局,2026-11-02,2026-11-03
关于丙事的通知,县财政局,2026-11-02,
"""


def test_days_after_that_of_the_figures_are_said_once_for_a_file_and_column(county: Callable[..., County]) -> None:
    files = {
        "units/u.csv": UNITS,
        "disclosures/a.csv": LATER.encode(),
        "normative_documents/b.csv": "标题,文号,单位,印发日期,失效日期\n甲办法,甲〔2026〕1号,县财政局,2026-03-02,2031-03-01\n".encode(),
    }
    made = county(files, "2026-10-31").built()
    found = made.ask("select source_path, column_name, finding_text from core.findings where finding_kind = 'dated_later' order by 1, 2")
    assert [(path, column) for path, column, _ in found] == [("disclosures/a.csv", "made_on"), ("disclosures/a.csv", "published_on")]
    assert "2 行" in found[0][2]
    assert "首见第 2 行" in found[0][2]


def test_nothing_is_said_of_days_to_come_where_there_are_none(tmp_path: Path, county: Callable[..., County]) -> None:
    made = county(
        {"units/u.csv": UNITS, "disclosures/a.csv": "标题,公开单位,形成日期\n关于甲事的通知,县财政局,2026-03-02\n".encode()},
        root=tmp_path / "w",
    ).built()
    assert made.ask("select count(*) from core.findings where finding_kind = 'dated_later'") == [(0,)]
