"""Carries out the plan of one dataset, so that a reader never meets half of a file, a table or a description.

A new dataset stays private until it is complete. Fields and files change together in one `package_revise`, which CKAN does in
one transaction and only if the dataset is unchanged since it was planned. Work that takes several calls (a table's rows) begins
with a lock in the dataset's extras and ends with the same call that removes the lock. A publisher that finds the lock of a
live one changes nothing and reports its holder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from exports.ckan.access import PublishLock, require_unlocked
from exports.ckan.client import PortalClient
from exports.ckan.datastore_table import describe_table, write_rows
from exports.ckan.desired import FORMER_NAME, LOADING_NAME, TABLE_NAME, DesiredTable
from exports.ckan.errors import PortalBusy, PortalRefused
from exports.ckan.facts import ARCHIVED, CLAIM, FOLLOW_FILES
from exports.ckan.http import Body
from exports.ckan.loading import LoadOptions, fresh_table
from exports.ckan.plan import DatasetPlan, Package, extras_of, owner_of_alias, resource_named

TRIES = 3
DATASTORE_ONLY = {"url_type": "datastore", "url": "_datastore_only_resource"}  # CKAN's words for a resource that is a table and no file
PROGRESS_BYTES = 64 << 20  # bytes of an upload whose progress is reported
CREATE_LOCK = Lock()  # two datasets that add the same new tag at the same moment collide in CKAN
ARCHIVED_NOTICE = "【本数据集已停止发布，仅供存档。】 [This dataset is no longer released; kept as an archive.]"


def apply_dataset(
    client: PortalClient, plan: DatasetPlan, owner: str, lock: PublishLock, options: LoadOptions, progress: Callable[[str], None]
) -> None:
    """Bring one dataset to its plan.

    Raises:
        PortalError: one of its family; the next run goes on from there. Until then readers see the old fields and files, and the
            old table or, where a few rows were changed in place, the new one.
    """
    require_unlocked(plan)
    present = _create(client, plan, owner, lock) if plan.present is None else plan.present
    if plan.table.kind in {"rows", "load"} and plan.present is not None:
        present = _revise(client, present, {"extras": _extras(present, {CLAIM: lock.text()})})
    table_id = _update_table(client, plan, present, options, progress)
    for file in plan.uploads:
        progress(f"{plan.desired.name}: uploading {file.name} ({file.bytes:,} bytes)")
    present = _finish(client, plan, owner, lock, table_id, progress)
    leftovers = [resource["id"] for resource in present["resources"] if resource["name"] in {LOADING_NAME, FORMER_NAME}]
    for resource_id in leftovers:
        client.find("resource_delete", id=resource_id)
    if plan.desired.table and (plan.table.kind == "load" or plan.table.alias or leftovers):
        _open_to_readers(client, present, plan.desired.table, progress)


def _open_to_readers(client: PortalClient, present: Package, table: DesiredTable, progress: Callable[[str], None]) -> None:
    """Create a preview, and the alias that stays the same when the table's id does not. The alias comes last: the next run looks for it."""
    resource = resource_named(present, TABLE_NAME) or {}
    client.call("resource_create_default_resource_views", resource=resource, package=present, create_datastore_views=True)
    if owner := owner_of_alias(client, table.alias):
        progress(f"alias {table.alias} belongs to table {owner} on this portal; if its dataset was purged, `ckan datastore purge` frees it")
    else:
        client.call("datastore_create", resource_id=resource["id"], aliases=[table.alias], force=True)


def _create(client: PortalClient, plan: DatasetPlan, owner: str, lock: PublishLock) -> Package:
    desired = plan.desired
    extras = _extras({}, {**desired.extras, CLAIM: lock.text()})
    facts: dict[str, Any] = {
        **desired.fields,
        "name": desired.name,
        "owner_org": owner,
        "private": True,
        "tags": _tags(plan),
        "extras": extras,
    }
    try:
        with CREATE_LOCK:
            return dict(client.call("package_create", **facts))
    except PortalRefused:  # perhaps the second try of a call whose first answer was lost
        present = client.find("package_show", id=desired.name)
        if present is None or extras_of(present).get(CLAIM) != lock.text():
            raise
        return dict(present)


def _tags(plan: DatasetPlan) -> list[dict[str, str]]:
    return [{"name": tag} for tag in sorted(plan.desired.facts.tags)]


def _extras(present: Package, changes: Mapping[str, str | None]) -> list[dict[str, str]]:
    """The extras as CKAN takes them: all at once, so foreign extras are sent back unchanged."""
    merged = {**extras_of(present), **changes}
    return [{"key": key, "value": value} for key, value in sorted(merged.items()) if value]


def _revise(
    client: PortalClient,
    present: Package,
    update: dict[str, Any],
    more: Mapping[str, Any] | None = None,
    files: Mapping[str, Body] | None = None,
    sent: Callable[[int, int], None] | None = None,
) -> Package:
    """Change the dataset in one transaction, if it is as it was read; lists are replaced whole.

    Raises:
        PortalBusy: the dataset was changed since.
    """
    replaced = [f"-{key}" for key in ("extras", "tags", "groups") if key in update]
    match = {"id": present["id"], "metadata_modified": present["metadata_modified"]}
    words = {"match": match, "filter": replaced, "update": update, **(more or {})}
    texts: dict[str, Any] = {key: json.dumps(value) for key, value in words.items()}
    try:
        return dict(client.call("package_revise", files=files, sent=sent, **texts)["package"])
    except PortalRefused as error:
        if "match" in str(error) and "metadata_modified" in str(error):
            raise PortalBusy(f"{present['name']}: someone changed this dataset since it was read; run publish again") from error
        raise


