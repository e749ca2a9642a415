"""Whichever encoding a plan was saved in, its text comes back; what cannot be told is refused with its place."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exports.messages import in_english
from flows.sources.plans.text import read_text
from flows.sources.tables.cleaning import legible
from flows.workspace.errors import UnreadableSource

SIMPLIFIED = "为进一步推进政务公开工作,提升服务水平,现就有关事项通知如下:各单位要按时公开预算、决算和重大项目信息。"
TRADITIONAL = "為進一步推動政府資訊公開,提升服務水準,請各機關依限公布預算、決算及重大建設資料。"
MARKED = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE, "utf-32-le": codecs.BOM_UTF32_LE}
# Any printable text around the running words: figures, names with rare characters, other scripts.
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co"), exclude_characters="\ufeff"), max_size=40)
_RUNNING = st.lists(st.sampled_from(SIMPLIFIED), min_size=30, max_size=200).map("".join)
_RUNNING_TRADITIONAL = st.lists(st.sampled_from(TRADITIONAL), min_size=30, max_size=200).map("".join)


@given(text=_TEXTS, codec=st.sampled_from(sorted(MARKED)))
def test_marked_and_plain_utf_round_trip(text: str, codec: str) -> None:
    text = legible(text)  # what nobody sees, and look-alikes, are read as what is seen
    assume(text.strip())
    assert read_text(MARKED[codec] + text.encode(codec), "a.txt").text == text
    assert read_text(text.encode(), "a.txt").text == text


@given(text=_RUNNING, extra=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=4))
def test_gb18030_round_trips_with_rare_characters_in_it(text: str, extra: str) -> None:
    source = read_text((text + extra + "12月底前\n").encode("gb18030"), "a.txt")
    assert (source.text, source.encoding) == (text + extra + "12月底前\n", "gb18030")


@given(text=_RUNNING_TRADITIONAL)
def test_big5_round_trips(text: str) -> None:
    source = read_text((TRADITIONAL + text).encode("big5"), "a.txt")
    assert (source.text, source.encoding) == (TRADITIONAL + text, "big5")


@settings(max_examples=30)
@given(text=_RUNNING, codec=st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_utf16_without_a_mark_is_recognised(text: str, codec: str) -> None:
    assert read_text((SIMPLIFIED + text + "\n2024").encode(codec), "a.txt").text == SIMPLIFIED + text + "\n2024"


def test_a_page_may_name_its_encoding_wrongly_or_not_at_all() -> None:
    page = f"<html><head>%s</head><body><p>{SIMPLIFIED}</p></body></html>"
    for head in (
        '<meta charset="gb2312">',
        '<meta http-equiv=Content-Type content="text/html; charset=GBK">',
        '<meta charset="utf-8">',
        "",
    ):
        for codec in ("utf-8", "gb18030"):
            source = read_text((page % head).encode(codec), "a.html")
            assert (source.text, source.encoding) == (SIMPLIFIED, codec)


def test_undecidable_bytes_are_refused_with_line_and_byte() -> None:
    with pytest.raises(UnreadableSource) as caught:
        read_text("第一行\n第二行\n".encode() + b"\xff\xfe\xfd caf\xe9\n", "a.txt")
    assert in_english(caught.value.place) == "a.txt, line 3, byte 21"


def test_a_file_that_breaks_its_own_mark_is_refused() -> None:
    with pytest.raises(UnreadableSource, match="byte order mark"):
        read_text(codecs.BOM_UTF8 + "公开".encode("gb18030"), "a.txt")
