"""The standing warehouse, as far as the next one can be made of it: a copy of its file, in which only what changed is made again.

Copying the file costs an eighth of copying its tables: what is compressed stays so (docs/performance.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from exports.release.manifest import sha256_of
from exports.sql_text import quoted
from flows.warehouse.connection import block_size
from flows.warehouse.table_keys import RUN, TableKey, machine_key, read_keys

WITHDRAWAL_DAY = "leaving_on"
INPUTS = ("raw", "reference", "checks")  # schemas that are made again by every build: small, and what keys are computed from
MADE = ("staging", "core", "quarantine", "marts")
_RELATIONS = """
    select schema_name || '.' || table_name, 'table' from duckdb_tables() where database_name = current_database()
    union all
    select schema_name || '.' || view_name, 'view' from duckdb_views() where database_name = current_database() and not internal
"""
_MACROS = """
    select distinct function_name, function_type from duckdb_functions()
    where database_name = current_database() and function_type in ('macro', 'table_macro') and not internal
"""
_LEAVING = re.compile(r"(\w+)\s*(<=)?\s*\bleaving_on\b(?!\s*[-+*/|=<>])")


@dataclass(frozen=True)
class Standing:
    """A warehouse that can be taken over in parts: `keys` of its tables, and the last day on which a withdrawal counted in it."""

    path: Path
    keys: Mapping[str, TableKey]
    leaving_on: date


def standing_at(path: Path, source_bytes: int) -> Standing | None:
    """The warehouse at `path`; None where there is none, it is not as it was finished (`seal`), tells no keys, was made by other code, or has
    blocks of another size than a new one. Of other code's warehouse no table could stay, and what it had found lawful must not stay in free
    blocks of a copy.
    """
    if not is_sealed(path):
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            ((size,),) = connection.execute(
                "select block_size from pragma_database_size() where database_name = current_database()"
            ).fetchall()
            ((leaving_on,),) = connection.execute("select leaving_on from reference.run").fetchall()
            keys = read_keys(connection)
    except (duckdb.Error, ValueError):
        return None
    is_ours = RUN in keys and keys[RUN].table == machine_key()
    return Standing(path, keys, leaving_on) if is_ours and size == block_size(source_bytes) else None


def seal(path: Path) -> None:
    """Write the SHA-256 of a finished warehouse beside it: what changes in it later, by hand or by a fault of the disk, is taken over by no build."""
    _seal_of(path).write_text(sha256_of(path), "utf-8")


def is_sealed(path: Path) -> bool:
    """Whether a warehouse is there, as it was when it was finished."""
    seal = _seal_of(path)
    return path.exists() and seal.exists() and seal.read_text("utf-8") == sha256_of(path)


def is_seal_broken(path: Path) -> bool:
    """Whether a warehouse is no longer as it was when it was finished; False where nobody wrote down how it was."""
    return _seal_of(path).exists() and not is_sealed(path)


def _seal_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.sha256")


def clear_inputs(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop from a copy what every build makes: tables of the raw store, reference tables, results of checks, and all macros."""
    for name, kind in connection.execute(_MACROS).fetchall():
        connection.execute(f"drop {'macro table' if kind == 'table_macro' else 'macro'} {quoted(name)}")
    for schema in INPUTS:
        connection.execute(f"drop schema if exists {schema} cascade")


def relations(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """The tables and views of the warehouse in use: schema.name → `table` or `view`."""
    return dict(connection.execute(_RELATIONS).fetchall())


def withdrawal_days(select: str) -> list[str] | None:
    """The columns of a register's staging table whose days decide, with `leaving_on`, what its SQL makes; None where the day is used otherwise.

    Such a table is the same on two days unless one of these columns has a day between them.
    """
    if WITHDRAWAL_DAY not in select:
        return []
    columns = [column for column, compared in _LEAVING.findall(select) if compared]
    selected = len(re.findall(r"\brun\.leaving_on\b", select))
    uses = len(re.findall(r"\bleaving_on\b", select))
    return sorted(set(columns)) if len(columns) + selected == uses else None


def has_day_between(connection: duckdb.DuckDBPyConnection, tables: list[str], columns: list[str], one: date, other: date) -> bool:
    """Whether any of `columns` of these tables has a day after the earlier and up to the later of two days."""
    if one == other or not columns:
        return False
    days = {"after": min(one, other), "until": max(one, other)}
    conditions = " or ".join(f"({quoted(name)} > $after and {quoted(name)} <= $until)" for name in columns)
    return any(connection.execute(f"select 1 from {table} where {conditions} limit 1", days).fetchone() for table in tables)
