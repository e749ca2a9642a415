"""A release at an address (http, https, s3, any that fsspec reads), verified with no workspace of ours: as a folder is, or quickly, by what can be
known without reading the files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
from fsspec import AbstractFileSystem
from fsspec.core import url_to_fs

from exports.credentials import public_address
from exports.messages import _
from exports.release.chain import wrong_manifest
from exports.release.manifest import MANIFEST, SUMS, ReleasedDataset, read_release
from exports.release.signing import SIGNATURE, PublicKey
from exports.release.verify import missing_file, wrong_size
from flows.publication.mirror import LATEST
from flows.publication.verification import verify_folder, verify_papers
from flows.sources.locate import failures
from flows.workspace.errors import ConfigurationError, PortalUnavailable, finding

FOOTER = 1 << 16  # bytes: that of a dataset with descriptions of its columns has some 20 000
NAME = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}")


def is_address(words: str) -> bool:
    return "://" in words


def verify_address(address: str, keys: Sequence[PublicKey] = (), *, quick: bool = False) -> tuple[str, list[str]]:
    """The name of the release at an address, or of the newest of a mirror there, and its faults as `verify_folder` gives them; a file that
    its manifest names and the address lacks is a fault. A file of another size is not fetched.

    `quick`: nothing is fetched but the manifest with its sums and signature; of each file the size is asked, and of each Parquet file the footer
    is read, by a request for a range. Bytes that were changed in their place are then not found.

    Raises:
        ConfigurationError: there is no manifest, or it names itself or its files as no release does.
        PortalUnavailable: the address does not answer.
    """
    with TemporaryDirectory() as scratch:
        there = _Address(address)
        text, place = there.manifest()
        name, paths = _named(text, there.said)
        folder, below = Path(scratch) / name, place.replace(LATEST, name)
        folder.mkdir()
        (folder / MANIFEST).write_bytes(text)
        for path in (SUMS, SIGNATURE):
            there.fetch(f"{below}/{path}", folder / path)
        if quick:
            return name, [*verify_papers(folder, keys), *_wrong_outside(there, below, folder)]
        other = {path: faults for path, *faults in _wrong_sizes(there, below, folder)}
        for path in (path for path in paths if path not in other):
            there.fetch(f"{below}/{path}", folder / path)
        not_fetched = {missing for _fault, missing in other.values()}
        return name, [
            *(fault for fault, _missing in other.values()),
            *(one for one in verify_folder(folder, keys) if one not in not_fetched),
        ]


def _wrong_sizes(there: _Address, below: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Files that are there with another size than the manifest names, each with its fault, and with the one that it has in a folder for which
    it was not fetched.
    """
    for file in read_release(folder).all_files if not wrong_manifest(folder / MANIFEST) else ():
        size = there.size(f"{below}/{file.path}")
        if size is not None and size != file.bytes:
            yield file.path, wrong_size(folder / file.path, size, file.bytes), missing_file(folder / file.path, file.bytes)


def _wrong_outside(there: _Address, below: str, folder: Path) -> Iterator[str]:
    """What is wrong by the files' sizes and the footers of the Parquet files."""
    if wrong_manifest(folder / MANIFEST):
        return
    release, other = read_release(folder), set[str]()
    for file in release.all_files:
        size = there.size(f"{below}/{file.path}")
        if size != file.bytes:
            other.add(file.path)
            path = folder / file.path
            yield missing_file(path, file.bytes) if size is None else wrong_size(path, size, file.bytes)
    for dataset in release.datasets:
        if other.isdisjoint(file.path for file in dataset.files_of("parquet")):
            yield from _wrong_footers(there, below, folder, dataset)


