"""Screening of files for what may no longer leave: files carried over lose such rows, and a whole release is searched for the rest.

A record that is held (`hold_reason`), was quarantined as private, or is named by a row of core.record_notices leaves in no file, new
or carried over. A tombstone that the law asks for (Administrative Penalty Law 48: the reason stays) names the columns in which a
number and an old link may leave, with `lawful: {column: …, kind: withdrawn}` in its descriptor.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from exports.catalog import WITHDRAWALS, Catalog, Dataset, Register
from exports.changes.feed import plain_text
from exports.messages import _
from exports.release.files import connect
from exports.release.parts import numbered_rows_of, tables_in
from exports.sql_text import literal, quoted
from flows.privacy.detect import allowances
from flows.privacy.search import MACROS as PRIVACY_MACROS
from flows.privacy.search import find_private_cells, text_columns
from flows.publication.held_documents import PLACES as DOCUMENT_PLACES
from flows.publication.held_documents import TABLE, load_held_documents
from flows.quality.private_rows import KINDS_HELD, PLACES, PLAN_PLACES
from flows.warehouse.leaving import define_macros
from flows.warehouse.person_rows import UNIT

KIND = "withdrawn"
ANSWERED = "verdict_id"  # the column of a dataset whose rows answer what is published of a record of another register
QUOTING = frozenset({"reply_text", "reply_state_reason"})  # what they answer may quote anything
EVIDENCE = frozenset({"evidence_id", "register_name", "record_id"})  # columns of datasets whose rows name records of registers
PRIVATE_FAULTS = ("private_data", "name_not_masked")
TOMBSTONES = """
    select notices.number_key, notices.link_key, notices.title_key,
        coalesce((
            select min(aliases.unit_id) from warehouse.core.unit_aliases as aliases, warehouse.reference.run as run
            where plain_name(aliases.alias_name) = plain_name(notices.printed_unit_name) and aliases.region_scope = run.region_scope
        ), plain_name(notices.printed_unit_name)) as unit_key
    from warehouse.core.record_notices as notices
    where notices.register_name is null
