"""What of a document was not read is said with its place, and the document is incomplete; what is the site's own is no loss."""

from __future__ import annotations

import io

import docx
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import PageBreak, Paragraph

from flows.sources.plans import read_plan
from flows.sources.plans.formats import ocr
from flows.sources.plans.formats.losses import WORDS, Loss
from flows.sources.plans.text import SourceText, read_text
from flows.workspace.errors import UnreadableSource
from tests.sources.plans import shape_html, shape_pdf
from tests.sources.plans.shape_docx import numbering, picture
from tests.sources.plans.shape_plan import BODY, TITLE
from tests.sources.plans.text_makers import BODY as STYLE
from tests.sources.plans.text_makers import FONT, PLAN, as_docx, as_pdf, saved

without_ocr = pytest.mark.skipif(ocr.is_installed(), reason="gongkai[ocr] is installed, which reads what would be a loss")


def kinds(source: SourceText) -> list[str]:
    return sorted({loss.kind for loss in source.losses})


def html(inner: str, head: str = "") -> SourceText:
    return read_text(f"<html><head><meta charset=utf-8>{head}</head><body>{inner}</body></html>".encode(), "a.html")


LONG = "".join(f"<p>第{number}项工作要按时完成，并向社会公布结果。</p>" for number in range(20))


@pytest.mark.parametrize("kind", WORDS)
def test_each_kind_says_what_was_found_and_what_to_do_in_two_languages(kind: str) -> None:
    loss = Loss(kind, 3, (1.0, 2.0, 30.0, 40.0), "部分")
    assert "第 3 页" in str(loss)
    assert "[1, 2, 30, 40]" in str(loss)
    for words in (loss.found, loss.remedy):
        assert any("\u4e00" <= character <= "\u9fff" for character in words.zh)
        assert words.en.removesuffix(": 部分").isascii()
    assert WORDS[kind]["example"]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<h1>标题</h1><iframe src=a.html></iframe>", ["frame"]),
        ("<h1>标题</h1><div id=zoom><p>说明。</p><iframe src=a.html width=800 height=600></iframe></div>", ["frame"]),
        (f"<div id=zoom>{LONG}</div><iframe src=weather.html></iframe>", []),
        (f"{LONG}<iframe src=count.html width=1 height=1></iframe>", []),
        (f"{LONG}<iframe src='about:blank'></iframe>", []),
        (f"<h1>标题</h1><div style='display:none'>{LONG}</div>", []),
        (f"{LONG}<div style='display:none'>{LONG.replace('工作', '事项')}</div>", ["hidden_text"]),
        (f"{LONG}<div style='display:none'>{LONG}</div>", []),
        (f"{LONG}<div class=footer style='display:none'>{LONG.replace('工作', '事项')}</div>", []),
        (f"<h1>标题</h1><textarea>{LONG}</textarea>", ["script_text"]),
        (f"{LONG}<script>var a='{LONG[:300]}'</script>", []),
        ("<h1>关于印发方案的通知</h1><div id=zoom><img src=1.png width=900></div>", ["picture"]),
        ("<h1>关于印发方案的通知</h1><img src=logo.png width=80>" + LONG, []),
    ],
)
def test_what_a_page_does_not_show_is_said_unless_it_is_the_sites_own(inner: str, expected: list[str]) -> None:
    assert kinds(html(inner)) == expected


def test_a_frame_in_a_frame_is_read_to_a_limit() -> None:
    inner = "<p>最里层的文字。</p>"
    for _ in range(8):
        inner = f"<p>外层的文字。</p><iframe srcdoc='{inner.replace('&', '&amp;').replace(chr(39), '&#39;')}'></iframe>"
    source = html(inner)
    assert "外层" in source.text
    assert "frame" in kinds(source)


@without_ocr
def test_a_picture_on_a_page_of_text_is_a_loss_with_its_box() -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(595, 842))
    for index, text in enumerate(BODY):
        canvas.setFont(FONT, 10)
        canvas.drawString(60, 780 - 20 * index, text[:45])
    canvas.drawImage(ImageReader(Image.new("RGB", (90, 50), "gray")), 60, 100, 450, 300)
    canvas.save()
    source = read_text(stream.getvalue(), "a.pdf")
    assert [(loss.kind, loss.page) for loss in source.losses] == [("picture", 1)]
    assert [round(each) for each in source.losses[0].box or ()] == [60, 442, 510, 742]


