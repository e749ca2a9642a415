"""Read a workbook in a process of its own, with limits of memory and time: python -m flows.sources.tables.child KIND FILE RESULT.

A library that aborts, eats all memory or never ends takes with it this process and nothing else. What was read goes through a file of
JSON, so that nothing of the workbook runs in the process that asked.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from flows.sources.tables.garbled import State, mend
from flows.sources.tables.model import Sheet
from flows.sources.tables.xlsx import Damaged, TooLarge

DAMAGED, TOO_LARGE = 3, 4  # how the process ends


def read_sheets(kind: str, path: str) -> list[Sheet]:
    """The sheets of a workbook, read in this process; cells that were encoded twice as they were, and marked.

    Raises:
        Damaged: it is none of its kind.
    """
    sheets = _sheets(kind, path)
    for sheet in sheets:
        _mend(sheet)
    return sheets


def _mend(sheet: Sheet) -> None:
    for row, cells in sheet.rows.items():
        for column, text in enumerate(cells):
            if text.isascii():
                continue
            mended, state = mend(text)
            if state is not State.PLAIN:
                cells[column] = mended if state is State.MENDED else ""
                sheet.marks[row, column] = (state.value, text)


def _sheets(kind: str, path: str) -> list[Sheet]:
    if kind == "xlsx":
        from flows.sources.tables.xlsx import read_xlsx

        return read_xlsx(path)
    if kind == "ods":
        from flows.sources.tables.ods import read_ods

        return read_ods(path)
    if kind == "xls":
        from flows.sources.tables.xls import read_xls

        return read_xls(path)
    from flows.sources.tables.encodings import decoded_page
    from flows.sources.tables.markup import read_html, read_spreadsheet_xml

    data = Path(path).read_bytes()
    return read_html(decoded_page(data)) if kind == "html" else read_spreadsheet_xml(data)


def as_facts(sheet: Sheet) -> dict[str, Any]:
    """A sheet as JSON can say it."""
    return {
        "name": sheet.name,
        "rows": list(sheet.rows.items()),
        "marks": [(*at, *mark) for at, mark in sheet.marks.items()],
        "merged": sheet.merged,
        "hidden_rows": sorted(sheet.hidden_rows),
        "hidden_columns": sorted(sheet.hidden_columns),
        "is_hidden": sheet.is_hidden,
        "stray_cells": sheet.stray_cells,
        "counts_from_1904": sheet.counts_from_1904,
        "titles": sheet.titles,
    }


def from_facts(facts: dict[str, Any]) -> Sheet:
    """The sheet that `as_facts` gave."""
    marks = {(row, column): (kind, words) for row, column, kind, words in facts["marks"]}
    return Sheet(
        facts["name"],
        dict(map(tuple, facts["rows"])),
        marks,
        [tuple(span) for span in facts["merged"]],
        set(facts["hidden_rows"]),
        set(facts["hidden_columns"]),
        facts["is_hidden"],
        facts["stray_cells"],
        facts["counts_from_1904"],
        facts["titles"],
    )


def main(kind: str, path: str, result: str) -> int:
    try:
        sheets = read_sheets(kind, path)
    except Damaged as error:
        sys.stderr.write(str(error))
        return TOO_LARGE if isinstance(error, TooLarge) else DAMAGED
    try:
        with Path(result).open("w", encoding="utf-8", errors="surrogatepass") as sink:
            for sheet in sheets:
                json.dump(as_facts(sheet), sink, ensure_ascii=True)
                sink.write("\n")
    except OSError:  # more than a result may have
        return TOO_LARGE
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
