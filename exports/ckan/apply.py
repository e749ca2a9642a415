"""Carries out the plan of one dataset, so that a reader never meets half of a file, a table or a description.

A new dataset stays private until it is complete. Fields and files change together in one `package_revise`, which CKAN does in
one transaction and only if the dataset is unchanged since it was planned. Work that takes several calls (a table's rows) begins
with a lock in the dataset's extras and ends with the same call that removes the lock. A publisher that finds the lock of a
live one changes nothing and reports its holder.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

from exports.ckan.access import PublishLock, require_unlocked
from exports.ckan.client import PortalClient
from exports.ckan.datastore_table import describe_table, write_rows
from exports.ckan.desired import DATASTORE_ONLY, FORMER_NAME, LOADING_NAME, TABLE_NAME
from exports.ckan.errors import PortalBusy, PortalRefused
from exports.ckan.facts import ARCHIVED, CLAIM, FOLLOW_FILES
from exports.ckan.http import Body
from exports.ckan.loading import LoadOptions, fresh_table, loading_resource
from exports.ckan.plan import DatasetPlan, desired_tags, differs_in_metadata, files_of_another_cut, owner_of_alias, resource_named
from exports.ckan.site_links import NAME as LINK_NAME
from exports.ckan.state import Package, extras_of
from exports.ckan.views import copy_views
from exports.messages import N_, _

TRIES = 3
PROGRESS_BYTES = 64 << 20  # bytes of an upload whose progress is reported
CREATE_LOCK = Lock()  # two datasets that add the same new tag at the same moment collide in CKAN
ARCHIVED_NOTICE = "【本数据集已停止发布，仅供存档。】 [This dataset is no longer released; kept as an archive.]"


@dataclass(frozen=True)
class Publisher:
    """Who publishes, and how: `owner` is the organisation's id, `groups` are those that the token may change a dataset's membership of.
    `keeps_shown_addresses`: what kind of CKAN it is (exports/ckan/schema.py).
    """

    client: PortalClient
    owner: str
    groups: frozenset[str]
    lock: PublishLock
    options: LoadOptions
    keeps_shown_addresses: bool = False


def apply_dataset(publisher: Publisher, plan: DatasetPlan, progress: Callable[[str], None]) -> None:
    """Bring one dataset to its plan.

    Raises:
        PortalError: one of its family; the next run goes on from there. Until then readers see the old fields and files, and the
            old table or, where a few rows were changed in place, the new one.
    """
    require_unlocked(plan)
    client = publisher.client
    present = _create(publisher, plan) if plan.present is None else plan.present
    if plan.table.kind in {"rows", "load"} and plan.present is not None:
        present = _revise(publisher, present, {"extras": _extras(present, {CLAIM: publisher.lock.text()})})
    table_id = _update_table(publisher, plan, present, progress)
    if table_id and resource_named(plan.present or {"resources": ()}, TABLE_NAME) is None:
        _create_previews(client, present, table_id)
    for file in plan.uploads:
        progress(f"{plan.desired.name}: " + _("uploading {file} ({bytes:,} bytes)", file=file.name, bytes=file.bytes))
    present = _finish(publisher, plan, present, table_id, progress)
    former = [resource["id"] for resource in present["resources"] if resource["name"] in {LOADING_NAME, FORMER_NAME}]
    table = resource_named(present, TABLE_NAME)
    for resource_id in former:
        if table:
            copy_views(client, resource_id, table["id"], progress)
        client.find("resource_delete", id=resource_id)
    for resource_id in files_of_another_cut(present, plan.desired):
        client.find("resource_delete", id=resource_id)
    _settle_link(client, present, plan.desired.links)
    if plan.desired.table and table and not plan.table.has_free_alias and (plan.table.kind == "load" or plan.table.alias or former):
        _give_alias(client, table["id"], plan.desired.table.alias, progress)


def _settle_link(client: PortalClient, present: Package, links: Sequence[Mapping[str, Any]]) -> None:
    """Create a link that is missing, by a call of its own, with which CKAN creates its default view; remove one that is to be no more."""
    found = resource_named(present, LINK_NAME)
    if found and not links:
        client.find("resource_delete", id=found["id"])
    for link in () if found else links:
        client.call("resource_create", package_id=present["id"], **link)


def _create_previews(client: PortalClient, present: Package, table_id: str) -> None:
    """The portal's default previews of a first table, before readers see it: after that a run that was cut short in between would find all else
    in its place. A preview that is there already is not created again.
    """
    resource = {"id": table_id, "package_id": present["id"], "format": "CSV", "datastore_active": True}
    client.call("resource_create_default_resource_views", resource=resource, package=present, create_datastore_views=True)


def _give_alias(client: PortalClient, table_id: str, alias: str, progress: Callable[[str], None]) -> None:
    """Give the table the alias that stays the same when the table's id does not. It comes last: the next run looks for it."""
    if (owner := owner_of_alias(client, alias)) and owner != table_id:
        words = N_("alias {alias} belongs to table {owner} on this portal; if its dataset was purged, `ckan datastore purge` frees it")
        progress(_(words, alias=alias, owner=owner))
    else:
        client.call("datastore_create", resource_id=table_id, aliases=[alias], force=True)


