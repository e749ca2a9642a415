"""Measures of scoring schemes come from the registers' descriptors and from sql/measures/, one place each."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from exports.catalog import DESCRIPTORS, Catalog, CatalogError, load_catalog
from flows.warehouse.measures import measure_table, written_measures
from flows.warehouse.models import load_models
from flows.warehouse.register_models import register_models
from flows.warehouse.templates import SQL
from flows.workspace.errors import ConfigurationError

SELECT = "select unit_id, plan_year, 'trainings' as register_name, record_id, true as is_in_order\nfrom core.trainings\n"


@pytest.fixture
def sql(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SQL, tmp_path / "sql"))


def catalog_with(tmp_path: Path, register: str, lines: str) -> Catalog:
    """The project's descriptors, that of `register` with some lines more."""
    folder = Path(shutil.copytree(DESCRIPTORS, tmp_path / "exports", ignore=shutil.ignore_patterns("*.py", "templates")))
    path = folder / f"{register}.yaml"
    path.write_text(path.read_text("utf-8").replace("\n  key: ", f"\n  measures:\n{lines}  key: ", 1), "utf-8")
    return load_catalog(folder)


def names(catalog: Catalog, folder: Path = SQL) -> list[str]:
    found: list[str] = measure_table(catalog, folder)["measure_id"].to_pylist()
    return found


def test_a_file_is_a_measure_and_counts(sql: Path) -> None:
    (sql / "measures" / "tea_parties.sql").write_text(f"-- 茶话会 | tea parties | 某办法第三条\n{SELECT}", "utf-8")
    row = next(row for row in measure_table(load_catalog(), sql).to_pylist() if row["measure_id"] == "tea_parties")
    assert row == {"measure_id": "tea_parties", "measure_title": "茶话会", "measure_title_en": "tea parties", "article": "某办法第三条"}
    rows = next(model for model in load_models(sql, load_catalog()) if model.name == "core.measure_rows")
    assert "select 'tea_parties' as measure_id" in rows.select
    assert rows.is_view


@pytest.mark.parametrize(
    ("register", "lines", "expected"),
    [
        ("new_media_accounts", "    - {measure: kept, title: {zh: 甲, en: a}, dated_by: filed_on}\n", "year(filed_on) as plan_year"),
        (
            "public_consultations",
            "    - {measure: kept, title: {zh: 甲, en: a}, dated_by: opened_on, when: is_opened, in_order: is_released}\n",
            "is_released as is_in_order",
        ),
        (
            "public_consultations",
            "    - {measure: kept, title: {zh: 甲, en: a}, dated_by: opened_on, when: is_opened}\n",
            "opened_on <= as_of_on",
        ),
    ],
)
def test_a_descriptor_has_measures(tmp_path: Path, register: str, lines: str, expected: str) -> None:
    catalog = catalog_with(tmp_path, register, lines)
    assert "kept" in names(catalog)
    (_, text) = register_models(catalog)["core.measure_rows"]
    assert expected in text.split("kept as (")[1].split("\n),")[0]


@pytest.mark.parametrize("first", ["select 1", "-- 茶话会", "-- 茶话会 |", "-- 待填 | TODO", "-- 茶话会 | TODO | 第三条"])
def test_a_file_without_its_names_is_refused_with_its_place(sql: Path, first: str) -> None:
    (sql / "measures" / "tea_parties.sql").write_text(f"{first}\n{SELECT}", "utf-8")
    with pytest.raises(ConfigurationError, match=r"tea_parties\.sql, line 1"):
        list(written_measures(sql))


def test_two_measures_of_one_name_are_refused(sql: Path) -> None:
    (sql / "measures" / "trainings.sql").write_text(f"-- 茶话会 | tea parties\n{SELECT}", "utf-8")
    with pytest.raises(ConfigurationError, match="trainings"):
        measure_table(load_catalog(), sql)


def test_a_measure_names_a_column_of_its_register_and_a_predicate_that_exists(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="dissolved_on"):
        catalog_with(tmp_path / "a", "public_consultations", "    - {measure: kept, title: {zh: 甲, en: a}, dated_by: dissolved_on}\n")
    catalog = catalog_with(
        tmp_path / "b", "public_consultations", "    - {measure: kept, title: {zh: 甲, en: a}, dated_by: opened_on, when: is_opend}\n"
    )
    with pytest.raises(ConfigurationError, match=r"public_consultations\.yaml, measures, when.*is_opened"):
        register_models(catalog)
