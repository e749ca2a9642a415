"""Errors between publisher and portal: the old state stays, the message says what to do, the next run repairs it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event, Thread
from time import sleep

import ckanapi
import pytest

from exports.ckan import datastore_table as portal_table
from exports.ckan import loading as portal_loading
from exports.ckan.errors import PortalNotAnswering, PortalRefused
from exports.ckan.http import RetryPolicy
from exports.ckan.publish import publish, verify
from tests.integration.conftest import Ckan, County
from tests.integration.proxy import Proxy

pytestmark = [pytest.mark.integration, pytest.mark.rest]
QUICK = RetryPolicy(tries=3, pause=0.05)


@pytest.fixture
def proxied(ckan: Ckan, county: County) -> Iterator[Proxy]:
    """The county's portal behind a proxy that can break connections."""
    with Proxy(ckan.url) as proxy:
        county.portal = replace(county.portal, url=proxy.url)
        yield proxy


def state(ckan: Ckan, county: County) -> list[object]:
    """All that the public sees of the county's datasets."""
    seen: list[object] = []
    for dataset in county.datasets:
        package = ckan.public.action.package_show(id=county.name(dataset))
        table = ckan.public.action.datastore_search(resource_id=county.name(dataset).replace("-", "_"), limit=1000)
        seen.append((package["title"], [resource["hash"] for resource in package["resources"]], table["records"]))
    return seen


@pytest.mark.parametrize("fates", [("429", "503"), ("cut",), ("lose",)], ids="-".join)
def test_transient_errors_are_retried(ckan: Ckan, small_county: County, proxied: Proxy, fates: tuple[str, ...]) -> None:
    calls = "package_create datastore_create package_revise resource_create_default_resource_views"
    proxied.fail(*fates, on=calls)
    report = publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK)
    assert report.problems == ()
    broken = {line.split()[0].rsplit("/", 1)[-1] for line in proxied.seen if not line.endswith("passed")}
    assert broken == set(calls.split())
    assert verify(small_county.release(), small_county.catalog, replace(small_county.portal, url=ckan.url)).problems == ()
    assert {len(resources) for resources in map(ckan_resources(ckan), map(small_county.name, small_county.datasets))} == {6}


def test_a_portal_that_stops_midway_keeps_its_old_state_and_the_next_run_completes(ckan: Ckan, county: County, proxied: Proxy) -> None:
    publish(county.release(), county.catalog, county.portal)
    old = state(ckan, county)
    county.sql("update marts.target_progress set target_count = target_count + 1")
    proxied.fail(*["503"] * 100, on="package_revise")
    with pytest.raises(PortalNotAnswering, match="run publish again"):
        publish(county.release(), county.catalog, county.portal, patience=QUICK)
    assert state(ckan, county) == old
    proxied.rule = lambda _: None
    assert publish(county.release(), county.catalog, county.portal).problems == ()
    assert verify(county.release(), county.catalog, county.portal).problems == ()


def test_a_run_that_stops_between_rows_and_files_is_completed_by_the_next(ckan: Ckan, small_county: County, proxied: Proxy) -> None:
    publish(small_county.release(), small_county.catalog, small_county.portal)
    small_county.sql("update marts.units set unit_name = '改名局' where unit_id = 'u001'")
    calls = iter(range(1))  # the lock passes, what would end it does not
    proxied.rule = lambda head: "503" if b"package_revise" in head.split(b"\r\n")[0] and next(calls, None) is None else None
    with pytest.raises(PortalNotAnswering):
        publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK)
    extras = {extra["key"] for extra in ckan.public.action.package_show(id=small_county.name("units"))["extras"]}
    assert "gongkai_publishing" in extras
    proxied.rule = lambda _: None
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    extras = {extra["key"] for extra in ckan.public.action.package_show(id=small_county.name("units"))["extras"]}
    assert "gongkai_publishing" not in extras
    assert verify(small_county.release(), small_county.catalog, small_county.portal).problems == ()


def test_an_interrupted_first_publication_shows_nothing_until_it_is_complete(ckan: Ckan, small_county: County, proxied: Proxy) -> None:
    proxied.fail(*["cut"] * 100, on="datastore_create")
    with pytest.raises(PortalNotAnswering):
        publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK)
    assert [one["name"] for one in ckan.public.action.package_search(q=f"name:{small_county.portal.dataset_prefix}*")["results"]] == []
    proxied.rule = lambda _: None
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()


