"""The plan as PDF: tables in many styles, scans, layers, turned and odd pages, drawn with reportlab."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from functools import partial
from html import escape
from typing import Any

import pypdfium2
from PIL import Image
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Table

from tests.sources.plans.shape_plan import BODY, IN_TABLE, IN_TEXT, TABLE, TABLE_TITLE, TITLE, Shape
from tests.sources.plans.text_makers import BODY as BODY_STYLE
from tests.sources.plans.text_makers import FONT
from tests.sources.plans.text_makers import TITLE as TITLE_STYLE

CELL = ParagraphStyle("cell", fontName=FONT, fontSize=10, leading=13, wordWrap="CJK")
WIDE = (40, 150, 100, 120, 70)
NARROW = (30, 75, 62, 66, 56)
TIGHT = (24, 64, 52, 57, 44)
BOX = ("BOX", (0, 0), (-1, -1), 0.5, "black")
LINES: dict[str, list[Any]] = {
    "grid": [("GRID", (0, 0), (-1, -1), 0.5, "black")],
    "three lines": [
        ("LINEABOVE", (0, 0), (-1, 0), 1.2, "black"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, "black"),
        ("LINEBELOW", (0, -1), (-1, -1), 1.2, "black"),
    ],
    "level lines": [("LINEBELOW", (0, 0), (-1, -1), 0.5, "black"), ("LINEABOVE", (0, 0), (-1, 0), 0.5, "black")],
    "shaded rows": [("ROWBACKGROUNDS", (0, 0), (-1, -1), (HexColor("#ddeeff"), HexColor("#ffffff")))],
    "shaded header": [("BACKGROUND", (0, 0), (-1, 0), HexColor("#cccccc"))],
    "none": [],
    "outer box": [BOX],
    "upright lines": [BOX, *(("LINEAFTER", (each, 0), (each, -1), 0.5, "black") for each in range(4))],
}


def table(
    lines: str, widths: tuple[int, ...], align: str = "TOP", padding: float = 3, rows: list[list[str]] | None = None, **more: Any
) -> Table:
    style = [("VALIGN", (0, 0), (-1, -1), align), ("TOPPADDING", (0, 0), (-1, -1), padding), ("BOTTOMPADDING", (0, 0), (-1, -1), padding)]
    cell = ParagraphStyle("set", CELL, alignment=more.pop("alignment", 0))
    content = [[Paragraph(escape(text), cell) if text else "" for text in row] for row in rows or TABLE]
    spans = more.pop("spans", [])
    return Table(content, colWidths=widths, style=[*style, *LINES[lines], *spans], **more)


def text() -> list[Any]:
    return [Paragraph(TITLE, TITLE_STYLE), *(Paragraph(escape(each), BODY_STYLE) for each in BODY)]


def heads() -> list[Any]:
    return [Paragraph("附件", BODY_STYLE), Paragraph(TABLE_TITLE, BODY_STYLE)]


def built(story: list[Any], on_page: Callable[[Any, Any], None] | None = None, **options: Any) -> bytes:
    stream = io.BytesIO()
    draw = on_page or (lambda _canvas, _document: None)
    SimpleDocTemplate(stream, **options).build(story, onFirstPage=draw, onLaterPages=draw)
    return stream.getvalue()


def tables() -> Iterator[Shape]:
    """Eight ways to rule a table, wrapped or not, cells set to top, middle or bottom."""
    for lines in LINES:
        for label, widths in (("wide", WIDE), ("narrow", NARROW)):
            for align in ("TOP", "MIDDLE"):
                yield Shape(f"pdf: {lines}, {label}, {align.lower()}", built([*text(), *heads(), table(lines, widths, align)]), "plan.pdf")
    for lines in ("none", "three lines", "level lines"):
        yield Shape(f"pdf: {lines}, tight", built([*text(), *heads(), table(lines, TIGHT, padding=0.5)]), "plan.pdf")
        yield Shape(f"pdf: {lines}, no padding", built([*text(), *heads(), table(lines, NARROW, padding=0)]), "plan.pdf")
        yield Shape(f"pdf: {lines}, middle, no padding", built([*text(), *heads(), table(lines, NARROW, "MIDDLE", padding=0)]), "plan.pdf")
        yield Shape(f"pdf: {lines}, bottom", built([*text(), *heads(), table(lines, NARROW, "BOTTOM")]), "plan.pdf")
        yield Shape(f"pdf: {lines}, centred", built([*text(), *heads(), table(lines, NARROW, "MIDDLE", alignment=1)]), "plan.pdf")
    yield from _odd_tables()


def _odd_tables() -> Iterator[Shape]:
    merged = [list(row) for row in TABLE]
    merged[3][2] = ""
    for lines, span in (("grid", (("SPAN", (2, 2), (2, 3)),)), ("none", ()), ("level lines", (("SPAN", (2, 2), (2, 3)),))):
        yield Shape(f"pdf: {lines}, merged units", built([*text(), *heads(), table(lines, WIDE, rows=merged, spans=span)]), "plan.pdf")
    sections = [TABLE[0], ["一、制度建设", "", "", "", ""], *TABLE[1:4], ["二、平台建设", "", "", "", ""], *TABLE[4:]]
    for lines in ("grid", "level lines", "none"):
        spans = [("SPAN", (0, row), (-1, row)) for row in (1, 5)]
        yield Shape(f"pdf: {lines}, section rows", built([*text(), *heads(), table(lines, NARROW, rows=sections, spans=spans)]), "plan.pdf")
    unnumbered = [row[1:] for row in TABLE]
    tasks = (*IN_TEXT, *((" ".strip(), *task[1:]) for task in IN_TABLE))
    for lines in ("grid", "three lines", "level lines", "none"):
        made = table(lines, NARROW[1:], rows=unnumbered)
        yield Shape(f"pdf: {lines}, without numbers", built([*text(), *heads(), made]), "plan.pdf", tasks)
    remarks = [[*row, "备注" if not at else ""] for at, row in enumerate(TABLE)]
    for lines in ("grid", "none"):
        yield Shape(f"pdf: {lines}, empty column", built([*text(), *heads(), table(lines, (*NARROW, 40), rows=remarks)]), "plan.pdf")
    for lines in ("grid", "three lines", "none"):
        story = [*text(), *heads(), table(lines, NARROW, repeatRows=1)]
        yield Shape(f"pdf: {lines}, over two pages", built(story, pagesize=(595, 560)), "plan.pdf")
        story = [*text(), PageBreak(), *heads(), table(lines, NARROW)]
        yield Shape(f"pdf: {lines}, low pages", built(story, pagesize=(595, 330)), "plan.pdf")
    yield Shape("pdf: table alone", built([Paragraph(TITLE, TITLE_STYLE), table("none", NARROW)]), "plan.pdf", tuple(IN_TABLE))


def pages() -> Iterator[Shape]:
    """Pages with something on, around or instead of their text."""
    whole = partial(lambda: [*text(), *heads(), table("grid", WIDE)])
    yield Shape(
        "pdf: page numbers",
        built(whole(), lambda canvas, _: canvas.drawCentredString(300, 30, f"- {canvas.getPageNumber()} -")),
        "plan.pdf",
    )
    yield Shape("pdf: landscape", built(whole(), pagesize=landscape(A4)), "plan.pdf")
    yield Shape("pdf: slanting watermark", built(whole(), _slanting), "plan.pdf")
    yield Shape("pdf: level watermark", built(whole(), _level), "plan.pdf")
    yield Shape("pdf: level watermark over an open table", built([*text(), *heads(), table("none", WIDE)], _level), "plan.pdf")
    yield Shape("pdf: small level watermark", built(whole(), _small), "plan.pdf")
    yield Shape("pdf: clear watermark", built(whole(), _clear), "plan.pdf")
    yield Shape("pdf: tiled watermark", built(whole(), _tiled), "plan.pdf")
    yield Shape("pdf: seal", built(whole(), _seal), "plan.pdf")
    yield Shape("pdf: background picture", built(whole(), _background), "plan.pdf")
    yield Shape("pdf: lines drawn in any order", shuffled(built(whole())), "plan.pdf")
    for lines in ("grid", "none", "three lines"):
        yield Shape(f"pdf: {lines}, a text a line", by_line(lines), "plan.pdf")
    yield Shape("pdf: landscape table turned on an upright page", turned_table(), "plan.pdf")
    yield Shape("pdf: turned by the page's key", turned_page(), "plan.pdf")
    yield Shape("pdf: long turned note", built(whole(), _turned_note), "plan.pdf")
    yield Shape("pdf: letters drawn as curves", curves(), "plan.pdf")
    yield Shape("pdf: from top to bottom", vertical(), "plan.pdf", tuple(IN_TEXT))
    yield Shape("pdf: a column from top to bottom", built(whole(), _vertical_note), "plan.pdf")
    yield Shape("pdf: compressed and encrypted without a password", built(whole(), pageCompression=1, encrypt=_open_lock()), "plan.pdf")


def _open_lock() -> Any:
    from reportlab.lib.pdfencrypt import StandardEncryption

    return StandardEncryption("", "owner", canCopy=0)


def _slanting(canvas: Canvas, _: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 60)
    canvas.setFillColorRGB(0.8, 0.8, 0.8)
    canvas.rotate(45)
    canvas.drawString(300, 100, "内部资料")
    canvas.restoreState()


def _level(canvas: Canvas, _: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 48)
    canvas.setFillColorRGB(0.85, 0.85, 0.85)
    for height in (150, 350, 500, 650):
        canvas.drawString(120, height, "云栖区政府")
    canvas.restoreState()


def _small(canvas: Canvas, _: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 15)
    canvas.setFillColorRGB(0.8, 0.8, 0.8)
    for height in range(80, 760, 60):
        canvas.drawString(150, height, "内部资料 注意保存")
    canvas.restoreState()


def _clear(canvas: Canvas, _: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 40)
    canvas.setFillAlpha(0.15)
    for height in (200, 400, 600):
        canvas.drawString(100, height, "云栖区政府办")
    canvas.restoreState()


def _tiled(canvas: Canvas, _: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 9)
    canvas.setFillColorRGB(0.8, 0.8, 0.8)
    canvas.rotate(30)
    for x in range(0, 900, 150):
        for y in range(-300, 700, 120):
            canvas.drawString(x, y, "政务公开专用")
    canvas.restoreState()


def _seal(canvas: Canvas, _: Any) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (100, 100), "red")), 400, 60, 100, 100)


def _background(canvas: Canvas, _: Any) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (100, 140), "#f8f8f0")), 0, 0, *A4)


def _turned_note(canvas: Canvas, _: Any) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 9)
    canvas.rotate(90)
    canvas.drawString(100, -580, "注：本表由区政府办公室会同各单位制定，责任单位排名不分先后")
    canvas.restoreState()


def _vertical_note(canvas: Canvas, _: Any) -> None:
    canvas.setFont(FONT, 10)
    for index, character in enumerate("装订线外不得书写"):
        canvas.drawString(20, 600 - 14 * index, character)


def printed(data: bytes) -> list[list[tuple[str, float, float, float]]]:
    """For each page its characters with place and size, as they stand."""
    document = pypdfium2.PdfDocument(data)
    found = []
    for page in document:
        texts = page.get_textpage()
        characters = []
        for index in range(texts.count_chars()):
            character = texts.get_text_range(index, 1)
            if character.strip():
                left, bottom, right, _ = texts.get_charbox(index, loose=True)
                characters.append(
                    (character, left, bottom + 0.12 * (right - left), right - left if character > "\xff" else 2 * (right - left))
                )
        found.append(characters)
    return found


def shuffled(data: bytes) -> bytes:
    """The same characters, drawn in pieces in any order, without the rules."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    chance = random.Random(5)
    for characters in printed(data):
        lines: dict[int, list[tuple[str, float, float, float]]] = {}
        for each in characters:
            lines.setdefault(round(each[2]), []).append(each)
        order = list(lines.values())
        chance.shuffle(order)
        for line in order:
            _draw(canvas, line)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _draw(canvas: Canvas, characters: list[tuple[str, float, float, float]]) -> None:
    for character, x, y, size in characters:
        canvas.setFont(FONT, max(6, round(size, 1)))
        canvas.drawString(x, y, character)


