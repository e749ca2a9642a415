"""docs/warehouse.md and a page for each table in docs/warehouse/, read from the comments of an empty warehouse.

python -m flows.docs.warehouse_page            write them
python -m flows.docs.warehouse_page --check    only say whether they are current; exit code 1 if not
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

INDEX = PROJECT_ROOT / "docs" / "warehouse.md"
FOLDER = PROJECT_ROOT / "docs" / "warehouse"
HEAD = """\
# The warehouse

`warehouse.duckdb` is made anew by every build and swapped in whole, so it can be kept open read-only while flows run, and deleted without loss.
Layers: **raw** (what came, and what could not be read), **reference** (calendars, regions, abbreviations, the run itself), **staging** (typed, as the sources
have it), **core** (joined, resolved, dated), **quarantine** (rows that broke a row-level rule), **marts** (what the public gets),
**checks** (what held and what did not).

```sh
gongkai query "from core.findings limit 10"
gongkai sql core.disclosures    # the SELECT that makes a table; without a name: all tables
python -c "import duckdb; duckdb.connect('warehouse.duckdb', read_only=True).sql('from marts.plan_tasks').show()"
```

Written by `python -m flows.docs.warehouse_page` from the warehouse's own comments; change the models and descriptors, not these pages.
"""


def pages() -> dict[Path, str]:
    """The index and a page for each table, from a warehouse built out of an empty inbox."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder), Settings())
        Ledger(workspace.raw).record([], [])
        build(workspace, runner=LocalRunner())
        with duckdb.connect(str(workspace.next_warehouse), read_only=True) as connection:
            grains, columns = _tables(connection)
    by_table = {name: list(rows) for name, rows in groupby(columns, key=lambda row: row[0])}
    texts = {FOLDER / f"{name}.md": _page(name, grains[name], rows) for name, rows in by_table.items()}
    return {INDEX: _index({name: grains[name] for name in by_table}), **texts}


def _tables(connection: duckdb.DuckDBPyConnection) -> tuple[dict[str, str], list[tuple[str, str, str, str]]]:
    """What one row of each table is; and table, column, type and meaning of every column, in the order of the layers."""
    grains = connection.execute(
        """
        select schema_name || '.' || table_name, comment from duckdb_tables()
        union all
        select schema_name || '.' || view_name, comment from duckdb_views() where not internal
        """
    ).fetchall()
    columns = connection.execute(
        """
        select schema_name || '.' || table_name, column_name, data_type, comment from duckdb_columns()
        where not internal
        order by list_position(['raw', 'reference', 'staging', 'core', 'quarantine', 'marts', 'checks'], schema_name), table_name, column_index
        """
    ).fetchall()
    return dict(grains), columns


def _index(grains: dict[str, str]) -> str:
    lines = [HEAD]
    for layer, names in groupby(grains, key=lambda name: name.partition(".")[0]):
        lines += [f"## {layer}", "", "| table | a row |", "| --- | --- |"]
        lines += [f"| [`{name}`]({FOLDER.name}/{name}.md) | {grains[name].removeprefix('one row per ')} |" for name in names]
        lines.append("")
    return "\n".join(lines)


def _page(name: str, grain: str, rows: list[tuple[str, str, str, str]]) -> str:
    lines = [f"# {name}", "", grain, "", "| column | type | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{column}` | {kind} | {comment.replace('|', chr(92) + '|')} |" for _, column, kind, comment in rows]
    return "\n".join([*lines, "", f"[All tables](../{INDEX.name})", ""])


def main(words: list[str]) -> int:
    """Write or check the pages; a page of a table that is no more is deleted, or found stale."""
    texts = pages()
    gone = sorted(set(FOLDER.glob("*.md")) - texts.keys())
    if words == ["--check"]:
        for path in gone:
            print(f"{path.relative_to(PROJECT_ROOT)}: no such table. Run: python -m flows.docs.warehouse_page")
        return write_or_check(texts, words, "flows.docs.warehouse_page") or int(bool(gone))
    for path in gone:
        path.unlink()
    return write_or_check(texts, words, "flows.docs.warehouse_page")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
