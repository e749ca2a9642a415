"""OpenDocument, OFD, web archives and templates: formats that are told by what they hold, and read like the others."""

from __future__ import annotations

import io
import zipfile

import pytest

from flows.sources.plans.formats.losses import Loss
from flows.sources.plans.formats.odt_lists import Lists
from flows.sources.plans.text import SourceText, read_text
from flows.workspace.errors import UnreadableSource
from tests.sources.plans import shape_html, shape_office, shape_pdf
from tests.sources.plans.text_makers import PLAN, as_docx

SPACES = (
    "xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0' "
    "xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' xmlns:style='urn:oasis:names:tc:opendocument:xmlns:style:1.0' "
    "xmlns:draw='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0'"
)
LIST = (
    "<text:list-style style:name='L1'><text:list-level-style-number text:level='1' style:num-format='一, 二, 三, ...' style:num-suffix='、'/>"
    "<text:list-level-style-number text:level='2' style:num-format='1' style:num-prefix='（' style:num-suffix='）'/></text:list-style>"
)


def odt(body: str, styles: str = LIST, *, flat: bool = False) -> bytes:
    content = f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
    if flat:
        return f"<?xml version='1.0'?><office:document {SPACES}>{content}</office:document>".encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", f"<office:document-content {SPACES}>{content}</office:document-content>")
    return stream.getvalue()


def lines(source: SourceText) -> list[str]:
    return source.text.split("\n")


def item(*inner: str) -> str:
    return "<text:list-item>" + "".join(inner) + "</text:list-item>"


def p(text: str, style: str = "") -> str:
    named = f" text:style-name='{style}'" if style else ""
    return f"<text:p{named}>{text}</text:p>"


@pytest.mark.parametrize("flat", [False, True])
def test_lists_count_as_the_document_says(flat: bool) -> None:
    first = (
        "<text:list text:style-name='L1'>"
        + item(p("总则"), "<text:list>" + item(p("甲")) + item(p("乙")) + "</text:list>")
        + "</text:list>"
    )
    second = (
        "<text:list text:style-name='L1' text:continue-numbering='true'>"
        + item(p("附则"), "<text:list>" + item(p("丙")) + "</text:list>")
        + "</text:list>"
    )
    third = "<text:list text:style-name='L1'>" + item(p("另起")) + "</text:list>"
    source = read_text(odt(first + second + third, flat=flat), "a.odt")
    assert lines(source) == ["一、总则", "（1）甲", "（2）乙", "二、附则", "（1）丙", "一、另起"]


def test_merged_repeated_and_nested_cells_of_a_text_document() -> None:
    cell = "<table:table-cell{}>{}</table:table-cell>"
    rows = [
        [cell.format("", p("任务")), cell.format("", p("单位")), cell.format("", p("时限"))],
        [cell.format("", p("甲")), cell.format(" table:number-rows-spanned='2'", p("区甲局") + p("区乙局")), cell.format("", p("6月"))],
        [cell.format("", p("乙")), "<table:covered-table-cell/>", cell.format("", p("9月"))],
    ]
    made = "<table:table>" + "".join("<table:table-row>" + "".join(row) + "</table:table-row>" for row in rows) + "</table:table>"
    source = read_text(odt(made), "a.odt")
    assert lines(source) == ["任务 | 单位 | 时限", "甲 | 区甲局区乙局 | 6月", "乙 | 区甲局区乙局 | 9月"]
    assert source.merged_cells == ((3, 1),)
    assert [source.text[at : at + 3] for at in source.cell_breaks] == ["区乙局"]


def test_hidden_deleted_and_embedded_parts_of_a_text_document() -> None:
    styles = (
        LIST
        + "<style:style style:name='H'><style:text-properties text:display='none'/></style:style><style:style style:name='H2' style:parent-style-name='H'/>"
    )
    body = (
        p("正文<text:span text:style-name='H2'>隐藏</text:span>。")
        + p("隐藏段", "H")
        + "<text:tracked-changes><text:deletion>"
        + p("删去")
        + "</text:deletion></text:tracked-changes>"
    )
    frame = "<text:p><draw:frame draw:name='表'><draw:object/></draw:frame></text:p>"
    source = read_text(odt(body + frame, styles), "a.odt")
    assert lines(source) == ["正文。"]
    assert source.losses == (Loss("attached_part", detail="表"),)


@pytest.mark.parametrize(("format_", "expected"), [("1", "3. "), ("", ""), ("一, 二, 三, ...", "三. "), ("①, ②, ③, ...", "③. ")])
def test_the_third_number_in_several_formats(format_: str, expected: str) -> None:
    from lxml import etree

    lists = Lists()
    style = f"<text:list-style style:name='L'><text:list-level-style-number text:level='1' style:num-format='{format_}' style:num-suffix='.'/></text:list-style>"
    lists.read(etree.fromstring(f"<office:styles {SPACES}>{style}</office:styles>"))
    assert [lists.next("k", "L", 1) for _ in range(3)][-1] == expected.strip()


@pytest.mark.parametrize("name", ["a.docx", "a.doc", "a.odt", "a.ofd", "a.wps"])
def test_an_archive_is_told_by_its_parts_whatever_its_name(name: str) -> None:
    assert PLAN.title in read_text(as_docx(PLAN), name).text
    assert read_text(odt(p("正文一二三。")), name).format == "odt"
    assert read_text(shape_office.ofd(shape_pdf.built(shape_pdf.text())), name).format == "ofd"


@pytest.mark.parametrize(
    "parts",
    [
        {"OFD.xml": "<a>"},
        {"OFD.xml": "<o xmlns='u'><DocBody><DocRoot>../../etc/passwd</DocRoot></DocBody></o>"},
        {
            "OFD.xml": "<o xmlns='u'><DocBody><DocRoot>D.xml</DocRoot></DocBody></o>",
            "D.xml": "<d xmlns='u'><Pages><Page BaseLoc='P.xml'/></Pages></d>",
        },
        {"content.xml": "<a/>"},
        {"content.xml": "<a"},
    ],
)
def test_damaged_archives_are_refused(parts: dict[str, str]) -> None:
    with pytest.raises(UnreadableSource):
        read_text(shape_office.packed(parts), "a.ofd")


def test_a_forged_ofd_ends_soon() -> None:
    many = (
        "<ofd:TextObject Boundary='0 0 9 9' Size='4'><ofd:TextCode X='0' Y='4' DeltaX='g 999999999 1'>"
        + "甲" * 200_000
        + "</ofd:TextCode></ofd:TextObject>"
    )
    data = shape_office.ofd(shape_pdf.built(shape_pdf.text()), more=many)
    assert read_text(data, "a.ofd").format == "ofd"


@pytest.mark.parametrize("way", ["quoted-printable", "base64"])
def test_a_web_archive_gives_the_page_and_its_frames(way: str) -> None:
    outer = shape_html.page("<h1>关于印发要点的通知</h1><iframe src='cid:in@a'></iframe>")
    data = shape_html.archive(
        [("http://a.example/", "text/html", outer), ("cid", "text/html", shape_html.page("<p>框架中的正文。</p>"))], way
    )
    data = data.replace(b"Content-Location: cid", b"Content-ID: <in@a>")
    source = read_text(data, "a.mht")
    assert lines(source) == ["关于印发要点的通知", "框架中的正文。"]
    assert source.losses == ()
