"""Rebuilt from nothing in two fresh clones of the repository: the same release, byte for byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exports.catalog import PROJECT_ROOT

pytestmark = [
    pytest.mark.rest,
    pytest.mark.skipif(not (shutil.which("git") and (PROJECT_ROOT / ".git").exists()), reason="not a checkout of git"),
]
SURROUNDINGS = (  # what must make no difference: time zone, language, order of sets and the rights of new files
    {"TZ": "Asia/Shanghai", "LANG": "C.UTF-8", "PYTHONHASHSEED": "1", "umask": "022"},
    {"TZ": "America/Los_Angeles", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "20261201", "umask": "077"},
)


def release_of(clone: Path, surroundings: dict[str, str]) -> Path:
    """The release of the sample county, made by a clone of what is committed here, in processes of their own."""
    subprocess.run(["git", "clone", "--quiet", PROJECT_ROOT, clone], check=True)
    environment = {**os.environ, **surroundings, "PYTHONPATH": str(clone)}
    county, umask = clone / "county of the clone", int(surroundings["umask"], 8)
    for words, codes in ((["init", county, "--sample"], {0}), (["refresh", "-w", county], {0, 3})):
        done = subprocess.run(
            [sys.executable, "-c", "from flows.cli.app import app; app()", *words],
            cwd=clone, env=environment, umask=umask, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode in codes, done.stdout + done.stderr
    return (county / "releases/latest").resolve()


def test_two_fresh_clones_give_the_same_sums(tmp_path: Path) -> None:
    first, second = (
        release_of(tmp_path / place, surroundings) for place, surroundings in zip(("here", "deeper/down/there"), SURROUNDINGS, strict=True)
    )
    assert (first / "SHA256SUMS").read_bytes() == (second / "SHA256SUMS").read_bytes()
    assert first.name == second.name
    for folder in (first, second):
        subprocess.run(["sha256sum", "--quiet", "-c", "SHA256SUMS"], cwd=folder, check=True)
    print(f"{first.name}: {len((first / 'SHA256SUMS').read_text().splitlines())} files with equal sums in both clones")
