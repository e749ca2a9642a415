"""What `gongkai verify` and `gongkai prove` look at: bytes of releases, their chain, signatures, and proofs of single rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from exports.catalog import load_catalog
from exports.changes.compare import key_text, shape_of
from exports.messages import N_, Message, _
from exports.release.chain import KEPT_MANIFESTS, manifest_paths, verify_chain, wrong_manifest
from exports.release.files import connect
from exports.release.manifest import MANIFEST, Release, ReleasedDataset, read_release, sha256_of
from exports.release.merkle import prove_row, root_of
from exports.release.parts import numbered_rows_of
from exports.release.signing import PublicKey, wrong_signature
from exports.release.verify import verify_release, wrong_sums
from flows.publication.archives import archive_paths, papers_only, unpacked
from flows.publication.screening import screen_carried_over, tables_with_hold_reason
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace


def verify_folder(folder: Path, keys: Sequence[PublicKey] = ()) -> list[str]:
    """Every fault of one release, or of a folder of releases: bytes, rows, signature, and the chain of the releases that stand there.

    Raises:
        ConfigurationError: the folder holds no release.
    """
    if (folder / MANIFEST).exists():
        return [*verify_release(folder, roots=True), *_wrong_signature(folder, keys)]
    manifests = manifest_paths(folder)
    if not manifests:
        raise ConfigurationError(
            finding(str(folder), _("no release"), _("a release, or a folder of releases"), _("Name one that has manifest.json."))
        )
    standing = [path.parent for path in manifests if path.name == MANIFEST]
    faults = [fault for one in standing for fault in verify_folder(one, keys)]
    return [*verify_chain(folder), *faults, *(fault for one in archive_paths(folder) for fault in _wrong_archive(folder, one, keys))]


def verify_papers(folder: Path, keys: Sequence[PublicKey] = ()) -> list[str]:
    """Every fault of a release's manifest, sums and signature; its files need not be there."""
    changed = wrong_manifest(folder / MANIFEST)
    return changed or [*wrong_sums(read_release(folder)), *_wrong_signature(folder, keys)]


def verify_archive(archive: Path, keys: Sequence[PublicKey] = ()) -> list[str]:
    """Every fault of the release in a zip file, as `verify_folder` gives them of a folder.

    Raises:
        ConfigurationError: the file is no zip, is damaged, or holds no release.
    """
    with unpacked(archive) as release:
        faults = verify_folder(release.folder, keys)
        return [_renamed(fault, str(release.folder), str(archive)) for fault in faults]


def _renamed(fault: str, former: str, name: str) -> str:
    return fault.each(lambda words: words.replace(former, name)) if isinstance(fault, Message) else fault.replace(former, name)


def _wrong_archive(releases: Path, archive: Path, keys: Sequence[PublicKey]) -> list[str]:
    """The faults of an archive beside the manifest of it that the chain has."""
    try:
        with unpacked(archive, only=papers_only) as release:
            packed, kept = release.folder / MANIFEST, releases / KEPT_MANIFESTS / f"{archive.stem}.json"
            same = kept.is_file() and packed.read_bytes() == kept.read_bytes()
        faults = verify_archive(archive, keys)
    except ConfigurationError as error:
        return [error.words]
    other = _("{path}: found another manifest than {kept}; expected the same. Restore it", path=archive, kept=kept)
    return faults if same else [other, *faults]


def _wrong_signature(folder: Path, keys: Sequence[PublicKey]) -> list[str]:
    return wrong_signature(folder, [*keys], folder.resolve().name) if keys else []


