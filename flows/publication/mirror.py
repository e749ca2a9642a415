"""A copy of the releases in object storage, or wherever fsspec can write: for the public to download, and as a copy against disk loss.

    <mirror>/<release>/…    the files of the release's folder; manifest.json is written last
    <mirror>/latest.json    the manifest of the newest release, since an object store has no links

An object store cannot rename a folder either; the order of writing replaces it. A reader who finds a manifest finds all the files
that it names, each read back with its SHA-256 before the manifest was written. Files of an interrupted run are not sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

from fsspec.core import url_to_fs

from exports.credentials import public_address
from exports.messages import N_, Message, _, joined
from exports.release.manifest import MANIFEST, SUMS, Release, read_release, sha256_of
from exports.release.signing import SIGNATURE
from flows.publication.archives import archive_paths, papers_only, unpacked
from flows.publication.retraction import find_retracted
from flows.sources.locate import failures
from flows.workspace.errors import ConfigurationError, PortalUnavailable, finding
from flows.workspace.settings import Workspace

LATEST = "latest.json"


@dataclass(frozen=True)
class Mirrored:
    """What a run copied to the mirror: releases that it lacked, files sent, and files copied from another release there."""

    releases: tuple[str, ...]
    sent: int
    sent_bytes: int
    copied: int

    @property
    def words(self) -> Message:
        if not self.releases:
            return _("nothing to bring")
        counts = _("{sent} files sent ({bytes:,} bytes), {copied} copied there", sent=self.sent, bytes=self.sent_bytes, copied=self.copied)
        return joined("、", self.releases) + ": " + counts

    def __str__(self) -> str:
        return str(self.words)


@dataclass(frozen=True)
class _File:
    path: str
    byte_count: int
    sha256: str


class Mirror:
    """The releases at one address. Every call may raise what `mirror` raises."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.said = public_address(address)
        with self._translate_storage_errors():
            self._store, root = url_to_fs(address)
            self._store.invalidate_cache()
        self._root = root.rstrip("/")

    def has(self, release: Release) -> bool:
        return self._holds_manifest(f"{release.name}/{MANIFEST}", release)

    def names_latest(self, release: Release) -> bool:
        return self._holds_manifest(LATEST, release)

    def copy_release(self, release: Release, known: Mapping[str, str]) -> tuple[list[_File], int]:
        """Send the files of a release that the mirror lacks; `known` maps SHA-256 to places in the store. Gives the files sent, and how many were copied."""
        files = _files(release)
        with self._translate_storage_errors():
            folder = f"{self._root}/{release.name}"
            sizes = {name: info["size"] for name, info in self._store.find(folder, detail=True).items()}
            for stray in sizes.keys() - {f"{folder}/{path}" for path in (MANIFEST, *(file.path for file in files))}:
                self._store.rm_file(stray)  # of a release that was rewritten since, without what had to go
            missing = [file for file in files if sizes.get(f"{folder}/{file.path}") != file.byte_count]
            copied = [file for file in missing if file.sha256 in known and self._copy(known[file.sha256], f"{folder}/{file.path}")]
            sent = [file for file in missing if file not in copied]
            for file in sent:
                self._send(release, file)
            for file in self._differing(release.name, files):  # what arrived broken, or was there and differs
                self._send(release, file)
                sent.append(file)
            if broken := [file.path for file in self._differing(release.name, sent)]:
                raise OSError(_("other bytes in {path} than were sent", path=broken[0]))
            self._store.put_file(str(release.folder / MANIFEST), f"{folder}/{MANIFEST}")
        return sent, len(copied)

    def remove_release(self, name: str) -> bool:
        """Remove every file of a release, the manifest first: without a manifest there is no release. Gives whether there was any."""
        with self._translate_storage_errors():
            folder = f"{self._root}/{name}"
            files = sorted(self._store.find(folder), key=lambda path: not path.endswith(f"/{MANIFEST}"))
            for path in files:
                self._store.rm_file(path)
            return bool(files)

    def name_latest(self, release: Release) -> None:
        with self._translate_storage_errors():
            self._store.put_file(str(release.folder / MANIFEST), f"{self._root}/{LATEST}")

    def differences(self, release: Release) -> list[str]:
        """Every way in which the mirror's newest release differs from this one; one sentence each."""
        with self._translate_storage_errors():
            if not self.names_latest(release):
                place = f"{self.said}/{LATEST}"
                return [_("{path}: found another manifest or none; expected that of {release}", path=place, release=release.name)]
            wrong = self._differing(release.name, [*_files(release), _file(release, MANIFEST)])
            words = N_("{path}: found other bytes or none; expected SHA-256 {sha256}")
            return [_(words, path=f"{self.said}/{release.name}/{file.path}", sha256=file.sha256) for file in wrong]

    def places(self, release: Release) -> dict[str, str]:
        return {file.sha256: f"{self._root}/{release.name}/{file.path}" for file in _files(release)}

    def _send(self, release: Release, file: _File) -> None:
        target = f"{self._root}/{release.name}/{file.path}"
        self._store.makedirs(target.rpartition("/")[0], exist_ok=True)
        self._store.put_file(str(release.folder / file.path), target)

    def _copy(self, source: str, target: str) -> bool:
        try:
            self._store.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._store.cp_file(source, target)
        except FileNotFoundError:
            return False
        return True

    def _differing(self, name: str, files: Sequence[_File]) -> list[_File]:
        return [file for file in files if self._digest(f"{self._root}/{name}/{file.path}") != file.sha256]

    def _digest(self, place: str) -> str | None:
        try:
            with self._store.open(place, "rb") as stream:
                return file_digest(stream, "sha256").hexdigest()
        except FileNotFoundError:
            return None

    def _holds_manifest(self, path: str, release: Release) -> bool:
        with self._translate_storage_errors():
            try:
                return bool(self._store.cat_file(f"{self._root}/{path}") == (release.folder / MANIFEST).read_bytes())
            except FileNotFoundError:
                return False

    @contextmanager
    def _translate_storage_errors(self) -> Iterator[None]:
        """Translate fsspec's errors into ours."""
        try:
            yield
        except (ImportError, NotImplementedError) as error:
            expected, remedy = _("a store that can be written"), _("For s3:// run pip install 'gongkai[s3]'; see docs/scale-out.md.")
            raise ConfigurationError(finding(self._place(), str(error) or type(error).__name__, expected, remedy)) from error
        except failures(self.address) as error:
            found = next((each for each in error.args if isinstance(each, Message)), str(error) or type(error).__name__)
            expected, remedy = _("a store that takes the release"), _("Run publish again; it goes on.")
            raise PortalUnavailable(finding(self._place(), found, expected, remedy)) from error

    def _place(self) -> Message:
        return _("mirror {address}", address=self.said)


