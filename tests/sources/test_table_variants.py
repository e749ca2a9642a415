"""Further variants of faults that clerks' tables have had, of each kind at least three, each unlike those for which the reading was mended."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.catalog import PROJECT_ROOT, load_catalog
from flows.ingest import ingest
from flows.orchestration.local import LocalRunner
from flows.workspace.errors import UnreadableSource
from flows.workspace.settings import Workspace
from tests.sources.table_makers import html, ods, saved, sheet_of, with_part, xlsx
from tests.sources.test_registers import Read, read

REGISTERS = load_catalog().registers
ENFORCEMENT, MATTERS, INSPECTIONS = (REGISTERS[name] for name in ("enforcement_results", "catalogue_matters", "inspections"))
HEAD = ["索引号", "标题", "公开单位", "形成日期", "公开日期"]
GOOD = "标题,公开单位\n关于河道的公告,县水务局\n".encode()


def row(number: int, **cells: Any) -> list[Any]:
    made = {"no": f"A-{number}", "title": f"第{number}件", "unit": "县水务局", "made": date(2026, 3, 2), "public": date(2026, 3, 9)} | cells
    return list(made.values())


def days(done: Read, column: str = "published_on") -> list[str | None]:
    return [row[column] and row[column][:10] for row in done.rows]


def kinds(done: Read) -> set[str]:
    return {note["note_kind"] for note in done.notes}


def day_in_china(written: str | None) -> date | None:
    with duckdb.connect() as connection:
        connection.execute((PROJECT_ROOT / "sql" / "macros.sql").read_text("utf-8"))
        found = connection.execute("select parse_date($1)", [written]).fetchone()
    return found[0] if found else None


# ---- names of files that are no UTF-8, and names that are patterns


@pytest.mark.parametrize(
    "name",
    [
        "縣政府公開臺賬.csv".encode("big5"),
        b"\xff\xfe\x80.csv",
        "台账".encode("gb18030") + "（二月）.csv".encode(),
        "台账\u0301.csv".encode(),
        b"a\nb.csv",
    ],
    ids=["Big5", "no text", "half and half", "a combining mark", "a line end"],
)
def test_a_file_of_any_name_ends_nobodys_run(tmp_path: Path, name: bytes) -> None:
    folder = tmp_path / "inbox" / "disclosures"
    folder.mkdir(parents=True)
    (folder / "good.csv").write_bytes(GOOD)
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(GOOD.replace("河道".encode(), "道路".encode()))
    (tmp_path / "gongkai.yaml").write_text("sources:\n- {name: d, kind: disclosures, location: 'inbox/disclosures/**'}\n", "utf-8")
    done = ingest(Workspace.open(tmp_path), runner=LocalRunner())
    assert len(done.stored) == len(done.read) == 2
    assert (done.rejected, done.unreachable) == ((), ())
    assert len((tmp_path / "raw" / "ledger.ndjson").read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize("name", ["台账{1,2}.csv", "a'b.csv", "$HOME.csv", "a;b--.csv", '"甲".csv', "~台账.csv", "a%41.csv", "s3:a.csv"])
def test_a_name_means_nothing_but_itself(name: str) -> None:
    assert len(read(name, GOOD).rows) == 1


# ---- cells far out


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="2000000"><c r="A2000000" t="str"><v>x</v></c></row>',
        '<row r="9"><c r="XFD9" t="e"><v>#REF!</v></c></row>',
        '<row r="9"><c r="AMK9" t="str"><v>x</v></c><c r="XFD9"><f>1+1</f></c></row>',
    ],
)
def test_cells_outside_every_table_cost_nothing(cells: str) -> None:
    data = with_part(xlsx([HEAD, row(1)]), "xl/worksheets/sheet1.xml", "</sheetData>", f"{cells}</sheetData>")
    assert "第1件" in [row["disclosure_title"] for row in read("a.xlsx", data).rows]


# ---- merged cells


SPREADSHEET = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="a"><Table><Row><Cell><Data ss:Type="String">标题</Data></Cell><Cell><Data ss:Type="String">公开单位</Data></Cell>
<Cell><Data ss:Type="String">公开日期</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">甲</Data></Cell><Cell ss:MergeDown="1"><Data ss:Type="String">县水务局</Data></Cell>
<Cell ss:MergeDown="1"><Data ss:Type="String">2026-03-09</Data></Cell></Row><Row><Cell><Data ss:Type="String">乙</Data></Cell></Row></Table></Worksheet></Workbook>"""


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xls", SPREADSHEET.encode()),
        (
            "a.xlsx",
            xlsx([["标题", "公开单位", "公开日期"], ["甲", "县水务局", "2026-03-09"], ["乙", None, None]], merged=["B2:B3", "C2:C3"]),
        ),
        (
            "a.xls",
            html(
                [["标题", "公开单位", "公开日期"], ["甲", "县水务局", "2026-03-09"], ["乙"]], {(1, 1): "rowspan=2", (1, 2): "rowspan='2'"}
            ),
        ),
        (
            "a.ods",
            ods([["标题", "公开单位", "公开日期"], ["甲", "县水务局", "2026-03-09"], ["乙", None, None]], {(1, 1): (2, 1), (1, 2): (2, 1)}),
        ),
    ],
)
def test_two_merged_columns_hold_for_both_rows(name: str, data: bytes) -> None:
    done = read(name, data)
    assert [(r["disclosure_title"], r["printed_unit_name"]) for r in done.rows] == [("甲", "县水务局"), ("乙", "县水务局")]
    assert days(done) == ["2026-03-09"] * 2
    assert "merged_cells" in kinds(done)


