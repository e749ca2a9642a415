"""Writes one plan as txt, html, docx and pdf, with the libraries that write such files in earnest."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from html import escape

import docx
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

FONT = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(FONT))
BODY = ParagraphStyle("body", fontName=FONT, fontSize=14, leading=26, wordWrap="CJK", firstLineIndent=28)
TITLE = ParagraphStyle("title", fontName=FONT, fontSize=20, leading=30, wordWrap="CJK", alignment=1)
CELL = ParagraphStyle("cell", fontName=FONT, fontSize=10, leading=14, wordWrap="CJK")


@dataclass
class SamplePlan:
    title: str
    paragraphs: list[str]
    table: list[list[str]] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [self.title, *self.paragraphs, *(" | ".join(row) for row in self.table), *self.closing]


PLAN = SamplePlan(
    title="青川县2025年政务公开工作要点",
    paragraphs=[
        "一、做好重点领域信息公开",
        "(一)公开财政资金。逐项公开专项资金的分配结果、使用单位和绩效,每季度末更新一次,方便群众查询、监督,做到账目清楚、来源明白、去向可查,不留死角。(责任单位:县财政局、县审计局;完成时限:2025年9月底前)",
        "(二)公开项目进展。在县政府网站设专栏,按月发布开工、在建、竣工情况。(牵头单位:县发展改革局)",
        "二、提升政策解读质量",
        "1.解读材料与文件同步起草、同步审批、同步发布。",
        "2.用图表、动画和问答讲清政策的来由与办法,听取企业和群众的意见,及时回应关切,用好12345热线的来电记录,每月汇总一次共性问题,由起草部门统一答复并在网站公开。",
    ],
    table=[
        ["序号", "重点任务", "牵头单位", "完成时限"],
        ["1", "更新县级主动公开基本目录并向社会公布", "县政府办", "6月底前"],
        ["2", "建成政策问答平台,收录常见问题不少于二百条,逐条注明依据", "县行政审批局、县司法局", "三季度前"],
        ["3", "开展业务培训", "县政府办", "全年"],
    ],
    closing=["青川县人民政府办公室", "2025年3月18日"],
)


def as_txt(plan: SamplePlan) -> bytes:
    return "\n".join(plan.lines()).encode()


def as_html(plan: SamplePlan) -> bytes:
    rows = "".join("<tr>" + "".join(f"<td><p>{escape(cell)}</p></td>" for cell in row) + "</tr>" for row in plan.table)
    body = "".join(f"<p>&nbsp;　{escape(text)}</p>" for text in plan.paragraphs)
    closing = "".join(f"<p align=right>{escape(text)}</p>" for text in plan.closing)
    return f"<html><head><meta charset=utf-8></head><body><h1>{plan.title}</h1>{body}<table>{rows}</table>{closing}</body></html>".encode()


def as_docx(plan: SamplePlan) -> bytes:
    document = docx.Document()
    document.add_heading(plan.title, 0)
    for text in plan.paragraphs:
        document.add_paragraph(text)
    add_table(document, plan.table)
    for text in plan.closing:
        document.add_paragraph(text)
    return saved(document)


def add_table(document: docx.document.Document, rows: list[list[str]]) -> docx.table.Table | None:
    if not rows:
        return None
    table = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return table


def saved(document: docx.document.Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_pdf(plan: SamplePlan, **options: object) -> bytes:
    story = [Paragraph(escape(plan.title), TITLE), *(Paragraph(escape(text), BODY) for text in plan.paragraphs)]
    if plan.table:
        story.append(pdf_table(plan.table, [36, 180, 130, 80]))
    return built([*story, *(Paragraph(escape(text), BODY) for text in plan.closing)], **options)


def pdf_table(rows: list[list[str]], widths: list[int], style: tuple[tuple[object, ...], ...] = ()) -> Table:
    cells = [[Paragraph(escape(text), CELL) for text in row] for row in rows]
    return Table(cells, colWidths=widths, repeatRows=1, style=[("GRID", (0, 0), (-1, -1), 0.5, "black"), *style])


def built(story: list[object], on_page: object = None, **options: object) -> bytes:
    stream = io.BytesIO()
    draw = on_page or (lambda _canvas, _document: None)
    SimpleDocTemplate(stream, **options).build(story, onFirstPage=draw, onLaterPages=draw)
    return stream.getvalue()


WRITERS = {"txt": as_txt, "html": as_html, "docx": as_docx, "pdf": as_pdf}