def test_a_portal_that_takes_no_large_request_gets_small_ones(ckan: Ckan, small_county: County, proxied: Proxy) -> None:
    whole = iter(["413"])  # the table with all its rows
    proxied.rule = lambda head: (
        next(whole, None)
        if b"datastore_create" in head
        else "413"
        if b"datastore_upsert" in head and int(head.lower().split(b"content-length: ")[1].split()[0]) > 3000
        else None
    )
    assert publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK).problems == ()
    assert verify(small_county.release(), small_county.catalog, small_county.portal).problems == ()


def test_a_file_too_large_for_the_portal_is_reported(small_county: County, proxied: Proxy) -> None:
    proxied.fail("413", on="package_revise")
    with pytest.raises(PortalRefused, match="413"):
        publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK)


def test_a_portal_under_a_path_works(ckan: Ckan, small_county: County) -> None:
    with Proxy(ckan.url, prefix="/opendata") as proxy:
        small_county.portal = replace(small_county.portal, url=proxy.url + "/")
        assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()


def test_a_publisher_is_sent_on_nowhere_and_a_reader_is(ckan: Ckan, small_county: County, proxied: Proxy) -> None:
    publish(small_county.release(), small_county.catalog, small_county.portal)
    proxied.rule = lambda _: ckan.url
    assert verify(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    with pytest.raises(PortalRefused, match="make it the portal's url in the settings"):
        publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK)


def test_a_missing_portal_is_named(small_county: County) -> None:
    small_county.portal = replace(small_county.portal, url="http://127.0.0.1:9")
    with pytest.raises(PortalNotAnswering, match="refused"):
        publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK)


def test_an_address_that_is_no_ckan_is_named(small_county: County) -> None:
    small_county.portal = replace(small_county.portal, url=small_county.portal.url + "/about")
    with pytest.raises(PortalRefused, match=r"is .*/about its address"):
        publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK)


def test_a_wrong_or_revoked_token_is_distinguished_from_one_without_rights(ckan: Ckan, small_county: County) -> None:
    publish(small_county.release(), small_county.catalog, small_county.portal)
    reader = user(ckan, small_county)
    for token, words in (
        (reader, "may not publish in organisation"),
        ("nonsense", "does not know the token"),
        (reader, "does not know the token"),
    ):
        small_county.portal = replace(small_county.portal, token=token)
        with pytest.raises(PortalRefused, match=words) as refused:
            publish(small_county.release(), small_county.catalog, small_county.portal)
        assert token not in str(refused.value)
        ckan.api.action.api_token_revoke(token=token) if token == reader and "may not" in words else None


def test_an_editor_of_the_organisation_has_all_the_rights_it_takes(ckan: Ckan, small_county: County) -> None:
    token = user(ckan, small_county)
    small_county.portal = replace(small_county.portal, token=token)
    ckan.api.action.organization_member_create(id=small_county.portal.organization, username=user_name(small_county), role="editor")
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    small_county.sql("update marts.units set region_name = '乙'")
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()


def test_a_dataset_of_someone_else_is_never_touched(ckan: Ckan, small_county: County) -> None:
    foreign = ckan.api.action.package_create(name=small_county.name("units"), title="theirs", owner_org=small_county.portal.organization)
    with pytest.raises(PortalRefused, match="not made by this program"):
        publish(small_county.release(), small_county.catalog, small_county.portal)
    assert ckan.api.action.package_show(id=foreign["id"])["title"] == "theirs"


