"""Whether a record may leave: the facts by which `staging` says why a row is held (`row_hold`), and what settings may say.

The SQL stands in sql/registers/: staging.sql.j2 and leaving_macros.sql.j2.

Of several reasons the strictest holds (order of sql/reference/hold_reasons.csv). A default that opens something is legal only where
the settings name it for a source (`when_absent`); a header that says nothing on publication may be named there too (`says_nothing`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import duckdb

from exports.catalog import Catalog, fold_header
from exports.messages import _, listed
from flows.sources.readers import PLANS
from flows.sources.registers.over_rows import LABELS, PATH, parts_of_path, said_over
from flows.sources.registers.reader import HEADERS
from flows.sources.registers.statements import KEY, REFERENCE, TYPE, says
from flows.warehouse.arrow_tables import make_text_table
from flows.warehouse.templates import SQL, render
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import SETTINGS, Workspace

ATTRIBUTE, REVIEW, WITHDRAWN = "disclosure_attribute", "review_state", "withdrawn_on"
REASONS = REFERENCE / "hold_reasons.csv"
QUESTIONS_OF_ATTRIBUTE = ("attribute", "is_public", "is_on_request", "is_withheld")
_WIDE = "".join(chr(code) for code in range(0xFF10, 0xFF5B) if chr(code).isalnum())
_BRACKETS, _STROKES, _BLANKS = "（）〔〕[]［］【】〈〉", "－—–‐‑―／", " \u3000\u00a0\t\r\n"
# One number, however it is typed: full width, other brackets and strokes, small letters; blanks go.
NUMBER_SIGNS = _WIDE + _BRACKETS + _STROKES + _BLANKS
PLAIN_SIGNS = "".join(chr(ord(sign) - 0xFEE0) for sign in _WIDE) + "()" * 6 + "------/"
GRAINS = {
    "raw.questions": "one row per file of a register and column that is asked whether its rows may leave: header, question, whether it is filled",
    "raw.file_defaults": "one row per file without a disclosure attribute for which the settings say what holds",
    "raw.silent_headers": "one row per file with the headers that by the settings say nothing on publication",
    "raw.path_statements": "one row per file whose name or folder says that what is in it is held: what it says, and where",
    "reference.hold_reasons": "one row per reason for which a record is held, the strictest first, with what to do",
    "reference.leaving_rules": "one row per general rule by which something leaves or stays, in words",
    "reference.leaving_headers": "one row per kind of header that asks whether a row may leave",
    "reference.leaving_words": "one row per question and word: what it says",
    "reference.leaving_patterns": "one row per question and pattern of words: what they say",
}


class _File(Protocol):
    """What this room asks of a source file: `raw_tables.Source` is one."""

    @property
    def source_name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def tables(self) -> Mapping[str, Path]: ...


def reasons() -> list[str]:
    """Every reason for which a record is held, the strictest first."""
    with REASONS.open(encoding="utf-8", newline="") as stream:
        return [row["hold_reason"] for row in csv.DictReader(stream)]


@cache
def macros() -> str:
    """SQL: the macros of sql/registers/leaving_macros.sql.j2, and those over cells of flows/sources/registers/statements.py.

    They stand on sql/macros.sql, which is to be executed first.
    """
    rendered = render(
        "leaving_macros",
        reasons=reasons(),
        number_signs=NUMBER_SIGNS,
        plain_signs=PLAIN_SIGNS,
        statements_type=TYPE,
        attribute_questions=QUESTIONS_OF_ATTRIBUTE,
        attribute_says=says("attribute", "written"),
        review_says=says("review", "state"),
    )
    return KEY.replace("temp macro", "macro") + rendered


def define_macros(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the macros that compare numbers, links and titles, and name documents, the same as the warehouse's."""
    connection.execute((SQL / "macros.sql").read_text("utf-8").replace("create macro", "create or replace macro"))
    connection.execute(macros())


