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

from exports.catalog import RETURNED, Register
from exports.credentials import suffix_of
from exports.sql_text import literal
from flows.sources.locate import SourceFile, changed_meanwhile
from flows.sources.registers.care import needs_care, passed_as, take_care
from flows.sources.registers.cases import as_event_rows, as_register_headers, as_register_notes
from flows.sources.registers.formulas import as_written
from flows.sources.registers.statements import TYPE, Asked, question_of, statements_in
from flows.sources.store import write_rejects
from flows.sources.tables.cleaning import NEEDS_CARE, clean_sql
from flows.sources.tables.frames import Frame, open_frame, said_by
from flows.sources.tables.layout import listed
from flows.sources.tables.notes import CAREFUL, NOTES, Note, write_notes
from flows.sources.tables.recognise import LOOSE, Known, NoSuchHeaders, usual_headers
from flows.workspace.errors import UnreadableSource

AROUND = r"^[\s\p{Z}]+|[\s\p{Z}]+$"  # white space of every script, the ideographic and the unbreakable too
WELL_FILLED = 0.8  # of two columns for one field the surer is taken where it has as much of the fuller one
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
    names = dict(frame.names) if frame.names is not None else _columns_by_name(connection, frame, known, notes)
    if frame.names is None:
        frame = _with_told(frame, names, known, notes)
    _require(place, known, frame, set(names))
    unknown = [header for header in frame.headers if header not in names.values()]
    kept = [header for header in unknown if not register.refuses(header)]
    refused = [header for header in unknown if register.refuses(header)]
    target = folder / f"{ROWS}.parquet"
    rejects = _write_all_rows(connection, frame, register, names, kept, digest, target, notes)
    said = {(note.sheet, note.row, note.column) for note in notes if note.row is not None}
    cared = take_care(connection, target, register, [column for column in register.column_names if column in names])
    notes += [note for note in cared if (note.sheet, note.row, note.column) not in said]
    rows = _count(connection, target)
    questions = _write_statements(connection, register, names, kept, target) if register.leaves else {}
    _write_headers(connection, digest, frame, names, refused, questions, folder / f"{HEADERS}.parquet")
    if rejects:
        write_rejects(folder, digest, place, rejects)
    write_notes(folder, digest, notes)
    return ReadRegister(rows, len(rejects), tuple(kept), tuple(refused), tuple(dict.fromkeys(n.kind for n in notes if n.kind in CAREFUL)))


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
    _write_rows(connection, frame, register, names, kept, digest, target)
    rejects, recovered = frame.rejects(), frame.recovered()
    missed = [row for row, _, _ in rejects if row is not None] if not frame.counts_rejects else []
    extra = None
    if recovered is not None:
        connection.register("recovered_rows", recovered)
        extra = target.with_suffix(".recovered")
        _write_rows(connection, replace(frame, relation="recovered_rows"), register, names, kept, digest, extra)
        rows = recovered.column("source_row").to_pylist()
        missed += rows
        notes.append(Note("short_row", listed(f"第{row}行记录" for row in rows)))
    if missed:
        _renumber(connection, missed, target, extra)
    return rejects


def _count(connection: duckdb.DuckDBPyConnection, target: Path) -> int:
    ((count,),) = connection.execute(f"select count(*) from {rows_of([target])}").fetchall()
    return int(count)


def _local_copy(file: SourceFile, scratch: Path) -> Path:
    """A path to the file under a plain name: DuckDB takes brackets, asterisks and question marks in one for a pattern of many names."""
    if file.local is not None:
        link = scratch / "source"
        link.symlink_to(file.local.absolute())
        return link
    copy = scratch / f"{Path(file.path.partition('?')[0]).stem}{suffix_of(file.path)}"
    with file.open() as remote, copy.open("wb") as local:
        shutil.copyfileobj(remote, local, 1 << 20)
    return copy


def _columns_by_name(connection: duckdb.DuckDBPyConnection, frame: Frame, known: Known, notes: list[Note]) -> dict[str, str]:
    """Register column → the header that stands for it: of several the surest that is filled as well as any."""
    claims = known.claims(frame.headers)
    several = [header for headers in claims.values() if len(headers) > 1 for header in headers]
    filled: dict[str, int] = {}
    if several:
        counts = ", ".join(f"count({_filled(frame.columns[header])})" for header in several)
        found = connection.execute(f"select {counts} from {frame.relation}").fetchone() or ()
        filled = dict(zip(several, found, strict=True))
    names = {}
    for column, headers in claims.items():
        most = max(filled.get(header, 0) for header in headers)
        names[column] = next(header for header in headers if filled.get(header, 0) >= WELL_FILLED * most)
        others = [header for header in headers if header != names[column] and filled.get(header)]
        notes += [Note("second_column", f"“{header}”列", None, None, column) for header in others]
        if known.rank(names[column]) == LOOSE:
            notes.append(Note("loose_header", f"“{names[column]}”列", None, None, column))
    return names


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
        seen = f"the headers {'、'.join(frame.headers)}" if present else f"no header row, in {len(frame.headers)} columns"
        expected = "; ".join(f"{column.name}: {usual_headers(column)}" for column in absent)
        raise NoSuchHeaders(
            f"{place}, header",
            seen,
            f"a column for each of {expected}",
            "请改用其中一种表头，或在 gongkai.yaml 的来源下写 columns 对照（gongkai doctor 可给出） "
            "Name the column as one of these, or map it under `columns` of the source: gongkai doctor proposes it.",
        )


