"""Talks to one CKAN by its action API: streams uploads, waits out short faults, follows only safe redirects, says plainly what is wrong.

ckanapi does the protocol; what it lacks is in `_Line`, which stands where ckanapi expects a requests session: files are sent
as they are read from disk (requests alone would hold them in memory), and 429, 5xx, time-outs and cut connections are tried
again. The token never gets into a message, and never leaves for another host.
"""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

import ckanapi
import requests

BLOCK = 1 << 20
TOO_LARGE = 413
AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
MOVED = frozenset({301, 302, 303, 307, 308})
TIMEOUT = (30, 300)  # seconds to connect and to send one block; seconds to wait for the answer
USER_AGENT = "gongkai (open data publisher)"


class PortalError(Exception):
    """The portal was not brought to the release. The message says what stands and what to do."""


class PortalNotAnswering(PortalError):
    """No answer, or a fault of the portal's own, after all tries. Worth another run later."""


class PortalRefused(PortalError):
    """The portal understood and said no: a person has to change the token, the settings or the portal."""


class PortalTooLarge(PortalRefused):
    """The portal, or a proxy before it, takes no body of this size."""


class PortalBusy(PortalError):
    """Another publisher is at work on the same dataset, or changed it since it was read."""


@dataclass(frozen=True)
class PortalAddress:
    """Where to publish and as whom. The token is never shown: not in a repr, a log or a message."""

    url: str
    token: str = field(repr=False)
    organization: str
    dataset_prefix: str = "gongkai-"


@dataclass(frozen=True)
class Patience:
    """How often a call is tried and how long the first pause is; each further one is twice as long, a minute at most."""

    tries: int = 6
    pause: float = 1.0

    def pauses(self, tries: int | None = None) -> Iterator[float | None]:
        """The pause after each failed try, None after the last."""
        count = tries or self.tries
        yield from (min(60.0, self.pause * 2**number) for number in range(count - 1))
        yield None


class Multipart:
    """A multipart/form-data body that is read from disk while it is sent; it can be sent again from its start."""

    def __init__(self, fields: Mapping[bytes, bytes], files: Mapping[str, Path]) -> None:
        boundary = uuid4().hex
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._parts: list[bytes | Path] = []
        for name, value in fields.items():
            self._parts.append(_part_head(boundary, name.decode()) + b"\r\n" + value + b"\r\n")
        for key, path in files.items():
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            head = _part_head(boundary, key, f'; filename="{path.name}"') + f"Content-Type: {kind}\r\n\r\n".encode()
            self._parts += [head, path, b"\r\n"]
        self._parts.append(f"--{boundary}--\r\n".encode())

    def __len__(self) -> int:
        return sum(part.stat().st_size if isinstance(part, Path) else len(part) for part in self._parts)

    def __iter__(self) -> Iterator[bytes]:
        for part in self._parts:
            if isinstance(part, bytes):
                yield part
                continue
            with part.open("rb") as file:
                while block := file.read(BLOCK):
                    yield block


def _part_head(boundary: str, name: str, more: str = "") -> bytes:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n'.encode()


class _Line:
    """The session that ckanapi posts through."""

    def __init__(self, patience: Patience, sleep: Callable[[float], None]) -> None:
        self.patience = patience
        self.sleep = sleep
        self.session = requests.Session()

    def close(self) -> None:
        self.session.close()

    def post(
        self, url: str, data: Any, headers: dict[str, str], files: Mapping[str, Path] | None, tries: int | None = None, **words: Any
    ) -> requests.Response:
        """Post, and post again while the fault may pass. `tries=1` is for calls that must not be done twice."""
        body = Multipart(data, files) if files else data
        headers = headers | ({"Content-Type": body.content_type} if isinstance(body, Multipart) else {})
        return self.patiently(urlsplit(url).path.rsplit("/", 1)[-1], lambda: self._once(url, body, headers, words), tries)

    def _once(self, url: str, body: Any, headers: dict[str, str], words: dict[str, Any]) -> requests.Response:
        response = self.session.post(url, data=body, headers=headers, **words)
        if response.status_code in MOVED:
            response = self.session.post(_safe_redirect(url, response), data=body, headers=headers, **words)
        return response

    def patiently(self, what: str, ask: Callable[[], requests.Response], tries: int | None = None) -> requests.Response:
        """The answer of `ask`, tried again while the fault may pass.

        Raises:
            PortalNotAnswering: the last try failed too; the message says how.
            PortalRefused: the certificate does not hold or the address is none.
        """
        for pause in self.patience.pauses(tries):
            wait = 0.0
            try:
                response = ask()
            except requests.exceptions.SSLError as error:
                raise PortalRefused(f"{what}: the portal's TLS certificate does not hold ({_cause(error)})") from error
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                trouble = _cause(error)
            except requests.exceptions.RequestException as error:
                raise PortalRefused(f"{what}: the portal's address cannot be used ({_cause(error)})") from error
            else:
                if response.status_code not in AGAIN:
                    return response
                trouble, wait = f"HTTP {response.status_code} {response.reason}", _retry_after(response)
            if pause is not None:
                self.sleep(max(pause, wait))
        raise PortalNotAnswering(
            f"{what}: no good answer from the portal after {tries or self.patience.tries} tries; the last: {trouble}. "
            "What was published before stays as it is; run publish again when the portal is well"
        )


