"""A second check that nothing of a held plan document leaves: it reads the files themselves and does not trust the marts.

A dataset carried over from an earlier release may still have rows of a document that is not public today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from exports.catalog import Catalog
from exports.release.files import connect, literal, quoted

HELD = "select document_id, source_sha256 from {prefix}core.plan_documents where not is_released"
PLACES = ("document_id", "task_id", "record_id", "source_path", "source_sha256")
IN_FEED = (
    "row_key",
    "old_value",
    "new_value",
)  # columns of the feed of changes that may hold a place; a key of several parts begins with it


def held_digests(warehouse: Path) -> frozenset[str]:
    """The SHA-256 of each plan document that is held; not even the name of its file may be published."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return frozenset(digest for _, digest in connection.execute(HELD.format(prefix="")).fetchall())


def find_held_documents(folder: Path, warehouse: Path, catalog: Catalog) -> Mapping[str, list[str]]:
    """Files of a release folder with rows of held documents: path -> one text for each column, with its number of rows."""
    with TemporaryDirectory() as scratch, connect(warehouse, Path(scratch)) as connection:
        return held_documents_in(connection, folder, catalog)


def held_documents_in(connection: duckdb.DuckDBPyConnection, folder: Path, catalog: Catalog) -> Mapping[str, list[str]]:
    """The same by a connection that has the warehouse attached as `warehouse` (exports/release/files.py)."""
    connection.execute(f"create or replace temp table held as {HELD.format(prefix='warehouse.')}")
    ((count,),) = connection.execute("select count(*) from held").fetchall()
    paths = [f"data/{dataset.slug}.parquet" for dataset in catalog.published.values()] if count else []
    found = {path: list(_rows_of_held(connection, folder / path)) for path in paths if (folder / path).exists()}
    return {path: reasons for path, reasons in found.items() if reasons}


def _rows_of_held(connection: duckdb.DuckDBPyConnection, path: Path) -> Iterator[str]:
    relation = literal(str(path))
    columns = {name for name, *_ in connection.execute(f"describe from {relation}").fetchall()}
    for name in (name for name in (*PLACES, *(IN_FEED if "row_key" in columns else ())) if name in columns):
        ((count,),) = connection.execute(
            f"select count(*) from {relation} as leaving semi join held on regexp_replace(leaving.{quoted(name)}::varchar, '(#[0-9]+)?(\\|.*)?$', '') "
            "in (held.document_id, held.source_sha256)"
        ).fetchall()
        if count:
            yield f"未公开文件的内容 rows of held documents: {name}, {count}"
