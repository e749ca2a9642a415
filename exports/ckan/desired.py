"""The desired state of one released dataset on the portal: facts, files and table, from its descriptor and the release."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from exports.catalog import Catalog, Column, Dataset, Licence, Text
from exports.ckan.chinese_csv import with_chinese_titles
from exports.ckan.facts import OUR_TAGS, PUBLISHED_DATASETS, PUBLISHED_NAME, RECORD, Facts, facts_of_dataset, facts_of_record
from exports.ckan.http import Body
from exports.ckan.schema import PortalCapabilities, fit_to_schema
from exports.ckan.site_links import HOME, links_to_site, page_of_dataset
from exports.release.manifest import MANIFEST, MEDIA_TYPES, SUMS, Release, ReleasedDataset, ReleasedFile, json_text, sha256_of
from exports.release.metadata import PROFILES
from exports.release.parts import UNDATED, part_in, rows_of
from exports.release.standards import CATALOG, PACKAGE

MD5 = "http://spdx.org/rdf/terms#checksumAlgorithm_md5"
ROWS = "rows_md5"  # the field of a table's resource that says which rows it holds: the MD5 of their CSV file
TABLE_NAME = "数据表 (Data table)"
LOADING_NAME = "数据表，正在装载，请勿使用 (Data table, still loading, do not use)"
FORMER_NAME = "旧数据表，即将删除 (Former data table, about to go)"
DATASTORE_ONLY = {"url_type": "datastore", "url": "_datastore_only_resource"}  # CKAN's words for a resource that is a table and no file
KINDS: Mapping[str, tuple[str, str, str]] = {  # by format, or by a file's own name: its name and note on the portal, its format there
    "csv": ("CSV 文件 (CSV file)", "UTF-8（带 BOM），可用 Excel 直接打开。 UTF-8 with BOM, opens in Excel.", "CSV"),
    "csv-zh": (
        "CSV 文件，中文表头 (CSV file, Chinese headers)",
        "同样的行，表头为中文列名；程序请用列标识的那份。 The same rows under Chinese column titles; for programs there is the one with column ids.",
        "CSV",
    ),
    "xlsx": ("Excel 工作簿 (Excel workbook)", "供阅读：中文表头，代码以文字列出。 For reading: Chinese headers, codes in words.", "XLSX"),
    "parquet": ("Parquet 文件 (Parquet file)", "供程序使用，自带列说明。 For programs; carries the column descriptions.", "Parquet"),
    PACKAGE: (
        "数据包说明 (Data package)",
        "列、类型、约束与文件哈希（Frictionless Data Package）。 Columns, types, constraints and hashes, for Frictionless and the like.",
        "JSON",
    ),
    MANIFEST: ("发布清单 (Manifest)", "每个文件、来源与程序版本，附 SHA-256。 Every file, source and the code, with SHA-256.", "JSON"),
    SUMS: ("校验和 (Checksums)", "可用 sha256sum -c 核对。 For sha256sum -c.", "TXT"),
    "xml": ("变更订阅 (Feed of changes)", "Atom，每次发布一条。 Atom, one entry a release.", "Atom"),
    CATALOG: ("DCAT 目录 (DCAT catalog)", "供其他数据门户收割。 For the harvesters of other portals.", "JSON-LD"),
}
DATA_FORMATS = frozenset({"csv", "xlsx", "parquet"})  # of datasets; the release's own tables (dictionary, catalogue) are in its folder
DATA_KINDS = (*sorted(DATA_FORMATS), "csv-zh")
DATA_NAME = re.compile(rf"(?:(?P<part>-?[0-9]+|{UNDATED}) )?(?:{'|'.join(re.escape(KINDS[kind][0]) for kind in DATA_KINDS)})")
POSTGRES_TYPES = {
    "VARCHAR": "text",
    "BIGINT": "int8",
    "DOUBLE": "float8",
    "BOOLEAN": "bool",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
}


@dataclass(frozen=True)
class DesiredFile:
    """A file to be served. `md5` goes into CKAN's own hash field: xloader skips an uploaded CSV whose hash it finds there."""

    body: Body
    sha256: str
    md5: str
    resource: dict[str, Any]

    @property
    def name(self) -> str:
        return self.body.name

    @property
    def bytes(self) -> int:
        return len(self.body)


@dataclass(frozen=True)
class DesiredTable:
    """A DataStore table: the rows of `parquet` (one file, or parts) under `fields` (CKAN's form, with the data dictionary). `csv` has the same rows."""

    parquet: tuple[Path, ...]
    csv: tuple[DesiredFile, ...]
    fields: tuple[dict[str, Any], ...]
    primary_key: tuple[str, ...]
    rows: int
    alias: str
    resource: dict[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field["id"] for field in self.fields)

    @property
    def md5(self) -> str:
        return _md5_of(self.csv)

    @property
    def relation(self) -> str:
        """SQL: its rows."""
        return rows_of(self.parquet)


