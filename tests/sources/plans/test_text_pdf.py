"""PDF pages as their reader sees them: paragraphs made whole, tables, headers and footers, columns, turned pages."""

from __future__ import annotations

import io

import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph

from flows.sources.plans.text import SourceText, read_text
from tests.sources.plans.text_makers import BODY, FONT, PLAN, TITLE, built, pdf_table

SENTENCE = "逐项公开专项资金的分配结果和使用单位,方便群众查询、监督,做到账目清楚、来源明白。"


def prose(number: int, sentences: int) -> str:
    """No two lines of it are alike, as in real text."""
    return "".join(f"第{number}批第{each}笔{SENTENCE}" for each in range(sentences))


def texts(source: SourceText, *kinds: str) -> list[str]:
    return [line.text for line in source.lines if line.kind in kinds]


def number_pages(canvas: Canvas, document: object) -> None:
    canvas.setFont(FONT, 10)
    canvas.drawString(72, 800, "青川县政务公开文件汇编")
    canvas.drawCentredString(300, 30, f"— {canvas.getPageNumber()} —")


def test_page_numbers_and_running_heads_are_boilerplate_and_paragraphs_go_on_over_pages() -> None:
    paragraphs = [f"({number}){prose(number, 5)}" for number in range(1, 13)]
    source = read_text(built([Paragraph(text, BODY) for text in paragraphs], number_pages), "a.pdf")
    assert texts(source, "text") == paragraphs
    pages = {line.page for line in source.lines}
    assert len(pages) > 2
    assert len(texts(source, "boilerplate")) == 2 * len(pages)
    assert [line.page for line in source.lines if line.kind == "text"] == sorted(line.page for line in source.lines if line.kind == "text")


def test_a_table_goes_on_over_pages_with_its_header_repeated() -> None:
    rows = [["序号", "任务", "单位", "时限"], *([str(n), SENTENCE, "县财政局、县审计局", "12月底前"] for n in range(1, 41))]
    source = read_text(
        built([Paragraph("附件:任务表", BODY), pdf_table(rows, [36, 180, 130, 80]), Paragraph("表后正文。", BODY)], number_pages), "a.pdf"
    )
    found = [line.split(" | ") for line in texts(source, "table")]
    assert [row for row in found if row[0] != "序号"] == rows[1:]
    assert texts(source, "text") == ["附件:任务表", "表后正文。"]


def test_merged_cells_repeat_downwards_and_leave_gaps_sideways() -> None:
    rows = [["任务", "单位", "时限"], ["甲", "财政局", "6月"], ["", "审计局", "9月"], ["合计", "", "3项"]]
    spans = (("SPAN", (0, 1), (0, 2)), ("SPAN", (0, 3), (1, 3)))
    source = read_text(built([pdf_table(rows, [100, 100, 100], spans)]), "a.pdf")
    assert texts(source, "table") == ["任务 | 单位 | 时限", "甲 | 财政局 | 6月", "甲 | 审计局 | 9月", "合计 |  | 3项"]
    assert source.merged_cells == ((3, 0),)


def test_a_row_broken_by_the_page_end_is_made_whole() -> None:
    rows = [["序号", "任务", "单位"], *([str(n), prose(n, 8), "县财政局"] for n in range(1, 9))]
    source = read_text(built([pdf_table(rows, [40, 220, 100], (("NOSPLIT", (0, 0), (0, 0)),))]), "a.pdf")
    assert [line.split(" | ") for line in texts(source, "table") if not line.startswith("序号")] == rows[1:]


def test_paragraphs_without_indents_and_with_hanging_numbers_are_told_apart() -> None:
    flush = ParagraphStyle("flush", BODY, firstLineIndent=0)
    hanging = ParagraphStyle("hanging", BODY, leftIndent=28, firstLineIndent=-28)
    story = [Paragraph(f"{number}.{SENTENCE * 3}", flush) for number in (1, 2)] + [
        Paragraph(f"({n}){SENTENCE * 3}", hanging) for n in (1, 2)
    ]
    source = read_text(built(story), "a.pdf")
    assert texts(source, "text") == [f"1.{SENTENCE * 3}", f"2.{SENTENCE * 3}", f"({1}){SENTENCE * 3}", f"({2}){SENTENCE * 3}"]


def test_a_signature_at_the_right_edge_is_no_full_line() -> None:
    right = ParagraphStyle("right", BODY, firstLineIndent=0, alignment=2)
    story = [
        Paragraph(prose(1, 3), BODY),
        Paragraph("青川县人民政府办公室", right),
        Paragraph("2025年3月18日", right),
        PageBreak(),
        Paragraph("附件1", BODY),
    ]
    assert texts(read_text(built(story), "a.pdf"), "text") == [prose(1, 3), "青川县人民政府办公室", "2025年3月18日", "附件1"]


