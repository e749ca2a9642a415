"""Counts the rows that rules are about, by few statements a table: the metrics from which Great Expectations judges a rule.

Great Expectations finds its metrics by itself too, at some 8 ms of processor time a rule whatever the size of the table: it builds, sorts
and serializes a graph of metrics for every rule. The kinds of rule that this project writes are counted here instead, with the meaning of
its own SQL; it still defines them, checks their arguments, and judges the counts (flows/quality/gx_duckdb.py). Any other kind, and a rule
that cannot be counted, is left to it as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from exports.sql_text import literal, quoted
from flows.quality.suites import UNEXPECTED_ROWS, Rule

Metrics = dict[str, Any]
ROW_COUNT = "table.row_count"
UNEXPECTED_COUNT = "unexpected_rows_query.row_count"
COLUMN_NAMES = "table.columns"
NULL_COUNT = "column_values.nonnull.unexpected_count"
NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL",
)
_COLUMNS = """
    select schema_name || '.' || table_name, map_from_entries(list((column_name, data_type) order by column_index))
    from duckdb_columns()
    where database_name = current_database()
    group by all
"""


@dataclass(frozen=True)
class _Counting:
    """How a rule's metrics are found: some are known, some are aggregates over its table, some the number of rows of a query."""

    known: Metrics = field(default_factory=dict)
    aggregates: Mapping[str, str] = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)


