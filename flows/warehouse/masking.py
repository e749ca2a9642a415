"""What the law lets out only in part: names of natural persons shown as 张某某, identifiers removed, small counts left empty.

A descriptor declares it (`masked`, `small_cells`), a model applies it with the macros here, and the release gate reads the
written files again and asks whether it was applied. A mask put on twice changes nothing: so a value is masked exactly if
the macro leaves it as it is.

Sources: 国办发〔2018〕118号 (results of enforcement are published without what identifies natural persons), Personal
Information Protection Law 51 (de-identification), Regulations 15 (privacy).
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from exports.catalog import Catalog, Dataset, Masked, SmallCells
from exports.release.files import literal, quoted
from flows.privacy.kinds import IS_PERSON_NAME
from flows.privacy.person_names import double_surnames
from flows.privacy.person_names import macros as text_macros
from flows.warehouse.person_rows import held_columns, may_name, surely_no_person
from flows.warehouse.person_rows import macros as row_macros

UNITS = (
    "printed_unit_name",
    "unit_name",
    "unit_id",
    "record_id",
)  # named because they are units; a record's id repeats its number and unit

MACROS = f"""
    -- a natural person's name as a published record may bear it: the surname, and 某某 whatever follows; null for an empty one
    create or replace macro mask_person_name(written) as
        coalesce(nullif(regexp_extract(trim(written), '^({double_surnames()}).', 1), ''), left(nullif(trim(written), ''), 1)) || '某某';

    -- whether a party's name is a natural person's: a sole trader without a trade name is registered under one
    create or replace macro reads_as_person(written) as coalesce({IS_PERSON_NAME}, false);

    -- the counts of one row of a cross-table, its total among them, with 1 to threshold-1 left empty; where that leaves one
    -- empty cell, which the total would tell, the smallest other one is left empty too
    create or replace macro small_cells(cells, threshold) as list_transform(cells, lambda cell, i: case
        when cell between 1 and threshold - 1 then null
        when len(list_filter(cells, lambda other: other between 1 and threshold - 1)) = 1
            and i = list_position(cells, list_min(list_filter(cells, lambda other: other >= threshold))) then null
        else cell
    end);
    {text_macros()}
    {row_macros()}
"""


def thresholds(catalog: Catalog) -> pa.Table:
    """`reference.small_cells`: one row per dataset with a cross-table of requests, for the marts to read."""
    rules = [(dataset.name, dataset.small_cells.threshold) for dataset in catalog if dataset.small_cells]
    names, counts = zip(*rules, strict=True) if rules else ((), ())
    return pa.table({"dataset_name": pa.array(names, pa.string()), "threshold": pa.array(counts, pa.int64())})


def unmasked(folder: Path, catalog: Catalog) -> Mapping[str, list[str]]:
    """Files of a release folder in which a declared mask was not put on: path -> for each rule the column and the count of rows."""
    reasons: dict[str, list[str]] = {}
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        for dataset in catalog:
            path = f"data/{dataset.slug}.parquet"
            if (dataset.masked or dataset.small_cells) and (folder / path).exists():
                reasons[path] = list(_faults(connection, dataset, f"read_parquet({literal(str(folder / path))})"))
    return {path: found for path, found in reasons.items() if found}


def _faults(connection: duckdb.DuckDBPyConnection, dataset: Dataset, source: str) -> Iterator[str]:
    """A file carried over from an older release may lack a column: what is not there needs no mask."""
    there = {name for name, *_ in connection.execute(f"describe from {source}").fetchall()}
    conditions = [(rule.column, _bare(rule, there)) for rule in dataset.masked if rule.column in there]
    conditions += _unproven(dataset, there)
    if dataset.small_cells and there.issuperset(dataset.small_cells.columns):
        conditions.append(("、".join(dataset.small_cells.columns), _told(dataset.small_cells)))
    for column, condition in conditions:
        ((count,),) = connection.execute(f"select count(*) from {source} where {condition}").fetchall()
        if count:
            yield f"未脱敏 not masked as declared: {column}, {count}"


def _bare(rule: Masked, there: set[str]) -> str:
    """SQL: the value stands there without its mask."""
    column = quoted(rule.column)
    bare = f"{column} is distinct from shown_party({column})" if rule.by == "name" else f"{column} is not null"
    return f"{bare} and not {spared(rule, there)}"


def spared(rule: Masked, there: Container[str]) -> str:
    """SQL: the row surely is none of a natural person's, by the values of `unless`, and its name reads as an organisation's, not as a person's.

    Where no such value is known, a name that reads as an organisation's spares the name, and nothing else.
    `there`: the columns that the table has; what it lacks spares nothing.
    """
    kinds = [name for name in rule.unless if name in there]
    values = " or ".join(f"{quoted(name)} in ({', '.join(map(literal, rule.unless[name]))})" for name in kinds)
    if rule.by != "name":
        return f"coalesce({values or 'false'}, false)"
    unknown = "".join(f" or {quoted(name)} is null" for name in kinds)
    return f"(coalesce({values or 'false'}{unknown}, false) and reads_as_organisation({quoted(rule.column)}) and not reads_as_person({quoted(rule.column)}))"


def _unproven(dataset: Dataset, there: set[str]) -> Iterator[tuple[str, str]]:
    """Columns of a file, each with the SQL by which a row of a natural person may still name one there."""
    for rule in dataset.masked:
        if rule.by != "name" or rule.column not in there:
            continue
        texts = [c.name for c in dataset.columns if c.type == "string" and not c.enum and c.name in there and c.name not in UNITS]
        for column in held_columns(None, dataset, texts):
            yield column, f"not {surely_no_person(rule, dataset.masked, there)} and {may_name(column, quoted(rule.column))}"


def _told(rule: SmallCells) -> str:
    """SQL: a small count stands in the row, or one cell alone is empty, which the total tells."""
    cells = [quoted(name) for name in rule.columns]
    small = " or ".join(f"{cell} between 1 and {rule.threshold - 1}" for cell in cells)
    empty = " + ".join(f"({cell} is null)::int" for cell in cells)
    return f"coalesce({small}, false) or {empty} = 1"
