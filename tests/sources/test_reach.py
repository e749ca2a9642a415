"""Sources are read from where the settings allow, and from nowhere else; what a server does not send ends with a word on what it sent."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from typer.testing import CliRunner

from flows.cli.app import app
from flows.ingest import ingest
from flows.orchestration.local import LocalRunner
from flows.sources.locate import Located, locate
from flows.sources.reach import Reach, is_public
from flows.workspace.errors import ConfigurationError, SourceUnavailable
from flows.workspace.limits import Limits
from flows.workspace.settings import Settings, Source, Workspace
from tests.conftest import HANGS

PLAN = "某局2026年工作要点\n一、公开预算。(责任单位:财务科)\n"
SECRET = "this is not to be read"
PORT = Callable[[], str]


def found(root: Path, *locations: str, **settings: object) -> Located:
    source = Source(name="plans", kind="plans", location=locations)
    return locate(Reach.of(root, Settings.model_validate({"sources": [source.model_dump()], **settings})), source)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A workspace with an inbox, and a folder beside it that is not its business."""
    root = tmp_path / "county"
    for folder in (root / "inbox", root / "raw", tmp_path / "outside"):
        folder.mkdir(parents=True)
    (root / "inbox" / "a.txt").write_text(PLAN, "utf-8")
    (root / "gongkai.yaml").write_text("sources: [{name: plans, kind: plans, location: inbox/**}]\n", "utf-8")
    (tmp_path / "outside" / "secret.txt").write_text(SECRET, "utf-8")
    return root


# ---- folders and links


@pytest.mark.parametrize(
    "target", ["../../outside/secret.txt", "/etc/passwd", "../gongkai.yaml", "../raw/ledger.ndjson", "/proc/self/environ"]
)
def test_a_link_out_of_the_workspace_or_into_its_own_records_is_refused_and_the_rest_is_read(place: Path, target: str) -> None:
    (place / "raw" / "ledger.ndjson").write_text("", "utf-8")
    (place / "inbox" / "b.txt").symlink_to(target)
    located = found(place, "inbox/**")
    assert [file.path for file in located.files] == ["plans/a.txt"]
    (said,) = located.refused
    assert said.startswith("plans/b.txt：")
    assert "allowed_roots" in said


def test_a_refused_link_is_said_in_the_summary_and_by_the_exit_code(place: Path) -> None:
    (place / "inbox" / "b.txt").symlink_to(place.parent / "outside" / "secret.txt")
    done = CliRunner().invoke(app, ["ingest", "-w", str(place)])
    assert done.exit_code == 3
    assert "plans/b.txt" in done.output
    assert SECRET not in "".join(path.read_text("utf-8", "replace") for path in (place / "raw").rglob("*") if path.is_file())


def test_a_folder_that_is_a_link_is_not_gone_into(place: Path) -> None:
    (place / "inbox" / "more").symlink_to(place.parent / "outside")
    assert [file.path for file in found(place, "inbox/**").files] == ["plans/a.txt"]
    assert found(place, "inbox/*/*.txt").files == []
    with pytest.raises(SourceUnavailable, match="allowed_roots"):
        found(place, "inbox/more/*")
    with pytest.raises(SourceUnavailable, match="allowed_roots"):
        found(place, "inbox/more/secret.txt")


@pytest.mark.parametrize(
    "location", ["../outside/*", "{outside}/*", "{outside}/secret.txt", "inbox/../../outside/*", "file://{outside}/secret.txt"]
)
def test_a_location_outside_the_workspace_needs_a_root_that_the_settings_name(place: Path, location: str) -> None:
    outside = place.parent / "outside"
    location = location.format(outside=outside)
    with pytest.raises(ConfigurationError, match="allowed_roots"):
        found(place, location)
    assert [file.path for file in found(place, location, allowed_roots=[str(outside)]).files] == ["plans/secret.txt"]
    with pytest.raises(ConfigurationError):
        found(place, location, allowed_roots=[f"{outside}-other"])


def test_a_link_into_a_folder_that_the_settings_name_is_followed(place: Path) -> None:
    (place / "inbox" / "b.txt").symlink_to(place.parent / "outside" / "secret.txt")
    located = found(place, "inbox/**", allowed_roots=["../outside"])
    assert [file.path for file in located.files] == ["plans/a.txt", "plans/b.txt"]
    assert located.files[1].open().read() == SECRET.encode()


def test_a_file_that_becomes_a_link_or_a_pipe_after_it_was_listed_is_not_read(place: Path) -> None:
    (file,) = found(place, "inbox/**").files
    path = place / "inbox" / "a.txt"
    path.unlink()
    path.symlink_to(place.parent / "outside" / "secret.txt")
    for read in (file.open, file.sha256, file.real_path):
        with pytest.raises(SourceUnavailable):
            read()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(SourceUnavailable, match="no regular file"):
        file.open()


