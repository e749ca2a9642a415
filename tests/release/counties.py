"""The workspaces of one seed: which recipes are cooked for which register, laid out as files."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from tests.release import persons, recipes, versions, words
from tests.release.formats import TABLES
from tests.release.recipes import Recipe
from tests.release.rows import REGISTERS, Maker, Row
from tests.release.sheets import Sheet

DATED = tuple(recipes.DATED)
FORMATS = tuple(TABLES)
VERSION_FILES = 5
NO_LEAVE, MAY_LEAVE = "no attribute and no setting", "no attribute, setting says 主动公开"
VERSION_HEADERS = {column: column for column in versions.STATED}


class Layout:
    """Puts rows into files: formats in random turn, names in random order of the alphabet."""

    def __init__(self, make: Maker) -> None:
        self.make, self._number, self._formats = make, itertools.count(), itertools.cycle(make.rng.sample(FORMATS, len(FORMATS)))

    def sheet(self, folder: str, rows: list[Row], fixed: dict[str, str] | None = None) -> Sheet:
        stem = f"{self.make.rng.choice('abcxyz')}{next(self._number):03d}-{self.make.rng.choice(('台账', 'export', '2026年第3季度', 'T'))}"
        return Sheet(folder, stem, rows, next(self._formats), fixed or {})

    def cooked(self, register: str, *made: Recipe) -> Iterator[Sheet]:
        for recipe in made:
            yield self.sheet(register, recipe(self.make, register))


def _sample(make: Maker, register: str, offered: Iterable[str], count: int) -> list[str]:
    """For disclosures every header, for the other registers some."""
    known = list(offered)
    return known if register == "disclosures" else make.rng.sample(known, count)


def statements(make: Maker) -> Iterator[Sheet]:
    """Rows that say for themselves, by attribute, secrecy, review, remark, day or withdrawal, whether they may leave."""
    lay = Layout(make)
    for register in REGISTERS:
        yield from lay.cooked(register, *(recipes.attribute_under(head) for head in _sample(make, register, words.ATTRIBUTE_HEADERS, 4)))
        yield from lay.cooked(register, *(recipes.yes_or_no(head) for head in _sample(make, register, words.YES_NO_HEADERS, 1)))
        yield from lay.cooked(register, *(recipes.secrecy(head) for head in _sample(make, register, words.SECRECY_HEADERS, 1)))
        reviewed = [head for head in words.REVIEW_HEADERS if (register, head) != ("normative_documents", "状态")]
        yield from lay.cooked(register, *(recipes.review(head) for head in _sample(make, register, reviewed, 3)))
        yield from lay.cooked(register, recipes.two_attributes, recipes.stricter_first, recipes.remark, recipes.reason_for_withholding)
        if register in DATED:
            yield from lay.cooked(register, recipes.channel_or_attribute, recipes.withdrawn, recipes.withdrawn_flag, recipes.no_day)
        if register != "withdrawals":
            yield from lay.cooked(register, recipes.calm_titles)
        yield from lay.cooked(register, recipes.plain)


def _scattered(lay: Layout, register: str, several: list[list[Row]]) -> list[Sheet]:
    """The versions of every record over different files, so that all orders of file names come."""
    boxes: list[list[Row]] = [[] for _ in range(VERSION_FILES)]
    for rows in several:
        for box, row in zip(lay.make.rng.sample(boxes, len(rows)), rows, strict=True):
            box.append(row)
    for box in boxes:
        lay.make.rng.shuffle(box)
    return [lay.sheet(register, box, VERSION_HEADERS) for box in boxes if box]


def _versions(lay: Layout, register: str) -> list[Sheet]:
    make, twice = lay.make, 2 if register == "disclosures" else 1
    several = [versions.withheld_versions(make, register) for _ in range(40 * twice)]
    several += [versions.public_versions(make, register) for _ in range(20 * twice)]
    return _scattered(lay, register, several)


def _withdrawn_elsewhere(lay: Layout) -> Iterator[Sheet]:
    entries: list[Row] = []
    for register in DATED:
        ways = versions.ways(register)
        pairs = [
            versions.withdrawn_elsewhere(lay.make, register, ways[number % len(ways)])
            for number in range(28 if register == "disclosures" else 12)
        ]
        entries += [entry for _, entry in pairs]
        yield lay.sheet(
            register,
            [row for row, _ in pairs] + [recipes.as_public(lay.make.row(register, True, "beside withdrawn rows")) for _ in range(6)],
        )
    lay.make.rng.shuffle(entries)
    for number in range(3):
        yield lay.sheet("withdrawals", entries[number::3], {"标题": lay.make.rng.choice(("标题", "信息名称", "信息标题"))})


def conflicts(make: Maker) -> Iterator[Sheet]:
    """Records of which something else says that they must stay: versions, tombstones, persons, a missing column."""
    lay = Layout(make)
    for register in DATED:
        yield from _versions(lay, register)
    yield from _withdrawn_elsewhere(lay)
    for register in REGISTERS:
        yield from lay.cooked(register, persons.numbers, persons.numbers, recipes.plain)
    yield from lay.cooked("enforcement_results", *[persons.names] * 8)
    for _ in range(3):
        yield lay.sheet("disclosures", recipes.no_attribute(False, NO_LEAVE)(make, "disclosures"))
        yield lay.sheet("optin", recipes.no_attribute(True, MAY_LEAVE)(make, "disclosures"))
    for register in (name for name in DATED if name != "disclosures"):
        yield lay.sheet(register, recipes.no_attribute(True, "register without attribute")(make, register))
