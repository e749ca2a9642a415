"""Every flow and step has its name, time limit and retries from one table."""

from __future__ import annotations

import pytest
from prefect import Flow
from prefect.client.schemas.objects import TaskRun
from prefect.states import Failed
from prefect.tasks import Task

from flows.orchestration import deployments
from flows.orchestration.policy import RETRY_DELAYS, TIME_LIMITS, flow_name, is_retryable, part_options, step_options
from flows.workspace.errors import ConfigurationError, PortalUnavailable, SourceUnavailable, UnreadableSource

FLOWS = {name: value for name, value in vars(deployments).items() if isinstance(value, Flow)}


def test_every_flow_has_its_line_in_the_table_and_every_line_its_flow() -> None:
    assert set(FLOWS) == set(TIME_LIMITS)


@pytest.mark.parametrize("verb", FLOWS)
def test_a_flow_is_named_limited_and_never_run_again(verb: str) -> None:
    flow = FLOWS[verb]
    assert (flow.name, flow.timeout_seconds, flow.retries) == (flow_name(verb), TIME_LIMITS[verb], 0)


def test_a_run_of_many_may_take_longer_than_a_run_of_one() -> None:
    assert TIME_LIMITS["refresh_all"] > TIME_LIMITS["refresh"] > max(TIME_LIMITS[step] for step in ("ingest", "build", "check", "publish"))


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (SourceUnavailable("the site is down"), True),
        (PortalUnavailable("the portal is down"), True),
        (UnreadableSource("a.csv", "no table", "a table", "send it again"), False),
        (ConfigurationError("a slip"), False),
        (ValueError("a fault of ours"), False),
    ],
)
def test_only_an_unavailable_service_is_asked_again(error: Exception, again: bool) -> None:
    task = Task(lambda: None, **part_options("reading"))
    assert task.retries == len(RETRY_DELAYS)
    assert is_retryable(task, TaskRun.model_construct(), Failed(data=error)) is again


def test_a_step_is_run_once() -> None:
    task = Task(lambda: None, **step_options("publish"))
    assert (task.name, task.timeout_seconds, task.retries) == ("publish", TIME_LIMITS["publish"], 0)
