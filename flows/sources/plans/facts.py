"""Facts of the document itself: title, issuer, number, date made, year, attribute, recipients, the documents it rests on.

What a cited document says about itself is not taken for the plan's own: a number counts where it stands alone or beside the title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from flows.sources.plans.fold import NormalizedText
from flows.sources.plans.marks import attribute_of, read_marks
from flows.sources.plans.model import Facts, SuperiorDocument
from flows.sources.plans.shapes import fold
from flows.sources.plans.signers import NUMBER, ORGAN, Signature, joint_names, own_number, read_damaged_signatures, read_signatures
from flows.sources.plans.sounds import SOUNDS
from flows.sources.plans.text import SourceText
from flows.sources.plans.title import NOUN, read_title
from flows.sources.plans.units import read_units

_NUMBER = re.compile(NUMBER)
_TITLED_YEAR = re.compile(rf"(?<![-~])(20\d\d)年(?!\d{{1,2}}月)[^。;,\n]{{0,30}}?{NOUN}")
_YEAR = re.compile(r"(?<![到至自比较])(20\d\d)(?:年|[-~]20\d\d年)(?!以来|为基)")  # not 到2025年, 比2020年下降13%
_SALUTATION = re.compile(
    r"(?:^|\n)(?P<to>(?:各|区|市|县|省|局|州|驻|机关|本|有关|相关|[\u4e00-\u9fff]{2,8}各)[^。:\n]{2,160}):(?=\n|《|[\u4e00-\u9fff])"
)
_CITED = re.compile(rf"《(?P<title>[^《》]*(?:《[^《》]*》[^《》]*)*)》(?:\((?P<number>{NUMBER})[^()]*\))?")
_HANDED_OUT = re.compile(r"^(?:关于)?(?:印发|公布|下发)《")  # the plan of 关于印发《某局2024年工作要点》的通知 names who made it
_BASIS = re.compile(r"根据|按照|依据|贯彻|落实|按")
_FIELDS = {
    "title": ("标题", "名称", "信息名称", "文件名称", "文件标题"),
    "number": ("文号", "发文字号", "文件编号", "发文文号"),
    "issuer": (
        "发布机构",
        "发文机构",
        "发布单位",
        "发布部门",
        "发布机关",
        "发文机关",
        "发文单位",
        "制发机关",
        "印发机关",
        "信息来源",
        "来源",
    ),
    "issued": ("成文日期", "生成日期", "公文生成日期", "发文日期", "印发日期", "制发日期"),
    "published": ("发布日期", "发布时间", "公开日期", "时间", "日期", "发文时间"),
}


class FactReader:
    """Reads the facts of one document from its running text and its labelled fields; `body` is where its items begin."""

    def __init__(self, source: SourceText, flow: NormalizedText, body: int, attachments: int) -> None:
        self.source = source
        self.flow = flow
        self.body = body
        self.attachments = attachments
        self.head = flow.text[:body]

    def read(self) -> Facts:
        facts = Facts()
        facts.title, closing_number = read_title(self.flow, self.body, self._field("title"))
        facts.doc_number = closing_number or self._number()
        signature = self._signature()
        facts.issued_on = (signature.signed_on if signature else None) or self._field_date("issued")
        facts.published_on = self._field_date("published")
        facts.issuer = (
            self._in_full(signature.issuer if signature else None)
            or self._in_full(self._issuer_from_title(facts.title, "关于|印发《"))
            or self._issuer_field()
            or self._issuer_from_title(facts.title, "20|政务|信息|全面")
            or self._issuer_from_title(_HANDED_OUT.sub("", fold(facts.title or "")), "20")
            or self._issuer_in_words(facts.title)
        )
        facts.year = self._year(facts)
        facts.marks = read_marks(self.source)
        facts.attribute = attribute_of(facts.marks)
        facts.recipients = self._recipients()
        facts.superior_documents = self._superiors()
        return facts

    def _field(self, name: str) -> str | None:
        values = (self.source.metadata.get(key, "").strip() for key in _FIELDS[name])
        return next((value for value in values if value), None)

    def _issuer_field(self) -> str | None:
        """The site's own field, unless it names the site (…政府网) or a place."""
        value = self._field("issuer")
        return value if value and re.search(rf"(?<!网){ORGAN}(?:\([^()]{{2,8}}\))?$", fold(value)) else None

    def _in_full(self, issuer: str | None) -> str | None:
        """区政府办公室 in a title or a signature, as the site's own field names it: 江口区政府办公室, 江口区政府(办公室)."""
        field = self._issuer_field()
        plain = re.sub(r"[()]", "", fold(field or ""))
        return field if issuer and plain.endswith(tuple(fold(issuer).split("、"))) else issuer

    def _field_date(self, name: str) -> date | None:
        value = self._field(name) or ""
        found = re.search(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})", value)
        if not found:
            return None
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None

    def _number(self) -> str | None:
        own = own_number(self.flow, self.body)
        if own:
            return own
        field = "".join((self._field("number") or "").split())
        found = _NUMBER.search(fold(field))
        return field[found.start() : found.end()] if found else None

    def _signature(self) -> Signature | None:
        """In the covering notice first, then after the text, then at the end of the attachments; the last one of each counts."""
        for start, end in ((0, self.body), (self.body, self.attachments), (self.attachments, len(self.flow.text))):
            found = [*read_signatures(self.flow, start, end)] or [*read_damaged_signatures(self.flow, start, end)]
            if found:
                return _signed(found)
        return None

    @staticmethod
    def _issuer_from_title(title: str | None, goes_on: str) -> str | None:
        words = SOUNDS.sub("", title or "")
        joint = joint_names(fold(words).partition("关于")[0])
        if len(joint) > 1:
            return "、".join(joint)
        found = re.match(
            rf"((?!关于|印发|转发|贯彻|[我本])(?:国务院|[\u4e00-\u9fff]{{2}}部(?!门)|[\u4e00-\u9fff]{{3,30}}?{ORGAN}))(?={goes_on})",
            fold(words),
        )
        return words[found.start(1) : found.end(1)] if found else None

    def _issuer_in_words(self, title: str | None) -> str | None:
        """Who is said above the text to have issued it: 2023年7月,某省人民政府办公厅印发《某省…方案》."""
        words = "".join(fold(title or "").split())
        found = (
            re.search(rf"(?:^|[,。\n日月])([\u4e00-\u9fff]{{2,30}}?{ORGAN})(?:印发|发布|出台|下发)(?:了)?《{re.escape(words)}》", self.head)
            if words
            else None
        )
        return self.flow.quote(*found.span(1)) if found else None

    def _year(self, facts: Facts) -> int | None:
        """The year of the title; else the one that most of the signature, the number, the site and the head agree on."""
        in_title = _YEAR.search(fold(facts.title or ""))
        if in_title:
            return int(in_title[1])
        number = re.search(r"[〔\[(]((?:19|20)\d\d)[〕\])]", fold(facts.doc_number or ""))
        titled = _TITLED_YEAR.search(self.head)
        votes = [
            *([int(titled[1])] if titled else []),
            *([facts.issued_on.year] if facts.issued_on else []),
            *([int(number[1])] if number else []),
            *([facts.published_on.year] if facts.published_on else []),
        ]
        return max(votes, key=votes.count) if votes else self._usual_year()

    def _usual_year(self) -> int | None:
        counts: dict[int, int] = {}
        for found in _YEAR.finditer(self.flow.folded):
            counts[int(found[1])] = counts.get(int(found[1]), 0) + 1
        return max(counts, key=lambda year: counts[year]) if counts else None

    def _recipients(self) -> list[str]:
        found = _SALUTATION.search(self.head)
        if not found:
            return []
        start, end = found.span("to")
        return [self.flow.quote(unit.start, unit.end) for unit in read_units(self.flow.text, start, end, "responsible")]

    def _superiors(self) -> list[SuperiorDocument]:
        limit = min(len(self.flow.text), self.body + 200)
        found = []
        for cited in _CITED.finditer(self.flow.text, 0, limit):
            sentence = self.flow.text[max(0, cited.start() - 120) : cited.start()].rpartition("。")[2]
            if cited["number"] or (_BASIS.search(sentence) and "条例" in cited["title"]):
                number = self.flow.quote(*cited.span("number")) if cited["number"] else None
                found.append(SuperiorDocument(self.flow.quote(*cited.span("title")), number))
        return list(dict.fromkeys(found))


def _signed(found: Sequence[Signature]) -> Signature:
    """The last that names who signs; who had the document printed only where nobody else is named, with the day of signing if there is one."""
    own = [one for one in found if not one.printing]
    named = next((one for one in reversed(own) if one.issuer), None) or next((one for one in reversed(found) if one.issuer), None)
    if named is None:
        return (own or found)[-1]
    return replace(named, signed_on=own[-1].signed_on) if named.printing and own else named
