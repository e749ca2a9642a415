"""The privacy scanner: finds what identifies natural persons in files and tables that are about to leave.

Every row is matched against one pattern first (flows/privacy/kinds.py), inside DuckDB; only the few that match are examined
closely, with check digits where a number has them. A finding names file, column, kind and rows, never the value.

It cannot find a name, an address or a number that nothing marks as one. So it guards a release whose columns were chosen with
care; it does not replace the choice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.catalog import Catalog
from exports.messages import Message, _
from exports.sql_text import literal
from flows.privacy.kinds import KINDS
from flows.privacy.search import MACROS, find_private_cells, text_columns
from flows.workspace.errors import PrivateData, UnreadableSource, finding

SHOWN_ROWS = 20
SHOWN_PLACES = 3
_LINES = """
    create or replace temp table lines as
    select row_number() over () as line_id, *
    from (
        select
            filename as path, unnest(string_split(content, chr(10))) as line,
            generate_subscripts(string_split(content, chr(10)), 1) as line_number
        from read_text($1)
    )
"""
_METADATA = """
    create or replace temp table lines as
    select
        row_number() over () as line_id, file_name as path, decode(value) as line, row_number() over (partition by file_name) as line_number
    from parquet_kv_metadata($1)
    where decode(key) <> 'ARROW:schema'
