"""Compares what the portal holds with the desired state: the plan, before anything is written.

Datasets are found by the name they were published under, files and tables by the name of their resource; no id is kept between runs.
Datasets without our mark are never touched: a dataset of that name that someone else made is an error; foreign extras, tags, groups,
views and resources stay.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from exports.ckan.client import PortalClient
from exports.ckan.datastore_table import RowChanges, differing_rows
from exports.ckan.desired import DATA_NAME, FORMER_NAME, LOADING_NAME, ROWS, TABLE_NAME, DesiredDataset, DesiredFile, DesiredTable
from exports.ckan.errors import PortalRefused
from exports.ckan.facts import FOLLOW_FILES, OUR_TAGS, PUBLISHED_DATASETS
from exports.ckan.schema import same
from exports.ckan.served import ServedContent
from exports.ckan.site_links import NAME as LINK_NAME
from exports.ckan.state import Package, PortalState, extras_of, fact, is_ours
from exports.messages import _, listed


@dataclass(frozen=True)
class TablePlan:
    """What the DataStore table needs: nothing, some rows in place, or a whole new table; and whether its dictionary changed.

    `none`: there must be none, since the portal has no DataStore or the dataset no rows. `alias`: the table lacks its alias;
    `has_free_alias`: a new table can have it at once, since no other table has it.
    """

    kind: Literal["keep", "rows", "load", "none"]
    why: str = ""
    resource_id: str | None = None
    changes: RowChanges | None = None
    describe: bool = False
    alias: bool = False
    has_free_alias: bool = False

    @property
    def is_empty(self) -> bool:
        return self.kind in {"keep", "none"} and not self.describe and not self.alias


@dataclass(frozen=True)
class DatasetPlan:
    """The changes that one dataset needs. `present` is the portal's own answer, None where it has no such dataset yet.

    `groups` are those that it must still be added to; `remarks` say what the portal's staff did to it, and what comes of that.
    """

    desired: DesiredDataset
    present: Package | None
    fields: tuple[str, ...]
    uploads: tuple[DesiredFile, ...]
    described: tuple[str, ...]
    table: TablePlan
    leftovers: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()

    @property
    def is_settled(self) -> bool:
        """Whether the portal has it, and not only in its trash."""
        return self.present is not None and self.present.get("state") != "deleted"

    @property
    def is_empty(self) -> bool:
        asks = (self.fields, self.uploads, self.described, self.leftovers, self.groups)
        return self.present is not None and not any(asks) and self.table.is_empty

    def lines(self) -> Iterator[str]:
        """For a person: the changes to be made, with sizes."""
        if self.is_empty:
            return
        yield (_("create") if self.present is None else _("change")) + f" {self.desired.name}"
        yield from ("    " + remark for remark in self.remarks)
        if self.fields and self.present:
            yield "    " + _("fields: {names}", names=listed(self.fields))
        yield from ("    " + _("upload {file} ({bytes:,} bytes)", file=file.name, bytes=file.bytes) for file in self.uploads)
        yield from ("    " + _("describe") + f" {name}" for name in self.described)
        yield from ("    " + _("put into group") + f" {name}" for name in sorted(self.groups))
        if self.table.kind == "load" and self.desired.table:
            yield "    " + _("load table: {count:,} rows ({why})", count=self.desired.table.rows, why=self.table.why)
        if self.table.kind == "rows":
            yield "    " + _("change table") + f": {self.table.changes}"
        if self.table.describe:
            yield "    " + _("data dictionary")
        yield from ("    " + _("remove left-over resource") + f" {resource_id}" for resource_id in self.leftovers)


def find_present(client: PortalClient, desired: DesiredDataset, state: PortalState) -> tuple[DesiredDataset, Package | None, list[str]]:
    """The dataset on the portal, None where there is none; the desired one under the name that it has there; and remarks for a person.

    Raises:
        PortalRefused: the name is taken by a dataset that is not ours, or that this token may not see.
    """
    name, remarks = desired.name, list[str]()
    present = state.find(name)
    if present is None:
        present = _find_elsewhere(client, name)
        if present is None and name in published_before(state):
            remarks.append(_("it was published before and purged on the portal; it is published again"))
    if present is None:
        return desired, None, remarks
    if not is_ours(present, state.address.dataset_prefix):
        raise PortalRefused(
            _(
                "{name}: the portal has a dataset of this name that was not made by this program, so it is left alone; "
                "set another dataset_prefix in the settings, or rename that dataset.",
                name=name,
            )
        )
    if present["name"] != name:
        remarks.append(_("renamed on the portal; the name there is kept") + f": {name} → {present['name']}")
        desired = replace(desired, name=present["name"])
    if present.get("state") == "deleted":
        remarks.append(_("it is in the portal's trash and is restored"))
    return desired, present, remarks


def _find_elsewhere(client: PortalClient, name: str) -> Package | None:
    """A dataset of this name outside the organisation, or in the trash."""
    try:
        found: Package | None = client.find("package_show", id=name)
    except PortalRefused as error:
        raise PortalRefused(
            _(
                "{name}: the name is taken by a private or deleted dataset that the token may not see ({fault}); let the portal's administrator "
                "purge or rename it, or set another dataset_prefix.",
                name=name,
                fault=error.args[0],
            )
        ) from error
    return found


def published_before(state: PortalState) -> frozenset[str]:
    """Names of the datasets that the last publication left on the portal, by its own record."""
    return frozenset((extras_of(state.record or {}).get(PUBLISHED_DATASETS) or "").split())


def plan_dataset(client: PortalClient, desired: DesiredDataset, state: PortalState, content: ServedContent) -> DatasetPlan:
    """The plan of one dataset.

    Raises:
        PortalRefused: a dataset of that name exists that we did not make.
        PortalNotAnswering: the portal does not answer.
    """
    desired, present, remarks = find_present(client, desired, state)
    return compare_dataset(client, desired, present, state, content, tuple(remarks))


def compare_dataset(
    client: PortalClient,
    desired: DesiredDataset,
    present: Package | None,
    state: PortalState,
    content: ServedContent | None,
    remarks: tuple[str, ...] = (),
) -> DatasetPlan:
    """What `present` lacks of the desired dataset; without `content`, by the portal's own metadata only."""
    if present is None:
        is_free = desired.table is not None and desired.table.alias not in state.aliases
        table = TablePlan("load", "new", has_free_alias=is_free) if desired.table else TablePlan("none")
        return DatasetPlan(desired, None, (), desired.files, (), table, groups=desired.groups & state.groups, remarks=remarks)
    uploads = tuple(file for file in desired.files if _differs_in_content(file, present, content))
    described = [file.resource["name"] for file in desired.files if file not in uploads and _differs_in_words(file.resource, present)]
    table = _plan_table(client, desired, present, content)
    if desired.table and table.kind != "load" and _differs_in_words(desired.table.resource, present):
        described.append(TABLE_NAME)
    is_same_data = not any(differs_in_metadata(file, present) for file in uploads)
    fields = tuple(_differing_fields(desired, present, state.owner, is_same_data=is_same_data))
    described += [link["name"] for link in desired.links if _differs_in_link(link, present)]
    missing = (desired.groups & state.groups) - {group["name"] for group in present.get("groups", [])}
    leftovers = tuple(_leftovers(present, desired))
    return DatasetPlan(desired, present, fields, uploads, tuple(described), table, leftovers, missing, remarks)


