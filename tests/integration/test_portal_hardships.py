"""Trouble on a portal's machine: it goes down, its disk is full, the line is slow or untrusted; and no token is ever shown."""

from __future__ import annotations

import hashlib
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
import requests

from exports.catalog import PROJECT_ROOT
from exports.ckan import client as portal_client
from exports.ckan.errors import PortalNotAnswering, PortalRefused
from exports.ckan.http import RetryPolicy
from exports.ckan.publish import publish, verify
from tests.integration.conftest import Ckan, County
from tests.integration.prefect_service import prefect_server
from tests.integration.proxy import Proxy

pytestmark = [pytest.mark.integration, pytest.mark.rest]
QUICK = RetryPolicy(tries=2, pause=0.05)


def served(ckan: Ckan, county: County, dataset: str = "units") -> dict[str, str]:
    """What the public downloads: SHA-256 by the resource's name; and the table's rows."""
    package = ckan.public.action.package_show(id=county.name(dataset))
    files = {one["name"]: one["url"] for one in package["resources"] if one["url_type"] == "upload"}
    found = {name: hashlib.sha256(requests.get(url, timeout=60).content).hexdigest() for name, url in files.items()}
    return found | {
        "rows": str(ckan.public.action.datastore_search(resource_id=county.name(dataset).replace("-", "_"), limit=100)["records"])
    }


def test_a_portal_stopped_midway_is_unchanged_when_it_is_back_and_the_next_run_completes(ckan: Ckan, small_county: County) -> None:
    publish(small_county.release(), small_county.catalog, small_county.portal)
    old = served(ckan, small_county)
    small_county.sql("update marts.units set unit_name = '改名局' where unit_id = 'u001'")

    def power_cut(message: str) -> None:
        if message.endswith("changed"):
            ckan.stop()

    try:
        with pytest.raises(PortalNotAnswering, match="run publish again when the portal is well"):
            publish(small_county.release(), small_county.catalog, small_county.portal, power_cut, patience=QUICK)
    finally:
        ckan.start()
    assert served(ckan, small_county) == old
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    assert verify(small_county.release(), small_county.catalog, small_county.portal).problems == ()


@pytest.fixture
def small_disk(ckan: Ckan) -> Iterator[Path]:
    """The portal's file store on a disk of two megabytes: a real file system that really is full."""
    if ckan.home is None or os.geteuid() != 0:
        pytest.skip("a small disk can be mounted under the portal's file store by root only, on the portal's own machine")
    store = ckan.home / "storage" / "resources"
    store.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", store], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield store
    subprocess.run(["umount", "-l", store], check=True)


def test_a_full_disk_leaves_the_old_files_and_the_next_run_completes(ckan: Ckan, small_county: County, small_disk: Path) -> None:
    small_county.sql("update marts.units set unit_name = unit_id || repeat('甲', 3000)")
    publish(small_county.release(), small_county.catalog, small_county.portal)
    old = served(ckan, small_county)
    small_county.sql("update marts.units set unit_name = (select string_agg(md5(unit_id || i), '') from range(2000) t(i))")
    with pytest.raises(PortalNotAnswering, match=r"package_revise: no good answer.*HTTP 500"):
        publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK)
    now = served(ckan, small_county)
    assert {name: now[name] for name in now if name != "rows"} == {name: old[name] for name in old if name != "rows"}
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()
    assert verify(small_county.release(), small_county.catalog, small_county.portal).problems == ()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    words = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(["openssl", "req", "-x509", *words, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


def test_an_untrusted_certificate_is_refused_and_accepted_when_its_authority_is_named(
    ckan: Ckan, small_county: County, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with Proxy(ckan.url, tls=context) as proxy:
        small_county.portal = replace(small_county.portal, url=proxy.url)
        with pytest.raises(PortalRefused, match="certificate does not hold"):
            publish(small_county.release(), small_county.catalog, small_county.portal, patience=QUICK)
        assert proxy.seen == []  # no request, and so no token, passed
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))
        assert publish(small_county.release(), small_county.catalog, small_county.portal).problems == ()


def test_an_upload_that_hangs_or_breaks_midway_is_retried(ckan: Ckan, small_county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    small_county.sql("update marts.units set unit_name = (select string_agg(md5(unit_id || i), '') from range(2000) t(i))")
    monkeypatch.setattr(portal_client, "TIMEOUT", (20, 20))
    with Proxy(ckan.url, hang=0.5) as proxy:
        small_county.portal = replace(small_county.portal, url=proxy.url)
        proxy.fail("half", "hang", "half", on="package_revise datastore_create")
        report = publish(small_county.release(), small_county.catalog, small_county.portal, patience=RetryPolicy(tries=6, pause=0.05))
    assert report.problems == ()
    assert sum(line.endswith("half") for line in proxy.seen) >= 3


UPLOAD = """
import sys
from pathlib import Path
from exports.ckan.client import PortalClient
from exports.ckan.http import Body
from tests.benchmarks.measured import peak_mb
sent = []
client = PortalClient(sys.argv[1], "token")
client.call("resource_create", files={"upload": Body.of_file(Path(sys.argv[2]))}, sent=lambda done, total: sent.append(done))
print(peak_mb(), sent[-1])
"""


def test_a_file_of_two_gigabytes_goes_up_in_less_than_300_megabytes_of_memory(tmp_path: Path) -> None:
    """Against a server that reads and discards, since a test portal takes no file of that size."""
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(2 << 30)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sink = Thread(target=swallow, args=(listener, counted := []))
        sink.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        words = [sys.executable, "-c", UPLOAD, url, str(tmp_path / "large.csv")]
        done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=PROJECT_ROOT)
        sink.join()
    assert done.returncode == 0, done.stderr
    peak, sent = map(float, done.stdout.split())
    assert peak < 300
    assert 2 << 30 < sent == counted[0]


def swallow(listener: socket.socket, counted: list[int]) -> None:
    """Take one request, count the bytes of its body and answer as CKAN does."""
    connection, _ = listener.accept()
    with connection:
        head, _, body = connection.recv(1 << 16).partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        done, block = len(body), bytearray(1 << 20)
        while done < length:
            done += connection.recv_into(block)
        counted.append(done)
        answer = b'{"success": true, "result": {"id": "r"}}'
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer))


