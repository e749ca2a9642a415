"""The kinds of sources that can be read, and the part of the raw store that each reader fills."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from exports.catalog import Catalog
from flows.sources.registers.statements import TABLES as STATEMENT_TABLES
from flows.sources.store import Store
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.fingerprint import code_key
from flows.workspace.settings import Workspace

PLANS = "plans"


READ_BY = {
    "columns",
    "required_headers",
    "refused",
    "leaves",
    "identified_by",
    "titles",
}  # what of a register's descriptor its reader goes by


SOURCES = Path(__file__).resolve().parent


def stores_of(workspace: Workspace, catalog: Catalog) -> Mapping[str, Store]:
    """A store for each kind of source that the settings name, keyed by the code and facts that read it."""
    kinds = {source.kind for source in workspace.settings.sources}
    if not kinds:
        place = f"{workspace.root / 'gongkai.yaml'}: sources"
        raise ConfigurationError(finding(place, "none", "at least one source", "See docs/settings.md."))
    if unknown := sorted(kinds - {PLANS, *catalog.registers}):
        place = f"{workspace.root / 'gongkai.yaml'}: sources: kind"
        expected = f"one of {', '.join([PLANS, *catalog.registers])}"
        raise ConfigurationError(finding(place, unknown[0], expected, "Registers are the datasets with a `register` in exports/."))
    return {kind: Store.of(workspace.raw, kind, reader_key(kind, catalog)) for kind in kinds}


def reader_key(kind: str, catalog: Catalog) -> str:
    """What the reading of a kind depends on besides the bytes: its reader's code, and for a register its descriptor."""
    if kind == PLANS:
        recogniser = _recogniser()  # with it scans are read that were rejected without
        key = code_key(SOURCES / "plans")
        return key[:8] + _short_digest(recogniser) if recogniser else key
    facts = json.dumps(catalog.registers[kind].model_dump(include=READ_BY), sort_keys=True)
    code = code_key(SOURCES / "registers", *STATEMENT_TABLES)
    return code[:8] + _short_digest(facts)


def _recogniser() -> str:
    """The version of the extra that reads scans, "" where it is not installed."""
    try:
        return version("rapidocr")
    except PackageNotFoundError:
        return ""


def _short_digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:8]
