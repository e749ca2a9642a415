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

BigKind = Literal["create_organization", "move", "second_prefix", "retire"]
MAX_RETIRED = 0.2  # the share of our datasets on a portal that a run may retire unasked; a single one always may be
LISTED = 5


@dataclass(frozen=True)
class BigChange:
    """A change that waits for a person; `words` say it in both languages."""

    kind: BigKind
    words: str

    def __str__(self) -> str:
        return f"大变动 BIG CHANGE ({self.kind}): {self.words}"


def find_big_changes(
    state: PortalState, datasets: Sequence[DatasetPlan], retired: Sequence[Package], must_go: Collection[str], max_retired: float
) -> Iterator[BigChange]:
    """The big changes among those planned. Datasets whose rows may not leave (`must_go`) are never held up."""
    if state.organisation is None:
        name = state.address.organization
        yield BigChange("create_organization", f"新建机构 {name}（门户上没有） create organisation {name}, which the portal does not have")
    if moved := [plan for plan in datasets if plan.present and plan.present.get("owner_org") != state.owner and plan.is_settled]:
        names = _listed([f"{plan.desired.name} ({_owner_name(plan.present or {})})" for plan in moved])
        yield BigChange("move", f"{len(moved)} 个数据集将移到机构 {state.address.organization}：{names}。 Move them to that organisation")
    if doubles := _published_under_another_prefix(state, datasets):
        words = f"本机构已有其他前缀发布的同类数据集 {_listed(doubles)}，将以前缀 {state.address.dataset_prefix!r} 另行发布一套。"
        yield BigChange(
            "second_prefix", f"{words} The organisation has them already under another prefix; publish a second set beside them"
        )
    unasked = [package for package in retired if published_name(package) not in must_go]
    if len(unasked) > 1 and len(unasked) > max_retired * len(state.ours):
        words = f"门户上 {len(state.ours)} 个数据集中有 {len(unasked)} 个将停止发布：{_listed([package['name'] for package in unasked])}。"
        yield BigChange("retire", f"{words} Retire {len(unasked)} of the {len(state.ours)} datasets, more than {max_retired:.0%}")


def _owner_name(package: Package) -> str:
    return str((package.get("organization") or {}).get("name") or package.get("owner_org"))


def _published_under_another_prefix(state: PortalState, datasets: Sequence[DatasetPlan]) -> list[str]:
    """Names of datasets of the organisation with the marks of those that are to be created, where we have none yet."""
    if state.ours:
        return []
    marks = {plan.desired.extras[MARK] for plan in datasets if plan.present is None}
    return [package["name"] for package in state.packages if fact(package, MARK) in marks]


def _listed(names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 个 ({len(names)} in all)" if len(names) > LISTED else ""
    return "、".join(names[:LISTED]) + more


def require_confirmed(big: Sequence[BigChange], allowed: Collection[str]) -> None:
    """Raise unless each of the big changes is allowed.

    Raises:
        PortalRefused: one is not; nothing was written.
    """
    if waiting := [change for change in big if change.kind not in allowed]:
        kinds = ", ".join(dict.fromkeys(change.kind for change in waiting))
        raise PortalRefused(
            "\n".join(str(change) for change in waiting)
            + "\n未作任何改动。若确实要这样做，请运行 gongkai publish --yes，或在 gongkai.yaml 中设 "
            + f"portal.allow: [{kinds}]；若否，请检查 portal.organization、portal.dataset_prefix 与 portal.url。"
            + f" Nothing was written. If this is meant, run gongkai publish --yes, or set portal.allow: [{kinds}] in gongkai.yaml; "
            + "if not, check the organisation, the prefix and the address there"
        )
