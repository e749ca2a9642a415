"""Direct identifiers of natural persons stop before the warehouse: a row of a register that holds one is set aside without it.

The raw store, which its owner alone can read, keeps what came. In the quarantine table the cell says only of what kind its
content was, so that the warehouse, which auditors read, holds none; the other rows of the register go on. So do the other tasks
of a plan; its lines and whatever else repeats its words are struck out where they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from exports.catalog import Column, Register, Text
from exports.files import literal, quoted
from flows.privacy import Allowance
from flows.privacy_kinds import KINDS
from flows.privacy_search import private_cells
from flows.suites import UNEXPECTED_ROWS, Rule

# Names are masked where the descriptor says so, and a dwelling or a combination is for the release gate: these are numbers that
# are one person's and nobody else's.
DIRECT = frozenset({"resident_id", "mobile", "bank_card", "passport", "licence_plate"})
PLAN_TASKS = "plan_tasks"
PLAN_TEXTS = frozenset({"plan_documents", "plan_lines", "plan_stages", PLAN_TASKS, "plan_unit_targets", "plan_version_tasks"})
PLAN_PLACES = frozenset({"document_id", "task_id"})  # made of the file's address
PLACES = frozenset({"source_path", "source_sheet", "source_sha256"})
MARK = "［已隐去 "
TITLES = {kind.name: str(kind.title) for kind in KINDS}

RULE = Rule(
    name=Text(zh="不含自然人的证件号、手机号、银行卡号、车牌号", en="no number that is one natural person's"),
    type=UNEXPECTED_ROWS,
    kwargs={"unexpected_rows_query": "from {batch} where rowid in (select row_id from private_cells)"},
    severity="critical",
    why=Text(
        zh="请删去单元格中的个人信息后交回；条例第十五条、个人信息保护法",
        en="Regulations 15, Personal Information Protection Law: take it out and send the row again",
    ),
    quarantine=True,
    fault="private_data",
)


def none_left(register: Register, columns: Mapping[str, Column]) -> Rule:
    """The same rule as it is asked of a finished staging table: no cell is struck out in a row that goes on.

    A warning: a source may hold such a mark itself, copied from `gongkai quarantine show`.
    """
    texts = ", ".join(quoted(name) for name in register.column_names if columns[name].type == "string")
    query = f"from {{batch}} where contains(concat_ws(' ', {texts}), {literal(MARK)})"
    return RULE.model_copy(update={"kwargs": {"unexpected_rows_query": query}, "severity": "warning"})


def strike_out(connection: duckdb.DuckDBPyConnection, table: str, allowed: Iterable[Allowance]) -> bool:
    """Strike the identifiers out of a staging table (`staging.x`), and leave in `private_cells` which rows `RULE` is to set aside.

    Gives whether there were any. A kind that may lawfully stand in a column (`allowed`) is left.
    """
    places = PLACES | PLAN_PLACES if table.partition(".")[2] in PLAN_TEXTS else PLACES
    columns = private_cells(connection, table, DIRECT, places)
    for lawful in allowed:
        connection.execute("delete from private_cells where column_name = $1 and kind = $2", [lawful.column, lawful.kind])
    words = " ".join(f"when {literal(name)} then {literal(f'{MARK}{title}］')}" for name, title in TITLES.items() if name in DIRECT)
    for column in columns:
        connection.execute(
            f"update {table} set {quoted(column)} = try_cast(case found.kind {words} end as {_type(connection, table, column)}) "
            f"from (select row_id, min(kind) as kind from private_cells where column_name = {literal(column)} group by 1) as found "
            f"where {table}.rowid = found.row_id"
        )
    ((count,),) = connection.execute("select count(*) from private_cells").fetchall()
    return bool(count)


def _type(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> str:
    ((kind,),) = connection.execute(f"select column_type from (describe {table}) where column_name = $1", [column]).fetchall()
    return str(kind)
