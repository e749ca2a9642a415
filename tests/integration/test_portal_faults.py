"""Faults between publisher and portal, each kind in the place of each request, and publishers that are killed at any request: the next run
brings the portal to the release, by a reading back that shares nothing with the publisher (portal_readback.py).
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Lock

import ckanapi
import pytest

from exports.ckan import client as portal_client
from exports.ckan import datastore_table as portal_table
from exports.ckan import loading as portal_loading
from exports.ckan.errors import PortalError
from exports.ckan.http import RetryPolicy
from exports.ckan.publish import PublishOptions, publish
from exports.release.manifest import Release
from tests.integration.conftest import Ckan, County
from tests.integration.portal_readback import differences
from tests.integration.proxy import SPOILED, Proxy
from tests.integration.test_portal_failures import SECOND, publisher
from tests.integration.test_portal_served import DAMAGES

pytestmark = pytest.mark.integration
SEED = 20261201
KILLS = 54
QUICK = RetryPolicy(tries=2, pause=0.01)
ROWS_IN_PLACE, CHUNK = 5, 8  # so that thirty changed rows are a load of several portions
FATES = (
    *("cut", "reset", "half", "hang", "twice", "stale", "login", '{"success": true, "result": {}}', '{"success": false}', "[]"),
    *("400", "401", "403", "404", "413", "429", "500", "502", "503", "504"),
    *SPOILED,
)
WAYS = {  # requests of each way, by words in their paths; files are read at the addresses that the portal says itself, not through the proxy
    "first": ("package_create", "datastore_create", "package_revise", "resource_create_default_resource_views", "package_show"),
    "rows": ("status_show", "package_search", "datastore_info", "/dump/", "datastore_upsert", "package_revise", "datastore_search"),
    "load": ("resource_create", "datastore_create", "datastore_upsert", "package_revise", "resource_view_list", "resource_delete"),
}


@dataclass
class Trial:
    """Publications of one dataset, each with something to do, through a proxy that may break them."""

    ckan: Ckan
    county: County
    proxy: Proxy
    number: int = 0

    def prepare(self, way: str) -> Release:
        """A release for which the portal needs a first publication, one row changed in place, or a whole new table."""
        self.number += 1
        if way == "first":
            self._clear()
        where = "unit_id = 'u007'" if way == "rows" else "true"
        self.county.sql(f"update marts.units set unit_name = '第{self.number}次' || unit_id, region_name = null where {where}")
        return self.county.release()

    def _clear(self) -> None:
        """As before anything was published, the tables of the datasets included."""
        api = self.ckan.api.action
        for package in api.package_search(fq=f"organization:{self.county.portal.organization}", include_private=True)["results"]:
            for resource in package["resources"]:
                api.resource_delete(id=resource["id"])
            api.dataset_purge(id=package["id"])

    def publish_broken(self, release: Release, fate: str, action: str, *, lasts: bool) -> bool:
        """Publish while each such request, or the first one, meets this fate: an error of ours comes of it, or nothing. Gives whether there was one."""
        fates = None if lasts else iter([fate])

        def rule(head: bytes) -> str | None:
            return (fate if fates is None else next(fates, None)) if action.encode() in head.split(b" ", 2)[1] else None

        self.proxy.rule = rule
        self.proxy.seen.clear()
        with suppress(PortalError):
            publish(release, self.county.catalog, replace(self.county.portal, url=self.proxy.url), patience=QUICK)
        self.proxy.rule = lambda _: None
        return any(line.endswith(fate) for line in self.proxy.seen)

    def kill(self, release: Release, at: int, phase: str) -> bool:
        """Publish in a process that is killed at its `at`th request: before the portal has it, has half of it, or has answered it. Gives
        whether it came to that.
        """
        words = [sys.executable, "-c", IN_PORTIONS + SECOND, str(self.county.folder), str(release.folder)]
        address = {**publisher(self.county), "P_URL": self.proxy.url}
        self.proxy.seen.clear()
        with subprocess.Popen(words, env=address, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            counted, lock, killed = iter(range(1, 10_000)), Lock(), []

            def strike(_: bytes) -> None:
                process.kill()
                killed.append(phase)

            def rule(head: bytes) -> str | None:
                with lock:
                    is_now = next(counted) == at
                if is_now and phase != "answered":
                    strike(head)
                if is_now:
                    self.proxy.answered = strike if phase == "answered" else self.proxy.answered
                    return {"asked": "cut", "half": "half", "answered": "lose"}[phase]
                return None

            self.proxy.rule = rule
            process.wait()
        self.proxy.rule, self.proxy.answered = (lambda _: None), (lambda _: None)
        return bool(killed)

    def heal(self, release: Release) -> list[str]:
        """What differs after the next, undisturbed run."""
        report = publish(release, self.county.catalog, self.county.portal, options=PublishOptions())
        return [*report.problems, *self.differences(release)]

    def differences(self, release: Release) -> list[str]:
        return differences(ckanapi.RemoteCKAN(self.ckan.url), release.folder, self.county.portal.dataset_prefix)


IN_PORTIONS = f"""
from exports.ckan import datastore_table, loading
datastore_table.IN_PLACE_ROWS, loading.CHUNK_ROWS, loading.ONE_CALL_ROWS = {ROWS_IN_PLACE}, {CHUNK}, {CHUNK}
"""


@pytest.fixture
def trial(ckan: Ckan, small_county: County, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trial]:
    monkeypatch.setattr(portal_table, "IN_PLACE_ROWS", ROWS_IN_PLACE)
    monkeypatch.setattr(portal_loading, "CHUNK_ROWS", CHUNK)
    monkeypatch.setattr(portal_loading, "ONE_CALL_ROWS", CHUNK)
    monkeypatch.setattr(portal_client, "TIMEOUT", (20, 20))
    small_county.publish()
    with Proxy(ckan.url, hang=0.2) as proxy:
        yield Trial(ckan, small_county, proxy)


def test_a_fault_and_a_kill_are_healed_by_the_next_run(trial: Trial) -> None:
    release = trial.prepare("rows")
    assert trial.publish_broken(release, "stop", "package_revise", lasts=True)
    left = trial.differences(release)
    assert {line.split(":")[0] for line in left} == {trial.county.name("units"), trial.county.name("release")}, (
        "the record follows the datasets"
    )
    assert trial.heal(release) == []
    release = trial.prepare("rows")
    assert trial.kill(release, len(trial.proxy.seen) // 2, "answered")
    assert trial.heal(release) == []


@pytest.mark.rest
def test_the_reading_back_sees_what_is_served_otherwise(ckan: Ckan, small_county: County) -> None:
    """Else the tests of this file would prove nothing."""
    release = small_county.release()
    for damage in DAMAGES:
        small_county.publish(release)
        damage(ckan, small_county)
        found = differences(ckan.public, release.folder, small_county.portal.dataset_prefix)
        assert any(words in " ".join(found) for words in ("is served otherwise", "rows differ")) or damage is DAMAGES[2], (damage, found)


def kinds(way: str) -> list[tuple[str, str, bool]]:
    """Fate, request and whether it lasts: every fate once at least, at a request of this way that chance chooses; and every request."""
    chance = random.Random(f"{SEED} {way}")
    chosen = {(fate, chance.choice(WAYS[way])) for fate in FATES} | {(chance.choice(FATES), action) for action in WAYS[way]}
    return [(fate, action, chance.random() < 0.5) for fate, action in sorted(chosen)]


@pytest.mark.rest
@pytest.mark.parametrize("way", WAYS)
def test_every_kind_of_fault_is_healed_by_the_next_run(trial: Trial, way: str) -> None:
    tried: set[tuple[str, str]] = set()
    not_met: list[tuple[str, str]] = []
    not_healed: list[tuple[str, str, bool, list[str]]] = []
    for fate, action, lasts in kinds(way):
        release = trial.prepare(way)
        if trial.publish_broken(release, fate, action, lasts=lasts):
            tried.add((fate, action))
        else:
            not_met.append((fate, action))
        if left := trial.heal(release):
            not_healed.append((fate, action, lasts, left))
    print(f"{way}: {len(FATES)} fates, {len(tried)} kinds tried, {len(not_healed)} not healed")
    assert (not_healed, not_met) == ([], [])
    assert len(tried) >= 30


@pytest.mark.rest
def test_a_publisher_killed_at_any_moment_is_followed_by_one_that_completes(trial: Trial) -> None:
    chance = random.Random(SEED)
    killed: list[tuple[str, int, str]] = []
    not_equal: list[tuple[str, int, str, list[str]]] = []
    requests: dict[str, int] = {}
    for way in WAYS:  # how many requests each way makes, from a publication that nothing breaks
        trial.publish_broken(trial.prepare(way), "twice", "status_show", lasts=False)
        requests[way] = len(trial.proxy.seen)
    while len(killed) < KILLS:
        way, phase = chance.choice(tuple(WAYS)), chance.choice(("asked", "half", "answered"))
        release, at = trial.prepare(way), chance.randint(1, requests[way] - 1)
        if trial.kill(release, at, phase):
            killed.append((way, at, phase))
        if left := trial.heal(release):
            not_equal.append((way, at, phase, left))
    print(f"{len(killed)} kills, {len(not_equal)} not equal: {requests}")
    assert not_equal == []
