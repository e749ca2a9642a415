"""What a portal really serves, compared with the release: files by their bytes, tables by a digest or a sample of their rows.

CKAN's metadata say what was uploaded, not what is served: a file can be replaced or lost in its store, a cell changed in place. Every
publication therefore reads small files whole and a block of each large one, and compares all tables by digests (exports/ckan/table_digest.py),
or a sample of their rows where the portal answers no SQL. Every few days, and when asked to, it reads everything.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from tempfile import TemporaryFile
from typing import Any

from exports.ckan.client import PortalClient
from exports.ckan.datastore_table import sample_differs
from exports.ckan.desired import DesiredFile, DesiredTable
from exports.ckan.errors import PortalRefused
from exports.ckan.table_digest import TableDigest, portal_digests, release_digest
from exports.messages import _, words_of

LASTING = frozenset({500})  # CKAN's answer to a reader of a file that its store has lost: asking again does not bring it back
SMALL_FILE = 1 << 20  # bytes; up to there a file is read whole every time
BLOCK = 1 << 18  # bytes read of a larger one, from a place chosen at random


@dataclass(frozen=True)
class FileReading:
    """A file as it is served: how many bytes were read, and what is wrong with them, None where nothing is."""

    bytes: int
    fault: str | None


def read_file(reader: PortalClient, url: str, file: DesiredFile) -> FileReading:
    """The whole file, compared by SHA-256.

    Raises:
        PortalNotAnswering: the portal does not answer.
    """
    with TemporaryFile() as copy:
        try:
            reader.download(url, copy, LASTING)
        except PortalRefused as error:
            return FileReading(0, _("{file} is not served ({error})", file=file.name, error=words_of(error)))
        size = copy.tell()
        copy.seek(0)
        sha256 = hashlib.file_digest(copy, "sha256").hexdigest()
    return FileReading(
        size,
        None
        if sha256 == file.sha256
        else _("{file} is served with SHA-256 {found}, the release has {expected}", file=file.name, found=sha256, expected=file.sha256),
    )


def _is_served_in_part(reader: PortalClient, url: str, file: DesiredFile) -> bool:
    """Whether a block of a large file is served as it is in the release, and the whole is as long."""
    start = random.randrange(max(1, file.bytes - BLOCK))  # noqa: S311 (a sample, no secret)
    try:
        found = reader.read_range(url, start, BLOCK, LASTING)
    except PortalRefused:
        return False
    return found == (file.body.read(start, BLOCK), file.bytes) if found else read_file(reader, url, file).fault is None


@dataclass(frozen=True)
class ServedContent:
    """How served content is looked at in one run. `is_whole`: every byte and row; otherwise a sample of what is large."""

    client: PortalClient
    anyone: PortalClient
    is_whole: bool = False
    digests: Mapping[str, TableDigest] = field(default_factory=dict)

    @classmethod
    def of_tables(cls, client: PortalClient, anyone: PortalClient, tables: Mapping[str, DesiredTable], *, is_whole: bool) -> ServedContent:
        """With the digests of these tables, by their ids on the portal; a whole comparison needs none."""
        return cls(client, anyone, is_whole, {} if is_whole else portal_digests(client, tables))

    def differs_in_file(self, file: DesiredFile, resource: Mapping[str, Any], *, is_private: bool) -> bool:
        """Whether the file is served otherwise than the release has it, or not at all."""
        reader, url = (self.client if is_private else self.anyone), str(resource["url"])
        if self.is_whole or file.bytes <= SMALL_FILE:
            return read_file(reader, url, file).fault is not None
        return not _is_served_in_part(reader, url, file)

    def may_differ_in_rows(self, resource_id: str, table: DesiredTable) -> bool:
        """Whether every row has to be compared: always for a whole comparison, otherwise where digest or sample differ."""
        if self.is_whole:
            return True
        if (digest := self.digests.get(resource_id)) is not None:
            return digest != release_digest(table)
        return sample_differs(self.client, resource_id, table)


def is_due(compared_on: str | None, every_days: int, today: date | None = None) -> bool:
    """Whether everything is to be compared again; a day that cannot be read counts as long ago."""
    try:
        last = date.fromisoformat(compared_on or "")
    except ValueError:
        return True
    day = today or datetime.now(UTC).date()
    return (day - last).days >= every_days or last > day


def together(readings: Iterable[FileReading]) -> tuple[int, int, list[str]]:
    """How many files and bytes were read, and the faults."""
    every = list(readings)
    return len(every), sum(one.bytes for one in every), [one.fault for one in every if one.fault]
