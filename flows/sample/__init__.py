"""The sample county: an invented county's inbox, with faults planted in it that a run must find.

The county is described in `county.yaml`, the faults of its inbox in `faults.yaml`, its settings in `settings.yaml`.
Every name in it is invented; its codes begin with 99, which GB/T 2260 gives to no division.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from flows.sample.annual import printed_reports
from flows.sample.county import HERE, County, read_county
from flows.sample.disclosures import generate_records, plant
from flows.sample.documents import TEXTS, cut_off_plan, data_bureau_plan, data_bureau_plan_later, key_points, task_list
from flows.sample.draw import Row
from flows.sample.faults import Faults, read_faults
from flows.sample.formats import delimited, register_bytes
from flows.sample.registers import apply_changes, draw_rows, read_registers, rows_by_file

__all__ = ["sample_settings", "write_decisions", "write_later", "write_sample"]
SEED = 20261031
COUNTED = {"annual_report_cells": printed_reports}  # registers whose rows are counted from the others'


def write_sample(inbox: Path) -> None:
    """Fill `inbox` with the county's plans, unit lists and registers; the same bytes each time.

    Raises:
        OSError: the folder cannot be written.
    """
    county, faults = read_county(), read_faults()
    for path, data in {**_plans(county, faults), **_units(county), **_registers(county, faults)}.items():
        target = inbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def sample_settings() -> str:
    """The text of the county's settings file: `settings.yaml`, with a source for every register of the sample that it does not name."""
    text = (HERE / "settings.yaml").read_text("utf-8")
    named = {source["kind"] for source in yaml.safe_load(text)["sources"]}
    folders = {register.name: next(iter(register.files)).split("/")[0] for register in read_registers() if register.name not in named}
    added = "".join(f'  - {{name: {folder}, kind: {kind}, location: "inbox/{folder}/*"}}\n' for kind, folder in folders.items())
    head, mark, rest = text.partition("scoring:")
    return head + added + mark + rest


def write_scoring(folder: Path) -> None:
    """Write the scheme by which the county marks its units; it is part of the inbox, since it is handed in like the rest."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "2026.yaml").write_bytes((HERE / "scoring.yaml").read_bytes())


def write_decisions(folder: Path) -> None:
    """Write the decisions of the county's data team: corrections of its registers, one that holds, one whose guard fails, one taken back."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corrections.csv").write_text((HERE / "corrections.csv").read_text("utf-8"), "utf-8")


def write_later(folder: Path) -> None:
    """Fill `folder` with files that later replace those of the inbox at the same addresses: a plan changed without notice.

    Raises:
        OSError: the folder cannot be written.
    """
    target = folder / "plans" / "2026-data-bureau.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data_bureau_plan_later())


def _plans(county: County, faults: Faults) -> dict[str, bytes]:
    whole = {
        "plans/2025-targets.txt": (TEXTS / "2025-targets.txt").read_bytes(),
        "plans/2026-key-points.txt": key_points(county),
        "plans/2026-task-list.docx": task_list(),
        "plans/2026-data-bureau.html": data_bureau_plan(),
    }
    return whole | dict.fromkeys(faults.cut_off_files, cut_off_plan())


def _units(county: County) -> dict[str, bytes]:
    """Two lists, as clerks keep them: today's units with their short names, and former names."""
    today = [[unit.name, unit.short] for unit in county.units]
    before = [[unit.name, unit.old] for unit in county.units if unit.old]
    return {
        "units/units.csv": delimited(["单位名称", "简称"], today, encoding="utf-8-sig"),
        "units/former-names.csv": delimited(["单位名称", "曾用名"], before, encoding="utf-8-sig"),
    }


def _registers(county: County, faults: Faults) -> dict[str, bytes]:
    """Every register's files; those derived from other registers' rows come after them."""
    files: dict[str, bytes] = {}
    rows: dict[str, list[Row]] = {}
    for register in sorted(read_registers(), key=lambda register: (register.name in COUNTED, bool(register.of))):
        drawn = COUNTED[register.name](county, rows) if register.name in COUNTED else draw_rows(register, county, SEED, rows)
        held = rows_by_file(register, apply_changes(register, county, SEED, list(drawn), faults.of_records(register.name)))
        if register.name == "disclosures":
            held |= _disclosures_of_the_year(county, faults)
        rows[register.name] = [row for of_file in held.values() for row in of_file]
        files |= {path: register_bytes(held[path], file, faults.ragged_rows.get(path, ())) for path, file in register.files.items()}
    return files | dict.fromkeys(faults.empty_files, b"")


def _disclosures_of_the_year(county: County, faults: Faults) -> dict[str, list[Row]]:
    planted = plant(generate_records(county, SEED), faults.of_rows())
    return {path: [dict(vars(record)) for record in records] for path, records in planted.items()}
