"""Redaction of text that is logged, shown or sent: secrets are hidden, and a line with something private is replaced by its kind.

Messages are written to name places and rules and no values. This is the second line of defence: libraries put what they
stumbled over into their errors, and clerks put everything into titles and names of files. `exports/credentials.py` defines what
a secret is; our own errors are free of them from the start (`flows/workspace/errors.py`).
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from exports.catalog import CatalogError
from exports.credentials import without_secrets
from exports.messages import Message
from exports.release.manifest import ReleaseError
from flows.privacy.detect import scan_table
from flows.privacy.kinds import KINDS, SUSPICIOUS
from flows.workspace.errors import GongkaiError
from flows.workspace.printable import printable

TITLES = {kind.name: kind.title for kind in KINDS}
# The scanner's own first pass, in Python's syntax: most texts are passed on without starting DuckDB.
LOOKS_PRIVATE = re.compile(re.sub(r"\\x\{([0-9A-F]{4})\}", r"\\u\1", SUSPICIOUS))


def redacted(words: str) -> str:
    """The words without their secrets, without the lines in which the privacy scanner finds something critical, and with no character that
    steers a terminal. A message stays one, each of its languages for itself.
    """
    if isinstance(words, Message):
        return words.each(redacted)
    words = printable(without_secrets(words))
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
    """Raise an error whose message holds something secret or private as one of the same kind without it. Causes and notes are dropped
    where they hold such text: a traceback would print them, and Prefect sends it away.
    """
    try:
        yield
    except Exception as error:
        words = str(error)
        safe = redacted(words)
        if safe == words and not any(redacted(more) != more for more in _find_attached_texts(error)):
            raise
        safe_error = error if safe == words else _copy_with_message(error, safe)
    else:
        return
    safe_error.__cause__ = safe_error.__context__ = None
    safe_error.__notes__ = []
    raise safe_error  # behind the block: raised within it, the first error would be its context again


def _find_attached_texts(error: BaseException, seen: frozenset[int] = frozenset()) -> Iterator[str]:
    """The texts that are printed with an error beside its own: notes, causes, and members of a group."""
    yield from getattr(error, "__notes__", ())
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for other in (error.__cause__, error.__context__, *members):
        if other is not None and id(other) not in seen:
            yield str(other)
            yield from _find_attached_texts(other, seen | {id(error)})


def redact_logs() -> None:
    """From now on, no log record of this process holds a secret or steers a terminal, whichever library writes it. Calling it again has no effect."""
    make = logging.getLogRecordFactory()
    if not isinstance(make, _RedactingRecords):
        logging.setLogRecordFactory(_RedactingRecords(make))


class _RedactingRecords:
    """Makes log records whose words, arguments and traceback are one safe text."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make

    def __call__(self, *args: Any, **options: Any) -> logging.LogRecord:
        record = self._make(*args, **options)
        try:
            words = record.getMessage()
        except (TypeError, ValueError):  # arguments that do not fit: logging itself says so when it formats them
            return record
        if (safe := printable(without_secrets(words))) != words:
            record.msg, record.args = safe, ()
        if record.exc_info and record.exc_info[1]:
            said = "".join(traceback.format_exception(record.exc_info[1])).rstrip()
            if (safe := printable(without_secrets(said))) != said:
                record.exc_info, record.exc_text = None, safe
        return record


def _copy_with_message(error: Exception, words: str) -> Exception:
    """The same error with another message. Our own keep their class, which decides on retries; others become RuntimeError with their name."""
    if not isinstance(error, GongkaiError | CatalogError | ReleaseError):
        return RuntimeError(f"{type(error).__name__}: {words}")
    safe = type(error).__new__(type(error))
    Exception.__init__(safe, words)
    return safe
