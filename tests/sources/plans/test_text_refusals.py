"""What cannot be read is an UnreadableSource that tells what to do: never another exception, a hang or a full memory."""

from __future__ import annotations

import io
import os
import random
import resource
import time
import zipfile

import docx
import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from flows.sources.plans.text import read_text
from flows.workspace.errors import UnreadableSource
from tests.conftest import HANGS
from tests.sources.plans.text_makers import PLAN, WRITERS, as_docx, as_pdf, saved

SECONDS = float(os.environ.get("GONGKAI_FUZZ_SECONDS", "4"))
SUFFIXES = ("txt", "md", "html", "docx", "pdf")


def refusal(data: bytes, name: str) -> UnreadableSource:
    with pytest.raises(UnreadableSource) as caught:
        read_text(data, name)
    assert all([caught.value.place, caught.value.found, caught.value.expected, caught.value.remedy])
    return caught.value


def scan() -> bytes:
    stream = io.BytesIO()
    canvas = Canvas(stream)
    canvas.rect(100, 100, 300, 300, fill=1)
    canvas.save()
    return stream.getvalue()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file_is_refused(suffix: str) -> None:
    assert "empty" in refusal(b"", f"a.{suffix}").found
    assert "empty" in refusal(b" \n\n", f"a.{suffix}").found