def by_line(lines: str) -> bytes:
    """Each line over all columns is one text, as recognition layers have it; rules are left out."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for characters in printed(built([*text(), *heads(), table(lines, NARROW)])):
        for each in sorted(characters, key=lambda one: (-round(one[2]), one[1])):
            _draw(canvas, [each])
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def turned_table() -> bytes:
    """A wide table set at a right angle, so that it fits an upright page."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    _text_pages(canvas)
    canvas.rotate(90)
    made = table("grid", WIDE)
    made.wrapOn(canvas, 800, 500)
    made.drawOn(canvas, 100, -500)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def turned_page() -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    _text_pages(canvas)
    canvas.setPageRotation(90)
    canvas.translate(A4[0], 0)
    canvas.rotate(90)
    made = table("none", WIDE)
    made.wrapOn(canvas, 800, 500)
    made.drawOn(canvas, 100, 100)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _text_pages(canvas: Canvas) -> None:
    height = 780.0
    for flowable in text():
        _, high = flowable.wrap(450, 800)
        height -= high + 6
        flowable.drawOn(canvas, 72, height)
    canvas.showPage()


def curves() -> bytes:
    """Letters turned into outlines: small curved shapes, hundreds of them."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for row in range(20):
        for column in range(30):
            path = canvas.beginPath()
            path.moveTo(60 + 15 * column, 700 - 20 * row)
            path.curveTo(65 + 15 * column, 705 - 20 * row, 68 + 15 * column, 699 - 20 * row, 70 + 15 * column, 702 - 20 * row)
            canvas.drawPath(path, fill=1)
    canvas.save()
    return stream.getvalue()


def vertical() -> bytes:
    """Columns of characters from right to left."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    column = 0
    for paragraph in (TITLE, *BODY):
        for start in range(0, len(paragraph), 45):
            canvas.setFont(FONT, 12)
            indent = 0 if start else 2
            for index, character in enumerate(paragraph[start : start + 45]):
                canvas.drawString(540 - 19 * (column % 26), 770 - 15.5 * (index + indent), character)
            column += 1
            if column % 26 == 0:
                canvas.showPage()
    canvas.save()
    return stream.getvalue()


