"""Searches a release's feed of changes for identifiers of natural persons, each cell as one of the column that it belongs to.

The feed's values are those of other datasets: a telephone that may stand in one column there may not in another. So the feed's rows are put
together again, dataset by dataset, and searched under that dataset's own allowances. New values are in the release's own files, which
are searched anyway; what is left are old values and keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from exports.catalog import Catalog
from exports.changes.feed import NAME
from exports.sql_text import literal, quoted
from flows.privacy.detect import PrivateFinding, allowances, scan_table

FEED = f"{NAME}.parquet"


def find_private_changes(folder: Path, catalog: Catalog) -> list[PrivateFinding]:
    """The findings in the old values and keys of a release's feed; empty where it has none. The column is that of the dataset concerned."""
    path = folder / "data" / FEED
    if not path.exists():
        return []
    with duckdb.connect() as connection:
        connection.execute(f"create view feed as from {literal(str(path))}")
        return list(_findings(connection, catalog))


def _findings(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> Iterator[PrivateFinding]:
    """Old values as rows of their datasets, then the keys of rows removed."""
    columns = (
        "select dataset_slug, list(distinct column_name order by column_name) from feed where old_value is not null group by 1 order by 1"
    )
    for slug, names in connection.execute(columns).fetchall():
        cells = ", ".join(f"max(old_value) filter (column_name = {literal(name)}) as {quoted(name)}" for name in names)
        connection.execute(
            f"create or replace view old_rows as select {cells} from feed where dataset_slug = {literal(slug)} and old_value is not null group by row_key"
        )
        for found in scan_table(connection, "old_rows", allowances(catalog, slug.replace("-", "_"))):
            yield replace(found, place=f"data/{FEED}", column=f"{slug}.{found.column}")
    connection.execute("create view removed_keys as select row_key from feed where release_change = 'removed'")
    yield from (replace(found, place=f"data/{FEED}") for found in scan_table(connection, "removed_keys"))
