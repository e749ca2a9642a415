"""The ledger: which address held which bytes, from when to when.

One line of JSON per change, appended, never rewritten: a plan quietly replaced on a website, or a file that vanished, stays on
record. DuckDB reads it as it is. Addresses stand in it as they may be said, without credentials and values of queries; a ledger that
an earlier version wrote with them is written anew once, for a secret must not lie in it either.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from exports.credentials import public_address
from flows.sources.locate import SourceFile

LEDGER = "ledger.ndjson"
FORGOTTEN = "forgotten"  # the stamp of an address of which a person said that its file is gone (flows/sources/forget.py)


@dataclass(frozen=True)
class Entry:
    """What stood at an address from `at` on; `sha256` is None from when nothing stood there, `stamp` then says whether a person said so."""

    at: str
    path: str
    source: str
    kind: str
    byte_count: int | None
    stamp: str | None
    sha256: str | None


class Ledger:
    """The ledger of one workspace, read whole when opened: its last entry for each address is what holds."""

    def __init__(self, raw: Path) -> None:
        self.path = raw / LEDGER
        data = self.path.read_bytes() if self.path.exists() else b""
        self._length = data.rfind(b"\n") + 1  # what a crash left of a line after that is no entry
        written = [Entry(**json.loads(line)) for line in data[: self._length].split(b"\n") if line]
        self.entries = list(_as_said(written))
        if self.entries != written:
            self._write_anew()
        self.last = {entry.path: entry for entry in self.entries}

    def known_digest(self, file: SourceFile) -> str | None:
        """The digest of an address whose size and date are as they were when it was last read; else None."""
        entry = self.last.get(file.path)
        return entry.sha256 if entry and file.stamp and entry.stamp == file.stamp else None

    def vanished(self, files: Iterable[SourceFile]) -> list[str]:
        present = {file.path for file in files}
        return [path for path, entry in self.last.items() if entry.sha256 and path not in present]

    def record(self, seen: Iterable[tuple[SourceFile, str]], gone: Iterable[str]) -> None:
        """Append what changed: files with their digests, and addresses where nothing stands any more."""
        now = _now()
        new = [Entry(now, f.path, f.source, f.kind, f.byte_count, f.stamp, digest) for f, digest in seen if self._differs(f, digest)]
        self._append([*new, *(self._end(now, path) for path in gone)])

    def forget(self, paths: Iterable[str]) -> None:
        """Append that a person says of these addresses that they are gone."""
        now = _now()
        self._append([self._end(now, path, FORGOTTEN) for path in paths])

    def _end(self, now: str, path: str, stamp: str | None = None) -> Entry:
        return Entry(now, path, self.last[path].source, self.last[path].kind, None, stamp, None)

    def _append(self, new: list[Entry]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not new and self.path.exists() and self.path.stat().st_size == self._length:
            return
        lines = _lines(new)
        with self.path.open("ab") as stream:
            stream.truncate(self._length)
            stream.write(lines)
        self._length += len(lines)
        self.entries += new
        self.last |= {entry.path: entry for entry in new}

    def _write_anew(self) -> None:
        """Put the entries as they are now in the place of the file, by a rename: whole or not at all."""
        lines = _lines(self.entries)
        new = self.path.with_suffix(".next")
        new.touch(mode=0o600)
        new.write_bytes(lines)
        new.chmod(self.path.stat().st_mode)
        new.replace(self.path)
        self._length = len(lines)

    def _differs(self, file: SourceFile, digest: str) -> bool:
        entry = self.last.get(file.path)
        return entry is None or (entry.sha256, entry.stamp, entry.kind) != (digest, file.stamp, file.kind)


def write_ledger(raw: Path, entries: Iterable[Entry]) -> None:
    """Write a ledger of these entries into a raw store that has none."""
    raw.mkdir(parents=True, exist_ok=True)
    (raw / LEDGER).write_bytes(_lines(entries))


def _lines(entries: Iterable[Entry]) -> bytes:
    return "".join(json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in entries).encode()


def _as_said(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries under public addresses. What stood under several addresses that differ in hidden values only, as with a token that
    changed, is one file: it is gone when the last of them is.
    """
    standing: dict[str, set[str]] = {}
    for entry in entries:
        path = public_address(entry.path)
        held = standing.setdefault(path, set())
        (held.add if entry.sha256 else held.discard)(entry.path)
        if entry.sha256 or not held:
            yield entry if path == entry.path else replace(entry, path=path)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
