"""Scoring schemes: how a plan says that units are marked, as a YAML file of the workspace. No SQL stands in it, only named measures.

Measures are a closed list (flows/warehouse/measures.py), counted row by row in `core.measure_rows`: a scheme can be read, disputed
and changed by people who write no SQL, and cannot ask for anything else.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from exports.catalog import Text, load_catalog
from exports.messages import N_, _, listed
from flows.warehouse.measures import measure_table
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace, read_written

NEEDS = {
    "deduct": {"points", "each"},
    "share": {"points", "target"},
    "at_least": {"points", "target"},
    "bonus": {"each", "at_most"},
    "veto": set(),
}
SCHEMA = pa.schema(
    [
        ("plan_year", pa.int64()),
        ("item_id", pa.string()),
        ("item_order", pa.int64()),
        ("item_title", pa.string()),
        ("item_kind", pa.string()),
        ("measure_id", pa.string()),
        ("item_points", pa.float64()),
        ("points_each", pa.float64()),
        ("points_at_most", pa.float64()),
        ("item_target", pa.float64()),
    ]
)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Strict):
    """One line of a scheme.

    deduct     `points`, less `each` for every row that is not in order, at most `at_most` (else all the points)
    share      `points` where the share of rows in order reaches `target`, else in proportion
    at_least   `points` where `target` rows are in order, else in proportion
    bonus      `each` for every row in order, `at_most` in all
    veto       any row that is not in order brings the total to nothing
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: Text
    kind: Literal["deduct", "share", "at_least", "bonus", "veto"]
    measure: str
    points: float | None = Field(default=None, gt=0)
    each: float | None = Field(default=None, gt=0)
    at_most: float | None = Field(default=None, gt=0)
    target: float | None = Field(default=None, gt=0)

    @field_validator("measure")
    @classmethod
    def _is_counted(cls, name: str) -> str:
        if name not in measures():
            raise ValueError(_("a measure: one of {measures}", measures=listed(measures())))
        return name

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Item:
        given = {name for name in ("points", "each", "at_most", "target") if getattr(self, name) is not None}
        needs = NEEDS[self.kind]
        spare = {"at_most"} if self.kind == "deduct" else set()
        if given - spare != needs - spare:
            if not needs:
                raise ValueError(_("an item of kind {kind} with no points", kind=self.kind))
            raise ValueError(_("an item of kind {kind} with {keys} and nothing else", kind=self.kind, keys=listed(sorted(needs))))
        if self.kind == "share" and self.target is not None and self.target > 1:
            raise ValueError(_("a share as target, such as 0.9"))
        return self


class Scheme(_Strict):
    """A scheme for one year; the points of its items add up to `full_points`, bonus apart."""

    title: Text
    year: int = Field(ge=2008, le=2100)
    full_points: float = Field(gt=0)
    items: tuple[Item, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _adds_up(self) -> Scheme:
        names = [item.id for item in self.items]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(_("items with ids of their own: {name} is there twice", name=twice[0]))
        total = sum(item.points or 0 for item in self.items)
        if abs(total - self.full_points) > 0.001:  # noqa: PLR2004 - points are written with two digits
            expected = _("items whose points add up to full_points ({total:g} is not {full:g})", total=total, full=self.full_points)
            raise ValueError(expected)
        return self


@cache
def measures() -> tuple[str, ...]:
    """Everything that a scheme can count, by name."""
    return tuple(measure_table(load_catalog())["measure_id"].to_pylist())


def read_scheme(path: Path) -> Scheme:
    """Read a scheme.

    Raises:
        ConfigurationError: the file is no YAML, an item lacks or has too much, or its points do not add up; the message names the place.
    """
    return read_written(path, Scheme, N_("See docs/scorecards.md."))


def scoring_items(workspace: Workspace) -> pa.Table:
    """The items of every scheme that the settings name, a row each, as `reference.scoring_items` has them."""
    rows = [
        (scheme.year, item.id, order, str(item.title), item.kind, item.measure, item.points, item.each, item.at_most, item.target)
        for scheme in schemes(workspace)
        for order, item in enumerate(scheme.items, start=1)
    ]
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA)


def schemes(workspace: Workspace) -> list[Scheme]:
    """The schemes that the settings name, at most one for a year."""
    found = [read_scheme(workspace.root / name) for name in workspace.settings.scoring]
    years = [scheme.year for scheme in found]
    if twice := sorted({year for year in years if years.count(year) > 1}):
        raise ConfigurationError(
            finding("gongkai.yaml: scoring", _("two schemes for {year}", year=twice[0]), _("one a year"), _("Take one out."))
        )
    return found
