"""Every kind of finding that the warehouse can hold has a title in Chinese: no code is shown to people."""

from __future__ import annotations

import csv
import re

import pytest

from exports.catalog import PROJECT_ROOT, load_catalog
from flows.quality.checks import EXPECTATIONS
from flows.quality.private_rows import RULE
from flows.quality.register_rules import quarantine_rules
from flows.quality.suites import load_suites
from flows.reports.overview import title_of_finding, titles_of_findings
from flows.sources.tables.notes import CAREFUL
from flows.warehouse.models import load_models
from flows.warehouse.person_rows import FAULT

SAID = re.compile(
    r"'(\w+)' as finding_kind|'kind': '(\w+)'|then '(\w+)' else '(\w+)' end as finding_kind|then '(document_(?!status|title)\w+)'"
)
OUTCOMES = ("late", "overdue", "duplicate", "superseded")  # outcomes of terms, kinds of versions
ORIGINS = ("held_version", "held_withdrawals", "held_link", "held_title")
MARKS = ("secret", "internal", "withheld", "on_request", "copy")  # of documents: sql/core/plan_documents.sql


def kinds() -> set[str]:
    """From the SQL of all models as it runs, the rules that set rows aside, reading notes, reasons for holding."""
    catalog = load_catalog()
    models = {name for model in load_models(catalog=catalog) for found in SAID.findall(model.select) for name in found if name}
    rules = [rule for suite in load_suites(catalog, EXPECTATIONS) for rule in suite.rules]
    rules += [rule for of_register in quarantine_rules(catalog).values() for rule in of_register]
    faults = {rule.fault for rule in [*rules, RULE] if rule.fault} | {FAULT}
    with (PROJECT_ROOT / "sql" / "reference" / "hold_reasons.csv").open(encoding="utf-8", newline="") as stream:
        held = {row["hold_reason"] for row in csv.DictReader(stream)}
    marked = {f"document_{mark}" for mark in MARKS}
    return models | faults | held | marked | {*CAREFUL, *OUTCOMES, *ORIGINS}


def test_many_kinds_are_known() -> None:
    assert len(kinds()) > 60
    assert {"missing_disclosure_title", "published_before_made", "clock_without_column", "document_copy"} <= kinds()


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_a_kind_has_a_title_in_both_languages(kind: str) -> None:
    title = title_of_finding(kind, load_catalog().columns)
    assert re.search("[\u4e00-\u9fff]", title)
    assert re.search("[A-Za-z]{3}", title)
    assert title != kind


def test_no_title_is_kept_for_a_kind_that_nothing_finds() -> None:
    assert set(titles_of_findings()) <= kinds()
