"""Rows that hold a person's number or a natural person's name, in the spellings of clerks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from tests.release.marks import Mark
from tests.release.recipes import as_public
from tests.release.rows import MARKED, Maker, Row

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SEPARATORS = ("\u00a0", "\u2009", "  ", "\u3000", "\t", "\n", ".", "/", "·", "_", "\u2011", "\u2212", "\u200b", "-", " ", "—", "\u2060")
NUMERALS = str.maketrans("0123456789", "〇一二三四五六七八九")
FINANCIAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def resident_id(rng: Random) -> str:
    """An identity number of GB 11643 with a right check character, of a division that is invented."""
    born = date(1950, 1, 1) + timedelta(days=rng.randrange(18000))
    digits = f"330199{born:%Y%m%d}{rng.randrange(1000):03d}"
    return digits + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]


def mobile(rng: Random) -> str:
    return rng.choice(("134", "139", "158", "187", "199", "176")) + f"{rng.randrange(10**8):08d}"


def bank_card(rng: Random) -> str:
    body = rng.choice(("622848", "621700", "95599", "601382"))
    body += "".join(rng.choices("0123456789", k=18 - len(body)))
    doubled = sum(sum(divmod(int(digit) * 2, 10)) if place % 2 == 0 else int(digit) for place, digit in enumerate(reversed(body)))
    return body + str(-doubled % 10)


def _grouped(number: str, sizes: tuple[int, ...], sign: str) -> str:
    parts, start = [], 0
    for size in sizes:
        parts.append(number[start : start + size])
        start += size
    return sign.join([*(part for part in parts if part), *([number[start:]] if number[start:] else [])])


ID_FORMS: dict[str, Callable[[str, Random], str]] = {
    "plain": lambda number, _: number,
    "lower x": lambda number, _: number.lower(),
    "full width": lambda number, _: number.translate(WIDE),
    "grouped": lambda number, rng: _grouped(number, (6, 8, 4), rng.choice(SEPARATORS)),
    "digit by digit": lambda number, rng: rng.choice((" ", "-", ".", "\u3000")).join(number),
    "Cyrillic or Roman X": lambda number, rng: number.replace("X", rng.choice("ХⅩ")),
    "disability card": lambda number, rng: f"{number}{rng.randint(1, 7)}{rng.randint(1, 4)}",
    "Chinese numerals": lambda number, _: number.translate(NUMERALS),
    "financial numerals": lambda number, _: number.translate(FINANCIAL),
    "glued": lambda number, rng: f"{number}{mobile(rng)}",
    "wrong check digit": lambda number, _: f"身份证号{number[:17]}{(int(number[17]) + 1) % 10 if number[17].isdigit() else 5}",
}
MOBILE_FORMS: dict[str, Callable[[str, Random], str]] = {
    "plain": lambda number, _: f"联系电话{number}",
    "grouped": lambda number, rng: _grouped(
        number, rng.choice(((3, 4, 4), (3, 3, 5), (4, 3, 4))), rng.choice((" ", "-", "\u00a0", "\u3000"))
    ),
    "country code": lambda number, _: f"+86 {number}",
    "full width": lambda number, _: f"手机：{number.translate(WIDE)}",
    "Chinese numerals": lambda number, _: f"手机{number.translate(NUMERALS)}",
}
CARD_FORMS: dict[str, Callable[[str, Random], str]] = {
    "plain": lambda number, _: f"账号{number}",
    "grouped": lambda number, rng: _grouped(number, rng.choice(((4, 4, 4, 4, 3), (6, 13), (5, 5, 5, 4))), rng.choice((" ", "-", "\u3000"))),
}
NUMBERS = {"identity number": (resident_id, ID_FORMS), "mobile": (mobile, MOBILE_FORMS), "bank card": (bank_card, CARD_FORMS)}
PLACES = {  # register -> columns that leave, beside the one with the mark
    "disclosures": ("url", "catalogue_matter", "channel"), "enforcement_results": ("url", "legal_basis"), "normative_documents": ("url", "registered_number"),
    "policy_interpretations": ("url", "interpretation_form"), "public_consultations": ("url",), "inspections": ("indicator", "target_kind"),
    "unit_replies": ("reply_state_reason",), "withdrawals": ("url", "register_name"),
}  # fmt: skip


def _place(row: Row, column: str, written: str, rng: Random) -> None:
    if column == "url":
        row.cells["url"] = rng.choice(("https://www.qichuan.gov.cn/q?sfz={}&p=1", "https://www.qichuan.gov.cn/gs/{}.html")).format(
            written.replace("\n", "")
        )
    elif column == MARKED[row.register]:
        row.cells[column] = f"{row.cells[column]}（{written}）" if rng.random() < 0.5 else f"{written} {row.cells[column]}"
    else:
        row.cells[column] = f"便民事项 {written}"


def numbers(make: Maker, register: str) -> list[Row]:
    """Rows with one person's number in a column that leaves, and rows without."""
    rows, rng = [], make.rng
    for _ in range(12):
        kind, column = (
            rng.choice(("identity number", "identity number", "mobile", "bank card")),
            rng.choice((MARKED[register], *PLACES[register], "url")),
        )
        column = MARKED[register] if column == "url" and register in {"inspections", "unit_replies"} else column
        make_number, forms = NUMBERS[kind]
        form = rng.choice(list(forms))
        row = make.row(register, False, f"{kind} in {'the link' if column == 'url' else 'a text'}", column, form)
        _place(row, column, forms[form](make_number(rng), rng), rng)
        rows.append(as_public(row))
    rows += [as_public(make.row(register, True, "beside rows with persons' numbers")) for _ in range(6)]
    rng.shuffle(rows)
    return rows