def prove_path(release: Release, dataset: str, key: str) -> dict[str, Any]:
    """The proof of one row of a release: its values, and the way from it to the root in the manifest. See also `require_public`.

    Raises:
        ConfigurationError: the release has no such dataset or row, or was made before manifests had roots.
    """
    entry = entry_of(release, dataset)
    tables = entry.tables(release.folder)
    with duckdb.connect() as connection:
        columns = [name for name, _type in shape_of(connection, tables).columns]
        row, way, root = prove_row(connection, tables, _row_number(connection, tables, f"{release.name}: {entry.slug}", key))
    return {
        "release": release.name,
        "manifest_sha256": sha256_of(release.folder / MANIFEST),
        "dataset": entry.slug,
        "columns": columns,
        "row": [*row],
        "path": [{"side": side, "digest": digest} for side, digest in way],
        "root": root,
    }


def require_public(workspace: Workspace, release: Release, dataset: str, key: str) -> None:
    """A proof is the row itself: of an older release, too, it is told by today's rules only. Without a warehouse of ours nothing is asked: who has copies
    of releases alone has their rows.

    Raises:
        ConfigurationError: as `prove_path`, or the row may no longer leave.
    """
    if not workspace.warehouse.exists():
        return
    entry, catalog = entry_of(release, dataset), load_catalog()
    place, tables, known = f"{release.name}: {entry.slug}", entry.tables(release.folder), catalog.published.get(entry.name)
    with TemporaryDirectory() as scratch, connect(workspace.warehouse, Path(scratch)) as connection:
        number = _row_number(connection, tables, place, key)
        knows = "plan_documents" in tables_with_hold_reason(connection)
        kept = screen_carried_over(connection, known, tables, catalog) if known and knows else None
        if kept and not connection.execute(f"select 1 from ({kept}) where file_row_number = $1", [number]).fetchone():
            found, expected = _("a row that may no longer leave"), _("one that is public today")
            raise ConfigurationError(finding(place, found, expected, _("Take it out of stored releases: gongkai redact")))


def entry_of(release: Release, dataset: str) -> ReleasedDataset:
    """The dataset of a release by its name or slug.

    Raises:
        ConfigurationError: the release has no such dataset, or was made before manifests had roots.
    """
    entry = next((one for one in release.datasets if dataset in {one.name, one.slug}), None)
    if entry is None or entry.merkle_root is None:
        found, expected = _("no Merkle root of it"), _("a dataset of a release made since there are roots")
        raise ConfigurationError(finding(f"{release.name}: {dataset}", found, expected, _("See manifest.json.")))
    return entry


def _row_number(connection: duckdb.DuckDBPyConnection, tables: Sequence[Path], place: str, key: str) -> int:
    columns = shape_of(connection, tables).key
    query = f"select file_row_number from {numbered_rows_of(tables)} where {key_text(columns)} = $1"
    rows = connection.execute(query, [key]).fetchall() if columns else []
    if len(rows) != 1:
        found, remedy = _("{count} rows with this key", count=len(rows)), _("The key is {key}, values joined by |.", key="|".join(columns))
        raise ConfigurationError(finding(place, found, _("one row"), remedy))
    return int(rows[0][0])


def wrong_proof(proof: Path, release: Release) -> list[str]:
    """Every way in which a proof does not hold against a release's manifest, one sentence each. Data files are not needed."""
    try:
        facts: dict[str, Any] = json.loads(proof.read_text("utf-8"))
        root = root_of(facts["row"], [(step["side"], step["digest"]) for step in facts["path"]])
        named = (facts["release"], facts["manifest_sha256"], facts["dataset"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        words = N_("{path}: found no proof that can be read ({fault}); expected the output of gongkai prove")
        return [_(words, path=proof, fault=type(error).__name__)]
    faults: list[str] = []
    manifest = read_release(release.folder)
    expected = next((entry.merkle_root for entry in manifest.datasets if entry.slug == named[2]), None)
    if named[:2] != (manifest.name, sha256_of(release.folder / MANIFEST)):
        faults.append(_("{path}: found a proof of another manifest; expected one of {release}", path=proof, release=manifest.name))
    if root != expected:
        words = N_("{path}: found a row and path that lead to {root}; expected the root {expected} of the manifest")
        faults.append(_(words, path=proof, root=root, expected=expected))
    return faults
