"""Brings one DataStore table to the rows of a release, so that a reader meets no half-loaded table (docs/decisions/datastore.md).

The table's content is read from the table itself, never remembered: its dump costs a thirtieth of a reload and repairs whatever
changed in between. A few changed rows are written in place: added rows in one request, changed ones in a second, removed ones in a
third, each a transaction of its own. Anything larger, or other columns, goes into a new table beside the old one, which
replaces the old one when it is complete and read back.

Changed rows use `update` and added ones `insert`: CKAN's `upsert` leaves the full text of a changed row unchanged
(2.12.0: the row is found by its old words). Times are compared to the millisecond, which is all that
CKAN returns.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from exports.ckan.client import PortalClient
from exports.ckan.desired import DesiredTable
from exports.ckan.errors import PortalNotAnswering, PortalRefused, PortalTooLarge
from exports.messages import _
from exports.sql_text import literal

Records = list[dict[str, Any]]

IN_PLACE_ROWS = 10_000  # rows in one request: about 10 MB and 3 s on a small portal
SAMPLE_ROWS = 1_000  # read every time where the portal computes no digests
MEMORY = "400MB"
LONGEST_LINE = 16 << 20  # bytes that one row of a dump may have


@dataclass(frozen=True)
class RowChanges:
    """How the table's rows differ from the release's. Above IN_PLACE_ROWS only the numbers are known."""

    added: int
    changed: int
    removed: int
    inserts: Records
    updates: Records
    removals: list[int]

    @property
    def total(self) -> int:
        return self.added + self.changed + self.removed

    @property
    def fit_in_place(self) -> bool:
        return self.total <= IN_PLACE_ROWS

    def __str__(self) -> str:
        return f"+{self.added} ~{self.changed} -{self.removed} rows"


def differing_rows(client: PortalClient, resource_id: str, table: DesiredTable) -> RowChanges:
    """The differences between the portal's table and the release.

    Raises:
        PortalError: the table cannot be read, or this release's columns do not fit it.
    """
    with open_comparison(client, resource_id, table) as connection:
        added, changed, removed = (size(connection, side) for side in ("added", "changed", "removed"))
        few = added + changed + removed <= IN_PLACE_ROWS
        return RowChanges(
            added,
            changed,
            removed,
            inserts=_records(connection, "added", table) if few else [],
            updates=_records(connection, "changed", table) if few else [],
            removals=removals(connection) if few else [],
        )


@contextmanager
def open_comparison(client: PortalClient, resource_id: str, table: DesiredTable) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with `added`, `changed` (rows of the release) and `removed` (the table's `_id`)."""
    with TemporaryDirectory() as folder, _small_database(Path(folder)) as connection, ThreadPoolExecutor(1) as beside:
        fetching = beside.submit(_fetch_rows, client, resource_id, Path(folder))
        keys = ", ".join(table.primary_key)
        connection.execute(f"create view release as from {table.relation}")
        connection.execute(f"create table desired as select {keys}, {_fingerprint(table)} as print from release")
        _read_dump(connection, fetching.result(), resource_id, table)
        _require_whole_dump(connection, client, resource_id, table)
        connection.execute(f"""
            create table differing as
            select {keys}, portal._id, portal.print is null as is_added, desired.print is null as is_removed
            from desired full join portal using ({keys})
            where desired.print is distinct from portal.print
        """)
        connection.execute(f"create view added as from release semi join (from differing where is_added) using ({keys})")
        connection.execute(
            f"create view changed as from release semi join (from differing where not is_added and not is_removed) using ({keys})"
        )
        connection.execute("create view removed as select _id from differing where is_removed")
        yield connection


