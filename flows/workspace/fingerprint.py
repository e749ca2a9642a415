"""The digest of code: part of the cache key of a reading, a build and a worker, besides their data."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from exports.catalog import PROJECT_ROOT

CODE = tuple(PROJECT_ROOT / folder for folder in ("flows", "exports", "sql", "expectations"))

SOURCES = {".py", ".yaml", ".sql", ".j2", ".csv", ".parquet", ".html", ".xml", ".css", ".js"}


@cache
def code_key(*places: Path) -> str:
    """A digest of every source file and table at or below `places`, of 32 hexadecimal digits: fewer may look like a telephone number.

    Changed code invalidates what older code read.
    """
    digest = sha256()
    for place in places:
        for path in [place] if place.is_file() else sorted(p for p in place.rglob("*") if p.suffix in SOURCES):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:32]
