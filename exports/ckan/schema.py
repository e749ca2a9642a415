"""The capabilities of one portal: its extensions, and the fields of its own dataset schema (ckanext-scheming, ckanext-fluent).

Where the schema has a field, the fact goes there, in that field's form; otherwise it is an extra. A portal without the DataStore
gets the files, and no table.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from exports.ckan.client import PortalClient
from exports.ckan.facts import Facts

Form = Literal["text", "list", "translated", "parts"]
TRANSLATED = "_translated"
PARTS: Mapping[str, Mapping[str, str]] = {  # fields with subfields, as ckanext-dcat's schemas define them, and the facts that fill them
    "contact": {"name": "contact_name", "email": "contact_email", "url": "contact_uri"},
    "publisher": {"name": "publisher_name", "url": "publisher_url"},
    "temporal_coverage": {"start": "temporal_start", "end": "temporal_end"},
    "spatial_coverage": {"text": "spatial_text"},
}


@dataclass(frozen=True)
class SchemaField:
    """A field of the portal's schema; `parts` are the names of its subfields."""

    form: Form
    parts: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PortalCapabilities:
    """What a portal can hold: plugins by name, fields of its dataset schema, the languages of its forms. `version` is CKAN's, empty where
    the portal does not say it.
    """

    extensions: frozenset[str] = frozenset()
    schema: Mapping[str, SchemaField] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    version: tuple[int, ...] = ()

    @property
    def keeps_shown_addresses(self) -> bool:
        """Whether the portal writes the address of a table that it shows into its own records, as CKAN does from 2.12 on; before, it keeps
        the words that it was given.
        """
        return self.version >= (2, 12)

    @property
    def has_datastore(self) -> bool:
        return "datastore" in self.extensions

    @property
    def has_xloader(self) -> bool:
        return "xloader" in self.extensions

    def computes(self, name: str) -> bool:
        """Whether the portal itself derives this core field from its translations, in the language of its site."""
        return name + TRANSLATED in self.schema


def capabilities_of(client: PortalClient) -> PortalCapabilities:
    """The capabilities read from the portal. One that it does not report counts as missing."""
    status = client.call("status_show")
    extensions, version = frozenset(status["extensions"]), tuple(map(int, re.findall(r"\d+", str(status.get("ckan_version") or ""))))
    schema = client.find("scheming_dataset_schema_show", type="dataset") if "scheming_datasets" in extensions else None
    if schema is None:
        return PortalCapabilities(extensions, version=version)
    fields = {entry["field_name"]: _field(entry) for entry in schema["dataset_fields"]}
    return PortalCapabilities(extensions, fields, tuple(schema.get("form_languages", ())), version)


def _field(entry: Mapping[str, Any]) -> SchemaField:
    if subfields := entry.get("repeating_subfields"):
        return SchemaField("parts", frozenset(part["field_name"] for part in subfields))
    preset = entry.get("preset", "")
    if preset.startswith("fluent") or entry["field_name"].endswith(TRANSLATED):
        return SchemaField("translated")
    return SchemaField("list" if preset.startswith("multiple") else "text")


def fit_to_schema(facts: Facts, capabilities: PortalCapabilities) -> Facts:
    """The same facts in the form of this portal: a fact with a field in its schema may not be an extra there."""
    fields, extras = dict(facts.fields), dict(facts.extras)
    for name, described in capabilities.schema.items():
        if described.form == "parts" and name in PARTS:
            _fill_parts(name, described, fields, extras)
        elif described.form == "translated":
            _fill_translations(name, facts, capabilities, fields)
        elif name in extras and (value := extras.pop(name)) is not None:
            fields[name] = _listed(value) if described.form == "list" else value
    return replace(facts, fields=fields, extras=extras)


def _fill_parts(name: str, described: SchemaField, fields: dict[str, Any], extras: dict[str, str | None]) -> None:
    known = {part: extras.pop(key) for part, key in PARTS[name].items() if part in described.parts and key in extras}
    if filled := {part: value for part, value in known.items() if value}:
        fields[name] = [filled]


def _fill_translations(name: str, facts: Facts, capabilities: PortalCapabilities, fields: dict[str, Any]) -> None:
    """Fill every language of the portal's forms, since a required field needs each: Chinese ones in Chinese, all others in English."""
    if text := facts.translations.get(name.removesuffix(TRANSLATED)):
        chinese = next((code for code in capabilities.languages if code.startswith("zh")), "zh")
        codes = dict.fromkeys((chinese, "en", *capabilities.languages))
        fields[name] = {code: text.zh if code.startswith("zh") else text.en for code in codes}


def _listed(value: str) -> list[str]:
    return list(json.loads(value)) if value.startswith("[") else [value]


def same(present: Any, desired: Any) -> bool:
    """Whether the portal's value is the desired one. The portal may add parts of its own and defaults for missing ones (None, empty)."""
    if isinstance(desired, list) and isinstance(present, list) and len(desired) == len(present):
        return all(map(same, present, desired))
    if isinstance(desired, Mapping) and isinstance(present, Mapping):
        return all(same(present.get(key), value) for key, value in desired.items())
    return bool((present or "") == (desired or ""))