def test_a_docx_cut_off_anywhere_is_refused() -> None:
    whole = as_docx(PLAN)
    for length in (4, 100, len(whole) // 2, len(whole) - 30):
        assert "archive" in refusal(whole[:length], "a.docx").found


def test_a_pdf_cut_off_is_refused_not_read_in_part() -> None:
    whole = as_pdf(PLAN)
    for share in (0.2, 0.5, 0.9):
        assert "cut off" in refusal(whole[: int(share * len(whole))], "a.pdf").found


def test_a_scan_says_that_it_needs_text_recognition() -> None:
    assert "OCR" in refusal(scan(), "a.pdf").remedy
    assert "OCR" in refusal(saved(docx.Document()), "a.docx").remedy


def test_an_encrypted_file_says_so() -> None:
    locked = as_pdf(PLAN, encrypt=StandardEncryption("secret", "owner"))
    assert "encrypted" in refusal(locked, "a.pdf").found
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    assert "encrypted" in refusal(ole, "a.docx").found


def test_a_pdf_that_only_forbids_copying_is_read() -> None:
    guarded = as_pdf(PLAN, encrypt=StandardEncryption("", "owner", canCopy=0))
    assert PLAN.title in read_text(guarded, "a.pdf").text


@pytest.mark.parametrize("suffix", ["docx", "pdf", "doc"])
def test_an_error_page_saved_as_a_document_is_refused(suffix: str) -> None:
    assert "web page" in refusal("<!DOCTYPE html><html><body>404 页面不存在</body></html>".encode(), f"a.{suffix}").found


def test_a_page_that_a_script_would_fill_is_refused() -> None:
    assert "without text" in refusal(b"<html><head><script>load()</script></head><body><div id=app></div></body></html>", "a.html").found


@pytest.mark.parametrize("name", ["a.xlsx", "a", "a.exe"])
def test_other_kinds_of_file_are_refused_with_those_that_are_read(name: str) -> None:
    assert ".docx" in refusal(b"PK\x03\x04 anything", name).expected


def test_binary_noise_is_refused_under_every_name() -> None:
    noise = random.Random(1).randbytes(20_000)
    for suffix in (*SUFFIXES, "doc"):
        refusal(noise, f"a.{suffix}")
        refusal(bytes(5000) + noise, f"a.{suffix}")


def archive(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in parts.items():
            opened.writestr(name, content)
    return stream.getvalue()


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_a_zip_bomb_is_refused_in_bounded_memory() -> None:
    body = b"<w:document " + WORD.encode() + b"><w:body>" + b"<w:p/>" * 20_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "unpacked" in refusal(archive({"word/document.xml": body}), "a.docx").found
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000, "kilobytes"


def test_entities_in_a_docx_are_never_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    body = f'<!DOCTYPE d [<!ENTITY l0 "哈"><!ENTITY f SYSTEM "file:///etc/hostname">{laughs}]><w:document {WORD}><w:body>'
    body += "<w:p><w:r><w:t>甲&l11;&f;</w:t></w:r></w:p></w:body></w:document>"
    try:
        assert read_text(archive({"word/document.xml": body.encode()}), "a.docx").text == "甲"
    except UnreadableSource as refused:
        assert "XML" in refused.found  # noqa: PT017 - either is safe: the parser may refuse the entity at once


def test_forged_spans_do_not_multiply_text() -> None:
    cell = "<td rowspan=65534 colspan=1000>" + "公开" * 5000 + "</td>"
    page = f"<table><tr>{cell}<td>x</td></tr>{'<tr><td>y</td></tr>' * 5000}</table>"
    assert len(read_text(page.encode(), "a.html").text) < 6_000_000


@pytest.mark.parametrize("opening", ["<div>", "<table><tr><td>甲", "<p><span><b>", "<ol><li>乙"])
def test_endless_nesting_is_read_or_refused(opening: str) -> None:
    try:
        assert read_text(("<html>" + opening * 3000 + "正文").encode(), "a.html").text
    except UnreadableSource as refused:
        assert "nested" in refused.found  # noqa: PT017 - both are right answers


@pytest.mark.timeout(HANGS)
def test_a_long_document_of_many_rows_is_read() -> None:
    rows = "".join(f"<tr><td>{n}</td><td>任务</td><td>县政府办</td></tr>" for n in range(20_000))
    assert len(read_text(f"<table>{rows}</table>".encode(), "a.html").lines) == 20_000


@pytest.mark.timeout(HANGS)
@pytest.mark.parametrize(
    "line",
    [
        "-" * 300_000 + "x", "|-" * 150_000 + "x", "微信朋友圈" * 30 + "x", "首页" + (">" + " " * 20) * 12 + "。", "浏览次数:" + " " * 600 + "x",
        "第1" + " " * 600 + "x", "【字体:" + "大中小" * 50 + "x", "a" * 60 + "." * 600 + "x", "[" * 300_000, "](" * 150_000, "时间:" * 100, "(S)" * 100_000,
        "L" * 100_000 + "甲", " " * 300_000 + "甲", "甲 " * 100_000, "○" * 300_000, "首 页 " * 30, "上传人" + "格式" * 80, "本站为" + "下载" * 300,
    ],
    ids=lambda line: line[:8],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["txt", "md", "html"])
def test_no_forged_line_keeps_the_patterns_busy(line: str, suffix: str) -> None:
    read_text("\n".join([line] * (1 + 3000 // len(line)) + ["2.末尾"]).encode(), f"a.{suffix}")


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Cut, overwrite, repeat or swap pieces of a valid file."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at, size = chance.randrange(len(changed) or 1), chance.randint(1, 40)
        match chance.randrange(4):
            case 0:
                del changed[at : at + size]
            case 1:
                changed[at : at + size] = chance.randbytes(size)
            case 2:
                changed[at:at] = changed[at : at + size] * chance.randint(1, 50)
            case 3:
                changed = changed[: max(at, 1)]
    return bytes(changed)


def repacked(data: bytes, chance: random.Random) -> bytes:
    """A docx whose parts are mutated inside a sound archive, so that the XML readers are reached."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    name = chance.choice(["word/document.xml", "word/styles.xml", "word/numbering.xml", "_rels/.rels"])
    return archive(parts | {name: mutated(parts[name], chance)})


def test_no_mutation_of_a_valid_file_does_worse_than_a_refusal() -> None:
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    whole = {suffix: writer(PLAN) for suffix, writer in WRITERS.items()} | {"pdf uncompressed": as_pdf(PLAN, pageCompression=0)}
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        suffix = chance.choice([*whole, "docx in a sound archive"])
        data = repacked(whole["docx"], chance) if suffix not in whole else mutated(whole[suffix], chance)
        start = time.process_time()  # a busy machine is no hang
        try:
            read_text(data, f"a.{suffix.split()[0]}")
        except UnreadableSource:
            pass
        except Exception as failed:
            raise AssertionError(f"seed {seed}, a {suffix} of {len(data)} bytes") from failed
        assert time.process_time() - start < HANGS, f"seed {seed}, a {suffix} of {len(data)} bytes hangs"
