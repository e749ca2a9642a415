"""Sets what the portal holds against what it shall hold: the plan, before anything is written.

Datasets are found by name, files and tables by the name of their resource; no id is kept between runs. What does not bear
our mark is never touched: a dataset of that name that someone else made is an error, foreign extras and resources stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from exports.portal_client import PortalAddress, PortalClient, PortalRefused
from exports.portal_table import RowChanges, differing_rows
from exports.portal_wanted import FORMER_NAME, LOADING_NAME, MARK, RELEASE, TABLE_NAME, Wanted, WantedFile, WantedTable

Package = dict[str, Any]
PAGE = 1000


@dataclass(frozen=True)
class TablePlan:
    """What the DataStore table needs: nothing, some rows in place, or a whole new table; and whether its dictionary changed."""

    kind: Literal["keep", "rows", "load"]
    why: str = ""
    resource_id: str | None = None
    changes: RowChanges | None = None
    describe: bool = False
    alias: bool = False

    @property
    def is_empty(self) -> bool:
        return self.kind == "keep" and not self.describe and not self.alias


@dataclass(frozen=True)
class DatasetPlan:
    """What one dataset needs. `present` is the portal's own answer, None where there is no such dataset yet."""

    wanted: Wanted
    present: Package | None
    fields: tuple[str, ...]
    uploads: tuple[WantedFile, ...]
    described: tuple[str, ...]
    table: TablePlan
    leftovers: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.present is None or self.fields or self.uploads or self.described or self.leftovers) and self.table.is_empty

    def lines(self) -> Iterator[str]:
        """For a person: what will be done, with sizes."""
        if self.is_empty:
            return
        yield f"{'create' if self.present is None else 'change'} {self.wanted.name}"
        if self.fields and self.present:
            yield f"    fields: {', '.join(self.fields)}"
        yield from (f"    upload {file.path.name} ({file.bytes:,} bytes)" for file in self.uploads)
        yield from (f"    describe {name}" for name in self.described)
        if self.table.kind == "load":
            yield f"    load table: {self.wanted.table.rows:,} rows ({self.table.why})"
        if self.table.kind == "rows":
            yield f"    change table: {self.table.changes}"
        if self.table.describe:
            yield "    data dictionary"
        yield from (f"    remove left-over table {resource_id}" for resource_id in self.leftovers)


def is_ours(package: Package, prefix: str) -> bool:
    """Whether we made it: its mark and its name belong together (so that two prefixes may share an organisation)."""
    mark = extras_of(package).get(MARK)
    return mark is not None and package["name"] == prefix + mark.replace("_", "-")


def extras_of(package: Package) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in package.get("extras", [])}


def plan_dataset(client: PortalClient, wanted: Wanted, address: PortalAddress, owner: str | None) -> DatasetPlan:
    """Read one dataset and set it against what is wanted; `owner` is the organisation's id, None where it is yet to be made.

    Raises:
        PortalRefused: a dataset of that name exists that we did not make.
    """
    present = client.find("package_show", id=wanted.name)
    if present is None:
        return DatasetPlan(wanted, None, (), wanted.files, (), TablePlan("load", "new"), ())
    if not is_ours(present, address.dataset_prefix):
        raise PortalRefused(
            f"{wanted.name}: the portal has a dataset of this name that was not made by this program, so it is left alone; "
            "set another dataset_prefix in the settings, or rename that dataset"
        )
    uploads = tuple(file for file in wanted.files if _differs_in_content(file, resource_named(present, file.resource["name"])))
    described = [file.resource["name"] for file in wanted.files if file not in uploads and _differs_in_words(file.resource, present)]
    table = _plan_table(client, wanted.table, present, wanted.extras["primary_key"])
    if table.kind != "load" and _differs_in_words(wanted.table.resource, present):
        described.append(TABLE_NAME)
    fields = tuple(_differing_fields(wanted, present, owner, is_same_data=not uploads))
    return DatasetPlan(wanted, present, fields, uploads, tuple(described), table, tuple(_leftovers(present, wanted.table)))