@pytest.mark.parametrize(
    ("rows", "merged", "column"),
    [
        ([["标题", "公开单位", "形成日期", "公开日期"], ["甲", "县水务局", "2026-03-02", None]], ["C2:D2"], "published_on"),
        (
            [["标题", "公开单位", "形成日期", "公开日期"], ["甲", "县水务局", "2026-03-02"], ["乙", None]],
            ["B2:B3", "C2:D3"],
            "published_on",
        ),
        ([["标题", "公开日期", "形成日期", "公开单位"], ["甲", "2026-03-02", None, "县水务局"]], ["B2:C2"], "made_on"),
    ],
)
def test_a_day_that_is_merged_across_two_columns_is_no_empty_cell_of_the_second(
    rows: list[list[Any]], merged: list[str], column: str
) -> None:
    done = read("a.xlsx", xlsx(rows, merged=merged))
    assert len(done.rows) == len(rows) - 1
    assert all(r[column] is not None and day_in_china(r[column]) is None for r in done.rows)
    assert "merged_across" in kinds(done)


def test_cells_that_are_merged_as_their_header_is_are_one_cell() -> None:
    rows = [["标题", None, "公开单位", "备注", None], ["甲", None, "县水务局", "某", None], ["合计", None, None, "1", None]]
    done = read("a.xlsx", xlsx(rows, merged=["A1:B1", "D1:E1", "A2:B2", "D2:E2"]))
    assert [(r["disclosure_title"], r["printed_unit_name"]) for r in done.rows] == [("甲", "县水务局")]
    assert kinds(done) == {"total_row"}


