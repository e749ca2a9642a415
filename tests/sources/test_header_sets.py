"""Header sets that are met in public: how much of them is known without a mapping, and that none is taken for what it is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from exports.catalog import load_catalog
from flows.sources.tables.recognise import Known

SETS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "header_sets.yaml").read_text("utf-8"))
REGISTERS = load_catalog().registers


def understood(case: dict[str, Any]) -> dict[str, str]:
    """Header -> column, of several for one column the first."""
    claims = Known(REGISTERS[case["register"]]).claims(case["headers"])
    return {headers[0]: column for column, headers in claims.items()}


@pytest.mark.parametrize("case", SETS, ids=[case["what"] for case in SETS])
def test_no_header_is_taken_for_what_it_is_not(case: dict[str, Any]) -> None:
    wrong = {header: column for header, column in understood(case).items() if case["means"].get(header) != column}
    assert {header: column for header, column in wrong.items() if header not in case.get("also", ())} == {}


def test_nine_of_ten_headers_that_matter_are_known_without_a_mapping() -> None:
    missed = [(case["what"], header) for case in SETS for header in case["means"] if header not in understood(case)]
    wanted = sum(len(case["means"]) for case in SETS)
    assert len(SETS) >= 40
    assert len(missed) <= 0.1 * wanted, missed
