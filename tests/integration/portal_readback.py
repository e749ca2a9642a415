"""What a portal serves, compared with a release by means of its own: nothing here is shared with the publisher that is tested.

The release is read from its own manifest, data package and CSV files; the portal through CKAN's API and by downloading.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ckanapi
import requests

TYPES = {"string": "text", "integer": "int8", "number": "float8", "boolean": "bool", "date": "date", "datetime": "timestamp"}
MOST_ROWS = 32_000  # that one call gives


def differences(public: ckanapi.RemoteCKAN, folder: Path, prefix: str, renamed: Mapping[str, str] | None = None) -> list[str]:
    """Every difference between a release and what anyone is served of it: datasets, titles, files by bytes and hash, columns, labels, rows.
    `renamed` has the names that the portal's staff gave to datasets, by those of the release.
    """
    manifest, package = (json.loads((folder / name).read_text("utf-8")) for name in ("manifest.json", "datapackage.json"))
    described = {entry["name"]: entry for entry in package["resources"]}
    names = {entry["slug"]: (renamed or {}).get(entry["slug"], prefix + entry["slug"]) for entry in manifest["datasets"]}
    expected = {*names.values(), prefix + "release"}
    found = {one["name"] for one in public.action.package_search(q=f"name:{prefix}*", rows=1000)["results"]}
    wrong = [f"datasets: {sorted(found ^ expected)}"] if found != expected else []
    for entry in manifest["datasets"]:
        shown = public.action.package_show(id=names[entry["slug"]])
        alias = (prefix + entry["slug"]).replace("-", "_")
        faults = _faults(public, shown, alias, entry, described[entry["slug"]], folder)
        wrong += [f"{shown['name']}: {fault}" for fault in faults]
    record = public.action.package_show(id=prefix + "release")
    return wrong + [f"{record['name']}: {fault}" for fault in _wrong_files(record, {"manifest.json": _sha256(folder / "manifest.json")})]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _faults(
    public: ckanapi.RemoteCKAN, shown: Mapping[str, Any], alias: str, entry: Mapping[str, Any], described: Mapping[str, Any], folder: Path
) -> Iterator[str]:
    if shown["title"] != described["title"]:
        yield f"title {shown['title']!r}"
    if any(extra["key"] == "gongkai_publishing" for extra in shown["extras"]):
        yield "it says that it is being published"
    yield from _wrong_files(shown, {Path(file["path"]).name: file["sha256"] for file in entry["files"]})
    tables = [one for one in shown["resources"] if one["url_type"] == "datastore"]
    if len(tables) != 1:
        yield f"{len(tables)} tables"
        return
    yield from _wrong_table(public, tables[0]["id"], alias, described["schema"]["fields"], folder / described["path"])


def _wrong_files(shown: Mapping[str, Any], expected: Mapping[str, str]) -> Iterator[str]:
    files = {one["url"].rsplit("/", 1)[-1]: one for one in shown["resources"] if one["url_type"] == "upload"}
    if len(files) != sum(one["url_type"] == "upload" for one in shown["resources"]):
        yield "a file is there twice"
    for name, sha256 in expected.items():
        if name not in files:
            yield f"{name} is missing"
            continue
        served = requests.get(files[name]["url"], timeout=60)
        said = (files[name]["size"], files[name]["hash"])
        if served.status_code != requests.codes.ok or hashlib.sha256(served.content).hexdigest() != sha256:
            yield f"{name} is served otherwise"
        elif said != (len(served.content), hashlib.md5(served.content, usedforsecurity=False).hexdigest()):
            yield f"{name} is said to have size and hash {said}"


def _wrong_table(public: ckanapi.RemoteCKAN, table: str, alias: str, fields: list[Mapping[str, Any]], path: Path) -> Iterator[str]:
    info = public.action.datastore_info(id=table)
    if not _leads_to(public, alias, table):
        yield "the alias does not lead to the table"
    if "datatables_view" in public.action.status_show()["extensions"] and not public.action.resource_view_list(id=table):
        yield "the table has no preview"
    columns = [(one["id"], one["type"], one["info"]["label"]) for one in info["fields"]]
    wanted = [(one["name"], TYPES[one["type"]], one["title"].split(" (")[0]) for one in fields]
    if columns != wanted:
        yield f"columns {set(columns) ^ set(wanted)}"
        return
    answer = public.action.datastore_search(resource_id=table, limit=MOST_ROWS)
    served = sorted(tuple(_plain(row[one["name"]], one["type"]) for one in fields) for row in answer["records"])
    with path.open(encoding="utf-8-sig", newline="") as file:
        released = sorted(tuple(_plain(row[one["name"]], one["type"]) for one in fields) for row in csv.DictReader(file))
    if served != released or answer["total"] != len(released):
        yield f"{len(set(served) ^ set(released))} rows differ, {answer['total']} of {len(released)}"


def _leads_to(public: ckanapi.RemoteCKAN, alias: str, table: str) -> bool:
    try:
        return bool(public.action.datastore_info(id=alias)["meta"]["id"] == table)
    except (ckanapi.NotFound, ckanapi.NotAuthorized):
        return False


def _plain(value: Any, kind: str) -> str:
    """A value in words that do not depend on the form in which it came: of a CSV file or of JSON."""
    if value is None or value == "":
        return "null"
    if kind == "number":
        return repr(float(value))
    text = str(value).lower() if kind == "boolean" else str(value)
    return text.replace(" ", "T").removesuffix("Z")[:19] if kind == "datetime" else text
