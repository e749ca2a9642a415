"""Marks of a plan document in places that the reader of its page does not look at, and in forms that pages make of them."""

from __future__ import annotations

import io

import docx
import pytest
from docx.oxml import parse_xml
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen import canvas

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
        ("", '<p><img src="z.png" alt="此件免予公开"></p>', "", "withheld"),
        ("", '<div title="内部资料，请勿外传"></div>', "", "internal"),
        ("", "", '<section data-watermark="机密★5年"></section>', "secret"),
        ("", "", "<svg><text>不宜公开</text></svg>", "withheld"),
        ("<style>.w::after{content:'此件免予公开'}</style>", "", "", "withheld"),
        ("<style>a:before{content:'·'}</style>", "", "", None),
        ("", '<img src="data:image/svg+xml;utf8,%3Csvg%3E%3Ctext%3E内部文件%3C/text%3E%3C/svg%3E">', "", "internal"),
        ("", '<p style="display:none">公开类别：免予公开</p>', "", "withheld"),
        ("", '<label><input type="checkbox">主动公开</label><label><input type="checkbox" checked>不予公开</label>', "", "withheld"),
        ("", '<input type="radio">主动公开 <input type="radio" checked>依申请公开', "", "on_request"),
        ("", '<a href="b.html" title="某会议纪要（不予公开）">更多</a>', "", None),  # another page
        ("", '<a href="/ysq"><img alt="依申请公开"></a><ul hidden><li>依申请公开</li></ul>', "", None),
        ("", '<label><input type="radio" checked>全文</label>', "", None),
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


VML = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'


@pytest.mark.parametrize(
    ("place", "words", "kind"),
    [
        ("header", "绝密", "secret"), ("body", "不宜公开", "withheld"), ("header", "依申请公开", "on_request"),
        ("footer", "内部文件 请勿外传", "internal"), ("header", "栖川县人民政府", None), ("body", "样稿", None),
    ],
)  # fmt: skip
def test_a_watermark_of_a_word_file_is_a_mark(place: str, words: str, kind: str | None) -> None:
    document = docx.Document()
    for line in BODY:
        document.add_paragraph(line)
    holder = document if place == "body" else getattr(document.sections[0], place)
    drawn = f'<w:r {VML}><w:pict><v:shape style="rotation:315"><v:textpath string="{words}"/></v:shape></w:pict></w:r>'
    holder.paragraphs[0]._p.append(parse_xml(drawn))
    sink = io.BytesIO()
    document.save(sink)
    assert _kind(sink.getvalue(), "a.docx") == kind


@pytest.mark.parametrize(("where", "words", "kind"), [("footer", "依申请公开", "on_request"), ("header", "县依申请公开股编印", None)])
def test_the_margin_of_a_word_file_may_be_a_mark_that_is_a_menus_word_elsewhere(where: str, words: str, kind: str | None) -> None:
    document = docx.Document()
    for line in BODY:
        document.add_paragraph(line)
    getattr(document.sections[0], where).paragraphs[0].text = words
    sink = io.BytesIO()
    document.save(sink)
    assert _kind(sink.getvalue(), "a.docx") == kind


def pdf(*, properties: dict[str, str] | None = None, bookmark: str = "", aslant: str = "") -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    sink = io.BytesIO()
    page = canvas.Canvas(sink, pagesize=(595, 842))
    for name, text in (properties or {}).items():
        getattr(page, f"set{name}")(text)
    page.setFont("STSong-Light", 12)
    for number, line in enumerate(BODY):
        page.drawString(70, 740 - 28 * number, line)
    if bookmark:
        page.bookmarkPage("a")
        page.addOutlineEntry(bookmark, "a", 0)
    for number, sign in enumerate(aslant):
        page.drawString(80 + 70 * number, 200 + 70 * number, sign)
    page.save()
    return sink.getvalue()


def test_properties_bookmarks_and_slanting_letters_of_a_pdf_are_marks() -> None:
    assert _kind(pdf(), "a.pdf") is None
    assert _kind(pdf(properties={"Title": "要点（此件不公开）"}), "a.pdf") == "withheld"
    assert _kind(pdf(properties={"Keywords": "依申请公开"}), "a.pdf") == "on_request"
    assert _kind(pdf(properties={"Keywords": "政务公开,依申请公开,指南", "Subject": "公文"}), "a.pdf") is None
    assert _kind(pdf(properties={"Subject": "内部资料"}), "a.pdf") == "internal"
    assert _kind(pdf(bookmark="附件二（不予公开）"), "a.pdf") == "withheld"
    assert _kind(pdf(aslant="依申请公开"), "a.pdf") == "on_request"
    assert _kind(pdf(aslant="栖川县政府"), "a.pdf") is None


@pytest.mark.parametrize(
    ("meta", "kind"),
    [
        ("<dc:title>要点（不宜公开）</dc:title>", "withheld"),
        ("<meta:keyword>依申请公开</meta:keyword>", "on_request"),
        ('<meta:user-defined meta:name="密级">机密</meta:user-defined>', "secret"),
        ("<dc:subject>工作要点</dc:subject>", None),
    ],
)
def test_properties_of_an_opendocument_text_are_marks(meta: str, kind: str | None) -> None:
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "meta"))
    text = "".join(f"<text:p>{line}</text:p>" for line in BODY)
    flat = (
        f'<office:document {spaces} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:meta>{meta}</office:meta>'
        f"<office:body><office:text>{text}</office:text></office:body></office:document>"
    )
    assert _kind(flat.encode(), "a.fodt") == kind


@pytest.mark.parametrize(
    "line", ["附表三属内部材料，请勿外传。", "（附件1至附件3依申请公开）", "（本页起均不公开）", "附录：不予公开", "附件四为机密"]
)
def test_what_is_said_of_a_part_holds_the_document_for_a_person(line: str) -> None:
    assert _kind("\n".join([*BODY, line]).encode(), "a.txt") is not None


@pytest.mark.parametrize(
    "line",
    ["附件：1．不予公开事项审查流程图", "附件2．依申请公开办理时限表", "附件3为任务分解表，请认真落实。", "附件：秘密载体管理工作任务清单"],
)
def test_the_title_of_an_annex_is_no_mark(line: str) -> None:
    assert _kind("\n".join([*BODY, line]).encode(), "a.txt") is None
