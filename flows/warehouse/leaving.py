"""Whether a record may leave: the facts and macros by which `staging` says why a row is held (`row_hold`), and what settings may say.

Of several reasons the strictest holds (order of sql/reference/hold_reasons.csv). A default that opens something is legal only where
the settings name it for a source (`when_absent`); a header that says nothing on publication may be named there too (`says_nothing`).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import duckdb
import pyarrow as pa

from exports.catalog import Catalog, Register, fold_header
from exports.release.files import literal
from flows.sources.registers.reader import HEADERS
from flows.sources.registers.statements import KEY, REFERENCE, TYPE, says
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import SETTINGS, Workspace

WITHDRAWALS = "withdrawals"  # the register of tombstones
ATTRIBUTE, REVIEW, WITHDRAWN = "disclosure_attribute", "review_state", "withdrawn_on"
REASONS = REFERENCE / "hold_reasons.csv"
OF_ATTRIBUTE = {"依申请公开": "on_request", "不予公开": "withheld"}
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
    def tables(self) -> Mapping[str, Path]: ...


def reasons() -> list[str]:
    """Every reason for which a record is held, the strictest first."""
    with REASONS.open(encoding="utf-8", newline="") as stream:
        return [row["hold_reason"] for row in csv.DictReader(stream)]


def macros() -> str:
    """SQL: `strictest_hold(reasons)`, `statement_holds(statements)`, `attribute_said(own, statements, otherwise)`, `review_says(state)`,
    `is_unsaid(text)`: a cell that is filled in and says nothing, such as 无 or /.
    """
    order = f"[{', '.join(map(literal, reasons()))}]"
    of_attribute = ", ".join(map(literal, QUESTIONS_OF_ATTRIBUTE))
    nothing = ", ".join(map(literal, ("", "无", "否", "空", "暂无", "不涉及", "未撤回", "未撤下", "na", "null", "none", "nil")))
    return (
        KEY.replace("temp macro", "macro")
        + f"""
    create or replace macro strictest_hold(reasons) as {order}[
        list_min(list_transform(list_filter(reasons, lambda reason: reason is not null), lambda reason: list_position({order}, reason)))];

    create or replace macro strictness_of(reason) as list_position({order}, reason);

    create or replace macro record_number_key(number) as nullif(lower(translate(number, '{NUMBER_SIGNS}', '{PLAIN_SIGNS}')), '');

    create or replace macro link_key(url) as nullif(nullif(rtrim(regexp_replace(lower(trim(url)), '^[a-z]+://(www[.])?|#.*$', '', 'g'), '/'), ''),
        split_part(rtrim(regexp_replace(lower(trim(url)), '^[a-z]+://(www[.])?|#.*$', '', 'g'), '/'), '/', 1));

    create or replace macro title_key(title) as nullif(regexp_replace(plain_name(title), '[\\s\\p{{P}}]', '', 'g'), '');

    create or replace macro statement_holds(statements) as list_transform(
        list_filter(coalesce(statements, cast([] as {TYPE})), lambda said: said.says not in ('public', 'approved')), lambda said: said.says);

    create or replace macro attribute_said(own, statements, otherwise) as case
        when own = '不予公开' or len(list_filter(statements, lambda said: said.says in ('withheld', 'secret'))) > 0 then '不予公开'
        when own = '依申请公开' or len(list_filter(statements, lambda said: said.says = 'on_request')) > 0 then '依申请公开'
        when own is not null then own
        when len(list_filter(statements, lambda said: said.says = 'public' and said.question in ({of_attribute}))) > 0 then '主动公开'
        when len(list_filter(statements, lambda said: said.question in ({of_attribute}))) > 0 then null
        else otherwise
    end;

    create or replace macro attribute_of(said) as case said
        when 'public' then '主动公开' when 'on_request' then '依申请公开' when 'withheld' then '不予公开' end;

    create or replace macro attribute_code(written) as attribute_of(replace({says("attribute", "written")}, 'secret', 'withheld'));

    create or replace macro review_says(state) as {says("review", "state")};

    create or replace macro is_unsaid(words) as statement_key(words) in ({nothing});
"""
    )


def load_leaving(connection: duckdb.DuckDBPyConnection, workspace: Workspace, catalog: Catalog, sources: Sequence[_File]) -> None:
    """Make `raw.questions`, `raw.file_defaults` and `raw.silent_headers`.

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
    defaults = {source.name: source.when_absent for source in workspace.settings.sources if source.when_absent}
    named = [
        (source.sha256, source.kind, column, value) for source in sources for column, value in defaults.get(source.source_name, {}).items()
    ]
    _table(connection, "raw.named_defaults", ("source_sha256", "source_kind", "column_name", "when_absent_value"), named)
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
    rows = [(digest, header) for digest, header in asked if fold_header(header) in digests.get(digest, set())]
    _table(connection, "raw.silenced", ("source_sha256", "header_text"), rows)
    connection.execute(
        "create table raw.silent_headers as select source_sha256, list(header_text) as silent_headers from raw.silenced group by 1"
    )
    connection.execute("drop table raw.silenced")


