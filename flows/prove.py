"""Prove: one row of a release, computed again from the bytes of its sources, and its way to the root in the manifest."""

from __future__ import annotations

import filecmp
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from exports.catalog import Catalog, Dataset, load_catalog
from exports.changes.compare import key_text, shape_of
from exports.messages import _
from exports.release.chain import verify_chain, wrong_manifest
from exports.release.manifest import MANIFEST, Release, ReleasedDataset, read_inputs, read_release
from exports.release.signing import wrong_signature
from exports.release.verify import wrong_bytes
from exports.sql_text import quoted
from flows.build import build
from flows.ingest import Survey, survey_sources
from flows.privacy.redaction import redacted
from flows.publication.held_documents import held_digests
from flows.publication.proof_workspace import ProofWorkspace, ledger_at, never_stood, prepare
from flows.publication.signatures import public_keys
from flows.publication.verification import entry_of, prove_path, require_public
from flows.quality.history import was_made_of
from flows.reports.trace import trace
from flows.sources.public_paths import public_paths
from flows.sources.readers import mapping_of
from flows.sources.reading import Stored, read_into_store
from flows.warehouse.build_key import build_key
from flows.warehouse.connection import key_of
from flows.warehouse.current_sources import current_sources, former_sources
from flows.warehouse.standing import is_seal_broken
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.runner import Runner
from flows.workspace.settings import Workspace

OF_RELEASES = ("changes", "data_quality")  # datasets whose rows tell of releases and checks: no source has them
OF_MANY = ("scorecards", "task_delivery")  # rows made of records some of which are not public: not even their files are named


@dataclass(frozen=True)
class Difference:
    """A column in which a released row is not what its sources give; None for null, or where there is no such row."""

    column: str
    released: str | None
    recomputed: str | None


