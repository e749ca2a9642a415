"""Labelled fields that websites print above a document (标题, 文号, 发布机构, 发布日期 …), as data and as lines of kind "metadata"."""

from __future__ import annotations

import re
from itertools import pairwise

from flows.sources.plans.formats.boilerplate import WORDS
from flows.sources.plans.formats.draft import Row, one_line
from flows.sources.plans.shapes import simplified
from flows.sources.plans.sounds import SOUNDS

_FACTS = frozenset(WORDS["fact_labels"].split())
_SITE = frozenset(WORDS["site_labels"].split())
_DATED = frozenset(WORDS["dated_labels"].split())
_BELOW = frozenset(WORDS["labels_below"].split())
_LONGEST_FIRST = sorted(_FACTS | _SITE, key=lambda label: (-len(label), label))
_LABEL = "|".join(r"[ \u3000]{0,8}".join(label) for label in _LONGEST_FIRST)
_BULLET = "•·●○▪■◆"
_LISTED = re.compile(rf"[-{_BULLET}]\s*[\u4e00-\u9fff][\u4e00-\u9fff \u3000/]{{1,14}}[:：]")  # - 備注/文號:某政办〔2025〕1号
_FIELD = re.compile(rf"(?:^|(?<=[\s|【\[(（,，;；\]】/{_BULLET}*]))(?P<label>{_LABEL})[】\]*]{{0,2}}[ \u3000]{{0,2}}[:：]")
_WORDED = re.compile(rf"(?:^|(?<=\s))(?P<label>{_LABEL})(?:[ \u3000]+(?=\S)|$)")
_LONG_LABEL = "|".join(label for label in _LONGEST_FIRST if len(label) > 3)  # noqa: PLR2004 -- 时间 and 标题 begin other words
_GLUED = re.compile(rf"(?P<label>{_LONG_LABEL})(?=[^\s:：])")
_BULLETED = re.compile(rf"[{_BULLET}]\s*(?P<label>{_LABEL})(?:\s+(?P<value>\S.*))?")
_HEAD_ROWS = 40
_FOOT_ROWS = 15
_LONGEST = 400
_PROSE = 40
_LONGEST_VALUE = 80
_LONGEST_LAST = 160  # a longer value is the document, run together with the fields above it
_SHORTEST_ALONE = 3  # characters of a label that may stand without a colon or a value: 时间 and 类型 head columns as well
_OF_THE_DOCUMENT = frozenset(
    {"名称", "标题", "文号"}
)  # … though these may: no column of a plan's table has such a name and a value behind it
_OTHER_LABEL = re.compile(r"[ \u3000]+[\u4e00-\u9fff]{2,8}[:：].*")  # 某政办发〔2021〕3号 统一编号: a label that no list knows
_TIME_BEFORE = re.compile(r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:\s+\d{1,2}:\d{2}(?::\d{2})?)?")
_BODY_BEGINS = re.compile(r"[\W_]{3,}(?:正文|正文内容)[\W_]*|[\W_]*(?:正文|正文内容)[\W_]{3,}")
_FILE_TITLE = re.compile(r"(.{4,80})\.(?:docx?|pdf|wps|rtf)", re.IGNORECASE)
_PAGES = re.compile(r"[(（]\d{1,4}[页頁][)）]$")
_OUTLINE = re.compile(r"\s*(?:一、|\(一\)|（一）)")

Fields = list[tuple[str, str]]


def take_metadata(rows: list[Row]) -> dict[str, str]:
    """The labelled fields before the document begins and after it ends; their rows get the kind "metadata".

    One label in a line counts only beside another such line: a plan may well have a line "时间:…" of its own. Spaces inside a label
    ("索 引 号") are ignored. The first value of a label stands.
    """
    found: dict[str, str] = {}
    start = _take_front_matter(rows, found)
    own = [row for row in rows[start:] if row.kind != "boilerplate" and row.text.strip()]
    head = _head(own)
    fields = [_fields(row) for row in head]
    _take_values_below(head, fields)
    is_labelled = [len(each) > 1 or _is_dated(each) for each in fields]
    listed = [bool(here or _LISTED.match(row.text.strip())) for row, here in zip(head, fields, strict=True)]
    for index, (here, after) in enumerate(pairwise(listed)):
        if here and after:
            is_labelled[index], is_labelled[index + 1] = bool(fields[index]), bool(fields[index + 1])
    for row, values, labelled in zip(head, fields, is_labelled, strict=True):
        if labelled:
            _take(row, values, found)
    _take_foot(own[len(head) :], found)
    _mark_above_body([row for row in rows[start : start + 2 * _HEAD_ROWS] if row.text.strip()])
    _take_file_title(head, found)
    return found


def _head(rows: list[Row]) -> list[Row]:
    """The rows before the first that can only be the document's body."""
    for index, row in enumerate(rows[:_HEAD_ROWS]):
        if _OUTLINE.match(row.text) or (len(row.text) >= _PROSE and "。" in row.text and not _fields(row)):
            return rows[:index]
    return rows[:_HEAD_ROWS]


def _is_dated(fields: Fields) -> bool:
    """True for one field that no plan has of its own: 发布日期: 2019-10-13."""
    return len(fields) == 1 and fields[0][0] in _DATED and bool(_TIME_BEFORE.fullmatch(fields[0][1]))