"""
WITHDRAWN_NUMBERS = f"select number_key from ({TOMBSTONES}) where length(number_key) >= 4"
SHORTEST = 8  # characters: shorter titles are words that many records share


def screen_carried_over(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset,
    parquet: Path | Sequence[Path],
    catalog: Catalog,
    heeds_corrections: bool = False,
) -> str | None:
    """The SQL relation of the rows of an earlier file, or of its parts, that may still leave (its columns and `file_row_number`); None where all may.

    `connection` has today's warehouse attached as `warehouse`. With `heeds_corrections` rows stay in, too, whose cells print what a correction has
    replaced and the list does not mark as public: a new release does not say it again.
    """
    rows = numbered_rows_of(parquet)
    there = {name for name, *_ in connection.execute(f"describe from {rows}").fetchall()}
    conditions = list(_conditions(connection, dataset, rows, catalog, there))
    if heeds_corrections:
        conditions += _replaced(connection, dataset, catalog, there)
    if not conditions:
        return None
    kept = f"(select * from {rows} as rows where not coalesce({' or '.join(f'({condition})' for condition in conditions)}, false))"
    ((gone,),) = connection.execute(f"select (select count(*) from {rows}) - (select count(*) from {kept})").fetchall()
    return kept if gone else None


def _conditions(connection: duckdb.DuckDBPyConnection, dataset: Dataset, rows: str, catalog: Catalog, there: set[str]) -> Iterator[str]:
    """SQL conditions on `rows` of an earlier file, each true of rows that may no longer leave."""
    if _find_private_rows(connection, dataset, rows, there, catalog):
        yield "rows.file_row_number in (select scanned_row from private_rows)"
    if load_held_documents(connection):
        yield from (
            f"regexp_replace(rows.{place}::varchar, '#[0-9]+$', '') in "
            f"(select name from (select unnest([{', '.join(names)}]) as name from {TABLE}) where name is not null)"
            for place, names in DOCUMENT_PLACES.items()
            if place in there
        )
    if _load_gone(connection, catalog):  # what the gate would stop the whole file for
        gone = _gone(dataset)
        yield from (f"rows.{quoted(name)} in {gone}" for name in _searched(connection, dataset, rows))
    register = catalog.records.get(dataset.name)
    if register is None:
        yield from _named_in_evidence(connection, catalog, there)
        return
    define_macros(connection)
    yield from _answered(catalog, there)
    if register.id in there:
        yield f"record_number_key(rows.{register.id}) in (select record_number_key(held_id) from ({_held_ids(dataset.name, register)}))"
    if dataset.name == WITHDRAWALS:
        return
    yield from _masked_since(dataset, register, there)
    tombstones = f"from ({TOMBSTONES}) where"
    for number in (column for column in register.identified_by if column in there):
        yield f"record_number_key(rows.{number}) in (select number_key {tombstones} length(number_key) >= 4)"
    if "url" in there:
        yield f"link_key(rows.url) in (select link_key {tombstones} link_key is not null)"
    for title in (column for column in register.titles if column in there):
        unit = f"coalesce({'rows.unit_id, ' if 'unit_id' in there else ''}plain_name(rows.{UNIT}))"
        yield f"(title_key(rows.{title}), {unit}) in (select (title_key, unit_key) {tombstones} title_key is not null and unit_key is not null)"
        yield f"title_key(rows.{title}) in (select title_key {tombstones} unit_key is null)"


def _named_in_evidence(connection: duckdb.DuckDBPyConnection, catalog: Catalog, there: set[str]) -> Iterator[str]:
    """SQL conditions on rows that name a record of a register as evidence: by its id, which may hold its number or its title."""
    if not there >= EVIDENCE:
        return
    define_macros(connection)
    for name, register in catalog.records.items():
        if name in catalog.datasets and name != WITHDRAWALS:
            key = f"rows.register_name = {literal(name)} and record_number_key(rows.record_id)"
            yield f"{key} in (select record_number_key(held_id) from ({_held_ids(name, register)}))"
    yield f"record_number_key(rows.record_id) in ({WITHDRAWN_NUMBERS})"
    yield (
        f"exists (select 1 from ({TOMBSTONES}) as notices where length(notices.title_key) >= {SHORTEST} "
        "and contains(title_key(rows.record_id), notices.title_key))"
    )


def _masked_since(dataset: Dataset, register: Register, there: set[str]) -> Iterator[str]:
    """SQL conditions on rows of a record that is a natural person's, or nobody knows whose, by today's word and masked otherwise than in the row."""
    free = [{(name, word) for name, words in one.unless.items() for word in words} for one in dataset.masked if one.unless]
    for name in sorted({name for name, _word in set.intersection(*free)} if free else ()):
        organisations = ", ".join(literal(word) for kind, word in sorted(set.intersection(*free)) if kind == name)
        changed = [f"today.{one.column} is distinct from rows.{one.column}" for one in dataset.masked if one.column in there]
        if changed and register.id in there:
            yield (
                f"exists (select 1 from warehouse.core.{dataset.name} as today where today.{register.id} = rows.{register.id} "
                f"and not coalesce(today.{name} in ({organisations}), false) and ({' or '.join(changed)}))"
            )


def _answered(catalog: Catalog, there: set[str]) -> Iterator[str]:
    """SQL conditions on rows that answer what is published of a record of another register, true where that, or what they quote, is held now."""
    if ANSWERED not in there:
        return
    number = f"record_number_key(rows.{ANSWERED})"
    for name, register in catalog.records.items():
        if name in catalog.datasets and name != WITHDRAWALS:
            yield f"{number} in (select record_number_key(held_id) from ({_held_ids(name, register)}))"
    yield f"{number} in ({WITHDRAWN_NUMBERS})"
    if there >= QUOTING:
        words = f"concat_ws(' ', {', '.join(f'rows.{name}' for name in sorted(QUOTING))})"
        yield f"exists (select 1 from warehouse.core.held_names as held where quotes_name({words}, held.name_kind, held.name_key))"


def _replaced(connection: duckdb.DuckDBPyConnection, dataset: Dataset, catalog: Catalog, there: set[str]) -> Iterator[str]:
    """SQL conditions on `rows`, true where a cell of a record is what a correction that is not public replaced."""
    register = catalog.records.get(dataset.name)
    if register is None or register.id not in there:
        return
    corrections = (
        f"warehouse.core.corrections as corrections inner join warehouse.core.{quoted(dataset.name)} as records "
        "on corrections.source_path = records.source_path and corrections.source_row = records.source_row "
        "and corrections.source_sheet is not distinct from records.source_sheet "
        f"where corrections.register_name = {literal(dataset.name)} and corrections.correction_state = 'applied' and not corrections.is_public"
    )
    named = connection.execute(f"select distinct corrections.column_name from {corrections} order by all").fetchall()
    for name in (name for (name,) in named if name in there):
        old = f"select records.{register.id}, {plain_text('corrections.old_value')} from {corrections} and corrections.column_name = {literal(name)}"
        yield f"(rows.{register.id}, {plain_text(f'rows.{quoted(name)}::varchar')}) in (select (one, other) from ({old}) as replaced(one, other))"


def _find_private_rows(connection: duckdb.DuckDBPyConnection, dataset: Dataset, rows: str, there: set[str], catalog: Catalog) -> bool:
    """Create the temporary table `private_rows` (scanned_row) of rows in which today's scanner finds a person; gives whether there are any."""
    connection.execute(PRIVACY_MACROS)
    columns = [name for name in text_columns(connection, rows) if name in there - PLACES - PLAN_PLACES - {"file_row_number"}]
    if not columns:
        return False
    found = find_private_cells(connection, f"(select * exclude (file_row_number), file_row_number as scanned_row from {rows})", columns)
    lawful = [f"(column_name = {literal(one.column)} and kind = {literal(one.kind)})" for one in allowances(catalog, dataset.name)]
    connection.execute(
        f"create or replace temp table private_rows as select distinct scanned_row from ({found}) "
        f"where kind in (select unnest($1)) and not ({' or '.join(lawful) or 'false'})",
        [sorted(KINDS_HELD)],
    )
    return connection.execute("select 1 from private_rows limit 1").fetchone() is not None


