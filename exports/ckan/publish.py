"""Publishes a release to a CKAN portal: reads its state, changes only what differs, and reads back what it then serves.

The modules beside this one: `schema` (what the portal can hold), `facts` and `desired` (what it should hold), `state` (what it holds),
`served` (what it really serves), `plan` (what differs), `confirmation` (what waits for a person), `access` (rights and lock), `apply` (change
it), `datastore_table`, `table_digest`, `loading` and `views` (tables), `chinese_csv`, `site_links` and `search_words` (for people),
`reading` (read back), `report` (in words), `client`, `http`, `origin` and `forms` (the connection). A run that finds nothing changed writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from exports.catalog import Catalog
from exports.ckan.access import PublishLock, create_group, create_organisation, find_organisation, require_unlocked, usable_groups
from exports.ckan.apply import Publisher, apply_dataset, retire_dataset
from exports.ckan.client import PortalAddress, PortalClient
from exports.ckan.confirmation import MAX_RETIRED, BigKind, find_big_changes, require_confirmed
from exports.ckan.desired import ROWS, TABLE_NAME, DesiredDataset, DesiredTable, desired_datasets
from exports.ckan.errors import PortalBusy, PortalError, PortalNotAnswering, PortalRefused
from exports.ckan.facts import ARCHIVED, COMPARED_ON, MARK, RECORD
from exports.ckan.http import RetryPolicy
from exports.ckan.loading import Loader, LoadOptions
from exports.ckan.parallel import bounded_map, map_with_progress
from exports.ckan.plan import DatasetPlan, plan_dataset, resource_named
from exports.ckan.reading import ReadBack, read_back
from exports.ckan.report import PortalPlan, PublishReport, Trouble, error_of_troubles
from exports.ckan.served import ServedContent, is_due
from exports.ckan.state import Organisation, Package, PortalState, extras_of, published_name, read_state, taken_aliases
from exports.messages import _
from exports.release.manifest import MAY_NOT_LEAVE, Release

__all__ = [
    "PortalAddress",
    "PortalBusy",
    "PortalError",
    "PortalNotAnswering",
    "PortalPlan",
    "PortalRefused",
    "PublishOptions",
    "PublishReport",
    "ReadBack",
    "RetryPolicy",
    "plan",
    "publish",
    "verify",
]

TRIES = 3  # of a dataset that CKAN itself changes meanwhile
READERS = 4  # questions at once; how many writers there are is a setting
Retirement = Literal["archive", "delete"]
Progress = Callable[[str], None]


@dataclass(frozen=True)
class PublishOptions:
    """How to publish. `allow`: big changes that are asked for; `max_retired`: the share of our datasets that a run may retire unasked;
    `compare_days`: after so many days everything served is compared again; `is_full`: it is compared now.
    """

    parallel: int = 2
    loader: Loader = "auto"
    retirement: Retirement = "archive"
    allow: frozenset[BigKind] = frozenset()
    max_retired: float = MAX_RETIRED
    compare_days: int = 7
    is_full: bool = False


DEFAULT = PublishOptions()


def _silent(_: str) -> None:
    pass


def plan(
    release: Release, catalog: Catalog, portal: PortalAddress, *, options: PublishOptions = DEFAULT, patience: RetryPolicy | None = None
) -> PortalPlan:
    """The changes that publishing this release would make. Writes nothing.

    Raises:
        PortalError: the portal cannot be read, or the token is not valid.
    """
    with closing(PortalClient(portal.url, portal.token, patience)) as client:
        return _plan(client, release, catalog, portal, options)


def _plan(client: PortalClient, release: Release, catalog: Catalog, portal: PortalAddress, options: PublishOptions) -> PortalPlan:
    state = read_state(client, portal, find_organisation(client, portal.organization), usable_groups(client))
    desired = desired_datasets(release, catalog, portal.dataset_prefix, state.capabilities, portal.site)
    tables = [one.table for one in desired if one.table]
    state = replace(state, aliases=taken_aliases(client, [table.alias for table in tables if table]))
    is_whole = options.is_full or is_due(extras_of(state.record or {}).get(COMPARED_ON), options.compare_days)
    if is_whole:
        desired = [*desired[:-1], _compared_today(desired[-1])]
    with closing(client.anonymous()) as anyone:
        content = ServedContent.of_tables(client, anyone, _known_tables(desired, state), is_whole=is_whole)
        planned = list(bounded_map(READERS, lambda one: _plan_or_trouble(client, one, state, content), desired))
    datasets = tuple(one for one in planned if isinstance(one, DatasetPlan))
    troubles = tuple(one for one in planned if isinstance(one, Trouble))
    retired = tuple(_gone(release, state, desired))
    big = tuple(find_big_changes(state, datasets, retired, _may_not_leave(release, portal), options.max_retired))
    missing = {name for one in datasets for name in one.desired.groups - state.groups - _groups_of(one)}
    themes = {name: theme for one in desired for name, theme in one.themes.items() if name in missing}
    return PortalPlan(state, datasets, retired, themes, big, troubles)


def _compared_today(record: DesiredDataset) -> DesiredDataset:
    """The release's record, saying that all that the portal serves was compared today."""
    today = datetime.now(UTC).date().isoformat()
    return replace(record, facts=replace(record.facts, extras={**record.facts.extras, COMPARED_ON: today}))


