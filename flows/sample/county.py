"""The invented county as `county.yaml` describes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class County:
    name: str
    units: tuple[Unit, ...]
    titles: tuple[str, ...]
    matters: tuple[str, ...]
    channels: tuple[str, ...]

    @property
    def targets(self) -> dict[str, int]:
        """Short name → items to disclose in the year, in the order of the printed table."""
        return {unit.short: unit.target for unit in self.units if unit.target is not None}


def read_county() -> County:
    facts = yaml.safe_load((HERE / "county.yaml").read_text("utf-8"))
    units = tuple(Unit(**{**unit, "subjects": tuple(unit.get("subjects", ()))}) for unit in facts["units"])
    return County(facts["county"], units, tuple(facts["titles"]), tuple(facts["matters"]), tuple(facts["channels"]))
