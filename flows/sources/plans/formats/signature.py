"""Which format a file truly has: its suffix says, its first bytes may know better."""

from __future__ import annotations

import io
import re
import zipfile

from exports.messages import _
from flows.workspace.errors import UnreadableSource

_BY_SUFFIX = {
    ".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".shtml": "html", ".xhtml": "html",
    ".docx": "docx", ".docm": "docx", ".dotx": "docx", ".dotm": "docx", ".mht": "mht", ".mhtml": "mht",
    ".odt": "odt", ".ott": "odt", ".fodt": "odt", ".ofd": "ofd", ".wpt": "doc", ".dot": "doc",
    ".png": "picture", ".jpg": "picture", ".jpeg": "picture", ".tif": "picture", ".tiff": "picture", ".bmp": "picture", ".webp": "picture",
    ".pdf": "pdf", ".doc": "doc", ".wps": "doc", ".rtf": "doc",
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_DOCX = "EncryptedPackage".encode("utf-16-le")
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|meta|\?xml[^>]*>\s*<html)", re.IGNORECASE)
_WHOLE_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE)
_WORD_PAGE = re.compile(rb"urn:schemas-microsoft-com:office:word|Word\.Document|Microsoft Word", re.IGNORECASE)
_ARCHIVED_PAGE = re.compile(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", re.IGNORECASE)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_FLAT_ODT = re.compile(rb"\s*<\?xml[^>]*>\s*(?:<!--.*?-->\s*)?<office:document\b", re.DOTALL)
_HEAD = 4096


def true_format(data: bytes, name: str, suffix: str) -> str:
    """One of the formats that readers.py names. Sites serve Word files under wrong suffixes, and error pages in place of files.

    Raises UnreadableSource for a suffix that is not read, an encrypted Word file, and a web page where a document should be.
    """
    named = _BY_SUFFIX.get(suffix)
    if named is None:
        found = _("a file of type {suffix}", suffix=suffix) if suffix else _("a file without a suffix")
        raise UnreadableSource(name, found, " ".join(_BY_SUFFIX), _("Convert it to one of these."))
    shown = _shown_format(data, name)
    if shown == "html" and named in {"docx", "pdf", "doc"} and not (named == "doc" and _WORD_PAGE.search(data[:_HEAD])):
        found = _("a web page (an error page?) in place of the document")
        raise UnreadableSource(name, found, _("a {suffix} file", suffix=suffix), _("Fetch the file again."))
    if shown == "html" and named in {"txt", "md"} and not _WHOLE_PAGE.match(data[:_HEAD].removeprefix(b"\xef\xbb\xbf")):
        return named
    return shown or named


def _shown_format(data: bytes, name: str) -> str | None:
    """What the first bytes show without doubt."""
    if data.startswith(_OLE):
        if _ENCRYPTED_DOCX in data:
            raise UnreadableSource(
                name, _("an encrypted Word file"), _("a file that opens without a password"), _("Save it without a password.")
            )
        return "doc"
    if data.startswith(b"PK\x03\x04"):
        return _archived_format(data)
    shown = {b"%PDF": "pdf", rb"{\rt": "doc"}.get(data[:4])
    if shown is None and any(data.startswith(mark) for mark in _PICTURES):
        return "picture"
    if shown is None and _FLAT_ODT.match(data[:_HEAD]):
        return "odt"
    if shown is None and _ARCHIVED_PAGE.match(data[:_HEAD].replace(b"\r\n", b"\n")):
        return "mht"
    return shown or ("html" if _WEB_PAGE.match(data[:_HEAD].removeprefix(b"\xef\xbb\xbf")) else None)


def _archived_format(data: bytes) -> str:
    """Of the formats that are ZIP archives, the one whose parts the archive holds; docx where it cannot be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError):
        names = set()
    if "OFD.xml" in names:
        return "ofd"
    return "odt" if "content.xml" in names and "word/document.xml" not in names else "docx"
