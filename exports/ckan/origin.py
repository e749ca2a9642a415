"""The origin that a token belongs to, and where a redirect may lead.

A token goes to the portal's own scheme, host, port and path, and nowhere else. A redirect is followed only by a request that carries no
credentials, so no answer of a portal, and of nothing before it, can have the token sent on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.models import PreparedRequest

from exports.ckan.errors import PortalRefused
from exports.credentials import public_address
from exports.messages import _

REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})
MAX_REDIRECTS = 5
PORTS = {"http": 80, "https": 443}
CREDENTIALS = ("authorization", "x-ckan-api-key", "cookie")
HIDDEN_STEPS = re.compile(r"(?i)\\|%2e|%2f|%5c|(?:^|/)\.{1,2}(?:/|$)")  # what a server, or the client, may read as another path


def is_within(url: str, base: str) -> bool:
    """Whether `url` is of the same scheme, host and port as `base`, and its path is that of `base` or below it. False where the path has
    steps (`..`, also encoded) that another program may resolve otherwise, and for an address that cannot be parsed.
    """
    try:
        one, other = urlsplit(url), urlsplit(base)
        is_same_origin = _origin(one) == _origin(other)
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False
    path = other.path.rstrip("/")
    return is_same_origin and not HIDDEN_STEPS.search(one.path) and (one.path == path or one.path.startswith(path + "/"))


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    scheme = parts.scheme.lower()
    return scheme, parts.hostname, parts.port or PORTS.get(scheme)


def keep_headers(request: PreparedRequest) -> PreparedRequest:
    """An authentication for requests that adds nothing: with any set, neither `.netrc` nor an address replaces the token's header."""
    return request


def require_no_user(url: str) -> None:
    """Raise where a portal's address has a user name or password: they would be sent in the place of the token.

    Raises:
        PortalRefused: it has.
    """
    if "@" in urlsplit(url).netloc:
        raise PortalRefused(
            _(
                "portal.url: the address {address} has a user name or a password in it; only a token identifies a publisher. "
                "Remove them from the address; the token goes into the environment as CKAN_API_TOKEN.",
                address=public_address(url),
            )
        )


def has_credentials(headers: Mapping[str, str]) -> bool:
    return any(name.lower() in CREDENTIALS for name in headers)


def redirect_target(url: str, response: requests.Response, headers: Mapping[str, str]) -> str:
    """Where a request without credentials goes on.

    Raises:
        PortalRefused: the request carries credentials, or the way leads from https to an unprotected connection.
    """
    target = urljoin(url, response.headers.get("Location", ""))
    if has_credentials(headers):
        raise PortalRefused(
            _(
                "{url}: the portal sends a request with the token on to {target}; the token goes to the address of the settings only. "
                "If that is right, make it the portal's url in the settings.",
                url=_place(url),
                target=_place(target),
            )
        )
    if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
        raise PortalRefused(
            _(
                "{url}: it sends on to the unprotected address {target}, which is not followed; let the portal's administrator correct that.",
                url=_place(url),
                target=_place(target),
            )
        )
    return target


def _place(url: str) -> str:
    """Scheme, host, port and path: for a message."""
    return public_address(url)