@pytest.mark.parametrize(
    "below",
    [
        ["1", "2", "3", "4"],
        ["（1）", "（2）", "（3）", "（4）"],
        ["甲", "乙", "丙", "丁"],
        ["A", "B", "C", "D"],
        ["必填", "规范全称", "年-月-日", "yyyy-mm-dd"],
        ["必填，200字以内", "必填，请填写全称", "格式：2026-01-01", "选填"],
        ["title", "unit", "made_on", "published on"],
        ["示例：关于某事的公告", "某某局", "2026-01-01", "2026-01-02"],
        ["（例）", "某某局", "2026-01-01", "2026-01-02"],
    ],
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_row_below_the_header_that_says_how_to_fill_in_is_no_record(below: list[str], name: str) -> None:
    rows = [["标题", "公开单位", "形成日期", "公开日期"], below, ["关于河道的公告", "县水务局", "2026-03-02", "2026-03-09"]]
    data = written(name, rows)
    done = read(name, data)
    assert [row["disclosure_title"] for row in done.rows] == ["关于河道的公告"]
    assert kinds(done) & {"filling_row", "note_row"}


def written(name: str, rows: list[list[str]]) -> bytes:
    if name == "a.xlsx":
        return xlsx(rows)
    if name == "a.json":
        return json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]], ensure_ascii=False).encode()
    return "".join(",".join(line) + "\n" for line in rows).encode()


@pytest.mark.parametrize(
    "like", [["1", "2", "3", "4"], ["A", "B", "C", "D"], ["title", "unit", "made_on", "day"], ["示例：某公告", "某某局", "2026-01-01", ""]]
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.json"])
def test_a_row_like_it_below_a_record_is_a_record(like: list[str], name: str) -> None:
    rows = [["标题", "公开单位", "形成日期", "公开日期"], ["关于河道的公告", "县水务局", "2026-03-02", "2026-03-09"], like]
    titles = [row["disclosure_title"] for row in read(name, written(name, rows)).rows]
    assert titles == ["关于河道的公告", like[0]]


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_many_rows_of_one_form_are_records(name: str) -> None:
    rows = [["标题", "公开单位", "形成日期", "公开日期"], *([["甲", "乙", "丙", "丁"]] * 5)]
    assert len(read(name, written(name, rows)).rows) == 5


@pytest.mark.parametrize(
    "record",
    [
        ["12", "县水务局", "2026-03-02", "2026-03-09"],
        ["示例教学工作方案", "县教育局", "2026-03-02", "2026-03-09"],
        ["甲", "县水务局", "2026-03-02", "2026-03-09"],
        ["ISO 9001", "县市场监管局", "2026-03-02", "2026-03-09"],
        ["必填项目清单", "县政务服务中心", "2026-03-02", "2026-03-09"],
        ["例会纪要", "县水务局", "2026-03-02", "2026-03-09"],
    ],
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_first_record_that_looks_a_little_like_it_is_one(record: list[str], name: str) -> None:
    rows = [["标题", "公开单位", "形成日期", "公开日期"], record]
    data = written(name, rows)
    assert [row["disclosure_title"] for row in read(name, data).rows] == [record[0]]


def test_a_ditto_mark_below_an_empty_cell_of_a_text_file_stays_what_it_is() -> None:
    done = read("a.csv", "标题,公开单位,备注\n甲,,丙\n乙,〃,\n".encode())
    assert [row["printed_unit_name"] for row in done.rows] == [None, "〃"]


# ---- headers of several rows


@pytest.mark.parametrize(
    ("rows", "merged"),
    [
        ([["标题", "公开", None], [None, "公开单位", "公开日期"], ["甲", "县水务局", "2026-03-09"]], ["A1:A2", "B1:C1"]),
        ([["公开信息", None, None], ["标题", "公开单位", "公开日期"], ["甲", "县水务局", "2026-03-09"]], ["A1:C1"]),
        ([["基本情况", None, "时间"], ["标题", "公开单位", "公开日期"], ["甲", "县水务局", "2026-03-09"]], ["A1:B1"]),
        ([["标题", "单位", "日期"], [None, None, "公开日期"], ["甲", "县水务局", "2026-03-09"]], ["A1:A2", "B1:B2"]),
    ],
)
def test_a_header_of_two_rows_is_read_whatever_stands_above(rows: list[list[Any]], merged: list[str]) -> None:
    done = read("a.xlsx", xlsx(rows, merged=merged))
    assert [(r["disclosure_title"], r["printed_unit_name"]) for r in done.rows] == [("甲", "县水务局")]
    assert days(done) == ["2026-03-09"]


@pytest.mark.parametrize(
    "header",
    [
        "公开日期*",
        "【公开日期】",
        "公开日期（例：2026.1.1）",
        "6. 公开日期",
        "公 开 日 期（必填）",
        "公开日期\r\n(年-月-日)",
        "公开日期(日期型)",
        "＊公开日期",
    ],
)
def test_a_hint_of_any_kind_is_no_part_of_a_header(header: str) -> None:
    done = read("a.xlsx", xlsx([["标题", "单位", header], ["甲", "县水务局", "2026-03-09"]]))
    assert days(done) == ["2026-03-09"]


# ---- cells that hold something and no value


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xls", html([["标题", "单位", "公开日期"], ["甲", "局", "#VALUE!"]])),
        ("a.ods", ods([["标题", "单位", "公开日期"], ["甲", "局", "#N/A"]])),
        ("a.csv", "标题,单位,公开日期\n甲,局,#DIV/0!\n".encode()),
        (
            "a.xlsx",
            with_part(
                xlsx([["标题", "单位", "公开日期"], ["甲", "局", 7]]),
                "xl/worksheets/sheet1.xml",
                '<c r="C2" t="n"><v>7</v>',
                '<c r="C2" t="e"><v>#NUM!</v>',
            ),
        ),
        ("a.xlsx", xlsx([["标题", "单位", "公开日期"], ["甲", "局", "=TODAY()"]])),
    ],
)
def test_a_cell_without_a_value_is_not_an_empty_one(name: str, data: bytes) -> None:
    done = read(name, data)
    assert done.rows[0]["published_on"] is not None
    assert day_in_china(done.rows[0]["published_on"]) is None
    assert kinds(done) & {"unreadable_error", "unreadable_formula"}


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#BUSY!", "Err:502", "Err:522", "#####", "###########"])
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_errors_of_newer_and_other_programs_are_no_titles(error: str, name: str) -> None:
    rows = [["标题", "单位", "公开日期"], ["甲", "局", error], [error, "局", "2026-03-09"], ["#1 泵站公告", "局", "2026-03-09"]]
    data = written(name, rows)
    done = read(name, data)
    assert [row["disclosure_title"] for row in done.rows] == ["甲", None, "#1 泵站公告"]
    assert done.rows[0]["published_on"] == error
    assert "unreadable_error" in kinds(done)


