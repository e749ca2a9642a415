"""The container image: its file is linted, its steps are taken without Docker, and it is built where Docker answers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from exports.catalog import PROJECT_ROOT
from start import index_settings

DOCKERFILE = PROJECT_ROOT / "Dockerfile"
TEXT = re.sub(r"^#.*\n|\\\n", "", DOCKERFILE.read_text("utf-8"), flags=re.MULTILINE)
BUILD, RUNNING = (stage for stage in re.split(r"^FROM .*$", TEXT, flags=re.MULTILINE) if stage.strip())


def steps(stage: str, word: str) -> list[str]:
    return re.findall(rf"^{word} (.+)$", stage, re.MULTILINE)


def test_the_linter_has_nothing_to_say() -> None:
    done = subprocess.run([Path(sys.executable).with_name("hadolint"), DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_runs_as_a_user_without_rights_in_the_workspace() -> None:
    assert steps(RUNNING, "USER") == ["1000"]
    assert steps(RUNNING, "WORKDIR") == steps(RUNNING, "VOLUME") == ["/county"]


@pytest.mark.rest  # minutes, for what the tests of the wheel show too
def test_its_steps_make_an_environment_in_which_the_command_runs(tmp_path: Path) -> None:
    """Those of its first stage, in a folder of the test's own in place of the image's root."""
    place, target = tmp_path / "build", tmp_path / "opt"
    place.mkdir()
    for copied in steps(BUILD, "COPY"):
        *sources, to = copied.split()
        for source in sources:
            found, into = PROJECT_ROOT / source, place / to
            if found.is_dir():
                shutil.copytree(found, into, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                into.mkdir(exist_ok=True, parents=True)
                shutil.copy(found, into)
    environment = os.environ | index_settings(Path(sys.executable))
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    for step in steps(BUILD, "RUN"):
        here = step.replace("/opt/gongkai", str(target)).replace("--no-cache ", "")  # what was downloaded before serves the test
        done = subprocess.run(["sh", "-ec", here], cwd=place, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    said = subprocess.run([target / "bin" / "gongkai", "--version"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "gongkai" in said.stdout.lower()
    installed = subprocess.run([target / "bin" / "gongkai", "init", tmp_path / "county", "--sample"], capture_output=True, check=False)
    assert installed.returncode == 0, installed.stderr


def test_docker_builds_it(tmp_path: Path) -> None:
    if shutil.which("docker") is None or subprocess.run(["docker", "info"], capture_output=True, check=False).returncode:
        pytest.skip("no Docker answers here: the image was linted, and its steps taken, but it was not built")
    subprocess.run(["docker", "build", "-q", "-t", "gongkai:test", PROJECT_ROOT], check=True)
    said = subprocess.run(["docker", "run", "--rm", "gongkai:test", "--version"], capture_output=True, text=True, check=True)
    assert "gongkai" in said.stdout.lower()
