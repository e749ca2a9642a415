"""Partly published columns: the macros mask them, and the gate finds a missing mask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.catalog import PROJECT_ROOT, Catalog, Dataset, Masked, SmallCells, Text, load_catalog
from exports.release.folder import write_release
from exports.release.manifest import GateClosedError, Release
from flows.publication.privacy_gate import what_must_not_leave
from flows.warehouse.masking import thresholds, unmasked
from flows.warehouse.person_rows import macros as person_macros

WHY = Text(zh="国办发〔2018〕118号", en="enforcement against natural persons")
RULES = (
    Masked(column="unit_name", by="name", unless={"unit_kind": ("department",)}, reason=WHY),
    Masked(column="region_name", by="removed", reason=WHY),
)
THRESHOLD = 5


@pytest.fixture(scope="module")
def macros() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(person_macros())
    return connection


def ask(connection: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> Any:
    ((found,),) = connection.execute(f"select {sql}", list(values)).fetchall()
    return found


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("张三", "张某某"),
        (" 欧阳小明 ", "欧阳某某"),
        ("张某", "张某某"),
        ("阿依古丽·买买提", "阿某某"),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_a_name_keeps_its_surname_only(macros: duckdb.DuckDBPyConnection, written: str | None, masked: str | None) -> None:
    assert ask(macros, "mask_person_name($1)", written) == masked
    assert ask(macros, "mask_person_name(mask_person_name($1))", written) == masked


def test_names_are_struck_out_of_the_words_around_them(macros: duckdb.DuckDBPyConnection) -> None:
    said = "mask_names('经查，李 建\u3000国未办证，对李建国、欧阳小明罚款', ['李建国', '欧阳小明'])"
    assert ask(macros, said) == "经查，李某某未办证，对李某某、欧阳某某罚款"
    assert ask(macros, "mask_names('经查 明', [])") == "经查 明"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("王 小 明", "王某某"),
        ("王小明等3人", "王某某等3人"),
        ("王小明\n陈大文", "王某某、陈某某"),
        ("王小明（经营者）", "王某某"),
        ("王小明 男 汉族", "王某某"),
        ("王**、李×", "王某某、李某某"),
        ("阿不都热合曼•买买提", "阿某某"),
        ("贺兰", "贺某某"),  # two characters of which one is the given name
        (None, None),
    ],
)
def test_a_cell_with_one_person_or_several_shows_their_surnames(
    macros: duckdb.DuckDBPyConnection, written: str | None, shown: str | None
) -> None:
    assert ask(macros, "shown_party($1)", written) == shown
    assert ask(macros, "shown_party(shown_party($1))", written) == shown


def test_the_gate_asks_of_every_row_whether_a_text_names_a_person(tmp_path: Path, catalog: Catalog) -> None:
    rows = [
        {"unit_name": "张某某", "unit_kind": None, "region_name": None, "parent_unit_name": "张小凡无证经营案"},
        {"unit_name": "张某某", "unit_kind": None, "region_name": None, "parent_unit_name": "张某某无证经营案"},
        {"unit_name": "栖川县茶厂", "unit_kind": "department", "region_name": None, "parent_unit_name": "张小凡无证经营案"},
    ]
    folder, described = released(tmp_path, catalog, rows, masked=RULES[:1])
    column = described.datasets["units"].columns[0].model_copy(update={"name": "parent_unit_name", "enum": None, "type": "string"})
    described.datasets["units"] = described.datasets["units"].model_copy(update={"columns": (*described.datasets["units"].columns, column)})
    assert unmasked(folder, described) == {"data/units.parquet": ["未脱敏 not masked as declared: parent_unit_name, 1"]}


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8))
def test_no_small_count_is_shown_or_computable_from_the_total(macros: duckdb.DuckDBPyConnection, counts: list[int]) -> None:
    cells = ask(macros, "small_cells($1::bigint[], $2)", [*counts, sum(counts)], THRESHOLD)
    assert [cell for cell in cells if cell is not None and 0 < cell < THRESHOLD] == []
    assert cells.count(None) != 1
    assert all(cell in (None, count) for cell, count in zip(cells, [*counts, sum(counts)], strict=True))


def released(tmp_path: Path, catalog: Catalog, rows: list[dict[str, Any]], **facts: Any) -> tuple[Path, Catalog]:
    """A release folder with one dataset, described as `facts` say."""
    dataset: Dataset = catalog.datasets["units"].model_copy(update=facts)
    (tmp_path / "data").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "data" / "units.parquet")
    return tmp_path, replace(catalog, datasets={"units": dataset})


def test_the_gate_sees_a_name_or_number_that_was_not_masked(tmp_path: Path, catalog: Catalog) -> None:
    rows = [
        {"unit_name": "张某某", "unit_kind": "person", "region_name": None},
        {"unit_name": "栖川县茶厂", "unit_kind": "department", "region_name": None},
        {"unit_name": "李建国", "unit_kind": None, "region_name": "桐笕镇"},
        {"unit_name": "柏漪舟", "unit_kind": "department", "region_name": None},  # exempt by its kind, and yet a person's name
    ]
    folder, described = released(tmp_path, catalog, rows, masked=RULES)
    assert unmasked(folder, described) == {
        "data/units.parquet": ["未脱敏 not masked as declared: unit_name, 2", "未脱敏 not masked as declared: region_name, 1"]
    }
    (reason,) = what_must_not_leave(folder, described).values()
    assert "李建国" not in reason
    assert "unit_name, 2" in reason


def test_the_gate_sees_small_counts(tmp_path: Path, catalog: Catalog) -> None:
    rule = SmallCells(threshold=THRESHOLD, columns=("a", "b", "total"), reason=WHY)
    rows = [
        {"a": 0, "b": 9, "total": 9},
        {"a": 3, "b": 6, "total": 9},
        {"a": None, "b": 6, "total": 9},
        {"a": None, "b": None, "total": 9},
    ]
    folder, described = released(tmp_path, catalog, rows, small_cells=rule)
    assert unmasked(folder, described) == {"data/units.parquet": ["未脱敏 not masked as declared: a、b、total, 2"]}


def test_a_masked_release_passes_the_gate(tmp_path: Path, catalog: Catalog) -> None:
    folder, described = released(tmp_path, catalog, [{"unit_name": "张某某", "unit_kind": "person"}], masked=RULES)
    assert what_must_not_leave(folder, described) == {}


DESCRIPTOR = """
title: {zh: 依申请公开情况, en: Requests}
description: {zh: 各单位办理的申请, en: Requests by unit}
grain: {zh: 每个单位一行, en: one row per unit}
theme: {zh: 执行, en: Delivery}
keywords: [{zh: 依申请公开, en: requests}]
update_frequency: irregular
primary_key: [unit_id]
columns: [unit_id, disclosed_count, kept_count, target_count]
small_cells:
  threshold: 5
  columns: [disclosed_count, kept_count, target_count]
  reason: {zh: 可据以认出申请人, en: single requesters could be identified}
