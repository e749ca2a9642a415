"""Backfill: releases of past days, one after the other in a series of their own (docs/decisions/backfill.md).

backfill/<as-of>-<digest>/   a release like any other, made today of what is known today, for an earlier day
backfill/latest              the last day of the series; the workspace's own releases and their `latest` are left alone
"""

from __future__ import annotations

import shutil
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from exports.catalog import load_catalog
from exports.messages import N_, _, joined
from exports.release.folder import NEXT_LATEST
from exports.release.manifest import Release, read_release
from flows.build import build
from flows.check import check
from flows.quality.history import was_made_of
from flows.release import release
from flows.warehouse.build_key import build_key
from flows.warehouse.current_sources import current_sources, former_sources
from flows.workspace.aside import AsideWorkspace
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.interval import Every
from flows.workspace.runner import Runner
from flows.workspace.settings import Workspace

SERIES = "backfill"
MONTHS = {Every.month: 1, Every.quarter: 3, Every.year: 12}
DAYS = {Every.day: 1, Every.week: 7}


class BackfillWorkspace(AsideWorkspace):
    """A workspace as of an earlier day: same sources and settings, a temporary warehouse and releases of its own."""

    @classmethod
    def of(cls, workspace: Workspace, day: date) -> BackfillWorkspace:
        return cls(workspace.root, workspace.settings.model_copy(update={"as_of": day}), workspace.leaving_on)

    @property
    def scratch(self) -> Path:
        return self.root / ".backfill"

    @property
    def releases(self) -> Path:
        return self.root / SERIES


class BackfillSeries(Workspace):
    """A workspace with the releases of its backfill in place of its own."""

    @property
    def releases(self) -> Path:
        return self.root / SERIES


def backfill(workspace: Workspace, first: date, last: date | None = None, every: Every = Every.month, *, runner: Runner) -> list[Release]:
    """The releases made, one for each day from `first` to `last` (default: the workspace's as-of day), from what the raw store holds now.

    A day that has its release, made of the same sources and code, is skipped: a run that stopped early is simply run again.

    Raises:
        ConfigurationError: there are no days, or they lie after the workspace's own; or the series would have to be rewritten
            because a day has a release made of other sources or code, or lies before one that has. Nothing is made then.
    """
    days = days_between(first, last or workspace.as_of, every)
    _require_past(workspace, days)
    standing = _read_series(BackfillWorkspace.of(workspace, days[0]).releases)
    _require_nothing_rewritten(workspace, days, standing)
    missing = [BackfillWorkspace.of(workspace, day) for day in days if day not in standing]
    made = {
        past.as_of: done for past, done in zip(missing, runner.map_items(N_("backfilling"), partial(_make, runner), missing), strict=True)
    }
    return [(standing | made)[day] for day in days]


def days_between(first: date, last: date, every: Every) -> list[date]:
    """The days from `first` to `last` at most; monthly steps keep the day of the month, or take the last day of a shorter month."""
    days, count = [first], 0
    while (count := count + 1) and (day := _add_intervals(first, every, count)) <= last:
        days.append(day)
    return days if first <= last else []


def _add_intervals(first: date, every: Every, count: int) -> date:
    if every in DAYS:
        return first + timedelta(days=DAYS[every] * count)
    year, month = divmod(first.year * 12 + first.month - 1 + MONTHS[every] * count, 12)
    return date(year, month + 1, min(_day_of(first), monthrange(year, month + 1)[1]))


def _day_of(first: date) -> int:
    """The day of the month that a series keeps; a series that starts on a month's last day stays on last days."""
    return 31 if first.day == monthrange(first.year, first.month)[1] else first.day


def _require_past(workspace: Workspace, days: Sequence[date]) -> None:
    if not days or days[-1] > workspace.as_of:
        found = _("the last day {day}", day=days[-1]) if days else _("no day between the first and the last")
        expected = _("days up to {day}, the day for which the workspace's own figures hold", day=workspace.as_of)
        raise ConfigurationError(finding("backfill", found, expected, _("Give other days.")))


def _read_series(folder: Path) -> dict[date, Release]:
    """The releases of the series by their day. One that a crash kept from becoming `latest` is left out: it will be completed."""
    unfinished = (folder / NEXT_LATEST).resolve().name
    manifests = [path for path in folder.glob("[0-9]*/manifest.json") if path.parent.name != unfinished]
    return {made.as_of: made for made in (read_release(path.parent) for path in manifests)}


def _require_nothing_rewritten(workspace: Workspace, days: Sequence[date], standing: Mapping[date, Release]) -> None:
    """Raise where a day already released would change: a manifest names the one before it, so new days only go at the end."""
    if not standing:
        return
    catalog = load_catalog()
    sources = [*current_sources(workspace, catalog), *former_sources(workspace, catalog)]
    newest = max(standing)
    for day in days:
        made = standing.get(day)
        if made and not was_made_of(made, build_key(BackfillWorkspace.of(workspace, day), sources)):
            found = _("release {name}, made of other sources or other code", name=made.name)
        elif not made and day < newest:
            found = _("release {name}, of a later day", name=standing[newest].name)
        else:
            continue
        place = f"{made.folder.parent if made else standing[newest].folder.parent}: {day}"
        expected = _("a day that can be put behind the last release: none is rewritten")
        remedy = _("Begin after it, or move the folder away to make the whole series anew.")
        raise ConfigurationError(finding(place, found, expected, remedy))


def _make(runner: Runner, past: BackfillWorkspace) -> Release:
    """One day's release, from a warehouse that is deleted afterwards."""
    past.scratch.mkdir(exist_ok=True)
    quiet = runner.quiet_runner()
    try:
        build(past, runner=quiet)
        held_back = check(past, runner=quiet)
        made = release(past, runner=quiet, accept_loss=None)  # one set of sources for all days: no rows can be lost between them
    finally:
        shutil.rmtree(past.scratch, ignore_errors=True)
    parts = [made.name, _("{count} datasets", count=len(made.datasets))]
    parts += [_("held back") + " " + joined("、", held_back)] if held_back else []
    runner.say(f"{past.as_of}: " + joined("，", parts))
    return made