def _differing_fields(desired: DesiredDataset, present: Package, owner: str | None, *, is_same_data: bool) -> Iterator[str]:
    """Names of fields that differ. A release with unchanged files of a dataset does not put its own name on them."""
    untouched = desired.computed | (FOLLOW_FILES if is_same_data else frozenset())
    settled = {**desired.fields, "owner_org": owner, "private": False, "state": "active"}
    yield from (name for name, value in settled.items() if name not in untouched and not same(present.get(name), value))
    if {tag["name"] for tag in present.get("tags", [])} != desired_tags(desired, present):
        yield "tags"
    extras = extras_of(present)
    yield from (name for name, value in desired.extras.items() if name not in untouched and extras.get(name) != value)


def desired_tags(desired: DesiredDataset, present: Package) -> set[str]:
    """Our tags, and those that others gave it: what it has and we did not give it before."""
    try:
        former = set(json.loads(extras_of(present).get(OUR_TAGS) or "[]"))
    except (ValueError, TypeError):
        former = set()
    return set(desired.facts.tags) | ({tag["name"] for tag in present.get("tags", [])} - former)


def resource_named(package: Package, name: str) -> dict[str, Any] | None:
    return next((resource for resource in package["resources"] if resource["name"] == name), None)


def differs_in_metadata(file: DesiredFile, present: Package) -> bool:
    """Whether the portal itself says that it has another file, or none."""
    resource = resource_named(present, file.resource["name"])
    return resource is None or (resource.get("hash"), resource.get("size")) != (file.md5, file.bytes)