def _held_ids(name: str, register: Register) -> str:
    """SQL: ids of a register's records that are held today, and of quarantined rows that are held or hold something private."""
    private = ", ".join(map(literal, PRIVATE_FAULTS))
    return (
        f"select {register.id} as held_id from warehouse.core.{name} where hold_reason is not null union all "
        f"select {register.id} from warehouse.quarantine.{name} where row_hold is not null or list_has_any(fault_kinds, [{private}]) union all "
        f"select record_id from warehouse.core.record_holds where register_name = {literal(name)}"
    )


def find_withdrawn_values(folder: Path, warehouse: Path, catalog: Catalog) -> Mapping[str, list[str]]:
    """Files of a release folder that hold something of a held record: path -> one text for each column, with its number of cells."""
    with TemporaryDirectory() as scratch, connect(warehouse, Path(scratch)) as connection:
        return withdrawn_values_in(connection, folder, catalog)


def withdrawn_values_in(connection: duckdb.DuckDBPyConnection, folder: Path, catalog: Catalog) -> Mapping[str, list[str]]:
    """The same by a connection that has the warehouse attached as `warehouse` (exports/release/files.py)."""
    if not _load_gone(connection, catalog):
        return {}
    paths = tables_in(folder, catalog.published.values())
    ids = {name: register.id for name, register in catalog.records.items()}
    found = {path: list(_withdrawn_values(connection, dataset, folder / path, ids.get(dataset.name))) for path, dataset in paths.items()}
    return {path: reasons for path, reasons in found.items() if reasons}


