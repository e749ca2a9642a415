"""One dataset's mart as files: Parquet for programs, CSV for spreadsheets, both with the same rows in the same order.

DuckDB sorts and writes the Parquet file, then turns that file into CSV: the table is sorted once, the two cannot differ,
and no row passes through Python. The bytes depend on the rows and the descriptor alone, not on threads or the clock.

Ways to a CSV with byte-order mark and CRLF, 10⁶ rows of 18 columns, 2 threads, best of 5 (and processor time): this one 0.85 s
(1.5 s); sorting again instead of reading the Parquet 1.2 s (2.1 s); a plain COPY mended afterwards 1.3 s (1.4 s); lines put
together in SQL 3.4 s (3.3 s); pyarrow.csv 0.93 s (0.87 s), which must quote every text and so writes 6 % more bytes to serve.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.catalog import Column, Dataset
from exports.messages import _, finding
from exports.release.manifest import ReleasedDataset, ReleaseError, released_file
from exports.release.metadata import table_schema
from exports.release.parts import numbered_rows_of, part_in, part_of, path_of, period_column, rows_of
from exports.sql_text import literal, quoted

BOM = "\ufeff"  # Excel assumes the local code page for a CSV that does not begin with this
DATETIME = "%Y-%m-%dT%H:%M:%S.%f"  # ISO 8601, the form that Table Schema expects of a datetime
MEMORY = "2GB"  # what sorting may take before it spills to disk; 10⁷ rows sort as fast as in 6 GB


@dataclass(frozen=True)
class Coverage:
    """The days and divisions that a dataset's rows cover, as far as its columns show; None where they do not."""

    first_day: str | None = None
    last_day: str | None = None
    regions: tuple[tuple[str, str | None], ...] = ()


def connect(warehouse: Path, scratch: Path) -> duckdb.DuckDBPyConnection:
    """The warehouse, read-only, as `warehouse`; data that does not fit into memory spills to `scratch`."""
    connection = duckdb.connect(config={"temp_directory": str(scratch), "memory_limit": MEMORY})
    try:
        connection.execute(f"attach {literal(str(warehouse))} as warehouse (read_only)")
    except duckdb.Error as error:
        connection.close()
        found = _("a warehouse that cannot be read ({fault})", fault=error)
        raise ReleaseError(finding(str(warehouse), found, _("a whole one"), _("Run: gongkai build"))) from error
    return connection


def write_dataset(connection: duckdb.DuckDBPyConnection, dataset: Dataset, folder: Path, relation: str | None = None) -> ReleasedDataset:
    """Write `data/<slug>.parquet` and `data/<slug>.csv` below `folder`, from the dataset's mart or another SQL relation.

    Only columns that the descriptor names are read: nothing else can leave the warehouse.

    Raises:
        ReleaseError: the mart is missing, lacks a column, or holds values that are not of the promised type.
    """
    csv, parquet = paths_of(dataset)
    (folder / "data").mkdir(exist_ok=True)
    try:
        _write_parquet(connection, dataset, relation or _mart(dataset), folder / parquet)
        _write_csv(connection, dataset.column_names, folder / parquet, folder / csv)
    except duckdb.Error as error:
        found = _("a table that cannot be written ({fault})", fault=error)
        expected = _("one with the columns and types of {file}", file=f"exports/{dataset.name}.yaml")
        raise ReleaseError(finding(dataset.table, found, expected, _("Mend the mart or the descriptor."))) from error
    return written_dataset(connection, dataset, folder)


