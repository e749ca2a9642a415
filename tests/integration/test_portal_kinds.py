"""Portals of other kinds: with a schema of their own, without DataStore, with expiring tokens; tables loaded by xloader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import sleep

import ckanapi
import pytest
import requests
from rdflib import DCAT, DCTERMS, Graph, Literal, Namespace

from exports.ckan.errors import PortalRefused
from exports.ckan.publish import plan, publish, verify
from tests.integration.conftest import Ckan, County

pytestmark = pytest.mark.integration
SCHEMA = Path(__file__).with_name("portal_schema.yaml").as_uri()
SPDX = Namespace("http://spdx.org/rdf/terms#")
PLAIN = "activity dcat structured_data text_view image_view resource_proxy"
WITH_SCHEMA = "activity expire_api_token datastore xloader dcat structured_data text_view datatables_view resource_proxy"


@pytest.fixture(scope="module")
def with_schema(ckan: Ckan) -> Iterator[None]:
    if "xloader" not in ckan.extensions():
        pytest.skip("the tests' schema needs the plugins of the scripts in ../shared/portal")
    ckan.stop()
    ckan.rewrite_settings("user_create_groups = true", "user_create_groups = false")
    ckan.rewrite_settings("user_create_organizations = true", "user_create_organizations = false")
    ckan.start(CKAN_PLUGINS=WITH_SCHEMA, CKAN_SCHEMA=SCHEMA)
    yield
    ckan.rewrite_settings("user_create_groups = false", "user_create_groups = true")
    ckan.rewrite_settings("user_create_organizations = false", "user_create_organizations = true")
    ckan.become()


def test_xloader_fills_a_table_with_types_dictionary_and_every_awkward_text(ckan: Ckan, small_county: County) -> None:
    if "xloader" not in ckan.extensions():
        pytest.skip("this portal has no xloader")
    small_county.sql("update marts.units set unit_name = '  前后空格 ' where unit_id = 'u004'")
    small_county.sql(
        "update marts.units set region_name = '' where unit_id = 'u005'; update marts.units set region_name = null where unit_id = 'u006'"
    )
    ckan.api.action.job_clear()  # every write to a table queues a job for the worker: after other tests there may be minutes of them
    said: list[str] = []
    report = small_county.publish(progress=said.append, loader="xloader")
    assert report.problems == ()
    assert any(line.endswith("xloader: complete") for line in said), said
    assert any("rows to correct" in line for line in said), said  # xloader alone changes texts: this is what it left
    table = small_county.name("units").replace("-", "_")
    info = ckan.public.action.datastore_info(id=table)
    assert {field["id"]: (field["type"], field["info"]["label"]) for field in info["fields"]}["is_listed"] == ("bool", "列入名单")
    assert not any("type_override" in field["info"] for field in info["fields"])
    small_county.sql("update marts.units set unit_name = 'newword' where unit_id = 'u001'")
    assert small_county.publish(loader="xloader").problems == ()
    assert [row["unit_id"] for row in ckan.public.action.datastore_search(resource_id=table, q="newword")["records"]] == ["u001"]
    files = ckan.public.action.package_show(id=small_county.name("units"))["resources"]
    assert [one["url_type"] for one in files] == ["datastore", *["upload"] * 5]


def test_harvesters_read_the_dataset_as_dcat(ckan: Ckan, published: County) -> None:
    if "dcat" not in ckan.extensions():
        pytest.skip("this portal has no ckanext-dcat")
    page = requests.get(f"{ckan.url}/dataset/{published.name('target_progress')}.ttl", timeout=60)
    graph = Graph().parse(data=page.content, format="turtle")
    (subject,) = set(graph.subjects(predicate=DCAT.distribution))
    facts = {str(predicate).rsplit("/", 1)[-1].rsplit("#", 1)[-1]: str(value) for predicate, value in graph.predicate_objects(subject)}
    assert facts["title"] == "目标完成进度 (Target progress)"
    assert facts["accrualPeriodicity"].endswith("/DAILY")
    assert facts["theme"].endswith("/GOVE")
    period = {str(value) for predicate, value in graph.predicate_objects(next(graph.objects(subject, DCTERMS.temporal)))}
    assert any(value.startswith("2026-01-01") for value in period)
    formats = {str(value) for one in graph.objects(subject, DCAT.distribution) for value in graph.objects(one, DCAT.mediaType)}
    assert any("parquet" in form for form in formats)
    distributions = set(graph.objects(subject, DCAT.distribution))
    assert all((one, DCTERMS.license, None) in graph for one in distributions)
    checksums = list(graph.subjects(predicate=SPDX.checksumValue))
    assert len(checksums) == len(distributions) - 1, "of all files; the table's link serves no file"
    assert all((one, SPDX.algorithm, None) in graph for one in checksums)


@pytest.mark.rest
def test_a_portals_own_schema_is_filled_in_every_language_and_form(with_schema: None, ckan: Ckan, small_county: County) -> None:
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    dataset = ckan.public.action.package_show(id=small_county.name("units"))
    assert dataset["title_translated"] == {"zh": "单位", "en": "Units"}
    assert dataset["tags_translated"] == {"zh": ["单位名单"], "en": ["unit list"]}
    assert dataset["contact"][0]["name"] == "联系方式未填写 (contact not stated)"
    assert dataset["frequency"].endswith("/DAILY")
    assert [one[-3:] for one in dataset["language"]] == ["ZHO", "ENG"]
    assert {"frequency", "language", "contact_name", "provenance"}.isdisjoint(extra["key"] for extra in dataset["extras"])
    assert plan(small_county.release(), small_county.catalog, small_county.portal).is_empty
    assert verify(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    graph = Graph().parse(data=requests.get(f"{ckan.url}/dataset/{dataset['name']}.ttl", timeout=60).content, format="turtle")
    subject = next(graph.subjects(DCTERMS.accrualPeriodicity))
    assert {Literal("单位", lang="zh"), Literal("Units", lang="en")} & set(graph.objects(subject, DCTERMS.title))


@pytest.mark.rest
def test_an_expired_token_is_reported_and_changes_nothing(with_schema: None, ckan: Ckan, small_county: County) -> None:
    made = ckan.api.action.api_token_create(user=ckan.api.action.user_show()["name"], name="short", expires_in=3, unit=1)
    assert ckanapi.RemoteCKAN(ckan.url, apikey=made["token"]).action.user_show()["sysadmin"]
    small_county.portal = replace(small_county.portal, token=made["token"])
    sleep(3.5)
    with pytest.raises(PortalRefused, match="wrong, expired or revoked") as refused:
        publish(small_county.release(), small_county.catalog, small_county.portal)
    assert made["token"] not in str(refused.value)
    with pytest.raises(ckanapi.NotFound):
        ckan.api.action.package_show(id=small_county.name("units"))


@pytest.mark.rest
def test_groups_that_an_editor_may_not_create_are_reported_and_used_once_they_exist(
    with_schema: None, ckan: Ckan, small_county: County
) -> None:
    office, group = small_county.portal.organization, f"{small_county.portal.dataset_prefix}units"
    small_county.portal = replace(small_county.portal, token=token_of_new_user(ckan, group))
    small_county.portal = replace(small_county.portal, organization=f"{office}-new")
    with pytest.raises(PortalRefused, match=r"organisation .* does not exist, and the token may not create it"):
        small_county.publish(allow=frozenset({"create_organization"}))
    ckan.api.action.organization_member_create(id=office, username=group, role="editor")
    small_county.portal = replace(small_county.portal, organization=office)
    first = publish(small_county.release(), small_county.catalog, small_county.portal)
    assert first.problems == ()
    assert [note.split(" (")[0] for note in first.notes] == [f"主题分组 group {group}"]
    before = ckan.writes()
    assert publish(small_county.release(), small_county.catalog, small_county.portal).is_unchanged
    assert ckan.writes() == before
    ckan.api.action.group_create(name=group, users=[{"name": group, "capacity": "member"}])
    second = publish(small_county.release(), small_county.catalog, small_county.portal)
    assert (second.changed, second.problems, second.notes) == ((small_county.name("units"),), (), ())
    assert [one["name"] for one in ckan.public.action.package_show(id=small_county.name("units"))["groups"]] == [group]


def token_of_new_user(ckan: Ckan, name: str) -> str:
    ckan.api.action.user_create(name=name, email=f"{name}@example.org", password="only-for-this-test")
    return str(ckan.api.action.api_token_create(user=name, name="test", expires_in=1, unit=3600)["token"])


@pytest.mark.rest
def test_a_portal_without_datastore_gets_the_files_and_later_the_table(with_schema: None, ckan: Ckan, small_county: County) -> None:
    """Last, so that the portal need not be restarted once more."""
    ckan.become(CKAN_PLUGINS=PLAIN)
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    names = [one["format"] for one in ckan.public.action.package_show(id=small_county.name("units"))["resources"]]
    assert names == ["CSV", "Parquet", "XLSX", "CSV", "JSON"]
    assert plan(small_county.release(), small_county.catalog, small_county.portal).is_empty
    ckan.become()
    assert "load table: 30 rows (no table yet)" in str(plan(small_county.release(), small_county.catalog, small_county.portal))
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    assert ckan.public.action.datastore_search(resource_id=small_county.name("units").replace("-", "_"))["total"] == 30
