"""What a publication would do, and what it did, in words for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from exports.catalog import Text
from exports.ckan.confirmation import BigChange
from exports.ckan.errors import PortalBusy, PortalError, PortalNotAnswering
from exports.ckan.plan import DatasetPlan
from exports.ckan.reading import ReadBack
from exports.ckan.state import Package, PortalState
from exports.credentials import public_address
from exports.messages import N_, Message, _, joined, words_of


@dataclass(frozen=True)
class Trouble:
    """A dataset that cannot be published, and why; the others are."""

    name: str
    error: PortalError


@dataclass(frozen=True)
class PortalPlan:
    """The changes that a publication would make; `str()` of it is for a person.

    `themes` are the groups that are missing, or that this token may not use; they alone are no reason to write. `big` are the changes that
    wait for a confirmation.
    """

    state: PortalState
    datasets: tuple[DatasetPlan, ...]
    retired: tuple[Package, ...] = ()
    themes: dict[str, Text] = field(default_factory=dict)
    big: tuple[BigChange, ...] = ()
    troubles: tuple[Trouble, ...] = ()

    @property
    def is_empty(self) -> bool:
        is_settled = self.state.organisation is not None and not self.retired and not self.troubles
        return is_settled and all(dataset.is_empty for dataset in self.datasets)

    @property
    def place(self) -> Message:
        """Portal and organisation."""
        return _place(self.url, self.organisation)

    @property
    def url(self) -> str:
        """The portal's address without credentials."""
        return public_address(self.state.address.url)

    @property
    def organisation(self) -> str:
        return str(self.state.organisation or self.state.address.organization)

    @property
    def words(self) -> Message:
        """The big changes and all others, a line each."""
        return joined("\n", [*(change.message for change in self.big), *self.lines()])

    def __str__(self) -> str:
        return str(self.words)

    def lines(self) -> Iterator[str]:
        """All but the big changes: where, and what."""
        if self.is_empty:
            yield self.place + ": " + _("nothing to change")
            return
        yield self.place + ":"
        if self.state.organisation is None:
            yield _("create organisation") + f" {self.state.address.organization}"
        yield from (_("create group, where the token may") + f": {name}" for name in self.themes)
        for dataset in self.datasets:
            yield from dataset.lines()
        yield from (_("retire") + f" {package['name']}" for package in self.retired)
        yield from (_("cannot publish") + " " + words_of(trouble.error) for trouble in self.troubles)


def _place(url: str, organisation: str) -> Message:
    return joined("，", [_("Portal") + f" {url}", _("organisation") + f" {organisation}"])


@dataclass(frozen=True)
class PublishReport:
    """The result of a publication. `url` has no credentials; `read` is what the portal then served to an anonymous user; `notes` are for the
    portal's administrator.
    """

    url: str
    organisation: str
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

    @property
    def words(self) -> Message:
        """The notes, a line each, and what was done."""
        done = (
            (N_("{count} created"), self.created),
            (N_("{count} changed"), self.changed),
            (N_("{count} retired"), self.retired),
            (N_("{count} unchanged"), self.unchanged),
        )
        counts = joined("，", [_(what, count=len(names)) for what, names in done if names]) or _("nothing to publish")
        outcome = _("nothing written") if self.is_unchanged else self.read.words
        figures = joined("；", [counts, _("{count:,} bytes", count=self.uploaded_bytes), outcome])
        return joined("\n", [*self.notes, _place(self.url, self.organisation) + ": " + figures])

    def __str__(self) -> str:
        return str(self.words)


def error_of_troubles(troubles: tuple[Trouble, ...], report: PublishReport) -> PortalError:
    """One error for all datasets that could not be published, of the kind that a later run may overcome where one of them is; it says what
    became of the others.
    """
    errors = [trouble.error for trouble in troubles]
    passing = next((error for error in errors if isinstance(error, PortalNotAnswering | PortalBusy)), errors[0])
    others = _("{count} datasets could not be published, the others were", count=len(troubles)) + ":"
    return type(passing)(joined("\n", [*map(words_of, errors), others, report.words]))
