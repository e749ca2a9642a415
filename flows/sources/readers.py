"""The kinds of sources that can be read, and the part of the raw store that each reader fills."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from exports.catalog import Catalog
from exports.messages import Message, _, listed
from flows.sources.registers.statements import TABLES as STATEMENT_TABLES
from flows.sources.store import Store
from flows.sources.tables.code_words import code_words
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.fingerprint import code_key
from flows.workspace.limits import Limits
from flows.workspace.settings import Workspace

PLANS = "plans"


READ_BY = {
    "columns",
    "required_headers",
    "refused",
    "leaves",
    "identified_by",
    "titles",
    "typed",
    "told_by_header",
    "ledger",
}  # what of a register's descriptor its reader goes by


_OF_READING = {"memory_gb", "seconds"}  # limits on which a reading depends

SOURCES = Path(__file__).resolve().parent


def stores_of(workspace: Workspace, catalog: Catalog) -> Mapping[str, Store]:
    """A store for each source of the settings by its name, keyed by the code and facts that read it.

    Raises:
        ConfigurationError: a source's kind is neither `plans` nor a register, none is named, or `columns` names a column that there is not.
    """
    kinds = {source.kind for source in workspace.settings.sources}
    if not kinds:
        raise ConfigurationError(finding(_place(workspace, "sources"), _("none"), _("at least one source"), _("See docs/settings.md.")))
    if unknown := sorted(kinds - {PLANS, *catalog.registers}):
        place, expected = _place(workspace, "sources: kind"), _("one of {expected}", expected=listed([PLANS, *catalog.registers]))
        raise ConfigurationError(finding(place, unknown[0], expected, _("Registers are the datasets with a `register` in exports/.")))
    _require_columns(workspace, catalog)
    return {s.name: store_of(workspace, catalog, s.name, s.kind) for s in workspace.settings.sources}


def store_of(workspace: Workspace, catalog: Catalog, source: str, kind: str) -> Store:
    """The store in which the files of a source are read."""
    key = reader_key(kind, catalog, mapping_of(workspace, source))
    taken = workspace.settings.limits.model_dump(include=_OF_READING)
    if taken != Limits().model_dump(include=_OF_READING):  # what one limit refuses another may let through
        key = key[:8] + _short_digest(f"{key} {taken}")
    return Store.of(workspace.raw, kind, key)


def mapping_of(workspace: Workspace, source: str) -> Mapping[str, str]:
    """What the settings say of a source's headers: header -> column."""
    return next((each.columns for each in workspace.settings.sources if each.name == source), {})


def _require_columns(workspace: Workspace, catalog: Catalog) -> None:
    for source in workspace.settings.sources:
        known = _columns_of(catalog, source.kind)
        if unknown := sorted({column for column in source.columns.values() if column} - set(known)):
            place = _place(workspace, f"sources: {source.name}: columns")
            expected = (
                _("a column of {register}: {columns}", register=source.kind, columns=listed(known))
                if known
                else _("no mapping: plans have no columns")
            )
            raise ConfigurationError(finding(place, unknown[0], expected, _("See docs/settings.md.")))


def _place(workspace: Workspace, keys: str) -> Message:
    return _("{path}: {place}", path=workspace.root / "gongkai.yaml", place=keys)


def _columns_of(catalog: Catalog, kind: str) -> list[str]:
    """What a header of a source may stand for: a column of its register, or of the ledger of whole cases that it may be read from."""
    register = catalog.registers.get(kind)
    if register is None:
        return []
    return list(dict.fromkeys([*register.column_names, *(register.cases.column_names if register.cases else [])]))


def reader_key(kind: str, catalog: Catalog, columns: Mapping[str, str] | None = None) -> str:
    """What the reading of a kind depends on besides the bytes: its reader's code, and for a register its descriptor and what the settings
    of the source say of its headers. A file's name is no part of it: what a file holds is told by its bytes.
    """
    if kind == PLANS:
        recogniser = _recogniser()  # with it scans are read that were rejected without
        key = code_key(SOURCES / "plans", SOURCES / "plan_child.py", SOURCES / "tables" / "cleaning.py")
        return key[:8] + _short_digest(recogniser) if recogniser else key
    register = catalog.registers[kind]
    also = [register.key, [clock.start for clock in register.clocks], *(code_words(rule.column) for rule in register.told_by_header)]
    facts = json.dumps([register.model_dump(include=READ_BY), also], sort_keys=True, ensure_ascii=False)
    if columns:
        facts += json.dumps(sorted(columns.items()), ensure_ascii=False)
    code = code_key(SOURCES / "registers", SOURCES / "tables", *STATEMENT_TABLES)
    return code[:8] + _short_digest(facts)


def _recogniser() -> str:
    """The version of the extra that reads scans, "" where it is not installed."""
    try:
        return version("rapidocr")
    except PackageNotFoundError:
        return ""


def _short_digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]
