"""Text that was UTF-8, was read as something else and saved again: read as it was where nothing is lost, and never published as it stands."""

from __future__ import annotations

import json

import pytest

from flows.sources.tables.garbled import State, mend
from flows.workspace.errors import UnreadableSource
from tests.sources.table_makers import html, ods, xlsx
from tests.sources.test_registers import Read, as_parquet, read

HEAD = ["标题", "公开单位", "公开日期", "经办科"]
RIGHT = ["河道清淤公告", "县水务局", "2026-03-09", "工程科"]
WRONG = ["校车线路调整通知", "县教育局", "2026-03-10", "运输科"]


def doubled(text: str, encoding: str = "cp1252") -> str:
    """The text as a program leaves it that takes its UTF-8 for a Western encoding; bytes that Windows-1252 has not stay control characters."""
    return "".join(
        bytes([byte]).decode(encoding) if encoding == "latin-1" or byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else chr(byte)
        for byte in text.encode()
    )


def taken_for_gbk(text: str) -> str:
    return text.encode().decode("gb18030", "replace").replace("\ufffd", "?")


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
@pytest.mark.parametrize("text", ["县水务局", "关于印发《某县规程》的通知", "是", "一、二、三", "2026年第3号（试行）", "甲 乙"])
def test_what_was_encoded_twice_is_read_as_it_was(text: str, encoding: str) -> None:
    assert mend(doubled(text, encoding)) == (text, State.MENDED)


@pytest.mark.parametrize(
    "text",
    [
        "县水务局",
        "Café “甲” 公告",
        "Universität Zürich",
        "naïve “é”…",
        "pénɡ è ä å",
        "±5℃ · 30°",
        "A–B “乙”",
        "",
        "çà et là",
        "Đà Nẵng – Hội An",
        "ÆØÅ æøå",
    ],
)
def test_what_was_not_stays_as_it_is(text: str) -> None:
    assert mend(text) == (text, State.PLAIN)


@pytest.mark.parametrize("text", ["关于公开事项", "县水务局和教育局"])
def test_what_has_lost_bytes_is_known_to_be_garbled(text: str) -> None:
    bare = "".join(sign for sign in doubled(text, "latin-1") if not "\x80" <= sign <= "\x9f")
    assert mend(bare)[1] is State.GARBLED
    assert mend(taken_for_gbk(text))[1] is State.GARBLED


FORMS = {
    "a.csv": lambda rows: "".join(",".join(row) + "\n" for row in rows).encode(),
    "a.tsv": lambda rows: "".join("\t".join(row) + "\r\n" for row in rows).encode(),
    "a.json": lambda rows: json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]], ensure_ascii=False).encode(),
    "b.json": lambda rows: json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]).encode(),
    "a.ndjson": lambda rows: "\n".join(json.dumps(dict(zip(rows[0], row, strict=True)), ensure_ascii=False) for row in rows[1:]).encode(),
    "a.parquet": lambda rows: as_parquet((rows[0], rows[1:])),
    "a.xlsx": xlsx,
    "a.ods": ods,
    "a.html": html,
}


def titles(done: Read) -> list[tuple[str, str]]:
    return [(row["disclosure_title"], row["printed_unit_name"]) for row in done.rows]


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_rows_that_were_encoded_twice_are_read_as_they_were_and_said(name: str, encoding: str) -> None:
    done = read(name, FORMS[name]([HEAD, RIGHT, [doubled(cell, encoding) for cell in WRONG], RIGHT]))
    assert titles(done) == [("河道清淤公告", "县水务局"), ("校车线路调整通知", "县教育局"), ("河道清淤公告", "县水务局")]
    assert "运输科" in done.rows[1]["other_columns"]
    assert "mended_text" in {note["note_kind"] for note in done.notes}
    assert done.rejects == []


@pytest.mark.parametrize("name", FORMS)
def test_a_table_that_was_encoded_twice_as_a_whole_is_read_with_its_headers(name: str) -> None:
    done = read(name, FORMS[name]([[doubled(cell) for cell in row] for row in (HEAD, RIGHT, WRONG)]))
    assert titles(done) == [("河道清淤公告", "县水务局"), ("校车线路调整通知", "县教育局")]
    assert "mended_text" in {note["note_kind"] for note in done.notes}


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_line_that_is_garbled_beyond_repair_is_rejected_with_its_place(name: str) -> None:
    done = read(name, FORMS[name]([HEAD, RIGHT, [taken_for_gbk(cell) for cell in WRONG], RIGHT]))
    assert len(done.rows) == 2
    ((_, place, reason),) = done.rejects
    assert "line 3" in place
    assert "GBK" in reason


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods", "a.html", "a.parquet"])
def test_a_cell_that_is_garbled_beyond_repair_is_unreadable_and_no_value(name: str) -> None:
    done = read(name, FORMS[name]([HEAD, RIGHT, [taken_for_gbk(WRONG[0]), *WRONG[1:]]]))
    assert titles(done) == [("河道清淤公告", "县水务局"), (None, "县教育局")]
    assert [(note["note_kind"], note["column_name"]) for note in done.notes] == [("unreadable_garbled", "disclosure_title")]


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.xlsx", "a.html"])
def test_a_table_whose_headers_are_garbled_beyond_repair_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(UnreadableSource) as refusal:
        read(name, FORMS[name]([[taken_for_gbk(cell) for cell in row] for row in (HEAD, RIGHT, WRONG)]))
    assert "garbled" in f"{refusal.value.found} {refusal.value.remedy}"
