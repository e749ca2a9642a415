"""What the raw store holds, as the tables that staging models read: every file that stands, and how it came to stand there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from exports.catalog import Catalog
from exports.sql_text import literal
from flows.sources.ledger import LEDGER, Ledger
from flows.sources.plans.answer import SCHEMAS as PLAN_SCHEMAS
from flows.sources.plans.kind_table import TABLE as DOCUMENT_KINDS
from flows.sources.public_paths import public_paths
from flows.sources.readers import PLANS
from flows.sources.registers.reader import HEADER_SCHEMA, HEADERS, STATEMENTS
from flows.sources.registers.rows import ROWS
from flows.sources.store import REJECT_SCHEMA, REJECTS
from flows.sources.tables.notes import NOTE_SCHEMA, NOTES
from flows.warehouse.arrow_tables import make_empty_view, make_table, make_text_table
from flows.warehouse.calendar_days import calendar_days
from flows.warehouse.corrections import GRAINS as CORRECTION_GRAINS
from flows.warehouse.corrections import PROJECT, corrected, load_corrections, read_corrections
from flows.warehouse.current_sources import Source
from flows.warehouse.document_decisions import GRAIN as DOCUMENT_DECISIONS_GRAIN
from flows.warehouse.document_decisions import TABLE as DOCUMENT_DECISIONS
from flows.warehouse.document_decisions import document_decisions
from flows.warehouse.leaving import GRAINS as LEAVING_GRAINS
from flows.warehouse.leaving import load_leaving
from flows.warehouse.leaving import macros as leaving_macros
from flows.warehouse.masking import thresholds
from flows.warehouse.measures import measure_table
from flows.warehouse.person_rows import macros as person_macros
from flows.warehouse.queries import load_query
from flows.warehouse.returned_rows import GONE, STALE, SUPERSEDED, settle, standing
from flows.warehouse.returned_rows import GRAIN as SUPERSEDED_GRAIN
from flows.warehouse.review import COLUMNS, NONE, read_decisions
from flows.warehouse.scoring import scoring_items
from flows.warehouse.source_changes import load_changes
from flows.warehouse.table_keys import TABLE as KEYS
from flows.warehouse.task_reviews import GRAIN as TASK_DECISIONS_GRAIN
from flows.warehouse.task_reviews import TABLE as TASK_DECISIONS
from flows.warehouse.task_reviews import task_decisions
from flows.warehouse.templates import SQL, render
from flows.workspace.settings import Workspace

GRAINS = {
    "raw.sources": "one row per address and set of bytes that stood there, with the time from when to when: the ledger",
    "raw.rejects": "one row per file, or row of a file, that could not be read, with the reason",
    "raw.unknown_headers": "one row per file and header that the register's descriptor does not name; what stood below it is kept unless it was refused",
    "raw.source_notes": "one row per cell, row, column or sheet of a file of which its reading has something to say: unreadable, passed over, filled in",
    "raw.recognised_columns": "one row per set of bytes of a register's file and column of its descriptor that a header of it names",
    SUPERSEDED: SUPERSEDED_GRAIN,
    "raw.source_changes": "one row per address of a register whose bytes were replaced: the shape of the file now and before",
    "raw.column_changes": "one row per column of such a file: how much of it was filled, and readable as its type, now and before",
    **CORRECTION_GRAINS,
    **LEAVING_GRAINS,
    "reference.run": "one row: the day and the government for which this warehouse was built, and the digest of what it was built from",
    "reference.annual_report_columns": "one row per column of the annual report's tables, in each edition of the national format",
    "reference.annual_report_rows": "one row per row of the annual report's tables, in each edition of the national format",
    DOCUMENT_DECISIONS: DOCUMENT_DECISIONS_GRAIN,
    "reference.document_kinds": "one row per kind of document, with the words of title and text by which it is known",
    "reference.evidence_rules": "one row per rule of a register's descriptor by which its rows are evidence for plan tasks of a kind",
    "reference.measures": "one row per measure that a scoring scheme can count",
    "reference.scoring_items": "one row per year and item of the workspace's scoring schemes",
    "reference.calendar": "one row per day, as the State Council's notices have it",
    "reference.extraction_accuracy": "one row per kind of documents, layout and field of the labelled documents on which the plan reader was measured",
    "reference.clock_rules": "one row per legal term: how many days of which kind, by which law and article",
    "reference.code_words": "one row per coded column and word that clerks write for one of its codes",
    "reference.office_contacts": "one row per mail domain, or word before a telephone number, that is an office's and no person's",
    "reference.regions": "one row per administrative division, after the National Bureau of Statistics (2023 edition)",
    "reference.townships": "one row per town or street, after the National Bureau of Statistics (2023 edition)",
    "reference.update_intervals": "one row per kind of matter and the interval in which the national inspection indicators want it updated",
    "reference.unit_abbreviations": "one row per standard abbreviation of a kind of unit",
    "reference.unit_reforms": "one row per former name of a kind of unit and the name that a reform gave it",
    "reference.small_cells": "one row per dataset whose small counts stay empty, with the smallest count that is told",
    TASK_DECISIONS: TASK_DECISIONS_GRAIN,
    "reference.unit_decisions": "one row per unit name that a person decided about; no unit_id: it is none",
    "checks.results": "one row per rule and what came of it when this warehouse was checked",
    "reference.quality_history": "one row per earlier release, dataset and rule: what the latest release before this build says of checks",
    "reference.released_tombstones": "one row per withdrawal in the latest release that has any: by what it names its record",
    "checks.datasets": "one row per dataset that was checked",
    KEYS: "one row per table and view of this warehouse: of what it was made and what is in it, as digests, by which the next build takes it over",
    "checks.rule_keys": "one row per rule: of what its result was made, as digests, by which the next check takes it over",
    "checks.files": "one row per file that passed the release gate: what a release of this warehouse gives out",
}
"""What the tables are that no model makes; a model says its own grain in its first line."""

FORMER: Mapping[str, tuple[str, ...]] = {
    "plan_documents": ("title", "issuer", "doc_number", "issued_on", "plan_year", "disclosure_attribute"),
    "plan_tasks": ("task_index", "task_no", "task_title", "deadline_text", "deadline_on", "line_start", "quoted_text"),
    "plan_marks": ("mark_kind", "line", "quoted_text"),
    "withdrawals": ("source_sheet", "source_row", "index_number", "withdrawn_title", "printed_unit_name", "withdrawn_on", "url"),
}
"""What is kept of plans and lists of withdrawals that were replaced, in raw.former_<table>: columns that every version of the reader wrote."""


def load_raw(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, catalog: Catalog, sources: Sequence[Source], former: Sequence[Source]
) -> None:
    """Make what staging models read: reference tables, the ledger, the rows of `sources`, and what is kept of `former`."""
    for schema in ("raw", "reference", "staging", "core", "marts", "checks"):
        connection.execute(f"create schema if not exists {schema}")
    connection.execute((SQL / "macros.sql").read_text("utf-8"))
    connection.execute(render("word_macros", SQL))
    connection.execute(person_macros())
    connection.execute(leaving_macros())
    for path in sorted(set((SQL / "reference").glob("*.csv")) - {PROJECT}):
        connection.execute(f"create table reference.{path.stem} as from read_csv($1, all_varchar = true, header = true)", [str(path)])
    for path in sorted((SQL / "reference").glob("*.parquet")):
        connection.execute(f"create table reference.{path.stem} as from read_parquet($1)", [str(path)])
    _add_codes(connection, catalog)
    make_table(connection, "reference.calendar", calendar_days())
    make_text_table(connection, "reference.unit_decisions", COLUMNS, _decisions(workspace))
    make_table(connection, DOCUMENT_DECISIONS, document_decisions(workspace))
    make_table(connection, TASK_DECISIONS, task_decisions(workspace))
    connection.execute(
        "create table reference.document_kinds as select * replace (is_plan = 'yes' as is_plan, text_least::bigint as text_least) "
        "from read_csv($1, all_varchar = true, header = true)",
        [str(DOCUMENT_KINDS)],
    )
    make_table(connection, "reference.small_cells", thresholds(catalog))
    make_table(connection, "reference.evidence_rules", _evidence_rules(catalog))
    make_table(connection, "reference.measures", measure_table(catalog))
    make_table(connection, "reference.scoring_items", scoring_items(workspace))
    _load_sources(connection, workspace)
    load_corrections(connection, read_corrections(workspace, catalog))
    load_leaving(connection, workspace, catalog, sources)
    _hide_paths(connection, "reference.corrections", public_paths(Ledger(workspace.raw).entries))
    settle(connection, {name: _files(sources, name) for name in catalog.registers})
    schemas = _raw_schemas(catalog)
    for name, schema in schemas.items():
        relation = partial(_register_rows, connection, catalog, name) if name in catalog.registers else parquet_of
        _view_files(connection, f"raw.{name}", schema, _files(sources, name), relation)
    for name, columns in FORMER.items():
        schema = pa.schema([schemas[name].field(column) for column in ("source_sha256", *columns)])
        files = [file for file in _files(former, name) if _has_all(file, schema)]
        _view_files(connection, f"raw.former_{name}", schema, files, partial(_columns_of, schema.names))
    _load_notes(connection, sources)
    _load_recognised_columns(connection, sources)
    _load_source_notes(connection, sources)
    load_changes(connection, workspace, catalog, sources)


def _register_rows(connection: duckdb.DuckDBPyConnection, catalog: Catalog, name: str, files: Sequence[Path]) -> str:
    """The SQL relation of a register's rows: those that stand, as people corrected them."""
    return corrected(connection, name, catalog.registers[name], standing(connection, name, files))


