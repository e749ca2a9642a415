"""Sources and releases in S3: a real client against a server that speaks S3 on loopback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
import requests
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

from exports.ckan.client import PortalAddress
from exports.release.manifest import MANIFEST, Release, read_release, sha256_of
from exports.release.verify import verify_release
from flows.ingest import ingest
from flows.orchestration.local import quiet
from flows.publication import mirror as mirroring
from flows.publication.mirror import Mirror, mirror, verify_mirror
from flows.publish import publish
from flows.workspace.errors import ConfigurationError, PortalUnavailable
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county
from tests.integration.conftest import County as Marts

pytestmark = pytest.mark.integration
RECORDS = "索引号,标题,公开单位,公开日期\nA1,关于预算的公告,栖川县财政局,2026-10-12\n".encode()
ADDRESS = "s3://county/releases"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    started = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    yield f"http://{host}:{port}"
    started.stop()


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> fsspec.AbstractFileSystem:
    """A store of one empty bucket, configured in the environment as operators do."""
    requests.post(f"{server}/moto-api/reset", timeout=30)
    settings = {"ENDPOINT_URL": server, "ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "word", "DEFAULT_REGION": "us-east-1"}
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    S3FileSystem.clear_instance_cache()
    store = S3FileSystem(skip_instance_cache=True)
    store.mkdir("county")
    return store


def move_to_bucket(county: County) -> None:
    """Move the same sources into the bucket."""
    path = county.root / "gongkai.yaml"
    path.write_text(path.read_text("utf-8").replace("inbox/", "s3://county/inbox/"), "utf-8")


def ledger(county: County) -> list[tuple[str, str | None]]:
    lines = (county.root / "raw" / "ledger.ndjson").read_text("utf-8").splitlines()
    return sorted((entry["path"], entry["sha256"]) for entry in map(json.loads, lines))


def raw(county: County) -> dict[str, str]:
    return {path.relative_to(county.root).as_posix(): sha256_of(path) for path in county.root.glob("raw/*/*/*/*.parquet")}


def read(county: County) -> tuple[int, int]:
    done = ingest(Workspace.open(county.root), runner=quiet())
    return len(done.stored), len(done.read)


def test_sources_in_a_bucket_are_read_as_those_of_a_folder_are(s3: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    files = {"disclosures/2026/10.csv": RECORDS, "plans/2026.txt": "栖川县2026年政务公开工作要点\n\n一、公开年度计划。\n".encode()}
    here, there = a_county(tmp_path / "here", files), a_county(tmp_path / "there", files)
    shutil.move(there.root / "inbox", tmp_path / "sent")
    s3.put(str(tmp_path / "sent"), "county/inbox", recursive=True)
    move_to_bucket(there)
    assert (read(here), read(there)) == ((2, 2), (2, 2))
    assert (raw(there), ledger(there)) == (raw(here), ledger(here))
    assert read(there) == (2, 0)
    s3.pipe_file("county/inbox/disclosures/2026/10.csv", RECORDS.replace(b"A1", b"A2"))
    assert read(there) == (2, 1), "a file that was replaced in the bucket was not read again"


def test_a_bucket_that_does_not_answer_leaves_its_sources_as_they_were_last_seen(
    s3: fsspec.AbstractFileSystem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = a_county(tmp_path, {"plans/2026.txt": "栖川县2026年政务公开工作要点\n".encode()})
    path = county.root / "gongkai.yaml"
    path.write_text(path.read_text("utf-8").replace("inbox/disclosures", "s3://county/inbox"), "utf-8")
    s3.pipe_file("county/inbox/10.csv", RECORDS)
    assert read(county) == (2, 2)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    S3FileSystem.clear_instance_cache()
    done = ingest(Workspace.open(county.root), runner=quiet())
    assert done.unreachable == ("source disclosures",)
    assert done.vanished == ()


@pytest.fixture
def marts(tmp_path: Path) -> Marts:
    """Two small datasets, released, in a workspace that names a mirror."""
    made = Marts(tmp_path, PortalAddress("http://127.0.0.1:9", "no token", "office", "t-"))
    made.release()
    (tmp_path / "gongkai.yaml").write_text(f"mirror: {ADDRESS}\n", "utf-8")
    return made


@pytest.fixture
def released(marts: Marts) -> Workspace:
    return Workspace.open(marts.folder)


def test_a_release_is_copied_to_the_bucket_whole_and_read_back(s3: fsspec.AbstractFileSystem, released: Workspace, tmp_path: Path) -> None:
    assert publish(released, runner=quiet()) is None
    release = read_release((released.releases / "latest").resolve())
    s3.get(f"county/releases/{release.name}", str(tmp_path / "back"), recursive=True)
    assert verify_release(tmp_path / "back") == []
    assert s3.cat_file("county/releases/latest.json") == (release.folder / MANIFEST).read_bytes()
    assert verify_mirror(released) == []
    s3.pipe_file(f"county/releases/{release.name}/data/units.csv", b"x")
    assert [line.split(":")[1].partition("：")[0] for line in verify_mirror(released)] == [
        f"//county/releases/{release.name}/data/units.csv"
    ]


def test_an_interrupted_copy_continues_and_the_manifest_comes_last(
    s3: fsspec.AbstractFileSystem, released: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = read_release((released.releases / "latest").resolve())
    sent: list[str] = []
    send = Mirror._send

    def line_breaks(self: Mirror, release: Release, file: mirroring._File) -> None:
        if len(sent) == 5:
            raise ConnectionResetError("the line broke")
        send(self, release, file)
        sent.append(file.path)

    monkeypatch.setattr(Mirror, "_send", line_breaks)
    with pytest.raises(PortalUnavailable, match="it goes on"):
        mirror(released, ADDRESS, print)
    s3.invalidate_cache()
    assert not s3.exists(f"county/releases/{release.name}/{MANIFEST}")
    damaged = next(file for file in release.all_files if file.path == sent[0])
    s3.pipe_file(f"county/releases/{release.name}/{damaged.path}", b"x" * damaged.bytes)  # another file of the same size
    monkeypatch.setattr(Mirror, "_send", send)
    done = mirror(released, ADDRESS, print)
    assert done.sent == len(release.all_files) + 1 - len(sent) + 1  # SHA256SUMS too, and the damaged one again
    assert verify_mirror(released) == []
    assert mirror(released, ADDRESS, print).words.en == "nothing to bring"


def test_files_in_common_with_the_last_release_are_not_sent_again(s3: fsspec.AbstractFileSystem, marts: Marts, released: Workspace) -> None:
    first = read_release((released.releases / "latest").resolve())
    mirror(released, ADDRESS, print)
    marts.sql("update marts.units set unit_name = '改名局' where unit_id = 'u001'")
    second = marts.release()
    done = mirror(released, ADDRESS, print)
    common = {file.sha256 for file in first.all_files} & {file.sha256 for file in second.all_files}
    assert (done.releases, done.copied) == ((second.name,), len(common))
    assert len(common) >= 2  # the other dataset's Parquet and CSV
    assert done.copied + done.sent == len(second.all_files) + 1  # and SHA256SUMS
    assert verify_mirror(released) == []


def test_a_mirror_that_cannot_be_written_is_reported_in_a_sentence(released: Workspace) -> None:
    with pytest.raises(ConfigurationError, match="a store that can be written"):
        mirror(released, "gs://county/releases", print)
