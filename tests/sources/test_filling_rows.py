"""Rows that say how to fill in are told alike of a sheet's cells and of plain text, and never of a record."""

from __future__ import annotations

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from flows.sources.tables.filling import says_how, says_how_sql

CELLS = [
    "1",
    "2",
    "3",
    "(1)",
    "12",
    "甲",
    "乙",
    "丙",
    "A",
    "B",
    "title",
    "必填",
    "填写全称",
    "示例",
    "年月日",
    "县水务局",
    "关于事项的公告",
    "2026-03-09",
    "备注",
]
COLUMNS = ["a", "b", "c", "d"]


def in_sql(row: list[str | None]) -> bool:
    with duckdb.connect() as connection:
        select = f"select {says_how_sql(COLUMNS[:2], COLUMNS)} from (select {', '.join(f'?::varchar as {name}' for name in COLUMNS)})"
        ((found,),) = connection.execute(select, row).fetchall()
        return bool(found)


@given(st.lists(st.one_of(st.none(), st.sampled_from(CELLS)), min_size=4, max_size=4))
def test_text_and_cells_are_judged_alike(row: list[str | None]) -> None:
    assert in_sql(row) == says_how([cell or "" for cell in row], [0, 1])


def test_a_row_that_repeats_one_number_is_a_record() -> None:
    assert not in_sql(["1", "1", "1", "1"])
    assert in_sql(["1", "2", "3", "4"])
    assert in_sql(["1", "2", "3", "备注"])
