"""The SQL models: their order comes from what they read, and the rules of the layers hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exports.catalog import load_catalog
from flows.warehouse.models import LAYERS, load_models, reads_of_marts
from flows.workspace.errors import ConfigurationError

GRAIN = "-- one row per thing\n"


def lay(folder: Path, **models: str) -> Path:
    """Models by layer and name: `core__units="select …"` is core/units.sql."""
    for name, select in models.items():
        layer, _, stem = name.partition("__")
        path = folder / layer / f"{stem}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(GRAIN + select, "utf-8")
    return folder


def refused(folder: Path) -> str:
    with pytest.raises(ConfigurationError) as error:
        load_models(folder)
    return str(error.value)


def test_every_model_of_the_house_comes_after_all_that_it_reads() -> None:
    models = load_models(catalog=load_catalog())
    place = {model.name: position for position, model in enumerate(models)}
    assert all(place[read] < place[model.name] for model in models for read in model.reads & place.keys())
    assert {model.layer for model in models} == set(LAYERS)


def test_reads_are_found_in_common_tables_subqueries_and_unions(tmp_path: Path) -> None:
    folder = lay(
        tmp_path,
        core__a="select 1 as n",
        core__b="from core.a",
        core__z="with x as (select * from core.a) select * from x where n in (select n from core.b) union all from reference.run",
    )
    models = {model.name: model for model in load_models(folder)}
    assert models["core.z"].reads == {"core.a", "core.b", "reference.run"}
    assert list(models) == ["core.a", "core.b", "core.z"]


def test_a_mart_rests_on_all_that_its_tables_read(tmp_path: Path) -> None:
    folder = lay(tmp_path, staging__s="from raw.r", core__c="from staging.s", marts__m="from core.c")
    assert reads_of_marts(load_models(folder)) == {"marts.m": frozenset({"core.c", "staging.s", "raw.r"})}


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ({"core__a": "from core.b", "core__b": "from core.a"}, r"a circle: .*core\.a"),
        ({"core__a": "from core.a"}, r"a circle: core\.a"),
        ({"core__a": "from raw.sources"}, r"core/a\.sql: found a read of raw\.sources; expected only core, quarantine, reference, staging"),
        ({"marts__a": "from staging.b", "staging__b": "select 1"}, r"marts/a\.sql: found a read of staging\.b"),
        ({"marts__a": "from marts.b", "marts__b": "select 1"}, r"marts/a\.sql: found a read of marts\.b"),
        ({"staging__a": "from core.b", "core__b": "select 1"}, r"staging/a\.sql: found a read of core\.b"),
        ({"core__a": "from core.missing"}, r"There is no sql/core/missing\.sql"),
        ({"core__a": "from units"}, r"core/a\.sql: found table units; expected a table named with its schema"),
        ({"core__a": "selec 1"}, r"core/a\.sql: found .*syntax error"),
        ({"core__a": "create table x as select 1"}, r"core/a\.sql: found .*SELECT"),
        ({"core__a": "select 1; select 2"}, r"core/a\.sql: found 2 statements; expected one SELECT"),
    ],
)
def test_a_model_that_breaks_a_rule_is_named_with_the_rule(tmp_path: Path, models: dict[str, str], said: str) -> None:
    assert re.search(said, refused(lay(tmp_path, **models)))


def test_a_model_without_its_grain_is_refused(tmp_path: Path) -> None:
    (lay(tmp_path, core__a="select 1") / "core" / "a.sql").write_text("select 1", "utf-8")
    assert "a comment '-- one row per …'" in refused(tmp_path)


def test_a_model_may_end_in_a_semicolon(tmp_path: Path) -> None:
    assert [model.name for model in load_models(lay(tmp_path, core__a="select 1;\n"))] == ["core.a"]
