"""Records of which several statements are sent: versions over files, and entries in the register of withdrawals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from tests.release.rows import MARKED, NUMBERED, Cells, Maker, Row

LATER = date(2026, 10, 15)
WITHHOLDING: dict[str, Callable[[Random], Cells]] = {  # what one version says that the others do not
    "withdrawn": lambda _: {"撤回日期": "2026-10-05", "撤回原因": "涉密"},
    "不予公开": lambda _: {"公开属性": "不予公开"},
    "依申请公开": lambda _: {"公开属性": "依申请公开"},
    "refused in review": lambda rng: {"审核状态": rng.choice(("已驳回", "审查涉密", "退回修改"))},
    "remark": lambda _: {"备注": "不予公开"},
    "restricted": lambda rng: {"密级": rng.choice(("秘密", "机密★3年", "内部"))},
}
STATED: Cells = {"公开属性": "主动公开", "审核状态": "通过", "撤回日期": "", "撤回原因": "", "备注": "", "密级": ""}
HARMLESS: tuple[Cells, ...] = ({}, {"备注": "更新"}, {"url": "https://www.qichuan.gov.cn/xxgk/moved.html"}, {"撤回原因": ""})
WIDE = str.maketrans("0123456789QCZJ-/", "０１２３４５６７８９ＱＣＺＪ－／")
SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda text: text, lambda text: text, lambda text: f" {text} ", lambda text: text.translate(WIDE), lambda text: text.replace("〔", "[").replace("〕", "]"),
    lambda text: text.replace("〔", "（").replace("〕", "）"), lambda text: f"{text}\u3000", lambda text: text.lower(),
)  # fmt: skip


def _copies(row: Row, count: int, rng: Random, keyless: bool) -> list[Row]:
    """Versions of equal standing, each with a date of its own where the register knows one."""
    made = []
    for number in range(count):
        cells = {**row.cells, **STATED, **rng.choice(HARMLESS)}
        if row.register == "disclosures":
            cells["changed_on"] = row.cells["published_on"] + timedelta(days=number)
        if keyless:
            cells.pop(NUMBERED[row.register])
        made.append(Row(row.register, cells, row.marks))
    return made


def withheld_versions(make: Maker, register: str) -> list[Row]:
    """A record that one of its two to four versions withholds, the first, the last or one between; its number may be written otherwise."""
    rng = make.rng
    word = rng.choice(list(WITHHOLDING))
    row = make.row(register, False, "one of several versions withholds", "version", word)
    keyless = register == "disclosures" and rng.random() < 0.2
    copies = _copies(row, rng.randint(2, 4), rng, keyless)
    stern = rng.choice(copies)
    stern.cells |= WITHHOLDING[word](rng)
    if not keyless and (spelled := rng.choice(SPELLINGS)(row.cells[NUMBERED[register]])) != row.cells[NUMBERED[register]]:
        row.mark.word += f", number written {spelled!r}"
        stern.cells[NUMBERED[register]] = spelled
    return copies


def public_versions(make: Maker, register: str) -> list[Row]:
    """A record that comes two or three times, every time public."""
    row = make.row(register, True, "several versions, all public", "version", "")
    return _copies(row, make.rng.randint(2, 3), make.rng, keyless=False)


def _tombstone(make: Maker, register: str, cells: Cells, complete: bool) -> Row:
    """An entry of the register of withdrawals; a complete one must itself be public."""
    entry = make.row("withdrawals", True, "tombstone") if complete else Row("withdrawals", {"withdrawal_reason": ""}, [])
    kept = {"withdrawal_reason": entry.cells["withdrawal_reason"], "withdrawn_on": LATER, "register_name": register}
    return Row("withdrawals", {"index_number": "", "url": "", "标题": "", **kept, **cells}, entry.marks)


HOW = ("number", "number written otherwise", "link", "unit and title", "unreadable date", "no date", "no reason")


def withdrawn_elsewhere(make: Maker, register: str, how: str) -> list[Row]:
    """A record that says nothing of its withdrawal, and the entry of another register that does."""
    row = make.row(register, False, "withdrawals register only", "by", how)
    if register == "disclosures":
        row.cells["disclosure_attribute"] = "主动公开"
    number, unit = row.cells[NUMBERED[register]], {"printed_unit_name": row.cells["printed_unit_name"]}
    entry: Cells = {"index_number": number, **unit}
    if how == "number written otherwise":
        entry["index_number"] = number.translate(WIDE).replace("〔", "[").replace("〕", "]")
    elif how == "link":
        entry = {**unit, "url": row.cells["url"]}
    elif how == "unit and title":
        entry = {**unit, "标题": row.cells[MARKED[register]]}
    elif how == "unreadable date":
        entry["withdrawn_on"] = make.rng.choice(("上月", "2026-13-01", "待补"))
    elif how == "no date":
        entry["withdrawn_on"] = None
    elif how == "no reason":
        entry["withdrawal_reason"] = ""
    return [row, _tombstone(make, register, entry, complete=how in {"number", "link", "unit and title"})]


def ways(register: str) -> tuple[str, ...]:
    """By what a withdrawal may name a record of the register."""
    if register in {"inspections", "unit_replies"}:
        return tuple(how for how in HOW if how not in {"link", "unit and title"})
    if register == "policy_interpretations":  # its number is that of the policy
        return ("link", "unit and title")
    return HOW
