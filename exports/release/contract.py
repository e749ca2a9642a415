"""A dataset's columns are a promise: what readers rely on changes only with a version step and a note that leaves with the data.

Broken by: a column that is gone, another type or unit, another primary key, a column that was never empty and may be now. Not broken by a new
column, another order, other words, or codes that join or leave a list.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from exports.catalog import Catalog, Dataset
from exports.messages import _, finding, joined
from exports.release.manifest import Release, ReleaseError
from exports.release.metadata import table_schema

PACKAGE = "datapackage.json"


def broken_promises(catalog: Catalog, last: Release) -> dict[str, str]:
    """The datasets that would break what the last release promised, without a version step in their descriptor: name -> what, and what to do.

    Raises:
        ReleaseError: the last release's data package cannot be read.
    """
    try:
        resources = json.loads((last.folder / PACKAGE).read_text("utf-8"))["resources"]
        former = {entry["name"]: entry for entry in resources}
    except (OSError, ValueError, KeyError, TypeError) as error:
        place, why = str(last.folder / PACKAGE), _("a file that cannot be read ({fault})", fault=error)
        raise ReleaseError(finding(place, why, _("the file that the release was made with"), _("Restore it."))) from error
    found = {name: _broken(dataset, former.get(dataset.slug)) for name, dataset in catalog.published.items()}
    return {name: why for name, why in found.items() if why}


def _broken(dataset: Dataset, former: Mapping[str, Any] | None) -> str:
    """What is broken, empty where nothing is or the version says so."""
    if former is None or dataset.version > former.get("version", 1):
        return ""
    breaks = joined("；", _breaks(former["schema"], table_schema(dataset)))
    step = f"exports/{dataset.name}.yaml: versions: [{{version: {former.get('version', 1) + 1}, note: {{zh: …, en: …}}}}]"
    if not breaks:
        return ""
    return _("breaks the promise of its columns") + ": " + breaks + ". " + _("Where it is meant, say so") + f": {step}"


def _breaks(former: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    fields = {field["name"]: field for field in now["fields"]}
    for field in former["fields"]:
        name, present = field["name"], fields.get(field["name"])
        if present is None:
            yield f"{name} " + _("is gone")
            continue
        for key in ("type", "unit"):
            if field.get(key) != present.get(key):
                yield f"{name} {key} {field.get(key)} → {present.get(key)}"
        if field.get("constraints", {}).get("required") and not present.get("constraints", {}).get("required"):
            yield f"{name} " + _("may be empty now")
    if former.get("primaryKey") != now.get("primaryKey"):
        yield _("primary key") + f" {former.get('primaryKey')} → {now.get('primaryKey')}"
