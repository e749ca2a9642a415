"""`schema-org.jsonld`: the release as a schema.org DataCatalog, for search engines of datasets: each dataset with its files, period, places
and columns. What it says comes from `datapackage.json` and `catalog.jsonld`; addresses are relative to the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exports.release.both_languages import both_descriptions, both_titles
from exports.release.metadata import csv_files

SCHEMA_ORG = "schema-org.jsonld"
CONTEXT = {
    "@vocab": "https://schema.org/",
    **{name: {"@type": "@id"} for name in ("contentUrl", "license", "url")},
    "dateModified": {"@type": "Date"},
}
Node = Mapping[str, Any]


def schema_org(package: Node, catalog: Node) -> dict[str, Any]:
    """The catalog with a node for each dataset of `catalog.jsonld`."""
    resources = {resource["name"]: resource for resource in package["resources"]}
    publisher = party(catalog["dcterms:publisher"])
    return {
        "@context": CONTEXT,
        "@type": "DataCatalog",
        "@id": catalog["@id"],
        **_told(catalog),
        "license": catalog["dcterms:license"]["@id"],
        "publisher": publisher,
        "creator": publisher,
        "inLanguage": ["zh-CN", "en"],
        "dateModified": catalog["dcterms:modified"]["@value"],
        "dataset": [_dataset(node, resources[node["dcterms:identifier"]], catalog["@id"]) for node in catalog["dcat:dataset"]],
    }


def _dataset(node: Node, resource: Node, catalog_id: str) -> dict[str, Any]:
    publisher = party(node["dcterms:publisher"])
    period = node.get("dcterms:temporal")
    places = [_place(place) for place in node.get("dcterms:spatial", ())]
    return {
        "@type": "Dataset",
        "@id": node["@id"],
        "identifier": node["dcterms:identifier"],
        **_told(node),
        "keywords": [keyword["@value"] for keyword in node["dcat:keyword"]],
        "license": node["dcterms:license"]["@id"],
        "publisher": publisher,
        "creator": publisher,
        "inLanguage": "zh-CN",
        "dateModified": node["dcterms:modified"]["@value"],
        **({"temporalCoverage": f"{period['dcat:startDate']['@value']}/{period['dcat:endDate']['@value']}"} if period else {}),
        **({"spatialCoverage": places} if places else {}),
        "includedInDataCatalog": {"@id": catalog_id},
        "variableMeasured": [_variable(field) for field in resource["schema"]["fields"]],
        "distribution": [_download(file) for file in (*csv_files(resource), *resource["alternates"])],
    }


def _told(node: Node) -> dict[str, str]:
    zh, en = (word(node["dcterms:description"], language) for language in ("zh", "en"))
    return {"name": word(node["dcterms:title"]), "alternateName": word(node["dcterms:title"], "en"), "description": f"{zh} {en}"}


def _place(place: Node) -> dict[str, str]:
    name = place.get("skos:prefLabel", {}).get("@value")
    return {"@type": "Place", "identifier": place["dcterms:identifier"], **({"name": name} if name else {})}


def _variable(field: Node) -> dict[str, str]:
    unit = {"unitText": field["unit"]} if "unit" in field else {}
    description = " ".join(both_descriptions(field["description"]))
    return {
        "@type": "PropertyValue",
        "name": both_titles(field["title"])[0],
        "alternateName": field["name"],
        "description": description,
        **unit,
    }


def _download(file: Node) -> dict[str, str]:
    return {
        "@type": "DataDownload",
        "contentUrl": file["path"],
        "encodingFormat": file["mediatype"],
        "contentSize": f"{file['bytes']} B",
        "sha256": file["hash"].removeprefix("sha256:"),
    }


def party(node: Node) -> dict[str, str]:
    """An agent of the DCAT catalog as a schema.org organisation."""
    home, code = node.get("foaf:homepage", {}).get("@id"), node.get("dcterms:identifier")
    known = ({"url": home} if home else {}) | ({"identifier": code} if code else {})
    return {"@type": "Organization", "name": word(node["foaf:name"]), "alternateName": word(node["foaf:name"], "en"), **known}


def word(texts: Sequence[Mapping[str, str]], language: str = "zh") -> str:
    """The text of one language among those of a node of the DCAT catalog."""
    return next(text["@value"] for text in texts if text["@language"] == language)
