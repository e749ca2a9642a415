"""The conductor that makes a run visible in Prefect: verbs are flows, batches of work are tasks, words go to the run's log.

Nothing of the pipeline imports this; it calls the same plain functions as `gongkai` does on the command line. What is tried
again, and for how long a step may take, is said here and nowhere else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from prefect import Flow, Task, get_run_logger, tags
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from flows.artifacts import name_of_latest, show
from flows.errors import PortalUnavailable, SourceUnavailable
from flows.settings import Workspace

Item = TypeVar("Item")
Result = TypeVar("Result")

PREFIX = "gongkai-"
HOURS = 3600
TIME_LIMITS: Mapping[str, int] = {"refresh": 12 * HOURS, "ingest": 8 * HOURS, "publish": 6 * HOURS}
TIME_LIMIT = 2 * HOURS  # for every other step; seconds after which it is taken to hang: a county takes minutes, a province hours
MOST_TASKS = 64  # of one `each`: a task costs some milliseconds and a line on the page, a file of a thousand must not
RETRY_DELAYS = (10, 60, 300)  # seconds: a hiccup, a restart, a maintenance window
WORTH_SHOWING = 5.0  # seconds between two steps of a progress bar


def flow_name(verb: str) -> str:
    """The name of a verb's flow on a server that other projects share."""
    return PREFIX + verb


def time_limit(verb: str) -> int:
    return TIME_LIMITS.get(verb, TIME_LIMIT)


def run_name(verb: str, workspace: Workspace) -> str:
    """What a run is called in lists: "refresh 澜泽市栖川县 2026-10-31"."""
    jurisdiction = workspace.settings.jurisdiction
    return f"{verb} {jurisdiction.name if jurisdiction else workspace.root.name} {workspace.as_of}"


def tags_of(workspace: Workspace) -> list[str]:
    jurisdiction = workspace.settings.jurisdiction
    return ["gongkai", *([jurisdiction.code] if jurisdiction else [])]


class UnderPrefect:
    """Carries out verbs within a running flow."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def step(self, verb: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """Carry out one verb as a flow of its own within the running one."""

        def carried() -> Result:
            result, _ = self.carry_out(verb, *args, **options)
            return result

        name = verb.__name__
        with tags(*tags_of(self.workspace)):
            return Flow(
                carried,
                name=flow_name(name),
                description=verb.__doc__,
                flow_run_name=run_name(name, self.workspace),
                timeout_seconds=time_limit(name),
                persist_result=False,
            )()

    def carry_out(self, verb: Callable[..., Result], *args: Any, **options: Any) -> tuple[Result, str]:
        """Carry out one verb within the running flow, leave in Prefect what people want to see of it, and say it in a line."""
        before = name_of_latest(self.workspace)
        result = verb(*args, conductor=self, **options)
        words = show(self.workspace, verb.__name__, result, before)
        self.say(words)
        return result, words

    def attempt(self, label: str, work: Callable[..., Result], *args: Any) -> Result:
        return _task(label, label, lambda: work(*args))

    def each(self, label: str, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Batches of items, one task each, in order. A batch that is tried again goes on at the item that failed."""
        size = max(1, -(-len(items) // MOST_TASKS))
        bar = _Progress(label, self.workspace)
        for start in range(0, len(items), size):
            batch = items[start : start + size]
            numbers = f"{start + 1}–{start + len(batch)}" if size > 1 else f"{start + 1}"
            name = f"{label} {numbers} of {len(items)}"
            yield from _task(label, name, _resumable(work, batch))
            bar.reach((start + len(batch)) / len(items))

    def say(self, message: str) -> None:
        get_run_logger().info(message)


def _resumable(work: Callable[[Item], Result], batch: Sequence[Item]) -> Callable[[], list[Result]]:
    done: list[Result] = []

    def carry_out() -> list[Result]:
        for item in batch[len(done) :]:
            done.append(work(item))  # noqa: PERF401 - what is done must be kept when the next item fails
        return done

    return carry_out


def _task(name: str, run: str, work: Callable[[], Result]) -> Result:
    """One task that is tried again where that can help. The raw store is the cache, so Prefect's is not used."""
    return Task(
        work,
        name=name,
        task_run_name=run,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(RETRY_DELAYS),
        retry_delay_seconds=list(RETRY_DELAYS),
        retry_condition_fn=_worth_another_try,
    )()


def _worth_another_try(_: Task[..., Any], __: TaskRun, state: State[Any]) -> bool:
    try:
        state.result()
    except (SourceUnavailable, PortalUnavailable):
        return True
    except Exception:  # noqa: BLE001 - whatever else it is, doing it again would end the same way
        return False
    return False


class _Progress:
    """A progress bar on the run's page, for work that goes on long enough for anybody to look."""

    def __init__(self, label: str, workspace: Workspace) -> None:
        self._description = f"{label}: {workspace.root.name}"
        self._last = time.monotonic()
        self._artifact: Any = None

    def reach(self, share: float) -> None:
        if time.monotonic() - self._last < WORTH_SHOWING and not (self._artifact and share == 1):
            return
        self._last = time.monotonic()
        if self._artifact is None:
            self._artifact = create_progress_artifact(100 * share, description=self._description)
        else:
            update_progress_artifact(self._artifact, 100 * share)
