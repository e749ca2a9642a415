"""Words that are logged, shown or sent: a line that holds something private says only that it does, and of what kind.

Messages are written to name places and rules and no values. This is the second line of defence: libraries put what they
stumbled over into their errors, and clerks put everything into titles and names of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from exports.catalog import CatalogError
from exports.manifest import ReleaseError
from flows.errors import GongkaiError
from flows.privacy import scan_table
from flows.privacy_kinds import KINDS, SUSPICIOUS

TITLES = {kind.name: kind.title for kind in KINDS}
# The scanner's own first pass, in Python's spelling: most words are passed on without waking DuckDB.
LOOKS_PRIVATE = re.compile(re.sub(r"\\x\{([0-9A-F]{4})\}", r"\\u\1", SUSPICIOUS))


def redacted(words: str) -> str:
    """The words without the lines in which the privacy scanner finds something critical."""
    if not LOOKS_PRIVATE.search(words):
        return words
    lines = words.split("\n")
    with duckdb.connect() as connection:
        connection.execute("create table said as select unnest($1::varchar[]) as line", [lines])
        for found in scan_table(connection, "said", most_rows=len(lines)):
            for row in found.rows if found.severity == "critical" else ():
                lines[row - 1] = f"［含个人信息，已隐去 withheld: {TITLES[found.kind]}］"
    return "\n".join(lines)


@contextmanager
def redacted_errors() -> Iterator[None]:
    """An error whose words hold something private is raised as one of the same kind whose words do not, and without its cause."""
    try:
        yield
    except Exception as error:
        words = str(error)
        safe = redacted(words)
        if safe == words:
            raise
        raise _like(error, safe) from None


def _like(error: Exception, words: str) -> Exception:
    """Errors of ours keep their meaning for the run (worth another try, or not); others are told by their name."""
    if not isinstance(error, GongkaiError | CatalogError | ReleaseError):
        return RuntimeError(f"{type(error).__name__}: {words}")
    safe = type(error).__new__(type(error))
    Exception.__init__(safe, words)
    return safe
