"""What the portal shall hold for one released dataset: fields, files and table, all from its descriptor and the release.

Titles and notes are Chinese with English beside, since plain CKAN has one language. Extras bear the names that ckanext-dcat
reads (frequency, publisher_name, contact_email …), so that a portal with it serves them as DCAT.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from exports.catalog import Catalog, Column, Dataset, Licence
from exports.dcat import AUTHORITY, FREQUENCIES, node_id
from exports.manifest import Release, ReleasedDataset

MARK = "gongkai_dataset"  # the extra that says: this dataset is ours, made from the descriptor of that name
RELEASE = "gongkai_release"  # the release whose files these are
CLAIM = "gongkai_publishing"  # who is at work on it just now
ARCHIVED = "gongkai_archived"  # the release since which it is no longer published
MD5 = "http://spdx.org/rdf/terms#checksumAlgorithm_md5"
TABLE_NAME = "数据表 (Data table)"
LOADING_NAME = "数据表，正在装载，请勿使用 (Data table, still loading, do not use)"
FORMER_NAME = "旧数据表，即将删除 (Former data table, about to go)"
FILE_NAMES = {"csv": "CSV 文件 (CSV file)", "parquet": "Parquet 文件 (Parquet file)"}
FILE_NOTES = {
    "csv": "UTF-8（带 BOM），可用 Excel 直接打开。 UTF-8 with BOM, opens in Excel.",
    "parquet": "供程序使用，自带列说明。 For programs; carries the column descriptions.",
}
FORMATS = {"csv": "CSV", "parquet": "Parquet"}
FREQUENCY_WORDS = {"daily": "每日", "weekly": "每周", "monthly": "每月", "quarterly": "每季度", "annual": "每年", "irregular": "不定期"}
LICENCE_IDS = {"CC-BY-4.0": "cc-by", "CC-BY-SA-4.0": "cc-by-sa", "CC0-1.0": "cc-zero", "ODbL-1.0": "odc-odbl", "PDDL-1.0": "odc-pddl"}
POSTGRES_TYPES = {
    "VARCHAR": "text",
    "BIGINT": "int8",
    "DOUBLE": "float8",
    "BOOLEAN": "bool",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}


@dataclass(frozen=True)
class WantedFile:
    """A file to be served. `md5` goes into CKAN's own hash field: xloader leaves an uploaded CSV alone whose hash it finds there."""

    path: Path
    bytes: int
    sha256: str
    md5: str
    resource: dict[str, Any]


@dataclass(frozen=True)
class WantedTable:
    """A DataStore table: the rows of `parquet` under `fields` (CKAN's form, with the data dictionary)."""

    parquet: Path
    fields: tuple[dict[str, Any], ...]
    primary_key: tuple[str, ...]
    rows: int
    md5: str
    alias: str
    resource: dict[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field["id"] for field in self.fields)


@dataclass(frozen=True)
class Wanted:
    """One dataset as the portal shall hold it. `extras` are ours, None where one is not to be; others that the portal has are kept."""

    name: str
    fields: dict[str, Any]
    tags: frozenset[str]
    extras: dict[str, str | None]
    files: tuple[WantedFile, ...]
    table: WantedTable


def wanted_dataset(release: Release, released: ReleasedDataset, catalog: Catalog, prefix: str) -> Wanted:
    """All that the portal shall hold for one dataset of the release."""
    dataset = catalog.datasets[released.name]
    name = prefix + dataset.slug
    files = tuple(_files(release, released))
    return Wanted(
        name=name,
        fields=_fields(dataset),
        tags=frozenset(tag for word in dataset.keywords for tag in (_tag(word.zh), _tag(word.en))),
        extras=_extras(release, released, dataset),
        files=files,
        table=_table(release.folder / released.file("parquet").path, catalog, dataset, released.rows, _of_format(files, "CSV").md5, name),
    )


def shaped(wanted: Wanted, schema: Mapping[str, bool]) -> Wanted:
    """The same facts for a portal whose own schema has fields of those names: there they may not be extras.

    `schema` tells of each field of the portal's schema whether it holds a list.
    """
    moved = {key: value for key, value in wanted.extras.items() if key in schema and value is not None}
    fields = {key: _listed(value) if schema[key] else value for key, value in moved.items()}
    extras = {key: value for key, value in wanted.extras.items() if key not in schema}
    return replace(wanted, fields=wanted.fields | fields, extras=extras)


def _listed(value: str) -> list[str]:
    return list(json.loads(value)) if value.startswith("[") else [value]


def _of_format(files: tuple[WantedFile, ...], format_name: str) -> WantedFile:
    return next(file for file in files if file.resource["format"] == format_name)


def _tag(word: str) -> str:
    """A keyword as CKAN takes it: letters of any script, digits, blanks and -_. between 2 and 100 characters."""
    return re.sub(r"\s+", " ", re.sub(r"[^\w\-. ]", " ", word)).strip()[:100].ljust(2, "_")


