"""Names of people where plans print them beside units: `县发改局 王建国`, `规划科(马超)`, columns of leaders."""

from __future__ import annotations

import re
from collections.abc import Callable

from flows.sources.plans.words import words

# the commonest family names, and the double ones
_NAMES = [word.pattern for word in words("family_name")]
_FAMILY = "|".join([f"[{''.join(name for name in _NAMES if len(name) == 1)}]", *(name for name in _NAMES if len(name) > 1)])
_NAME = rf"(?:{_FAMILY})[\u4e00-\u9fff]{{1,2}}"
_POST = r"(?:常务)?(?:副?(?:主任|局长|县长|区长|市长|州长|镇长|乡长|书记|科长|股长|处长|部长|院长|站长|所长|主席|秘书长|调研员)|负责人|负责同志|同志)"
PERSONS = re.compile(rf"(?:{_NAME}[、,]?){{1,3}}")
BEFORE_BORDER = rf"(?:{_FAMILY})[\u4e00-\u9fff]{{1,2}}(?:[、,;(]|\d|长期|持续|全年|年底|$)"  # a person whose name ends where a cell does
ENDS_IN_PERSON = re.compile(rf"(?:{_FAMILY})[\u4e00-\u9fff]{{1,2}}$")
_IN_BRACKETS = re.compile(rf"\((?P<who>(?:{_NAME}[、,]?){{1,3}})\)$")
_BEHIND = tuple(re.compile(rf"{_POST}?(?:{_FAMILY})[\u4e00-\u9fff]{{{given}}}(?:同志)?$") for given in (2, 1))


def without_person(name: str, is_unit: Callable[[str], bool]) -> str:
    """The unit before a person's name (`县发改局王建国` → 县发改局); the words as they are where none is left or no person stands there."""
    bracket = _IN_BRACKETS.search(name)
    if bracket and not is_unit(bracket["who"]) and is_unit(name[: bracket.start()]):
        return name[: bracket.start()]
    if is_unit(name):
        return name
    ends = (found.start() for pattern in _BEHIND if (found := pattern.search(name)))
    return next((name[:end] for end in ends if is_unit(name[:end])), name)