def rewrite_dataset(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, earlier: Sequence[Path], kept: str, folder: Path
) -> ReleasedDataset:
    """Rewrite the files of an earlier release's Parquet file, or of its parts, with only the rows of the SQL relation `kept`, in the same order.

    Columns, the file's own metadata and the parts are kept: today's descriptor may have others.

    Raises:
        ReleaseError: the earlier file cannot be read.
    """
    csv, parquet = paths_of(dataset)
    (folder / "data").mkdir(exist_ok=True)
    try:
        facts = facts_of_file(connection, earlier[0])
        columns = [name for name, *_ in connection.execute(f"describe from {rows_of(earlier)}").fetchall()]
        names = ", ".join(map(quoted, columns))
        copy_parquet(connection, f"select {names} from ({kept}) order by file_row_number", facts, folder / parquet)
        _write_csv(connection, columns, folder / parquet, folder / csv)
    except duckdb.Error as error:
        raise ReleaseError(
            finding(
                str(earlier[0]),
                _("a file that cannot be read ({fault})", fault=error),
                _("the file that the release was made with"),
                _("Restore it."),
            )
        ) from error
    return split_by_year(connection, dataset, folder) if part_in(earlier[0].name) else written_dataset(connection, dataset, folder)


def in_parts(connection: duckdb.DuckDBPyConnection, dataset: Dataset, folder: Path, written: ReleasedDataset) -> ReleasedDataset:
    """The dataset with a file for each year where it has more rows than its descriptor's catalog says for one; else as it is."""
    if dataset.yearly_above is None or written.rows <= dataset.yearly_above or period_column(dataset) is None:
        return written
    return split_by_year(connection, dataset, folder)


def split_by_year(connection: duckdb.DuckDBPyConnection, dataset: Dataset, folder: Path) -> ReleasedDataset:
    """Put files of one year each in the place of the dataset's two files below `folder`; rows keep their order, files their metadata."""
    csv, parquet = (folder / path for path in paths_of(dataset))
    facts, part = facts_of_file(connection, parquet), part_of(dataset)
    names = [name for name, *_ in connection.execute(f"describe from {rows_of(parquet)}").fetchall()]
    counts = connection.execute(f"select {part}, count(*) from {rows_of(parquet)} group by 1 order by 1").fetchall()
    files = []
    for one, _rows in counts:
        targets = [path_of(dataset.slug, form, one) for form in ("csv", "parquet")]
        rows = f"select {', '.join(map(quoted, names))} from {numbered_rows_of(parquet)} where {part} = {literal(one)} order by file_row_number"
        copy_parquet(connection, rows, facts, folder / targets[1])
        _write_csv(connection, names, folder / targets[1], folder / targets[0])
        files += [released_file(folder, target) for target in targets]
    csv.unlink()
    parquet.unlink()
    ordered = tuple(sorted(files, key=lambda file: (file.format, file.path)))
    return ReleasedDataset(dataset.name, dataset.slug, sum(rows for _part, rows in counts), ordered)


def written_dataset(connection: duckdb.DuckDBPyConnection, dataset: Dataset, folder: Path) -> ReleasedDataset:
    """The facts of a dataset whose files are below `folder`, read back from the disk."""
    csv, parquet = paths_of(dataset)
    ((rows,),) = connection.execute(f"select count(*) from {literal(str(folder / parquet))}").fetchall()
    return ReleasedDataset(dataset.name, dataset.slug, rows, tuple(released_file(folder, path) for path in (csv, parquet)))


def paths_of(dataset: Dataset) -> tuple[str, str]:
    """Its CSV and Parquet file, at the same paths in every release."""
    return f"data/{dataset.slug}.csv", f"data/{dataset.slug}.parquet"


def _mart(dataset: Dataset) -> str:
    schema, table = dataset.table.split(".")
    return f"warehouse.{quoted(schema)}.{quoted(table)}"


def _write_parquet(connection: duckdb.DuckDBPyConnection, dataset: Dataset, relation: str, target: Path) -> None:
    """Ordered by primary key; the other columns break ties, so that equal tables give equal files even where a key repeats."""
    columns = ", ".join(f"{quoted(column.name)}::{column.duckdb_type} as {quoted(column.name)}" for column in dataset.columns)
    order = [*dataset.primary_key, *(name for name in dataset.column_names if name not in dataset.primary_key)]
    select = f"select {columns} from {relation} order by {', '.join(map(quoted, order))}"
    copy_parquet(connection, select, parquet_facts(dataset), target)