def _take_values_below(head: list[Row], fields: list[Fields]) -> None:
    """Where a list of labels was taken from a page, values stand in the line below: between an empty label and the next label."""
    for index in range(1, len(head) - 1):
        above, here, below = fields[index - 1 : index + 2]
        is_open = head[index - 1].text.rstrip().endswith((":", "："))
        if is_open and len(above) == 1 and not above[0][1] and not here and below and len(head[index].text) <= _LONGEST_VALUE:
            fields[index - 1], fields[index] = [], [(above[0][0], one_line(head[index].text))]
            head[index - 1].kind = "metadata"


def _take_front_matter(rows: list[Row], found: dict[str, str]) -> int:
    """YAML-like lines between two `---`; returns the index of the row after them."""
    start = next((index for index, row in enumerate(rows) if row.text.strip()), len(rows))
    if start == len(rows) or rows[start].text.strip() != "---":
        return 0
    end = next((index for index in range(start + 1, min(len(rows), start + 80)) if rows[index].text.strip() == "---"), None)
    if end is None or not all(re.search("[:：]", row.text) for row in rows[start + 1 : end] if row.text.strip()):
        return 0
    for row in rows[start : end + 1]:
        key, colon, value = row.text.replace("：", ":", 1).partition(":")
        _take(row, [(one_line(key), one_line(value).strip("\"'"))] if colon else [], found)
    return end + 1


def _fields(row: Row) -> Fields:
    """(label, value) pairs of a row that holds nothing else; empty for every other row."""
    text = row.text.strip()
    if len(text) > _LONGEST:
        return []
    if row.kind == "table" and (cells := _fields_of_cells(text)):
        return cells
    plain = simplified(text)
    marks = list(_FIELD.finditer(plain))
    worded = [] if marks or "。" in text else list(_WORDED.finditer(plain))
    if (
        worded
        and not worded[0].start()
        and (len(worded) > 1 or len(worded[0]["label"]) >= _SHORTEST_ALONE or worded[0]["label"] in _OF_THE_DOCUMENT)
    ):
        marks = worded  # 成文日期 2017-12-19 公开方式 主动公开; 标     题 某市2019年工作要点
    elif marks and (first := _WORDED.match(plain, 0, marks[0].start())):
        marks = [first, *marks]  # 文      号 某政办〔2025〕1号 信息分类: 综合政务
    marks = marks or _glued(plain)
    if not marks:
        item = _BULLETED.fullmatch(text)
        return [(_label(item["label"]), _value(item["value"] or ""))] if item else []
    before = text[: marks[0].start()].strip(f" |\u3000【[({_BULLET}-*")
    listed = _LISTED.match(text)
    if before and not _TIME_BEFORE.fullmatch(before) and not (listed and listed.end() == marks[0].end()):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    fields = [(_label(mark["label"]), _value(text[mark.end() : end])) for mark, end in zip(marks, ends, strict=True)]
    return fields if all(len(value) <= _LONGEST_LAST for _, value in fields) else []


def _glued(text: str) -> list[re.Match[str]]:
    """The labels of a line that begins with one and has another, or a day, and nothing that parts them: 发文机构某市人民政府发文字号某政〔2020〕1号."""
    if re.search("[。，,;；]", text) or not _GLUED.match(text):
        return []
    marks = list(_GLUED.finditer(text))
    is_day = marks[0]["label"] in _DATED and _TIME_BEFORE.match(text, marks[0].end())
    return marks if len(marks) > 1 or is_day else []


def _fields_of_cells(text: str) -> Fields:
    """Cells that are label, value, label, value …, as in the information table of government sites."""
    cells = [cell.strip() for cell in text.strip("| ").split("|")]
    pairs = [
        (_label(simplified(SOUNDS.sub("", cell))).strip("[]【】:："), value) for cell, value in zip(cells[::2], cells[1::2], strict=False)
    ]
    are_labels = all(label in _FACTS or label in _SITE for label, _ in pairs)
    return pairs if pairs and are_labels and any(value not in _FACTS for _, value in pairs) else []


def _label(printed: str) -> str:
    return re.sub(r"\s", "", printed)


def _value(text: str) -> str:
    return _OTHER_LABEL.sub("", one_line(text).strip("|【[(（ ")).strip()


def _take(row: Row, fields: Fields, found: dict[str, str]) -> None:
    row.kind = "metadata"
    for label, value in fields:
        if label not in _SITE and not found.get(label):
            found[label] = value


def _take_foot(rows: list[Row], found: dict[str, str]) -> None:
    """Below the document sites print who typed it in and where it is from."""
    for row in rows[-_FOOT_ROWS:]:
        fields = _fields(row)
        if fields and (row.kind == "table" or all(label in _BELOW for label, _ in fields)):
            _take(row, fields, found)


def _mark_above_body(rows: list[Row]) -> None:
    """A rule that says 正文 ("==== 正文 ====") ends the site's own words: lines between the fields and it are theirs too."""
    rule = next((index for index, row in enumerate(rows) if _BODY_BEGINS.fullmatch(row.text.strip())), None)
    first = next((index for index, row in enumerate(rows) if row.kind == "metadata"), len(rows))
    if rule is None or rule < first:
        return
    for row in rows[first:rule]:
        row.kind = "metadata"
    rows[rule].kind = "boilerplate"


def _take_file_title(head: list[Row], found: dict[str, str]) -> None:
    """A download site heads its page with the file's name ("….docx"): the name without its ending is the title."""
    title = _FILE_TITLE.fullmatch(head[0].text.strip()) if head else None
    if title and not head[0].text.lstrip().startswith("附"):
        _take(head[0], [("标题", _PAGES.sub("", title[1]))], found)
