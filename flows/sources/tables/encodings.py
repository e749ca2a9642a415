"""The encoding of a text, judged by whether what it decodes to is Chinese: GB18030 decodes almost anything, so that it decodes says little.

A file in which single lines are written otherwise, as where a program appended to another's file, loses those lines and says so; lines
that were UTF-8 and were encoded a second time are read as they were, and said too (garbled.py).
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from exports.messages import N_, Message, _
from flows.sources.tables.commonness import LIKELY, likeness
from flows.sources.tables.garbled import SOURCE, SUSPECT_BYTES, State, is_of_gbk, mend
from flows.workspace.errors import UnreadableSource

BLOCK = 1 << 22
LONGEST_LINE = 1 << 24  # bytes; of a longer one no more is held at once
SAMPLE = 1 << 18
FAULT = "\x1a"  # what stands in the transcription for a line that cannot be read, before its number
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
RESAVE = N_("Save it as UTF-8 and send it again.")
REEXPORT = N_("Export it anew as UTF-8: what is lost is not in this file.")


@dataclass(frozen=True)
class Text:
    """A text in UTF-8: the file itself or its transcription, the encoding that it came in, at which byte single lines of it are wrong and
    what is, and which lines were encoded twice and are read as they were.
    """

    path: Path
    encoding: str
    faults: dict[int, tuple[int, Message]] = field(default_factory=dict)
    mended: tuple[int, ...] = ()


def as_utf8(place: str, path: Path, scratch: Path, *, with_mark: bool = True, by_line: bool = False) -> Text:
    """The file itself if it is UTF-8 with one kind of line end, else its transcription in `scratch`, every line end an LF.

    `with_mark` tells whether a leading byte order mark may stay; `by_line` whether lines that cannot be read may be left out: each
    stands in the transcription as `FAULT` and its number.

    Raises:
        UnreadableSource: the bytes are no text in a known encoding; the place is the line and byte of the fault.
    """
    with path.open("rb") as stream:
        start = stream.read(SAMPLE)
    if by_line and path.stat().st_size > LONGEST_LINE and (number := _overlong(path)):
        raise UnreadableSource(
            _("{file}, line {line}", file=place, line=number),
            _("a line of more than {size} MB", size=LONGEST_LINE >> 20),
            _("one record a line"),
            _("Look at that line: a quotation mark may not be closed, or line ends may be lost."),
        )
    if wide := _is_utf16(start):
        return Text(_transcribed(place, path, scratch, wide), "utf-16")
    is_utf8, is_suspect = _looked_through(path)
    if is_suspect or (is_utf8 and _is_garbled(path)):
        return _by_lines(place, path, scratch, "utf-8", by_line=by_line)
    if is_utf8:
        if _mixes_line_ends(path) or (start.startswith(codecs.BOM_UTF8) and not with_mark):
            return Text(_transcribed(place, path, scratch, "utf-8-sig"), "utf-8")
        return Text(path, "utf-8")
    return _by_lines(place, path, scratch, _most_likely(path), by_line=by_line)


def _is_utf16(start: bytes) -> str | None:
    """The form of UTF-16 of a text, with its mark or without: every other byte of commas, digits and line ends is zero."""
    if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return "utf-16"
    head = start[: len(start) // 2 * 2]
    zeros = (head[1::2].count(0), head[::2].count(0))
    if len(head) < 8 or max(zeros) * 20 < len(head) or min(zeros) * 10 > max(zeros):
        return None
    encoding = "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
    return encoding if likeness(head.decode(encoding, "replace"), "any") >= LIKELY else None


def _overlong(path: Path) -> int | None:
    """The first line that is longer than a record may be, None where none is."""
    number, length = 1, 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            last = max(block.rfind(b"\n"), block.rfind(b"\r"))
            if last < 0:
                length += len(block)
            else:
                length, number = len(block) - last - 1, number + max(block.count(b"\n"), block.count(b"\r"))
            if length > LONGEST_LINE:
                return number
    return None


def _looked_through(path: Path) -> tuple[bool, bool]:
    """Whether a file is UTF-8, and whether it is and may hold text that was encoded twice."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_suspect = False
    try:
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                decoder.decode(block)
                is_suspect = is_suspect or (b"\xc3" in block and bool(SUSPECT_BYTES.search(block)))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False, False
    return True, is_suspect


