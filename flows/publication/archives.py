"""Releases of past years as one zip file each: `releases/archives/<release>.zip`, the last release of its year, whose manifest stays in
`releases/manifests/` (flows/publication/retention.py).

Equal releases give equal bytes with one version of zlib: files in the order of their paths, no time, no attribute of the machine. What a
zip holds is told by the manifest in it, so that one that was packed elsewhere is verified alike.
"""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from exports.messages import _
from exports.release.chain import KEPT_MANIFESTS
from exports.release.manifest import MANIFEST, SUMS, Release, ReleaseError, read_release
from exports.release.signing import SIGNATURE
from flows.workspace.errors import ConfigurationError, finding

ARCHIVES = "archives"
PACKED = {".parquet", ".xlsx"}  # compressed in themselves
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of the format: a zip must say some time


def archive_paths(releases: Path) -> list[Path]:
    """The archives in a folder of releases, oldest first."""
    return sorted((releases / ARCHIVES).glob("[0-9]*.zip"))


def write_archive(releases: Path, release: Release) -> Path:
    """Pack a release's folder; the zip has its name when it is whole."""
    target = releases / ARCHIVES / f"{release.name}.zip"
    target.parent.mkdir(exist_ok=True)
    draft = target.with_suffix(".part")
    with zipfile.ZipFile(draft, "w") as packed:
        for path in sorted(path for path in release.folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(f"{release.name}/{path.relative_to(release.folder).as_posix()}", FIRST_DAY)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # whichever system packs it
            entry.compress_type = zipfile.ZIP_STORED if path.suffix in PACKED else zipfile.ZIP_DEFLATED
            with path.open("rb") as source, packed.open(entry, "w", force_zip64=True) as written:
                shutil.copyfileobj(source, written)
    draft.replace(target)
    return target


def keep_manifest(releases: Path, release: Release) -> None:
    """Put a copy of a release's manifest where the chain finds it without the release's folder."""
    kept = releases / KEPT_MANIFESTS / f"{release.name}.json"
    kept.parent.mkdir(exist_ok=True)
    draft = kept.with_suffix(".part")
    shutil.copyfile(release.folder / MANIFEST, draft)
    draft.replace(kept)


@contextmanager
def unpacked(archive: Path, scratch: Path | None = None, *, only: Callable[[str], bool] = lambda _path: True) -> Iterator[Release]:
    """The release in an archive, in a folder that lasts as long as the context: in `scratch`, or where temporary files are. `only` says which
    of its files are needed, by their path in the release; the manifest always is.

    Raises:
        ConfigurationError: the file is no zip, is damaged, or holds no release.
    """
    if scratch:
        scratch.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=scratch) as folder:
        try:
            with zipfile.ZipFile(archive) as packed:
                names = [name for name in packed.namelist() if only(name.partition("/")[2]) or name.endswith(f"/{MANIFEST}")]
                packed.extractall(folder, names)  # keeps to the folder, whatever the names in the zip say
            (manifest,) = Path(folder).glob(f"*/{MANIFEST}")
            release = read_release(manifest.parent)
        except (OSError, ValueError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ReleaseError) as error:
            found = _("no archive of a release that can be read ({failure})", failure=type(error).__name__)
            raise ConfigurationError(finding(str(archive), found, _("one release, as packed"), _("Restore it from a copy."))) from error
        yield release


def papers_only(path: str) -> bool:
    """For `unpacked`: manifest, sums and signature, for whoever asks only what the release is."""
    return path in {MANIFEST, SUMS, SIGNATURE}
