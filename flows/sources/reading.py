"""One source file read into the raw store: what it held, or why it was rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from exports.catalog import Catalog
from flows.sources.locate import SourceFile, changed_meanwhile
from flows.sources.readers import PLANS
from flows.sources.registers.reader import read_register
from flows.sources.store import Store, write_rejects, write_tables
from flows.sources.tables.notes import WORDS
from flows.workspace.cut_lists import first_of
from flows.workspace.errors import SourceUnavailable, UnreadableSource

if TYPE_CHECKING:
    from flows.sources.plans.answer import Plan

NO_TASK, NOT_READ = "没有读出任务 no task was read", "未读部分 not read"
MOST_LOSSES_SHOWN = 5


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
    of each plan read by this run that lacks something: no task in it, or parts that were not read. `rejected` are files that stand and of
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


def read_into_store(stored: Stored, catalog: Catalog, mappings: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Read one new file into the store; what cannot be read is stored as its rejection, what cannot be reached is not stored."""
    try:
        with stored.store.writing(stored.sha256) as folder:
            try:
                return _read_into(folder, stored, catalog, (mappings or {}).get(stored.file.source, {}))
            except UnreadableSource as error:
                return _reject(folder, stored, error)
            except (SourceUnavailable, OSError):
                raise
            except Exception as error:  # noqa: BLE001 - a library's failure on one file must not end everybody's run
                place, found = stored.file.path, f"a file on which the reader failed ({type(error).__name__})"
                return _reject(folder, stored, UnreadableSource(place, found, "one that it reads", "Please report it, with the file."))
    except SourceUnavailable as error:
        return f"left for the next run {error}"


def _shortfall(plan: Plan) -> str:
    """What a plan lacks that was read: no task, or parts of the document; "" if nothing."""
    tasks = "" if plan.content.tasks else f"：{NO_TASK}"
    losses = plan.content.source.losses
    return tasks + "".join(f"\n  {line}" for line in first_of([f"{NOT_READ}: {loss}" for loss in losses], MOST_LOSSES_SHOWN))


def _reject(folder: Path, stored: Stored, error: UnreadableSource) -> str:
    for path in folder.glob("*.parquet"):
        path.unlink()
    write_rejects(folder, stored.sha256, stored.file.path, [(None, error.place, _reason(error))])
    return f"rejected {error}"


def _reason(error: UnreadableSource) -> str:
    return f"found {error.found}; expected {error.expected}. {error.remedy}"


def _read_into(folder: Path, stored: Stored, catalog: Catalog, mapping: Mapping[str, str]) -> str:
    file = stored.file
    if file.kind == PLANS:
        from flows.sources.plans import read_plan

        with file.open() as stream:
            data = stream.read()
        if sha256(data).hexdigest() != stored.sha256:
            raise changed_meanwhile(file.path)
        plan = read_plan(data, file.path)
        write_tables(folder, stored.sha256, plan.as_tables())
        return f"read {file.path}{_shortfall(plan)}"
    done = read_register(file, stored.sha256, catalog.registers[file.kind], folder, mapping)
    notes = [f"{done.rows} rows"]
    if done.rejected_rows:
        notes.append(f"{done.rejected_rows} rows rejected")
    if done.unknown_headers:
        notes.append(f"unknown columns kept: {'、'.join(done.unknown_headers)}")
    if done.refused_headers:
        notes.append(f"columns dropped, which nobody named or which may tell who a person is: {'、'.join(done.refused_headers)}")
    if done.notes:
        notes.append("另有说明（见 core.findings）: " + "；".join(WORDS[kind] for kind in done.notes))
    return f"read {file.path}: {', '.join(notes)}"
