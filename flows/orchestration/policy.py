"""Names, time limits and retries of everything that Prefect runs: the one place where they are set.

| what | Prefect's word | name | ends after | tried again |
|---|---|---|---|---|
| a verb that is deployed | flow | `gongkai-<verb>` | `TIME_LIMITS` | never: it would end the same way, or a person has to act |
| a step of a run | task | `<verb>` | `TIME_LIMITS` | never: its parts are |
| a part of a step | task | what is done, such as `read files` | with its step | after `RETRY_DELAYS`, on `SourceUnavailable` and `PortalUnavailable` only |

No task uses Prefect's cache or keeps its result: the raw store is the cache (docs/decisions/prefect.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prefect import Task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun

from flows.workspace.errors import PortalUnavailable, SourceUnavailable

PREFIX = "gongkai-"
HOURS = 3600
TIME_LIMITS: Mapping[str, int] = {  # seconds; what takes longer is taken to hang: a county takes minutes, a province hours
    "refresh": 12 * HOURS,
    "refresh_all": 24 * HOURS,
    "backfill": 24 * HOURS,
    "ingest": 8 * HOURS,
    "build": 2 * HOURS,
    "check": 2 * HOURS,
    "release": 2 * HOURS,
    "publish": 6 * HOURS,
    "audit": 2 * HOURS,
    "annual_report": 2 * HOURS,
}
RETRY_DELAYS = (10, 60, 300)  # seconds: a hiccup, a restart, a maintenance window
RETRIED = (SourceUnavailable, PortalUnavailable)


def flow_name(verb: str) -> str:
    """The name of a verb's flow on a server that other projects share."""
    return PREFIX + verb.replace("_", "-")


def flow_options(verb: str) -> dict[str, Any]:
    """Prefect's options of a verb's flow."""
    return {"name": flow_name(verb), "timeout_seconds": TIME_LIMITS[verb], "retries": 0, "persist_result": False}


def step_options(verb: str) -> dict[str, Any]:
    """Prefect's options of the task that carries out a verb."""
    return {"name": verb, "timeout_seconds": TIME_LIMITS[verb], "retries": 0, "cache_policy": NO_CACHE, "persist_result": False}


def part_options(name: str) -> dict[str, Any]:
    """Prefect's options of the task of a part of a step."""
    return {
        "name": name,
        "retries": len(RETRY_DELAYS),
        "retry_delay_seconds": list(RETRY_DELAYS),
        "retry_condition_fn": is_retryable,
        "cache_policy": NO_CACHE,
        "persist_result": False,
    }


def is_retryable(_: Task[..., Any], __: TaskRun, state: State[Any]) -> bool:
    """Whether a failed task may succeed when it is run again: a remote service was not available."""
    try:
        state.result()
    except RETRIED:
        return True
    except Exception:  # noqa: BLE001 - any other error would end the same way again
        return False
    return False