def _known_tables(desired: list[DesiredDataset], state: PortalState) -> dict[str, DesiredTable]:
    """The tables that the portal seems to have, by their ids there."""
    present = ((one.table, state.find(one.name)) for one in desired)
    found = ((table, resource_named(package, TABLE_NAME)) for table, package in present if table and package)
    return {str(resource["id"]): table for table, resource in found if resource and resource.get(ROWS) == table.md5}


def _plan_or_trouble(client: PortalClient, desired: DesiredDataset, state: PortalState, content: ServedContent) -> DatasetPlan | Trouble:
    try:
        return plan_dataset(client, desired, state, content)
    except PortalRefused as error:
        return Trouble(desired.name, error)


def _groups_of(dataset: DatasetPlan) -> set[str]:
    return {group["name"] for group in (dataset.present or {}).get("groups", [])}


def _gone(release: Release, state: PortalState, desired: list[DesiredDataset]) -> Iterator[Package]:
    """Our datasets that are no longer released. One that failed its checks is not among them: it keeps its last good state, unless its
    rows may not leave.
    """
    must_go = _may_not_leave(release, state.address)
    kept = {state.address.dataset_prefix + name.replace("_", "-") for name, _ in release.left_out} - must_go
    names = {one.name for one in desired} | kept
    for package in state.ours:
        name = published_name(package)
        if name not in names and (ARCHIVED not in extras_of(package) or name in must_go):
            yield package


def _may_not_leave(release: Release, portal: PortalAddress) -> set[str]:
    """Datasets of the portal whose rows may not leave: archived, they would still be served."""
    return {portal.dataset_prefix + name.replace("_", "-") for name, because in release.left_out if because.startswith(MAY_NOT_LEAVE)}


def publish(
    release: Release,
    catalog: Catalog,
    portal: PortalAddress,
    progress: Progress = _silent,
    *,
    options: PublishOptions = DEFAULT,
    patience: RetryPolicy | None = None,
) -> PublishReport:
    """Bring the portal to this release, and read back what the public then sees. One dataset's trouble does not hold up the others.

    Raises:
        PortalNotAnswering: the portal does not answer or is failing; what was published before stays, the next run goes on from here.
        PortalRefused: the token, the rights or the portal's settings need a person; or a big change is not allowed, and nothing was written.
        PortalBusy: another publisher is changing the portal.
    """
    with closing(PortalClient(portal.url, portal.token, patience)) as client:
        planned = _plan(client, release, catalog, portal, options)
        require_confirmed(planned.big, options.allow)
        if planned.is_empty:
            return PublishReport(planned.url, planned.organisation, unchanged=tuple(dataset.desired.name for dataset in planned.datasets))
        return _Publication(client, planned, release, options, progress).run(str(catalog.publisher.name))


