"""How the way from a public figure to its source cells is printed."""

from __future__ import annotations

from rich.console import Console

from flows.privacy.redaction import redacted
from flows.reports.trace import Cell, Trace


def print_trace(console: Console, found: Trace) -> None:
    """Print the way from a public row to its source cells, one line each."""
    lines = [f"{found.dataset} {found.key}", *(f"  {name} = {'∅' if value is None else value}" for name, value in found.values.items())]
    lines += [f"→ {step}" for step in found.steps]
    lines += [f"■ {_place(cell)}" for cell in found.cells]
    for line in lines:
        console.print(redacted(line), markup=False, highlight=False, soft_wrap=True)


def _place(cell: Cell) -> str:
    """Where a cell stands, as a person finds it, and what is printed there."""
    places = (
        (cell.source_sheet, f"工作表 sheet {cell.source_sheet}"),
        (cell.source_row, f"表头之后第 {cell.source_row} 行 row {cell.source_row} after the header"),
        (cell.header, f"列 column「{cell.header}」"),
        (cell.page, f"第 {cell.page} 页 page {cell.page}"),
        (cell.line_start, f"第 {cell.line_start}–{cell.line_end} 行 lines {cell.line_start}–{cell.line_end}"),
    )
    place = "，".join([cell.source_path, *(words for known, words in places if known is not None)])
    printed = f"：「{cell.value}」" if cell.value is not None else f"（{cell.note}）" if cell.note else ""
    return f"{place}{printed} [SHA-256 {(cell.source_sha256 or '')[:12]}]"