"""
PARQUET = ".parquet"
TITLES = {kind.name: kind.title for kind in KINDS}
SEVERITY = {kind.name: kind.severity for kind in KINDS}
TEXT_SUFFIXES = frozenset(
    {".json", ".jsonld", ".ttl", ".html", ".htm", ".md", ".txt", ".log", ".xml", ".yaml", ".yml", ".svg", ".js", ".css", ".cff", ".sql", ""}
)


@dataclass(frozen=True)
class PrivateFinding:
    """Cells of one kind in one column (`*`: in no single one): how many, and the first rows, counted from 1 (in a text: lines)."""

    place: str
    column: str
    kind: str
    severity: str
    cell_count: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Allowance:
    """A kind of identifier that may lawfully be in a column, and the reason, e.g. officials acting in office (Regulations 20)."""

    column: str
    kind: str
    reason: str


def allowances(catalog: Catalog, *names: str) -> list[Allowance]:
    """The allowances in the descriptors of the named datasets; of all datasets where no name is given."""
    return [
        Allowance(lawful.column, lawful.kind, lawful.reason.en)
        for dataset in catalog.published.values()
        if not names or dataset.name in names
        for lawful in dataset.lawful
    ]


def scan_folder(
    folder: Path, allowed: Sequence[Allowance] = (), copies: frozenset[str] = frozenset(), searched: Collection[str] = ()
) -> list[PrivateFinding]:
    """The findings in every file below a folder: a release, a site, logs. Places are paths below it.

    `copies` are suffixes and names of files, and names of folders, that hold only what another file of the folder holds, or that are
    searched otherwise; `searched` are places of files that were searched before.

    Raises:
        UnreadableSource: a file is broken or of a kind that cannot be scanned. What cannot be scanned must not leave.
    """
    places = ((path.relative_to(folder), path) for path in folder.rglob("*") if path.is_file())
    files = {place.as_posix(): path for place, path in places if not {place.suffix, place.name, place.parts[0]} & copies}
    files = {place: path for place, path in files.items() if place not in searched}
    texts = {place: path for place, path in files.items() if _is_text(path)}
    parquet = {place: path for place, path in files.items() if path.suffix.lower() == PARQUET}
    with _scanner() as connection:
        others = [(place, files[place]) for place in files.keys() - texts.keys() - parquet.keys()]
        tables = [found for place, path in others for found in _scan_file(connection, path, place, allowed)]
        read = [*_scan_parquet(connection, parquet, allowed), *_scan_texts(connection, texts, allowed)]
        return sorted([*tables, *read], key=lambda found: found.place)


def require_nothing_private(folder: Path) -> None:
    """Raise if pages that are about to be published hold anything critical.

    Raises:
        PrivateData: a file holds something critical; the message names file, kind and line, not the value.
    """
    for found in scan_folder(folder):
        if found.severity == "critical":
            place, title = _("{file}, line {line}", file=found.place, line=found.rows[0]), TITLES[found.kind]
            what = _("{what} × {count}", what=Message(title.zh, title.en), count=found.cell_count)
            raise PrivateData(finding(place, what, _("nothing of the kind"), _("Look where the page took it from.")))


def describe(found: PrivateFinding, folder: Path) -> str:
    """A finding in words for the person who corrects it: kind, column, rows, their places in the source where the file has them, and
    what to do. Never the value.
    """
    rows = "、".join(map(str, found.rows)) + (" …" if found.cell_count > len(found.rows) else "")
    title = TITLES[found.kind]
    place = "".join(f"；来源 source: {place}" for place in _places(folder / found.place, found.rows[:SHOWN_PLACES]))
    return (
        f"{title.zh}：{found.column} 列第 {rows} 行，共 {found.cell_count} 处{place} "
        f"({title.en}: column {found.column}, rows {rows}, {found.cell_count} cells). "
        "请在来源中删去后重报；依法可以公开的，在数据集说明的 lawful 中写明依据 (take it out of the source; where it is lawful, say so in the descriptor)"
    )


def _places(path: Path, rows: Sequence[int]) -> list[str]:
    """The source places of rows of a released table; empty for a table without the columns for it."""
    if path.suffix != ".parquet" or not path.exists():
        return []
    with duckdb.connect() as connection:
        source = f"read_parquet({literal(str(path))})"
        there = [name for name, *_type in connection.execute(f"describe from {source}").fetchall()]
        place = [name for name in ("source_path", "source_sheet", "source_row") if name in there]
        if not {"source_path", "source_row"} <= {*place}:
            return []
        numbered = f"select concat_ws(' ', {', '.join(place)}) as place, row_number() over () as row_index from {source}"
        return [
            words
            for (words,) in connection.execute(
                f"select place from ({numbered}) where row_index in (select unnest($1))", [[*rows]]
            ).fetchall()
        ]


def scan_file(path: Path, place: str | None = None, allowed: Sequence[Allowance] = ()) -> list[PrivateFinding]:
    """The findings in one Parquet, CSV or text file.

    Raises:
        UnreadableSource: the file is of another kind, or broken.
    """
    with _scanner() as connection:
        return _scan_file(connection, path, place or path.name, allowed)


def _scan_file(connection: duckdb.DuckDBPyConnection, path: Path, name: str, allowed: Sequence[Allowance]) -> list[PrivateFinding]:
    if _is_text(path):
        return _scan_texts(connection, {name: path}, allowed)
    try:
        return [found for source in _sources(path, name) for found in _scan(connection, source, name, allowed)]
    except duckdb.Error as error:
        raise _unreadable(name, error) from error


def _scan_parquet(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path], allowed: Sequence[Allowance]) -> list[PrivateFinding]:
    """The findings in Parquet files given by place: rows file by file where a file has any, the metadata of all in one pass."""
    places = {str(path): place for place, path in files.items()}
    if not places:
        return []
    try:
        counts = connection.execute("select file_name, num_rows from parquet_file_metadata($1) order by file_name", [[*places]]).fetchall()
        connection.execute(_METADATA, [[*places]])
        found = [one for path, rows in counts if rows for one in _scan(connection, _rows_of(path), places[path], allowed)]
    except duckdb.Error as error:
        if len(files) == 1:
            raise _unreadable(next(iter(files)), error) from error
        return [found for place, path in files.items() for found in _scan_file(connection, path, place, allowed)]  # to name the file
    return [*found, *_scan_lines(connection, places, "metadata", allowed)]


def scan_table(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    allowed: Sequence[Allowance] = (),
    most_rows: int = SHOWN_ROWS,
) -> list[PrivateFinding]:
    """The findings in a table or view of an open warehouse. A finding lists up to `most_rows` rows."""
    connection.execute(MACROS)
    return _scan(connection, table, table, allowed, most_rows)


def _scanner() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(MACROS)
    return connection


def _sources(path: Path, name: str) -> list[str]:
    """SQL relations of all that a table's file holds: its rows, and the key-value metadata of Parquet."""
    quoted = literal(str(path))
    match path.suffix.lower():
        case ".parquet":
            metadata = f"(select decode(value) as metadata from parquet_kv_metadata({quoted}) where decode(key) <> 'ARROW:schema')"
            return [_rows_of(str(path)), metadata]
        case ".csv":
            return [
                f"read_csv({quoted}, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', max_line_size = 100000000)"
            ]
    found, remedy = _("a file of the kind {kind}", kind=path.suffix), _("Leave it out; what cannot be scanned must not leave.")
    raise UnreadableSource(name, found, _("Parquet, CSV or text"), remedy)


