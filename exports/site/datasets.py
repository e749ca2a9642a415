"""Datasets: what each one holds, a preview, how to download, cite and load it; what changed; quality and corrections."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exports.catalog import Dataset
from exports.changes.words import lines, summarize
from exports.release.manifest import ReleasedDataset
from exports.site.addresses import dataset_page
from exports.site.facts import Facts
from exports.site.rendering import Page
from exports.site.tables import Row
from exports.sql_text import quoted

PREVIEW_ROWS = 8
LONGEST_CELL = 80
_QUALITY = """
    select dataset_slug, count(*) as rules, count(*) filter (check_result = 'met') as met, count(*) filter (check_result = 'not_met') as not_met,
        count(*) filter (check_result = 'not_run') as not_run, max(quarantined_count) as quarantined_count
    from data_quality where release_number = (select max(release_number) from data_quality) group by dataset_slug order by dataset_slug
"""
_NOT_MET = """
    select table_name, rule_name, rule_why, severity, check_result, checked_count, failed_count, list(dataset_slug order by dataset_slug) as slugs
    from data_quality where release_number = (select max(release_number) from data_quality) and check_result <> 'met'
    group by table_name, rule_name, rule_why, severity, check_result, checked_count, failed_count
    order by list_position(['critical', 'warning', 'info'], severity), table_name, rule_name, failed_count
"""
_CORRECTIONS = "from corrections order by corrected_on desc nulls last, record_id, column_name limit 200"
_ACCURACY = """
    select measured_on, field_name, document_count, labelled_count, accuracy_precision, accuracy_recall, reader_version from extraction_accuracy
    where plan_layout = 'all' order by measured_on, field_name
"""


def dataset_list(facts: Facts, page: Callable[..., Page]) -> Page:
    """datasets.html, by theme."""
    themes: dict[str, list[dict[str, Any]]] = {}
    for entry in facts.release.datasets:
        dataset = facts.catalog.published[entry.name]
        themes.setdefault(dataset.theme.zh, []).append({"entry": entry, "dataset": dataset, "page": dataset_page(entry.slug)})
    return page("datasets.html", "datasets.html", "datasets", themes=themes, left_out=facts.release.left_out)


def dataset_pages(facts: Facts, page: Callable[..., Page]) -> Iterator[Page]:
    """One page a dataset."""
    quality = {row["dataset_slug"]: row for row in facts.tables.rows(_QUALITY)}
    for entry in facts.release.datasets:
        dataset = facts.catalog.published[entry.name]
        yield page(
            "dataset.html",
            dataset_page(entry.slug),
            "datasets",
            entry=entry,
            dataset=dataset,
            quality=quality.get(entry.slug),
            preview=_preview(facts, dataset),
            licence=dataset.licence,
            related=_related(facts, entry, dataset),
        )


def _preview(facts: Facts, dataset: Dataset) -> list[Row]:
    """The file's first rows; long cells are cut."""
    rows = facts.tables.rows(f"from {quoted(dataset.name)} limit {PREVIEW_ROWS}")
    return [{name: _shown(value) for name, value in row.items()} for row in rows]


def _shown(value: object) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"


def _related(facts: Facts, entry: ReleasedDataset, dataset: Dataset) -> list[Dataset]:
    """Datasets whose rows this one names, and that are in the release."""
    names = dict.fromkeys(key.references for key in dataset.foreign_keys)
    return [facts.catalog.published[name] for name in names if name in facts.tables.released and name != entry.name]


def changes(facts: Facts, page: Callable[..., Page]) -> Page:
    """changes.html: what differs from the last release, dataset by dataset, in the words of the feed."""
    found = summarize(facts.tables.connection, "changes")
    earlier = facts.tables.rows("select distinct earlier_release from changes where earlier_release is not null")
    return page(
        "changes.html",
        "changes.html",
        "datasets",
        changes=found,
        titles={entry.slug: facts.catalog.published[entry.name].title for entry in facts.release.datasets},
        lines=lines(found, facts.catalog),
        earlier=earlier[0]["earlier_release"] if earlier else None,
    )


def quality(facts: Facts, page: Callable[..., Page]) -> Page:
    """quality.html: rules and results by dataset, those that are not met, corrections, and how well plans are read."""
    titles = {entry.slug: facts.catalog.published[entry.name].title for entry in facts.release.datasets}
    return page(
        "quality.html",
        "quality.html",
        "quality",
        rows=facts.tables.rows(_QUALITY),
        not_met=facts.tables.rows(_NOT_MET),
        corrections=facts.tables.rows(_CORRECTIONS),
        accuracy=facts.tables.rows(_ACCURACY),
        titles=titles,
        columns=facts.catalog.columns,
        left_out=facts.release.left_out,
        held=[entry for entry in facts.release.datasets if entry.carried_over_from],
    )
