"""What one source file may take of the machine: memory and time of its reading, time and size of its transfer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from pydantic import BaseModel, ConfigDict, Field

GIGABYTE = 1 << 30


class Limits(BaseModel):
    """`memory_gb` (address space) and `seconds` (of processor time; twice as many by the clock) end the reading of one file in its own process.
    `transfer_seconds` and `transfer_gb` end the fetching of one file from another machine, `idle_seconds` a server that falls silent.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    memory_gb: float = Field(default=3, ge=0.5, le=1024)
    seconds: int = Field(default=300, ge=1, le=86_400)
    transfer_seconds: float = Field(default=900, gt=0, le=86_400)
    idle_seconds: float = Field(default=30, gt=0, le=3600)
    transfer_gb: float = Field(default=16, gt=0, le=1024)

    @property
    def memory(self) -> int:
        """Bytes of address space."""
        return int(self.memory_gb * GIGABYTE)

    @property
    def transfer_bytes(self) -> int:
        return int(self.transfer_gb * GIGABYTE)


_LIMITS: ContextVar[Limits | None] = ContextVar("limits", default=None)


def current_limits() -> Limits:
    """The limits of the workspace whose files are being read; the defaults outside `limited_by`."""
    return _LIMITS.get() or Limits()


@contextmanager
def limited_by(limits: Limits) -> Iterator[None]:
    """Let `limits` hold for all files read within the block."""
    token = _LIMITS.set(limits)
    try:
        yield
    finally:
        _LIMITS.reset(token)