# ---- moments


EAST, WEST = timezone(timedelta(hours=8)), timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-03-04T23:30:00+08:00", date(2026, 3, 4)),
        ("2026-03-04T16:00:00+00:00", date(2026, 3, 5)),
        ("2026-03-04 15:59:59Z", date(2026, 3, 4)),
        ("2026-03-04T11:00:00-05:00", date(2026, 3, 5)),
        ("2026-03-04T23:30:00", date(2026, 3, 4)),
        ("2026-03-04T16:00:00.123456Z", date(2026, 3, 5)),
    ],
)
def test_a_moment_in_a_text_is_its_day_in_china(written: str, day: date) -> None:
    record = {"标题": "甲", "单位": "局", "公开日期": written}
    for name, data in (("a.json", json.dumps([record]).encode()), ("a.csv", f"标题,单位,公开日期\n甲,局,{written}\n".encode())):
        assert day_in_china(read(name, data).rows[0]["published_on"]) == day


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        (datetime(2026, 3, 5, 0, 0, tzinfo=EAST), "Asia/Shanghai"),
        (datetime(2026, 3, 4, 12, 0, tzinfo=WEST), "America/New_York"),
        (datetime(2026, 3, 4, 16, tzinfo=UTC), "UTC"),
    ],
)
@pytest.mark.parametrize("unit", ["s", "ms", "ns"])
def test_a_moment_in_parquet_is_its_day_in_china(moment: datetime, zone: str, unit: str) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"标题": ["甲"], "单位": ["局"], "公开日期": pa.array([moment], pa.timestamp(unit, tz=zone))}), sink)
    done = read("a.parquet", bytes(sink.getvalue()))
    assert day_in_china(done.rows[0]["published_on"]) == date(2026, 3, 5)


