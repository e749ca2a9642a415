"""Recipes: each makes the rows of one file, some that may leave and some that must not, by one way in which a record says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tests.release import words
from tests.release.rows import Maker, Row

BAD, GOOD = 13, 7  # rows of a file that must not, that must leave
DATED = {  # register -> the day without which nothing is public
    "disclosures": "published_on", "enforcement_results": "published_on", "normative_documents": "published_on",
    "policy_interpretations": "published_on", "public_consultations": "opened_on", "inspections": "noticed_on",
    "unit_replies": "replied_on",
}  # fmt: skip
Recipe = Callable[[Maker, str], list[Row]]


def _row(make: Maker, register: str, leaves: bool, kind: str, header: str, word: str, *, public: bool = True) -> Row:
    """A row with `word` under `header`; a disclosure says 主动公开 besides, unless it is told not to."""
    row = make.row(register, leaves, kind, header, word)
    if public and register == "disclosures":
        row.cells["disclosure_attribute"] = "主动公开"
    row.cells[header] = word
    return row


def _several(
    make: Maker, register: str, kind: str, header: str, bad: tuple[str, ...], good: tuple[str, ...], *, public: bool = True
) -> list[Row]:
    chosen = make.rng.sample(bad, min(BAD, len(bad)))
    rows = [_row(make, register, False, kind, header, word, public=public) for word in chosen]
    rows += [_row(make, register, True, kind, header, make.rng.choice(good), public=public) for _ in range(GOOD if good else 0)]
    make.rng.shuffle(rows)
    return rows


def attribute_under(header: str) -> Recipe:
    """The attribute, in all its wordings, under a header that may be unknown; no other column says it."""

    def recipe(make: Maker, register: str) -> list[Row]:
        bad = tuple(make.rng.choice(words.DRESSES).format(word) for word in words.WITHHELD_WORDS)
        return _several(make, register, "attribute under a header", header, bad, words.PUBLIC_WORDS, public=False)

    return recipe


def yes_or_no(header: str) -> Recipe:
    def recipe(make: Maker, register: str) -> list[Row]:
        return _several(
            make, register, "yes or no", header, words.NO_WORDS, ("是",), public=make.rng.random() < 0.5 or "主动" not in header
        )

    return recipe


def secrecy(header: str) -> Recipe:
    def recipe(make: Maker, register: str) -> list[Row]:
        bad = words.SECRECY_WORDS if "是否" not in header else ("是", "涉密", "是（秘密）", "Y", "涉及")
        good = ("", "") if "是否" not in header else ("否", "不涉密")
        return _several(make, register, "secrecy level", header, bad, good)

    return recipe


def two_attributes(make: Maker, register: str) -> list[Row]:
    """Two columns that say it; where they disagree the stricter holds, whichever of them is known."""
    known, other = make.rng.sample(words.ATTRIBUTE_HEADERS[:14], 2)
    rows = _several(make, register, "two attributes disagree", other, words.WITHHELD_WORDS, ("主动公开",), public=False)
    for row in rows:
        row.cells[known] = "主动公开"
    return rows


def stricter_first(make: Maker, register: str) -> list[Row]:
    rows = _several(make, register, "two attributes disagree", "公开属性", words.WITHHELD_WORDS, ("主动公开",), public=False)
    for row in rows:
        row.cells[make.rng.choice(("公开类别", "公开方式"))] = "主动公开"
    return rows


def remark(make: Maker, register: str) -> list[Row]:
    """One row among many says in a column of remarks that it is not public."""
    header = make.rng.choice(words.REMARK_HEADERS)
    return _several(make, register, "remark", header, words.REMARKS_WITHHELD, words.REMARKS_HARMLESS)


def channel_or_attribute(make: Maker, register: str) -> list[Row]:
    """公开方式 and 公开渠道 mean the channel in one row and the attribute in the next."""
    header = make.rng.choice(("公开方式", "公开渠道", "发布渠道"))
    rows = _several(make, register, "attribute among channels", header, words.WITHHELD_WORDS, words.CHANNELS)
    for row in rows:
        row.cells.pop("channel", None)
    return rows


def no_attribute(leaves: bool, kind: str) -> Recipe:
    """No column says it: the settings decide for that source, by name, or nothing leaves."""

    def recipe(make: Maker, register: str) -> list[Row]:
        return [make.row(register, leaves, kind, "", "") for _ in range(BAD)]

    return recipe


def review(header: str) -> Recipe:
    def recipe(make: Maker, register: str) -> list[Row]:
        return _several(make, register, "review state", header, words.REFUSED_STATES, words.APPROVED_STATES)

    return recipe


def withdrawn_flag(make: Maker, register: str) -> list[Row]:
    """A column of the clerk's own says that the record was taken down."""
    rows = []
    for header, word in make.rng.sample(words.WITHDRAWN_FLAGS, 4):
        rows += [_row(make, register, False, "taken down, unknown header", header, word) for _ in range(2)]
    return rows + [_row(make, register, True, "taken down, unknown header", header, "") for _ in range(3)]


