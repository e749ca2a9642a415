"""Build: from the raw store a fresh warehouse, by plain SQL, beside the one that stands."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import duckdb

from exports.catalog import HOUSE, Catalog, load_catalog
from exports.comments import comment_statements
from flows.conductor import Conductor
from flows.document_decisions import read_document_decisions
from flows.errors import ConfigurationError, finding
from flows.history import Past, load_history
from flows.models import Model, load_models
from flows.privacy import allowances
from flows.private_rows import PLAN_TASKS, PLAN_TEXTS, strike_out
from flows.private_rows import RULE as PRIVATE
from flows.quarantine import SCHEMA as QUARANTINE
from flows.quarantine import set_aside
from flows.raw_tables import GRAINS, Source, current_sources, drop_raw_views, former_plans, load_raw
from flows.register_rules import quarantine_rules
from flows.review import read_decisions
from flows.scoring import schemes
from flows.settings import Workspace
from flows.sources.store import code_key
from flows.suites import Rule

MEMORY = "2GB"
CODE = tuple(HOUSE / room for room in ("flows", "exports", "sql", "expectations"))
RESULTS = """
    create table checks.results (
        gate_name varchar, table_name varchar, rule_name varchar, severity varchar, rule_why varchar, is_met boolean,
        checked_count bigint, failed_count bigint, quarantined_count bigint, error_text varchar, dataset_names varchar[]
    );
    create table checks.datasets (dataset_name varchar, dataset_row_count bigint);
    create table checks.files (file_path varchar, dataset_name varchar, byte_count bigint, file_sha256 varchar)
"""


def build(workspace: Workspace, *, conductor: Conductor) -> None:
    """Make the next warehouse out of the raw store. It replaces the one that stands only when it has been checked.

    Where the standing or the waiting one was built from the same sources, code and day, there is nothing to do.

    Raises:
        ConfigurationError: a model or descriptor is wrong, or the raw store lacks what the ledger names.
    """
    catalog = load_catalog()
    sources, former = current_sources(workspace, catalog), former_plans(workspace, catalog)
    past = Past.of(workspace, build_key(workspace, [*sources, *former]))
    if past.key == key_of(workspace.next_warehouse):
        conductor.say("build: nothing changed, the next warehouse waits for its check")
        return
    shutil.rmtree(workspace.next_warehouse.parent, ignore_errors=True)  # what waits there was made of other sources
    if past.key == key_of(workspace.warehouse):
        conductor.say("build: nothing changed, the warehouse stands as it is")
        return
    workspace.next_warehouse.parent.mkdir()
    growing = workspace.next_warehouse.with_name("growing.duckdb")
    _build(growing, workspace, catalog, sources, former, past, conductor)
    growing.rename(workspace.next_warehouse)


def _build(
    growing: Path,
    workspace: Workspace,
    catalog: Catalog,
    sources: Sequence[Source],
    former: Sequence[Source],
    past: Past,
    conductor: Conductor,
) -> None:
    models = load_models(catalog=catalog)
    with open_warehouse(growing) as connection:
        load_raw(connection, workspace, catalog, sources, former)
        _load_run(connection, workspace, past.key)
        load_history(connection, catalog, past)
        connection.execute(RESULTS)
        aside = quarantine_rules(catalog)
        for message in conductor.each("building", lambda model: _make(connection, model, aside.get(model.name, []), catalog), models):
            if message:
                conductor.say(message)
        drop_raw_views(connection)
        connection.begin()  # one write to the disk, not one for each comment
        for statement in _comments(connection, catalog, models):
            connection.execute(statement)
        connection.commit()


def key_of(warehouse: Path) -> str:
    """What a warehouse was built from and what came before, as `Past.key` has it; empty where there is none, or one that cannot be read: it is made anew."""
    if not warehouse.exists():
        return ""
    try:
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            row = connection.execute("select build_key from reference.run").fetchone()
    except duckdb.Error:
        return ""
    return str(row[0]) if row else ""


def open_warehouse(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a warehouse for writing, within the memory that a small server has to spare."""
    connection = duckdb.connect(str(path), config={"memory_limit": MEMORY, "temp_directory": str(path.parent / "spill")})
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set enable_progress_bar = false")
    return connection


def build_key(workspace: Workspace, sources: Sequence[Source]) -> str:
    """What a build depends on, as one digest: sources, code, as-of date, jurisdiction. With equal pasts, equal keys give equal warehouses."""
    jurisdiction = workspace.settings.jurisdiction
    facts = [
        [[source.path, source.kind, source.sha256] for source in sources],
        code_key(*CODE),
        workspace.as_of.isoformat(),
        workspace.leaving_on.isoformat(),
        [[source.name, source.kind, source.when_absent, source.says_nothing] for source in workspace.settings.sources],
        jurisdiction.model_dump() if jurisdiction else None,
        sorted(map(list, read_decisions(workspace).items())),
        [scheme.model_dump() for scheme in schemes(workspace)],
        workspace.corrections.read_text("utf-8-sig") if workspace.corrections.exists() else None,
        read_document_decisions(workspace),
    ]
    return sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


def _make(connection: duckdb.DuckDBPyConnection, model: Model, row_rules: Sequence[Rule], catalog: Catalog) -> str | None:
    """Make one table or view; rows that break a row-level rule are set aside at once, and the message says how many.

    So are rows of a register, and tasks of a plan, with an identifier of a natural person, which is struck out first.
    """
    kind = "view" if model.is_view else "table"
    found = ""
    try:
        connection.execute(f"create {kind} {model.name} as {model.select}")
    except duckdb.Error as error:
        raise ConfigurationError(finding(str(model.path), str(error), "a SELECT that runs", "Mend the model.")) from error
    if model.layer == "staging" and (model.stem in catalog.registers or model.stem in PLAN_TEXTS):
        found = strike_out(connection, model.name, allowances(catalog, model.stem))
        if model.stem == PLAN_TASKS or (found and model.stem in catalog.registers):
            row_rules = [*row_rules, PRIVATE]
    if not row_rules:
        return None
    count = set_aside(connection, model.name, row_rules)
    return f"{model.name}: {count} rows set aside{f'（{found}）' if found else ''}" if count else None


def _load_run(connection: duckdb.DuckDBPyConnection, workspace: Workspace, key: str) -> None:
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


def _comments(connection: duckdb.DuckDBPyConnection, catalog: Catalog, models: Sequence[Model]) -> list[str]:
    rows = connection.execute(
        "select table_schema || '.' || table_name, list(column_name order by ordinal_position) from information_schema.columns "
        "where table_catalog <> 'temp' group by all order by 1"
    ).fetchall()
    aside = {
        name: "one row that broke a rule, with the names of all rules it broke" for name, _ in rows if name.startswith(f"{QUARANTINE}.")
    }
    return comment_statements(catalog, dict(rows), GRAINS | aside | {model.name: model.grain for model in models})