def copy_parquet(connection: duckdb.DuckDBPyConnection, select: str, facts: Mapping[str, str], target: Path) -> None:
    """Write the rows of a SELECT as a Parquet file with `facts` as its metadata: equal rows in equal order give equal bytes."""
    pairs = ", ".join(f"{quoted(key)}: {literal(value)}" for key, value in facts.items())
    metadata = f", kv_metadata {{{pairs}}}" if facts else ""
    connection.execute(
        f"copy ({select}) to {literal(str(target))} "
        # spelt out, because a later DuckDB may choose other defaults and so other bytes
        f"(format parquet, parquet_version v1, compression zstd, compression_level 3, row_group_size 122880{metadata})"
    )


def _write_csv(connection: duckdb.DuckDBPyConnection, names: Sequence[str], source: Path, target: Path) -> None:
    """RFC 4180. The byte-order mark is part of the first header: DuckDB has no option for one, and a second pass costs more."""
    first, *rest = map(quoted, names)
    columns = ", ".join([f"{first} as {quoted(BOM + names[0])}", *rest])
    connection.execute(
        f"copy (select {columns} from {literal(str(source))}) to {literal(str(target))} "
        f"(format csv, header, delimiter ',', quote '\"', escape '\"', nullstr '', new_line '\\r\\n', timestampformat {literal(DATETIME)})"
    )


def facts_of_file(connection: duckdb.DuckDBPyConnection, file: Path) -> dict[str, str]:
    """The metadata that a Parquet file was written with (`parquet_facts`)."""
    query = "select decode(key), decode(value) from parquet_kv_metadata($1) where decode(key) <> 'ARROW:schema'"
    return dict(connection.execute(query, [str(file)]).fetchall())


def parquet_facts(dataset: Dataset) -> dict[str, str]:
    """The metadata of a Parquet file, text by key: `parquet_kv_metadata` in DuckDB, `schema.metadata` in pyarrow."""
    texts = {"title": dataset.title, "description": dataset.description, "grain": dataset.grain, "publisher": dataset.publisher.name}
    facts = {f"{key}_{language}": getattr(text, language) for key, text in texts.items() for language in ("zh", "en")}
    facts |= {f"column.{column.name}": _column_facts(column) for column in dataset.columns}
    return {
        "dataset": dataset.name,
        **({"region": dataset.region} if dataset.region else {}),
        **facts,
        "licence": dataset.licence.url,
        "licence_title_zh": dataset.licence.title.zh,
        "contact": "，".join(filter(None, (dataset.contact.name.zh, dataset.contact.email, dataset.contact.url))),
        "update_frequency": dataset.update_frequency,
        "primary_key": _json(list(dataset.primary_key)),
        "table_schema": _json(table_schema(dataset)),
    }


def _column_facts(column: Column) -> str:
    texts = {"title": column.title.model_dump(), "description": column.description.model_dump()}
    return _json(texts | ({"unit": column.unit} if column.unit else {}))


def coverage(connection: duckdb.DuckDBPyConnection, dataset: Dataset, parquet: Path | Sequence[Path]) -> Coverage:
    """The coverage read from the written file or its parts, so that the catalog describes only what leaves."""
    first, last = _period(connection, dataset, parquet)
    if "region_code" not in dataset.column_names:
        return Coverage(first, last)
    name = "region_name" if "region_name" in dataset.column_names else "null"
    regions = connection.execute(
        f"select region_code, min({name}) from {rows_of(parquet)} where region_code is not null group by region_code order by region_code"
    ).fetchall()
    return Coverage(first, last, tuple(regions))


def _period(connection: duckdb.DuckDBPyConnection, dataset: Dataset, parquet: Path | Sequence[Path]) -> tuple[str | None, str | None]:
    column = period_column(dataset)
    if column is None:
        return None, None
    ((first, last),) = connection.execute(f"select min({column}), max({column}) from {rows_of(parquet)}").fetchall()
    if first is None:
        return None, None
    if isinstance(first, int):
        return f"{first:04d}-01-01", f"{last:04d}-12-31"
    return first.isoformat(), last.isoformat()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
