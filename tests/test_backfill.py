"""Releases of past days: the contents of each, the order of the series, and what is refused."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.release.manifest import sha256_of
from exports.release.verify import verify_release
from flows.backfill import days_between
from flows.workspace.interval import Every
from tests.conftest import County, gongkai
from tests.release.test_followed_leaks import told_in

MakeCounty = Callable[..., County]
RECORDS = """索引号,标题,公开单位,公开属性,形成日期,公开日期,撤回日期
A1,关于一月的公告,栖川县财政局,主动公开,2026-01-05,2026-01-12,
A2,关于四月的公告,栖川县财政局,主动公开,2026-03-30,2026-04-02,
A3,关于二月的公告,栖川县财政局,主动公开,2026-02-02,2026-02-05,2026-09-01
"""
QUARTERS = ("--from", "2026-01-31", "--to", "2026-04-30", "--every", "quarter")


def made_in(made: County) -> list[Path]:
    return sorted((made.root / "backfill").glob("2*"))


def titles(release: Path) -> int:
    return len((release / "data" / "disclosures.csv").read_text("utf-8-sig").splitlines()) - 1


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory, whole_sample: County) -> County:
    """A county with records of January and April, read and not built; as of the sample's day, 31 October."""
    root = tmp_path_factory.mktemp("backfill")
    (root / "inbox").mkdir()
    (root / "inbox" / "all.csv").write_text(RECORDS, "utf-8")
    settings = 'jurisdiction: {name: 澜泽市栖川县, code: "990101"}\nas_of: 2026-10-31\nsources: [{name: all, kind: disclosures, location: inbox/*}]\n'
    (root / "gongkai.yaml").write_text(settings, "utf-8")
    shutil.copytree(whole_sample.root / "releases", root / "releases", symlinks=True)
    assert gongkai("ingest", "-w", root).exit_code == 0
    return County(root)


def copy_of(made: County, folder: Path) -> County:
    return County(Path(shutil.copytree(made.root, folder, symlinks=True)))


@pytest.fixture(scope="module")
def series(ingested: County, tmp_path_factory: pytest.TempPathFactory) -> County:
    made = copy_of(ingested, tmp_path_factory.mktemp("series") / "county")
    done = gongkai("backfill", "-w", made.root, *QUARTERS)
    assert done.exit_code == 0, done.output
    return made


def test_a_past_day_is_released_as_it_was_and_the_workspace_is_unchanged(ingested: County, series: County) -> None:
    assert [path.name[:10] for path in made_in(series)] == ["2026-01-31", "2026-04-30"]
    assert [titles(release) for release in made_in(series)] == [1, 2]
    assert series.latest.name == ingested.latest.name
    assert {path.name for path in series.root.iterdir()} == {path.name for path in ingested.root.iterdir()} | {"backfill"}


def test_records_withdrawn_since_are_in_no_release_of_a_past_day(series: County) -> None:
    for release in made_in(series):
        standing = b"".join(path.read_bytes() for path in release.rglob("*") if path.is_file())
        assert "关于二月的公告".encode() not in standing


def test_the_releases_of_a_series_form_a_chain_in_the_order_of_their_days(series: County) -> None:
    first, second = made_in(series)
    named = [json.loads((release / "manifest.json").read_text("utf-8"))["previous_manifest_sha256"] for release in (first, second)]
    assert named == [None, sha256_of(first / "manifest.json")]
    assert (series.root / "backfill" / "latest").resolve() == second
    assert verify_release(first) == verify_release(second) == []


def test_a_killed_series_continues_to_the_same_bytes(ingested: County, series: County, tmp_path: Path) -> None:
    made = copy_of(ingested, tmp_path / "killed")
    with subprocess.Popen([Path(sys.executable).with_name("gongkai"), "backfill", "-w", made.root, *QUARTERS]) as process:
        while not made_in(made) and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    (first,) = made_in(made)
    inode = first.stat().st_ino
    assert gongkai("backfill", "-w", made.root, *QUARTERS).exit_code == 0
    assert first.stat().st_ino == inode, "an existing release was made again"
    assert [sha256_of(path / "SHA256SUMS") for path in made_in(made)] == [sha256_of(path / "SHA256SUMS") for path in made_in(series)]


def test_a_change_that_would_rewrite_a_series_is_refused_before_anything_is_made(series: County, tmp_path: Path) -> None:
    made = copy_of(series, tmp_path / "county")

    def refused(*words: str) -> str:
        done = gongkai("backfill", "-w", made.root, *words)
        assert done.exit_code == 1
        return done.stderr

    assert "of a later day" in refused("--from", "2026-02-28", "--to", "2026-05-31")
    assert "2026-10-31" in refused("--from", "2026-10-01", "--to", "2026-12-01")
    (made.root / "inbox" / "more.csv").write_text(RECORDS.replace("公告", "通知"), "utf-8")
    gongkai("ingest", "-w", made.root)
    assert "made of other sources" in refused("--from", "2026-04-30", "--to", "2026-07-31")
    assert len(made_in(made)) == 2


def test_a_release_of_a_past_day_loses_what_is_held_since_when_stored_releases_are_redacted(small: County) -> None:
    register = small.root / "inbox" / "disclosures" / "a.csv"
    assert gongkai("backfill", "-w", small.root, "--from", "2026-04-30", "--to", "2026-07-31", "--every", "quarter").exit_code == 0
    head, *lines = register.read_text("utf-8").splitlines()
    marked = [f"{line},{'主动公开' if number else '不予公开'}" for number, line in enumerate(lines)]
    register.write_text("\n".join([f"{head},公开属性", *marked, ""]), "utf-8")
    small.placed()
    assert all(told_in(release, "旧-0") for release in made_in(small))
    done = gongkai("redact", "--yes", "-w", small.root)
    assert done.exit_code == 0, done.output
    for release in made_in(small):
        assert told_in(release, "旧-0") == []
        assert titles(release) == len(lines) - 1
        assert verify_release(release) == []


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # others may be using the processors
@given(st.dates(date(2000, 1, 1), date(2040, 12, 31)), st.integers(0, 900), st.sampled_from(Every))
def test_the_days_of_a_series_rise_from_the_first_and_never_pass_the_last(first: date, length: int, every: Every) -> None:
    last = date.fromordinal(first.toordinal() + length)
    days = days_between(first, last, every)
    assert days[0] == first
    assert days == sorted(set(days))
    assert days[-1] <= last
    longest = {Every.day: 1, Every.week: 7, Every.month: 31, Every.quarter: 92, Every.year: 366}[every]
    assert all((after - before).days <= longest for before, after in zip(days, [*days[1:], last], strict=True))


def test_a_series_that_begins_with_a_months_last_day_keeps_to_the_last_days() -> None:
    assert [str(day) for day in days_between(date(2026, 2, 28), date(2026, 6, 30), Every.month)] == [
        "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30",
    ]  # fmt: skip
    assert [str(day) for day in days_between(date(2026, 1, 30), date(2026, 4, 1), Every.month)] == [
        "2026-01-30",
        "2026-02-28",
        "2026-03-30",
    ]
    assert days_between(date(2026, 2, 1), date(2026, 1, 1), Every.month) == []
