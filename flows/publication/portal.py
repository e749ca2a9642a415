"""The CKAN portal of a workspace: its address, the plan of a publication, the publication, and reading it back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import get_args

from exports.catalog import Catalog
from exports.ckan.client import PortalAddress
from exports.ckan.confirmation import BigKind
from exports.ckan.errors import PortalError, PortalRefused
from exports.ckan.publish import PortalPlan, PublishOptions, PublishReport, plan, verify
from exports.ckan.publish import publish as publish_release
from exports.ckan.reading import ReadBack
from exports.messages import _
from exports.release.manifest import Release
from flows.quality.history import latest_release
from flows.workspace.errors import ConfigurationError, PortalUnavailable, finding
from flows.workspace.settings import Portal, Workspace

URL, TOKEN, ORGANIZATION = "CKAN_URL", "CKAN_API_TOKEN", "CKAN_ORGANIZATION"


def plan_publication(workspace: Workspace, *, full: bool = False) -> PortalPlan | None:
    """The changes that `publish` would make, read from the portal; None where no portal is set. Raises as `publish` does."""
    address = portal_address(workspace)
    if address is None:
        return None
    with translate_portal_errors():
        return plan(latest_to_publish(workspace), workspace.catalog, address, options=publish_options(workspace.settings.portal, full=full))


def publish_options(portal: Portal, *, yes: bool = False, full: bool = False) -> PublishOptions:
    """The options of the settings; `yes` allows every big change for one run, `full` compares everything served in it."""
    return PublishOptions(
        parallel=portal.parallel,
        loader=portal.loader,
        retirement=portal.retire,
        allow=frozenset(get_args(BigKind)) if yes else frozenset(portal.allow),
        max_retired=portal.max_retired,
        compare_days=portal.compare_days,
        is_full=full,
    )


def verify_portal(workspace: Workspace) -> ReadBack:
    """The comparison of what the portal serves publicly with the latest release; needs no token.

    Raises:
        ConfigurationError: there is no release, or no portal is set.
        PortalUnavailable: the portal does not answer.
    """
    address = portal_address(workspace, needs_token=False)
    if address is None:
        place = f"{workspace.root / 'gongkai.yaml'}: portal.url"
        expected, remedy = _("the address of a CKAN portal"), _("Name it there, or in CKAN_URL.")
        raise ConfigurationError(finding(place, _("nothing"), expected, remedy))
    with translate_portal_errors():
        return verify(latest_to_publish(workspace), workspace.catalog, address)


def portal_address(workspace: Workspace, *, needs_token: bool = True) -> PortalAddress | None:
    """The portal of the settings or of the environment; the token only from the environment."""
    portal = workspace.settings.portal
    url = os.environ.get(URL) or portal.url
    if not url:
        return None
    organization = os.environ.get(ORGANIZATION) or portal.organization
    token = os.environ.get(TOKEN) or ""
    if needs_token and not token:
        found, remedy = _("no {name} in the environment", name=TOKEN), _("Make one on your CKAN profile page.")
        raise ConfigurationError(finding(_("portal {address}", address=url), found, _("an API token"), remedy))
    if not organization:
        place = f"{workspace.root / 'gongkai.yaml'}: portal.organization"
        expected = _("the CKAN organisation that owns the datasets")
        raise ConfigurationError(finding(place, _("nothing"), expected, _("Name it there.")))
    return PortalAddress(url, token, organization, portal.dataset_prefix, portal.site)


def latest_to_publish(workspace: Workspace) -> Release:
    latest = latest_release(workspace)
    if latest is None:
        raise ConfigurationError(finding(str(workspace.root), _("no release"), _("one to publish"), _("Run: gongkai release")))
    return latest


def publish_to_portal(
    release: Release, address: PortalAddress, catalog: Catalog, progress: Callable[[str], None], options: PublishOptions
) -> PublishReport:
    with translate_portal_errors():
        return publish_release(release, catalog, address, progress, options=options)


@contextmanager
def translate_portal_errors() -> Iterator[None]:
    """Translate the errors of `exports.ckan` into ours: what a person must fix, and what a retry may mend."""
    try:
        yield
    except PortalRefused as error:
        raise ConfigurationError(error.args[0]) from error
    except PortalError as error:
        raise PortalUnavailable(error.args[0]) from error