def mirror(workspace: Workspace, address: str, progress: Callable[[str], None]) -> Mirrored:
    """Copy every release that the mirror lacks to it, oldest first, and point it to the newest.

    An older release that holds a record which may no longer leave is removed from the mirror, and not sent again.

    Raises:
        ConfigurationError: fsspec cannot write there, or the package for it is not installed.
        PortalUnavailable: the store does not answer or refuses, or returns other bytes than were sent.
    """
    there = Mirror(address)
    folders = sorted(workspace.releases.glob(f"[0-9]*/{MANIFEST}"), key=lambda path: path.stat().st_mtime_ns)
    known: dict[str, str] = {}
    done = Mirrored((), 0, 0, 0)
    newest = read_release((workspace.releases / "latest").resolve())
    gone = {name: reason for name, reason in find_retracted(workspace).items() if name != newest.name}
    for name, reason in gone.items():
        if there.remove_release(name):
            words = N_("mirror: {release} holds records that may leave no longer, it is taken off ({reason})")
            progress(_(words, release=name, reason=reason))
    for path in [*archive_paths(workspace.releases), *folders]:
        if _name(path) in gone:
            continue
        with _opened(path, there) as (release, is_there):
            if not is_there:
                sent, copied = there.copy_release(release, known)
                words = N_("mirror: {release}, {sent} files sent, {copied} copied there")
                progress(_(words, release=release.name, sent=len(sent), copied=copied))
                size = sum(file.byte_count for file in sent)
                done = Mirrored((*done.releases, release.name), done.sent + len(sent), done.sent_bytes + size, done.copied + copied)
            known |= there.places(release)
    if not there.names_latest(newest):
        there.name_latest(newest)
    return done


def _name(path: Path) -> str:
    return path.parent.name if path.name == MANIFEST else path.stem


@contextmanager
def _opened(path: Path, there: Mirror) -> Iterator[tuple[Release, bool]]:
    """The release of a manifest in its folder, or of an archive, and whether the mirror has it: an archive is unpacked whole where it has not."""
    if path.name == MANIFEST:
        release = read_release(path.parent)
        yield release, there.has(release)
        return
    with unpacked(path, only=papers_only) as release:
        is_there = there.has(release)
    with unpacked(path, only=papers_only if is_there else lambda _path: True) as release:
        yield release, is_there


def verify_mirror(workspace: Workspace) -> list[str]:
    """The differences between the mirror of the settings and the latest release, one sentence each; empty where there are none.

    Raises:
        ConfigurationError: no mirror is set. Else as `mirror`.
    """
    address = workspace.settings.mirror
    if not address:
        place = f"{workspace.root / 'gongkai.yaml'}: mirror"
        expected = _("an address such as {example}", example="s3://bucket/releases")
        raise ConfigurationError(finding(place, _("nothing"), expected, _("Name it there.")))
    return Mirror(address).differences(read_release((workspace.releases / "latest").resolve()))


def _files(release: Release) -> list[_File]:
    """The files of a release except its manifest."""
    signature = [SIGNATURE] if (release.folder / SIGNATURE).exists() else []
    return [
        *(_File(file.path, file.bytes, file.sha256) for file in release.all_files),
        *(_file(release, path) for path in (SUMS, *signature)),
    ]


def _file(release: Release, path: str) -> _File:
    return _File(path, (release.folder / path).stat().st_size, sha256_of(release.folder / path))
