"""Marks of a plan document in places that the reader of its page does not look at, and in forms that pages make of them."""

from __future__ import annotations

import io

import docx
import pytest

from flows.sources.plans.marks import read_marks, strictest
from flows.sources.plans.text import read_text

BODY = ["栖川县2026年政务公开工作要点", "一、加强公开", "（一）推进财政信息公开。责任单位：县财政局。完成时限：2026年12月底前。"]


def kind_of_page(head: str = "", before: str = "", after: str = "") -> str | None:
    page = f"<html><head><meta charset=utf-8>{head}</head><body>{before}{''.join(f'<p>{line}</p>' for line in BODY)}{after}</body></html>"
    return _kind(page.encode(), "a.html")


def kind_of_word(*, keywords: str = "", category: str = "", comment: str = "", first_row: tuple[str, ...] = ()) -> str | None:
    document = docx.Document()
    if first_row:
        table = document.add_table(1, len(first_row))
        for cell, text in zip(table.rows[0].cells, first_row, strict=True):
            cell.text = text
    for line in BODY:
        document.add_paragraph(line)
    document.core_properties.keywords, document.core_properties.category = keywords, category
    if comment:
        document.add_comment(document.paragraphs[0].runs, text=comment, author="办公室", initials="b")
    sink = io.BytesIO()
    document.save(sink)
    return _kind(sink.getvalue(), "a.docx")


def _kind(data: bytes, name: str) -> str | None:
    mark = strictest(read_marks(read_text(data, name)))
    return mark.kind if mark else None


@pytest.mark.parametrize(
    ("head", "before", "after", "kind"),
    [
        ("<title>政务公开工作要点（依申请公开）</title>", "", "", None),  # the word of a menu too
        ("<title>政务公开工作要点（不公开）</title>", "", "", "withheld"),
        ("<title>政务公开工作要点（内部文件）</title>", "", "", "internal"),
        ('<meta name="公开类别" content="依申请公开">', "", "", "on_request"),
        ('<meta property="密级" content="机密">', "", "", "secret"),
        ('<meta name="description" content="此件不宜公开">', "", "", "withheld"),
        ("", "", '<input type="hidden" name="公开属性" value="不予公开">', "withheld"),
        ("", "<ul><li><em>信息公开属性</em><span>不予公开</span></li></ul>", "", "withheld"),
        ("", "<p><b>密级</b><i>秘密</i></p>", "", "secret"),
        ("<title>政务公开工作要点_栖川县人民政府</title>", "", "", None),
        ('<meta name="keywords" content="政府信息公开,依申请公开,主动公开">', "", "", None),
        ('<meta name="ColumnName" content="依申请公开">', "", "", None),
        ("", "", '<input type="hidden" name="公开属性" value="主动公开">', None),
        ("", "<p><b>公开属性</b><i>主动公开</i></p>", "", "public"),
    ],
)
def test_what_a_page_does_not_show_is_a_mark_unless_it_says_public(head: str, before: str, after: str, kind: str | None) -> None:
    assert kind_of_page(head, before, after) == kind


def test_properties_and_comments_of_a_word_file_are_marks() -> None:
    assert kind_of_word() is None
    assert kind_of_word(keywords="政务公开；要点", category="工作要点") is None
    assert kind_of_word(keywords="不予公开") == "withheld"
    assert kind_of_word(category="内部资料") == "internal"
    assert kind_of_word(comment="此件依申请公开") == "on_request"
    assert kind_of_word(comment="请核对完成时限") is None


def test_fields_side_by_side_are_read_each_for_itself() -> None:
    assert kind_of_word(first_row=("公开属性", "主动公开", "密级", "无")) == "public"
    assert kind_of_word(first_row=("密级", "无", "公开属性", "不予公开")) == "withheld"
    assert kind_of_word(first_row=("公开属性", "主动公开", "密级", "秘密")) == "secret"


@pytest.mark.parametrize("line", ["（不得见报、上网）", "（请勿刊登）", "（不登报）", "（严禁登载和上网）", "（不上报刊，不上网）"])
def test_what_must_not_be_printed_is_held(line: str) -> None:
    assert _kind("\n".join([*BODY, line]).encode(), "a.txt") in {"internal", "unknown"}
