"""Publishes a release to a CKAN portal: reads its state, changes only what differs, and reads back what it then serves.

The modules beside this one: `schema` (what the portal can hold), `facts` and `desired` (what it should hold), `plan` (what differs),
`access` (rights and lock), `apply` (change it), `datastore_table` and `loading` (rows), `reading` (read back), `client` and `http` (the
connection). A run that finds nothing changed writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Literal

from exports.catalog import Catalog, Text
from exports.ckan.access import PublishLock, create_group, create_organisation, organisation_id, require_unlocked, usable_groups
from exports.ckan.apply import apply_dataset, retire_dataset
from exports.ckan.client import PortalAddress, PortalClient
from exports.ckan.desired import TABLE_NAME, DesiredDataset, desired_datasets
from exports.ckan.errors import PortalBusy, PortalError, PortalNotAnswering, PortalRefused
from exports.ckan.facts import ARCHIVED, RECORD
from exports.ckan.http import RetryPolicy
from exports.ckan.loading import Loader, LoadOptions
from exports.ckan.parallel import bounded_map, map_with_progress
from exports.ckan.plan import DatasetPlan, Package, extras_of, our_datasets, plan_dataset, resource_named
from exports.ckan.reading import ReadBack, read_back
from exports.ckan.schema import PortalCapabilities, capabilities_of
from exports.credentials import public_address
from exports.release.manifest import MAY_NOT_LEAVE, Release

__all__ = [
    "PortalAddress",
    "PortalBusy",
    "PortalError",
    "PortalNotAnswering",
    "PortalPlan",
    "PortalRefused",
    "PublishReport",
    "ReadBack",
    "RetryPolicy",
    "plan",
    "publish",
    "verify",
]

READERS = 4  # questions at once; how many writers there are is a setting
Retirement = Literal["archive", "delete"]


@dataclass(frozen=True)
class PortalPlan:
    """The changes that a publication would make; `str()` of it is for a person. `owner` is None where the organisation is yet to be created.

    `themes` are the groups that are missing, or that this token may not use. They alone are no reason to write.
    """

    address: PortalAddress
    capabilities: PortalCapabilities
    owner: str | None
    datasets: tuple[DatasetPlan, ...]
    retired: tuple[Package, ...]
    groups: frozenset[str] = frozenset()
    themes: dict[str, Text] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return self.owner is not None and not self.retired and all(dataset.is_empty for dataset in self.datasets)

    def __str__(self) -> str:
        return "\n".join(self._lines()) or f"{public_address(self.address.url)}: nothing to change"

    def _lines(self) -> Iterator[str]:
        if self.is_empty:
            return
        if self.owner is None:
            yield f"create organisation {self.address.organization}"
        yield from (f"create group {name}, where the token may" for name in self.themes)
        for dataset in self.datasets:
            yield from dataset.lines()
        yield from (f"retire {package['name']}" for package in self.retired)


@dataclass(frozen=True)
class PublishReport:
    """The result of a publication. `url` has no credentials; `read` is what the portal then served to an anonymous user; `notes` are for the portal's administrator."""

    url: str
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    uploaded_bytes: int = 0
    read: ReadBack = field(default_factory=ReadBack)
    notes: tuple[str, ...] = ()

    @property
    def problems(self) -> tuple[str, ...]:
        return self.read.problems

    @property
    def is_unchanged(self) -> bool:
        return not (self.created or self.changed or self.retired)

    def __str__(self) -> str:
        done = (("created", self.created), ("changed", self.changed), ("retired", self.retired), ("unchanged", self.unchanged))
        counts = ", ".join(f"{len(names)} {what}" for what, names in done if names)
        outcome = "nothing written" if self.is_unchanged else str(self.read)
        return "\n".join([f"{self.url}: {counts or 'nothing to publish'}; {self.uploaded_bytes:,} bytes; {outcome}", *self.notes])


def _silent(_: str) -> None:
    pass


def plan(release: Release, catalog: Catalog, portal: PortalAddress, *, patience: RetryPolicy | None = None) -> PortalPlan:
    """The changes that publishing this release would make. Writes nothing.

    Raises:
        PortalError: the portal cannot be read, the token is not valid, or someone else's dataset has one of our names.
    """
    with closing(PortalClient(portal.url, portal.token, patience)) as client:
        return _plan(client, release, catalog, portal)


def _plan(client: PortalClient, release: Release, catalog: Catalog, portal: PortalAddress) -> PortalPlan:
    owner, capabilities, groups = organisation_id(client, portal.organization), capabilities_of(client), usable_groups(client)
    desired = desired_datasets(release, catalog, portal.dataset_prefix, capabilities)
    datasets = tuple(bounded_map(READERS, lambda one: plan_dataset(client, one, portal, owner, groups), desired))
    retired = tuple(_gone(client, release, portal, desired)) if owner else ()
    themes = {name: theme for one in desired for name, theme in one.themes.items() if name not in groups}
    return PortalPlan(portal, capabilities, owner, datasets, retired, groups, themes)


def _gone(client: PortalClient, release: Release, portal: PortalAddress, desired: list[DesiredDataset]) -> Iterator[Package]:
    """Our datasets that are no longer released. One that failed its checks is not among them: it keeps its last good state, unless its
    rows may not leave.
    """
    kept = {portal.dataset_prefix + name.replace("_", "-") for name, _ in release.left_out} - _may_not_leave(release, portal)
    names = {one.name for one in desired} | kept
    for package in our_datasets(client, portal):
        if package["name"] not in names and (ARCHIVED not in extras_of(package) or package["name"] in _may_not_leave(release, portal)):
            yield package