def _is_garbled(path: Path) -> bool:
    """Whether a text in UTF-8 was taken for GBK, by its beginning and its end, where programs append."""
    with path.open("rb") as stream:
        start = stream.read(SAMPLE)
        stream.seek(max(path.stat().st_size - SAMPLE, 0))
        return any(is_of_gbk(part.decode("utf-8", "ignore")) for part in {start, stream.read()})


def _lines(path: Path) -> Iterator[tuple[bytes, int]]:
    """Each line without its end, whatever end it has, and where it begins."""
    at = 0
    with path.open("rb") as stream:
        for piece in iter(lambda: stream.readline(LONGEST_LINE), b""):
            for line in piece.splitlines(keepends=True):  # bytes part at CR, LF and both, at nothing else
                yield line.rstrip(b"\r\n"), at
                at += len(line)


def _by_lines(place: str, path: Path, scratch: Path, encoding: str, *, by_line: bool) -> Text:
    target = scratch / "text.utf8"
    faults: dict[int, tuple[int, Message]] = {}
    mended: list[int] = []
    filled = 0
    with target.open("w", encoding="utf-8", newline="") as sink:
        for number, (line, at) in enumerate(_lines(path), start=1):
            is_ascii = line.isascii()
            filled += not is_ascii
            text, fault, is_mended = (line.decode("ascii"), None, False) if is_ascii else _read_line(line, encoding)
            mended += [number] if is_mended else []
            if number == 1:
                text = text.removeprefix("\ufeff")
            if fault is not None:
                offset, words = fault
                if not by_line or number == 1:
                    expected = _("text in one encoding (here {encoding})", encoding=title(encoding))
                    raise UnreadableSource(fault_place(place, number, at + offset + 1), words, expected, remedy_of(words))
                faults[number] = at + offset + 1, words
                text = f"{FAULT}{number}"
            sink.write(text + "\n")
    if 2 * len(faults) > filled:
        number, (byte, words) = next(iter(faults.items()))
        expected = _("text in UTF-8, GB18030, Big5 or UTF-16")
        raise UnreadableSource(fault_place(place, number, byte), words, expected, remedy_of(words))
    return Text(target, "utf-8" if encoding == "utf-8" else encoding.removesuffix("hkscs"), faults, tuple(mended))


def fault_place(place: str, line: int, byte: int) -> Message:
    """Where a text is wrong."""
    return _("{file}, line {line}, byte {byte}", file=place, line=line, byte=byte)


def remedy_of(found: Message) -> Message:
    """What is to be done about what is wrong with a text."""
    return _(REEXPORT) if found == _(SOURCE) else _(RESAVE)


def _read_line(line: bytes, encoding: str) -> tuple[str, tuple[int, Message] | None, bool]:
    """A line's text, or where its fault is and what it is; and whether it was encoded twice and is read as it was."""
    text, fault = _decoded(line, encoding)
    if fault:
        return "", fault, False
    text, state = mend(text)
    if state is State.GARBLED:
        return "", (next(at for at, byte in enumerate(line) if byte > 0x7F), _(SOURCE)), False
    return text, None, state is State.MENDED


def _most_likely(path: Path) -> str:
    """The encoding in which most lines of a text that is not UTF-8 throughout read as Chinese."""
    scores = dict.fromkeys(("utf-8", "gb18030", "big5hkscs"), 0.0)
    seen = 0
    for line, _at in _lines(path):
        if line.isascii():
            continue
        seen += 1
        for encoding in scores:
            try:
                scores[encoding] += (
                    likeness(line.decode(encoding), encoding if encoding != "utf-8" else "any") + (encoding == "utf-8") * 0.5
                )
            except UnicodeDecodeError:
                continue
        if seen == 500:
            break
    return max(scores, key=lambda encoding: (scores[encoding], encoding == "gb18030"))


