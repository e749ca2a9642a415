"""The planted faults, as `faults.yaml` lists them: the generator plants what stands there, so the list cannot be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from flows.sample.county import HERE


@dataclass(frozen=True)
class Change:
    """What one row of a file is made to say: `set` by column, or `copy_of` another row; `finds` is what a run must say of it."""

    kind: str
    file: str
    row: int
    set: Mapping[str, Any] = field(default_factory=dict)
    copy_of: Mapping[str, Any] | None = None
    finds: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Faults:
    """`changes` are rows that the generator rewrites, faults and look-alikes alike; the others are done to whole files."""

    changes: tuple[Change, ...]
    ragged_rows: Mapping[str, list[int]]
    empty_files: tuple[str, ...]
    cut_off_files: tuple[str, ...]


def read_faults() -> Faults:
    facts = yaml.safe_load((HERE / "faults.yaml").read_text("utf-8"))
    faults = facts["faults"]
    ragged: dict[str, list[int]] = {}
    for place in faults["ragged_row"]["files"]:
        ragged.setdefault(place["file"], []).append(place["row"])
    return Faults(
        changes=tuple(Change(kind, **row) for kind, entry in {**faults, **facts["look_alikes"]}.items() for row in entry.get("rows", [])),
        ragged_rows=ragged,
        empty_files=tuple(place["file"] for place in faults["empty_file"]["files"]),
        cut_off_files=tuple(place["file"] for place in faults["truncated_document"]["files"]),
    )
