"""The token stays at the portal's own address: servers on loopback play the portal and the places that it sends a client on to."""

from __future__ import annotations

import io
import json
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Self

import pytest

from exports.ckan.client import PortalClient
from exports.ckan.errors import PortalRefused
from exports.ckan.http import Body, RetryPolicy
from exports.ckan.origin import is_within

TOKEN = "a-token-of-the-tests-4711"
OTHER = "somebody-elses-password"
ONCE = RetryPolicy(tries=1)


@dataclass
class Server:
    """Answers every request, after `redirect` has said where each path is sent on to (None: nowhere); keeps the heads of all it got."""

    redirect: Callable[[str], str | None] = lambda _: None
    status: int = 308
    heads: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None

    def __enter__(self) -> Self:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.heads.append(f"{self.command} {self.path}\n{self.headers}")
                target = server.redirect(self.path)
                body = json.dumps({"success": True, "result": "answered"}).encode()
                self.send_response(server.status if target else 200)
                self.send_header("Set-Cookie", f"ckan={OTHER}")
                self.send_header("Content-Length", "0" if target else str(len(body)))
                if target:
                    self.send_header("Location", target)
                self.end_headers()
                self.wfile.write(b"" if target else body)

            do_POST = do_GET  # noqa: N815 (the name that http.server calls)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("", 0), Handler)
        if self.tls:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}"


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    words = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", "req", "-x509", *words, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


@pytest.fixture
def secure(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A second origin that speaks TLS, with a certificate that is trusted."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with Server(tls=context) as server:
        yield server


def upload(client: PortalClient) -> None:
    client.call("package_revise", files={"upload": Body("units.csv", b"unit_id\n")}, match="{}")


def call(client: PortalClient) -> None:
    client.call("package_show", id="units")


def read_dump(client: PortalClient) -> None:
    client.download(f"{client.url}/datastore/dump/1", io.BytesIO())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("do", [call, upload, read_dump])
@pytest.mark.parametrize(
    "origin", ["other port", "other scheme", "other host", "another name of the host", "outside the prefix", "same path"]
)
def test_a_request_with_the_token_is_sent_on_nowhere(
    elsewhere: Server, secure: Server, origin: str, do: Callable[[PortalClient], None], status: int
) -> None:
    with Server(status=status) as portal:
        targets: dict[str, Callable[[str], str]] = {
            "other port": lambda path: elsewhere.url + path,
            "other scheme": lambda path: secure.url + path,
            "other host": lambda path: f"http://127.0.0.2:{elsewhere.port}{path}",
            "another name of the host": lambda path: f"http://localhost:{portal.port}{path}",
            "outside the prefix": lambda path: path.removeprefix("/data"),
            "same path": lambda path: f"http://127.0.0.1:{portal.port}{path}",
        }
        portal.redirect = targets[origin]
        with pytest.raises(PortalRefused, match="make it the portal's url in the settings") as refused:
            do(PortalClient(f"{portal.url}/data", TOKEN, ONCE))
        assert len(portal.heads) == 1
    assert TOKEN in portal.heads[0]
    assert (elsewhere.heads, secure.heads) == ([], [])
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("do", [call, read_dump])
def test_a_read_without_a_token_follows_redirects_and_carries_nothing_along(
    elsewhere: Server, do: Callable[[PortalClient], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(tmp_path, monkeypatch)
    with Server(redirect=lambda path: elsewhere.url + path) as portal:
        do(PortalClient(portal.url, None, ONCE))
    (head,) = elsewhere.heads
    assert not [line for line in head.lower().splitlines() if line.startswith(("authorization", "x-ckan-api-key", "cookie"))]
    assert OTHER not in head


def test_redirects_without_end_are_given_up() -> None:
    with Server(redirect=lambda path: path) as portal, pytest.raises(PortalRefused, match="More than 5 redirects"):
        read_dump(PortalClient(portal.url, None, ONCE))


def test_no_redirect_leads_from_tls_to_an_open_connection(secure: Server, elsewhere: Server) -> None:
    secure.redirect = lambda path: elsewhere.url + path
    with pytest.raises(PortalRefused, match="unprotected address"):
        read_dump(PortalClient(secure.url, None, ONCE))
    assert elsewhere.heads == []


def netrc(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "netrc"
    file.write_text(f"machine 127.0.0.1 login clerk password {OTHER}\ndefault login clerk password {OTHER}\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))


@pytest.mark.parametrize("do", [call, upload, read_dump])
def test_a_netrc_file_never_replaces_the_token_and_no_cookie_is_kept(
    do: Callable[[PortalClient], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc(tmp_path, monkeypatch)
    with Server() as portal:
        client = PortalClient(portal.url, TOKEN, ONCE)
        do(client)
        do(client)
    for head in portal.heads:
        assert f"Authorization: {TOKEN}" in head
        assert "Basic" not in head
        assert "Cookie" not in head


def test_a_file_outside_the_portals_path_is_read_without_the_token() -> None:
    with Server() as portal:
        client = PortalClient(f"{portal.url}/data", TOKEN, ONCE)
        for path in ("/data/dataset/x.csv", "/other/x.csv", "/database/x.csv", "/data/../other/x.csv", "/data/%2e%2e/other/x.csv"):
            client.download(portal.url + path, io.BytesIO())
    assert [TOKEN in head for head in portal.heads] == [True, False, False, False, False]


def test_an_address_with_a_user_name_is_refused_without_showing_it() -> None:
    with pytest.raises(PortalRefused, match="Remove them from the address") as refused:
        PortalClient(f"http://clerk:{OTHER}@127.0.0.1:9", TOKEN)
    assert OTHER not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "within"),
    [
        ("https://data.example/ckan/api/action/x", True),
        ("https://DATA.example:443/ckan", True),
        ("http://data.example/ckan/api", False),
        ("https://data.example:8443/ckan/api", False),
        ("https://other.example/ckan/api", False),
        ("https://data.example.evil/ckan/api", False),
        ("https://data.example@evil/ckan/api", False),
        ("https://data.example/", False),
        ("https://data.example/ckanother/api", False),
        ("https://data.example/ckan/../other", False),
        ("https://data.example/ckan/%2E%2e/other", False),
        ("https://data.example/ckan\\..\\other", False),
        ("https://data.example:port/ckan/api", False),
        ("https://[data.example/ckan/api", False),
    ],
)
def test_what_belongs_to_a_portal(url: str, within: bool) -> None:
    assert is_within(url, "https://data.example/ckan") is within
