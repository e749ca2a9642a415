"""What leaves only in part: the macros put the mask on, and the gate sees where one is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.catalog import Catalog, Dataset, Masked, SmallCells, Text
from flows.masking import MACROS, unmasked
from flows.release import what_must_not_leave

WHY = Text(zh="国办发〔2018〕118号", en="enforcement against natural persons")
RULES = (
    Masked(column="unit_name", by="name", unless={"unit_kind": ("department",)}, reason=WHY),
    Masked(column="region_name", by="removed", reason=WHY),
)
THRESHOLD = 5


@pytest.fixture(scope="module")
def macros() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(MACROS)
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


def test_a_name_is_struck_out_of_the_words_around_it(macros: duckdb.DuckDBPyConnection) -> None:
    assert ask(macros, "mask_in_text('经查，李建国未办证，对李建国罚款', ' 李建国 ')") == "经查，李某某未办证，对李某某罚款"
    assert ask(macros, "mask_in_text('经查明', null)") == "经查明"


@given(st.lists(st.integers(0, 40), min_size=2, max_size=8))
def test_no_small_count_is_told_nor_can_be_reckoned_from_the_total(counts: list[int]) -> None:
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        cells = ask(connection, "small_cells($1::bigint[], $2)", [*counts, sum(counts)], THRESHOLD)
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
        {"unit_name": "柏漪舟", "unit_kind": "department", "region_name": None},  # spared by its kind, and yet a person's name
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


def test_masks_that_hold_let_the_release_go(tmp_path: Path, catalog: Catalog) -> None:
    folder, described = released(tmp_path, catalog, [{"unit_name": "张某某", "unit_kind": "person"}], masked=RULES)
    assert what_must_not_leave(folder, described) == {}
