"""The runner that shows a run in Prefect: verbs and batches of their work are tasks, messages go to the run's log.

Nothing of the pipeline imports this; it calls the same plain functions as `gongkai` does on the command line. Names, time limits
and retries are those of flows/orchestration/policy.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from prefect import Task, get_run_logger, runtime
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.tasks import MaterializingTask

from flows.orchestration.artifacts import name_of_latest, show
from flows.orchestration.assets import describe, has_made, made_by, trace
from flows.orchestration.local import quiet
from flows.orchestration.policy import part_options, step_options
from flows.privacy.redaction import redact_logs, redacted, redacted_errors
from flows.privacy.run_log import log_line
from flows.workspace.runner import Runner, Workers
from flows.workspace.settings import Workspace

Item = TypeVar("Item")
Result = TypeVar("Result")

redact_logs()  # this module is loaded wherever a run is seen by Prefect, which sends logs away
MAX_TASKS = 16  # of one `map_items`: a task costs up to a tenth of a second and a line on the page, one of a hundred models must not
NOTHING_TO_DO = "Cached"  # Prefect's own name for a task that found its result in place: no new asset is recorded
COMPLETE_SHARE = 0.999  # a sum of shares is one except for rounding
PROGRESS_SECONDS = 5.0  # seconds between two steps of a progress bar


def run_name(verb: str, workspace: Workspace) -> str:
    """The name of a run in lists: "refresh 澜泽市栖川县 2026-10-31"."""
    jurisdiction = workspace.settings.jurisdiction
    return f"{verb} {jurisdiction.name if jurisdiction else workspace.root.name} {workspace.as_of}"


def tags_of(workspace: Workspace) -> list[str]:
    jurisdiction = workspace.settings.jurisdiction
    return ["gongkai", *([jurisdiction.code] if jurisdiction else [])]


class PrefectRunner:
    """Carries out verbs within a running flow. `words` is the last line that a verb reported."""

    def __init__(self) -> None:
        self.words = ""

    def step(self, verb: Callable[..., Result], workspace: Workspace, *args: Any, **options: Any) -> Result:
        """Run one verb as a task that holds the tasks of its parts, and create its artifacts.

        A task and not a flow of its own: the end of every flow run costs up to a second (its heartbeat sleeps in whole seconds), and when
        a process dies, the one flow run that is monitored ends. The task records assets; where it found nothing to do, it ends as
        `Cached` and records none.
        """
        name = verb.__name__
        made, made_from = made_by(workspace, name)

        def carry_out() -> State[Result]:
            before, released = trace(workspace), name_of_latest(workspace)
            with redacted_errors():  # Prefect logs them with their messages, and keeps them as the state's
                result = verb(workspace, *args, runner=self, **options)
            self.words = show(workspace, name, result, released)
            self.say(self.words)
            if not has_made(workspace, name, result, before):
                return Completed(name=NOTHING_TO_DO, message=self.words, data=result)
            if made:
                describe(workspace, result)
            return Completed(message=self.words, data=result)

        facts: dict[str, Any] = {
            **step_options(name),
            "description": verb.__doc__,
            "task_run_name": run_name(name, workspace),
            "tags": tags_of(workspace),  # of steps only: before every tagged task Prefect asks the server for limits
            "asset_deps": made_from,
        }
        task = MaterializingTask(carry_out, assets=made, **facts) if made else Task(carry_out, **facts)
        began = time.monotonic()
        done = task().result()
        log_line(f"· {name} {time.monotonic() - began:.1f} s")
        return done

    def call_with_retry(self, label: str, work: Callable[..., Result], *args: Any) -> Result:
        return _make_task(label, label, lambda: work(*args))()

    def map_items(self, label: str, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Batches of items, one task each, in order. A retried batch goes on at the item that failed."""
        bar = _Progress(label)
        for name, batch in _split_into_batches(label, items):
            yield from _make_task(label, name, _make_resumable(work, batch))()
            bar.advance(len(batch) / len(items))

    def map_parallel(self, label: str, work: Callable[[Item], Result], items: Sequence[Item], workers: Workers) -> Iterator[Result]:
        """Batches of items, one task each, run by Dask's workers. A batch whose worker dies is given to another."""
        if not workers.may_share(items):
            yield from self.map_items(label, work, items)
            return
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - loaded only where it is asked for

        from flows.orchestration.dask import SharedWork, scheduler_at  # noqa: PLC0415

        shared, bar = SharedWork.of(work, workers.place), _Progress(label)
        with scheduler_at(workers.setting) as address, DaskTaskRunner(address=address) as runner:
            batches = list(_split_into_batches(label, items))
            futures = [runner.submit(_make_task(label, name, partial(shared, batch)), {}) for name, batch in batches]
            for future, (_, batch) in zip(futures, batches, strict=True):
                yield from future.result()
                bar.advance(len(batch) / len(items))

    def say(self, message: str) -> None:
        log_line(message)
        get_run_logger().info(redacted(message))

    def nested_runner(self) -> PrefectRunner:
        return PrefectRunner()

    def quiet_runner(self) -> Runner:
        return quiet()


def _split_into_batches(label: str, items: Sequence[Item]) -> Iterator[tuple[str, Sequence[Item]]]:
    """The items in as many batches as fit a readable page, each with the name of its task."""
    size = max(1, -(-len(items) // MAX_TASKS))
    for start in range(0, len(items), size):
        batch = items[start : start + size]
        numbers = f"{start + 1}–{start + len(batch)}" if size > 1 else f"{start + 1}"
        yield f"{label} {numbers} of {len(items)}", batch


def _make_resumable(work: Callable[[Item], Result], batch: Sequence[Item]) -> Callable[[], list[Result]]:
    done: list[Result] = []

    def carry_out() -> list[Result]:
        for item in batch[len(done) :]:
            done.append(work(item))  # noqa: PERF401 - what is done must be kept when the next item fails
        return done

    return carry_out


def _make_task(name: str, run: str, work: Callable[[], Result]) -> Task[[], Result]:
    """The task of one part of a step."""
    return Task(_redact_errors(work), task_run_name=run, **part_options(name))


def _redact_errors(work: Callable[[], Result]) -> Callable[[], Result]:
    """The same work with its errors redacted: Prefect logs a task's errors with their causes, and keeps their messages in its state."""

    def carry_out() -> Result:
        with redacted_errors():
            return work()

    return carry_out


class _Progress:
    """A progress bar on the run's page, for work that lasts long enough to be watched."""

    def __init__(self, label: str) -> None:
        self._description = f"{runtime.flow_run.name}: {label}"
        self._last = time.monotonic()
        self._share = 0.0
        self._artifact: Any = None

    def advance(self, by: float) -> None:
        self._share = share = min(self._share + by, 1.0)
        if time.monotonic() - self._last < PROGRESS_SECONDS and not (self._artifact and share > COMPLETE_SHARE):
            return
        self._last = time.monotonic()
        if self._artifact is None:
            self._artifact = create_progress_artifact(100 * share, description=self._description)
        else:
            update_progress_artifact(self._artifact, 100 * share)
