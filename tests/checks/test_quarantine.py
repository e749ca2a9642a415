from __future__ import annotations

import duckdb
import pytest

from exports.catalog import Text
from flows.quality.quarantine import row_rules, set_aside
from flows.quality.suites import Rule, Suite
from flows.workspace.errors import ConfigurationError
from tests.conftest import HANGS


def rule(name: str, query: str, *, quarantine: bool = True) -> Rule:
    text = Text(zh=name, en=name)
    return Rule(
        name=text,
        type="unexpected_rows_expectation",
        kwargs={"unexpected_rows_query": query},
        severity="critical",
        why=text,
        quarantine=quarantine,
        fault="wrong_row" if quarantine else None,
        remedy=Text(zh=f"请更正：{name}", en="correct it") if quarantine else None,
    )


EARLY = rule("公开不早于形成", "select id from {batch} where published_on < made_on")
NAMELESS = rule("有名称", "from {batch} where trim(coalesce(title, '')) = ''")
KNOWN = rule("单位已知", "select row.id from {batch} as row anti join core.units as unit on unit.unit_id = row.unit_id")


@pytest.fixture
def register() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("create schema core; create table core.units as select 'u' as unit_id")
    connection.execute("""
        create table core.register as from (values
            (1, '好', 'u', date '2026-01-01', date '2026-01-02', 'a.csv', 1),
            (2, ' ', 'v', date '2026-01-05', date '2026-01-02', 'a.csv', 2),
            (3, null, 'v', date '2026-01-01', null, 'b.csv', 1)
        ) as t(id, title, unit_id, made_on, published_on, source_path, source_row)""")
    return connection


def test_rows_that_break_rules_are_quarantined_with_every_rule_and_their_place(register: duckdb.DuckDBPyConnection) -> None:
    assert set_aside(register, "core.register", [EARLY, NAMELESS, KNOWN]) == 2
    assert register.execute("select id from core.register").fetchall() == [(1,)]
    assert register.execute("select id, source_path, source_row, broken_rules from quarantine.register order by id").fetchall() == [
        (2, "a.csv", 2, [str(EARLY.name), str(NAMELESS.name), str(KNOWN.name)]),
        (3, "b.csv", 1, [str(NAMELESS.name), str(KNOWN.name)]),
    ]
    assert register.execute("select fault_kinds, remedy_texts from quarantine.register where id = 3").fetchall() == [
        (["wrong_row", "wrong_row"], ["请更正：有名称 (correct it)", "请更正：单位已知 (correct it)"])
    ]


def test_good_rows_all_stay(register: duckdb.DuckDBPyConnection) -> None:
    register.execute("delete from core.register where id > 1")
    assert set_aside(register, "core.register", [EARLY, NAMELESS, KNOWN]) == 0
    assert register.execute("select count(*) from core.register").fetchall() == [(1,)]


@pytest.mark.parametrize("query", ["select nobody from {batch}", "select id as number from {batch}", "select 1 / 'x' as id from {batch}"])
def test_a_rule_that_does_not_name_rows_is_refused_and_moves_none(register: duckdb.DuckDBPyConnection, query: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        set_aside(register, "core.register", [EARLY, rule("坏规则", query)])
    assert "expectations/core/register.yaml" in str(refused.value)
    assert "坏规则" in str(refused.value)
    assert register.execute("select count(*) from core.register").fetchall() == [(3,)]


def test_only_rules_marked_quarantine_move_rows() -> None:
    keep = rule("只报告", "select id from {batch}", quarantine=False)
    assert row_rules([Suite("core.a", "", (EARLY, keep)), Suite("core.b", "", (keep,))]) == {"core.a": [EARLY]}
    with pytest.raises(ValueError, match="its query says which"):
        Rule(
            name=EARLY.name,
            type="expect_column_to_exist",
            kwargs={"column": "a"},
            severity="critical",
            why=EARLY.why,
            quarantine=True,
            fault="wrong",
        )
    with pytest.raises(ValueError, match="a kind of finding"):
        Rule(**EARLY.model_dump(exclude={"fault"}))


@pytest.mark.timeout(HANGS)
def test_a_million_rows_are_quarantined_set_wise() -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema core; create table core.units as select 'u' as unit_id")
        connection.execute("""
            create table core.register as select i as id, case when i % 100 = 0 then ' ' else '好' end as title, 'u' as unit_id,
                date '2026-01-02' as made_on, date '2026-01-02' - cast(i % 1000 = 0 as integer) as published_on from range(1_000_000) t(i)""")
        assert set_aside(connection, "core.register", [EARLY, NAMELESS, KNOWN]) == 10_000
        assert connection.execute("select max(len(broken_rules)) from quarantine.register").fetchall() == [(2,)]
