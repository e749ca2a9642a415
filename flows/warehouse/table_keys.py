"""Of what each table of a warehouse was made, and what is in it, as digests: tables with equal keys hold equal rows.

The key of a table is a digest of the SQL that makes it with the macros it uses, of the rules that quarantine rows of it, of the code that
applies them, and of the content of every table that it reads; of `reference.run`, the day above all, only the columns that it names.
Because the content counts and not how it came about, a table that comes out as it was ends the work for all that read it.

What cannot be known gives no key: a function whose result is not the same each time, a file, a result of checks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

import duckdb

from exports.catalog import PROJECT_ROOT
from flows.warehouse.arrow_tables import make_text_table
from flows.workspace.fingerprint import code_key

TABLE = "checks.table_keys"
COLUMNS = ("table_name", "table_key", "content_key")
RUN = "reference.run"
INPUTS = ("raw.", "reference.")
# What makes tables beside their SQL. What descriptors say is in the SQL, the rules and the reference tables that come of them.
PERSONS = PROJECT_ROOT / "sql" / "reference"
CODE = (PROJECT_ROOT / "flows", PERSONS / "person_names", PERSONS / "office_contacts.csv")
EXPORTS = PROJECT_ROOT / "exports"
BY_SOURCE: Mapping[str, str] = {
    "raw.questions": "*",
    "raw.file_defaults": "*",
    "raw.silent_headers": "*",
    "raw.path_statements": "*",
    "staging.sources": "source_sha256, source_kind, source_path",
}
"""Tables about source files, and the columns that a register's staging table reads of them: of its own files only (staging.sql.j2)."""

_TABLES = re.compile(r"\b(raw|reference|staging|core|quarantine|marts|checks|parquet|csv|row_counts)\.(\w+)")
_WORDS = re.compile(r"\w+")
_CALLED = re.compile(r"\b(\w+)\s*\(")
_STARS = re.compile(r"\brun\.\*|\*\s+from\s+reference\.run\b")
_TODAY = re.compile(r"\b(current_(date|time|timestamp|user|role|catalog|schema|database|setting)|localtime|localtimestamp)\b")
_OF_SETTINGS = {"getvariable", "getenv", "current_setting"}
_SAFE = {"range", "unnest", "generate_series", "repeat", "query"}  # `repeat` repeats a text, `query` is a word of ours
_FUNCTIONS = """
    select distinct function_name from duckdb_functions()
    where internal and (function_type in ('table', 'pragma', 'table_macro') or stability <> 'CONSISTENT')
"""
_RAW_VIEWS = "select 'raw.' || view_name, sql from duckdb_views() where schema_name = 'raw' and database_name = current_database()"
_MACROS = """
    select function_name, concat_ws(' ', parameters::varchar, macro_definition) from duckdb_functions()
    where database_name = current_database() and function_type in ('macro', 'table_macro') and macro_definition is not null
    order by all
"""


@dataclass(frozen=True)
class TableKey:
    """`table` says of what a table was made (empty: nothing sure is known), `content` what is in it: its schema, and its rows."""

    table: str
    content: str


