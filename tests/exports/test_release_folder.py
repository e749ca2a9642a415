"""Releases over time: what is carried over, what is equal, what a crash leaves."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from exports.catalog import PROJECT_ROOT, Catalog
from exports.release.manifest import Input, Quality, Release, ReleaseError, read_release
from exports.release.verify import verify_release
from tests.exports.conftest import Releasing


def manifest(release: Release) -> dict[str, Any]:
    return json.loads((release.folder / "manifest.json").read_text("utf-8"))


def change_a_mart(warehouse: Path, statement: str = "update marts.units set alias_count = alias_count + 1") -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(statement)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_release_holds_every_dataset_and_latest_points_to_it(release: Releasing, catalog: Catalog, tmp_path: Path) -> None:
    made = release()
    assert [dataset.name for dataset in made.datasets] == list(catalog.datasets)
    assert {dataset.rows for dataset in made.datasets} == {40}
    assert (tmp_path / "releases/latest").readlink() == Path(made.name)
    assert names(tmp_path / "releases") == {made.name, "latest"}
    assert names(made.folder) == {
        *("data", "datapackage.json", "catalog.jsonld", "quality.html", "manifest.json", "SHA256SUMS"),
        *("catalog.ttl", "schema-org.jsonld", "croissant.json", "gongkai.sql"),
        *("README.md", "README.zh-CN.md", "CITATION.cff", "dictionary.csv", "目录.json", "目录.xlsx"),
    }
    assert read_release(made.folder) == made
    assert verify_release(made.folder) == []


def test_the_same_inputs_day_and_code_give_the_same_bytes_elsewhere(release: Releasing, tmp_path: Path) -> None:
    first, second = release(releases=tmp_path / "a"), release(releases=tmp_path / "b")
    assert first.name == second.name
    assert {path.name: path.read_bytes() for path in first.folder.rglob("*.*")} == {
        path.name: path.read_bytes() for path in second.folder.rglob("*.*")
    }


def test_an_equal_release_is_not_written_again(release: Releasing, tmp_path: Path) -> None:
    first = release()
    before = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    assert release(inputs=[Input("plans/rejected.txt", "cd" * 32, 0)]) == first
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")} == before
    assert names(tmp_path / "releases") == {first.name, "latest"}


@pytest.mark.parametrize("change", [{"as_of": date(2026, 11, 1)}, {"code_version": "2"}])
def test_another_day_or_other_code_is_another_release(release: Releasing, change: dict[str, object]) -> None:
    assert release().name != release(**change).name


def test_each_manifest_names_the_one_before_it(release: Releasing, warehouse: Path) -> None:
    first = release()
    change_a_mart(warehouse)
    second = release()
    assert manifest(first)["previous_manifest_sha256"] is None
    assert manifest(second)["previous_manifest_sha256"] == hashlib.sha256((first.folder / "manifest.json").read_bytes()).hexdigest()


def test_data_that_goes_back_to_what_it_was_is_a_new_link_of_the_chain(release: Releasing, warehouse: Path) -> None:
    first = release()
    change_a_mart(warehouse)
    release()
    change_a_mart(warehouse, "update marts.units set alias_count = alias_count - 1")
    third = release()
    assert third.datasets == first.datasets
    assert third.name != first.name


def test_a_blocked_dataset_keeps_the_files_of_the_release_that_made_them(release: Releasing, warehouse: Path) -> None:
    good = release()
    change_a_mart(warehouse)
    for code in ("2", "3"):
        kept = release(blocked={"units": "合计不符"}, code_version=code)
        entry = next(dataset for dataset in kept.datasets if dataset.name == "units")
        assert (entry.carried_over_from, entry.carried_over_because) == (good.name, "合计不符")
        assert (kept.folder / "data/units.csv").read_bytes() == (good.folder / "data/units.csv").read_bytes()
        package = json.loads((kept.folder / "datapackage.json").read_text("utf-8"))
        assert next(item for item in package["resources"] if item["name"] == "units")["carriedOverFrom"] == good.name
    mended = release(code_version="4")
    assert all(dataset.carried_over_from is None for dataset in mended.datasets)
    assert (mended.folder / "data/units.csv").read_bytes() != (good.folder / "data/units.csv").read_bytes()


def test_a_block_is_made_public_even_where_the_data_is_the_same(release: Releasing) -> None:
    good = release()
    assert release(blocked={"units": "x"}).name != good.name


def test_files_carried_over_keep_the_description_they_were_made_with(release: Releasing, catalog: Catalog) -> None:
    release()
    units = catalog.datasets["units"]
    narrower = units.model_copy(update={"columns": units.columns[:-1]})
    changed = Catalog(**{**vars(catalog), "datasets": catalog.datasets | {"units": narrower}})
    kept = release(catalog=changed, blocked={"units": "x"}, code_version="2")
    package = json.loads((kept.folder / "datapackage.json").read_text("utf-8"))
    resource = next(item for item in package["resources"] if item["name"] == "units")
    assert [field["name"] for field in resource["schema"]["fields"]] == units.column_names


def test_the_manifest_has_each_datasets_check_results_and_a_carried_over_one_keeps_its_own(release: Releasing) -> None:
    release(quality={"units": Quality(12, 1, 3)})
    kept = release(quality={"units": Quality(12, 2, 0)}, blocked={"units": "x"})
    entry = next(item for item in manifest(kept)["datasets"] if item["name"] == "units")
    assert entry["quality"] == {"rules": 12, "rules_not_met": 1, "rows_set_aside": 3}
    assert read_release(kept.folder) == kept


def test_a_blocked_dataset_without_an_earlier_release_is_left_out_and_named(release: Releasing) -> None:
    said: list[str] = []
    made = release(blocked={"units": "合计不符"}, progress=said.append)
    assert "units" not in {dataset.name for dataset in made.datasets}
    assert not list(made.folder.rglob("units.*"))
    assert manifest(made)["left_out"] == [{"name": "units", "because": "合计不符"}]
    assert any("units: failed its checks (合计不符), no earlier release: left out" in line for line in said)


def test_a_blocked_dataset_whose_last_files_may_not_leave_either_is_left_out_and_named(release: Releasing) -> None:
    release()
    made = release(blocked={"units": "撤回"}, forgotten={"units"})
    assert made.left_out == (("units", "撤回"),)
    assert not [path.name for path in (made.folder / "data").iterdir() if path.stem == "units"]


def test_with_every_dataset_blocked_at_first_nothing_is_released(release: Releasing, catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="no dataset that may be released"):
        release(blocked=dict.fromkeys(catalog.datasets, "x"))
    assert names(tmp_path / "releases") == set()


def test_a_block_on_an_unknown_dataset_is_refused(release: Releasing) -> None:
    with pytest.raises(ReleaseError, match="uints"):
        release(blocked={"uints": "x"})


@pytest.mark.parametrize(
    ("path", "words"),
    [("data/units.csv", "found SHA-256"), ("data/units.parquet", "found SHA-256"), ("SHA256SUMS", "other sums")],
)
def test_a_changed_byte_is_found(release: Releasing, path: str, words: str) -> None:
    folder = release().folder
    content = bytearray((folder / path).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / path).write_bytes(content)
    assert len(findings := verify_release(folder)) == 1
    assert path in findings[0]
    assert words in findings[0]


def test_a_missing_and_a_stray_file_are_found(release: Releasing) -> None:
    folder = release().folder
    (folder / "data/units.csv").rename(folder / "data/stray.csv")
    missing, stray = verify_release(folder)
    assert "units.csv: found no file" in missing
    assert "stray.csv: found a file that the manifest does not name" in stray


def test_a_csv_that_lost_a_row_is_found_though_its_hash_is_in_order(release: Releasing) -> None:
    folder = release().folder
    path = folder / "data/target-progress.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(lines[:-1])
    facts = (folder / "manifest.json").read_text("utf-8")
    entry = next(file for file in read_release(folder).all_files if file.path.endswith("target-progress.csv"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    facts = facts.replace(entry.sha256, digest).replace(f'"bytes": {entry.bytes}', f'"bytes": {path.stat().st_size}')
    (folder / "manifest.json").write_text(facts, "utf-8")
    sums = (folder / "SHA256SUMS").read_text().replace(entry.sha256, digest).splitlines()
    manifest_sum = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    sums = [f"{manifest_sum}  manifest.json" if line.endswith("manifest.json") else line for line in sums]
    (folder / "SHA256SUMS").write_text("\n".join(sums) + "\n")
    assert any("found 39 values in rows; expected 40" in text for text in verify_release(folder))


def test_an_infinite_number_is_not_released(release: Releasing, warehouse: Path, tmp_path: Path) -> None:
    change_a_mart(warehouse, "update marts.target_progress set pace = 'inf'")
    with pytest.raises(ReleaseError, match="in pace that are infinite"):
        release()
    assert names(tmp_path / "releases") == set()


def test_a_second_writer_is_refused(release: Releasing, tmp_path: Path) -> None:
    refused: list[str] = []

    def meanwhile(_: str) -> None:
        if not refused:
            with pytest.raises(ReleaseError, match="another run") as raised:
                release()
            refused.append(str(raised.value))

    assert release(progress=meanwhile).name in names(tmp_path / "releases")
    assert refused


KILLED = """
import os, signal, sys
from pathlib import Path
from exports.release import describe, folder
from tests.exports.conftest import AS_OF, load_catalog

