"""A small TCP proxy between a publisher and the portal that breaks connections as a test asks."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

Rule = Callable[[bytes], "str | None"]
BLOCK = 1 << 16
LOGIN = "<!DOCTYPE html><title>登录</title><form>请先登录 Please log in</form>".encode()
REFUSALS = ("hang", "cut", "reset")  # the portal never gets the request


def _with_header(answer: bytes, line: bytes) -> bytes:
    return answer.replace(b"\r\n", b"\r\n" + line + b"\r\n", 1)


def _of_half_length(answer: bytes) -> bytes:
    """Half of the body, and a header that says that this is all."""
    head, _, body = answer.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"content-length:", b"transfer-encoding:"))]
    half = body[: len(body) // 2]
    return b"\r\n".join([*kept, b"Content-Length: " + str(len(half)).encode()]) + b"\r\n\r\n" + half


SPOILED: Mapping[str, Callable[[bytes], bytes]] = {  # what becomes of the portal's answer
    "lose": lambda _: b"",
    "stop": lambda answer: answer[: len(answer) // 2],
    "short": _of_half_length,
    "empty": lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "noise": lambda _: bytes(range(256)) * 4,
    "headless": lambda answer: answer.partition(b"\r\n\r\n")[2],
    "gzip": lambda answer: _with_header(answer, b"Content-Encoding: gzip"),
    "chunked": lambda answer: _with_header(answer, b"Transfer-Encoding: chunked"),
}


@dataclass
class Proxy:
    """Listens on loopback and passes bytes on to `target`. `rule` sees the first bytes of each request and decides its fate.

    None: nothing. "cut": the connection breaks when the request begins; "reset": with an error. "half": it breaks, to both sides, when half
    of the request's body has passed. "hang": nothing happens for `hang` seconds, then the connection ends. A word of `SPOILED`: the portal
    gets the request, its answer is lost, stops midway ("stop") or comes spoiled. "stale": the first answer to this method and path again.
    "twice": the portal gets the request two times, as from a proxy that repeats it, and the second answer comes back. Without asking the
    portal: "413", "429", "503": that status; "http://…": redirected to that portal; "login": a page that asks to log in, with status 200; a
    JSON object: that, with status 200.
    `answered` is called with each request that the portal has answered, before the answer goes on. `prefix` is a path under which the portal
    is to be found. With `tls`, the proxy speaks TLS to its clients.
    """

    target: str
    prefix: str = ""
    tls: ssl.SSLContext | None = None
    hang: float = 3.0
    rule: Rule = lambda _: None
    answered: Callable[[bytes], None] = lambda _: None
    first: dict[bytes, bytes] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self._listener.getsockname()[1]}{self.prefix}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def fail(self, *fates: str, on: str) -> None:
        """Let the next requests for each of these actions meet these fates, one each; later ones pass."""
        left = {action: list(fates) for action in on.split()}

        def rule(head: bytes) -> str | None:
            coming = left.get(head.split(b" ", 2)[1].decode().rsplit("/", 1)[-1])
            return coming.pop(0) if coming else None

        self.rule = rule

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        with suppress(OSError), self.tls.wrap_socket(accepted, server_side=True) if self.tls else accepted as client:
            while request := self._request(client):
                head, length, body = request
                fate = self.rule(head)
                self.seen.append(f"{_path(head)} {fate or 'passed'}")
                if fate == "hang":
                    time.sleep(self.hang)
                if fate == "reset":
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if fate in REFUSALS:
                    return
                if fate and fate not in {"half", "stale", "twice", *SPOILED}:
                    self._read_rest(client, length - len(body))
                    client.sendall(_answer(fate, head))
                    continue
                if not self._pass_on(client, head, length, body, fate):
                    return

    def _request(self, client: socket.socket) -> tuple[bytes, int, bytes] | None:
        data = b""
        while b"\r\n\r\n" not in data:
            if not (block := client.recv(BLOCK)):
                return None
            data += block
        head, body = data.split(b"\r\n\r\n", 1)
        lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        return head, int(lengths[0]) if lengths else 0, body

    def _read_rest(self, client: socket.socket, left: int) -> None:
        while left > 0 and (block := client.recv(min(BLOCK, left))):
            left -= len(block)

    def _pass_on(self, client: socket.socket, head: bytes, length: int, body: bytes, fate: str | None) -> bool:
        """Pass one request on, on a connection of its own, and its answer; gives whether the client's connection is still usable."""
        head = head.replace(self.prefix.encode(), b"", 1)
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        with socket.create_connection((urlsplit(self.target).hostname, urlsplit(self.target).port)) as portal:
            portal.sendall(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body)
            left, enough, whole = length - len(body), length // 2 if fate == "half" else 0, body
            while left > enough and (block := client.recv(min(BLOCK, left))):
                portal.sendall(block)
                left -= len(block)
                whole += block if fate == "twice" else b""
            if fate == "half":
                return False
            answer = b""
            while block := portal.recv(BLOCK):
                answer += block
        if fate == "twice":
            return self._pass_on(client, head, length, whole, None)
        self.answered(head)
        former = self.first.setdefault(b" ".join(head.split(b" ", 2)[:2]), answer)
        client.sendall(SPOILED[fate](answer) if fate and fate in SPOILED else former if fate == "stale" else answer)
        return False


def _answer(fate: str, head: bytes) -> bytes:
    body = LOGIN if fate == "login" else fate.encode() if fate.startswith(("{", "[")) else b""
    line = (
        f"301 Moved\r\nLocation: {fate}{_path(head)}"
        if fate.startswith("http")
        else "200 OK"
        if body
        else f"{fate} Made So\r\nRetry-After: 0"
    )
    return f"HTTP/1.1 {line}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _path(head: bytes) -> str:
    return head.split(b" ", 2)[1].decode()
