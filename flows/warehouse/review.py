"""The review list: unit names that no rule matched for sure go out as CSV, a person's decisions come in as CSV.

Decisions are kept in the workspace, one line each, and stand above every rule at the next build. A name decided to be no unit
(`none`) stays unmatched without being asked about again.
"""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb

from exports.messages import _, listed
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

COLUMNS = ("region_scope", "alias_name", "unit_id")
NONE = "none"
FORM = """
    select region_scope, alias_name, mention_count, match_rule, coalesce(unit_name, '') as unit_name,
        coalesce(proposed_unit_id, '') as proposed_unit_id, coalesce(proposed_unit_name, '') as proposed_unit_name, likeness,
        coalesce(unit_id, '') as unit_id
    from core.unit_reviews
    order by mention_count desc, region_scope, alias_name
"""
GLANCE = """
    select alias_name, mention_count, match_rule, coalesce(unit_name, '') as unit_name, coalesce(proposed_unit_name, '') as proposed_unit_name, likeness
    from core.unit_reviews
    order by mention_count desc, region_scope, alias_name
"""


def write_review(workspace: Workspace, target: Path) -> int:
    """Write the review list: one line a name, its proposal, and `unit_id` to fill in. Gives the number of names.

    Raises:
        ConfigurationError: there is no warehouse.
    """
    return write_list(workspace, FORM, target)


def write_list(workspace: Workspace, query: str, target: Path) -> int:
    """Write the rows of a query as CSV that spreadsheets open as UTF-8. Gives the number of rows.

    Raises:
        ConfigurationError: there is no warehouse.
    """
    if not workspace.warehouse.exists():
        raise ConfigurationError(finding(str(workspace.warehouse), _("no warehouse"), _("one to ask"), _("Run: gongkai refresh")))
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        result = connection.execute(query)
        header = [column[0] for column in result.description or []]
        rows = result.fetchall()
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return len(rows)


def take_decisions(workspace: Workspace, source: Path) -> int:
    """Take the filled lines of a review list into the workspace's decisions; a later one replaces an earlier one of the same name.

    Raises:
        ConfigurationError: the file lacks a column, or names a unit that the warehouse does not have.
    """
    with source.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
            found, expected = listed(reader.fieldnames or ()), _("the columns {columns}", columns=listed(missing))
            raise ConfigurationError(finding(_("{file}, header", file=source), found, expected, _("Use the list that was written.")))
        decided = {(row["region_scope"], row["alias_name"]): row["unit_id"].strip() for row in reader if (row["unit_id"] or "").strip()}
    _require_units(workspace, source, set(decided.values()) - {NONE})
    kept = read_decisions(workspace) | decided
    workspace.decisions.parent.mkdir(exist_ok=True)
    with workspace.decisions.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([COLUMNS, *((*name, unit) for name, unit in sorted(kept.items()))])
    return len(decided)


def read_decisions(workspace: Workspace) -> dict[tuple[str, str], str]:
    """(scope, printed name) → unit id, or `none`."""
    if not workspace.decisions.exists():
        return {}
    with workspace.decisions.open(encoding="utf-8", newline="") as stream:
        return {(row["region_scope"], row["alias_name"]): row["unit_id"] for row in csv.DictReader(stream)}


def _require_units(workspace: Workspace, source: Path, units: set[str]) -> None:
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        known = {row[0] for row in connection.execute("select unit_id from core.units").fetchall()}
    if unknown := sorted(units - known):
        expected = _("a unit_id of core.units, or {none} for a name that is no unit", none=NONE)
        raise ConfigurationError(finding(f"{source}, unit_id", unknown[0], expected, _("Correct the line and hand the list in again.")))