def _wrong_footers(there: _Address, below: str, folder: Path, dataset: ReleasedDataset) -> Iterator[str]:
    """What is wrong by the footers of a dataset's Parquet files."""
    counts = {file.path: there.rows(f"{below}/{file.path}") for file in dataset.files_of("parquet")}
    for path in (path for path, rows in counts.items() if rows is None):
        yield _("{path}: found no footer of Parquet; expected the one written", path=folder / path)
    rows = sum(count for count in counts.values() if count is not None)
    if None not in counts.values() and rows != dataset.rows:
        facts = {"path": folder, "found": rows, "dataset": dataset.name, "expected": dataset.rows}
        yield _("{path}: found {found} rows of {dataset}; expected {expected}", **facts)


class _Address:
    """Files below an address."""

    def __init__(self, address: str) -> None:
        self.address, self.said = address.rstrip("/"), public_address(address)

    def manifest(self) -> tuple[bytes, str]:
        """The manifest of the release there, or of the newest of a mirror, and the folder that holds it, which is LATEST for the latter."""
        for path, place in ((MANIFEST, "."), (LATEST, LATEST)):
            if (found := self.read(path)) is not None:
                return found, place
        expected = _("a release (with {manifest}) or a mirror of releases (with {latest})", manifest=MANIFEST, latest=LATEST)
        raise ConfigurationError(finding(self.said, _("no manifest"), expected, _("Name the folder that holds it.")))

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None where there is none."""
        content = self._ask(path, lambda store, root: store.cat_file(root))
        return content if isinstance(content, bytes) else None

    def fetch(self, path: str, target: Path) -> None:
        """Write the file to `target`, block by block; one that is not there is left out."""
        target.parent.mkdir(parents=True, exist_ok=True)
        if self._ask(path, lambda store, root: store.get_file(root, str(target)) or True) is None:
            target.unlink(missing_ok=True)

    def size(self, path: str) -> int | None:
        """The bytes of a file by the server's word, None where there is none or it does not say."""
        size: int | None = self._ask(path, lambda store, root: store.size(root))
        return size

    def rows(self, path: str) -> int | None:
        """The rows of a Parquet file by its footer, which alone is read; None where there is none."""

        def footer(store: AbstractFileSystem, root: str) -> int | None:
            with store.open(root, "rb", block_size=FOOTER) as stream:
                try:
                    return int(pq.ParquetFile(stream).metadata.num_rows)
                except pa.ArrowInvalid:
                    return None

        rows: int | None = self._ask(path, footer)
        return rows

    def _ask(self, path: str, question: Callable[[AbstractFileSystem, str], Any]) -> Any:
        """The answer of the store that has the file, None where it has none."""
        path = path.removeprefix("./")
        address = f"{self.address}/{quote(path) if self.address.startswith('http') else path}"
        try:
            return question(*url_to_fs(address))
        except FileNotFoundError:
            return None
        except failures(self.address) as error:
            found = _("what cannot be read ({failure})", failure=type(error).__name__)
            raise PortalUnavailable(finding(self.said, found, _("an address that answers"), _("Try again later."))) from error


def _named(text: bytes, said: str) -> tuple[str, list[str]]:
    """The release's name and the paths of its files, as far as they are such as a release has: nothing is written outside its folder."""
    try:
        facts: dict[str, Any] = json.loads(text)
        name = str(facts["name"])
        listed = [part["files"] for part in (facts, *facts["datasets"])]
        paths = [str(file["path"]) for files in (*listed, facts.get("site", ())) for file in files]
    except (ValueError, KeyError, TypeError) as error:
        found = _("no manifest of a release ({failure})", failure=type(error).__name__)
        remedy = _("Name the folder of a release.")
        raise ConfigurationError(finding(f"{said}/{MANIFEST}", found, _("that of a release"), remedy)) from error
    strange = [path for path in paths if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts]
    if strange or not NAME.fullmatch(name):
        found = _("a name that no release has: {name!r}", name=(strange or [name])[0])
        expected = _("names of files below the release's folder")
        raise ConfigurationError(finding(f"{said}/{MANIFEST}", found, expected, _("Do not use this copy.")))
    return name, paths
