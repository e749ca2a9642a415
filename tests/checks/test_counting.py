"""The metrics that are counted by few statements are those that Great Expectations finds by itself."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from exports.catalog import Catalog, Text
from flows.quality.checks import met, warm_up
from flows.quality.counting import ROW_COUNT, breaks_none, columns_by_table, count_rules
from flows.quality.suites import Rule, Suite, load_suites

COLUMNS = "n bigint, m bigint, share double, price decimal(9, 2), word varchar, other varchar, made_on date, left_on date, is_flag boolean"
VALUES: tuple[tuple[Any, ...], ...] = (
    (0, 1, 2, 5, -3),
    (1, 2, 9),
    (0.0, 0.5, 1.0, float("nan"), float("inf"), -0.25),
    ("0.00", "1.25", "-7.10"),
    ("甲", "it's", "", "{column}", "a\nb"),
    ("甲", "乙"),
    ("2026-01-01", "2026-02-28", "1999-12-31"),
    ("2026-01-02", "2026-02-28"),
    (True, False),
)
MADE = {
    "seed 1": (1, 40, 0.2),
    "seed 2": (2, 7, 0.6),
    "one row": (3, 1, 0.3),
    "no row": (4, 0, 0.0),
    "only nulls": (5, 6, 1.0),
    "full": (6, 25, 0.0),
}
FLAG = {"column": {"name": "is_flag"}, "operator": "==", "type": "comparison"}
A_AND_B = "expect_column_pair_values_a_to_be_greater_than_b"
COUNTED: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "expect_table_columns_to_match_ordered_list",
        {"column_list": ["n", "m", "share", "price", "word", "other", "made_on", "left_on", "is_flag"]},
    ),
    ("expect_table_columns_to_match_ordered_list", {"column_list": ["m", "n", "gone"]}),
    ("expect_column_values_to_not_be_null", {"column": "word"}),
    ("expect_column_values_to_not_be_null", {"column": "n", "mostly": 0.5}),
    ("expect_column_values_to_not_be_null", {"column": "word", "mostly": 0.7, "row_condition": {**FLAG, "parameter": False}}),
    ("expect_column_values_to_not_be_null", {"column": "is_flag", "row_condition": {**FLAG, "parameter": True}}),
    ("expect_column_values_to_be_in_set", {"column": "word", "value_set": ["甲", "it's", "{column}"]}),
    ("expect_column_values_to_be_in_set", {"column": "word", "value_set": ["甲"], "mostly": 0.3}),
    ("expect_column_values_to_be_between", {"column": "n", "min_value": 0, "max_value": 3}),
    ("expect_column_values_to_be_between", {"column": "share", "min_value": 0, "max_value": 0.5}),
    ("expect_column_values_to_be_between", {"column": "share", "max_value": 0.75, "mostly": 0.5}),
    ("expect_column_values_to_be_between", {"column": "price", "min_value": 1.25}),
    ("expect_column_values_to_be_unique", {"column": "word"}),
    ("expect_column_values_to_be_unique", {"column": "share", "mostly": 0.4}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["word", "other"]}),
    ("expect_compound_columns_to_be_unique", {"column_list": ["n", "share", "is_flag"]}),
    (A_AND_B, {"column_A": "left_on", "column_B": "made_on", "or_equal": True}),
    (A_AND_B, {"column_A": "left_on", "column_B": "made_on", "ignore_row_if": "either_value_is_missing"}),
    (A_AND_B, {"column_A": "n", "column_B": "m", "or_equal": True, "mostly": 0.5}),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "-- the first line is a comment\nfrom {batch} where n > 1"}),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "from {batch} where regexp_matches(word, '^.{{1}}$')"}),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "select a.n from {batch} as a inner join {batch} as b using (n)"}),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "select 1 from (select count(*) as found from {batch}) where found = 7"}),
)
LEFT: tuple[tuple[str, dict[str, Any]], ...] = (
    ("expect_column_values_to_be_in_set", {"column": "n", "value_set": [1, 2]}),
    ("expect_column_values_to_be_in_set", {"column": "word", "value_set": []}),
    ("expect_column_values_to_be_between", {"column": "word", "min_value": 1}),
    ("expect_column_values_to_be_between", {"column": "made_on", "min_value": "2026-01-01"}),
    ("expect_column_values_to_be_between", {"column": "n", "min_value": 1, "strict_min": True}),
    ("expect_column_values_to_be_between", {"column": "n", "min_value": 5, "max_value": 1}),
    ("expect_column_values_to_not_be_null", {"column": "gone"}),
    ("expect_column_values_to_not_be_null", {"column": "n", "row_condition": {**FLAG, "parameter": "no"}}),
    ("expect_column_values_to_be_null", {"column": "n"}),
    (A_AND_B, {"column_A": "n", "column_B": "word"}),
    (A_AND_B, {"column_A": "n", "column_B": "m", "ignore_row_if": "neither"}),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "from {batch} where gone > 1"}),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "from {batch} where cast(word as integer) > 0"}),
    ("unexpected_rows_expectation", {"unexpected_rows_query": "from {batch} where n > {limit}"}),
)


def rules(written: tuple[tuple[str, dict[str, Any]], ...]) -> list[Rule]:
    text = Text(zh="因为", en="because")
    return [Rule(name=text, type=kind, kwargs=arguments, severity="warning", why=text) for kind, arguments in written]


def made(folder: Path, seed: int, row_count: int, nulls: float) -> Path:
    """A warehouse with one table of invented values that repeat and are missing often."""
    chosen = random.Random(seed)
    path = folder / "made.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(f"create schema core; create table core.made ({COLUMNS})")
        for _ in range(row_count):
            row = [None if chosen.random() < nulls else chosen.choice(values) for values in VALUES]
            connection.execute(f"insert into core.made values ({', '.join('?' * len(row))})", row)
    return path


@pytest.mark.parametrize("name", MADE)
def test_counted_rules_give_the_results_of_a_checkpoint(name: str, tmp_path: Path) -> None:
    gx = warm_up()
    built = [gx.expectation(kind, arguments, {"rule": str(number)}) for number, (kind, arguments) in enumerate(COUNTED)]
    with gx.open_warehouse(made(tmp_path, *MADE[name])) as opened:
        columns = columns_by_table(opened.connection)["core.made"]
        counted = count_rules(opened.connection, "core.made", columns, rules(COUNTED))
        found = {result.expectation_config.meta["rule"]: result for result in opened.run("all", [("all", "core.made", built)])}
    assert None not in counted
    for number, (expectation, metrics) in enumerate(zip(built, counted, strict=True)):
        ours, theirs = gx.judge(expectation, metrics).to_json_dict(), found[str(number)].to_json_dict()
        compared = ("success", "result", "exception_info")
        assert {key: ours[key] for key in compared} == {key: theirs[key] for key in compared}, COUNTED[number]
        assert ours["expectation_config"]["type"] == theirs["expectation_config"]["type"]


@pytest.mark.parametrize("name", MADE)
def test_great_expectations_lets_pass_what_no_row_breaks_with_the_counts_that_are_taken_over(name: str, tmp_path: Path) -> None:
    gx = warm_up()
    passed = 0
    with duckdb.connect(made(tmp_path, *MADE[name]), read_only=True) as connection:
        columns = columns_by_table(connection)["core.made"]
        counted = count_rules(connection, "core.made", columns, rules(COUNTED))
    for rule, (kind, arguments), metrics in zip(rules(COUNTED), COUNTED, counted, strict=True):
        assert metrics is not None
        if breaks_none(rule, metrics):
            judged = gx.judge(gx.expectation(kind, arguments, {}), metrics)
            taken = met(Suite("core.made", "made", (rule,)), rule, metrics.get(ROW_COUNT, 0), ())
            assert judged.success
            assert (judged.result.get("element_count"), judged.result.get("unexpected_count")) == (
                taken.checked_count,
                taken.failed_count,
            ), kind
            passed += 1
    assert passed or name != "full"


@pytest.mark.parametrize(("kind", "arguments"), LEFT)
def test_what_is_not_known_or_cannot_be_run_is_left_to_great_expectations(kind: str, arguments: dict[str, Any], tmp_path: Path) -> None:
    with duckdb.connect(made(tmp_path, *MADE["full"]), read_only=True) as connection:
        columns = columns_by_table(connection)["core.made"]
        known, left = count_rules(connection, "core.made", columns, rules((COUNTED[2], (kind, arguments))))
    assert left is None
    assert known == {"table.row_count": 25, "column_values.nonnull.unexpected_count": 0}


def test_every_rule_of_the_descriptors_is_counted(good_warehouse: Path, catalog: Catalog, tmp_path: Path) -> None:
    left = []
    with duckdb.connect(shutil.copyfile(good_warehouse, tmp_path / "good.duckdb"), read_only=True) as connection:
        columns = columns_by_table(connection)
        for suite in load_suites(catalog, tmp_path / "none"):
            counted = count_rules(connection, suite.table, columns[suite.table], suite.rules)
            left += [f"{suite.place}: {rule.name}" for rule, metrics in zip(suite.rules, counted, strict=True) if metrics is None]
    assert left == []
