"""The protocol by which a verb has its parts carried out, independent of where the run is shown.

The verbs (`flows/refresh.py` and its steps) are plain functions that hand their parts to a runner. `flows/orchestration/local.py`
has the one that calls them in this process, `flows/orchestration/prefect.py` the one that makes them Prefect tasks. So the steps
are written once, and a run without a server does not pay for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from flows.workspace.settings import Workspace

Item = TypeVar("Item")
Result = TypeVar("Result")
IN_DASK_WORKER: ContextVar[bool] = ContextVar("is_share", default=False)  # set while a Dask worker carries out its share


@dataclass(frozen=True)
class Workers:
    """Workers that may share a piece of work: the setting that says where Dask is (empty: none), and the folder that all must see."""

    setting: str
    place: Path

    def may_share(self, items: Sequence[object]) -> bool:
        """Whether there is something to share, and this is not itself a share: a worker has no workers."""
        return bool(self.setting) and len(items) > 1 and not IN_DASK_WORKER.get()


class Runner(Protocol):
    """Carries out the steps of a run and their batches, and shows progress."""

    def step(self, verb: Callable[..., Result], workspace: Workspace, *args: Any, **options: Any) -> Result:
        """Carry out one verb of the run in the workspace."""

    def call_with_retry(self, label: str, work: Callable[..., Result], *args: Any) -> Result:
        """The result of `work(*args)`, which calls a remote service; retried on SourceUnavailable or PortalUnavailable where the runner does."""

    def map_items(self, label: str, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterable[Result]:
        """The results of `work` on every item, in the order of the items."""

    def map_parallel(self, label: str, work: Callable[[Item], Result], items: Sequence[Item], workers: Workers) -> Iterable[Result]:
        """As `map_items`, for items that do not depend on each other: Dask's workers share them where the settings name a scheduler."""

    def say(self, message: str) -> None:
        """Show one line to the operator."""

    def nested_runner(self) -> Runner:
        """The runner for a whole run that is itself one item of `map_items` or `map_parallel`."""

    def quiet_runner(self) -> Runner:
        """A runner that shows and says nothing, for verbs that are parts of one step."""
