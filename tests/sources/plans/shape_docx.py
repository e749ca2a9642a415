"""The plan in Word's features, written with python-docx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt
from PIL import Image

from tests.sources.plans.shape_plan import (
    BODY,
    DATED,
    IN_TABLE,
    IN_TEXT,
    ISSUER,
    LINES,
    ROWS,
    SECTIONS,
    TABLE,
    TABLE_TITLE,
    TITLE,
    Shape,
    cells,
)
from tests.sources.plans.text_makers import saved

Document = Any
MIX = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def body(document: Document, write: Callable[[str], object] | None = None) -> Document:
    write = write or document.add_paragraph
    document.add_paragraph(TITLE)
    for text in BODY:
        write(text)
    return document


def table(document: Document, rows: list[list[str]] | None = None, style: str | None = "Table Grid") -> Any:
    rows = rows or TABLE
    document.add_paragraph("附件")
    document.add_paragraph(TABLE_TITLE)
    made = document.add_table(len(rows), len(rows[0]))
    made.style = style
    for row, texts in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return made


def whole() -> Document:
    document = body(docx.Document())
    table(document)
    return document


def _without_borders() -> Document:
    document = body(docx.Document())
    table(document, style=None)
    return document


def numbering(document: Document, *levels: tuple[str, str]) -> str:
    part = document.part.numbering_part.element
    shapes = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{pattern}"/></w:lvl>'
        for at, (style, pattern) in enumerate(levels)
    )
    part.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="900">{shapes}</w:abstractNum>'))
    part.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="901"><w:abstractNumId w:val="900"/></w:num>'))
    return "901"


def number(paragraph: Any, level: int = 0) -> None:
    properties = paragraph._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="901"/></w:numPr>'))


def _numbered_outline() -> Document:
    document = docx.Document()
    numbering(document, ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"))
    document.add_paragraph(TITLE)
    document.add_paragraph(BODY[0])
    for _, head, items in SECTIONS:
        number(document.add_paragraph(head))
        for item in items:
            number(document.add_paragraph(item.text), 1)
    table(document)
    return document


def _numbered_column(style: str, pattern: str) -> Callable[[], Document]:
    def make() -> Document:
        document = body(docx.Document())
        numbering(document, (style, pattern))
        for cell in table(document).columns[0].cells[1:]:
            cell.text = ""
            number(cell.paragraphs[0])
        return document

    return make


def _merged_units() -> Document:
    document = body(docx.Document())
    made = table(document)
    made.cell(3, 2).text = ""
    made.cell(2, 2).merge(made.cell(3, 2))
    return document


def _title_row() -> Document:
    document = body(docx.Document())
    made = table(document, [[TABLE_TITLE, "", "", "", ""], *TABLE])
    made.cell(0, 0).merge(made.cell(0, 4))
    return document


def _two_level_header() -> Document:
    document = body(docx.Document())
    made = table(document, [["序号", "工作任务", "责任分工", "", "完成时限"], ["", "", "牵头单位", "责任单位", ""], *TABLE[1:]])
    made.cell(0, 2).merge(made.cell(0, 3))
    for column in (0, 1, 4):
        made.cell(0, column).merge(made.cell(1, column))
    return document


def _section_rows() -> Document:
    document = body(docx.Document())
    made = table(document, [TABLE[0], ["一、制度建设", "", "", "", ""], *TABLE[1:4], ["二、平台建设", "", "", "", ""], *TABLE[4:]])
    for row in (1, 5):
        made.cell(row, 0).merge(made.cell(row, 4))
    return document


def _cells(change: Callable[[Any, str, int], None], columns: tuple[int, ...]) -> Callable[[], Document]:
    """The table with cells of some columns written by hand."""

    def make() -> Document:
        document = body(docx.Document())
        for row in table(document).rows[1:]:
            for column in columns:
                text = row.cells[column].text
                row.cells[column].text = ""
                change(row.cells[column], text, column)
        return document

    return make


def _two_paragraphs(cell: Any, text: str, _: int) -> None:
    cell.paragraphs[0].text = text
    cell.add_paragraph("明确责任人和进度，按月报送情况")


def _wrapped_by_hand(cell: Any, text: str, _: int) -> None:
    run = cell.paragraphs[0].add_run(text[:4])
    run.add_break()
    cell.paragraphs[0].add_run(text[4:])


def _a_unit_a_paragraph(cell: Any, text: str, _: int) -> None:
    first, *rest = text.split("、")
    cell.paragraphs[0].text = first
    for each in rest:
        cell.add_paragraph(each)


def _in_runs(cell: Any, text: str, _: int) -> None:
    for character in text:
        cell.paragraphs[0].add_run(character).font.size = Pt(10)


def _hidden(mark: Callable[[Any, Document], None]) -> Callable[[], Document]:
    """Words that Word does not show, behind each item."""

    def make() -> Document:
        document = docx.Document()
        document.add_paragraph(TITLE)
        for text in BODY:
            paragraph = document.add_paragraph(text)
            mark(paragraph.add_run("（责任单位：区隐藏局）"), document)
        table(document)
        return document

    return make


def _vanish(run: Any, _: Document) -> None:
    run.font.hidden = True


def _vanish_by_style(run: Any, document: Document) -> None:
    if "Unseen" not in document.styles:
        document.styles.add_style("Base unseen", WD_STYLE_TYPE.CHARACTER).font.hidden = True
        document.styles.add_style("Unseen", WD_STYLE_TYPE.CHARACTER).base_style = document.styles["Base unseen"]
    run.style = "Unseen"


def _deleted(run: Any, _: Document) -> None:
    for text in run._r.findall(qn("w:t")):
        text.tag = qn("w:delText")
    wrapper = parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="甲"/>')
    run._r.addprevious(wrapper)
    wrapper.append(run._r)


def _hidden_paragraphs() -> Document:
    document = docx.Document()
    document.styles.add_style("Unseen", WD_STYLE_TYPE.PARAGRAPH).font.hidden = True
    document.add_paragraph(TITLE)
    for text in BODY:
        document.add_paragraph(text)
        document.add_paragraph("（责任单位：区隐藏局）", style="Unseen")
    table(document)
    return document


def _hidden_row() -> Document:
    document = body(docx.Document())
    made = table(document, [*TABLE[:4], ["9", "隐藏任务", "区隐藏局", "区隐藏局", "1月底前"], *TABLE[4:]])
    made.rows[4]._tr.get_or_add_trPr().append(parse_xml(f"<w:hidden {nsdecls('w')}/>"))
    return document


def _inserted(document: Document) -> Document:
    for paragraph in document.paragraphs[3:6]:
        for run in paragraph.runs:
            wrapper = parse_xml(f'<w:ins {nsdecls("w")} w:id="2" w:author="乙"/>')
            run._r.addprevious(wrapper)
            wrapper.append(run._r)
    return document


def _content_control(document: Document) -> Document:
    for element in [*document.element.body][2:6]:
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtPr/><w:sdtContent/></w:sdt>")
        element.addprevious(control)
        control[-1].append(element)
    return document


def _text_box(document: Document) -> Document:
    paragraphs = "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in BODY)
    box = (
        f'<w:p {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:r><w:pict><v:shape style="width:400pt;height:600pt">'
        f"<v:textbox><w:txbxContent>{paragraphs}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>"
    )
    document.add_paragraph(TITLE)
    document.element.body.insert(-1, parse_xml(box))
    table(document)
    return document


def _chunk(suffix: str, kind: str, content: bytes) -> Callable[[], Document]:
    """The body stands in a file of its own inside the package."""

    def make() -> Document:
        document = docx.Document()
        document.add_paragraph(TITLE)
        part = docx.opc.part.Part(docx.opc.packuri.PackURI(f"/word/body.{suffix}"), kind, content, document.part.package)
        identity = document.part.relate_to(part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk")
        chunk = f'<w:altChunk {nsdecls("w", "r")} r:id="{identity}"/>'
        document.element.body.insert(-1, parse_xml(chunk))
        table(document)
        return document

    return make


def _page() -> bytes:
    paragraphs = "".join(f"<p>{text}</p>" for text in BODY)
    return f"<html><head><meta charset=utf-8></head><body>{paragraphs}</body></html>".encode()


def picture(wide: int, high: int, colour: str = "white") -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", (wide, high), colour).save(stream, "PNG")
    stream.seek(0)
    return stream


def _with_picture(document: Document, width: float) -> Document:
    document.add_picture(picture(300, 300), width=Cm(width))
    return document


def _table_as_picture() -> Document:
    document = body(docx.Document())
    document.add_picture(picture(800, 600), width=Cm(15))
    return document


def _drawing(uri: str) -> Callable[[], Document]:
    def make() -> Document:
        document = body(docx.Document())
        xml = (
            f"<w:p {nsdecls('w', 'wp', 'a')}><w:r><w:drawing><wp:inline><wp:extent cx='4000000' cy='3000000'/><a:graphic>"
            f"<a:graphicData uri='http://schemas.openxmlformats.org/drawingml/2006/{uri}'/></a:graphic></wp:inline></w:drawing></w:r></w:p>"
        )
        document.element.body.insert(-1, parse_xml(xml))
        return document

    return make


def _embedded() -> Document:
    document = body(docx.Document())
    xml = (
        f'<w:p {nsdecls("w", "r")} xmlns:o="urn:schemas-microsoft-com:office:office"><w:r><w:object>'
        '<o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="rId99"/></w:object></w:r></w:p>'
    )
    document.element.body.insert(-1, parse_xml(xml))
    return document


def _watermark(document: Document) -> Document:
    mark = (
        f'<w:r {nsdecls("w")} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict><v:shape style="width:300pt;height:80pt">'
        '<v:textpath string="征求意见稿"/></v:shape></w:pict></w:r>'
    )
    document.sections[0].header.paragraphs[0]._p.append(parse_xml(mark))
    return document


def _headings(document: Document) -> Document:
    document.add_heading(TITLE, 0)
    document.add_paragraph(BODY[0])
    for mark, head, items in SECTIONS:
        document.add_heading(mark + head, 1)
        for item in items:
            document.add_heading(item.number + item.title + "。", 2)
            document.add_paragraph(f"{item.words}。{item.clause}")
    table(document)
    return document


def _fields(document: Document) -> Document:
    for paragraph in document.paragraphs[2:6]:
        for run in paragraph.runs:
            field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="REF a"/>')
            run._r.addprevious(field)
            field.append(run._r)
    return document


def _complex_field(document: Document) -> Document:
    paragraph = document.paragraphs[3]
    begin = f'<w:r {nsdecls("w")}><w:fldChar w:fldCharType="begin"/></w:r>'
    code = f"<w:r {nsdecls('w')}><w:instrText>责任单位：区隐藏局</w:instrText></w:r>"
    end = f'<w:r {nsdecls("w")}><w:fldChar w:fldCharType="end"/></w:r>'
    for xml in (begin, code, end):
        paragraph._p.append(parse_xml(xml))
    return document


def _landscape(document: Document) -> Document:
    body(document)
    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    table(document)
    return document


def _nested() -> Document:
    document = body(docx.Document())
    document.add_paragraph("附件")
    outer = document.add_table(1, 1)
    inner = outer.cell(0, 0).add_table(len(TABLE), 5)
    for row, texts in zip(inner.rows, TABLE, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return document


def _renamed(data: bytes, find: str, put: str) -> bytes:
    """The package with words of its parts exchanged, e.g. a template's content type."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(find.encode(), put.encode()))
    return stream.getvalue()


