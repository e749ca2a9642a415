"""The metadata of a dataset on the portal: title, notes, licence, tags, extras. All of it comes from descriptor and release.

Titles and notes are Chinese with English beside, since plain CKAN has one language; `translations` keeps both apart for a portal
with fields in several languages (exports/ckan/schema.py). Extras have the names that ckanext-dcat reads
(frequency, publisher_name, contact_email …), so that a portal with it serves them as DCAT.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from exports.catalog import Catalog, Dataset, Licence, Party, Text
from exports.ckan.search_words import search_words
from exports.release.dcat import AUTHORITY, FREQUENCIES, node_id
from exports.release.filing import UPDATE_WORDS, resource_code
from exports.release.manifest import Release, ReleasedDataset

MARK = "gongkai_dataset"  # the extra that marks a dataset as ours, made from the descriptor of that name
PUBLISHED_NAME = "gongkai_name"  # the name it was published under, by which it is found again when the portal's staff renamed it
OUR_TAGS = "gongkai_tags"  # the tags that we gave it, as JSON: all others are the portal's staff's
PUBLISHED_DATASETS = "gongkai_datasets"  # of the record: names of the datasets that the publication left on the portal
COMPARED_ON = "gongkai_compared_on"  # of the record: the day on which everything served was last compared with the release
THEME = "gongkai_theme"  # the same for a group
RELEASE = "gongkai_release"  # the release whose files these are
CLAIM = "gongkai_publishing"  # the publisher that is changing it now
ARCHIVED = "gongkai_archived"  # the release since which it is no longer published
FOLLOW_FILES = frozenset({RELEASE, "version", "provenance"})  # a release with unchanged files of a dataset does not touch these
RECORD = "release"  # the dataset that holds the release's own files: manifest, sums, catalogs
LICENCE_IDS = {"CC-BY-4.0": "cc-by", "CC-BY-SA-4.0": "cc-by-sa", "CC0-1.0": "cc-zero", "ODbL-1.0": "odc-odbl", "PDDL-1.0": "odc-pddl"}
MAX_PLACES, MAX_LETTERS = 20, 1000
GOVERNMENT = f"{AUTHORITY}/data-theme/GOVE"  # DCAT-AP's theme for government and public sector
LANGUAGES = json.dumps([f"{AUTHORITY}/language/ZHO", f"{AUTHORITY}/language/ENG"])
RECORD_TITLE = Text(zh="发布清单", en="Release record")
RECORD_NOTES = Text(
    zh="整个发布包的清单：每个文件的大小与 SHA-256、所用的来源文件、程序版本、上一份清单的哈希，以及数据包与 DCAT 目录。",
    en="What the release consists of: size and SHA-256 of every file, the source files, the code, the hash of the manifest before it; "
    "with the data package and the DCAT catalog.",
)


@dataclass(frozen=True)
class Translated:
    """One field in both languages: a text, or a list of keywords."""

    zh: str | list[str]
    en: str | list[str]


@dataclass(frozen=True)
class Facts:
    """`fields` are CKAN's own; `extras` are ours, None where one must be absent; `translations` are by CKAN's name of the field."""

    fields: dict[str, Any]
    extras: dict[str, str | None]
    tags: frozenset[str]
    translations: dict[str, Translated]


def facts_of_dataset(release: Release, released: ReleasedDataset, dataset: Dataset, catalog: Catalog) -> Facts:
    """The metadata of one dataset of the release."""
    notes = Text(zh=f"{dataset.description.zh}\n\n{dataset.grain.zh}。", en=f"{dataset.description.en}\n\n{_sentence(dataset.grain.en)}")
    fields = _fields(dataset.full_title, notes, dataset.licence, dataset.publisher, dataset.contact) | {
        "version": _version(release, released)
    }
    extras = {
        **_marks(dataset.name, released.carried_over_from or release.name),
        "carried_over_because": released.carried_over_because,
        "grain": str(dataset.grain),
        "theme_name": str(dataset.theme),
        "primary_key": ", ".join(dataset.primary_key),
        "row_count": str(released.rows),
        **_quality(released),
        "identifier": dataset.slug,
        "frequency": f"{AUTHORITY}/frequency/{FREQUENCIES[dataset.update_frequency]}",
        "update_frequency": f"{UPDATE_WORDS[dataset.update_frequency]} ({dataset.update_frequency})",
        **_common_extras(release, dataset.full_title, dataset.licence, dataset.publisher, dataset.contact),
        **(coverage := _coverage(release, dataset)),
        "keywords": _keywords(dataset, coverage["spatial_text"]),
        **_filing(catalog, dataset),
    }
    return Facts(fields, extras, _tags(dataset.keywords), _translations(dataset.full_title, notes, dataset.keywords))


def facts_of_record(release: Release, catalog: Catalog) -> Facts:
    """The metadata of the release as a whole, for the dataset that holds its manifest."""
    title = Text(zh=f"{RECORD_TITLE.zh}：{catalog.title.zh}", en=f"{RECORD_TITLE.en}: {catalog.title.en}")
    fields = _fields(title, RECORD_NOTES, catalog.licence, catalog.publisher, catalog.contact) | {"version": release.name}
    extras = {
        **_marks(RECORD, release.name),
        "dataset_count": str(len(release.datasets)),
        "left_out": "; ".join(f"{name}: {because}" for name, because in release.left_out) or None,
        "identifier": RECORD,
        **_common_extras(release, title, catalog.licence, catalog.publisher, catalog.contact),
    }
    words = (RECORD_TITLE,)
    return Facts(fields, extras, _tags(words), _translations(title, RECORD_NOTES, words))


def _marks(name: str, made_in: str) -> dict[str, str | None]:
    return {MARK: name, RELEASE: made_in, CLAIM: None, ARCHIVED: None, "as_of": made_in[:10]}


def _version(release: Release, released: ReleasedDataset) -> str:
    """The day and eight digits of the data's own hash: the same rows on the same day have the same version."""
    return f"{(released.carried_over_from or release.name)[:10]}+{released.file('parquet').sha256[:8]}"


