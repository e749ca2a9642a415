"""A small TCP proxy between a publisher and the portal, that breaks what passes as a test asks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

Rule = Callable[[bytes], "str | None"]
BLOCK = 1 << 16


@dataclass
class Proxy:
    """Listens on loopback and passes bytes on to `target`. `rule` sees the first bytes of each request and says what befalls it.

    None: nothing. "cut": the connection breaks while the request is sent. "lose": the portal gets it, the answer is lost.
    "413", "429", "503": answered so without asking the portal. "http://…": redirected to that portal. `prefix` is a path under
    which the portal is to be found.
    """

    target: str
    prefix: str = ""
    rule: Rule = lambda _: None
    seen: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}{self.prefix}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def fail(self, *fates: str, on: str) -> None:
        """Let the next requests for each of these actions meet these fates, one each; then all is well again."""
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

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            while request := self._request(client):
                head, length, body = request
                fate = self.rule(head)
                self.seen.append(f"{_path(head)} {fate or 'passed'}")
                if fate == "cut":
                    return
                if fate and fate != "lose":
                    self._read_rest(client, length - len(body))
                    line = f"301 Moved\r\nLocation: {fate}{_path(head)}" if fate.startswith("http") else f"{fate} Made So\r\nRetry-After: 0"
                    client.sendall(f"HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n".encode())
                    continue
                if not self._pass_on(client, head, length, body, loses=fate == "lose"):
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

    def _pass_on(self, client: socket.socket, head: bytes, length: int, body: bytes, *, loses: bool) -> bool:
        """One request on a connection of its own, and its answer; whether the client's connection is still of use."""
        head = head.replace(self.prefix.encode(), b"", 1)
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        with socket.create_connection((urlsplit(self.target).hostname, urlsplit(self.target).port)) as portal:
            portal.sendall(b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n" + body)
            left = length - len(body)
            while left > 0 and (block := client.recv(min(BLOCK, left))):
                portal.sendall(block)
                left -= len(block)
            while block := portal.recv(BLOCK):
                if not loses:
                    client.sendall(block)
        return False


def _path(head: bytes) -> str:
    return head.split(b" ", 2)[1].decode()
