"""What a file says of its rows outside their cells: the texts that stand over them (flows/sources/tables/over.py), and what these say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Final

import duckdb

from exports.catalog import Register
from exports.sql_text import literal
from flows.sources.registers.statements import KEY, may_say, says
from flows.sources.tables.notes_text import NOTE
from flows.sources.tables.over import Over

PATH: Final = "文件名"
LABELS: Mapping[str, str] = {"title": "表头上方", "heading": "分组标题", "note": "表中说明", "sheet": "工作表名", "path": PATH}
"""What stands over rows -> how a finding names it, and `says_nothing` of a source."""
ROW = "coalesce(source_row, file_row_number + 1)"
LONGEST = 200  # characters: a longer text is none that stands over rows
MOST = 10_000  # rows of one text: of a file with more each that says something is about its whole sheet


def lone_rows(connection: duckdb.DuckDBPyConnection, register: Register, names: Mapping[str, str], rows: Path) -> list[Over]:
    """The rows of a file in which one text stands alone; none where no such text may say anything of other rows.

    Where a file has very many, which row ends which heading is not asked: what one says then is about the whole sheet.
    """
    named = [column for column in register.column_names if column in names]
    required = [column for column in register.required_headers if column in names]
    cells = f"list_concat([{', '.join(named)}], json_extract_string(other_columns, '$.*'))"
    lacking = " or ".join(f"{column} is null" for column in required) or "true"
    lone = f"""
        select source_sheet, at_row, filled[1] as text from (
            select source_sheet, {ROW} as at_row, case when {lacking} then list_filter({cells}, lambda cell: cell is not null) end as filled
            from read_parquet({literal(str(rows))}, file_row_number = true)
        ) where len(filled) = 1 and length(filled[1]) <= {LONGEST}
    """
    saying = f"select distinct source_sheet, text from ({lone}) where {may_say('text')}"
    if connection.execute(f"{saying} limit 1").fetchone() is None:
        return []
    found = connection.execute(f"{lone} order by at_row limit {MOST + 1}").fetchall()
    if len(found) > MOST:
        return [replace(_over(sheet, 0, text), row=None) for sheet, text in connection.execute(f"{saying} order by all").fetchall()]
    return [_over(sheet, row, text) for sheet, row, text in found]


def _over(sheet: str | None, row: int, text: str) -> Over:
    return Over("note", text, sheet) if NOTE.match(text) else Over("heading", text, sheet, row)


def statements_over(connection: duckdb.DuckDBPyConnection, over: Sequence[Over]) -> list[str]:
    """SQL: one item of `statements` for each text that says something of the rows below it, null for the others."""
    headings = sorted({(each.sheet or "", each.row) for each in over if each.row is not None})
    ends = {at: after[1] for at, after in pairwise(headings) if at[0] == after[0]}
    items: dict[str, None] = {}
    for each, said in zip(over, said_over(connection, [(each.kind, each.text) for each in over]), strict=True):
        if said is None:
            continue
        end = None if each.row is None else ends.get((each.sheet or "", each.row))
        where = [f"source_sheet is not distinct from {literal(each.sheet) if each.sheet else 'null'}"]
        where += [f"{ROW} >= {each.row}"] if each.row is not None else []
        where += [f"{ROW} < {end}"] if end is not None else []
        answer = f"case when {' and '.join(where)} then {literal(said)} end"
        items[f"{{'header': {literal(LABELS[each.kind])}, 'question': 'heading', 'says': {answer}}}"] = None
    return list(items)


def said_over(connection: duckdb.DuckDBPyConnection, texts: Sequence[tuple[str, str]]) -> list[str | None]:
    """What each of some texts over rows, given with its kind (`LABELS`), says: why they are held, None for nothing."""
    if not texts:
        return []
    connection.execute(KEY)
    answers = connection.execute(
        f"""
        select case when kind = 'note' then {says("note", "text")} else {says("heading", "text")} end
        from (select unnest($1) as kind, unnest($2) as text, unnest(range(len($1))) as place) order by place
        """,
        [[kind for kind, _ in texts], [text[:LONGEST] for _, text in texts]],
    ).fetchall()
    return [said for (said,) in answers]


def parts_of_path(path: str) -> list[str]:
    """The names by which a file is filed, below the name of its source: its folders', and its own without its ending."""
    plain = path.partition("?")[0]
    return [*plain.split("/")[1:-1], Path(plain).stem]
