"""Templates of sql/registers/: what they are rendered to, and what is said where one is wrong."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from exports.catalog import DESCRIPTORS, PROJECT_ROOT, CatalogError, load_catalog
from flows.docs.rendered_sql import lint, write_rendered
from flows.warehouse.predicates import predicate
from flows.warehouse.register_models import register_models
from flows.warehouse.templates import SQL, macro_names, render
from flows.workspace.errors import ConfigurationError
from flows.workspace.fingerprint import code_key


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SQL, tmp_path / "sql"))


def test_every_template_begins_with_the_grain_and_leaves_no_sign_of_its_own() -> None:
    for name, (template, text) in register_models(load_catalog()).items():
        first = (PROJECT_ROOT / template).read_text("utf-8").partition("\n")[0]
        assert first.startswith("-- ") if "{{ grain }}" in first else first.startswith("-- one row per "), template
        assert text.startswith("-- one row per "), name
        assert not re.search(r"\{\{|\{%|\{#", text), name
        assert "\n\n\n" not in text, name


def test_every_predicate_is_named_by_a_descriptor_or_by_that_of_a_new_register() -> None:
    records = load_catalog().records.values()
    named = {name for register in records for name in register.computed.values()}
    named |= {clock.when for register in records for clock in register.clocks if clock.when}
    named |= {name for register in records for measure in register.measures for name in (measure.when, measure.in_order) if name}
    new = (PROJECT_ROOT / "flows" / "cli" / "templates" / "register.yaml.j2").read_text("utf-8")
    assert {name for name in set(macro_names("predicates")) - named if not re.search(rf": {name}\b", new)} == set()


def test_a_template_that_lacks_a_fact_is_named_with_the_fact(sql: Path) -> None:
    (sql / "registers" / "fairs.sql.j2").write_text("-- one row per fair\nselect {{ column }} from core.{{ fair }}\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"registers/fairs\.sql\.j2.*'fair' is undefined"):
        render("fairs", sql, column="held_on")
    with pytest.raises(ConfigurationError, match=r"registers/markets\.sql\.j2"):
        render("markets", sql)


def test_a_template_that_is_no_jinja_is_named_with_the_line(sql: Path) -> None:
    (sql / "registers" / "fairs.sql.j2").write_text("-- one row per fair\nselect 1\n{% endfor %}\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"registers/fairs\.sql\.j2, line 3"):
        render("fairs", sql)


def test_a_file_of_predicates_that_is_no_jinja_is_named_with_the_line(sql: Path) -> None:
    (sql / "registers" / "predicates.sql.j2").write_text("{% macro is_held() %}\nheld_on <= as_of_on\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"registers/predicates\.sql\.j2, line \d"):
        predicate("is_held", "exports/fairs.yaml, computed, is_released", sql)


@pytest.mark.parametrize(("wrong", "near"), [("is_publish", "is_published"), ("start_term", "starts_term"), ("xyzzy", "is_opened")])
def test_a_predicate_that_there_is_not_is_answered_with_near_ones(wrong: str, near: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"exports/fairs\.yaml, computed.*{wrong}.*{near}"):
        predicate(wrong, "exports/fairs.yaml, computed, is_released")


@pytest.mark.parametrize("written", ["published_on <= as_of_on", "coalesce(x, y)", "a; drop table b"])
def test_a_descriptor_holds_no_sql(tmp_path: Path, written: str) -> None:
    exports = Path(shutil.copytree(DESCRIPTORS, tmp_path / "exports", ignore=shutil.ignore_patterns("*.py", "templates")))
    descriptor = exports / "inspections.yaml"
    descriptor.write_text(descriptor.read_text("utf-8").replace("is_released: is_noticed", f'is_released: "{written}"'), "utf-8")
    with pytest.raises(CatalogError, match=r"inspections\.yaml: computed\.is_released"):
        load_catalog(exports)


def test_a_changed_template_is_changed_code(sql: Path) -> None:
    before = code_key(sql)
    code_key.cache_clear()
    template = sql / "registers" / "core.sql.j2"
    template.write_text(template.read_text("utf-8") + "\n", "utf-8")
    assert code_key(sql) != before
    code_key.cache_clear()


def test_what_is_linted_are_the_rendered_models_and_a_fault_is_found(tmp_path: Path) -> None:
    catalog = load_catalog()
    assert {path.stem for path in write_rendered(tmp_path / "all", catalog)} == {*register_models(catalog), "word_macros"}
    (tmp_path / "one").mkdir()
    good = "-- one row per fair\nselect fair_name\nfrom core.fairs\n"
    (tmp_path / "one" / "core.fairs.sql").write_text(good, "utf-8")
    assert lint(tmp_path / "one") == 0
    (tmp_path / "one" / "core.fairs.sql").write_text(good.replace("select fair_name", "SELECT  fair_name ,"), "utf-8")
    assert lint(tmp_path / "one") == 1
