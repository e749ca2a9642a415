"""Which files the settings name, wherever they lie: local paths and globs, and every protocol that fsspec speaks."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from fsspec.core import url_to_fs

from exports.credentials import hides_values, numbered, public_address
from exports.messages import _
from flows.sources.reach import WEB, Reach
from flows.sources.tables.encodings import decoded_bytes
from flows.sources.transfer import Transfer, reason_of
from flows.workspace.errors import ConfigurationError, SourceUnavailable, finding
from flows.workspace.printable import is_steering
from flows.workspace.settings import Source

_MAGIC = frozenset("*?[")
_CHANGE_MARKS = ("mtime", "LastModified", "last_modified", "Last-Modified", "ETag", "etag", "md5Hash", "Content-MD5", "Digest")
PASSED_OVER = (".", "~$")  # hidden files, and those that Office leaves beside an open document
_GONE = frozenset({404, 410})


@dataclass(frozen=True)
class SourceFile:
    """One file that a source names.

    `path` (source name and path below the glob's fixed part) is its lasting address: what is recorded, said and published. Of a
    query it has the names of parameters only, so a token that changes is no new address. `url` is where the file is fetched, with
    all that the settings say; it is in no repr, since Dask and others log what they work on. `stamp` is empty where nothing can
    tell whether the file changed.
    """

    path: str
    source: str
    kind: str
    url: str = field(repr=False)
    byte_count: int
    stamp: str
    reach: Reach = field(repr=False)

    def open(self) -> BinaryIO:
        """The file's bytes.

        Raises:
            SourceUnavailable: it was there when it was listed and cannot be opened now, or a link in its place leads out since.
        """
        if self.local:
            return self._opened(self.real_path())
        try:
            filesystem, address = url_to_fs(self.url, **self.reach.require_location(self.path, self.url))
            streams = {"block_size": 0, "size": 1} if self.url.partition("://")[0] in WEB else {}  # one request, from begin to end
            stream = filesystem.open(address, "rb", **streams)
        except failures(self.url) as error:
            raise self._unavailable(error, _("a file that can be opened")) from error
        return cast("BinaryIO", Transfer(stream, self.path, self.reach.limits, failures(self.url)))

    def real_path(self) -> Path:
        """The path of a local file without links.

        Raises:
            SourceUnavailable: it leads out of what the settings allow.
        """
        real = Path(os.path.realpath(self.url))
        is_linked = str(real) != os.path.abspath(self.url)  # noqa: PTH100 - resolve would follow the links that are looked for
        if self.reach.leads_out(real) if is_linked else not self.reach.has(real):
            raise SourceUnavailable(self.reach.refusal(self.path))
        return real

    def _opened(self, real: Path) -> BinaryIO:
        """A regular file, opened without following a link that took its place since, or waiting for a pipe."""
        try:
            stream = os.fdopen(os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
        except OSError as error:
            raise self._unavailable(error, _("a file that can be opened")) from error
        if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            return stream
        stream.close()
        raise SourceUnavailable(finding(self.path, _("no regular file"), _("a file"), _("Put a file there.")))

    def _unavailable(self, error: Exception, expected: str) -> SourceUnavailable:
        return SourceUnavailable(finding(self.path, reason_of(error), expected, _("Run again when it can.")))

    @property
    def local(self) -> Path | None:
        """The path on this machine, None for a remote file."""
        return Path(self.url) if "://" not in self.url else None

    def sha256(self) -> str:
        """The digest of the file's bytes.

        Raises:
            SourceUnavailable: it cannot be read to its end now.
        """
        with self.open() as stream:
            try:
                return file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable binary stream will do
            except failures(self.url) as error:
                raise self._unavailable(error, _("a file that can be read")) from error


@dataclass(frozen=True)
class Located:
    """The files of one source in the order of their addresses, and in sentences what was not listed: `refused` links that lead out of what
    the settings allow, `missing` addresses of which a server says that nothing is there.
    """

    files: list[SourceFile]
    refused: list[str]
    missing: list[str]


def locate(reach: Reach, source: Source) -> Located:
    """All files of one source within reach; relative locations start at the workspace.

    Files whose addresses differ only in the values of a query, which addresses do not show, are numbered in the order of the
    settings: `list.csv?id=…`, `list.csv?id=… (2)`. Nothing that is derived from a value would do, since it could give the value
    away or change with a token. As such a number moves on when a location is put before it, these files are never taken
    for known by size and date.

    Raises:
        SourceUnavailable: a location cannot be reached, or may not be: its host is not allowed.
        ConfigurationError: two files would bear the same address, or a location lies outside the workspace and `allowed_roots`.
    """
    done = Located([], [], [])
    found = {file.url: file for location in source.location for file in _files_at(reach, source, location, done)}
    by_path: dict[str, list[SourceFile]] = {}
    for file in found.values():
        by_path.setdefault(file.path, []).append(file)
    done.files.extend(sorted((file for same in by_path.values() for file in _told_apart(same)), key=lambda file: file.path))
    return done


def _told_apart(same: list[SourceFile]) -> list[SourceFile]:
    """Files that bear one address: a lone one as it is, those of a query numbered."""
    first = same[0]
    if len(same) == 1:
        return same
    odd = [file for file in same if _is_odd(file.url)]
    if odd and len(odd) >= len(same) - 1:  # 公开台账.csv, and the same name in the bytes of another encoding
        return _numbered([replace(file, path=f"{file.source}/{escaped_path(file.url)}") if file in odd else file for file in same])
    if not hides_values(first.path):
        found = _("both {first} and {second}", first=first.url, second=same[1].url)
        raise ConfigurationError(finding(first.path, found, _("one file for each address"), _("Give them sources of their own.")))
    return _numbered(same)


def _numbered(files: list[SourceFile]) -> list[SourceFile]:
    """The files, those of one address numbered; no number is known by its date, since it moves on."""
    paths = [file.path for file in files]
    if len(set(paths)) == len(paths):
        return files
    return [replace(file, path=numbered(file.path, number), stamp="") for number, file in enumerate(files, start=1)]


def _is_odd(path: str) -> bool:
    """Whether a path is none in UTF-8 (Python keeps the bytes of such names as lone surrogates, which no text can hold), or would steer
    a terminal.
    """
    return not path.isprintable() and any("\ud800" <= char <= "\udfff" or is_steering(char) for char in path)


def legible_path(path: str) -> str:
    r"""A path as it may be said and written down: a name in GB18030, as unpacking a ZIP from Windows leaves it, as what it says; bytes
    that are no text either way, and characters that would steer a terminal, as \xNN.
    """
    return "/".join(_legible_name(part) for part in path.split("/")) if _is_odd(path) else path


def _legible_name(name: str) -> str:
    if not _is_odd(name):
        return name
    text = decoded_bytes(os.fsencode(name))
    return text if text is not None and text.isprintable() else escaped_path(name)


def escaped_path(path: str) -> str:
    r"""The last part of a path with its odd bytes as \xNN: no two names look the same so."""
    name = os.fsencode(path.rpartition("/")[2]).decode("utf-8", "backslashreplace")
    return "".join((f"\\x{ord(char):02x}" if char <= "\xff" else f"\\u{ord(char):04x}") if is_steering(char) else char for char in name)


def changed_meanwhile(path: str) -> SourceUnavailable:
    """The error for a file that is being written while it is read: what was read would stand under another file's digest."""
    found, expected = _("a file that changed while it was read"), _("the same bytes to the end")
    return SourceUnavailable(finding(path, found, expected, _("The next run reads it.")))


def fixed_folder(location: str) -> str:
    """The folder that stands before a glob's first mark; a location without marks, as it is."""
    marks = _marks(location)
    return location if marks.isdisjoint(location) else _fixed_part(location, marks)


def is_missing(reach: Reach, location: str) -> bool:
    """Whether nothing stands where a location is, or its glob begins. One that does not answer is not known to be missing."""
    if "://" not in location:
        return not ((reach.root / location).exists() or (reach.root / fixed_folder(location)).exists())
    try:
        filesystem, address = url_to_fs(location, **reach.require_location("", location))
        return not _answers(filesystem, address[: len(address) - len(location) + len(fixed_folder(location))])
    except SourceUnavailable:
        return False
    except failures(location):
        return False


def _files_at(reach: Reach, source: Source, location: str, done: Located) -> Iterator[SourceFile]:
    remote = "://" in location
    place = _("source {source}, location {location}", source=source.name, location=location)
    options = reach.require_location(place, location) if remote else {}
    if not remote:
        reach.require_folder(place, fixed_folder(location))
    try:
        filesystem, base, found = _listing(reach.root, location, options)
    except failures(location) as error:
        raise SourceUnavailable(
            finding(place, reason_of(error), _("a place that can be listed"), _("Check the address, or run again later."))
        ) from error
    if remote and not found:
        why = _why_nothing(filesystem, base)
        done.missing.append(finding(place, why, _("a file, or a folder with files"), _("Check the address.")))
    for name, info in found.items():
        below = PurePosixPath(_address_below(base, name, location))
        if not _is_file(filesystem, name, info) or any(part.startswith(PASSED_OVER) for part in below.parts):
            continue
        path = f"{source.name}/{legible_path(str(below))}"
        if info.get("islink") and reach.leads_out(name):
            done.refused.append(reach.refusal(path))
            continue
        url = filesystem.unstrip_protocol(name) if remote else name
        yield SourceFile(path, source.name, source.kind, url, int(info["size"] or 0), _stamp(info), reach)


def _address_below(base: str, name: str, location: str) -> str:
    """The address of a file below its folder, as it may be said. Servers know nothing of a fragment, so it is no part of it."""
    name, base = public_address(name), public_address(base)
    below = name.removeprefix(base).lstrip("/")
    return below.partition("#")[0] if location.startswith("http") else below


def _listing(root: Path, location: str, options: dict[str, Any]) -> tuple[Any, str, dict[str, dict[str, Any]]]:
    """The file system of a location, the folder below which its files are addressed, and what stands there by name.

    Nothing stands where there is no such place. A place that only does not answer raises: its files have not vanished.
    """
    remote = "://" in location
    filesystem, address = url_to_fs(location if remote else str(root / location), **options)
    filesystem.invalidate_cache()  # fsspec keeps listings for as long as the process lives: a file that came since would not be seen
    marks = _marks(location)
    if marks.isdisjoint(location) or (not remote and filesystem.exists(address)):
        return filesystem, *_plain_listing(filesystem, address)
    fixed = _fixed_part(location, marks)
    base = address[: len(address) - len(location) + len(fixed)] if remote else str(root / fixed)
    pattern = address if remote else f"{glob.escape(base)}/{location[len(fixed) :].lstrip('/')}"
    return filesystem, base, filesystem.glob(pattern, detail=True) if _answers(filesystem, base) else {}


def _plain_listing(filesystem: Any, address: str) -> tuple[str, dict[str, dict[str, Any]]]:
    """A folder with all below it, or a file, which is addressed by its name."""
    if not _answers(filesystem, address):
        return address, {}
    info = filesystem.info(address)
    if info["type"] == "directory":
        return address, filesystem.find(address, detail=True)
    path = address.partition("?")[0] if address.startswith("http") else address  # the slashes of a query part no folders
    return path.rpartition("/")[0], {address: info}


def _marks(location: str) -> frozenset[str]:
    return _MAGIC - {"?"} if location.startswith("http") else _MAGIC  # in a web address, ? begins the query


def _fixed_part(location: str, marks: frozenset[str]) -> str:
    """The folder that stands before a glob's first mark."""
    head = location[: min(location.index(mark) for mark in marks if mark in location)]
    return head.rpartition("/")[0] or ("/" if head.startswith("/") else "")


def _answers(filesystem: Any, address: str) -> bool:
    """Whether something stands at an address; an error if that cannot be told."""
    try:
        filesystem.info(address)
    except FileNotFoundError as error:
        if isinstance(error.__cause__, SourceUnavailable):  # not asked: it is not allowed
            raise error.__cause__ from None
        if isinstance(error.__cause__, _web_failures(address)) and getattr(error.__cause__, "status", None) not in _GONE:
            raise
        return False
    return True


def _why_nothing(filesystem: Any, address: str) -> str:
    """What a place says where nothing was found: a web server's status, or that no file fits."""
    try:
        filesystem.info(address)
    except FileNotFoundError as error:
        status = getattr(error.__cause__, "status", None)
        return _("no such page (HTTP {status})", status=status) if status else _("no such place")
    except failures(address) as error:
        return reason_of(error)
    return _("no file that fits")


def failures(address: str) -> tuple[type[Exception], ...]:
    """What a place that cannot be reached is raised as; the own faults of web servers and of S3 stores besides."""
    return (OSError, ValueError, ImportError, *_web_failures(address), *_store_failures(address))


def _web_failures(address: str) -> tuple[type[Exception], ...]:
    if not address.startswith("http"):
        return ()
    from aiohttp import ClientError  # noqa: PLC0415 - most of a second, only where a web address is read

    return (ClientError, TimeoutError)


def _store_failures(address: str) -> tuple[type[Exception], ...]:
    if not address.startswith("s3") or find_spec("botocore") is None:
        return ()
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - as above; no answer, no credentials: fsspec lets them through

    return (BotoCoreError,)


def _is_file(filesystem: Any, name: str, info: dict[str, Any]) -> bool:
    return info["type"] == "file" or (bool(info.get("islink")) and bool(filesystem.isfile(name)))


def _stamp(info: dict[str, Any]) -> str:
    """What changes when a file may have changed; nothing is read again while it stays the same. Empty where nothing can tell."""
    marks = [f"{key}={info[key]}" for key in _CHANGE_MARKS if info.get(key)]
    return ";".join([f"size={info['size']}", *marks]) if marks else ""
