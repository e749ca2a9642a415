"""Word documents as their reader sees them: generated numbers, merged cells, accepted changes, text boxes."""

from __future__ import annotations

import copy

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from flows.sources.plans.text import SourceText, read_text
from tests.sources.plans.text_makers import add_table, saved


def read(document: docx.document.Document) -> SourceText:
    return read_text(saved(document), "a.docx")


def texts(document: docx.document.Document, *kinds: str) -> list[str]:
    return [line.text for line in read(document).lines if not kinds or line.kind in kinds]


def numbered(document: docx.document.Document, *levels: tuple[str, str], overrides: str = "") -> str:
    """Adds a list whose levels are (style, pattern) and returns its id."""
    numbering = document.part.numbering_part.element
    shapes = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for at, (style, pattern) in enumerate(levels)
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="900">{shapes}</w:abstractNum>'))
    return instance(document, "901", overrides)


def instance(document: docx.document.Document, list_id: str, overrides: str = "") -> str:
    numbering = document.part.numbering_part.element
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{list_id}"><w:abstractNumId w:val="900"/>{overrides}</w:num>'))
    return list_id


def item(document: docx.document.Document, text: str, list_id: str, level: int = 0) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>'))


def test_numbers_that_word_generates_stand_before_their_text() -> None:
    document = docx.Document()
    list_id = numbered(
        document, ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."), ("decimalEnclosedCircle", "%4")
    )
    for level, text in (
        (0, "总则"),
        (1, "公开"),
        (2, "预算"),
        (2, "决算"),
        (3, "明细"),
        (1, "解读"),
        (2, "图解"),
        (0, "附则"),
        (1, "施行"),
    ):
        item(document, text, list_id, level)
    assert texts(document) == ["一、总则", "（一）公开", "1.预算", "2.决算", "①明细", "（二）解读", "1.图解", "二、附则", "（一）施行"]


def test_numbers_of_several_levels_and_past_ten() -> None:
    document = docx.Document()
    list_id = numbered(document, ("chineseCountingThousand", "第%1条"), ("decimal", "%1.%2"))
    for _ in range(11):
        item(document, "款", list_id)
    item(document, "目", list_id, 1)
    found = texts(document)
    assert found[9:] == ["第十条 款", "第十一条 款", "十一.1 目"]


def test_a_list_told_to_restart_does_and_others_go_on() -> None:
    document = docx.Document()
    first = numbered(document, ("decimal", "%1."))
    again = instance(document, "902")
    anew = instance(document, "903", '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
    for text, list_id in (("甲", first), ("乙", first), ("丙", again), ("丁", anew), ("戊", anew)):
        item(document, text, list_id)
    assert texts(document) == ["1.甲", "2.乙", "3.丙", "1.丁", "2.戊"]


def test_numbers_come_from_styles_too() -> None:
    document = docx.Document()
    for text in ("甲", "乙"):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("丙", style="List Bullet")
    assert texts(document) == ["1.甲", "2.乙", "丙"]


def test_headings_are_told_from_text() -> None:
    document = docx.Document()
    document.add_heading("工作要点", 0)
    document.add_heading("一、目标", 1)
    document.add_paragraph("正文。")
    assert texts(document, "heading") == ["工作要点", "一、目标"]
    assert texts(document, "text") == ["正文。"]


def test_merged_cells_repeat_downwards_and_leave_gaps_sideways() -> None:
    document = docx.Document()
    rows = [["任务", "单位", "时限"], ["甲", "财政局", "6月"], ["", "审计局", "9月"], ["合计", "", "3项"]]
    table = add_table(document, rows)
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 1))
    source = read(document)
    assert [line.text for line in source.lines] == ["任务 | 单位 | 时限", "甲 | 财政局 | 6月", "甲 | 审计局 | 9月", "合计 |  | 3项"]
    assert source.merged_cells == ((3, 0),)


def test_breaks_inside_cells_vanish_between_chinese_characters_only() -> None:
    document = docx.Document()
    add_table(document, [["市发展\n改革局", "GDP\n2024", "甲\n\n乙"]])
    assert texts(document) == ["市发展改革局 | GDP 2024 | 甲乙"]


