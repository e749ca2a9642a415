"""The raw store: what was read from each file, as Parquet, in a folder named by the file's bytes and the reader's code.

Nothing in it is ever changed. A folder appears whole, by a rename, so any number of workers may write side by side, and a
file that comes again under any name or date costs nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from exports.messages import Message, in_chinese, in_english

if TYPE_CHECKING:
    from collections.abc import Iterator

REJECTS = "rejects"
SCRATCH = ".writing-"
REJECT_SCHEMA = pa.schema(
    [("source_sha256", pa.string()), ("source_row", pa.int64()), ("reject_place", pa.string()), ("reject_reason", pa.string())]
)


@dataclass(frozen=True)
class Store:
    """Raw tables of one kind of source, read by one version of its reader."""

    folder: Path

    @classmethod
    def of(cls, raw: Path, kind: str, reader_key: str) -> Store:
        return cls(raw / kind / reader_key)

    def holds(self, digest: str) -> bool:
        return (self.folder / digest).is_dir()

    def has_rejects(self, digest: str) -> bool:
        """Whether the source with these bytes, or some of its rows, was rejected."""
        return (self.folder / digest / f"{REJECTS}.parquet").exists()

    def tables(self, digest: str) -> dict[str, Path]:
        """The Parquet files read from the source with these bytes, by table name."""
        return {path.stem: path for path in sorted((self.folder / digest).glob("*.parquet"))}

    def former_tables(self, digest: str) -> dict[str, Path]:
        """What was read from bytes that may be gone since: by this version of the reader, or by the last one that read them."""
        readings = sorted(self.folder.parent.glob(f"*/{digest}"), key=lambda folder: (folder.parent == self.folder, folder.stat().st_mtime))
        return {path.stem: path for folder in readings[-1:] for path in sorted(folder.glob("*.parquet"))}

    def remove_incomplete(self) -> None:
        """Remove the scratch folders of writers that were killed. Only for who holds the workspace: nobody else writes then."""
        for scratch in self.folder.glob(f"{SCRATCH}*"):
            shutil.rmtree(scratch, ignore_errors=True)

    @contextmanager
    def writing(self, digest: str) -> Iterator[Path]:
        """A scratch folder that becomes the store's folder for `digest` when the block ends well, and vanishes when not."""
        self.folder.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=self.folder))
        try:
            yield scratch
            scratch.chmod(0o700)  # raw rows may hold what must not leave: owner only
            try:
                scratch.rename(self.folder / digest)
            except OSError:
                if not self.holds(digest):  # another worker was first: its folder holds the same
                    raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def write_tables(folder: Path, digest: str, tables: Mapping[str, pa.Table]) -> None:
    """Write Arrow tables as `<name>.parquet`, each row led by the digest of the file it came from."""
    for name, table in tables.items():
        marked = table.add_column(0, "source_sha256", pa.array([digest], pa.string()).take(pa.nulls(len(table), pa.int64()).fill_null(0)))
        pq.write_table(marked, folder / f"{name}.parquet", compression="zstd")


def write_rejects(folder: Path, digest: str, address: str, rejects: Iterable[tuple[int | None, str, str]]) -> None:
    """Write rejected rows or the rejected file itself: (row or None, place, reason).

    The place is kept without the file's address: the same bytes may stand under others.
    """
    rows = [
        {
            "source_sha256": digest,
            "source_row": row,
            "reject_place": _within(place, address) or None,
            "reject_reason": reason,
        }
        for row, place, reason in rejects
    ]
    pq.write_table(pa.Table.from_pylist(rows, REJECT_SCHEMA), folder / f"{REJECTS}.parquet", compression="zstd")


def _within(place: str, address: str) -> Message:
    """The place without the address that leads it, in each language."""
    return Message(*(words.removeprefix(address).lstrip(",: ，：") for words in (in_chinese(place), in_english(place))))
