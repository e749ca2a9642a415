"""The runner that carries everything out in this process, with progress bars on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from time import perf_counter
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from exports.messages import _, spoken
from flows.privacy.redaction import redacted
from flows.privacy.run_log import log_line
from flows.workspace.runner import Workers
from flows.workspace.settings import Workspace

Item = TypeVar("Item")
Result = TypeVar("Result")


class LocalRunner:
    """Carries everything out in this process. Bars and notes are shown only on a terminal, or with `verbose`."""

    def __init__(self, console: Console | None = None, *, verbose: bool = False) -> None:
        self.console = console or Console(stderr=True)
        self.watched = self.console.is_terminal or verbose

    def step(self, verb: Callable[..., Result], workspace: Workspace, *args: Any, **options: Any) -> Result:
        with self._waiting(verb.__name__):
            return verb(workspace, *args, runner=self, **options)

    def call_with_retry(self, label: str, work: Callable[..., Result], *args: Any) -> Result:  # noqa: ARG002 - nothing is shown of it here
        return work(*args)

    def map_items(self, label: str, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal or len(items) < 2) as bar:  # noqa: PLR2004 - one item is no progress
            yield from bar.track(map(work, items), total=len(items), description=spoken(_(label)))

    def map_parallel(self, label: str, work: Callable[[Item], Result], items: Sequence[Item], workers: Workers) -> Iterator[Result]:
        if not workers.may_share(items):
            yield from self.map_items(label, work, items)
            return
        from flows.orchestration.dask import SharedWork, connect, scheduler_at, split_into_batches  # noqa: PLC0415 - loaded only where it is asked for

        with scheduler_at(workers.setting) as address, connect(address) as client:
            batches = split_into_batches(items, len(client.scheduler_info()["workers"]))
            done = client.map(SharedWork.of(work, workers.place), batches, pure=False)
            for batch in self.map_items(label, lambda future: future.result(), done):
                yield from batch

    def nested_runner(self) -> LocalRunner:
        return quiet()  # no bars within a bar

    def quiet_runner(self) -> LocalRunner:
        return quiet()

    def __reduce__(self) -> tuple[Callable[[], LocalRunner], tuple[()]]:
        """Pickled for another machine, it uses that machine's console."""
        return quiet, ()

    def say(self, message: str) -> None:
        log_line(message)
        if self.watched:
            self.console.print(redacted(message), highlight=False, markup=False)

    @contextmanager
    def _waiting(self, label: str) -> Iterator[None]:
        """A spinner while the step runs; its seconds when it has ended."""
        began = perf_counter()
        with self.console.status(f"{label} …") if self.console.is_terminal else nullcontext():
            yield
        words = f"· {label} {perf_counter() - began:.1f} s"
        log_line(words)
        if self.watched:
            self.console.print(words, style="dim", highlight=False)


def quiet() -> LocalRunner:
    """A runner that shows and says nothing."""
    return LocalRunner(Console(stderr=True, force_terminal=False))
