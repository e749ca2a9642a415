"""PDF documents that hold text: paragraphs and ruled tables in reading order, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any

from pypdfium2 import PdfiumError, raw  # type: ignore[import-untyped]  # ships no types

from flows.errors import UnreadableSource
from flows.sources.plans.formats.draft import Draft, Row, one_cell
from flows.sources.plans.formats.grid import Cell, lay_out
from flows.sources.plans.formats.pdf_flow import PageItems, TextLine, continues, join, mark_margins, measures, page_items
from flows.sources.plans.formats.pdf_lost import SecondReader
from flows.sources.plans.formats.pdf_page import open_document, read_page
from flows.sources.plans.formats.pdf_tables import Table

_PDFIUM = Lock()  # pdfium is not made for several threads at once
_MOST_PAGES = 3000
_TAIL = 4096
_LEAST_CHARACTERS = 5
_MOST_UNKNOWN = 0.3
_FETCH_AGAIN = "Fetch the file again / 请重新下载该文件。"


def read(data: bytes, name: str) -> Draft:
    """Rows with their pages. A scan without text, an encrypted or a cut-off file is an UnreadableSource."""
    if b"%PDF-" not in data[:1024]:
        raise UnreadableSource(name, "no PDF header", "a PDF file", _FETCH_AGAIN)
    if b"startxref" not in data[-_TAIL:]:
        raise UnreadableSource(name, "a PDF cut off before its end", "a whole PDF file", _FETCH_AGAIN)
    with _PDFIUM:
        pages = _pages(data, name)
    _refuse_without_text(pages, name)
    mark_margins(pages)
    return Draft(list(_rows(pages)))


def _pages(data: bytes, name: str) -> list[PageItems]:
    document = _open(data, name)
    try:
        count = len(document)
        if not 0 < count <= _MOST_PAGES:
            raise UnreadableSource(name, f"{count} pages", f"1 to {_MOST_PAGES} pages", "Split the document / 请拆分文件。")
        second = SecondReader(data)
        return [page_items(_page(document, index, second, name)) for index in range(count)]
    finally:
        document.close()


def _open(data: bytes, name: str) -> Any:
    try:
        return open_document(data)
    except PdfiumError as fault:
        if fault.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            raise UnreadableSource(
                name, "an encrypted PDF", "a PDF that opens without a password", "Save it without a password / 请去除密码后另存。"
            ) from fault
        raise UnreadableSource(name, f"a damaged PDF ({fault})", "a whole PDF file", _FETCH_AGAIN) from fault


def _page(document: Any, index: int, second: SecondReader, name: str) -> Any:
    try:
        return read_page(document, index, second)
    except (PdfiumError, ValueError) as fault:
        raise UnreadableSource(f"{name}, page {index + 1}", f"a damaged page ({fault})", "a whole PDF file", _FETCH_AGAIN) from fault


def _refuse_without_text(pages: list[PageItems], name: str) -> None:
    glyphs = [glyph.text for each in pages for glyph in each.page.glyphs if not glyph.text.isspace()]
    unknown = sum(text == "\ufffd" or "\ue000" <= text <= "\uf8ff" for text in glyphs)
    remedy = "Recognise the text first (OCR) / 请先做文字识别(OCR)。"
    if len(glyphs) < _LEAST_CHARACTERS:
        raise UnreadableSource(name, f"{len(pages)} pages without text (a scan?)", "a PDF with text in it", remedy)
    if unknown > _MOST_UNKNOWN * len(glyphs):
        raise UnreadableSource(name, "fonts that do not tell their characters", "a PDF whose text can be copied", remedy)


def _rows(pages: list[PageItems]) -> Iterator[Row]:
    """Paragraphs and table rows in order. Headers and footers come after the paragraph that they interrupt."""
    known = measures(pages)
    row: Row | None = None
    first: TextLine | None = None
    last: TextLine | None = None
    margins: list[Row] = []
    table: _OpenTable | None = None
    for each in pages:
        for item in each.items:
            if isinstance(item, TextLine) and item.is_boilerplate:
                margins.append(Row(item.text, "boilerplate", item.page))
                continue
            if (
                isinstance(item, TextLine)
                and row
                and first
                and last
                and continues(first, last, item, known[round(each.page.width), item.column])
            ):
                row.text, last = join(row.text, item.text), item
                continue
            goes_on = isinstance(item, Table) and table is not None and table.goes_on_with(item)
            if not goes_on:
                yield from [row] if row else []
                yield from table.rows() if table else []
                row = first = last = table = None
                yield from margins
                margins.clear()
            match item:
                case TextLine():
                    row, first, last = Row(item.text, "text", item.page), item, item
                case Table():
                    table = table or _OpenTable(each.page.number)
                    table.add(item, each.page.number)
    yield from [row] if row else []
    yield from table.rows() if table else []
    yield from margins


class _OpenTable:
    """A table that may go on over the page: rows broken by the page end are made whole again."""

    def __init__(self, page: int) -> None:
        self._xs: list[float] = []
        self._cells: list[tuple[int, list[Cell]]] = []
        self._page = page

    def goes_on_with(self, table: Table) -> bool:
        """Whether the columns of `table` are this one's."""
        return len(table.xs) == len(self._xs) and all(abs(a - b) < 4 for a, b in zip(table.xs, self._xs, strict=True))  # noqa: PLR2004 - points

    def add(self, table: Table, page: int) -> None:
        rows = table.rows()
        if self._cells and page != self._page and _is_rest(rows[0], self._cells[-1][1]):
            self._cells[-1] = (self._cells[-1][0], _made_whole(self._cells[-1][1], rows[0]))
            rows = rows[1:]
        self._xs, self._page = table.xs, page
        self._cells += [(page, row) for row in rows]

    def rows(self) -> Iterator[Row]:
        laid = lay_out((cells for _, cells in self._cells), keep_empty=True)
        for (page, _), row in zip(self._cells, laid, strict=True):
            if row.text:
                row.page = page
                yield row


def _is_rest(row: list[Cell], above: list[Cell]) -> bool:
    """Whether the first row of a page is the rest of the row above: no number in front, several cells empty, the same cells."""
    texts = [one_cell(cell.text or "") for cell in row]
    filled = sum(map(bool, texts))
    alike = [cell.columns for cell in row] == [cell.columns for cell in above]
    return alike and not texts[0] and 0 < filled < max(2, len(texts) - 1) and all(cell.rows == 1 for cell in row)


def _made_whole(above: list[Cell], rest: list[Cell]) -> list[Cell]:
    return [Cell("\n".join(filter(None, (a.text, b.text))), a.columns, a.rows) for a, b in zip(above, rest, strict=True)]
