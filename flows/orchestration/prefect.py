"""The runner that makes a run visible in Prefect: verbs and batches of their work are tasks, words go to the run's log.

Nothing of the pipeline imports this; it calls the same plain functions as `gongkai` does on the command line. What is tried
again, and for how long a step may take, is said here and nowhere else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from prefect import Task, get_run_logger, runtime
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed
from prefect.tasks import MaterializingTask

from flows.orchestration.artifacts import name_of_latest, show
from flows.orchestration.assets import describe, has_made, made_by, trace
from flows.orchestration.local import quiet
from flows.privacy.redaction import redact_logs, redacted, redacted_errors
from flows.workspace.errors import PortalUnavailable, SourceUnavailable
from flows.workspace.runner import Runner, Workers
from flows.workspace.settings import Workspace

Item = TypeVar("Item")
Result = TypeVar("Result")

redact_logs()  # this module is loaded wherever a run is seen by Prefect, which sends logs away
PREFIX = "gongkai-"
HOURS = 3600
TIME_LIMITS: Mapping[str, int] = {"refresh": 12 * HOURS, "ingest": 8 * HOURS, "publish": 6 * HOURS}
TIME_LIMIT = 2 * HOURS  # for every other step; seconds after which it is taken to hang: a county takes minutes, a province hours
MOST_TASKS = 16  # of one `each`: a task costs up to a tenth of a second and a line on the page, one of a hundred models must not
RETRY_DELAYS = (10, 60, 300)  # seconds: a hiccup, a restart, a maintenance window
NOTHING_TO_DO = "Cached"  # Prefect's own name for a task that found its result standing: tells of no new asset
NEARLY_ALL = 0.999  # a sum of shares is one but for rounding
WORTH_SHOWING = 5.0  # seconds between two steps of a progress bar


def flow_name(verb: str) -> str:
    """The name of a verb's flow on a server that other projects share."""
    return PREFIX + verb.replace("_", "-")


def time_limit(verb: str) -> int:
    return TIME_LIMITS.get(verb, TIME_LIMIT)


def run_name(verb: str, workspace: Workspace) -> str:
    """What a run is called in lists: "refresh 澜泽市栖川县 2026-10-31"."""
    jurisdiction = workspace.settings.jurisdiction
    return f"{verb} {jurisdiction.name if jurisdiction else workspace.root.name} {workspace.as_of}"


def tags_of(workspace: Workspace) -> list[str]:
    jurisdiction = workspace.settings.jurisdiction
    return ["gongkai", *([jurisdiction.code] if jurisdiction else [])]


