"""The text of a plan with the place of every character: one reader for every format (formats/readers.py).

Nothing is thrown away but format characters that nobody sees; look-alikes that copies from PDF have are read as what they stand for.
Site furniture stays in the text as lines of kind "boilerplate", scanning faults stay as printed with a `Repair` beside them, so that
every later quote can be found again, to the character.
"""

from __future__ import annotations

from dataclasses import dataclass

from exports.credentials import suffix_of
from exports.messages import _
from flows.sources.plans.formats.boilerplate import mark_boilerplate
from flows.sources.plans.formats.draft import Draft
from flows.sources.plans.formats.losses import Box, Loss, with_losses
from flows.sources.plans.formats.metadata import take_metadata
from flows.sources.plans.formats.readers import read_draft
from flows.sources.plans.formats.repairs import find_repairs
from flows.sources.tables.cleaning import legible
from flows.workspace.errors import UnreadableSource

_LARGEST = 256 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `text` is exactly `SourceText.text[offset:offset + len(text)]`. Kinds: text, table, heading, boilerplate, metadata.

    `score` is how sure text recognition was of it (0 to 1) and `box` where it stands on its page; both None for text that the file holds.
    """

    number: int
    page: int | None
    offset: int
    text: str
    kind: str
    score: float | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """How a scanning fault or a stray mark is to be read. `start` and `end` are its span in the text, which keeps what was printed."""

    line: int
    start: int
    end: int
    found: str
    read_as: str
    rule: str


@dataclass(frozen=True, slots=True)
class SourceText:
    """The whole text and its lines. `merged_cells` lists (line number, column from 0) of each cell that repeats a merged cell above it.

    `cell_breaks` are the places in `text` at which a further paragraph of one table cell begins, in order. `losses` says what of the
    document was not read; a document with any is incomplete. `unseen` are texts of the file that are no lines, each with its name.
    """

    text: str
    lines: tuple[Line, ...]
    format: str
    encoding: str | None
    metadata: dict[str, str]
    repairs: tuple[Repair, ...]
    merged_cells: tuple[tuple[int, int], ...] = ()
    cell_breaks: tuple[int, ...] = ()
    losses: tuple[Loss, ...] = ()
    unseen: tuple[tuple[str, str], ...] = ()


def read_text(data: bytes, name: str) -> SourceText:
    """The text of one file; the suffix of its file `name` chooses the format, unless the first bytes show another that can be read.

    Raises UnreadableSource, and nothing else, for what cannot be read: it names the place, what was found, expected and to be done.
    """
    if not data.strip():
        raise UnreadableSource(name, _("an empty file"), _("the text of a plan"), _("Fetch or save the file again."))
    if len(data) > _LARGEST:
        found, expected = _("a file of {size} MB", size=len(data) >> 20), _("at most {size} MB", size=_LARGEST >> 20)
        raise UnreadableSource(name, found, expected, _("Split the document."))
    source = _assemble(*read_draft(data, name, suffix_of(name)))
    if not any(line.text.strip() for line in source.lines):
        found = with_losses(_("a file without text"), (loss.words for loss in source.losses))
        raise UnreadableSource(name, found, _("the text of a plan"), _("Fetch or save the file again."))
    return source


def _assemble(draft: Draft, file_format: str) -> SourceText:
    """Give each row its number and offset, and say what kind of line it is."""
    for row in draft.rows:
        row.text = legible(row.text)
    mark_boilerplate(draft.rows)
    metadata = draft.metadata | take_metadata(draft.rows)
    lines = []
    offset = 0
    for number, row in enumerate(draft.rows, start=1):
        lines.append(Line(number, row.page, offset, row.text, row.kind, row.score, row.box))
        offset += len(row.text) + 1
    is_markdown = file_format == "md" or (file_format == "txt" and any(line.kind == "heading" for line in lines))
    repairs = tuple(
        Repair(number, start := lines[number - 1].offset + column, start + len(found), found, read_as, rule)
        for number, column, found, read_as, rule in find_repairs(lines, is_markdown=is_markdown)
    )
    merged = tuple((number, column) for number, row in enumerate(draft.rows, start=1) for column in row.copied)
    breaks = tuple(line.offset + column for line, row in zip(lines, draft.rows, strict=True) for column in row.breaks)
    text = "\n".join(row.text for row in draft.rows)
    losses, unseen = tuple(draft.losses), tuple(draft.unseen)
    return SourceText(text, tuple(lines), file_format, draft.encoding, metadata, repairs, merged, breaks, losses, unseen)