def _write_rows(
    connection: duckdb.DuckDBPyConnection,
    frame: Frame,
    register: Register,
    names: dict[str, str],
    unknown: Sequence[str],
    digest: str,
    target: Path,
) -> None:
    cell = as_written if RETURNED[0].name in names else str  # a file that came back from a clerk
    columns = [
        f"{cell(_filled(frame.columns[names[column.name]]))} as {column.name}"
        if column.name in names
        else f"cast(null as varchar) as {column.name}"
        for column in register.columns
    ]
    read = [column for column in register.columns if column.name in names]
    others = [f"{_filled(frame.columns[header])} as other_{position}" for position, header in enumerate(unknown)]
    pairs = ", ".join(f"{literal(header)}, other_{position}" for position, header in enumerate(unknown))
    order = [*(column.name for column in read), *(f"other_{position}" for position in range(len(unknown)))]
    filled = ", ".join(order)
    own = [column.name for column in read if column.name in register.column_names]
    select = f"""
        select {literal(digest)} as source_sha256, source_sheet, source_row, {", ".join(column.name for column in register.columns)},
            {f"cast(json_object({pairs}) as varchar)" if unknown else "cast(null as varchar)"} as other_columns,
            cast(null as {TYPE}) as statements, {passed_as(register, names, _in_file_order(frame, names, unknown))} as passed_as,
            {needs_care(register, own)} as needs_care, coalesce({filled}) is null or passed_as is not null as is_blank
        from (select {frame.sheet} as source_sheet, source_row, {", ".join([*columns, *others])} from {frame.relation})
    """
    connection.execute(f"copy ({select}) to {literal(str(target))} (format parquet, compression zstd)")


def _in_file_order(frame: Frame, names: dict[str, str], unknown: Sequence[str]) -> list[str]:
    own = {header: column for column, header in names.items()} | {header: f"other_{at}" for at, header in enumerate(unknown)}
    return [own[header] for header in frame.headers if header in own]


def _write_statements(
    connection: duckdb.DuckDBPyConnection, register: Register, names: dict[str, str], unknown: Sequence[str], target: Path
) -> dict[str, tuple[str, bool]]:
    """Add to the rows what they say on whether they may leave; most files say it in their own column alone, and are not written again.

    Returns:
        Header -> the question its column is asked, and whether any cell below it is filled.
    """
    columns = [*_asked_of_named(register, names), *_asked_of_unknown(unknown)]
    relation = f"read_parquet({literal(str(target))})"
    asked, statements = statements_in(connection, relation, columns)
    own = [(names[column], question) for column, question in OWN_QUESTIONS.items() if column in names]
    filled = {header: _is_filled(connection, relation, column) for column, header in names.items() if column in OWN_QUESTIONS}
    questions = {header: (question, filled[header]) for header, question in own} | {each.header: (each.question, True) for each in asked}
    if asked:
        told = {value for value in names if names[value] in {each.header for each in asked if each.question == "attribute"}}
        moved = "".join(f", cast(null as varchar) as {column}" for column in told if column not in OWN_QUESTIONS)
        again = target.with_suffix(".stated")
        copy = f"copy (select * replace ({statements} as statements{moved}) from {relation}) to {literal(str(again))}"
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


def rows_of(files: Sequence[Path]) -> str:
    """The SQL relation of `rows` files: blank rows left out, every row with its number.

    Rows that carry no number are numbered as they stand in the file: writing numbers would hold DuckDB's reader to one thread.
    """
    listed = ", ".join(literal(str(file)) for file in files)
    return f"""(
        select * exclude (is_blank, passed_as, needs_care, file_row_number) replace (coalesce(source_row, file_row_number + 1) as source_row)
        from read_parquet([{listed}], file_row_number = true) where not is_blank
    )"""


def _renumber(connection: duckdb.DuckDBPyConnection, rejected: list[int], target: Path, extra: Path | None) -> None:
    """Make source_row count the rows that were left out: the k-th of them moves every row from its own place on by one more. Those of
    them that were read after all (`extra`) take the places that they left.
    """
    moves = {row - passed: passed + 1 for passed, row in enumerate(sorted(rejected))}
    counted = target.with_suffix(".counted")
    select = f"""
        with numbered as (
            select * exclude (file_row_number) replace (coalesce(source_row, file_row_number + 1) as source_row)
            from read_parquet({literal(str(target))}, file_row_number = true)
        )
        select numbered.* replace (source_row + coalesce(moved_by, 0) as source_row)
        from numbered
        asof left join (select unnest($starts::bigint[]) as start, unnest($moves::bigint[]) as moved_by) as moves
            on numbered.source_row >= moves.start
        {f"union all by name from read_parquet({literal(str(extra))})" if extra else ""}
        order by source_row
    """
    copy = f"copy ({select}) to {literal(str(counted))} (format parquet, compression zstd)"
    connection.execute(copy, {"starts": list(moves), "moves": list(moves.values())})
    counted.replace(target)
    if extra:
        extra.unlink()


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


def _filled(value: str) -> str:
    """The text without what nobody sees in and around it, null where nothing else is there. A match costs a third of a trim, and few
    need one.
    """
    cleaned = f"nullif(regexp_replace({clean_sql(value)}, '{AROUND}', '', 'g'), '')"
    return f"case when regexp_matches({value}, '{NEEDS_CARE}') then {cleaned} else {value} end"
