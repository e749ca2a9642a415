"""Publish: tell a CKAN portal what the latest release holds. With no portal set, the release folder is the portal."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial

from exports.catalog import load_catalog
from exports.portal import PortalAddress, PortalError, PortalRefused, PublishReport
from exports.portal import publish as publish_release
from exports.release import Release
from flows.conductor import Conductor
from flows.errors import ConfigurationError, PortalUnavailable, finding
from flows.release import latest_release
from flows.settings import Workspace

URL, TOKEN, ORGANIZATION = "CKAN_URL", "CKAN_API_TOKEN", "CKAN_ORGANIZATION"


def publish(workspace: Workspace, *, conductor: Conductor) -> PublishReport | None:
    """Bring the portal to the latest release; None where no portal is set.

    Raises:
        ConfigurationError: there is no release, the portal is named without a token or an organisation, or it refuses.
        PortalUnavailable: the portal does not answer, or another publisher is at work on it.
    """
    latest = latest_release(workspace)
    if latest is None:
        raise ConfigurationError(finding(str(workspace.root), "no release", "one to publish", "Run: gongkai release"))
    address = portal_address(workspace)
    if address is None:
        conductor.say(f"No portal is set: the release folder is the portal ({latest.folder}).")
        return None
    return conductor.attempt("publishing", partial(_publish, progress=conductor.say), latest, address)


def _publish(release: Release, address: PortalAddress, progress: Callable[[str], None]) -> PublishReport:
    try:
        return publish_release(release, load_catalog(), address, progress)
    except PortalRefused as error:
        raise ConfigurationError(str(error)) from error
    except PortalError as error:
        raise PortalUnavailable(str(error)) from error


def portal_address(workspace: Workspace) -> PortalAddress | None:
    """The portal of the settings or of the environment; the token only from the environment."""
    portal = workspace.settings.portal
    url = os.environ.get(URL) or portal.url
    if not url:
        return None
    organization = os.environ.get(ORGANIZATION) or portal.organization
    token = os.environ.get(TOKEN)
    if not token:
        raise ConfigurationError(
            finding(f"portal {url}", f"no {TOKEN} in the environment", "an API token", "Make one on your CKAN profile page.")
        )
    if not organization:
        place = f"{workspace.root / 'gongkai.yaml'}: portal.organization"
        raise ConfigurationError(finding(place, "nothing", "the CKAN organisation that owns the datasets", "Name it there."))
    return PortalAddress(url, token, organization, portal.dataset_prefix)
