"""Rows that a clerk corrected and sent back: each stands for the row of the sources that its reference names.

A reference (`来源行`, column `supersedes` of every register) is written by `gongkai quarantine export`: sixteen digits of the
source file's SHA-256, the row, and the sheet of a workbook. So it names bytes, not a path: where the file itself was mended
meanwhile, the reference names nothing that stands, and the returned row is rejected with that reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from exports.catalog import RETURNED
from exports.sql_text import literal
from flows.sources.registers.rows import rows_of

SUPERSEDED = "raw.superseded_rows"
STALE = "raw.stale_rows"
REFERENCE = "left(source_sha256, 16) || '#' || source_row || coalesce('#' || replace(source_sheet, ' ', '%20'), '')"
GRAIN = "one row per row of a register that a clerk corrected: the row as the source has it, and the row that stands for it"
GONE = "来源行已不存在：来源文件已更换或撤下，请重新导出后更正 (the row it corrects stands no longer: its file was changed or taken out; export anew)"
(REFERENCES, FAULTS) = (column.name for column in RETURNED)


def settle(connection: duckdb.DuckDBPyConnection, registers: Mapping[str, Sequence[Path]]) -> None:
    """Make `raw.superseded_rows`, and `raw.stale_rows`: returned rows none of whose references stands. Both mostly empty."""
    place = "source_sha256 varchar, source_sheet varchar, source_row bigint"
    connection.execute(
        f"create table {SUPERSEDED} (register_name varchar, {place}, superseded_by_sha256 varchar, superseded_by_sheet varchar, superseded_by_row bigint)"
    )
    connection.execute(f"create table {STALE} (register_name varchar, {place})")
    for register, files in registers.items():
        if files and _are_returned(connection, files):
            _settle_one(connection, literal(register), rows_of(files))


def standing(connection: duckdb.DuckDBPyConnection, register: str, files: Sequence[Path]) -> str:
    """The SQL relation of a register's rows that stand: all but those that others stand for."""
    rows = rows_of(files)
    for table in (SUPERSEDED, STALE):
        ((count,),) = connection.execute(f"select count(*) from {table} where register_name = $1", [register]).fetchall()
        if count:
            same = "".join(
                f" and known.{name} is not distinct from gone.{name}" for name in ("source_sha256", "source_sheet", "source_row")
            )
            rows = f"(select known.* from {rows} as known anti join {table} as gone on gone.register_name = {literal(register)}{same})"
    return rows


def _are_returned(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> bool:
    """A column without a value costs nothing to count: Parquet's statistics know."""
    listed = ", ".join(literal(str(file)) for file in files)
    ((count,),) = connection.execute(f"select count({REFERENCES}) from read_parquet([{listed}])").fetchall()
    return bool(count)


def _settle_one(connection: duckdb.DuckDBPyConnection, register: str, rows: str) -> None:
    connection.execute(f"""
        create or replace temp table returned as
        select source_sha256, source_sheet, source_row, unnest(string_split_regex(trim({REFERENCES}), '\\s+')) as reference
        from {rows} where {REFERENCES} is not null
    """)
    connection.execute(f"""
        insert into {SUPERSEDED}
        select {register}, named.source_sha256, named.source_sheet, named.source_row,
            returned.source_sha256, returned.source_sheet, returned.source_row
        from {rows} as named
        inner join returned on {REFERENCE.replace("source_", "named.source_")} = returned.reference
        where left(named.source_sha256, 16) in (select split_part(reference, '#', 1) from returned)
    """)
    connection.execute(f"""
        insert into {STALE}
        select distinct {register}, source_sha256, source_sheet, source_row
        from returned
        anti join {SUPERSEDED} as superseded
            on superseded.superseded_by_sha256 = returned.source_sha256 and superseded.superseded_by_row = returned.source_row
            and superseded.superseded_by_sheet is not distinct from returned.source_sheet
    """)
    connection.execute("drop table returned")