def test_two_columns_are_read_one_after_the_other() -> None:
    stream = io.BytesIO()
    document = BaseDocTemplate(stream)
    document.addPageTemplates(PageTemplate(frames=[Frame(60, 60, 220, 700), Frame(310, 60, 220, 700)]))
    paragraphs = [f"({number}){prose(number, 3)}" for number in range(1, 14)]
    document.build([Paragraph(text, BODY) for text in paragraphs])
    assert texts(read_text(stream.getvalue(), "a.pdf"), "text") == paragraphs


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_reads_like_an_upright_one(turn: int) -> None:
    """The page is turned and its drawing turned back, as printers of wide tables do."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(600, 800))
    canvas.setPageRotation(turn)
    canvas.translate(*{90: (600, 0), 180: (600, 800), 270: (0, 800)}[turn])
    canvas.rotate(turn)
    canvas.setFont(FONT, 14)
    for index, text in enumerate(PLAN.paragraphs[2:4] + PLAN.closing):
        canvas.drawString(80, 500 - 40 * index, text[:20])
    canvas.save()
    assert texts(read_text(stream.getvalue(), "a.pdf"), "text") == [text[:20] for text in PLAN.paragraphs[2:4] + PLAN.closing]


def test_a_slanting_watermark_is_boilerplate() -> None:
    def stamp(canvas: Canvas, _document: object) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 60)
        canvas.rotate(45)
        canvas.drawString(300, 100, "内部资料")
        canvas.restoreState()

    source = read_text(built([Paragraph(SENTENCE, BODY)], stamp), "a.pdf")
    assert texts(source, "text") == [SENTENCE]
    assert texts(source, "boilerplate") == ["内部资料"]


def test_lines_drawn_in_any_order_are_read_from_the_top() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.setFont(FONT, 12)
    lines = [f"第{number}项工作内容" for number in range(20)]
    for index in (13, 2, 7, 19, 0, 4, 11, 16, 1, 9, 3, 18, 6, 15, 8, 5, 17, 10, 14, 12):
        canvas.drawString(72, 760 - 30 * index, lines[index])
    canvas.save()
    assert texts(read_text(stream.getvalue(), "a.pdf"), "text") == lines


def test_pages_are_recorded_for_every_line() -> None:
    story = [Paragraph("甲章", TITLE), PageBreak(), Paragraph("乙章", TITLE), PageBreak(), pdf_table([["丙", "丁"]], [100, 100])]
    source = read_text(built(story), "a.pdf")
    assert [(line.text, line.page) for line in source.lines] == [("甲章", 1), ("乙章", 2), ("丙 | 丁", 3)]


@pytest.mark.parametrize("border", ["boxes", "thin fills", "open sides"])
def test_tables_are_found_however_their_lines_are_drawn(border: str) -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    rows = [["任务", "单位", "时限"], ["公开预算", "财政局", "6月底前"], ["公开决算", "审计局", "9月底前"]]
    for down, row in enumerate(rows):
        for across, text in enumerate(row):
            x, y = 80 + 120 * across, 700 - 30 * down
            if border == "boxes":
                canvas.rect(x, y, 120, 30)
            elif border == "thin fills":
                for box in ((x, y, 120, 0.5), (x, y, 0.5, 30), (x + 120, y, 0.5, 30), (x, y + 30, 120, 0.5)):
                    canvas.rect(*box, stroke=0, fill=1)
            else:
                canvas.line(80, y, 440, y)
                canvas.line(80, y + 30, 440, y + 30)
                canvas.line(200, y, 200, y + 30)
                canvas.line(320, y, 320, y + 30)
            canvas.setFont(FONT, 11)
            canvas.drawString(x + 6, y + 10, text)
    canvas.save()
    assert texts(read_text(stream.getvalue(), "a.pdf"), "table") == [" | ".join(row) for row in rows]


def test_frames_underlines_and_shaded_boxes_are_no_tables() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.setFillGray(0.9)
    canvas.rect(70, 600, 400, 60, stroke=0, fill=1)
    canvas.setFillGray(0)
    canvas.rect(60, 500, 420, 250)
    canvas.setFont(FONT, 12)
    for index, text in enumerate(("红头文件", "青府办发〔2025〕7号", "正文第一段。")):
        canvas.drawString(80, 720 - 40 * index, text)
        canvas.line(80, 716 - 40 * index, 300, 716 - 40 * index)
    canvas.save()
    source = read_text(stream.getvalue(), "a.pdf")
    assert [(line.text, line.kind) for line in source.lines] == [
        (text, "text") for text in ("红头文件", "青府办发〔2025〕7号", "正文第一段。")
    ]
