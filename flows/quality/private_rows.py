"""Identifiers of natural persons stop before the warehouse: a register's row with one is quarantined without the identifier.

The raw store, which only its owner can read, keeps the original. In the quarantine table the cell says only what kind its content
was, so that the warehouse, which auditors read, holds none; the other rows of the register go on. So do the other tasks
of a plan; its lines and all other copies of its words are struck out in place. What a descriptor calls lawful in a column
stays, and what it masks is masked before (flows/warehouse/register_models.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import duckdb

from exports.catalog import Column, Register, Text
from exports.sql_text import literal, quoted
from flows.privacy.detect import Allowance
from flows.privacy.kinds import ADDRESS_TEXT, BIRTH_HEADER, BORN, KINDS
from flows.privacy.search import WHOLE_ROW, private_cells
from flows.quality.suites import UNEXPECTED_ROWS, Rule

KINDS_HELD = frozenset(kind.name for kind in KINDS if kind.severity == "critical")
PLAN_TASKS = "plan_tasks"
PLAN_TEXTS = frozenset(
    {"plan_documents", "plan_lines", "plan_losses", "plan_marks", "plan_stages", PLAN_TASKS, "plan_unit_targets", "plan_version_tasks"}
)
PLAN_PLACES = frozenset({"document_id", "task_id"})  # a number, or year, organ and a digest
PLACES = frozenset({"source_path", "source_sheet", "source_sha256"})
MARK = "［已隐去 "
TITLES = {kind.name: str(kind.title) for kind in KINDS}

RULE = Rule(
    name=Text(zh="不含自然人的证件号、手机号、银行卡号、车牌号、账号、住址、姓名", en="nothing that identifies a natural person"),
    type=UNEXPECTED_ROWS,
    kwargs={"unexpected_rows_query": "from {batch} where rowid in (select row_id from private_cells)"},
    severity="critical",
    why=Text(
        zh="请删去单元格中的个人信息后交回；条例第十五条、个人信息保护法",
        en="Regulations 15, Personal Information Protection Law: take it out and send the row again",
    ),
    quarantine=True,
    fault="private_data",
    remedy=Text(
        zh="请删去证件号、手机号等个人信息后重报，否则不纳入统计",
        en="take out what identifies a person and hand it in again: it is counted nowhere until then",
    ),
)


def nothing_struck_out(register: Register, columns: Mapping[str, Column]) -> Rule:
    """The same rule for a finished staging table: no cell is struck out in a row that goes on.

    Only a warning: a source may hold such a mark itself, copied from `gongkai quarantine show`.
    """
    texts = ", ".join(quoted(name) for name in register.column_names if columns[name].type == "string")
    query = f"from {{batch}} where contains(concat_ws(' ', {texts}), {literal(MARK)})"
    return RULE.model_copy(update={"kwargs": {"unexpected_rows_query": query}, "severity": "warning"})


def strike_out(connection: duckdb.DuckDBPyConnection, table: str, allowed: Iterable[Allowance]) -> str:
    """Strike the identifiers out of a staging table (`staging.x`), and leave in `private_cells` the rows that `RULE` quarantines.

    Gives the kinds found with their counts of cells, in words; empty where there are none. A kind that may lawfully be in a
    column (`allowed`) is left. The connection has the scanner's macros (`flows.privacy.search.MACROS`).
    """
    places = PLACES | PLAN_PLACES if table.partition(".")[2] in PLAN_TEXTS else PLACES
    columns = private_cells(connection, table, KINDS_HELD, places)
    for lawful in allowed:
        connection.execute("delete from private_cells where column_name = $1 and kind = $2", [lawful.column, lawful.kind])
    found = connection.execute("select kind, count(*) from private_cells group by kind order by kind").fetchall()
    if WHOLE_ROW in columns:
        columns = _parts_of_combinations(connection, table, places)
    words = " ".join(f"when {literal(name)} then {literal(f'{MARK}{title}］')}" for name, title in TITLES.items() if name in KINDS_HELD)
    for column in columns:
        connection.execute(
            f"update {table} set {quoted(column)} = try_cast(case found.kind {words} end as {_type(connection, table, column)}) "
            f"from (select row_id, min(kind) as kind from private_cells where column_name = {literal(column)} group by 1) as found "
            f"where {table}.rowid = found.row_id"
        )
    return "、".join(f"{TITLES[kind]} {count}" for kind, count in found)


def _parts_of_combinations(connection: duckdb.DuckDBPyConnection, table: str, places: frozenset[str]) -> list[str]:
    """Select the cells with the birth and the home in rows whose words together identify a person; gives the columns to strike out.

    The other words of such a row identify no one.
    """
    for column, kind in connection.execute(f"select column_name, column_type from (describe {table})").fetchall():
        if column not in places:
            condition = (
                "true" if re.search(BIRTH_HEADER, column) else f"regexp_matches({quoted(column)}, {literal(f'{BORN}|{ADDRESS_TEXT}')})"
            )
            if condition == "true" or kind == "VARCHAR":
                connection.execute(
                    f"insert into private_cells select rowid, {literal(column)}, 'combination' from {table} "
                    f"where rowid in (select row_id from private_cells where column_name = {literal(WHOLE_ROW)}) and {condition}"
                )
    found = connection.execute("select distinct column_name from private_cells where column_name <> $1 order by 1", [WHOLE_ROW]).fetchall()
    return [name for (name,) in found]


def _type(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> str:
    ((kind,),) = connection.execute(f"select column_type from (describe {table}) where column_name = $1", [column]).fetchall()
    return str(kind)
