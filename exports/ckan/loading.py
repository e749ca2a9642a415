"""Fills a new DataStore table beside the one that readers use (docs/decisions/datastore.md).

Two ways: by chunks of our own through `datastore_upsert`, or by xloader, which the portal's own worker runs (COPY straight
into PostgreSQL). Either way the table has its types and its dictionary before the first row, and is read back before readers see it.

xloader's content is checked: it strips blanks unless configured not to, turns an empty text into null and CRLF within a
text into LF. Its rows are compared with the release like any other table, and the rows that differ are rewritten.
It also leaves changed rows out of the full-text search from then on, unless the DataStore's trigger is set again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from exports.ckan.client import PortalClient
from exports.ckan.datastore_table import (
    Records,
    chunks,
    describe_table,
    differing_rows,
    insert,
    open_comparison,
    recount,
    removals,
    remove,
    size,
    update,
)
from exports.ckan.desired import DATASTORE_ONLY, LOADING_NAME, ROWS, DesiredTable
from exports.ckan.errors import PortalError, PortalRefused
from exports.ckan.parallel import bounded_map
from exports.messages import _

Loader = Literal["auto", "rows", "xloader"]
Progress = Callable[[str], None]

CHUNK_ROWS = 5_000
ONE_CALL_ROWS = 10_000  # up to which a table is created with its rows by one call, which saves comparing it with its portions
XLOADER_MIN_ROWS = 50_000  # rows from which xloader takes half the time of our own portions, unless many must be corrected (docs/portal.md)
FULL_TEXT = {"function": "populate_full_text_trigger"}  # the DataStore's own; xloader 2.6.0 switches it off and, on CKAN 2.12, not on again
# In which the portal's worker must have begun, else there is none; other jobs may be queued before ours.
WORKER_START_SECONDS = 300.0
XLOADER_TIME = 3 * 3600.0  # seconds; xloader's own limit for a job


@dataclass(frozen=True)
class LoadOptions:
    """Options of a publication: datasets, and portions of a table, at once; the way to load a table."""

    parallel: int = 2
    loader: Loader = "auto"
    has_xloader: bool = False

    def takes_xloader(self, table: DesiredTable) -> bool:
        if not self.has_xloader or self.loader == "rows" or len(table.csv) > 1:
            return False
        return self.loader == "xloader" or (table.rows >= XLOADER_MIN_ROWS and _rows_to_correct(table) * 100 <= table.rows)


def _rows_to_correct(table: DesiredTable) -> int:
    """Rows with a text that xloader would change: each costs more to correct than a portion of ours would have cost."""
    texts = [field["id"] for field in table.fields if field["type"] == "text"]
    changed = " or ".join(f"{name} = '' or contains({name}, chr(13))" for name in texts) or "false"
    with duckdb.connect() as connection:
        return int(connection.execute(f"select count(*) from {table.relation} where {changed}").fetchall()[0][0])


def fresh_table(
    client: PortalClient,
    present: dict[str, Any],
    table: DesiredTable,
    options: LoadOptions,
    progress: Progress,
    *,
    alias: str | None,
    is_public: bool,
) -> str:
    """Load the release's rows into a resource that no reader uses yet. Gives its id. `alias` is given to it where it is free.

    A resource that an earlier run began with the same rows is completed. The rows are read back first where readers will see them
    as soon as they are in place; those of a dataset that is still private, once it is whole.

    Raises:
        PortalError: the portal refuses the rows, or returns other rows than were sent.
    """
    slot = _slot(present, table)
    by_xloader = options.takes_xloader(table) if slot is None else slot.get("url_type") == "upload"
    if slot is None:
        slot = _new_slot(client, present, table, by_xloader=by_xloader)
    resource_id = str(slot["id"])
    if not by_xloader and table.rows <= ONE_CALL_ROWS and _create_filled(client, resource_id, table, alias):
        if is_public:
            _require_equal(client, resource_id, table)
        return resource_id
    _prepare(client, resource_id, table, alias, by_xloader=by_xloader)
    if by_xloader:
        _run_xloader(client, resource_id, table, progress)
        client.call("datastore_create", resource_id=resource_id, triggers=[FULL_TEXT], force=True)
        client.call("resource_patch", id=resource_id, url="_datastore_only_resource", clear_upload=True)
    _complete(client, resource_id, table, options, progress)
    return resource_id


def _create_filled(client: PortalClient, resource_id: str, table: DesiredTable, alias: str | None) -> bool:
    """Create a small table with all its rows, in one transaction; gives whether that was done. Where it was not, a table that is begun
    already, or a request that is too large for the portal, is left to the way for large ones.
    """
    with duckdb.connect() as connection:
        connection.execute(f"create view release as from {table.relation}")
        records = [record for chunk in chunks(connection, "release", table, ONE_CALL_ROWS) for record in chunk]
    try:
        client.call("datastore_create", **_table_words(resource_id, table, alias), records=records, calculate_record_count=True)
    except PortalRefused:
        return False
    return True


def _table_words(resource_id: str, table: DesiredTable, alias: str | None) -> dict[str, Any]:
    words = {"resource_id": resource_id, "fields": list(table.fields), "primary_key": list(table.primary_key), "force": True}
    return words | ({"aliases": [alias]} if alias else {})


def _slot(present: dict[str, Any], table: DesiredTable) -> dict[str, Any] | None:
    found = (one for one in present["resources"] if one["name"] == LOADING_NAME and one.get(ROWS) == table.md5)
    return next(found, None)


def _new_slot(client: PortalClient, present: dict[str, Any], table: DesiredTable, *, by_xloader: bool) -> dict[str, Any]:
    """A new resource, with an unknown format until it is complete: with one that it knows (or CKAN guesses), xloader would start unasked."""
    facts = loading_resource(table)
    if by_xloader:
        facts = {key: value for key, value in facts.items() if key not in DATASTORE_ONLY}
        return dict(client.call("resource_create", package_id=present["id"], files={"upload": table.csv[0].body}, **facts))
    return dict(client.call("resource_create", package_id=present["id"], **facts))


def loading_resource(table: DesiredTable) -> dict[str, Any]:
    """The resource that a table is loaded into."""
    return {**table.resource, "name": LOADING_NAME, "format": "loading", **DATASTORE_ONLY}


def _prepare(client: PortalClient, resource_id: str, table: DesiredTable, alias: str | None, *, by_xloader: bool) -> None:
    """Set types, key and dictionary before the first row. xloader keeps the types that it finds as overrides in the dictionary."""
    words = _table_words(resource_id, table, alias)
    if by_xloader:
        words["fields"] = [
            {**one, "info": {**one["info"], "type_override": one["type"], "strip_extra_white": False}, "strip_extra_white": False}
            for one in table.fields
        ]
    client.call("datastore_create", **words)


def _run_xloader(client: PortalClient, resource_id: str, table: DesiredTable, progress: Progress) -> None:
    """Let the portal's worker load the file. Where it fails or there is no worker, missing rows are sent by chunks of our own."""
    client.call("xloader_submit", resource_id=resource_id, ignore_hash=True)
    began, pause, last = time.monotonic(), 0.5, ""
    while time.monotonic() - began < XLOADER_TIME:
        status = client.call("xloader_status", resource_id=resource_id)
        if status["status"] != last:
            progress(f"{table.alias}: xloader: {status['status']}")
            last = status["status"]
        if last in {"complete", "error"} or (last in {"submitting", "pending"} and time.monotonic() - began > WORKER_START_SECONDS):
            return
        time.sleep(pause)
        pause = min(5.0, pause * 1.2)


