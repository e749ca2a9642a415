"""What a publication does only when asked; no portal is needed for that."""

from __future__ import annotations

from typing import Any

import pytest

from exports.ckan.client import PortalAddress
from exports.ckan.confirmation import BigChange, find_big_changes, require_confirmed
from exports.ckan.errors import PortalRefused
from exports.ckan.facts import MARK, PUBLISHED_NAME
from exports.ckan.schema import PortalCapabilities
from exports.ckan.state import Organisation, PortalState

HERE = Organisation("id-1", "county", "某县")


def package(number: int) -> dict[str, Any]:
    name = f"gongkai-d{number}"
    return {"name": name, "extras": [{"key": MARK, "value": f"d{number}"}, {"key": PUBLISHED_NAME, "value": name}], "resources": []}


def state(count: int) -> PortalState:
    address = PortalAddress("https://data.example", "", "county")
    return PortalState(address, PortalCapabilities(), HERE, packages=tuple(package(number) for number in range(count)))


@pytest.mark.parametrize(
    ("there", "retired", "must_go", "share", "asks"),
    [
        (10, 1, 0, 0.2, False),
        (10, 2, 0, 0.2, False),
        (10, 3, 0, 0.2, True),
        (2, 1, 0, 0.2, False),
        (2, 2, 0, 0.2, True),
        (10, 2, 0, 0.0, True),
        (10, 10, 10, 0.0, False),
        (10, 5, 4, 0.2, False),
        (10, 10, 0, 1.0, False),
    ],
)
def test_retiring_more_than_a_share_asks_and_what_may_not_leave_is_never_held_up(
    there: int, retired: int, must_go: int, share: float, asks: bool
) -> None:
    portal = state(there)
    gone = portal.packages[:retired]
    names = {one["name"] for one in gone[:must_go]}
    assert [change.kind for change in find_big_changes(portal, [], gone, names, share)] == (["retire"] if asks else [])


def test_all_that_waits_is_named_with_the_way_to_allow_it() -> None:
    big = [BigChange("move", "三个 three"), BigChange("retire", "两个 two")]
    require_confirmed(big, {"move", "retire"})
    with pytest.raises(PortalRefused, match=r"portal\.allow: \[retire\]") as refused:
        require_confirmed(big, {"move"})
    assert "two" in str(refused.value)
    assert "three" not in str(refused.value)