def _columns_of(names: Sequence[str], files: Sequence[Path]) -> str:
    return f"(select {', '.join(names)} from {parquet_of(files)[:-1]}, union_by_name = true))"


def _has_all(file: Path, schema: pa.Schema) -> bool:
    """Whether an earlier version of the reader wrote every column that today's has."""
    return set(schema.names) <= set(pq.read_schema(file).names)


def _add_codes(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> None:
    """Every code stands for itself, too; words are folded here once, as cells are when they are looked up."""
    codes = [(name, code) for name, column in catalog.columns.items() for code in column.enum or ()]
    names, values = zip(*codes, strict=True)
    connection.execute(
        """
        create or replace table reference.code_words as
        select column_name, fold_word(written) as written, code from reference.code_words
        union
        select unnest($names), fold_word(unnest($values)), unnest($values)
        """,
        {"names": list(names), "values": list(values)},
    )


def _evidence_rules(catalog: Catalog) -> pa.Table:
    rules = [
        {"register_name": name, "evidence_rule": rule.rule, "rule_title": str(rule.title), "task_pattern": rule.tasks}
        for name, register in catalog.registers.items()
        for rule in register.evidence
    ]
    return pa.Table.from_pylist(
        rules, pa.schema([(name, pa.string()) for name in ("register_name", "evidence_rule", "rule_title", "task_pattern")])
    )


def _decisions(workspace: Workspace) -> list[tuple[str, str, str | None]]:
    return [(scope, name, None if unit == NONE else unit) for (scope, name), unit in read_decisions(workspace).items()]


def _load_sources(connection: duckdb.DuckDBPyConnection, workspace: Workspace) -> None:
    """The ledger as intervals: a line that only moved a date is no new interval."""
    connection.execute(
        f"create table raw.sources as {load_query('source_intervals')}",
        [str(workspace.raw / LEDGER)],
    )
    _hide_paths(connection, "raw.sources", public_paths(Ledger(workspace.raw).entries))


def _hide_paths(connection: duckdb.DuckDBPyConnection, table: str, public: Mapping[str, str]) -> None:
    """In a table with a source_path, paths that tell of a person take their public form."""
    for path, shown in public.items():
        connection.execute(f"update {table} set source_path = $1 where source_path = $2", [shown, path])


def _raw_schemas(catalog: Catalog) -> dict[str, pa.Schema]:
    """The columns of every raw table, so that one without a single file is there without rows."""
    lead = pa.field("source_sha256", pa.string())
    plans = {name: pa.schema([lead, *schema]) for name, schema in PLAN_SCHEMAS.items()}
    place = [lead, pa.field("source_sheet", pa.string()), pa.field("source_row", pa.int64())]
    registers = {
        name: pa.schema(
            [
                *place,
                *(pa.field(c.name, pa.string()) for c in register.columns),
                pa.field("other_columns", pa.string()),
                pa.field("statements", STATEMENTS),
            ]
        )
        for name, register in catalog.registers.items()
    }
    return plans | registers


def _files(sources: Sequence[Source], name: str) -> list[Path]:
    """The Parquet files of one raw table: a plan's table by its name, a register's rows by the register's."""
    found = {
        path
        for source in sources
        for table, path in source.tables.items()
        if (source.kind == PLANS and table == name) or (source.kind == name and table == ROWS)
    }
    return sorted(found)


def parquet_of(files: Sequence[Path], *, with_names: bool = False) -> str:
    """The SQL relation of Parquet files that are read as they are; `with_names` adds the column `filename`."""
    return f"read_parquet([{', '.join(literal(str(file)) for file in files)}], filename = {str(with_names).lower()})"


def _view_files(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    schema: pa.Schema,
    files: Sequence[Path],
    relation: Callable[[Sequence[Path]], str] = parquet_of,
) -> None:
    if files:
        connection.execute(f"create view {name} as from {relation(files)}")
    else:
        make_empty_view(connection, name, schema)


def _load_notes(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """What could not be read, and which headers nobody knew, each beside the address it came from."""
    forms = {
        "rejects": "notes.source_path, found.* exclude (filename) replace (concat_ws(', ', notes.source_path, reject_place) as reject_place)",
        "unknown_headers": "notes.source_path, source_sha256, header_text, is_refused",
    }
    for table, stem, schema in (("rejects", REJECTS, REJECT_SCHEMA), ("unknown_headers", HEADERS, HEADER_SCHEMA)):
        files = {source.path: source.tables[stem] for source in sources if stem in source.tables}
        paths = pa.array(map(str, files.values()), pa.string())
        make_table(connection, "raw.notes", pa.table({"source_path": pa.array(files, pa.string()), "file": paths}))
        found = schema.append(pa.field("filename", pa.string()))
        _view_files(connection, f"raw.found_{table}", found, sorted(set(files.values())), partial(parquet_of, with_names=True))
        connection.execute(
            f"""
            create table raw.{table} as
            select {forms[table]}
            from raw.found_{table} as found
            inner join raw.notes as notes on found.filename = notes.file
            {"where column_name is null" if stem == HEADERS else ""}
            order by all
            """
        )
        connection.execute("drop table raw.notes")
    _reject_stale(connection)


def _load_recognised_columns(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Make raw.recognised_columns: a cell is empty only where its file has the column; without the column nothing is known."""
    files = sorted({source.tables[HEADERS] for source in sources if HEADERS in source.tables})
    _view_files(connection, "raw.found_columns", HEADER_SCHEMA, files)
    connection.execute(
        """
        create table raw.recognised_columns as
        select distinct source_sha256, column_name from raw.found_columns where column_name is not null order by all
        """
    )


def _load_source_notes(connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]) -> None:
    """Make raw.source_notes: the notes of each file's reading beside every address at which it stands."""
    files = {str(source.tables[NOTES]) for source in sources if NOTES in source.tables}
    _view_files(connection, "raw.found_notes", NOTE_SCHEMA, sorted(map(Path, files)))
    connection.execute(
        """
        create table raw.source_notes as
        select sources.source_path, sources.source_kind, notes.*
        from raw.found_notes as notes
        inner join raw.sources as sources on notes.source_sha256 = sources.source_sha256 and sources.seen_until is null
        order by all
        """
    )


def _reject_stale(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows sent back for a row that stands no longer are rejected like rows that cannot be read."""
    connection.execute(
        f"""
        insert into raw.rejects
        select sources.source_path, stale.source_sha256, stale.source_row,
            concat_ws(', ', sources.source_path, 'sheet ' || stale.source_sheet, 'row ' || stale.source_row), $1
        from {STALE} as stale
        inner join raw.sources as sources on sources.source_sha256 = stale.source_sha256 and sources.seen_until is null
        """,
        [GONE],
    )


def drop_raw_views(connection: duckdb.DuckDBPyConnection) -> None:
    """What only the build reads: the raw store keeps it, and no path of this machine stays in the warehouse."""
    for name, kind in _raw_objects(connection):
        if f"raw.{name}" not in GRAINS:
            connection.execute(f'drop {"view" if kind == "VIEW" else "table"} raw."{name}"')


def _raw_objects(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    yield from connection.execute("select table_name, table_type from information_schema.tables where table_schema = 'raw'").fetchall()
