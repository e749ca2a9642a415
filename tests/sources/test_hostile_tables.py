"""Files that would take all memory or all time: each is refused in a sentence, before it costs others their run."""

from __future__ import annotations

import io
import resource
import struct
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from flows.sources.tables.office import office
from flows.sources.tables.xlsx import SUSPECT, TooLarge, require_unpackable
from flows.workspace.errors import UnreadableSource
from tests.conftest import HANGS
from tests.sources.table_makers import with_part, xlsx
from tests.sources.test_registers import read

HEAD = ["标题", "公开单位", "公开日期"]
GOOD = [HEAD, ["甲", "县水务局", "2026-03-09"]]
MEMORY = 1 << 30  # bytes more than the test itself had
pytestmark = pytest.mark.timeout(HANGS)


def taken() -> int:
    """The most bytes that this process, or one that it started, has had."""
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) << 10


def refused(name: str, data: bytes) -> UnreadableSource:
    before = taken()
    with pytest.raises(UnreadableSource) as refusal:
        read(name, data)
    assert taken() - before < MEMORY
    return refusal.value


def package(**parts: bytes) -> bytes:
    """A small workbook with other parts in place of its own."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(GOOD))) as source, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        names = [*source.namelist(), *(name for name in parts if name not in source.namelist())]
        for name in dict.fromkeys(names):
            target.writestr(name, parts[name] if name in parts else source.read(name))
    return sink.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ROWS = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>{}</worksheet>'
LONG = SUSPECT + (1 << 20)


@pytest.mark.parametrize(
    "part",
    [
        {"xl/sharedStrings.xml": b"<sst><si><t>" + b"A" * LONG + b"</t></si></sst>"},
        {SHEET: ROWS.format('<row r="1"><c r="A1" t="str"><v>1</v></c></row>' * (LONG // 47), "").encode()},
        {"xl/styles.xml": b"<styleSheet>" + b" " * LONG + b"</styleSheet>"},
        {"xl/media/image1.png": b"\x00" * LONG},
    ],
    ids=["a shared string", "rows", "styles", "a picture"],
)
def test_a_workbook_that_unpacks_to_many_times_its_size_is_refused_before_it_is_unpacked(
    part: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = package(**part)
    assert "more memory or time" in refused("a.xlsx", data).found
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        monkeypatch.setattr(opened, "open", lambda *_, **__: pytest.fail("a part was unpacked"))
        with pytest.raises(TooLarge):
            require_unpackable(opened)


def test_an_open_document_that_unpacks_to_many_times_its_size_is_refused() -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        target.writestr("content.xml", b" " * LONG)
    assert "more memory or time" in refused("a.ods", sink.getvalue()).found


def test_a_workbook_whose_cells_are_more_than_a_table_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.sources.tables import workbook

    monkeypatch.setattr(workbook, "OUTPUT", 1 << 20)
    rows = [HEAD, *([f"第{n}件公开事项的标题{n * 7919}", "县水务局", "2026-03-09"] for n in range(20_000))]
    assert "more memory or time" in refused("a.xlsx", xlsx(rows)).found


@pytest.mark.parametrize(
    "merged",
    [
        '<mergeCells count="1"><mergeCell ref="A3:XFD1048576"/></mergeCells>',
        "<mergeCells>" + "".join(f'<mergeCell ref="A{n}:A{n + 90000}"/>' for n in range(3, 3000)) + "</mergeCells>",
        "<mergeCells>" + "".join(f'<mergeCell ref="B{n}:D{n}"/>' for n in range(3, 60_000)) + "</mergeCells>",
    ],
    ids=["one over all", "long ones over each other", "many"],
)
def test_merged_ranges_cost_no_more_than_the_rows_that_are_there(merged: str) -> None:
    before = taken()
    done = read("a.xlsx", with_part(xlsx(GOOD), SHEET, "</sheetData>", f"</sheetData>{merged}"))
    assert len(done.rows) == 1
    assert taken() - before < MEMORY


def test_a_cell_in_the_last_corner_of_a_sheet_costs_nothing() -> None:
    corner = '<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row></sheetData>'
    before = taken()
    done = read("a.xlsx", with_part(xlsx(GOOD), SHEET, "</sheetData>", corner))
    assert len(done.rows) == 1
    assert [note["note_kind"] for note in done.notes] == ["stray_cells"]
    assert taken() - before < MEMORY


@pytest.mark.parametrize("count", [1025, 10_000])
@pytest.mark.parametrize("kind", ["csv", "json", "parquet"])
def test_a_table_of_thousands_of_columns_is_refused_at_once(kind: str, count: int) -> None:
    headers = [*HEAD, *(f"列{n}" for n in range(count - 3))]
    if kind == "csv":
        data = f"{','.join(headers)}\n{','.join(['1'] * count)}\n".encode()
    elif kind == "json":
        data = ("[{" + ",".join(f'"{header}":"1"' for header in headers) + "}]").encode()
    else:
        sink = pa.BufferOutputStream()
        pq.write_table(pa.table({header: ["1"] for header in headers}), sink)
        data = bytes(sink.getvalue())
    refusal = refused(f"a.{kind}", data)
    assert f"{count} columns" in refusal.found
    assert "1024" in refusal.expected


def test_a_table_of_as_many_columns_as_may_be_is_read() -> None:
    headers = [*HEAD, *(f"列{n}" for n in range(1021))]
    assert len(read("a.csv", f"{','.join(headers)}\n{','.join(['1'] * 1024)}\n".encode()).rows) == 1


NESTINGS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "text": lambda texts: texts,
    "bytes": lambda texts: texts.cast(pa.dictionary(pa.int32(), pa.binary())),
    "lists": lambda texts: pa.ListArray.from_arrays(pa.array(range(len(texts) + 1), pa.int32()), texts),
    "structures": lambda texts: pa.StructArray.from_arrays([texts], ["字"]),
}


@pytest.mark.parametrize("nested", NESTINGS.values(), ids=NESTINGS)
def test_a_small_parquet_file_of_endless_texts_is_refused_before_it_is_read(nested: Callable[[pa.Array], pa.Array]) -> None:
    rows = 1_300_000
    columns = {
        name: nested(pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), rows), pa.array([text * 400])))
        for name, text in zip(HEAD, "甲乙丙", strict=True)
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    data = bytes(sink.getvalue())
    assert len(data) < 2 << 20
    assert "unpacks to" in refused("a.parquet", data).found


def test_a_small_parquet_file_of_many_equal_rows_is_read() -> None:
    columns = {
        name: pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int32()), 20_000), pa.array([text]))
        for name, text in zip(HEAD, ("公告", "县水务局", "2026-03-09"), strict=True)
    }
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    assert len(read("a.parquet", bytes(sink.getvalue())).rows) == 20_000


LINE = "关于公开事项的通知,县水务局,2026-03-09\n"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("tail", ["", "\n" + LINE], ids=["the last line", "a line in the middle"])
def test_a_line_without_end_is_named_with_its_number(encoding: str, tail: str) -> None:
    text = ",".join(HEAD) + "\n" + LINE * 5 + "乙" * (17 << 20) + ",县水务局,2026-03-09" + tail
    refusal = refused("a.csv", text.encode(encoding))
    assert refusal.place.endswith("line 7")
    assert "16 MB" in refusal.found


@pytest.mark.parametrize(
    ("body", "rows", "lost"),
    [
        ('"' + LINE + LINE * 3, 2, 3),
        ('"' + LINE + LINE * 400, 2, 400),
        ('"' + LINE + LINE * 3 + '"丁",县水务局,2026-03-09\n' + LINE, 3, 4),
        ('"' + LINE + LINE * 300 + '"丁",县水务局,2026-03-09\n' + LINE * 4, 6, 301),
        ('甲,"县水务局,2026-03-09\n' + LINE * 3, 2, 3),
        ('"乙"丁,县水务局,2026-03-09\n' + LINE * 3, 5, 0),
        ('"乙",县水务局,2026-03-09\n' + LINE * 3, 6, None),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_what_a_quotation_mark_takes_with_it_is_counted(body: str, rows: int, lost: int | None, end: str) -> None:
    done = read("a.csv", (",".join(HEAD) + "\n" + LINE * 2 + body).replace("\n", end).encode())
    assert len(done.rows) == rows
    if lost is None:
        assert done.rejects == []
    elif lost:
        assert f"{lost} lines below it" in done.rejects[0][2]
    else:
        assert "text after a closing quotation mark" in done.rejects[0][2]


# ---- what only an office program opens

PAGE = (
    "<html><head><meta charset='utf-8'></head><body><p>某县公开台账</p><table border=1><tr><td>标题</td><td>公开单位</td><td>公开日期</td></tr>"
    "<tr><td>甲</td><td>县水务局</td><td>2026-03-09</td></tr><tr><td>乙</td><td>县教育局</td><td>2026-03-10</td></tr></table></body></html>"
)
needs_office = pytest.mark.skipif(office() is None, reason="LibreOffice is not installed: .doc, .wps and .et go unread")


def by_office(folder: Path, form: str, suffix: str, program: str = "writer") -> bytes:
    """The page as LibreOffice saves it in another form."""
    (folder / "a.html").write_text(PAGE, "utf-8")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    taken_as = [] if program == "writer" else ["--infilter=calc_HTML_WebQuery"]
    command = [str(office()), profile, "--headless", *taken_as, "--convert-to", form, "--outdir", str(folder), str(folder / "a.html")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (folder / f"a.{suffix}").read_bytes()


@needs_office
@pytest.mark.parametrize("name", ["台账.wps", "台账.doc", "台账.et"])
def test_a_table_in_an_old_document_is_read_where_libreoffice_is(tmp_path: Path, name: str) -> None:
    done = read(name, by_office(tmp_path, "doc:MS Word 97", "doc"))
    assert [(row["disclosure_title"], row["printed_unit_name"]) for row in done.rows] == [("甲", "县水务局"), ("乙", "县教育局")]


SYLK = (
    'ID;PWXL;N;E\nC;X1;Y1;K"标题"\nC;X2;Y1;K"公开单位"\nC;X3;Y1;K"公开日期"\nC;X1;Y2;K"甲"\nC;X2;Y2;K"县水务局"\nC;X3;Y2;K46090\n'
    'C;X1;Y3;K"乙"\nC;X2;Y3;K"县教育局"\nC;X3;Y3;K46091\nE\n'
)
needs_calc = pytest.mark.skipif(
    not any(Path(folder, "libsclo.so").exists() for folder in ("/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program")),
    reason="LibreOffice Calc is not installed: flat OpenDocument and SYLK tables go unread",
)


@needs_calc
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
@pytest.mark.parametrize("name", ["台账.slk", "台账.csv"])
def test_a_sylk_table_is_read_whatever_its_encoding_and_name(name: str, encoding: str) -> None:
    rows = read(name, SYLK.encode(encoding)).rows
    assert [(row["disclosure_title"], row["printed_unit_name"]) for row in rows] == [("甲", "县水务局"), ("乙", "县教育局")]


@needs_calc
@pytest.mark.parametrize("name", ["台账.fods", "台账.xml", "台账.ods"])
def test_a_flat_opendocument_spreadsheet_is_read(tmp_path: Path, name: str) -> None:
    rows = read(name, by_office(tmp_path, "fods", "fods", "calc")).rows
    assert [(row["disclosure_title"], row["printed_unit_name"], row["published_on"]) for row in rows] == [
        ("甲", "县水务局", "2026-03-09"),
        ("乙", "县教育局", "2026-03-10"),
    ]


def dbase() -> bytes:
    """A FoxPro table of one column and one row, as old systems of offices write it."""
    head = struct.pack("<BBBBIHH", 0x03, 126, 3, 9, 1, 65, 21) + bytes(20)
    return (
        head + "标题".encode("gbk").ljust(11, b"\0") + b"C" + bytes(4) + bytes([20]) + bytes(15) + b"\r" + b" " + b"x".ljust(20) + b"\x1a"
    )


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (dbase(), "dBase"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n0,1\r\n""\r\n', "Data Interchange Format"),
        (b'<?xml version="1.0"?><uof:UOF xmlns:uof="http://schemas.uof.org/cn/2009/uof"><x/></uof:UOF>', "UOF"),
    ],
)
@pytest.mark.parametrize("name", ["台账.dat", "台账.csv"])
def test_an_old_form_that_is_not_read_is_named_and_the_way_out_said(data: bytes, what: str, name: str) -> None:
    refusal = refused(name, data)
    assert what in refusal.found
    assert ".xlsx" in refusal.expected


def test_without_libreoffice_a_document_is_refused_and_the_way_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    refusal = refused("台账.docx", _docx())
    assert "Word" in refusal.found
    assert "LibreOffice" in refusal.remedy


def _docx() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as target:
        target.writestr("[Content_Types].xml", "<Types/>")
        target.writestr("word/document.xml", "<w/>")
    return sink.getvalue()
