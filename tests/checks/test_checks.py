from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import astuple, replace
from pathlib import Path

import duckdb
import pytest

from exports.catalog import Catalog
from exports.messages import in_english
from flows.quality.checks import CheckResult, guards, run_suites
from flows.quality.suites import load_suites
from flows.workspace.errors import ConfigurationError

READS: Mapping[str, frozenset[str]] = {
    "marts.units": frozenset({"core.numbers"}),
    "marts.task_units": frozenset({"core.numbers", "core.x"}),
}


def change(warehouse: Path, *statements: str) -> None:
    with duckdb.connect(warehouse) as connection:
        for statement in statements:
            connection.execute(statement)


def check(warehouse: Path, catalog: Catalog, rules: str = "", table: str = "core/numbers") -> dict[str, CheckResult]:
    """The rules that are not met, by name; `rules` is the text of a file of expectations."""
    folder = warehouse.parent / "expectations"
    if rules:
        path = folder / f"{table}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(rules), "utf-8")
    results = run_suites(warehouse, load_suites(catalog, folder), guards(catalog, READS))
    return {result.rule_name.split(" (")[0]: result for result in results if not result.is_met}


def only(catalog: Catalog, *names: str) -> Catalog:
    """The catalog with these datasets only: fewer datasets are checked faster."""
    return replace(catalog, datasets={name: catalog.datasets[name] for name in names})


def rule(kind: str, kwargs: str, severity: str = "critical", name: str = "数字合规") -> str:
    return f"- {{name: {{zh: {name}, en: holds}}, type: {kind}, kwargs: {kwargs}, severity: {severity}, why: {{zh: 因为, en: because}}}}\n"


def rule_file(*rules: str) -> str:
    return "rules:\n" + "".join(rules)


def test_good_data_meets_every_rule_and_reports_how_many_rows_were_checked(warehouse: Path, catalog: Catalog) -> None:
    messages: list[str] = []
    results = run_suites(warehouse, load_suites(catalog, warehouse.parent / "none"), guards(catalog, READS), messages.append)
    assert [result for result in results if not result.is_met] == []
    assert [in_english(message) for message in messages] == [f"core gate: {len(results)} rules, {len(catalog.datasets)} tables"]
    required = next(result for result in results if result.rule_name == "信息名称不为空 (disclosure_title is never null)")
    assert (required.checked_count, required.failed_count, required.datasets) == (3, 0, ("disclosures",))


@pytest.mark.parametrize(
    ("statement", "broken", "failed"),
    [
        ("alter table marts.units rename column region_name to region", "列名及次序与数据字典一致", None),
        ("create or replace table marts.units as select * exclude unit_id, unit_id from marts.units", "列名及次序与数据字典一致", None),
        ("alter table marts.units alter column alias_count type integer", "各列类型与数据字典一致", 1),
        ("update marts.disclosures set disclosure_title = null where source_row > 1", "信息名称不为空", 2),
        ("update marts.target_progress set plan_year = null where unit_id = 'unit_id-0'", "计划年度不为空", 1),
        ("insert into marts.plan_documents from marts.plan_documents limit 1", "文件标识不重复", 1),
        ("insert into marts.unit_targets from marts.unit_targets limit 1", "文件标识、次序合起来不重复", 1),
        ("update marts.plan_tasks set deadline_kind = 'soon'", "时限类别只取所列值", 3),
        ("update marts.plan_documents set plan_year = 1026", "计划年度在许可范围内", 3),
        ("update marts.target_progress set elapsed_share = 1.2", "序时进度在许可范围内", 3),
        ("update marts.disclosures set unit_id = 'nobody' where source_row = 1", "所引用的单位均存在", 1),
    ],
)
def test_structure_that_differs_from_the_descriptor_is_caught(
    warehouse: Path, catalog: Catalog, statement: str, broken: str, failed: int | None
) -> None:
    change(warehouse, statement)
    (table,) = set(re.findall(r"marts\.(\w+)", statement))
    references = [key.references for key in catalog.datasets[table].foreign_keys]
    found = check(warehouse, only(catalog, table, *references))
    assert broken in found
    assert (found[broken].severity, found[broken].error_text, found[broken].failed_count) == ("critical", None, failed)


def test_a_null_reference_is_not_a_fault(warehouse: Path, catalog: Catalog) -> None:
    change(warehouse, "update marts.disclosures set unit_id = null")
    assert check(warehouse, only(catalog, "disclosures", "units")) == {}


