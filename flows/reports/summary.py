"""The summary of a run, read from the warehouse and the release: for the terminal, for Prefect, for `gongkai status`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from exports.release.manifest import Release
from flows.quality.history import latest_release
from flows.quality.loss_guard import held_by_guard
from flows.quality.results import CRITICAL
from flows.warehouse.queries import load_query
from flows.workspace.settings import Workspace

if TYPE_CHECKING:  # both take long to import, and most runs have neither
    from exports.ckan.publish import PublishReport
    from flows.sources.reading import Ingested

_COUNTS: Mapping[str, str] = {
    "sources": "select count(*) from raw.sources where seen_until is null",
    "rejected_files": "select count(*) from raw.rejects where source_row is null",
    "rejected_rows": "select count(*) from raw.rejects where source_row is not null",
    "unknown_headers": "select count(*) from raw.unknown_headers",
    "documents": "select count(*) from core.plan_documents",
    "tasks": "select count(*) from core.plan_tasks",
    "units": "select count(*) from core.units",
    "unit_names": "select count(*) from core.unit_aliases where not is_collective",
    "unit_names_resolved": "select count(*) from core.unit_aliases where not is_collective and unit_id is not null",
    "targets": "select count(*) from core.unit_targets",
    "target_sum": "select coalesce(sum(target_count), 0) from core.unit_targets",
    "disclosures": "select count(*) from core.disclosures",
    "quarantined": "select coalesce(sum(estimated_size), 0) from duckdb_tables() where schema_name = 'quarantine'",
    "corrected": "select count(*) from core.corrections where correction_state = 'applied'",
    "corrections_not_applied": "select count(*) from core.corrections where correction_state in ('guard_failed', 'not_found')",
    "rules": "select count(*) from checks.results",
    "rules_not_met": "select count(*) from checks.results where not is_met",
    "rows_checked": "select coalesce(sum(rows), 0) from (select table_name, max(checked_count) as rows from checks.results group by 1)",
    "tasks_overdue": "select count(*) from {tasks_overdue}",
    "tasks_unknown": "select count(*) from {tasks_unknown}",
    **{
        f"tasks_{status}": f"select count(distinct task_id) from core.task_delivery where delivery_status = '{status}'"
        for status in ("done_on_time", "done_late", "standing_kept", "standing_neglected")
    },
    "units_behind": "select count(*) from core.target_progress where is_behind",
    "units_unknown": "select count(*) from core.target_progress where progress_reason is not null",
}


_OVERDUE = "select deadline_on, task_no, task_title, document_id from {tasks_overdue} order by deadline_on, task_id limit 5"
_UNKNOWN = "select delivery_rule, count(*) from {tasks_unknown} group by 1 order by 2 desc, 1"
_UNKNOWN_UNITS = (
    "select progress_reason, count(*) from core.target_progress where progress_reason is not null group by 1 order by 2 desc, 1"
)
_BEHIND = "select unit_name, disclosed_count, target_count, pace from core.target_progress where is_behind order by pace, unit_id limit 5"


@dataclass(frozen=True)
class Summary:
    """Figures of the current warehouse, and the release made of it.

    `gates` has for each gate its rules, those not met, and those of them that are critical. `overdue` and `behind` are the first few:
    the oldest deadlines after which a task was reported as not done, the units furthest behind their targets. `unknown_tasks` and
    `unknown_units` count by reason the tasks past their deadline, or the units with a target, whose state is unknown. `terms` has for
    each legal term how often it was kept, was exceeded, is exceeded and not done, and is running.
    """

    as_of: str
    counts: Mapping[str, int]
    findings: Mapping[str, int]
    rejects: tuple[tuple[str, str], ...]
    gates: tuple[tuple[str, int, int, int], ...]
    failed_rules: tuple[tuple[str, str, str], ...]
    overdue: tuple[tuple[date, str, str, str], ...]
    behind: tuple[tuple[str, int, int, float], ...]
    unknown_tasks: tuple[tuple[str, int], ...]
    unknown_units: tuple[tuple[str, int], ...]
    terms: tuple[tuple[str, str, int, int, int, int], ...]
    release: Release | None
    warehouse: Path
    docs: Path | None = None
    ingested: Ingested | None = None
    published: PublishReport | None = None
    losses: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether every source was read, every critical rule is met, every dataset is released anew, and the portal serves it."""
        critical = any(severity == CRITICAL for severity, _, _ in self.failed_rules)
        unreachable = self.ingested is not None and (self.ingested.unreachable or self.ingested.refused)
        kept = self.release is not None and (self.release.left_out or any(dataset.carried_over_from for dataset in self.release.datasets))
        wrong = self.published is not None and self.published.problems
        return not (self.rejects or critical or unreachable or kept or wrong)


def summarize(workspace: Workspace, ingested: Ingested | None = None, published: PublishReport | None = None) -> Summary:
    """The summary of the workspace's warehouse and latest release; `ingested` and `published` are this run's own results."""
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        counts = {name: int(_one(connection, _filled(query))) for name, query in _COUNTS.items()}
        findings = connection.execute("select finding_kind, count(*) from core.findings group by 1 order by 2 desc, 1").fetchall()
        rejects = connection.execute("select reject_place, reject_reason from raw.rejects order by 1").fetchall()
        failed = connection.execute("select severity, table_name, rule_name from checks.results where not is_met order by all").fetchall()
        gates = connection.execute(load_query("rules_by_gate")).fetchall()
        overdue = connection.execute(_filled(_OVERDUE)).fetchall()
        behind = connection.execute(_BEHIND).fetchall()
        unknown_tasks, unknown_units = connection.execute(_filled(_UNKNOWN)).fetchall(), connection.execute(_UNKNOWN_UNITS).fetchall()
        terms = connection.execute(load_query("terms_kept")).fetchall()
        as_of = str(_one(connection, "select as_of_on from reference.run"))
    latest = latest_release(workspace)
    return Summary(
        as_of=as_of,
        counts=counts,
        findings=dict(findings),
        rejects=tuple(rejects),
        gates=tuple(gates),
        failed_rules=tuple(failed),
        overdue=tuple(overdue),
        behind=tuple(behind),
        unknown_tasks=tuple(unknown_tasks),
        unknown_units=tuple(unknown_units),
        terms=tuple(terms),
        release=latest,
        warehouse=workspace.warehouse,
        docs=docs if (docs := workspace.data_docs).exists() else None,
        ingested=ingested,
        published=published,
        losses=_explain_losses(workspace, latest) if latest and held_by_guard(latest) else (),
    )


def _explain_losses(workspace: Workspace, latest: Release) -> tuple[str, ...]:
    """A line for each dataset that waits for confirmation. Imported here: it reads sources, whose readers take long to import."""
    from exports.catalog import load_catalog
    from flows.quality.loss_explanations import explain_losses

    return explain_losses(workspace, load_catalog(), latest)


def _filled(query: str) -> str:
    """The query with the rows that it asks for, {tasks_overdue} or {tasks_unknown}, put in from sql/queries/."""
    for name in ("tasks_overdue", "tasks_unknown"):
        query = query.replace(f"{{{name}}}", f"({load_query(name)})")
    return query


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]
