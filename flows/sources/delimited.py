"""Delimited text before it is read: its encoding, its delimiter, and the line its header stands on."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.errors import UnreadableSource

BLOCK = 1 << 22
DELIMITERS = (",", "\t", ";", "|")
HEADER_LINES = 20


@dataclass(frozen=True)
class Delimited:
    """A UTF-8 file (the original, or its transcription), its headers, and how many lines stand above the first record."""

    path: Path
    delimiter: str
    headers: tuple[str, ...]
    lines_above: int


def look_at(place: str, path: Path, scratch: Path, lacks: Callable[[Sequence[str]], bool]) -> Delimited:
    """Find out how a delimited file is to be read; one that is not UTF-8 is transcribed into `scratch` first.

    Raises:
        UnreadableSource: the bytes are neither UTF-8 nor GB18030, or no line is there at all.
    """
    text = _utf8(place, path, scratch)
    with text.open(encoding="utf-8-sig", newline="") as stream:
        top = [line for _, line in zip(range(HEADER_LINES), stream, strict=False)]
    if not any(line.strip() for line in top):
        raise UnreadableSource(place, "nothing but white space", "a table with a header", "Send the file again.")
    delimiter = "\t" if path.suffix.lower() == ".tsv" else _delimiter(top)
    records = list(_records(top, delimiter))
    headers, lines_above = next((r for r in records if not lacks(r[0])), next(r for r in records if any(r[0])))
    return Delimited(text, delimiter, tuple(headers), lines_above)


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], int]]:
    """Records with the number of lines up to their end; a quoted line break makes a record of several lines."""
    reader = csv.reader(lines, delimiter=delimiter)
    for record in reader:
        yield [cell.strip() for cell in record], reader.line_num


def _delimiter(lines: list[str]) -> str:
    """The delimiter that most often splits the top of the file, a comma where none does."""
    text = "".join(lines)
    return max(DELIMITERS, key=lambda mark: (text.count(mark), -DELIMITERS.index(mark)))


def _utf8(place: str, path: Path, scratch: Path) -> Path:
    """The file itself if it is UTF-8 with or without a mark, else its transcription from GB18030 or UTF-16."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return _transcribed(place, path, scratch, "utf-16")
    if _is_utf8(path):
        return path
    return _transcribed(place, path, scratch, "gb18030")


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as stream:
            while block := stream.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _transcribed(place: str, path: Path, scratch: Path, encoding: str) -> Path:
    target = scratch / f"{path.stem}.utf8{path.suffix}"
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    try:
        with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as sink:
            while block := source.read(BLOCK):
                sink.write(decoder.decode(block))
                done += len(block)
            sink.write(decoder.decode(b"", final=True))
    except UnicodeDecodeError as error:
        where = f"{place}, byte {done + error.start}"
        raise UnreadableSource(
            where, "bytes that are neither UTF-8 nor GB18030", "text in one of these", "Save it as UTF-8 and send it again."
        ) from error
    return target
