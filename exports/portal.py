"""Publishes a release to a CKAN portal: reads what is there, changes only what differs, reads back what it then serves.

The rooms behind: `portal_wanted` (what shall be), `portal_plan` (what differs), `portal_access` (who may),
`portal_apply` (change it), `portal_table` (rows), `portal_client` (the wire). A run that finds nothing changed writes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from tempfile import TemporaryFile
from typing import Literal, TypeVar

from exports.catalog import Catalog
from exports.manifest import Release
from exports.portal_access import Claim, create_organisation, organisation_id, refuse_if_claimed
from exports.portal_apply import apply_dataset, retire_dataset
from exports.portal_client import Patience, PortalAddress, PortalBusy, PortalClient, PortalError, PortalNotAnswering, PortalRefused
from exports.portal_plan import DatasetPlan, Package, dataset_schema, extras_of, our_datasets, plan_dataset, resource_named
from exports.portal_table import differing_rows
from exports.portal_wanted import ARCHIVED, TABLE_NAME, Wanted, shaped, wanted_dataset

__all__ = [
    "Patience",
    "PortalAddress",
    "PortalBusy",
    "PortalError",
    "PortalNotAnswering",
    "PortalPlan",
    "PortalRefused",
    "PublishReport",
    "plan",
    "publish",
    "verify",
]

READERS = 4
Retirement = Literal["archive", "delete"]


@dataclass(frozen=True)
class PortalPlan:
    """What a publication would do; `str()` of it is for a person. `owner` is None where the organisation is yet to be made."""

    address: PortalAddress
    owner: str | None
    datasets: tuple[DatasetPlan, ...]
    retired: tuple[Package, ...]

    @property
    def is_empty(self) -> bool:
        return self.owner is not None and not self.retired and all(dataset.is_empty for dataset in self.datasets)

    def __str__(self) -> str:
        return "\n".join(self._lines()) or f"{self.address.url}: nothing to change"

    def _lines(self) -> Iterator[str]:
        if self.owner is None:
            yield f"create organisation {self.address.organization}"
        for dataset in self.datasets:
            yield from dataset.lines()
        yield from (f"retire {package['name']}" for package in self.retired)


@dataclass(frozen=True)
class PublishReport:
    """What a publication did. `problems` is what the portal, read back as an anonymous user, has otherwise than the release."""

    url: str
    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    uploaded_bytes: int = 0
    problems: tuple[str, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        return not (self.created or self.changed or self.retired)

    def __str__(self) -> str:
        done = (("created", self.created), ("changed", self.changed), ("retired", self.retired), ("unchanged", self.unchanged))
        counts = ", ".join(f"{len(names)} {what}" for what, names in done if names)
        read = (
            "读回与发布包一致 read back equal to the release"
            if not self.problems
            else "读回不一致 read back differently: " + "; ".join(self.problems)
        )
        return f"{self.url}: {counts or 'nothing to publish'}; {self.uploaded_bytes:,} bytes; {read if not self.is_unchanged else 'nothing written'}"


Item = TypeVar("Item")
Answer = TypeVar("Answer")


def _side_by_side(ask: Callable[[Item], Answer], items: Sequence[Item]) -> tuple[Answer, ...]:
    """The answers in the order of the items. For reading only: two writers who bring the same new tag trip over each other in CKAN."""
    with ThreadPoolExecutor(READERS) as pool:
        return tuple(pool.map(ask, items))


def _silent(_: str) -> None:
    pass


def plan(release: Release, catalog: Catalog, portal: PortalAddress, *, patience: Patience | None = None) -> PortalPlan:
    """Read the portal and say what publishing this release would change. Writes nothing.

    Raises:
        PortalError: the portal cannot be read, the token is no good, or a dataset of someone else's bears one of our names.
    """
    with closing(PortalClient(portal.url, portal.token, patience)) as client:
        return _plan(client, release, catalog, portal)


def _plan(client: PortalClient, release: Release, catalog: Catalog, portal: PortalAddress) -> PortalPlan:
    owner = organisation_id(client, portal.organization)
    wanted = _wanted(client, release, catalog, portal)
    datasets = _side_by_side(lambda one: plan_dataset(client, one, portal, owner), wanted)
    return PortalPlan(portal, owner, datasets, tuple(_gone(client, release, portal, wanted)) if owner else ())


def _wanted(client: PortalClient, release: Release, catalog: Catalog, portal: PortalAddress) -> list[Wanted]:
    schema = dataset_schema(client)
    return [shaped(wanted_dataset(release, dataset, catalog, portal.dataset_prefix), schema) for dataset in release.datasets]


def _gone(client: PortalClient, release: Release, portal: PortalAddress, wanted: list[Wanted]) -> Iterator[Package]:
    """Datasets of ours that are released no more. One that failed its checks is not gone: it stays as it was last good."""
    names = {one.name for one in wanted} | {portal.dataset_prefix + name.replace("_", "-") for name, _ in release.left_out}
    for package in our_datasets(client, portal):
        if package["name"] not in names and ARCHIVED not in extras_of(package):
            yield package


def publish(
    release: Release,
    catalog: Catalog,
    portal: PortalAddress,
    progress: Callable[[str], None] = _silent,
    *,
    patience: Patience | None = None,
    retirement: Retirement = "archive",
) -> PublishReport:
    """Bring the portal to the release: plan, apply, read back what was changed as an anonymous user.

    Raises:
        PortalNotAnswering: the portal gave no good answer; worth another run later, which goes on where this one stopped.
        PortalRefused: a person has to change the token, the settings or the portal.
        PortalBusy: another publisher is at work.
    """
    with closing(PortalClient(portal.url, portal.token, patience)) as client:
        planned = _plan(client, release, catalog, portal)
        if planned.is_empty:
            return PublishReport(portal.url, unchanged=tuple(dataset.wanted.name for dataset in planned.datasets))
        owner = planned.owner or create_organisation(client, portal.organization, str(catalog.publisher.name))
        claim = Claim.of_this_run(str(client.call("user_show")["name"]))
        touched = [dataset for dataset in planned.datasets if not dataset.is_empty]
        for dataset in touched:
            refuse_if_claimed(dataset)
        for dataset in touched:
            progress(f"{dataset.wanted.name}: {'new' if dataset.present is None else 'changed'}")
            _apply(client, dataset, portal, owner, claim, progress)
        for package in planned.retired:
            progress(f"{package['name']}: no longer released")
            retire_dataset(client, package, release.name, retirement)
        return _report(client, planned, touched)


def _apply(
    client: PortalClient, dataset: DatasetPlan, portal: PortalAddress, owner: str, claim: Claim, progress: Callable[[str], None]
) -> None:
    """Apply one plan. CKAN touches datasets by itself some seconds after a write; where only that happened, the plan still holds."""
    try:
        apply_dataset(client, dataset, owner, claim, progress)
    except PortalBusy:
        again = plan_dataset(client, dataset.wanted, portal, owner)
        if list(again.lines()) != list(dataset.lines()):
            raise
        apply_dataset(client, again, owner, claim, progress)


def _report(client: PortalClient, planned: PortalPlan, touched: list[DatasetPlan]) -> PublishReport:
    with closing(client.anonymous()) as anyone:
        problems = _side_by_side(lambda dataset: _read_back(client, anyone, dataset, planned.address), touched)
    return PublishReport(
        url=planned.address.url,
        created=tuple(dataset.wanted.name for dataset in touched if dataset.present is None),
        changed=tuple(dataset.wanted.name for dataset in touched if dataset.present is not None),
        unchanged=tuple(dataset.wanted.name for dataset in planned.datasets if dataset.is_empty),
        retired=tuple(package["name"] for package in planned.retired),
        uploaded_bytes=sum(file.bytes for dataset in touched for file in dataset.uploads),
        problems=tuple(chain.from_iterable(problems)),
    )


def _read_back(client: PortalClient, anyone: PortalClient, dataset: DatasetPlan, portal: PortalAddress) -> list[str]:
    """What the public sees otherwise than the release has it. The table's mark is taken away then, so that the next run compares rows."""
    problems = list(_differences(anyone, dataset.wanted, portal))
    if problems and (present := client.find("package_show", id=dataset.wanted.name)) and (table := resource_named(present, TABLE_NAME)):
        client.call("resource_patch", id=table["id"], hash="")
    return problems


