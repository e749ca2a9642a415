"""Publishing to a real CKAN: the public then finds the release there."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from time import sleep, time
from typing import Any

import ckanapi
import frictionless
import pytest
import requests

from exports.ckan.publish import plan, publish, verify
from exports.release.manifest import MAY_NOT_LEAVE
from tests.integration.conftest import Ckan, County

pytestmark = pytest.mark.integration


def test_a_release_is_published_whole_and_read_back_by_anyone(ckan: Ckan, county: County) -> None:
    release = county.release()
    report = publish(release, county.catalog, county.portal)
    assert report.problems == ()
    assert set(report.created) == {county.name("units"), county.name("target_progress"), county.name("release")}
    assert verify(release, county.catalog, county.portal).problems == ()
    dataset = ckan.public.action.package_show(id=county.name("target_progress"))
    assert dataset["title"] == "目标完成进度 (Target progress)"
    assert [resource["format"] for resource in dataset["resources"]] == ["CSV", "CSV", "Parquet", "XLSX", "CSV", "JSON"]


def test_a_dataset_has_licence_contact_period_and_version(ckan: Ckan, published: County) -> None:
    dataset = ckan.public.action.package_show(id=published.name("target_progress"))
    extras = {extra["key"]: extra["value"] for extra in dataset["extras"]}
    parquet = next(resource for resource in dataset["resources"] if resource["format"] == "Parquet")
    assert dataset["license_title"] == "Creative Commons Attribution"
    assert dataset["version"] == f"2026-10-31+{parquet['sha256'][:8]}"
    assert [group["title"] for group in dataset["groups"]] == ["执行 (Delivery)"]
    assert {tag["name"] for tag in dataset["tags"]} == {"目标完成率", "target completion", "进度", "pace"}
    assert extras["update_frequency"] == "每日 (daily)"
    assert (extras["temporal_start"], extras["temporal_end"]) == ("2026-01-01", "2026-12-31")
    assert (extras["checks_passed"], extras["checks_failed"], extras["rows_quarantined"]) == ("11", "1", "3")
    assert extras["contact_name"] == "联系方式未填写 (contact not stated)"
    assert "manifest.json" in extras["provenance"]
    assert {resource["license"] for resource in dataset["resources"]} == {extras["licence_url"]}
    table, *files = dataset["resources"]
    assert not table["hash"], "a checksum is one of the bytes that a link serves"
    assert all(file["hash"] and file["hash_algorithm"] for file in files)
    for words in ("目标", "完成", "目标完成", "完成进度", "已公开条数", "执行"):  # CKAN's search splits at blanks
        found = ckan.public.action.package_search(q=words, fq=f"organization:{published.portal.organization}")["results"]
        assert published.name("target_progress") in {one["name"] for one in found}, words


def test_a_table_can_be_asked_in_sql_and_by_its_columns_types(ckan: Ckan, published: County) -> None:
    table = ckan.public.action.package_show(id=published.name("target_progress"))["resources"][0]["id"]  # SQL takes no alias
    sql = f'select max(disclosed_count) as most, min(as_of_on) as day from "{table}" where is_behind'
    (answer,) = ckan.public.action.datastore_search_sql(sql=sql)["records"]
    assert (answer["most"], str(answer["day"])[:10]) in {(8, "2026-10-31"), ("8", "2026-10-31")}


def test_the_data_package_beside_a_csv_is_what_validators_read(ckan: Ckan, published: County, tmp_path: Path) -> None:
    for resource in ckan.public.action.package_show(id=published.name("target_progress"))["resources"][1:]:
        (tmp_path / resource["url"].rsplit("/", 1)[-1]).write_bytes(requests.get(resource["url"], timeout=60).content)
    assert (tmp_path / "target-progress.parquet").stat().st_size > 0
    assert frictionless.validate(str(tmp_path / "datapackage.json")).valid
    ids, chinese = ((tmp_path / name).read_text("utf-8-sig").splitlines() for name in ("target-progress.csv", "target-progress-zh.csv"))
    assert (ids[0][:17], chinese[0][:7]) == ("unit_id,unit_name", "单位标识,单位")
    assert chinese[1:] == ids[1:]


def test_the_manifest_of_the_latest_release_keeps_one_permanent_link(ckan: Ckan, county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    before = resources(ckan, county, "release")
    county.sql("update marts.target_progress set disclosed_count = 4711 where unit_id = 'u007'")
    release = county.release()
    publish(release, county.catalog, county.portal)
    assert resources(ckan, county, "release") == before
    for name, link in before.items():
        file = release.folder / link.rsplit("/", 1)[-1].replace("sha256sums", "SHA256SUMS")
        assert requests.get(link, timeout=60).content == file.read_bytes(), name
    assert len(before) == 4


def test_no_job_of_xloader_is_begun_for_a_table_that_has_its_rows(ckan: Ckan, published: County) -> None:
    if "xloader" not in ckan.extensions():
        pytest.skip("this portal has no xloader")
    for dataset in published.datasets:
        table = ckan.api.action.package_show(id=published.name(dataset))["resources"][0]["id"]
        with pytest.raises(ckanapi.NotFound):
            ckan.api.action.xloader_status(resource_id=table)


@pytest.mark.rest
def test_xloader_leaves_our_files_alone(ckan: Ckan, small_county: County) -> None:
    if "xloader" not in ckan.public.action.status_show()["extensions"]:
        pytest.skip("this portal has no xloader")
    publish(small_county.release(), small_county.catalog, small_county.portal)
    small_county.sql("update marts.units set unit_name = '改名局' where unit_id = 'u001'")
    publish(small_county.release(), small_county.catalog, small_county.portal)
    csv = ckan.api.action.package_show(id=small_county.name("units"))["resources"][1]
    assert csv["url"].endswith("units.csv")
    assert status_of_xloader(ckan, csv["id"]) == "complete"
    with pytest.raises(ckanapi.NotFound):
        ckan.public.action.datastore_info(id=csv["id"])


def test_a_second_publication_writes_nothing_and_asks_little(ckan: Ckan, published: County) -> None:
    before, asked = ckan.writes(), len(ckan.calls())
    assert publish(published.release(), published.catalog, published.portal).is_unchanged
    assert ckan.writes() == before
    once = len(("user_show", "organization_list_for_user", "group_list_authz", "package_search", "status_show", "aliases", "digests"))
    calls = [call for call in ckan.calls()[asked:] if call != "xloader_hook"]  # the portal's own worker
    assert len(calls) <= once + len(published.datasets), calls
    assert str(plan(published.release(), published.catalog, published.portal)).endswith("nothing to change")


def test_a_title_changed_in_a_descriptor_changes_title_and_dictionary_and_nothing_else(ckan: Ckan, county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    county.edit("target_progress.yaml", "zh: 目标完成进度", "zh: 公开目标进度")
    county.edit("_shared.yaml", "zh: 已公开条数", "zh: 公开总数")
    before = len(ckan.writes())
    report = publish(county.release(), county.catalog, county.portal)
    assert (report.changed, report.problems) == ((county.name("target_progress"), county.name("release")), ())
    assert "upsert" not in " ".join(ckan.writes()[before:])
    dataset = ckan.public.action.package_show(id=county.name("target_progress"))
    assert dataset["title"] == "公开目标进度 (Target progress)"
    labels = {field["id"]: field["info"]["label"] for field in table_info(ckan, county, "target_progress")["fields"]}
    assert labels["disclosed_count"] == "公开总数"


def test_one_changed_row_changes_one_dataset_and_keeps_every_link(ckan: Ckan, county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    links = resources(ckan, county, "target_progress")
    other = ckan.api.action.package_show(id=county.name("units"))["metadata_modified"]
    county.sql("update marts.target_progress set disclosed_count = 4711 where unit_id = 'u007'")
    before = len(ckan.writes())
    report = publish(county.release(), county.catalog, county.portal)
    assert (report.changed, report.problems) == ((county.name("target_progress"), county.name("release")), ())
    assert {call for call in ckan.writes()[before:] if "datastore" in call} == {"datastore_upsert"}
    assert ckan.api.action.package_show(id=county.name("units"))["metadata_modified"] == other
    assert resources(ckan, county, "target_progress") == links
    rows = ckan.public.action.datastore_search(resource_id=alias(county, "target_progress"), filters={"disclosed_count": 4711})
    assert [row["unit_id"] for row in rows["records"]] == ["u007"]


def test_a_changed_row_is_found_by_its_new_words_only(ckan: Ckan, small_county: County) -> None:
    """CKAN's own `upsert` would leave the old words in the index."""
    small_county.sql("update marts.units set unit_name = 'oldword' where unit_id = 'u001'")
    publish(small_county.release(), small_county.catalog, small_county.portal)
    small_county.sql("update marts.units set unit_name = 'newword' where unit_id = 'u001'")
    publish(small_county.release(), small_county.catalog, small_county.portal)
    found = {
        word: ckan.public.action.datastore_search(resource_id=alias(small_county, "units"), q=word)["total"]
        for word in ("oldword", "newword")
    }
    assert found == {"oldword": 0, "newword": 1}


