"""`quality.html`: the checks of a release and their results, for the public, from the dataset `data-quality`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from exports.catalog import Catalog, Text
from exports.pages.templating import render
from exports.sql_text import literal

PAGE = "quality.html"
SHOWN_PAST = 12  # releases whose results are shown beside a rule
_RULES = """
    with past as (
        select *, max(release_number) over () as latest from {file}
    ),
    history as (
        select dataset_slug, table_name, rule_name, list(check_result order by release_number) as results
        from past where release_number > latest - {shown} group by all
    )
    select past.*, history.results as past_results
    from past inner join history using (dataset_slug, table_name, rule_name)
    where release_number = latest
    order by dataset_slug, check_result = 'met', list_position(['raw', 'core', 'release'], gate_name), table_name, rule_name
"""
_NOT_MET = """
    select dataset_slug, list(not_met order by release_number)[-{shown}:]
    from (
        select dataset_slug, release_number, count(*) filter (check_result <> 'met') as not_met from {file} group by all
    ) group by all
"""


def quality_page(catalog: Catalog, parquet: Path) -> str:
    """The page of the latest release in the dataset's Parquet file."""
    file = literal(str(parquet))
    with duckdb.connect() as connection:
        rows = connection.execute(_RULES.format(file=file, shown=SHOWN_PAST)).to_arrow_table().to_pylist()
        past = dict(connection.execute(_NOT_MET.format(file=file, shown=SHOWN_PAST)).fetchall())
    latest = rows[0]
    slugs = list(dict.fromkeys(row["dataset_slug"] for row in rows))
    return render(
        PAGE,
        title=catalog.title,
        as_of=latest["as_of_on"].isoformat(),
        number=latest["release_number"],
        key=latest["build_key"],
        datasets=[_dataset(catalog, slug, [row for row in rows if row["dataset_slug"] == slug], past[slug]) for slug in slugs],
    )


def _dataset(catalog: Catalog, slug: str, rows: list[dict[str, Any]], past: list[int]) -> dict[str, Any]:
    """One dataset with its rules and, release by release, how many were not met."""
    dataset = catalog.datasets.get(slug.replace("-", "_"))
    return {
        "slug": slug,
        "title": dataset.title if dataset else Text(zh=slug, en=slug),
        "row_count": rows[0]["dataset_row_count"],
        "failed": sum(row["check_result"] != "met" for row in rows),
        "past": past,
        "rules": [_rule(row) for row in rows],
    }


def _rule(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["rule_name"],
        "why": row["rule_why"],
        "table": row["table_name"],
        "severity": row["severity"],
        "result": row["check_result"],
        "checked": row["checked_count"],
        "failed": row["failed_count"],
        "aside": row["quarantined_count"],
        "trend": row["quality_trend"],
        "past": row["past_results"],
    }
