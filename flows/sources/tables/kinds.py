"""What kind of table a file holds, by its bytes and not by its name: systems send HTML as .xls and workbooks as .csv."""

from __future__ import annotations

import codecs
import json
import re
import struct
import zipfile
from pathlib import Path
from typing import Literal

from exports.messages import N_
from flows.sources.tables.biff import MAGIC, streams

Kind = Literal["xlsx", "ods", "xls", "html", "spreadsheet_xml", "parquet", "json", "ndjson", "delimited", "office", "unknown"]
WORKBOOKS: tuple[Kind, ...] = ("xlsx", "ods", "xls", "html", "spreadsheet_xml")
HEAD = 1 << 16
NO_TABLE = N_("a page without a table")
WORD = N_("a Word document")
OLD_WORD = N_("a Word document (.doc)")
NO_WORKBOOK = N_("an OLE file without a workbook")
FLAT_SPREADSHEET = N_("a flat OpenDocument spreadsheet (.fods)")
SYLK = N_("a SYLK table (.slk)")
OFFICE_SUFFIXES = {
    WORD: ".doc",
    OLD_WORD: ".doc",
    NO_WORKBOOK: ".et",
    FLAT_SPREADSHEET: ".fods",
    SYLK: ".slk",
}  # of what only an office program opens, with the suffix by which it knows the form
DBASE_VERSIONS = frozenset((0x02, 0x03, 0x30, 0x31, 0x32, 0x83, 0x8B, 0xF5))
PLAIN_SIGNS: tuple[tuple[re.Pattern[bytes], Kind, str], ...] = (
    (re.compile(rb"ID;P[^\n]*\n(?:[^\n]*\n){0,200}?C;"), "office", SYLK),
    (re.compile(rb"TABLE\r?\n0,1\r?\n"), "unknown", N_("a table of the Data Interchange Format (.dif)")),
    (re.compile(rb"\["), "json", ""),
)
FLAT_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
PICTURES = {
    b"\x89PNG": N_("a picture (PNG)"),
    b"\xff\xd8\xff": N_("a picture (JPEG)"),
    b"GIF8": N_("a picture (GIF)"),
    b"%PDF": N_("a PDF document"),
    b"Rar!": N_("an archive (RAR)"),
    b"7z\xbc\xaf": N_("an archive (7z)"),
    b"\x1f\x8b": N_("a compressed file (gzip)"),
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
    unread = [what for start, what in PICTURES.items() if head.startswith(start)]
    if _is_dbase(head, path.stat().st_size):
        unread.append(N_("a dBase or FoxPro table (.dbf)"))
    return ("unknown", unread[0]) if unread else _kind_of_text(head)


def _is_dbase(head: bytes, size: int) -> bool:
    """Whether the bytes begin as a dBase III to FoxPro table does: version, day, and lengths that the size of the file bears out."""
    if len(head) < 32 or head[0] not in DBASE_VERSIONS or not (1 <= head[2] <= 12 and 1 <= head[3] <= 31):
        return False
    rows, header, row = struct.unpack("<IHH", head[4:12])
    return bool(header > 32 and row > 1 and 0 <= size - (header + rows * row) <= 1)


def _kind_of_package(path: Path) -> tuple[Kind, str]:
    try:
        with zipfile.ZipFile(path) as package:
            names = set(package.namelist())
            media = package.read("mimetype")[:100].decode("latin-1") if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, EOFError):
        return "xlsx", ""  # whose reader says what is wrong with it
    if "opendocument" in media:
        return ("ods", "") if "spreadsheet" in media else ("unknown", N_("an OpenDocument text, not a spreadsheet"))
    if any(name.startswith("xl/") for name in names):
        binary = any(name.endswith("workbook.bin") for name in names)
        return ("unknown", N_("a binary workbook (.xlsb)")) if binary else ("xlsx", "")
    if any(name.startswith("word/") for name in names):
        return "office", WORD
    if "[Content_Types].xml" in names:
        return "xlsx", ""
    return "unknown", N_("an archive (ZIP)")


def _kind_of_container(path: Path) -> tuple[Kind, str]:
    names = set(streams(path.read_bytes()))
    if names & {"Workbook", "Book"} or not names:
        return "xls", ""
    if "EncryptedPackage" in names:
        return "unknown", N_("a workbook with a password")
    return "office", OLD_WORD if "WordDocument" in names else NO_WORKBOOK


def _kind_of_text(head: bytes) -> tuple[Kind, str]:
    text = head
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            text = head[2:].decode(encoding, "ignore").encode()
    text = text.removeprefix(codecs.BOM_UTF8).replace(b"\x00", b"").lstrip()
    low = text[:8192].lower()
    if text.startswith(b"<"):
        return _kind_of_markup(low)
    for sign, kind, what in PLAIN_SIGNS:
        if sign.match(text):
            return kind, what
    if text.startswith(b"{"):
        first, _end, rest = text.partition(b"\n")
        return ("ndjson" if rest.strip() and _is_whole(first) else "json"), ""
    return "delimited", ""


def _kind_of_markup(low: bytes) -> tuple[Kind, str]:
    is_page = any(mark in low for mark in (b"<html", b"<table", b"<!doctype html", b"<meta"))
    if b"urn:schemas-microsoft-com:office:spreadsheet" in low and b"<html" not in low:
        return "spreadsheet_xml", ""
    if FLAT_ODS in low and b"office:document" in low:
        return "office", FLAT_SPREADSHEET
    if b"schemas.uof.org" in low or b"<uof:" in low:
        return "unknown", N_("a UOF document")
    if is_page:
        return "html", ""
    return "unknown", N_("a file of XML") if low.startswith(b"<?xml") else N_("no table")


def _is_whole(line: bytes) -> bool:
    """Whether a line is a JSON object by itself; one that is longer than what was looked at is taken to be."""
    try:
        json.loads(line.decode("utf-8", "replace"))
    except ValueError:
        return len(line) >= HEAD - 4 or line.rstrip().endswith(b"}")
    return True