def _create(publisher: Publisher, plan: DatasetPlan) -> Package:
    """The dataset, private, with the resource that its table is loaded into."""
    desired = plan.desired
    facts: dict[str, Any] = {
        **desired.fields,
        "name": desired.name,
        "owner_org": publisher.owner,
        "private": True,
        "tags": [{"name": tag} for tag in sorted(desired.facts.tags)],
        "extras": _extras({}, {**desired.extras, CLAIM: publisher.lock.text()}),
    }
    if desired.table and not publisher.options.takes_xloader(desired.table):
        facts["resources"] = [loading_resource(desired.table)]
    try:
        with CREATE_LOCK:
            return dict(publisher.client.call("package_create", **facts))
    except PortalRefused as error:  # perhaps the second try of a call whose first answer was lost
        present = _find_visible(publisher.client, desired.name)
        if present is None or extras_of(present).get(CLAIM) != publisher.lock.text():
            raise PortalRefused(
                _(
                    "{dataset}: the portal does not create this dataset ({fault}); if its name is taken by a private or deleted one that the "
                    "token may not see, let the portal's administrator purge or rename that.",
                    dataset=desired.name,
                    fault=error.args[0],
                )
            ) from error
        return present


def _find_visible(client: PortalClient, name: str) -> Package | None:
    try:
        found: Package | None = client.find("package_show", id=name)
    except PortalRefused:
        return None
    return found


def _extras(present: Package, changes: Mapping[str, str | None]) -> list[dict[str, str]]:
    """The extras as CKAN takes them: all at once, so foreign extras are sent back unchanged."""
    merged = {**extras_of(present), **changes}
    return [{"key": key, "value": value} for key, value in sorted(merged.items()) if value]


def _revise(
    publisher: Publisher,
    present: Package,
    update: dict[str, Any],
    more: Mapping[str, Any] | None = None,
    files: Mapping[str, Body] | None = None,
    sent: Callable[[int, int], None] | None = None,
    *,
    is_fresh: bool = False,
) -> Package:
    """Change the dataset in one transaction, if it is as it was read (`is_fresh`: if it is still private); lists are replaced whole.

    Only groups that this token may manage are named: CKAN refuses a change by an editor who names another, and leaves a dataset in each
    group that is not named and that the editor may not manage.

    Raises:
        PortalBusy: the dataset was changed since.
    """
    kept = [group for group in present.get("groups", []) if group["name"] in publisher.groups]
    update = {"groups": [{"name": group["name"]} for group in kept], **update}
    replaced = [f"-{key}" for key in ("extras", "tags", "groups") if key in update]
    unchanged = {"private": True} if is_fresh else {"metadata_modified": present["metadata_modified"]}
    match = {"id": present["id"], **unchanged}
    words = {"match": match, "filter": replaced, "update": update, **(more or {})}
    texts: dict[str, Any] = {key: json.dumps(value) for key, value in words.items()}
    try:
        return dict(publisher.client.call("package_revise", files=files, sent=sent, **texts)["package"])
    except PortalRefused as error:
        if "match" in str(error) and next(iter(unchanged)) in str(error):
            raise PortalBusy(
                _("{dataset}: someone changed this dataset since it was read; run publish again.", dataset=present["name"])
            ) from error
        raise


def _update_table(publisher: Publisher, plan: DatasetPlan, present: Package, progress: Callable[[str], None]) -> str | None:
    """The id of the table that holds the release's rows; None where there is to be no table."""
    table, client = plan.desired.table, publisher.client
    if table is None:
        return None
    if plan.table.kind == "load":
        unseen = table.alias if plan.table.has_free_alias else None
        return fresh_table(client, present, table, publisher.options, progress, alias=unseen, is_public=not present["private"])
    resource_id = str(plan.table.resource_id)
    if plan.table.changes and plan.table.changes.total:
        progress(f"{plan.desired.name}: {plan.table.changes}")
        write_rows(client, resource_id, table, plan.table.changes)
    if plan.table.describe:
        describe_table(client, resource_id, table)
    return resource_id


