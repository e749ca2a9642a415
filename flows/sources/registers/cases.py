"""Ledgers with one row a case, whose events stand in columns, turned into the event rows that their register has.

A day below 答复日期 is an answer on that day. A word that something happened (是否延期: 是; an outcome without a day) is the event without
a day: its row is set aside further on, and nobody is judged by what is not known. The place of each event is its row and the column that
says it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from exports.catalog import Register
from exports.descriptor_parts import Ledger, LedgerEvent
from exports.sql_text import literal
from flows.sources.tables.notes import NOTE_SCHEMA

NULL = "cast(null as varchar)"
TOLD = "{}（按表头认定）"  # the header of a column that the file has not


@dataclass(frozen=True)
class _Columns:
    """What a ledger has for an event: SQL of each of its facts, and the header of its day, or of what else says it."""

    event: LedgerEvent
    headers: Mapping[str, str]  # column of the ledger -> its header in this file

    def has(self, part: str) -> bool:
        return f"{self.event.name}_{part}" in self.headers

    def cell(self, part: str) -> str:
        return f"{self.event.name}_{part}" if self.has(part) else NULL

    @property
    def parts(self) -> list[str]:
        """Its parts that are there, the day first."""
        return [part for part in ("on", "later", "said", *self.event.beside) if self.has(part)]


def as_event_rows(connection: duckdb.DuckDBPyConnection, register: Register, names: Mapping[str, str], rows: Path, relation: str) -> int:
    """Write `rows`, a file of cases (read as `relation`), anew as events; `names` has the headers of its columns. How many events there are.

    A case of which no event is known is one whose first event has no day, so that it is not lost.
    """
    ledger, cases = register.ledger, register.cases
    assert ledger is not None
    assert cases is not None
    found = [_Columns(event, names) for event in ledger.events]
    events = ", ".join(_event(columns, ledger) for columns in found if columns.parts or _told_here(columns))
    shown = [_shown(ledger, column.name) for column in register.columns]
    first = _struct(literal(ledger.events[0].word), NULL, literal(_flat(names[cases.required_headers[0]])), {}, ledger)
    target = rows.with_suffix(".events")
    connection.execute(f"""
        copy (
            with cases as (
                select *, list_filter([{events}], lambda event: event.word is not null) as known
                from {relation}
            ),
            events as (
                select *, unnest(if(len(known) = 0, [{first}], known)) as event
                from cases
            )
            select source_sha256, concat_ws(' ', source_sheet, '（' || event.header || '）') as source_sheet, source_row, {", ".join(shown)},
                {NULL} as other_columns, statements, {NULL} as passed_as, false as needs_care, false as is_blank
            from events
            order by events.source_sheet nulls first, source_row, event.word
        ) to {literal(str(target))} (format parquet, compression zstd)
    """)
    target.replace(rows)
    return int(pq.read_metadata(rows).num_rows)


def _told_here(columns: _Columns) -> bool:
    return any(column in columns.headers for column in columns.event.told_in)


def _event(columns: _Columns, ledger: Ledger) -> str:
    """SQL: the event as a struct; its word is null where it did not happen."""
    event = columns.event
    day = f"coalesce({columns.cell('on')}, {columns.cell('later')})"
    said = [f"({cell} is not null and not {_matches(cell, event.unless or ledger.unless)})" for cell in _saying(columns)]
    said += [f"coalesce({_matches(column, pattern)}, false)" for column, pattern in event.told_in.items() if column in columns.headers]
    happened = " or ".join([f"{day} is not null", *said])
    beside = {column: columns.cell(column) for column in event.beside}
    beside |= {column: cell for column, cell in event.shares.items() if cell in columns.headers}
    return _struct(f"if({happened}, {literal(event.word)}, null)", day, _header(columns), beside, ledger)


def _struct(word: str, day: str, header: str, beside: Mapping[str, str], ledger: Ledger) -> str:
    """SQL: an event; all have the same fields."""
    fields = "".join(f", '{column}': {beside.get(column, NULL)}" for column in _columns_beside(ledger))
    return f"{{'word': {word}, 'on_day': {day}, 'header': {header}{fields}}}"


def _columns_beside(ledger: Ledger) -> list[str]:
    return sorted({column for event in ledger.events for column in event.beside})


def _saying(columns: _Columns) -> Iterator[str]:
    """Columns that say without a day that an event happened: those for it, and what belongs to it."""
    for part in columns.parts:
        if part not in {"on", "later"}:
            yield columns.cell(part)


def _header(columns: _Columns) -> str:
    """SQL: the header of the cell that says it."""
    cells = [(columns.cell(part), columns.headers[f"{columns.event.name}_{part}"]) for part in columns.parts]
    cells += [(column, columns.headers[column]) for column in columns.event.told_in if column in columns.headers]
    return f"case {' '.join(f'when {cell} is not null then {literal(_flat(header))}' for cell, header in cells)} end"


def _flat(header: str) -> str:
    return "".join(header.split())


def _shown(ledger: Ledger, column: str) -> str:
    """SQL: a column of the register, of an event."""
    if column == ledger.kind:
        return f"event.word as {column}"
    if column == ledger.day:
        return f"event.on_day as {column}"
    if column in ledger.of_case:
        return column
    return f"event.{column} as {column}" if column in _columns_beside(ledger) else f"{NULL} as {column}"


def _matches(cell: str, pattern: str) -> str:
    return f"regexp_matches(trim({cell}), {literal(pattern)})"


def as_register_headers(headers: Path, register: Register) -> None:
    """Write a file of headers anew with the register's columns in place of the ledger's, and what its headers tell."""
    ledger = register.ledger
    assert ledger is not None
    table = pq.read_table(headers)
    rows = [{**row, "column_name": _column_of(row["column_name"], ledger)} for row in table.to_pylist()]
    kind = {**dict.fromkeys(table.schema.names), "header_text": TOLD.format(ledger.kind), "column_name": ledger.kind, "is_refused": False}
    if rows:
        kind["source_sha256"] = rows[0]["source_sha256"]
    pq.write_table(pa.Table.from_pylist([*rows, kind], table.schema), headers)


def as_register_notes(notes: Path, register: Register) -> None:
    """Write a file of notes anew with the register's columns in place of the ledger's."""
    ledger = register.ledger
    if ledger is None or not notes.exists():
        return
    rows = [{**row, "column_name": _column_of(row["column_name"], ledger)} for row in pq.read_table(notes).to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows, NOTE_SCHEMA), notes, compression="zstd")


def _column_of(name: str | None, ledger: Ledger) -> str | None:
    """The register's column for one of the ledger's; what only says that an event happened is its kind."""
    for event in ledger.events:
        if name in {f"{event.name}_on", f"{event.name}_later"}:
            return ledger.day
        if name == f"{event.name}_said":
            return ledger.kind
        for column in event.beside:
            if name == f"{event.name}_{column}":
                return column
    return name