def held_values(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> str:
    """SQL: register, kind and value: ids, numbers, links and titles of held records that no leaving record shares; of short values ids alone."""
    selects = ["select null::varchar as register_name, null::varchar as value_kind, null::varchar as value where false"]
    known = tables_with_hold_reason(connection)
    for name, register in catalog.records.items():
        if name == WITHDRAWALS or name not in known:
            continue
        named = [*register.identified_by, *(["url"] if "url" in register.column_names else [])]
        for kind, columns in (("id", [register.id]), ("number", named), ("title", [*register.titles])):
            if columns:
                cells = ", ".join(f"{quoted(column)}::varchar" for column in columns)
                values = f"select {literal(name)}, {literal(kind)}, unnest([{cells}]) as value from warehouse.core.{name}"
                selects.append(f"({values} where hold_reason is not null except {values} where hold_reason is null)")
    return f"select distinct * from ({' union all '.join(selects)}) where value_kind = 'id' or length(value) >= {SHORTEST}"


def tables_with_hold_reason(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """The names of the tables in `core` of the attached warehouse that have a column `hold_reason`."""
    described = connection.execute(
        "select table_name from duckdb_columns() where database_name = 'warehouse' and schema_name = 'core' and column_name = 'hold_reason'"
    )
    return frozenset(name for (name,) in described.fetchall())


def _load_gone(connection: duckdb.DuckDBPyConnection, catalog: Catalog) -> bool:
    """Create the temporary table `gone` of held values once for a connection, whose warehouse stays the same; whether it has any."""
    if not connection.execute("select 1 from duckdb_tables() where temporary and table_name = 'gone'").fetchone():
        connection.execute(f"create temp table gone as {held_values(connection, catalog)}")
    return connection.execute("select 1 from gone limit 1").fetchone() is not None


def _gone(dataset: Dataset) -> str:
    """SQL: what is searched for in a dataset. A title counts in the register's own dataset only: plans and documents may share it."""
    of_all = f"length(value) >= {SHORTEST} and (value_kind <> 'title' or register_name = {literal(dataset.name)})"
    return f"(select value from gone where {of_all})"


def _gone_ids(dataset: Dataset) -> str:
    """SQL: the ids of held records of the dataset's own register, however short."""
    return f"(select value from gone where value_kind = 'id' and register_name = {literal(dataset.name)})"


def _searched(connection: duckdb.DuckDBPyConnection, dataset: Dataset, relation: str) -> list[str]:
    """The columns of a relation in which nothing of a held record may stand."""
    spared = {lawful.column for lawful in dataset.lawful if lawful.kind == KIND}
    enums = {column.name for column in dataset.columns if column.enum}
    described = connection.execute(f"describe from {relation}").fetchall()
    return [name for name, kind, *_ in described if kind == "VARCHAR" and name not in spared | enums]


def _withdrawn_values(connection: duckdb.DuckDBPyConnection, dataset: Dataset, path: Path, own_id: str | None) -> Iterator[str]:
    texts = _searched(connection, dataset, literal(str(path)))
    if not texts:
        return
    spare = f"and {literal(WITHDRAWALS)} <> dataset_slug" if "dataset_slug" in texts else ""  # the feed repeats what a tombstone may tell
    searched = {name: f"{quoted(name)} in {_gone(dataset)}" for name in texts}
    if own_id in searched:
        searched[own_id] += f" or {quoted(own_id)} in {_gone_ids(dataset)}"
    counts = ", ".join(f"count(*) filter (({condition}) {spare})" for condition in searched.values())
    (cells,) = connection.execute(f"select {counts} from {literal(str(path))}").fetchall()
    for name, count in zip(texts, cells, strict=True):
        if count:
            yield _("held records") + f": {name}, {count}"
