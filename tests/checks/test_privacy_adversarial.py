"""Identifiers in every way of writing, in every place of a row: none may be missed. Seeded."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

import duckdb
import pyarrow as pa
import pytest

from flows.privacy.detect import scan_table
from tests.checks.planted import LINKS, SEPARATORS, TEXTS, announced, spelled


def usual_in_links(form: str) -> bool:
    """Hyphens and slashes separate a link's own numbers: in two such groups, a reader would not see a mobile or a card."""
    return (
        not re.search(r"[^\W_][-_/.－\u2011\u2212]", form)
        or re.fullmatch(r"\w{3}[-－\u2011\u2212]\w{4}[-－\u2011\u2212]\w{4}|\w{4}(-\w{4}){3}(-\w+)?", form) is not None
    )


def missed(cells: Iterable[tuple[str, str]], column: str = "title") -> list[tuple[str, str]]:
    """Kind and cell of each planted identifier that was not found."""
    planted = list(cells)
    with duckdb.connect() as connection:
        connection.register("t", pa.table({column: [cell for _, cell in planted], "unit": ["县财政局"] * len(planted)}))
        found = {(row, one.kind) for one in scan_table(connection, "t", most_rows=len(planted)) for row in one.rows}
    return [pair for row, pair in enumerate(planted, start=1) if (row, pair[0]) not in found]


@pytest.mark.parametrize("seed", [20261130, *(pytest.param(seed, marks=pytest.mark.rest) for seed in (3,))])
def test_numbers_are_found_in_all_separators_scripts_and_sentences(seed: int) -> None:
    chance = random.Random(seed)
    cells = [(kind, place(form)) for kind, forms in spelled(chance).items() for form in forms for place in TEXTS]
    assert missed(cells) == []


@pytest.mark.parametrize("seed", [20261201, *(pytest.param(seed, marks=pytest.mark.rest) for seed in (5,))])
def test_numbers_are_found_in_links(seed: int) -> None:
    chance = random.Random(seed)
    forms = [(kind, form) for kind, written in spelled(chance).items() for form in written if kind == "resident_id" or usual_in_links(form)]
    assert missed([(kind, place(form)) for kind, form in forms for place in LINKS if "\n" not in form], "url") == []


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.rest) for seed in range(2, 20))])
def test_a_number_after_its_word_is_found(seed: int) -> None:
    chance = random.Random(seed)
    cells = [(kind, place(form)) for kind, forms in announced(chance).items() for form in forms for place in TEXTS]
    assert missed(cells) == []


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.rest) for seed in range(1, 5))])
def test_a_number_after_its_word_is_found_in_links(seed: int) -> None:
    chance = random.Random(seed)
    cells = [(kind, place(form)) for kind, forms in announced(chance).items() for form in forms for place in LINKS]
    assert missed(cells, "url") == []


BESIDE = ("2026年第三季度", "2026-03-05", "2026.3.5", "20260305", "1", "3 件", "88", "县财政局", "第12号", "{}", "202603", "2025—2026年度")


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.rest) for seed in range(1, 5))])
@pytest.mark.parametrize("sign", [" ", "-", "\u3000", "·"])
def test_a_grouped_number_is_found_beside_another_number(seed: int, sign: str) -> None:
    """A year or a counter before or after it, with the same separator as its groups, does not make it a table of numbers."""
    chance = random.Random(seed)
    cells = []
    for kind, number, sizes in (
        (
            "mobile",
            f"1{chance.choice(('39', '58', '76', '87'))}{chance.randrange(10**8):08d}",
            ((3, 4, 4), (4, 3, 4), (3, 3, 5), (4, 4, 3)),
        ),
        ("resident_id", "440524188001010014", ((6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4))),
        ("bank_card", "6222021234567890128", ((4, 4, 4, 4, 3), (6, 13))),
    ):
        for form in sizes:
            parts, left = [], number
            for size in form:
                parts, left = [*parts, left[:size]], left[size:]
            written = sign.join(parts)
            for neighbour in BESIDE:
                other = neighbour.format(written)
                cells += [(kind, f"{written}{sign}{other}公开情况"), (kind, f"公开情况{other}{sign}{written}")]
    assert missed(cells) == []


@pytest.mark.parametrize("column", ["url", "title"])
def test_a_separated_number_is_found_in_a_link_with_any_separator(column: str) -> None:
    """Also by a character at which a link ends."""
    number = "440524188001010014"
    places = ("https://www.qichuan.gov.cn/q?sfz={}&p=1", "https://a.cn/{}.html", "详见 https://a.cn/q?n={}，谢谢", "http://a.cn/x {}")
    forms = ((6, 8, 4), (6, 4, 4, 4))
    parts = [[number[sum(form[:at]) : sum(form[: at + 1])] for at in range(len(form))] for form in forms]
    assert (
        missed([("resident_id", place.format(sign.join(groups))) for place in places for sign in SEPARATORS for groups in parts], column)
        == []
    )