def load_leaving(connection: duckdb.DuckDBPyConnection, workspace: Workspace, catalog: Catalog, sources: Sequence[_File]) -> None:
    """Make `raw.questions`, `raw.file_defaults`, `raw.silent_headers` and `raw.path_statements`.

    Raises:
        ConfigurationError: a setting names what there is not.
    """
    require_known(workspace, catalog)
    connection.execute(
        "create table raw.questions (source_sha256 varchar, header_text varchar, column_name varchar, question varchar, is_filled boolean)"
    )
    files = sorted({str(source.tables[HEADERS]) for source in sources if HEADERS in source.tables})
    if files:
        connection.execute(
            "insert into raw.questions select distinct source_sha256, header_text, column_name, question, is_filled "
            "from read_parquet($1) where question is not null",
            [files],
        )
    _silence(connection, workspace, sources)
    leaving = {PLANS, *(name for name, register in catalog.registers.items() if register.leaves)}
    _load_paths(connection, workspace, [source for source in sources if source.kind in leaving])
    defaults = {source.name: source.when_absent for source in workspace.settings.sources if source.when_absent}
    named = [
        (source.sha256, source.kind, column, value) for source in sources for column, value in defaults.get(source.source_name, {}).items()
    ]
    make_text_table(connection, "raw.named_defaults", ("source_sha256", "source_kind", "column_name", "when_absent_value"), named)
    connection.execute("""
        create table raw.file_defaults as
        select distinct named.* from raw.named_defaults as named
        anti join (select source_sha256 from raw.questions where question in ('attribute', 'is_public') and is_filled) as asked
            on named.source_sha256 = asked.source_sha256
    """)
    connection.execute("drop table raw.named_defaults")


def _silence(connection: duckdb.DuckDBPyConnection, workspace: Workspace, sources: Sequence[_File]) -> None:
    silent = {source.name: {fold_header(header) for header in source.says_nothing} for source in workspace.settings.sources}
    digests = {source.sha256: silent.get(source.source_name, set()) for source in sources}
    asked = connection.execute("select distinct source_sha256, header_text from raw.questions").fetchall()
    asked += [(digest, label) for digest in digests for label in LABELS.values()]
    rows = [(digest, header) for digest, header in asked if fold_header(header) in digests.get(digest, set())]
    make_text_table(connection, "raw.silenced", ("source_sha256", "header_text"), rows)
    connection.execute(
        "create table raw.silent_headers as select source_sha256, list(header_text) as silent_headers from raw.silenced group by 1"
    )
    connection.execute("drop table raw.silenced")


def _load_paths(connection: duckdb.DuckDBPyConnection, workspace: Workspace, sources: Sequence[_File]) -> None:
    """What folders and names of files say: 不予公开/2026.csv. A file is known by its bytes, so that one that lies in two places is held by both.
    `sources` are those whose rows leave one by one: a ledger of requests may well be called 依申请公开.
    """
    silent = {each.name for each in workspace.settings.sources if fold_header(PATH) in set(map(fold_header, each.says_nothing))}
    parts = [(each, part) for each in sources if each.source_name not in silent for part in parts_of_path(each.path)]
    said = said_over(connection, [("path", part) for _kind, part in parts])
    rows = [(each.sha256, each.kind, part, PATH, "heading", why) for (each, part), why in zip(parts, said, strict=True) if why]
    columns = ("source_sha256", "source_kind", "path_part", "header", "question", "says")
    make_text_table(connection, "raw.named_paths", columns, sorted(set(rows)))
    connection.execute(f"""
        create table raw.path_statements as
        select
            source_sha256,
            source_kind,
            list(distinct path_part order by path_part) as path_parts,
            cast(list(distinct {{'header': header, 'question': question, 'says': says}}) as {TYPE}) as statements
        from raw.named_paths
        group by source_sha256, source_kind
    """)
    connection.execute("drop table raw.named_paths")


def require_known(workspace: Workspace, catalog: Catalog) -> None:
    """Raises:
    ConfigurationError: `when_absent` of a source names another column than its register's attribute, or no word of it.
    """
    for source in workspace.settings.sources:
        place = f"{workspace.root / SETTINGS}: sources: {source.name}: when_absent"
        register = catalog.registers.get(source.kind)
        for column, value in source.when_absent.items():
            if column != ATTRIBUTE or register is None or ATTRIBUTE not in register.column_names:
                raise ConfigurationError(finding(place, column, ATTRIBUTE, _("Only the attribute can be agreed so.")))
            if value not in (catalog.columns[ATTRIBUTE].enum or ()):
                expected = _("one of {expected}", expected=listed(catalog.columns[ATTRIBUTE].enum or ()))
                raise ConfigurationError(finding(place, value, expected, _("See docs/settings.md.")))
