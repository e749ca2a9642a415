"""What was withdrawn leaves in no file: not the record's id, link or title, in whatever dataset, carried over or made anew.

A tombstone that the law asks for (Administrative Penalty Law 48: the reason stays) names the columns in which it may, with
`lawful: {column: …, kind: withdrawn}` in its descriptor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from exports.catalog import Catalog, Dataset
from exports.files import connect, literal, quoted

KIND = "withdrawn"
CONTENT = ("url", "disclosure_title", "matter_title", "document_title")
UNIT = "printed_unit_name"  # part of keys: a unit whose only record was withdrawn is named on
SHORTEST = 8  # characters: shorter titles are words that many records share


def still_told(folder: Path, warehouse: Path, catalog: Catalog) -> Mapping[str, list[str]]:
    """Files of a release folder in which something of a withdrawn record stands: path -> for each column how many cells."""
    with TemporaryDirectory() as scratch, connect(warehouse, Path(scratch)) as connection:
        connection.execute(f"create temp table gone as {_withdrawn(connection, catalog)}")
        ((count,),) = connection.execute("select count(*) from gone").fetchall()
        if not count:
            return {}
        paths = {f"data/{dataset.slug}.parquet": dataset for dataset in catalog}
        found = {path: list(_told(connection, dataset, folder / path)) for path, dataset in paths.items() if (folder / path).exists()}
    return {path: reasons for path, reasons in found.items() if reasons}


def _withdrawn(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> str:
    """SQL: ids, links and titles of withdrawn records that no standing record bears as well."""
    selects = ["select null::varchar as value where false"]
    for name, register in catalog.records.items():
        described = connection.execute(
            "select column_name from duckdb_columns() where database_name = 'warehouse' and schema_name = 'core' and table_name = $1",
            [name],
        )
        columns = {column for (column,) in described.fetchall()}
        if not {"withdrawn_on", "published_on"} <= columns:
            continue
        told = [name for name in dict.fromkeys((register.id, *register.key, *CONTENT)) if name in columns and name != UNIT]
        values = [quoted(name) for name in told]
        pairs = f"select unnest([{', '.join(f'{value}::varchar' for value in values)}]) as value from warehouse.core.{name}, warehouse.reference.run"
        is_gone = "withdrawn_on <= as_of_on"
        selects.append(f"({pairs} where {is_gone} except {pairs} where not coalesce({is_gone}, false))")
    return f"select distinct value from ({' union all '.join(selects)}) where length(value) >= {SHORTEST}"


def _told(connection: duckdb.DuckDBPyConnection, dataset: Dataset, path: Path) -> Iterator[str]:
    spared = {lawful.column for lawful in dataset.lawful if lawful.kind == KIND}
    enums = {column.name for column in dataset.columns if column.enum}
    described = connection.execute(f"describe from {literal(str(path))}").fetchall()
    texts = [name for name, kind, *_ in described if kind == "VARCHAR" and name not in spared | enums]
    if not texts:
        return
    counts = ", ".join(f"count(*) filter ({quoted(name)} in (from gone))" for name in texts)
    (cells,) = connection.execute(f"select {counts} from {literal(str(path))}").fetchall()
    for name, count in zip(texts, cells, strict=True):
        if count:
            yield f"已撤回的信息 withdrawn records: {name}, {count}"