def test_added_and_withdrawn_rows_reach_the_table(ckan: Ckan, county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    county.sql("delete from marts.target_progress where unit_id = 'u002'; delete from marts.units where unit_id = 'u002'")
    county.sql("insert into marts.units by name select 'u900' as unit_id, '新设局' as unit_name, true as is_listed, 1 as alias_count")
    assert publish(county.release(), county.catalog, county.portal).problems == ()
    ids = {row["unit_id"] for row in ckan.public.action.datastore_search(resource_id=alias(county, "units"), limit=100)["records"]}
    assert ("u002" in ids, "u900" in ids, len(ids)) == (False, True, 30)


def test_types_nulls_and_awkward_texts_come_back_as_they_were(ckan: Ckan, published: County) -> None:
    types = {field["id"]: field["type"] for field in table_info(ckan, published, "target_progress")["fields"]}
    assert {types[name] for name in ("as_of_on", "disclosed_share", "target_count", "is_behind", "unit_id")} == {
        "date",
        "float8",
        "int8",
        "bool",
        "text",
    }
    first, fourth = (
        ckan.public.action.datastore_search(resource_id=alias(published, "target_progress"), filters={"unit_id": unit})["records"][0]
        for unit in ("u000", "u003")
    )
    assert (first["disclosed_share"], first["as_of_on"], first["is_behind"]) == (None, "2026-10-31", True)
    assert fourth["unit_name"] == "某县第3局"
    name = ckan.public.action.datastore_search(resource_id=alias(published, "units"), filters={"unit_id": "u003"})["records"][0][
        "unit_name"
    ]
    assert name == '“引号”,"逗号"\r\n换行局'


@pytest.mark.rest
def test_a_purged_dataset_whose_table_lives_on_can_be_published_again(ckan: Ckan, small_county: County) -> None:
    publish(small_county.release(), small_county.catalog, small_county.portal)
    ckan.api.action.dataset_purge(id=small_county.name("units"))
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    assert publish(small_county.release(), small_county.catalog, small_county.portal).is_unchanged
    table = ckan.public.action.package_show(id=small_county.name("units"))["resources"][0]["id"]
    assert ckan.public.action.datastore_search(resource_id=table)["total"] == 30


def status_of_xloader(ckan: Ckan, resource_id: str) -> str:
    """The final status of its job, which starts some seconds after an upload."""
    status, ended = "", time() + 120
    while status not in {"complete", "error"} and time() < ended:
        sleep(0.5)
        with suppress(ckanapi.NotFound):
            status = ckan.api.action.xloader_status(resource_id=resource_id)["status"]
    return status


def alias(county: County, dataset: str) -> str:
    return county.name(dataset).replace("-", "_")


def resources(ckan: Ckan, county: County, dataset: str) -> dict[str, str]:
    found = ckan.public.action.package_show(id=county.name(dataset))["resources"]
    return {resource["name"]: resource["url"] for resource in found}


def table_info(ckan: Ckan, county: County, dataset: str) -> dict[str, Any]:
    return ckan.public.action.datastore_info(id=alias(county, dataset))


def test_the_plan_names_every_change_with_its_size_and_writes_nothing(ckan: Ckan, county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    county.sql("update marts.target_progress set disclosed_count = 4711 where unit_id = 'u007'")
    before = ckan.writes()
    text = str(plan(county.release(), county.catalog, county.portal))
    assert ckan.writes() == before
    size = (county.folder / "releases" / "latest" / "data" / "target-progress.csv").stat().st_size
    assert f"change {county.name('target_progress')}" in text
    assert f"upload target-progress.csv ({size:,} bytes)" in text
    assert "change table: +0 ~1 -0 rows" in text
    assert county.name("units") not in text


def test_a_dataset_no_longer_released_is_archived_with_a_notice_and_comes_back(ckan: Ckan, county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    county.datasets = ("units",)
    assert publish(county.release(), county.catalog, county.portal).retired == (county.name("target_progress"),)
    gone = ckan.public.action.package_show(id=county.name("target_progress"))
    assert gone["notes"].startswith("【本数据集已停止发布")
    assert publish(county.release(), county.catalog, county.portal).is_unchanged
    county.datasets = ("units", "target_progress")
    assert publish(county.release(), county.catalog, county.portal).problems == ()
    assert "停止发布" not in ckan.public.action.package_show(id=county.name("target_progress"))["notes"]


@pytest.mark.rest
def test_a_dataset_no_longer_released_is_deleted_where_the_settings_say_so(ckan: Ckan, county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    county.datasets = ("units",)
    county.publish(retirement="delete")
    with pytest.raises((ckanapi.NotFound, ckanapi.NotAuthorized)):
        ckan.public.action.package_show(id=county.name("target_progress"))
    county.datasets = ("units", "target_progress")
    assert publish(county.release(), county.catalog, county.portal).problems == ()


def test_a_dataset_whose_rows_may_not_leave_is_deleted_and_one_that_failed_its_checks_stays(ckan: Ckan, county: County) -> None:
    publish(county.release(), county.catalog, county.portal)
    publish(county.release({"units": "合计不符"}, frozenset({"units"})), county.catalog, county.portal)
    assert ckan.public.action.package_show(id=county.name("units"))["resources"]
    publish(county.release({"units": f"{MAY_NOT_LEAVE}: 手机号码"}, frozenset({"units"})), county.catalog, county.portal)
    with pytest.raises((ckanapi.NotFound, ckanapi.NotAuthorized)):
        ckan.public.action.package_show(id=county.name("units"))
    assert ckan.public.action.package_show(id=county.name("target_progress"))["resources"]
    assert publish(county.release(), county.catalog, county.portal).problems == ()


def test_reading_back_finds_changes_by_others_and_the_next_run_reverts_them(ckan: Ckan, county: County) -> None:
    release = county.release()
    publish(release, county.catalog, county.portal)
    dataset = ckan.api.action.package_show(id=county.name("target_progress"))
    table = next(resource for resource in dataset["resources"] if resource["url_type"] == "datastore")
    ckan.api.action.package_patch(id=dataset["id"], notes="someone's words")
    changed = {"unit_id": "u007", "plan_year": 2026, "target_count": 1}
    ckan.api.action.datastore_upsert(resource_id=table["id"], records=[changed], method="update", force=True)
    found = "\n".join(verify(release, county.catalog, county.portal).problems)
    assert "fields: notes" in found
    assert "+0 ~1 -0 rows" in found
    ckan.api.action.datastore_records_delete(resource_id=table["id"], filters={"unit_id": "u008"}, force=True)
    assert publish(release, county.catalog, county.portal).problems == ()
    assert verify(release, county.catalog, county.portal).problems == ()


@pytest.mark.rest
def test_what_others_added_to_our_datasets_stays(ckan: Ckan, small_county: County) -> None:
    publish(small_county.release(), small_county.catalog, small_county.portal)
    dataset = ckan.api.action.package_show(id=small_county.name("units"))
    ckan.api.action.package_patch(id=dataset["id"], extras=[*dataset["extras"], {"key": "curator", "value": "someone"}])
    ckan.api.action.resource_create(package_id=dataset["id"], name="theirs", url="https://example.org/notes.pdf", format="PDF")
    small_county.edit("units.yaml", "zh: 单位, en: Units", "zh: 机构, en: Bodies")
    publish(small_county.release(), small_county.catalog, small_county.portal)
    now = ckan.public.action.package_show(id=small_county.name("units"))
    assert {"key": "curator", "value": "someone"} in now["extras"]
    assert [resource["name"] for resource in now["resources"]].count("theirs") == 1
    assert now["title"] == "机构 (Bodies)"