def _differs_in_content(file: DesiredFile, present: Package, content: ServedContent | None) -> bool:
    if differs_in_metadata(file, present):
        return True
    resource = resource_named(present, file.resource["name"]) or {}
    return content is not None and content.differs_in_file(file, resource, is_private=not _is_public(present))


def _is_public(present: Package) -> bool:
    return not present.get("private") and present.get("state", "active") == "active"


def _differs_in_words(desired: dict[str, Any], present: Package) -> bool:
    """Whether facts differ. Those that a portal's own schema does not keep (it then answers without them) do not count."""
    resource = resource_named(present, desired["name"]) or {}
    return any(key in resource and resource[key] != value for key, value in desired.items())


def _differs_in_link(link: dict[str, Any], present: Package) -> bool:
    return resource_named(present, link["name"]) is None or _differs_in_words(link, present)


def _plan_table(client: PortalClient, desired: DesiredDataset, present: Package, content: ServedContent | None) -> TablePlan:
    table = desired.table
    if table is None:
        return TablePlan("none")
    resource = resource_named(present, TABLE_NAME)
    info = client.find("datastore_info", id=resource["id"]) if resource else None
    if resource is None or info is None:
        return TablePlan("load", "no table yet")
    if other := _other_shape(table, info, present):
        return TablePlan("load", other)
    describe = [field.get("info") or {} for field in info["fields"]] != [field["info"] for field in table.fields]
    alias = table.alias not in info["meta"].get("aliases", []) and owner_of_alias(client, table.alias) is None
    is_said_same = resource.get(ROWS) == table.md5 and info["meta"]["count"] == table.rows
    if is_said_same and not (content and content.may_differ_in_rows(resource["id"], table)):
        return TablePlan("keep", "", resource["id"], None, describe, alias)
    changes = differing_rows(client, resource["id"], table)
    if not changes.fit_in_place:
        return TablePlan("load", f"{changes}: more than one request holds")
    return TablePlan("rows" if changes.total else "keep", "", resource["id"], changes, describe, alias)


def _other_shape(table: DesiredTable, info: dict[str, Any], present: Package) -> str | None:
    """Why the table cannot take the release's rows unchanged; None where it can."""
    if [(field["id"], field["type"]) for field in info["fields"]] != [(field["id"], field["type"]) for field in table.fields]:
        return "other columns"
    return None if fact(present, "primary_key") == ", ".join(table.primary_key) else "another key"


def owner_of_alias(client: PortalClient, alias: str) -> str | None:
    """The table that an alias refers to, if any. A purged dataset leaves its tables, which keep their aliases."""
    found = client.find("datastore_search", resource_id="_table_metadata", filters={"name": alias}, limit=1)
    return str(found["records"][0]["alias_of"]) if found and found["records"] else None


def _leftovers(present: Package, desired: DesiredDataset) -> Iterator[str]:
    """Tables left behind by a run that was cut short (one that was being loaded with the same rows can be used), a link to a site
    that is no longer set, and files of parts that are no more.
    """
    table = desired.table
    if (link := resource_named(present, LINK_NAME)) and not desired.links:
        yield link["id"]
    for resource in present["resources"]:
        is_half_loaded = resource["name"] == LOADING_NAME and (table is None or resource.get(ROWS) != table.md5)
        if is_half_loaded or resource["name"] == FORMER_NAME:
            yield resource["id"]
    yield from files_of_another_cut(present, desired)


def files_of_another_cut(present: Package, desired: DesiredDataset) -> Iterator[str]:
    """Our files of a year that has no rows any more, and those of a whole that has parts now, or the other way round: else they would be served
    for good, with rows that were taken back.
    """
    wanted = {file.resource["name"] for file in desired.files}
    is_cut = any((found := DATA_NAME.fullmatch(name)) and found["part"] for name in wanted)
    for resource in present["resources"]:
        found = DATA_NAME.fullmatch(resource["name"] or "")
        if found and resource["name"] not in wanted and resource.get("url_type") == "upload" and (found["part"] or is_cut):
            yield resource["id"]
