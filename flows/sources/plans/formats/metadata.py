"""Labelled fields that websites print above a document (标题, 文号, 发布机构, 发布日期 …), as data and as lines of kind "metadata"."""

from __future__ import annotations

import re
from itertools import pairwise

from flows.sources.plans.formats.draft import Row, one_line

# Labels as sites print them; spaces inside ("索 引 号") are ignored.
_LABELS = frozenset(
    [
        "标题",
        "名称",
        "信息名称",
        "文件名称",
        "文件标题",
        "公文名称",
        "索引号",
        "索引",
        "信息索引号",
        "信息索引",
        "目录号",
        "统一登记号",
        "登记号",
        "文号",
        "发文字号",
        "发文文号",
        "文件编号",
        "公文种类",
        "发布机构",
        "发布单位",
        "发布机关",
        "发布部门",
        "发文机关",
        "发文单位",
        "发文机构",
        "制发机关",
        "制发单位",
        "公开机构",
        "公开部门",
        "公开单位",
        "公开责任部门",
        "责任部门",
        "所属部门",
        "所属机构",
        "编制机关",
        "信息来源",
        "来源",
        "稿源",
        "文章来源",
        "供稿",
        "作者",
        "编辑",
        "责任编辑",
        "审核",
        "审核人",
        "录入",
        "录入人",
        "发布人",
        "发布日期",
        "发布时间",
        "时间",
        "日期",
        "成文日期",
        "成文时间",
        "发文日期",
        "发文时间",
        "印发日期",
        "生成日期",
        "生成时间",
        "公开日期",
        "公开时间",
        "更新时间",
        "更新日期",
        "形成日期",
        "实施日期",
        "生效日期",
        "生效时间",
        "失效日期",
        "废止日期",
        "截止日期",
        "有效期",
        "主题分类",
        "主题词",
        "主题",
        "体裁分类",
        "体裁",
        "组配分类",
        "服务对象分类",
        "服务对象",
        "栏目",
        "所属栏目",
        "分类",
        "信息分类",
        "类型",
        "类别",
        "信息类别",
        "文件类型",
        "层级",
        "状态",
        "时效性",
        "时效",
        "有效性",
        "是否有效",
        "效力状态",
        "内容概述",
        "内容摘要",
        "关键词",
        "关键字",
        "原文链接",
        "官方链接",
        "链接",
        "本地目录",
        "公开方式",
        "公开形式",
        "公开范围",
        "公开时限",
        "公开属性",
        "公开类型",
        "公开程序",
        "信息格式",
        "格式",
        "语种",
        "载体类型",
        "浏览次数",
        "浏览量",
        "浏览",
        "访问量",
        "访问次数",
        "阅读次数",
        "阅读量",
        "阅读",
        "点击数",
        "点击量",
        "点击率",
        "点击次数",
        "点击",
        "人气",
        "字体",
        "字号",
        "字体大小",
        "视力保护色",
        "保护视力色",
        "打印",
        "分享",
        "分享到",
        "区域",
        "行政区划",
    ]
)
_FIELD = re.compile(r"[【\[]?([\u4e00-\u9fff](?:[ \u3000]{0,4}[\u4e00-\u9fff]){1,8})[】\]]?[ \u3000]{0,2}[:：]")
_HEAD_ROWS = 40
_LONGEST = 400
_BODY_BEGINS = re.compile(r"\W*(?:正文|正文内容|内容正文)\W*")
_FILE_TITLE = re.compile(r"(.{4,80})\.(?:docx?|pdf|wps|rtf)", re.IGNORECASE)


def take_metadata(rows: list[Row]) -> dict[str, str]:
    """The labelled fields at the head of `rows`, whose kind becomes "metadata". The first value of a label stands."""
    found: dict[str, str] = {}
    start = _take_front_matter(rows, found)
    head = [row for row in rows[start:] if row.text.strip()][:_HEAD_ROWS]
    fields = [_fields(row) for row in head]
    labelled = [len(each) > 1 for each in fields]
    for index, (here, after) in enumerate(pairwise([bool(each) for each in fields])):
        labelled[index] |= here and after
        labelled[index + 1] |= here and after
    for row, values, is_labelled in zip(head, fields, labelled, strict=True):
        if is_labelled:
            row.kind = "metadata"
            _keep(found, values)
    _mark_above_body(head)
    _take_file_title(head, found)
    return found


def _take_front_matter(rows: list[Row], found: dict[str, str]) -> int:
    """YAML-like lines between two `---`; returns the index of the row after them."""
    start = next((index for index, row in enumerate(rows) if row.text.strip()), len(rows))
    if start == len(rows) or rows[start].text.strip() != "---":
        return 0
    end = next((index for index in range(start + 1, min(len(rows), start + 80)) if rows[index].text.strip() == "---"), None)
    if end is None or not all(":" in row.text or "：" in row.text for row in rows[start + 1 : end] if row.text.strip()):
        return 0
    for row in rows[start : end + 1]:
        row.kind = "metadata"
        key, colon, value = row.text.replace("：", ":", 1).partition(":")
        if colon:
            _keep(found, [(one_line(key), one_line(value).strip("\"'"))])
    return end + 1


def _fields(row: Row) -> list[tuple[str, str]]:
    """(label, value) pairs of a row that holds nothing else; empty for every other row."""
    text = row.text.strip()
    if len(text) > _LONGEST or row.kind == "metadata":
        return []
    marks = [mark for mark in _FIELD.finditer(text) if _label(mark) in _LABELS]
    if not marks:
        return _fields_of_cells(text) if row.kind == "table" else []
    if text[: marks[0].start()].strip(" |\u3000"):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [(_label(mark), _value(text[mark.end() : end])) for mark, end in zip(marks, ends, strict=True)]


def _fields_of_cells(text: str) -> list[tuple[str, str]]:
    """Cells that are label, value, label, value …, as in the information table of government sites."""
    cells = [cell.strip() for cell in text.strip("| ").split("|")]
    pairs = [(cell.replace(" ", ""), value) for cell, value in zip(cells[::2], cells[1::2], strict=False)]
    return pairs if pairs and all(label in _LABELS for label, _ in pairs) and any(value not in _LABELS for _, value in pairs) else []


def _label(mark: re.Match[str]) -> str:
    return re.sub(r"\s", "", mark[1])


def _value(text: str) -> str:
    return one_line(text).strip("| \u3000").strip()


def _keep(found: dict[str, str], values: list[tuple[str, str]]) -> None:
    for label, value in values:
        if not found.get(label):
            found[label] = value


def _mark_above_body(head: list[Row]) -> None:
    """A rule that says 正文 ("==== 正文 ====") ends the site's own words: lines between the fields and it are theirs too."""
    rule = next(
        (index for index, row in enumerate(head) if _BODY_BEGINS.fullmatch(row.text) and len(row.text.strip()) > len("正文内容")), None
    )
    if rule is None or not any(row.kind == "metadata" for row in head[:rule]):
        return
    first = next(index for index, row in enumerate(head) if row.kind == "metadata")
    for row in head[first:rule]:
        row.kind = "metadata"
    head[rule].kind = "boilerplate"


def _take_file_title(head: list[Row], found: dict[str, str]) -> None:
    """A download site heads its page with the file's name ("….docx"): the name without its ending is the title."""
    title = _FILE_TITLE.fullmatch(head[0].text.strip()) if head else None
    if title and not head[0].text.lstrip().startswith(("附件", "附")):
        head[0].kind = "metadata"
        _keep(found, [("标题", title[1])])
