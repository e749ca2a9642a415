"""The models that every register has alike: `sql/registers/*.sql.j2`, rendered with the facts of its descriptor.

For a register `x` of records (one with a column printed_unit_name):

    staging.x               staging.sql.j2: its rows with types, coded words as codes, masks put on; what is no date, number or known word
                            is named. Rows that cannot go on are set aside from it (flows/quality/register_rules.py)
    core.x                  core.sql.j2: the others, each once, with unit, term and computed columns
    marts.x                 mart.sql.j2, where the register has a dataset: its columns, of the rows that core.x says are released

and for all registers together:

    staging.record_units    which units they name, for the resolution of names
    core.record_versions    rows of a record that is told more than once: which counts, which repeat it, which it supersedes
    core.record_notices     rows that say that some record may not leave, by its numbers, link, or unit and title
    core.record_matches     which records those rows name
    core.held_names         numbers and titles by which a text quotes what is held
    core.held_corrections   corrections of cells of held records: their values stay in
    core.record_findings    what is wrong with the rows, register by register
    core.register_receipts  one row per record and rule whose term it started
    core.measure_rows       records that measures of scoring schemes count
    core.public_records     records that leave row by row, so that evidence may name them
    core.register_evidence  rows that show how far a unit is with its plan tasks, by the descriptor's `evidence`

A file sql/<layer>/<name>.sql takes the place of the model rendered here. `gongkai sql core.x` prints what runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from exports.catalog import WITHDRAWALS, Catalog, Clock, Column, Dataset, Masked, Register
from flows.warehouse.leaving import ATTRIBUTE, REVIEW, WITHDRAWN
from flows.warehouse.masking import kinds_of, kinds_of_all
from flows.warehouse.measures import measure_facts
from flows.warehouse.person_rows import LINK, STRUCK, UNIT, held_columns, text_columns
from flows.warehouse.predicates import computed_columns, condition
from flows.warehouse.templates import SQL, SUFFIX, render

RELEASED = "is_released"
REVOKED = "revoked_on"
READERS_BY_NAME = {"expires_on": "parse_end_date"}  # of a range the end
READERS = {"date": "parse_date", "integer": "parse_count", "number": "parse_amount", "boolean": "parse_truth"}  # macros of sql/macros.sql
SHARED_LINKS = 5  # a link that more records share (a home page) names none of them
ASKS_A_PERSON = ("not_approved", "contradictory", "unknown_withdrawal", "unknown_attribute", "unknown_review")
LAWFULLY_LATER = {
    "reply_due_on",
    "effective_on",
    "expires_on",
    "repealed_on",
    "starts_on",
    "ends_on",
    "hearing_on",
}  # days of what is to come
CELL_FAULTS = {
    "integer": ("invalid_number", "not_a_number"),
    "number": ("invalid_number", "not_a_number"),
    "boolean": ("unknown_code", "not_yes_or_no"),
    "string": ("unknown_code", "not_a_known_word"),
}


def register_models(catalog: Catalog, folder: Path = SQL) -> dict[str, tuple[str, str]]:
    """Every model of this kind by its name: its template's file, and the text of a model file (first line the grain, then one SELECT).

    Raises:
        ConfigurationError: a template is wrong, or a descriptor names a predicate that there is not.
    """
    records = catalog.records
    facts: dict[str, tuple[str, dict[str, Any]]] = {}
    for name, register in records.items():
        facts[f"staging.{name}"] = ("staging", _staging(name, register, catalog))
        facts[f"core.{name}"] = ("core", _core(name, register, folder))
        if name in catalog.datasets:
            facts[f"marts.{name}"] = ("mart", _mart(catalog.datasets[name], register))
    versions = [_version_facts(name, register, catalog.columns) for name, register in records.items()]
    known_by = [_identity(name, register) for name, register in records.items()]
    facts |= {
        "staging.record_units": ("record_units", {"records": list(records)}),
        "core.record_versions": ("record_versions", {"registers": versions}),
        "core.record_notices": ("record_notices", {"registers": _noticed(known_by)}),
        "core.record_matches": ("record_matches", {"registers": _matched(known_by), "shared_links": SHARED_LINKS}),
        "core.held_names": ("held_names", {"registers": _matched(known_by)}),
        "core.held_corrections": ("held_corrections", {"registers": known_by}),
        "core.record_findings": ("record_findings", _findings(records, catalog.columns)),
        "core.register_receipts": ("register_receipts", {"rules": list(_clock_rules(records, folder))}),
        "core.unjudged_clocks": ("unjudged_clocks", _clock_columns(records, catalog.columns)),
        "core.measure_rows": ("measure_rows", measure_facts(catalog, folder)),
        "core.public_records": ("public_records", {"registers": list(_public(records, catalog, folder))}),
        "core.register_evidence": ("register_evidence", {"rules": list(_evidence(records))}),
    }
    return {name: (f"sql/registers/{template}{SUFFIX}", render(template, folder, **given)) for name, (template, given) in facts.items()}


def _staging(name: str, register: Register, catalog: Catalog) -> dict[str, Any]:
    """Types by the dictionary; masks by the descriptor of the dataset, so that no later model sees what they hide."""
    columns = [catalog.columns[column] for column in register.column_names]
    dataset = catalog.datasets.get(name)
    cells = [_cell(column) for column in columns]
    names = set(register.column_names) if name != WITHDRAWALS else set()
    has = {"attribute": ATTRIBUTE in names, "review": REVIEW in names, "withdrawn": WITHDRAWN in names, "revoked": REVOKED in names}
    contradictions = _contradictions(names)
    holds = [f"{kind}_hold" for kind, is_there in (*has.items(), ("contradiction", bool(contradictions))) if is_there]
    return {
        "name": name,
        "id": register.id,
        "columns": cells,
        "checked": [cell for cell in cells if cell["reader"] or cell["codes"]],
        "mask": _mask(register, dataset, columns),
        "has": has,
        "contradictions": contradictions,
        "holds": holds,
        "is_withdrawals": name == WITHDRAWALS,
        "key": register.key,
        "required_key": [column for column in register.key if column in register.required_headers],
        "key_otherwise": register.key_otherwise or register.column_names,
    }


def _clock_columns(records: Mapping[str, Register], columns: Mapping[str, Column]) -> dict[str, Any]:
    """The columns by which each term is judged: of the deed, and of the days that may start it."""
    terms: dict[tuple[str, str, str, bool], list[str]] = {}
    for name, register in records.items():
        for clock in register.clocks:
            terms.setdefault((name, clock.rule, clock.done, clock.is_main), []).append(clock.start)
    named = {column for (_, _, done, _), starts in terms.items() for column in (done, *starts)}
    return {
        "terms": [
            dict(zip(("register", "rule", "done", "is_main", "starts"), (*key, starts), strict=True)) for key, starts in terms.items()
        ],
        "titles": [(column, columns[column].title.zh) for column in sorted(named)],
    }


def _cell(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "reader": None if column.enum else READERS_BY_NAME.get(column.name, READERS.get(column.type)),
        "codes": column.enum or (),
        "is_date": column.type == "date",
        "is_attribute": column.name == ATTRIBUTE,
    }


def _contradictions(names: set[str]) -> list[str]:
    """The columns with reasons that the rest of a row may contradict."""
    needed = {"withdrawal_reason": {WITHDRAWN}, "revocation_reason": {REVOKED, WITHDRAWN}, "withheld_reason": {ATTRIBUTE}}
    return [reason for reason, others in needed.items() if {reason} | others <= names]


def _mask(register: Register, dataset: Dataset | None, columns: Sequence[Column]) -> dict[str, Any]:
    """What the masks of a dataset hide: `by_name` the party whose name is masked, `removed` what goes, `texts` where names may stand."""
    masks = dataset.masked if dataset else ()
    by_name = next((mask for mask in masks if mask.by == "name"), None)
    texts = [column for column in text_columns(columns) if column not in {mask.column for mask in masks}]
    held = held_columns(register, dataset, text_columns(columns)) if dataset and masks else []
    return {
        "by_name": _rule(by_name) if by_name else None,
        "removed": [_rule(mask) for mask in masks if mask is not by_name],
        "kinds": kinds_of_all(masks),
        "texts": texts,
        "said": [column for column in texts if column != LINK],
        "proven": [column for column in texts if column in held],
        "struck": STRUCK,
    }


def _rule(mask: Masked) -> dict[str, Any]:
    return {"column": mask.column, "by": mask.by, "kinds": kinds_of(mask)}


def _core(name: str, register: Register, folder: Path) -> dict[str, Any]:
    unit = register.column_names.index(UNIT) + 1
    return {
        "name": name,
        "id": register.id,
        "before": register.column_names[:unit],
        "after": register.column_names[unit:],
        "computed": computed_columns(name, register, folder),
        "clocks": [_clock(name, register, clock, folder) for clock in register.clocks if clock.is_main],
    }


def _clock(name: str, register: Register, clock: Clock, folder: Path) -> dict[str, Any]:
    return {"rule": clock.rule, "start": clock.start, "done": clock.done, "when": condition(name, register, clock.when, folder)}


def _mart(dataset: Dataset, register: Register) -> dict[str, Any]:
    """The columns that the descriptor names, of released rows: of all that nothing holds, where the register computes no `is_released`."""
    return {
        "name": dataset.name,
        "grain": dataset.grain.en,
        "columns": dataset.column_names,
        "has_released": RELEASED in register.computed,
    }


def _version_facts(name: str, register: Register, columns: Mapping[str, Column]) -> dict[str, Any]:
    days = [column for column in register.column_names if columns[column].type == "date"]
    return {"name": name, "id": register.id, "columns": register.column_names, "days": register.versioned_by or days}


def _identity(name: str, register: Register) -> dict[str, Any]:
    """By what records of a register are named. The register of withdrawals names others by its first number."""
    is_withdrawals = name == WITHDRAWALS
    return {
        "name": name,
        "id": register.id,
        "numbers": register.identified_by[:1] if is_withdrawals else register.identified_by,
        "titles": register.titles,
        "title": register.titles[0] if register.titles else None,
        "has_url": "url" in register.column_names,
        "is_withdrawals": is_withdrawals,
    }


def _noticed(registers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The register of withdrawals first, then those whose records another row can name."""
    first = [register for register in registers if register["is_withdrawals"]]
    return first + [register for register in registers if not register["is_withdrawals"] and (register["titles"] or register["has_url"])]


