"""Releases made for a test from rows alone: their data files and their site, in well under a second and without a county."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from exports.catalog import Catalog, load_catalog
from exports.release.files import write_dataset
from exports.release.manifest import Release
from exports.site.build import write_site

AS_OF = date(2026, 10, 31)


def release_of(folder: Path, rows: Mapping[str, str], as_of: date = AS_OF, catalog: Catalog | None = None) -> Release:
    """A release folder with data files. `rows` has a SELECT for each dataset; columns that it does not name are null."""
    catalog = catalog or load_catalog()
    folder.mkdir(parents=True)
    entries = []
    with duckdb.connect() as connection:
        for name in sorted(rows):
            dataset = catalog.published[name]
            empty = ", ".join(f"null::{column.duckdb_type} as {column.name}" for column in dataset.columns)
            connection.execute(f"create or replace table made as select {empty} where false")
            connection.execute(f"insert into made by name {rows[name]}")
            entries.append(write_dataset(connection, dataset, folder, "made"))
    return Release(folder, "", as_of, "test", tuple(entries), ())


def sited(release: Release, last: Release | None = None) -> Release:
    """The release with its site written."""
    return replace(release, site=write_site(release, last, load_catalog()))


PLAN = (
    "select '甲办发〔2026〕1号' as document_id, '甲县2026年工作要点' as document_title, 2026 as plan_year, date '2026-03-01' as issued_on"
)
UNITS = """
    from (values ('u1', '甲县财政局', 'department'), ('u2', '甲县民政局', 'department'), ('u3', '甲县某镇人民政府', 'town'))
        as given(unit_id, unit_name, unit_kind)
    select *, true as is_listed, 0 as alias_count, '甲县' as region_name
"""


def tasks(*titles: str) -> str:
    """A SELECT of tasks of the one plan: t1, t2 and so on, due at the end of September."""
    rows = ", ".join(f"('t{number}', $${title}$$)" for number, title in enumerate(titles, 1))
    return f"""
        from (values {rows}) as given(task_id, task_title)
        select *, '甲办发〔2026〕1号' as document_id, 2026 as plan_year, row_number() over () as task_index, date '2026-09-30' as deadline_on,
            'date' as deadline_kind, false as is_deadline_interpreted, task_title || '（完成时限：9月底）' as quoted_text, 1 as line_start,
            1 as line_end, 0.97 as reading_confidence, false as needs_review
    """


def delivery(*rows: tuple[str, str, str, str], titles: Mapping[str, str] | None = None) -> str:
    """A SELECT of verdicts: task, unit, status and rule of each."""
    given = ", ".join(
        f"('{task}', '{unit}', '{status}', '{rule}', $${(titles or {}).get(task, task)}$$)" for task, unit, status, rule in rows
    )
    return f"""
        from (values {given}) as given(task_id, unit_id, delivery_status, delivery_rule, task_title)
        select *, unit_id as owner_id, '单位' || unit_id as unit_name, 'responsible' as unit_role, 2026 as plan_year,
            date '2026-09-30' as deadline_on, false as is_deadline_interpreted, 0 as period_count, 0 as kept_count, 0 as missed_count,
            0 as evidence_count, date '2026-10-31' as as_of_on
    """


def replies(*rows: tuple[str, str, str], kind: str = "task_delivery") -> str:
    """A SELECT of replies: unit, what it answers (a task, or the id of another verdict) and the reply's words."""
    given = ", ".join(f"({number}, '{unit}', '{verdict}', $${text}$$)" for number, (unit, verdict, text) in enumerate(rows, 1))
    return f"""
        from (values {given}) as given(number, unit_id, verdict_id, reply_text)
        select * exclude (number), 'HY-' || number as record_id, '单位' || unit_id as unit_name, '{kind}' as verdict_kind, '题目' || verdict_id as verdict_title,
            case '{kind}' when 'task_delivery' then verdict_id end as task_id, date '2026-10-08' + number::int as replied_on,
            'under_review' as reply_state
    """
