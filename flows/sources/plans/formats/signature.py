"""Which format a file truly has: its suffix says, its first bytes may know better."""

from __future__ import annotations

import re

from flows.workspace.errors import UnreadableSource

_BY_SUFFIX = {
    ".txt": "txt", ".text": "txt", ".md": "md", ".markdown": "md", ".html": "html", ".htm": "html", ".shtml": "html", ".xhtml": "html",
    ".docx": "docx", ".docm": "docx", ".pdf": "pdf", ".doc": "doc", ".wps": "doc", ".rtf": "doc",
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_DOCX = "EncryptedPackage".encode("utf-16-le")
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|meta|\?xml[^>]*>\s*<html)", re.IGNORECASE)
_WORD_PAGE = re.compile(rb"urn:schemas-microsoft-com:office:word|Word\.Document|Microsoft Word", re.IGNORECASE)
_HEAD = 4096


def true_format(data: bytes, name: str, suffix: str) -> str:
    """txt, md, html, docx, pdf or doc. Sites serve Word files under wrong suffixes, and error pages in place of files.

    Raises UnreadableSource for a suffix that is not read, an encrypted Word file, and a web page where a document should be.
    """
    named = _BY_SUFFIX.get(suffix)
    if named is None:
        remedy = "Convert it to one of these / 请转换为以上格式之一。"
        raise UnreadableSource(name, f"a file of type {suffix or '(none)'}", " ".join(_BY_SUFFIX), remedy)
    shown = _shown_format(data, name)
    if shown == "html" and named in {"docx", "pdf", "doc"} and not (named == "doc" and _WORD_PAGE.search(data[:_HEAD])):
        found = "a web page (an error page?) in place of the document"
        raise UnreadableSource(name, found, f"a {suffix} file", "Fetch the file again / 请重新下载该文件。")
    if shown == "html" and named in {"txt", "md"}:
        return named
    return shown or named


def _shown_format(data: bytes, name: str) -> str | None:
    """What the first bytes show without doubt."""
    if data.startswith(_OLE):
        if _ENCRYPTED_DOCX in data:
            raise UnreadableSource(
                name, "an encrypted Word file", "a file that opens without a password", "Save it without a password / 请去除密码后另存。"
            )
        return "doc"
    shown = {b"PK\x03\x04": "docx", b"%PDF": "pdf", rb"{\rt": "doc"}.get(data[:4])
    return shown or ("html" if _WEB_PAGE.match(data[:_HEAD].removeprefix(b"\xef\xbb\xbf")) else None)