class Keys:
    """The keys of a warehouse's tables, in the order in which they are made.

    `connection` has the warehouse in use, with its macros and everything that models read. `ordered`: tables are written by one thread,
    so that rows have a place that is part of a table's content.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, raw_store: Path | None = None, *, ordered: bool) -> None:
        self.found: dict[str, TableKey] = {}
        self.ordered = ordered
        self._connection = connection
        self._macros = _used_by_name(connection)
        self._unsure = ({name for (name,) in connection.execute(_FUNCTIONS).fetchall()} - _SAFE) | _OF_SETTINGS
        self._slices: dict[str, dict[str, str]] = {}
        views = connection.execute(_RAW_VIEWS).fetchall()
        self._views = {name: sql.replace(str(raw_store or ""), "") for name, sql in views}
        self._inputs: dict[str, str] = {}
        ((values,),) = connection.execute(f"select run from {RUN} as run").fetchall()
        self._run: dict[str, object] = values

    def key_of(
        self, select: str, made_with: object, reads: Iterable[str], *, register: str | None = None, ignored: Iterable[str] = ()
    ) -> str:
        """The key of a table; empty where it cannot be known.

        Args:
            select: its SQL.
            made_with: what else it is made with, as JSON has it: rules that quarantine rows.
            reads: the tables that its SQL reads, as DuckDB's parser knows them.
            register: its rows are those of this register, joined to what is known of source files by their SHA-256 alone.
            ignored: columns of `reference.run` whose part is judged otherwise.
        """
        facts = json.dumps(made_with, ensure_ascii=False, default=str)
        used = self._macros_in(f"{select}\n{facts}")
        unparsed = "\n".join([facts, *used])
        text = f"{select}\n{unparsed}"
        tables = sorted({*reads, *named_in(unparsed)})
        contents = [self._read(table, text, register, set(ignored)) for table in tables]
        if self._is_unsure(text) or not all(contents):
            return ""
        return digest([machine_key(), self.ordered, select, facts, used, list(zip(tables, contents, strict=True))])

    def _macros_in(self, text: str) -> list[str]:
        """The definitions of all macros whose names are words of the text, and of those that they use."""
        waiting, found = {*_WORDS.findall(text)} & self._macros.keys(), set()
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= ({*_WORDS.findall(self._macros[name])} & self._macros.keys()) - found
        return [f"{name} {self._macros[name]}" for name in sorted(found)]

    def _is_unsure(self, text: str) -> bool:
        called = {name.lower() for name in _CALLED.findall(text)}
        return bool(called & self._unsure) or _TODAY.search(text) is not None

    def _read(self, table: str, text: str, register: str | None, ignored: set[str]) -> str:
        """The content of a table, as far as a SELECT reads it; empty where it is not known: results of checks, a table that is not made yet."""
        if table == RUN:
            words = {*self._run} if _STARS.search(text) else {*_WORDS.findall(text)}
            return digest([[name, value] for name, value in self._run.items() if name in words - ignored])
        if register and table in BY_SOURCE:
            return self._slice(table, register)
        if table in self.found:
            return self.found[table].content
        return self.input_content(table) if table.startswith(INPUTS) else ""

    def input_content(self, table: str) -> str:
        """The content of a table that no model makes; of a view of the raw store its SQL, in which paths stand for bytes, and what this reads."""
        if table not in self._inputs:
            sql = self._views.get(table)
            if sql is None:
                self._inputs[table] = self._content(table)
            else:
                self._inputs[table] = digest([sql, [(name, self.input_content(name)) for name in sorted(named_in(sql) - {table})]])
        return self._inputs[table]

    def _content(self, table: str) -> str:
        try:
            return content_of(self._connection, table, ordered=self.ordered)
        except duckdb.CatalogException:
            return ""  # there is no such table: what came of that is asked again

    def _slice(self, table: str, register: str) -> str:
        """What a table says of the files of one register."""
        if table not in self._slices:
            columns = BY_SOURCE[table]
            rows = (
                f"select kinds.source_kind as kind_of_file, {', '.join(f'named.{column.strip()}' for column in columns.split(','))} "
                f"from {table} as named inner join (select distinct source_sha256, source_kind from staging.sources) as kinds "
                "on named.source_sha256 = kinds.source_sha256"
            )
            digests = self._connection.execute(
                f"select kind_of_file, count(*) || ' ' || sum(hash(part)) || ' ' || bit_xor(hash(part, 1)) from ({rows}) as part group by 1"
            ).fetchall()
            self._slices[table] = dict(digests)
        return self._slices[table].get(register, "none")

    def write(self) -> None:
        """Make `checks.table_keys` of the keys found; that of `reference.run` is the key of code and DuckDB."""
        inputs = {name: TableKey("", content) for name, content in self._inputs.items()}
        keys = self.found | inputs | {RUN: TableKey(machine_key(), digest(self._run))}
        make_text_table(self._connection, TABLE, COLUMNS, [(name, key.table, key.content) for name, key in sorted(keys.items())])


@cache
def machine_key() -> str:
    """The code and the DuckDB that make tables, as one digest."""
    code = sorted(EXPORTS.rglob("*.py"))
    return digest([code_key(*CODE), code_key(*code), duckdb.__version__])


def content_of(connection: duckdb.DuckDBPyConnection, table: str, *, ordered: bool) -> str:
    """The digest of a table's columns, types and rows; `ordered`: of the places of the rows, too."""
    columns = connection.execute(f"describe {table}").fetchall()
    place = ", part.rowid" if ordered else ""
    names = ", ".join(f'part."{name}"' for name, *_ in columns)
    ((count, total, parity),) = connection.execute(
        f"select count(*), sum(hash({names}{place})), bit_xor(hash(1{place}, {names})) from {table} as part"
    ).fetchall()
    return digest([[[name, kind] for name, kind, *_ in columns], count, total, parity])


def read_keys(connection: duckdb.DuckDBPyConnection) -> dict[str, TableKey]:
    """The keys that a warehouse says of itself, by table.

    Raises:
        duckdb.Error: it has none.
    """
    rows: Sequence[tuple[str, str, str]] = connection.execute(f"select {', '.join(COLUMNS)} from {TABLE}").fetchall()
    return {name: TableKey(table, content) for name, table, content in rows}


def named_in(text: str) -> set[str]:
    """The tables, schema.name, that a text of SQL names anywhere: more than it reads, never less."""
    return {f"{schema}.{table}" for schema, table in _TABLES.findall(text)}


def _used_by_name(connection: duckdb.DuckDBPyConnection) -> dict[str, str]:
    macros: dict[str, str] = {}
    for name, text in connection.execute(_MACROS).fetchall():
        macros[name] = f"{macros.get(name, '')} {text}"
    return macros


def digest(facts: object) -> str:
    """A digest of anything that JSON can have; other values count as they print themselves."""
    return sha256(json.dumps(facts, ensure_ascii=False, default=str).encode()).hexdigest()[:32]
