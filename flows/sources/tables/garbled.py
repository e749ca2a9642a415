"""Text that was UTF-8, was taken for another encoding by a program between, and was saved as UTF-8 again: å…³äºŽ or 鍏充簬 for 关于.

Taken for a Western encoding (Windows-1252, Latin-1) each byte has become a character of its own, and the text can be had back as it was.
Taken for GBK two bytes have become one character, and where their number was odd one is lost: such a text is known and not guessed at.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache

from exports.messages import N_
from flows.sources.tables.commonness import LIKELY, likeness


class State(Enum):
    """What a text is; the words are kinds of cells too (model.py)."""

    PLAIN = "plain"
    MENDED = "mended"
    GARBLED = "garbled"


SOURCE = N_("garbled text, UTF-8 that a program took for another encoding (GBK, Windows-1252)")
BYTES = {bytes([byte]).decode("cp1252", "ignore"): byte for byte in range(0x80, 0xA0)} | {chr(byte): byte for byte in range(0x80, 0x100)}
BYTES.pop("", None)
FURTHER = "".join(sign for sign, byte in BYTES.items() if byte < 0xC0)  # what stands for the second byte of a character and the next
UNIT = f"(?:[\xe0-\xef][{FURTHER}]{{2}}|[\xc2-\xdf][{FURTHER}]|[\xf0-\xf4][{FURTHER}]{{3}})"
RUN = re.compile(f"{UNIT}+")
EDGE = re.compile(r"[\s,;|\"'\[\]{}:\t]?")
STUMP = re.compile(
    "[\xe4-\xe9](?=[\xa0-\xa6\xa8-\xaf\xb2-\xb6\xb8-\xbf])"
)  # a first byte with its second, but for signs that are used in Chinese
SUSPECT = re.compile("[\xe0-\xef]")
SUSPECT_BYTES = re.compile(rb"\xc3[\xa0-\xaf](?:\xc2[\x80-\xbf]|[\xc5\xc6\xcb][\x80-\xbf]|\xe2[\x80\x82\x84])")
GARBLED_AS = "#GARBLED!"  # what stands for such a text in a table that is read by columns: a value that is an error
SUSPECT_SQL = "[\\x{e0}-\\x{ef}][\\x{80}-\\x{bf}\\x{152}-\\x{17e}\\x{192}\\x{2c6}\\x{2dc}\\x{2013}-\\x{203a}\\x{20ac}\\x{2122}]"


def mend(text: str) -> tuple[str, State]:
    """The text as it was before it was encoded a second time (MENDED), or as it is: PLAIN, or GARBLED where what it was cannot be had back."""
    done, mended = text, False
    if SUSPECT.search(text):
        done = RUN.sub(_as_it_was, text)
        mended = done != text
        if len(STUMP.findall(done)) > (0 if mended else 1):
            return text, State.GARBLED
    if is_of_gbk(done):
        return text, State.GARBLED
    return done, State.MENDED if mended else State.PLAIN


def _as_it_was(found: re.Match[str]) -> str:
    """The characters whose bytes a run stands for: several common ones, or one that is all that stands between two marks."""
    run, text = found[0], found.string
    try:
        was = bytes(BYTES[sign] for sign in run).decode()
    except UnicodeDecodeError:
        return run
    if not any("\u4e00" <= sign <= "\u9fff" for sign in was) or likeness(was, "any") < LIKELY:
        return run
    stands_alone = EDGE.fullmatch(text[: found.start()][-1:]) and EDGE.fullmatch(text[found.end() :][:1])
    return was if len(was) > 1 or stands_alone else run


def is_of_gbk(text: str) -> bool:
    """Whether a text holds UTF-8 that was taken for GBK."""
    for found in _gbk_run().finditer(text) if len(text) > 4 and not text.isascii() else ():
        was = found[0].encode("gb18030", "ignore").decode("utf-8", "ignore")
        if likeness(was, "any") >= LIKELY:
            return True
    return False


@cache
def _gbk_run() -> re.Pattern[str]:
    """Characters that stand for the bytes of two Chinese ones, three for six bytes, twice and more; of an odd number the last is cut."""

    def signs(leads: range, trails: range) -> str:
        pairs = (bytes((lead, trail)).decode("gb18030", "ignore") for lead in leads for trail in trails if trail != 0x7F)
        return "".join(sorted({re.escape(sign) for sign in pairs if len(sign) == 1}))

    first, further = range(0xE4, 0xEA), range(0x80, 0xC0)
    begin, middle, end = signs(first, further), signs(further, first), signs(further, further)
    return re.compile(f"(?:[{begin}][{middle}][{end}])+(?:[{begin}][{middle}][{end}]|[{begin}][?？\ufffd])")
