"""The metadata that other standards have for what `datapackage.json` and `catalog.jsonld` already say, and which follow them wherever those
are rewritten: Turtle, CSVW, schema.org, Croissant, and a script for DuckDB.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exports.release.croissant import CROISSANT, croissant
from exports.release.csvw import CSVW, csvw
from exports.release.duckdb_views import VIEWS, duckdb_views
from exports.release.manifest import json_text
from exports.release.schema_org import SCHEMA_ORG, schema_org
from exports.release.turtle import TURTLE, turtle

__all__ = ["CATALOG", "CROISSANT", "CSVW", "PACKAGE", "SCHEMA_ORG", "TURTLE", "VIEWS", "in_other_standards"]

PACKAGE, CATALOG = "datapackage.json", "catalog.jsonld"


def in_other_standards(package: Mapping[str, Any], catalog: Mapping[str, Any]) -> dict[str, str]:
    """The files, text by path in the release, of its Data Package and its DCAT catalog. Nothing else is read, and nothing depends on the clock."""
    return {
        TURTLE: turtle(catalog),
        CSVW: json_text(csvw(package)),
        SCHEMA_ORG: json_text(schema_org(package, catalog)),
        CROISSANT: json_text(croissant(package, catalog)),
        VIEWS: duckdb_views(package),
    }
