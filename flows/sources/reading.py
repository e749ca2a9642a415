"""One source file read into the raw store: what it held, or why it was rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from exports.catalog import Catalog
from exports.messages import _, joined
from flows.sources.locate import SourceFile, changed_meanwhile
from flows.sources.plan_process import read_plan_tables
from flows.sources.readers import PLANS
from flows.sources.registers.reader import read_register
from flows.sources.store import Store, write_rejects
from flows.sources.tables.notes import WORDS
from flows.workspace.errors import SourceUnavailable, UnreadableSource
from flows.workspace.limits import Limits, limited_by

LARGEST_PLAN = 256 << 20  # bytes
_PART = 1 << 20


@dataclass(frozen=True)
class Stored:
    """A source file and the bytes it holds: what the build reads."""

    file: SourceFile
    sha256: str
    store: Store


@dataclass(frozen=True)
class Ingested:
    """What ingest found: every source file as it stands, and how many of them it had to read. Paths are public ones.

    `vanished` has addresses; `replaced` names sources of which every file was replaced by others, `absent` sources that never had a
    file and whose place is not there; `to_rename` has a line for each file whose name tells of a person, `short` what was said
    of each plan read by this run that lacks something: no task in it, or parts that were not read. `refused` and `missing` have sentences on
    what was not listed (flows/sources/locate.py). `rejected` are files that stand and of
    which something was rejected, as a whole or single rows, whenever they were read.
    """

    stored: tuple[Stored, ...]
    read: tuple[str, ...]
    vanished: tuple[str, ...]
    unreachable: tuple[str, ...]
    replaced: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    to_rename: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def read_into_store(
    stored: Stored, catalog: Catalog, mappings: Mapping[str, Mapping[str, str]] | None = None, limits: Limits | None = None
) -> str:
    """Read one new file into the store; what cannot be read is stored as its rejection, what cannot be reached is not stored."""
    try:
        with limited_by(limits or Limits()), stored.store.writing(stored.sha256) as folder:
            try:
                return _read_into(folder, stored, catalog, (mappings or {}).get(stored.file.source, {}))
            except UnreadableSource as error:
                return _reject(folder, stored, error)
            except (SourceUnavailable, OSError):
                raise
            except Exception as error:  # noqa: BLE001 - a library's failure on one file must not end everybody's run
                found = _("a file on which the reader failed ({failure})", failure=type(error).__name__)
                failed = UnreadableSource(stored.file.path, found, _("one that it reads"), _("Please report it, with the file."))
                return _reject(folder, stored, failed)
    except SourceUnavailable as error:
        return _("left for the next run") + " " + error.words


def _reject(folder: Path, stored: Stored, error: UnreadableSource) -> str:
    for path in folder.glob("*.parquet"):
        path.unlink()
    write_rejects(folder, stored.sha256, stored.file.path, [(None, error.place, error.reason)])
    return _("rejected") + " " + error.words


def _read_into(folder: Path, stored: Stored, catalog: Catalog, mapping: Mapping[str, str]) -> str:
    file = stored.file
    if file.kind == PLANS:
        with TemporaryDirectory(prefix="gongkai-source-") as scratch:
            copy = _copied(stored, Path(scratch) / "source")
            return _("read") + f" {file.path}" + read_plan_tables(copy, file.path, folder, stored.sha256)
    done = read_register(file, stored.sha256, catalog.registers[file.kind], folder, mapping)
    notes: list[str] = [f"{done.rows} " + _("rows")]
    if done.rejected_rows:
        notes.append(_("{count} rows rejected", count=done.rejected_rows))
    if done.unknown_headers:
        notes.append(_("unknown columns kept") + ": " + joined("、", done.unknown_headers))
    if done.refused_headers:
        dropped = _("columns dropped, which nobody named or which may tell who a person is")
        notes.append(dropped + ": " + joined("、", done.refused_headers))
    if done.notes:
        notes.append(_("notes (see core.findings)") + ": " + joined("；", [_(WORDS[kind]) for kind in done.notes]))
    return _("read") + f" {file.path}: " + joined("，", notes)


def _copied(stored: Stored, target: Path) -> Path:
    """The bytes of a plan in a file of our own: what is read is what its digest says, wherever it came from."""
    digest, length = sha256(), 0
    with stored.file.open() as stream, target.open("wb") as copy:
        while part := stream.read(_PART):
            length += len(part)
            if length > LARGEST_PLAN:
                size = LARGEST_PLAN >> 20
                found, expected = _("a file of more than {size} MB", size=size), _("at most {size} MB", size=size)
                raise UnreadableSource(stored.file.path, found, expected, _("Split the document."))
            digest.update(part)
            copy.write(part)
    if digest.hexdigest() != stored.sha256:
        raise changed_meanwhile(stored.file.path)
    return target
