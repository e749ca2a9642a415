"""How fast the privacy scanner goes through a table: python -m tests.benchmarks.privacy [ROWS]

Prints rows, short texts (cells) and the rate a second and core: the first pass alone on one thread, and a whole scan of the
table with one identifier in ten thousand rows on all threads.
"""

from __future__ import annotations

import sys
import time

import duckdb

from flows.privacy.detect import scan_table
from flows.privacy.kinds import JOINT, SUSPICIOUS
from flows.privacy.search import MACROS

COLUMNS = {
    "index_number": "'QC' || lpad((i % 40)::varchar, 2, '0') || '/2026-' || lpad((i % 100000)::varchar, 5, '0')",
    "title": "'关于印发2026年重点民生实事项目实施方案的通知（第' || i || '号）'",
    "unit": "'栖川县' || ['财政局', '教育局', '民政局', '水利局'][1 + i % 4]",
    "document_number": "'栖政办发〔2026〕' || i % 5000 || '号'",
    "url": "'https://qichuan.example/zwgk/' || i % 40 || '/t2026_' || i || '.html'",
}
PLANTED = "case when i % 10000 = 77 then '联系电话13800138000' end"


def main(rows: int) -> None:
    """Make the table, go through it twice, print what it took."""
    with duckdb.connect() as connection:
        columns = ", ".join(f"{sql} as {name}" for name, sql in COLUMNS.items())
        connection.execute(f"create table texts as select {columns}, {PLANTED} as remark from range({rows}) numbers(i)")
        cells = rows * len(COLUMNS)
        connection.execute(MACROS)
        connection.execute("set threads = 1")
        names = ", ".join([*COLUMNS, "remark"])
        began, busy = time.perf_counter(), time.process_time()
        connection.execute(f"select count(*) from texts where regexp_matches(concat_ws({JOINT}, {names}), $1)", [SUSPICIOUS]).fetchall()
        _print("first pass, 1 thread", rows, cells, time.perf_counter() - began, time.process_time() - busy)
        connection.execute("reset threads")
        began, busy = time.perf_counter(), time.process_time()
        (found,) = scan_table(connection, "texts")
        _print("whole scan, all threads", rows, cells, time.perf_counter() - began, time.process_time() - busy)
        if found.cell_count != len(range(77, rows, 10_000)):
            raise SystemExit(f"found {found.cell_count} of {len(range(77, rows, 10_000))} planted")


def _print(what: str, rows: int, cells: int, seconds: float, busy: float) -> None:
    print(f"{what}: {rows:,} rows, {cells:,} texts, {seconds:.1f} s, {busy:.1f} s of CPU: {cells / busy:,.0f} texts a second and core")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000)
