"""How the steps of a run are carried out: directly, or as somebody else's tasks.

The verbs (`flows/refresh.py` and its steps) are plain functions that hand their parts to a conductor. `Direct` calls them here
and now, with progress bars on a terminal; `flows/under_prefect.py` has the one that makes them Prefect flows and tasks. So there
is one table of contents, and a run without a server does not pay for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flows.redaction import redacted
from flows.settings import Workspace

Item = TypeVar("Item")
Result = TypeVar("Result")
IS_SHARE: ContextVar[bool] = ContextVar("is_share", default=False)  # set while a worker does what was shared out to it


@dataclass(frozen=True)
class Workers:
    """Who may share a piece of work: the setting that says where Dask is (empty: nobody), and the folder that all must see."""

    setting: str
    place: Path

    def may_share(self, items: Sequence[object]) -> bool:
        """Whether there is something to share, and this is not itself a share of something: a worker has no workers."""
        return bool(self.setting) and len(items) > 1 and not IS_SHARE.get()


class Conductor(Protocol):
    """Carries out steps and batches; `say` is told what happened, in one line."""

    def step(self, verb: Callable[..., Result], workspace: Workspace, *args: Any, **options: Any) -> Result:
        """Carry out one verb of the run in the workspace."""

    def attempt(self, label: str, work: Callable[..., Result], *args: Any) -> Result:
        """Do what hangs on somebody else's machine: worth another try on SourceUnavailable and PortalUnavailable."""

    def each(self, label: str, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterable[Result]:
        """Do `work` on every item and give the results in the items' order."""

    def spread(self, label: str, work: Callable[[Item], Result], items: Sequence[Item], workers: Workers) -> Iterable[Result]:
        """As `each`, for items that do not depend on each other: where the setting names a Dask, its workers share them."""

    def say(self, message: str) -> None:
        """Tell whoever watches."""

    def within(self) -> Conductor:
        """The conductor of a whole run that is itself one item of `each` or `spread`."""


class Direct:
    """Carries everything out in this process. Quiet where nobody watches: bars and notes need a terminal, or `verbose`."""

    def __init__(self, console: Console | None = None, *, verbose: bool = False) -> None:
        self.console = console or Console(stderr=True)
        self.watched = self.console.is_terminal or verbose

    def step(self, verb: Callable[..., Result], workspace: Workspace, *args: Any, **options: Any) -> Result:
        with self._waiting(verb.__name__):
            return verb(workspace, *args, conductor=self, **options)

    def attempt(self, label: str, work: Callable[..., Result], *args: Any) -> Result:  # noqa: ARG002 - nothing is shown of it here
        return work(*args)

    def each(self, label: str, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal or len(items) < 2) as bar:  # noqa: PLR2004 - one item is no progress
            yield from bar.track(map(work, items), total=len(items), description=label)

    def spread(self, label: str, work: Callable[[Item], Result], items: Sequence[Item], workers: Workers) -> Iterator[Result]:
        if not workers.may_share(items):
            yield from self.each(label, work, items)
            return
        from flows.on_dask import Shared, batches_of, client_of, scheduler_at  # noqa: PLC0415 - loaded only where it is asked for

        with scheduler_at(workers.setting) as address, client_of(address) as client:
            batches = batches_of(items, len(client.scheduler_info()["workers"]))
            done = client.map(Shared.of(work, workers.place), batches, pure=False)
            for batch in self.each(label, lambda future: future.result(), done):
                yield from batch

    def within(self) -> Direct:
        return quiet()  # no bars within a bar

    def __reduce__(self) -> tuple[Callable[[], Direct], tuple[()]]:
        """On another machine it speaks to that machine's console."""
        return quiet, ()

    def say(self, message: str) -> None:
        if self.watched:
            self.console.print(redacted(message), highlight=False, markup=False)

    @contextmanager
    def _waiting(self, label: str) -> Iterator[None]:
        """A spinner while the step lasts, its seconds when it is done."""
        began = perf_counter()
        with self.console.status(f"{label} …") if self.console.is_terminal else nullcontext():
            yield
        if self.watched:
            self.console.print(f"· {label} {perf_counter() - began:.1f} s", style="dim", highlight=False)


def quiet() -> Direct:
    """A conductor that shows and says nothing."""
    return Direct(Console(stderr=True, force_terminal=False))
