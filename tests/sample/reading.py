"""The sample's inbox read without any of the code that wrote it, or that reads it for the pipeline."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import yaml
from chinese_calendar import is_workday

from exports.catalog import Register, fold_header, load_catalog
from flows.sample import sample_settings
from flows.workspace.settings import read_settings

PROJECT_ROOT = Path(__file__).resolve().parents[2]
SAMPLE = PROJECT_ROOT / "flows" / "sample"
Place = tuple[str, int | None]
Row = dict[str, Any]
Finding = tuple[str, str | None, str | Place]


@dataclass(frozen=True)
class Inbox:
    """`registers`: rows by register and place (address of the file, 1 for the first row below the header)."""

    folder: Path
    registers: dict[str, dict[Place, Row]]
    known_names: dict[str, str]

    @property
    def disclosures(self) -> dict[Place, Row]:
        return self.registers["disclosures"]


def read_inbox(folder: Path) -> Inbox:
    registers: dict[str, dict[Place, Row]] = {}
    for source in yaml.safe_load(sample_settings())["sources"]:
        register, name = load_catalog().registers.get(source["kind"]), source["name"]
        if register is not None:
            rows = registers.setdefault(source["kind"], {})
            for path in sorted((folder / name).iterdir()):
                rows |= {(f"{name}/{path.name}", number): row for number, row in enumerate(read_rows(path, register), start=1)}
    return Inbox(folder, registers, known_names(folder / "units"))


@cache
def read_listed() -> dict[str, Any]:
    facts: dict[str, Any] = yaml.safe_load((SAMPLE / "faults.yaml").read_text("utf-8"))
    return facts


def read_rows(path: Path, register: Register) -> list[Row]:
    """Rows under the register's column names; unknown columns are left out, surplus cells are kept as `surplus`."""
    lines = table(path)
    names = register.names_by_header
    at = next((number for number, line in enumerate(lines) if sum(fold_header(str(cell)) in names for cell in line) > 1), None)
    if at is None:
        return []
    columns = [names.get(fold_header(str(cell)), "?") for cell in lines[at]]
    return [
        {column: cell if cell != "" else None for column, cell in zip([*columns, "surplus"], line, strict=False)}
        for line in lines[at + 1 :]
    ]


def table(path: Path) -> list[list[Any]]:
    """Every line of a file as cells, title lines and header included."""
    if path.suffix == ".parquet":
        return records(pq.read_table(path).to_pylist())
    if path.suffix == ".xlsx":
        return [
            [cell.date() if isinstance(cell, datetime) else cell for cell in line]
            for line in openpyxl.load_workbook(path).worksheets[0].values
        ]
    text = decoded(path.read_bytes())
    if path.suffix == ".json":
        return records(json.loads(text))
    if path.suffix == ".ndjson":
        return records([json.loads(line) for line in text.splitlines()])
    return [*csv.reader(io.StringIO(text, newline=""), delimiter="\t" if path.suffix == ".tsv" else ",")]


def records(rows: list[Row]) -> list[list[Any]]:
    return [[*rows[0]], *([*row.values()] for row in rows)] if rows else []


def decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def known_names(folder: Path) -> dict[str, str]:
    """Every name in the unit lists with the full name of its unit."""
    pairs: dict[str, str] = {}
    for path in folder.iterdir():
        for row in csv.reader(path.read_text("utf-8-sig").splitlines()[1:]):
            pairs |= dict.fromkeys(row, row[0])
    return pairs


def day(value: object) -> date | None:
    """The day a cell names, None where it is empty; a ValueError where it names no day."""
    if value is None or isinstance(value, date):
        return value
    numbers = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", str(value))
    if numbers is None:
        raise ValueError(f"{value} is no date")
    return date(*map(int, numbers.groups()))


@cache
def due(start: date, working_days: int = 20) -> date:
    """The working day `working_days` later, the first day not counted; counted one by one."""
    counted = 0
    while counted < working_days:
        start += timedelta(days=1)
        counted += is_workday(start)
    return start


def working_days_between(start: date, end: date) -> int:
    return sum(is_workday(start + timedelta(days=passed)) for passed in range(1, (end - start).days + 1))


@cache
def as_of() -> date:
    found = read_settings(SAMPLE / "settings.yaml").as_of
    assert found is not None
    return found


@cache
def key_of(register: str) -> str | None:
    """The column that identifies the register's records, if one does."""
    key = yaml.safe_load((SAMPLE / "registers" / f"{register}.yaml").read_text("utf-8")).get("key")
    return None if key is None else str(key)


def of_disclosures(kinds: dict[str, Any]) -> dict[str, list[Row]]:
    """The entries listed for rows of the disclosures, by kind."""
    return {kind: rows for kind, facts in kinds.items() if (rows := [row for row in facts.get("rows", []) if "row" in row])}


def place_of(listed_row: Row) -> Place:
    return listed_row["file"], listed_row["row"]


def says(row: Row, facts: dict[str, Any]) -> bool:
    """Whether the row has these values, in the columns that it has."""
    return all((day(row[column]) if isinstance(value, date) else row[column]) == value for column, value in facts.items() if column in row)


def identity(inbox: Inbox, register: str | None, place: Place) -> str | Place:
    """The identity of a record: its number, or its place where its register gives none."""
    key = key_of(register) if register else None
    return str(inbox.registers[str(register)][place][key]) if key else place


def identity_of(inbox: Inbox, entry: dict[str, Any]) -> str | Place:
    """The identity of a listed entry."""
    if "row" in entry:
        return place_of(entry)
    register = entry["register"]
    if key := key_of(register):
        return str((entry.get("where", {}) | entry.get("set", {}))[key])
    facts = entry.get("where", {}) | entry.get("set", {})
    return next(place for place, row in inbox.registers[register].items() if says(row, facts))


def expected_findings(inbox: Inbox) -> set[Finding]:
    """Every fault that a run must report, as (kind, rule of the expired term, record)."""
    found: set[Finding] = set()
    for kind, facts in expected("finding").items():
        for entry in facts.get("rows", []):
            finding = {"finding_kind": kind} | facts.get("found_as", {}) | entry.get("finds", {})
            found.add((finding["finding_kind"], finding.get("rule_id"), identity_of(inbox, entry)))
            if also := finding.get("also"):
                found.add((also["finding_kind"], also["rule_id"], identity_of(inbox, entry)))
        found |= {(kind, None, (place["file"], None)) for place in facts.get("files", [])}
    return found


def expected(of: str) -> dict[str, dict[str, Any]]:
    """The kinds of fault that a run must treat this way: `finding`, `not_released`, `reject`."""
    return {kind: facts for kind, facts in read_listed()["faults"].items() if facts["expects"] == of}


def answers_to_find(inbox: Inbox) -> dict[str, list[str]]:
    """A word of each answer that an auditor's question must have, by question."""
    words: dict[str, list[str]] = {name: [*answers] for name, answers in read_listed()["audits"].items()}
    for facts in read_listed()["faults"].values():
        if question := facts.get("found_as", {}).get("audit"):
            words.setdefault(question, []).extend(answer_of(inbox, entry) for entry in facts["rows"])
    return words


def answer_of(inbox: Inbox, entry: dict[str, Any]) -> str:
    if "row" in entry:
        return str(inbox.disclosures[place_of(entry)]["index_number"])
    return str(entry.get("finds", {}).get("answer") or identity_of(inbox, entry))
