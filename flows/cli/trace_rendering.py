"""How the way from a public figure to its source cells is printed."""

from __future__ import annotations

from rich.console import Console

from exports.messages import Message, _, arranged, joined
from flows.privacy.redaction import redacted
from flows.reports.traced import Cell, Trace


def print_trace(console: Console, found: Trace) -> None:
    """Print the way from a public row to its source cells, one line each."""
    lines: list[str] = [
        f"{found.dataset} {found.key}",
        *(f"  {name} = {'∅' if value is None else value}" for name, value in found.values.items()),
    ]
    lines += ["→ " + step for step in found.steps]
    lines += ["■ " + _place(cell) for cell in found.cells]
    for line in lines:
        console.print(redacted(line), markup=False, highlight=False, soft_wrap=True)


def _place(cell: Cell) -> Message:
    """Where a cell stands, as a person finds it, and what is printed there."""
    places = (
        (cell.source_sheet, _("sheet") + f" {cell.source_sheet}"),
        (cell.source_row, _("row {row} after the header", row=cell.source_row)),
        (cell.header, arranged("{column}「{header}」", column=_("column"), header=cell.header)),
        (cell.page, _("page {page}", page=cell.page)),
        (cell.line_start, _("lines {start}–{end}", start=cell.line_start, end=cell.line_end)),
    )
    place = joined("，", [cell.source_path, *(words for known, words in places if known is not None)])
    printed = (
        arranged("：「{value}」", value=cell.value)
        if cell.value is not None
        else arranged("（{note}）", note=cell.note)
        if cell.note
        else ""
    )
    return place + printed + f" [SHA-256 {(cell.source_sha256 or '')[:12]}]"
