"""The SQL models of `sql/`: one SELECT a file, named by its folder and stem, put in order by what they read.

What every register has alike is rendered from the templates of `sql/registers/` with the facts of its descriptor
(flows/warehouse/register_models.py), unless a file of that name stands here.

What a model reads is asked of DuckDB's own parser (`json_serialize_sql`), so the order is never written down by hand, and
the rules of the layers can be held: a model reads its own layer or the one above it, marts never read marts, every table is
named with its schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from exports.catalog import PROJECT_ROOT, Catalog
from exports.messages import _, listed
from flows.warehouse.register_models import register_models
from flows.warehouse.templates import SQL, SUFFIX
from flows.workspace.errors import ConfigurationError, finding

_READS: dict[str, frozenset[str]] = {}
"""What a SELECT reads, by its text: the build asks, and the checks after it ask the same."""
PARSED = "select json_serialize_sql($1::varchar, skip_null := true, skip_empty := true, skip_default := true)"

LAYERS: Mapping[str, frozenset[str]] = {
    "staging": frozenset({"raw", "reference", "staging"}),
    "core": frozenset({"staging", "reference", "core", "quarantine"}),
    "marts": frozenset({"core", "reference", "checks"}),
}


@dataclass(frozen=True)
class Model:
    """One table of the warehouse: `name` is folder.stem, `grain` what its first line says one row is."""

    name: str
    path: Path
    select: str
    grain: str
    reads: frozenset[str]

    @property
    def layer(self) -> str:
        return self.name.split(".", maxsplit=1)[0]

    @property
    def stem(self) -> str:
        return self.name.partition(".")[2]

    @property
    def place(self) -> str:
        """The file in which the model is written, from the project's folder where it lies in it; of a template's models each has the same."""
        return str(self.path.relative_to(PROJECT_ROOT)) if self.path.is_relative_to(PROJECT_ROOT) else str(self.path).partition(",")[0]

    @property
    def is_rendered(self) -> bool:
        """Whether a template made it: what all registers have alike."""
        return SUFFIX in str(self.path)

    @property
    def is_view(self) -> bool:
        """Marts are views, and so is what says `(a view …)` of itself: too wide to be kept for millions of rows, cheap for those asked for."""
        return self.layer == "marts" or "(a view" in self.grain


def load_models(folder: Path = SQL, catalog: Catalog | None = None) -> list[Model]:
    """Every model below `folder`, and of the registers of `catalog`, each after all that it reads.

    Raises:
        ConfigurationError: a file is no single SELECT, lacks its grain, reads a layer it may not read, or models read each other in a circle.
    """
    with duckdb.connect() as connection:
        paths = [path for layer in LAYERS for path in sorted((folder / layer).glob("*.sql"))]
        texts = {f"{path.parent.name}.{path.stem}": (path, path.read_text("utf-8")) for path in paths}
        rendered = register_models(catalog, folder) if catalog else {}
        texts = {name: (Path(f"{template}, {name}"), text) for name, (template, text) in rendered.items()} | texts
        models = {name: _model(connection, name, path, text) for name, (path, text) in texts.items()}
    for model in models.values():
        _require_known_reads(model, models)
    graph = {model.name: (model.reads | _set_aside_from(model)) & models.keys() for model in models.values()}
    try:
        return [models[name] for name in TopologicalSorter(graph).static_order()]
    except CycleError as error:
        found, expected = _("a circle: {models}", models=" → ".join(error.args[1])), _("models that can be put in order")
        raise ConfigurationError(finding("sql/", found, expected, _("Break it."))) from error


def reads_of_marts(models: list[Model]) -> dict[str, frozenset[str]]:
    """For each mart all tables it reads, directly or through others: what its release rests on."""
    reached: dict[str, frozenset[str]] = {}
    for model in models:  # each after all that it reads
        reached[model.name] = model.reads.union(*(reached[read] for read in model.reads if read in reached))
    return {model.name: reached[model.name] for model in models if model.layer == "marts"}


def _set_aside_from(model: Model) -> frozenset[str]:
    """The tables whose faulty rows a model reads: quarantine.x is filled as soon as staging.x is built (flows/quality/quarantine.py)."""
    return frozenset(f"staging.{read.partition('.')[2]}" for read in model.reads if read.startswith("quarantine."))


def _model(connection: duckdb.DuckDBPyConnection, name: str, path: Path, text: str) -> Model:
    first = text.split("\n", maxsplit=1)[0]
    if not first.startswith("-- one row per "):
        place, expected = _("{file}, line {line}", file=path, line=1), _("a comment '-- one row per …' that says the grain")
        raise ConfigurationError(finding(place, repr(first[:60]), expected, _("Write it.")))
    if text not in _READS:
        _READS[text] = frozenset(tables_read(connection, path, text))
    return Model(name, path, text, first.removeprefix("-- "), _READS[text])


def tables_read(connection: duckdb.DuckDBPyConnection, path: Path, text: str) -> Iterator[str]:
    """The tables that the SELECT `text` of the file `path` reads, each with its schema.

    Raises:
        ConfigurationError: the file holds no single SELECT, or names a table without its schema.
    """
    row = connection.execute(PARSED, [text]).fetchone()
    assert row is not None
    parsed: dict[str, Any] = json.loads(row[0])
    if parsed.get("error"):
        found = parsed.get("error_message") or _("no SELECT")
        raise ConfigurationError(finding(str(path), found, _("one SELECT"), _("A model file holds nothing else.")))
    if (count := len(parsed.get("statements", []))) != 1:
        found = _("{count} statements", count=count)
        raise ConfigurationError(finding(str(path), found, _("one SELECT"), _("Give each a file of its own.")))
    nodes = list(_nodes(parsed))
    common = {name["key"] for node in nodes if "cte_map" in node for name in node["cte_map"].get("map", [])}
    for node in nodes:
        if node.get("type") == "BASE_TABLE":
            if "schema_name" in node:
                yield f"{node['schema_name']}.{node['table_name']}"
            elif node["table_name"] not in common:
                found, expected = _("table {table}", table=node["table_name"]), _("a table named with its schema")
                raise ConfigurationError(finding(str(path), found, expected, _("Write schema.table.")))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON tree, in no order. No recursion: a tree of a long SELECT is deep, and each level would pass on each node."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting += [value for value in node.values() if isinstance(value, dict | list)]
        else:
            waiting += [value for value in node if isinstance(value, dict | list)]


def _require_known_reads(model: Model, models: Mapping[str, Model]) -> None:
    for read in sorted(model.reads):
        layer = read.split(".", maxsplit=1)[0]
        if layer not in LAYERS[model.layer]:
            expected, remedy = (
                _("only {layers}", layers=listed(sorted(LAYERS[model.layer]))),
                _("Read it through a model of the layer between."),
            )
            raise ConfigurationError(finding(str(model.path), _("a read of {table}", table=read), expected, remedy))
        if layer in LAYERS and read not in models:
            file = f"sql/{layer}/{read[len(layer) + 1 :]}.sql"
            expected, remedy = _("a model of that name"), _("There is no {file}.", file=file)
            raise ConfigurationError(finding(str(model.path), _("a read of {table}", table=read), expected, remedy))