"""
MASKED = """
    select unit_id, cells[1] as disclosed_count, cells[2] as kept_count, cells[3] as target_count
    from (
        select unit_id, small_cells([disclosed_count, kept_count, target_count], rule.threshold) as cells
        from counted cross join reference.small_cells as rule where rule.dataset_name = 'request_counts'
    )
"""


@pytest.fixture
def released_by(tmp_path: Path) -> Callable[[str], Release]:
    """The release of a cross-table whose descriptor declares `small_cells`, its mart made by the given SELECT."""
    descriptors = tmp_path / "exports"
    descriptors.mkdir()
    (descriptors / "_shared.yaml").write_text((PROJECT_ROOT / "exports" / "_shared.yaml").read_text("utf-8"), "utf-8")
    (descriptors / "request_counts.yaml").write_text(DESCRIPTOR, "utf-8")
    catalog = load_catalog(descriptors)

    def release(select: str) -> Release:
        with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
            connection.execute(f"create schema reference; create schema marts; {person_macros()}")
            connection.register("rules", thresholds(catalog))
            connection.execute("create table reference.small_cells as from rules")
            connection.execute(
                "create temp table counted as from (values ('u1', 3, 9, 12), ('u2', 8, 9, 17), ('u3', 2, 2, 4)) "
                "as t(unit_id, disclosed_count, kept_count, target_count)"
            )
            connection.execute(f"create table marts.request_counts as select unit_id, columns(* exclude (unit_id))::bigint from ({select})")
        gate = partial(what_must_not_leave, catalog=catalog)
        facts: dict[str, Any] = {"as_of": date(2026, 10, 31), "blocked": {}, "inputs": [], "code_version": "1", "gate": gate}
        return write_release(tmp_path / "warehouse.duckdb", catalog, tmp_path / "releases", **facts)

    return release


def test_a_cross_table_with_declared_small_cells_leaves_without_them_and_says_so(released_by: Callable[[str], Release]) -> None:
    folder = released_by(MASKED).folder
    rows = (folder / "data" / "request-counts.csv").read_text("utf-8-sig").splitlines()
    assert rows[1:] == ["u1,,,12", "u2,8,9,17", "u3,,,"]
    assert "可据以认出申请人" in (folder / "datapackage.json").read_text("utf-8")


def test_a_cross_table_with_visible_small_cells_does_not_leave(released_by: Callable[[str], Release]) -> None:
    with pytest.raises(GateClosedError) as closed:
        released_by("from counted")
    (reason,) = closed.value.reasons.values()
    assert "disclosed_count、kept_count、target_count, 2" in reason
