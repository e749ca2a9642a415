"""The text of a plan with the place of every character: one reader for txt, md, html, docx, pdf and doc.

Nothing is thrown away: site furniture stays in the text as lines of kind "boilerplate", scanning faults stay as printed with a
`Repair` beside them, so that every later quote can be found again, to the character.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath

from flows.errors import UnreadableSource
from flows.sources.plans.formats import docx, html, pdf, plain
from flows.sources.plans.formats.boilerplate import mark_boilerplate
from flows.sources.plans.formats.draft import Draft
from flows.sources.plans.formats.metadata import take_metadata
from flows.sources.plans.formats.repairs import find_repairs

_READERS: dict[str, tuple[str, Callable[[bytes, str], Draft]]] = {
    ".txt": ("txt", plain.read),
    ".text": ("txt", plain.read),
    ".md": ("md", plain.read),
    ".markdown": ("md", plain.read),
    ".html": ("html", html.read),
    ".htm": ("html", html.read),
    ".shtml": ("html", html.read),
    ".docx": ("docx", docx.read),
    ".docm": ("docx", docx.read),
    ".pdf": ("pdf", pdf.read),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `text` is exactly `SourceText.text[offset:offset + len(text)]`. Kinds: text, table, heading, boilerplate, metadata."""

    number: int
    page: int | None
    offset: int
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Repair:
    """How a scanning fault or a stray mark is to be read; `start` and `end` are its span in `SourceText.text`, which keeps what was printed."""

    line: int
    start: int
    end: int
    found: str
    read_as: str
    rule: str


@dataclass(frozen=True, slots=True)
class SourceText:
    """The whole text and its lines. `merged_cells` lists (line number, column from 0) of each cell that repeats a merged cell above it."""

    text: str
    lines: tuple[Line, ...]
    format: str
    encoding: str | None
    metadata: dict[str, str]
    repairs: tuple[Repair, ...]
    merged_cells: tuple[tuple[int, int], ...] = ()


def read_text(data: bytes, name: str) -> SourceText:
    """The text of one file; `name` is its file name, whose suffix chooses the format. Raises UnreadableSource, nothing else."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in _READERS:
        raise UnreadableSource(
            name, f"a file of type {suffix or '(none)'}", " ".join(_READERS), "Convert it to one of these / 请转换为以上格式之一。"
        )
    if not data.strip():
        raise UnreadableSource(name, "an empty file", "the text of a plan", "Fetch or save the file again / 请重新下载或保存该文件。")
    file_format, read = _READERS[suffix]
    return _assemble(read(data, name), file_format)


def _assemble(draft: Draft, file_format: str) -> SourceText:
    """Give each row its number and offset, and say what kind of line it is."""
    mark_boilerplate(draft.rows)
    metadata = draft.metadata | take_metadata(draft.rows)
    lines = []
    offset = 0
    for number, row in enumerate(draft.rows, start=1):
        lines.append(Line(number, row.page, offset, row.text, row.kind))
        offset += len(row.text) + 1
    repairs = tuple(
        Repair(number, start := lines[number - 1].offset + column, start + len(found), found, read_as, rule)
        for number, column, found, read_as, rule in find_repairs(lines)
    )
    merged = tuple((number, column) for number, row in enumerate(draft.rows, start=1) for column in row.copied)
    text = "\n".join(row.text for row in draft.rows)
    return SourceText(text, tuple(lines), file_format, draft.encoding, metadata, repairs, merged)
