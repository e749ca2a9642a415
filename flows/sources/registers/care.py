"""Cells and rows of a register's file that are not what they look like: sums and signatures below a table, ditto marks, error values,
numbers that a spreadsheet has cut.

Few files have any, so the writing of rows only marks where some may be (`passed_as`, `needs_care`), and only marked rows are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import duckdb

from exports.catalog import Register
from exports.sql_text import literal
from flows.sources.tables.filling import MOST_ROWS, says_how_sql
from flows.sources.tables.garbled import GARBLED_AS
from flows.sources.tables.naming import names_record_sql, naming_columns
from flows.sources.tables.notes import Note
from flows.sources.tables.notes_text import NOTE, TOTAL

DITTO = ("同上", "〃", "″", "”", "〞", "同 上")
ERRORS = (
    GARBLED_AS,
    "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#BYTES!", "#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!",
    "#CONNECT!", "#UNKNOWN!", "#BUSY!", "#EXTERNAL!", "#PYTHON!", "#TIMEOUT!",
    *(f"Err:{number}" for number in range(501, 541)),  # LibreOffice
    *("#" * width for width in range(3, 31)),  # a column too narrow, saved as it was shown
)  # fmt: skip
CUT = r"^[1-9](\.\d+)?[Ee]\+?\d{2}$"  # 3.50102E+17: a number of which a spreadsheet kept the first digits
MOST = 200  # notes of a kind that are said one by one


def passed_as(register: Register, names: Mapping[str, str], order: Sequence[str]) -> str:
    """SQL: why a row is no record (`repeated_header`, `total_row`, `note_row`), null for a record. `order` are the columns as they come."""
    required = [column for column in register.required_headers if column in names]
    if not required:
        return "cast(null as varchar)"
    again = " and ".join(f"{column} = {literal(names[column])}" for column in required)
    lacking = " or ".join(f"{column} is null" for column in required)
    first = f"coalesce({', '.join(order)})"
    later = " and ".join(f"{column} is null" for column in required[1:]) or "true"
    last = required[-1]
    is_label = f"(contains({last}, '：') or contains({last}, ':'))"  # 联系电话：… where a unit should be
    names_none = " and ".join(f"({c} is null or not ({names_record_sql(c)}))" for c in naming_columns(register) if c in names) or "true"
    return (
        f"case when {again} then 'repeated_header' when {says_how_sql(required, order)} then 'filling_row' when not ({lacking}) and not {is_label} then null "
        f"when not ({lacking}) then case when {' and '.join(f'regexp_matches({c}, {literal(NOTE.pattern)})' for c in (first, *required))} then 'note_row' end "
        f"when regexp_matches({first}, {literal(TOTAL.pattern)}) and {names_none} then 'total_row' "
        f"when {later} and regexp_matches({first}, {literal(NOTE.pattern)}) and {names_none} then 'note_row' end"
    )


def needs_care(register: Register, columns: Sequence[str]) -> str:
    """SQL: whether one of a row's columns holds a ditto mark, an error value, or a number that is none any more."""
    words = ", ".join(map(literal, (*DITTO, *ERRORS)))
    tests = [f"{column} in ({words})" for column in columns]
    tests += [f"contains({c}, 'E+') or contains({c}, 'e+') or suffix({c}, '.0')" for c in _numbers(register, columns)]
    return f"coalesce({' or '.join(tests)}, false)" if tests else "false"


def _numbers(register: Register, columns: Sequence[str]) -> list[str]:
    """Columns whose cells are numbers that name something."""
    named = {*register.key, *register.identified_by}
    return [c for c in columns if c not in register.typed and (c in named or c.endswith(("_number", "_code", "_id", "_no")))]


def take_care(connection: duckdb.DuckDBPyConnection, rows: Path, register: Register, columns: Sequence[str]) -> list[Note]:
    """Put right what is marked in a file of rows, and say what was passed over, filled in or cannot be read."""
    relation = f"read_parquet({literal(str(rows))}, file_row_number = true)"
    ((passed, care, filling),) = connection.execute(
        "select count(passed_as), count(*) filter (needs_care), count(*) filter (passed_as = 'filling_row') "
        f"from read_parquet({literal(str(rows))})"
    ).fetchall()
    if filling:
        passed -= _keep_records(connection, relation, rows)
    notes = list(_passed(connection, relation)) if passed else []
    if care or passed:
        notes += _cared(connection, relation, register, columns, rows)
    return notes


