"""Reads back what a portal serves publicly, and compares it with the release: fields, files to the byte, rows, dictionary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain

from exports.ckan.client import PortalClient
from exports.ckan.datastore_table import differing_rows
from exports.ckan.desired import TABLE_NAME, DesiredDataset
from exports.ckan.errors import PortalRefused
from exports.ckan.plan import DatasetPlan, compare_dataset, resource_named
from exports.ckan.served import read_file, together
from exports.ckan.state import Package, PortalState
from exports.messages import Message, _, joined, words_of


@dataclass(frozen=True)
class ReadBack:
    """Counts of what was read as an anonymous user, and every difference from the release, one sentence each."""

    datasets: int = 0
    files: int = 0
    bytes: int = 0
    rows: int = 0
    problems: tuple[str, ...] = ()

    @classmethod
    def together(cls, parts: Iterable[ReadBack]) -> ReadBack:
        """The sum of several."""
        every = list(parts)
        return cls(
            datasets=sum(part.datasets for part in every),
            files=sum(part.files for part in every),
            bytes=sum(part.bytes for part in every),
            rows=sum(part.rows for part in every),
            problems=tuple(chain.from_iterable(part.problems for part in every)),
        )

    @property
    def amount(self) -> Message:
        """How much was read, in words."""
        counts = {"datasets": self.datasets, "files": self.files, "bytes": self.bytes, "rows": self.rows}
        return _("{datasets} datasets, {files} files ({bytes:,} bytes), {rows:,} rows", **counts)

    @property
    def words(self) -> Message:
        if self.problems:
            return _("read back ({amount}) and found different: {problems}", amount=self.amount, problems=joined("；", self.problems))
        return _("read back and equal to the release: {amount}", amount=self.amount)

    def __str__(self) -> str:
        return str(self.words)


def read_back(anyone: PortalClient, desired: DesiredDataset, state: PortalState) -> ReadBack:
    """One dataset as `anyone` reads it. It is expected in those of its groups that are among the state's."""
    try:
        found = anyone.find("package_show", id=desired.name) or state.find(desired.name)
    except PortalRefused as error:
        return ReadBack(1, problems=(f"{desired.name}: " + _("not to be seen by the public ({error})", error=words_of(error)),))
    if found is None:
        return ReadBack(1, problems=(f"{desired.name}: " + _("the portal has no such dataset"),))
    desired = replace(desired, name=found["name"])
    seen = compare_dataset(anyone, desired, found, state, None)
    files, size, wrong_files = _read_files(anyone, desired, found)
    try:
        rows, wrong_rows = _read_rows(anyone, desired, found, seen)
    except PortalRefused as error:
        rows, wrong_rows = 0, [_("the table cannot be read ({error})", error=words_of(error))]
    wrong_facts = [_stripped(line) for line in list(seen.lines())[1:]]
    return ReadBack(1, files, size, rows, tuple(f"{desired.name}: " + what for what in (*wrong_facts, *wrong_files, *wrong_rows)))


def _stripped(line: str) -> str:
    return line.each(str.strip) if isinstance(line, Message) else line.strip()


def _read_files(anyone: PortalClient, desired: DesiredDataset, found: Package) -> tuple[int, int, list[str]]:
    """How many files and bytes were read, and what is wrong. A portal may answer 200 for a file that it has lost: only the bytes show it."""
    present = ((file, resource_named(found, file.resource["name"])) for file in desired.files)
    return together(read_file(anyone, resource["url"], file) for file, resource in present if resource)


def _read_rows(anyone: PortalClient, desired: DesiredDataset, found: Package, seen: DatasetPlan) -> tuple[int, list[str]]:
    """How many rows the table has, and how they differ; a table that the plan has already read is not read twice."""
    table = resource_named(found, TABLE_NAME)
    if desired.table is None or table is None or seen.table.kind == "load":
        return 0, []
    changes = seen.table.changes or differing_rows(anyone, table["id"], desired.table)
    rows = desired.table.rows - changes.added + changes.removed
    is_listed = seen.table.kind == "rows"  # its line is among the plan's
    return rows, [_("the table's rows differ from the release ({changes})", changes=changes)] if changes.total and not is_listed else []