@dataclass(frozen=True)
class DesiredDataset:
    """The desired state of one dataset. `links` are resources that lead elsewhere; `themes` are groups that it must be in; other groups are kept.

    `computed` are fields that the portal derives itself from others.
    """

    name: str
    facts: Facts
    files: tuple[DesiredFile, ...]
    table: DesiredTable | None
    themes: Mapping[str, Text] = field(default_factory=dict)
    computed: frozenset[str] = frozenset()
    links: tuple[dict[str, Any], ...] = ()

    @property
    def groups(self) -> frozenset[str]:
        return frozenset(self.themes)

    @property
    def fields(self) -> dict[str, Any]:
        return self.facts.fields

    @property
    def extras(self) -> dict[str, str | None]:
        return self.facts.extras


def group_name(theme: Text, prefix: str) -> str:
    """The name of a theme's group on the portal."""
    return prefix + re.sub(r"[^a-z0-9]+", "-", theme.en.lower()).strip("-")


def desired_datasets(
    release: Release, catalog: Catalog, prefix: str, capabilities: PortalCapabilities, site: str | None = None
) -> list[DesiredDataset]:
    """The desired state for a portal with these capabilities: the release's datasets, and last one for the release itself. `site` is the
    address of the release's pages.
    """
    datasets = [
        replace(
            _desired_dataset(release, released, catalog, prefix, capabilities),
            links=links_to_site(release, site, page_of_dataset(released.slug)),
        )
        for released in release.datasets
    ]
    name = prefix + RECORD
    record = DesiredDataset(
        name=name,
        facts=_marked(fit_to_schema(facts_of_record(release, catalog), capabilities), name, [one.name for one in datasets]),
        files=tuple(_record_files(release, catalog.licence)),
        table=None,
        computed=_computed_fields(capabilities),
        links=links_to_site(release, site, HOME),
    )
    return [*datasets, record]


def _marked(facts: Facts, name: str, datasets: Iterable[str] = ()) -> Facts:
    """The facts with the marks by which the next run tells our name and our tags from those that the portal's staff gave, and, for the
    record of a release, which datasets it published.
    """
    tags = json.dumps(sorted(facts.tags), ensure_ascii=False)
    marks = {PUBLISHED_NAME: name, OUR_TAGS: tags, PUBLISHED_DATASETS: " ".join(datasets) or None}
    return replace(facts, extras={**facts.extras, **marks})


def _computed_fields(capabilities: PortalCapabilities) -> frozenset[str]:
    return frozenset(name for name in ("title", "notes") if capabilities.computes(name))


def _desired_dataset(
    release: Release, released: ReleasedDataset, catalog: Catalog, prefix: str, capabilities: PortalCapabilities
) -> DesiredDataset:
    dataset = catalog.published[released.name]
    name = prefix + dataset.slug
    entry = _package_entry(release, released)
    files = [
        _file(Body.of_file(release.folder / file.path), file.sha256, file.format, file.media_type, dataset.licence)
        for file in released.files
    ]
    csv = tuple(file for file in files if file.resource["format"] == "CSV")
    for file in csv:
        file.resource["schema"] = ""  # people would read it as JSON on the file's page; it is in the data package beside it
    files += _chinese_files(release, released, catalog, dataset)
    table = None
    if capabilities.has_datastore:
        table = _table(tuple(released.tables(release.folder)), csv, catalog, dataset, released.rows, name)
    return DesiredDataset(
        name=name,
        facts=_marked(fit_to_schema(facts_of_dataset(release, released, dataset, catalog), capabilities), name),
        files=(*files, _package_file(entry, dataset.licence)),
        table=table,
        themes={group_name(dataset.theme, prefix): dataset.theme},
        computed=_computed_fields(capabilities),
    )


def _described_columns(catalog: Catalog, dataset: Dataset) -> dict[str, Column]:
    """Columns by their ids: a file that was carried over may be older than its descriptor, and have columns that only others still have."""
    return {**catalog.columns, **{column.name: column for column in dataset.columns}}


def _chinese_titles(catalog: Catalog, dataset: Dataset) -> dict[str, str]:
    return {name: column.title.zh for name, column in _described_columns(catalog, dataset).items()}


def _chinese_files(release: Release, released: ReleasedDataset, catalog: Catalog, dataset: Dataset) -> Iterator[DesiredFile]:
    """The dataset's CSV file, or each of its parts, under Chinese column titles."""
    titles = _chinese_titles(catalog, dataset)
    for file in released.files_of("csv"):
        body = with_chinese_titles(release.folder / file.path, titles)
        yield _file(body, body.sha256(), "csv-zh", MEDIA_TYPES["csv"], dataset.licence)