def verify(release: Release, catalog: Catalog, portal: PortalAddress, *, patience: Patience | None = None) -> list[str]:
    """Read everything back as an anonymous user and set it against the release: fields, files to the byte, rows, dictionary.

    Returns what differs, one sentence each; nothing differs: an empty list. Needs no token.

    Raises:
        PortalError: the portal cannot be read.
    """
    with closing(PortalClient(portal.url, None, patience)) as anyone:
        wanted = _wanted(anyone, release, catalog, portal)
        return list(chain.from_iterable(_side_by_side(lambda one: list(_differences(anyone, one, portal)), wanted)))


def _differences(anyone: PortalClient, wanted: Wanted, portal: PortalAddress) -> Iterator[str]:
    try:
        found = anyone.find("package_show", id=wanted.name)
    except PortalRefused as error:
        yield f"{wanted.name}: not to be seen by the public ({error})"
        return
    if found is None:
        yield f"{wanted.name}: the portal has no such dataset"
        return
    seen = plan_dataset(anyone, wanted, portal, found["owner_org"])
    yield from (f"{wanted.name}: {line.strip()}" for line in list(seen.lines())[1:])
    yield from _file_differences(anyone, wanted, found)
    if seen.table.kind == "keep" and (table := resource_named(found, TABLE_NAME)):
        changes = differing_rows(anyone, table["id"], wanted.table)
        if changes.total:
            yield f"{wanted.name}: the table's rows differ from the release ({changes})"


def _file_differences(anyone: PortalClient, wanted: Wanted, found: Package) -> Iterator[str]:
    """A portal may answer 200 for a file that it has lost: only the bytes tell."""
    for file in wanted.files:
        resource = resource_named(found, file.resource["name"])
        if resource is None:
            continue
        with TemporaryFile() as copy:
            anyone.download(resource["url"], copy)
            copy.seek(0)
            if (sha256 := hashlib.file_digest(copy, "sha256").hexdigest()) != file.sha256:
                yield f"{wanted.name}: {file.path.name} is served with SHA-256 {sha256}, the release has {file.sha256}"
