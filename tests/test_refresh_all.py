"""Many workspaces in one run: each as if it were alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import County, gongkai


@pytest.fixture
def governments(tmp_path: Path, whole_sample: County) -> Path:
    """A folder with two refreshed workspaces, one with broken settings, and one folder that is no workspace."""
    for name in ("a", "b"):
        shutil.copytree(whole_sample.root, tmp_path / name, symlinks=True)
    for name in ("broken", "none"):
        (tmp_path / name).mkdir()
    (tmp_path / "broken" / "gongkai.yaml").write_text("colour: red\n", "utf-8")
    return tmp_path


def test_a_failing_workspace_does_not_stop_the_others_on_two_workers(
    governments: Path, whole_sample: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    (governments / "b" / "warehouse.duckdb").unlink()
    shutil.rmtree(governments / "b" / "raw" / "plans")  # whose plans a worker then reads alone: it has no workers of its own
    monkeypatch.setenv("GONGKAI_DASK", "local:2")
    done = gongkai("refresh-all", governments / "*")
    assert done.exit_code == 1
    a, b, broken = done.stdout.splitlines()
    assert a == f"{governments / 'a'}: {whole_sample.latest.name} (未全部完成 incomplete)"
    assert b == f"{governments / 'b'}: {whole_sample.latest.name} (未全部完成 incomplete)"
    assert broken.startswith(f"{governments / 'broken'}: ")
    assert "colour" in broken
    assert (governments / "b" / "warehouse.duckdb").exists()


def test_a_pattern_that_matches_no_workspace_is_an_error(tmp_path: Path) -> None:
    done = gongkai("refresh-all", tmp_path / "*")
    assert (done.exit_code, "no workspace" in done.stderr) == (1, True)