def scans() -> Iterator[Shape]:
    """Pictures of pages: alone, among text, with a layer of text, with a page number."""
    data = built([*text(), PageBreak(), *heads(), table("grid", WIDE)])
    images = [page.render(scale=1.6).to_pil() for page in pypdfium2.PdfDocument(data)]
    yield Shape("pdf: scan", scan(images, {}), "plan.pdf")
    yield Shape(
        "pdf: scan with page numbers", scan(images, {0: [("- 1 -", 290.0, 20.0, 10.0)], 1: [("- 2 -", 290.0, 20.0, 10.0)]}), "plan.pdf"
    )
    layers = dict(enumerate(printed(data)))
    yield Shape("pdf: scan with a layer", scan(images, layers, invisible=True), "plan.pdf")
    yield Shape("pdf: scan with a layer on one page", scan(images, {0: layers[0]}, invisible=True), "plan.pdf")
    cut = {0: layers[0], 1: [each for each in layers[1] if not 600 < each[2] < 640]}
    yield Shape("pdf: scan whose layer leaves lines out", scan(images, cut, invisible=True), "plan.pdf")
    open_layer = built([*text(), PageBreak(), *heads(), table("none", NARROW)])
    pictures = [page.render(scale=1.6).to_pil() for page in pypdfium2.PdfDocument(open_layer)]
    yield Shape("pdf: scan of an open table with a layer", scan(pictures, dict(enumerate(printed(open_layer))), invisible=True), "plan.pdf")
    yield Shape("pdf: text, then a scanned table", text_then(images[1]), "plan.pdf")
    yield Shape("pdf: text, then a scan in strips", text_then(images[1], strips=12), "plan.pdf")
    for suffix, kind in (("png", "PNG"), ("jpg", "JPEG"), ("tif", "TIFF"), ("bmp", "BMP")):
        stream = io.BytesIO()
        images[1].convert("RGB").save(stream, kind)
        yield Shape(f"picture: {suffix}", stream.getvalue(), f"plan.{suffix}", tuple(IN_TABLE))


