"""Registers of the sample, each described by one file of `registers/`: which rows it has, what they hold, how they are sent.

A description says
    key       the column that identifies its records, if one does
    order     the column by whose days the rows are ordered; drawn first, so that numbers run with the days
    rows      records by unit (its short name) or by group of units: departments, towns, all of these
    of        instead: a record for each row of another register that its `where` fits; that row's columns can be used
    columns   what each column holds (`draw.py`), in the order in which they are drawn; what no file names stays inside
    records   literal records, of a unit or of each of a group, beside or instead of drawn ones;
              `each: {column: [values]}` makes one for each value
    opening   of an event log: the steps with which every story begins
    stories   of an event log: what may happen to a record, each with its `share` and its `steps`
    events    of an event log: what the columns of an event of a kind hold beside the record's own
    files     how they are sent (`formats.py`); a row goes into the first file whose `where` fits it

A step of a story is [kind of event, at least, at most so many working days after the step before]; columns set in it and
the records that take it may follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from random import Random
from typing import Any

from flows.sample.county import HERE, County, Unit, read_yaml
from flows.sample.days import AS_OF, working_days_after
from flows.sample.draw import Row, draw
from flows.sample.faults import Change
from flows.sample.formats import RegisterFile

FOLDER = HERE / "registers"
Rows = Mapping[str, list[Row]]


@dataclass(frozen=True)
class SampleRegister:
    """A register as its description defines it; see this module's docstring for the keys."""

    name: str
    files: Mapping[str, RegisterFile]
    key: str | None = None
    order: str | None = None
    rows: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Any] = field(default_factory=dict)
    records: Sequence[Mapping[str, Any]] = ()
    of: Mapping[str, Any] = field(default_factory=dict)
    opening: Sequence[Any] = ()
    stories: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, Any] = field(default_factory=dict)

    def rows_of(self, unit: Unit) -> int:
        """How many records the unit has: the number for the unit takes precedence over that for its group."""
        names = [unit.short, unit.group, *(["all"] if unit.target else [])]
        return next((self.rows[name] for name in names if name in self.rows), 0)


def read_registers() -> list[SampleRegister]:
    return [_read_description(path.stem, read_yaml(path)) for path in sorted(FOLDER.glob("*.yaml"))]


def _read_description(name: str, facts: dict[str, Any]) -> SampleRegister:
    files = {file["path"]: RegisterFile(**file) for file in facts.pop("files")}
    return SampleRegister(name, files, **facts)


def draw_rows(register: SampleRegister, county: County, seed: int, others: Rows) -> Iterator[Row]:
    """The register's rows; `others` are those of the registers that it may be `of`."""
    random = Random(f"{seed} {register.name}")  # noqa: S311 - the same county each time is the point
    yield from _draw_records(random, register, county)
    yield from _draw_following(random, register, county, others)
    yield from _draw_literal(random, register, county)


def apply_changes(register: SampleRegister, county: County, seed: int, rows: list[Row], changes: Sequence[Change]) -> list[Row]:
    """The rows with every change made: those that a `where` fits rewritten or removed, records of a `unit` added."""
    for change in changes:
        rows = _apply_change(seed, register, county, rows, change)
    return rows


def _draw_records(random: Random, register: SampleRegister, county: County) -> Iterator[Row]:
    for unit in county.units:
        for serial, given in enumerate(_starts(random, register, unit), start=1):
            record = _record(random, register, unit, {"serial": serial} | given)
            yield from _versions_of(random, register, record) if register.stories else [record]


def _starts(random: Random, register: SampleRegister, unit: Unit) -> list[Row]:
    """The days of the column by which rows are ordered, sorted, so that numbers run with them."""
    number, order = register.rows_of(unit), register.order
    if order is None:
        return [{} for _ in range(number)]
    return [{order: start} for start in sorted(draw(random, register.columns[order], {"short": unit.short}) for _ in range(number))]


