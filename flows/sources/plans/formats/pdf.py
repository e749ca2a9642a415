"""PDF documents that hold text: paragraphs and ruled tables in reading order, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from threading import Lock
from typing import Any

from pypdfium2 import PdfiumError, raw  # type: ignore[import-untyped]  # ships no types

from exports.messages import _
from flows.sources.plans.formats import ocr
from flows.sources.plans.formats.draft import Draft, Row, gap, one_cell, one_line
from flows.sources.plans.formats.grid import Cell, around, lay_out, lower
from flows.sources.plans.formats.pdf_columns import value_of
from flows.sources.plans.formats.pdf_flow import Measure, PageItems, TableBlock, TextLine, continues, mark_margins, measures
from flows.sources.plans.formats.pdf_items import page_items
from flows.sources.plans.formats.pdf_lost import SecondReader
from flows.sources.plans.formats.pdf_page import Page, open_document, read_page
from flows.sources.plans.formats.pdf_unread import with_unread
from flows.workspace.errors import UnreadableSource

_PDFIUM = Lock()  # pdfium is not made for several threads at once
_MOST_PAGES = 3000
_TAIL = 4096
_LEAST_CHARACTERS = 5


def read(data: bytes, name: str) -> Draft:
    """Rows with their pages. A scan without text, an encrypted or a cut-off file is an UnreadableSource."""
    if b"%PDF-" not in data[:1024]:
        raise UnreadableSource(name, _("no PDF header"), _("a PDF file"), _("Fetch the file again."))
    if b"startxref" not in data[-_TAIL:]:
        raise UnreadableSource(name, _("a PDF cut off before its end"), _("a whole PDF file"), _("Fetch the file again."))
    with _PDFIUM:
        pages, unseen = _pages(data, name)
    _refuse_without_text(pages, name)
    draft = draft_of(pages)
    draft.unseen += unseen
    return draft


def draft_of(pages: Sequence[Page]) -> Draft:
    """Paragraphs and table rows of pages in order, whatever they were read from."""
    items: list[PageItems] = []
    for page in pages:
        items.append(page_items(page, items[-1] if items else None))
    mark_margins(items)
    return Draft(list(_rows(items)), losses=[loss for page in items for loss in page.losses])


def _pages(data: bytes, name: str) -> tuple[list[Page], list[tuple[str, str]]]:
    document = _open(data, name)
    try:
        count = len(document)
        if not 0 < count <= _MOST_PAGES:
            found, expected = _("{count} pages", count=count), _("1 to {count} pages", count=_MOST_PAGES)
            raise UnreadableSource(name, found, expected, _("Split the document."))
        second = SecondReader(data)
        return [_page(document, index, second, name) for index in range(count)], list(_unseen(document))
    finally:
        document.close()


def _unseen(document: Any) -> Iterator[tuple[str, str]]:
    """What the file says of itself and no page shows: its properties and its bookmarks."""
    told = [*document.get_metadata_dict().items(), *(("书签", each.get_title()) for each in document.get_toc())]
    yield from ((name, text) for name, printed in told if (text := one_line(printed or "")))


def _open(data: bytes, name: str) -> Any:
    try:
        return open_document(data)
    except PdfiumError as fault:
        if fault.err_code in {raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY}:
            found, expected = _("an encrypted PDF"), _("a file that opens without a password")
            raise UnreadableSource(name, found, expected, _("Save it without a password.")) from fault
        found = _("a damaged PDF ({fault})", fault=fault)
        raise UnreadableSource(name, found, _("a whole PDF file"), _("Fetch the file again.")) from fault


def _page(document: Any, index: int, second: SecondReader, name: str) -> Page:
    try:
        with closing(document[index]) as page:
            return with_unread(page, read_page(page, index, second))
    except (PdfiumError, ValueError) as fault:
        place, found = _("{file}, page {page}", file=name, page=index + 1), _("a damaged page ({fault})", fault=fault)
        raise UnreadableSource(place, found, _("a whole PDF file"), _("Fetch the file again.")) from fault


def _refuse_without_text(pages: Sequence[Page], name: str) -> None:
    """A file of which no page could be read is no plan with parts missing: it is refused, with what would help."""
    characters = sum(not glyph.text.isspace() for page in pages for glyph in page.glyphs)
    lost = {loss.kind for page in pages for loss in page.losses}
    unread = sum(any(loss.kind in {"page_without_text", "garbled_text"} for loss in page.losses) for page in pages)
    if characters >= _LEAST_CHARACTERS and unread < len(pages):
        return
    if "garbled_text" in lost:
        found = _("fonts that do not tell their characters")
        raise UnreadableSource(name, found, _("a PDF whose text can be copied"), _(ocr.REMEDY))
    found = _("{count} pages without text (a scan?)", count=len(pages))
    raise UnreadableSource(name, found, _("a PDF with text in it"), _(ocr.REMEDY))


def _rows(pages: list[PageItems]) -> Iterator[Row]:
    """Paragraphs and table rows in order. Headers and footers come after the paragraph or table that they interrupt."""
    known = measures(pages)
    open_item: _OpenParagraph | _OpenTable | None = None
    margins: list[Row] = []
    for each in pages:
        for item in each.items:
            if isinstance(item, TextLine) and item.is_boilerplate:
                margins.append(Row(item.text, "boilerplate", item.page, score=item.score, box=item.box))
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
        self._score, self._box = line.score, line.box
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
            self._score = lower(self._score, item.score)
            self._box = around(self._box, item.box) if item.page == self._first.page else self._box
            self._last = item
        return goes_on

    def rows(self) -> Iterator[Row]:
        """The paragraph, on the page where it begins."""
        yield Row("".join(self._parts), "text", self._first.page, score=self._score, box=self._box)


class _OpenTable:
    """A table that may go on over the page: a row broken by the page end is made whole again."""

    def __init__(self, table: TableBlock, page: int) -> None:
        self._table = table
        self._page = page
        self._cells = [(page, row) for row in table.rows]
        self._left: set[int] = set(table.unread)

    def takes(self, item: TextLine | TableBlock, page: int) -> bool:
        """Take the table in, if it stands on the next page in the same columns."""
        if isinstance(item, TextLine) or page == self._page or not item.is_alike(self._table):
            return False
        rows = item.rows
        header = rows[:1] if _texts(rows[0]) == _texts(self._cells[0][1]) else []
        rest = rows[len(header) :]
        if rest and _is_rest(rest[0], self._cells[-1][1]):
            self._cells[-1] = (self._cells[-1][0], _made_whole(self._cells[-1][1], rest[0]))
            rest = rest[1:]
        self._left |= {len(self._cells)} if header else set()
        self._left |= {len(self._cells) + row - (len(rows) - len(header) - len(rest)) for row in item.unread}
        self._cells += [(page, row) for row in (*header, *rest)]
        self._page = page
        return True

    def rows(self) -> Iterator[Row]:
        """Its rows, each on the page where it begins. A header printed again on the next page is boilerplate, and so
        is a row of which a part could not be read.
        """
        laid = lay_out((cells for _page, cells in self._cells), keep_empty=True)
        for index, ((page, _cells), row) in enumerate(zip(self._cells, laid, strict=True)):
            if row.text:
                row.page = page
                row.kind = "boilerplate" if index in self._left else row.kind
                yield row


def _texts(row: list[Cell]) -> list[str]:
    return [one_cell(cell.text or "") for cell in row]


def _is_rest(row: list[Cell], above: list[Cell]) -> bool:
    """Whether the first row of a page is the rest of the row above: no number in front, several cells empty or the rows
    numbered, the same cells.
    """
    texts = _texts(row)
    filled = sum(map(bool, texts))
    alike = [cell.columns for cell in row] == [cell.columns for cell in above]
    is_short = 0 < filled < max(2, len(texts) - 1) or (filled > 0 and value_of(_texts(above)[0]) > 0)
    return alike and not texts[0] and is_short and all(cell.rows == 1 for cell in row)


def _made_whole(above: list[Cell], rest: list[Cell]) -> list[Cell]:
    return [
        Cell("\n".join(filter(None, (a.text, b.text))), a.columns, a.rows, lower(a.score, b.score), a.box)
        for a, b in zip(above, rest, strict=True)
    ]
