"""`datapackage.json`: the release as a Data Package (v2), each dataset's CSV a resource with its Table Schema.

Parquet copies are listed beside their CSV as `alternates`: the standard's version 2.0 has no resource type for them, and a
validator without Parquet support would fail on the whole package. `profile` is given beside `$schema` for version 1 readers.

Vocabulary: https://datapackage.org/standard/data-package/ and /table-schema/.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from exports.catalog import Catalog, Column, Dataset, ForeignKey, Licence
from exports.release.manifest import ReleasedDataset, ReleasedFile
from exports.release.parts import part_in

FILE_KEYS = ("path", "format", "mediatype", "bytes", "hash")
PROFILES = "https://datapackage.org/profiles/2.0"


def table_schema(dataset: Dataset) -> dict[str, Any]:
    """The dataset's columns and primary key as a Table Schema; keys to other datasets depend on the release that holds them."""
    return {
        "$schema": f"{PROFILES}/tableschema.json",
        "fields": [_field(column) for column in dataset.columns],
        "primaryKey": list(dataset.primary_key),
        "missingValues": [""],
    }


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "title": str(column.title),
        "description": f"{column.description.zh} / {column.description.en}",
    }
    if column.unit:
        field["unit"] = column.unit
    if column.labels:
        field["categories"] = [{"value": code, "label": str(words)} for code, words in column.labels.items()]
    constraints = {
        "required": column.required or None,
        "unique": column.unique or None,
        "enum": list(column.enum) if column.enum else None,
        "minimum": column.minimum,
        "maximum": column.maximum,
    }
    if held := {name: value for name, value in constraints.items() if value is not None}:
        field["constraints"] = held
    return field


def resource(catalog: Catalog, released: ReleasedDataset) -> dict[str, Any]:
    """A dataset made in this release. Its keys name the other datasets' resources whether or not these are in the release."""
    dataset = catalog.published[released.name]
    csv = released.files_of("csv")
    return {
        "$schema": f"{PROFILES}/dataresource.json",
        "profile": "tabular-data-resource",
        "name": dataset.slug,
        "type": "table",
        "version": dataset.version,
        **({"changeLog": [{"version": step.version, "note": str(step.note)} for step in dataset.versions]} if dataset.versions else {}),
        "title": str(dataset.full_title),
        "description": f"{dataset.description.zh} / {dataset.description.en}",
        **_table_facts(csv),
        "encoding": "utf-8",
        "dialect": {
            "$schema": f"{PROFILES}/tabledialect.json",
            "header": True,
            "delimiter": ",",
            "lineTerminator": "\r\n",
            "quoteChar": '"',
            "doubleQuote": True,
        },
        "licenses": [_licence(dataset.licence)],
        "schema": table_schema(dataset) | {"foreignKeys": [_foreign_key(catalog, key) for key in dataset.foreign_keys]},
        "alternates": [_file_facts(file) for file in released.files if file not in csv],
        **_disclosure_control(dataset),
    }


def _disclosure_control(dataset: Dataset) -> dict[str, Any]:
    """What was left out of the rows on purpose, and why: a reader must not take an empty cell for an unknown one."""
    masked = [{"field": rule.column, "by": rule.by, "unless": rule.unless, "reason": str(rule.reason)} for rule in dataset.masked]
    cells = dataset.small_cells
    small = {"threshold": cells.threshold, "fields": list(cells.columns), "reason": str(cells.reason)} if cells else None
    return ({"masked": masked} if masked else {}) | ({"smallCells": small} if small else {})


def _table_facts(files: Sequence[ReleasedFile]) -> dict[str, Any]:
    """The CSV file of a resource; of one in parts a list of paths, which readers take as one table, and each part's size and hash in `parts`."""
    facts = _file_facts(files[0])
    return facts if part_in(files[0].path) is None else _without_size(facts) | _in_parts([_file_facts(file) for file in files])


def _in_parts(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"path": [part["path"] for part in parts], "parts": [*parts]}


def _without_size(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key not in {"bytes", "hash"}}


