"""The portal's own staff: editors who hand over to each other, and administrators who curate, rename, move and arrange."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import requests

from exports.ckan import datastore_table as portal_table
from exports.ckan.errors import PortalRefused
from exports.ckan.publish import plan, verify
from tests.integration.conftest import Ckan, County

pytestmark = pytest.mark.integration


def editor(ckan: Ckan, county: County, who: str) -> County:
    """The county published by a new user who is an editor of its organisation and nothing else."""
    name = f"{county.portal.dataset_prefix}{who}"
    ckan.api.action.user_create(name=name, email=f"{name}@example.org", password="only-for-this-test")
    ckan.api.action.organization_member_create(id=county.portal.organization, username=name, role="editor")
    county.portal = replace(county.portal, token=str(ckan.api.action.api_token_create(user=name, name="test")["token"]))
    return county


def groups_of(ckan: Ckan, county: County, dataset: str = "units") -> set[str]:
    return {group["name"] for group in ckan.public.action.package_show(id=county.name(dataset))["groups"]}


def test_a_second_editor_takes_over_and_no_group_is_lost(ckan: Ckan, small_county: County) -> None:
    curated = f"{small_county.portal.dataset_prefix}curated"
    first = editor(ckan, small_county, "first").publish()
    assert first.problems == ()
    theme = groups_of(ckan, small_county)
    assert theme, "the first editor may make the group of the theme"
    ckan.api.action.group_create(name=curated)
    ckan.api.action.member_create(id=curated, object=small_county.name("units"), object_type="package", capacity="public")
    small_county.sql("update marts.units set unit_name = '甲局' where unit_id = 'u001'")
    second = editor(ckan, small_county, "second").publish()
    assert (second.changed, second.problems) == ((small_county.name("units"), small_county.name("release")), ())
    assert groups_of(ckan, small_county) == theme | {curated}
    assert second.notes == (), "a group that the dataset is in already is no trouble"
    assert small_county.publish().is_unchanged


@pytest.mark.rest
def test_what_an_administrator_may_add_does_not_stop_an_editor(ckan: Ckan, small_county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    """A curated group, a tag, an extra, a resource, collaborators' notes, and a reload of the table on top."""
    editor(ckan, small_county, "editor").publish()
    name, curated = small_county.name("units"), f"{small_county.portal.dataset_prefix}curated"
    ckan.api.action.group_create(name=curated)
    ckan.api.action.member_create(id=curated, object=name, object_type="package", capacity="public")
    dataset = ckan.api.action.package_show(id=name)
    ckan.api.action.package_patch(
        id=name, tags=[*dataset["tags"], {"name": "精选"}], extras=[*dataset["extras"], {"key": "curator", "value": "门户科"}]
    )
    ckan.api.action.resource_create(package_id=name, name="说明", url="https://example.org/notes.pdf", format="PDF")
    small_county.edit("units.yaml", "zh: 单位名单", "zh: 单位目录")
    small_county.sql("update marts.units set unit_name = unit_name || '新'")
    monkeypatch.setattr(portal_table, "IN_PLACE_ROWS", 5)
    assert small_county.publish().problems == ()
    now = ckan.public.action.package_show(id=name)
    assert {"精选", "单位目录"} <= {tag["name"] for tag in now["tags"]}
    assert "单位名单" not in {tag["name"] for tag in now["tags"]}, "a tag that was ours and is no longer"
    assert {"key": "curator", "value": "门户科"} in now["extras"]
    assert "说明" in {resource["name"] for resource in now["resources"]}
    assert curated in groups_of(ckan, small_county)
    assert small_county.publish().is_unchanged


def table_of(ckan: Ckan, county: County) -> dict[str, Any]:
    package = ckan.api.action.package_show(id=county.name("units"))
    return next(one for one in package["resources"] if one["url_type"] == "datastore")