class PrefectRunner:
    """Carries out verbs within a running flow. `words` is what the last one said of itself."""

    def __init__(self) -> None:
        self.words = ""

    def step(self, verb: Callable[..., Result], workspace: Workspace, *args: Any, **options: Any) -> Result:
        """Carry out one verb as a task that holds the tasks of its parts, and leave in Prefect what people want to see of it.

        A task and no flow of its own: the end of every flow run costs up to a second (its heartbeat sleeps in whole seconds), and
        a process that dies ends the one flow run that is watched. The task makes assets; where it found nothing to do, it ends
        as `Cached`, and no asset is made.
        """
        name = verb.__name__
        made, made_from = made_by(workspace, name)

        def carried() -> State[Result]:
            before, released = trace(workspace), name_of_latest(workspace)
            with redacted_errors():  # Prefect logs them with their words, and keeps them as the state's
                result = verb(workspace, *args, runner=self, **options)
            self.words = show(workspace, name, result, released)
            self.say(self.words)
            if not has_made(workspace, name, result, before):
                return Completed(name=NOTHING_TO_DO, message=self.words, data=result)
            if made:
                describe(workspace, result)
            return Completed(message=self.words, data=result)

        facts: dict[str, Any] = {
            "name": name,
            "description": verb.__doc__,
            "task_run_name": run_name(name, workspace),
            "tags": tags_of(workspace),  # of steps only: before every tagged task Prefect asks the server for limits
            "timeout_seconds": time_limit(name),
            "cache_policy": NO_CACHE,
            "persist_result": False,
            "asset_deps": made_from,
        }
        task = MaterializingTask(carried, assets=made, **facts) if made else Task(carried, **facts)
        return task().result()

    def call_with_retry(self, label: str, work: Callable[..., Result], *args: Any) -> Result:
        return _task(label, label, lambda: work(*args))()

    def map_items(self, label: str, work: Callable[[Item], Result], items: Sequence[Item]) -> Iterator[Result]:
        """Batches of items, one task each, in order. A batch that is tried again goes on at the item that failed."""
        bar = _Progress(label)
        for name, batch in _batches(label, items):
            yield from _task(label, name, _resumable(work, batch))()
            bar.advance(len(batch) / len(items))

    def map_parallel(self, label: str, work: Callable[[Item], Result], items: Sequence[Item], workers: Workers) -> Iterator[Result]:
        """Batches of items, one task each, run by Dask's workers. A batch whose worker dies is given to another."""
        if not workers.may_share(items):
            yield from self.map_items(label, work, items)
            return
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - loaded only where it is asked for

        from flows.orchestration.dask import Shared, scheduler_at  # noqa: PLC0415

        shared, bar = Shared.of(work, workers.place), _Progress(label)
        with scheduler_at(workers.setting) as address, DaskTaskRunner(address=address) as runner:
            batches = list(_batches(label, items))
            futures = [runner.submit(_task(label, name, partial(shared, batch)), {}) for name, batch in batches]
            for future, (_, batch) in zip(futures, batches, strict=True):
                yield from future.result()
                bar.advance(len(batch) / len(items))

    def say(self, message: str) -> None:
        get_run_logger().info(redacted(message))

    def nested_runner(self) -> PrefectRunner:
        return PrefectRunner()

    def quiet_runner(self) -> Runner:
        return quiet()


def _batches(label: str, items: Sequence[Item]) -> Iterator[tuple[str, Sequence[Item]]]:
    """The items in so many batches as make a page that people can read, each with the name of its task."""
    size = max(1, -(-len(items) // MOST_TASKS))
    for start in range(0, len(items), size):
        batch = items[start : start + size]
        numbers = f"{start + 1}–{start + len(batch)}" if size > 1 else f"{start + 1}"
        yield f"{label} {numbers} of {len(items)}", batch


def _resumable(work: Callable[[Item], Result], batch: Sequence[Item]) -> Callable[[], list[Result]]:
    done: list[Result] = []

    def carry_out() -> list[Result]:
        for item in batch[len(done) :]:
            done.append(work(item))  # noqa: PERF401 - what is done must be kept when the next item fails
        return done

    return carry_out


def _task(name: str, run: str, work: Callable[[], Result]) -> Task[[], Result]:
    """One task that is tried again where that can help. The raw store is the cache, so Prefect's is not used."""
    return Task(
        _redacting(work),
        name=name,
        task_run_name=run,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=len(RETRY_DELAYS),
        retry_delay_seconds=list(RETRY_DELAYS),
        retry_condition_fn=_worth_another_try,
    )


def _redacting(work: Callable[[], Result]) -> Callable[[], Result]:
    """Prefect logs the errors of a task with their causes, and keeps their words as its state's."""

    def carry_out() -> Result:
        with redacted_errors():
            return work()

    return carry_out


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

    def __init__(self, label: str) -> None:
        self._description = f"{runtime.flow_run.name}: {label}"
        self._last = time.monotonic()
        self._share = 0.0
        self._artifact: Any = None

    def advance(self, by: float) -> None:
        self._share = share = min(self._share + by, 1.0)
        if time.monotonic() - self._last < WORTH_SHOWING and not (self._artifact and share > NEARLY_ALL):
            return
        self._last = time.monotonic()
        if self._artifact is None:
            self._artifact = create_progress_artifact(100 * share, description=self._description)
        else:
            update_progress_artifact(self._artifact, 100 * share)
