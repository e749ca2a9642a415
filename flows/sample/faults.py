"""The planted faults, as `faults.yaml` lists them: the generator plants what is listed, so the list cannot be wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flows.sample.county import HERE, read_yaml


@dataclass(frozen=True)
class Change:
    """What is changed in a register's rows, and what a run must report of it (`finds`).

    In a file of disclosures the row `row` is rewritten: `set` by column, or `copy_of` another row. In other registers the rows
    that `where` fits are rewritten (or `gone`), or a record of `unit` is added in which `set` holds, with its `events` if it is a log.
    """

    kind: str
    number: int
    file: str | None = None
    row: int | None = None
    register: str = "disclosures"
    unit: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    set: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False
    events: Sequence[Sequence[Any]] = ()
    copy_of: Mapping[str, Any] | None = None
    finds: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Faults:
    """`changes` are rows that the generator rewrites or adds, faults and look-alikes alike; the others are done to whole files."""

    changes: tuple[Change, ...]
    ragged_rows: Mapping[str, list[int]]
    empty_files: tuple[str, ...]
    cut_off_files: tuple[str, ...]

    def of_rows(self) -> list[Change]:
        """Those that name a file and a row: the disclosures of the year."""
        return [change for change in self.changes if change.row is not None]

    def of_records(self, register: str) -> list[Change]:
        return [change for change in self.changes if change.row is None and change.register == register]


def read_faults() -> Faults:
    facts = read_yaml(HERE / "faults.yaml")
    faults = facts["faults"]
    planted = [(kind, row) for kind, entry in {**faults, **facts["look_alikes"]}.items() for row in entry.get("rows", [])]
    ragged: dict[str, list[int]] = {}
    for place in faults["ragged_row"]["files"]:
        ragged.setdefault(place["file"], []).append(place["row"])
    return Faults(
        changes=tuple(Change(kind, number, **row) for number, (kind, row) in enumerate(planted, start=1)),
        ragged_rows=ragged,
        empty_files=tuple(place["file"] for place in faults["empty_file"]["files"]),
        cut_off_files=tuple(place["file"] for place in faults["truncated_document"]["files"]),
    )
