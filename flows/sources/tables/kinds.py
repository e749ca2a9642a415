"""What kind of table a file holds, by its bytes and not by its name: systems send HTML as .xls and workbooks as .csv."""

from __future__ import annotations

import codecs
import json
import zipfile
from pathlib import Path
from typing import Literal

from flows.sources.tables.biff import MAGIC, streams

Kind = Literal["xlsx", "ods", "xls", "html", "spreadsheet_xml", "parquet", "json", "ndjson", "delimited", "office", "unknown"]
WORKBOOKS: tuple[Kind, ...] = ("xlsx", "ods", "xls", "html", "spreadsheet_xml")
HEAD = 1 << 16
PICTURES = {
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"%PDF": "a PDF document",
    b"Rar!": "an archive (RAR)",
    b"7z\xbc\xaf": "an archive (7z)",
    b"\x1f\x8b": "a compressed file (gzip)",
}


def kind_of(path: Path) -> tuple[Kind, str]:
    """The kind of a file's table, and for one that is unknown or only an office program opens what the file is instead."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_package(path)
    if head.startswith(MAGIC):
        return _kind_of_container(path)
    if head.startswith(b"PAR1"):
        return "parquet", ""
    for start, what in PICTURES.items():
        if head.startswith(start):
            return "unknown", what
    return _kind_of_text(head)


def _kind_of_package(path: Path) -> tuple[Kind, str]:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            media = package.read("mimetype")[:100].decode("latin-1") if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError):
        return "xlsx", ""  # whose reader says what is wrong with it
    if "opendocument" in media:
        return ("ods", "") if "spreadsheet" in media else ("unknown", "an OpenDocument text, not a spreadsheet")
    if any(name.startswith("xl/") for name in names):
        binary = any(name.endswith("workbook.bin") for name in names)
        return ("unknown", "a binary workbook (.xlsb)") if binary else ("xlsx", "")
    if any(name.startswith("word/") for name in names):
        return "office", "a Word document"
    if "[Content_Types].xml" in names:
        return "xlsx", ""
    return "unknown", "an archive (ZIP)"


def _kind_of_container(path: Path) -> tuple[Kind, str]:
    names = set(streams(path.read_bytes()))
    if names & {"Workbook", "Book"} or not names:
        return "xls", ""
    if "EncryptedPackage" in names:
        return "unknown", "a workbook with a password"
    return "office", "a Word document (.doc)" if "WordDocument" in names else "an OLE file without a workbook"


def _kind_of_text(head: bytes) -> tuple[Kind, str]:
    text = head
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            text = head[2:].decode(encoding, "ignore").encode()
    text = text.removeprefix(codecs.BOM_UTF8).replace(b"\x00", b"").lstrip()
    low = text[:8192].lower()
    if text.startswith(b"<"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in low and b"<html" not in low:
            return "spreadsheet_xml", ""
        if b"<html" in low or b"<table" in low or b"<!doctype html" in low or b"<meta" in low:
            return "html", ""
        return "unknown", "a file of XML" if low.startswith(b"<?xml") else "no table"
    if text.startswith(b"["):
        return "json", ""
    if text.startswith(b"{"):
        first, _, rest = text.partition(b"\n")
        return ("ndjson" if rest.strip() and _is_whole(first) else "json"), ""
    return "delimited", ""


def _is_whole(line: bytes) -> bool:
    """Whether a line is a JSON object by itself; one that is longer than what was looked at is taken to be."""
    try:
        json.loads(line.decode("utf-8", "replace"))
    except ValueError:
        return len(line) >= HEAD - 4 or line.rstrip().endswith(b"}")
    return True
