"""Publish: copy the releases to the mirror, where one is set, and bring a CKAN portal to the latest.

With no portal set, the release folder is the publication.
"""

from __future__ import annotations

from functools import partial

from exports.ckan.publish import PublishReport
from exports.messages import _
from flows.publication.mirror import mirror
from flows.publication.portal import latest_to_publish, portal_address, publish_options, publish_to_portal
from flows.publication.retention import apply_retention
from flows.workspace.runner import Runner
from flows.workspace.settings import Workspace


def publish(workspace: Workspace, *, runner: Runner, yes: bool = False, full: bool = False) -> PublishReport | None:
    """The report of bringing mirror and portal to the latest release; None where no portal is set. `yes` allows the big changes that
    otherwise wait for a person, `full` compares everything that the portal serves.

    Raises:
        ConfigurationError: there is no release, the portal is set without a token or an organisation, or it refuses, or a big change
            waits for a confirmation; or the mirror cannot be written.
        PortalUnavailable: mirror or portal do not answer, or another publisher is at work on the portal.
    """
    latest = latest_to_publish(workspace)
    if workspace.settings.mirror:
        brought = runner.call_with_retry("mirroring", mirror, workspace, workspace.settings.mirror, runner.say)
        runner.say(f"{workspace.settings.mirror}: " + brought.words)
    apply_retention(workspace, runner.say)  # after the mirror has its copy
    address = portal_address(workspace)
    if address is None:
        runner.say(_("no portal is set: the release folder is the portal") + f": {latest.folder}")
        return None
    return runner.call_with_retry(
        "publishing",
        partial(
            publish_to_portal,
            catalog=workspace.catalog,
            progress=runner.say,
            options=publish_options(workspace.settings.portal, yes=yes, full=full),
        ),
        latest,
        address,
    )