def _differing_fields(wanted: Wanted, present: Package, owner: str | None, *, is_same_data: bool) -> Iterator[str]:
    """Names of what differs. A release that left a dataset's files as they are does not put its own name on them."""
    settled = {**wanted.fields, "owner_org": owner, "private": False, "state": "active"}
    yield from (name for name, value in settled.items() if (present.get(name) or "") != (value or ""))
    if wanted.tags != {tag["name"] for tag in present.get("tags", [])}:
        yield "tags"
    extras = extras_of(present)
    yield from (key for key, value in wanted.extras.items() if extras.get(key) != value and not (key == RELEASE and is_same_data))


def resource_named(package: Package, name: str) -> dict[str, Any] | None:
    return next((resource for resource in package["resources"] if resource["name"] == name), None)


def _differs_in_content(file: WantedFile, resource: dict[str, Any] | None) -> bool:
    return resource is None or (resource.get("hash"), resource.get("size")) != (file.md5, file.bytes)


def _differs_in_words(wanted: dict[str, Any], present: Package) -> bool:
    """Facts that a portal's own schema does not keep (it then answers without them) are no difference."""
    resource = resource_named(present, wanted["name"]) or {}
    return any(key in resource and resource[key] != value for key, value in wanted.items())


def _plan_table(client: PortalClient, table: WantedTable, present: Package, primary_key: str | None) -> TablePlan:
    resource = resource_named(present, TABLE_NAME)
    info = client.find("datastore_info", id=resource["id"]) if resource else None
    if resource is None or info is None:
        return TablePlan("load", "no table yet")
    if [(field["id"], field["type"]) for field in info["fields"]] != [(field["id"], field["type"]) for field in table.fields]:
        return TablePlan("load", "other columns")
    if extras_of(present).get("primary_key") != primary_key:
        return TablePlan("load", "another key")
    describe = [field.get("info") or {} for field in info["fields"]] != [field["info"] for field in table.fields]
    alias = table.alias not in info["meta"].get("aliases", []) and owner_of_alias(client, table.alias) is None
    if resource.get("hash") == table.md5 and info["meta"]["count"] == table.rows:
        return TablePlan("keep", "", resource["id"], None, describe, alias)
    changes = differing_rows(client, resource["id"], table)
    if not changes.fit_in_place:
        return TablePlan("load", f"{changes}: more than one request holds")
    return TablePlan("rows" if changes.total else "keep", "", resource["id"], changes, describe, alias)


def owner_of_alias(client: PortalClient, alias: str) -> str | None:
    """The table that an alias stands for, if any. A dataset that was purged leaves its tables, which then keep their aliases for ever."""
    found = client.find("datastore_search", resource_id="_table_metadata", filters={"name": alias}, limit=1)
    return str(found["records"][0]["alias_of"]) if found and found["records"] else None


def _leftovers(present: Package, table: WantedTable) -> Iterator[str]:
    """Tables that a run which was cut short left behind; one that was being loaded with these very rows is of use."""
    for resource in present["resources"]:
        is_half_loaded = resource["name"] == LOADING_NAME and resource.get("hash") != table.md5
        if is_half_loaded or resource["name"] == FORMER_NAME:
            yield resource["id"]


def dataset_schema(client: PortalClient) -> dict[str, bool]:
    """The fields of the portal's own dataset schema (ckanext-scheming) and whether each holds a list; none on a plain portal.

    Raises:
        PortalRefused: the portal has no DataStore.
    """
    extensions = client.call("status_show")["extensions"]
    if "datastore" not in extensions:
        raise PortalRefused(
            f"{client.url}: the portal has no DataStore for the tables; let its administrator turn the plugin `datastore` on"
        )
    if "scheming_datasets" not in extensions:
        return {}
    fields = client.call("scheming_dataset_schema_show", type="dataset")["dataset_fields"]
    return {field["field_name"]: field.get("preset", "").startswith("multiple") for field in fields}


def our_datasets(client: PortalClient, address: PortalAddress) -> Iterator[Package]:
    """Every dataset of the organisation that bears our mark, drafts and private ones too."""
    start, where = 0, f'organization:"{address.organization}"'
    while True:
        words: dict[str, Any] = {"fq": where, "rows": PAGE, "start": start, "sort": "name asc"}
        found = client.call("package_search", include_private=True, include_drafts=True, **words)["results"]
        yield from (package for package in found if is_ours(package, address.dataset_prefix))
        if len(found) < PAGE:
            return
        start += PAGE