def _finish(publisher: Publisher, plan: DatasetPlan, present: Package, table_id: str | None, progress: Callable[[str], None]) -> Package:
    """Change files, fields and the table's name in one transaction; retried where CKAN's own jobs changed the dataset meanwhile.

    A dataset that this run created is still private, and need not be read again for the first try.
    """
    client = publisher.client
    is_claimed = plan.present is None or plan.table.kind in {"rows", "load"}
    expected = publisher.lock.text() if is_claimed else extras_of(plan.present or {}).get(CLAIM)  # none, or that of a dead run
    for number in range(TRIES):
        is_fresh = plan.present is None and number == 0 and table_id in {None, *(one["id"] for one in present["resources"])}
        present = present if is_fresh else client.call("package_show", id=plan.desired.name)
        held = extras_of(present).get(CLAIM)
        if held != expected:
            raise PortalBusy(_("{dataset}: another publisher took this dataset over: {lock}", dataset=plan.desired.name, lock=held))
        update, more, files = _final_changes(publisher, plan, present, table_id)
        try:
            return _revise(publisher, present, update, more, files, _progress_of(plan.desired.name, progress), is_fresh=is_fresh)
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
            progress(f"{name}: " + _("{done:,} of {total:,} bytes sent", done=done, total=total))

    return sent


def _is_whole(plan: DatasetPlan, present: Package, table_id: str | None) -> bool:
    desired, table = plan.desired, resource_named(present, TABLE_NAME) or {}
    served = {resource.get("hash") for resource in present["resources"]}
    settled = CLAIM not in extras_of(present) and not present["private"]
    is_titled = "title" in desired.computed or present["title"] == desired.fields["title"]
    return settled and is_titled and (table_id is None or table.get("id") == table_id) and served >= {file.md5 for file in desired.files}


def _final_changes(
    publisher: Publisher, plan: DatasetPlan, present: Package, table_id: str | None
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Body]]:
    desired = plan.desired
    tags = [{"name": tag} for tag in sorted(desired_tags(desired, present))]
    update = {**desired.fields, "owner_org": publisher.owner, "private": False, "state": "active", "tags": tags}
    extras = dict(desired.extras)
    if not any(differs_in_metadata(file, present) for file in desired.files):
        extras |= {key: extras_of(present).get(key) for key in FOLLOW_FILES & extras.keys()}
        update |= {key: present.get(key) for key in FOLLOW_FILES & update.keys()}
    update["extras"] = _extras(present, extras)
    if plan.groups:
        kept = {group["name"] for group in present.get("groups", [])} & publisher.groups
        update["groups"] = [{"name": name} for name in sorted(plan.groups | kept)]
    more: dict[str, Any] = {}
    if desired.table and table_id:
        more[f"update__resources__{table_id}"] = {**desired.table.resource, **_table_address(publisher, present, table_id)}
        if (former := resource_named(present, TABLE_NAME)) and former["id"] != table_id:
            more[f"update__resources__{former['id']}"] = {"name": FORMER_NAME}
    files = _place_files(plan, present, more)
    return update, more, files


def _table_address(publisher: Publisher, present: Package, table_id: str) -> Mapping[str, str]:
    """CKAN's words for a table that is no file, except where it has them and keeps the address that it shows. An address that is another one
    than CKAN keeps makes xloader start a job for the table, only to find that there is nothing to load.
    """
    found: dict[str, Any] = next((resource for resource in present["resources"] if resource["id"] == table_id), {})
    is_said = found.get("url_type") == DATASTORE_ONLY["url_type"]
    return {} if is_said and publisher.keeps_shown_addresses else DATASTORE_ONLY


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
    for link in plan.desired.links:
        if resource := resource_named(present, link["name"]):
            more[f"update__resources__{resource['id']}"] = link
    if new:
        more["update__resources__extend"] = new
    return files


def retire_dataset(publisher: Publisher, package: Package, release_name: str, how: str) -> None:
    """Retire a dataset that is no longer released: mark it and say so in its notes, or delete it."""
    if how == "delete":
        publisher.client.call("package_delete", id=package["id"])
        return
    present = publisher.client.call("package_show", id=package["id"])
    notes = f"{ARCHIVED_NOTICE}\n\n{present.get('notes') or ''}"
    extras = _extras(present, {ARCHIVED: release_name, CLAIM: None})
    _revise(publisher, present, {"notes": notes, "extras": extras})
