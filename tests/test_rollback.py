"""An earlier release made the latest again, and a release verified at an address."""

from __future__ import annotations

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import uvicorn

from exports.release.manifest import Release, read_release
from flows.publication.serving import application
from tests.conftest import County, a_county, gongkai
from tests.release.search import texts_of

HEAD = "索引号,标题,公开单位,公开属性,形成日期,公开日期,撤回日期,撤回原因\n"
ROWS = {"X-000001": "鹭洲渡口整修公告", "X-000002": "松溪茶园扶持公告", "X-000003": "云台驿站管理公告"}


def register(gone: str = "", wrong: str = "") -> bytes:
    lines = [
        f"{number},{'写错的标题' if number == wrong else title},县财政局,主动公开,2026-03-02,2026-03-05,{'2026-09-01,内容有误' if number == gone else ','}\n"
        for number, title in ROWS.items()
    ]
    return (HEAD + "".join(lines)).encode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Two releases: of the second one title is wrong, and a record was withdrawn."""
    files = {"units/u.csv": "单位名称\n栖川县财政局\n".encode(), "disclosures/d.csv": register()}
    county = a_county(tmp_path_factory.mktemp("rollback") / "county", files)
    assert county.refresh().exit_code in {0, 3}
    (county.root / "inbox/disclosures/d.csv").write_bytes(register("X-000001", "X-000002"))
    assert county.refresh("--accept-loss", "disclosures").exit_code in {0, 3}
    return county


def titles(folder: Path) -> set[str]:
    return {str(row["disclosure_title"]) for row in pq.read_table(folder / "data/disclosures.parquet").to_pylist()}


def test_an_earlier_release_is_the_latest_again_without_what_was_withdrawn_since(made: County) -> None:
    first, second = sorted(made.root.glob("releases/2026-*"), key=lambda path: path.stat().st_mtime)
    assert "写错的标题" in titles(second)
    assert gongkai("rollback", first.name, "-w", made.root).exit_code == 2  # nobody can be asked
    done = gongkai("rollback", first.name, "--yes", "-w", made.root)
    assert done.exit_code == 0, done.output
    now = made.latest
    assert now.name not in {first.name, second.name}
    assert titles(now) == {ROWS["X-000002"], ROWS["X-000003"]}
    found = [
        path.name
        for path in sorted(now.rglob("*"))
        if path.is_file()
        for _, text in texts_of(path.name, path.read_bytes())
        if ROWS["X-000001"] in text
    ]
    assert found == []
    manifest = json.loads((now / "manifest.json").read_text("utf-8"))
    held = {entry["name"]: entry for entry in manifest["datasets"] if entry["name"] != "changes"}
    assert {entry["carried_over_from"] for entry in held.values()} == {first.name}
    assert all("回退" in entry["carried_over_because"] for entry in held.values())
    changed = [row for row in pq.read_table(now / "data/changes.parquet").to_pylist() if row["column_name"] == "disclosure_title"]
    assert [(row["old_value"], row["new_value"], row["change_reason"]) for row in changed] == [("写错的标题", ROWS["X-000002"], "decision")]
    verified = gongkai("verify", "--all", "-w", made.root)
    assert verified.exit_code == 0, verified.output
    assert gongkai("release", "-w", made.root).exit_code in {0, 3}
    assert made.latest == now  # nothing else changed: it stands


def test_a_rollback_to_no_release_is_refused_in_words(made: County) -> None:
    done = gongkai("rollback", "2019-01-01", "--yes", "-w", made.root)
    assert (done.exit_code, "没有发布" in done.output) == (1, True)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_release_at_an_address_is_verified_whole_and_what_differs_is_named(made: County, tmp_path: Path) -> None:
    name = made.latest.resolve().name
    with served(made.root / "releases") as address:
        good = gongkai("verify", f"{address}/{name}", "-w", tmp_path)
        assert good.exit_code == 0, good.output
        assert name in good.output
        place = made.root / "releases" / name / "data/units.csv"
        before = place.read_bytes()
        place.unlink()
        place.write_bytes(before.replace("财政".encode(), "财証".encode(), 1))
        bad = gongkai("verify", f"{address}/{name}", "-w", tmp_path)
        place.write_bytes(before)
        assert (bad.exit_code, "units.csv" in bad.output) == (1, True)
        assert gongkai("verify", f"{address}/none", "-w", tmp_path).exit_code == 1


class Counted:
    """A release served with ranges, as object stores and web servers do; counts the bytes of the answers."""

    def __init__(self, release: Release) -> None:
        self.serving, self.bytes = application(release), 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def counted(message: Any) -> None:
            self.bytes += len(message.get("body", b"")) if scope.get("method") == "GET" else 0
            await send(message)

        await self.serving(scope, receive, counted)


@contextmanager
def served_with_ranges(folder: Path) -> Iterator[tuple[str, Counted]]:
    counted = Counted(read_release(folder))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(counted, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", counted
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize("words", [[], ["--quick"]])
def test_a_file_of_another_size_or_that_is_gone_is_named_without_being_fetched(made: County, tmp_path: Path, words: list[str]) -> None:
    copy = Path(shutil.copytree(made.latest, tmp_path / made.latest.name))
    with served_with_ranges(copy) as (address, _):
        good = gongkai("verify", address, "-w", tmp_path, *words)
        assert good.exit_code == 0, good.output
        with (copy / "data/units.parquet").open("ab") as stream:
            stream.write(b"more")
        (copy / "data/units.csv").unlink()
        bad = gongkai("verify", address, "-w", tmp_path, *words)
    assert bad.exit_code == 1
    assert sorted(line.split(": ")[0].rsplit("/", 1)[-1] for line in bad.output.splitlines() if "found" in line) == [
        "units.csv",
        "units.parquet",
    ]


def test_a_quick_look_reads_little_and_sees_a_changed_manifest_and_a_damaged_footer(made: County, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(made.latest, tmp_path / made.latest.name))
    whole = sum(file.bytes for file in read_release(copy).all_files)
    with served_with_ranges(copy) as (address, counted):
        assert gongkai("verify", address, "-w", tmp_path, "--quick").exit_code == 0
        assert counted.bytes < whole / 2
        footer = copy / "data/units.parquet"
        footer.write_bytes(footer.read_bytes()[:-4] + b"none")
        assert "units.parquet: found no footer" in gongkai("verify", address, "-w", tmp_path, "--quick").output
        manifest = copy / "manifest.json"
        manifest.write_text(manifest.read_text("utf-8").replace('"rows": 1,', '"rows": 2,', 1), "utf-8")
        assert "a manifest that was changed" in gongkai("verify", address, "-w", tmp_path, "--quick").output
    assert gongkai("verify", copy, "-w", tmp_path, "--quick").exit_code == 2


def test_a_copy_whose_manifest_names_files_elsewhere_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    facts = {"name": "2026-10-31-00000000", "files": [{"path": "../../escaped.txt"}], "datasets": []}
    (tmp_path / "site").mkdir()
    (tmp_path / "site/manifest.json").write_text(json.dumps(facts), "utf-8")
    (tmp_path / "escaped.txt").write_text("x", "utf-8")
    with served(tmp_path / "site") as address:
        done = gongkai("verify", address, "-w", tmp_path)
    assert done.exit_code == 1
    assert "escaped.txt" in done.output
