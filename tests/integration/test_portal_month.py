"""A month of two editors who publish by turns, with an administrator who meddles each day: nothing of ours is wrong at a day's end, nothing of
theirs is lost.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

import pytest

from exports.ckan.publish import verify
from tests.integration.conftest import Ckan, County
from tests.integration.portal_readback import differences
from tests.integration.test_portal_served import stored
from tests.integration.test_portal_staff import editor

pytestmark = [pytest.mark.integration, pytest.mark.rest]
DAYS = 30
SEED = 20261201


@dataclass
class Administrator:
    """Does as asked to the dataset of the units, and keeps account of what must survive: kind and value."""

    ckan: Ckan
    county: County
    name: str
    theirs: set[tuple[str, str]] = field(default_factory=set)
    has_purged: bool = False

    @property
    def api(self) -> Any:
        return self.ckan.api.action

    @property
    def package(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api.package_show(id=self.name)
        return found

    def resource(self, form: str, kind: str = "upload") -> dict[str, Any]:
        return next(one for one in self.package["resources"] if one["format"] == form and one["url_type"] == kind)

    @property
    def table(self) -> str:
        return str(self.resource("CSV", "datastore")["id"])

    def patch(self, **words: Any) -> None:
        self.api.package_patch(id=self.name, **words)

    def forget(self, *kinds: str) -> None:
        self.theirs = {(kind, value) for kind, value in self.theirs if kind not in kinds}

    def seen(self) -> Iterator[tuple[str, str]]:
        """All that is there of the kinds that they add."""
        package = self.package
        yield "name", package["name"]
        yield from (("tag", tag["name"]) for tag in package["tags"])
        yield from (("extra", extra["value"]) for extra in package["extras"])
        yield from (("group", group["name"]) for group in package["groups"])
        yield from (("resource", one["name"]) for one in package["resources"])
        yield from (("view", view["title"]) for view in self.api.resource_view_list(id=self.table))


def retitle(admin: Administrator, _: int) -> None:
    admin.patch(title="另一个题名")


def rewrite_notes(admin: Administrator, _: int) -> None:
    admin.patch(notes="另一段说明")


def relicense(admin: Administrator, _: int) -> None:
    admin.patch(license_id="notspecified")


def add_tag(admin: Administrator, day: int) -> None:
    admin.patch(tags=[*admin.package["tags"], {"name": f"精选{day}"}])
    admin.theirs.add(("tag", f"精选{day}"))


def remove_our_tags(admin: Administrator, _: int) -> None:
    admin.patch(tags=[tag for tag in admin.package["tags"] if ("tag", tag["name"]) in admin.theirs])


def add_extra(admin: Administrator, day: int) -> None:
    admin.patch(extras=[*admin.package["extras"], {"key": f"curated_{day}", "value": f"第{day}日"}])
    admin.theirs.add(("extra", f"第{day}日"))


def remove_an_extra_of_ours(admin: Administrator, _: int) -> None:
    admin.patch(extras=[extra for extra in admin.package["extras"] if extra["key"] != "row_count"])


def add_resource(admin: Administrator, day: int) -> None:
    admin.api.resource_create(package_id=admin.name, name=f"附件{day}", url=f"https://example.org/{day}.pdf", format="PDF")
    admin.theirs.add(("resource", f"附件{day}"))


def add_to_group(admin: Administrator, day: int) -> None:
    group = f"{admin.county.portal.dataset_prefix}curated{day}"
    admin.api.group_create(name=group)
    admin.api.member_create(id=group, object=admin.name, object_type="package", capacity="public")
    admin.theirs.add(("group", group))


def add_view(admin: Administrator, day: int) -> None:
    admin.api.resource_view_create(resource_id=admin.table, view_type="datatables_view", title=f"视图{day}")
    admin.theirs.add(("view", f"视图{day}"))


def replace_file(admin: Administrator, _: int) -> None:
    found = admin.resource("CSV")
    content = BytesIO(b"x" * found["size"])
    content.name = "units.csv"
    admin.api.resource_patch(id=found["id"], upload=content)


def lose_file(admin: Administrator, _: int) -> None:
    stored(admin.ckan, admin.resource("Parquet")).unlink()


def delete_file(admin: Administrator, _: int) -> None:
    admin.api.resource_delete(id=admin.resource("JSON")["id"])


def change_cell(admin: Administrator, _: int) -> None:
    changed = {"unit_id": "u007", "unit_name": "他局"}
    admin.api.datastore_upsert(resource_id=admin.table, records=[changed], method="update", force=True)


def delete_row(admin: Administrator, _: int) -> None:
    admin.api.datastore_records_delete(resource_id=admin.table, filters={"unit_id": "u008"}, force=True)


def add_row(admin: Administrator, day: int) -> None:
    admin.api.datastore_upsert(resource_id=admin.table, records=[{"unit_id": f"x{day}"}], method="insert", force=True)


def drop_table(admin: Administrator, _: int) -> None:
    admin.api.datastore_delete(resource_id=admin.table, force=True)


def hide(admin: Administrator, _: int) -> None:
    admin.patch(private=True)


def trash(admin: Administrator, _: int) -> None:
    """CKAN itself then takes the dataset out of its groups."""
    admin.api.package_delete(id=admin.name)
    admin.forget("group")


def purge(admin: Administrator, _: int) -> None:
    """CKAN keeps the table of a purged dataset, and with it the alias, which nobody but its administrator can then free."""
    admin.api.dataset_purge(id=admin.name)
    admin.has_purged = True
    admin.name = admin.county.name("units")
    admin.theirs.clear()


def rename(admin: Administrator, day: int) -> None:
    admin.patch(name=f"{admin.county.portal.dataset_prefix}renamed{day}")
    admin.name = f"{admin.county.portal.dataset_prefix}renamed{day}"
    admin.forget("name")
    admin.theirs.add(("name", admin.name))


MEDDLINGS: tuple[Callable[[Administrator, int], None], ...] = (
    *(retitle, rewrite_notes, relicense, add_tag, remove_our_tags, add_extra, remove_an_extra_of_ours),
    *(add_resource, add_to_group, add_view, replace_file, lose_file, delete_file, change_cell),
    *(delete_row, add_row, drop_table, hide, trash, purge, rename),
)


def test_a_month_of_two_editors_and_a_meddling_administrator(ckan: Ckan, small_county: County) -> None:
    chance = random.Random(SEED)
    tokens = [editor(ckan, small_county, who).portal.token for who in ("first", "second")]
    small_county.portal = replace(small_county.portal, token=tokens[0])
    small_county.publish()
    admin, said = Administrator(ckan, small_county, small_county.name("units")), list[str]()
    order = [*chance.sample(MEDDLINGS, len(MEDDLINGS)), *chance.choices(MEDDLINGS, k=DAYS - len(MEDDLINGS))]
    for day, meddle in enumerate(order):
        small_county.portal = replace(small_county.portal, token=tokens[day % 2])
        meddle(admin, day)
        if day % 3:
            small_county.sql(f"update marts.units set unit_name = '第{day}局' where unit_id = 'u00{day % 10}'")
        release = small_county.release()
        assert small_county.publish(release, said.append).problems == (), (day, meddle)
        assert verify(release, small_county.catalog, small_county.portal).problems == (), (day, meddle)
        left = differences(ckan.public, release.folder, small_county.portal.dataset_prefix, {"units": admin.name})
        assert [fault for fault in left if not (admin.has_purged and "alias" in fault)] == [], (day, meddle)
        lost = admin.theirs - set(admin.seen())
        assert not lost, (day, meddle, lost)
    assert small_county.publish(release).is_unchanged
    assert not admin.has_purged or any("`ckan datastore purge` frees it" in line for line in said)
