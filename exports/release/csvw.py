"""`data/csv-metadata.json`: the release's CSV files as the W3C describes tables on the web (CSVW), at the place where its readers look
beside every CSV file (Tabular Data Model, 5.3). Columns, keys and codes come from `datapackage.json`.

`titles` is the header that the file has, as readers compare it; the titles for people are `dc:title`. An empty cell is null.
Vocabulary: https://www.w3.org/TR/tabular-metadata/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from exports.release.both_languages import tagged_description, tagged_title

CSVW = "data/csv-metadata.json"
BASES = {"string": "string", "integer": "integer", "number": "double", "boolean": "boolean", "date": "date", "datetime": "dateTime"}


def csvw(package: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a release from its data package; addresses are relative to the folder of the CSV files."""
    names = {resource["name"]: PurePosixPath(resource["path"]).name for resource in package["resources"]}
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh"}],
        "dc:title": tagged_title(package["title"]),
        "dc:license": {"@id": package["licenses"][0]["path"]},
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "commentPrefix": None},
        "tables": [_table(resource, names) for resource in package["resources"]],
    }


def _table(resource: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    schema = resource["schema"]
    keys = [
        {
            "columnReference": key["fields"],
            "reference": {"resource": names[key["reference"]["resource"]], "columnReference": key["reference"]["fields"]},
        }
        for key in schema.get("foreignKeys", ())
    ]
    return {
        "url": names[resource["name"]],
        "dc:title": tagged_title(resource["title"]),
        "dc:description": tagged_description(resource["description"]),
        "dc:license": {"@id": resource["licenses"][0]["path"]},
        "tableSchema": {
            "columns": [_column(field) for field in schema["fields"]],
            "primaryKey": schema["primaryKey"],
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _column(field: Mapping[str, Any]) -> dict[str, Any]:
    held = field.get("constraints", {})
    kind: dict[str, Any] = {"base": BASES[field["type"]]}
    kind |= {edge: held[edge] for edge in ("minimum", "maximum") if edge in held}
    if "enum" in held:
        kind["format"] = f"^({'|'.join(map(re.escape, held['enum']))})$"
    return {
        "name": field["name"],
        "titles": field["name"],
        "dc:title": tagged_title(field["title"]),
        "dc:description": tagged_description(field["description"]),
        "datatype": kind,
        "null": [""],
        "required": held.get("required", False),
    }