def _update_table(
    client: PortalClient, plan: DatasetPlan, present: Package, options: LoadOptions, progress: Callable[[str], None]
) -> str | None:
    """The id of the table that holds the release's rows; None where there is to be no table."""
    table = plan.desired.table
    if table is None:
        return None
    if plan.table.kind == "load":
        return fresh_table(client, present, table, options, progress)
    resource_id = str(plan.table.resource_id)
    if plan.table.changes and plan.table.changes.total:
        progress(f"{plan.desired.name}: {plan.table.changes}")
        write_rows(client, resource_id, table, plan.table.changes)
    if plan.table.describe:
        describe_table(client, resource_id, table)
    return resource_id


def _finish(
    client: PortalClient, plan: DatasetPlan, owner: str, lock: PublishLock, table_id: str | None, progress: Callable[[str], None]
) -> Package:
    """Change files, fields and the table's name in one transaction; retried where CKAN's own jobs changed the dataset meanwhile."""
    is_claimed = plan.present is None or plan.table.kind in {"rows", "load"}
    expected = lock.text() if is_claimed else extras_of(plan.present or {}).get(CLAIM)  # none, or that of a dead run
    for number in range(TRIES):
        present = client.call("package_show", id=plan.desired.name)
        held = extras_of(present).get(CLAIM)
        if held != expected:
            raise PortalBusy(f"{plan.desired.name}: another publisher took this dataset over: {held}")
        update, more, files = _final_changes(plan, present, owner, table_id)
        try:
            return _revise(client, present, update, more, files, _progress_of(plan.desired.name, progress))
        except PortalBusy:  # or done, and the answer lost on its way
            present = client.call("package_show", id=plan.desired.name)
            if _is_whole(plan, present, table_id):
                return dict(present)
            if number == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _progress_of(name: str, progress: Callable[[str], None]) -> Callable[[int, int], None]:
    """A callback that reports each further tenth of a long upload."""
    tenths = 0

    def sent(done: int, total: int) -> None:
        nonlocal tenths
        if total >= PROGRESS_BYTES and done * 10 // total != tenths:
            tenths = done * 10 // total
            progress(f"{name}: {done:,} of {total:,} bytes sent")

    return sent


def _is_whole(plan: DatasetPlan, present: Package, table_id: str | None) -> bool:
    desired, table = plan.desired, resource_named(present, TABLE_NAME) or {}
    served = {resource.get("hash") for resource in present["resources"]}
    settled = CLAIM not in extras_of(present) and not present["private"]
    is_titled = "title" in desired.computed or present["title"] == desired.fields["title"]
    return settled and is_titled and (table_id is None or table.get("id") == table_id) and served >= {file.md5 for file in desired.files}


def _final_changes(
    plan: DatasetPlan, present: Package, owner: str, table_id: str | None
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Body]]:
    desired = plan.desired
    update = {**desired.fields, "owner_org": owner, "private": False, "state": "active", "tags": _tags(plan)}
    extras = dict(desired.extras)
    if not plan.uploads:
        extras |= {key: extras_of(present).get(key) for key in FOLLOW_FILES & extras.keys()}
        update |= {key: present.get(key) for key in FOLLOW_FILES & update.keys()}
    update["extras"] = _extras(present, extras)
    if plan.groups:
        update["groups"] = [{"name": name} for name in sorted(plan.groups | {group["name"] for group in present["groups"]})]
    more: dict[str, Any] = {}
    if desired.table and table_id:
        more[f"update__resources__{table_id}"] = {**desired.table.resource, **DATASTORE_ONLY}
        if (former := resource_named(present, TABLE_NAME)) and former["id"] != table_id:
            more[f"update__resources__{former['id']}"] = {"name": FORMER_NAME}
    files = _place_files(plan, present, more)
    return update, more, files


def _place_files(plan: DatasetPlan, present: Package, more: dict[str, Any]) -> dict[str, Body]:
    """Each file by the resource of its name, or of a new one after the existing; `more` gets their facts."""
    files: dict[str, Body] = {}
    new: list[dict[str, Any]] = []
    for file in plan.desired.files:
        resource = resource_named(present, file.resource["name"])
        if resource is None:
            place = str(len(present["resources"]) + len(new))
            new.append({**file.resource, "url_type": "upload"})
        else:
            place = resource["id"]
            more[f"update__resources__{place}"] = file.resource
        if file in plan.uploads:
            files[f"update__resources__{place}__upload"] = file.body
    if new:
        more["update__resources__extend"] = new
    return files


def retire_dataset(client: PortalClient, package: Package, release_name: str, how: str) -> None:
    """Retire a dataset that is no longer released: mark it and say so in its notes, or delete it."""
    if how == "delete":
        client.call("package_delete", id=package["id"])
        return
    notes = f"{ARCHIVED_NOTICE}\n\n{package.get('notes') or ''}"
    extras = _extras(package, {ARCHIVED: release_name, CLAIM: None})
    _revise(client, client.call("package_show", id=package["id"]), {"notes": notes, "extras": extras})