def sample_differs(client: PortalClient, resource_id: str, table: DesiredTable) -> bool:
    """Whether some of up to SAMPLE_ROWS rows of the table, beginning anywhere, are not those of the release.

    Raises:
        PortalError: the table cannot be read.
    """
    start = random.randrange(max(1, table.rows - SAMPLE_ROWS + 1))  # noqa: S311 (a sample, no secret)
    with TemporaryDirectory() as folder, _small_database(Path(folder)) as connection:
        rows = _fetch_rows(client, resource_id, Path(folder), f"&limit={SAMPLE_ROWS}&offset={start}")
        _read_dump(connection, rows, resource_id, table)
        keys = ", ".join(table.primary_key)
        release = f"(select {keys}, {_fingerprint(table)} as print from {table.relation})"
        connection.execute(f"create view strange as from portal anti join {release} using ({keys}, print)")
        return size(connection, "strange") > 0 or size(connection, "portal") != min(SAMPLE_ROWS, table.rows)


def _read_dump(connection: duckdb.DuckDBPyConnection, rows: Path, resource_id: str, table: DesiredTable) -> None:
    """Create `portal`: `_id`, key and fingerprint of each row of the dump.

    Raises:
        PortalRefused: the dump is no CSV of this table.
    """
    keys = ", ".join(table.primary_key)
    try:
        connection.execute(f"create table portal as select _id, {keys}, {_fingerprint(table)} as print from {_dump(rows, table)}")
    except duckdb.Error as error:
        raise PortalRefused(
            _(
                "{table}: the dump of the table {resource} is not its CSV ({fault}): a login page, or cut. Check a proxy before the portal and "
                "publish again.",
                table=table.alias,
                resource=resource_id,
                fault=str(error).splitlines()[0][:120],
            )
        ) from error


def _require_whole_dump(connection: duckdb.DuckDBPyConnection, client: PortalClient, resource_id: str, table: DesiredTable) -> None:
    """Raise where rows of the release seem to be missing although the portal counts more than its dump had: it was cut between two rows.

    Raises:
        PortalNotAnswering: it was.
    """
    found = size(connection, "portal")
    if found < table.rows and (total := client.call("datastore_search", resource_id=resource_id, limit=0).get("total", found)) > found:
        raise PortalNotAnswering(
            _(
                "{table}: the table has {total:,} rows and its dump ended after {found:,}: cut on its way. Nothing was changed; publish again.",
                table=table.alias,
                total=total,
                found=found,
            )
        )


def _small_database(folder: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with little memory, which spills to disk: a publisher may be a small machine."""
    connection = duckdb.connect(str(folder / "sides.duckdb"), config={"temp_directory": str(folder), "memory_limit": MEMORY})
    connection.execute("set preserve_insertion_order = false")
    return connection


def _fingerprint(table: DesiredTable) -> str:
    """SQL: a row's fingerprint. 64 bits distinguish two versions of one row, and a million of them fit where the rows would not."""
    columns = (f"date_trunc('millisecond', {field['id']})" if field["type"] == "timestamp" else field["id"] for field in table.fields)
    return f"hash({', '.join(columns)})"


def _fetch_rows(client: PortalClient, resource_id: str, folder: Path, part: str = "") -> Path:
    """The table's rows, or `part` of them, as CSV without the header: CKAN 2.12 ends it with CRLF and the rows with LF, and no reader
    takes both.
    """
    rows = folder / "rows.csv"
    with (folder / "dump.csv").open("w+b") as dump, rows.open("wb") as file:
        client.download(f"{client.url}/datastore/dump/{resource_id}?bom=false{part}", dump)
        dump.seek(0)
        dump.readline()
        shutil.copyfileobj(dump, file)
    return rows


def _dump(path: Path, table: DesiredTable) -> str:
    """The FROM clause that reads rows of a dump: null is an empty field, an empty text two quotation marks."""
    types = {"_id": "bigint"} | {field["id"]: field["type"] for field in table.fields}
    return (
        f"read_csv({literal(str(path))}, columns = {types}, auto_detect = false, header = false, delim = ',', quote = '\"', "
        f"escape = '\"', new_line = '{_line_end(path)}', nullstr = '', allow_quoted_nulls = false, "
        f"max_line_size = {LONGEST_LINE}, buffer_size = {2 * LONGEST_LINE})"
    )


def _line_end(path: Path) -> str:
    return "\\r\\n" if _last_bytes(path) == b"\r\n" else "\\n"


def _last_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2))
        return file.read()


