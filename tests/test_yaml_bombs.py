"""YAML that unfolds, nests or goes on without end is refused in words; anchors as people use them are read."""

from __future__ import annotations

import resource
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from flows.warehouse.scoring import Scheme
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import read_settings, read_written
from flows.workspace.yaml_text import load_yaml
from tests.conftest import HANGS


def laughs(levels: int, width: int = 9) -> str:
    """An anchor of lists of lists: width ** levels values."""
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def merges(levels: int) -> str:
    lines = ["a0: &a0 {x0: 1}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}], x{n}: 1}}" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


BOMBS = {
    "lists of lists": (laughs(12), "anchors that unfold"),
    "as a value": (laughs(12) + "sources: *a11\n", "anchors that unfold"),
    "merged mappings": (merges(12), "anchors that unfold"),
    "an anchor within itself": ("sources: &a [*a]\n", "holds itself"),
    "a mapping within itself": ("sources: &a {b: *a}\n", "holds itself"),
    "brackets": ("[" * 100_000, "nested too deeply"),
    "brackets that close": ("sources: " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    "mappings": ("{a: " * 5000, "nested too deeply"),
    "a long text": ("as_of: '" + "x" * (5 << 20) + "'", "more than 4 MB"),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_in_the_settings_is_refused_in_words(tmp_path: Path, bomb: str) -> None:
    text, why = BOMBS[bomb]
    (tmp_path / "gongkai.yaml").write_text(text, "utf-8")
    began, memory = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ConfigurationError, match=why):
        read_settings(tmp_path / "gongkai.yaml")
    assert time.monotonic() - began < HANGS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 300 << 10
    done = CliRunner().invoke(app, ["status", "-w", str(tmp_path)])
    assert done.exit_code == 1
    assert "gongkai.yaml" in done.output
    assert "Traceback" not in done.output


def test_a_bomb_in_a_scoring_scheme_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "scheme.yaml").write_text(laughs(12), "utf-8")
    with pytest.raises(ConfigurationError, match="anchors that unfold"):
        read_written(tmp_path / "scheme.yaml", Scheme, "See docs/scorecards.md.")


def test_anchors_as_people_use_them_are_read(tmp_path: Path) -> None:
    text = "sources:\n  - &one {name: a, kind: units, location: inbox/a}\n  - {<<: *one, name: b}\npublisher: &us {name: 某县人民政府办公室}\ncontact: *us\n"
    (tmp_path / "gongkai.yaml").write_text(text, "utf-8")
    settings = read_settings(tmp_path / "gongkai.yaml")
    assert [(source.name, source.kind) for source in settings.sources] == [("a", "units"), ("b", "units")]
    assert settings.contact == settings.publisher


def test_as_many_values_as_may_be_are_read() -> None:
    assert len(load_yaml("[" + "1, " * 90_000 + "1]")) == 90_001