def test_a_folder_that_becomes_a_link_to_the_workspaces_own_records_after_it_was_listed_is_not_read(place: Path) -> None:
    (place / "inbox" / "2026").mkdir()
    (place / "inbox" / "2026" / "ledger.ndjson").write_text(PLAN, "utf-8")
    (place / "raw" / "ledger.ndjson").write_text(SECRET, "utf-8")
    (file,) = [file for file in found(place, "inbox/**").files if "2026" in file.path]
    (place / "inbox" / "2026").rename(place / "aside")
    (place / "inbox" / "2026").symlink_to("../raw")
    with pytest.raises(SourceUnavailable, match="not followed"):
        file.open()


@pytest.mark.parametrize("location", ["*.txt", "secret.txt"])
def test_a_folder_that_is_named_when_the_workspace_is_made_is_allowed_by_its_settings(tmp_path: Path, place: Path, location: str) -> None:
    made = tmp_path / "made"
    outside = place.parent / "outside"
    assert (
        CliRunner()
        .invoke(app, ["init", str(made), "-s", f"plans={outside}/{location}", "-s", "units=https://a.example.org/u.csv"])
        .exit_code
        == 0
    )
    workspace = Workspace.open(made)
    assert workspace.settings.allowed_roots == (str(outside),)
    assert workspace.settings.allowed_hosts == ()
    (source, _) = workspace.settings.sources
    assert [file.path for file in locate(Reach.of_workspace(workspace), source).files] == ["plans/secret.txt"]
    assert CliRunner().invoke(app, ["init", str(tmp_path / "plain")]).exit_code == 0
    assert Workspace.open(tmp_path / "plain").settings.allowed_roots == ()


# ---- addresses


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2400:3200::1", True),
        ("127.0.0.1", False), ("127.8.9.1", False), ("0.0.0.0", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("224.0.0.1", False), ("255.255.255.255", False),
        ("::1", False), ("::", False), ("fe80::1", False), ("fe80::1%eth0", False), ("fc00::1", False), ("ff02::1", False),
        ("::ffff:127.0.0.1", False), ("::ffff:10.0.0.1", False), ("::ffff:8.8.8.8", True),
        ("2002:7f00:1::", False), ("64:ff9b::127.0.0.1", False), ("64:ff9b::8.8.8.8", True),
        ("fec0::1", False), ("64:ff9b:1::1", False), ("::127.0.0.1", False), ("::ffff:0:127.0.0.1", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_only_addresses_of_the_public_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


class Answer(BaseHTTPRequestHandler):
    """Answers as the first part of the path says."""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        deed, _, rest = self.path[1:].partition("/")
        if deed == "to":
            self.send_response(302)
            self.send_header("Location", f"http://{rest}")
            self.end_headers()
            return
        if deed.isdigit():
            self.send_error(int(deed))
            return
        self.send_response(200)
        if deed != "endless":
            self.send_header("Content-Length", "1000000" if deed in {"slow", "silent", "short"} else str(len(PLAN.encode())))
        self.end_headers()
        if with_body:
            try:
                getattr(self, f"_{deed}")()
            except (BrokenPipeError, ConnectionResetError):
                return

    def _plan(self) -> None:
        self.wfile.write(PLAN.encode())

    def _slow(self) -> None:
        for _ in range(100):
            self.wfile.write(b"x")
            time.sleep(0.2)

    def _silent(self) -> None:
        self.wfile.write(b"x" * 1000)
        time.sleep(20)

    def _short(self) -> None:
        self.wfile.write(b"x" * 1000)

    def _endless(self) -> None:
        while True:
            self.wfile.write(b"x" * (1 << 16))

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def server() -> Iterator[int]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    made.daemon_threads = True
    Thread(target=made.serve_forever, daemon=True).start()
    try:
        yield made.server_port
    finally:
        made.shutdown()
        made.server_close()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with server() as number:
        yield number


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "LOCALHOST."])
def test_an_address_of_this_machine_is_refused_however_it_is_written(place: Path, port: int, host: str) -> None:
    with pytest.raises(SourceUnavailable, match=r"allowed_hosts|not a canonical IPv4 address|not known"):
        found(place, f"http://{host}:{port}/plan/a.txt")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_host_that_the_settings_name_expressly_is_read(place: Path, port: int, host: str) -> None:
    (file,) = found(place, f"http://{host}:{port}/plan/a.txt", allowed_hosts=[host.upper()]).files
    with file.open() as stream:
        assert stream.read() == PLAN.encode()


@pytest.mark.parametrize("allowed", [["127.0.0.1"], []])
@pytest.mark.parametrize("target", ["localhost", "127.0.0.1"])
def test_a_redirect_leads_only_to_hosts_that_are_allowed(place: Path, port: int, target: str, allowed: list[str]) -> None:
    address = f"http://127.0.0.1:{port}/to/{target}:{port}/plan/a.txt"
    if target in allowed:
        assert [file.path for file in found(place, address, allowed_hosts=allowed).files] == ["plans/a.txt"]
        return
    with pytest.raises(SourceUnavailable, match=f"(?s){'localhost' if allowed else '127.0.0.1'}.*allowed_hosts"):
        found(place, address, allowed_hosts=allowed)


