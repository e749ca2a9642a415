"""Writes a release: an immutable folder of files, complete or not at all.

    releases/<as-of>-<digest>/   data/*.parquet data/*.csv data/*.xlsx datapackage.json catalog.jsonld quality.html site/ manifest.json SHA256SUMS
    releases/latest              a link to the last one

The order of the last steps makes a crash harmless. The folder is written under a hidden name; it is read back and synced to
disk, and `.latest` is written beside it as a note of the next step; then the folder gets its name, and `.latest` becomes
`latest`. The next run completes or clears what a crash left.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

from exports.catalog import Catalog
from exports.messages import _, finding, listed
from exports.release.data_files import Checked, Screen, link_or_copy, with_roots, write_data
from exports.release.describe import Follow, content_of, describe
from exports.release.manifest import (
    LATEST,
    MANIFEST,
    SUMS,
    GateClosedError,
    Input,
    Loss,
    Quality,
    Release,
    ReleasedFile,
    ReleaseError,
    named,
    read_release,
    sha256_of,
)
from exports.release.signing import sign_manifest
from exports.release.verify import sums_text, verify_release
from exports.release.workbooks import with_workbooks

WriteSite = Callable[[Release, Release | None], tuple[ReleasedFile, ...]]
"""Given a draft that is described, and the release before it: writes the pages for people into the draft, and gives their files."""

NEXT_LATEST = ".latest"
DRAFT = ".draft"


def _silent(_: str) -> None:
    """Progress for callers who want none."""


def _let_all_pass(_: Path) -> Mapping[str, str]:
    """A gate that lets everything pass, for callers who check the files themselves."""
    return {}


def write_release(
    warehouse: Path,
    catalog: Catalog,
    releases: Path,
    *,
    as_of: date,
    blocked: Mapping[str, str],
    forgotten: Collection[str] = frozenset(),
    inputs: Sequence[Input],
    code_version: str,
    build_key: str = "",
    settings_key: str = "",
    checked: Checked | None = None,
    quality: Mapping[str, Quality] | None = None,
    accepted_losses: Sequence[Loss] = (),
    gate: Callable[[Path], Mapping[str, str]] = _let_all_pass,
    screen: Screen | None = None,
    follow: Follow | None = None,
    write_site: WriteSite | None = None,
    signing_key: Path | None = None,
    back_to: Release | None = None,
    progress: Callable[[str], None] = _silent,
) -> Release:
    """The release of every dataset of the catalog, written from the warehouse into a new folder of `releases`.

    A dataset in `blocked` (name -> why it failed its checks) keeps the files of the last release, marked as carried over; if
    no release has it, or it is `forgotten` because its last files may not leave either, it is left out and named in the manifest.
    Where nothing differs from the last release (datasets with their marks, metadata, as-of date and code), that release is
    returned and nothing is written. `screen` selects the rows of carried-over files that may still leave, `follow` writes what changed
    since the last release, `write_site` the pages for people, `signing_key` is the private key that signs the manifest. `back_to` is the
    release from which datasets in `blocked` are carried over in place of the last one.

    Files that were `checked` are used; a dataset whose files are missing is written again, and must come out the same.

    `quality` has the results of checks by dataset, `accepted_losses` the losses of rows that a person confirmed; both go into the
    manifest. `gate` gets the whole folder before it is named, and returns the files that must not leave, with reasons.

    Raises:
        GateClosedError: there are such files; nothing is released.
        ReleaseError: a mart cannot be written, the files read back are not what was written, no dataset is left to release,
            `blocked` names an unknown dataset, or another run is writing releases here.
    """
    if unknown := sorted(blocked.keys() - catalog.published.keys()):
        expected = _("names of datasets: {names}", names=listed(catalog.datasets))
        raise ReleaseError(finding("blocked", listed(unknown), expected, _("Correct it.")))
    releases.mkdir(parents=True, exist_ok=True)
    with _only_writer(releases), _draft(releases) as draft:
        last = read_release((releases / LATEST).resolve()) if (releases / LATEST).is_symlink() else None
        origin = back_to or last
        datasets, coverages = write_data(warehouse, catalog, draft, origin, blocked, forgotten, checked, screen, progress)
        datasets = tuple(replace(entry, quality=entry.quality or (quality or {}).get(entry.name)) for entry in datasets)
        datasets = with_workbooks(draft, with_roots(draft, datasets, last), last, as_of, code_version)
        left_out = tuple((name, why) for name, why in sorted(blocked.items()) if name not in {entry.name for entry in datasets})
        if not datasets:
            found, remedy = _("no dataset that may be released"), _("Mend what the checks found.")
            raise ReleaseError(finding(str(releases), found, _("one at least"), remedy))
        release = Release(draft, "", as_of, code_version, datasets, (), left_out, build_key, None, tuple(accepted_losses), settings_key)
        release = describe(catalog, release, last, coverages, follow, origin)
        if last and content_of(last) == content_of(release):
            progress(_("equal to release {release}: nothing written", release=last.name))
            return last
        if write_site:
            release = replace(release, site=write_site(release, last))
        return _commit(releases, release, inputs, last, gate, signing_key, progress)


@contextmanager
def _only_writer(releases: Path) -> Iterator[None]:
    """Hold the folder's lock, which the operating system releases with the process and which leaves no file."""
    handle = os.open(releases, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ReleaseError(
                finding(str(releases), _("another run that writes a release"), _("none"), _("Wait until it ends, then run again."))
            ) from error
        yield
    finally:
        os.close(handle)


@contextmanager
def _draft(releases: Path) -> Iterator[Path]:
    """A hidden folder to write in, removed afterwards unless it has become a release; completes what a crash left first."""
    _recover(releases)
    draft = releases / DRAFT
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _recover(releases: Path) -> None:
    """A note whose release has its name is carried out; one whose release never got it is dropped, with the draft."""
    note = releases / NEXT_LATEST
    if note.is_symlink():
        if note.exists():
            note.replace(releases / LATEST)
        else:
            note.unlink()
    with suppress(FileNotFoundError):
        shutil.rmtree(releases / DRAFT)


def _commit(
    releases: Path,
    draft: Release,
    inputs: Sequence[Input],
    last: Release | None,
    gate: Callable[[Path], Mapping[str, str]],
    signing_key: Path | None,
    progress: Callable[[str], None],
) -> Release:
    """Give the draft its manifest, sums and name, and point `latest` at it."""
    _share_files(draft, last)
    release, manifest = named(draft, inputs, sha256_of(last.folder / MANIFEST) if last else None)
    (draft.folder / MANIFEST).write_text(manifest, "utf-8", newline="\n")
    sums = sums_text(release, sha256_of(draft.folder / MANIFEST))
    (draft.folder / SUMS).write_text(sums, "utf-8", newline="\n")
    if findings := verify_release(draft.folder):
        raise ReleaseError(_("found on reading the release back: {findings}", findings="; ".join(findings)))
    if reasons := gate(draft.folder):
        raise GateClosedError(reasons)
    if signing_key:
        sign_manifest(draft.folder, signing_key, release.name)
    _sync(draft.folder)
    folder = releases / release.name
    made_before = folder.exists()
    if made_before:
        _require_same(folder, manifest)
    (releases / NEXT_LATEST).symlink_to(release.name)
    if not made_before:
        draft.folder.rename(folder)
    _sync_folder(releases)
    (releases / NEXT_LATEST).replace(releases / LATEST)
    _sync_folder(releases)
    progress(_("released as {release}", release=release.name))
    return read_release(folder)


def _share_files(draft: Release, last: Release | None) -> None:
    """Make each file that the last release has, too, a link to that one: a release takes the space of what changed. One that was damaged
    there since is not handed on.
    """
    if last is None:
        return
    known = {file.path: file.sha256 for file in last.all_files}
    for file in draft.all_files:
        former, own = last.folder / file.path, draft.folder / file.path
        if known.get(file.path) != file.sha256 or not former.is_file() or former.samefile(own) or sha256_of(former) != file.sha256:
            continue
        own.unlink()
        link_or_copy(former, own)


def _require_same(folder: Path, manifest: str) -> None:
    """The same release was made before, and `latest` was set back since: raise unless its folder is complete."""
    findings = verify_release(folder)
    if findings or (folder / MANIFEST).read_text("utf-8") != manifest:
        found = _("a damaged release of this name ({findings})", findings="; ".join(findings))
        raise ReleaseError(finding(str(folder), found, _("none"), _("Remove it.")))


def _sync(folder: Path) -> None:
    """Sync every file of `folder` to disk, so that a loss of power cannot leave a named folder with empty files."""
    for path in [*folder.rglob("*"), folder]:
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
