"""The warehouse is swapped in whole: whoever reads it while runs go on, whatever kills them, and it comes back the same."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from exports.catalog import load_catalog
from tests.conftest import NO_PORTAL, County, gongkai, register

COMMAND = "import sys; from flows.cli.app import app; sys.argv[0] = 'gongkai'; app()"
READ = """
import sys, time, duckdb
from pathlib import Path
warehouse, stop = Path(sys.argv[1]), Path(sys.argv[2])
seen, reads = set(), 0
while not stop.exists():
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        seen.add(connection.execute("select count(*) from marts.disclosures").fetchone()[0])
        assert connection.execute("select count(*) from checks.results").fetchone()[0] > 0
        reads += 1
    time.sleep(0.02)
print(reads, *sorted(seen))
"""
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in NO_PORTAL}


KEYS = {"checks.table_keys", "checks.rule_keys"}


def content(warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table and view with its rows, and every comment; the times of the ledger apart, and keys: they know the order of rows and times."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        names = connection.execute("select table_schema || '.' || table_name from information_schema.tables order by 1").fetchall()
        left_out = {"raw.sources", "checks.files", *KEYS}
        tables = {name: connection.execute(f"from {name} order by all").fetchall() for (name,) in names if name not in left_out}
        tables["checks.files"] = connection.execute("select * exclude (file_key) from checks.files order by all").fetchall()
        sources = "select source_path, source_kind, source_sha256, byte_count from raw.sources where seen_until is null order by all"
        comments = "select schema_name, table_name, column_name, comment from duckdb_columns() where not internal order by all"
        return tables | {"raw.sources": connection.execute(sources).fetchall(), "comments": connection.execute(comments).fetchall()}


def start(script: str, *words: object) -> subprocess.Popen[str]:
    order = [sys.executable, "-c", script, *map(str, words)]
    return subprocess.Popen(order, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=ENVIRONMENT)


def change(county: County, number: int) -> None:
    text = register("新", number)
    (county.root / "inbox" / "disclosures" / "new.csv").write_text(text, "utf-8")


def test_a_deleted_warehouse_comes_back_the_same(small: County, whole_small: County) -> None:
    (small.root / "warehouse.duckdb").unlink()
    assert small.refresh().exit_code == 0
    assert content(small.root / "warehouse.duckdb") == content(whole_small.root / "warehouse.duckdb")


def test_the_same_inbox_gives_the_same_warehouse_anywhere(tmp_path: Path, whole_sample: County) -> None:
    other = County(tmp_path / "elsewhere")
    other.root.mkdir()
    shutil.copy(whole_sample.root / "gongkai.yaml", other.root)
    for given in ("inbox", "decisions"):
        shutil.copytree(whole_sample.root / given, other.root / given, copy_function=shutil.copyfile)
    assert other.refresh().exit_code == 3
    assert content(other.root / "warehouse.duckdb") == content(whole_sample.root / "warehouse.duckdb")


def test_every_table_and_column_has_a_comment_and_no_path_of_this_machine_is_in_it(whole_sample: County) -> None:
    with duckdb.connect(str(whole_sample.root / "warehouse.duckdb"), read_only=True) as connection:
        bare = "select schema_name, table_name, column_name from duckdb_columns() where not internal and comment is null"
        assert connection.execute(bare).fetchall() == []
        bare = """
            select schema_name, table_name from duckdb_tables() where comment is null
            union all
            select schema_name, view_name from duckdb_views() where not internal and comment is null
        """
        assert connection.execute(bare).fetchall() == []
    assert str(whole_sample.root) not in str(content(whole_sample.root / "warehouse.duckdb"))


def test_marts_bear_the_columns_and_types_that_the_descriptors_promise(whole_sample: County) -> None:
    for dataset in load_catalog():
        described = whole_sample.ask(f"select column_name, column_type from (describe {dataset.table})")
        assert described == [(column.name, column.duckdb_type) for column in dataset.columns], dataset.name


def test_auditors_read_on_while_runs_replace_the_warehouse(small: County, tmp_path: Path) -> None:
    stop = tmp_path / "stop"
    ((before,),) = small.ask("select count(*) from marts.disclosures")
    reader = start(READ, small.root / "warehouse.duckdb", stop)
    try:
        with duckdb.connect(str(small.root / "warehouse.duckdb"), read_only=True) as held_open:
            change(small, 2)
            assert small.refresh().exit_code == 0
            assert held_open.execute("select count(*) from marts.disclosures").fetchone() == (before,)
    finally:
        stop.touch()
        said, _ = reader.communicate(timeout=60)
    assert reader.returncode == 0, said
    reads, *seen = map(int, said.split())
    assert reads > 3
    assert set(seen) <= {before, before + 2}
    assert small.ask("select count(*) from marts.disclosures") == [(before + 2,)]


def kill_when(run: subprocess.Popen[str], is_time: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_time() and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    assert run.poll() is None, f"the run ended before it could be killed: {run.communicate()[0]}"
    run.send_signal(signal.SIGKILL)
    run.communicate(timeout=30)


@pytest.mark.parametrize("verb", ["build", "check"])
def test_a_run_that_is_killed_leaves_the_old_warehouse_and_the_next_one_ends_well(small: County, verb: str) -> None:
    warehouse, following = small.root / "warehouse.duckdb", small.root / ".next"
    before = content(warehouse)
    change(small, 2)
    for earlier in ("ingest", "build")[: 1 if verb == "build" else 2]:
        assert gongkai(earlier, "-w", small.root).exit_code == 0
    busy = {"build": (following / "growing.duckdb").exists, "check": lambda: "run under way" in (small.root / ".lock").read_text("utf-8")}
    kill_when(start(COMMAND, verb, "-w", small.root), busy[verb])
    assert content(warehouse) == before
    assert small.refresh().exit_code == 0
    ((count,),) = [(len(content(warehouse)["marts.disclosures"]),)]
    assert count == len(before["marts.disclosures"]) + 2


def test_a_warehouse_that_waits_for_its_check_is_dropped_when_its_sources_are_gone(small: County) -> None:
    before = content(small.root / "warehouse.duckdb")
    change(small, 1)
    assert [gongkai(verb, "-w", small.root).exit_code for verb in ("ingest", "build")] == [0, 0]
    (small.root / "inbox" / "disclosures" / "new.csv").unlink()
    assert small.refresh().exit_code == 0
    assert content(small.root / "warehouse.duckdb") == before


def test_a_damaged_warehouse_is_made_anew(small: County, whole_small: County) -> None:
    with (small.root / "warehouse.duckdb").open("r+b") as stream:
        stream.truncate(5000)
    small.placed()
    assert len(small.ask("from marts.disclosures")) == len(whole_small.ask("from marts.disclosures"))


def test_checking_again_gives_the_same_results(sample: County, whole_sample: County) -> None:
    assert gongkai("check", "--again", "-w", sample.root).exit_code == 0
    assert content(sample.root / "warehouse.duckdb") == content(whole_sample.root / "warehouse.duckdb")


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(small: County, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.sources.locate import SourceFile

    digest = SourceFile.sha256

    def digest_then_change(file: SourceFile) -> str:
        found = digest(file)
        if file.local and file.path.endswith(("new.csv", "new.txt")):
            with file.local.open("a", encoding="utf-8") as stream:
                stream.write("县里另加的一行\n")
        return found

    change(small, 1)
    (small.root / "inbox" / "plans" / "new.txt").write_text("栖川县2026年补充要点\n1.公开预算。（责任单位：县财政局）\n", "utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(SourceFile, "sha256", digest_then_change)
        done = small.refresh()
    assert done.exit_code == 3
    assert "Out of reach disclosures/new.csv" in done.output
    assert "Out of reach plans/new.txt" in done.output
    assert small.ask("select count(*) from raw.sources where source_path like '%new.%'") == [(0,)]
    assert small.built().ask("select count(*) from raw.sources where source_path like '%new.%'") == [(2,)]


def test_the_same_bytes_under_two_addresses_count_once_and_are_rejected_under_both(county: Callable[..., County]) -> None:
    text = "索引号,标题,公开单位,形成日期,公开日期\nA,公告,县财政局,2026-03-02,2026-03-05\n".encode()
    made = county({"disclosures/a.csv": text, "disclosures/b.csv": text, "disclosures/c.csv": b"", "plans/d.txt": b"", "plans/e.txt": b""})
    made.built()
    assert made.ask("select source_path from core.disclosures") == [("disclosures/a.csv",)]
    rejected = made.ask("select source_path, reject_place from raw.rejects order by 1")
    assert rejected == [(path, path) for path in ("disclosures/c.csv", "plans/d.txt", "plans/e.txt")]
