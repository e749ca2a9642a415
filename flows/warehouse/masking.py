"""What the law lets out only in part: names of natural persons shown as 张某某, identifiers removed, small counts left empty.

A descriptor declares it (`masked`, `small_cells`), a model applies it with the macros of
sql/registers/person_macros.sql.j2, and the release gate reads the
written files again and asks whether it was applied. A mask put on twice changes nothing: so a value is masked exactly if
the macro leaves it as it is.

Sources: 国办发〔2018〕118号 (results of enforcement are published without what identifies natural persons), Personal
Information Protection Law 51 (de-identification), Regulations 15 (privacy).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from exports.catalog import Catalog, Dataset, Masked, SmallCells
from exports.release.parts import rows_of, tables_in
from flows.warehouse.person_rows import held_columns, macros
from flows.warehouse.templates import call_macro

UNITS = (
    "printed_unit_name",
    "unit_name",
    "unit_id",
    "record_id",
)  # named because they are units; a record's id repeats its number and unit


def thresholds(catalog: Catalog) -> pa.Table:
    """`reference.small_cells`: one row per dataset with a cross-table of requests, for the marts to read."""
    rules = [(dataset.name, dataset.small_cells.threshold) for dataset in catalog if dataset.small_cells]
    names, counts = zip(*rules, strict=True) if rules else ((), ())
    return pa.table({"dataset_name": pa.array(names, pa.string()), "threshold": pa.array(counts, pa.int64())})


def unmasked(folder: Path, catalog: Catalog, searched: Container[str] = ()) -> Mapping[str, list[str]]:
    """Files of a release folder in which a declared mask was not put on: path -> for each rule the column and the count of rows.

    `searched` are paths of files that were asked before.
    """
    declared = tables_in(folder, [dataset for dataset in catalog if dataset.masked or dataset.small_cells])
    with duckdb.connect() as connection:
        sources = {path: rows_of(folder / path) for path in declared if path not in searched}
        filled = [path for path, source in sources.items() if connection.execute(f"select 1 from {source} limit 1").fetchone()]
        if filled:
            connection.execute(macros())  # their patterns take longer to write than a small release to read
        reasons = {path: list(_faults(connection, declared[path], sources[path])) for path in filled}
    return {path: found for path, found in reasons.items() if found}


def _faults(connection: duckdb.DuckDBPyConnection, dataset: Dataset, source: str) -> Iterator[str]:
    """A file carried over from an older release may lack a column: what is not there needs no mask. All is asked in one reading."""
    there = {name for name, *_ in connection.execute(f"describe from {source}").fetchall()}
    conditions = [(rule.column, _bare(rule, there)) for rule in dataset.masked if rule.column in there]
    conditions += _unproven(dataset, there)
    if dataset.small_cells and there.issuperset(dataset.small_cells.columns):
        conditions.append(("、".join(dataset.small_cells.columns), _told(dataset.small_cells)))
    if not conditions:
        return
    counts = ", ".join(f"count(*) filter ({condition})" for _, condition in conditions)
    (found,) = connection.execute(f"select {counts} from {source}").fetchall()
    for (column, _), count in zip(conditions, found, strict=True):
        if count:
            yield f"未脱敏 not masked as declared: {column}, {count}"


def _bare(rule: Masked, there: set[str]) -> str:
    """SQL: the value stands there without its mask."""
    return call_macro("masking", "is_bare", rule.column, rule.by == "name", kinds_of(rule, there))


def kinds_of(rule: Masked, there: Container[str] | None = None) -> dict[str, tuple[str, ...]]:
    """Column -> values by which the row surely is none of a natural person's, of the columns `there` (None: all): what a table lacks spares nothing.

    A name is spared only where it reads as an organisation's besides, and where no such value is known, too.
    """
    return {name: values for name, values in rule.unless.items() if there is None or name in there}


def kinds_of_all(masks: Sequence[Masked], there: Container[str] | None = None) -> dict[str, list[str]]:
    """Column -> values that every mask of a dataset spares."""
    rules = [rule.unless for rule in masks if rule.unless]
    common = {name: set.intersection(*(set(rule.get(name, ())) for rule in rules)) for rule in rules for name in rule}
    return {name: sorted(values) for name, values in common.items() if values and (there is None or name in there)}


def _unproven(dataset: Dataset, there: set[str]) -> Iterator[tuple[str, str]]:
    """Columns of a file, each with the SQL by which a row of a natural person may still name one there."""
    kinds = kinds_of_all(dataset.masked, there)
    for rule in dataset.masked:
        if rule.by != "name" or rule.column not in there:
            continue
        texts = [c.name for c in dataset.columns if c.type == "string" and not c.enum and c.name in there and c.name not in UNITS]
        for column in held_columns(None, dataset, texts):
            yield column, call_macro("masking", "is_unproven", column, rule.column, kinds)


def _told(rule: SmallCells) -> str:
    """SQL: a small count stands in the row, or one cell alone is empty, which the total tells."""
    return call_macro("masking", "reveals_small_cells", rule.columns, rule.threshold)
