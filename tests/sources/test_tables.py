"""Tables as clerks keep them: what a person sees is read, what cannot be read is no empty cell, and nothing is passed over in silence."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.catalog import load_catalog
from flows.workspace.errors import UnreadableSource
from flows.workspace.limits import Limits, limited_by
from tests.sources.table_makers import SPREADSHEET_XML, html, ods, saved, sheet_of, with_part, xlsx
from tests.sources.test_registers import Read, read

HEAD = ["索引号", "标题", "公开单位", "形成日期", "公开日期"]
REGISTERS = load_catalog().registers
ENFORCEMENT = REGISTERS["enforcement_results"]
MATTERS = REGISTERS["catalogue_matters"]


def days(done: Read, column: str = "published_on") -> list[str | None]:
    return [row[column] and row[column][:10] for row in done.rows]


def titles(done: Read) -> list[str | None]:
    return [row["disclosure_title"] for row in done.rows]


def said(done: Read, *kinds: str) -> list[tuple[str, str, int | None]]:
    return [(n["note_kind"], n["note_place"], n["source_row"]) for n in done.notes if not kinds or n["note_kind"] in kinds]


def row(number: int, **cells: Any) -> list[Any]:
    """A record that is complete; `cells` by the names of columns."""
    made = {"no": f"A-{number}", "title": f"第{number}件", "unit": "县水务局", "made": date(2026, 3, 2), "public": date(2026, 3, 9)} | cells
    return list(made.values())


# ---- merged cells and ditto marks


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", xlsx([HEAD, row(1), row(2, public=None), row(3, public=None)], merged=["E2:E4"])),
        (
            "a.ods",
            ods([HEAD, ["A-1", "甲", "局", "2026-03-02", "2026-03-09"], *[["A", "乙", "局", "2026-03-02", None]] * 2], {(1, 4): (3, 1)}),
        ),
        (
            "a.xls",
            html(
                [HEAD, ["A-1", "甲", "局", "2026-03-02", "2026-03-09"], *[["A-2", "乙", "局", "2026-03-02", None]] * 2],
                {(1, 4): "rowspan=3"},
            ),
        ),
    ],
    ids=["xlsx", "ods", "a page named .xls"],
)
def test_a_merged_cell_holds_for_all_rows_that_it_covers_and_is_marked(name: str, data: bytes) -> None:
    done = read(name, data)
    assert days(done) == ["2026-03-09"] * 3
    assert said(done) == [("merged_cells", "E2:E4", 2)]


def test_a_merged_cell_makes_no_record_of_an_empty_row_and_reaches_no_further() -> None:
    rows = [HEAD, row(1), [None] * 5, row(3, public=None), row(4, public=None)]
    done = read("a.xlsx", xlsx(rows, merged=["E2:E4"]))
    assert days(done) == ["2026-03-09", "2026-03-09", None]
    assert [r["source_row"] for r in done.rows] == [1, 3, 4]


def test_a_merged_block_of_an_unreadable_cell_is_unreadable_in_every_row() -> None:
    rows = [HEAD, row(1, public="=B9+1"), row(2, public=None)]
    done = read("a.xlsx", xlsx(rows, merged=["E2:E3"]))
    assert days(done) == ["=B9+1", "=B9+1"]
    assert said(done, "unreadable_formula") == [("unreadable_formula", "E2", 1), ("unreadable_formula", "E3", 2)]


@pytest.mark.parametrize("mark", ["同上", "〃", "″", " 同 上 ", "”"])
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_ditto_mark_says_what_the_row_above_says(mark: str, name: str) -> None:
    rows = [HEAD, row(1), row(2, unit=mark, public=mark), row(3, unit=mark)]
    data = xlsx(rows) if name == "a.xlsx" else "\n".join(",".join(map(str, cells)) for cells in rows).encode()
    done = read(name, data)
    assert [r["printed_unit_name"] for r in done.rows] == ["县水务局"] * 3
    assert days(done) == ["2026-03-09"] * 3
    assert {kind for kind, _, _ in said(done)} == {"ditto"}


def test_a_ditto_mark_below_nothing_stays_what_it_is() -> None:
    done = read("a.csv", "标题,单位,公开日期\n一号,局,\n二号,局,同上\n".encode())
    assert days(done) == [None, "同上"]
    done = read("a.csv", "标题,单位,公开日期\n一号,局,同上\n".encode())
    assert days(done) == ["同上"]


# ---- headers


TWO_ROWS = [
    ["索引号", "标题", "公开单位", "形成日期", "公开情况", None],
    [None, None, None, None, "公开日期", "公开渠道"],
    ["A-1", "甲", "县水务局", date(2026, 3, 2), date(2026, 3, 9), "门户网站"],
]
MERGED = ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:F1"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", xlsx(TWO_ROWS, merged=MERGED)),
        (
            "a.xlsx",
            xlsx(
                [["县级公开台账（2026年）", *[None] * 5], [None] * 6, *TWO_ROWS], merged=["A1:F1", *[f"{c}3:{c}4" for c in "ABCD"], "E3:F3"]
            ),
        ),
        (
            "a.csv",
            "索引号,标题,公开单位,形成日期,公开情况,\n,,,,公开日期,公开渠道\nA-1,甲,县水务局,2026-03-02,2026-03-09,门户网站\n".encode(),
        ),
        (
            "a.xls",
            html(
                [
                    ["索引号", "标题", "公开单位", "形成日期", "公开情况"],
                    ["公开日期", "公开渠道"],
                    ["A-1", "甲", "县水务局", "2026-03-02", "2026-03-09", "门户网站"],
                ],
                {(0, c): "rowspan=2" for c in range(4)} | {(0, 4): "colspan=2"},
            ),
        ),
    ],
    ids=["merged", "below a title", "without merged cells", "a page"],
)
def test_a_header_of_two_rows_is_read_as_a_person_reads_it(name: str, data: bytes) -> None:
    done = read(name, data)
    assert [(r["source_row"], r["index_number"], r["channel"]) for r in done.rows] == [(1, "A-1", "门户网站")]
    assert days(done) == ["2026-03-09"]
    assert done.unknown_headers == []


def test_a_header_of_three_rows_is_read() -> None:
    rows = [
        ["序号", "标题", "单位", "办理情况", None, None],
        [None, None, None, "时间", None, "载体"],
        [None, None, None, "形成日期", "公开日期", "公开渠道"],
        [1, "甲", "县水务局", date(2026, 3, 2), date(2026, 3, 9), "公报"],
    ]
    done = read("a.xlsx", xlsx(rows, merged=["A1:A3", "B1:B3", "C1:C3", "D1:F1", "D2:E2"]))
    assert (days(done, "made_on"), days(done), done.rows[0]["channel"]) == (["2026-03-02"], ["2026-03-09"], "公报")


def test_a_record_below_a_one_row_header_is_no_header() -> None:
    done = read("a.xlsx", xlsx([["标题", "单位", "渠道"], ["单位", "某局", None], ["渠道", "标题", None], ["乙", "县水务局", None]]))
    assert titles(done) == ["单位", "渠道", "乙"]


def test_the_national_catalogue_of_matters_is_read_with_its_header_of_two_rows() -> None:
    rows = [
        ["社会救助领域基层政务公开标准目录", *[None] * 11],
        [
            "序号",
            "公开事项",
            None,
            "公开内容（要素）",
            "公开依据",
            "公开时限",
            "公开主体",
            "公开渠道和载体",
            "公开对象",
            None,
            "公开方式",
            None,
        ],
        [None, "一级事项", "二级事项", *[None] * 5, "全社会", "特定群体", "主动", "依申请公开"],
        [1, "综合业务", "政策", "要素", "条例", "20个工作日", "县民政局", "网站", "√", None, "√", None],
        [2, None, "指南", "要素", "条例", "20个工作日", "县民政局", "网站", "√", None, "√", None],
    ]
    merged = ["A1:L1", "B2:C2", "I2:J2", "K2:L2", "B4:B5", *[f"{c}2:{c}3" for c in "ADEFGH"]]
    done = read("a.xlsx", xlsx(rows, merged=merged), MATTERS)
    assert [(r["matter_id"], r["matter_level1"], r["matter_level2"]) for r in done.rows] == [
        ("1", "综合业务", "政策"),
        ("2", "综合业务", "指南"),
    ]
    assert {(r["matter_content"], r["time_limit_text"], r["printed_unit_name"], r["audience"]) for r in done.rows} == {
        ("要素", "20个工作日", "县民政局", None)
    }


HINTS = [
    "公开日期\n(YYYY-MM-DD)",
    "公开日期（格式：2026-01-01）",
    "公开日期【必填】",
    "5、公开日期",
    "(5)公开日期",
    "⑤公开日期",
    "*公开日期（年/月/日）*",
    "公开日期：",
    "公 开 日 期",
    "公开\n日期",
    "公开日期\u200b",
    "公开⽇期",
    "公开日期\n格式如2026/1/1",
    "★公开日期（必填，文本格式）",
    "公开日期(选填)",
]


@pytest.mark.parametrize("header", HINTS)
def test_a_header_is_known_whatever_hints_stand_with_it(header: str) -> None:
    done = read("a.xlsx", xlsx([["标题", "单位", header], ["甲", "县水务局", date(2026, 3, 9)]]))
    assert days(done) == ["2026-03-09"]
    assert done.unknown_headers == []


@pytest.mark.parametrize(
    ("register", "header"),
    [
        (ENFORCEMENT, "当事人（代理人）"),
        (ENFORCEMENT, "统一社会信用代码（法定代表人证件号码）"),
        (REGISTERS["request_events"], "单位（联系人）"),
        (REGISTERS["request_events"], "收费金额（万元）"),
        (REGISTERS["disclosures"], "公开日期（原定）"),
        (REGISTERS["disclosures"], "形成日期（预计）"),
    ],
)
def test_a_bracket_that_means_something_else_is_no_hint(register: Any, header: str) -> None:
    known = set(register.required_headers)
    first = {c.name: c.headers[0] for c in register.columns}
    done = read("a.csv", f"{','.join(first[c] for c in known)},{header}\n{','.join('1' for _ in known)},甲\n".encode(), register)
    assert header in done.unknown_headers


def test_what_the_settings_say_of_a_header_goes_before_everything() -> None:
    data = "标题,单位,对外亮相日,公开日期\n甲,县水务局,2026-03-09,2020-01-01\n".encode()
    done = read("a.csv", data, mapping={"对外亮相日": "published_on"})
    assert days(done) == ["2026-03-09"]
    done = read("a.csv", data, mapping={"公开日期": ""})
    assert days(done) == [None]


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_of_two_columns_for_one_field_the_filled_one_counts_and_the_other_is_said(name: str) -> None:
    rows = [
        ["标题", "单位", "公开日期", "发布时间"],
        *[[f"{n}号", "县水务局", "2026-01-01" if n == 1 else "", "2026-03-09"] for n in range(1, 6)],
    ]
    done = read(name, xlsx(rows) if name == "a.xlsx" else "\n".join(map(",".join, rows)).encode())
    assert days(done) == ["2026-03-09"] * 5
    assert [kind for kind, _, _ in said(done)] == ["second_column"]
    assert done.others()[0] == {"公开日期": "2026-01-01"}


# ---- where the table is


NOTES_BELOW = [
    ["填表人：某甲", "审核人：某乙", "联系电话：0000-000", None, None],
    ["合计", None, 2, None, None],
    ["共2个单位", None, None, None, None],
    ["注：本表按月填报。", None, None, None, None],
    ["备注：以上均已审核", None, None, None, None],
    ["制表日期：2026年4月1日", None, None, None, None],
]


@pytest.mark.parametrize("note", NOTES_BELOW, ids=[str(note[0])[:4] for note in NOTES_BELOW])
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_notes_sums_and_signatures_below_are_no_records_and_are_said_without_their_words(name: str, note: list[Any]) -> None:
    rows = [["2026年公开台账", *[None] * 4], [None] * 5, HEAD, row(1), row(2), [None] * 5, note]
    data = xlsx(rows) if name == "a.xlsx" else "\n".join(",".join("" if c is None else str(c) for c in cells) for cells in rows).encode()
    done = read(name, data)
    assert titles(done) == ["第1件", "第2件"]
    assert next(kind for kind, _, _ in said(done)) in {"note_row", "total_row"}
    assert "某甲" not in "".join(done.stored)


def test_a_record_that_begins_like_a_note_is_a_record() -> None:
    done = read(
        "a.xlsx",
        xlsx([["标题", "单位"], ["注：关于清理的说明", "县水务局"], ["合计生育政策解读", "县卫健局"], ["共3条线路调整公告", "县交通局"]]),
    )
    assert len(done.rows) == 3


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_header_that_is_repeated_on_each_page_is_no_record(name: str) -> None:
    rows = [HEAD, row(1), HEAD, row(2)]
    done = read(name, xlsx(rows) if name == "a.xlsx" else "\n".join(",".join(map(str, cells)) for cells in rows).encode())
    assert titles(done) == ["第1件", "第2件"]
    assert [kind for kind, _, _ in said(done)] == ["repeated_header"]


def test_every_sheet_and_every_table_of_a_sheet_is_read_by_its_own_header() -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheet_of(workbook, "说明", [["填报说明"], ["请于每月5日前报送"]])
    sheet_of(workbook, "1月", [HEAD, row(1)])
    sheet_of(
        workbook, "2月", [["信息名称", "发布机构", "发布时间"], ["第2件", "县教育局", date(2026, 3, 9)], [None], ["二、补报"], HEAD, row(3)]
    )
    sheet_of(
        workbook,
        "并排",
        [["标题", "单位", None, "标题", "单位"], ["第4件", "甲局", None, "第5件", "乙局"], ["第6件", "丙局", None, None, None]],
    )
    done = read("a.xlsx", saved(workbook))
    found = [(r["source_sheet"], r["disclosure_title"], r["printed_unit_name"]) for r in done.rows]
    assert sorted(found) == [
        ("1月", "第1件", "县水务局"),
        ("2月", "第2件", "县教育局"),
        ("2月", "第3件", "县水务局"),
        ("并排 (A:B)", "第4件", "甲局"),
        ("并排 (A:B)", "第6件", "丙局"),
        ("并排 (D:E)", "第5件", "乙局"),
    ]
    assert len({(r["source_sheet"], r["source_row"]) for r in done.rows}) == len(found)
    assert said(done, "sheet_without_table") == [("sheet_without_table", "工作表 说明", None)]
    assert done.rejects == []


def test_a_sheet_that_looks_like_a_table_and_is_not_recognised_is_rejected() -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheet_of(workbook, "好", [HEAD, row(1)])
    sheet_of(workbook, "缺", [["标题", "形成日期", "公开日期"], ["甲", date(2026, 3, 2), None], ["乙", date(2026, 3, 2), None]])
    done = read("a.xlsx", saved(workbook))
    assert [place for _, place, _ in done.rejects] == ["工作表 缺 sheet 缺"]


# ---- what is hidden


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_what_the_sender_hid_is_passed_over_and_said(state: str) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheet_of(workbook, "台账", [HEAD, row(1), row(2), row(3)], hidden_rows=[3])
    sheet_of(workbook, "草稿", [HEAD, row(9)], state=state)
    done = read("a.xlsx", saved(workbook))
    assert titles(done) == ["第1件", "第3件"]
    assert said(done) == [("hidden_row", "第3行", 2), ("hidden_sheet", "工作表 草稿", None)]


def test_a_hidden_column_is_passed_over_but_for_what_keeps_a_row_in() -> None:
    rows = [[*HEAD, "公开属性", "密级", "备查"], [*row(1), "不予公开", "秘密", "内部"]]
    done = read("a.xlsx", xlsx(rows, hidden_columns=["E", "F", "G", "H"]))
    assert days(done) == [None]
    assert done.rows[0]["disclosure_attribute"] == "不予公开"
    assert {s["says"] for s in done.rows[0]["statements"]} == {"secret"}
    assert said(done) == [("hidden_column", "E列、F列、G列、H列", None)]
    assert "published_on" not in done.columns


def test_hidden_rows_of_other_formats_are_passed_over_too() -> None:
    rows = [["标题", "单位"], ["甲", "局"], ["乙", "局"], ["丙", "局"]]
    assert titles(read("a.ods", ods(rows, hidden_rows=[2]))) == ["甲", "丙"]
    page = html(rows).replace("<tr><td >乙".encode(), '<tr style="display:none"><td >乙'.encode())
    assert titles(read("a.xls", page)) == ["甲", "丙"]


# ---- values


def test_a_formula_without_a_result_and_an_error_are_no_empty_cells() -> None:
    rows = [HEAD, row(1, public="=D2+3"), row(2, title='="关于"&"某事"'), row(3), row(4), row(5, unit="=NA()")]
    data = with_part(
        xlsx(rows), "xl/worksheets/sheet1.xml", '<c r="C6"><f>NA()</f><v></v></c>', '<c r="C6" t="e"><f>NA()</f><v>#N/A</v></c>'
    )
    done = read("a.xlsx", data)
    assert days(done)[0] == "=D2+3"  # no date: its row is set aside, nobody is accused
    assert titles(done)[1] is None
    assert done.rows[4]["printed_unit_name"] is None
    assert said(done) == [("unreadable_formula", "B3", 2), ("unreadable_error", "C6", 5), ("unreadable_formula", "E2", 1)]


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#VALUE!", "#NAME?"])
def test_an_error_value_of_a_text_file_is_no_title_and_is_said(error: str) -> None:
    done = read("a.csv", f"索引号,标题,单位,公开日期\nA-1,{error},县水务局,{error}\n".encode())
    assert (titles(done), days(done)) == ([None], [error])
    assert {(kind, row) for kind, _, row in said(done)} == {("unreadable_error", 1)}


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (7, "0000", "0007"),
        (1, "000000", "000001"),
        (1008, '"XX-"0000', "XX-1008"),
        (12, '"〔2026〕"0"号"', "〔2026〕12号"),
        (5, "\\K000", "K005"),
        (12, '"第"0"条"', "第12条"),
        (20260301, "General", "20260301"),
        (1234, "#,##0", "1234"),
        (0.5, "0%", "0.5"),
        (99, '"¥"#,##0', "99"),
        (12, '0"号"', "12号"),
        (7, '"第"000', "第007"),
        (2026, '0000"年"', "2026年"),
        (12, 'General"号"', "12号"),
        (12, 'G/通用格式"号"', "12号"),
        (46090, "G/通用格式", "46090"),
        (12, "第0号", "第12号"),
        (12, "0号", "12号"),
        (2026, "0年", "2026年"),
        (12, '[$-804]"甲"0"号"_ ', "甲12号"),
        (12, '0"号";-0"号"', "12号"),
        (202603, "0000-00", "2026-03"),
        (202603, '0000"年"00"月"', "2026年03月"),
        (12, "!第0!号", "第12号"),
        (12, '0"元"', "12"),
        (12.5, '0.00"万元"', "12.5万元"),
        (12, '#,##0"万元"', "12"),
        (12345, '0!.0,"万"', "12345"),
        ("乙12", '@"号"', "乙12号"),
        ("乙12", "@", "乙12"),
        ("乙12", '0"号";0;0;"第"@', "第乙12"),
        ("乙12", '0"号"', "乙12"),
    ],
)
def test_an_identifier_is_read_as_its_number_format_shows_it(value: float | str, code: str, shown: str) -> None:
    done = read("a.xlsx", xlsx([HEAD, row(1, no=value)], formats={"A2": code}))
    assert done.rows[0]["index_number"] == shown


@pytest.mark.parametrize(
    ("value", "code", "day"),
    [
        (46086, 'yyyy"年"m"月"d"日"', "2026-03-05"),
        (46086, "m/d/yy", "2026-03-05"),
        (46086, "[$-804]yyyy年m月d日", "2026-03-05"),
        (46086.75, "yyyy-mm-dd hh:mm", "2026-03-05"),
        (46086, "[$-404]e/m/d", "2026-03-05"),
    ],
)
def test_a_day_is_a_day_in_whatever_format_it_is_shown(value: float, code: str, day: str) -> None:
    assert days(read("a.xlsx", xlsx([HEAD, row(1, public=value)], formats={"E2": code}))) == [day]


def test_a_workbook_that_counts_days_from_1904_is_read_by_its_own_calendar() -> None:
    workbook = openpyxl.Workbook()
    workbook.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    workbook.remove(workbook.active)
    sheet_of(workbook, "台账", [HEAD, row(1, public=date(2026, 3, 9)), row(2, public=46086 - 1462)])
    done = read("a.xlsx", saved(workbook))
    assert days(done) == ["2026-03-09", "46086"]


def test_a_number_that_has_lost_digits_is_no_key() -> None:
    done = read("a.xlsx", xlsx([HEAD, row(1, no=350102199003071230)]))
    assert done.rows[0]["index_number"] is None
    assert said(done) == [("lost_digits", "A2", 1)]
    done = read("a.csv", "索引号,标题,单位\n3.50102E+17,甲,局\n1.5E+08,乙,局\n".encode())
    assert [r["index_number"] for r in done.rows] == [None, None]
    assert [kind for kind, _, _ in said(done)] == ["lost_digits"] * 2


def parquet(**columns: pa.Array) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return bytes(sink.getvalue())


def test_a_whole_number_is_the_same_in_every_format() -> None:
    table = {"标题": pa.array(["甲", "乙"]), "单位": pa.array(["局", "局"])}
    for numbers in (pa.array([20260301.0, math.nan]), pa.array([20260301.0, None])):
        assert read("a.parquet", parquet(索引号=numbers, **table)).rows[0]["index_number"] == "20260301"
    assert read("a.csv", "索引号,标题,单位\n20260301.0,甲,局\n".encode()).rows[0]["index_number"] == "20260301"
    assert read("a.json", json.dumps([{"索引号": 20260301.0, "标题": "甲", "单位": "局"}]).encode()).rows[0]["index_number"] == "20260301"
    assert read("a.xlsx", xlsx([HEAD, row(1, no=20260301.0)])).rows[0]["index_number"] == "20260301"


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
def test_a_moment_is_the_day_in_china_whatever_the_zone_of_the_machine(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    moments = pa.array([datetime(2026, 3, 4, 16, tzinfo=UTC)], pa.timestamp("us", tz="UTC"))
    done = read("a.parquet", parquet(标题=pa.array(["甲"]), 单位=pa.array(["局"]), 公开日期=moments))
    assert days(done) == ["2026-03-05"]


def test_texts_that_parquet_keeps_as_bytes_are_read_in_their_encoding() -> None:
    table = parquet(标题=pa.array(["关于河道的公告".encode("gb18030"), "关于河道".encode(), b"\xff\xfe\x81"]), 单位=pa.array(["局"] * 3))
    done = read("a.parquet", table)
    assert titles(done) == ["关于河道的公告", "关于河道", None]
    assert [kind for kind, _, _ in said(done)] == ["unreadable_error"]


@pytest.mark.parametrize("sign", ["\u200b", "\u200e", "\u00ad", "\ufeff", "\u2060", "\u202c", "\x00", "\x07", "\x0b"])
@pytest.mark.parametrize("name", ["a.csv", "a.json"])
def test_what_nobody_sees_makes_no_difference(sign: str, name: str) -> None:
    record = {"标题": f"关于{sign}河道", "单位": f"县水务局{sign}", f"公开日期{sign}": f"{sign}2026-03-09"}
    data = (",".join(record) + "\n" + ",".join(record.values())).encode() if name == "a.csv" else json.dumps([record]).encode()
    done = read(name, data)
    assert (done.cells(), days(done)) == ([(1, "关于河道", "县水务局")], ["2026-03-09"])


def test_look_alikes_of_characters_are_read_as_what_they_stand_for() -> None:
    done = read("a.csv", "标题,单位,公开⽇期\n⼤桥,县⽔务局,2026年3⽉9⽇\n⻓江,县⽂旅局,2026年3⽉9⽇\n".encode())
    assert [(r["disclosure_title"], r["printed_unit_name"]) for r in done.rows] == [("大桥", "县水务局"), ("长江", "县文旅局")]
    assert days(done) == ["2026年3月9日"[:10]] * 2


# ---- encodings


BODY = "".join(f"关于公布第{n}批行政许可事项目录的通知,县水务局\n" for n in range(1, 6))
LINES = ("标题,单位\n" + BODY).encode("gb18030")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_text_is_read_in_its_encoding_with_a_mark_or_without(encoding: str) -> None:
    assert len(read("a.csv", ("标题,单位\n" + BODY).encode(encoding)).rows) == 5


def test_a_text_in_big5_is_read_as_what_it_says() -> None:
    text = "標題,單位,公開日期\n" + "關於公布行政許可事項目錄的通知,縣水務局,2026-03-09\n" * 3
    done = read("a.csv", text.encode("big5"), mapping={"標題": "disclosure_title", "單位": "printed_unit_name"})
    assert titles(done) == ["關於公布行政許可事項目錄的通知"] * 3


@pytest.mark.parametrize(
    ("data", "line", "byte"),
    [
        (LINES + "关于河道的公告,县水务局\n".encode(), 7, len(LINES) + 1),
        (("标题,单位\n" + BODY).encode() + "关于河道的公告,县水务局\n".encode("gb18030"), 7, len(("标题,单位\n" + BODY).encode()) + 1),
        (("标题,单位\n" + BODY).encode() + "关于".encode()[:-1] + ",县水务局\n".encode(), 7, len(("标题,单位\n" + BODY).encode()) + 4),
    ],
    ids=["UTF-8 among GB18030", "GB18030 among UTF-8", "a byte cut off"],
)
def test_a_line_in_another_encoding_is_rejected_by_itself_with_line_and_byte(data: bytes, line: int, byte: int) -> None:
    done = read("a.csv", data)
    assert len(done.rows) == 5
    assert [(row, place) for row, place, _ in done.rejects] == [(6, f"第 {line} 行第 {byte} 字节 line {line}, byte {byte}")]


def test_what_decodes_and_is_no_chinese_is_refused() -> None:
    with pytest.raises(UnreadableSource):
        read("a.csv", "标题,单位\nà la carte naïve,été\n".encode("latin-1", "ignore"))


# ---- files


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".csv", ".et", "", ".XLSX", ".dat"])
def test_what_a_file_holds_is_told_by_its_bytes_and_not_by_its_name(suffix: str) -> None:
    rows = [["标题", "单位"], ["甲", "局"]]
    for data in (xlsx(rows), ods(rows), html(rows), "标题\t单位\n甲\t局\n".encode(), json.dumps([{"标题": "甲", "单位": "局"}]).encode()):
        assert read(f"a{suffix}", data).cells() == [(1, "甲", "局")]


def test_a_list_of_records_is_found_within_what_an_interface_wraps_it_in() -> None:
    wrapped = {"code": 0, "data": {"total": 1, "list": [{"标题": "甲", "单位": "局"}]}}
    assert read("a.json", json.dumps(wrapped).encode()).cells() == [(1, "甲", "局")]
    assert read("a.json", json.dumps(wrapped, indent=2).encode()).cells() == [(1, "甲", "局")]


@pytest.mark.parametrize("name", ["台账[1-2].csv", "a*b.csv", "a?b.csv", "[甲].parquet"])
def test_a_name_is_no_pattern(name: str) -> None:
    data = parquet(标题=pa.array(["甲"]), 单位=pa.array(["局"])) if name.endswith("parquet") else "标题,单位\n甲,局\n".encode()
    assert read(name, data).cells() == [(1, "甲", "局")]


def test_cells_missing_at_the_end_of_a_row_are_empty_ones() -> None:
    text = "标题,单位,渠道,备注\n" + "一号,局,,\n" * 16 + "二号,局\n三号,局,网站\n四号\n五号,局,,,\n"
    done = read("a.csv", text.encode())
    assert [(r["source_row"], r["disclosure_title"], r["channel"]) for r in done.rows][16:] == [
        (17, "二号", None),
        (18, "三号", "网站"),
        (20, "五号", None),
    ]
    assert [row for row, _, _ in done.rejects] == [19]


def test_text_after_a_closing_quotation_mark_is_named_as_what_it_is() -> None:
    done = read("a.csv", '索引号,标题,单位\nA,"一网"办理,局\nB,乙,局\n'.encode())
    assert [r["index_number"] for r in done.rows] == ["B"]
    assert "quotation mark" in done.rejects[0][2]


def test_a_stray_cell_far_out_costs_nothing_and_is_said() -> None:
    data = with_part(
        xlsx([HEAD, row(1)]),
        "xl/worksheets/sheet1.xml",
        "</sheetData>",
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    )
    done = read("a.xlsx", data)
    assert titles(done) == ["第1件"]
    assert said(done) == [("stray_cells", "1个单元格", None)]
    data = with_part(
        xlsx([HEAD, row(1)]),
        "xl/worksheets/sheet1.xml",
        "</sheetData>",
        '<row r="900000"><c r="B900000" t="str"><v> </v></c></row></sheetData>',
    )
    assert titles(read("a.xlsx", data)) == ["第1件"]


def test_a_workbook_that_takes_more_than_a_file_may_ends_itself_only() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="str"><v>{"甲" * 200}</v></c></row>' for n in range(3, 300_000))
    data = with_part(xlsx([HEAD, row(1)]), "xl/worksheets/sheet1.xml", "</sheetData>", f"{rows}</sheetData>")
    with limited_by(Limits.model_construct(memory_gb=0.2)), pytest.raises(UnreadableSource) as refused:
        read("a.xlsx", data)
    assert "more memory or time" in refused.value.found


def test_a_file_of_which_nothing_is_known_says_what_was_seen_and_what_would_help() -> None:
    with pytest.raises(UnreadableSource) as refused:
        read("a.xlsx", xlsx([["标题", "形成日期"], ["甲", "2026-03-02"]]))
    assert "标题" in refused.value.found
    assert "公开单位" in refused.value.expected
    assert "gongkai doctor" in refused.value.remedy


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["行政许可决定文书号", "许可机关", "许可决定日期"], "行政许可"),
        (["行政处罚决定书文号", "处罚机关", "处罚决定日期"], "行政处罚"),
        (["决定书文号", "执法机关", "决定日期"], None),
    ],
)
def test_the_headers_of_national_tables_say_what_kind_of_decision_their_rows_are(name: str, headers: list[str], kind: str | None) -> None:
    rows = [headers, ["甲许〔2026〕1号", "县水务局", "2026-03-02"], ["", "", ""], ["甲许〔2026〕2号", "县水务局", "2026-03-02"]]
    done = read(name, xlsx(rows) if name == "a.xlsx" else "\n".join(map(",".join, rows)).encode(), ENFORCEMENT)
    assert [row["enforcement_kind"] for row in done.rows] == [kind, kind]


def test_sheets_of_two_kinds_are_each_told_by_their_own_headers() -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheet_of(workbook, "许可", [["行政许可决定文书号", "许可机关", "许可决定日期"], ["甲许〔2026〕1号", "县水务局", "2026-03-02"]])
    sheet_of(workbook, "处罚", [["行政处罚决定书文号", "处罚机关", "处罚决定日期"], ["甲罚〔2026〕1号", "县水务局", "2026-03-02"]])
    done = read("a.xlsx", saved(workbook), ENFORCEMENT)
    assert [row["enforcement_kind"] for row in done.rows] == ["行政处罚", "行政许可"]


# ---- older and foreign formats


def test_the_xml_of_excel_2003_is_read_under_any_name() -> None:
    done = read("a.xls", SPREADSHEET_XML.encode())
    assert [(r["index_number"], r["disclosure_title"], r["printed_unit_name"]) for r in done.rows] == [
        ("20260301", "甲", "县水务局"),
        ("A-2", "乙", "县水务局"),
    ]
    assert days(done) == ["2026-03-09", "#N/A"]
    assert {kind for kind, _, _ in said(done)} == {"merged_cells", "unreadable_error", "hidden_row"}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_page_that_a_system_calls_a_workbook_is_read_in_its_encoding(encoding: str) -> None:
    page = html([["标题", "单位", "公开日期"], ["关于河道清理的公告", "县水务局", "2026-03-09"]], encoding=encoding)
    assert read("a.xls", page).cells() == [(1, "关于河道清理的公告", "县水务局")]
    assert read("a.xls", page.replace(b'<meta charset="gb18030">', b"")).cells() == [(1, "关于河道清理的公告", "县水务局")]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice, which writes the old format, is not here")
def test_a_workbook_of_excel_97_shows_and_hides_what_a_newer_one_does(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    rows = [HEAD, row(7), row(2, public=None), row(3, public="=1/0"), row(4, no=12.5), row(5)]
    rows[1][0] = 7
    sheet_of(workbook, "台账", rows, merged=["E2:E3"], formats={"A2": "0000"}, hidden_rows=[6])
    sheet_of(workbook, "草稿", [HEAD, row(9)], state="hidden")
    (tmp_path / "a.xlsx").write_bytes(saved(workbook))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xls",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(tmp_path / "a.xlsx")], check=True, capture_output=True, timeout=300)
    if not (tmp_path / "a.xls").exists():
        pytest.skip("LibreOffice is here without its spreadsheets")
    done = read("a.xls", (tmp_path / "a.xls").read_bytes())
    assert [r["index_number"] for r in done.rows] == ["0007", "A-2", "A-3", "12.5"]
    assert days(done) == ["2026-03-09", "2026-03-09", "#DIV/0!", "2026-03-09"]
    assert {kind for kind, _, _ in said(done)} == {"merged_cells", "unreadable_error", "hidden_row", "hidden_sheet"}


WITHDRAWALS = load_catalog().registers["withdrawals"]
REMARKS = ("共3页", "注：已存档", "联系人：见附件", "以上", "合计", "说明：网站改版")


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.ndjson"])
@pytest.mark.parametrize(
    "named", [("QC00459/2026-882", "", ""), ("", "", "https://qichuan.example/459.html"), ("", "关于印发办法的通知", "")]
)
def test_a_remark_makes_no_note_of_a_row_that_names_a_record(name: str, named: tuple[str, str, str]) -> None:
    """The entry of a withdrawal without a day was passed over for its remark, and what it withdraws stayed public."""
    headers = ["备注", "索引号", "标题", "原网址", "撤回单位", "撤回日期", "撤回原因"]
    rows = [[remark, *named, "县农业农村局", "", ""] for remark in REMARKS] + [["", *named, "县农业农村局", "2026-10-15", "有误"]]
    if name == "a.xlsx":
        data = xlsx([headers, *rows])
    elif name == "a.csv":
        data = "\n".join(map(",".join, [headers, *rows])).encode()
    else:
        data = "\n".join(json.dumps(dict(zip(headers, row, strict=True)), ensure_ascii=False) for row in rows).encode()
    assert len(read(name, data, WITHDRAWALS).rows) == len(rows)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx"])
def test_notes_and_signatures_below_a_table_are_no_records(name: str) -> None:
    rows = [
        ["索引号", "标题", "原网址", "撤回单位", "撤回日期", "撤回原因"],
        ["QC00459/2026-882", "关于印发办法的通知", "", "县农业农村局", "2026-10-15", "有误"],
        ["填表人：张三", "审核人：李四", "", "", "", ""],
        ["填表人", "张三", "审核人", "李四", "", ""],
        ["共1页", "", "", "", "", ""],
        ["注：本表每月报送一次", "", "", "", "", ""],
    ]
    data = xlsx(rows) if name == "a.xlsx" else "\n".join(map(",".join, rows)).encode()
    assert [row["index_number"] for row in read(name, data, WITHDRAWALS).rows] == ["QC00459/2026-882"]
