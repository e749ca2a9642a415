"""Disclosure records of the invented county, seeded: what its units made and published from January to October 2026."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random

from flows.sample.county import County, Unit
from flows.sample.days import AS_OF, working_days_after, working_days_between
from flows.sample.faults import Change

NEW_YEAR = date(2026, 1, 1)
DAYS_OF_YEAR = 365
LIMIT = 20  # working days from making to publishing, Regulations 26
TITLE_LENGTHS = range(20, 41)
FULL_NAME_SHARE = 0.55  # the other records name their unit by its short name
CHANGED_SHARE = 0.04
MEAN_WAIT = 5  # working days
FIRST_HALF = "disclosures/2026-h1-departments.csv"
DEPARTMENTS_BY_QUARTER = (FIRST_HALF, FIRST_HALF, "disclosures/2026-q3-departments.csv", "disclosures/2026-10-departments.parquet")
YEAR_FILES = {
    "finance": "disclosures/2026-finance.tsv",
    "social": "disclosures/2026-social.json",
    "towns": "disclosures/2026-镇街公开信息.ndjson",
    "supplement": "disclosures/2026-supplement.csv",
}


@dataclass(frozen=True)
class Record:
    """One row of a register. Dates are dates, except for planted invalid ones; None is an empty cell."""

    index_number: str
    disclosure_title: str | None
    printed_unit_name: str
    document_number: str | None
    catalogue_matter: str
    matter_id: str
    channel: str
    made_on: date | str | None
    changed_on: date | None
    published_on: date | None
    url: str
    visit_count: int
    short: str  # of its unit, as county.yaml has it
    withdrawn_on: date | None = None
    disclosure_attribute: str = "主动公开"
    withheld_reason: str | None = None
    has_tombstone: bool | None = None  # of what was withdrawn: whether the register of withdrawals says so


def generate_records(county: County, seed: int) -> dict[str, list[Record]]:
    """Records by the path of the register file that holds them, in the order in which they were made."""
    random = Random(seed)  # noqa: S311 - the same county each time is the point
    records: dict[str, list[tuple[date, Record]]] = {}
    for number, unit in enumerate(county.units, start=1):
        for record, made_on in _records_of(random, county, unit, number):
            records.setdefault(register_path(unit, made_on), []).append((made_on, record))
    return {path: [record for _, record in sorted(rows, key=lambda row: row[0])] for path, rows in records.items()}


def register_path(unit: Unit, made_on: date) -> str:
    """The inbox file for a record: most departments send theirs by half-year and quarter, the others keep one for the year."""
    if unit.register == "departments":
        return DEPARTMENTS_BY_QUARTER[(made_on.month - 1) // 3]
    return YEAR_FILES[unit.register]


def plant(records: dict[str, list[Record]], changes: Sequence[Change]) -> dict[str, list[Record]]:
    """The records with every change made, each at its file and row (1 is the first after the header)."""
    planted = {path: list(rows) for path, rows in records.items()}
    for change in changes:
        assert change.file is not None
        assert change.row is not None
        planted[change.file][change.row - 1] = _apply_change(planted, planted[change.file][change.row - 1], change)
    return planted


def _apply_change(planted: dict[str, list[Record]], record: Record, change: Change) -> Record:
    """The row after the change: another row's copy, or the row itself, with other values."""
    if change.copy_of is not None:
        record = planted[change.copy_of["file"]][change.copy_of["row"] - 1]
    values = dict(change.set)
    if other := values.pop("index_number_of", None):
        values["index_number"] = planted[other["file"]][other["row"] - 1].index_number
    return replace(record, **values)


def _records_of(random: Random, county: County, unit: Unit, number: int) -> Iterator[tuple[Record, date]]:
    """As many records as the unit's target, the share of the year gone by and its pace make."""
    elapsed = ((AS_OF - NEW_YEAR).days + 1) / DAYS_OF_YEAR
    wanted = unit.items or round((unit.target or 0) * elapsed * unit.pace)
    days = working_days_between(NEW_YEAR, AS_OF - timedelta(days=1))
    numbers = count(1)
    titles: set[str] = set()
    for serial, made_on in enumerate(sorted(random.choices(days, k=wanted)), start=1):
        title = _title(random, county, unit, made_on, titles)
        changed_on, published_on = _dates(random, made_on)
        yield (
            Record(
                index_number=f"QC{number:02d}/2026-{serial:05d}",
                disclosure_title=title,
                printed_unit_name=unit.name if random.random() < FULL_NAME_SHARE else unit.short,
                document_number=f"栖{unit.mark}发〔2026〕{next(numbers)}号" if title.endswith("通知") else None,
                catalogue_matter=(matter := random.choice(list(county.matters))),
                matter_id=county.matters[matter][serial % len(county.matters[matter])],
                channel=random.choice(county.channels),
                made_on=made_on,
                changed_on=changed_on,
                published_on=published_on,
                url=f"https://qichuan.example/zwgk/{number:02d}/{made_on:%Y%m}/t{made_on:%Y%m%d}_{serial:05d}.html",
                visit_count=random.randrange(3, 900),
                short=unit.short,
            ),
            made_on,
        )


def _title(random: Random, county: County, unit: Unit, made_on: date, used: set[str]) -> str:
    """A title that the unit has not used yet, of the length that titles have."""
    body = unit.name.removeprefix(county.name)
    while True:
        form, subject = random.choice(county.titles), random.choice(unit.subjects)
        title = form.format(month=made_on.month, subject=subject, number=random.randrange(1, 40), body=body)
        if len(title) in TITLE_LENGTHS and title not in used:
            used.add(title)
            return title


def _dates(random: Random, made_on: date) -> tuple[date | None, date | None]:
    """Day of change (for a few) and day of publication, in time, or not yet where that lies beyond the as-of date."""
    wait = min(int(random.expovariate(1 / MEAN_WAIT)), LIMIT - 1)
    published_on = made_on if wait == 0 else working_days_after(made_on, wait)
    changed_on = working_days_after(made_on, wait - 1) if wait > 1 and random.random() < CHANGED_SHARE else None
    if published_on > AS_OF:
        return None, None
    return changed_on, published_on
