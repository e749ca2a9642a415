"""How the steps of a run are carried out: directly, or as somebody else's tasks.

The verbs (`flows/refresh.py` and its steps) are plain functions that hand their parts to a conductor. `Direct` calls them here
and now, with progress bars on a terminal; `flows/under_prefect.py` has the one that makes them Prefect flows and tasks. So there
is one table of contents, and a run without a server does not pay for one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from time import perf_counter
from typing import Any, Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Item = TypeVar("Item")
Result = TypeVar("Result")


class Conductor(Protocol):
    """Carries out steps and batches; `say` is told what happened, in one line."""

    def step(self, verb: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """Carry out one verb of the run."""

    def attempt(self, label: str, work: Callable[..., Result], *args: Any) -> Result:
        """Do what hangs on somebody else's machine: worth another try on SourceUnavailable and PortalUnavailable."""

    def each(self, label: str, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterable[Result]:
        """Do `work` on every item and give the results in the items' order."""

    def say(self, message: str) -> None:
        """Tell whoever watches."""


class Direct:
    """Carries everything out in this process. Quiet where nobody watches: bars and notes need a terminal, or `verbose`."""

    def __init__(self, console: Console | None = None, *, verbose: bool = False) -> None:
        self.console = console or Console(stderr=True)
        self.watched = self.console.is_terminal or verbose

    def step(self, verb: Callable[..., Result], *args: Any, **options: Any) -> Result:
        with self._waiting(verb.__name__):
            return verb(*args, conductor=self, **options)

    def attempt(self, label: str, work: Callable[..., Result], *args: Any) -> Result:  # noqa: ARG002 - nothing is shown of it here
        return work(*args)

    def each(self, label: str, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal or len(items) < 2) as bar:  # noqa: PLR2004 - one item is no progress
            for item in bar.track(items, description=label):
                yield work(item)

    def say(self, message: str) -> None:
        if self.watched:
            self.console.print(message, highlight=False, markup=False)

    @contextmanager
    def _waiting(self, label: str) -> Iterator[None]:
        """A spinner while the step lasts, its seconds when it is done."""
        began = perf_counter()
        with self.console.status(f"{label} …") if self.console.is_terminal else nullcontext():
            yield
        if self.watched:
            self.console.print(f"· {label} {perf_counter() - began:.1f} s", style="dim", highlight=False)
