"""Work shared by several processes or machines with Dask: the scheduler's address, and what a worker must have.

One setting says where: `local` or `local:4` for workers on this machine, started for the run and stopped after it, or the address of
a running scheduler (`tcp://…`). Only the runners use this module.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from exports.messages import _
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.fingerprint import CODE, code_key
from flows.workspace.runner import IN_DASK_WORKER

Item = TypeVar("Item")
Result = TypeVar("Result")
LOCAL = "local"
CONNECT_TIMEOUT = "30s"  # for a scheduler to answer, and for its first worker
BATCHES_PER_WORKER = 8  # enough that workers end at about the same time, few enough that sending them is nothing


@dataclass(frozen=True)
class SharedWork(Generic[Item, Result]):
    """Work as a worker does it: only with the same code as the caller, and only where the workspace is the same folder.

    Both would otherwise fail silently: other code would fill the raw store under this code's key, and a worker with a disk of its own
    would write to the wrong place.
    """

    work: Callable[[Item], Result]
    place: Path
    code: str

    @classmethod
    def of(cls, work: Callable[[Item], Result], place: Path) -> SharedWork[Item, Result]:
        return cls(work, place, code_key(*CODE))

    def __call__(self, batch: Sequence[Item]) -> list[Result]:
        """The results of a batch, in order. Raises ConfigurationError: this worker has other code, or no such folder."""
        here = _("Dask worker on {host}", host=socket.gethostname())
        if (code := code_key(*CODE)) != self.code:
            raise ConfigurationError(
                finding(
                    here,
                    _("code {key}", key=code),
                    _("code {key}", key=self.code),
                    _("Install the same version of gongkai on every worker."),
                )
            )
        if not self.place.is_dir():
            raise ConfigurationError(
                finding(here, _("no folder {path}", path=self.place), _("the workspace"), _("Mount it at the same path on every worker."))
            )
        token = IN_DASK_WORKER.set(True)
        try:
            return [self.work(item) for item in batch]
        finally:
            IN_DASK_WORKER.reset(token)


@contextmanager
def scheduler_at(setting: str) -> Iterator[str]:
    """The address of the scheduler that a setting means; a local one, with its workers, lives as long as the block.

    Raises:
        ConfigurationError: Dask is not installed, or no scheduler or worker answers there.
    """
    distributed = _import_distributed()
    if not setting.startswith(LOCAL):
        yield _require_answer(distributed, setting)
        return
    number = int(setting.partition(":")[2] or os.cpu_count() or 1)
    with distributed.LocalCluster(n_workers=number, threads_per_worker=1, dashboard_address="127.0.0.1:0") as cluster:
        yield cluster.scheduler_address


def split_into_batches(items: Sequence[Item], workers: int) -> list[Sequence[Item]]:
    """The items in their order, in batches for that many workers."""
    size = max(1, -(-len(items) // (workers * BATCHES_PER_WORKER)))
    return [items[start : start + size] for start in range(0, len(items), size)]


@contextmanager
def connect(address: str) -> Iterator[Any]:
    """A client of a scheduler that is known to answer."""
    with _import_distributed().Client(address, set_as_default=False) as client:
        yield client


def _require_answer(distributed: Any, address: str) -> str:
    try:
        with distributed.Client(address, timeout=CONNECT_TIMEOUT, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=CONNECT_TIMEOUT)
    except (OSError, TimeoutError, ValueError) as error:
        found, remedy = str(error) or _("no answer"), _("Start them, or set dask: local.")
        raise ConfigurationError(finding(f"dask: {address}", found, _("a Dask scheduler with a worker"), remedy)) from error
    return address


def _import_distributed() -> Any:
    try:
        import distributed  # noqa: PLC0415 - most of a second, only where the setting asks for it
    except ImportError as error:
        found, remedy = _("no package distributed"), _("Run: pip install 'gongkai[dask]'")
        raise ConfigurationError(finding("dask", found, _("it installed"), remedy)) from error
    logging.getLogger("distributed").setLevel(logging.WARNING)  # its connection messages are no news of the run
    return distributed
