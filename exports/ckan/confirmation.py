"""What a publication does only when a person has asked for it: create an organisation, move datasets, publish them a second time under
another prefix, retire many at once. A mistyped setting would otherwise do all of it in one run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from exports.ckan.errors import PortalRefused
from exports.ckan.facts import MARK
from exports.ckan.plan import DatasetPlan
from exports.ckan.state import Package, PortalState, fact, published_name
from exports.messages import Message, _, listed

BigKind = Literal["create_organization", "move", "second_prefix", "retire"]
MAX_RETIRED = 0.2  # the share of our datasets on a portal that a run may retire unasked; a single one always may be
LISTED = 5


@dataclass(frozen=True)
class BigChange:
    """A change that waits for a person."""

    kind: BigKind
    words: Message

    @property
    def message(self) -> Message:
        return _("BIG CHANGE ({kind}): {words}", kind=self.kind, words=self.words)

    def __str__(self) -> str:
        return str(self.message)


def find_big_changes(
    state: PortalState, datasets: Sequence[DatasetPlan], retired: Sequence[Package], must_go: Collection[str], max_retired: float
) -> Iterator[BigChange]:
    """The big changes among those planned. Datasets whose rows may not leave (`must_go`) are never held up."""
    if state.organisation is None:
        name = state.address.organization
        yield BigChange("create_organization", _("create organisation {name}, which the portal does not have", name=name))
    if moved := [plan for plan in datasets if plan.present and plan.present.get("owner_org") != state.owner and plan.is_settled]:
        names = _listed([f"{plan.desired.name} ({_owner_name(plan.present or {})})" for plan in moved])
        words = _(
            "{count} datasets move to organisation {name}: {datasets}", count=len(moved), name=state.address.organization, datasets=names
        )
        yield BigChange("move", words)
    if doubles := _published_under_another_prefix(state, datasets):
        words = _(
            "the organisation has {datasets} already under another prefix; a second set is published beside them under {prefix!r}",
            datasets=_listed(doubles),
            prefix=state.address.dataset_prefix,
        )
        yield BigChange("second_prefix", words)
    unasked = [package for package in retired if published_name(package) not in must_go]
    if len(unasked) > 1 and len(unasked) > max_retired * len(state.ours):
        words = _(
            "{count} of the {total} datasets are released no more, a larger share than {most:.0%}: {datasets}",
            count=len(unasked),
            total=len(state.ours),
            most=max_retired,
            datasets=_listed([package["name"] for package in unasked]),
        )
        yield BigChange("retire", words)


def _owner_name(package: Package) -> str:
    return str((package.get("organization") or {}).get("name") or package.get("owner_org"))


def _published_under_another_prefix(state: PortalState, datasets: Sequence[DatasetPlan]) -> list[str]:
    """Names of datasets of the organisation with the marks of those that are to be created, where we have none yet."""
    if state.ours:
        return []
    marks = {plan.desired.extras[MARK] for plan in datasets if plan.present is None}
    return [package["name"] for package in state.packages if fact(package, MARK) in marks]


def _listed(names: Sequence[str]) -> Message:
    first = listed(names[:LISTED])
    return _("{names} … ({count} in all)", names=first, count=len(names)) if len(names) > LISTED else first


def _by_language(changes: Sequence[BigChange]) -> Message:
    """The changes, a line each."""
    return Message("\n".join(change.message.zh for change in changes), "\n".join(change.message.en for change in changes))


def require_confirmed(big: Sequence[BigChange], allowed: Collection[str]) -> None:
    """Raise unless each of the big changes is allowed.

    Raises:
        PortalRefused: one is not; nothing was written.
    """
    if waiting := [change for change in big if change.kind not in allowed]:
        kinds = ", ".join(dict.fromkeys(change.kind for change in waiting))
        raise PortalRefused(
            _(
                "{changes}\nNothing was written. If this is meant, run gongkai publish --yes, or set portal.allow: [{kinds}] in gongkai.yaml; "
                "if not, check portal.organization, portal.dataset_prefix and portal.url there.",
                changes=_by_language(waiting),
                kinds=kinds,
            )
        )
