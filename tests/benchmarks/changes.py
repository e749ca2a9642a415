"""What it takes to find the rows in which two large files of a dataset differ: python -m tests.benchmarks.changes [ROWS [EDITS [FOLDER]]]

Prints seconds and processor seconds of reading both files twice, every value of them, and of comparing them: a third of the edits each are cells
changed, rows added and rows removed, at random places.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from exports.changes.compare import EARLIER, LATER, load_differences
from exports.release.files import MEMORY, copy_parquet
from exports.sql_text import literal

FACTS = {"primary_key": '["record_id"]'}
COLUMNS = {
    "record_id": "'QC' || lpad((i % 40)::varchar, 2, '0') || '/2026-' || lpad(i::varchar, 8, '0')",
    "title": "'关于印发2026年重点民生实事项目实施方案的通知（第' || i || '号）'",
    "unit_name": "'栖川县' || ['财政局', '教育局', '民政局', '水利局'][1 + i % 4]",
    "made_on": "date '2020-01-01' + (hash(i) % 2000)::int",
    "published_on": "date '2020-01-01' + (hash(i + 1) % 2000)::int",
    "url": "'https://qichuan.example/zwgk/' || i % 40 || '/t2026_' || i || '.html'",
    "days_late": "(hash(i + 2) % 100)::bigint",
    "share": "(hash(i + 3) % 1000) / 8.0",
    "is_late": "hash(i + 4) % 2 = 0",
}


def write_pair(connection: duckdb.DuckDBPyConnection, rows: int, edits: int, earlier: Path, later: Path) -> None:
    """Write both files, sorted by key as released ones are."""
    columns, third = ", ".join(f"{sql} as {name}" for name, sql in COLUMNS.items()), edits // 3
    copy_parquet(connection, f"select {columns} from range({rows}) numbers(i) order by record_id", FACTS, earlier)
    changed = f"case when hash(record_id, 7) % {rows} < {third} then title || '改' else title end as title"
    kept = f"select * replace ({changed}) from {literal(str(earlier))} where hash(record_id, 8) % {rows} >= {third}"
    added = f"select {columns} from range({rows}, {rows + third}) numbers(i)"
    copy_parquet(connection, f"from ({kept} union all {added}) order by record_id", FACTS, later)


def read_all(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Read every value of a file."""
    kinds = {name: kind for name, kind, *_ in connection.execute(f"describe from {literal(str(file))}").fetchall()}
    read = (f"sum(strlen({name}))" if kind == "VARCHAR" else f"max({name})" for name, kind in kinds.items())
    connection.execute(f"select {', '.join(read)} from {literal(str(file))}").fetchall()


def timed(what: str, work: Callable[[], object]) -> None:
    began, busy = time.perf_counter(), time.process_time()
    work()
    print(f"{what}: {time.perf_counter() - began:.1f} s, {time.process_time() - busy:.1f} s of CPU", flush=True)


def main(rows: int, edits: int, folder: Path) -> None:
    """Write the files, read them, compare them."""
    earlier, later = folder / "earlier.parquet", folder / "later.parquet"
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder / "scratch")}) as connection:
        write_pair(connection, rows, edits, earlier, later)
        print(f"{rows:,} rows, {edits:,} edits, {earlier.stat().st_size + later.stat().st_size:,} bytes of both files")
        timed("reading both twice", lambda: [read_all(connection, file) for file in (earlier, later) * 2])
        timed("comparing them", lambda: load_differences(connection, earlier, later))
        found = connection.execute(f"select (select count(*) from {EARLIER}), (select count(*) from {LATER})").fetchone()
        print(f"rows that differ: {found}")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:3]]
    with TemporaryDirectory(dir=sys.argv[3] if len(sys.argv) > 3 else None) as scratch:
        main(*(numbers + [10_000_000, 10_000][len(numbers) :]), Path(scratch))
