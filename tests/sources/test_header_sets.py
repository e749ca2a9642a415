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
    assert len(SETS) >= 280
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
        # numbers of documents, titles, and words that say nothing
        ("enforcement_results", "许可文书编号", "decision_number"),
        ("enforcement_results", "处罚决定文书编号", "decision_number"),
        ("enforcement_results", "实际处罚日期", "decided_on"),
        ("enforcement_results", "许可决定部门", "printed_unit_name"),
        ("enforcement_results", "执法主体名称", "printed_unit_name"),
        ("enforcement_results", "被处罚主体", "party_name"),
        ("mailbox_messages", "来信编码", "message_number"),
        ("inspections", "实际整改到位日期", "rectified_on"),
        ("normative_documents", "规范性文件标题", "document_title"),
        ("policy_interpretations", "解读材料题目", "interpretation_title"),
        ("disclosures", "详情页网址", "url"),
        ("enforcement_results", "处罚编号", None),
        ("enforcement_results", "案件序号", None),
        ("enforcement_results", "处罚告知书文号", None),
        ("enforcement_results", "原处罚决定书文号", None),
        ("enforcement_results", "处罚机关代码", None),
        ("enforcement_results", "证件编号", None),
        ("enforcement_results", "证件号码", None),
        ("mailbox_messages", "号码", None),
        ("mailbox_messages", "咨询单位", None),
        ("mailbox_messages", "来信人编号", None),
        ("trainings", "应参训人数", None),
        ("request_events", "申请单位", None),
        ("normative_documents", "附件名称", None),
        ("disclosures", "附件链接", None),
        ("disclosures", "主体名称", None),
        # a bracket that says whose name stands there, and one that says something else
        ("enforcement_results", "当事人（自然人/法人）", "party_name"),
        ("enforcement_results", "被处罚人名称（姓名）", "party_name"),
        ("enforcement_results", "行政相对人（单位或个人）", "party_name"),
        ("enforcement_results", "当事人（法定代表人）", None),
        ("inspections", "责任单位（人）", None),
        # what the register is about, before a header that says enough without it
        ("mailbox_messages", "工单承办部门", "printed_unit_name"),
        ("mailbox_messages", "诉求办结的时间", "answered_on"),
        ("mailbox_messages", "信访件编码", "message_number"),
        ("inspections", "隐患整改单位", "printed_unit_name"),
        ("enforcement_results", "许可公示时间", "published_on"),
        ("enforcement_results", "案件撤销理由", "revocation_reason"),
        ("normative_documents", "文件实施时间", "effective_on"),
        ("mailbox_messages", "来信单位", None),
        ("mailbox_messages", "信件的单位", None),
        ("mailbox_messages", "投诉人单位", None),
        ("enforcement_results", "处罚类别", None),
        ("enforcement_results", "处罚相对人类别", "party_kind"),
        ("trainings", "培训机构", None),
        ("trainings", "培训单位名称", None),
        # a title's word with 名称 after it, and the other words for numbers and names
        ("trainings", "议题名称", "topic"),
        ("inspections", "抽查网站名称", "target_name"),
        ("enforcement_results", "案由名称", "matter_title"),
        ("enforcement_results", "许可文书号码", "decision_number"),
        ("normative_documents", "法规题名", "document_title"),
        ("mailbox_messages", "信箱编码", None),
        # two names of which the second leaves out what both begin with
        ("enforcement_results", "处罚内容/结果", "decision_summary"),
        ("enforcement_results", "行政处罚依据、法律依据", "legal_basis"),
        ("inspections", "问题描述/内容", "finding_text"),
        ("enforcement_results", "处罚机关/日期", None),
        ("inspections", "检查日期/单位", None),
        # a description after a comma, which may say that it is another thing
        ("mailbox_messages", "受理时间，窗口收件的时间", "received_on"),
        ("mailbox_messages", "承办单位名称;见部门表(t_dept)", "printed_unit_name"),
        ("enforcement_results", "处罚决定日期。以决定书落款为准", "decided_on"),
        ("mailbox_messages", "答复时间，预计", None),
        ("mailbox_messages", "答复时间，未答复的为空", None),
        ("mailbox_messages", "来信人，匿名的不填", None),
        ("enforcement_results", "处罚机关，处罚日期", None),
    ],
)
def test_a_header_in_the_words_of_another_office_is_known_by_its_core(register: str, header: str, column: str | None) -> None:
    assert Known(REGISTERS[register]).column(header) == column


@pytest.mark.parametrize(
    ("register", "headers", "column", "first"),
    [
        ("enforcement_results", ["检查日期", "行政处罚决定日期"], "decided_on", "行政处罚决定日期"),
        ("enforcement_results", ["发证日期", "许可决定时间"], "decided_on", "许可决定时间"),
        ("enforcement_results", ["单位名称", "处罚机关"], "printed_unit_name", "处罚机关"),
        ("enforcement_results", ["案号", "处罚决定书文号"], "decision_number", "处罚决定书文号"),
        ("enforcement_results", ["姓名", "被处罚人名称"], "party_name", "被处罚人名称"),
        ("mailbox_messages", ["受理时间", "来信时间"], "received_on", "来信时间"),
        ("mailbox_messages", ["编号", "信件编号"], "message_number", "信件编号"),
        ("progress_reports", ["序号", "任务编号"], "task_no", "任务编号"),
    ],
)
def test_a_general_word_does_not_go_before_the_column_own_one(register: str, headers: list[str], column: str, first: str) -> None:
    assert Known(REGISTERS[register]).claims(headers)[column][0] == first