@pytest.mark.rest
def test_views_survive_a_new_table_in_their_order_with_titles_and_columns(
    ckan: Ckan, small_county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "datatables_view" not in ckan.extensions():
        pytest.skip("this portal has no preview of tables among its plugins")
    small_county.publish()
    old = table_of(ckan, small_county)["id"]
    (first,) = ckan.api.action.resource_view_list(id=old)
    made = ckan.api.action.resource_view_create(
        resource_id=old, view_type="datatables_view", title="只看名称", description="门户科所设", show_fields=["unit_name"]
    )
    ckan.api.action.resource_view_reorder(id=old, order=[made["id"], first["id"]])
    small_county.sql("update marts.units set unit_name = unit_name || '新'")
    monkeypatch.setattr(portal_table, "IN_PLACE_ROWS", 5)
    assert small_county.publish().problems == ()
    new = table_of(ckan, small_county)["id"]
    assert new != old
    dump = requests.get(f"{ckan.url}/datastore/dump/{small_county.name('units').replace('-', '_')}", timeout=60).text
    assert dump.count("新") == 30, "the link of the dump leads to the new table"
    views = ckan.api.action.resource_view_list(id=new)
    assert [view["title"] for view in views] == ["只看名称", first["title"]]
    assert (views[0]["show_fields"], views[0]["description"]) == (["unit_name"], "门户科所设")


def test_a_renamed_dataset_is_published_under_its_new_name_and_not_twice(ckan: Ckan, small_county: County) -> None:
    small_county.publish()
    renamed = f"{small_county.portal.dataset_prefix}departments"
    ckan.api.action.package_patch(id=small_county.name("units"), name=renamed)
    small_county.sql("update marts.units set unit_name = '甲局' where unit_id = 'u001'")
    release = small_county.release()
    assert f"{small_county.name('units')} → {renamed}" in str(plan(release, small_county.catalog, small_county.portal))
    report = small_county.publish(release)
    assert (report.problems, report.created) == ((), ())
    assert any("renamed on the portal" in note for note in report.notes)
    assert verify(release, small_county.catalog, small_county.portal).problems == ()
    found = ckan.api.action.package_search(fq=f"organization:{small_county.portal.organization}", include_private=True)["results"]
    assert {package["name"] for package in found} == {renamed, small_county.name("release")}
    rows = ckan.public.action.datastore_search(resource_id=small_county.name("units").replace("-", "_"), filters={"unit_id": "u001"})
    assert rows["records"][0]["unit_name"] == "甲局", "the alias stays"


@pytest.mark.rest
def test_a_purged_dataset_is_said_to_have_been_purged(ckan: Ckan, small_county: County) -> None:
    small_county.publish()
    ckan.api.action.dataset_purge(id=small_county.name("units"))
    assert "purged on the portal" in str(plan(small_county.release(), small_county.catalog, small_county.portal))
    assert any("purged on the portal" in note for note in small_county.publish().notes)
    assert small_county.publish().is_unchanged


def test_a_mistyped_organisation_creates_and_moves_nothing_unasked(ckan: Ckan, small_county: County) -> None:
    small_county.publish()
    right, wrong = small_county.portal.organization, f"{small_county.portal.organization}e"
    small_county.portal = replace(small_county.portal, organization=wrong)
    before = ckan.writes()
    planned = plan(small_county.release(), small_county.catalog, small_county.portal)
    assert [change.kind for change in planned.big] == ["create_organization", "move"]
    with pytest.raises(PortalRefused, match="gongkai publish --yes") as refused:
        small_county.publish()
    assert wrong in str(refused.value)
    assert right in str(refused.value), "the organisation that the datasets would leave"
    with pytest.raises(PortalRefused, match=r"portal\.allow: \[move\]"):
        small_county.publish(allow=frozenset({"create_organization"}))
    assert ckan.writes() == before
    report = small_county.publish(allow=frozenset({"create_organization", "move"}))
    assert str(report).splitlines()[-1].startswith(f"门户 Portal {ckan.url}，机构 organisation ")
    assert f"({wrong})" in str(report).splitlines()[-1]
    assert ckan.public.action.package_show(id=small_county.name("units"))["organization"]["name"] == wrong
    for package in ckan.api.action.package_search(fq=f"organization:{wrong}", include_private=True)["results"]:
        ckan.api.action.dataset_purge(id=package["id"])
    ckan.api.action.organization_purge(id=wrong)


@pytest.mark.rest
def test_the_organisation_may_be_given_by_its_id(ckan: Ckan, small_county: County) -> None:
    small_county.publish()
    name = small_county.portal.organization
    small_county.portal = replace(small_county.portal, organization=ckan.public.action.organization_show(id=name)["id"])
    report = small_county.publish()
    assert report.is_unchanged
    assert f"({name})" in str(report)


@pytest.mark.rest
def test_a_second_set_under_another_prefix_is_published_only_when_asked(ckan: Ckan, small_county: County) -> None:
    small_county.publish()
    first = small_county.portal
    small_county.portal = replace(first, dataset_prefix=f"{first.dataset_prefix}two-")
    with pytest.raises(PortalRefused, match=r"portal\.allow: \[second_prefix\]"):
        small_county.publish()
    assert small_county.publish(allow=frozenset({"second_prefix"})).problems == ()
    assert small_county.publish().is_unchanged, "asked once: the second set is there now"
    small_county.portal = first
    assert small_county.publish().is_unchanged