def _complete(client: PortalClient, resource_id: str, table: DesiredTable, options: LoadOptions, progress: Progress) -> None:
    """Add missing rows, correct those that differ, and read the whole table back."""
    with open_comparison(client, resource_id, table) as connection:
        done = table.rows - size(connection, "added")
        for loaded in _insert_portions(client, resource_id, table, chunks(connection, "added", table, CHUNK_ROWS), options.parallel):
            done += loaded
            progress(f"{table.alias}: " + _("{done:,} of {total:,} rows", done=done, total=table.rows))
        if wrong := size(connection, "changed") + size(connection, "removed"):
            progress(f"{table.alias}: " + _("{count:,} rows to correct", count=wrong))
            for portion in chunks(connection, "changed", table, CHUNK_ROWS):
                update(client, resource_id, portion)
            remove(client, resource_id, removals(connection))
    describe_table(client, resource_id, table)
    recount(client, resource_id)
    _require_equal(client, resource_id, table)


def _require_equal(client: PortalClient, resource_id: str, table: DesiredTable) -> None:
    if (left := differing_rows(client, resource_id, table)).total:
        raise PortalError(
            _(
                "{table}: the loaded table differs from the release ({left}); the table that readers see was not touched",
                table=table.alias,
                left=left,
            )
        )


def _insert_portions(client: PortalClient, resource_id: str, table: DesiredTable, portions: Iterable[Records], width: int) -> Iterator[int]:
    """The size of each portion once it is in the table; several are sent at once."""

    def work(portion: Records) -> int:
        insert(client, resource_id, table, portion)
        return len(portion)

    return bounded_map(width, work, portions)
