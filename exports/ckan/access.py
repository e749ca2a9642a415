"""Access to the portal: the token's rights, the organisation, and the lock against concurrent publishers."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from exports.catalog import Text
from exports.ckan.client import PortalClient
from exports.ckan.errors import PortalBusy, PortalRefused
from exports.ckan.facts import CLAIM, THEME
from exports.ckan.plan import DatasetPlan
from exports.ckan.state import Organisation, extras_of
from exports.messages import _

LOCK_LIFETIME = timedelta(hours=2)


@dataclass(frozen=True)
class PublishLock:
    """The publisher that is changing a dataset. The machine is named by a digest: everyone can read a lock."""

    user: str
    machine: str
    process: int
    since: str

    @classmethod
    def of_this_run(cls, user: str) -> PublishLock:
        machine = hashlib.sha256(socket.gethostname().encode()).hexdigest()[:12]
        return cls(user, machine, os.getpid(), datetime.now(UTC).isoformat(timespec="seconds"))

    def text(self) -> str:
        return json.dumps(self.__dict__, sort_keys=True)

    def is_dead(self) -> bool:
        """Whether its process is known to have ended, or the lock is too old for a live one."""
        mine = PublishLock.of_this_run(self.user)
        if self.machine == mine.machine:
            return self.process == mine.process or not _is_alive(self.process)
        since = datetime.fromisoformat(self.since)
        return since.replace(tzinfo=since.tzinfo or UTC) < datetime.now(UTC) - LOCK_LIFETIME


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def require_unlocked(plan: DatasetPlan) -> None:
    """Raise where another publisher is changing the dataset.

    Raises:
        PortalBusy: the message says who, and since when.
        PortalRefused: the lock cannot be read, so it is unknown whether anyone is at work.
    """
    found = extras_of(plan.present or {}).get(CLAIM)
    if not found:
        return
    try:
        lock = PublishLock(**json.loads(found))
        is_dead = lock.is_dead()
    except (ValueError, TypeError) as error:
        raise PortalRefused(
            _(
                "{dataset}: the extra {extra} cannot be read, so it is unknown whether another publisher is at work; when none is, remove the "
                "extra from the dataset and publish again.",
                dataset=plan.desired.name,
                extra=CLAIM,
            )
        ) from error
    if not is_dead:
        raise PortalBusy(
            _(
                "{dataset}: user {user} (process {process} on machine {machine}) has been publishing it since {since}; wait until that run ends. "
                "If it is known to be dead, remove the extra {extra} from the dataset.",
                dataset=plan.desired.name,
                user=lock.user,
                process=lock.process,
                machine=lock.machine,
                since=lock.since,
                extra=CLAIM,
            )
        )


def find_organisation(client: PortalClient, name_or_id: str) -> Organisation | None:
    """The organisation; None where the portal has none of this name or id.

    Raises:
        PortalRefused: the token is not valid, or may not publish in the organisation.
    """
    user = client.find("user_show")
    if user is None:
        raise PortalRefused(
            _("the portal does not know the token: it is wrong, expired or revoked. Make a new one on the portal and set CKAN_API_TOKEN.")
        )
    for found in client.call("organization_list_for_user", permission="create_dataset"):
        if name_or_id in {found["name"], found["id"]}:
            return Organisation.of(found)
    if client.find("organization_show", id=name_or_id) is None:
        return None
    raise PortalRefused(
        _(
            "user {user} may not publish in organisation {organisation}; let an administrator of it make that user an editor.",
            user=user["name"],
            organisation=name_or_id,
        )
    )


def create_organisation(client: PortalClient, name: str, title: str) -> Organisation:
    """A new organisation.

    Raises:
        PortalRefused: the token may not create one.
    """
    try:
        return Organisation.of(client.call("organization_create", name=name, title=title))
    except PortalRefused as error:
        if found := find_organisation(client, name):  # created by the first try of a call whose answer was lost
            return found
        raise PortalRefused(
            _(
                "organisation {name} does not exist, and the token may not create it ({fault}); let the portal's administrator create it "
                "and make the token's user an editor of it.",
                name=name,
                fault=error.args[0],
            )
        ) from error


def usable_groups(client: PortalClient) -> frozenset[str]:
    """The groups that this token may add datasets to; empty for a reader without a token."""
    return frozenset(group["name"] for group in client.call("group_list_authz"))


def create_group(client: PortalClient, name: str, theme: Text) -> str | None:
    """Create the group of a theme, with our mark. Gives None, or a note for a person where the token may not or the name is taken."""
    try:
        client.call(
            "group_create",
            name=name,
            title=str(theme),
            description=f"主题“{theme.zh}”的数据集。 Datasets on the theme “{theme.en}”.",
            extras=[{"key": THEME, "value": theme.en}],
        )
    except PortalRefused as error:
        if name in usable_groups(client):  # created by the first try of a call whose answer was lost
            return None
        return (
            f"主题分组 group {name} ({theme}): the token cannot use it ({error}); the datasets stand without it. Let the portal's "
            "administrator create it, if it does not exist, and make the token's user a member of it"
        )
    return None
