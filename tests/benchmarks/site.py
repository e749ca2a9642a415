"""What the site costs: python -m tests.benchmarks.site [tasks]. By default a place of 200 units, 50 plans, 5,000 tasks and 100,000 disclosures.

It is written three times: a quarter of it, all of it, and all of it a day later beside the first. Exit code 1 where it takes more than
30 s of processor time, more than half as much again as four quarters, or where pages that did not change are written again.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from exports.catalog import load_catalog
from exports.release.manifest import Release
from exports.site.build import write_site
from tests.site.made import AS_OF, release_of, sited

UNITS, PLANS, TASKS, DISCLOSURES, UNITS_A_TASK = 200, 50, 5_000, 100_000, 3
MOST_SECONDS, MOST_EXCESS, MOST_WRITTEN = 30, 1.5, 10


def rows_of(share: float) -> dict[str, str]:
    """A SELECT for each dataset of a place that is `share` of the whole."""
    units, plans, tasks, disclosures = (int(number * share) for number in (UNITS, PLANS, TASKS, DISCLOSURES))
    statuses = "['done_on_time', 'done_late', 'overdue', 'not_yet_due', 'standing_kept', 'unknown']"
    return {
        "units": f"""
            select 'u' || i as unit_id, '栖川县第' || i || '局' as unit_name, case when i % 4 = 0 then 'town' else 'department' end as unit_kind,
                true as is_listed, 1 as alias_count, '栖川县' as region_name from range({units}) numbers(i)
        """,
        "plan_documents": f"""
            select 'p' || i as document_id, '栖川县第' || i || '号工作要点' as document_title, 2026 as plan_year, date '2026-03-01' as issued_on,
                {TASKS // PLANS} as task_count from range({plans}) numbers(i)
        """,
        "plan_tasks": f"""
            select 't' || i as task_id, 'p' || (i % {plans}) as document_id, 2026 as plan_year, i // {plans} as task_index, i::varchar as task_no,
                '公开第' || i || '类民生信息及其办理结果' as task_title, date '2026-01-15' + (i % 350)::int as deadline_on, 'date' as deadline_kind,
                false as is_deadline_interpreted, '（' || i || '）公开第' || i || '类民生信息及其办理结果，每季度更新一次，向社会公布。' as quoted_text,
                i as line_start, i as line_end, 0.97 as reading_confidence, i % 50 = 0 as needs_review from range({tasks}) numbers(i)
        """,
        "task_units": f"""
            select 't' || i as task_id, 'responsible' as unit_role, k as position, '第' || ((i + k) % {units}) || '局' as printed_unit_name,
                'u' || ((i + k) % {units}) as unit_id, '栖川县第' || ((i + k) % {units}) || '局' as unit_name, 'register' as match_rule,
                1.0 as match_confidence, false as is_collective, false as is_inherited
            from range({tasks}) numbers(i), range({UNITS_A_TASK}) others(k)
        """,
        "task_delivery": f"""
            select 't' || i as task_id, 'u' || ((i + k) % {units}) as owner_id, owner_id as unit_id, '栖川县第' || ((i + k) % {units}) || '局' as unit_name,
                'responsible' as unit_role, 2026 as plan_year, '公开第' || i || '类民生信息及其办理结果' as task_title,
                date '2026-01-15' + (i % 350)::int as deadline_on, false as is_deadline_interpreted, {statuses}[1 + (i + k) % 6] as delivery_status,
                'done' as delivery_rule, 0 as period_count, 0 as kept_count, 0 as missed_count, 1 as evidence_count, date '{AS_OF}' as as_of_on
            from range({tasks}) numbers(i), range({UNITS_A_TASK}) others(k)
        """,
        "disclosures": f"""
            select 'd' || i as disclosure_id, '第' || i || '号公告' as disclosure_title, 'u' || (i % {units}) as unit_id,
                date '2026-01-01' + (i % 300)::int as published_on, published_on as due_on, case when i % 40 = 0 then i % 20 else 0 end as days_late
            from range({disclosures}) numbers(i)
        """,
    }


def written(release: Release, last: Release | None = None) -> float:
    """The seconds of processor time that the site of a release takes."""
    start = time.process_time()
    write_site(release, last, load_catalog())
    return time.process_time() - start


def main(words: list[str]) -> int:
    share = int(words[0]) / TASKS if words else 1.0
    with TemporaryDirectory() as folder:
        written(release_of(Path(folder) / "warm", rows_of(0.02)))
        quarter = written(release_of(Path(folder) / "quarter", rows_of(share / 4)))
        whole = release_of(Path(folder) / "whole", rows_of(share))
        seconds = written(whole)
        last = sited(release_of(Path(folder) / "last", rows_of(share)))
        later = sited(release_of(Path(folder) / "later", rows_of(share), AS_OF + timedelta(days=1)), last)
        again = sum(not (later.folder / file.path).samefile(last.folder / file.path) for file in later.site)
        largest = max((file for file in last.site if file.format == "html"), key=lambda file: file.bytes)
        print(f"{len(last.site):,} files, {sum(file.bytes for file in last.site):,} bytes; largest page {largest.path} {largest.bytes:,}")
        print(f"a quarter {quarter:.1f} s, the whole {seconds:.1f} s of processor time; {again} files written again a day later")
    return int(seconds > MOST_SECONDS or seconds > MOST_EXCESS * 4 * quarter or again > MOST_WRITTEN or largest.bytes > 300_000)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
