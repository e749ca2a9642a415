"""What verify sees, publish corrects: what a portal serves is compared, not what its metadata say."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from exports.ckan import datastore_table as portal_table
from exports.ckan import served as portal_served
from exports.ckan.publish import plan, verify
from tests.integration.conftest import Ckan, County
from tests.integration.proxy import Proxy

pytestmark = pytest.mark.integration


def resource(ckan: Ckan, county: County, form: str, kind: str = "upload") -> dict[str, Any]:
    package = ckan.api.action.package_show(id=county.name("units"))
    return next(one for one in package["resources"] if one["format"] == form and one["url_type"] == kind)


def stored(ckan: Ckan, found: dict[str, Any]) -> Path:
    """The file in the portal's own store."""
    if ckan.home is None:
        pytest.skip("the portal's file store is not at hand: set PORTAL_HOME")
    name = found["id"]
    return ckan.home / "storage" / "resources" / name[:3] / name[3:6] / name[6:]


def replace_by_upload(ckan: Ckan, county: County) -> None:
    found = resource(ckan, county, "CSV")
    content = BytesIO(b"x" * found["size"])
    content.name = "units.csv"
    ckan.api.action.resource_patch(id=found["id"], upload=content)
    assert resource(ckan, county, "CSV")["hash"] == found["hash"], "the portal still says that it is the same file"


def replace_in_the_store(ckan: Ckan, county: County) -> None:
    found = resource(ckan, county, "Parquet")
    path = stored(ckan, found)
    path.write_bytes(path.read_bytes()[::-1])


def lose_from_the_store(ckan: Ckan, county: County) -> None:
    stored(ckan, resource(ckan, county, "JSON")).unlink()


def change_a_cell(ckan: Ckan, county: County) -> None:
    table = resource(ckan, county, "CSV", "datastore")
    changed = {"unit_id": "u007", "unit_name": "他局"}
    ckan.api.action.datastore_upsert(resource_id=table["id"], records=[changed], method="update", force=True)


DAMAGES = (replace_by_upload, replace_in_the_store, lose_from_the_store, change_a_cell)


def test_whatever_is_served_otherwise_than_released_is_corrected_by_the_next_run(ckan: Ckan, small_county: County) -> None:
    release = small_county.release()
    small_county.publish(release)
    for damage in DAMAGES:
        damage(ckan, small_county)
    assert len(verify(release, small_county.catalog, small_county.portal).problems) == len(DAMAGES)
    text = str(plan(release, small_county.catalog, small_county.portal))
    for words in ("upload units.csv", "upload units.parquet", "upload datapackage.json", "change table: +0 ~1 -0 rows"):
        assert words in text
    report = small_county.publish(release)
    assert (report.changed, report.problems) == ((small_county.name("units"),), ())
    assert small_county.publish(release).is_unchanged


@pytest.mark.rest
def test_a_portal_without_sql_is_compared_by_samples_and_large_files_by_blocks(
    ckan: Ckan, small_county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal_served, "SMALL_FILE", 10)
    monkeypatch.setattr(portal_served, "BLOCK", 100)
    release = small_county.release()
    with Proxy(ckan.url) as proxy:
        small_county.portal = replace(small_county.portal, url=proxy.url)
        proxy.rule = lambda head: "400" if b"datastore_search_sql" in head.split(b"\r\n")[0] else None
        small_county.publish(release)
        assert small_county.publish(release).is_unchanged
        for damage in DAMAGES:
            damage(ckan, small_county)
            assert small_county.publish(release).changed == (small_county.name("units"),), damage
        assert verify(release, small_county.catalog, small_county.portal).problems == ()


@pytest.mark.rest
def test_what_a_sample_may_miss_a_full_comparison_finds_and_one_is_due_every_few_days(
    ckan: Ckan, small_county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal_served, "SMALL_FILE", 10)
    monkeypatch.setattr(portal_served, "BLOCK", 1)
    monkeypatch.setattr(portal_served.random, "randrange", lambda _: 0)
    release = small_county.release()
    small_county.publish(release)

    def change_the_last_byte() -> None:
        path = stored(ckan, resource(ckan, small_county, "CSV"))
        content = path.read_bytes()
        path.write_bytes(content[:-1] + b" ")

    for options in ({"is_full": True}, {"compare_days": 0}):
        change_the_last_byte()
        assert small_county.publish(release).is_unchanged
        assert small_county.publish(release, **options).changed == (small_county.name("units"),)
        assert verify(release, small_county.catalog, small_county.portal).problems == ()
    record = ckan.api.action.package_show(id=small_county.name("release"))
    old = [extra if extra["key"] != "gongkai_compared_on" else {**extra, "value": "2020-01-01"} for extra in record["extras"]]
    ckan.api.action.package_patch(id=record["id"], extras=old)
    change_the_last_byte()
    assert set(small_county.publish(release).changed) == {small_county.name("units"), small_county.name("release")}
    assert small_county.publish(release).is_unchanged


@pytest.mark.rest
def test_digests_of_all_types_are_the_same_in_both_databases(ckan: Ckan, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no table is read whole without need: fractions, large and small, times, nulls, empty and awkward texts."""
    county.sql(
        "update marts.target_progress set pace = 1e-7 where unit_id = 'u001'; update marts.target_progress set pace = 123456789.123 where unit_id = 'u002'"
    )
    county.sql(
        "update marts.target_progress set pace = -3e15 where unit_id = 'u003'; update marts.target_progress set pace = 0.1 + 0.2 where unit_id = 'u004'"
    )
    county.publish()
    read: list[str] = []
    whole = portal_table.differing_rows

    def counted(*words: Any) -> Any:
        read.append(words[1])
        return whole(*words)

    monkeypatch.setattr("exports.ckan.plan.differing_rows", counted)
    monkeypatch.setattr("exports.ckan.served.sample_differs", never)
    assert county.publish().is_unchanged
    assert read == []


def never(*_: object) -> bool:
    raise AssertionError("a table was read although its digest is known")
