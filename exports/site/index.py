"""What scripts of the site read, as scripts of their own, since a page that is opened from a folder may not fetch: index, and facts of the release."""

from __future__ import annotations

import json

from exports.site.addresses import dataset_page, name_of
from exports.site.facts import Facts
from exports.site.rendering import Page
from exports.site.words import MARKS, TONES, words

_FINDINGS = """
    select rule_name, string_agg(dataset_slug, ' ' order by dataset_slug) as dataset_slugs from data_quality
    where release_number = (select max(release_number) from data_quality) and check_result <> 'met' group by table_name, rule_name
    order by table_name, rule_name
"""


def index_script(facts: Facts) -> Page:
    """assets/index.js: tasks with their bodies, units, plans, datasets and findings, for search and the table of tasks."""
    units = {unit["unit_id"]: place for place, unit in enumerate(facts.units)}
    plans = {plan["document_id"]: place for place, plan in enumerate(facts.plans)}
    found = {
        "words": {code: [one.zh, one.en, one.tone] for code, one in words()["delivery_status"].items()},
        "tones": {tone: [words()["tone"][tone].zh, words()["tone"][tone].en, MARKS[tone]] for tone in TONES},
        "units": [[name_of(unit["unit_id"]), unit["unit_name"], unit["unit_kind"]] for unit in facts.units],
        "plans": [[name_of(plan["document_id"]), plan["document_title"] or plan["document_id"], plan["plan_year"]] for plan in facts.plans],
        "tasks": [
            [
                name_of(task["task_id"]),
                task["task_title"],
                task["task_no"],
                plans.get(task["document_id"]),
                task["plan_year"],
                task["deadline_on"].isoformat() if task["deadline_on"] else None,
                [[units.get(row["unit_id"], row["unit_name"]), row["delivery_status"]] for row in task["owners"]],
            ]
            for task in facts.tasks
        ],
        "datasets": [
            [
                dataset_page(entry.slug),
                facts.catalog.published[entry.name].title.zh,
                facts.catalog.published[entry.name].title.en,
                entry.slug,
            ]
            for entry in facts.release.datasets
        ],
        "findings": [[row["rule_name"], row["dataset_slugs"]] for row in facts.tables.rows(_FINDINGS)],
    }
    return "assets/index.js", _script("gongkaiIndex", found)


def release_script(facts: Facts) -> Page:
    """assets/release.js: the data's day, and each data file with its SHA-256, against which the page hashes what it is given."""
    files = [[file.path, file.sha256, file.bytes] for entry in facts.release.datasets for file in entry.files]
    words_of = {code: one.tone for code, one in words()["delivery_status"].items()}
    return "assets/release.js", _script("gongkaiRelease", {"asOf": facts.as_of.isoformat(), "files": files, "toneOf": words_of})


def _script(name: str, value: object) -> str:
    """A script that sets one global. `<` cannot end a script element here, and is escaped all the same, as are line separators of old scripts."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for plain in ("<", "\u2028", "\u2029"):
        text = text.replace(plain, f"\\u{ord(plain):04x}")
    return f"window.{name}={text};\n"
