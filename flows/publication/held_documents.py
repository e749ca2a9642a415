"""A second check that nothing of a held plan document leaves: it reads the files themselves and does not trust the marts.

A dataset carried over from an earlier release may still have rows of a document that is not public today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from exports.catalog import Catalog
from exports.messages import _
from exports.release.files import connect
from exports.release.parts import tables_in
from exports.sql_text import literal, quoted
from flows.warehouse.leaving import define_macros

TABLE = "held_documents"
HELD = "select document_id, source_path, source_sha256 from {prefix}core.plan_documents where not is_released"
COPIES = 9  # files of one document at one time whose ids (~2, ~3 …) are looked for under a former number or title
FORMER = f"""
    with versions as (
        select versions.source_sha256, held.plan_year
        from warehouse.core.plan_documents as held
        inner join warehouse.staging.plan_versions as versions on held.document_id = versions.document_id
        where not held.is_released
    ),
    named as (
        select readings.*
        from warehouse.staging.plan_readings as readings
        where exists (
            from versions
            where versions.source_sha256 = readings.source_sha256 and coalesce(versions.plan_year = readings.plan_year, true)
        ) or exists (
            from warehouse.core.record_notices as notices
            where notices.register_name is null
                and (notices.number_key = record_number_key(readings.document_number) or notices.title_key = title_key(readings.document_title))
        )
    )
    select unnest([document_id || copy, document_id || '-' || left(md5(coalesce(document_key, '')), 6) || copy]) as document_id, source_path, source_sha256
    from named, (select unnest([''] || list_transform(range(2, {COPIES + 1}), lambda number: '~' || number)) as copy)
"""
"""SQL: what held documents were called and where they stood before: a version of the same plan with another number, title or address, and what
a tombstone names whose file is gone. A plan of another year that stood at the address is another document."""
PLACES = {
    "document_id": ("document_id", "source_path"),  # an address was the id in releases of earlier versions
    "task_id": ("document_id", "source_path"),
    "record_id": ("source_path", "source_sha256"),  # a number of a register's record may be that of a plan
    "source_path": ("source_path",),
    "source_sha256": ("source_sha256",),
}
"""Columns of public files that may name a document -> by what of it."""
IN_FEED = ("row_key", "old_value", "new_value")
"""Columns of the feed of changes that may hold such a place, or a key of several parts that begins with it."""
IN_KEY = r"(#[0-9]+)?(\|.*)?$"


def held_digests(warehouse: Path) -> frozenset[str]:
    """The SHA-256 of each plan document that is held; not even the name of its file may be published."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return frozenset(digest for *_, digest in connection.execute(HELD.format(prefix="")).fetchall())


def load_held_documents(connection: duckdb.DuckDBPyConnection) -> bool:
    """Create the temporary table `held_documents` (document_id, source_path, source_sha256) once for a connection; whether it has rows.

    It has every name by which a held document is or was known, so that a mark that came together with another number or title holds what left
    before. A name that a document bears which may leave is not among them. The connection has today's warehouse attached as `warehouse`.
    """
    known = connection.execute("select 1 from duckdb_tables() where temporary and table_name = $1", [TABLE]).fetchone()
    if not known:
        define_macros(connection)
        free = "select {0} from warehouse.core.plan_documents where is_released"
        spared = ", ".join(
            f"if({name} not in ({free.format(name)}), {name}, null) as {name}" for name in ("document_id", "source_path", "source_sha256")
        )
        connection.execute(f"create temp table {TABLE} as {HELD.format(prefix='warehouse.')} union select {spared} from ({FORMER})")
    return connection.execute(f"select 1 from {TABLE} limit 1").fetchone() is not None


def held_sources(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Addresses and SHA-256 of all files in which a held document stands or stood, by a connection with the warehouse attached."""
    load_held_documents(connection)
    cells = connection.execute(f"select source_path, source_sha256 from {TABLE}").fetchall()
    return frozenset(cell for row in cells for cell in row if cell is not None)


def find_held_documents(folder: Path, warehouse: Path, catalog: Catalog) -> Mapping[str, list[str]]:
    """Files of a release folder with rows of held documents: path -> one text for each column, with its number of rows."""
    with TemporaryDirectory() as scratch, connect(warehouse, Path(scratch)) as connection:
        return held_documents_in(connection, folder, catalog)


def held_documents_in(connection: duckdb.DuckDBPyConnection, folder: Path, catalog: Catalog) -> Mapping[str, list[str]]:
    """The same by a connection that has the warehouse attached as `warehouse` (exports/release/files.py)."""
    there = load_held_documents(connection)
    paths = tables_in(folder, catalog.published.values()) if there else {}
    slugs = [dataset.slug for dataset in catalog.published.values() if any(column.name == "document_id" for column in dataset.columns)]
    found = {path: list(_rows_of_held(connection, folder / path, slugs)) for path in paths}
    return {path: reasons for path, reasons in found.items() if reasons}


def _rows_of_held(connection: duckdb.DuckDBPyConnection, path: Path, slugs_of_plans: Sequence[str]) -> Iterator[str]:
    relation = literal(str(path))
    columns = {name for name, *_ in connection.execute(f"describe from {relation}").fetchall()}
    matches = {name: _is_of_held(name, r"#[0-9]+$", named_by) for name, named_by in PLACES.items()}
    if "row_key" in columns:
        plans = f"leaving.dataset_slug in ({', '.join(map(literal, slugs_of_plans))})"
        matches = {
            name: f"{_is_of_held(name, IN_KEY, PLACES['record_id'])} or ({plans} and {_is_of_held(name, IN_KEY, PLACES['document_id'])})"
            for name in IN_FEED
        }
    for name in (name for name in matches if name in columns):
        ((count,),) = connection.execute(
            f"select count(*) from {relation} as leaving semi join {TABLE} as held on {matches[name]}"
        ).fetchall()
        if count:
            yield _("rows of held documents") + f": {name}, {count}"


def _is_of_held(column: str, tail: str, named_by: Sequence[str]) -> str:
    """SQL: whether a column of `leaving`, without a tail such as the number of a task, names the document `held`."""
    names = ", ".join(f"held.{name}" for name in named_by)
    return f"regexp_replace(leaving.{quoted(column)}::varchar, {literal(tail)}, '') in ({names})"
