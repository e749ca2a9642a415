"""A client of one CKAN's action API with plain error messages. ckanapi does the protocol, `exports.ckan.http` the connection."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

import ckanapi
import requests

from exports.ckan.errors import PortalRefused, PortalTooLarge
from exports.ckan.forms import require_form
from exports.ckan.http import BLOCK, Body, HttpSession, RetryPolicy
from exports.ckan.origin import is_within, require_no_user
from exports.credentials import remember_secrets, without_secrets
from exports.messages import _

TOO_LARGE = 413
TIMEOUT = (30, 300)  # seconds to connect and to send one block; seconds to wait for the answer
USER_AGENT = "gongkai (open data publisher)"


@dataclass(frozen=True)
class PortalAddress:
    """Where to publish and as whom; `site` is where the pages of the latest release are served. The token is never shown: not in a repr, a log or a message."""

    url: str = field(repr=False)
    token: str = field(repr=False)
    organization: str
    dataset_prefix: str = "gongkai-"
    site: str | None = None


class PortalClient:
    """One portal, with a token or, for `anonymous()`, as the public sees it."""

    def __init__(
        self, url: str, token: str | None, patience: RetryPolicy | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        remember_secrets({"token": token, "url": url})  # a portal may repeat them
        require_no_user(url)
        self.url = url.rstrip("/")
        self._token = token
        self.patience = patience or RetryPolicy()
        self.sleep = sleep
        self._session = HttpSession(self.patience, sleep)
        self._ckan = ckanapi.RemoteCKAN(self.url, apikey=token, user_agent=USER_AGENT, session=self._session)

    def anonymous(self) -> PortalClient:
        """The same portal as the public sees it."""
        return PortalClient(self.url, None, self.patience, self.sleep)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def call(
        self,
        action: str,
        *,
        files: Mapping[str, Body] | None = None,
        tries: int | None = None,
        sent: Callable[[int, int], None] | None = None,
        **words: Any,
    ) -> Any:
        """The result of one action; `sent` is called with bytes sent and bytes in all.

        Raises:
            PortalError: one of its family, with the portal's own message.
        """
        try:
            return self._call(action, words, files, {"tries": tries, "sent": sent})
        except ckanapi.NotFound as error:
            what = words.get("id") or words.get("resource_id") or _("this")
            raise PortalRefused(_("{action}: the portal does not know {what}", action=action, what=what)) from error

    def find(self, action: str, **words: Any) -> Any | None:
        """The result of one action; None where the portal has no such object."""
        try:
            return self._call(action, words, None, {})
        except ckanapi.NotFound:
            return None

    def _call(self, action: str, words: dict[str, Any], files: Mapping[str, Body] | None, manner: dict[str, Any]) -> Any:
        try:
            result = self._ckan.call_action(action, words, files=files, requests_kwargs={"timeout": TIMEOUT, **manner})
            return require_form(action, result)
        except ckanapi.NotFound:
            raise
        except ckanapi.NotAuthorized as error:
            raise PortalRefused(_("{action}: the token may not do this ({words})", action=action, words=_unwrap_message(error))) from error
        except ckanapi.ValidationError as error:
            raise PortalRefused(
                _("{action}: the portal does not accept this ({words})", action=action, words=_unwrap_message(error))
            ) from error
        except (ckanapi.CKANAPIError, ckanapi.ServerIncompatibleError, TypeError, KeyError) as error:  # the latter: JSON that is no object
            if f", {TOO_LARGE}, " in str(error):
                raise PortalTooLarge(
                    _("{action}: the portal takes no request of this size (HTTP 413); raise its limit", action=action)
                ) from error
            raise PortalRefused(
                _(
                    "{action}: this is no answer of a CKAN portal, is {url} its address? {fault}",
                    action=action,
                    url=self.url,
                    fault=without_secrets(str(error))[:200],
                )
            ) from error

    def download(self, url: str, target: BinaryIO, lasting: frozenset[int] = frozenset()) -> None:
        """Write the content of `url` to `target`, block by block; a truncated answer is requested again from its start, and so is one
        with a status of trouble that is not `lasting`.

        Raises:
            PortalError: one of its family.
        """

        def take(response: requests.Response) -> None:
            target.seek(0)
            target.truncate()
            target.writelines(response.iter_content(BLOCK))

        self._read(url, {}, take, lasting)

    def read_range(self, url: str, start: int, length: int, lasting: frozenset[int] = frozenset()) -> tuple[bytes, int] | None:
        """`length` bytes of the content of `url` from `start` on, and how long the whole is; None where the server gives no ranges.

        Raises:
            PortalError: one of its family.
        """
        found = b""

        def take(response: requests.Response) -> None:
            nonlocal found
            found = response.content if response.status_code == requests.codes.partial else b""

        asked = {"Range": f"bytes={start}-{start + length - 1}", "Accept-Encoding": "identity"}
        response = self._read(url, asked, take, lasting)
        size = response.headers.get("Content-Range", "").rpartition("/")[2]
        return (found, int(size)) if response.status_code == requests.codes.partial and size.isdigit() else None

    def _read(
        self, url: str, more: Mapping[str, str], take: Callable[[requests.Response], None], lasting: frozenset[int]
    ) -> requests.Response:
        def ask() -> requests.Response:
            with self._session.get(url, {**self._headers(url), **more}, stream=True, timeout=TIMEOUT) as response:
                take(response)
                return response

        response = self._session.retry(url, ask, lasting=lasting)
        if response.status_code not in {requests.codes.ok, requests.codes.partial}:
            raise PortalRefused(f"{url}: HTTP {response.status_code} {response.reason}")
        return response

    def _headers(self, url: str) -> dict[str, str]:
        """The token only for an address of the portal itself."""
        ours = {"Authorization": self._token} if self._token and is_within(url, self.url) else {}
        return {"User-Agent": USER_AGENT, **ours}


def _unwrap_message(error: Exception) -> str:
    """The portal's message without the wrapping."""
    words = getattr(error, "error_dict", None) or cast("Any", error).args[0]
    if isinstance(words, Mapping):
        words = {key: value for key, value in words.items() if key != "__type"}
        words = words["message"] if set(words) == {"message"} else words
    return without_secrets(str(words))[:500]