def columns_by_table(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """The columns of each table and view of a warehouse, in their order, with DuckDB's name of their type."""
    return dict(connection.execute(_COLUMNS).fetchall())


def count_rules(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rules: Sequence[Rule]
) -> list[Metrics | None]:
    """The metrics of each rule by Great Expectations' names for them, in the order of `rules`.

    None where the kind of rule, its arguments or the types of its columns are not known here, or where its SQL cannot be run: that
    says nothing of the data.
    """
    ways = [_way_to_count(rule, table, columns) for rule in rules]
    wanted = dict.fromkeys(sql for way in ways if way for sql in way.aggregates.values())
    totals = _aggregate(connection, table, list(wanted))
    return [_metrics(connection, way, totals) if way else None for way in ways]


def breaks_none(rule: Rule, metrics: Metrics) -> bool:
    """Whether the metrics of a rule say that nothing breaks it; False where no row was there to break it."""
    if rule.type == UNEXPECTED_ROWS:
        return bool(metrics[UNEXPECTED_COUNT] == 0)
    if rule.type == _ORDERED_COLUMNS:
        return bool(metrics[COLUMN_NAMES] == rule.kwargs["column_list"])
    counts = [
        count for name, count in metrics.items() if name.endswith(".unexpected_count") and (name != NULL_COUNT or rule.type == _FILLED)
    ]
    return "row_condition" not in rule.kwargs and counts == [0]


def _aggregate(connection: duckdb.DuckDBPyConnection, table: str, aggregates: Sequence[str]) -> dict[str, int]:
    """All aggregates over a table in one pass; none where it cannot be read."""
    try:
        (row,) = connection.execute(f"select {', '.join(aggregates)} from {table}").fetchall() if aggregates else [()]
    except duckdb.Error:
        return {}
    return dict(zip(aggregates, row, strict=True))


def _metrics(connection: duckdb.DuckDBPyConnection, way: _Counting, totals: Mapping[str, int]) -> Metrics | None:
    if any(sql not in totals for sql in way.aggregates.values()):
        return None
    found = way.known | {name: totals[sql] for name, sql in way.aggregates.items()}
    for name, query in way.queries.items():
        try:
            ((found[name],),) = connection.execute(query).fetchall()
        except duckdb.Error:
            return None
    return found


def _way_to_count(rule: Rule, table: str, columns: Mapping[str, str]) -> _Counting | None:
    """How the rule is counted, or None where that is left to Great Expectations."""
    arguments, count = _KINDS.get(rule.type, (frozenset(), None))
    if count is None or not rule.kwargs.keys() <= arguments | {"mostly"}:
        return None
    named = [rule.kwargs[name] for name in ("column", "column_A", "column_B") if name in rule.kwargs]
    named += rule.kwargs.get("column_list", []) if rule.type != _ORDERED_COLUMNS else []
    return count(rule.kwargs, table, columns) if all(name in columns for name in named) else None


def _unexpected_rows(arguments: Mapping[str, Any], table: str, _: Mapping[str, str]) -> _Counting | None:
    try:
        query = str(arguments["unexpected_rows_query"]).format(batch=f"(select * from {table})")
    except (LookupError, ValueError):
        return None
    counted = {UNEXPECTED_COUNT: f"select count(*) from ({query})"}
    return _Counting(aggregates={ROW_COUNT: "count(*)"}, queries=counted)


def _ordered_columns(_: Mapping[str, Any], __: str, columns: Mapping[str, str]) -> _Counting:
    return _Counting(known={COLUMN_NAMES: list(columns)})


def _nulls(arguments: Mapping[str, Any], _: str, columns: Mapping[str, str]) -> _Counting | None:
    if "row_condition" not in arguments:
        return _of_column(arguments, {})
    if not (chosen := _flag(arguments["row_condition"], columns)):
        return None
    every = _of_column(arguments, {})
    return _Counting(aggregates={name: f"{sql} filter ({chosen})" for name, sql in every.aggregates.items()})


def _flag(condition: Any, columns: Mapping[str, str]) -> str | None:
    """SQL for a condition on the rows that a rule is about; None unless it asks whether a boolean column is true or false."""
    match condition:
        case {"type": "comparison", "column": {"name": str(name)}, "operator": "==", "parameter": bool(wanted), **rest}:
            return f"{quoted(name)} = {str(wanted).lower()}" if columns.get(name) == "BOOLEAN" and not rest else None
    return None


def _in_set(arguments: Mapping[str, Any], _: str, columns: Mapping[str, str]) -> _Counting | None:
    """Only texts: how values of another type compare with those of a list is left to Great Expectations."""
    words = arguments.get("value_set")
    if (
        not words
        or not isinstance(words, list)
        or columns[arguments["column"]] != "VARCHAR"
        or not all(isinstance(word, str) for word in words)
    ):
        return None
    outside = f"{quoted(arguments['column'])} not in ({', '.join(map(literal, words))})"
    return _of_column(arguments, {"column_values.in_set.unexpected_count": outside})


def _between(arguments: Mapping[str, Any], _: str, columns: Mapping[str, str]) -> _Counting | None:
    """Only numbers, as in `_in_set`."""
    low, high = arguments.get("min_value"), arguments.get("max_value")
    bounds = [bound for bound in (low, high) if bound is not None]
    is_number = columns[arguments["column"]].partition("(")[0] in NUMBERS and all(type(bound) in (int, float) for bound in bounds)
    if not bounds or not is_number or (low is not None and high is not None and low > high):
        return None
    column = quoted(arguments["column"])
    within = [f"{column} {comparison} {bound!r}" for comparison, bound in ((">=", low), ("<=", high)) if bound is not None]
    return _of_column(arguments, {"column_values.between.unexpected_count": f"not ({' and '.join(within)})"})


def _unique(arguments: Mapping[str, Any], table: str, _: Mapping[str, str]) -> _Counting:
    repeated = _rows_of_repeated(table, [arguments["column"]])
    return _of_column(arguments, {}, {"column_values.unique.unexpected_count": repeated})


def _unique_together(arguments: Mapping[str, Any], table: str, _: Mapping[str, str]) -> _Counting:
    """A row with a null among the columns repeats none; one with nothing but nulls is left out."""
    names = arguments["column_list"]
    filled = f"count(*) filter (not ({' and '.join(f'{quoted(name)} is null' for name in names)}))"
    metric = "compound_columns.unique"
    return _Counting(
        aggregates={ROW_COUNT: "count(*)", f"{metric}.filtered_row_count": filled},
        queries={f"{metric}.unexpected_count": _rows_of_repeated(table, names)},
    )


def _greater_than(arguments: Mapping[str, Any], _: str, columns: Mapping[str, str]) -> _Counting | None:
    """Only columns of one type; a row that has neither value is left out, and one with a single value where the rule says so."""
    names = arguments["column_A"], arguments["column_B"]
    a, b = map(quoted, names)
    left_out = {
        "both_values_are_missing": f"{a} is null and {b} is null",
        "either_value_is_missing": f"{a} is null or {b} is null",
    }.get(arguments.get("ignore_row_if", "both_values_are_missing"))
    if columns[names[0]] != columns[names[1]] or not left_out:
        return None
    is_kept = f"not ({left_out})"
    compared = f"{a} {'>=' if arguments.get('or_equal') else '>'} {b}"
    metric = "column_pair_values.a_greater_than_b"
    return _Counting(
        aggregates={
            ROW_COUNT: "count(*)",
            f"{metric}.filtered_row_count": f"count(*) filter ({is_kept})",
            f"{metric}.unexpected_count": f"count(*) filter ({is_kept} and not ({compared}))",
        }
    )


def _of_column(arguments: Mapping[str, Any], conditions: Mapping[str, str], queries: Mapping[str, str] | None = None) -> _Counting:
    """Rows, nulls, and the rows that meet conditions on one column; a condition on a null counts none."""
    counted = {name: _count_rows(condition) for name, condition in conditions.items()}
    nulls = _count_rows(f"{quoted(arguments['column'])} is null")
    return _Counting(aggregates={ROW_COUNT: "count(*)", NULL_COUNT: nulls, **counted}, queries=queries or {})


def _count_rows(condition: str) -> str:
    """SQL: the rows for which a condition is true; null where there is no row, as Great Expectations has it."""
    return f"sum(case when {condition} then 1 else 0 end)"


def _rows_of_repeated(table: str, names: Sequence[str]) -> str:
    """SQL: the number of rows whose values in these columns, none of them null, are those of another row too."""
    columns = ", ".join(map(quoted, names))
    known = " and ".join(f"{quoted(name)} is not null" for name in names)
    groups = f"select count(*) as row_count from {table} where {known} group by {columns} having count(*) > 1"
    return f"select coalesce(sum(row_count), 0) from ({groups})"


_ORDERED_COLUMNS = "expect_table_columns_to_match_ordered_list"
_FILLED = "expect_column_values_to_not_be_null"
_Count = Callable[[Mapping[str, Any], str, Mapping[str, str]], _Counting | None]
_KINDS: Mapping[str, tuple[frozenset[str], _Count]] = {
    UNEXPECTED_ROWS: (frozenset({"unexpected_rows_query"}), _unexpected_rows),
    _ORDERED_COLUMNS: (frozenset({"column_list"}), _ordered_columns),
    _FILLED: (frozenset({"column", "row_condition"}), _nulls),
    "expect_column_values_to_be_in_set": (frozenset({"column", "value_set"}), _in_set),
    "expect_column_values_to_be_between": (frozenset({"column", "min_value", "max_value"}), _between),
    "expect_column_values_to_be_unique": (frozenset({"column"}), _unique),
    "expect_compound_columns_to_be_unique": (frozenset({"column_list"}), _unique_together),
    "expect_column_pair_values_a_to_be_greater_than_b": (frozenset({"column_A", "column_B", "or_equal", "ignore_row_if"}), _greater_than),
}
