"""The invented county as `county.yaml` describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Unit:
    """A unit of the county; the comments at the head of `county.yaml` say what its facts mean."""

    name: str
    short: str
    target: int | None
    old: str | None = None
    mark: str = ""
    pace: float = 0.0
    items: int = 0
    register: str = ""
    subjects: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """Which of these it is: towns (streets too), departments, others (those that have no target)."""
        if self.target is None:
            return "others"
        return "towns" if self.register == "towns" else "departments"


@dataclass(frozen=True)
class County:
    name: str
    units: tuple[Unit, ...]
    titles: tuple[str, ...]
    matters: Mapping[str, Sequence[str]]
    channels: tuple[str, ...]

    def named(self, name: str) -> list[Unit]:
        """The unit of this short name, or the units of this group; `all` is every unit that has a target."""
        return [unit for unit in self.units if name in {unit.short, unit.group} or (name == "all" and unit.target)]

    @property
    def targets(self) -> dict[str, int]:
        """Short name → items to disclose in the year, in the order of the printed table."""
        return {unit.short: unit.target for unit in self.units if unit.target is not None}


def read_yaml(path: Path) -> Any:
    """The content of a sample file. libyaml's loader, where available, is ten times as fast."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text("utf-8"), loader)  # noqa: S506 - both loaders are safe ones


def read_county() -> County:
    facts = read_yaml(HERE / "county.yaml")
    units = tuple(Unit(**{**unit, "subjects": tuple(unit.get("subjects", ()))}) for unit in facts["units"])
    return County(facts["county"], units, tuple(facts["titles"]), facts["matters"], tuple(facts["channels"]))
