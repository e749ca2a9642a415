"""Delimited text before it is read: its encoding, its delimiter, and the line its header stands on."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.workspace.errors import UnreadableSource

BLOCK = 1 << 22
DELIMITERS = (",", "\t", ";", "|")
HEADER_LINES = 20


@dataclass(frozen=True)
class Delimited:
    """A UTF-8 file (the original, or its transcription), its headers, and how many records stand above the first row.

    A record above may be a blank line, or several lines in quotes; DuckDB skips records, not lines.
    """

    path: Path
    delimiter: str
    headers: tuple[str, ...]
    records_above: int


def look_at(place: str, path: Path, scratch: Path, lacks: Callable[[Sequence[str]], bool]) -> Delimited:
    """Find out how a delimited file is to be read; one that is not UTF-8 is transcribed into `scratch` first.

    Raises:
        UnreadableSource: the bytes are neither UTF-8 nor GB18030, or no line is there at all.
    """
    text = as_utf8(place, path, scratch)
    with text.open(encoding="utf-8-sig", newline="") as stream:
        top = [line for _, line in zip(range(HEADER_LINES), stream, strict=False)]
    if not any(line.strip() for line in top):
        raise UnreadableSource(place, "nothing but white space", "a table with a header", "Send the file again.")
    delimiters = _delimiters(path, top)
    records = ((cells, above, delimiter) for delimiter in delimiters for cells, above in _records(top, delimiter))
    header = next((record for record in records if not lacks(record[0])), None)
    if header is None:
        header = next((cells, above, delimiters[0]) for cells, above in _records(top, delimiters[0]) if any(cells))
    cells, above, delimiter = header
    return Delimited(text, delimiter, tuple(cells), above)


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[list[str], int]]:
    """Records with how many of them there are up to and with each."""
    for number, record in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
        yield [cell.strip() for cell in record], number


def _delimiters(path: Path, lines: list[str]) -> Sequence[str]:
    """The delimiters that the file may have, those first that split its top most often; a .tsv has tabs."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    text = "".join(lines)
    return sorted(DELIMITERS, key=lambda mark: -text.count(mark))


def as_utf8(place: str, path: Path, scratch: Path, *, with_mark: bool = True) -> Path:
    """The file itself if it is UTF-8 with one kind of line end, else its transcription, from GB18030 or UTF-16 too, in `scratch`.

    `with_mark` tells whether a leading byte order mark may stay.

    Raises:
        UnreadableSource: the bytes are neither UTF-8 nor GB18030.
    """
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
        return _transcribed(place, path, scratch, "utf-16")
    if not _is_utf8(path):
        return _transcribed(place, path, scratch, "gb18030")
    if _mixes_line_ends(path) or (start.startswith(codecs.BOM_UTF8) and not with_mark):
        return _transcribed(place, path, scratch, "utf-8-sig")
    return path


def encoding_of(path: Path, text: Path) -> str:
    """The encoding of `path`, of which `as_utf8` made `text`: utf-8, gb18030 or utf-16."""
    if text == path:
        return "utf-8"
    with path.open("rb") as stream:
        if stream.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
    return "utf-8" if _is_utf8(path) else "gb18030"


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
    target = scratch / f"{path.stem}.utf8{path.suffix}"
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
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
