"""Build: a fresh warehouse from the raw store, in plain SQL, beside the current one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from exports.catalog import Catalog, load_catalog
from exports.messages import N_, _
from flows.privacy.search import MACROS as SEARCH_MACROS
from flows.quality.history import PreviousRelease, latest_release, load_history, load_tombstones
from flows.quality.making import Maker, taken_over
from flows.quality.quarantine import SCHEMA as QUARANTINE
from flows.sources.ledger import LEDGER
from flows.warehouse.build_key import build_key, load_run
from flows.warehouse.comments import comment_statements, comments_of
from flows.warehouse.connection import RESULT_TABLES, is_small, key_of, new_warehouse
from flows.warehouse.current_sources import Source, current_sources, former_sources
from flows.warehouse.kept_decisions import require_kept_decisions
from flows.warehouse.models import Model, load_models
from flows.warehouse.raw_tables import GRAINS, drop_raw_views, load_raw
from flows.warehouse.standing import clear_inputs, standing_at
from flows.warehouse.table_keys import Keys
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
    sources, former = current_sources(workspace, catalog), former_sources(workspace, catalog)
    past = PreviousRelease.of(workspace, build_key(workspace, [*sources, *former]))
    if past.key == key_of(workspace.next_warehouse):
        runner.say(_("build: nothing changed, the next warehouse waits for its check"))
        return
    require_kept_decisions(workspace)
    shutil.rmtree(workspace.next_warehouse.parent, ignore_errors=True)  # a waiting warehouse was made of other sources
    if past.key == key_of(workspace.warehouse):
        runner.say(_("build: nothing changed, the warehouse stands as it is"))
        return
    workspace.next_warehouse.parent.mkdir()
    growing = workspace.next_warehouse.with_name("growing.duckdb")
    _build(growing, workspace, catalog, sources, former, past, runner)
    growing.rename(workspace.next_warehouse)


def _require_ledger(workspace: Workspace) -> None:
    if not (workspace.raw / LEDGER).exists():
        place = str(workspace.root)
        raise ConfigurationError(finding(place, _("no raw store"), _("one that `ingest` has filled"), _("Run: gongkai ingest")))


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
    source_bytes = sum(source.byte_count for source in sources)
    standing = standing_at(workspace.warehouse, source_bytes)
    with new_warehouse(growing, source_bytes, standing.path if standing else None) as connection:
        clear_inputs(connection)
        load_inputs(connection, workspace, catalog, sources, former, past)
        keys = Keys(connection, workspace.raw, ordered=is_small(source_bytes))
        connection.execute(SEARCH_MACROS)
        maker = Maker(connection, catalog, keys, standing, workspace.leaving_on)
        for message in runner.map_items(N_("building"), maker.make, models):
            if message:
                runner.say(message)
        maker.drop_rest()
        kept = len(taken_over(keys.found, standing))
        runner.say(_("build: {kept} of {count} tables taken over", kept=kept, count=len(keys.found)))
        keys.write()
        drop_raw_views(connection)
        connection.begin()  # one change of the catalog, not one for each comment
        connection.execute(";\n".join(_comments(connection, catalog, models)))
        connection.commit()


def load_inputs(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    catalog: Catalog,
    sources: Sequence[Source],
    former: Sequence[Source],
    past: PreviousRelease,
) -> None:
    """Make everything that models read and no model makes, in the warehouse in use."""
    load_raw(connection, workspace, catalog, sources, former)
    load_run(connection, workspace, past.key)
    load_history(connection, catalog, past)
    served = latest_release(Workspace(workspace.root, workspace.settings))  # of a build for a past day, too: what the public has
    load_tombstones(connection, catalog, served)
    connection.execute(RESULT_TABLES)


def _comments(connection: duckdb.DuckDBPyConnection, catalog: Catalog, models: Sequence[Model]) -> list[str]:
    rows = connection.execute(
        "select table_schema || '.' || table_name, list(column_name order by ordinal_position) from information_schema.columns "
        "where table_catalog <> 'temp' group by all order by 1"
    ).fetchall()
    quarantine_grains = {
        name: "one row that broke a rule, with the names of all rules it broke" for name, _ in rows if name.startswith(f"{QUARANTINE}.")
    }
    grains = GRAINS | quarantine_grains | {model.name: model.grain for model in models}
    return comment_statements(catalog, dict(rows), grains, comments_of(connection))