def test_seals_emblems_and_backgrounds_are_no_losses() -> None:
    for draw in (shape_pdf._seal, shape_pdf._background):
        assert read_text(shape_pdf.built(shape_pdf.text(), draw), "a.pdf").losses == ()


@without_ocr
@pytest.mark.parametrize("page", [0, 1, 2])
def test_one_page_in_a_garbled_font_is_said_and_the_others_are_read(page: int) -> None:
    story = [part for text in BODY[2:5] for part in (*[Paragraph(text, STYLE)] * 3, PageBreak())][:-1]
    data = shape_pdf.built(story)
    stream = io.BytesIO()
    canvas = Canvas(stream)
    for number, characters in enumerate(shape_pdf.printed(data)):
        for character, x, y, size in characters:
            canvas.setFont(FONT, round(size, 1))
            canvas.drawString(x, y, chr(shape_pdf._rare(ord(character))) if number == page else character)
        canvas.showPage()
    canvas.save()
    source = read_text(stream.getvalue(), "a.pdf")
    assert [(loss.kind, loss.page) for loss in source.losses] == [("garbled_text", page + 1)]
    assert len({line.page for line in source.lines if line.kind == "text"}) == 2


@pytest.mark.parametrize(
    "text",
    [
        "The plan of the county for the year, in English, with the duties of each of the offices. " * 4,
        "2025 100 3,200 45.6% 12 88 91 7,000 " * 10,
        "县政府办公室负责统筹协调全县政务公开工作。" * 5,
        "龘靐齉爨 " + "乡镇人民政府和街道办事处按职责分工负责。" * 6,
    ],
)
def test_english_figures_and_a_rare_name_are_not_garbled(text: str) -> None:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.setFont(FONT, 9)
    for index in range(0, len(text), 50):
        canvas.drawString(50, 800 - index // 3, text[index : index + 50])
    canvas.save()
    assert read_text(stream.getvalue(), "a.pdf").losses == ()


@without_ocr
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.pdf"])
def test_without_the_extra_a_scan_is_refused_with_what_to_install(name: str) -> None:
    stream = io.BytesIO()
    image = Image.new("RGB", (600, 800), "white")
    if name.endswith("pdf"):
        canvas = Canvas(stream)
        canvas.drawImage(ImageReader(image), 0, 0, 595, 842)
        canvas.save()
    else:
        image.save(stream, "PNG" if name.endswith("png") else "JPEG")
    with pytest.raises(UnreadableSource) as refused:
        read_text(stream.getvalue(), name)
    assert "gongkai[ocr]" in refused.value.remedy


@without_ocr
@pytest.mark.parametrize(("wide", "expected"), [(3, []), (5, []), (14, ["picture"])])
def test_a_large_picture_in_a_word_file_is_a_loss_and_a_seal_is_none(wide: int, expected: list[str]) -> None:
    document = docx.Document()
    document.add_paragraph(BODY[2])
    document.add_picture(picture(400, 300), width=docx.shared.Cm(wide))
    assert kinds(read_text(saved(document), "a.docx")) == expected


def test_an_incomplete_document_says_so_in_answer_and_tables() -> None:
    page = shape_html.page(f"<h1>{TITLE}</h1><div id=zoom>{shape_html.paragraphs()}<iframe src=table.html></iframe></div>")
    plan = read_plan(page.encode(), "a.html")
    answer = plan.as_answer()
    assert answer["is_incomplete"]
    assert answer["losses"][0]["loss_kind"] == "frame"
    assert plan.as_tables()["plan_losses"].num_rows == 1
    assert not read_plan(as_docx(PLAN), "a.docx").as_answer()["is_incomplete"]
    assert not read_plan(as_pdf(PLAN), "a.pdf").as_answer()["losses"]


@pytest.mark.parametrize("text", ["", "   "])
def test_a_number_of_word_alone_in_a_body_paragraph_is_no_line(text: str) -> None:
    document = docx.Document()
    numbering(document, ("decimal", "%1."))
    paragraph = document.add_paragraph(text)
    from tests.sources.plans.shape_docx import number

    number(paragraph)
    document.add_paragraph("正文。")
    assert read_text(saved(document), "a.docx").text == "正文。"
