"""Annual reports of units and of the government, filled from the registers (Regulations 49 and 50; 国办公开办函〔2021〕30号)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from exports.messages import N_, _
from flows.reports.annual_report_files import Report, write_document, write_workbook
from flows.reports.annual_report_layout import Figure, grids
from flows.warehouse.queries import load_query
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.runner import Runner
from flows.workspace.settings import Workspace


@dataclass(frozen=True)
class Body:
    """Who reports: a unit, or the government as a whole."""

    reporter_id: str
    name: str


def annual_report(workspace: Workspace, *, runner: Runner, year: int, to: Path, unit: str | None = None) -> Sequence[Path]:
    """Write the report of a unit, or of every unit and the government, as .xlsx and .docx into the folder `to`.

    Args:
        workspace: its checked warehouse is read.
        runner: carries out one report after another.
        year: the year reported on.
        to: a folder; it is made where it is missing, files of the same name are replaced.
        unit: a unit's id, name or any name it goes by, or the government's; None writes all.

    Returns:
        The files written.

    Raises:
        ConfigurationError: there is no warehouse, or it has no body of that name and year.
    """
    if not workspace.warehouse.exists():
        raise ConfigurationError(finding(str(workspace.warehouse), _("no warehouse"), _("one to report from"), _("Run: gongkai refresh")))
    bodies = _bodies(workspace, year, unit)
    to.mkdir(parents=True, exist_ok=True)
    return [path for paths in runner.map_items(N_("reports"), partial(_write, workspace, year, to), bodies) for path in paths]


def _bodies(workspace: Workspace, year: int, unit: str | None) -> list[Body]:
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        found = connection.execute(load_query("annual_report_bodies"), {"year": year, "unit": unit}).fetchall()
        years = connection.execute("select min(report_year), max(report_year) from core.annual_report").fetchone()
    if not found:
        asked = _("{unit} in {year}", unit=unit or _("any body"), year=year)
        if years and years[0]:
            expected = _("a unit of core.units and a year of the registers ({first} to {last})", first=years[0], last=years[1])
        else:
            expected = _("registers of requests")
        raise ConfigurationError(finding("gongkai annual-report", asked, expected, _('Names: gongkai query "from core.units"')))
    return [Body(*row) for row in found]


def _write(workspace: Workspace, year: int, to: Path, body: Body) -> tuple[Path, Path]:
    report = read_report(workspace, year, body)
    stem = re.sub(r'[\\/:*?"<>|\s]+', "_", report.title)
    paths = to / f"{stem}.xlsx", to / f"{stem}.docx"
    write_workbook(report, paths[0])
    write_document(report, paths[1])
    return paths


def read_report(workspace: Workspace, year: int, body: Body) -> Report:
    """One report from the warehouse, with notes on its as-of day, on cells left empty, and on sums that do not hold."""
    asked = {"body": body.reporter_id, "year": year}
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        figures = [Figure(*row) for row in connection.execute(load_query("annual_report_figures"), asked).fetchall()]
        gaps = [f"空白单元格 Left empty: {note}" for (note,) in connection.execute(load_query("annual_report_gaps"), asked).fetchall()]
        faults = [
            f"勾稽不符 Does not add up: {text}" for (text,) in connection.execute(load_query("annual_report_faults"), asked).fetchall()
        ]
        as_of = connection.execute("select as_of_on from reference.run").fetchone()
    assert as_of is not None
    day = f"数据截至 {as_of[0]}，由台账自动生成，提交前请核对 (figures as of this day, from the registers: check before handing in)"
    return Report(f"{body.name}{year}年政府信息公开工作年度报告", grids(figures), [day, *gaps, *faults])
