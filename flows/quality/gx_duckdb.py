"""Great Expectations on a DuckDB warehouse: what must be mended, and one door to it.

Importing this module imports Great Expectations: do it through `flows.quality.checks.warm_up`, which leaves out what is never used.

Three things do not work as they come (Great Expectations 1.24.1, duckdb-engine 0.17.0, DuckDB 1.5.5):

- Great Expectations gives its connection back before it fetches, and DuckDB's cursor is then empty. `BufferedDialect`
  fetches at once. `tests/checks/test_gx_duckdb.py` fails on the day this is mended upstream.
- Columns of a table outside schema `main` are not found through `pg_catalog`. `BufferedDialect` asks `duckdb_columns()`.
- `UnexpectedRowsExpectation` fetches the rows it counts. `CountedRowsExpectation` counts them in DuckDB and fetches none,
  so that no value of the data comes near a report.

And three things take half of its time on small tables, where its own bookkeeping is most of the work: it asks the catalog of the
database for keys and opens a transaction for each statement (`BufferedDialect` does neither: the file is read-only); it reads
back from its stores what was put there a line before, to see whether it changed (`_Added`); and it makes the configuration of an
expectation anew each time one of its arguments is looked up (`_configured_once`).
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import great_expectations as gx
from duckdb_engine import ConnectionWrapper, Dialect
from great_expectations.core import ExpectationSuite
from great_expectations.core.freshness_diagnostics import CheckpointFreshnessDiagnostics, ValidationDefinitionFreshnessDiagnostics
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig
from great_expectations.exceptions.exceptions import GreatExpectationsError
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.registry import get_expectation_impl
from sqlalchemy import text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGExecutionContext_psycopg2
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.engine.url import URL
from sqlalchemy.pool import NullPool, Pool
from sqlalchemy.types import NullType

from flows.warehouse.connection import MEMORY

NO_VALUES = {"result_format": "BASIC", "partial_unexpected_count": 0}
TABLES = "select table_schema || '.' || table_name from information_schema.tables"
COLUMNS = text("""
    select column_name, data_type, is_nullable
    from duckdb_columns()
    where database_name = current_database() and schema_name = :schema and table_name = :table
    order by column_index
""")


class _FetchingContext(PGExecutionContext_psycopg2):
    """Fetches when a statement has run, before its connection can be given away."""

    def post_exec(self) -> None:
        super().post_exec()  # type: ignore[no-untyped-call]
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor)


class BufferedDialect(Dialect):
    """duckdb-engine's dialect with the first two mends, under its own name: `duckdb+buffered:///`."""

    driver = "buffered"
    execution_ctx_cls = _FetchingContext
    supports_statement_cache = False

    def connect(self, *places: Any, **settings: Any) -> Any:
        """Plainly: a user agent of its own would make DuckDB refuse a file that this process reads elsewhere too."""
        settings.pop("url_config", None)
        return ConnectionWrapper(duckdb.connect(*places, **settings))

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003  # SQLAlchemy's signature
        """None kept: Great Expectations makes engines of its own, and a connection left in one would hold the file."""
        return NullPool

    def do_begin(self, connection: Any) -> None:
        """No transaction: nothing is ever written."""

    def do_commit(self, connection: Any) -> None:
        """As it was begun."""

    def do_rollback(self, connection: Any) -> None:
        """As it was begun."""

    def get_pk_constraint(self, *_: Any, **__: Any) -> Any:
        """None: no table of a warehouse has one, and asking costs more than most rules."""
        return {"constrained_columns": [], "name": None}

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> list[ReflectedColumn]:
        rows = connection.execute(COLUMNS, {"schema": schema or "main", "table": str(table_name)})
        types = self.ischema_names
        return [{"name": n, "type": types.get(t.lower(), NullType)(), "nullable": u, "default": None} for n, t, u in rows]


registry.register("duckdb.buffered", __name__, BufferedDialect.__name__)


