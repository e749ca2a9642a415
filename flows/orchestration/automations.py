"""What Prefect does by itself around our flows: starts them on events, calls for a person, and buries runs that died unseen.

    python -m flows.orchestration.automations                                       crashed runs are found; the event gongkai.source.arrived ingests
    python -m flows.orchestration.automations --webhook https://… --robot wecom     and somebody is told of failures, crashes, data held back
    python -m flows.orchestration.automations --block sendgrid-email/county         or by a notification block of Prefect, such as e-mail
    python -m flows.orchestration.automations --publish-after-release               and a release made by itself goes to the portal

Run it again after every change and after every deployment: what is there by the same name is brought to what stands here.
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
from flows.orchestration.prefect import flow_name

OURS = {"prefect.resource.role": "tag", "prefect.resource.id": "prefect.tag.gongkai"}
DEPLOYED = {"prefect.resource.role": "deployment"}  # only runs that no terminal watches, and of those not each step again
RUNS = {"prefect.resource.id": "prefect.flow-run.*"}
HEARTBEAT = "prefect.flow-run.heartbeat"
ENDED = {f"prefect.flow-run.{name}" for name in ("Completed", INCOMPLETE, "Failed", "TimedOut", "Cancelled", "Crashed")}
ENDED_BADLY = {f"prefect.flow-run.{name}" for name in ("Failed", "TimedOut", "Crashed")}
SILENCE = timedelta(minutes=10)  # three heartbeats of Prefect's default of 180 s, and a little
BLOCK = "gongkai-webhook"
SOURCE_ARRIVED = "gongkai.source.arrived"  # sent by whatever fills the inbox; payload: {"workspace": its folder}
WORKSPACE_OF_EVENT = {"__prefect_kind": "jinja", "template": "{{ event.payload.workspace }}"}


class Robot(StrEnum):
    """Who listens: what form the message takes."""

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
    """A run whose heartbeat stopped without an end is marked as crashed. Its lock is long free: the system saw to that."""
    trigger = EventTrigger(
        after={HEARTBEAT},
        expect={HEARTBEAT, *ENDED},
        match=RUNS,
        match_related=OURS,
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=SILENCE,
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


def notifications(told: Callable[[str], CallWebhook | SendNotification]) -> Iterator[Automation]:
    """What a person is told of: runs that ended badly, and datasets that failed a critical check."""
    watched = {
        "gongkai: tell of runs that ended badly": (ENDED_BADLY, RUNS, [OURS, DEPLOYED], RUN_ENDED_BADLY),
        "gongkai: tell of data held back": ({DATASETS_HELD_BACK}, {}, [OURS], DATA_HELD_BACK),
    }
    for name, (events, match, related, text) in watched.items():
        yield Automation(
            name=name,
            trigger=EventTrigger(expect=events, match=match, match_related=related, posture=Posture.Reactive, threshold=1),
            actions=[told(text)],
        )


def reactions(*, publish_after_release: bool) -> Iterator[Automation]:
    """Runs that events start, in the workspace that the event's payload names."""
    started: list[tuple[str, str, dict[str, str], str]] = [
        ("gongkai: ingest what arrived", SOURCE_ARRIVED, {}, f"{flow_name('ingest')}/on-demand")
    ]
    if publish_after_release:  # a release within `refresh` has no deployment of its own: there publication is the next step
        started.append(("gongkai: publish after release", RELEASE_CREATED, DEPLOYED, f"{flow_name('publish')}/on-demand"))
    for name, event, related, deployment in started:
        with get_client(sync_client=True) as client:
            found = client.read_deployment_by_name(deployment)
        yield Automation(
            name=name,
            trigger=EventTrigger(expect={event}, match_related=related, posture=Posture.Reactive, threshold=1),
            actions=[RunDeployment(deployment_id=found.id, parameters={"workspace": WORKSPACE_OF_EVENT})],
        )


def establish(automation: Automation) -> None:
    """Create it, or bring the one of the same name to it."""
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
        establish(automation)
        typer.echo(automation.name)


if __name__ == "__main__":
    typer.run(main)