def _matched(registers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [register for register in registers if not register["is_withdrawals"]]


def _findings(records: Mapping[str, Register], columns: Mapping[str, Column]) -> dict[str, Any]:
    registers = [
        {
            "name": name,
            "id": register.id,
            "is_withdrawals": name == WITHDRAWALS,
            "cell_faults": list(_cell_faults(register, columns)),
            "record_faults": list(_record_faults(register, columns)),
            "missing": list(_missing(register)),
            "days": [{"column": day, "title": columns[day].title.zh} for day in _days_of_deeds(register, columns)],
        }
        for name, register in records.items()
    ]
    return {"registers": registers, "asks_a_person": ASKS_A_PERSON}


def _missing(register: Register) -> Iterator[dict[str, Any]]:
    """Of each fault that nothing is filled in, the columns of which one must be (flows/quality/register_rules.py)."""
    for name in dict.fromkeys([*register.required_headers, *register.filled]):
        yield {"kind": f"missing_{name}", "columns": [name]}
    for group in register.either:
        yield {"kind": f"missing_{group[-1]}", "columns": group}


def _days_of_deeds(register: Register, columns: Mapping[str, Column]) -> list[str]:
    return [name for name in register.column_names if columns[name].type == "date" and name not in LAWFULLY_LATER]


def _cell_faults(register: Register, columns: Mapping[str, Column]) -> Iterator[dict[str, Any]]:
    """Cells that a row can do without: what stands in them is no number or known word, and is left out."""
    for column in (columns[name] for name in register.column_names):
        if column.type != "date" and (column.type != "string" or column.enum):
            kind, text = CELL_FAULTS[column.type]
            yield _fault("cell", kind, column, text)


def _record_faults(register: Register, columns: Mapping[str, Column]) -> Iterator[dict[str, Any]]:
    yield {"rule": "unit", "kind": "unknown_unit", "column": UNIT}
    for earlier, later in register.orders:
        yield _fault("order", f"{_event(later)}_before_{_event(earlier)}", columns[later], "before", columns[earlier])
    for day, reason in register.reasons:
        yield _fault("reason", f"{_event(day)}_without_reason", columns[reason], "without_reason", columns[day])


def _fault(rule: str, kind: str, column: Column, text: str, other: Column | None = None) -> dict[str, Any]:
    names = {"other": other.name if other else None, "other_title": other.title.zh if other else None}
    return {"rule": rule, "kind": kind, "column": column.name, "title": column.title.zh, "text": text, **names}


def _event(day: str) -> str:
    return day.removesuffix("_on")


def _clock_rules(records: Mapping[str, Register], folder: Path) -> Iterator[dict[str, Any]]:
    """For each register and rule its clocks: the first whose condition holds is the one that runs."""
    for name, register in records.items():
        for rule, clocks in groupby(sorted(register.clocks, key=lambda clock: clock.rule), key=lambda clock: clock.rule):
            yield {
                "register": name,
                "id": register.id,
                "rule": rule,
                "clocks": [_clock(name, register, clock, folder) for clock in clocks],
            }


def _public(records: Mapping[str, Register], catalog: Catalog, folder: Path) -> Iterator[dict[str, Any]]:
    """The registers whose rows leave one by one, and by which condition, as in their marts. Where a mart is written by hand, other conditions hold."""
    for name, register in records.items():
        if name in catalog.datasets and not (folder / "marts" / f"{name}.sql").exists():
            days = [column.name for column in catalog.datasets[name].columns if column.type == "date"]
            yield {"name": name, "id": register.id, "has_released": RELEASED in register.computed, "days": days}


def _evidence(records: Mapping[str, Register]) -> Iterator[dict[str, Any]]:
    for name, register in records.items():
        for rule in register.evidence:
            yield {
                "register": name,
                "id": register.id,
                "rule": rule.rule,
                "completes": rule.completes,
                "dated_by": rule.dated_by,
                "title": rule.title.zh,
            }
