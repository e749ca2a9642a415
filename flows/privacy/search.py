"""The privacy scanner's search, as SQL: which cells of a relation hold what (flows/privacy/kinds.py defines each kind).

One pattern is matched over each row first; only rows that match are examined cell by cell. So most rows cost one match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import duckdb

from exports.sql_text import literal, quoted
from flows.privacy.kinds import (
    ADDRESS_HEADER,
    ADDRESS_TEXT,
    BIRTH_HEADER,
    BORN,
    JOINT,
    NUMBER_HEADER,
    PATTERNS,
    PERSON_HEADER,
    PERSON_TEXT,
    SUSPICIOUS,
)
from flows.privacy.names import MACROS as NAMES
from flows.privacy.names import names_in_text
from flows.privacy.numbers import CHINESE_RUN, LINK, numbers
from flows.privacy.numbers import MACROS as NUMBERS
from flows.privacy.text import CHINESE_DIGITS
from flows.privacy.text import MACROS as TEXTS

MACROS = TEXTS + NUMBERS + NAMES
WHOLE_ROW = "*"  # the column of a finding that no single column makes
NOTHING = "select 0 as scanned_row, '' as column_name, '' as kind where false"


def text_columns(connection: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    """All columns except those that can hold no identifier: dates, truth values, fractions."""
    rows = connection.execute(f"describe select * from {source}").fetchall()
    harmless = ("DATE", "TIMESTAMP", "BOOLEAN", "DOUBLE", "FLOAT")
    return [name for name, kind, *_ in rows if not kind.startswith(harmless)]


def private_cells(connection: duckdb.DuckDBPyConnection, table: str, kinds: frozenset[str], but: frozenset[str]) -> list[str]:
    """Create the temporary table `private_cells` (row_id, column_name, kind) of a table's cells that hold one of `kinds`, without the
    columns `but`; gives the names of columns that have any. The connection has the `MACROS` already: they are long, and one
    connection asks for many tables.
    """
    columns = [name for name in text_columns(connection, table) if name not in but]
    connection.execute("create or replace temp table private_cells (row_id bigint, column_name varchar, kind varchar)")
    if columns:
        found = find_private_cells(connection, f"(select *, rowid as scanned_row from {table})", columns)
        connection.execute(f"insert into private_cells from ({found}) where kind in (select unnest($1))", [sorted(kinds)])
        connection.execute("drop table if exists suspicious; drop table if exists suspects; drop table if exists readings")
    return [name for (name,) in connection.execute("select distinct column_name from private_cells order by 1").fetchall()]


def find_private_cells(connection: duckdb.DuckDBPyConnection, source: str, columns: Sequence[str]) -> str:
    """SQL for scanned_row, column_name and kind of all findings; creates the temporary tables that it reads."""
    every = [name for name, *_ in connection.execute(f"describe select * exclude (scanned_row) from {source}").fetchall()]
    connection.execute(f"create or replace temp table suspicious as {_suspicious(source, columns, every)}", [SUSPICIOUS])
    if not may_find(connection, columns):
        return NOTHING
    connection.execute(f"create or replace temp table suspects as {_suspects(columns)}", [SUSPICIOUS])
    connection.execute(f"create or replace temp table readings as {_readings()}")
    parts = [numbers(), _patterns(), names_in_text(), _combinations(columns, every), *_named_by_header(source, columns)]
    return f"select distinct scanned_row, column_name, kind from ({' union all '.join(parts)}) where kind is not null"


def may_find(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> bool:
    """Whether the query from `find_private_cells` can find anything: its first pass matched a row, or a column is to name persons."""
    return bool(_headed(PERSON_HEADER, columns)) or connection.execute("select 1 from suspicious limit 1").fetchone() is not None


def _suspicious(source: str, columns: Sequence[str], every: Sequence[str]) -> str:
    """Rows in which anything looks like an identifier, one pattern over each row as one text; and those with a day of birth."""
    born = "".join(f" or {quoted(column)} is not null" for column in _headed(BIRTH_HEADER, every))
    return f"select * from {source} where {_looks_private(columns)}{born}"


def _looks_private(columns: Sequence[str]) -> str:
    return f"regexp_matches(concat_ws({JOINT}, {', '.join(_cell(column) for column in columns)}), $1)"


def _suspects(columns: Sequence[str]) -> str:
    """The cells of such rows that match, as a person would read them."""
    pairs = ", ".join(f"{{'column_name': {literal(column)}, 'written': {_cell(column)}}}" for column in columns)
    return f"""
        with cells as (select scanned_row, unnest([{pairs}], recursive := true) from suspicious)
        select scanned_row, column_name, plain(written) as plain_text from cells where regexp_matches(written, $1)
    """


def _readings() -> str:
    """The readings of suspect cells: the words without the links in them, each link alone with its escapes decoded, a cell with a link
    as a whole (a number may go on where the link seems to end), and all with Chinese numerals as digits. `is_text` is false for a link
    and for such a whole.
    """
    return f"""
        with texts as (
            select scanned_row, column_name, true as is_text, regexp_replace(plain_text, '{LINK}', ' ', 'g') as plain_text from suspects
            union all
            select scanned_row, column_name, false, unnest(regexp_extract_all(plain_text, '{LINK}')) from suspects
            union all
            select scanned_row, column_name, false, plain_text from suspects where regexp_matches(plain_text, 'HTTPS?:')
        ),
        decoded as (
            from texts
            union all
            select scanned_row, column_name, is_text, unescaped(plain_text) from texts where regexp_matches(plain_text, '%[0-9A-F]{{2}}')
        )
        from decoded
        union all
        select scanned_row, column_name, is_text, arabic(plain_text) from decoded
        where regexp_matches(plain_text, '[{CHINESE_DIGITS}]') and regexp_matches(plain_text, '{CHINESE_RUN}')
    """


def _combinations(columns: Sequence[str], every: Sequence[str]) -> str:
    """Rows that identify a person by birth and home together, in words or by their headers. Either alone does not."""
    row = f"concat_ws(chr(10), {', '.join(_cell(column) for column in columns)})"
    conditions = [
        " or ".join([f"regexp_matches({row}, {literal(pattern)})", *(f"{quoted(column)} is not null" for column in _headed(header, every))])
        for pattern, header in ((BORN, BIRTH_HEADER), (PERSON_TEXT, PERSON_HEADER), (ADDRESS_TEXT, ADDRESS_HEADER))
    ]
    return f"select scanned_row, {literal(WHOLE_ROW)} as column_name, 'combination' as kind from suspicious where ({') and ('.join(conditions)})"


def _named_by_header(source: str, columns: Sequence[str]) -> Iterator[str]:
    """Names of persons in columns whose header says that they name persons; without organisations and masked names."""
    for column in _headed(PERSON_HEADER, columns):
        yield f"select scanned_row, {literal(column)} as column_name, 'person_name' as kind from {source} where is_person_name(plain({_cell(column)}))"


def _headed(pattern: str, columns: Sequence[str]) -> list[str]:
    return [column for column in columns if re.search(pattern, column)]


def _cell(column: str) -> str:
    return f"cast({quoted(column)} as varchar)"


def _patterns() -> str:
    """Kinds known by their form; a column of batches or invoices holds no passport numbers."""
    kinds = []
    for kind, (without, pattern) in PATTERNS.items():
        text = "plain_text"
        for other in without:
            text = f"regexp_replace({text}, {literal(other)}, ' ', 'g')"
        asked = f"regexp_matches({text}, {literal(pattern)})"
        if kind == "passport":
            asked += f" and not regexp_matches(column_name, '{NUMBER_HEADER}')"
        kinds.append(f"case when {asked} then '{kind.partition(' ')[0]}' end")
    return f"select scanned_row, column_name, unnest([{', '.join(kinds)}]) as kind from readings"
