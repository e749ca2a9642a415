"""Text that was recognised in pictures is marked, keeps page and box, and makes tasks less certain."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from reportlab.platypus import PageBreak

from flows.sources.plans import read_plan, read_plan_text
from flows.sources.plans.formats import ocr
from flows.sources.plans.formats.ink import ink_outside, ruled_lines
from flows.sources.plans.formats.pdf_glyphs import Glyph
from flows.sources.plans.text import Line, SourceText
from tests.sources.plans import shape_pdf
from tests.sources.plans.shape_plan import IN_TABLE, Shape, verdict

needs_ocr = pytest.mark.skipif(not ocr.is_installed(), reason="gongkai[ocr] is not installed: pip install 'gongkai[ocr]'")
TEXT = "关于印发要点的通知\n一、推进公开。（责任单位：区财政局；完成时限：2025年9月底前）\n二、做好解读。（责任单位：区司法局；完成时限：2025年6月底前）"


def source(scores: list[float | None]) -> SourceText:
    lines, offset = [], 0
    for number, (text, score) in enumerate(zip(TEXT.split("\n"), scores, strict=True), start=1):
        lines.append(Line(number, 1, offset, text, "text", score, (0.0, 0.0, 9.0, 9.0) if score else None))
        offset += len(text) + 1
    return SourceText(TEXT, tuple(lines), "pdf", None, {}, ())


def test_a_task_is_no_surer_than_the_recognition_of_its_lines() -> None:
    plain = [task.confidence for task in read_plan_text(source([None, None, None])).content.tasks]
    mixed = [task.confidence for task in read_plan_text(source([0.99, 0.8, None])).content.tasks]
    assert len(plain) == 2
    assert mixed[0] == pytest.approx(plain[0] * 0.9 * 0.8, abs=0.001)
    assert mixed[1] == plain[1]


def image(lines: str) -> tuple[object, float, float]:
    page = pypdfium2.PdfDocument(shape_pdf.built([shape_pdf.table(lines, shape_pdf.WIDE)]))[0]
    return page.render(scale=2).to_numpy(), page.get_width(), page.get_height()


def test_ink_under_no_character_is_found_and_ruled_lines_are_none() -> None:
    pixels, width, height = image("grid")
    known = [
        Glyph(character, x, x + size, height - y, size, at, is_upright=True)
        for at, (character, x, y, size) in enumerate(shape_pdf.printed(shape_pdf.built([shape_pdf.table("grid", shape_pdf.WIDE)]))[0])
    ]
    assert ink_outside(pixels, width, height, known) == []
    missing = [glyph for glyph in known if not (130 < glyph.baseline < 150)]
    assert len(ink_outside(pixels, width, height, missing)) >= 3
    edges = ruled_lines(pixels, width, height)
    assert len({round(edge.at) for edge in edges if edge.is_upright}) >= 6
    assert ruled_lines(*image("none")) == []


@needs_ocr
def test_a_scan_is_read_with_its_places() -> None:
    data = shape_pdf.built([*shape_pdf.text(), PageBreak(), *shape_pdf.heads(), shape_pdf.table("grid", shape_pdf.WIDE)])
    images = [page.render(scale=2.5).to_pil() for page in pypdfium2.PdfDocument(data)]
    plan = read_plan(shape_pdf.scan(images, {}), "plan.pdf")
    recognised = [line for line in plan.content.source.lines if line.kind in {"text", "table"}]
    assert all(line.score is not None and line.box is not None and line.page for line in recognised)
    assert all(task.confidence <= 0.9 for task in plan.content.tasks)
    assert len(plan.content.tasks) == 13


@needs_ocr
@pytest.mark.parametrize(("suffix", "kind"), [("png", "PNG"), ("tif", "TIFF")])
def test_a_picture_of_a_table_is_read(suffix: str, kind: str) -> None:
    data = shape_pdf.built([*shape_pdf.heads(), shape_pdf.table("grid", shape_pdf.WIDE)])
    stream = io.BytesIO()
    pypdfium2.PdfDocument(data)[0].render(scale=2.5).to_pil().save(stream, kind)
    shape = Shape("picture", stream.getvalue(), f"plan.{suffix}", tuple(IN_TABLE))
    plan = read_plan(shape.data, shape.file)
    assert verdict(shape)[0] == "right" or "doubtful_character" in {loss.kind for loss in plan.content.source.losses}
    assert [task.lead_units for task in plan.content.tasks] == [list(task[2]) for task in IN_TABLE]