def scan(images: list[Image.Image], layers: dict[int, list[tuple[str, float, float, float]]], *, invisible: bool = False) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for index, image in enumerate(images):
        canvas.drawImage(ImageReader(image), 0, 0, *A4)
        for character, x, y, size in layers.get(index, []):
            written = canvas.beginText(x, y)
            written.setFont(FONT, max(6, round(size, 1)))
            written.setTextRenderMode(3 if invisible else 0)
            written.textOut(character)
            canvas.drawText(written)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def text_then(image: Image.Image, strips: int = 1) -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4)
    _text_pages(canvas)
    high = image.height // strips
    for strip in range(strips):
        part = image.crop((0, strip * high, image.width, (strip + 1) * high))
        canvas.drawImage(ImageReader(part), 0, A4[1] * (1 - (strip + 1) / strips), A4[0], A4[1] / strips)
    canvas.showPage()
    canvas.save()
    return stream.getvalue()


def fonts() -> Iterator[Shape]:
    """Fonts whose characters copy as something else."""
    whole = built([*text(), *heads(), table("grid", WIDE)])
    for name, other in (
        ("rare signs", _rare),
        ("private signs", lambda code: 0xE000 + code % 6000),
        ("letters", lambda code: 0x21 + code % 90),
    ):
        yield Shape(f"pdf: font of {name}", rewritten(whole, other), "plan.pdf")
    yield Shape(
        "pdf: one page in a font of rare signs",
        rewritten(built([*text(), PageBreak(), *heads(), table("grid", WIDE)]), _rare, from_page=1),
        "plan.pdf",
    )


def _rare(code: int) -> int:
    return 0x6E00 + (code * 37) % 0x300 if code > 0xFF else code


def rewritten(data: bytes, other: Callable[[int], int], from_page: int = 0) -> bytes:
    """The same page with each character exchanged, as a shifted ToUnicode map makes it copy."""
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for number, characters in enumerate(printed(data)):
        for character, x, y, size in characters:
            canvas.setFont(FONT, max(6, round(size, 1)))
            canvas.drawString(x, y, chr(other(ord(character))) if number >= from_page else character)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def shapes() -> Iterator[Shape]:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    yield from tables()
    yield from pages()
    yield from scans()
    yield from fonts()