# ---- national tables


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["行政处罚决定书文号", "行政相对人名称", "行政处罚机关", "处罚决定日期"], "行政处罚"),
        (["行政许可决定书文号", "行政相对人名称（必填）", "行政许可机关", "许可决定时间"], "行政许可"),
        (["1.行政许可决定文书号", "2.行政相对人名称", "3.许可机关", "4.许可决定日期"], "行政许可"),
    ],
)
def test_a_national_table_tells_its_kind_and_its_columns(headers: list[str], kind: str) -> None:
    rows = [["某县公示表"], headers, ["甲〔2026〕1号", "某某有限公司", "县水务局", "2026-03-02"]]
    (found,) = read("a.xlsx", xlsx(rows), ENFORCEMENT).rows
    assert (found["enforcement_kind"], found["party_name"], found["printed_unit_name"], found["decided_on"]) == (
        kind,
        "某某有限公司",
        "县水务局",
        "2026-03-02",
    )


FOREIGN_KIND = ["行政处罚决定书文号", "类别", "处罚机关", "处罚决定日期"]


@pytest.mark.parametrize(
    ("headers", "says", "kind", "is_said"),
    [
        (FOREIGN_KIND, "省级分局", "行政处罚", True),
        (FOREIGN_KIND, None, "行政处罚", False),
        (FOREIGN_KIND, "行政检查", "行政检查", False),
        (FOREIGN_KIND, "强制措施", "强制措施", False),
        (["行政许可决定文书号", "信息类别", "许可机关", "许可决定日期"], "通告", "行政许可", True),
        (
            ["文号", "类别", "执法机关", "决定日期"],
            "通告",
            "通告",
            False,
        ),  # no other header says it: the word stays, and is none of the list
    ],
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_column_of_kinds_that_holds_other_words_is_not_taken_for_it(
    headers: list[str], says: str | None, kind: str, is_said: bool, name: str
) -> None:
    rows = [headers, ["甲〔2026〕1号", says, "县水务局", "2026-03-02"], ["甲〔2026〕2号", says, "县水务局", "2026-03-03"]]
    data = xlsx(rows) if name == "a.xlsx" else "".join(",".join(cell or "" for cell in line) + "\n" for line in rows).encode()
    done = read(name, data, ENFORCEMENT)
    assert [row["enforcement_kind"] for row in done.rows] == [kind, kind]
    assert ("other_cells" in kinds(done)) == is_said


MAILBOX = REGISTERS["mailbox_messages"]


@pytest.mark.parametrize(
    ("register", "headers", "rows", "column", "values"),
    [
        # each row fills one of the two: a person or a company, one office's day or the other's
        (
            ENFORCEMENT,
            ["文号", "被处罚人姓名", "处罚机关", "处罚决定日期", "被处罚单位"],
            [["1", "王某", "局", "2026-03-02", None], ["2", None, "局", "2026-03-02", "甲公司"], ["3", None, "局", "2026-03-02", "乙公司"]],
            "party_name",
            ["王某", "甲公司", "乙公司"],
        ),
        (
            MAILBOX,
            ["信件编号", "承办单位", "来信日期", "回复时间", "办结时间"],
            [["1", "局", "2026-03-02", "2026-03-04", None], ["2", "局", "2026-03-02", None, "2026-03-05"]],
            "answered_on",
            ["2026-03-04", "2026-03-05"],
        ),
        # one row fills both: they are two things, and the surer counts alone
        (
            MAILBOX,
            ["信件编号", "承办单位", "来信日期", "回复时间", "办结时间"],
            [
                ["1", "局", "2026-03-02", "2026-03-04", "2026-03-05"],
                ["2", "局", "2026-03-02", None, "2026-03-05"],
                ["3", "局", "2026-03-02", "2026-03-04", None],
            ],
            "answered_on",
            ["2026-03-04", None, "2026-03-04"],
        ),
        # the day from which a term runs, and what may leave, are never put together
        (
            MAILBOX,
            ["信件编号", "承办单位", "来信日期", "受理日期", "回复时间"],
            [["1", "局", "2026-03-02", None, "2026-03-04"], ["2", "局", None, "2026-03-03", "2026-03-05"]],
            "received_on",
            ["2026-03-02", None],
        ),
        (
            REGISTERS["disclosures"],
            ["标题", "公开单位", "公开属性", "公开类型"],
            [["甲", "局", "主动公开", None], ["乙", "局", None, "主动公开"]],
            "disclosure_attribute",
            ["主动公开", None],
        ),
    ],
)
@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_two_columns_for_one_field_of_which_each_row_fills_one_are_read_together(
    register: Any, headers: list[str], rows: list[list[str | None]], column: str, values: list[str | None], name: str
) -> None:
    table: list[list[str | None]] = [list(headers), *rows]
    data = xlsx(table) if name == "a.xlsx" else "".join(",".join(cell or "" for cell in line) + "\n" for line in table).encode()
    done = read(name, data, register)
    assert [row[column] for row in done.rows] == values
    assert kinds(done) & {"joined_columns", "second_column"} == ({"joined_columns"} if None not in values else {"second_column"})


# ---- encodings


LONG = "".join(f"关于公布第{n}批行政许可事项目录的通知,县水务局\n" for n in range(1, 9))


@pytest.mark.parametrize(
    ("data", "rejected"),
    [
        ("标题,单位\n".encode("gb18030") + LONG.encode("gb18030") + "关于河道,县水务局\n关于桥梁,县交通局\n".encode(), [9, 10]),
        ("标题,单位\n".encode() + "关于河道,县水务局\n".encode("gb18030") + LONG.encode(), [1]),
        ("标题,单位\n".encode() + LONG.encode() + b"\xe5\x85,\xe5\x8e\xbf\n", [9]),
    ],
)
def test_lines_of_another_encoding_go_alone(data: bytes, rejected: list[int]) -> None:
    done = read("a.csv", data)
    assert [row for row, _, _ in done.rejects] == rejected
    assert len(done.rows) == 8


# ---- numbers


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [(3, "00", "03"), (8, '"NO."000', "NO.008"), (26, "0000-", "0026-"), (5, '[=5]"五";0', "5"), (20260305, "@", "20260305")],
)
def test_an_identifier_keeps_the_form_that_is_shown(value: int, code: str, shown: str) -> None:
    assert read("a.xlsx", xlsx([HEAD, row(1, no=value)], formats={"A2": code})).rows[0]["index_number"] == shown


