"""Quarantine: rows that break a row-level rule are set aside, each with every rule it breaks, and the others go on.

A rule with `quarantine: true` returns from its query columns by which rows of its table are known again, e.g. their key.
Call `set_aside` on a table as soon as it is built: what reads it then sees only rows that may go on.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from flows.errors import ConfigurationError, finding
from flows.suites import Rule, Suite

SCHEMA = "quarantine"


def row_rules(suites: Sequence[Suite]) -> dict[str, list[Rule]]:
    """The rules that set rows aside, by table."""
    rules: dict[str, list[Rule]] = {}
    for suite in suites:
        rules.setdefault(suite.table, []).extend(rule for rule in suite.rules if rule.quarantine)
    return {table: chosen for table, chosen in rules.items() if chosen}


def set_aside(connection: duckdb.DuckDBPyConnection, table: str, rules: Sequence[Rule]) -> int:
    """Move every row of `table` that breaks one of `rules` to `quarantine.<table's name>`, and say how many went.

    That table has the columns of `table`, and `broken_rules`: the names of all rules that the row breaks.

    Raises:
        ConfigurationError: a rule's query cannot be run, or returns what is no column of the table.
    """
    columns = set(_columns(connection, f"select * from {table}"))
    breaches = [_breaches(connection, table, columns, rule) for rule in rules]
    away = f"{SCHEMA}.{table.partition('.')[2]}"
    names = [str(rule.name) for rule in rules]
    connection.begin()
    try:
        connection.execute(f"create schema if not exists {SCHEMA}")
        connection.execute(
            f"create or replace temp table breaches as select row_id, list(rule order by number) as broken_rules from "
            f"({' union all '.join(f'select rowid as row_id, {n} as number, ${n} as rule from ({sql})' for n, sql in enumerate(breaches, start=1))}) "
            "group by row_id",
            names,
        )
        connection.execute(
            f"create table {away} as select rows.*, breaches.broken_rules from {table} as rows inner join breaches on rows.rowid = breaches.row_id"
        )
        connection.execute(f"delete from {table} where rowid in (select row_id from breaches)")
        connection.execute("drop table breaches")
        connection.commit()
    except duckdb.Error as error:
        connection.rollback()
        raise ConfigurationError(_told(table, "; ".join(names), str(error))) from error
    row = connection.execute(f"select count(*) from {away}").fetchone()
    return int(row[0]) if row else 0


def _breaches(connection: duckdb.DuckDBPyConnection, table: str, columns: set[str], rule: Rule) -> str:
    """SQL for the rows of the table, with their row ids, that the rule's query names."""
    query = str(rule.kwargs["unexpected_rows_query"]).format(batch=f"(select * from {table})")
    try:
        named = _columns(connection, query)
    except duckdb.Error as error:
        raise ConfigurationError(_told(table, str(rule.name), str(error))) from error
    if strange := [name for name in named if name not in columns]:
        raise ConfigurationError(_told(table, str(rule.name), f"a query that returns {', '.join(strange)}"))
    same = " and ".join(f'rows."{name}" is not distinct from named."{name}"' for name in named)
    return f"select rows.rowid from {table} as rows semi join ({query}) as named on {same}"


def _columns(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [name for name, *_ in connection.execute(f"describe {query}").fetchall()]


def _told(table: str, rule: str, found: str) -> str:
    return finding(
        f"expectations/{table.replace('.', '/')}.yaml, {rule}",
        found,
        "a query that returns columns of its table",
        "Name its key, e.g. the id.",
    )
