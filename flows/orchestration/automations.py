"""Prefect automations: start flows on events, notify operators, mark crashed runs.

    python -m flows.orchestration.automations                                       mark crashed runs; the event gongkai.source.arrived starts ingest
    python -m flows.orchestration.automations --webhook https://… --robot wecom     also send failures, crashes and data held back to a group chat
    python -m flows.orchestration.automations --block sendgrid-email/county         or through a notification block of Prefect, such as e-mail
    python -m flows.orchestration.automations --publish-after-release               also publish each release that a deployment makes

Run it again after every change and every deployment: automations of the same name are updated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import typer
from prefect.automations import Automation, CallWebhook, ChangeFlowRunState, EventTrigger, Posture, RunDeployment, SendNotification
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.types import SecretDict
from pydantic import SecretStr

from flows.orchestration.artifacts import DATASETS_HELD_BACK, INCOMPLETE, RELEASE_CREATED
from flows.orchestration.policy import flow_name

TAGGED_GONGKAI = {"prefect.resource.role": "tag", "prefect.resource.id": "prefect.tag.gongkai"}
# Only runs of deployments, which no terminal shows, and not the steps within them.
OF_A_DEPLOYMENT = {"prefect.resource.role": "deployment"}
FLOW_RUNS = {"prefect.resource.id": "prefect.flow-run.*"}
HEARTBEAT = "prefect.flow-run.heartbeat"
ENDED = {f"prefect.flow-run.{name}" for name in ("Completed", INCOMPLETE, "Failed", "TimedOut", "Cancelled", "Crashed")}
ENDED_BADLY = {f"prefect.flow-run.{name}" for name in ("Failed", "TimedOut", "Crashed")}
HEARTBEAT_TIMEOUT = timedelta(minutes=10)  # three heartbeats of Prefect's default of 180 s, and a little
BLOCK = "gongkai-webhook"
SOURCE_ARRIVED = "gongkai.source.arrived"  # sent by the system that fills the inbox; payload: {"workspace": its folder}
WORKSPACE_OF_EVENT = {"__prefect_kind": "jinja", "template": "{{ event.payload.workspace }}"}


class Robot(StrEnum):
    """The receiving service, which decides the form of the message."""

    plain = "plain"  # {"text": …}: Slack, Mattermost and most else
    wecom = "wecom"  # 企业微信
    dingtalk = "dingtalk"  # 钉钉
    feishu = "feishu"  # 飞书


FORMS = {
    Robot.plain: '{"text": %s}',
    Robot.wecom: '{"msgtype": "text", "text": {"content": %s}}',
    Robot.dingtalk: '{"msgtype": "text", "text": {"content": %s}}',
    Robot.feishu: '{"msg_type": "text", "content": {"text": %s}}',
}
# Jinja: the state's message is our own error, which says where, what was found, what to do.
RUN_ENDED_BADLY = '"公开 Gongkai: " ~ flow_run.name ~ ": " ~ flow_run.state.name ~ ". " ~ (flow_run.state.message or "")'
DATA_HELD_BACK = (
    '"公开 Gongkai: " ~ event.resource.name ~ ": 未通过校验，沿用上次发布 held back, the last good release stays: "'
    " ~ (event.payload.datasets.values() | join('; '))"
)


def crashed_runs() -> Automation:
    """Marks a run as crashed when its heartbeats stop without an end. Its lock is free by then: the system released it."""
    trigger = EventTrigger(
        after={HEARTBEAT},
        expect={HEARTBEAT, *ENDED},
        match=FLOW_RUNS,
        match_related=TAGGED_GONGKAI,
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=HEARTBEAT_TIMEOUT,
    )
    remedy = "没有心跳，进程已不在。No heartbeat: the process is gone. Run again; what was done is kept."
    return Automation(
        name="gongkai: find crashed runs", trigger=trigger, actions=[ChangeFlowRunState(state=StateType.CRASHED, message=remedy)]
    )


def by_webhook(webhook: Webhook, robot: Robot) -> Callable[[str], CallWebhook]:
    """The action that posts a text, in the robot's form."""
    block_id = webhook._block_document_id  # noqa: SLF001 - Prefect has no other name for it
    assert block_id is not None
    return lambda text: CallWebhook(block_document_id=block_id, payload=FORMS[robot] % f"{{{{ ({text}) | tojson }}}}")


