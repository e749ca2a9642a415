"""The HTTP connection to a portal: uploads streamed from disk, retries on transient errors, redirects only without credentials.

`HttpSession` is used where ckanapi expects a requests session: files are sent as they are read (requests alone would hold them in
memory), and 429, 5xx, time-outs and cut connections are retried. A token never gets into a message, nor do the
credentials and query values of an address; and it never leaves the portal's origin (exports/ckan/origin.py).
TLS certificates are verified, against REQUESTS_CA_BUNDLE where that is set.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import requests

from exports.ckan.errors import PortalNotAnswering, PortalRefused
from exports.ckan.origin import MAX_REDIRECTS, REDIRECT_STATUSES, keep_headers, redirect_target
from exports.credentials import without_secrets
from exports.messages import _

BLOCK = 1 << 20
RETRY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 507})


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is tried and how long the first pause is, in seconds; each further one is twice as long, a minute at most."""

    tries: int = 6
    pause: float = 1.0

    def pauses(self, tries: int | None = None) -> Iterator[float | None]:
        """The pause after each failed try in seconds, None after the last."""
        count = tries or self.tries
        yield from (min(60.0, self.pause * 2**number) for number in range(count - 1))
        yield None


@dataclass(frozen=True)
class Body:
    """The content of an upload: a file on the disk, or a short text that is made when it is sent. `head` takes the place of the first `skip`
    bytes of a file.
    """

    name: str
    source: Path | bytes
    head: bytes = b""
    skip: int = 0

    @classmethod
    def of_file(cls, path: Path) -> Body:
        return cls(path.name, path)

    def __len__(self) -> int:
        size = len(self.source) if isinstance(self.source, bytes) else self.source.stat().st_size
        return len(self.head) + size - self.skip

    def blocks(self) -> Iterator[bytes]:
        """Its bytes, a block at a time; a file is never held in memory whole."""
        if isinstance(self.source, bytes):
            yield self.source
            return
        if self.head:
            yield self.head
        with self.source.open("rb") as file:
            file.seek(self.skip)
            while block := file.read(BLOCK):
                yield block

    def read(self, start: int, length: int) -> bytes:
        """Some of its bytes, fewer where it ends before."""
        if isinstance(self.source, bytes):
            return self.source[start : start + length]
        found = self.head[start : start + length]
        with self.source.open("rb") as file:
            file.seek(self.skip + max(0, start - len(self.head)))
            return found + file.read(length - len(found))

    def md5(self) -> str:
        """The hash by which CKAN and xloader identify a file; no security depends on it."""
        return self._digest(hashlib.md5(usedforsecurity=False))

    def sha256(self) -> str:
        return self._digest(hashlib.sha256())

    def _digest(self, digest: hashlib._Hash) -> str:
        for block in self.blocks():
            digest.update(block)
        return digest.hexdigest()


class Multipart:
    """A multipart/form-data body that is read from disk while it is sent; it can be sent again from its start."""

    def __init__(self, fields: Mapping[bytes, bytes], files: Mapping[str, Body], sent: Callable[[int, int], None] | None = None) -> None:
        boundary = uuid4().hex
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._sent = sent
        self._parts: list[bytes | Body] = []
        for name, value in fields.items():
            self._parts.append(_part_head(boundary, name.decode()) + b"\r\n" + value + b"\r\n")
        for key, body in files.items():
            kind = mimetypes.guess_type(body.name)[0] or "application/octet-stream"
            head = _part_head(boundary, key, f'; filename="{body.name}"') + f"Content-Type: {kind}\r\n\r\n".encode()
            self._parts += [head, body, b"\r\n"]
        self._parts.append(f"--{boundary}--\r\n".encode())

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __iter__(self) -> Iterator[bytes]:
        total, done = len(self), 0
        for part in self._parts:
            for block in part.blocks() if isinstance(part, Body) else (part,):
                yield block
                done += len(block)
                if self._sent:
                    self._sent(done, total)


def _part_head(boundary: str, name: str, more: str = "") -> bytes:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n'.encode()


