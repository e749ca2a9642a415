"""Publishing to a real CKAN, measured: a first load both ways, an update of a thousand rows, a gigabyte against plain curl.

usage: CKAN_URL=… CKAN_API_TOKEN=… python -m tests.benchmarks.portal [--rows 1000000] [--upload-rows 2100000] [--loader rows xloader] [load|upload …]

Every publication runs in a process of its own, whose peak memory is read. The portal must be one for tests: it is left with
datasets of an organisation `bench…`, which the last step purges.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import ckanapi
import duckdb

from exports.catalog import Catalog, load_catalog
from exports.ckan import state as portal_state
from exports.ckan.client import PortalAddress, PortalClient
from exports.ckan.publish import PublishOptions, publish
from exports.release.folder import write_release
from exports.release.manifest import Input, Release, read_release
from tests.benchmarks.measured import peak_mb
from tests.exports.conftest import AS_OF, fill

DATASET = "disclosures"
CHANGED = 1000


def catalog() -> Catalog:
    whole = load_catalog()
    return replace(whole, datasets={DATASET: whole.datasets[DATASET].model_copy(update={"foreign_keys": ()})})


def make_release(folder: Path, rows: int, change: str = "") -> Release:
    """A release of one dataset of made-up rows; `change` is SQL on its mart."""
    warehouse = folder / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        if not change:
            connection.execute("create schema marts")
            fill(connection, catalog().datasets[DATASET], rows)
        else:
            connection.execute(change)
    return write_release(
        warehouse, catalog(), folder / "releases", as_of=AS_OF, blocked={}, inputs=[Input("a", "ab" * 32, 1)], code_version="1"
    )


def address(word: str) -> PortalAddress:
    return PortalAddress(os.environ["CKAN_URL"], os.environ["CKAN_API_TOKEN"], word, f"{word}-")


def publication(folder: str, word: str, loader: str, tables: str) -> dict[str, Any]:
    """One publication in this process: seconds of the whole, of its calls, and megabytes at the most."""
    calls: dict[str, float] = {}
    call = PortalClient.call

    def timed(self: PortalClient, action: str, **words: Any) -> Any:
        began = time.perf_counter()
        try:
            return call(self, action, **words)
        finally:
            calls[action] = calls.get(action, 0.0) + time.perf_counter() - began

    PortalClient.call = timed  # type: ignore[method-assign]
    if tables == "no":  # as on a portal without DataStore: files alone
        found = portal_state.capabilities_of
        portal_state.capabilities_of = lambda client: replace(found(client), extensions=found(client).extensions - {"datastore"})
    began, marks = time.perf_counter(), []
    report = publish(
        read_release(Path(folder)),
        catalog(),
        address(word),
        lambda said: marks.append((time.perf_counter() - began, said)),
        options=PublishOptions(loader=loader),  # type: ignore[arg-type]
    )
    whole = time.perf_counter() - began
    loaded = next((seconds for seconds, said in marks if "uploading" in said), 0.0)
    return {
        "seconds": whole,
        "until_table_stands": loaded,
        "revise": calls.get("package_revise", 0.0),
        "peak_mb": peak_mb(),
        "problems": report.problems,
        "bytes": report.uploaded_bytes,
    }


def in_a_process(release: Release, word: str, loader: str = "rows", tables: str = "yes") -> dict[str, Any]:
    words = [sys.executable, "-m", "tests.benchmarks.portal", "--publish", str(release.folder), word, loader, tables]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert not answer["problems"], answer
    return answer


@contextmanager
def organisation() -> Iterator[str]:
    word = f"bench{uuid4().hex[:6]}"
    try:
        yield word
    finally:
        _purge(word)


def _purge(word: str) -> None:
    api = ckanapi.RemoteCKAN(os.environ["CKAN_URL"], apikey=os.environ["CKAN_API_TOKEN"]).action
    for package in api.package_search(fq=f"organization:{word}", include_private=True, rows=100)["results"]:
        for resource in package["resources"]:
            api.resource_delete(id=resource["id"])
        api.dataset_purge(id=package["id"])


def measure_load(rows: int, loaders: list[str]) -> None:
    """First load by our own portions and by xloader; then a thousand changed rows."""
    full: dict[str, float] = {}
    for loader in loaders:
        with tempfile.TemporaryDirectory() as folder, organisation() as word:
            release = make_release(Path(folder), rows)
            first = in_a_process(release, word, loader)
            full[loader] = first["until_table_stands"]
            print(f"first publication, {loader}: {rows:,} rows, {first['bytes'] / 1e6:.0f} MB: {said(first)}")
            again = in_a_process(release, word, loader)
            print(f"  again, nothing changed: {said(again)}")
            change = f"update {catalog().datasets[DATASET].table} set disclosure_title = '改 ' || disclosure_id where hash(disclosure_id) % {rows // CHANGED} = 0"
            update = in_a_process(make_release(Path(folder), rows, change), word, loader)
            ratio = update["until_table_stands"] / full[loader]
            print(f"  about {CHANGED:,} rows changed: {said(update)}; table in {ratio:.1%} of its first load")


def measure_upload(rows: int) -> None:
    """The files of a large release: as `publish` sends them, and as curl does, by turns."""
    with tempfile.TemporaryDirectory() as folder, organisation() as word:
        release = make_release(Path(folder), rows)
        files = [release.folder / file.path for dataset in release.datasets for file in dataset.files]
        size = sum(file.stat().st_size for file in files)
        best: dict[str, float] = {}
        for turn in range(3):
            ours = in_a_process(release, f"{word}{turn}", tables="no")
            curl = curl_uploads(files, word)
            best = {
                "ours": min(ours["revise"], best.get("ours", 1e9)),
                "curl": min(curl, best.get("curl", 1e9)),
                "peak": max(ours["peak_mb"], best.get("peak", 0)),
            }
            print(
                f"  turn {turn}: package_revise {ours['revise']:.1f} s, curl {curl:.1f} s; {ours['peak_mb']:.0f} MB; with reading back {ours['seconds']:.1f} s"
            )
        print(
            f"upload of {size / 1e6:,.0f} MB, best of 3: {best['ours']:.1f} s, curl {best['curl']:.1f} s: "
            f"{best['curl'] / best['ours']:.0%} of curl's rate; at most {best['peak']:.0f} MB of memory"
        )


def curl_uploads(files: list[Path], word: str) -> float:
    """Seconds that curl takes for the same files, one call each, into a dataset of its own."""
    api = ckanapi.RemoteCKAN(os.environ["CKAN_URL"], apikey=os.environ["CKAN_API_TOKEN"]).action
    try:
        api.organization_show(id=word)
    except ckanapi.NotFound:
        api.organization_create(name=word)
    package = api.package_create(name=f"{word}-{uuid4().hex[:6]}", owner_org=word)["id"]
    url, seconds = f"{os.environ['CKAN_URL']}/api/3/action/resource_create", 0.0
    for file in files:
        forms = ("-F", f"package_id={package}", "-F", "format=data", "-F", f"name={file.name}", "-F", f"upload=@{file}")
        began = time.perf_counter()
        subprocess.run(["curl", "-fsS", "-o", "/dev/null", "-H", f"Authorization: {os.environ['CKAN_API_TOKEN']}", *forms, url], check=True)
        seconds += time.perf_counter() - began
    api.dataset_purge(id=package)
    return seconds


def said(figures: dict[str, Any]) -> str:
    return f"{figures['seconds']:.1f} s, the table after {figures['until_table_stands']:.1f} s, {figures['peak_mb']:.0f} MB of memory"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--publish"]:
        print(json.dumps(publication(*sys.argv[2:])))
        sys.exit()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["load", "upload"], choices=["load", "upload"])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--upload-rows", type=int, default=2_100_000)
    parser.add_argument("--loader", nargs="+", default=["rows", "xloader"], choices=["rows", "xloader"])
    chosen = parser.parse_args()
    if "load" in chosen.what:
        measure_load(chosen.rows, chosen.loader)
    if "upload" in chosen.what:
        measure_upload(chosen.upload_rows)