def require_known(workspace: Workspace, catalog: Catalog) -> None:
    """Raises:
    ConfigurationError: `when_absent` of a source names another column than its register's attribute, or no word of it.
    """
    for source in workspace.settings.sources:
        place = f"{workspace.root / SETTINGS}: sources: {source.name}: when_absent"
        register = catalog.registers.get(source.kind)
        for column, value in source.when_absent.items():
            if column != ATTRIBUTE or register is None or ATTRIBUTE not in register.column_names:
                raise ConfigurationError(finding(place, column, ATTRIBUTE, "只有公开属性可以这样约定 Only the attribute can be agreed so."))
            if value not in (catalog.columns[ATTRIBUTE].enum or ()):
                expected = "、".join(catalog.columns[ATTRIBUTE].enum or ())
                raise ConfigurationError(finding(place, value, f"one of {expected}", "See docs/settings.md."))


def stated_columns(register: Register) -> dict[str, str]:
    """SQL of what a row of staging says of itself, over `masked`, `defaults`, `reviewed` and `run`, by the names that `holds` reads:
    `stated_attribute` (the strictest of what its own column and others say, null where nothing is known) and `stated_review`.
    """
    stated = {}
    if ATTRIBUTE in register.column_names:
        stated["stated_attribute"] = (
            f"case when masked.has_{ATTRIBUTE} and masked.{ATTRIBUTE} is null then null "
            f"when masked.statements is null and masked.{ATTRIBUTE} is not null then masked.{ATTRIBUTE} "
            f"else attribute_said(masked.{ATTRIBUTE}, masked.statements, defaults.when_absent_value) end"
        )
    if REVIEW in register.column_names:
        stated["stated_review"] = (
            f"case when masked.{REVIEW} is null then if(reviewed.source_sha256 is null, null, 'unknown_review') "
            f"else nullif(review_says(masked.{REVIEW}), 'approved') end"
        )
    return stated


def holds(name: str, register: Register) -> dict[str, str]:
    """SQL of each reason for which a row is held by what it says itself, over the columns of `stated`; null where it is not."""
    names = set(register.column_names) if name != WITHDRAWALS else set()
    found = {}
    if ATTRIBUTE in names:
        held = " ".join(f"when {literal(word)} then {literal(reason)}" for word, reason in OF_ATTRIBUTE.items())
        found["attribute_hold"] = f"case stated_attribute {held} when '主动公开' then null else 'unknown_attribute' end"
    if REVIEW in names:
        found["review_hold"] = "stated_review"
    if WITHDRAWN in names:
        found["withdrawn_hold"] = (
            f"case when {WITHDRAWN} <= leaving_on then 'withdrawn' when has_{WITHDRAWN} and {WITHDRAWN} is null then 'unknown_withdrawal' end"
        )
    if "revoked_on" in names:  # a revoked decision is taken down within three working days (Administrative Penalty Law 48)
        found["revoked_hold"] = "case when revoked_on <= leaving_on then 'withdrawn' end"
    if contradictions := _contradictions(names):
        found["contradiction_hold"] = f"case when {' or '.join(contradictions)} then 'contradictory' end"
    return found


def row_hold(name: str, register: Register) -> str:
    """SQL of `row_hold` in staging: the strictest reason. Most rows are asked no more than whether there is any.

    A tombstone (Administrative Penalty Law 48) tells of what was withdrawn; it is held by everything else that it says of itself.
    """
    if name == WITHDRAWALS:
        of_itself = "said.says not in ('withdrawn', 'unknown_withdrawal')"
        return f"strictest_hold(statement_holds(list_filter(masked.statements, lambda said: {of_itself})))"
    own = [f"masked.{hold}" for hold in holds(name, register)] or ["cast(null as varchar)"]
    plain = f"masked.statements is null and coalesce({', '.join([*own, 'null'])}) is null"
    return f"case when {plain} then null else strictest_hold(list_concat([{', '.join(own)}], statement_holds(masked.statements))) end"


def _contradictions(names: set[str]) -> list[str]:
    found = []
    if {"withdrawal_reason", WITHDRAWN} <= names:
        found.append(f"(withdrawal_reason is not null and not has_{WITHDRAWN} and not is_unsaid(withdrawal_reason))")
    if {"revocation_reason", "revoked_on", WITHDRAWN} <= names:
        neither = f"not has_revoked_on and not has_{WITHDRAWN}"
        found.append(f"(revocation_reason is not null and {neither} and not is_unsaid(revocation_reason))")
    if {ATTRIBUTE, "withheld_reason"} <= names:
        found.append("(withheld_reason is not null and stated_attribute = '主动公开' and not is_unsaid(withheld_reason))")
    return found


def _table(connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    table = pa.table({column: pa.array(cells, pa.string()) for column, cells in zip(columns, values, strict=True)})
    connection.register("arrow_rows", table)
    connection.execute(f"create table {name} as from arrow_rows")
    connection.unregister("arrow_rows")
