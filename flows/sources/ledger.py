"""The ledger: which address held which bytes, from when to when.

One line of JSON per change, appended, never rewritten: a plan quietly replaced on a website, or a file that vanished, stays on
record. DuckDB reads it as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.sources.locate import SourceFile

LEDGER = "ledger.ndjson"


@dataclass(frozen=True)
class Entry:
    """What stood at an address from `at` on; `sha256` is None from when nothing stood there."""

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
        self.entries = [Entry(**json.loads(line)) for line in data[: self._length].split(b"\n") if line]
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
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        new = [Entry(now, f.path, f.source, f.kind, f.byte_count, f.stamp, digest) for f, digest in seen if self._differs(f, digest)]
        new += [Entry(now, path, self.last[path].source, self.last[path].kind, None, None, None) for path in gone]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not new and self.path.exists() and self.path.stat().st_size == self._length:
            return
        lines = "".join(json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in new).encode()
        with self.path.open("ab") as stream:
            stream.truncate(self._length)
            stream.write(lines)
        self._length += len(lines)
        self.entries += new
        self.last |= {entry.path: entry for entry in new}

    def _differs(self, file: SourceFile, digest: str) -> bool:
        entry = self.last.get(file.path)
        return entry is None or (entry.sha256, entry.stamp, entry.kind) != (digest, file.stamp, file.kind)