steps, place = int(sys.argv[1]), Path(sys.argv[2])

def die_after(name, original):
    def step(*words, **facts):
        global steps
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*words, **facts)
    return step

for room, name in ((describe, "released_file"), (folder, "verify_release"), (folder, "_sync"), (folder, "_sync_folder")):
    setattr(room, name, die_after(name, getattr(room, name)))
for name in ("symlink_to", "rename", "replace", "write_text"):
    setattr(Path, name, die_after(name, getattr(Path, name)))
folder.write_release(place / "warehouse.duckdb", load_catalog(), place / "releases", as_of=AS_OF, blocked={}, inputs=[], code_version="2")
"""


STEPS = 13  # from the first word of metadata to the last fsync; the test after this one kills while data is written


@pytest.mark.parametrize("step", [step if step % 6 == 0 else pytest.param(step, marks=pytest.mark.rest) for step in range(STEPS)])
def test_a_kill_at_any_step_leaves_the_last_good_release_and_nothing_for_long(
    release: Releasing, warehouse: Path, tmp_path: Path, step: int
) -> None:
    good = release()
    change_a_mart(warehouse)
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(step), str(tmp_path)], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    latest = tmp_path / "releases/latest"
    assert verify_release(latest.resolve()) == []
    assert verify_release(good.folder) == []
    final = release(code_version="2", inputs=[])
    assert names(tmp_path / "releases") == {good.name, final.name, "latest"}
    assert latest.resolve() == final.folder
    assert manifest(final)["previous_manifest_sha256"] == hashlib.sha256((good.folder / "manifest.json").read_bytes()).hexdigest()
    assert verify_release(final.folder) == []


def test_a_kill_at_any_moment_leaves_the_last_good_release(release: Releasing, warehouse: Path, tmp_path: Path) -> None:
    good = release()
    change_a_mart(warehouse)
    for wait in (0.05, 0.15, 0.3):
        running = subprocess.Popen([sys.executable, "-c", KILLED, "1000", str(tmp_path)], cwd=PROJECT_ROOT)
        while running.poll() is None and not (tmp_path / "releases/.draft").exists():
            time.sleep(0.01)
        time.sleep(wait)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        assert verify_release((tmp_path / "releases/latest").resolve()) == []
    final = release(code_version="2", inputs=[])
    assert names(tmp_path / "releases") == {good.name, final.name, "latest"}


def test_a_file_that_is_that_of_the_last_release_is_a_link_to_it_and_takes_no_space(release: Releasing, warehouse: Path) -> None:
    first = release()
    change_a_mart(warehouse)
    second = release()
    same = [file.path for file in second.all_files if file in first.all_files]
    assert {"data/plan-tasks.csv", "data/plan-tasks.parquet", "data/csv-metadata.json", "dictionary.csv"} <= {*same}
    assert [path for path in same if not (first.folder / path).samefile(second.folder / path)] == []


def test_a_damaged_file_of_the_last_release_is_not_handed_on(release: Releasing, warehouse: Path) -> None:
    first = release()
    (first.folder / "dictionary.csv").write_bytes(b"x" * (first.folder / "dictionary.csv").stat().st_size)
    change_a_mart(warehouse)
    assert verify_release(release().folder) == []
