"""The rows of a register file as Parquet: written by DuckDB from disk to disk, numbered as they stand in the file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from exports.catalog import RETURNED, Register
from exports.sql_text import literal
from flows.sources.registers.care import needs_care, passed_as
from flows.sources.registers.formulas import as_written
from flows.sources.registers.statements import TYPE
from flows.sources.tables.cleaning import NEEDS_CARE, clean_sql
from flows.sources.tables.frame import Frame

ROWS = "rows"
AROUND = r"^[\s\p{Z}]+|[\s\p{Z}]+$"  # white space of every script, the ideographic and the unbreakable too


def rows_of(files: Sequence[Path]) -> str:
    """The SQL relation of `rows` files: blank rows left out, every row with its number.

    Rows that carry no number are numbered as they stand in the file: writing numbers would hold DuckDB's reader to one thread.
    """
    listed = ", ".join(literal(str(file)) for file in files)
    return f"""(
        select * exclude (is_blank, passed_as, needs_care, file_row_number) replace (coalesce(source_row, file_row_number + 1) as source_row)
        from read_parquet([{listed}], file_row_number = true) where not is_blank
    )"""


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    frame: Frame,
    register: Register,
    names: dict[str, str],
    unknown: Sequence[str],
    digest: str,
    target: Path,
) -> None:
    cell = as_written if RETURNED[0].name in names else str  # a file that came back from a clerk
    columns = [
        f"{cell(filled(frame.columns[names[column.name]]))} as {column.name}"
        if column.name in names
        else f"cast(null as varchar) as {column.name}"
        for column in register.columns
    ]
    read = [column for column in register.columns if column.name in names]
    others = [f"{filled(frame.columns[header])} as other_{position}" for position, header in enumerate(unknown)]
    pairs = ", ".join(f"{literal(header)}, other_{position}" for position, header in enumerate(unknown))
    order = [*(column.name for column in read), *(f"other_{position}" for position in range(len(unknown)))]
    any_cell = ", ".join(order)
    own = [column.name for column in read if column.name in register.column_names]
    select = f"""
        select {literal(digest)} as source_sha256, source_sheet, source_row, {", ".join(column.name for column in register.columns)},
            {f"cast(json_object({pairs}) as varchar)" if unknown else "cast(null as varchar)"} as other_columns,
            cast(null as {TYPE}) as statements, {passed_as(register, names, _in_file_order(frame, names, unknown))} as passed_as,
            {needs_care(register, own)} as needs_care, coalesce({any_cell}) is null or passed_as is not null as is_blank
        from (select {frame.sheet} as source_sheet, source_row, {", ".join([*columns, *others])} from {frame.relation})
    """
    connection.execute(f"copy ({select}) to {literal(str(target))} (format parquet, compression zstd)")


def _in_file_order(frame: Frame, names: dict[str, str], unknown: Sequence[str]) -> list[str]:
    own = {header: column for column, header in names.items()} | {header: f"other_{at}" for at, header in enumerate(unknown)}
    return [own[header] for header in frame.headers if header in own]


def renumber(connection: duckdb.DuckDBPyConnection, rejected: list[int], target: Path, extra: Path | None) -> None:
    """Make source_row count the rows that were left out: the k-th of them moves every row from its own place on by one more. Those of
    them that were read after all (`extra`) take the places that they left.
    """
    moves = {row - passed: passed + 1 for passed, row in enumerate(sorted(rejected))}
    counted = target.with_suffix(".counted")
    select = f"""
        with numbered as (
            select * exclude (file_row_number) replace (coalesce(source_row, file_row_number + 1) as source_row)
            from read_parquet({literal(str(target))}, file_row_number = true)
        )
        select numbered.* replace (source_row + coalesce(moved_by, 0) as source_row)
        from numbered
        asof left join (select unnest($starts::bigint[]) as start, unnest($moves::bigint[]) as moved_by) as moves
            on numbered.source_row >= moves.start
        {f"union all by name from read_parquet({literal(str(extra))})" if extra else ""}
        order by source_row
    """
    copy = f"copy ({select}) to {literal(str(counted))} (format parquet, compression zstd)"
    connection.execute(copy, {"starts": list(moves), "moves": list(moves.values())})
    counted.replace(target)
    if extra:
        extra.unlink()


def filled(value: str) -> str:
    """The text without what nobody sees in and around it, null where nothing else is there. A match costs a third of a trim, and few
    need one.
    """
    cleaned = f"nullif(regexp_replace({clean_sql(value)}, '{AROUND}', '', 'g'), '')"
    return f"case when regexp_matches({value}, '{NEEDS_CARE}') then {cleaned} else {value} end"
