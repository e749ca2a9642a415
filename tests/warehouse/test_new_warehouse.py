"""The file that a build writes: whole when it ends well, of small blocks where there is little, with views for registers without files."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from exports.catalog import load_catalog
from flows.warehouse.arrow_tables import duckdb_type, make_empty_view, make_table, make_text_table
from flows.warehouse.connection import SMALL, new_warehouse
from flows.warehouse.raw_tables import _raw_schemas


@pytest.mark.parametrize(("source_bytes", "block"), [(0, 16_384), (SMALL - 1, 16_384), (SMALL, 262_144)])
def test_a_finished_file_holds_all_rows_without_a_log_and_in_blocks_of_its_size(tmp_path: Path, source_bytes: int, block: int) -> None:
    path = tmp_path / "made.duckdb"
    with new_warehouse(path, source_bytes) as connection:
        connection.execute("create schema core; create table core.numbers as select range as n, 'x' || range as word from range(1000)")
        connection.execute("update core.numbers set word = 'changed' where n = 7; delete from core.numbers where n = 8")
        connection.execute("create view core.changed as from core.numbers where word = 'changed'")
        connection.execute("comment on table core.numbers is 'one row per number'")
    assert [file.name for file in tmp_path.iterdir()] == ["made.duckdb"]
    with duckdb.connect(str(path), read_only=True) as connection:
        assert connection.execute("select count(*), sum(n) from core.numbers").fetchone() == (999, 999 * 1000 // 2 - 8)
        assert connection.execute("from core.changed").fetchall() == [(7, "changed")]
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [("one row per number",)]
        assert connection.execute("select block_size from pragma_database_size()").fetchone() == (block,)


def test_a_text_longer_than_a_block_is_kept(tmp_path: Path) -> None:
    with new_warehouse(tmp_path / "made.duckdb", 0) as connection:
        connection.execute("create table texts as select repeat('公', 100_000) as words from range(3)")
    with duckdb.connect(str(tmp_path / "made.duckdb"), read_only=True) as connection:
        assert connection.execute("select distinct length(words), count(*) over () from texts").fetchall() == [(100_000, 3)]


def test_an_error_is_raised_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(duckdb.ConversionException), new_warehouse(tmp_path / "made.duckdb", 0) as connection:
        connection.execute("create table broken as select 'x'::integer as n")


def test_a_view_without_rows_has_the_types_that_a_table_of_the_same_schema_has() -> None:
    for name, schema in _raw_schemas(load_catalog()).items():
        with duckdb.connect() as connection:
            make_table(connection, "made", schema.empty_table())
            make_empty_view(connection, "viewed", schema)
            assert connection.execute("describe viewed").fetchall() == connection.execute("describe made").fetchall(), name
            assert connection.execute("select count(*) from viewed").fetchone() == (0,)


def test_nested_types_have_duckdb_names() -> None:
    assert duckdb_type(pa.list_(pa.list_(pa.date32()))) == "date[][]"
    assert duckdb_type(pa.struct([("a b", pa.bool_()), ("c", pa.list_(pa.float64()))])) == 'struct("a b" boolean, "c" double[])'
    with pytest.raises(KeyError):
        duckdb_type(pa.binary())


def test_nothing_is_planned_for_what_is_joined_with_a_view_without_rows() -> None:
    with duckdb.connect() as connection:
        make_text_table(connection, "words", ["word"], [("a",), ("b",)])
        make_empty_view(connection, "rows", pa.schema([("word", pa.string())]))
        plan = connection.execute("explain with found as (select * from rows inner join words using (word)) from found").fetchall()[0][1]
        assert "EMPTY_RESULT" in plan
        assert "SCAN" not in plan


@pytest.mark.parametrize("rows", [[], [("a", None)], [("a", "b"), (None, None)]])
def test_texts_become_a_table_row_by_row(rows: list[tuple[str | None, ...]]) -> None:
    with duckdb.connect() as connection:
        make_text_table(connection, "made", ["one", "two"], rows)
        assert connection.execute("from made").fetchall() == rows
        assert [kind for _, kind, *_ in connection.execute("describe made").fetchall()] == ["VARCHAR", "VARCHAR"]
