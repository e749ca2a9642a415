"""The digest of code: what a reading, a build and a worker depend on besides their data."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from exports.catalog import PROJECT_ROOT

CODE = tuple(PROJECT_ROOT / room for room in ("flows", "exports", "sql", "expectations"))

SOURCES = {".py", ".yaml", ".sql", ".j2", ".csv", ".parquet"}


@cache
def code_key(*places: Path) -> str:
    """A digest of source code: of every source file and table at or below `places`. New code reads again what old code read."""
    digest = sha256()
    for place in places:
        for path in [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.suffix in SOURCES):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