RUN = """
import logging, sys
logging.basicConfig(level=logging.DEBUG)
if sys.argv[1] == "crash":
    from exports.ckan import apply as portal_apply
    portal_apply.resource_named = lambda *_: 1 / 0
from flows.cli.app import app
app(sys.argv[2:])
"""


def test_the_token_is_shown_nowhere(ckan: Ckan, small_county: County) -> None:
    """Not on the terminal, in no log at its most verbose level, no traceback, no file of the workspace, no address."""
    folder = small_county.folder
    catalog = folder / "gongkai.yaml"
    said: list[str] = []

    def run(how: str, url: str, token: str, *words: str) -> int:
        address = f"portal: {{url: '{url}', organization: {small_county.portal.organization}, dataset_prefix: '{small_county.portal.dataset_prefix}'}}"
        catalog.write_text(address, "utf-8")
        environment = {**os.environ, "CKAN_API_TOKEN": token, "CKAN_URL": "", "CKAN_ORGANIZATION": ""}
        done = subprocess.run(
            [sys.executable, "-c", RUN, how, *words, "-w", str(folder)], env=environment, capture_output=True, text=True, check=False
        )
        said.append(done.stdout + done.stderr)
        return done.returncode

    small_county.release()
    with Proxy(ckan.url) as proxy:
        assert run("well", proxy.url, ckan.token, "publish", "--plan") == 0
        assert run("crash", proxy.url, ckan.token, "publish", "-v") == 1
        assert "ZeroDivisionError" in said[-1]
        proxy.rule = lambda _: ckan.url.replace("127.0.0.1", "localhost")
        assert run("well", proxy.url, ckan.token, "publish") == 1
        assert "make it the portal's url" in said[-1]
    assert run("well", ckan.url, "wrong-" + ckan.token, "publish") == 1
    assert "wrong, expired or revoked" in said[-1]
    shown = "\n".join([*said, *proxy.seen, *(path.read_bytes().decode("latin-1") for path in folder.rglob("*") if path.is_file())])
    assert "urllib3.connectionpool" in shown
    assert ckan.token not in shown
    assert ckan.token.split(".")[-1] not in shown


IN_PREFECT = """
import logging, os, sys
from pathlib import Path
from exports.ckan import apply as portal_apply
from flows.orchestration.deployments import publish

for name in ("urllib3", "requests", "ckanapi"):
    logging.getLogger(name).setLevel(logging.DEBUG)
folder, found = Path(sys.argv[1]), portal_apply.resource_named
print(publish(folder, plan_only=True, return_state=True).type.value)
portal_apply.resource_named = lambda *_: 1 / 0
print(publish(folder, return_state=True).type.value)
portal_apply.resource_named = found
print(publish(folder, return_state=True).type.value)
os.environ["CKAN_API_TOKEN"] = "wrong-" + os.environ["CKAN_API_TOKEN"]
print(publish(folder, return_state=True).type.value)
"""


def test_the_token_does_not_reach_prefect(ckan: Ckan, small_county: County, tmp_path: Path) -> None:
    """In no log at its most verbose level, state, parameter, artifact or event: nowhere in what its server keeps."""
    small_county.release()
    address = f"portal: {{url: '{ckan.url}', organization: {small_county.portal.organization}, dataset_prefix: '{small_county.portal.dataset_prefix}'}}"
    (small_county.folder / "gongkai.yaml").write_text(address, "utf-8")
    talkative = {"PREFECT_LOGGING_LEVEL": "DEBUG", "PREFECT_LOGGING_EXTRA_LOGGERS": "urllib3,requests,ckanapi"}
    home = tmp_path / "prefect"
    home.mkdir()
    with prefect_server(home, Path(sys.executable), CKAN_API_TOKEN=ckan.token, CKAN_URL="", CKAN_ORGANIZATION="", **talkative) as server:
        words = [sys.executable, "-c", IN_PREFECT, small_county.folder]
        done = subprocess.run(words, env=server.environment, capture_output=True, text=True, check=True)
        assert done.stdout.split() == ["COMPLETED", "FAILED", "COMPLETED", "FAILED"], done.stderr[-2000:]
        asked = ("logs", "artifacts", "flow_runs", "task_runs", "events")
        answers = {what: str(server.ask(f"/{what}/filter")) for what in asked}
        assert ckan.url in answers["artifacts"]
        assert "ZeroDivisionError" in answers["flow_runs"]
        assert "wrong, expired or revoked" in answers["logs"]
        kept = [path.read_bytes().decode("latin-1") for path in home.rglob("*") if path.is_file()]
    shown = "\n".join([done.stdout, done.stderr, *answers.values(), *kept])
    assert "urllib3.connectionpool" in "".join(kept)
    assert ckan.token not in shown
    assert ckan.token.split(".")[-1] not in shown
