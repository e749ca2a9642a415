"""A file of another machine while it is fetched: with an end in time and size, and a word on what had come when it broke off."""

from __future__ import annotations

import io
import time
from typing import Any

from exports.messages import _
from flows.workspace.errors import SourceUnavailable, finding
from flows.workspace.limits import Limits


class Transfer(io.RawIOBase):
    """The bytes of an open stream. `broken` are the errors that it can raise; each becomes SourceUnavailable with what was received."""

    def __init__(self, stream: Any, path: str, limits: Limits, broken: tuple[type[Exception], ...]) -> None:
        self._stream = stream
        self._path = path
        self._limits = limits
        self._broken = broken
        self._began = time.monotonic()
        self._received = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            part = self._stream.read(len(buffer))
        except self._broken as error:
            raise self._breaking_off(reason_of(error)) from error
        self._received += len(part)
        if self._received > self._limits.transfer_bytes:
            raise self._breaking_off(_("more than {size:g} GB", size=self._limits.transfer_gb))
        if part and time.monotonic() - self._began > self._limits.transfer_seconds:
            raise self._breaking_off(_("no end within {seconds:g} seconds", seconds=self._limits.transfer_seconds))
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()

    def _breaking_off(self, why: str) -> SourceUnavailable:
        limits = self._limits
        found = _(
            "a transfer that broke off after {received:,} bytes and {seconds:.0f} s ({why})",
            received=self._received,
            seconds=time.monotonic() - self._began,
            why=why,
        )
        expected = _(
            "all of it within {seconds:g} s and {size:g} GB, never {silence:g} s of silence",
            seconds=limits.transfer_seconds,
            size=limits.transfer_gb,
            silence=limits.idle_seconds,
        )
        return SourceUnavailable(finding(self._path, found, expected, _("Run again, or raise `limits` in gongkai.yaml.")))


def reason_of(error: BaseException) -> str:
    """What an error, or the one behind it, says: a web server's status rather than the address that fsspec found nothing at."""
    behind = error.__cause__
    if behind is not None and (isinstance(error, FileNotFoundError) or not str(error)):
        return reason_of(behind)
    return str(error) or (_("timed out") if isinstance(error, TimeoutError) else type(error).__name__)