def _records(connection: duckdb.DuckDBPyConnection, rows: str, table: DesiredTable) -> Records:
    return [record for chunk in chunks(connection, rows, table, IN_PLACE_ROWS) for record in chunk]


def chunks(connection: duckdb.DuckDBPyConnection, rows: str, table: DesiredTable, size: int) -> Iterator[Records]:
    """Rows as CKAN takes them, one request's worth at a time; DuckDB writes the JSON."""
    as_json = f"select to_json({{{', '.join(f'{name!r}: {name}' for name in table.columns)}}})::varchar from {rows}"
    batches = connection.execute(as_json).to_arrow_reader(size)
    return (json.loads("[" + ",".join(batch.column(0).to_pylist()) + "]") for batch in batches)


def write_rows(client: PortalClient, resource_id: str, table: DesiredTable, changes: RowChanges) -> None:
    """Write a few changed rows in place.

    Raises:
        PortalError: the portal refuses the rows or does not answer; the next run reads the table's state.
    """
    if changes.inserts:
        insert(client, resource_id, table, changes.inserts)
    if changes.updates:
        update(client, resource_id, changes.updates)
    remove(client, resource_id, changes.removals)
    recount(client, resource_id)


def remove(client: PortalClient, resource_id: str, row_ids: list[int]) -> None:
    """Remove rows that are no longer released, by their `_id`."""
    for start in range(0, len(row_ids), IN_PLACE_ROWS):  # never with an empty list: that would mean every row
        words: dict[str, Any] = {"filters": {"_id": row_ids[start : start + IN_PLACE_ROWS]}, "calculate_record_count": False}
        client.call("datastore_records_delete", resource_id=resource_id, force=True, **words)


def recount(client: PortalClient, resource_id: str) -> None:
    """Let the portal recount the rows, for the totals that it shows."""
    client.call("datastore_upsert", resource_id=resource_id, force=True, method="insert", records=[], calculate_record_count=True)


def update(client: PortalClient, resource_id: str, records: Records) -> None:
    """Update existing rows in one transaction; in several where the portal takes no request of that size."""
    words: dict[str, Any] = {"resource_id": resource_id, "force": True, "method": "update", "calculate_record_count": False}
    try:
        client.call("datastore_upsert", records=records, **words)
    except PortalTooLarge:
        if len(records) == 1:
            raise
        middle = len(records) // 2
        update(client, resource_id, records[:middle])
        update(client, resource_id, records[middle:])


def describe_table(client: PortalClient, resource_id: str, table: DesiredTable) -> None:
    """Update the data dictionary of a table."""
    client.call("datastore_create", resource_id=resource_id, fields=list(table.fields), force=True)


def removals(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """The `_id` of every row of the table that the release no longer has."""
    return [row[0] for row in connection.execute("select _id from removed").fetchall()]


def size(connection: duckdb.DuckDBPyConnection, rows: str) -> int:
    return int(connection.execute(f"select count(*) from {rows}").fetchall()[0][0])


def insert(client: PortalClient, resource_id: str, table: DesiredTable, chunk: Records) -> None:
    """Insert one chunk exactly once: it is one transaction, so its first row shows whether an unanswered request was carried out.

    A chunk too large for the portal is halved.
    """
    words: dict[str, Any] = {"resource_id": resource_id, "force": True, "method": "insert", "calculate_record_count": False}
    first = {key: chunk[0][key] for key in table.primary_key}
    for pause in client.patience.pauses():
        try:
            client.call("datastore_upsert", tries=1, records=chunk, **words)
        except PortalTooLarge:
            if len(chunk) == 1:
                raise
            middle = len(chunk) // 2
            insert(client, resource_id, table, chunk[:middle])
            insert(client, resource_id, table, chunk[middle:])
        except (
            PortalNotAnswering,
            PortalRefused,
        ) as error:  # a key that is there already: the request was carried out, then sent once more
            if client.call("datastore_search", resource_id=resource_id, filters=first, limit=1)["records"]:
                return
            if pause is None or isinstance(error, PortalRefused):
                raise
            client.sleep(pause)
            continue
        return