def _keep_records(connection: duckdb.DuckDBPyConnection, relation: str, rows: Path) -> int:
    """Make records again of rows that only look as if they said how to fill in: below a record, or more than `MOST_ROWS` of them. Gives how many."""
    place = "coalesce(source_row, file_row_number + 1)"
    connection.execute(f"""
        create or replace temp table kept as
        with placed as (
            select
                file_row_number,
                passed_as,
                {place} > min({place}) filter (passed_as is null and not is_blank) over (partition by source_sheet) as is_below,
                source_sheet
            from {relation}
        )
        select file_row_number
        from placed
        where passed_as = 'filling_row'
        qualify coalesce(is_below, false) or count(*) filter (not coalesce(is_below, false)) over (partition by source_sheet) > {MOST_ROWS}
    """)
    ((count,),) = connection.execute("select count(*) from kept").fetchall()
    if count:
        target = rows.with_suffix(".kept")
        is_kept = "file_row_number in (from kept)"
        connection.execute(f"""
            copy (
                select * exclude (file_row_number)
                    replace (if({is_kept}, null, passed_as) as passed_as, is_blank and not {is_kept} as is_blank)
                from {relation} order by file_row_number
            ) to {literal(str(target))} (format parquet, compression zstd)
        """)
        target.replace(rows)
    connection.execute("drop table kept")
    return int(count)


def _passed(connection: duckdb.DuckDBPyConnection, relation: str) -> Iterator[Note]:
    found = connection.execute(
        f"select passed_as, source_sheet, coalesce(source_row, file_row_number + 1) from {relation} where passed_as is not null order by 3 limit {MOST}"
    ).fetchall()
    for kind, sheet, row in found:
        yield Note(kind, f"第{row}行记录", sheet, row)


def _cared(connection: duckdb.DuckDBPyConnection, relation: str, register: Register, columns: Sequence[str], rows: Path) -> list[Note]:
    connection.execute(f"""
        create or replace temp table cared as
        select coalesce(source_sheet, '') as at_sheet, coalesce(source_row, file_row_number + 1) as at_row, file_row_number,
            {", ".join(f"{_carried(column)} as {column}" for column in columns)}
        from {relation} where passed_as is null and not is_blank
        qualify needs_care
    """)
    notes: list[Note] = []
    numbers = _numbers(register, columns)
    replaced = []
    for column in columns:
        notes += _notes_of(connection, relation, column, is_number=column in numbers)
        right = _put_right(f"cared.{column}", column in numbers, column in register.typed)
        kept = f"when cared.at_row is null then records.{column} else {right}"
        replaced.append(f"case when records.passed_as is not null then null {kept} end as {column}")
    replaced.append("case when records.passed_as is null then records.other_columns end as other_columns")  # notes of clerks name people
    target = rows.with_suffix(".cared")
    connection.execute(f"""
        copy (
            select records.* exclude (file_row_number) replace ({", ".join(replaced)})
            from {relation} as records
            left join cared on records.file_row_number = cared.file_row_number
            order by records.file_row_number
        ) to {literal(str(target))} (format parquet, compression zstd)
    """)
    connection.execute("drop table cared")
    target.replace(rows)
    return notes


def _carried(column: str) -> str:
    """SQL: the text, of a ditto mark that of the last row above without one; the mark itself where there is none."""
    is_ditto = f"{column} in ({', '.join(map(literal, DITTO))})"
    above = f"last_value(case when {is_ditto} then null else coalesce({column}, '') end ignore nulls)"
    window = "over (partition by source_sheet order by coalesce(source_row, file_row_number + 1) rows between unbounded preceding and 1 preceding)"
    return f"case when {is_ditto} then coalesce(nullif({above} {window}, ''), {column}) else {column} end"


def _put_right(value: str, is_number: bool, is_typed: bool) -> str:
    """SQL: what stays of a cell: nothing of an error value where it would be taken for a text, nor of a number that was cut."""
    text = f"nullif({value}, '')"
    if is_number:
        text = f"case when regexp_matches({value}, {literal(CUT)}) then null when regexp_matches({value}, '^\\d+[.]0$') then {value}[:-3] else {text} end"
    return text if is_typed else f"case when {value} in ({', '.join(map(literal, ERRORS))}) then null else {text} end"


def _notes_of(connection: duckdb.DuckDBPyConnection, relation: str, column: str, *, is_number: bool) -> Iterator[Note]:
    cut = f"regexp_matches(cared.{column}, {literal(CUT)})" if is_number else "false"
    kinds = (
        f"case when cared.{column} = {literal(GARBLED_AS)} then 'unreadable_garbled' "
        f"when cared.{column} in ({', '.join(map(literal, ERRORS))}) then 'unreadable_error' when {cut} then 'lost_digits' "
        f"when records.{column} in ({', '.join(map(literal, DITTO))}) and cared.{column} is distinct from records.{column} then 'ditto' end"
    )
    found = connection.execute(f"""
        select {kinds} as kind, records.source_sheet, at_row
        from cared inner join {relation} as records on records.file_row_number = cared.file_row_number
        where kind is not null order by at_row limit {MOST}
    """).fetchall()
    for kind, sheet, row in found:
        yield Note(kind, f"第{row}行记录", sheet, row, column)