def by_block(address: str) -> Callable[[str], SendNotification]:
    """The action that sends a text by a notification block, named as `prefect block ls` does: type/name."""
    slug, _, name = address.partition("/")
    with get_client(sync_client=True) as client:
        block_id = client.read_block_document_by_name(name, slug).id
    return lambda text: SendNotification(block_document_id=block_id, subject="公开 Gongkai", body=f"{{{{ {text} }}}}")


def notifications(make_action: Callable[[str], CallWebhook | SendNotification]) -> Iterator[Automation]:
    """Automations that notify a person: runs that ended badly, and datasets that failed a critical check."""
    watched = {
        "gongkai: tell of runs that ended badly": (ENDED_BADLY, FLOW_RUNS, [TAGGED_GONGKAI, OF_A_DEPLOYMENT], RUN_ENDED_BADLY),
        "gongkai: tell of data held back": ({DATASETS_HELD_BACK}, {}, [TAGGED_GONGKAI], DATA_HELD_BACK),
    }
    for name, (events, match, related, text) in watched.items():
        yield Automation(
            name=name,
            trigger=EventTrigger(expect=events, match=match, match_related=related, posture=Posture.Reactive, threshold=1),
            actions=[make_action(text)],
        )


def reactions(*, publish_after_release: bool) -> Iterator[Automation]:
    """Automations that start runs on events, in the workspace that the event's payload names."""
    started: list[tuple[str, str, dict[str, str], str]] = [
        ("gongkai: ingest what arrived", SOURCE_ARRIVED, {}, f"{flow_name('ingest')}/on-demand")
    ]
    if publish_after_release:  # a release within `refresh` has no deployment of its own: there publication is the next step
        started.append(("gongkai: publish after release", RELEASE_CREATED, OF_A_DEPLOYMENT, f"{flow_name('publish')}/on-demand"))
    for name, event, related, deployment in started:
        with get_client(sync_client=True) as client:
            found = client.read_deployment_by_name(deployment)
        yield Automation(
            name=name,
            trigger=EventTrigger(expect={event}, match_related=related, posture=Posture.Reactive, threshold=1),
            actions=[RunDeployment(deployment_id=found.id, parameters={"workspace": WORKSPACE_OF_EVENT})],
        )


def create_or_update(automation: Automation) -> None:
    """Create the automation, or update the one of the same name."""
    with get_client(sync_client=True) as client:
        standing = client.read_automations_by_name(automation.name)
    if standing:
        automation.id = standing[0].id
        automation.update()
    else:
        automation.create()


def main(
    webhook: Annotated[str | None, typer.Option(help="Where to POST when a person is needed.", envvar="GONGKAI_WEBHOOK")] = None,
    robot: Annotated[Robot, typer.Option(help="The form of the message.")] = Robot.plain,
    block: Annotated[str | None, typer.Option(help="Or a notification block, TYPE/NAME as `prefect block ls` shows it.")] = None,
    publish_after_release: Annotated[bool, typer.Option("--publish-after-release", help="Publish what `release` made by itself.")] = False,
) -> None:
    """Set up what Prefect does by itself around the flows. They must be deployed."""
    wanted = [crashed_runs(), *reactions(publish_after_release=publish_after_release)]
    if webhook:
        ours = Webhook(url=SecretStr(webhook), headers=SecretDict({"Content-Type": "application/json"}))
        ours.save(BLOCK, overwrite=True)
        wanted += notifications(by_webhook(ours, robot))
    elif block:
        wanted += notifications(by_block(block))
    for automation in wanted:
        create_or_update(automation)
        typer.echo(automation.name)


if __name__ == "__main__":
    typer.run(main)
