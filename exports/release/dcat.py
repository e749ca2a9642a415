"""`catalog.jsonld`: the release as a DCAT 3 catalog by the profile DCAT-AP 3.0, for the harvesters of other data portals.

Addresses are relative to the file, so that the folder is right wherever it is served; the context is part of the file, so that
nothing is fetched to read it. Frequencies, languages, the common theme and the checksum's algorithm come from the vocabularies that
DCAT-AP names. Each node says its class, since the profile's shapes ask for it and a reader has nothing else to know it from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from exports.catalog import Catalog, Dataset, Frequency, Licence, Party, Text
from exports.release.files import Coverage
from exports.release.manifest import ReleasedDataset, ReleasedFile
from exports.release.parts import part_in
from exports.release.quality_page import PAGE

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "adms": "http://www.w3.org/ns/adms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types"
GOVERNMENT = {
    "@id": f"{AUTHORITY}/data-theme/GOVE",
    "@type": "skos:Concept",
    "skos:prefLabel": [{"@value": "政府和公共部门", "@language": "zh"}, {"@value": "Government and public sector", "@language": "en"}],
}
FREQUENCIES: dict[Frequency, str] = {
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "annual": "ANNUAL",
    "irregular": "IRREG",
}
FORMAT_TITLES = {
    "csv": Text(zh="CSV 文件（UTF-8）", en="CSV (UTF-8)"),
    "parquet": Text(zh="Parquet 文件", en="Parquet"),
    "xlsx": Text(zh="Excel 工作簿", en="Excel workbook"),
}


def catalog_jsonld(
    catalog: Catalog,
    as_of: date,
    datasets: Iterable[ReleasedDataset],
    coverages: Mapping[str, Coverage],
    earlier_nodes: Mapping[str, dict[str, Any]],
) -> dict[str, Any]:
    """The catalog; a carried-over dataset keeps the node that described its files when they were made (`earlier_nodes`, by id)."""
    nodes = [
        _node(catalog.published[released.name], released, as_of, coverages[released.name])
        if released.carried_over_from is None
        else _with_its_files(earlier_nodes[node_id(released.slug)], released) | _mark(released)
        for released in datasets
    ]
    return {
        "@context": CONTEXT,
        "@id": "#catalog",
        "@type": "dcat:Catalog",
        "dcterms:title": _both(catalog.title),
        "dcterms:description": _both(catalog.description),
        "dcterms:publisher": _agent(catalog.publisher),
        "dcat:contactPoint": _contact(catalog.contact),
        "dcterms:license": _licence(catalog.licence),
        "dcterms:language": [_language("ZHO"), _language("ENG")],
        "dcterms:modified": _day(as_of.isoformat()),
        "foaf:page": {"@id": PAGE, "@type": "foaf:Document"},
        "dcat:dataset": nodes,
    }


def node_id(slug: str) -> str:
    return f"#{slug}"


def _node(dataset: Dataset, released: ReleasedDataset, as_of: date, coverage: Coverage) -> dict[str, Any]:
    return {
        "@id": node_id(dataset.slug),
        "@type": "dcat:Dataset",
        "dcterms:identifier": dataset.slug,
        "dcterms:title": _both(dataset.full_title),
        "dcterms:description": _both(dataset.description),
        "dcat:keyword": [entry for keyword in dataset.keywords for entry in _both(keyword)],
        "dcat:theme": [
            {"@id": f"#theme-{_slug(dataset.theme)}", "@type": "skos:Concept", "skos:prefLabel": _both(dataset.theme)},
            GOVERNMENT,
        ],
        "dcterms:publisher": _agent(dataset.publisher),
        "dcat:contactPoint": _contact(dataset.contact),
        "dcterms:license": _licence(dataset.licence),
        "dcterms:language": _language("ZHO"),
        "dcterms:accrualPeriodicity": _of("dcterms:Frequency", f"{AUTHORITY}/frequency/{FREQUENCIES[dataset.update_frequency]}"),
        "dcterms:modified": _day(as_of.isoformat()),
        **_covered(coverage),
        "dcat:distribution": [_distribution(dataset, file) for file in released.files],
    }


def _distribution(dataset: Dataset, file: ReleasedFile) -> dict[str, Any]:
    form, part = FORMAT_TITLES[file.format], part_in(file.path)
    tail, of_part = (f"-{part}", f" {part}") if part else ("", "")
    return {
        "@id": f"#{dataset.slug}-{file.format}{tail}",
        "@type": "dcat:Distribution",
        "dcterms:title": _both(Text(zh=f"{dataset.title.zh}{of_part}：{form.zh}", en=f"{dataset.title.en}{of_part}: {form.en}")),
        "dcat:accessURL": {"@id": file.path},
        "dcat:downloadURL": {"@id": file.path},
        "dcat:mediaType": _of("dcterms:MediaType", f"{IANA}/{file.media_type}"),
        "dcterms:license": _licence(dataset.licence),
        **bytes_of(file),
    }


def _covered(coverage: Coverage) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if coverage.first_day and coverage.last_day:
        period = {"dcat:startDate": _day(coverage.first_day), "dcat:endDate": _day(coverage.last_day)}
        facts["dcterms:temporal"] = {"@type": "dcterms:PeriodOfTime", **period}
    if coverage.regions:
        facts["dcterms:spatial"] = [_place(code, name) for code, name in coverage.regions]
    return facts


def _place(code: str, name: str | None) -> dict[str, Any]:
    """A division by its code of GB/T 2260."""
    label = {"skos:prefLabel": {"@value": name, "@language": "zh"}} if name else {}
    return {"@id": f"#region-{quote(code, safe='')}", "@type": "dcterms:Location", "dcterms:identifier": code, **label}


def _with_its_files(node: dict[str, Any], released: ReleasedDataset) -> dict[str, Any]:
    """The node with size and checksum of the current files: a carried-over file may have lost rows that may no longer leave."""
    files = {file.path: file for file in released.files}
    distributions = [
        entry | bytes_of(files[path])
        for entry in node["dcat:distribution"]
        if (path := entry["dcat:downloadURL"]["@id"]) in files  # a part whose rows all may no longer leave is gone
    ]
    return node | {"dcat:distribution": distributions}


def bytes_of(file: ReleasedFile) -> dict[str, Any]:
    """Size and checksum of a file, as a distribution has them."""
    return {
        "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _of("spdx:ChecksumAlgorithm", "spdx:checksumAlgorithm_sha256"),
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
    }


def _mark(released: ReleasedDataset) -> dict[str, Any]:
    origin, why = released.carried_over_from, released.carried_over_because
    return {
        "adms:versionNotes": _both(
            Text(zh=f"未通过校验，沿用发布 {origin} 的文件：{why}", en=f"Failed its checks; files of release {origin} carried over: {why}")
        )
    }


def _agent(party: Party) -> dict[str, Any]:
    known: dict[str, Any] = {"foaf:homepage": {"@id": party.url}} if party.url else {}
    known |= {"dcterms:identifier": party.code} if party.code else {}
    return {"@id": f"#agent-{_slug(party.name)}", "@type": "foaf:Agent", "foaf:name": _both(party.name), **known}


def _contact(party: Party) -> dict[str, Any]:
    call = "tel:" + re.sub(r"[^0-9+-]", "", party.telephone) if party.telephone else None
    reach = {"vcard:hasURL": party.url, "vcard:hasEmail": f"mailto:{party.email}" if party.email else None, "vcard:hasTelephone": call}
    known = {key: {"@id": value} for key, value in reach.items() if value}
    kinds = ["vcard:Organization", "vcard:Kind"]  # the class and the one above it, which the profile names
    return {"@id": f"#contact-{_slug(party.name)}", "@type": kinds, "vcard:fn": _both(party.name), **known}


def _licence(licence: Licence) -> dict[str, str]:
    return _of("dcterms:LicenseDocument", licence.url)


def _language(code: str) -> dict[str, str]:
    return _of("dcterms:LinguisticSystem", f"{AUTHORITY}/language/{code}")


def _of(kind: str, address: str) -> dict[str, str]:
    return {"@id": address, "@type": kind}


def _both(text: Text) -> list[dict[str, str]]:
    return [{"@value": text.zh, "@language": "zh"}, {"@value": text.en, "@language": "en"}]


def _day(day: str) -> dict[str, str]:
    return {"@value": day, "@type": "xsd:date"}


def _slug(text: Text) -> str:
    return re.sub(r"[^\w]+", "-", text.en.lower()).strip("-")
