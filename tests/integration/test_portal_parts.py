"""A dataset with files of one year each on a real CKAN: only a year that changed is sent, and a file that is no more is served no more."""

from __future__ import annotations

import re

import pytest
import requests

from exports.ckan.publish import plan, publish, verify
from exports.release.manifest import Release
from tests.integration.conftest import Ckan, County

pytestmark = pytest.mark.integration
FORMS = ("{}.{}.csv", "{}-zh.{}.csv", "{}.{}.parquet", "{}.{}.xlsx")


def files_of(*years: int) -> set[str]:
    return {form.format("target-progress", year) for form in FORMS for year in years}


def served(ckan: Ckan, county: County) -> dict[str, bytes]:
    """What anyone gets of the dataset's data files, by name."""
    found = ckan.public.action.package_show(id=county.name("target_progress"))["resources"]
    links = {one["url"].rsplit("/", 1)[-1]: one["url"] for one in found if one["url_type"] == "upload"}
    assert len(links) == sum(one["url_type"] == "upload" for one in found)
    return {name: requests.get(link, timeout=60).content for name, link in links.items() if name != "datapackage.json"}


def require_served(ckan: Ckan, county: County, release: Release, names: set[str]) -> None:
    found = served(ckan, county)
    assert found.keys() == names
    for name in (name for name in names if "-zh" not in name):
        assert found[name] == (release.folder / "data" / name).read_bytes(), name
    for name in (name for name in names if "-zh" in name):
        assert found[name].split(b"\r\n")[1:] == found[name.replace("-zh", "")].split(b"\r\n")[1:], name
    assert verify(release, county.catalog, county.portal).problems == ()


def rows_with(ckan: Ckan, county: County, **filters: int) -> int:
    table = county.name("target_progress").replace("-", "_")
    return int(ckan.public.action.datastore_search(resource_id=table, filters=filters)["total"])


def test_of_two_parts_the_changed_one_is_sent_and_one_without_rows_leaves(ckan: Ckan, county: County) -> None:
    county.yearly_above = 20
    county.sql("update marts.target_progress set plan_year = 2025 where target_count < 35")
    first = county.release()
    assert publish(first, county.catalog, county.portal).problems == ()
    require_served(ckan, county, first, files_of(2025, 2026))
    assert (rows_with(ckan, county), rows_with(ckan, county, plan_year=2025)) == (30, 15)
    county.sql("update marts.target_progress set disclosed_count = 4711 where unit_id = 'u025'")
    second = county.release()
    sent = set(re.findall(r"upload (target-progress\S+) ", str(plan(second, county.catalog, county.portal))))
    assert sent == files_of(2026)
    assert publish(second, county.catalog, county.portal).problems == ()
    require_served(ckan, county, second, files_of(2025, 2026))
    assert rows_with(ckan, county, disclosed_count=4711) == 1
    assert publish(county.release(), county.catalog, county.portal).is_unchanged
    county.sql(
        "delete from marts.target_progress where plan_year = 2025 and unit_id < 'u003'; update marts.target_progress set plan_year = 2026"
    )
    third = county.release()
    assert publish(third, county.catalog, county.portal).problems == ()
    require_served(ckan, county, third, files_of(2026))
    assert rows_with(ckan, county) == rows_with(ckan, county, plan_year=2026) == 27


def test_a_dataset_that_gets_parts_and_loses_them_is_served_once(ckan: Ckan, county: County) -> None:
    whole = {f"target-progress{end}" for end in (".csv", "-zh.csv", ".parquet", ".xlsx")}
    for limit, names in ((None, whole), (20, files_of(2026)), (None, whole)):
        county.yearly_above = limit
        release = county.release()
        assert publish(release, county.catalog, county.portal).problems == ()
        require_served(ckan, county, release, names)
