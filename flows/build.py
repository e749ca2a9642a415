"""Build: a fresh warehouse from the raw store, in plain SQL, beside the current one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from exports.catalog import Catalog, load_catalog
from flows.privacy.detect import allowances
from flows.privacy.search import MACROS as SEARCH_MACROS
from flows.quality.history import PreviousRelease, load_history
from flows.quality.private_rows import PLAN_TASKS, PLAN_TEXTS, strike_out
from flows.quality.private_rows import RULE as PRIVATE
from flows.quality.quarantine import SCHEMA as QUARANTINE
from flows.quality.quarantine import set_aside
from flows.quality.register_rules import quarantine_rules
from flows.quality.suites import Rule
from flows.sources.ledger import LEDGER
from flows.warehouse.build_key import build_key, load_run
from flows.warehouse.comments import comment_statements
from flows.warehouse.connection import RESULT_TABLES, key_of, new_warehouse
from flows.warehouse.current_sources import Source, current_sources, former_plans
from flows.warehouse.models import Model, load_models
from flows.warehouse.raw_tables import GRAINS, drop_raw_views, load_raw
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.runner import Runner
from flows.workspace.settings import Workspace


def build(workspace: Workspace, *, runner: Runner) -> None:
    """Build the next warehouse from the raw store. It replaces the current one only after `check`.

    Nothing is done where the current or the waiting warehouse was built from the same sources, code and day.

    Raises:
        ConfigurationError: a model or descriptor is wrong, or the raw store lacks what the ledger names.
    """
    catalog = load_catalog()
    _require_ledger(workspace)
    sources, former = current_sources(workspace, catalog), former_plans(workspace, catalog)
    past = PreviousRelease.of(workspace, build_key(workspace, [*sources, *former]))
    if past.key == key_of(workspace.next_warehouse):
        runner.say("build: nothing changed, the next warehouse waits for its check")
        return
    shutil.rmtree(workspace.next_warehouse.parent, ignore_errors=True)  # a waiting warehouse was made of other sources
    if past.key == key_of(workspace.warehouse):
        runner.say("build: nothing changed, the warehouse stands as it is")
        return
    workspace.next_warehouse.parent.mkdir()
    growing = workspace.next_warehouse.with_name("growing.duckdb")
    _build(growing, workspace, catalog, sources, former, past, runner)
    growing.rename(workspace.next_warehouse)


def _require_ledger(workspace: Workspace) -> None:
    if not (workspace.raw / LEDGER).exists():
        place = str(workspace.root)
        raise ConfigurationError(finding(place, "尚未读取任何来源 no raw store", "one that `ingest` has filled", "Run: gongkai ingest"))


def _build(
    growing: Path,
    workspace: Workspace,
    catalog: Catalog,
    sources: Sequence[Source],
    former: Sequence[Source],
    past: PreviousRelease,
    runner: Runner,
) -> None:
    models = load_models(catalog=catalog)
    with new_warehouse(growing, sum(source.byte_count for source in sources)) as connection:
        load_raw(connection, workspace, catalog, sources, former)
        load_run(connection, workspace, past.key)
        load_history(connection, catalog, past)
        connection.execute(RESULT_TABLES)
        row_rules = quarantine_rules(catalog)
        connection.execute(SEARCH_MACROS)
        for message in runner.map_items("building", lambda model: _make(connection, model, row_rules.get(model.name, []), catalog), models):
            if message:
                runner.say(message)
        drop_raw_views(connection)
        connection.begin()  # one change of the catalog, not one for each comment
        connection.execute(";\n".join(_comments(connection, catalog, models)))
        connection.commit()


def _make(connection: duckdb.DuckDBPyConnection, model: Model, row_rules: Sequence[Rule], catalog: Catalog) -> str | None:
    """Create one table or view and quarantine rows that break a row-level rule. Gives a message with their number, or None.

    Rows of a register and tasks of a plan with an identifier of a natural person are quarantined too; the identifier is removed first.
    """
    kind = "view" if model.is_view else "table"
    found = ""
    try:
        made = connection.execute(f"create {kind} {model.name} as {model.select}").fetchone()
    except duckdb.Error as error:
        raise ConfigurationError(finding(str(model.path), str(error), "a SELECT that runs", "Mend the model.")) from error
    if model.layer == "staging" and (model.stem in catalog.registers or model.stem in PLAN_TEXTS):
        if made and made[0]:  # the number of its rows
            found = strike_out(connection, model.name, allowances(catalog, model.stem))
        if model.stem == PLAN_TASKS or (found and model.stem in catalog.registers):
            row_rules = [*row_rules, PRIVATE]
    if not row_rules:
        return None
    count = set_aside(connection, model.name, row_rules)
    return f"{model.name}: {count} rows set aside{f'（{found}）' if found else ''}" if count else None


def _comments(connection: duckdb.DuckDBPyConnection, catalog: Catalog, models: Sequence[Model]) -> list[str]:
    rows = connection.execute(
        "select table_schema || '.' || table_name, list(column_name order by ordinal_position) from information_schema.columns "
        "where table_catalog <> 'temp' group by all order by 1"
    ).fetchall()
    quarantine_grains = {
        name: "one row that broke a rule, with the names of all rules it broke" for name, _ in rows if name.startswith(f"{QUARANTINE}.")
    }
    return comment_statements(catalog, dict(rows), GRAINS | quarantine_grains | {model.name: model.grain for model in models})