def _strict(data: bytes) -> bytes:
    data = _renamed(
        data, "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    return _renamed(
        data,
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def _spaced_header() -> Document:
    document = body(docx.Document())
    table(document, [["序　号", "工 作 任 务", "牵头\n单位", "责任\n单位", "完成\n时限"], *TABLE[1:]])
    return document


def _footnotes(document: Document) -> Document:
    document.sections[0].footer.paragraphs[0].text = "云栖区人民政府办公室印发"
    document.sections[0].header.paragraphs[0].text = "云栖区政府文件"
    return document


DOCUMENTS: dict[str, Callable[[], Document]] = {
    "plain": whole,
    "headings": lambda: _headings(docx.Document()),
    "numbered outline": _numbered_outline,
    "number column decimal": _numbered_column("decimal", "%1"),
    "number column with stop": _numbered_column("decimal", "%1."),
    "number column with comma": _numbered_column("decimal", "%1、"),
    "table without borders": _without_borders,
    "merged units": _merged_units,
    "title in the table": _title_row,
    "header of two levels": _two_level_header,
    "section rows": _section_rows,
    "spaced header": _spaced_header,
    "two paragraphs in a task": _cells(_two_paragraphs, (1,)),
    "cells wrapped by hand": _cells(_wrapped_by_hand, (1, 2)),
    "a unit a paragraph": _cells(_a_unit_a_paragraph, (3,)),
    "a run a character": _cells(_in_runs, (0, 1, 2, 3, 4)),
    "hidden words": _hidden(_vanish),
    "hidden by a style": _hidden(_vanish_by_style),
    "deleted words": _hidden(_deleted),
    "hidden paragraphs": _hidden_paragraphs,
    "hidden row": _hidden_row,
    "inserted words": lambda: _inserted(whole()),
    "content controls": lambda: _content_control(whole()),
    "text box": lambda: _text_box(docx.Document()),
    "chunk html": _chunk("html", "text/html", _page()),
    "chunk txt": _chunk("txt", "text/plain", "\r\n".join(BODY).encode()),
    "chunk docx": _chunk("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", saved(body(docx.Document()))),
    "chunk unknown": _chunk("bin", "application/octet-stream", b"\x00\x01\x02"),
    "small picture": lambda: _with_picture(whole(), 4),
    "table as picture": _table_as_picture,
    "diagram": _drawing("diagram"),
    "chart": _drawing("chart"),
    "embedded sheet": _embedded,
    "watermark": lambda: _watermark(whole()),
    "fields": lambda: _fields(whole()),
    "complex field": lambda: _complex_field(whole()),
    "landscape section": lambda: _landscape(docx.Document()),
    "nested table": _nested,
    "header and footer": lambda: _footnotes(whole()),
}


def shapes() -> Iterator[Shape]:
    for name, make in DOCUMENTS.items():
        yield Shape(f"docx: {name}", saved(make()), "plan.docx")
    plain = saved(whole())
    template = _renamed(plain, "document.main+xml", "template.main+xml")
    yield Shape("docx: template", template, "plan.dotx")
    yield Shape("docx: strict", _strict(plain), "plan.docx")
    yield Shape("docx: named .doc", plain, "plan.doc")
    yield Shape("docx: named .wps", plain, "plan.wps")
    yield Shape("docx: with macros", plain, "plan.docm")
    yield Shape("docx: only a picture", saved(_with_picture(docx.Document(), 16)), "plan.docx")
    yield Shape("docx: no tasks in a table", saved(body(docx.Document())), "plan.docx", tuple(IN_TEXT))
    only = docx.Document()
    only.add_paragraph(TITLE)
    table(only)
    yield Shape("docx: the table alone", saved(only), "plan.docx", tuple(IN_TABLE))


__all__ = ["DATED", "ISSUER", "LINES", "ROWS", "body", "cells", "shapes", "table", "whole"]
