"""The way from a public figure back to the cells that it was made of: `gongkai trace`.

    row of the dataset → rule and article, where one was applied → record of the register, or words of the plan → cell of the source file

A cell is named as a person finds it: file, sheet, row after the header, header; a plan's words by line and page, with the quotation. What
the law lets out only masked is not shown unmasked: then only the place is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from exports.catalog import Catalog, Dataset, Register, load_catalog
from exports.changes.compare import key_text
from exports.messages import Message, _, arranged, listed
from exports.sql_text import literal, quoted
from flows.quality.loss_guard import require_datasets
from flows.reports.trace_words import describe_term, why_no_place
from flows.reports.traced import Cell, Trace
from flows.sources.registers.rows import rows_of
from flows.warehouse.current_sources import current_sources
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

MOST_RECORDS = 20  # of a figure that is made of many
TERM_COLUMNS = ("due_on", "is_due_provisional", "days_late")
UNIT_COLUMNS = ("unit_id", "unit_name")
OF_EVIDENCE = ("task_evidence", "score_evidence")
PUBLIC_IN = {"catalogue_matters": "catalogue_coverage"}  # a register without a dataset of its rows, whose columns another dataset repeats
OF_TASKS = ("plan_tasks", "task_units", "task_delivery")
OF_PLANS = (*OF_TASKS, "plan_documents", "unit_targets", "target_progress")


def trace(workspace: Workspace, dataset: str, key: str, column: str | None = None) -> Trace:
    """The way back from a row of a dataset, or from one column of it.

    Raises:
        ConfigurationError: there is no warehouse, dataset, row or column of that name.
    """
    catalog = load_catalog()
    if not workspace.warehouse.exists():
        raise ConfigurationError(finding(str(workspace.root), _("no warehouse"), _("one to ask"), _("Run: gongkai refresh")))
    (name,) = require_datasets([dataset], catalog, "gongkai trace")
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        return _Tracer(workspace, catalog, connection).trace(catalog.datasets[name], key, column)


@dataclass(frozen=True)
class _Tracer:
    workspace: Workspace
    catalog: Catalog
    connection: duckdb.DuckDBPyConnection

    def trace(self, dataset: Dataset, key: str, column: str | None) -> Trace:
        row = self._row(dataset, key, column)
        steps: list[str] = []
        cells = [*self._cells(dataset, row, column, steps)]
        if not cells:
            steps += why_no_place(self._ask, dataset, row, tells_records=bool(steps))
        shown = {column: row[column]} if column else row
        return Trace(
            dataset.name, key, {name: value for name, value in shown.items() if value is not None or column}, tuple(steps), tuple(cells)
        )

    def _row(self, dataset: Dataset, key: str, column: str | None) -> dict[str, Any]:
        place = f"gongkai trace: {dataset.name}"
        if column and column not in dataset.column_names:
            found, remedy = _("no column {column}", column=column), _("These are: {names}.", names=listed(dataset.column_names))
            raise ConfigurationError(finding(place, found, _("one of its columns"), remedy))
        names = ", ".join(map(quoted, dataset.column_names))
        rows = self._ask(f"select {names} from {dataset.table} where {key_text(dataset.primary_key)} = $1", [key])
        if not rows:
            expected = _("a value of {key}", key="|".join(dataset.primary_key))
            raise ConfigurationError(finding(place, _("no row with this key"), expected, _("See the dataset's CSV.")))
        return rows[0]

    def _cells(self, dataset: Dataset, row: dict[str, Any], column: str | None, steps: list[str]) -> Iterator[Cell]:
        """The cells at the end; says what lies between in `steps`."""
        register = self.catalog.records.get(dataset.name)
        if register and dataset.primary_key == (register.id,):
            cells = [*self._of_record(dataset.name, str(row[register.id]), column, steps)]
            yield from cells or (self._of_withdrawn(row) if dataset.name == "withdrawals" else ())
        elif dataset.name in OF_PLANS:
            yield from self._of_plan(dataset, row, column, steps)
        elif dataset.name == "units":
            yield from self._of_unit(row, steps)
        elif dataset.name == "catalogue_coverage":
            steps.append(_("The matter is the catalogue's, the count that of the register") + " (gongkai sql core.catalogue_coverage)")
            yield from self._of_record(
                "catalogue_matters", str(row["record_id"]), column if (column or "").startswith("matter_level") else None, steps
            )
        elif dataset.name in OF_EVIDENCE:
            yield from self._of_evidence(dataset, row, column, steps)
        elif dataset.name == "receipts":
            (title,) = self._ask("select rule_title_en from reference.clock_rules where rule_id = $1", [row["rule_id"]])
            steps.append(describe_term(row | title))
            day = {"start_on": row["start_event"], "done_on": row["done_event"]}.get(column or "")
            yield from self._of_record(row["register_name"], str(row["record_id"]), day, steps)
        elif dataset.name == "scorecards":
            yield from self._of_score(row, steps)
        elif {"source_path", "source_row"} <= {*dataset.column_names}:
            yield Cell(
                row["source_path"],
                self._sha256(row["source_path"]),
                row.get("source_sheet"),
                row["source_row"],
                note=_("the row corrected"),
            )

    def _of_plan(self, dataset: Dataset, row: dict[str, Any], column: str | None, steps: list[str]) -> Iterator[Cell]:
        """The words of the plan from which a row was read, or by which it is judged."""
        if dataset.name in OF_TASKS:
            yield from self._of_task(dataset, row, steps)
        elif dataset.name == "plan_documents":
            yield self._of_document(row, column)
        elif dataset.name == "unit_targets":
            yield from self._of_words(
                "core.unit_targets", "document_id = $1 and position = $2", [row["document_id"], row["position"]], "line", "line"
            )
        else:
            steps.append(_("The target is the plan's, the count that of the register") + " (gongkai sql core.target_progress)")
            yield from self._of_words(
                "core.unit_targets", "unit_id = $1 and plan_year = $2", [row["unit_id"], row["plan_year"]], "line", "line"
            )

    def _of_record(self, name: str, record: str, column: str | None, steps: list[str]) -> Iterator[Cell]:
        """The row of a register, or of it the cells that a column is made of."""
        register = self.catalog.registers[name]
        places = self._ask(
            f"select source_path, source_sheet, source_row from core.{quoted(name)} where {quoted(register.id)} = $1", [record]
        )
        if not places:
            return
        columns = self._columns_behind(name, register, record, column, steps)
        for place in places:
            yield from self._printed(name, place, columns, steps)

    def _columns_behind(self, name: str, register: Register, record: str, column: str | None, steps: list[str]) -> Sequence[str]:
        """The printed columns from which a public column comes, each rule on the way said."""
        if column is None or column in register.column_names:
            return [column] if column else register.column_names
        if column in TERM_COLUMNS:
            receipts = self._ask(
                "select receipts.*, rules.rule_title_en from core.receipts as receipts inner join reference.clock_rules as rules using (rule_id) "
                "where register_name = $1 and record_id = $2 and due_on is not null",
                [name, record],
            )
            steps += map(describe_term, receipts)
            return list(
                dict.fromkeys(
                    one for receipt in receipts for one in (receipt["start_event"], receipt["done_event"]) if one in register.column_names
                )
            )
        if column in UNIT_COLUMNS:
            steps.append(_("The unit is known by the name that is printed") + " (gongkai sql core.unit_aliases)")
            return ["printed_unit_name"]
        if column == register.id:
            return [*register.key]
        if not column.startswith("source_"):
            steps.append(_("The column is computed of the record's cells") + f": gongkai sql core.{name}")
            return register.column_names
        return []

    def _printed(self, name: str, place: dict[str, Any], columns: Sequence[str], steps: list[str]) -> Iterator[Cell]:
        """The cells of one source row, as the file prints them; a correction that was applied is said."""
        sha256 = self._sha256(place["source_path"])
        tables = self._tables(place["source_path"])
        where = (place["source_path"], sha256, place["source_sheet"], place["source_row"])
        if not columns or "rows" not in tables:
            yield Cell(*where)
            return
        condition = "source_row = $1 and source_sheet is not distinct from $2"
        rows = self._ask(f"select * from {rows_of([tables['rows']])} where {condition}", [place["source_row"], place["source_sheet"]])
        headers = dict(
            self.connection.execute(
                f"select column_name, header_text from {literal(str(tables['headers']))} where column_name is not null"
            ).fetchall()
        )
        self._say_corrections(place, columns, steps)
        if not headers.keys() & {*columns}:
            yield Cell(*where, note=_("the file has no such column: settings or a computation give it"))
        for column in columns:
            value = rows[0].get(column) if rows else None
            if column in headers and (value is not None or len(columns) == 1):
                note = self._why_unshown(name, column)
                yield Cell(*where, headers[column], value=None if note else value, note=note)

    def _why_unshown(self, name: str, column: str) -> Message | None:
        """Why the printed value is not repeated: the law lets out only a part of it, or nothing of the column leaves."""
        dataset = self.catalog.datasets.get(PUBLIC_IN.get(name, name))
        if dataset is None or column not in dataset.column_names:
            return _("the column is not public: its value is not shown")
        if dataset.masked and self.catalog.columns[column].type == "string" and not self.catalog.columns[column].enum:
            return _("public only with masks: the source's value is not shown")
        return None

    def _say_corrections(self, place: dict[str, Any], columns: Sequence[str], steps: list[str]) -> None:
        corrected = self._ask(
            "select corrections.column_name, corrections.correction_reason, corrections.requested_by from core.corrections as corrections "
            "where corrections.source_path = $1 and corrections.source_row = $2 and corrections.source_sheet is not distinct from $3 "
            "and corrections.correction_state = 'applied' and corrections.column_name in (select unnest($4))",
            [place["source_path"], place["source_row"], place["source_sheet"], [*columns]],
        )
        steps += [
            arranged(
                "{column}：{corrected}（{why}，{who}）",
                column=one["column_name"],
                corrected=_("corrected"),
                why=one["correction_reason"],
                who=one["requested_by"],
            )
            for one in corrected
        ]

    def _of_task(self, dataset: Dataset, row: dict[str, Any], steps: list[str]) -> Iterator[Cell]:
        """The words of the plan; of a unit's delivery also the reports and records by which it is known."""
        yield from self._of_words("core.plan_tasks", "task_id = $1", [row["task_id"]], "line_start", "line_end")
        if dataset.name == "task_units":
            steps.append(_("The unit is known by the name that the plan prints") + " (gongkai sql core.task_units)")
        if dataset.name != "task_delivery":
            return
        steps.append(_("Rule of the delivery") + f": {row['delivery_rule']} (gongkai sql core.task_delivery)")
        evidence = self._ask(
            f"select * from core.task_evidence where task_id = $1 and unit_id is not distinct from $2 order by evidence_on, record_id limit {MOST_RECORDS}",
            [row["task_id"], row["unit_id"]],
        )
        for one in evidence:
            steps.append(arranged("{evidence_on} {register_name} {record_id}（{evidence_rule}）", **one))
            yield Cell(one["source_path"], self._sha256(one["source_path"]), one["source_sheet"], one["source_row"])

    def _of_evidence(self, dataset: Dataset, row: dict[str, Any], column: str | None, steps: list[str]) -> Iterator[Cell]:
        """The record, where it is public; of a task first the plan's words."""
        if dataset.name == "task_evidence":
            yield from self._of_words("core.plan_tasks", "task_id = $1", [row["task_id"]], "line_start", "line_end")
            steps.append(_("Rule of evidence") + f": {row['evidence_rule']} (gongkai sql core.task_evidence)")
        if row["record_id"] is None:
            counts = {"count": row["record_count"], "register": row["register_name"]}
            steps.append(_("{count} records of {register} are not public, they are only counted", **counts))
            return
        printed = column if column in self.catalog.registers[row["register_name"]].column_names else None
        yield from self._of_record(row["register_name"], str(row["record_id"]), printed, steps)

    def _of_unit(self, row: dict[str, Any], steps: list[str]) -> Iterator[Cell]:
        """The rows of unit lists that print a name of the unit; of a unit that is on none, the words of plans that name it."""
        mentions = "select distinct printed_unit_name from core.unit_mentions where region_scope || '/' || unit_key = $1"
        names = [one["printed_unit_name"] for one in self._ask(mentions, [row["unit_id"]])]
        is_listed = False
        for source in (one for one in current_sources(self.workspace, self.catalog) if one.kind == "units" and "rows" in one.tables):
            query = f"select source_sheet, source_row from {rows_of([source.tables['rows']])} where unit_name in (select unnest($1))"
            for place in self._ask(query, [names]):
                is_listed = True
                yield from self._printed("units", {"source_path": source.path, **place}, ["unit_name"], steps)
        if not is_listed:
            yield from self._of_words("core.unit_targets", "unit_id = $1", [row["unit_id"]], "line", "line")
            named = f"task_id in (select task_id from core.task_units where unit_id = $1) order by task_id limit {MOST_RECORDS}"
            yield from self._of_words("core.plan_tasks", named, [row["unit_id"]], "line_start", "line_end")

    def _of_withdrawn(self, row: dict[str, Any]) -> Iterator[Cell]:
        """The row of the register that says the withdrawal, of a record that has no entry in the register of withdrawals. Its words are not shown."""
        name = row["register_name"]
        query = (
            f"select source_path, source_sheet, source_row from core.{quoted(name)} where {quoted(self.catalog.registers[name].id)} = $1"
        )
        for place in self._ask(query, [row["record_id"]]):
            sha256 = self._sha256(place["source_path"])
            yield Cell(place["source_path"], sha256, place["source_sheet"], place["source_row"], note=_("withdrawn: not shown"))

    def _of_words(self, table: str, condition: str, values: list[Any], start: str, end: str) -> Iterator[Cell]:
        """Quotations of plans, by line."""
        for one in self._ask(f"select * from {table} where {condition}", values):
            path = self._address(one["document_id"])
            yield Cell(path, self._sha256(path), line_start=one[start], line_end=one[end], page=one.get("page"), value=one["quoted_text"])

    def _of_document(self, row: dict[str, Any], column: str | None) -> Cell:
        """A plan document; of a column whose value is printed as it is, the first line that has it."""
        path, tables, value = row["source_path"], self._tables(row["source_path"]), row.get(column or "document_title")
        lines = self._ask(
            f"select line, page, line_text from {literal(str(tables['plan_lines']))} where contains(line_text, $1) order by line limit 1", [str(value)]
        ) if "plan_lines" in tables and value is not None else []  # fmt: skip
        if not lines:
            return Cell(path, self._sha256(path), note=_("the document as a whole"))
        return Cell(
            path,
            self._sha256(path),
            line_start=lines[0]["line"],
            line_end=lines[0]["line"],
            page=lines[0]["page"],
            value=lines[0]["line_text"],
        )

    def _of_score(self, row: dict[str, Any], steps: list[str]) -> Iterator[Cell]:
        """The records behind a mark."""
        records = self._ask(
            f"select * from core.score_evidence where unit_id = $1 and plan_year = $2 and item_id = $3 order by register_name, record_id limit {MOST_RECORDS}",
            [row["unit_id"], row["plan_year"], row["item_id"]],
        )
        for one in records:
            steps.append(arranged("{register_name} {record_id}：{record_points} {points}", **one, points=_("points")))
            register = self.catalog.registers.get(one["register_name"])
            if register:
                query = f"select source_path, source_sheet, source_row from core.{quoted(one['register_name'])} where {quoted(register.id)} = $1"
                for place in self._ask(query, [one["record_id"]]):
                    yield Cell(place["source_path"], self._sha256(place["source_path"]), place["source_sheet"], place["source_row"])

    def _address(self, document_id: str) -> str:
        """Where the file of a plan document lies."""
        (found,) = self._ask("select source_path from core.plan_documents where document_id = $1", [document_id])
        return str(found["source_path"])

    def _sha256(self, path: str) -> str | None:
        found = self.connection.execute(
            "select source_sha256 from raw.sources where source_path = $1 and seen_until is null", [path]
        ).fetchone()
        return str(found[0]) if found else None

    def _tables(self, path: str) -> dict[str, Any]:
        """What was read from a source file, by table; nothing where it is gone from the raw store."""
        source = next((one for one in current_sources(self.workspace, self.catalog) if one.path == path), None)
        return dict(source.tables) if source else {}

    def _ask(self, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        result = self.connection.execute(sql, [*values])
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
