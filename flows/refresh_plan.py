"""What a refresh would do now, and why: found by comparing keys, without reading a file or making a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from exports.catalog import Catalog, load_catalog
from exports.messages import N_, Message, _
from flows.build import load_inputs
from flows.ingest import Survey, survey_sources
from flows.quality.checks import EXPECTATIONS
from flows.quality.gates import suites_of_registers
from flows.quality.history import QUALITY, PreviousRelease, latest_release
from flows.quality.making import model_key
from flows.quality.quarantine import quarantine_of
from flows.quality.register_rules import quarantine_rules
from flows.quality.suites import load_suites
from flows.sources.public_paths import public_paths
from flows.sources.readers import PLANS
from flows.warehouse.build_key import build_key
from flows.warehouse.connection import SETTINGS, SMALL_CONFIG, is_small, key_of
from flows.warehouse.current_sources import current_sources, former_sources
from flows.warehouse.models import Model, load_models
from flows.warehouse.standing import Standing, standing_at
from flows.warehouse.table_keys import BY_SOURCE, RUN, Keys, TableKey, named_in
from flows.workspace.errors import ConfigurationError
from flows.workspace.runner import Runner
from flows.workspace.settings import Workspace

SOURCES = "staging.sources"
NOT_KNOWN = N_("what it is made of cannot be known")
OTHERWISE = N_("its SQL, its rules, the code or the day")
NO_WAREHOUSE = N_("no warehouse of this version that can be taken over")


@dataclass(frozen=True)
class Made:
    """A table that would be made again. `is_sure`: else only if one of `because`, which are made again, comes out otherwise."""

    table: str
    because: tuple[str, ...]
    is_sure: bool


@dataclass(frozen=True)
class Plan:
    """What a refresh would do: files as (address, what is new of it), tables, and what hangs on them.

    `rules` are rules that would be counted again, of `rule_count`; `datasets` those that would be written again, of `dataset_count`;
    a rule or dataset counts even if it is not sure that its table changes. `left_out` has a sentence on each place that is not read: a link
    that leads out of what the settings allow, an address of which the server says that nothing is there.
    """

    files: tuple[tuple[str, Message], ...]
    tables: tuple[Made, ...]
    table_count: int
    rules: int
    rule_count: int
    datasets: tuple[str, ...]
    dataset_count: int
    left_out: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.files and not self.tables and not self.datasets


def plan_refresh(workspace: Workspace, *, runner: Runner) -> Plan:
    """What `refresh` would do. Nothing is written but what an unreachable source makes `ingest` say.

    Raises:
        ConfigurationError: as `ingest`, or a model or descriptor is wrong.
        SourceUnavailable: as `ingest`.
    """
    catalog = load_catalog()
    survey = survey_sources(workspace, catalog, runner)
    return replace(_plan(workspace, catalog, survey), left_out=(*survey.refused, *survey.missing))


def _plan(workspace: Workspace, catalog: Catalog, survey: Survey) -> Plan:
    files = tuple(_files(survey))
    models = load_models(catalog=catalog)
    try:
        sources, former = current_sources(workspace, catalog), former_sources(workspace, catalog)
    except ConfigurationError:  # files that this version has to read again
        return _all_again(catalog, models, files, OTHERWISE)
    past = PreviousRelease.of(workspace, build_key(workspace, [*sources, *former]))
    if not files and past.key == key_of(workspace.warehouse):
        latest = latest_release(workspace)
        datasets = () if latest and latest.build_key == past.key else tuple(sorted(catalog.datasets))
        return Plan((), (), len(models), 0, _rule_count(catalog), datasets, len(catalog.datasets))
    source_bytes = sum(source.byte_count for source in sources)
    standing = standing_at(workspace.warehouse, source_bytes)
    if standing is None:
        return _all_again(catalog, models, files, NO_WAREHOUSE)
    with duckdb.connect(config=SMALL_CONFIG if is_small(source_bytes) else {}) as connection:  # rows come in the order of a build
        connection.execute(SETTINGS)
        load_inputs(connection, workspace, catalog, sources, former, past)
        keys = Keys(connection, workspace.raw, ordered=is_small(source_bytes))
        made = list(_tables(connection, keys, catalog, models, standing, _kinds(survey)))
    return _whole(catalog, models, files, made)


def _files(survey: Survey) -> Iterable[tuple[str, Message]]:
    """The files that differ from the ledger, under the addresses that may be said."""
    public = public_paths(survey.ledger.entries)
    last = survey.ledger.last
    changed = {stored.file.path for stored in survey.changed}
    for stored in survey.found:
        path = stored.file.path
        if path in changed:
            is_known = path in last and last[path].sha256 is not None
            yield public.get(path, path), _("changed") if is_known else _("new")
        elif stored in survey.new:
            yield public.get(path, path), _("to be read again by this version")
    for path in survey.losses.gone:
        yield public.get(path, path), _("gone")
    for path in survey.unreachable:
        yield public.get(path, path), _("out of reach, stays as it was")


def _kinds(survey: Survey) -> set[str]:
    """The kinds of which a file comes, changes or goes."""
    gone = {survey.ledger.last[path].kind for path in survey.losses.gone}
    return gone | {stored.file.kind for stored in (*survey.changed, *survey.new)}


def _tables(
    connection: duckdb.DuckDBPyConnection,
    keys: Keys,
    catalog: Catalog,
    models: Sequence[Model],
    standing: Standing,
    kinds: set[str],
) -> Iterable[Made]:
    """The tables that would be made again, each after all that it reads; of those made again the standing content is assumed."""
    rules = quarantine_rules(catalog)
    again: dict[str, bool] = {}
    for model in models:
        if model.name == SOURCES:
            connection.execute(f"create view {SOURCES} as {model.select}")  # by which the files of a register are known
        key = model_key(keys, model, catalog, rules.get(model.name, []))
        known = standing.keys.get(model.name)
        pending = {read for read in model.reads if _is_pending(read, model, kinds, catalog)}
        differing = (
            {read for read in model.reads - again.keys() if not _is_same(read, keys, standing)} if known and key != known.table else set()
        )
        upstream = {read for read in model.reads if read in again and not (read == SOURCES and _is_of_other_files(model, kinds, catalog))}
        if not key or known is None or known.table != key or pending:
            again[model.name] = True
            because = sorted(pending | differing) or [_(OTHERWISE if key else NOT_KNOWN)]
            yield Made(model.name, tuple(because), is_sure=True)
        elif upstream:
            again[model.name] = False
            yield Made(model.name, tuple(sorted(upstream)), is_sure=False)
        if model.name in again:
            again[quarantine_of(model.name)] = again[model.name]
        for name in (model.name, quarantine_of(model.name)):
            keys.found[name] = standing.keys.get(name, TableKey(key, key))


def _is_pending(read: str, model: Model, kinds: set[str], catalog: Catalog) -> bool:
    """Whether a table of the raw store will be another once the files of these kinds are read."""
    if not kinds or not read.startswith("raw."):
        return False
    name = read.partition(".")[2]
    if name in catalog.registers:
        return name in kinds
    if name.removeprefix("former_").startswith("plan_"):
        return PLANS in kinds
    return not (read in BY_SOURCE and _is_of_other_files(model, kinds, catalog))


def _is_of_other_files(model: Model, kinds: set[str], catalog: Catalog) -> bool:
    """Whether a register's staging table is made of files of none of these kinds."""
    return model.is_rendered and model.layer == "staging" and model.stem in catalog.records and model.stem not in kinds