def _package_entry(release: Release, released: ReleasedDataset) -> dict[str, Any]:
    """The dataset's own resource of the release's data package, with its files as they are named when downloaded."""
    package = json.loads((release.folder / PACKAGE).read_text("utf-8"))
    entry: dict[str, Any] = next(entry for entry in package["resources"] if entry["name"] == released.slug)
    entry["schema"].pop("foreignKeys", None)  # they refer to files in other datasets of the portal
    for file in (entry, *entry.get("parts", ()), *entry["alternates"]):
        path = file["path"]
        file["path"] = Path(path).name if isinstance(path, str) else [Path(one).name for one in path]
    return entry


def _package_file(entry: dict[str, Any], licence: Licence) -> DesiredFile:
    """A data package of one dataset, which validators and programs read from one folder with its CSV."""
    package = {
        "$schema": f"{PROFILES}/datapackage.json",
        "profile": "tabular-data-package",
        "name": entry["name"],
        "title": entry["title"],
        "licenses": entry["licenses"],
        "resources": [entry],
    }
    content = json_text(package).encode()
    return _file(Body(PACKAGE, content), hashlib.sha256(content).hexdigest(), PACKAGE, MEDIA_TYPES["json"], licence)


def _record_files(release: Release, licence: Licence) -> Iterator[DesiredFile]:
    listed = [(MANIFEST, MEDIA_TYPES["json"]), (SUMS, "text/plain"), *((file.path, file.media_type) for file in _catalogs(release))]
    for path, media_type in listed:
        kind = path if path in KINDS else path.rsplit(".", 1)[-1]
        if kind in KINDS and kind not in DATA_FORMATS:
            yield _file(Body.of_file(release.folder / path), sha256_of(release.folder / path), kind, media_type, licence)


def _catalogs(release: Release) -> tuple[ReleasedFile, ...]:
    """The release's files that belong to no dataset and are at its top; folders hold the release's own web site."""
    return tuple(file for file in release.files if "/" not in file.path)


def _file(body: Body, sha256: str, kind: str, media_type: str, licence: Licence) -> DesiredFile:
    other, part = kind.upper(), part_in(body.name)
    name, note, form = KINDS.get(kind, (f"{other} 文件 ({other} file)", "", other))
    name = f"{part} {name}" if kind in DATA_KINDS and part else name
    md5 = body.md5()
    return DesiredFile(
        body=body,
        sha256=sha256,
        md5=md5,
        resource={
            "name": name,
            "description": note,
            "format": form,
            "mimetype": media_type,
            "license": licence.url,
            "hash": md5,
            "hash_algorithm": MD5,
            "sha256": sha256,
        },
    )


def _md5_of(csv: Sequence[DesiredFile]) -> str:
    """The MD5 of a table's CSV file; of several that of their MD5s."""
    return csv[0].md5 if len(csv) == 1 else hashlib.md5("".join(file.md5 for file in csv).encode(), usedforsecurity=False).hexdigest()


def _table(
    parquet: tuple[Path, ...], csv: tuple[DesiredFile, ...], catalog: Catalog, dataset: Dataset, rows: int, name: str
) -> DesiredTable:
    """The table of a file. Columns and types are the file's own."""
    described = _described_columns(catalog, dataset)
    with duckdb.connect() as connection:
        columns = connection.execute(f"select column_name, column_type from (describe from {rows_of(parquet)})").fetchall()
    return DesiredTable(
        parquet=parquet,
        csv=csv,
        fields=tuple({"id": column, "type": POSTGRES_TYPES[kind], "info": _info(described.get(column))} for column, kind in columns),
        primary_key=dataset.primary_key,
        rows=rows,
        alias=name.replace("-", "_"),
        resource={
            "name": TABLE_NAME,
            "description": "在线预览、筛选与查询接口。 Preview, filters and query API.",
            "format": "CSV",
            "license": dataset.licence.url,
            "hash": "",  # a checksum says which bytes a link serves, and the link of a table serves what the DataStore writes
            ROWS: _md5_of(csv),
        },
    )


def _info(column: Column | None) -> dict[str, str]:
    """A column's entry in the data dictionary: label in Chinese, notes in both languages."""
    if column is None:
        return {}
    notes = f"{column.description.zh}\n\n{column.title.en}: {column.description.en}"
    if column.labels:
        notes += "\n\n" + "; ".join(f"{code}: {words}" for code, words in column.labels.items())
    return {"label": column.title.zh, "notes": notes, "type": column.type} | ({"unit": column.unit} if column.unit else {})