NAMED = (  # party as printed, kind of party, title; a, b, c are full names
    ("{a}", "自然人", "{a}无证经营案"), ("{A}", "自然人", "{a}无证经营案"), ("{W}", "自然人", "{a}超限运输案"), ("{a}等3人", "自然人", "{a}、{b}、{c}聚众案"),
    ("{a}、{b}", "自然人", "{a}、{b}违法建设案"),
    ("{a}（经营者）", "个体工商户", "{a}无证经营案"), ("栖川县明明小吃店（经营者：{a}）", "个体工商户", "明明小吃店（{a}）超范围经营案"),
    ("{a}", "", "{a}无证经营案"), ("", "自然人", "{a}无证经营案"), ("{m}", "自然人", "{a}无证经营案"), ("{a}", "法人", "{a}占道经营案"),
    ("栖川县明明公司", "法人", "对栖川县明明公司及直接责任人{a}的处罚"), ("{a}\n{b}", "自然人", "{a}违停案"),
    ("{a} 男 汉族", "自然人", "{a}违停案"), ("{a}", "个体工商户", "{a}销售案"),
    ("当事人：{a}", "自然人", "{a} 未经许可案"), ("{a};{b}", "自然人", "{b}与{a}斗殴案"), ("{a}", "其他", "关于对{a}作出处罚的决定"),
    ("栖川县明明公司、{a}", "法人", "栖川县明明公司、{a}偷排案"), ("{a}(身份证略)", "自然人", "{A}案"),
)  # fmt: skip
PARTY_HEADERS = (
    "当事人",
    "被处罚人",
    "行政相对人名称",
    "被处罚人姓名",
    "当事人姓名",
    "违法行为人",
    "经营者姓名",
    "被处理人",
    "违法当事人名称",
    "姓名",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"


def _keep_used(make: Maker, row: Row, given: list[Mark]) -> None:
    """Only names that the row really holds are looked for."""
    held = re.sub(r"\s", "", "".join(str(cell) for cell in row.cells.values()))
    row.marks += [mark for mark in given if mark.text in held]
    for mark in given:
        if mark not in row.marks:
            make.marks.all.remove(mark)


def names(make: Maker, register: str) -> list[Row]:
    """Decisions against natural persons, their names spelt as clerks spell them; and decisions against companies, which must leave."""
    rng, rows, header = make.rng, [], make.rng.choice(PARTY_HEADERS)
    for party, kind, title in rng.sample(NAMED, 13):
        given = [make.marks.given_name("name of a natural person", register, header, f"{party} | {kind} | {title}") for _ in "abc"]
        full = {letter: rng.choice(SURNAMES) + mark.text for letter, mark in zip("abc", given, strict=True)}
        spelt = {"A": " ".join(full["a"]), "W": full["a"][0] + "\u3000" + full["a"][1:], "m": full["a"][0] + "某某"}
        row = make.row(register, False, "unused")
        make.marks.all.remove(row.marks.pop())
        row.cells |= {"matter_title": title.format(**full, **spelt), "party_kind": kind, header: party.format(**full, **spelt)}
        row.cells["legal_basis"] = rng.choice(("治安管理处罚法第四十三条", "治安管理处罚法第四十三条，{a}".format(**full)))
        row.cells.pop("party_name")
        _keep_used(make, row, given)
        rows.append(row)
    for _ in range(7):
        row = make.row(register, True, "organisation beside natural persons", header, "法人")
        row.cells[header] = row.cells.pop("party_name")
        rows.append(row)
    return rows