@pytest.mark.parametrize(
    ("column", "shown"),
    [(pa.array([7.0, None]), "7"), (pa.array([7, 8], pa.int8()), "7"), (pa.array([7.5, 1.0]), "7.5"), (pa.array(["007", "8"]), "007")],
)
def test_a_number_of_parquet_is_what_a_person_wrote(column: pa.Array, shown: str) -> None:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"索引号": column, "标题": ["甲", "乙"], "单位": ["局", "局"]}), sink)
    assert read("a.parquet", bytes(sink.getvalue())).rows[0]["index_number"] == shown


# ---- what is hidden


def test_a_filtered_table_gives_what_is_shown_in_every_sheet() -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    sheet_of(workbook, "一月", [HEAD, row(1), row(2)], hidden_rows=[2])
    sheet_of(workbook, "二月", [HEAD, row(3), row(4)], state="hidden")
    sheet_of(workbook, "三月", [HEAD, row(5)], hidden_rows=[2])
    done = read("a.xlsx", saved(workbook))
    assert [row["disclosure_title"] for row in done.rows] == ["第2件"]
    assert kinds(done) == {"hidden_row", "hidden_sheet"}


@pytest.mark.parametrize("style", ["display:none", "display: none;", "visibility:hidden"])
def test_a_row_that_a_page_hides_is_passed_over(style: str) -> None:
    page = html([["标题", "单位"], ["甲", "局"], ["乙", "局"]]).replace("<tr><td >乙".encode(), f'<tr style="{style}"><td >乙'.encode())
    assert [row["disclosure_title"] for row in read("a.xls", page).rows] == ["甲"]


