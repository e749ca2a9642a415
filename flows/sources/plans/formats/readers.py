"""Which reader reads which format."""

from __future__ import annotations

from collections.abc import Callable

from flows.sources.plans.formats import doc, docx, html, mht, odt, ofd, pdf, picture, plain
from flows.sources.plans.formats.draft import Draft
from flows.sources.plans.formats.signature import true_format

READERS: dict[str, Callable[[bytes, str], Draft]] = {
    "txt": plain.read,
    "md": plain.read,
    "html": html.read,
    "mht": mht.read,
    "docx": docx.read,
    "pdf": pdf.read,
    "doc": doc.read,
    "odt": odt.read,
    "ofd": ofd.read,
    "picture": picture.read,
}


def read_draft(data: bytes, name: str, suffix: str) -> tuple[Draft, str]:
    """The rows of one file and its true format. Raises UnreadableSource for what cannot be read."""
    file_format = true_format(data, name, suffix)
    return READERS[file_format](data, name), file_format
