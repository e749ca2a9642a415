"""Registers as clerks send them: every format and encoding, headers anywhere, and nothing lost on the way."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.catalog import Register, fold_header, load_catalog
from flows.sample.formats import delimited
from flows.sources.locate import SourceFile
from flows.sources.reach import Reach
from flows.sources.registers.reader import read_register
from flows.sources.registers.rows import rows_of
from flows.sources.tables import encodings
from flows.sources.tables.cleaning import clean
from flows.sources.tables.filling import says_how
from flows.workspace.errors import UnreadableSource

REGISTER = load_catalog().registers["disclosures"]
HEADERS = ["标题", "单位", "备注"]  # the last is named by no register
Table = tuple[Sequence[str], Sequence[Sequence[Any]]]


@dataclass(frozen=True)
class Read:
    rows: list[dict[str, Any]]
    rejects: list[tuple[int | None, str, str]]
    unknown_headers: list[str]
    is_refused: list[bool]
    stored: list[str]
    notes: list[dict[str, Any]]
    columns: list[str]

    def cells(self) -> list[tuple[int, str | None, str | None]]:
        return [(row["source_row"], row["disclosure_title"], row["printed_unit_name"]) for row in self.rows]

    def others(self) -> list[dict[str, Any]]:
        return [json.loads(row["other_columns"] or "{}") for row in self.rows]


def read(name: str, data: bytes, register: Register = REGISTER, mapping: dict[str, str] | None = None) -> Read:
    with tempfile.TemporaryDirectory() as place:
        source, out = Path(place, name), Path(place, "out")
        source.write_bytes(data)
        out.mkdir()
        file = SourceFile(f"disclosures/{name}", "disclosures", "disclosures", str(source), len(data), "", Reach(source.parent.resolve()))
        read_register(file, sha256(data).hexdigest(), register, out, mapping)
        rejects = out / "rejects.parquet"
        headers = pq.read_table(out / "headers.parquet").to_pylist()
        return Read(
            duckdb.sql(f"from {rows_of([out / 'rows.parquet'])} order by source_sheet, source_row").to_arrow_table().to_pylist(),
            [(row["source_row"], row["reject_place"], row["reject_reason"]) for row in pq.read_table(rejects).to_pylist()]
            if rejects.exists()
            else [],
            [header["header_text"] for header in headers if header["column_name"] is None],
            [header["is_refused"] for header in headers if header["column_name"] is None],
            [str(pq.read_table(file).to_pylist()) for file in out.glob("*.parquet")],
            pq.read_table(out / "notes.parquet").to_pylist() if (out / "notes.parquet").exists() else [],
            [header["column_name"] for header in headers if header["column_name"]],
        )


def as_csv(table: Table, encoding: str = "utf-8") -> bytes:
    return delimited(*table, encoding=encoding)


def as_tsv(table: Table) -> bytes:
    return delimited(*table, encoding="utf-8", delimiter="\t")


def as_ndjson(table: Table) -> bytes:
    headers, rows = table
    return "".join(json.dumps(dict(zip(headers, row, strict=True)), ensure_ascii=False) + "\n" for row in rows).encode()


def as_json(table: Table) -> bytes:
    headers, rows = table
    return json.dumps([dict(zip(headers, row, strict=True)) for row in rows], ensure_ascii=False).encode()


def as_parquet(table: Table) -> bytes:
    headers, rows = table
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table([pa.array(list(cells), pa.string()) for cells in zip(*rows, strict=True)], names=list(headers)), sink)
    return bytes(sink.getvalue())


def as_xlsx(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets:
        sheet = workbook.create_sheet(name)
        for row_number, row in enumerate(rows, start=1):
            for column, value in enumerate(row, start=1):
                cell = sheet.cell(row_number, column, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # "=A1" is a text here, no formula
    sink = io.BytesIO()
    workbook.save(sink)
    return sink.getvalue()


PLAIN: Table = (HEADERS, [["关于“放管服”的通知, 第二号", "县财政局", "甲"], ["公告", "县教育局", None]])
FORMATS: dict[str, Callable[[Table], bytes]] = {
    "a.csv": as_csv,
    "a.tsv": as_tsv,
    "a.ndjson": as_ndjson,
    "a.json": as_json,
    "a.parquet": as_parquet,
    "a.xlsx": lambda table: as_xlsx(("台账", [table[0], *table[1]])),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_rows_and_keeps_what_no_register_names(name: str) -> None:
    done = read(name, FORMATS[name](PLAIN))
    assert done.cells() == [(1, "关于“放管服”的通知, 第二号", "县财政局"), (2, "公告", "县教育局")]
    assert [other["备注"] for other in done.others()] == ["甲", None]
    assert done.unknown_headers == ["备注"]
    assert done.rejects == []


@pytest.mark.parametrize("name", FORMATS)
def test_who_the_applicant_is_is_dropped_whatever_the_column_is_called(name: str) -> None:
    headers = ["登记编号", "环节", "日期", "受理单位", "申请人姓名", "身份证 号码：", "手机", "代办人的表亲"]
    rows = [["1", "收到", "2026-03-02", "县财政局", "欧阳某甲", "990101199001011239", "13900000000", "某乙"]]
    done = read(name, FORMATS[name]((headers, rows)), load_catalog().registers["request_events"])
    assert [(row["request_number"], row["event_kind"], row["other_columns"]) for row in done.rows] == [("1", "收到", None)]
    assert sorted(done.unknown_headers) == sorted(headers[4:])
    assert all(done.is_refused)
    assert not any(word in stored for stored in done.stored for word in ("欧阳", "9901011990", "1390000", "某乙"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.ndjson", "a.json"])
def test_text_is_read_in_the_encodings_that_offices_use(name: str, encoding: str) -> None:
    text = FORMATS[name]((["标题", "单位"], [["𠮷安路公告", "县财政局"], ["€", "县教育局"]])).decode()
    assert read(name, text.encode(encoding)).cells() == [(1, "𠮷安路公告", "县财政局"), (2, "€", "县教育局")]


@pytest.mark.parametrize("header", ["信息名称", "文件名称", " 标 题 ", "标题：", "＊标题", "disclosure_title"])
def test_a_header_is_known_by_every_name_of_its_descriptor_and_however_it_is_set(header: str) -> None:
    assert read("a.csv", as_csv(([header, "发布机构"], [["公告", "县财政局"]]))).cells() == [(1, "公告", "县财政局")]


@pytest.mark.parametrize(
    "above",
    ["栖川县2026年公开台账\n", "\n\n", '"栖川县\n公开台账",填表人\n', "填表说明：一,二,三,四\n\n"],
    ids=["a title", "blank lines", "a title of two lines", "remarks and a blank line"],
)
def test_a_header_below_titles_is_found_and_rows_are_counted_from_it(above: str) -> None:
    done = read("a.csv", (above + "标题,单位\n一号,甲局\n二号,乙局,多\n三号,丙局\n").encode())
    assert done.cells() == [(1, "一号", "甲局"), (3, "三号", "丙局")]
    assert [row for row, _, _ in done.rejects] == [2]


def test_a_header_cell_of_two_lines_costs_no_row() -> None:
    assert read("a.csv", '标题,单位,"备注\n（选填）"\n一号,甲局,\n'.encode()).cells() == [(1, "一号", "甲局")]


def test_ragged_rows_are_rejected_with_their_numbers_and_the_rows_after_them_keep_theirs() -> None:
    text = '标题,单位\n"一\n号",甲局\n二号,乙局,多\n三号,丙局\n四号\n五号,戊局,多,多\n六号,己局\n'
    done = read("a.csv", text.encode())
    assert done.cells() == [(1, "一\n号", "甲局"), (3, "三号", "丙局"), (6, "六号", "己局")]
    assert [row for row, _, _ in done.rejects] == [2, 4, 5]
    assert "expected 2 columns" in done.rejects[0][2]
    assert "二号" not in "".join(reason for _, _, reason in done.rejects)


def test_a_quotation_mark_that_is_never_closed_is_named_as_the_cause() -> None:
    done = read("a.csv", '标题,单位\n一号,甲局\n二号,"乙局\n三号,丙局\n'.encode())
    assert done.cells() == [(1, "一号", "甲局")]
    assert "never closed" in done.rejects[0][2]


def test_empty_rows_are_no_records() -> None:
    text = '标题,单位\n一号,甲局\n,\n"",""\n , \n二号,乙局\n'
    assert read("a.csv", text.encode()).cells() == [(1, "一号", "甲局"), (5, "二号", "乙局")]
    assert read("a.xlsx", as_xlsx(("a", [["标题", "单位"], ["一号", "甲局"], [None, "  "], ["二号", "乙局"]]))).cells() == [
        (1, "一号", "甲局"),
        (3, "二号", "乙局"),
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.xlsx"])
def test_columns_with_the_same_header_or_none_are_kept_apart(name: str) -> None:
    table = (["标题", "标题", "", "单位", ""], [["一号", "又名", None, "甲局", "备考"]])
    done = read(name, FORMATS[name](table))
    assert done.cells() == [(1, "一号", "甲局")]
    assert {key: value for key, value in done.others()[0].items() if value} == {"标题 (2)": "又名", "第5列": "备考"}


def test_a_second_header_for_the_same_column_is_kept_and_reported() -> None:
    done = read("a.csv", as_csv((["标题", "信息名称", "单位"], [["一号", "甲", "乙局"]])))
    assert done.cells() == [(1, "一号", "乙局")]
    assert done.unknown_headers == ["信息名称"]
    assert done.others() == [{"信息名称": "甲"}]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.xlsx", "a.json"])
def test_a_header_may_bear_the_name_of_one_of_our_own_columns(name: str) -> None:
    headers = ["标题", "单位", "source_row", "source_sheet", "file_row_number"]
    done = read(name, FORMATS[name]((headers, [["一号", "甲局", "9", "八", "7"]])))
    assert done.cells() == [(1, "一号", "甲局")]
    assert done.others() == [{"source_row": "9", "source_sheet": "八", "file_row_number": "7"}]


def test_commas_in_titles_do_not_hide_another_delimiter() -> None:
    text = "标题;单位;备注\n一,二,三,四号;甲局;1,2,3\n"
    assert read("a.csv", text.encode()).cells() == [(1, "一,二,三,四号", "甲局")]


@pytest.mark.parametrize("ends", [("\r\n", "\n"), ("\n", "\r\n"), ("\r", "\r")])
def test_line_ends_may_be_of_any_kind_and_mixed(ends: tuple[str, str]) -> None:
    text = f"标题,单位{ends[0]}一号,甲局{ends[1]}二号,乙局{ends[0]}三号,丙局{ends[1]}"
    assert read("a.csv", text.encode()).cells() == [(1, "一号", "甲局"), (2, "二号", "乙局"), (3, "三号", "丙局")]


@pytest.mark.parametrize("block", [1, 2, 3, 8])
def test_mixed_line_ends_are_seen_across_the_blocks_that_a_file_is_read_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(encodings, "BLOCK", block)
    path = tmp_path / "a.csv"
    for text, is_mixed in (("一\r\n二\r\n", False), ("一\n二\n", False), ("一\r\n二\n", True), ("一\n二\r\n", True)):
        path.write_bytes(text.encode())
        assert (encodings.as_utf8("a.csv", path, tmp_path).path != path) is is_mixed


def test_the_sheets_of_a_workbook_are_read_each_by_its_own_header() -> None:
    done = read(
        "a.xlsx",
        as_xlsx(
            ("上半年", [["2026年台账"], ["标题", "单位", "成文日期"], ["一号", "甲局", date(2026, 3, 5)]]),
            ("下半年", [["单位", "标题", "成文日期", "编号"], ["乙局", "二号", datetime(2026, 9, 1, 10, 30), 12.0]]),  # noqa: DTZ001 - a workbook keeps no time zone
            ("说明", [["请按月填写"]]),
            ("空", []),
        ),
    )
    rows = [(row["source_sheet"], row["source_row"], row["disclosure_title"], row["made_on"][:10]) for row in done.rows]
    assert rows == [("上半年", 1, "一号", "2026-03-05"), ("下半年", 1, "二号", "2026-09-01")]
    assert done.others()[1]["编号"] == "12"
    assert done.rejects == []
    assert [(note["note_kind"], note["source_sheet"]) for note in done.notes] == [("sheet_without_table", "说明")]


def test_malformed_lines_of_ndjson_are_rejected_one_by_one() -> None:
    lines = ['{"标题":"一号","单位":"甲局"}', "{坏", "[1]", '{"标题":"二号","单位":"乙局"}', '"词"', '{"标题":"三号","单']
    done = read("a.ndjson", "\n".join(lines).encode())
    assert done.cells() == [(1, "一号", "甲局"), (4, "二号", "乙局")]
    assert [row for row, _, _ in done.rejects] == [2, 3, 5, 6]


def damaged(data: bytes) -> bytes:
    return data[:50] + bytes(byte ^ 0xFF for byte in data[50:2000]) + data[2000:]


WHOLE_PARQUET = as_parquet((["标题", "单位"], [[f"{number}号" * 20, "甲局"] for number in range(2000)]))
BROKEN: dict[str, tuple[str, bytes]] = {
    "empty": ("a.csv", b""),
    "white space": ("a.csv", b" \n\n"),
    "no known header": ("a.csv", "姓名,年龄\n某,3\n".encode()),
    "a required header missing": ("a.csv", "单位\n甲局\n".encode()),
    "no text": ("a.csv", b"\x81\xff\x00\x81"),
    "a cut workbook": ("a.xlsx", as_xlsx(("a", [["标题", "单位"]]))[:1500]),
    "a workbook without the headers": ("a.xlsx", as_xlsx(("a", [["甲"]]))),
    "cut JSON": ("a.json", '[{"标题":"一号","单位":"甲局"},{"标题":'.encode()),
    "no list": ("a.json", '"词"'.encode()),
    "no line of JSON": ("a.ndjson", b"one\ntwo\n"),
    "a cut Parquet file": ("a.parquet", WHOLE_PARQUET[:-20]),
    "a Parquet file with damaged pages": ("a.parquet", damaged(WHOLE_PARQUET)),
    "another kind of file": ("a.png", b"\x89PNG"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_cannot_be_read_is_refused_in_words_for_a_clerk(case: str) -> None:
    name, data = BROKEN[case]
    with pytest.raises(UnreadableSource) as refused:
        read(name, data)
    assert refused.value.place.startswith(f"disclosures/{name}")
    assert refused.value.expected
    assert refused.value.remedy
    assert tempfile.gettempdir() not in str(refused.value)


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet"])
def test_a_table_without_headers_is_refused_without_a_word_of_its_first_record(name: str) -> None:
    with pytest.raises(UnreadableSource) as refused:
        read(name, FORMATS[name]((["某某某", "11010119900101123X"], [["另一人", "13800000000"]])))
    assert "no header row" in refused.value.found
    assert "某某某" not in str(refused.value)
    assert "1101" not in str(refused.value)


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]).filter(lambda char: clean(char) == char), max_size=12)
SPACED = st.builds("\n".join, st.lists(TEXT, max_size=3))
QUOTED = st.sampled_from(['"', "'", ",", "\t", ";", "|", "\\", '""', "=1+1", "NULL", "null", "NaN", "0012", "1e5", "-", "#", "//"])
CELL = st.one_of(st.none(), TEXT, SPACED, QUOTED)
ROW = st.tuples(CELL, CELL, CELL).filter(lambda row: not says_how([cell or "" for cell in row], (0, 1)))  # which is passed over, and said
ROWS = st.lists(ROW, min_size=1, max_size=8)


@pytest.mark.parametrize("name", FORMATS)
@given(rows=ROWS)
@settings(max_examples=20, deadline=None)
def test_nothing_that_stands_in_a_cell_is_lost_or_changed(name: str, rows: list[tuple[str | None, ...]]) -> None:
    done = read(name, FORMATS[name]((HEADERS, rows)))
    found = {
        row["source_row"]: [row["disclosure_title"], row["printed_unit_name"], json.loads(row["other_columns"])["备注"]]
        for row in done.rows
    }
    expected = {number: [kept(cell) for cell in row] for number, row in enumerate(rows, start=1) if any(map(kept, row))}
    assert done.rejects == []
    assert {number: [kept(cell) for cell in row] for number, row in found.items()} == expected


def kept(cell: str | None) -> str | None:
    """White space around a cell is no content, and a cell without content is empty."""
    return (cell or "").strip(" \t\r\n\v\f\u3000\xa0") or None


@given(header=TEXT.filter(lambda text: len(text.strip()) > 2 and fold_header(text) not in REGISTER.names_by_header))
@settings(max_examples=20, deadline=None)
def test_any_word_may_head_a_column(header: str) -> None:
    table = (["标题", "单位", header], [["一号", "甲局", "丙"]])
    for name in ("a.csv", "a.json", "a.parquet"):
        assert "丙" in read(name, FORMATS[name](table)).others()[0].values()