def csv_files(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Path, bytes and hash of each CSV file of a resource: one, or its parts."""
    return list(resource["parts"]) if "parts" in resource else [{key: resource[key] for key in FILE_KEYS if key in resource}]


def parquet_files(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same of its Parquet files."""
    return [file for file in resource["alternates"] if file["format"] == "parquet"]


def with_files(resource: dict[str, Any], files: Mapping[str, ReleasedFile]) -> dict[str, Any]:
    """A resource with sizes and hashes as its files have them now, without those that are gone; `files` by path."""
    alternates = [_file_facts(files[one["path"]]) for one in resource.get("alternates", []) if one["path"] in files]
    csv = [_file_facts(files[one["path"]]) for one in csv_files(resource) if one["path"] in files]
    if "parts" in resource:
        return resource | _in_parts(csv) | {"alternates": alternates}
    return resource | {key: csv[0][key] for key in ("bytes", "hash")} | {"alternates": alternates}


def _file_facts(file: ReleasedFile) -> dict[str, Any]:
    return {"path": file.path, "format": file.format, "mediatype": file.media_type, "bytes": file.bytes, "hash": f"sha256:{file.sha256}"}


def _licence(licence: Licence) -> dict[str, str]:
    return {"name": licence.name, "path": licence.url, "title": str(licence.title)}


def _foreign_key(catalog: Catalog, key: ForeignKey) -> dict[str, Any]:
    target = catalog.datasets[key.references]
    return {"fields": list(key.columns), "reference": {"resource": target.slug, "fields": list(target.primary_key)}}


def datapackage(
    catalog: Catalog, as_of: date, datasets: Iterable[ReleasedDataset], earlier_resources: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """The whole descriptor.

    A carried-over dataset keeps the resource that described its files when they were made (`earlier_resources`, by slug):
    today's descriptor may have other columns. Nothing here depends on the clock.
    """
    released = list(datasets)
    resources = [_resource_of(catalog, dataset, earlier_resources) for dataset in released]
    _keep_keys_that_hold(released, resources)
    return {
        "$schema": f"{PROFILES}/datapackage.json",
        "profile": "tabular-data-package",
        "name": "gongkai",
        "title": str(catalog.title),
        "description": f"{catalog.description.zh} / {catalog.description.en}",
        "version": f"{as_of.year}.{as_of.month}.{as_of.day}+{_digest(released)}",
        "created": f"{as_of.isoformat()}T00:00:00+08:00",
        "licenses": [_licence(catalog.licence)],
        "contributors": _contributors(catalog),
        "keywords": sorted({word for dataset in catalog for keyword in dataset.keywords for word in (keyword.zh, keyword.en)}),
        "resources": resources,
    }


def _resource_of(catalog: Catalog, released: ReleasedDataset, earlier: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    if released.carried_over_from is None:
        return resource(catalog, released)
    mark = {"carriedOverFrom": released.carried_over_from, "carriedOverBecause": released.carried_over_because}
    files = {file.path: file for file in released.files}  # fewer rows than they were made with, where some may no longer leave
    return with_files(earlier[released.slug], files) | mark


def _keep_keys_that_hold(released: list[ReleasedDataset], resources: list[dict[str, Any]]) -> None:
    """Only rows made together are certain to match: a key between two datasets stays where one release made both."""
    origins = {dataset.slug: dataset.carried_over_from for dataset in released}
    absent = object()
    for entry in resources:
        keys = entry["schema"].pop("foreignKeys", [])
        if held := [key for key in keys if origins.get(key["reference"]["resource"], absent) == origins[entry["name"]]]:
            entry["schema"]["foreignKeys"] = held


def _contributors(catalog: Catalog) -> list[dict[str, Any]]:
    parties = {"publisher": catalog.publisher, "contact": catalog.contact}
    return [
        {"title": str(party.name), "roles": [role]}
        | ({"path": party.url} if party.url else {})
        | ({"email": party.email} if party.email else {})
        for role, party in parties.items()
    ]


def _digest(released: list[ReleasedDataset]) -> str:
    """Eight digits of a digest of the data: the same data has the same version."""
    files = sorted(f"{file.sha256}  {file.path}" for dataset in released for file in dataset.files)
    return hashlib.sha256("\n".join(files).encode()).hexdigest()[:8]
