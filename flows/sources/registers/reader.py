"""Tabular registers, each driven by its descriptor: which headers mean which column, which columns must be there.

A register file becomes rows of text, one Parquet column for each column of the register, with the row's number and
whatever the descriptor does not name in `other_columns` (JSON). Types are the warehouse's business: here nothing is lost,
but for what a register refuses: columns that may tell who a natural person is are dropped, and only their headers are told.
Delimited text, JSON and Parquet never pass through Python row by row; DuckDB reads them from disk to disk.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import file_digest
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from exports.catalog import Register
from exports.credentials import suffix_of
from exports.messages import _
from exports.sql_text import literal
from flows.sources.locate import SourceFile, changed_meanwhile
from flows.sources.registers.care import take_care
from flows.sources.registers.cases import as_event_rows, as_register_headers, as_register_notes
from flows.sources.registers.over_rows import lone_rows
from flows.sources.registers.rows import ROWS, filled, renumber, rows_of, write_rows
from flows.sources.registers.stated import OWN_QUESTIONS, write_statements
from flows.sources.registers.statements import question_of
from flows.sources.store import write_rejects
from flows.sources.tables.frame import Frame, said_by
from flows.sources.tables.frames import open_frame
from flows.sources.tables.layout import listed
from flows.sources.tables.notes import CAREFUL, NOTES, Note, write_notes
from flows.sources.tables.over import Over
from flows.sources.tables.recognise import LOOSE, Known, NoSuchHeaders, listed_headers
from flows.workspace.errors import UnreadableSource

WELL_FILLED = 0.8  # of two columns for one field the surer is taken where it has as much of the fuller one
MANY = 5000  # cells that are enough to see which words a column holds
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


@dataclass(frozen=True)
class ReadRegister:
    rows: int
    rejected_rows: int
    unknown_headers: tuple[str, ...]
    refused_headers: tuple[str, ...]
    notes: tuple[str, ...] = ()  # kinds of what a clerk must hear of (flows/sources/tables/notes.py)


def read_register(
    file: SourceFile, digest: str, register: Register, folder: Path, mapping: Mapping[str, str] | None = None
) -> ReadRegister:
    """Read one file of a register into `folder`: `rows.parquet`, `headers.parquet` and, if any, `rejects.parquet` and `notes.parquet`.

    `mapping` says which column some headers stand for, whatever the descriptor says (the settings' `columns` of a source).

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
        connection.execute("set timezone = 'Asia/Shanghai'")  # the calendar day of a moment is that in China, wherever this runs
        path = _local_copy(file, Path(scratch))
        try:
            done = _read_either(connection, file.path, path, Path(scratch), digest, register, mapping, folder)
        except duckdb.Error as error:
            raise UnreadableSource(
                file.path,
                _("a damaged table ({fault})", fault=said_by(error, path)),
                _("rows that can be read to the end"),
                _("Save it anew and send it again."),
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


def _read_either(
    connection: duckdb.DuckDBPyConnection,
    place: str,
    path: Path,
    scratch: Path,
    digest: str,
    register: Register,
    mapping: Mapping[str, str] | None,
    folder: Path,
) -> ReadRegister:
    """The rows of a register, or of a ledger with one row a case as the events that they are."""
    try:
        return _read(connection, place, path, scratch, digest, Known(register, mapping), folder)
    except NoSuchHeaders as refusal:
        if register.cases is None:
            raise
        try:
            done = _read(connection, place, path, scratch, digest, Known(register.cases, mapping), folder)
        except NoSuchHeaders as other:
            raise refusal.or_else(other) from None
    rows, headers = folder / f"{ROWS}.parquet", folder / f"{HEADERS}.parquet"
    named = {row["column_name"]: row["header_text"] for row in pq.read_table(headers).to_pylist() if row["column_name"]}
    events = as_event_rows(connection, register, named, rows, rows_of([rows]))
    as_register_headers(headers, register)
    as_register_notes(folder / f"{NOTES}.parquet", register)
    return replace(done, rows=events)


def _read(
    connection: duckdb.DuckDBPyConnection, place: str, path: Path, scratch: Path, digest: str, known: Known, folder: Path
) -> ReadRegister:
    register = known.register
    frame = open_frame(connection, place, path, scratch, known, lambda header: question_of(header) is not None, tuple(OWN_QUESTIONS))
    notes = list(frame.notes)
    names = dict(frame.names or {})
    if frame.names is None:
        frame, names = _columns_by_name(connection, frame, known, notes)
        frame = _with_told(frame, names, known, notes)
    _require(place, known, frame, set(names))
    unknown = [header for header in frame.headers if header not in names.values()]
    kept = [header for header in unknown if not register.refuses(header)]
    refused = [header for header in unknown if register.refuses(header)]
    target = folder / f"{ROWS}.parquet"
    rejects = _write_all_rows(connection, frame, register, names, kept, digest, target, notes)
    over = _over(connection, frame, register, names, target) if register.leaves else []
    said = {(note.sheet, note.row, note.column) for note in notes if note.row is not None}
    cared = take_care(connection, target, register, [column for column in register.column_names if column in names])
    notes += [note for note in cared if (note.sheet, note.row, note.column) not in said]
    rows = _count(connection, target)
    questions = write_statements(connection, register, names, kept, over, target) if register.leaves else {}
    _write_headers(connection, digest, frame, names, refused, questions, folder / f"{HEADERS}.parquet")
    if rejects:
        write_rejects(folder, digest, place, rejects)
    write_notes(folder, digest, notes)
    return ReadRegister(rows, len(rejects), tuple(kept), tuple(refused), tuple(dict.fromkeys(n.kind for n in notes if n.kind in CAREFUL)))


def _over(connection: duckdb.DuckDBPyConnection, frame: Frame, register: Register, names: dict[str, str], target: Path) -> list[Over]:
    """What stands over the rows of a file; the cells of a workbook were looked at before."""
    lone = lone_rows(connection, register, names, target) if frame.names is None else []
    return [*frame.over, *frame.lone(), *lone]


def _write_all_rows(
    connection: duckdb.DuckDBPyConnection,
    frame: Frame,
    register: Register,
    names: dict[str, str],
    kept: Sequence[str],
    digest: str,
    target: Path,
    notes: list[Note],
) -> list[tuple[int | None, str, str]]:
    """Write the rows, those that could not be split but are plain all the same in their places, and give the others' rejections."""
    write_rows(connection, frame, register, names, kept, digest, target)
    rejects, recovered = frame.rejects(), frame.recovered()
    missed = [row for row, _place, _reason in rejects if row is not None] if not frame.counts_rejects else []
    extra = None
    if recovered is not None:
        connection.register("recovered_rows", recovered)
        extra = target.with_suffix(".recovered")
        write_rows(connection, replace(frame, relation="recovered_rows"), register, names, kept, digest, extra)
        rows = recovered.column("source_row").to_pylist()
        missed += rows
        notes.append(Note("short_row", listed(f"第{row}行记录" for row in rows)))
    if missed:
        renumber(connection, missed, target, extra)
    return rejects


def _count(connection: duckdb.DuckDBPyConnection, target: Path) -> int:
    ((count,),) = connection.execute(f"select count(*) from {rows_of([target])}").fetchall()
    return int(count)


def _local_copy(file: SourceFile, scratch: Path) -> Path:
    """A path to the file under a plain name: DuckDB takes brackets, asterisks and question marks in one for a pattern of many names."""
    if file.local is not None:
        link = scratch / "source"
        link.symlink_to(file.real_path())
        return link
    copy = scratch / f"{Path(file.path.partition('?')[0]).stem}{suffix_of(file.path)}"
    with file.open() as remote, copy.open("wb") as local:
        shutil.copyfileobj(remote, local, 1 << 20)
    return copy


def _columns_by_name(connection: duckdb.DuckDBPyConnection, frame: Frame, known: Known, notes: list[Note]) -> tuple[Frame, dict[str, str]]:
    """Register column → the header that stands for it: of several the surest that is filled as well as any, or all of them where each row
    fills one; the frame has them as one then.
    """
    claims = known.claims(frame.headers)
    several = [header for headers in claims.values() if len(headers) > 1 for header in headers]
    cells: dict[str, int] = {}
    if several:
        counts = ", ".join(f"count({filled(frame.columns[header])})" for header in several)
        found = connection.execute(f"select {counts} from {frame.relation}").fetchone() or ()
        cells = dict(zip(several, found, strict=True))
    names: dict[str, str] = {}
    columns = dict(frame.columns)
    for column, headers in claims.items():
        most = max(cells.get(header, 0) for header in headers)
        names[column] = next(header for header in headers if cells.get(header, 0) >= WELL_FILLED * most)
        others = [header for header in headers if header != names[column] and cells.get(header)]
        is_one = bool(others) and known.joins(column, tuple(OWN_QUESTIONS)) and _fills_one(connection, frame, headers)
        if is_one:
            columns[names[column]] = f"coalesce({', '.join(filled(frame.columns[header]) for header in headers)})"
        notes += [Note("joined_columns" if is_one else "second_column", f"“{header}”列", None, None, column) for header in others]
        if known.rank(names[column]) == LOOSE:
            notes.append(Note("loose_header", f"“{names[column]}”列", None, None, column))
    for column in known.not_spoken(names, lambda header: _first_cells(connection, frame, header)):
        header = names.pop(column)
        notes += [Note("other_cells", f"“{header}”列", None, None, column)] if _first_cells(connection, frame, header) else []
    return replace(frame, columns=columns), names


def _fills_one(connection: duckdb.DuckDBPyConnection, frame: Frame, headers: Sequence[str]) -> bool:
    """Whether no row fills two of some columns."""
    marks = " + ".join(f"({filled(frame.columns[header])} is not null)::int" for header in headers)
    return connection.execute(f"select 1 from {frame.relation} where {marks} > 1 limit 1").fetchone() is None


def _first_cells(connection: duckdb.DuckDBPyConnection, frame: Frame, header: str) -> list[str]:
    cell = filled(frame.columns[header])
    rows = connection.execute(f"select cell from (select {cell} as cell from {frame.relation}) where cell is not null limit {MANY}")
    return [cell for (cell,) in rows.fetchall()]


def _with_told(frame: Frame, names: dict[str, str], known: Known, notes: list[Note]) -> Frame:
    """The frame with the columns that its headers tell, in every row whose record is named; `names` and `notes` have them too."""
    told = known.told(names)
    columns = dict(frame.columns)
    first = next((frame.columns[names[column]] for column in known.register.required_headers if column in names), None)
    for column, (value, header) in told.items() if first else ():
        columns[header] = f"case when {first} is not null then {literal(value)} end"
        names[column] = header
        notes.append(Note("told_by_header", "全表", None, None, column))
    return replace(frame, columns=columns)


def _require(place: str, known: Known, frame: Frame, present: set[str]) -> None:
    absent = [column for column in known.register.columns if column.name in known.required and column.name not in present]
    if absent:
        # where no header is known, the first row may be somebody's record: nothing of it is repeated
        raise NoSuchHeaders(
            _("{file}, header", file=place),
            _("the headers {headers}", headers="、".join(frame.headers))
            if present
            else _("no header row, in {count} columns", count=len(frame.headers)),
            _("a column for each of {columns}", columns=listed_headers(absent)),
            _("Name the column as one of these, or map it under `columns` of the source: gongkai doctor proposes it."),
        )


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
    connection.execute(f"copy headers to {literal(str(target))} (format parquet)")
    connection.unregister("headers")
