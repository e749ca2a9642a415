"""Compares what the portal holds with the desired state: the plan, before anything is written.

Datasets are found by name, files and tables by the name of their resource; no id is kept between runs. Datasets without our mark
are never touched: a dataset of that name that someone else made is an error; foreign extras and resources stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from exports.ckan.client import PortalAddress, PortalClient
from exports.ckan.datastore_table import RowChanges, differing_rows
from exports.ckan.desired import FORMER_NAME, LOADING_NAME, TABLE_NAME, DesiredDataset, DesiredFile, DesiredTable
from exports.ckan.errors import PortalRefused
from exports.ckan.facts import FOLLOW_FILES, MARK
from exports.ckan.schema import same

Package = dict[str, Any]
PAGE = 1000


@dataclass(frozen=True)
class TablePlan:
    """What the DataStore table needs: nothing, some rows in place, or a whole new table; and whether its dictionary changed.

    `none`: there must be none, since the portal has no DataStore or the dataset no rows.
    """

    kind: Literal["keep", "rows", "load", "none"]
    why: str = ""
    resource_id: str | None = None
    changes: RowChanges | None = None
    describe: bool = False
    alias: bool = False

    @property
    def is_empty(self) -> bool:
        return self.kind in {"keep", "none"} and not self.describe and not self.alias


@dataclass(frozen=True)
class DatasetPlan:
    """The changes that one dataset needs. `present` is the portal's own answer, None where it has no such dataset yet.

    `groups` are those that it must still be added to.
    """

    desired: DesiredDataset
    present: Package | None
    fields: tuple[str, ...]
    uploads: tuple[DesiredFile, ...]
    described: tuple[str, ...]
    table: TablePlan
    leftovers: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        asks = (self.fields, self.uploads, self.described, self.leftovers, self.groups)
        return self.present is not None and not any(asks) and self.table.is_empty

    def lines(self) -> Iterator[str]:
        """For a person: the changes to be made, with sizes."""
        if self.is_empty:
            return
        yield f"{'create' if self.present is None else 'change'} {self.desired.name}"
        if self.fields and self.present:
            yield f"    fields: {', '.join(self.fields)}"
        yield from (f"    upload {file.name} ({file.bytes:,} bytes)" for file in self.uploads)
        yield from (f"    describe {name}" for name in self.described)
        yield from (f"    put into group {name}" for name in sorted(self.groups))
        if self.table.kind == "load" and self.desired.table:
            yield f"    load table: {self.desired.table.rows:,} rows ({self.table.why})"
        if self.table.kind == "rows":
            yield f"    change table: {self.table.changes}"
        if self.table.describe:
            yield "    data dictionary"
        yield from (f"    remove left-over table {resource_id}" for resource_id in self.leftovers)


def is_ours(package: Package, prefix: str) -> bool:
    """Whether we made it: its mark and its name belong together (so that two prefixes may share an organisation)."""
    mark = fact(package, MARK)
    return mark is not None and package["name"] == prefix + mark.replace("_", "-")


def extras_of(package: Package) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in package.get("extras", [])}


def fact(package: Package, name: str) -> Any:
    """One fact, from the extras or from a field of the portal's schema."""
    return extras_of(package).get(name, package.get(name))


def plan_dataset(
    client: PortalClient, desired: DesiredDataset, address: PortalAddress, owner: str | None, groups: frozenset[str] = frozenset()
) -> DatasetPlan:
    """The plan of one dataset; `owner` is the organisation's id, None where it is yet to be created.

    `groups` are those that datasets can be added to.

    Raises:
        PortalRefused: a dataset of that name exists that we did not make.
    """
    present = client.find("package_show", id=desired.name)
    if present is None:
        table = TablePlan("load", "new") if desired.table else TablePlan("none")
        return DatasetPlan(desired, None, (), desired.files, (), table, groups=desired.groups & groups)
    if not is_ours(present, address.dataset_prefix):
        raise PortalRefused(
            f"{desired.name}: the portal has a dataset of this name that was not made by this program, so it is left alone; "
            "set another dataset_prefix in the settings, or rename that dataset"
        )
    uploads = tuple(file for file in desired.files if _differs_in_content(file, resource_named(present, file.resource["name"])))
    described = [file.resource["name"] for file in desired.files if file not in uploads and _differs_in_words(file.resource, present)]
    table = _plan_table(client, desired, present)
    if desired.table and table.kind != "load" and _differs_in_words(desired.table.resource, present):
        described.append(TABLE_NAME)
    fields = tuple(_differing_fields(desired, present, owner, is_same_data=not uploads))
    missing = (desired.groups & groups) - {group["name"] for group in present.get("groups", [])}
    return DatasetPlan(desired, present, fields, uploads, tuple(described), table, tuple(_leftovers(present, desired.table)), missing)


def _differing_fields(desired: DesiredDataset, present: Package, owner: str | None, *, is_same_data: bool) -> Iterator[str]:
    """Names of fields that differ. A release with unchanged files of a dataset does not put its own name on them."""
    untouched = desired.computed | (FOLLOW_FILES if is_same_data else frozenset())
    settled = {**desired.fields, "owner_org": owner, "private": False, "state": "active"}
    yield from (name for name, value in settled.items() if name not in untouched and not same(present.get(name), value))
    if desired.facts.tags != {tag["name"] for tag in present.get("tags", [])}:
        yield "tags"
    extras = extras_of(present)
    yield from (name for name, value in desired.extras.items() if name not in untouched and extras.get(name) != value)


def resource_named(package: Package, name: str) -> dict[str, Any] | None:
    return next((resource for resource in package["resources"] if resource["name"] == name), None)


def _differs_in_content(file: DesiredFile, resource: dict[str, Any] | None) -> bool:
    return resource is None or (resource.get("hash"), resource.get("size")) != (file.md5, file.bytes)


def _differs_in_words(desired: dict[str, Any], present: Package) -> bool:
    """Whether facts differ. Those that a portal's own schema does not keep (it then answers without them) do not count."""
    resource = resource_named(present, desired["name"]) or {}
    return any(key in resource and resource[key] != value for key, value in desired.items())


def _plan_table(client: PortalClient, desired: DesiredDataset, present: Package) -> TablePlan:
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
    if resource.get("hash") == table.md5 and info["meta"]["count"] == table.rows:
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


def _leftovers(present: Package, table: DesiredTable | None) -> Iterator[str]:
    """Tables left behind by a run that was cut short; one that was being loaded with the same rows can be used."""
    for resource in present["resources"]:
        is_half_loaded = resource["name"] == LOADING_NAME and (table is None or resource.get("hash") != table.md5)
        if is_half_loaded or resource["name"] == FORMER_NAME:
            yield resource["id"]


def our_datasets(client: PortalClient, address: PortalAddress) -> Iterator[Package]:
    """Every dataset of the organisation that has our mark, including drafts and private ones."""
    start, where = 0, f'organization:"{address.organization}"'
    while True:
        words: dict[str, Any] = {"fq": where, "rows": PAGE, "start": start, "sort": "name asc"}
        found = client.call("package_search", include_private=True, include_drafts=True, **words)["results"]
        yield from (package for package in found if is_ours(package, address.dataset_prefix))
        if len(found) < PAGE:
            return
        start += PAGE
