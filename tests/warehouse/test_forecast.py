"""The forecast's interval holds as many years as it says, and where nothing can be said the reason is."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
import pytest

from flows.warehouse.models import SQL

UNITS = 1500


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables that the forecast reads, empty."""
    with duckdb.connect() as connection:
        connection.execute((SQL / "macros.sql").read_text("utf-8"))
        connection.execute("create schema core; create schema reference; create table reference.run (as_of_on date)")
        connection.execute(
            "create table core.target_progress (unit_id varchar, plan_year bigint, target_count bigint, disclosed_count bigint, as_of_on date, progress_reason varchar)"
        )
        connection.execute("create table core.disclosures (unit_id varchar, published_on date, is_released boolean)")
        yield connection


def forecast(
    warehouse: duckdb.DuckDBPyConnection, months: np.ndarray, as_of: str
) -> list[tuple[int | None, int | None, int | None, str | None]]:
    """The forecast on a day in 2026 for units with these monthly counts (a row a unit): count, low, high, reason."""
    counts = [(f"u{unit:05}", month + 1, int(count)) for unit, row in enumerate(months) for month, count in enumerate(row) if count]
    units, numbers, items = map(list, zip(*counts, strict=True)) if counts else ([], [], [])
    warehouse.execute("insert into reference.run values ($1::date)", [as_of])
    warehouse.execute(
        """
        insert into core.disclosures
        select unit_id, make_date(2026, month_number, 15), make_date(2026, month_number, 15) <= $as_of::date
        from (select unnest($units::varchar[]) as unit_id, unnest($numbers::integer[]) as month_number, unnest($items::integer[]) as items), range(items)
        """,
        {"units": units, "numbers": numbers, "items": items, "as_of": as_of},
    )
    warehouse.execute(
        """
        insert into core.target_progress
        select 'u' || lpad(cast(n as varchar), 5, '0'), 2026, 100, (
            select count(*) from core.disclosures where unit_id = 'u' || lpad(cast(n as varchar), 5, '0') and is_released), $1::date, null
        from range($2) as units(n)
        """,
        [as_of, len(months)],
    )
    select = (SQL / "core" / "target_forecast.sql").read_text("utf-8")
    return warehouse.execute(
        f"select forecast_count, forecast_low, forecast_high, forecast_reason from ({select}) order by unit_id"
    ).fetchall()


@pytest.mark.parametrize(("mean", "dispersion"), [(4, 1), (20, 1), (20, 2), (60, 4)])
@pytest.mark.parametrize("as_of", ["2026-03-31", "2026-06-30", "2026-10-31"])
def test_nine_years_in_ten_end_within_their_interval(
    warehouse: duckdb.DuckDBPyConnection, mean: float, dispersion: float, as_of: str
) -> None:
    random = np.random.default_rng(2026)
    size = (UNITS, 12)
    rates = mean if dispersion == 1 else random.gamma(mean / (dispersion - 1), dispersion - 1, size)
    months = random.poisson(rates, size)
    told = [row for row in zip(forecast(warehouse, months, as_of), months.sum(axis=1), strict=True) if row[0][3] is None]
    within = np.mean([low <= total <= high for (_, low, high, _), total in told])
    assert len(told) > 0.99 * UNITS
    assert 0.86 <= within <= 0.97


def test_where_nothing_can_be_said_the_reason_is(warehouse: duckdb.DuckDBPyConnection) -> None:
    busy, silent = np.full((1, 12), 5), np.zeros((1, 12), int)
    assert forecast(warehouse, np.vstack([busy, silent]), "2026-03-30") == [(None, None, None, "under_3_months")] * 2


def test_a_unit_that_disclosed_nothing_has_no_forecast_and_an_even_one_a_narrow_one(warehouse: duckdb.DuckDBPyConnection) -> None:
    busy, silent = np.full((1, 12), 5), np.zeros((1, 12), int)
    even, nothing = forecast(warehouse, np.vstack([busy, silent]), "2026-10-31")
    assert nothing == (None, None, None, "nothing_disclosed")
    assert even == (60, 54, 66, None)


def test_a_year_that_is_over_is_what_it_came_to(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert forecast(warehouse, np.full((1, 12), 5), "2027-01-02") == [(60, 60, 60, "year_over")]
