"""Rows laid out as files: which header stands over which column, in which order and format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.release import words
from tests.release.formats import TABLES, Table
from tests.release.rows import Row, accepted_headers
from tests.release.words import HARMLESS_COLUMNS

AMBIGUOUS = {"公开方式", "公开范围", "属性", "类型", "类别", "名称", "原因", "理由", "形式", "信息类别", "状态"}
"""Accepted headers that other recipes use for another sense; they are not chosen at random."""

DECIDING = {*words.ATTRIBUTE_HEADERS, *words.YES_NO_HEADERS, *words.SECRECY_HEADERS, *words.REVIEW_HEADERS, *words.REMARK_HEADERS}
TITLE_SHARE = 0.15  # of such files begin with lines above their headers
TITLED = {"csv utf-8", "csv bom", "csv gb18030", "tsv", "xlsx", "ods"}


@dataclass
class Sheet:
    """A file to be: its source's folder, its name without suffix, its rows and its format."""

    folder: str
    stem: str
    rows: list[Row]
    format_name: str
    fixed_headers: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.stem}.{TABLES[self.format_name][0]}"


def _dressed(header: str, rng: Random) -> str:
    """A header as clerks write it; the documented forms only: white space, line ends, brackets around it, width."""
    forms = (header, header, header, f" {header} ", f"{header}　", f"{header[:2]}\n{header[2:]}", " ".join(header), f"（{header}）")
    return rng.choice(forms)


def _asked(header: str, rng: Random) -> str:
    """A header over what decides, as forms print it: asked for, starred, over two lines, with a colon."""
    return rng.choice(
        (
            header,
            header,
            header,
            f"{header}（必填）",
            f"{header}(必填)",
            f"*{header}",
            f"{header}：",
            f" {header}",
            f"{header[:2]}\n{header[2:]}",
        )
    )


def _header(register: str, column: str, sheet: Sheet, rng: Random) -> str:
    known = accepted_headers(register)
    if column in sheet.fixed_headers:
        return sheet.fixed_headers[column]
    if column not in known:
        return _asked(column, rng) if column in DECIDING else column
    return _dressed(rng.choice([header for header in known[column] if header not in AMBIGUOUS] or known[column]), rng)


def _columns(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row.cells))


def _with_harmless(sheet: Sheet, columns: list[str], rng: Random) -> dict[str, list[Any]]:
    chosen = [name for name in rng.sample(list(HARMLESS_COLUMNS), rng.randint(0, 3)) if name not in columns]
    count = len(sheet.rows)
    return {
        name: [rng.choice(words) for _ in range(count)] if (words := HARMLESS_COLUMNS[name]) else list(range(1, count + 1))
        for name in chosen
    }


def table_of(sheet: Sheet, rng: Random) -> Table:
    """The sheet's rows under headers, columns shuffled, harmless columns between them."""
    columns = _columns(sheet.rows)
    register = sheet.rows[0].register
    laid = {column: [row.cells.get(column) for row in sheet.rows] for column in columns}
    heads = {column: _header(register, column, sheet, rng) for column in columns}
    for name, cells in _with_harmless(sheet, columns, rng).items():
        laid[name], heads[name] = cells, name
    order = list(laid)
    rng.shuffle(order)
    return [[heads[column] for column in order], *map(list, zip(*(laid[column] for column in order), strict=True))]


def written(sheet: Sheet, rng: Random) -> bytes:
    """The file's bytes; every mark learns in which file and format it stands."""
    for row in sheet.rows:
        for mark in row.marks:
            mark.stands_in(f"{sheet.path} ({sheet.format_name})")
    table = table_of(sheet, rng)
    if sheet.format_name in TITLED and rng.random() < TITLE_SHARE:
        blank: list[str | None] = [""] * (len(table[0]) - 1)
        table = [["栖川县2026年信息台账", *blank], ["填报单位：县政务公开办", *blank], *table]
    return TABLES[sheet.format_name][1](table, rng)