def _quality(released: ReleasedDataset) -> dict[str, str | None]:
    """The results of the checks in figures; None where the release was made without."""
    quality = released.quality
    return {
        "checks_passed": str(quality.rules - quality.rules_not_met) if quality else None,
        "checks_failed": str(quality.rules_not_met) if quality else None,
        "rows_quarantined": str(quality.rows_set_aside) if quality else None,
    }


def _fields(title: Text, notes: Text, licence: Licence, publisher: Party, contact: Party) -> dict[str, Any]:
    return {
        "title": str(title),
        "notes": f"{notes.zh}\n\n{notes.en}",
        "license_id": LICENCE_IDS.get(licence.name, licence.name),
        "author": str(publisher.name),
        "author_email": publisher.email or "",
        "maintainer": str(contact.name),
        "maintainer_email": contact.email or "",
    }


def _common_extras(release: Release, title: Text, licence: Licence, publisher: Party, contact: Party) -> dict[str, str | None]:
    """Extras common to all: the licence to the version, since CKAN's own list of licences names none; publisher and contact; how it was made."""
    return {
        "title_zh": title.zh,
        "title_en": title.en,
        "licence_name": licence.name,
        "licence_title": str(licence.title),
        "licence_url": licence.url,
        "language": LANGUAGES,
        "theme": json.dumps([GOVERNMENT]),
        "publisher_name": str(publisher.name),
        "publisher_url": publisher.url,
        "contact_name": str(contact.name),
        "contact_email": contact.email,
        "contact_uri": contact.url,
        "provenance": (
            f"由「公开」流水线 {release.code_version} 生成；来源文件及其 SHA-256 见发布清单 manifest.json。 "
            f"Made by gongkai {release.code_version}; its source files and their SHA-256 stand in the release's manifest.json."
        ),
    }


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + "."


def tag(word: str) -> str:
    """A keyword as CKAN takes it: letters of any script, digits, blanks and -_. between 2 and 100 characters."""
    return re.sub(r"\s+", " ", re.sub(r"[^\w\-. ]", " ", word)).strip()[:100].ljust(2, "_")


def _tags(keywords: tuple[Text, ...]) -> frozenset[str]:
    return frozenset(tag(word) for keyword in keywords for word in (keyword.zh, keyword.en))


def _keywords(dataset: Dataset, places: str | None) -> str | None:
    """The words by which the portal's search finds the dataset in Chinese."""
    columns = [column.title.zh for column in dataset.columns]
    names = [dataset.title.zh, *(word.zh for word in dataset.keywords), dataset.theme.zh, *columns, dataset.publisher.name.zh, places or ""]
    return search_words(names, [dataset.description.zh, dataset.grain.zh, *(column.description.zh for column in dataset.columns)])


def _translations(title: Text, notes: Text, keywords: tuple[Text, ...]) -> dict[str, Translated]:
    words = Translated([tag(word.zh) for word in keywords], [tag(word.en) for word in keywords])
    return {"title": Translated(title.zh, title.en), "notes": Translated(notes.zh, notes.en), "tags": words}


def _filing(catalog: Catalog, dataset: Dataset) -> dict[str, str | None]:
    """The elements of the catalogue of government resources that have no place elsewhere; None where they are not stated."""
    return {
        "resource_category": f"{catalog.filing.category}/{dataset.theme.zh}",
        "resource_code": resource_code(catalog, dataset),
        "provider_code": dataset.publisher.code,
        "sharing_type": catalog.filing.sharing,
        "open_type": catalog.filing.openness,
    }


def _coverage(release: Release, dataset: Dataset) -> dict[str, str | None]:
    """Period and places from the release's own catalog."""
    catalog = json.loads((release.folder / "catalog.jsonld").read_text("utf-8"))
    node: dict[str, Any] = next((node for node in catalog["dcat:dataset"] if node["@id"] == node_id(dataset.slug)), {})
    period, places = node.get("dcterms:temporal", {}), node.get("dcterms:spatial", [])
    names = [place.get("skos:prefLabel", {}).get("@value") or place["dcterms:identifier"] for place in places]
    return {
        "temporal_start": period.get("dcat:startDate", {}).get("@value"),
        "temporal_end": period.get("dcat:endDate", {}).get("@value"),
        "spatial_text": _listed(names),
    }


def _listed(names: list[str]) -> str | None:
    """Names in a form that readers and a search index can hold: not three thousand towns."""
    more = f" 等 {len(names):,} 处 ({len(names):,} places)" if len(names) > MAX_PLACES else ""
    return "、".join(names[:MAX_PLACES])[:MAX_LETTERS] + more or None