@dataclass(frozen=True)
class Proof:
    """A row's way to the root (`path`, flows/publication/verification.py; empty where files are damaged) and what came of computing it again.

    `faults`: a sentence for each place that is not as it was written. `sources`: public path and SHA-256 of the files with the row's cells.
    `taken_as_read`: plans and lists of withdrawals whose bytes are gone. `is_same_code`: whether code, settings and decisions are those of the release.
    """

    path: dict[str, Any]
    faults: tuple[str, ...]
    differences: tuple[Difference, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    taken_as_read: tuple[str, ...] = ()
    is_same_code: bool = False

    @property
    def is_equal(self) -> bool:
        return not self.faults and not self.differences


def prove(workspace: Workspace, release: Release, dataset: str, key: str, *, runner: Runner) -> Proof:
    """The proof of one row. Every source of the release is read anew, whatever was read before, into a warehouse that is thrown away.

    Nothing is computed where the release, the ledger, the warehouse or a source is not as it was written: that is said first.

    Raises:
        ConfigurationError: there is no such dataset or row, it may no longer leave, no source gives the dataset, or the release that made it is gone.
        SourceUnavailable: sources cannot be listed.
    """
    entry = entry_of(release, dataset)
    if entry.name in OF_RELEASES:
        found, remedy = _("a dataset about releases, which no source gives"), _("Leave out what cannot be computed: --path-only")
        raise ConfigurationError(finding(f"{release.name}: {entry.slug}", found, _("one made of sources"), remedy))
    origin = _origin(release, entry)
    if faults := [*dict.fromkeys(_wrong_copies(workspace, release, origin, entry))]:
        return Proof({}, tuple(faults))
    require_public(workspace, release, dataset, key)
    path = prove_path(release, dataset, key)
    if path["root"] != entry.merkle_root:
        other = f"{release.folder}: 行与清单中的根不符 found rows with the Merkle root {path['root']}; expected {entry.merkle_root}"
        return Proof(path, (other,))
    with TemporaryDirectory(prefix="gongkai-proof-") as scratch:
        proof = ProofWorkspace.of(workspace, origin, Path(scratch))
        return _Prover(workspace, release, origin, proof, load_catalog(), runner).prove(entry, path, key)


def _origin(release: Release, entry: ReleasedDataset) -> Release:
    """The release that made the dataset: of one carried over an earlier one."""
    if entry.carried_over_from is None:
        return release
    folder = release.folder.parent / entry.carried_over_from
    if not (folder / MANIFEST).exists():
        found = _("a dataset carried over from {name}, which is gone", name=entry.carried_over_from)
        remedy = _("Restore that release, or leave out what cannot be computed: --path-only")
        raise ConfigurationError(finding(f"{release.name}: {entry.slug}", found, _("the release that made it"), remedy))
    return read_release(folder)


def _wrong_copies(workspace: Workspace, release: Release, origin: Release, entry: ReleasedDataset) -> Iterator[str]:
    """What is wrong with manifests, chain and signatures, with the dataset's files, or with the warehouse as a file."""
    for one in (release, origin):
        yield from wrong_manifest(one.folder / MANIFEST)
        if keys := public_keys(workspace):
            yield from wrong_signature(one.folder, keys, one.name)
    if release.folder.parent.resolve() == workspace.releases.resolve():
        yield from verify_chain(workspace.releases)
    yield from wrong_bytes(release.folder, entry.files)
    if is_seal_broken(workspace.warehouse):
        yield f"{workspace.warehouse}: 数据仓库被改动过 found a file that changed since it was finished; expected it as built. Remove it, then refresh"


@dataclass(frozen=True)
class _Prover:
    workspace: Workspace
    release: Release
    origin: Release
    proof: ProofWorkspace
    catalog: Catalog
    runner: Runner

    def prove(self, entry: ReleasedDataset, path: dict[str, Any], key: str) -> Proof:
        inputs = read_inputs(self.origin.folder)
        held = held_digests(self.workspace.warehouse) if self.workspace.warehouse.exists() else frozenset()
        entries = ledger_at(self.workspace, inputs, held)
        if entries is None:
            return Proof(path, tuple(self._wrong_ledger(inputs)))
        as_read = prepare(self.workspace, self.proof, self.origin, entries, self.catalog)
        survey = survey_sources(self.proof, self.catalog, self.runner.quiet_runner())
        if faults := [*self._wrong_sources(survey)]:
            return Proof(path, tuple(faults))
        read = {(one.store.folder, one.sha256): one for one in survey.found if self._stands(survey, one)}
        if unread := self._read([*read.values()]):
            return Proof(path, tuple(unread))
        build(self.proof, runner=self.runner.quiet_runner())
        self.proof.next_warehouse.replace(self.proof.warehouse)
        return self._compared(entry, path, key, [*self._wrong_readings(read.values())], as_read)

    def _wrong_ledger(self, inputs: frozenset[tuple[str, str]]) -> Iterator[str]:
        place = self.workspace.raw
        for name, sha256 in never_stood(self.workspace, inputs) or [("", "")]:
            what = f"{name} SHA-256 {sha256}" if name else "清单所列的全部来源 all inputs of the manifest at one time"
            yield f"{place}: 来源登记与清单不符 found no entry of {what}; expected it, as {self.origin.name} names it. Restore the ledger"

    def _stands(self, survey: Survey, source: Stored) -> bool:
        """Whether a file of today has the bytes that the release was made of, and is no later one."""
        entry = survey.ledger.last.get(source.file.path)
        return entry is not None and entry.sha256 == source.sha256

    def _wrong_sources(self, survey: Survey) -> Iterator[str]:
        """A sentence for each file of the release that is gone, or has other bytes."""
        public = public_paths(survey.ledger.entries)
        kinds = {source.kind for source in self.proof.settings.sources}
        found = {source.file.path: source.sha256 for source in survey.found}
        for path, entry in survey.ledger.last.items():
            if entry.sha256 and entry.kind in kinds and found.get(path) != entry.sha256:
                there = f"SHA-256 {found[path]}" if path in found else "no file that can be read"
                yield f"{public.get(path, path)}: 来源文件不是发布所用的 found {there}; expected {entry.sha256}. Restore the file"

    def _read(self, sources: Sequence[Stored]) -> list[str]:
        """Read the files anew; what was said of those that could not be read to their ends."""
        mappings = {source.name: mapping_of(self.proof, source.name) for source in self.proof.settings.sources}
        read_one = partial(read_into_store, catalog=self.catalog, mappings=mappings, limits=self.proof.settings.limits)
        said = self.runner.map_items("reading", read_one, sources)
        return [message for source, message in zip(sources, said, strict=True) if not source.store.holds(source.sha256)]

    def _wrong_readings(self, sources: Iterable[Stored]) -> Iterator[str]:
        """A sentence for each stored reading of today's readers that is not what they read now."""
        for source in sources:
            stored = self.workspace.raw / self._fresh(source).relative_to(self.proof.raw)
            if stored.is_dir() and not _is_same_reading(stored, self._fresh(source)):
                yield f"{stored}: 原始库与来源不符 found another reading than the source gives; expected the same. Remove the folder, then ingest"

    def _fresh(self, source: Stored) -> Path:
        return source.store.folder / source.sha256

    def _compared(self, entry: ReleasedDataset, path: dict[str, Any], key: str, faults: list[str], as_read: list[str]) -> Proof:
        dataset = self.catalog.datasets[entry.name]
        with duckdb.connect() as connection:
            key_columns = shape_of(connection, entry.tables(self.release.folder)).key
        fresh = _row(self.proof.warehouse, dataset, key_columns, key)
        released = dict(zip(path["columns"], path["row"], strict=True))
        sources = [*current_sources(self.proof, self.catalog), *former_sources(self.proof, self.catalog)]
        if key_of(self.workspace.warehouse) == self.origin.build_key and _row(self.workspace.warehouse, dataset, key_columns, key) != fresh:
            faults = [
                *faults,
                f"{self.workspace.warehouse}: 数据仓库中的行与重算的不符 found another row than was computed; expected the same",
            ]
        return Proof(
            path,
            tuple(faults),
            tuple(_differences(released, fresh)),
            self._files_of(dataset, key) if fresh else (),
            tuple(as_read),
            was_made_of(self.origin, build_key(self.proof, sources)),
        )

    def _files_of(self, dataset: Dataset, key: str) -> tuple[tuple[str, str], ...]:
        if dataset.name in OF_MANY:
            return ()
        cells = trace(self.proof, dataset.name, key).cells
        return tuple(sorted({(cell.source_path, cell.source_sha256) for cell in cells if cell.source_sha256}))


def _is_same_reading(one: Path, other: Path) -> bool:
    """Whether two readings of a file have the same tables: in their bytes, or, where another version of a library wrote them, in their rows."""
    names = {path.name for path in one.iterdir()}
    if names != {path.name for path in other.iterdir()}:
        return False
    try:
        return all(
            filecmp.cmp(one / name, other / name, shallow=False) or pq.read_table(one / name).equals(pq.read_table(other / name))
            for name in names
        )
    except (pa.ArrowException, OSError):  # what cannot be read is not what was written
        return False


def _row(warehouse: Path, dataset: Dataset, key_columns: Sequence[str], key: str) -> dict[str, str | None]:
    """The row with this key as it would be released, text by column; empty where there is none."""
    cells = ", ".join(f"{quoted(column.name)}::{column.duckdb_type} as {quoted(column.name)}" for column in dataset.columns)
    texts = ", ".join(f"{quoted(name)}::varchar" for name in dataset.column_names)
    if not {*key_columns} <= {*dataset.column_names}:
        return {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        query = f"select {texts} from (select {cells} from {dataset.table}) where {key_text(tuple(key_columns))} = $1"
        rows = connection.execute(query, [key]).fetchall()
    return dict(zip(dataset.column_names, rows[0], strict=True)) if len(rows) == 1 else {}


def _differences(released: dict[str, str | None], fresh: dict[str, str | None]) -> Iterator[Difference]:
    for name, value in released.items():
        again = fresh.get(name)
        if value != again or not fresh:
            yield Difference(name, value, None if again is None else str(redacted(again)))
