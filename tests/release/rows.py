"""Honest rows of each register: what a clerk sends that may leave, before a recipe changes something in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from tests.release.marks import Mark, Marks
from tests.release.words import CHANNELS, TITLES, UNITS

DESCRIPTORS = Path(__file__).parents[2] / "exports"
AS_OF = date(2026, 10, 31)
MARKED = {  # register -> the column that leaves and bears the mark
    "disclosures": "disclosure_title",
    "enforcement_results": "matter_title",
    "normative_documents": "document_title",
    "policy_interpretations": "interpretation_title",
    "public_consultations": "consultation_title",
    "inspections": "target_name",
    "unit_replies": "reply_text",
    "withdrawals": "withdrawal_reason",
}
NUMBERED = {  # register -> the column by which a record is known again
    "disclosures": "index_number",
    "enforcement_results": "decision_number",
    "normative_documents": "document_number",
    "policy_interpretations": "interpreted_document_number",
    "public_consultations": "consultation_number",
    "inspections": "inspection_number",
    "unit_replies": "reply_number",
    "withdrawals": "index_number",
}
REGISTERS = tuple(MARKED)
LINKED = tuple(name for name in REGISTERS if name not in {"inspections", "unit_replies", "withdrawals"})
ANSWERED = "栖府办发〔2026〕999号"  # a plan whose one task all units have, so that each may reply
Cells = dict[str, Any]


@dataclass
class Row:
    """One row: logical columns of the register, or headers of the test's own, and their values."""

    register: str
    cells: Cells
    marks: list[Mark] = field(default_factory=list)

    @property
    def mark(self) -> Mark:
        return self.marks[0]


@cache
def accepted_headers(register: str) -> dict[str, tuple[str, ...]]:
    """Column -> the headers that its public descriptor accepts."""
    described = yaml.safe_load((DESCRIPTORS / f"{register}.yaml").read_text("utf-8"))
    return {column["name"]: tuple(column["headers"]) for column in described["register"]["columns"]}


class Maker:
    """Makes rows that may leave, from one random source; numbers, links and titles never come twice."""

    def __init__(self, marks: Marks) -> None:
        self.marks, self.rng, self._count = marks, marks.rng, 0

    def row(self, register: str, leaves: bool, kind: str, header: str = "", word: str = "", titles: tuple[str, ...] = TITLES) -> Row:
        """An honest row whose mark says whether it may leave once the caller has put `word` under `header`."""
        mark = self.marks.token(leaves, kind, register, header, word)
        self._count += 1
        cells = HONEST[register](self.rng, self._count)
        cells[MARKED[register]] = self._with_mark(register, mark.text, titles)
        return Row(register, cells, [mark])

    def _with_mark(self, register: str, token: str, titles: tuple[str, ...]) -> str:
        if register == "inspections":
            return f"栖川县{token}网站"
        if register == "withdrawals":
            return f"内容有误（{token}）"
        return self.rng.choice(titles).format(token)


def _days(rng: Random) -> tuple[date, date]:
    made = date(2026, 1, 5) + timedelta(days=rng.randint(0, 250))
    return made, made + timedelta(days=rng.randint(1, 20))


def _disclosure(rng: Random, number: int) -> Cells:
    made, published = _days(rng)
    return {
        "index_number": f"QC{number:05d}/2026-{rng.randint(100, 999)}", "disclosure_title": "", "printed_unit_name": rng.choice(UNITS),
        "document_number": f"栖财〔2026〕{number}号", "channel": rng.choice(CHANNELS), "made_on": made, "published_on": published,
        "url": f"https://www.qichuan.gov.cn/xxgk/{number}.html",
    }  # fmt: skip


def _enforcement(rng: Random, number: int) -> Cells:
    made, published = _days(rng)
    return {
        "decision_number": f"栖市监罚〔2026〕{number}号", "enforcement_kind": rng.choice(("行政处罚", "行政许可")), "matter_title": "", "party_kind": "法人",
        "party_name": f"栖川县第{number}商贸有限公司", "legal_basis": "《中华人民共和国市场主体登记管理条例》第四十六条", "decision_summary": "警告",
        "printed_unit_name": "县市场监督管理局", "decided_on": made, "published_on": published, "url": f"https://www.qichuan.gov.cn/xzzf/{number}.html",
    }  # fmt: skip


def _normative(rng: Random, number: int) -> Cells:
    made, published = _days(rng)
    return {
        "document_number": f"栖府规〔2026〕{number}号", "document_title": "", "printed_unit_name": rng.choice(UNITS), "made_on": made,
        "published_on": published, "document_status": "有效", "url": f"https://www.qichuan.gov.cn/gfxwj/{number}.html",
    }  # fmt: skip


def _interpretation(rng: Random, number: int) -> Cells:
    _, published = _days(rng)
    return {
        "interpretation_title": "", "interpreted_document_number": f"栖府发〔2026〕{number}号", "printed_unit_name": rng.choice(UNITS),
        "interpretation_form": "图解", "published_on": published, "url": f"https://www.qichuan.gov.cn/zcjd/{number}.html",
    }  # fmt: skip


def _consultation(rng: Random, number: int) -> Cells:
    opened, _ = _days(rng)
    return {
        "consultation_number": f"ZJ2026-{number:05d}", "consultation_title": "", "printed_unit_name": rng.choice(UNITS), "opened_on": opened,
        "closed_on": opened + timedelta(days=30), "opinion_count": 9, "adopted_count": 4, "url": f"https://www.qichuan.gov.cn/yjzj/{number}.html",
    }  # fmt: skip


def _inspection(rng: Random, number: int) -> Cells:
    inspected, noticed = _days(rng)
    return {
        "inspection_number": f"JC2026-{number:05d}", "inspected_on": inspected, "printed_unit_name": rng.choice(UNITS), "target_kind": "政府网站",
        "target_name": "", "indicator": "更新不及时", "finding_text": "栏目超过期限未更新", "noticed_on": noticed, "rectified_on": noticed + timedelta(days=1),
    }  # fmt: skip


def _reply(rng: Random, number: int) -> Cells:
    replied, decided = _days(rng)
    return {
        "reply_number": f"HY2026-{number:05d}", "printed_unit_name": rng.choice(UNITS), "verdict_kind": "任务落实", "plan_document_number": ANSWERED,
        "task_no": "（一）", "replied_on": replied, "reply_text": "", "reply_outcome": "采纳", "decided_on": decided,
    }  # fmt: skip


def _withdrawal(rng: Random, number: int) -> Cells:
    _, withdrawn = _days(rng)
    return {
        "index_number": f"CH{number:05d}/2025-{rng.randint(100, 999)}", "printed_unit_name": rng.choice(UNITS), "withdrawn_on": withdrawn,
        "withdrawal_reason": "", "register_name": "主动公开信息", "url": f"https://www.qichuan.gov.cn/old/{number}.html",
    }  # fmt: skip


HONEST = {
    "disclosures": _disclosure, "enforcement_results": _enforcement, "normative_documents": _normative, "policy_interpretations": _interpretation,
    "public_consultations": _consultation, "inspections": _inspection, "unit_replies": _reply,
    "withdrawals": _withdrawal,
}  # fmt: skip
