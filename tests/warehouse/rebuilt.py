"""A workspace whose warehouse is built anew without the checks that other tests make, and asked."""

from __future__ import annotations

import duckdb

from flows.build import build
from flows.ingest import ingest
from flows.orchestration.local import LocalRunner
from flows.workspace.settings import Workspace


def rebuild(workspace: Workspace) -> None:
    """Ingest and build, and put the warehouse in its place unchecked."""
    ingest(workspace, runner=LocalRunner())
    build(workspace, runner=LocalRunner())
    workspace.next_warehouse.replace(workspace.warehouse)


def ask(workspace: Workspace, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()
