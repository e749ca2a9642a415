"""The persons of a register's row: read from its cells and texts, masked in every text of it; what cannot be proven clean is struck out.

The SQL stands in sql/registers/: person_macros.sql.j2 (what reads and masks) and masked_rows.sql.j2 (the rows of a staging table whose
dataset declares `masked: {by: name}`). The release gate (flows/warehouse/masking.py) asks the same of the written files.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from functools import cache

from exports.catalog import Column, Dataset, Register
from flows.privacy.kinds import IS_PERSON_NAME
from flows.privacy.person_names import BLANK, DOT, GAP, LISTS, MASK_SIGNS, any_of, double_surnames, surnames, word_beginnings
from flows.privacy.person_names import macros as text_macros
from flows.privacy.text import HAN
from flows.warehouse.templates import render

STRUCK = "［未能确认已隐去自然人姓名］"
FAULT = "name_not_masked"
LINK = "url"
UNIT = "printed_unit_name"


@cache
def macros() -> str:
    """SQL: the macros of sql/registers/person_macros.sql.j2, with those over texts of flows/privacy/person_names.py."""
    return render(
        "person_macros",
        double_surname=double_surnames(),
        one_surname=any_of((*surnames("anywhere"), *surnames("beginning"))),
        any_surname=any_of(surnames("anywhere")),
        is_person_name=IS_PERSON_NAME,
        word_beginnings=word_beginnings(),
        text_macros=text_macros(),
        pattern=_patterns(),
        han=HAN,
        dot=DOT,
        blank=BLANK,
        gap=GAP,
        mask_signs=MASK_SIGNS.replace("x", "").replace("X", ""),
    )


def _patterns() -> dict[str, str]:
    """Name -> regular expression, of sql/reference/person_names/patterns.csv."""
    with (LISTS / "patterns.csv").open(encoding="utf-8", newline="") as stream:
        return {row["pattern_name"]: row["pattern"] for row in csv.DictReader(stream)}


def text_columns(columns: Iterable[Column]) -> list[str]:
    """Columns in which anything may be written; the unit is named because it is one."""
    return [column.name for column in columns if column.type == "string" and not column.enum and column.name != UNIT]


def held_columns(register: Register | None, dataset: Dataset, texts: Sequence[str]) -> list[str]:
    """Of these texts those that leave: with the dataset, or as the reason of a tombstone. What is masked as a whole is none."""
    reasons = {name for pair in register.reasons for name in pair} if register else set()
    hidden = {mask.column for mask in dataset.masked}
    return [name for name in texts if (name in dataset.column_names or name in reasons) and name not in hidden]