class HttpSession:
    """The session that ckanapi posts through. Nothing but the headers given to it identifies the caller: no `.netrc`, no cookie, no user in
    an address.
    """

    def __init__(self, patience: RetryPolicy, sleep: Callable[[float], None]) -> None:
        self.patience = patience
        self.sleep = sleep
        self.session = requests.Session()
        self.session.auth = keep_headers
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def close(self) -> None:
        self.session.close()

    def post(
        self,
        url: str,
        data: Any,
        headers: dict[str, str],
        files: Mapping[str, Body] | None,
        tries: int | None = None,
        sent: Callable[[int, int], None] | None = None,
        **words: Any,
    ) -> requests.Response:
        """The answer to a POST, retried while the error may be transient. `tries=1` is for calls that must not be done twice."""
        body = Multipart(data, files, sent) if files else data
        headers = headers | ({"Content-Type": body.content_type} if isinstance(body, Multipart) else {})
        return self.retry(urlsplit(url).path.rsplit("/", 1)[-1], lambda: self._once(url, body, headers, words), tries)

    def _once(self, url: str, body: Any, headers: dict[str, str], words: dict[str, Any]) -> requests.Response:
        return self.follow(url, headers, lambda place: self.session.post(place, data=body, headers=headers, **words))

    def get(self, url: str, headers: dict[str, str], **words: Any) -> requests.Response:
        """The answer to one GET, which is to be closed by the caller; redirects are followed where no credentials go along."""
        return self.follow(url, headers, lambda place: self.session.get(place, headers=headers, allow_redirects=False, **words))

    def follow(self, url: str, headers: dict[str, str], ask: Callable[[str], requests.Response]) -> requests.Response:
        """The first answer that is no redirect.

        Raises:
            PortalRefused: a redirect that is not followed (exports/ckan/origin.py), or too many.
        """
        for _turn in range(MAX_REDIRECTS + 1):
            response = ask(url)
            if response.status_code not in REDIRECT_STATUSES:
                return response
            response.close()
            url = redirect_target(url, response, headers)
        raise PortalRefused(
            _("{url}: More than {count} redirects; let the portal's administrator correct that.", url=url, count=MAX_REDIRECTS)
        )

    def retry(
        self, what: str, ask: Callable[[], requests.Response], tries: int | None = None, lasting: frozenset[int] = frozenset()
    ) -> requests.Response:
        """The answer of `ask`, retried while the error may be transient; a status among `lasting` never is.

        Raises:
            PortalNotAnswering: the last try failed too; the message says how.
            PortalRefused: the certificate is not valid or the address is malformed.
        """
        for pause in self.patience.pauses(tries):
            wait = 0.0
            try:
                response = ask()
            except requests.exceptions.SSLError as error:
                raise PortalRefused(
                    _("{what}: the portal's TLS certificate does not hold ({cause})", what=what, cause=_cause(error))
                ) from error
            except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
                trouble = _cause(error)
            except requests.exceptions.RequestException as error:
                raise PortalRefused(_("{what}: the portal's address cannot be used ({cause})", what=what, cause=_cause(error))) from error
            else:
                if response.status_code not in RETRY_STATUSES - lasting:
                    return response
                trouble, wait = f"HTTP {response.status_code} {response.reason}", _retry_after(response)
            if pause is not None:
                self.sleep(max(pause, wait))
        raise PortalNotAnswering(
            _(
                "{what}: no good answer from the portal after {tries} tries; the last: {trouble}. "
                "What was published before stays as it is; run publish again when the portal is well.",
                what=what,
                tries=tries or self.patience.tries,
                trouble=trouble,
            )
        )


def _cause(error: Exception) -> str:
    """The innermost reason in a few words: requests wraps the operating system's message three times."""
    reason: Any = error
    while isinstance(reason, Exception) and (inner := getattr(reason, "reason", None) or next(iter(reason.args), None)):
        if not isinstance(inner, Exception):
            break
        reason = inner
    return without_secrets(f"{type(reason).__name__}: {reason}")[:200]  # cut afterwards: half a secret is not recognised


def _retry_after(response: requests.Response) -> float:
    seconds = response.headers.get("Retry-After", "")
    return min(60.0, float(seconds)) if seconds.isdigit() else 0.0