def _is_same(read: str, keys: Keys, standing: Standing) -> bool:
    known = standing.keys.get(read)
    return read in keys.found or read == RUN or read in BY_SOURCE or (known is not None and known.content == keys.input_content(read))


def _all_again(catalog: Catalog, models: Sequence[Model], files: tuple[tuple[str, Message], ...], why: str) -> Plan:
    return _whole(catalog, models, files, [Made(model.name, (_(why),), is_sure=True) for model in models])


def _whole(catalog: Catalog, models: Sequence[Model], files: tuple[tuple[str, Message], ...], made: Sequence[Made]) -> Plan:
    again = {name for each in made for name in (each.table, quarantine_of(each.table))}
    rules = [(suite.table, rule) for suite in (*load_suites(catalog, EXPECTATIONS), *suites_of_registers(catalog)) for rule in suite.rules]
    asked = [rule for table, rule in rules if table.startswith("checks.") or ({table} | named_in(str(rule.kwargs))) & again]
    datasets = {dataset.name for dataset in catalog.datasets.values() if dataset.table in again} | {QUALITY}
    return Plan(files, tuple(made), len(models), len(asked), len(rules), tuple(sorted(datasets)), len(catalog.datasets))


def _rule_count(catalog: Catalog) -> int:
    return sum(len(suite.rules) for suite in (*load_suites(catalog, EXPECTATIONS), *suites_of_registers(catalog)))


def reasons(made: Iterable[Made]) -> Mapping[tuple[str, ...], list[str]]:
    """The tables that are surely made again, by what they are made again for."""
    found: dict[tuple[str, ...], list[str]] = {}
    for each in made:
        if each.is_sure:
            found.setdefault(each.because, []).append(each.table)
    return found