def test_a_table_inside_a_cell_follows_its_row_and_a_frame_is_no_table() -> None:
    document = docx.Document()
    outer = add_table(document, [["甲", "乙"], ["丙", "丁"]])
    inner = outer.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "子", "丑"
    frame = document.add_table(1, 1)
    frame.cell(0, 0).text = "框内正文"
    source = read(document)
    assert [(line.text, line.kind) for line in source.lines] == [
        ("甲 | 乙", "table"),
        ("子 | 丑", "table"),
        ("丙 | 丁", "table"),
        ("框内正文", "text"),
    ]


def test_deleted_and_hidden_text_is_left_out_and_inserted_text_kept() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("保留")
    for xml in (
        '<w:del {0} w:id="1"><w:r><w:delText>删去</w:delText></w:r></w:del>',
        '<w:ins {0} w:id="2"><w:r><w:t>新增</w:t></w:r></w:ins>',
        "<w:r {0}><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>",
        '<w:moveFrom {0} w:id="3"><w:r><w:t>移走</w:t></w:r></w:moveFrom>',
        "<w:r {0}><w:instrText>PAGE</w:instrText></w:r>",
        "<w:smartTag {0}><w:r><w:t>2024年</w:t><w:noBreakHyphen/><w:t>2025年</w:t></w:r></w:smartTag>",
    ):
        paragraph._p.append(parse_xml(xml.format(nsdecls("w"))))
    assert texts(document) == ["保留新增2024年-2025年"]


TEXT_BOX = """<w:r {0}><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">
<mc:Choice Requires="wps"><w:drawing><wps:txbx xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<w:txbxContent><w:p><w:r><w:t>框中文字</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>
<mc:Fallback><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent><w:p><w:r><w:t>框中文字</w:t></w:r></w:p>
</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"""


def test_a_text_box_is_read_once_after_its_paragraph() -> None:
    document = docx.Document()
    document.add_paragraph("段落")._p.append(parse_xml(TEXT_BOX.format(nsdecls("w"))))
    document.add_paragraph("下一段")
    assert texts(document) == ["段落", "框中文字", "下一段"]


def test_line_breaks_part_lines_and_page_breaks_do_not() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    run = paragraph.add_run("第一行")
    run.add_break()
    run.add_text("第二行")
    run.add_break(docx.enum.text.WD_BREAK.PAGE)
    run.add_text("仍是第二行")
    assert texts(document) == ["第一行", "第二行仍是第二行"]


def test_headers_and_footers_are_kept_as_boilerplate_at_the_end() -> None:
    document = docx.Document()
    document.add_paragraph("正文")
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.sections[0].footer.paragraphs[0].text = "第1页"
    assert [(line.text, line.kind) for line in read(document).lines] == [
        ("正文", "text"),
        ("内部资料", "boilerplate"),
        ("第1页", "boilerplate"),
    ]


@pytest.mark.parametrize("wrapper", ["sdt", "customXml"])
def test_content_controls_hide_nothing(wrapper: str) -> None:
    document = docx.Document()
    document.add_paragraph("甲")
    add_table(document, [["乙", "丙"]])
    body = document.element.body
    holder = parse_xml(f"<w:{wrapper} {nsdecls('w')}>{'<w:sdtContent/>' if wrapper == 'sdt' else ''}</w:{wrapper}>")
    inside = holder[0] if wrapper == "sdt" else holder
    inside.extend([copy.deepcopy(each) for each in body.iterchildren(qn("w:p"), qn("w:tbl"))])
    body.insert(0, holder)
    assert texts(document) == ["甲", "乙 | 丙"] * 2


def test_a_table_of_contents_is_boilerplate() -> None:
    document = docx.Document()
    document.styles.add_style("toc 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("一、总则\t2", style="toc 1")
    document.add_paragraph("一、总则")
    assert [(line.text, line.kind) for line in read(document).lines] == [("一、总则 2", "boilerplate"), ("一、总则", "text")]
