"""People's decisions that stood when the warehouse was built and are gone with their list: a folder that is away takes none of them back."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from exports.messages import _
from flows.warehouse.document_decisions import TABLE as DOCUMENTS
from flows.warehouse.task_reviews import TABLE as TASKS
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

OWN_CORRECTIONS = "reference.corrections where starts_with(correction_id, 'workspace')"  # the project's list is another


def require_kept_decisions(workspace: Workspace) -> None:
    """Look for the lists of which the current warehouse holds lines.

    Raises:
        ConfigurationError: one is not there. A list without lines takes decisions back; one that is gone may have been lost.
    """
    if not workspace.warehouse.exists():
        return
    lists = {
        DOCUMENTS: workspace.document_decisions,
        TASKS: workspace.task_decisions,
        OWN_CORRECTIONS: workspace.corrections,
        "reference.unit_decisions": workspace.decisions,
    }
    gone = {table: path for table, path in lists.items() if not path.exists()}
    for table, count in _lines(workspace, [*gone]).items():
        raise ConfigurationError(
            finding(
                str(gone[table]),
                _("no list, though {count} decisions stood in it", count=count),
                _("the list of people's decisions"),
                _("Bring it back. Where they shall no longer hold, leave a list with its header line alone."),
            )
        )


def _lines(workspace: Workspace, tables: Sequence[str]) -> dict[str, int]:
    """How many lines the current warehouse has of each list, of those that have any. A warehouse that cannot be read has none: it is made anew."""
    try:
        with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
            counts = {table: _count(connection, table) for table in tables}
    except duckdb.Error:
        return {}
    return {table: count for table, count in counts.items() if count}


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    try:
        ((count,),) = connection.execute(f"select count(*) from {table}").fetchall()
    except duckdb.CatalogException:  # built by a version without such a list
        return 0
    return int(count)