# ---- delimited text


@pytest.mark.parametrize(
    ("body", "rows", "rejects"),
    [
        ("甲,局\n乙,局,\n丙,局,,\n", 3, 0),
        ("甲\t局\n", 0, 1),
        ('甲,"局\n分局"\n乙,局\n', 2, 0),
        ('甲,局"长"\n乙,局\n', 2, 0),
        ('"甲""乙",局\n', 1, 0),
        ("甲,局\r\n\r\n乙,局\r\n", 2, 0),
    ],
)
def test_every_line_is_a_row_or_a_rejection(body: str, rows: int, rejects: int) -> None:
    done = read("a.csv", f"标题,单位,渠道,备注\n{body}".replace("渠道,备注\n" if "," not in body else "\0", "渠道,备注\n").encode())
    assert (len(done.rows), len(done.rejects)) == (rows, rejects)


@pytest.mark.parametrize(
    "sign",
    [
        "\u2028",
        "\u200d",
        "\u061c",
        "\ufff9",
        "\x7f",
        "\x85",
        "\ufe0f",
        "\u3164",
        "\u115f",
        "\uffa0",
        "\ufffc",
        "\U000e0100",
        "\u3000",
        "\u00a0",
    ],
)
def test_signs_that_nobody_sees_are_gone_from_the_ends_of_names(sign: str) -> None:
    done = read("a.json", json.dumps([{"标题": "关于河道的公告", f"单位{sign}": f"{sign}县水务局{sign}"}]).encode())
    assert done.rows[0]["printed_unit_name"] == "县水务局"


# ---- a file that is not what its name says


@pytest.mark.parametrize("name", ["Thumbs.db", "台账.pdf", "台账.docx", "台账", "台账.csv.xlsx"])
@pytest.mark.parametrize("data", [GOOD, xlsx([["标题", "公开单位"], ["甲", "县水务局"]])], ids=["text", "workbook"])
def test_a_table_is_one_under_any_name(name: str, data: bytes) -> None:
    assert len(read(name, data).rows) == 1


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"Rar!\x1a\x07", b"PK\x05\x06" + b"\0" * 18, b"\x1f\x8b\x08"])
def test_what_is_no_table_is_refused_under_any_name(data: bytes) -> None:
    for name in ("台账.csv", "台账.xlsx"):
        with pytest.raises(UnreadableSource):
            read(name, data)


# ---- other registers of the same forms


def test_the_catalogue_and_inspections_come_in_the_same_forms() -> None:
    done = read(
        "a.xlsx",
        xlsx(
            [
                ["序号", "公开事项", None, "公开时限"],
                [None, "一级事项", "二级事项", None],
                [1, "救助", "政策", "即时"],
                [2, None, "指南", "即时"],
            ],
            merged=["A1:A2", "B1:C1", "D1:D2", "B3:B4"],
        ),
        MATTERS,
    )
    assert [(r["matter_level1"], r["matter_level2"]) for r in done.rows] == [("救助", "政策"), ("救助", "指南")]
    done = read(
        "a.xls",
        html([["检查日期", "责任单位", "存在问题"], ["2026-03-02", "县水务局", "栏目空白"], ["同上", "同上", "链接失效"]]),
        INSPECTIONS,
    )
    assert [(r["inspected_on"], r["printed_unit_name"]) for r in done.rows] == [("2026-03-02", "县水务局")] * 2