def _decoded(line: bytes, encoding: str) -> tuple[str, tuple[int, Message] | None]:
    """A line's text, or where its fault is and what it is."""
    if encoding != "utf-8":
        other = _text_or_none(line, "utf-8")
        own = _text_or_none(line, encoding)
        if other is not None and (own is None or likeness(other, "any") > likeness(own, encoding)):
            first = next(at for at, byte in enumerate(line) if byte > 0x7F)
            return "", (first, _("a line in {other} among lines in {encoding}", other="UTF-8", encoding=title(encoding)))
    try:
        return line.decode(encoding), None
    except UnicodeDecodeError as error:
        other = _text_or_none(line, "gb18030") if encoding == "utf-8" else None
        if other is not None and likeness(other, "gb18030") >= LIKELY:
            first = next(at for at, byte in enumerate(line) if byte > 0x7F)
            return "", (first, _("a line in {other} among lines in {encoding}", other="GB18030", encoding=title(encoding)))
        return "", (error.start, _("bytes that are no {encoding}", encoding=title(encoding)))


def _text_or_none(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def title(encoding: str) -> str:
    """The name of an encoding as people write it."""
    return {"utf-8": "UTF-8", "gb18030": "GB18030", "big5": "Big5", "big5hkscs": "Big5", "utf-16": "UTF-16"}.get(encoding, encoding)


def decoded_page(data: bytes) -> str:
    """The text of a page of HTML: by its mark, as UTF-8, by what it says of itself, else as GB18030 or Big5, whichever is Chinese."""
    for mark, encoding in MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    said = re.search(rb"charset\s*=\s*[\"']?([\w-]+)", data[:4096])
    tried = ["utf-8", *([said[1].decode("ascii")] if said else []), "gb18030", "big5hkscs"]
    for encoding in tried:
        try:
            text = data.decode("gb18030" if encoding.lower() in {"gb2312", "gbk"} else encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        if encoding != "gb18030" or likeness(text, "gb18030") >= LIKELY:
            return text
    return data.decode("gb18030", "replace")


def decoded_bytes(data: bytes | None) -> str | None:
    """The text of bytes that stand in a column of their own; None for null, and for what is no Chinese text."""
    if data is None:
        return None
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        text = _text_or_none(data, encoding)
        if text is not None and (encoding == "utf-8" or likeness(text, encoding) >= LIKELY):
            return text
    return None


def _mixes_line_ends(path: Path) -> bool:
    """Whether LF stands for some line ends and CR LF for others, which DuckDB's strict reading refuses."""
    both = alone = False
    last = b""
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            pairs = 0
            if b"\r" in block or last == b"\r":  # a glance spares most files the count
                pairs = block.count(b"\r\n") + (last == b"\r" and block.startswith(b"\n"))
            both = both or pairs > 0
            alone = alone or block.count(b"\n") > pairs
            last = block[-1:]
    return both and alone


def _transcribed(place: str, path: Path, scratch: Path, encoding: str) -> Path:
    """The text in UTF-8, every line end an LF."""
    target = scratch / "text.utf8"
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    done = lines = 0
    try:
        with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as sink:
            while block := source.read(BLOCK):
                text = decoder.decode(block)
                lines += text.count("\n")
                sink.write(text)
                done += len(block)
            sink.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError as error:
        where = _("{file}, line {line} or below, byte {byte}", file=place, line=lines + 1, byte=done + error.start + 1)
        found = _("bytes that are no {encoding}", encoding=encoding.upper())
        raise UnreadableSource(where, found, _("text in UTF-8, GB18030, Big5 or UTF-16"), _(RESAVE)) from error
    return target
