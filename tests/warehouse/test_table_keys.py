"""What a table's key depends on, and what gives none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from flows.warehouse.standing import has_day_between, standing_at, withdrawal_days
from flows.warehouse.table_keys import Keys, TableKey, machine_key
from tests.conftest import County

MADE = """
    create schema raw; create schema reference; create schema staging; create schema core;
    create table reference.run as select date '2026-10-31' as as_of_on, date '2026-10-31' as leaving_on, '990101' as region_code;
    create table reference.words as select 'a' as word;
    create table raw.questions as select * from (values ('f1', 'q'), ('f2', 'q')) as q(source_sha256, question);
    create table staging.sources as select * from (values ('f1', 'ones', 'a.csv', 1), ('f2', 'others', 'b.csv', 2))
        as s(source_sha256, source_kind, source_path, arrival_number);
    create macro plain(said) as trim(said);
    create macro known(said) as plain(said) in (select word from reference.words);
"""
SELECT = "select plain(word) as word from reference.words"


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(MADE)
        yield connection


def key(warehouse: duckdb.DuckDBPyConnection, select: str, reads: set[str], **more: object) -> str:
    keys = Keys(warehouse, ordered=True)
    keys.found["staging.sources"] = TableKey("made", "sources")
    return keys.key_of(select, [], reads, **more)  # type: ignore[arg-type]


def test_equal_queries_on_equal_tables_have_equal_keys(warehouse: duckdb.DuckDBPyConnection) -> None:
    first = key(warehouse, SELECT, {"reference.words"})
    assert first
    assert key(warehouse, SELECT, {"reference.words"}) == first
    assert key(warehouse, SELECT + " where true", {"reference.words"}) != first


@pytest.mark.parametrize(
    "change",
    [
        "insert into reference.words values ('b')",
        "update reference.words set word = 'b'",
        "alter table reference.words rename word to other",
        "create or replace macro plain(said) as ltrim(said)",
    ],
)
def test_another_row_name_or_macro_is_another_key(warehouse: duckdb.DuckDBPyConnection, change: str) -> None:
    first = key(warehouse, SELECT, {"reference.words"})
    warehouse.execute(change)
    assert key(warehouse, SELECT, {"reference.words"}) != first


def test_a_table_that_a_macro_reads_is_read(warehouse: duckdb.DuckDBPyConnection) -> None:
    select = "select known(region_code) as is_known from reference.run"
    first = key(warehouse, select, {"reference.run"})
    warehouse.execute("insert into reference.words values ('b')")
    assert key(warehouse, select, {"reference.run"}) != first


@pytest.mark.parametrize(
    ("select", "reads_day"),
    [
        ("select region_code from reference.run", False),
        ("select run.as_of_on from reference.run as run", True),
        ("select run.* from reference.run as run", True),
        ("select * from reference.run", True),
    ],
)
def test_only_what_names_the_day_depends_on_it(warehouse: duckdb.DuckDBPyConnection, select: str, reads_day: bool) -> None:
    first = key(warehouse, select, {"reference.run"})
    warehouse.execute("update reference.run set as_of_on = as_of_on + 1")
    assert (key(warehouse, select, {"reference.run"}) != first) is reads_day


@pytest.mark.parametrize(
    "select",
    [
        "select random() as number from reference.words",
        "select uuid() as number from reference.words",
        "select now() as moment from reference.words",
        "select current_date as day from reference.words",
        "select * from reference.words cross join read_csv('/tmp/any.csv')",
        "select * from reference.words cross join read_text('/tmp/any.txt')",
        "select getvariable('x') from reference.words",
    ],
)
def test_what_may_differ_each_time_has_no_key(warehouse: duckdb.DuckDBPyConnection, select: str) -> None:
    assert key(warehouse, select, {"reference.words"}) == ""


def test_neither_has_what_reads_results_of_checks_or_a_table_not_made_yet(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert key(warehouse, "select 1 from checks.results", {"checks.results"}) == ""
    assert key(warehouse, "select 1 from core.later", {"core.later"}) == ""


def test_a_register_depends_on_what_is_said_of_its_own_files(warehouse: duckdb.DuckDBPyConnection) -> None:
    reads = {"raw.questions", "staging.sources"}
    first = {name: key(warehouse, "select 1", reads, register=name) for name in ("ones", "others")}
    warehouse.execute("insert into raw.questions values ('f2', 'another')")
    warehouse.execute("update staging.sources set arrival_number = arrival_number + 1")
    assert key(warehouse, "select 1", reads, register="ones") == first["ones"]
    assert key(warehouse, "select 1", reads, register="others") != first["others"]
    warehouse.execute("update staging.sources set source_path = 'c.csv' where source_kind = 'ones'")
    assert key(warehouse, "select 1", reads, register="ones") != first["ones"]


@pytest.mark.parametrize(
    ("select", "days"),
    [
        ("select 1", []),
        ("select run.leaving_on, case when withdrawn_on <= leaving_on then 1 end from x", ["withdrawn_on"]),
        ("select case when leaving_on <= withdrawn_on then 1 end from x", None),
        ("select leaving_on + 1 from x", None),
        ("select withdrawn_on <= leaving_on - 1 from x", None),
    ],
)
def test_uses_of_the_day_of_withdrawals_are_known_or_count_in_full(select: str, days: list[str] | None) -> None:
    assert withdrawal_days(select) == days


@pytest.mark.parametrize(("one", "other", "lies"), [(1, 4, False), (4, 5, True), (5, 6, False), (6, 4, True), (5, 5, False)])
def test_a_day_between_counts_with_the_later_end(warehouse: duckdb.DuckDBPyConnection, one: int, other: int, lies: bool) -> None:
    warehouse.execute("create table core.gone as select date '2026-05-05' as withdrawn_on union all select null")
    found = has_day_between(warehouse, ["core.gone"], ["withdrawn_on"], date(2026, 5, one), date(2026, 5, other))
    assert found is lies


def test_every_table_of_a_county_has_a_key_but_the_one_about_checks(county: Callable[..., County]) -> None:
    made = county({"units/all.csv": "单位名称\n栖川县财政局\n".encode()}).built()
    without = made.ask(
        "select table_name from checks.table_keys where table_key = '' and not regexp_matches(table_name, '^(raw|reference)[.]')"
    )
    assert without == [("marts.data_quality",)]


def test_a_warehouse_that_tells_no_keys_or_has_other_blocks_is_not_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    assert standing_at(path, 0) is None
    path.write_bytes(b"no warehouse")
    assert standing_at(path, 0) is None
    path.unlink()
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema reference; create table reference.run as select date '2026-10-31' as leaving_on")
    assert standing_at(path, 0) is None
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create schema checks; create table checks.table_keys as select 'a' as table_name, 'b' as table_key, 'c' as content_key"
        )
        connection.execute("insert into checks.table_keys values ('reference.run', 'other code', 'c')")
    assert standing_at(path, 10**9) is None
    with duckdb.connect(str(path)) as connection:
        connection.execute("update checks.table_keys set table_key = $1 where table_name = 'reference.run'", [machine_key()])
    assert standing_at(path, 0) is None  # blocks of DuckDB's own size, for a small county
    standing = standing_at(path, 10**9)
    assert standing is not None
    assert standing.keys["a"] == TableKey("b", "c")
