"""Quarantine: rows that break a row-level rule are moved out, each with every rule it breaks, and the others go on.

A rule with `quarantine: true` returns whole rows from its query (`from {batch} where …`), or columns that identify rows,
e.g. their key. Call `set_aside` on a table as soon as it is built: its readers then see only rows that may go on.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from exports.messages import Message, _, listed
from flows.quality.suites import Rule, Suite
from flows.workspace.errors import ConfigurationError, finding

SCHEMA = "quarantine"
LISTS = {
    "broken_rules": "rule",
    "fault_kinds": "fault",
    "remedy_texts": "remedy",
}  # column of a quarantine table -> what it has of each broken rule
NOTHING = ", ".join(f"cast(null as varchar[]) as {name}" for name in LISTS)
ROWID = "rowid"


def row_rules(suites: Sequence[Suite]) -> dict[str, list[Rule]]:
    """The rules that quarantine rows, by table."""
    rules: dict[str, list[Rule]] = {}
    for suite in suites:
        rules.setdefault(suite.table, []).extend(rule for rule in suite.rules if rule.quarantine)
    return {table: chosen for table, chosen in rules.items() if chosen}


def quarantine_of(table: str) -> str:
    """The table that holds the faulty rows of a table: quarantine.disclosures for staging.disclosures."""
    return f"{SCHEMA}.{table.partition('.')[2]}"


def set_aside(connection: duckdb.DuckDBPyConnection, table: str, rules: Sequence[Rule]) -> int:
    """Move every row of `table` that breaks one of `rules` to its quarantine; gives the number of rows moved.

    The quarantine table has the columns of `table`; `broken_rules`, the names of all rules that the row breaks; and for each of them
    in the same order the kind of finding, `fault_kinds`, and what is asked of the clerk, `remedy_texts`.

    Raises:
        ConfigurationError: a rule's query cannot be run, or returns something that is not a column of the table.
    """
    if connection.execute(f"select 1 from {table} limit 1").fetchone() is None:
        connection.execute(f"create schema if not exists {SCHEMA}")
        connection.execute(f"create table {quarantine_of(table)} as select *, {NOTHING} from {table}")
        return 0
    columns = {*_columns(connection, f"select * from {table}"), ROWID}
    breaches = [_breaches(connection, table, columns, rule) for rule in rules]
    facts = [fact for rule in rules for fact in (str(rule.name), rule.fault, str(rule.remedy))]
    named = [
        f"select row_id, {n} as number, ${3 * n - 2} as rule, ${3 * n - 1} as fault, ${3 * n} as remedy from ({sql})"
        for n, sql in enumerate(breaches, start=1)
    ]
    lists = ", ".join(f"list({fact} order by number) as {name}" for name, fact in LISTS.items())
    connection.begin()
    try:
        connection.execute(f"create schema if not exists {SCHEMA}")
        connection.execute(
            f"create or replace temp table breaches as select row_id, {lists} "
            f"from (select distinct * from ({' union all '.join(named)})) group by row_id",
            facts,
        )
        connection.execute(
            f"create table {quarantine_of(table)} as select rows.*, breaches.* exclude (row_id) "
            f"from {table} as rows inner join breaches on rows.rowid = breaches.row_id"
        )
        connection.execute(f"delete from {table} where rowid in (select row_id from breaches)")
        connection.execute("drop table breaches")
        connection.commit()
    except duckdb.Error as error:
        connection.rollback()
        raise ConfigurationError(_bad_rule(table, "; ".join(str(rule.name) for rule in rules), str(error))) from error
    row = connection.execute(f"select count(*) from {quarantine_of(table)}").fetchone()
    return int(row[0]) if row else 0


def _breaches(connection: duckdb.DuckDBPyConnection, table: str, columns: set[str], rule: Rule) -> str:
    """SQL for the row ids of the rows that the rule's query returns."""
    query = str(rule.kwargs["unexpected_rows_query"]).format(batch=f"(select rowid, * from {table})")
    try:
        named = _columns(connection, query)
    except duckdb.Error as error:
        raise ConfigurationError(_bad_rule(table, str(rule.name), str(error))) from error
    if strange := [name for name in named if name not in columns]:
        raise ConfigurationError(_bad_rule(table, str(rule.name), _("a query that returns {columns}", columns=listed(strange))))
    if ROWID in named:  # whole rows: nothing to compare
        return f"select rowid as row_id from ({query})"
    same = " and ".join(f'rows."{name}" is not distinct from named."{name}"' for name in named)
    return f"select rows.rowid as row_id from {table} as rows semi join ({query}) as named on {same}"


def _columns(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [name for name, *_type in connection.execute(f"describe {query}").fetchall()]


def _bad_rule(table: str, rule: str, found: str) -> Message:
    place = f"expectations/{table.replace('.', '/')}.yaml, {rule}"
    return finding(place, found, _("a query that returns whole rows, or columns of its table"), _("Name its key, e.g. the id."))
