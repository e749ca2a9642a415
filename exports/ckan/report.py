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
    def place(self) -> str:
        """Portal and organisation."""
        return _place(self.url, self.organisation)

    @property
    def url(self) -> str:
        """The portal's address without credentials."""
        return public_address(self.state.address.url)

    @property
    def organisation(self) -> str:
        return str(self.state.organisation or self.state.address.organization)

    def __str__(self) -> str:
        return "\n".join([*map(str, self.big), *self.lines()])

    def lines(self) -> Iterator[str]:
        """All but the big changes: where, and what."""
        if self.is_empty:
            yield f"{self.place}: nothing to change"
            return
        yield f"{self.place}:"
        if self.state.organisation is None:
            yield f"create organisation {self.state.address.organization}"
        yield from (f"create group {name}, where the token may" for name in self.themes)
        for dataset in self.datasets:
            yield from dataset.lines()
        yield from (f"retire {package['name']}" for package in self.retired)
        yield from (f"cannot publish {trouble.error}" for trouble in self.troubles)


def _place(url: str, organisation: str) -> str:
    return f"门户 {url}，机构 organisation {organisation}"


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

    def __str__(self) -> str:
        done = (("created", self.created), ("changed", self.changed), ("retired", self.retired), ("unchanged", self.unchanged))
        counts = ", ".join(f"{len(names)} {what}" for what, names in done if names)
        outcome = "nothing written" if self.is_unchanged else str(self.read)
        return "\n".join(
            [
                *self.notes,
                f"{_place(self.url, self.organisation)}: {counts or 'nothing to publish'}; {self.uploaded_bytes:,} bytes; {outcome}",
            ]
        )


def error_of_troubles(troubles: tuple[Trouble, ...], report: PublishReport) -> PortalError:
    """One error for all datasets that could not be published, of the kind that a later run may overcome where one of them is; it says what
    became of the others.
    """
    errors = [trouble.error for trouble in troubles]
    passing = next((error for error in errors if isinstance(error, PortalNotAnswering | PortalBusy)), errors[0])
    words = "\n".join(str(error) for error in errors)
    others = f"{len(troubles)} 个数据集未能发布，其余照常。 {len(troubles)} datasets could not be published, the others were"
    return type(passing)(f"{words}\n{others}:\n{report}")
