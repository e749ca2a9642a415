"""Publishing to a real CKAN: what the public then finds there is the release."""

from __future__ import annotations

import pytest
from conftest import Ckan, County

from exports.portal import plan, publish, verify

pytestmark = pytest.mark.integration


def test_a_release_is_published_whole_and_read_back_by_anyone(ckan: Ckan, county: County) -> None:
    release = county.release()
    report = publish(release, county.catalog, county.portal)
    assert report.problems == ()
    assert set(report.created) == {county.name("units"), county.name("target_progress")}
    assert verify(release, county.catalog, county.portal) == []
    dataset = ckan.public.action.package_show(id=county.name("target_progress"))
    assert dataset["title"] == "目标完成进度 (Target progress)"
    assert [resource["format"] for resource in dataset["resources"]] == ["CSV", "CSV", "Parquet"]


def test_a_second_publication_writes_nothing(ckan: Ckan, county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    before = ckan.writes()
    assert publish(county.release(), county.catalog, county.portal).is_unchanged
    assert ckan.writes() == before
    assert str(plan(county.release(), county.catalog, county.portal)).endswith("nothing to change")