def _may_not_leave(release: Release, portal: PortalAddress) -> set[str]:
    """Datasets of the portal whose rows may not leave: archived, they would still be served."""
    return {portal.dataset_prefix + name.replace("_", "-") for name, because in release.left_out if because.startswith(MAY_NOT_LEAVE)}


def publish(
    release: Release,
    catalog: Catalog,
    portal: PortalAddress,
    progress: Callable[[str], None] = _silent,
    *,
    patience: RetryPolicy | None = None,
    retirement: Retirement = "archive",
    parallel: int = 2,
    loader: Loader = "auto",
) -> PublishReport:
    """Bring the portal to the release: plan, apply, read back changed datasets as an anonymous user.

    `parallel` datasets are worked on at once, and as many portions of a table that is reloaded; `loader` says how that is done.

    Raises:
        PortalNotAnswering: the portal gave no valid answer; a later run goes on where this one stopped.
        PortalRefused: a person has to change the token, the settings or the portal.
        PortalBusy: another publisher is changing the portal.
    """
    with closing(PortalClient(portal.url, portal.token, patience)) as client:
        planned = _plan(client, release, catalog, portal)
        if planned.is_empty:
            return PublishReport(public_address(portal.url), unchanged=tuple(dataset.desired.name for dataset in planned.datasets))
        options = LoadOptions(parallel, loader, planned.capabilities.has_xloader)
        touched, groups, notes = _with_groups(client, planned)
        _apply_all(client, planned, touched, groups, options, str(catalog.publisher.name), progress)
        for package in planned.retired:
            progress(f"{package['name']}: no longer released")
            retire_dataset(client, package, release.name, "delete" if package["name"] in _may_not_leave(release, portal) else retirement)
        return _report(client, planned, touched, groups, notes, options)


def _with_groups(client: PortalClient, planned: PortalPlan) -> tuple[list[DatasetPlan], frozenset[str], tuple[str, ...]]:
    """The datasets to change, with the groups that could be created for them; all groups to be used; a note for each that could not."""
    trouble = {name: create_group(client, name, theme) for name, theme in planned.themes.items()}
    made = frozenset(name for name, note in trouble.items() if note is None)
    touched = [
        replace(dataset, groups=dataset.groups | (dataset.desired.groups & made))
        for dataset in planned.datasets
        if not dataset.is_empty or dataset.desired.groups & made
    ]
    return touched, planned.groups | made, tuple(note for note in trouble.values() if note)


def _apply_all(
    client: PortalClient,
    planned: PortalPlan,
    touched: list[DatasetPlan],
    groups: frozenset[str],
    options: LoadOptions,
    publisher: str,
    progress: Callable[[str], None],
) -> None:
    """Change several datasets at once, the release's own record after all others."""
    owner = planned.owner or create_organisation(client, planned.address.organization, publisher)
    lock = PublishLock.of_this_run(str(client.call("user_show")["name"]))
    for dataset in touched:
        require_unlocked(dataset)

    def work(dataset: DatasetPlan, say: Callable[[str], None]) -> None:
        say(f"{dataset.desired.name}: {'new' if dataset.present is None else 'changed'}")
        try:
            apply_dataset(client, dataset, owner, lock, options, say)
        except PortalBusy:  # CKAN itself changes datasets some seconds after a write; where only that happened, the plan still holds
            again = plan_dataset(client, dataset.desired, planned.address, owner, groups)
            if list(again.lines()) != list(dataset.lines()):
                raise
            apply_dataset(client, again, owner, lock, options, say)

    record = planned.address.dataset_prefix + RECORD
    map_with_progress(options.parallel, work, [dataset for dataset in touched if dataset.desired.name != record], progress)
    map_with_progress(1, work, [dataset for dataset in touched if dataset.desired.name == record], progress)


def _report(
    client: PortalClient,
    planned: PortalPlan,
    touched: list[DatasetPlan],
    groups: frozenset[str],
    notes: tuple[str, ...],
    options: LoadOptions,
) -> PublishReport:
    with closing(client.anonymous()) as anyone:
        read = list(bounded_map(options.parallel, lambda one: _read_back(client, anyone, one, planned.address, groups), touched))
    worked_on = {dataset.desired.name for dataset in touched}
    return PublishReport(
        url=public_address(planned.address.url),
        created=tuple(dataset.desired.name for dataset in touched if dataset.present is None),
        changed=tuple(dataset.desired.name for dataset in touched if dataset.present is not None),
        unchanged=tuple(dataset.desired.name for dataset in planned.datasets if dataset.desired.name not in worked_on),
        retired=tuple(package["name"] for package in planned.retired),
        uploaded_bytes=sum(file.bytes for dataset in touched for file in dataset.uploads),
        read=ReadBack.together(read),
        notes=notes,
    )


def _read_back(client: PortalClient, anyone: PortalClient, dataset: DatasetPlan, portal: PortalAddress, groups: frozenset[str]) -> ReadBack:
    """What the public sees. Where it differs, the table's mark is removed, so that the next run compares every row."""
    read = read_back(anyone, dataset.desired, portal, groups)
    if (
        read.problems
        and (present := client.find("package_show", id=dataset.desired.name))
        and (table := resource_named(present, TABLE_NAME))
    ):
        client.call("resource_patch", id=table["id"], hash="")
    return read


def verify(release: Release, catalog: Catalog, portal: PortalAddress, *, patience: RetryPolicy | None = None) -> ReadBack:
    """Everything read back as an anonymous user and compared with the release: fields, files to the byte, rows, dictionary.

    Needs no token.

    Raises:
        PortalError: the portal cannot be read.
    """
    with closing(PortalClient(portal.url, None, patience)) as anyone:
        desired = desired_datasets(release, catalog, portal.dataset_prefix, capabilities_of(anyone))
        return ReadBack.together(bounded_map(READERS, lambda one: read_back(anyone, one, portal), desired))
