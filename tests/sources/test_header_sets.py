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
    register = REGISTERS[case["register"]]
    claims = Known(register.cases or register if case.get("form") == "cases" else register).claims(case["headers"])
    return {headers[0]: column for column, headers in claims.items()}


@pytest.mark.parametrize("case", SETS, ids=[case["what"] for case in SETS])
def test_no_header_is_taken_for_what_it_is_not(case: dict[str, Any]) -> None:
    wrong = {header: column for header, column in understood(case).items() if case["means"].get(header) != column}
    assert {header: column for header, column in wrong.items() if header not in case.get("also", ())} == {}


def test_nine_of_ten_headers_that_matter_are_known_without_a_mapping() -> None:
    missed = [(case["what"], header) for case in SETS for header in case["means"] if header not in understood(case)]
    wanted = sum(len(case["means"]) for case in SETS)
    assert len(SETS) >= 60
    assert len(missed) <= 0.1 * wanted, missed


@pytest.mark.parametrize(
    ("register", "header", "column"),
    [
        ("enforcement_results", "作出许可决定的部门名称", "printed_unit_name"),
        ("enforcement_results", "做出行政许可决定时间", "decided_on"),
        ("enforcement_results", "被处罚部门", "party_name"),
        ("disclosures", "发布部门（必填）", "printed_unit_name"),
        ("disclosures", "信息生成时间", "made_on"),
        ("public_consultations", "征集开始的日期", "opened_on"),
        ("mailbox_messages", "办理机构名称", "printed_unit_name"),
        ("inspections", "整改完成的时间", "rectified_on"),
        # what shares words with a known header and says something else
        ("enforcement_results", "处罚日", None),
        ("enforcement_results", "检查单位", None),
        ("disclosures", "有效日期", None),
        ("disclosures", "审核部门", None),
        ("disclosures", "浏览时间", None),
        ("catalogue_matters", "公开日期", None),
        ("mailbox_messages", "公开部门", None),
        ("mailbox_messages", "转办时间", None),
        ("request_events", "工作单位", None),
        ("request_events", "工作部门", None),
        ("new_media_accounts", "运维部门", "operator_name"),
        ("new_media_accounts", "审批时间", None),
    ],
)
def test_a_header_in_the_words_of_another_office_is_known_by_its_core(register: str, header: str, column: str | None) -> None:
    assert Known(REGISTERS[register]).column(header) == column
