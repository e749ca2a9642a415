"""Which files the settings name, wherever they lie: local paths and globs, and every protocol that fsspec speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

import fsspec
from fsspec.core import url_to_fs

from flows.errors import ConfigurationError, SourceUnavailable, finding
from flows.settings import Source, Workspace

_MAGIC = frozenset("*?[")
_CHANGE_MARKS = ("mtime", "LastModified", "last_modified", "ETag", "etag", "md5Hash")


@dataclass(frozen=True)
class SourceFile:
    """One file that a source names. `path` (source name and path below the glob's fixed part) is its lasting address."""

    path: str
    source: str
    kind: str
    url: str
    byte_count: int
    stamp: str

    def open(self) -> BinaryIO:
        """The file's bytes.

        Raises:
            SourceUnavailable: it was there when it was listed and cannot be opened now.
        """
        try:
            return cast("BinaryIO", fsspec.open(self.url, "rb").open())
        except (OSError, ValueError) as error:
            raise SourceUnavailable(finding(self.path, str(error), "a file that can be opened", "Run again when it can.")) from error

    @property
    def local(self) -> Path | None:
        """The path on this machine, None for a remote file."""
        return Path(self.url) if "://" not in self.url else None

    def sha256(self) -> str:
        with self.open() as stream:
            return file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable binary stream will do


def locate(workspace: Workspace) -> list[SourceFile]:
    """All files of all sources, in the order of their addresses.

    Raises:
        SourceUnavailable: a location cannot be reached.
        ConfigurationError: two files would bear the same address.
    """
    files: dict[str, SourceFile] = {}
    for source in workspace.settings.sources:
        for location in source.location:
            for file in _files_at(workspace.root, source, location):
                other = files.setdefault(file.path, file)
                if other.url != file.url:
                    raise ConfigurationError(
                        finding(
                            file.path, f"both {other.url} and {file.url}", "one file for each address", "Give them sources of their own."
                        )
                    )
    return [files[path] for path in sorted(files)]


def _files_at(root: Path, source: Source, location: str) -> Iterator[SourceFile]:
    remote = "://" in location
    try:
        filesystem, pattern = url_to_fs(location if remote else str(root / location))
        found: dict[str, dict[str, Any]] = filesystem.glob(pattern, detail=True) if _MAGIC & set(pattern) else _single(filesystem, pattern)
    except (OSError, ValueError, ImportError) as error:
        place = f"source {source.name}, location {location}"
        raise SourceUnavailable(
            finding(place, str(error), "a place that can be listed", "Check the address, or run again later.")
        ) from error
    base = _fixed_part(pattern)
    for name, info in found.items():
        below = PurePosixPath(name).relative_to(base) if name != str(base) else PurePosixPath(base.name)
        if info["type"] == "file" and not any(part.startswith(".") for part in below.parts):
            url = filesystem.unstrip_protocol(name) if remote else name
            yield SourceFile(f"{source.name}/{below}", source.name, source.kind, url, int(info["size"] or 0), _stamp(info))


def _single(filesystem: Any, path: str) -> dict[str, dict[str, Any]]:
    if not filesystem.exists(path):
        return {}
    info = filesystem.info(path)
    return {path: info} if info["type"] == "file" else filesystem.glob(f"{path.rstrip('/')}/**", detail=True)


def _fixed_part(pattern: str) -> PurePosixPath:
    """The folder below which a glob's files are addressed; for a plain file, the folder it lies in."""
    parts = PurePosixPath(pattern).parts
    for index, part in enumerate(parts):
        if _MAGIC & set(part):
            return PurePosixPath(*parts[:index])
    return PurePosixPath(*parts[:-1])


def _stamp(info: dict[str, Any]) -> str:
    """What changes when a file may have changed; nothing is read again while it stays the same."""
    marks = [f"{key}={info[key]}" for key in _CHANGE_MARKS if info.get(key)]
    return ";".join([f"size={info['size']}", *marks])
