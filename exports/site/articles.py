"""Legal terms with their articles, from sql/reference/clock_rules.csv: each verdict on a page names the one that it applies."""

from __future__ import annotations

from collections.abc import Mapping
from csv import DictReader
from functools import cache

from exports.catalog import PROJECT_ROOT, Register

TABLE = PROJECT_ROOT / "sql" / "reference" / "clock_rules.csv"


@cache
def legal_terms() -> Mapping[str, Mapping[str, str]]:
    """Every rule by its id: title, law, article, number of days and their kind, note."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["rule_id"]: row for row in DictReader(file)}


def main_terms(register: Register | None) -> list[Mapping[str, str]]:
    """The terms by which a register's own due dates are set."""
    clocks = register.clocks if register else ()
    return [legal_terms()[rule] for rule in dict.fromkeys(clock.rule for clock in clocks if clock.is_main)]
