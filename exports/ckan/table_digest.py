"""Digests of DataStore tables, computed by the portal's own database and by DuckDB from the release: equal where the rows are.

A table's digest is its number of rows and the sum of a hash of each row, so no order matters and no row is sent. All tables are asked for
in one statement. It needs CKAN's `datastore_search_sql`, which a portal may have switched off.

The text of a value is the same in both databases, but for fractions: PostgreSQL and DuckDB print large and small ones differently. They are
compared to a 2^20th, as whole numbers; the comparison of all rows (exports/ckan/datastore_table.py) compares every bit.

CKAN lets only listed functions pass, and 2.11 takes `cast(…)`, `coalesce(…)` and a type with a length for functions: none of them is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from exports.ckan.client import PortalClient
from exports.ckan.desired import DesiredTable
from exports.ckan.errors import PortalRefused, PortalTooLarge
from exports.sql_text import literal

TABLES_IN_A_STATEMENT = 20
BYTES = 6  # of a row's MD5: 48 bits, whose sum over a billion rows fits both databases' exact numbers
LARGEST_FRACTION = "1e11"  # above it, 2^20 times the number is no bigint

TableDigest = tuple[int, int]  # number of rows, sum of their hashes


def release_digest(table: DesiredTable) -> TableDigest:
    """The digest of the release's rows."""
    number = f"('0x' || substr(md5({_row_text(table)}), 1, {2 * BYTES}))::bigint"
    with duckdb.connect() as connection:
        sql = f"select count(*), coalesce(sum({number}), 0) from {table.relation}"
        rows, total = connection.execute(sql).fetchall()[0]
    return int(rows), int(total)


def portal_digests(client: PortalClient, tables: Mapping[str, DesiredTable]) -> dict[str, TableDigest]:
    """The digests of tables on the portal, by the tables' ids. A table that cannot be asked is left out: nothing is known of it then.

    Raises:
        PortalNotAnswering: the portal does not answer.
    """
    found: dict[str, TableDigest] = {}
    ids = list(tables)
    for start in range(0, len(ids), TABLES_IN_A_STATEMENT):
        batch = ids[start : start + TABLES_IN_A_STATEMENT]
        answered = _ask(client, {one: tables[one] for one in batch})
        if answered is None:  # one table that is no longer there, or has other columns, spoils the whole statement
            for one in batch:
                alone = _ask(client, {one: tables[one]})
                if alone is None and not found and one == batch[0]:
                    break  # the portal takes no such statement at all
                found |= alone or {}
        found |= answered or {}
    return found


def _ask(client: PortalClient, tables: Mapping[str, DesiredTable]) -> dict[str, TableDigest] | None:
    number = " + ".join(f"get_byte(hash, {place})::bigint * {256 ** (BYTES - 1 - place)}" for place in range(BYTES))
    parts = (
        f"select {literal(one)} as id, count(*) as rows, sum({number})::text as total "
        f"from (select decode(md5({_row_text(table)}), 'hex') as hash from \"{one}\") as hashed"
        for one, table in tables.items()
    )
    try:
        records = client.call("datastore_search_sql", sql=" union all ".join(parts))["records"]
        return {str(record["id"]): (int(record["rows"]), int(record["total"] or 0)) for record in records}
    except (PortalRefused, PortalTooLarge, KeyError, ValueError):
        return None


def _row_text(table: DesiredTable) -> str:
    """SQL that both databases read alike: length and text of each of a row's values; a null has no length."""
    return " || ".join(_value(field) for field in table.fields)


def _value(field: Mapping[str, Any]) -> str:
    name = '"' + field["id"] + '"'
    text = {
        "float8": f"(case when abs({name}) < {LARGEST_FRACTION} then ({name} * 1048576)::bigint::text else 'large' end)",
        "timestamp": f"date_trunc('milliseconds', {name})::text",
    }.get(field["type"], f"{name}::text")
    return f"(case when {name} is null then '-' else length({text}) || ':' || {text} end)"
