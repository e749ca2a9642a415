"""What may be shown of a change, and why it came about, by today's warehouse (exports/changes writes the feed itself).

A row of the release before that may no longer leave is named by its public tombstone, or by a digest of its key; neither its old words nor
those of a cell under a mask are repeated. A reason is given where only one is possible: what else changed between the two releases is in
their manifests (sources, code, day, settings), and a row's own source file, or a correction that was applied to it, may decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.catalog import WITHDRAWALS, Catalog, Dataset
from exports.changes.compare import EARLIER, KEY, LATER, key_text
from exports.changes.feed import Judgement, create_tables, plain_text
from exports.changes.follow import follow
from exports.changes.replay import DIGEST
from exports.release.describe import Followed
from exports.release.manifest import Input, Release, read_inputs
from exports.sql_text import literal, quoted
from flows.privacy.search import MACROS as PRIVACY_MACROS
from flows.privacy.search import find_private_cells
from flows.publication.screening import screen_carried_over, tables_with_hold_reason
from flows.quality.private_rows import KINDS_HELD

PLACES = (
    "source_path",
    "document_id",
    "task_id",
)  # columns that name the source file of a row, or its plan; ids of tasks begin with the plan's

READ_FROM_PLANS = frozenset({"plan_documents", "plan_tasks", "task_units", "unit_targets"})  # all that is in them stands in the document …
COMPUTED = frozenset({"unit_id", "unit_name", "match_rule", "match_confidence"})  # … but for units, which lists and decisions tell


@dataclass(frozen=True)
class Causes:
    """What differs between two releases: source files by path, and the reasons that follow from it."""

    paths: frozenset[str]
    possible: tuple[str, ...]

    @classmethod
    def between(cls, earlier: Release | None, later: Release, inputs: frozenset[tuple[str, str]]) -> Causes:
        """The causes from one release to the next, which is made of `inputs`."""
        if earlier is None:
            return cls(frozenset(), ())
        paths = frozenset(path for path, _ in inputs ^ read_inputs(earlier.folder))
        differs = {
            "source": bool(paths),
            "reader": earlier.code_version != later.code_version,
            "clock": earlier.as_of != later.as_of,
            "decision": bool(earlier.settings_key and later.settings_key and earlier.settings_key != later.settings_key),
        }
        return cls(paths, tuple(reason for reason, does in differs.items() if does))


@dataclass(frozen=True)
class WarehouseJudge:
    """A judge (exports.changes.feed) with today's warehouse attached as `warehouse`. `tombstones` is the released file of withdrawals.

    `is_past`: the later release is not the one being made, so its own rows may be withdrawn by now, too.
    """

    catalog: Catalog
    causes: Causes
    tombstones: Path | None = None
    is_past: bool = False

    def __call__(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, scratch: Path) -> Judgement:
        create_tables(connection)
        self._name_withdrawn(connection, dataset)
        self._withhold(connection, dataset, EARLIER, scratch)
        if self.is_past:
            self._withhold(connection, dataset, LATER, scratch)
        _hide_private_keys(connection)
        self._find_corrections(connection, dataset)
        self._find_sources(connection, dataset)
        masked = [column.name for column in dataset.columns if dataset.masked and column.type == "string" and not column.enum]
        cells = dataset.small_cells.columns if dataset.small_cells else ()
        return Judgement(self.causes.possible, frozenset({*masked, *cells} - {*dataset.primary_key}))

    def _name_withdrawn(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
        """Rows with a public tombstone: it has their id."""
        if self.tombstones is None or not self.tombstones.exists() or dataset.name == WITHDRAWALS:
            return
        connection.execute(
            f"insert into withheld_keys select distinct gone.{KEY}, gone.{KEY}, {self.is_past} from {EARLIER} as gone "
            f"semi join (select {key_text(('record_id',))} as {KEY} from {literal(str(self.tombstones))} "
            f"where register_name = {literal(dataset.name)}) as tombstones using ({KEY})"
            + ("" if self.is_past else f" anti join {LATER} as standing using ({KEY})")
        )

    def _withhold(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset, table: str, scratch: Path) -> None:
        """Rows of `table` that today's screening does not let pass."""
        file, rows = scratch / f"{table}.parquet", f"(select *, row_number() over (order by {KEY}) - 1 as row_index from {table})"
        connection.execute(
            f"copy (select * exclude ({KEY}, row_index) from {rows} order by row_index) to {literal(str(file))} (format parquet)"
        )
        kept = screen_carried_over(connection, dataset, file, self.catalog)
        if kept is not None:
            connection.execute(
                f"insert into withheld_keys select {KEY}, {literal(DIGEST)} || sha256({KEY}), {table == LATER or self.is_past} from {rows} "
                f"where row_index not in (select file_row_number from ({kept})) and {KEY} not in (select {KEY} from withheld_keys)"
            )
        file.unlink()

    def _find_corrections(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
        """Cells to which a correction was applied; values that the list does not mark as public are not shown."""
        register = self.catalog.records.get(dataset.name)
        if register is None or dataset.primary_key != (register.id,) or not _has(connection, "corrections", dataset.name):
            return
        connection.execute(
            f"""
            insert into known_reasons
            select records.{KEY}, corrections.column_name, 'correction', bool_and(corrections.is_public),
                list({plain_text("corrections.old_value")}) filter (not corrections.is_public)
            from warehouse.core.corrections as corrections
            inner join (
                select {key_text((register.id,))} as {KEY}, source_path, source_sheet, source_row from warehouse.core.{quoted(dataset.name)}
            ) as records
                on corrections.source_path = records.source_path and corrections.source_row = records.source_row
                and corrections.source_sheet is not distinct from records.source_sheet
            where corrections.register_name = {literal(dataset.name)} and corrections.correction_state = 'applied'
            group by 1, 2
            """
        )

    def _find_sources(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
        """Rows that came or went with their own source file, cells that it prints, and the day itself."""
        if "clock" in self.causes.possible and "as_of_on" in dataset.column_names:
            self._know(connection, "clock", ["as_of_on"], f"select {KEY} from {EARLIER}")
        paths = list(self._paths(connection, dataset))
        if "reader" in self.causes.possible or not self.causes.paths or not paths:
            return
        moved = f"select {KEY} from ({' union all '.join(paths)}) where source_path in (select unnest($paths))"
        both = f"select {KEY} from {EARLIER} semi join {LATER} using ({KEY})"
        register = self.catalog.records.get(dataset.name)
        read = {*register.column_names} if register else {*dataset.column_names} - COMPUTED if dataset.name in READ_FROM_PLANS else set()
        printed = [name for name in dataset.column_names if name in read or name.startswith("source_")]
        self._know(connection, "source", [None], f"({moved}) except ({both})")
        self._know(connection, "source", printed, f"({moved}) intersect ({both})")

    def _know(self, connection: duckdb.DuckDBPyConnection, reason: str, columns: Sequence[str | None], keys: str) -> None:
        parameters: dict[str, object] = {"columns": [*columns]} | ({"paths": sorted(self.causes.paths)} if "$paths" in keys else {})
        connection.execute(
            f"""
            insert into known_reasons
            select keys.{KEY}, columns.column_name, {literal(reason)}, true, null
            from (select distinct {KEY} from ({keys})) as keys cross join (select unnest($columns::varchar[]) as column_name) as columns
            where not exists (
                from known_reasons as known where known.{KEY} = keys.{KEY} and known.column_name is not distinct from columns.column_name
            )
            """,
            parameters,
        )

    def _paths(self, connection: duckdb.DuckDBPyConnection, dataset: Dataset) -> Iterator[str]:
        """SQL: key and source file of the rows that differ: by their own column, or by the register's record."""
        register = self.catalog.records.get(dataset.name)
        for table in (EARLIER, LATER):
            names = {name for name, *_ in connection.execute(f"describe from {table}").fetchall()}
            place = next((name for name in PLACES if name in names), None)
            if place:
                ours = "plan_documents" in tables_with_hold_reason(connection)
                documents = "warehouse.core.plan_documents" if ours else "(select null as document_id, null as source_path where false)"
                named = f"select {KEY}, regexp_replace({quoted(place)}::varchar, '#[0-9]+$', '') as named from {table}"
                yield (
                    f"select {KEY}, coalesce(documents.source_path, rows.named) as source_path from ({named}) as rows "
                    f"left join {documents} as documents on rows.named = documents.document_id"
                )
            elif register and register.id in names and _has(connection, dataset.name):
                yield (
                    f"select rows.{KEY}, records.source_path from {table} as rows "
                    f"inner join warehouse.core.{quoted(dataset.name)} as records on rows.{register.id} = records.{register.id}"
                )


def _hide_private_keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows whose key itself reads as somebody's number or telephone are named by its digest, and their old words not shown."""
    connection.execute(PRIVACY_MACROS)
    numbered = (
        f"select {KEY} as removed_key, row_number() over (order by {KEY}) as scanned_row from {EARLIER} anti join {LATER} using ({KEY})"
    )
    connection.execute(f"create or replace temp table removed_keys as {numbered}")
    found = find_private_cells(connection, "removed_keys", ["removed_key"])
    connection.execute(
        f"insert into withheld_keys select distinct removed_key, {literal(DIGEST)} || sha256(removed_key), false from removed_keys "
        f"where scanned_row in (select scanned_row from ({found}) where kind in (select unnest($1))) "
        f"and removed_key not in (select {KEY} from withheld_keys)",
        [sorted(KINDS_HELD)],
    )


def _has(connection: duckdb.DuckDBPyConnection, *tables: str) -> bool:
    """Whether the attached warehouse has all these tables of core, each with places of the source."""
    found = connection.execute(
        "select count(distinct table_name) from duckdb_columns() where database_name = 'warehouse' and schema_name = 'core' "
        "and column_name = 'source_row' and table_name in (select unnest($1))",
        [[*tables]],
    ).fetchone()
    return bool(found and found[0] == len({*tables}))


def follow_release(
    draft: Release, last: Release | None, *, catalog: Catalog, warehouse: Path, inputs: Sequence[Input], is_decided: bool = False
) -> Followed:
    """What a draft, made of `inputs`, says about its changes since the last release. Raises as `exports.changes.follow.follow`.

    `is_decided`: a person decided that all data are those of an earlier release, and nothing else is the reason of a change.
    """
    read = frozenset((source.path, source.sha256) for source in inputs)
    causes = Causes(frozenset(), ("decision",)) if is_decided else Causes.between(last, draft, read)
    judge = WarehouseJudge(catalog, causes, draft.folder / "data" / f"{WITHDRAWALS}.parquet")
    return follow(draft, last, catalog=catalog, warehouse=warehouse, judge=judge)