def _fields(dataset: Dataset) -> dict[str, Any]:
    return {
        "title": str(dataset.title),
        "notes": f"{dataset.description.zh}\n\n{dataset.grain.zh}。\n\n{dataset.description.en}\n\n{_sentence(dataset.grain.en)}",
        "license_id": LICENCE_IDS.get(dataset.licence.name, dataset.licence.name),
        "author": str(dataset.publisher.name),
        "maintainer": str(dataset.contact.name),
        "maintainer_email": dataset.contact.email or "",
    }


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def _extras(release: Release, released: ReleasedDataset, dataset: Dataset) -> dict[str, str | None]:
    frequency = dataset.update_frequency
    made_in = released.carried_over_from or release.name
    return {
        MARK: dataset.name,
        RELEASE: made_in,
        CLAIM: None,
        ARCHIVED: None,
        "as_of": made_in[:10],
        "carried_over_because": released.carried_over_because,
        "title_zh": dataset.title.zh,
        "title_en": dataset.title.en,
        "grain": str(dataset.grain),
        "theme_name": str(dataset.theme),
        "primary_key": ", ".join(dataset.primary_key),
        "row_count": str(released.rows),
        "identifier": dataset.slug,
        "frequency": f"{AUTHORITY}/frequency/{FREQUENCIES[frequency]}",
        "update_frequency": f"{FREQUENCY_WORDS[frequency]} ({frequency})",
        "language": f'["{AUTHORITY}/language/ZHO", "{AUTHORITY}/language/ENG"]',
        "publisher_name": str(dataset.publisher.name),
        "publisher_url": dataset.publisher.url,
        "contact_name": str(dataset.contact.name),
        "contact_email": dataset.contact.email,
        **_licence(dataset.licence),
        **_coverage(release, dataset),
    }


def _licence(licence: Licence) -> dict[str, str | None]:
    """The licence to the version: CKAN's own list of licences names none."""
    return {"licence_name": licence.name, "licence_title": str(licence.title), "licence_url": licence.url}


def _coverage(release: Release, dataset: Dataset) -> dict[str, str | None]:
    """Period and places, as the release's own catalog has them."""
    catalog = json.loads((release.folder / "catalog.jsonld").read_text("utf-8"))
    node: dict[str, Any] = next((node for node in catalog["dcat:dataset"] if node["@id"] == node_id(dataset.slug)), {})
    period, places = node.get("dcterms:temporal", {}), node.get("dcterms:spatial", [])
    names = [place.get("skos:prefLabel", {}).get("@value") or place["dcterms:identifier"] for place in places]
    return {
        "temporal_start": period.get("dcat:startDate", {}).get("@value"),
        "temporal_end": period.get("dcat:endDate", {}).get("@value"),
        "spatial_text": "、".join(names) or None,
    }


def _files(release: Release, released: ReleasedDataset) -> Iterator[WantedFile]:
    for file in released.files:
        path = release.folder / file.path
        with path.open("rb") as stream:
            md5 = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
        yield WantedFile(
            path=path,
            bytes=file.bytes,
            sha256=file.sha256,
            md5=md5,
            resource={
                "name": FILE_NAMES[file.format],
                "description": FILE_NOTES[file.format],
                "format": FORMATS[file.format],
                "mimetype": file.media_type,
                "hash": md5,
                "hash_algorithm": MD5,
                "sha256": file.sha256,
            },
        )


def _table(parquet: Path, catalog: Catalog, dataset: Dataset, rows: int, md5: str, name: str) -> WantedTable:
    """The table of a file. Columns and types are the file's own: one that was carried over may be older than its descriptor."""
    described = {**catalog.columns, **{column.name: column for column in dataset.columns}}
    with duckdb.connect() as connection:
        columns = connection.execute("select column_name, column_type from (describe from read_parquet($1))", [str(parquet)]).fetchall()
    return WantedTable(
        parquet=parquet,
        fields=tuple({"id": column, "type": POSTGRES_TYPES[kind], "info": _info(described.get(column))} for column, kind in columns),
        primary_key=dataset.primary_key,
        rows=rows,
        md5=md5,
        alias=name.replace("-", "_"),
        resource={
            "name": TABLE_NAME,
            "description": "在线预览、筛选与查询接口。 Preview, filters and query API.",
            "format": "CSV",
            "hash": md5,
        },
    )


def _info(column: Column | None) -> dict[str, str]:
    """A column's entry in the data dictionary: label in Chinese, notes in both languages."""
    if column is None:
        return {}
    notes = f"{column.description.zh}\n\n{column.title.en}: {column.description.en}"
    return {"label": column.title.zh, "notes": notes, "type": column.type} | ({"unit": column.unit} if column.unit else {})
