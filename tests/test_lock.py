"""The locked requirements, reviewed: what stands in for a look-up of advisories where no source of them is reached (make audit); and the bill of materials."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from exports.catalog import PROJECT_ROOT

LOCKS = ("run", "dev", "ocr", "uv")
PINNED = re.compile(r"(?P<name>[a-z0-9.-]+)==(?P<version>[\w.+!-]+)(?: ; (?P<marker>[^\\]+?))?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)")
PROJECT = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text("utf-8"))


def entries(text: str) -> list[str]:
    """The entries of a lock, each on one line."""
    return [line for line in re.sub(r" *\\\n +", " ", text).splitlines() if line and not line.startswith("#")]


def lock(name: str) -> str:
    return (PROJECT_ROOT / "requirements" / f"{name}.txt").read_text("utf-8")


def pinned(name: str) -> dict[str, set[str]]:
    """The versions of each package of a lock; several where platforms differ."""
    found: dict[str, set[str]] = {}
    for entry in entries(lock(name)):
        match = PINNED.fullmatch(entry)
        assert match, f"requirements/{name}.txt: {entry[:60]}: found no pinned package with hashes"
        found.setdefault(match["name"], set()).add(match["version"])
    return found


def declared(*groups: str) -> list[Requirement]:
    words = [*PROJECT["project"]["dependencies"], *(word for group in groups for word in PROJECT["dependency-groups"][group])]
    return [Requirement(word) for word in words]


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_with_hashes_and_comes_from_no_address(name: str) -> None:
    assert pinned(name)
    assert not re.search(r"(?m)://|^-|@ ", lock(name)), "an address, an option or an editable package"


@pytest.mark.parametrize(
    "line",
    ["a", "a>=1", "a==1", "a @ https://example.org/a.whl", "a==1 --hash=md5:0123", "-e .", "--index-url x", f"git+https://x@{'0' * 40}"],
)
def test_what_is_not_pinned_with_a_hash_is_found(line: str) -> None:
    assert not PINNED.fullmatch(line)
    assert PINNED.fullmatch(f"a-b.c==1.0+x ; python_version < '3.12' --hash=sha256:{'0' * 64} --hash=sha256:{'f' * 64}")


@pytest.mark.parametrize(("smaller", "larger"), [("run", "dev"), ("dev", "ocr")])
def test_what_is_tested_is_what_runs(smaller: str, larger: str) -> None:
    few, many = pinned(smaller), pinned(larger)
    assert {name: many.get(name) for name in few} == few


@pytest.mark.parametrize(("name", "groups"), [("run", ()), ("dev", ("dev",))])
def test_every_declared_package_is_locked_within_its_range(name: str, groups: tuple[str, ...]) -> None:
    locked = pinned(name)
    for requirement in declared(*groups):
        versions = locked.get(canonicalize_name(requirement.name), set())
        assert versions, f"{requirement.name} is declared and not locked: sh requirements/lock.sh"
        assert all(requirement.specifier.contains(version, prereleases=True) for version in versions), str(requirement)


def needed(requirement: Requirement, seen: set[tuple[str, str]]) -> Iterator[str]:
    """The names of a package and of all that it needs here."""
    name = str(canonicalize_name(requirement.name))
    for extra in ("", *requirement.extras):
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        yield name
        try:
            words = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # of another platform
            words = []
        for part in map(Requirement, words):
            if part.marker is None or part.marker.evaluate({"extra": extra}):
                yield from needed(part, seen)


def test_every_package_that_runs_is_needed_by_a_declared_one() -> None:
    """A package that nothing asks for would be a slip of the hand, or worse."""
    reached = {name for requirement in declared() for name in needed(requirement, set())}
    here = {str(canonicalize_name(each.metadata["Name"])) for each in metadata.distributions()}
    assert sorted(name for name in pinned("run") if name in here and name not in reached) == []


def test_the_bill_of_materials_names_every_package_with_its_version_and_hashes(tmp_path: Path) -> None:
    target = tmp_path / "sbom.cdx.json"
    command = [
        "requirements",
        "requirements/run.txt",
        "--pyproject",
        "pyproject.toml",
        "--output-reproducible",
        "--of",
        "JSON",
        "-o",
        str(target),
    ]
    made = (PROJECT_ROOT / "Makefile").read_text("utf-8")
    assert " ".join(command[:-1]) in made, "make sbom does what is tested here"
    subprocess.run([sys.executable, "-m", "cyclonedx_py", *command], check=True, cwd=PROJECT_ROOT, capture_output=True)
    bill = json.loads(target.read_text("utf-8"))
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "gongkai")
    listed: dict[str, set[str]] = {}
    for component in bill["components"]:
        listed.setdefault(str(canonicalize_name(component["name"])), set()).add(component["version"])
        assert any(reference.get("hashes") for reference in component["externalReferences"]), component["name"]
    assert listed == pinned("run")
