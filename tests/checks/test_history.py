"""Results of earlier releases: drift without false alarms, freshness as promised, trends from release to release."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import duckdb
import pyarrow.parquet as pq
import pytest

from exports.catalog import Catalog, Dataset
from flows.quality.suites import FRESH_DAYS, Rule, history_rules
from tests.conftest import County, gongkai
from tests.warehouse.test_build import content

YEAR = 365


def rules(dataset: Dataset) -> dict[str, Rule]:
    return {rule.name.en.split(" ")[1]: rule for rule in history_rules(dataset)}


def alarms(counts: list[int], dataset: Dataset, kept: int = 29) -> list[int]:
    """The days on which the drift rule is not met; each day is a release that remembers the `kept` before it."""
    query = rules(dataset)["number"].kwargs["unexpected_rows_query"].format(batch="today")
    found = []
    with duckdb.connect() as connection:
        connection.execute("create schema reference")
        for day, count in enumerate(counts):
            past = (
                ", ".join(f"({number}, '{dataset.slug}', {counts[number]})" for number in range(max(0, day - kept), day))
                or "(0, null, null)"
            )
            connection.execute(
                f"create or replace table reference.quality_history as from (values {past}) as t(release_number, dataset_slug, dataset_row_count)"
            )
            connection.execute(f"create or replace view today as from range({count})")
            found += [day] * bool(connection.execute(query).fetchall())
    return found


def workdays() -> Iterator[bool]:
    yield from ((date(2026, 1, 1) + timedelta(days=day)).weekday() < 5 for day in range(YEAR))


def grown(seed: int, start: int, a_day: float) -> list[int]:
    """Row counts of a register kept by clerks: more on working days, now and then a few less, once a quarter a whole batch."""
    chance, count, counts = random.Random(seed), start, []
    for day, at_work in enumerate(workdays()):
        count += round(chance.expovariate(1 / a_day)) if at_work else 0
        count -= chance.randint(1, 5) if chance.random() < 0.03 else 0
        count += start // 4 if day in {92, 183, 275} else 0
        counts.append(count)
    return counts


PLANS = [52] * 75 + [110] * (YEAR - 75)  # the new year's plans come in March
STANDING = [35] * YEAR


@pytest.mark.parametrize("counts", [grown(1, 5000, 12), grown(2, 400, 3), grown(3, 60_000, 400), grown(4, 30, 0.3), PLANS, STANDING])
def test_a_year_of_ordinary_growth_gives_no_alarm(catalog: Catalog, counts: list[int]) -> None:
    assert alarms(counts, catalog.datasets["disclosures"]) == []


@pytest.mark.parametrize("counts", [grown(1, 5000, 12), grown(2, 400, 3), grown(3, 60_000, 400), PLANS, STANDING])
@pytest.mark.parametrize(("day", "factor"), [(9, 0.5), (200, 0.5), (340, 0.5), (200, 0.0)])
def test_a_halving_and_an_empty_table_are_caught_on_their_day(catalog: Catalog, counts: list[int], day: int, factor: float) -> None:
    lost = [*counts[:day], round(counts[day] * factor)]
    assert alarms(lost[-31:], catalog.datasets["disclosures"]) == [min(day, 30)]


def test_tripled_rows_are_caught(catalog: Catalog) -> None:
    counts = grown(1, 5000, 12)[:100]
    assert alarms([*counts[-30:], 3 * counts[-1]], catalog.datasets["disclosures"]) == [30]


def test_drift_is_not_judged_before_the_eighth_release(catalog: Catalog) -> None:
    assert alarms([100] * 7 + [1], catalog.datasets["disclosures"]) == []
    assert alarms([100] * 8 + [1], catalog.datasets["disclosures"]) == [8]


@pytest.mark.parametrize(("days_old", "is_fresh"), [(0, True), (10, True), (11, False)])
def test_records_are_as_new_as_the_update_frequency_promises(catalog: Catalog, days_old: int, is_fresh: bool) -> None:
    dataset = catalog.datasets["disclosures"]
    assert FRESH_DAYS[dataset.update_frequency] == 10
    query = rules(dataset)["newest"].kwargs["unexpected_rows_query"].format(batch="records")
    with duckdb.connect() as connection:
        connection.execute("create schema reference; create table reference.run as select date '2026-10-31' as as_of_on")
        connection.execute(
            f"create view records as select date '2026-10-31' - {days_old} as published_on union all select date '2027-01-01'"
        )
        assert (connection.execute(query).fetchall() == []) is is_fresh


def read_trends(county: County) -> list[tuple[object, ...]]:
    return county.ask(
        "select release_number, check_result, failed_count, quality_trend from marts.data_quality "
        "where rule_name like '公开日期不早于形成日期%' and dataset_slug = 'disclosures' order by 1"
    )


HEAD = "索引号,标题,公开单位,形成日期,公开日期\n"
KEPT = "".join(f"旧-{number},公告{number},县财政局,2026-03-02,2026-03-05\n" for number in range(20))
EARLY = "{0}-99,先于形成日期公开的公告{0},县财政局,2026-03-05,2026-03-02\n"


def refreshed(county: County) -> None:
    done = county.refresh()
    assert done.exit_code == 0, done.output


def test_each_release_says_what_was_checked_and_how_that_compares_with_the_last(county: Callable[..., County]) -> None:
    made = county({"disclosures/a.csv": (HEAD + KEPT + EARLY.format("旧")).encode(), "units/u.csv": "单位名称\n县财政局\n".encode()})
    new = made.root / "inbox" / "disclosures" / "new.csv"
    refreshed(made)
    new.write_text(HEAD + EARLY.format("新"), "utf-8")
    refreshed(made)
    new.unlink()
    refreshed(made)
    assert read_trends(made) == [(1, "not_met", 1, "first"), (2, "not_met", 2, "worse"), (3, "not_met", 1, "better")]
    released = pq.read_table(made.latest / "data" / "data-quality.parquet")
    assert len(released) == made.ask("select count(*) from marts.data_quality")[0][0]
    in_manifest = made.ask("select count(*) from marts.data_quality where gate_name = 'release' and release_number = 3")[0][0]
    assert in_manifest > 100
    own = "select count(*), count(distinct rule_name) from marts.data_quality where dataset_slug = 'data-quality' and release_number = 3"
    assert made.ask(own)[0][0] > 50

    # made again from the same inputs and the same past, it is the same, and no new release
    last, whole = made.latest, content(made.root / "warehouse.duckdb")
    (made.root / "warehouse.duckdb").unlink()
    refreshed(made)
    assert made.latest == last
    assert content(made.root / "warehouse.duckdb") == whole

    # a past that was tampered with is refused
    (last / "data" / "data-quality.parquet").write_bytes(b"PAR1")
    new.write_text(HEAD, "utf-8")
    assert gongkai("ingest", "-w", made.root).exit_code == 0
    refused = gongkai("build", "-w", made.root)
    assert refused.exit_code == 1
    assert "the one that was released" in refused.output
