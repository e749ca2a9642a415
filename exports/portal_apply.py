"""Does what the plan of one dataset says, so that a reader never meets half of a file, a table or a description.

A new dataset stays private until it is whole. Fields and files change together in one `package_revise`, which CKAN does in
one transaction and only if the dataset is still as the plan saw it. Work that takes several calls (a table's rows) begins
with a claim in the dataset's extras and ends with the same call that takes the claim away: whoever finds the claim of
a living publisher keeps off and says whose it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from exports.portal_access import Claim, refuse_if_claimed
from exports.portal_client import PortalBusy, PortalClient, PortalRefused
from exports.portal_plan import DatasetPlan, Package, extras_of, owner_of_alias, resource_named
from exports.portal_table import describe_table, load_table, write_rows
from exports.portal_wanted import ARCHIVED, CLAIM, FORMER_NAME, LOADING_NAME, RELEASE, TABLE_NAME, WantedTable

TRIES = 3
ARCHIVED_NOTICE = "【本数据集已停止发布，仅供存档。】 [This dataset is no longer released; kept as an archive.]"


def apply_dataset(client: PortalClient, plan: DatasetPlan, owner: str, claim: Claim, progress: Callable[[str], None]) -> None:
    """Bring one dataset to its plan.

    Raises:
        PortalError: one of its family; the next run goes on from there. Until then readers see the old fields and files, and the
            old table or, where a few rows were changed in place, the new one.
    """
    refuse_if_claimed(plan)
    present = _create(client, plan, owner, claim) if plan.present is None else plan.present
    if plan.table.kind != "keep" and plan.present is not None:
        present = _revise(client, present, {"extras": _extras(present, {CLAIM: claim.text()})})
    table_id = _bring_table(client, plan, present, progress)
    for file in plan.uploads:
        progress(f"{plan.wanted.name}: uploading {file.path.name} ({file.bytes:,} bytes)")
    present = _finish(client, plan, owner, claim, table_id)
    leftovers = [resource["id"] for resource in present["resources"] if resource["name"] in {LOADING_NAME, FORMER_NAME}]
    for resource_id in leftovers:
        client.find("resource_delete", id=resource_id)
    if plan.table.kind == "load" or plan.table.alias or leftovers:
        _open_to_readers(client, present, plan.wanted.table, progress)


def _open_to_readers(client: PortalClient, present: Package, table: WantedTable, progress: Callable[[str], None]) -> None:
    """A preview, and the name that stays the same when the table's id does not. The name comes last: the next run looks for it."""
    resource = resource_named(present, TABLE_NAME) or {}
    client.call("resource_create_default_resource_views", resource=resource, package=present, create_datastore_views=True)
    if owner := owner_of_alias(client, table.alias):
        progress(f"alias {table.alias} belongs to table {owner} on this portal; if its dataset was purged, `ckan datastore purge` frees it")
    else:
        client.call("datastore_create", resource_id=resource["id"], aliases=[table.alias], force=True)


def _create(client: PortalClient, plan: DatasetPlan, owner: str, claim: Claim) -> Package:
    wanted = plan.wanted
    extras = _extras({}, {**wanted.extras, CLAIM: claim.text()})
    facts: dict[str, Any] = {
        **wanted.fields,
        "name": wanted.name,
        "owner_org": owner,
        "private": True,
        "tags": _tags(plan),
        "extras": extras,
    }
    try:
        return dict(client.call("package_create", **facts))
    except PortalRefused:  # perhaps the second try of a call whose first answer was lost
        present = client.find("package_show", id=wanted.name)
        if present is None or extras_of(present).get(CLAIM) != claim.text():
            raise
        return dict(present)


def _tags(plan: DatasetPlan) -> list[dict[str, str]]:
    return [{"name": tag} for tag in sorted(plan.wanted.tags)]


def _extras(present: Package, changes: Mapping[str, str | None]) -> list[dict[str, str]]:
    """The extras as CKAN takes them: all at once, so those that others put there are sent back as they are."""
    merged = {**extras_of(present), **changes}
    return [{"key": key, "value": value} for key, value in sorted(merged.items()) if value]


def _revise(
    client: PortalClient,
    present: Package,
    update: dict[str, Any],
    more: Mapping[str, Any] | None = None,
    files: Mapping[str, Path] | None = None,
) -> Package:
    """One transaction on the dataset as it was read; lists are replaced whole.

    Raises:
        PortalBusy: the dataset was changed since.
    """
    replaced = [f"-{key}" for key in ("extras", "tags") if key in update]
    match = {"id": present["id"], "metadata_modified": present["metadata_modified"]}
    words = {"match": match, "filter": replaced, "update": update, **(more or {})}
    texts: dict[str, Any] = {key: json.dumps(value) for key, value in words.items()}
    try:
        return dict(client.call("package_revise", files=files, **texts)["package"])
    except PortalRefused as error:
        if "match" in str(error) and "metadata_modified" in str(error):
            raise PortalBusy(f"{present['name']}: someone changed this dataset since it was read; run publish again") from error
        raise


