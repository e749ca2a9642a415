"""Tabular registers, each driven by its descriptor: which headers mean which column, which columns must be there.

A register file becomes rows of text, one Parquet column for each column of the register, with the row's number and
whatever the descriptor does not name in `other_columns` (JSON). Types are the warehouse's business: here nothing is lost,
but for what a register refuses: columns that may tell who a natural person is are dropped, and only their headers are told.
Delimited text, JSON and Parquet never pass through Python row by row; DuckDB reads them from disk to disk.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import file_digest
from pathlib import Path

import duckdb
import pyarrow as pa

from exports.catalog import RETURNED, Register, fold_header
from exports.credentials import suffix_of
from flows.sources.locate import SourceFile, changed_meanwhile
from flows.sources.registers.formulas import as_written
from flows.sources.registers.frames import Frame, open_frame, said_by
from flows.sources.registers.statements import TYPE, Asked, question_of, statements_in
from flows.sources.store import write_rejects
from flows.workspace.errors import UnreadableSource

WHITE_SPACE = " \t\r\n\v\f\u3000\u00a0"  # the ideographic and the unbreakable space too
ROWS = "rows"
HEADERS = "headers"
HEADER_SCHEMA = pa.schema(
    [
        ("source_sha256", pa.string()),
        ("header_text", pa.string()),
        ("column_name", pa.string()),
        ("is_refused", pa.bool_()),
        ("text_encoding", pa.string()),
        ("question", pa.string()),
        ("is_filled", pa.bool_()),
    ]
)
STATEMENTS = pa.list_(pa.struct([("header", pa.string()), ("question", pa.string()), ("says", pa.string())]))
OWN_QUESTIONS = {"disclosure_attribute": "attribute", "review_state": "review", "withdrawn_on": "is_withdrawn"}
TEXTS_OF_REASONS = ("withheld_reason", "withdrawal_reason", "revocation_reason")
NAMES_OF_KINDS = ("register_name",)  # a register may be called 主动公开信息
NOT_SPOKEN = ("_on", "_count", "_days", "_amount", "_text")  # days, numbers, and what people say at length
NEEDS_TRIM = r"^$|^[\s\p{Z}]|[\s\p{Z}]$"  # all of WHITE_SPACE is in it


@dataclass(frozen=True)
class ReadRegister:
    rows: int
    rejected_rows: int
    unknown_headers: tuple[str, ...]
    refused_headers: tuple[str, ...]


def read_register(file: SourceFile, digest: str, register: Register, folder: Path) -> ReadRegister:
    """Read one file of a register into `folder`: `rows.parquet`, `headers.parquet` and, if any, `rejects.parquet`.

    `rows` holds source_sha256, source_sheet (null but for workbooks), source_row, the register's columns as text (null where
    the file has none), other_columns (JSON or null), and statements: what the row says on whether it may leave (list of header,
    question, says; null where nothing; flows/sources/registers/statements.py). What the register refuses is in none of them; `headers` holds
    every header in its order: header_text, column_name (null where the register does not name it), is_refused, text_encoding,
    question (what its column is asked, null where nothing), is_filled (whether any cell below it is; null where nobody asked).

    Raises:
        UnreadableSource: no table, no known header, or bytes in no known encoding.
        SourceUnavailable: its bytes are not, or no longer, those of `digest`.
    """
    with tempfile.TemporaryDirectory() as scratch, _database().cursor() as connection:
        connection.execute("set enable_progress_bar = false")
        path = _local_copy(file, Path(scratch))
        try:
            done = _read(connection, file.path, path, Path(scratch), digest, register, folder)
        except duckdb.Error as error:
            raise UnreadableSource(
                file.path,
                f"a damaged table ({said_by(error, path)})",
                "rows that can be read to the end",
                "Save it anew and send it again.",
            ) from error
        with path.open("rb") as stream:
            if file_digest(stream, "sha256").hexdigest() != digest:
                raise changed_meanwhile(file.path)
        return done


@cache
def _database() -> duckdb.DuckDBPyConnection:
    """An empty database for the process: to open one takes as long as to read a small file. A cursor keeps what belongs to its file
    (rejected lines, a workbook's cells) from the next.
    """
    return duckdb.connect(config={"enable_external_file_cache": False})


def _read(
    connection: duckdb.DuckDBPyConnection, place: str, path: Path, scratch: Path, digest: str, register: Register, folder: Path
) -> ReadRegister:
    frame = open_frame(connection, place, path, scratch, lambda headers: _missing(register, headers))
    names = _columns_by_name(register, frame.headers)
    _require(place, register, frame, set(names))
    unknown = [header for header in frame.headers if header not in names.values()]
    kept = [header for header in unknown if not register.refuses(header)]
    refused = [header for header in unknown if register.refuses(header)]
    target = folder / f"{ROWS}.parquet"
    rows = _write_rows(connection, frame, register, names, kept, digest, target)
    questions = _write_statements(connection, register, names, kept, target) if register.leaves else {}
    _write_headers(connection, digest, frame, names, refused, questions, folder / f"{HEADERS}.parquet")
    rejects = frame.rejects()
    if rejects:
        write_rejects(folder, digest, place, rejects)
        if not frame.counts_rejects:
            _renumber(connection, [row for row, _, _ in rejects if row is not None], target)
    return ReadRegister(rows, len(rejects), tuple(kept), tuple(refused))


def _local_copy(file: SourceFile, scratch: Path) -> Path:
    if file.local is not None:
        return file.local
    copy = scratch / f"{Path(file.path.partition('?')[0]).stem}{suffix_of(file.path)}"
    with file.open() as remote, copy.open("wb") as local:
        shutil.copyfileobj(remote, local, 1 << 20)
    return copy


def _columns_by_name(register: Register, headers: Sequence[str]) -> dict[str, str]:
    """Register column → the file's first header that stands for it."""
    names: dict[str, str] = {}
    for header in headers:
        column = register.names_by_header.get(fold_header(header))
        if column is not None:
            names.setdefault(column, header)
    return names


def _missing(register: Register, headers: Sequence[str]) -> bool:
    return not set(register.required_headers) <= set(_columns_by_name(register, headers))


def _require(place: str, register: Register, frame: Frame, present: set[str]) -> None:
    absent = [column for column in register.columns if column.name in register.required_headers and column.name not in present]
    if absent:
        # where no header is known, the first row may be somebody's record: nothing of it is repeated
        known = f"the headers {'、'.join(frame.headers)}" if present else f"no header row, in {len(frame.headers)} columns"
        expected = "; ".join(f"{column.name}: {'、'.join(column.headers)}" for column in absent)
        raise UnreadableSource(
            f"{place}, header",
            known,
            f"a column for each of {expected}",
            "Name the column as one of these, or add the header to the register's descriptor in exports/.",
        )


def _write_rows(
    connection: duckdb.DuckDBPyConnection,
    frame: Frame,
    register: Register,
    names: dict[str, str],
    unknown: Sequence[str],
    digest: str,
    target: Path,
) -> int:
    cell = as_written if RETURNED[0].name in names else str  # a file that came back from a clerk
    columns = [
        f"{cell(_filled(frame.columns[names[column.name]]))} as {column.name}"
        if column.name in names
        else f"cast(null as varchar) as {column.name}"
        for column in register.columns
    ]
    read = [column for column in register.columns if column.name in names]
    others = [f"{_filled(frame.columns[header])} as other_{position}" for position, header in enumerate(unknown)]
    pairs = ", ".join(f"{_literal(header)}, other_{position}" for position, header in enumerate(unknown))
    filled = ", ".join([*(column.name for column in read), *(f"other_{position}" for position in range(len(unknown)))])
    select = f"""
        select {_literal(digest)} as source_sha256, source_sheet, source_row, {", ".join(column.name for column in register.columns)},
            {f"cast(json_object({pairs}) as varchar)" if unknown else "cast(null as varchar)"} as other_columns,
            cast(null as {TYPE}) as statements, coalesce({filled}) is null as is_blank
        from (select {frame.sheet} as source_sheet, source_row, {", ".join([*columns, *others])} from {frame.relation})
    """
    connection.execute(f"copy ({select}) to {_literal(str(target))} (format parquet, compression zstd)")
    found = connection.execute(f"select count(*) from {rows_of([target])}").fetchone()
    assert found is not None
    return int(found[0])


def _write_statements(
    connection: duckdb.DuckDBPyConnection, register: Register, names: dict[str, str], unknown: Sequence[str], target: Path
) -> dict[str, tuple[str, bool]]:
    """Add to the rows what they say on whether they may leave; most files say it in their own column alone, and are not written again.

    Returns:
        Header -> the question its column is asked, and whether any cell below it is filled.
    """
    columns = [*_asked_of_named(register, names), *_asked_of_unknown(unknown)]
    relation = f"read_parquet({_literal(str(target))})"
    asked, statements = statements_in(connection, relation, columns)
    own = [(names[column], question) for column, question in OWN_QUESTIONS.items() if column in names]
    filled = {header: _is_filled(connection, relation, column) for column, header in names.items() if column in OWN_QUESTIONS}
    questions = {header: (question, filled[header]) for header, question in own} | {each.header: (each.question, True) for each in asked}
    if asked:
        told = {value for value in names if names[value] in {each.header for each in asked if each.question == "attribute"}}
        moved = "".join(f", cast(null as varchar) as {column}" for column in told if column not in OWN_QUESTIONS)
        again = target.with_suffix(".stated")
        copy = f"copy (select * replace ({statements} as statements{moved}) from {relation}) to {_literal(str(again))}"
        connection.execute(f"{copy} (format parquet, compression zstd)")
        again.replace(target)
    return questions


def _asked_of_named(register: Register, names: dict[str, str]) -> list[Asked]:
    """Columns that the descriptor names but for those whose words are codes or days, and for what names the record: of its title
    only a mark at its end counts.
    """
    spoken = [column for column in names if column not in {*OWN_QUESTIONS, *TEXTS_OF_REASONS, *register.required_headers, *NAMES_OF_KINDS}]
    spoken = [column for column in spoken if not column.endswith(NOT_SPOKEN) and column not in register.identified_by]
    titles = [column for column in names if column in register.titles]
    return [*(Asked(names[c], c, "any") for c in spoken if c not in titles), *(Asked(names[c], c, "title") for c in titles)]


def _asked_of_unknown(headers: Sequence[str]) -> list[Asked]:
    return [
        Asked(header, f"json_extract_string(other_columns, {_literal(_json_path(header))})", question_of(header) or "unknown")
        for header in headers
    ]


def _json_path(header: str) -> str:
    escaped = header.replace("\\", "\\\\").replace('"', '\\"')
    return f'$."{escaped}"'


def _is_filled(connection: duckdb.DuckDBPyConnection, relation: str, column: str) -> bool:
    """A column without a value costs nothing to count: Parquet's statistics know."""
    ((count,),) = connection.execute(f"select count({column}) from {relation}").fetchall()
    return bool(count)


def rows_of(files: Sequence[Path]) -> str:
    """The SQL relation of `rows` files: blank rows left out, every row with its number.

    Rows that carry no number are numbered as they stand in the file: writing numbers would hold DuckDB's reader to one thread.
    """
    listed = ", ".join(_literal(str(file)) for file in files)
    return f"""(
        select * exclude (is_blank, file_row_number) replace (coalesce(source_row, file_row_number + 1) as source_row)
        from read_parquet([{listed}], file_row_number = true) where not is_blank
    )"""


def _renumber(connection: duckdb.DuckDBPyConnection, rejected: list[int], target: Path) -> None:
    """Make source_row count the rows that were left out: the k-th of them moves every row from its own place on by one more."""
    moves = {row - passed: passed + 1 for passed, row in enumerate(sorted(rejected))}
    counted = target.with_suffix(".counted")
    select = f"""
        select numbered.* replace (source_row + coalesce(moved_by, 0) as source_row), false as is_blank
        from {rows_of([target])} as numbered
        asof left join (select unnest($starts::bigint[]) as start, unnest($moves::bigint[]) as moved_by) as moves
            on numbered.source_row >= moves.start
        order by source_row
    """
    copy = f"copy ({select}) to {_literal(str(counted))} (format parquet, compression zstd)"
    connection.execute(copy, {"starts": list(moves), "moves": list(moves.values())})
    counted.replace(target)


def _write_headers(
    connection: duckdb.DuckDBPyConnection,
    digest: str,
    frame: Frame,
    names: dict[str, str],
    refused: Sequence[str],
    questions: dict[str, tuple[str, bool]],
    target: Path,
) -> None:
    columns = {header: name for name, header in names.items()}
    headers = [
        {
            "source_sha256": digest,
            "header_text": h,
            "column_name": columns.get(h),
            "is_refused": h in refused,
            "text_encoding": frame.encoding,
            "question": questions.get(h, (None, None))[0],
            "is_filled": questions.get(h, (None, None))[1],
        }
        for h in frame.headers
    ]
    connection.register("headers", pa.Table.from_pylist(headers, HEADER_SCHEMA))
    connection.execute(f"copy headers to {_literal(str(target))} (format parquet)")
    connection.unregister("headers")


def _filled(value: str) -> str:
    """The text without the white space around it, null where nothing else is there. A match costs a third of a trim, and few need one."""
    return f"case when regexp_matches({value}, '{NEEDS_TRIM}') then nullif(trim({value}, '{WHITE_SPACE}'), '') else {value} end"


def _literal(text: str | None) -> str:
    return "cast(null as varchar)" if text is None else "'" + text.replace("'", "''") + "'"