def _rows_of(parquet: str) -> str:
    return f"read_parquet({literal(parquet)})"


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in TEXT_SUFFIXES


def _unreadable(name: str, error: duckdb.Error) -> UnreadableSource:
    found = _("a file that breaks off ({failure})", failure=type(error).__name__)
    remedy = _("Write the file again; what cannot be scanned must not leave.")
    return UnreadableSource(name, found, _("a whole file"), remedy)


def _scan_texts(connection: duckdb.DuckDBPyConnection, texts: Mapping[str, Path], allowed: Sequence[Allowance]) -> list[PrivateFinding]:
    """The findings in texts given by place, in one pass: a site has many small pages, and one pass each would cost more than making it."""
    places = {str(path): place for place, path in texts.items()}
    if not places:
        return []
    try:
        connection.execute(_LINES, [[*places]])
    except duckdb.Error as error:
        if len(texts) == 1:
            raise _unreadable(next(iter(texts)), error) from error
        return [found for place, path in texts.items() for found in _scan_file(connection, path, place, allowed)]  # to name the file
    return _scan_lines(connection, places, "line", allowed)


def _scan_lines(
    connection: duckdb.DuckDBPyConnection, places: Mapping[str, str], column: str, allowed: Sequence[Allowance]
) -> list[PrivateFinding]:
    """The findings in the table `lines`; `places` has the place for each path in it, `column` is what a finding calls its column."""
    held = find_private_cells(connection, "(select line_id as scanned_row, line from lines)", ["line"])
    found = connection.execute(f"""
        select path, kind, count(*), list(line_number order by line_number)[:{SHOWN_ROWS}]
        from ({held}) inner join lines on line_id = scanned_row
        group by all
        order by all
    """).fetchall()
    return [one for path, *facts in found for one in _findings(places[path], [(column, *facts)], allowed)]


def _scan(
    connection: duckdb.DuckDBPyConnection, source: str, place: str, allowed: Sequence[Allowance], most_rows: int = SHOWN_ROWS
) -> list[PrivateFinding]:
    """Rows are numbered only where there is something to report: numbering keeps DuckDB from reading in parallel."""
    columns = text_columns(connection, source)
    if not columns or not _found(connection, f"(select *, 0 as scanned_row from {source})", columns, 1):
        return []
    numbered = f"(select *, row_number() over () as scanned_row from {source})"
    return list(_findings(place, _found(connection, numbered, columns, most_rows), allowed))


def _found(
    connection: duckdb.DuckDBPyConnection, source: str, columns: Sequence[str], most_rows: int
) -> list[tuple[str, str, int, list[int]]]:
    held = find_private_cells(connection, source, columns)
    return connection.execute(
        f"""
        select column_name, kind, count(*), list(scanned_row order by scanned_row)[:{most_rows}]
        from ({held})
        group by column_name, kind
        order by column_name, kind
        """
    ).fetchall()


def _findings(place: str, found: Iterable[tuple[str, str, int, list[int]]], allowed: Sequence[Allowance]) -> Iterator[PrivateFinding]:
    lawful = {(allowance.column, allowance.kind) for allowance in allowed}
    for column, kind, count, rows in found:
        if (column, kind) not in lawful:
            yield PrivateFinding(place, column, kind, SEVERITY[kind], count, tuple(rows))