def _bring_table(client: PortalClient, plan: DatasetPlan, present: Package, progress: Callable[[str], None]) -> str:
    """The id of the table that holds the release's rows."""
    table = plan.wanted.table
    if plan.table.kind == "load":
        slot = _slot(client, present, table)
        load_table(client, slot, table, progress)
        return slot
    resource_id = str(plan.table.resource_id)
    if plan.table.changes:
        progress(f"{plan.wanted.name}: {plan.table.changes}")
        write_rows(client, resource_id, table, plan.table.changes)
    if plan.table.describe:
        describe_table(client, resource_id, table)
    return resource_id


def _slot(client: PortalClient, present: Package, table: WantedTable) -> str:
    """A resource for the new table: the one that an earlier run began to fill with these rows, or a new one."""
    for resource in present["resources"]:
        if resource["name"] == LOADING_NAME and resource.get("hash") == table.md5:
            return str(resource["id"])
    facts = {**table.resource, "name": LOADING_NAME, "url_type": "datastore", "url": "_datastore_only_resource"}
    return str(client.call("resource_create", package_id=present["id"], **facts)["id"])


def _finish(client: PortalClient, plan: DatasetPlan, owner: str, claim: Claim, table_id: str) -> Package:
    """Files, fields and the table's name in one transaction. Tried again where CKAN's own jobs touched the dataset meanwhile."""
    is_claimed = plan.present is None or plan.table.kind != "keep"
    expected = claim.text() if is_claimed else extras_of(plan.present or {}).get(CLAIM)  # none, or that of a dead run
    for number in range(TRIES):
        present = client.call("package_show", id=plan.wanted.name)
        held = extras_of(present).get(CLAIM)
        if held != expected:
            raise PortalBusy(f"{plan.wanted.name}: another publisher took this dataset over: {held}")
        update, more, files = _last_words(plan, present, owner, table_id)
        try:
            return _revise(client, present, update, more, files)
        except PortalBusy:  # or done, and the answer lost on its way
            present = client.call("package_show", id=plan.wanted.name)
            if _is_whole(plan, present, table_id):
                return dict(present)
            if number == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _is_whole(plan: DatasetPlan, present: Package, table_id: str) -> bool:
    table = resource_named(present, TABLE_NAME) or {}
    served = {resource.get("hash") for resource in present["resources"]}
    settled = CLAIM not in extras_of(present) and not present["private"] and present["title"] == plan.wanted.fields["title"]
    return settled and table.get("id") == table_id and served >= {file.md5 for file in plan.wanted.files}


def _last_words(plan: DatasetPlan, present: Package, owner: str, table_id: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Path]]:
    wanted = plan.wanted
    settled = {**wanted.fields, "owner_org": owner, "private": False, "state": "active"}
    kept = {} if plan.uploads else {RELEASE: extras_of(present).get(RELEASE)}
    update = {**settled, "tags": _tags(plan), "extras": _extras(present, {**wanted.extras, **kept})}
    more: dict[str, Any] = {f"update__resources__{table_id}": _table_facts(plan)}
    if (former := resource_named(present, TABLE_NAME)) and former["id"] != table_id:
        more[f"update__resources__{former['id']}"] = {"name": FORMER_NAME}
    files: dict[str, Path] = {}
    new: list[dict[str, Any]] = []
    for file in wanted.files:
        resource = resource_named(present, file.resource["name"])
        if resource is None:
            place = str(len(present["resources"]) + len(new))
            new.append({**file.resource, "url_type": "upload"})
        else:
            place = resource["id"]
            more[f"update__resources__{place}"] = file.resource
        if file in plan.uploads:
            files[f"update__resources__{place}__upload"] = file.path
    if new:
        more["update__resources__extend"] = new
    return update, more, files


def _table_facts(plan: DatasetPlan) -> dict[str, Any]:
    return plan.wanted.table.resource


def retire_dataset(client: PortalClient, package: Package, release_name: str, how: str) -> None:
    """Take back a dataset that is released no more: mark it and say so in its notes, or delete it."""
    if how == "delete":
        client.call("package_delete", id=package["id"])
        return
    notes = f"{ARCHIVED_NOTICE}\n\n{package.get('notes') or ''}"
    extras = _extras(package, {ARCHIVED: release_name, CLAIM: None})
    _revise(client, client.call("package_show", id=package["id"]), {"notes": notes, "extras": extras})
