"""What the rows of a register file say on whether they may leave, column by column, written beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from exports.catalog import Register
from exports.sql_text import literal
from flows.sources.registers.over_rows import statements_over
from flows.sources.registers.statements import Asked, question_of, statements_in
from flows.sources.tables.over import Over

OWN_QUESTIONS = {"disclosure_attribute": "attribute", "review_state": "review", "withdrawn_on": "is_withdrawn"}
TEXTS_OF_REASONS = ("withheld_reason", "withdrawal_reason", "revocation_reason")
NAMES_OF_KINDS = ("register_name",)  # a register may be called 主动公开信息
TEXTS = "_text"  # what people say at length
NOT_SPOKEN = ("_on", "_count", "_days", "_amount", TEXTS)  # days, numbers, and texts


def write_statements(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    names: dict[str, str],
    unknown: Sequence[str],
    over: Sequence[Over],
    target: Path,
) -> dict[str, tuple[str, bool]]:
    """Add to the rows what they say on whether they may leave; most files say it in their own column alone, and are not written again. `over` is what stands over rows.

    Returns:
        Header -> the question its column is asked, and whether any cell below it is filled.
    """
    columns = [*_asked_of_named(register, names), *_asked_of_unknown(unknown)]
    relation = f"read_parquet({literal(str(target))}, file_row_number = true)"
    items = statements_over(connection, over)
    asked, statements = statements_in(connection, relation, columns, items)
    own = [(names[column], question) for column, question in OWN_QUESTIONS.items() if column in names]
    filled = {header: _is_filled(connection, relation, column) for column, header in names.items() if column in OWN_QUESTIONS}
    questions = {header: (question, filled[header]) for header, question in own} | {each.header: (each.question, True) for each in asked}
    if asked or items:
        told = {value for value in names if names[value] in {each.header for each in asked if each.question == "attribute"}}
        moved = "".join(f", cast(null as varchar) as {column}" for column in told if column not in OWN_QUESTIONS)
        again = target.with_suffix(".stated")
        copy = f"copy (select * exclude (file_row_number) replace ({statements} as statements{moved}) from {relation}) to {literal(str(again))}"
        connection.execute(f"{copy} (format parquet, compression zstd)")
        again.replace(target)
    return questions


def _asked_of_named(register: Register, names: dict[str, str]) -> list[Asked]:
    """Columns that the descriptor names but for those whose words are codes or days, and for what names the record: of its title,
    and of a text at length that leaves (a unit's reply), only a mark in brackets at either end counts.
    """
    spoken = [column for column in names if column not in {*OWN_QUESTIONS, *TEXTS_OF_REASONS, *register.required_headers, *NAMES_OF_KINDS}]
    spoken = [column for column in spoken if not column.endswith(NOT_SPOKEN) and column not in register.identified_by]
    marked = [column for column in names if column in register.titles or (register.leaves and column.endswith(TEXTS))]
    return [*(Asked(names[c], c, "any") for c in spoken if c not in marked), *(Asked(names[c], c, "title") for c in marked)]


def _asked_of_unknown(headers: Sequence[str]) -> list[Asked]:
    return [
        Asked(header, f"json_extract_string(other_columns, {literal(_json_path(header))})", question_of(header) or "unknown")
        for header in headers
    ]


def _json_path(header: str) -> str:
    escaped = header.replace("\\", "\\\\").replace('"', '\\"')
    return f'$."{escaped}"'


def _is_filled(connection: duckdb.DuckDBPyConnection, relation: str, column: str) -> bool:
    """A column without a value costs nothing to count: Parquet's statistics know."""
    ((count,),) = connection.execute(f"select count({column}) from {relation}").fetchall()
    return bool(count)
