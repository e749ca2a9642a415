"""Bytes to text: which encoding a file without a label is in, and a clear refusal where that cannot be told."""

from __future__ import annotations

import codecs

from exports.messages import N_, Message, _
from flows.workspace.errors import UnreadableSource

_BOMS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)
# Name to report, codec to decode with. Order settles ties: GB18030 first, as mainland files are far more common.
_UNLABELLED = (("gb18030", "gb18030"), ("big5", "cp950"), ("big5", "big5hkscs"), ("utf-16", "utf-16-le"), ("utf-16", "utf-16-be"))
_PLAUSIBLE = 0.7
_SAMPLE = 20_000
_REMEDY = N_("Save the file again as UTF-8.")


def _everyday_characters() -> frozenset[str]:
    """The first level of GB 2312 and of Big5 (the characters that nearly all running text is made of) and their punctuation."""
    gb = bytes(byte for lead in (0xA1, 0xA3, *range(0xB0, 0xD8)) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    big5 = bytes(byte for lead in (0xA1, *range(0xA4, 0xC7)) for trail in trails for byte in (lead, trail))
    return frozenset(gb.decode("gb2312", "ignore") + big5.decode("cp950", "ignore"))


_EVERYDAY = _everyday_characters()


def decode(data: bytes, name: str, declared: str | None = None) -> tuple[str, str]:
    """The text of `data` and the name of its encoding (utf-8, utf-16, utf-32, gb18030 or big5).

    A byte order mark decides, then valid UTF-8, then `declared` (what an HTML page says of itself), then which of the others gives
    everyday Chinese. Raises UnreadableSource, with line and byte, where none does or the bytes are no text.
    """
    text, encoding = _by_mark(data, name) or _by_utf8(data) or _by_declaration(data, declared) or _by_likeness(data, name)
    if "\x00" in text or _share_of_controls(text) > 0.01:  # noqa: PLR2004 - one in a hundred
        raise UnreadableSource(name, _("binary data, not text"), _("a text file"), _(_REMEDY))
    return text, encoding


def _by_mark(data: bytes, name: str) -> tuple[str, str] | None:
    for mark, codec, label in _BOMS:
        if data.startswith(mark):
            body = data[len(mark) :]
            try:
                return body.decode(codec), label
            except UnicodeDecodeError as fault:
                raise UnreadableSource(
                    _place(data, fault.start + len(mark), name),
                    _("bytes that are no {encoding}", encoding=label),
                    _("{encoding}, as the file's byte order mark says", encoding=label),
                    _(_REMEDY),
                ) from fault
    return None


def _by_utf8(data: bytes) -> tuple[str, str] | None:
    text = _try(data, "utf-8")
    return None if text is None or "\x00" in text else (text, "utf-8")


def _by_declaration(data: bytes, declared: str | None) -> tuple[str, str] | None:
    labels = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5", "big5-hkscs": "big5"}
    label = labels.get((declared or "").lower())
    codecs_of = [codec for name, codec in _UNLABELLED if name == label]
    texts = (_try(data, codec) for codec in codecs_of)
    return next(((text, label) for text in texts if text is not None and label), None)


def _by_likeness(data: bytes, name: str) -> tuple[str, str]:
    decoded = ((_try(data, codec), label) for label, codec in _UNLABELLED)
    texts = [(text, label) for text, label in decoded if text is not None and "\x00" not in text]
    best = max(texts, key=lambda found: _likeness(found[0]), default=("", ""))
    if _likeness(best[0]) >= _PLAUSIBLE:
        return best
    try:
        data.decode("utf-8")
        start = data.find(0)
    except UnicodeDecodeError as fault:
        start = fault.start
    found, expected = _("bytes that give Chinese text in no known encoding"), _("text in UTF-8, GB18030, Big5 or UTF-16")
    raise UnreadableSource(_place(data, start, name), found, expected, _(_REMEDY))


def _try(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def everyday_share(text: str) -> float:
    """Share of everyday Chinese characters among those outside ASCII, on a sample of a long text; 0 where there are none."""
    return _likeness(text)


def _likeness(text: str) -> float:
    """Share of everyday characters among those outside ASCII, on a sample from the middle of a long text."""
    start = max(0, (len(text) - _SAMPLE) // 2)
    foreign = [character for character in text[start : start + _SAMPLE] if character > "\x7f"]
    return sum(character in _EVERYDAY for character in foreign) / len(foreign) if foreign else 0.0


def _share_of_controls(text: str) -> float:
    controls = sum(text.count(chr(code)) for code in range(0x20) if chr(code) not in "\t\n\v\f\r\x1a")
    return controls / max(len(text), 1)


def _place(data: bytes, start: int, name: str) -> Message:
    return _("{file}, line {line}, byte {byte}", file=name, line=data.count(b"\n", 0, start) + 1, byte=start + 1)