@pytest.mark.parametrize(
    ("kind", "kwargs", "failed"),
    [
        ("expect_column_values_to_be_between", "{column: n, max_value: 89}", 10),
        ("expect_column_values_to_be_between", "{column: n, max_value: 89, mostly: 0.95}", 10),
        (
            "expect_column_values_to_be_between",
            "{column: n, max_value: 89, row_condition: {type: comparison, column: {name: n}, operator: '>=', parameter: 95}}",
            5,
        ),
        ("expect_column_values_to_be_of_type", "{column: word, type_: DATE}", None),
        ("expect_column_value_lengths_to_be_between", "{column: word, max_value: 8}", 90),
        ("expect_table_row_count_to_be_between", "{max_value: 10}", None),
        ("expect_column_sum_to_be_between", "{column: n, max_value: 10}", None),
        ("expect_column_pair_values_a_to_be_greater_than_b", "{column_A: n, column_B: n}", 100),
        ("unexpected_rows_expectation", "{unexpected_rows_query: 'select word from {batch} where n % 2 = 0'}", 50),
        ("unexpected_rows_expectation", "{unexpected_rows_query: \"from {batch} where regexp_matches(word, '[0-9]{{2}}$')\"}", 90),
    ],
)
def test_a_rule_in_great_expectations_words_is_run_in_duckdb(
    warehouse: Path, catalog: Catalog, kind: str, kwargs: str, failed: int | None
) -> None:
    (result,) = check(warehouse, only(catalog), rule_file(rule(kind, kwargs, "warning"))).values()
    assert (result.severity, result.rule_why, result.error_text, result.failed_count) == ("warning", "因为 (because)", None, failed)
    assert "secret" not in str(astuple(result))


def test_a_tolerance_is_kept(warehouse: Path, catalog: Catalog) -> None:
    assert (
        check(warehouse, only(catalog), rule_file(rule("expect_column_values_to_be_between", "{column: n, max_value: 89, mostly: 0.9}")))
        == {}
    )


def test_a_rule_guards_every_dataset_whose_mart_reads_its_table(warehouse: Path, catalog: Catalog) -> None:
    (result,) = check(
        warehouse, only(catalog, "units", "target_progress"), rule_file(rule("expect_column_values_to_be_null", "{column: n}"))
    ).values()
    assert result.datasets == ("units",)


@pytest.mark.parametrize(
    ("kind", "kwargs", "expected"),
    [
        ("unexpected_rows_expectation", "{unexpected_rows_query: 'from {batch} where nobody > 0'}", 'Referenced column "nobody" not found'),
        ("unexpected_rows_expectation", "{unexpected_rows_query: 'selct 1 from {batch}'}", "Parser Error"),
        ("unexpected_rows_expectation", "{unexpected_rows_query: 'from {batch} where cast(word as integer) > 0'}", "Conversion Error"),
        ("expect_column_values_to_not_be_null", "{column: nobody}", 'column "nobody" in BatchData does not exist'),
        ("expect_column_values_to_be_between", "{column: word, min_value: 1}", "cannot be computed on column of type VARCHAR"),
    ],
)
def test_a_rule_that_cannot_be_run_is_an_error_and_does_not_fail_others(
    warehouse: Path, catalog: Catalog, kind: str, kwargs: str, expected: str
) -> None:
    good = rule("expect_column_values_to_not_be_null", "{column: n}", name="好规则")
    (result,) = check(warehouse, only(catalog), rule_file(good, rule(kind, kwargs), good.replace("好规则", "另一条"))).values()
    assert result.error_text is not None
    assert expected in result.error_text
    assert "secret" not in str(astuple(result))
    assert result.failed_count is None


def test_rules_for_a_table_that_is_not_there_are_errors(warehouse: Path, catalog: Catalog) -> None:
    (result,) = check(warehouse, only(catalog), rule_file(rule("expect_column_to_exist", "{column: n}")), "core/gone").values()
    assert result.error_text is not None
    assert "no core.gone" in result.error_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rules: []", "rules"),
        ("rules: {", "no YAML"),
        (rule_file(rule("expect_column_to_exist", "{column: n}").replace("why:", "reason:")), "rules.0.why: found no such key"),
        (rule_file(rule("expect_column_to_exist", "{column: n}", "fatal")), "'fatal'"),
        (
            rule_file(rule("expect_column_to_exist", "{column: n}").replace("severity:", "severty: x, severity:")),
            "rules.0.severty: found an unknown key",
        ),
        (rule_file(rule("expect_column_values_to_match_regex", "{column: word, regex: a}")), "regexp_matches()"),
        (rule_file(rule("unexpected_rows_expectation", "{unexpected_rows_query: from core.numbers}")), "{batch}"),
        (rule_file(rule("expect_column_to_exists", "{column: n}")), "expect_column_to_exists"),
        (rule_file(rule("expect_column_to_exist", "{colum: n}")), "colum"),
        (rule_file(*[rule("expect_column_to_exist", "{column: n}")] * 2), "two rules named 数字合规"),
    ],
)
def test_a_rule_written_wrongly_is_refused_with_file_and_key(warehouse: Path, catalog: Catalog, text: str, expected: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        check(warehouse, only(catalog), text)
    assert "expectations/core/numbers.yaml" in str(refused.value)
    assert expected in str(refused.value)


def test_checking_writes_nothing_prints_nothing_and_frees_the_file(
    warehouse: Path, catalog: Catalog, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = warehouse.read_bytes()
    broken = rule("unexpected_rows_expectation", "{unexpected_rows_query: 'from {batch} where cast(word as integer) > 0'}")
    with duckdb.connect(warehouse, read_only=True) as reader:
        assert check(warehouse, only(catalog), rule_file(broken))
        assert reader.execute("select count(*) from core.numbers").fetchall() == [(100,)]
    assert warehouse.read_bytes() == before
    assert sorted(path.name for path in warehouse.parent.iterdir()) == sorted([warehouse.name, "expectations"])
    change(warehouse, "create table main.written (n integer)")
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