class _Publication:
    """One run against one portal: what was planned, and what came of it."""

    def __init__(self, client: PortalClient, planned: PortalPlan, release: Release, options: PublishOptions, progress: Progress) -> None:
        self.client = client
        self.planned = planned
        self.release = release
        self.options = options
        self.progress = progress
        self.troubles = list(planned.troubles)

    def run(self, title: str) -> PublishReport:
        organisation = self.planned.state.organisation or create_organisation(self.client, self.planned.state.address.organization, title)
        state, touched, notes = self._with_groups(replace(self.planned.state, organisation=organisation))
        lock = PublishLock.of_this_run(str(self.client.call("user_show")["name"]))
        loading = LoadOptions(self.options.parallel, self.options.loader, state.capabilities.has_xloader)
        publisher = Publisher(self.client, organisation.id, state.groups, lock, loading, state.capabilities.keeps_shown_addresses)
        touched = self._apply_all(publisher, state, touched)
        retired = [package["name"] for package in self.planned.retired if self._retire(publisher, package)]
        report = self._report(publisher, state, touched, retired, notes)
        if self.troubles:
            raise error_of_troubles(tuple(self.troubles), report)
        return report

    def _with_groups(self, state: PortalState) -> tuple[PortalState, list[DatasetPlan], list[str]]:
        """The state with the groups that could be created; the datasets to change, with those groups; a note for each that could not."""
        trouble = {name: create_group(self.client, name, theme) for name, theme in self.planned.themes.items()}
        made = frozenset(name for name, note in trouble.items() if note is None)
        touched = [
            replace(dataset, groups=dataset.groups | (dataset.desired.groups & made))
            for dataset in self.planned.datasets
            if not dataset.is_empty or dataset.desired.groups & made
        ]
        return replace(state, groups=state.groups | made), touched, [note for note in trouble.values() if note]

    def _apply_all(self, publisher: Publisher, state: PortalState, touched: list[DatasetPlan]) -> list[DatasetPlan]:
        """Change several datasets at once, the release's own record after all others: not while one of them may yet be published. Gives those
        that were changed.
        """
        for dataset in touched:
            self._note_unreadable_lock(dataset)
        failed = {trouble.name for trouble in self.troubles}
        ready = [dataset for dataset in touched if dataset.desired.name not in failed]
        others = [dataset for dataset in ready if not _is_record(dataset)]

        def work(dataset: DatasetPlan, say: Progress) -> None:
            self._apply(publisher, state, dataset, say)

        map_with_progress(self.options.parallel, work, others, self.progress)
        record = [dataset for dataset in ready if _is_record(dataset)]
        if any(not isinstance(trouble.error, PortalRefused) for trouble in self.troubles):
            record = []
        map_with_progress(1, work, record, self.progress)
        failed = {trouble.name for trouble in self.troubles}
        return [dataset for dataset in (*others, *record) if dataset.desired.name not in failed]

    def _note_unreadable_lock(self, dataset: DatasetPlan) -> None:
        try:
            require_unlocked(dataset)
        except PortalRefused as error:  # an unreadable lock concerns one dataset; a live publisher all of them
            self.troubles.append(Trouble(dataset.desired.name, error))

    def _apply(self, publisher: Publisher, state: PortalState, dataset: DatasetPlan, say: Progress) -> None:
        say(f"{dataset.desired.name}: {'new' if dataset.present is None else 'changed'}")
        try:
            self._apply_or_plan_again(publisher, state, dataset, say)
        except PortalError as error:
            if isinstance(error, PortalNotAnswering):
                self.client.call("status_show", tries=1)  # the whole portal, or this dataset alone
            self.troubles.append(Trouble(dataset.desired.name, error))

    def _apply_or_plan_again(self, publisher: Publisher, state: PortalState, dataset: DatasetPlan, say: Progress) -> None:
        """CKAN and its workers change datasets some seconds after a write; where only that happened, the plan still holds."""
        fresh = replace(state, packages=())  # found by asking for it
        for _number in range(TRIES - 1):
            try:
                apply_dataset(publisher, dataset, say)
            except PortalBusy:
                with closing(self.client.anonymous()) as anyone:
                    content = ServedContent(self.client, anyone, is_whole=self.options.is_full)
                    again = plan_dataset(self.client, dataset.desired, fresh, content)
                if _changes(again) != _changes(dataset):
                    raise
                dataset = again
            else:
                return
        apply_dataset(publisher, dataset, say)

    def _retire(self, publisher: Publisher, package: Package) -> bool:
        """Retire one dataset; gives whether that was done."""
        self.progress(f"{package['name']}: " + _("no longer released"))
        must_go = published_name(package) in _may_not_leave(self.release, self.planned.state.address)
        try:
            retire_dataset(publisher, package, self.release.name, "delete" if must_go else self.options.retirement)
        except PortalError as error:
            self.troubles.append(Trouble(package["name"], error))
            return False
        return True

    def _report(
        self, publisher: Publisher, state: PortalState, touched: list[DatasetPlan], retired: list[str], notes: list[str]
    ) -> PublishReport:
        read = self._read_back_all(publisher, state, touched)
        worked_on = {dataset.desired.name for dataset in touched}
        remarks = [f"{dataset.desired.name}: {remark}" for dataset in self.planned.datasets for remark in dataset.remarks]
        untouched = (
            dataset.desired.name for dataset in self.planned.datasets if dataset.is_empty and dataset.desired.name not in worked_on
        )
        return PublishReport(
            url=self.planned.url,
            organisation=str(state.organisation),
            created=tuple(dataset.desired.name for dataset in touched if dataset.present is None),
            changed=tuple(dataset.desired.name for dataset in touched if dataset.present is not None),
            unchanged=tuple(untouched),
            retired=tuple(retired),
            uploaded_bytes=sum(file.bytes for dataset in touched for file in dataset.uploads),
            read=ReadBack.together(read),
            notes=(*remarks, *notes),
        )

    def _read_back_all(self, publisher: Publisher, state: PortalState, touched: list[DatasetPlan]) -> list[ReadBack]:
        """What the public sees of each dataset. One that differs is brought to its plan once more: a worker of the portal that had read the
        dataset before us, and wrote it after us, has put back what it had read.
        """
        with closing(self.client.anonymous()) as anyone:
            read = list(bounded_map(self.options.parallel, lambda one: read_back(anyone, one.desired, state), touched))
            for number, dataset in enumerate(touched):
                if read[number].problems:
                    read[number] = self._read_back_again(publisher, state, anyone, dataset)
        return read

    def _read_back_again(self, publisher: Publisher, state: PortalState, anyone: PortalClient, dataset: DatasetPlan) -> ReadBack:
        self._compare_rows_next_time(dataset)
        again = plan_dataset(self.client, dataset.desired, replace(state, packages=()), ServedContent(self.client, anyone))
        if not again.is_empty:
            self._apply(publisher, state, again, self.progress)
        read = read_back(anyone, dataset.desired, state)
        if read.problems:
            self._compare_rows_next_time(dataset)
        return read

    def _compare_rows_next_time(self, dataset: DatasetPlan) -> None:
        """Remove the mark that says which rows the table holds."""
        present = self.client.find("package_show", id=dataset.desired.name)
        if present and (table := resource_named(present, TABLE_NAME)):
            self.client.call("resource_patch", **{"id": table["id"], ROWS: ""})


def _is_record(dataset: DatasetPlan) -> bool:
    return dataset.desired.extras.get(MARK) == RECORD


def _changes(dataset: DatasetPlan) -> list[str]:
    return [line for line in dataset.lines() if line.strip() not in dataset.remarks]


def verify(release: Release, catalog: Catalog, portal: PortalAddress, *, patience: RetryPolicy | None = None) -> ReadBack:
    """Everything read back as an anonymous user and compared with the release: fields, files to the byte, rows, dictionary.

    Needs no token.

    Raises:
        PortalError: the portal cannot be read.
    """
    with closing(PortalClient(portal.url, None, patience)) as anyone:
        found = anyone.find("organization_show", id=portal.organization)
        state = read_state(anyone, portal, Organisation.of(found) if found else None, frozenset())
        desired = desired_datasets(release, catalog, portal.dataset_prefix, state.capabilities, portal.site)
        return ReadBack.together(bounded_map(READERS, lambda one: read_back(anyone, one, state), desired))
