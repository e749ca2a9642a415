"""What a file says of its rows outside their cells: in titles, headings between rows, notes, names of sheets, files and folders.

Every row of these files would leave by its own cells: the settings of the source say that a file without the column is public.
"""

from __future__ import annotations

from csv import DictReader
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook

from flows.sources.registers import over_rows
from flows.sources.registers.statements import CHAINS, KEY, REFERENCE, says
from tests.conftest import County, a_county

HEADER = ["索引号", "标题", "公开单位", "形成日期", "公开日期"]
PLAN = """栖川县2026年{}工作要点
栖府办发〔2026〕{}号

一、加强公开
（一）推进财政信息公开。责任单位：县财政局。完成时限：2026年12月底前。

栖川县人民政府办公室
2026年3月5日
"""
Lines = list[list[str]]


def row(number: str) -> list[str]:
    return [number, f"第{number}号事项", "县财政局", "2026-09-01", "2026-09-10"]


def csv(lines: Lines, *, is_padded: bool = True, encoding: str = "utf-8") -> bytes:
    padded = [line + [""] * (len(HEADER) - len(line)) if is_padded else line for line in lines]
    return "\n".join(",".join(line) for line in padded).encode(encoding)


def xlsx(path: Path, sheets: dict[str, Lines], merged: tuple[str, ...] = ()) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
        for span in merged:
            sheet.merge_cells(span)
    book.save(path)
    return path.read_bytes()


def html(lines: Lines, *, above: str = "", caption: str = "", title: str = "") -> bytes:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines)
    return f"<html><head><meta charset=utf-8><title>{title}</title></head><body>{above}<table><caption>{caption}</caption>{rows}</table></body></html>".encode()


def files(scratch: Path) -> dict[str, bytes]:
    """Numbers of rows that must stay begin with S, of those that must leave with P."""
    table = scratch / "a.xlsx"
    return {
        "disclosures/title.xlsx": xlsx(table, {"Sheet1": [["县财政局依申请公开事项登记表"], HEADER, row("S-1")]}, ("A1:E1",)),
        "disclosures/title-below.xlsx": xlsx(table, {"Sheet1": [["信息登记表"], ["密级：秘密", "", "填报人：办公室"], HEADER, row("S-2")]}),
        "disclosures/title.csv": csv([["栖川县免予公开信息目录"], HEADER, row("S-3")], encoding="gb18030"),
        "disclosures/title-short.csv": csv([["（内部文件，请妥善保管）"], HEADER, row("S-4")], is_padded=False),
        "disclosures/sections.csv": csv(
            [HEADER, ["一、主动公开"], row("P-1"), ["二、依申请公开"], row("S-5"), row("S-6"), ["三、其他信息"], row("P-2")]
        ),
        "disclosures/sections-short.csv": csv(
            [HEADER, row("P-3"), ["（二）不宜公开的信息"], row("S-7"), ["（三）主动公开的信息"], row("P-4")], is_padded=False
        ),
        "disclosures/sections.xlsx": xlsx(
            table, {"一季度": [HEADER, row("P-5"), ["涉密信息"], row("S-8")], "二季度": [HEADER, row("P-6")]}, ("A3:E3",)
        ),
        "disclosures/sheets.xlsx": xlsx(
            table, {"对外": [HEADER, row("P-7")], "已撤下信息": [HEADER, row("S-9")], "待审": [HEADER, row("S-10")]}
        ),
        "disclosures/note.xlsx": xlsx(table, {"Sheet1": [HEADER, row("S-11"), ["注：上表所列信息暂不对外公开"]]}),
        "disclosures/note.csv": csv([HEADER, row("S-12"), ["说明：以上为依申请公开事项"]]),
        "disclosures/note-down.csv": csv([HEADER, row("S-21"), ["以上信息均已撤下"]]),
        "disclosures/note-review.xlsx": xlsx(table, {"Sheet1": [HEADER, row("S-22"), ["说明：本表所列信息尚未经审查"]]}),
        "disclosures/note-part.csv": csv([HEADER, row("S-23"), ["注：上述信息脱敏后公开"]]),
        "disclosures/note-alone.csv": csv([HEADER, row("S-24"), ["备注：不予公开"]]),
        "disclosures/title-long.csv": csv(
            [
                [
                    "栖川县财政局第三季度登记表（以下所列信息经保密审查均属于不予公开范围，由办公室统一保管，按季度更新后报县政府办公室备查）"
                ],
                HEADER,
                row("S-25"),
            ]
        ),
        "disclosures/note-plain.csv": csv([HEADER, row("P-14"), ["注：本表信息未撤下的须写明渠道"], ["说明：以上信息经审核后主动公开"]]),
        "disclosures/caption.html": html([HEADER, row("S-13")], caption="不予公开信息一览"),
        "disclosures/heading.html": html([HEADER, row("S-14")], above="<h2>部门内部资料</h2>"),
        "disclosures/line.html": html([HEADER, row("S-15")], above="<p>依申请公开信息汇总</p><p>单位：县财政局</p>"),
        "disclosures/page.html": html([HEADER, row("S-16")], title="停止公开信息清单"),
        "disclosures/2026/不公开/一季度.csv": csv([HEADER, row("S-17")]),
        "disclosures/2026年内部信息台账.csv": csv([HEADER, row("S-18")]),
        "disclosures/台账（依申请公开）.xlsx": xlsx(table, {"Sheet1": [HEADER, row("S-19")]}),
        "disclosures/删减后公开信息.csv": csv([HEADER, row("S-20")]),
        "disclosures/主动公开台账.csv": csv([["主动公开和依申请公开信息目录"], HEADER, row("P-8")]),
        "disclosures/非涉密信息.csv": csv([["政府信息公开目录（不含依申请公开信息）"], HEADER, row("P-9"), ["注：涉密信息请勿填入本表"]]),
        "disclosures/plain.html": html([HEADER, row("P-10")], above="<h1>信息公开台账</h1><p>填报单位：县财政局</p>", title="政府信息公开"),
        "disclosures/lone.csv": csv([HEADER, row("P-11"), ["P-12", "关于依申请公开工作的通知"], row("P-13"), ["", "注：请按月报送"]]),
        "plans/内部/a.txt": PLAN.format("政务公开", 1).encode(),
        "plans/要点（不予公开）.txt": PLAN.format("数据资源", 2).encode(),
        "plans/依申请公开指南.txt": PLAN.format("基层公开", 3).encode(),
    }


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    root = tmp_path_factory.mktemp("over")
    return a_county(root / "county", files(root)).built()


