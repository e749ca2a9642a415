from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb

from exports.catalog import PROJECT_ROOT

STOCK = """
import sys
import great_expectations as gx
source = gx.get_context(mode="ephemeral").data_sources.add_sql("w", connection_string="duckdb:///" + sys.argv[1])
batch = source.add_table_asset("t", table_name="t").add_batch_definition_whole_table("t").get_batch()
result = batch.validate(gx.expectations.ExpectColumnValuesToNotBeNull(column="n"))
print(result.success, [fault["exception_message"] for fault in result.exception_info.values() if isinstance(fault, dict)])
"""


def run(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT)


def test_the_fetch_defect_is_still_there_upstream(tmp_path: Path) -> None:
    path = tmp_path / "stock.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("create table t as select 1 as n")
    output = run(STOCK, str(path)).stdout
    assert "list index out of range" in output, (
        f"mended upstream: flows/quality/gx_duckdb.py can do without its execution context ({output})"
    )


def test_great_expectations_is_imported_only_when_checks_run_and_then_without_what_they_never_use() -> None:
    output = run(
        "import sys, flows.quality.checks as checks\n"
        "early = 'great_expectations' in sys.modules or 'sqlalchemy' in sys.modules\n"
        "checks.warm_up()\n"
        "print(early, 'scipy.stats._stats_py' in sys.modules, 'altair.vegalite' in sys.modules)\n"
        "import scipy.stats\n"
        "print(round(scipy.stats.norm.cdf(0), 3))"
    )
    assert output.stdout.split() == ["False", "False", "False", "0.5"]
    assert output.stderr == ""
