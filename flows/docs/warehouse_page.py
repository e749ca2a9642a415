"""docs/warehouse.md: every table of the warehouse with its columns, read from the comments of an empty one.

python -m flows.docs.warehouse_page            write it
python -m flows.docs.warehouse_page --check    only say whether it is current; exit code 1 if not
"""

from __future__ import annotations

import sys
import tempfile
from itertools import groupby
from pathlib import Path

import duckdb

from exports.catalog import PROJECT_ROOT
from exports.pages.documents import write_or_check
from flows.build import build
from flows.orchestration.local import LocalRunner
from flows.workspace.settings import Settings, Workspace
from flows.sources.ledger import Ledger

PAGE = PROJECT_ROOT / "docs" / "warehouse.md"
HEAD = """\
# The warehouse

`warehouse.duckdb` is made anew by every build and swapped in whole, so it can be kept open read-only while flows run, and deleted without loss.
Layers: **raw** (what came, and what could not be read), **reference** (calendars, regions, abbreviations, the run itself), **staging** (typed, as the sources
have it), **core** (joined, resolved, dated), **quarantine** (rows that broke a row-level rule), **marts** (what the public gets),
**checks** (what held and what did not).

```sh
gongkai query "from core.findings limit 10"
python -c "import duckdb; duckdb.connect('warehouse.duckdb', read_only=True).sql('from marts.plan_tasks').show()"
```

Written by `python -m flows.docs.warehouse_page` from the warehouse's own comments; change the models and descriptors, not this page.
"""


def page() -> str:
    """The page's text, from a warehouse built out of an empty inbox."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder), Settings())
        Ledger(workspace.raw).record([], [])
        build(workspace, runner=LocalRunner())
        with duckdb.connect(str(workspace.next_warehouse), read_only=True) as connection:
            return "\n".join([HEAD, *_chapters(connection)])


def _chapters(connection: duckdb.DuckDBPyConnection) -> list[str]:
    tables = dict(
        connection.execute(
            """
            select schema_name || '.' || table_name, comment from duckdb_tables()
            union all
            select schema_name || '.' || view_name, comment from duckdb_views() where not internal
            """
        ).fetchall()
    )
    columns = connection.execute(
        """
        select schema_name || '.' || table_name, column_name, data_type, comment from duckdb_columns()
        where not internal
        order by list_position(['raw', 'reference', 'staging', 'core', 'quarantine', 'marts', 'checks'], schema_name), table_name, column_index
        """
    ).fetchall()
    return [_chapter(name, tables[name], list(rows)) for name, rows in groupby(columns, key=lambda row: row[0])]


def _chapter(name: str, grain: str, rows: list[tuple[str, str, str, str]]) -> str:
    lines = [f"## {name}", "", grain, "", "| column | type | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{column}` | {kind} | {comment.replace('|', chr(92) + '|')} |" for _, column, kind, comment in rows]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    sys.exit(write_or_check({PAGE: page()}, sys.argv[1:], "flows.docs.warehouse_page"))
