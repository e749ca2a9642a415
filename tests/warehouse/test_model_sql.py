"""`gongkai sql` shows what runs: the text of a file, or of a template with the facts of a register."""

from __future__ import annotations

import re

import duckdb
import pytest

from exports.catalog import PROJECT_ROOT, load_catalog
from flows.warehouse.models import load_models
from tests.conftest import gongkai


def test_every_table_is_listed_with_what_one_row_is() -> None:
    shown = gongkai("sql")
    assert shown.exit_code == 0
    listed = dict(re.split(r"\s+", line, maxsplit=1) for line in shown.output.splitlines())
    assert listed == {model.name: model.grain for model in load_models(catalog=load_catalog())}


@pytest.mark.parametrize("name", ["core.disclosures", "staging.enforcement_results", "core.record_findings", "marts.inspections"])
def test_what_is_shown_of_a_rendered_table_is_one_select_without_a_template_sign(name: str) -> None:
    shown = gongkai("sql", name).output
    assert re.match(rf"-- {re.escape(name)} \((table|view)\), from sql/registers/\w+\.sql\.j2\n-- one row per ", shown)
    assert not re.search(r"\{\{|\{%|\{#", shown)
    (statement,) = duckdb.extract_statements(shown)
    assert statement.type == duckdb.StatementType.SELECT


def test_what_is_shown_of_a_file_is_the_file() -> None:
    shown = gongkai("sql", "core.units").output
    first, _, rest = shown.partition("\n")
    assert first == "-- core.units (table), from sql/core/units.sql"
    assert rest == (PROJECT_ROOT / "sql" / "core" / "units.sql").read_text("utf-8")


def test_a_name_without_its_schema_will_do_where_one_table_bears_it() -> None:
    assert gongkai("sql", "record_holds").output == gongkai("sql", "core.record_holds").output


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("core.disclosure", "core.disclosures"),
        ("marts.plan_task", "marts.plan_tasks"),
        ("disclosures", "staging.disclosures"),
        ("", "core."),
    ],
)
def test_a_name_that_no_or_several_tables_bear_is_answered_with_near_ones(name: str, near: str) -> None:
    shown = gongkai("sql", name or "no_such_thing_at_all")
    assert shown.exit_code == 1
    assert near in " ".join(shown.output.split())
    assert "表名" in shown.output
