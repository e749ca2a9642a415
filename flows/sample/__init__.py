"""The sample county: an invented county's inbox, with faults planted in it that a run must find.

What the county is stands in `county.yaml`, what is wrong with its inbox in `faults.yaml`, its settings in `settings.yaml`.
Every name in it is invented; its codes begin with 99, which GB/T 2260 gives to no division.
"""

from __future__ import annotations

from pathlib import Path

from flows.sample.county import County, read_county
from flows.sample.documents import cut_off_plan, data_bureau_plan, key_points, task_list
from flows.sample.faults import Faults, read_faults
from flows.sample.formats import REGISTERS, delimited, register_bytes
from flows.sample.generate import generate_records, plant

__all__ = ["write_sample"]


def write_sample(inbox: Path) -> None:
    """Fill `inbox` with the county's plans, unit lists and disclosure records; the same bytes each time.

    Raises:
        OSError: the folder cannot be written.
    """
    county, faults = read_county(), read_faults()
    for path, data in {**_plans(county, faults), **_units(county), **_disclosures(county, faults)}.items():
        target = inbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _plans(county: County, faults: Faults) -> dict[str, bytes]:
    whole = {
        "plans/2026-key-points.txt": key_points(county),
        "plans/2026-task-list.docx": task_list(),
        "plans/2026-data-bureau.html": data_bureau_plan(),
    }
    return whole | dict.fromkeys(faults.cut_off_files, cut_off_plan())


def _units(county: County) -> dict[str, bytes]:
    """Two lists, as clerks keep them: today's units with their short names, and names borne before."""
    today = [[unit.name, unit.short] for unit in county.units]
    before = [[unit.name, unit.old] for unit in county.units if unit.old]
    return {
        "units/units.csv": delimited(["单位名称", "简称"], today, encoding="utf-8-sig"),
        "units/former-names.csv": delimited(["单位名称", "曾用名"], before, encoding="utf-8-sig"),
    }


def _disclosures(county: County, faults: Faults) -> dict[str, bytes]:
    records = plant(generate_records(county), faults.changes)
    whole = {path: register_bytes(records[path], register, faults.ragged_rows.get(path, ())) for path, register in REGISTERS.items()}
    return whole | dict.fromkeys(faults.empty_files, b"")
