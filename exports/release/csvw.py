"""`data/csv-metadata.json`: the release's CSV files as the W3C describes tables on the web (CSVW), at the place where its readers look
beside every CSV file (Tabular Data Model, 5.3). Columns, keys and codes come from `datapackage.json`.

`titles` is the header that the file has, as readers compare it; the titles for people are `dc:title`. An empty cell is null.
Vocabulary: https://www.w3.org/TR/tabular-metadata/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from exports.release.both_languages import tagged_description, tagged_title
from exports.release.metadata import csv_files

CSVW = "data/csv-metadata.json"
BASES = {"string": "string", "integer": "integer", "number": "double", "boolean": "boolean", "date": "date", "datetime": "dateTime"}


def csvw(package: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a release from its data package; addresses are relative to the folder of the CSV files."""
    names = {resource["name"]: [PurePosixPath(file["path"]).name for file in csv_files(resource)] for resource in package["resources"]}
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh"}],
        "dc:title": tagged_title(package["title"]),
        "dc:license": {"@id": package["licenses"][0]["path"]},
        "dialect": {"encoding": "utf-8", "header": True, "delimiter": ",", "quoteChar": '"', "doubleQuote": True, "commentPrefix": None},
        "tables": [_table(resource, name, names) for resource in package["resources"] for name in names[resource["name"]]],
    }


def _table(resource: Mapping[str, Any], url: str, names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """One table. The standard has no key to a table in several files: such keys are left out."""
    schema = resource["schema"]
    keys = [
        {
            "columnReference": key["fields"],
            "reference": {"resource": names[key["reference"]["resource"]][0], "columnReference": key["reference"]["fields"]},
        }
        for key in schema.get("foreignKeys", ())
        if len(names[key["reference"]["resource"]]) == 1
    ]
    return {
        "url": url,
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