class CountedRowsExpectation(UnexpectedRowsExpectation):
    """`UnexpectedRowsExpectation` that counts in the database and fetches no row."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count", "table.row_count")

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        unexpected = metrics["unexpected_rows_query.row_count"]
        return {"success": unexpected == 0, "result": {"unexpected_count": unexpected, "element_count": metrics["table.row_count"]}}


class _Added(gx.ValidationDefinition):
    """A validation definition that was added to its context a moment ago, and so is what stands in the stores."""

    def is_fresh(self) -> ValidationDefinitionFreshnessDiagnostics:
        return ValidationDefinitionFreshnessDiagnostics(errors=[])


class _AddedCheckpoint(gx.Checkpoint):
    """A checkpoint of such definitions."""

    def is_fresh(self) -> CheckpointFreshnessDiagnostics:
        return CheckpointFreshnessDiagnostics(errors=[])


_at_hand: ContextVar[tuple[Expectation, ExpectationConfiguration] | None] = ContextVar("_at_hand", default=None)
_made_anew: Any = vars(Expectation)["configuration"].fget
_asked: Any = vars(Expectation)["_get_runtime_kwargs"]


def _configuration(self: Expectation) -> ExpectationConfiguration:
    known = _at_hand.get()
    return known[1] if known and known[0] is self else _made_anew(self)


def _configured_once(self: Expectation, runtime_configuration: dict[str, Any] | None = None) -> dict[str, Any]:
    """The arguments of an expectation, looked up in one configuration: it cannot change between two of them."""
    before = _at_hand.set((self, self.configuration))
    try:
        return _asked(self, runtime_configuration)  # type: ignore[no-any-return]  # taken out of its class
    finally:
        _at_hand.reset(before)


for _name, _mended in (("configuration", property(_configuration)), ("_get_runtime_kwargs", _configured_once)):
    setattr(Expectation, _name, _mended)


def expectation(kind: str, facts: Mapping[str, Any], meta: Mapping[str, Any]) -> Expectation:
    """One expectation of Great Expectations by its snake-case name, e.g. `expect_column_values_to_not_be_null`.

    Raises:
        ValueError: there is no such expectation, or it does not take these arguments.
    """
    try:
        built = CountedRowsExpectation if kind == "unexpected_rows_expectation" else get_expectation_impl(kind)
        return built(**facts, meta=dict(meta))
    except GreatExpectationsError as error:
        raise ValueError(str(error)) from error


class OpenWarehouse:
    """A warehouse as Great Expectations sees it: a data context with one data source; `tables` are those that stand in it."""

    def __init__(self, context: Any, source: Any, tables: frozenset[str]) -> None:
        self.context = context
        self.tables = tables
        self._source = source
        self._batches: dict[str, Any] = {}

    def run(self, checkpoint: str, suites: Sequence[tuple[str, str, Sequence[Expectation]]]) -> list[Any]:
        """Run one checkpoint of suites, each a name, a table, and what is expected of it.

        Results come in no order, and with no value of the data in them.
        """
        definitions = []
        for name, table, expectations in suites:
            suite = self.context.suites.add(ExpectationSuite(name=name, expectations=[copy(each) for each in expectations]))
            definition = _Added(name=name, data=self._batch(table), suite=suite)
            definitions.append(self.context.validation_definitions.add(definition))
        made = _AddedCheckpoint(name=checkpoint, validation_definitions=definitions, result_format=NO_VALUES)
        ran = self.context.checkpoints.add(made).run()
        return [result for validated in ran.run_results.values() for result in validated.results]

    def _batch(self, table: str) -> Any:
        if table not in self._batches:
            schema, name = table.split(".")
            asset = self._source.add_table_asset(table, table_name=name, schema_name=schema)
            self._batches[table] = asset.add_batch_definition_whole_table(table)
        return self._batches[table]


@contextmanager
def open_warehouse(path: Path) -> Iterator[OpenWarehouse]:
    """Open a DuckDB file read-only. Nothing is written, sent, drawn or logged; the file is free again at the end."""
    with _silent(), duckdb.connect(path, read_only=True) as anchor:  # held, so that connections that come and go cost nothing
        anchor.execute(f"set memory_limit = '{MEMORY}'")  # of every connection to the file, so of Great Expectations' own too
        tables = frozenset(name for (name,) in anchor.execute(TABLES).fetchall())
        context = gx.get_context(mode="ephemeral", project_config=_settings())
        # The path goes past the address, where `?`, `%` and `$` would have a meaning.
        reading = {"connect_args": {"database": str(path), "read_only": True}}
        address = "duckdb+buffered:///warehouse"
        source = context.data_sources.add_sql("warehouse", connection_string=address, kwargs=reading)  # type: ignore[call-arg]  # not in its stub
        yield OpenWarehouse(context, source, tables)


def _settings() -> DataContextConfig:
    """Everything in memory: no site of its own, no bars, no word to its makers."""
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    return DataContextConfig(store_backend_defaults=stores, progress_bars=ProgressBarsConfig(globally=False), analytics_enabled=False)


@contextmanager
def _silent() -> Iterator[None]:
    """What Great Expectations would log stands in its results, and its tracebacks may quote values."""
    log = logging.getLogger("great_expectations")
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            # A table's schema is to be part of the connection: that is offered for Snowflake and others, not for DuckDB.
            warnings.filterwarnings("ignore", "`schema_name` is deprecated", DeprecationWarning)
            yield
    finally:
        log.setLevel(level)
