"""Makes the models' tables in the next warehouse: those whose key is that of the standing one are there already, in its copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from exports.catalog import Catalog
from exports.messages import _, arranged
from flows.privacy.detect import allowances
from flows.quality.private_rows import PLAN_TASKS, PLAN_TEXTS, strike_out
from flows.quality.private_rows import RULE as PRIVATE
from flows.quality.quarantine import quarantine_of, set_aside
from flows.quality.register_rules import quarantine_rules
from flows.quality.suites import Rule
from flows.warehouse.models import Model
from flows.warehouse.standing import MADE, WITHDRAWAL_DAY, Standing, has_day_between, relations, withdrawal_days
from flows.warehouse.table_keys import Keys, TableKey, content_of
from flows.workspace.errors import ConfigurationError, finding


class Maker:
    """Makes each model's table in the warehouse in use, a copy of `standing` or an empty one; `keys` has what they read.

    `leaving_on` is the last day on which a withdrawal counts.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, catalog: Catalog, keys: Keys, standing: Standing | None, leaving_on: date
    ) -> None:
        self._connection = connection
        self._catalog = catalog
        self._keys = keys
        self._standing = standing
        self._leaving_on = leaving_on
        self._rules = quarantine_rules(catalog)
        self._there = {name: kind for name, kind in relations(connection).items() if name.partition(".")[0] in MADE}

    def make(self, model: Model) -> str | None:
        """Make one table or view, unless the standing one may be taken over. Gives a message with the number of quarantined rows, or None.

        Raises:
            ConfigurationError: its SQL, or that of a rule, cannot be run.
        """
        key = model_key(self._keys, model, self._catalog, self._row_rules(model))
        standing = self._standing.keys if self._standing else {}
        if key and not model.is_view and self._may_stay(model, key):
            kept = [name for name in (model.name, quarantine_of(model.name)) if name in standing and self._owns(model, name)]
            self._keys.found |= {name: standing[name] for name in kept}
            self._there = {name: kind for name, kind in self._there.items() if name not in kept}
            return None
        self._drop(model.name)
        if self._owns(model, quarantine_of(model.name)):
            self._drop(quarantine_of(model.name))
        row_rules, found = self._create(model)
        count = set_aside(self._connection, model.name, row_rules) if row_rules else 0
        for name in [model.name, *([quarantine_of(model.name)] if row_rules else [])]:
            self._note(name, key, is_view=model.is_view)
        if not count:
            return None
        return f"{model.name}: " + _("{count} rows set aside", count=count) + (arranged("（{found}）", found=found) if found else "")

    def drop_rest(self) -> None:
        """Drop what the standing warehouse had and no model makes any longer."""
        for name in [*self._there]:
            self._drop(name)

    def _owns(self, model: Model, name: str) -> bool:
        """Whether a table belongs to a model: its own, or the quarantine of its rows."""
        return name == model.name or model.layer == "staging"

    def _may_stay(self, model: Model, key: str) -> bool:
        """Whether the standing table was made of the same, and no day of a withdrawal lies between its day and today's."""
        if self._standing is None or self._there.get(model.name) != "table":
            return False
        standing = self._standing.keys.get(model.name)
        if standing is None or standing.table != key:
            return False
        days = withdrawal_days(model.select) or []
        tables = [name for name in (model.name, quarantine_of(model.name)) if name in self._there and self._owns(model, name)]
        return not has_day_between(self._connection, tables, days, self._standing.leaving_on, self._leaving_on)

    def _note(self, name: str, key: str, *, is_view: bool) -> None:
        """A view's content is what it is made of; so is that of a table of which nothing sure is known."""
        self._keys.found[name] = TableKey(key, key if is_view else content_of(self._connection, name, ordered=self._keys.ordered))

    def _drop(self, name: str) -> None:
        if kind := self._there.pop(name, None):
            self._connection.execute(f"drop {kind} {name}")

    def _row_rules(self, model: Model) -> Sequence[Rule]:
        return self._rules.get(model.name, [])

    def _create(self, model: Model) -> tuple[Sequence[Rule], str]:
        """Create the table or view. Gives the rules whose rows are to be quarantined, and which identifiers were found in it, in words.

        Rows of a register and tasks of a plan with an identifier of a natural person are quarantined too; the identifier is removed first.
        """
        kind = "view" if model.is_view else "table"
        row_rules, found = self._row_rules(model), ""
        try:
            made = self._connection.execute(f"create {kind} {model.name} as {model.select}").fetchone()
        except duckdb.Error as error:
            raise ConfigurationError(finding(str(model.path), str(error), _("a SELECT that runs"), _("Mend the model."))) from error
        if _is_searched(model, self._catalog):
            if made and made[0]:  # the number of its rows
                found = strike_out(self._connection, model.name, allowances(self._catalog, model.stem))
            if model.stem == PLAN_TASKS or (found and model.stem in self._catalog.registers):
                row_rules = [*row_rules, PRIVATE]
        return row_rules, found


def model_key(keys: Keys, model: Model, catalog: Catalog, row_rules: Sequence[Rule]) -> str:
    """The key of a model's table (flows/warehouse/table_keys.py); `row_rules` quarantine rows of it."""
    register = model.stem if model.layer == "staging" and model.stem in catalog.records and model.is_rendered else None
    ignored = [WITHDRAWAL_DAY] if register and withdrawal_days(model.select) is not None else []
    rules = [rule.model_dump() for rule in row_rules]
    allowed = [repr(each) for each in allowances(catalog, model.stem)] if _is_searched(model, catalog) else []
    return keys.key_of(model.select, [rules, allowed], model.reads, register=register, ignored=ignored)


def _is_searched(model: Model, catalog: Catalog) -> bool:
    """Whether identifiers of natural persons are looked for in a model's table."""
    return model.layer == "staging" and (model.stem in catalog.registers or model.stem in PLAN_TEXTS)


def taken_over(keys: Mapping[str, TableKey], standing: Standing | None) -> list[str]:
    """The names of tables that are those of the standing warehouse."""
    return sorted(name for name, key in keys.items() if standing and key.table and standing.keys.get(name) == key)
