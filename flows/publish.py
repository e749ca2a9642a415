"""Publish: copy the releases to the mirror, where one is set, and tell a CKAN portal what the latest holds.

With no portal set, the release folder is the portal.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from exports.catalog import load_catalog
from exports.portal import PortalAddress, PortalError, PortalPlan, PortalRefused, PublishReport, ReadBack, plan, verify
from exports.portal import publish as publish_release
from exports.release import Release
from flows.conductor import Conductor
from flows.errors import ConfigurationError, PortalUnavailable, finding
from flows.mirror import mirror
from flows.release import latest_release
from flows.settings import Portal, Workspace

URL, TOKEN, ORGANIZATION = "CKAN_URL", "CKAN_API_TOKEN", "CKAN_ORGANIZATION"


def publish(workspace: Workspace, *, conductor: Conductor) -> PublishReport | None:
    """Bring mirror and portal to the latest release; None where no portal is set.

    Raises:
        ConfigurationError: there is no release, the portal is named without a token or an organisation, or it refuses; or the
            mirror is no place that can be written.
        PortalUnavailable: mirror or portal do not answer, or another publisher is at work on the portal.
    """
    latest = _latest(workspace)
    if workspace.settings.mirror:
        brought = conductor.attempt("mirroring", mirror, workspace, workspace.settings.mirror, conductor.say)
        conductor.say(f"{workspace.settings.mirror}: {brought}")
    address = portal_address(workspace)
    if address is None:
        conductor.say(f"No portal is set: the release folder is the portal ({latest.folder}).")
        return None
    return conductor.attempt("publishing", partial(_publish, progress=conductor.say, portal=workspace.settings.portal), latest, address)


def plan_publication(workspace: Workspace) -> PortalPlan | None:
    """What `publish` would do, read from the portal; None where no portal is set. Raises as `publish` does."""
    address = portal_address(workspace)
    with _told():
        return plan(_latest(workspace), load_catalog(), address) if address else None


def verify_portal(workspace: Workspace) -> ReadBack:
    """What the portal serves to anybody, read and set against the latest release; a token is not needed.

    Raises:
        ConfigurationError: there is no release, or no portal is set.
        PortalUnavailable: the portal does not answer.
    """
    address = portal_address(workspace, needs_token=False)
    if address is None:
        place = f"{workspace.root / 'gongkai.yaml'}: portal.url"
        raise ConfigurationError(finding(place, "nothing", "the address of a CKAN portal", "Name it there, or in CKAN_URL."))
    with _told():
        return verify(_latest(workspace), load_catalog(), address)


def portal_address(workspace: Workspace, *, needs_token: bool = True) -> PortalAddress | None:
    """The portal of the settings or of the environment; the token only from the environment."""
    portal = workspace.settings.portal
    url = os.environ.get(URL) or portal.url
    if not url:
        return None
    organization = os.environ.get(ORGANIZATION) or portal.organization
    token = os.environ.get(TOKEN) or ""
    if needs_token and not token:
        raise ConfigurationError(
            finding(f"portal {url}", f"no {TOKEN} in the environment", "an API token", "Make one on your CKAN profile page.")
        )
    if not organization:
        place = f"{workspace.root / 'gongkai.yaml'}: portal.organization"
        raise ConfigurationError(finding(place, "nothing", "the CKAN organisation that owns the datasets", "Name it there."))
    return PortalAddress(url, token, organization, portal.dataset_prefix)


def _latest(workspace: Workspace) -> Release:
    latest = latest_release(workspace)
    if latest is None:
        raise ConfigurationError(finding(str(workspace.root), "no release", "one to publish", "Run: gongkai release"))
    return latest


def _publish(release: Release, address: PortalAddress, progress: Callable[[str], None], portal: Portal) -> PublishReport:
    with _told():
        return publish_release(
            release, load_catalog(), address, progress, parallel=portal.parallel, loader=portal.loader, retirement=portal.retire
        )


@contextmanager
def _told() -> Iterator[None]:
    """The portal room's errors in the words of the run: what a person must mend, and what is worth another try."""
    try:
        yield
    except PortalRefused as error:
        raise ConfigurationError(str(error)) from error
    except PortalError as error:
        raise PortalUnavailable(str(error)) from error
