"""Trouble with one dataset, or with what a portal answers: words that name it, its cause and the remedy; the other datasets go out."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from exports.ckan.errors import PortalError, PortalNotAnswering, PortalRefused
from exports.ckan.http import RetryPolicy
from exports.ckan.publish import publish, verify
from tests.integration.conftest import Ckan, County
from tests.integration.proxy import Proxy
from tests.integration.test_portal_staff import editor

pytestmark = pytest.mark.integration
QUICK = RetryPolicy(tries=2, pause=0.02)


def set_extra(ckan: Ckan, name: str, key: str, value: str) -> None:
    extras = [extra for extra in ckan.api.action.package_show(id=name)["extras"] if extra["key"] != key]
    ckan.api.action.package_patch(id=name, extras=[*extras, {"key": key, "value": value}])


CLAIMS = ("{", "[]", '{"user": "clerk"}', '{"user": "u", "machine": "m", "process": 1, "since": "yesterday"}', "null")


@pytest.mark.parametrize("claims", [CLAIMS[:1], pytest.param(CLAIMS[1:], marks=pytest.mark.rest)], ids=["one", "others"])
def test_an_unreadable_claim_holds_up_one_dataset_and_says_how_to_remove_it(ckan: Ckan, county: County, claims: tuple[str, ...]) -> None:
    county.publish()
    county.sql("update marts.units set region_name = '乙'; update marts.target_progress set target_count = target_count + 1")
    for claim in claims:
        set_extra(ckan, county.name("units"), "gongkai_publishing", claim)
        with pytest.raises(PortalRefused, match="remove the extra") as refused:
            county.publish()
        assert county.name("units") in str(refused.value)
    progress = ckan.public.action.datastore_search(resource_id=county.name("target_progress").replace("-", "_"), limit=1)
    assert progress["records"][0]["target_count"] == 21, "the other dataset was published"
    dataset = ckan.api.action.package_show(id=county.name("units"))
    ckan.api.action.package_patch(id=dataset["id"], extras=[one for one in dataset["extras"] if one["key"] != "gongkai_publishing"])
    assert county.publish().problems == ()


def test_a_name_taken_by_a_dataset_that_the_token_may_not_see_is_said_and_the_others_are_published(ckan: Ckan, county: County) -> None:
    other = f"{county.portal.organization}-other"
    ckan.api.action.organization_create(name=other)
    hidden = ckan.api.action.package_create(name=county.name("units"), owner_org=other, private=True)
    editor(ckan, county, "editor")
    for state in ("private", "trash"):
        with pytest.raises(PortalRefused, match="private or deleted") as refused:
            county.publish()
        assert county.name("units") in str(refused.value)
        assert "the others were" in str(refused.value)
        assert ckan.public.action.package_show(id=county.name("target_progress"))["resources"]
        if state == "private":
            ckan.api.action.package_delete(id=hidden["id"])
    ckan.api.action.dataset_purge(id=hidden["id"])
    ckan.api.action.organization_purge(id=other)
    assert county.publish().problems == ()


ODD = {
    "login": "no answer of a CKAN portal|not its CSV|cut on its way",
    '{"success": true, "result": []}': "not the form that CKAN gives|not its CSV|cut on its way|may not publish in organisation",
    '{"success": true, "result": {"name": 1}}': "not the form that CKAN gives|not its CSV|cut on its way",
    '["success"]': "no answer of a CKAN portal|not its CSV|cut on its way",
    '{"help": 1}': "no answer of a CKAN portal|not its CSV|cut on its way",
}


@pytest.mark.rest
def test_odd_answers_end_in_words_and_the_next_run_completes(ckan: Ckan, small_county: County) -> None:
    """Each kind of answer, in the place of each answer that a publication asks for."""
    asked = "status_show user_show organization_list_for_user group_list_authz package_search datastore_info package_show dump/"
    small_county.publish()
    small_county.sql("update marts.units set region_name = '乙' where unit_id = 'u001'")
    release = small_county.release()
    with Proxy(ckan.url) as proxy:
        portal = replace(small_county.portal, url=proxy.url)
        for answer, words in ODD.items():
            for action in asked.split():
                if action == "group_list_authz" and answer.endswith("[]}"):
                    continue  # a user without groups
                proxy.rule = lambda head, action=action, answer=answer: answer if action.encode() in head.split(b"\r\n")[0] else None
                with pytest.raises(PortalError, match=words):
                    publish(release, small_county.catalog, portal, patience=QUICK)
    assert small_county.publish(release).problems == ()
    assert verify(release, small_county.catalog, small_county.portal).problems == ()


@pytest.mark.rest
def test_a_dump_that_stops_is_asked_for_again_and_never_taken_for_the_whole(ckan: Ckan, small_county: County) -> None:
    small_county.publish()
    small_county.sql("update marts.units set region_name = '乙' where unit_id = 'u001'")
    release = small_county.release()
    with Proxy(ckan.url) as proxy:
        portal = replace(small_county.portal, url=proxy.url)
        proxy.rule = lambda head: "stop" if b"/dump/" in head.split(b"\r\n")[0] else None
        with pytest.raises(PortalNotAnswering):
            publish(release, small_county.catalog, portal, patience=QUICK)
        fates = iter(["stop"])
        proxy.rule = lambda head: next(fates, None) if b"/dump/" in head.split(b"\r\n")[0] else None
        assert publish(release, small_county.catalog, portal, patience=QUICK).problems == ()


@pytest.mark.rest
def test_a_request_that_a_proxy_repeats_does_no_harm(ckan: Ckan, small_county: County) -> None:
    with Proxy(ckan.url) as proxy:
        small_county.portal = replace(small_county.portal, url=proxy.url)
        proxy.fail("twice", on="package_create datastore_create datastore_upsert")
        assert publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK).problems == ()
        small_county.sql("insert into marts.units select * replace ('u900' as unit_id) from marts.units where unit_id = 'u001'")
        proxy.fail("twice", on="datastore_upsert")
        assert publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK).problems == ()
    assert verify(small_county.release(), small_county.catalog, replace(small_county.portal, url=ckan.url)).problems == ()


@pytest.mark.rest
def test_the_command_says_a_big_change_and_makes_it_only_with_yes(ckan: Ckan, small_county: County) -> None:
    small_county.release()
    wrong = f"{small_county.portal.organization}-new"
    prefix = small_county.portal.dataset_prefix
    (small_county.folder / "gongkai.yaml").write_text(
        f"portal: {{url: '{ckan.url}', organization: {wrong}, dataset_prefix: '{prefix}'}}", "utf-8"
    )

    def gongkai(*words: str) -> tuple[int, str]:
        environment = {**os.environ, "CKAN_API_TOKEN": ckan.token, "CKAN_URL": "", "CKAN_ORGANIZATION": ""}
        command = [sys.executable, "-c", "from flows.cli.app import app; app()", *words, "-w", str(small_county.folder)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    code, said = gongkai("publish", "--plan")
    assert (code, "BIG CHANGE (create_organization)" in said) == (0, True)
    code, said = gongkai("publish")
    assert (code, "gongkai publish --yes" in said, "portal.allow: [create_organization]" in said) == (1, True, True)
    assert wrong not in ckan.public.action.organization_list()
    code, said = gongkai("publish", "--yes")
    assert code == 0, said
    assert said.strip().splitlines()[-1].startswith(f"门户 Portal {ckan.url}，机构 organisation ")
    assert f"({wrong})" in said.strip().splitlines()[-1]
    for package in ckan.api.action.package_search(fq=f"organization:{wrong}", include_private=True)["results"]:
        ckan.api.action.dataset_purge(id=package["id"])
    ckan.api.action.organization_purge(id=wrong)
