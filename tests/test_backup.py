"""Backup, restore and upgrade as docs/operations.md describes them."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from exports.catalog import PROJECT_ROOT
from tests.conftest import County, gongkai

GUIDE = PROJECT_ROOT / "docs" / "operations.md"


@pytest.fixture
def restored(sample: County, tmp_path: Path) -> County:
    """The sample county, lost after its backup was taken, and restored by the commands of the guide."""
    for command in re.findall(r"^tar .*$", GUIDE.read_text("utf-8"), re.MULTILINE):
        words = command.split("  #")[0].replace("/srv/gongkai/county", str(sample.root)).replace("/backup", str(tmp_path))
        subprocess.run(words, shell=True, check=True)
        if " -c" in words:
            shutil.rmtree(sample.root)
            sample.root.mkdir()
    return sample


def test_a_lost_workspace_is_restored_and_readings_of_an_older_version_are_made_again(restored: County, whole_sample: County) -> None:
    assert not (restored.root / "warehouse.duckdb").exists()
    ledger = (restored.root / "raw" / "ledger.ndjson").read_bytes()
    readings = {path: path.stat().st_ino for path in restored.root.glob("raw/*/*/*/*.parquet")}
    assert restored.refresh().exit_code == 3  # as in the sample's first run: its broken files are still broken
    assert restored.latest.name == whole_sample.latest.name
    assert (restored.root / "raw" / "ledger.ndjson").read_bytes() == ledger
    assert {path: path.stat().st_ino for path in restored.root.glob("raw/*/*/*/*.parquet")} == readings, "something was read again"
    subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=restored.latest, check=True)
    assert gongkai("verify", "-w", restored.root).exit_code == 0

    (reader,) = (restored.root / "raw" / "plans").iterdir()
    older = reader.rename(reader.with_name("0" * 16))
    assert restored.refresh().exit_code == 3
    assert {path.name for path in reader.iterdir()} == {path.name for path in older.iterdir()}
    assert restored.latest.name == whole_sample.latest.name
    shutil.rmtree(older)
    assert restored.refresh().exit_code == 3
    assert restored.latest.name == whole_sample.latest.name
