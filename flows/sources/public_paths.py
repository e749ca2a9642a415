"""The public form of a source's path: a file may be released whose name tells of a person, its name may not.

What identifies somebody in a path is replaced by its kind, and the first digits of the file's SHA-256 keep the path unique. They
are those of the content that was first seen there, so that a file keeps its public path when its content changes; a digest of the
path itself would give the number away to whoever tries all numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import PurePosixPath

import duckdb

from exports.messages import _
from flows.privacy.detect import SEVERITY, TITLES, scan_table
from flows.privacy.kinds import SUSPICIOUS
from flows.sources.ledger import Entry

LOOKS_PRIVATE = re.compile(SUSPICIOUS)
DIGEST_SIGNS = 8
_PIECES = re.compile(r"([/\\()（）\[\]【】《》〔〕，,、；;：:？?&=\s]+)")


def public_paths(entries: Iterable[Entry]) -> dict[str, str]:
    """Ledger paths that hold a critical identifier, each with its public form; paths that hold none are left out."""
    first: dict[str, str] = {}
    for entry in entries:
        if entry.sha256 and LOOKS_PRIVATE.search(entry.path):
            first.setdefault(entry.path, entry.sha256)
    return dict(_named(tuple(first.items())))


def notices(paths: Mapping[str, str], last: Mapping[str, Entry]) -> Iterator[str]:
    """One line per file in the inbox whose name holds an identifier: its public name, its digest, what to do."""
    for path, public in sorted(paths.items(), key=lambda pair: pair[1]):
        entry = last.get(path)
        if entry and entry.sha256:
            file = f"{public} (SHA-256 {entry.sha256[:DIGEST_SIGNS]})"
            yield _("{file}: the file's name holds personal data: its rows go on, its name does not; rename it", file=file)


def public_names(names: Sequence[str]) -> list[str]:
    """Names of the sheets of one workbook, what identifies somebody in them replaced by its kind; they differ as before."""
    shown: list[str] = []
    for name, kind in zip(names, _kinds(names), strict=True):
        plain = public = "".join(_masked(name)) if kind else name
        count = 1
        while kind and (public in shown or public in names):
            count += 1
            public = f"{plain} ({count})"
        shown.append(public)
    return shown


@cache
def _named(first: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    taken: dict[str, str] = {}
    for path in [path for (path, _digest), kind in zip(first, _kinds([path for path, _digest in first]), strict=True) if kind]:
        masked, suffix = _masked(path)
        name = plain = f"{masked}-{dict(first)[path][:DIGEST_SIGNS]}"
        count = 1
        while f"{name}{suffix}" in taken.values():
            count += 1
            name = f"{plain}-{count}"
        taken[path] = f"{name}{suffix}"
    return tuple(taken.items())


def _masked(path: str) -> tuple[str, str]:
    """The path without its suffix, and the suffix. Pieces that hold an identifier are replaced; where only several together
    do, the name is, and where that is not enough, all but the first folder.
    """
    suffix = PurePosixPath(path).suffix
    suffix = suffix if re.fullmatch(r"\.[A-Za-z]{2,5}", suffix) else ""
    stem = path.removesuffix(suffix)
    pieces = _PIECES.split(stem)
    some = "".join(_mark(kind) if kind else piece for piece, kind in zip(pieces, _kinds(pieces), strict=True))
    folder, _, name = stem.rpartition("/")
    (whole, in_name) = _kinds([stem, name])
    mark = _mark(whole or in_name or "person_name")
    tries = (some, f"{folder}/{mark}" if folder else mark, f"{stem.partition('/')[0]}/{mark}", mark)
    return next(words for words, kind in zip(tries, _kinds(tries), strict=True) if not kind), suffix


def _mark(kind: str) -> str:
    return f"［已隐去{TITLES[kind].zh}］"


def _kinds(texts: Sequence[str]) -> list[str | None]:
    """For each text the first critical kind that stands in it, None where none does."""
    found: list[str | None] = [None] * len(texts)
    if not any(LOOKS_PRIVATE.search(text) for text in texts):
        return found
    with duckdb.connect() as connection:
        connection.execute("create table names as select unnest($1::varchar[]) as name_text", [list(texts)])
        for one in scan_table(connection, "names", most_rows=len(texts)):
            for row in one.rows if SEVERITY[one.kind] == "critical" else ():
                found[row - 1] = found[row - 1] or one.kind
    return found