def test_a_page_that_begins_to_redirect_after_it_was_listed_is_not_followed(place: Path, port: int) -> None:
    (file,) = found(place, f"http://127.0.0.1:{port}/plan/a.txt", allowed_hosts=["127.0.0.1"]).files
    moved = type(file)(file.path, file.source, file.kind, f"http://127.0.0.1:{port}/to/localhost:{port}/plan/a.txt", 0, "", file.reach)
    with pytest.raises(SourceUnavailable, match="localhost"):
        moved.open()


def test_a_name_is_judged_by_the_address_to_which_it_resolves(place: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolved(host: str, *args: object, **options: object) -> object:
        return real("127.0.0.1" if host == "www.example.gov.cn" else host, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    for protocol in ("http", "ftp", "sftp"):
        with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1"):
            found(place, f"{protocol}://www.example.gov.cn:{port}/plan/a.txt")
    assert found(place, f"http://www.example.gov.cn:{port}/plan/a.txt", allowed_hosts=["www.example.gov.cn"]).files


@pytest.mark.parametrize("chain", ["simplecache::http://127.0.0.1:{port}/plan/a.txt", "zip://a.txt::http://localhost:{port}/plan/a.zip"])
def test_an_address_within_another_is_confined_as_well(place: Path, port: int, chain: str) -> None:
    with pytest.raises(SourceUnavailable, match="allowed_hosts"):
        found(place, chain.format(port=port))


def test_an_archive_outside_the_workspace_is_confined_as_well(place: Path) -> None:
    for archive in ("zip://a.txt::/etc/a.zip", "zip://a.txt::file:///etc/a.zip", "simplecache::file:///etc/passwd"):
        with pytest.raises(ConfigurationError, match="allowed_roots"):
            found(place, archive)


@pytest.mark.parametrize("protocol", ["reference", "github", "git", "data", "jlab", "dask", "gopher"])
def test_a_protocol_that_can_lead_anywhere_is_refused(place: Path, protocol: str) -> None:
    with pytest.raises(SourceUnavailable, match=protocol):
        found(place, f"{protocol}://x/y.txt")


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_not_there_is_said(place: Path, port: int, status: int) -> None:
    located = found(place, f"http://127.0.0.1:{port}/{status}/a.txt", "inbox/**", allowed_hosts=["127.0.0.1"])
    assert [file.path for file in located.files] == ["plans/a.txt"]
    (said,) = located.missing
    assert f"HTTP {status}" in said
    assert "a.txt" in said


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_the_status_of_a_server_is_said(place: Path, port: int, status: int) -> None:
    with pytest.raises(SourceUnavailable, match=str(status)):
        found(place, f"http://127.0.0.1:{port}/{status}/a.txt", allowed_hosts=["127.0.0.1"])


# ---- transfers


@pytest.mark.parametrize(
    ("deed", "limits", "received", "why"),
    [
        ("slow", {"transfer_seconds": 2, "idle_seconds": 1.5}, (1, 40), "s "),
        ("silent", {"transfer_seconds": 60, "idle_seconds": 1}, (1000, 1000), "never 1 s of silence"),
        ("short", {}, (0, 1000), "a transfer that broke off"),
        ("endless", {"transfer_gb": 0.01}, (10_000_000, 12_000_000), r"more than 0\.01 GB"),
        ("endless", {"transfer_seconds": 1}, (1, 1 << 40), "a transfer that broke off"),
    ],
)
def test_a_transfer_that_does_not_end_breaks_off_and_says_what_had_come(
    place: Path, port: int, deed: str, limits: dict[str, float], received: tuple[int, int], why: str
) -> None:
    (file,) = found(place, f"http://127.0.0.1:{port}/{deed}/a.txt", allowed_hosts=["127.0.0.1"], limits=limits).files
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match=why) as broken:
        file.sha256()
    assert time.monotonic() - began < HANGS
    count = int(str(broken.value).partition("已收到 ")[2].partition(" ")[0].replace(",", ""))
    assert received[0] <= count <= received[1]


def test_a_server_that_never_answers_is_left_for_the_next_run_and_the_others_are_read(place: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/a.txt"
        sources = tuple(Source(name=name, kind="plans", location=(at,)) for name, at in {"here": "inbox/*", "web": address}.items())
        settings = Settings(sources=sources, allowed_hosts=("127.0.0.1",), limits=Limits(idle_seconds=1, transfer_seconds=3))
        began = time.monotonic()
        done = ingest(Workspace(place, settings), runner=LocalRunner())
    assert done.unreachable == ("source web",)
    assert done.read == ("here/a.txt",)
    assert time.monotonic() - began < HANGS


def test_the_settings_are_written_with_these_names(place: Path, port: int) -> None:
    settings = {
        "sources": [{"name": "web", "kind": "plans", "location": f"http://127.0.0.1:{port}/plan/a.txt"}],
        "allowed_hosts": ["127.0.0.1"],
        "allowed_roots": ["/srv/exchange"],
        "limits": {"memory_gb": 2, "seconds": 60, "transfer_seconds": 60, "idle_seconds": 5, "transfer_gb": 1},
    }
    (place / "gongkai.yaml").write_text(json.dumps(settings), "utf-8")
    assert CliRunner().invoke(app, ["ingest", "-w", str(place)]).exit_code == 0
