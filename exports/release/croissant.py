"""`croissant.json`: the release for tools of machine learning, as Croissant 1.1 describes datasets (schema.org with record sets).

Records are read from the Parquet files, which have types; the other formats are in `schema-org.jsonld`. Keys to other datasets are not said as
`references`: readers join by them and leave out rows whose key is empty; `data/csv-metadata.json` has the keys. What it says comes from
`datapackage.json` and `catalog.jsonld`. Format: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exports.release.both_languages import both_descriptions, both_titles
from exports.release.metadata import parquet_files
from exports.release.parts import part_in
from exports.release.schema_org import party, word

CROISSANT = "croissant.json"
ENCODING = "application/x-parquet"  # the name that Croissant has for the format
TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
}
CONTEXT = {
    "@language": "zh",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(package: Mapping[str, Any], catalog: Mapping[str, Any]) -> dict[str, Any]:
    """The dataset with a file object and a record set for each Parquet file of the package's resources."""
    publisher = party(catalog["dcterms:publisher"])
    title, day = word(catalog["dcterms:title"]), package["created"][:10]
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": title,
        "alternateName": word(catalog["dcterms:title"], "en"),
        "description": word(catalog["dcterms:description"]) + "\n\n" + word(catalog["dcterms:description"], "en"),
        "license": package["licenses"][0]["path"],
        "url": publisher.get("url", "."),
        "creator": publisher,
        "publisher": publisher,
        "datePublished": day,
        "version": package["version"],
        "citeAs": f"{publisher['name']}：《{title}》，{day}",
        "keywords": package["keywords"],
        "distribution": [_file(parquet) for resource in package["resources"] for parquet in parquet_files(resource)],
        "recordSet": [_records(resource, parquet["path"]) for resource in package["resources"] for parquet in parquet_files(resource)],
    }


def _file(parquet: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": parquet["path"],
        "name": parquet["path"],
        "contentUrl": parquet["path"],
        "contentSize": f"{parquet['bytes']} B",
        "encodingFormat": ENCODING,
        "sha256": parquet["hash"].removeprefix("sha256:"),
    }


def _records(resource: Mapping[str, Any], path: str) -> dict[str, Any]:
    """A record set of the rows of one file; of a dataset in parts its id has the part."""
    part, schema = part_in(path), resource["schema"]
    slug = f"{resource['name']}-{part}" if part else resource["name"]
    title, described = both_titles(resource["title"]), both_descriptions(resource["description"])
    return {
        "@type": "cr:RecordSet",
        "@id": slug,
        "name": f"{title[0]} {part}" if part else title[0],
        "alternateName": f"{title[1]} {part}" if part else title[1],
        "description": " ".join(described),
        "key": [{"@id": f"{slug}/{name}"} for name in schema["primaryKey"]],
        "field": [_field(slug, field, path) for field in schema["fields"]],
    }


def _field(slug: str, field: Mapping[str, Any], path: str) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{slug}/{field['name']}",
        "name": field["name"],
        "alternateName": both_titles(field["title"])[0],
        "description": field["description"],
        "dataType": TYPES[field["type"]],
        "source": {"fileObject": {"@id": path}, "extract": {"column": field["name"]}},
    }
