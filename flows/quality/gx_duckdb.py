"""Great Expectations on a DuckDB warehouse: the one module that patches its internals, and the one way to open a warehouse with it.

Importing this module imports Great Expectations: do it through `flows.quality.checks.warm_up`, which leaves out what is never used.

Every patch says what happens upstream (Great Expectations 1.24.1, duckdb-engine 0.17.0, DuckDB 1.5.5) and what it corrects or saves.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import great_expectations as gx
from duckdb_engine import ConnectionWrapper, Dialect
from great_expectations.core import ExpectationSuite
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context.types.base import DataContextConfig, InMemoryStoreBackendDefaults, ProgressBarsConfig
from great_expectations.exceptions.exceptions import GreatExpectationsError
from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import Expectation
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
COLUMNS = text("""
    select column_name, data_type, is_nullable
    from duckdb_columns()
    where database_name = current_database() and schema_name = :schema and table_name = :table
    order by column_index
""")


# Upstream: Great Expectations returns its connection before it fetches, and a DuckDB cursor is empty once its connection is used again
# ("list index out of range"). Corrected here: rows are fetched when the statement has run. Without it no rule that reads a table can be
# run. tests/checks/test_gx_duckdb.py fails on the day this is corrected upstream.
class _FetchingContext(PGExecutionContext_psycopg2):
    """An execution context that fetches all rows as soon as a statement has run."""

    def post_exec(self) -> None:
        super().post_exec()  # type: ignore[no-untyped-call]
        if self.cursor.description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor)


class BufferedDialect(Dialect):
    """duckdb-engine's dialect with the patches of this module, under its own name: `duckdb+buffered:///`."""

    driver = "buffered"
    execution_ctx_cls = _FetchingContext
    supports_statement_cache = False

    # Upstream: duckdb-engine sets a user agent of its own, and DuckDB refuses a second connection to a file with other settings.
    # Corrected here: a connection without it, so that this process can read the file elsewhere too.
    def connect(self, *places: Any, **settings: Any) -> Any:
        """A plain DuckDB connection."""
        settings.pop("url_config", None)
        return ConnectionWrapper(duckdb.connect(*places, **settings))

    # Upstream: duckdb-engine keeps connections of a file in a pool, and Great Expectations makes engines of its own. One connection left
    # in a pool would hold the file, which could then not be replaced.
    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003  # SQLAlchemy's signature
        """No pool: a connection ends when it is returned."""
        return NullPool

    # Upstream: columns are looked up in `pg_catalog`, where those of a table outside schema `main` are not found. Corrected here: they
    # come from `duckdb_columns()`. Without it every rule on a column of staging, core or marts is an error.
    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> list[ReflectedColumn]:
        """The columns of a table in their order, with name, type (NullType where SQLAlchemy has none) and whether null is allowed."""
        rows = connection.execute(COLUMNS, {"schema": schema or "main", "table": str(table_name)})
        types = self.ischema_names
        return [{"name": n, "type": types.get(t.lower(), NullType)(), "nullable": u, "default": None} for n, t, u in rows]


registry.register("duckdb.buffered", __name__, BufferedDialect.__name__)


# Upstream: `UnexpectedRowsExpectation` fetches the rows that it counts, up to 200 of them, into its result. Replaced here: they are
# counted in DuckDB and none is fetched, so that no value of the data gets into a report.
class CountedRowsExpectation(UnexpectedRowsExpectation):
    """`UnexpectedRowsExpectation` with a count and no rows in its result."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count", "table.row_count")

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        unexpected = metrics["unexpected_rows_query.row_count"]
        return {"success": unexpected == 0, "result": {"unexpected_count": unexpected, "element_count": metrics["table.row_count"]}}


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


# Upstream: an expectation is judged by a checkpoint only, which finds the metrics itself, at 8 ms of processor time each. Saved here: nine
# tenths of a check, by handing `_validate`, which judges, the metrics that flows/quality/counting.py counted.
def judge(judged: Expectation, metrics: Mapping[str, Any]) -> ExpectationValidationResult:
    """The result of an expectation on counted metrics, as a checkpoint gives it; it holds no value of the data."""
    values: dict[str, Any] = {f"{metric}.unexpected_values": []} if (metric := getattr(judged, "map_metric", None)) else {}
    said = judged._validate({**metrics, **values}, {"result_format": dict(NO_VALUES)})  # noqa: SLF001 - see above
    return ExpectationValidationResult(expectation_config=judged.configuration, **said)


class OpenWarehouse:
    """A warehouse, open for reading: `connection` is DuckDB's own, `context` Great Expectations' data context with one data source."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._path = path
        self._batches: dict[str, Any] = {}

    @cached_property
    def context(self) -> Any:
        """Made at its first use, which most checks do without."""
        return gx.get_context(mode="ephemeral", project_config=_settings())

    @cached_property
    def _source(self) -> Any:
        # The path goes past the address, where `?`, `%` and `$` would have a meaning.
        reading = {"connect_args": {"database": str(self._path), "read_only": True}}
        return self.context.data_sources.add_sql("warehouse", connection_string="duckdb+buffered:///warehouse", kwargs=reading)

    def run(self, checkpoint: str, suites: Sequence[tuple[str, str, Sequence[Expectation]]]) -> list[Any]:
        """The results of one checkpoint of suites, each a name, a table and its expectations.

        They are in no order, and hold no value of the data.
        """
        definitions = []
        for name, table, expectations in suites:
            suite = self.context.suites.add(ExpectationSuite(name=name, expectations=[copy(each) for each in expectations]))
            definition = gx.ValidationDefinition(name=name, data=self._batch(table), suite=suite)
            definitions.append(self.context.validation_definitions.add(definition))
        made = gx.Checkpoint(name=checkpoint, validation_definitions=definitions, result_format=NO_VALUES)
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
    """A DuckDB file, opened read-only. Nothing is written, sent, drawn or logged; the file is free again at the end."""
    with _silent(), duckdb.connect(path, read_only=True) as connection:  # held, so that connections that come and go cost nothing
        connection.execute(f"set memory_limit = '{MEMORY}'")  # of every connection to the file, so of Great Expectations' own too
        yield OpenWarehouse(path, connection)


def _settings() -> DataContextConfig:
    """Settings that keep everything in memory: no Data Docs site, no progress bars, no analytics."""
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    return DataContextConfig(store_backend_defaults=stores, progress_bars=ProgressBarsConfig(globally=False), analytics_enabled=False)


@contextmanager
def _silent() -> Iterator[None]:
    """Suppress the log of Great Expectations: its results say the same, and its tracebacks may quote values."""
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