def test_what_stands_over_rows_holds_them_and_nothing_else_does(county: County) -> None:
    found = county.ask("select index_number, is_released from core.disclosures where index_number similar to '[PS]-[0-9]+'")
    wrong = [number for number, leaves in found if leaves is not number.startswith("P")]
    assert not wrong
    assert {number for number, _ in found} == {f"S-{n}" for n in range(1, 26)} | {f"P-{n}" for n in range(1, 15) if n != 12}


def test_the_finding_says_where_it_stands(county: County) -> None:
    found = county.ask("select record_id, finding_text from core.findings where finding_kind in ('withheld', 'on_request', 'secret')")
    texts = dict(found)
    assert "“文件名”" in texts["S-17"]
    assert "“分组标题”" in texts["S-5"]
    assert "“工作表名”" in dict(county.ask("select record_id, finding_text from core.findings where finding_kind = 'withdrawn'"))["S-9"]


def test_a_folder_or_name_of_a_plan_is_a_mark_of_it(county: County) -> None:
    found = dict(county.ask("select source_path, mark_kind from core.document_marks inner join core.plan_documents using (document_id)"))
    assert found == {"plans/内部/a.txt": "secret", "plans/要点（不予公开）.txt": "withheld"}


def test_settings_name_a_place_that_says_nothing(tmp_path: Path) -> None:
    made = a_county(tmp_path / "county", {"disclosures/不公开/a.csv": csv([["内部文件"], HEADER, row("A-1")])})
    settings = made.root / "gongkai.yaml"
    settings.write_text(settings.read_text("utf-8").replace("when_absent:", "says_nothing: [文件名, 表头上方], when_absent:"), "utf-8")
    assert made.built().ask("select is_released from core.disclosures") == [(True,)]


TICKS = ["", "", "", "", "", "主动公开", "依申请公开", "不予公开"]


def test_ticks_below_a_heading_of_two_rows_are_answers(tmp_path: Path) -> None:
    rows = [[*HEADER, "公开属性", "", ""], TICKS, [*row("P-1"), "√"], [*row("S-1"), "", "√"], [*row("S-2"), "", "", "√"], row("S-3")]
    merged = ("F1:H1", *(f"{letter}1:{letter}2" for letter in "ABCDE"))
    made = a_county(tmp_path / "county", {"disclosures/a.xlsx": xlsx(tmp_path / "a.xlsx", {"台账": rows}, merged)}).built()
    assert made.ask("select index_number from core.disclosures where is_released") == [("P-1",)]


def test_what_is_said_among_very_many_lone_texts_is_about_the_whole_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(over_rows, "MOST", 3)
    lines = [HEADER, row("S-1"), ["一、县财政局"], ["二、县教育局"], ["三、内部掌握的信息"], row("S-2"), ["四、县民政局"], row("S-3")]
    other = [HEADER, row("P-1"), ["一、县财政局"], ["二、县教育局"], ["三、县司法局"], ["四、县民政局"]]
    made = a_county(tmp_path / "county", {"disclosures/a.csv": csv(lines), "disclosures/b.csv": csv(other)}).built()
    assert made.ask("select index_number from core.disclosures where is_released") == [("P-1",)]


def test_the_example_of_each_pattern_says_what_the_pattern_says() -> None:
    with (REFERENCE / "leaving_patterns.csv").open(encoding="utf-8", newline="") as stream, duckdb.connect() as connection:
        connection.execute(KEY)
        for pattern in DictReader(stream):
            if pattern["question"] in CHAINS:
                said = connection.execute(f"select {says(pattern['question'], 'cell')} from (select $1 as cell)", [pattern["word_example"]])
                assert said.fetchall() == [(pattern["says"],)], pattern["word_example"]


def test_a_ledger_of_requests_may_be_called_so(tmp_path: Path) -> None:
    events = "申请编号,受理机关,办理环节,办理日期\nA-1,县财政局,收到申请,2026-03-02\n".encode()
    made = a_county(tmp_path / "county", {"request_events/依申请公开办件.csv": events}).built()
    assert made.ask("select path_parts from raw.path_statements") == []
    assert made.ask("select count(*) from core.request_events") == [(1,)]
