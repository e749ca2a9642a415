"""PDF documents that hold text: paragraphs and ruled tables in reading order, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Lock
from typing import Any

from pypdfium2 import PdfiumError, raw  # type: ignore[import-untyped]  # ships no types

from flows.sources.plans.formats.draft import Draft, Row, gap, one_cell
from flows.sources.plans.formats.grid import Cell, lay_out
from flows.sources.plans.formats.pdf_flow import Measure, PageItems, TableBlock, TextLine, continues, mark_margins, measures, page_items
from flows.sources.plans.formats.pdf_lost import SecondReader
from flows.sources.plans.formats.pdf_page import open_document, read_page
from flows.workspace.errors import UnreadableSource

_PDFIUM = Lock()  # pdfium is not made for several threads at once
_MOST_PAGES = 3000
_TAIL = 4096
_LEAST_CHARACTERS = 5
_MOST_UNKNOWN = 0.3
_ALIKE = 4.0
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
    characters, unknown = sum(each.characters for each in pages), sum(each.unknown for each in pages)
    remedy = "Recognise the text first (OCR) / 请先做文字识别(OCR)。"
    if characters < _LEAST_CHARACTERS:
        raise UnreadableSource(name, f"{len(pages)} pages without text (a scan?)", "a PDF with text in it", remedy)
    if unknown > _MOST_UNKNOWN * characters:
        raise UnreadableSource(name, "fonts that do not tell their characters", "a PDF whose text can be copied", remedy)


def _rows(pages: list[PageItems]) -> Iterator[Row]:
    """Paragraphs and table rows in order. Headers and footers come after the paragraph or table that they interrupt."""
    known = measures(pages)
    open_item: _OpenParagraph | _OpenTable | None = None
    margins: list[Row] = []
    for each in pages:
        for item in each.items:
            if isinstance(item, TextLine) and item.is_boilerplate:
                margins.append(Row(item.text, "boilerplate", item.page))
            elif open_item is None or not open_item.takes(item, each.number):
                yield from open_item.rows() if open_item else []
                yield from margins
                margins = []
                open_item = _OpenTable(item, each.number) if isinstance(item, TableBlock) else _OpenParagraph(item, each.width, known)
    yield from open_item.rows() if open_item else []
    yield from margins


class _OpenParagraph:
    """A paragraph that may go on in the next line, column or page."""

    def __init__(self, line: TextLine, width: float, known: dict[tuple[int, int], Measure]) -> None:
        self._first = self._last = line
        self._parts = [line.text]
        self._width = round(width)
        self._known = known

    def takes(self, item: TextLine | TableBlock, _page: int) -> bool:
        """Take the line in, if it is the paragraph's next."""
        if isinstance(item, TableBlock):
            return False
        here, there = (self._known.get((self._width, line.column)) for line in (self._last, item))
        goes_on = here is not None and there is not None and continues(self._first, self._last, item, here, there)
        if goes_on:
            self._parts += [gap(self._last.text, item.text), item.text]
            self._last = item
        return goes_on

    def rows(self) -> Iterator[Row]:
        """The paragraph, on the page where it begins."""
        yield Row("".join(self._parts), "text", self._first.page)


class _OpenTable:
    """A table that may go on over the page: a row broken by the page end is made whole again."""

    def __init__(self, table: TableBlock, page: int) -> None:
        self._xs = table.xs
        self._page = page
        self._cells = [(page, row) for row in table.rows]

    def takes(self, item: TextLine | TableBlock, page: int) -> bool:
        """Take the table in, if it stands on the next page in the same columns."""
        if isinstance(item, TextLine) or page == self._page or len(item.xs) != len(self._xs):
            return False
        if any(abs(a - b) > _ALIKE for a, b in zip(item.xs, self._xs, strict=True)):
            return False
        rows = item.rows
        header = rows[:1] if _texts(rows[0]) == _texts(self._cells[0][1]) else []
        rest = rows[len(header) :]
        if rest and _is_rest(rest[0], self._cells[-1][1]):
            self._cells[-1] = (self._cells[-1][0], _made_whole(self._cells[-1][1], rest[0]))
            rest = rest[1:]
        self._cells += [(page, row) for row in (*header, *rest)]
        self._page = page
        return True

    def rows(self) -> Iterator[Row]:
        """Its rows, each on the page where it begins."""
        laid = lay_out((cells for _, cells in self._cells), keep_empty=True)
        for (page, _), row in zip(self._cells, laid, strict=True):
            if row.text:
                row.page = page
                yield row


def _texts(row: list[Cell]) -> list[str]:
    return [one_cell(cell.text or "") for cell in row]


def _is_rest(row: list[Cell], above: list[Cell]) -> bool:
    """Whether the first row of a page is the rest of the row above: no number in front, several cells empty, the same cells."""
    texts = _texts(row)
    filled = sum(map(bool, texts))
    alike = [cell.columns for cell in row] == [cell.columns for cell in above]
    return alike and not texts[0] and 0 < filled < max(2, len(texts) - 1) and all(cell.rows == 1 for cell in row)


def _made_whole(above: list[Cell], rest: list[Cell]) -> list[Cell]:
    return [Cell("\n".join(filter(None, (a.text, b.text))), a.columns, a.rows) for a, b in zip(above, rest, strict=True)]