def _draw_following(random: Random, register: SampleRegister, county: County, others: Rows) -> Iterator[Row]:
    """A record for each row of the register that this one is about."""
    for row in others.get(register.of.get("register", ""), []):
        if all(row[column] == value for column, value in register.of["where"].items()):
            yield _record(random, register, county.named(row["short"])[0], {}, row)


def _draw_literal(random: Random, register: SampleRegister, county: County) -> Iterator[Row]:
    for serial, given in enumerate(register.records, start=1):
        each = given.get("each", {"serial": [serial]})
        for unit, (column, values) in product(county.named(given["unit"]), each.items()):
            for value in values:
                yield _record(random, register, unit, {"serial": serial} | dict(given) | {column: value})


def _record(random: Random, register: SampleRegister, unit: Unit, given: Row, about: Row | None = None) -> Row:
    """One record of the unit, `about` a row of another register: given values are kept, all others are drawn to fit them."""
    facts = {"name": unit.name, "short": unit.short, "mark": unit.mark, "subject": random.choice(unit.subjects or ("工作",))}
    row = (about or {}) | facts
    columns = {column: wanted for column, wanted in given.items() if column not in {*register.columns, "unit", "each"}} | dict(
        register.columns
    )
    for column, wanted in columns.items():
        row[column] = draw(random, given.get(column, wanted), row)
    return row


def _versions_of(random: Random, register: SampleRegister, record: Row) -> Iterator[Row]:
    """The record's events, as far as they have happened by the as-of date."""
    assert register.order is not None
    names = list(register.stories)
    story = random.choices(names, [register.stories[name]["share"] for name in names])[0]
    day = record[register.order]
    for number, (kind, least, most, *more) in enumerate([*register.opening, *register.stories[story]["steps"]], start=1):
        given, where = [*more, {}, {}][:2]
        if not all(record[column] in values for column, values in where.items()):
            continue
        day = working_days_after(day, random.randint(least, most))
        if day > AS_OF:
            return
        yield _event(random, register, record, kind, day, given) | {"event_number": number}


def _event(random: Random, register: SampleRegister, record: Row, kind: str, day: date, given: Mapping[str, Any]) -> Row:
    row = record | {"event_kind": kind, "event_on": day, "year": day.year, "half": (day.month + 5) // 6}
    for column, wanted in register.events.get(kind, {}).items():
        row[column] = given[column] if column in given else draw(random, wanted, row)
    return row | dict(given)


def _apply_change(seed: int, register: SampleRegister, county: County, rows: list[Row], change: Change) -> list[Row]:
    if change.unit is not None:
        return rows + list(_add_records(seed, register, county.named(change.unit)[0], change))
    fits = [all(row.get(column) == value for column, value in change.where.items()) for row in rows]
    assert any(fits), f"{register.name}: no row fits {change.where}"
    return [row | dict(change.set) if hit else row for row, hit in zip(rows, fits, strict=True) if not (hit and change.gone)]


def _add_records(seed: int, register: SampleRegister, unit: Unit, change: Change) -> Iterator[Row]:
    random = Random(f"{seed} {register.name} {change.set}")  # noqa: S311 - of its own, so that no planted record changes another
    record = _record(random, register, unit, {"serial": 900 + change.number} | dict(change.set))
    if not register.stories:
        yield record
    for number, (kind, day, *given) in enumerate(change.events, start=1):
        yield _event(random, register, record, kind, day, given[0] if given else {}) | {"event_number": number}


def rows_by_file(register: SampleRegister, rows: list[Row]) -> dict[str, list[Row]]:
    """Rows by the path of the file that holds them, in the order of their days."""
    found: dict[str, list[Row]] = {path: [] for path in register.files}
    for row in rows:
        path = next(path for path, file in register.files.items() if file.takes(row))
        found[path].append(row)
    order = "event_on" if register.stories else register.order
    return {path: sorted(held, key=lambda row: str(row[order])) if order else held for path, held in found.items()}
