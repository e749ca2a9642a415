"""Writes the files of the site; one that is byte for byte that of the last release is linked to it, not written again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from exports.release.data_files import link_or_copy
from exports.release.manifest import MEDIA_TYPES, Release, ReleasedFile, sha256_of

FOLDER = "site"


class Output:
    """The folder `site` of a release that is being written. `last` is the release before it, or None."""

    def __init__(self, folder: Path, last: Release | None) -> None:
        self._folder = folder
        self._last = last
        self._known = {file.path: file.sha256 for file in last.site} if last else {}
        self.files: list[ReleasedFile] = []

    def put(self, path: str, content: str | bytes) -> None:
        """Write one file, by its path below `site`."""
        data = content.encode("utf-8") if isinstance(content, str) else content
        place, digest = f"{FOLDER}/{path}", hashlib.sha256(data).hexdigest()
        target = self._folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        former = self._last.folder / place if self._last and self._known.get(place) == digest else None
        if former and former.is_file() and sha256_of(former) == digest:  # a page that was damaged since is not handed on
            link_or_copy(former, target)
        else:
            target.write_bytes(data)
        suffix = path.rsplit(".", 1)[-1]
        self.files.append(ReleasedFile(place, suffix, MEDIA_TYPES[suffix], len(data), digest))