def withdrawn(make: Maker, register: str) -> list[Row]:
    """The row has a day of withdrawal, an unreadable one, or a reason without a day."""
    header, rows = make.rng.choice(words.WITHDRAWN_HEADERS), []
    for number in range(BAD):
        word = ("2026-10-12", make.rng.choice(words.UNREADABLE_DATES), "")[number % 3]
        kind = ("day of withdrawal", "unreadable day of withdrawal", "reason of withdrawal without a day")[number % 3]
        row = _row(make, register, False, kind, header, word)
        row.cells["撤回原因"] = make.rng.choice(words.WITHDRAWAL_REASONS) if number % 3 else ""
        rows.append(row)
    rows += [_row(make, register, True, "empty columns of withdrawal", header, "") for _ in range(GOOD)]
    return rows


def reason_for_withholding(make: Maker, register: str) -> list[Row]:
    header = make.rng.choice(("不予公开理由", "不公开理由", "不予公开依据", "不公开的理由", "豁免公开理由", "不予公开原因"))
    reasons = (
        "涉及商业秘密",
        "条例第十六条",
        "内部事务信息",
        "涉及个人隐私",
        "过程性信息",
        "危及国家安全",
        "第三方不同意公开",
        "行政执法案卷",
        "尚未成熟",
        "法律禁止",
    )
    return _several(make, register, "public with a reason for withholding", header, reasons, ("", ""))


def no_day(make: Maker, register: str) -> list[Row]:
    """The day of publication is to come, empty, or unreadable."""
    column, rows = DATED[register], []
    for number in range(BAD):
        coming = date(2026, 11, 1) + timedelta(days=make.rng.randint(0, 90))
        kind, value = (
            ("published later", coming),
            ("no day of publication", None),
            ("unreadable day", make.rng.choice(words.UNREADABLE_DATES)),
        )[number % 3]
        row = make.row(register, False, kind, column, str(value))
        row.cells |= {column: value} | ({"closed_on": None} if register == "public_consultations" else {})
        row.cells |= {"rectified_on": None} if register == "inspections" else {}
        row.cells |= {"decided_on": None} if register == "unit_replies" else {}
        rows.append(row)
    rows += [make.row(register, True, "days as they should be", column) for _ in range(GOOD)]
    return [as_public(row) for row in rows]


def as_public(row: Row) -> Row:
    """The row, saying 主动公开 where its register has a column for it."""
    if row.register == "disclosures":
        row.cells["disclosure_attribute"] = "主动公开"
    return row


def plain(make: Maker, register: str) -> list[Row]:
    """Nothing but rows that may leave."""
    return [as_public(make.row(register, True, "plain")) for _ in range(BAD + GOOD)]


def calm_titles(make: Maker, register: str) -> list[Row]:
    """Titles that speak of secrecy or openness, some twice in the same words."""
    rows = [as_public(make.row(register, True, "title speaks of secrecy", "标题", title, titles=(title,))) for title in words.CALM_TITLES]
    return [*rows, Row(register, dict(rows[0].cells), rows[0].marks)]
