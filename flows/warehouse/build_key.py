"""What a build depends on, as one digest, and the table `reference.run` that keeps it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

import duckdb

from flows.warehouse.current_sources import Source
from flows.warehouse.document_decisions import read_document_decisions
from flows.warehouse.review import read_decisions
from flows.warehouse.scoring import schemes
from flows.warehouse.task_reviews import read_task_decisions
from flows.workspace.fingerprint import CODE, code_key
from flows.workspace.settings import Workspace


def build_key(workspace: Workspace, sources: Sequence[Source]) -> str:
    """What a build depends on, as one digest: sources, code, as-of date, jurisdiction. With equal pasts, equal keys give equal warehouses."""
    facts = [
        [[source.path, source.kind, source.sha256] for source in sources],
        code_key(*CODE),
        workspace.as_of.isoformat(),
        workspace.leaving_on.isoformat(),
        *_decided(workspace),
    ]
    return _digest(facts)


def settings_key(workspace: Workspace) -> str:
    """The settings and the decisions of people that a build depends on, as one digest."""
    return _digest(_decided(workspace))


def _decided(workspace: Workspace) -> list[object]:
    jurisdiction = workspace.settings.jurisdiction
    printed = workspace.settings.model_dump(
        mode="json", include={"publisher", "contact", "licence", "filing", "yearly_files_above"}, exclude_none=True
    )
    return [
        [[source.name, source.kind, source.when_absent, source.says_nothing] for source in workspace.settings.sources],
        jurisdiction.model_dump() if jurisdiction else None,
        sorted(map(list, read_decisions(workspace).items())),
        [scheme.model_dump() for scheme in schemes(workspace)],
        workspace.corrections.read_text("utf-8-sig") if workspace.corrections.exists() else None,
        read_document_decisions(workspace),
        sorted((digest, line["task_decision"]) for digest, line in read_task_decisions(workspace).items()),
        printed,
    ]


def _digest(facts: Sequence[object]) -> str:
    return sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def load_run(connection: duckdb.DuckDBPyConnection, workspace: Workspace, key: str) -> None:
    """One row: for which day and government this warehouse was built, and out of what."""
    jurisdiction = workspace.settings.jurisdiction
    name, code = (jurisdiction.name, jurisdiction.code) if jurisdiction else (None, None)
    connection.execute(
        """
        create table reference.run as
        select $as_of::date as as_of_on, $leaving::date as leaving_on, $code::varchar as region_code, $name::varchar as region_name,
            coalesce($code::varchar, 'local') as region_scope,
            cast('^' || array_to_string(
                list_transform(regexp_extract_all($name::varchar, '.+?(省|自治区|市|区|县|州|盟|旗)'), part -> '(' || part || ')?'), ''
            ) as varchar) as region_pattern,
            $key::varchar as build_key
        """,
        {"as_of": workspace.as_of, "leaving": workspace.leaving_on, "code": code, "name": name, "key": key},
    )