def _cause(error: Exception) -> str:
    """The innermost reason in a few words: requests wraps the operating system's words in three layers of its own."""
    reason: Any = error
    while isinstance(reason, Exception) and (inner := getattr(reason, "reason", None) or next(iter(reason.args), None)):
        if not isinstance(inner, Exception):
            break
        reason = inner
    return f"{type(reason).__name__}: {reason}"[:200]


def _retry_after(response: requests.Response) -> float:
    told = response.headers.get("Retry-After", "")
    return min(60.0, float(told)) if told.isdigit() else 0.0


def _safe_redirect(url: str, response: requests.Response) -> str:
    """Where a call with a token is redirected to, if that is the same host and no step down from https: a token goes nowhere else."""
    target = urljoin(url, response.headers.get("Location", ""))
    old, new = urlsplit(url), urlsplit(target)
    if (new.hostname, new.path) == (old.hostname, old.path) and (old.scheme, new.scheme) != ("https", "http") and target != url:
        return target
    raise PortalRefused(
        f"the portal at {old.scheme}://{old.netloc} sends on to {target}; if that is right, make it the portal's url in the settings"
    )


class PortalClient:
    """One portal, with a token or, for `anonymous()`, as any reader sees it."""

    def __init__(self, url: str, token: str | None, patience: Patience | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        self.url = url.rstrip("/")
        self._token = token
        self._line = _Line(patience or Patience(), sleep)
        self._ckan = ckanapi.RemoteCKAN(self.url, apikey=token, user_agent=USER_AGENT, session=self._line)

    def anonymous(self) -> PortalClient:
        """The same portal as the public sees it."""
        return PortalClient(self.url, None, self._line.patience, self._line.sleep)

    def close(self) -> None:
        """Let go of the connections."""
        self._line.close()

    def call(self, action: str, *, files: Mapping[str, Path] | None = None, tries: int | None = None, **words: Any) -> Any:
        """Call one action.

        Raises:
            PortalError: one of its family, with the portal's own words.
        """
        try:
            return self._call(action, words, files, tries)
        except ckanapi.NotFound as error:
            what = words.get("id") or words.get("resource_id") or "this"
            raise PortalRefused(f"{action}: the portal does not know {what}") from error

    def find(self, action: str, **words: Any) -> Any | None:
        """Call one action; None where the portal has no such thing."""
        try:
            return self._call(action, words, None, None)
        except ckanapi.NotFound:
            return None

    def _call(self, action: str, words: dict[str, Any], files: Mapping[str, Path] | None, tries: int | None) -> Any:
        kwargs: dict[str, Any] = {"timeout": TIMEOUT} | ({"tries": tries} if tries else {})
        try:
            return self._ckan.call_action(action, words, files=files, requests_kwargs=kwargs)
        except ckanapi.NotFound:
            raise
        except ckanapi.NotAuthorized as error:
            raise PortalRefused(f"{action}: the token may not do this ({_said(error)})") from error
        except ckanapi.ValidationError as error:
            raise PortalRefused(f"{action}: the portal does not accept this ({_said(error)})") from error
        except (ckanapi.CKANAPIError, ckanapi.ServerIncompatibleError) as error:
            if f", {TOO_LARGE}, " in str(error):
                raise PortalTooLarge(f"{action}: the portal takes no request of this size (HTTP 413); raise its limit") from error
            raise PortalRefused(f"{action}: this is no answer of a CKAN portal, is {self.url} its address? {str(error)[:200]}") from error

    def download(self, url: str, target: BinaryIO) -> None:
        """Write what stands at `url` to `target`, block by block; an answer cut short is asked for again from its start."""
        headers = {"User-Agent": USER_AGENT} | ({"Authorization": self._token} if self._token and self._is_ours(url) else {})

        def ask(place: str = url, hops: int = 1) -> requests.Response:
            target.seek(0)
            target.truncate()
            follow = "Authorization" not in headers
            with self._line.session.get(place, headers=headers, stream=True, timeout=TIMEOUT, allow_redirects=follow) as response:
                if response.status_code in MOVED and hops:
                    return ask(_safe_redirect(place, response), hops - 1)
                target.writelines(response.iter_content(BLOCK))
                return response

        response = self._line.patiently(url, ask)
        if response.status_code != requests.codes.ok:
            raise PortalRefused(f"{url}: HTTP {response.status_code} {response.reason}")

    def _is_ours(self, url: str) -> bool:
        return urlsplit(url)[:2] == urlsplit(self.url)[:2]


def _said(error: Exception) -> str:
    """The portal's words without the wrapping."""
    words = getattr(error, "error_dict", None) or cast("Any", error).args[0]
    if isinstance(words, Mapping):
        words = {key: value for key, value in words.items() if key != "__type"}
        words = words["message"] if set(words) == {"message"} else words
    return str(words)[:500]