def test_of_two_publishers_at_once_the_second_reports_the_first(county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    county.sql("update marts.target_progress set target_count = target_count + 1")
    release, holding, go_on = county.release(), Event(), Event()

    def hold(message: str) -> None:
        if "rows" in message:
            holding.set()
            go_on.wait(60)

    first = Thread(target=publish, args=(release, county.catalog, county.portal, hold))
    first.start()
    assert holding.wait(60)
    second = subprocess.run(
        [sys.executable, "-c", SECOND, *map(str, (county.folder, release.folder))],
        env=publisher(county),
        capture_output=True,
        text=True,
        check=False,
    )
    go_on.set()
    first.join()
    assert "PortalBusy" in second.stderr, second.stderr
    assert "user admin" in second.stderr
    assert verify(release, county.catalog, county.portal).problems == ()


SECOND = """
import os, sys
from dataclasses import replace
from pathlib import Path
from exports.catalog import load_catalog
from exports.ckan.publish import PortalAddress, publish
from exports.release.manifest import read_release
catalog = load_catalog(Path(sys.argv[1], "exports"))
portal = PortalAddress(*(os.environ[name] for name in ("P_URL", "P_TOKEN", "P_ORGANIZATION", "P_PREFIX")))
publish(read_release(Path(sys.argv[2])), catalog, portal)
"""


def publisher(county: County) -> dict[str, str]:
    portal = county.portal
    return {"P_URL": portal.url, "P_TOKEN": portal.token, "P_ORGANIZATION": portal.organization, "P_PREFIX": portal.dataset_prefix}


def test_readers_see_the_old_table_or_the_new_one_during_a_reload(ckan: Ckan, county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_table, "IN_PLACE_ROWS", 5)
    monkeypatch.setattr(portal_loading, "CHUNK_ROWS", 4)
    monkeypatch.setattr(portal_loading, "ONE_CALL_ROWS", 4)
    publish(county.release(), county.catalog, county.portal)
    county.sql("update marts.target_progress set target_count = target_count + 1000")
    seen, over = set(), Event()

    def read() -> None:
        while not over.is_set():
            try:
                package = ckan.public.action.package_show(id=county.name("target_progress"))
                table = next(one for one in package["resources"] if one["name"] == "数据表 (Data table)")
                records = ckan.public.action.datastore_search(resource_id=table["id"], limit=100)["records"]
            except ckanapi.NotFound:
                seen.add("moved")
            else:
                seen.add((len(records), sum(record["target_count"] > 1000 for record in records)))
            sleep(0.02)

    reader = Thread(target=read)
    reader.start()
    assert publish(county.release(), county.catalog, county.portal).problems == ()
    over.set()
    reader.join()
    assert seen - {"moved"} == {(30, 0), (30, 30)}


def test_a_failed_reload_leaves_the_old_table_live_and_is_resumed(
    ckan: Ckan, county: County, proxied: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(county.release(), county.catalog, county.portal)
    old = state(ckan, county)
    monkeypatch.setattr(portal_table, "IN_PLACE_ROWS", 5)
    monkeypatch.setattr(portal_loading, "CHUNK_ROWS", 4)
    monkeypatch.setattr(portal_loading, "ONE_CALL_ROWS", 4)
    county.sql("update marts.target_progress set target_count = target_count + 1000")
    passed = iter(range(4))
    proxied.rule = lambda head: "503" if b"datastore_upsert" in head.split(b"\r\n")[0] and next(passed, None) is None else None
    with pytest.raises(PortalNotAnswering):
        publish(county.release(), county.catalog, county.portal, patience=QUICK)
    assert state(ckan, county)[1][2] == old[1][2]
    proxied.rule, proxied.seen[:] = (lambda _: None), []
    assert publish(county.release(), county.catalog, county.portal).problems == ()
    assert sum("datastore_upsert" in line for line in proxied.seen) == 4 + 1  # of eight chunks, four were there; and one call to count
    assert [one["name"] for one in ckan.public.action.package_show(id=county.name("target_progress"))["resources"]].count(
        "数据表 (Data table)"
    ) == 1


def test_a_former_table_left_behind_is_removed_and_its_alias_moves_on(
    ckan: Ckan, small_county: County, proxied: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(small_county.release(), small_county.catalog, small_county.portal)
    monkeypatch.setattr(portal_table, "IN_PLACE_ROWS", 5)
    small_county.sql("update marts.units set unit_name = unit_name || '新'")
    proxied.fail(*["503"] * 100, on="resource_delete")
    with pytest.raises(PortalNotAnswering):
        publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK)
    proxied.rule = lambda _: None
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    assert [str(one) for one in ckan_resources(ckan)(small_county.name("units")) if "旧" in one] == []
    rows = ckan.public.action.datastore_search(resource_id=small_county.name("units").replace("-", "_"))["records"]
    assert all(row["unit_name"].endswith("新") for row in rows)
    assert publish(small_county.release(), small_county.catalog, small_county.portal).is_unchanged


def test_a_renamed_column_reaches_file_and_table(ckan: Ckan, county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    for path in county.descriptors.glob("*.yaml"):
        path.write_text(re.sub(r"\btarget_count\b", "promised_count", path.read_text("utf-8")), "utf-8")
    county.sql("alter table marts.target_progress rename target_count to promised_count")
    assert publish(county.release(), county.catalog, county.portal).problems == ()
    fields = ckan.public.action.datastore_info(id=county.name("target_progress").replace("-", "_"))["fields"]
    assert "promised_count" in [field["id"] for field in fields]


def ckan_resources(ckan: Ckan) -> Callable[[str], list[str]]:
    return lambda name: [resource["name"] for resource in ckan.public.action.package_show(id=name)["resources"]]


def user_name(county: County) -> str:
    return county.portal.organization.removesuffix("-office")


def user(ckan: Ckan, county: County) -> str:
    """A new user without any rights, and a token of theirs."""
    name = user_name(county)
    ckan.api.action.user_create(name=name, email=f"{name}@example.org", password="only-for-this-test")
    return str(ckan.api.action.api_token_create(user=name, name="test")["token"])
