"""Data Docs: a page with results for each suite of rules, and an index, kept in the workspace for the last runs.

Great Expectations draws such pages too, but its pages fetch scripts and fonts from the network and show failing values, in
English. These hold rules and counts alone, and load nothing from elsewhere.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from exports.catalog import Catalog
from exports.messages import _
from exports.pages.templating import render
from flows.privacy.detect import require_nothing_private
from flows.quality.gate_names import GATE_TITLES, GATES
from flows.quality.suites import UNEXPECTED_ROWS, Rule, Suite
from flows.workspace.settings import Workspace

KEPT_RUNS = 10  # runs
_RESULTS = """
    select table_name || ': ' || rule_name, case when error_text is not null then 'not_run' when is_met then 'met' else 'not_met' end,
        checked_count, failed_count, quarantined_count, error_text, dataset_names
    from checks.results
"""
_COMMENTS = """
    select schema_name || '.' || table_name, comment from duckdb_tables()
    union all
    select schema_name || '.' || view_name, comment from duckdb_views() where not internal
"""
Page = dict[str, Any]


def write_docs(workspace: Workspace, catalog: Catalog, suites: Sequence[Suite]) -> None:
    """Write the pages of the checked warehouse to `quality/<as-of>-<build>/`, and point `quality/latest` at them.

    The pages of the last ten builds stay.
    """
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        ((key, region),) = connection.execute("select build_key, region_name from reference.run").fetchall()
        results = {place: facts for place, *facts in connection.execute(_RESULTS).fetchall()}
        comments = dict(connection.execute(_COMMENTS).fetchall())
    folder = workspace.quality / f"{workspace.as_of.isoformat()}-{key[:8]}"
    pages = _pages(suites, results, comments | {f"{form}.{d.name}": f"{d.title}" for d in catalog for form in ("parquet", "csv")})
    draft = workspace.quality / ".draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    about = {"as_of": workspace.as_of.isoformat(), "key": key, "place": region or workspace.root.name}
    (draft / workspace.data_docs.name).write_text(render("docs_index.html", gates=_gates(pages), **about), "utf-8")
    for page in pages:
        (draft / f"{page['table']}.html").write_text(render("docs_suite.html", suite=page, **about), "utf-8")
    require_nothing_private(draft)
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    _point_at(workspace, folder.name)


def _pages(suites: Sequence[Suite], results: Mapping[str, Sequence[Any]], comments: Mapping[str, str]) -> list[Page]:
    """One page a table: the descriptor's rules and those of `expectations/` together."""
    tables = dict.fromkeys(suite.table for suite in suites)
    return [_page(table, [suite for suite in suites if suite.table == table], results, comments.get(table)) for table in tables]


def _page(table: str, suites: Sequence[Suite], results: Mapping[str, Sequence[Any]], title: str | None) -> Page:
    known = [
        (suite, rule, results[f"{table}: {rule.name}"]) for suite in suites for rule in suite.rules if f"{table}: {rule.name}" in results
    ]
    rules = [_rule(suite, rule, *facts[:-1]) for suite, rule, facts in known]
    return {
        "table": table,
        "gate": suites[0].gate,
        "title": title,
        "datasets": sorted({name for *_, facts in known for name in facts[-1]}),
        "rules": rules,
        "failed": sum(rule["result"] != "met" for rule in rules),
        "critical": sum(rule["result"] != "met" and rule["severity"] == "critical" for rule in rules),
        "aside": sum(rule["aside"] for rule in rules),
    }


def _rule(suite: Suite, rule: Rule, result: str, checked: int | None, failed: int | None, aside: int, error: str | None) -> Page:
    how = rule.kwargs["unexpected_rows_query"] if rule.type == UNEXPECTED_ROWS else json.dumps(rule.kwargs, ensure_ascii=False, indent=1)
    facts = {"name": rule.name, "why": rule.why, "severity": rule.severity, "type": rule.type, "how": how, "place": suite.place}
    return facts | {"result": result, "checked": checked, "failed": failed, "aside": aside, "error": error}


def _gates(pages: Sequence[Page]) -> list[Page]:
    gates = []
    for gate in GATES:
        suites = [page for page in pages if page["gate"] == gate and page["rules"]]
        counts = {name: sum(page[name] for page in suites) for name in ("failed", "critical")}
        gates.append({"title": _(GATE_TITLES[gate]), "suites": suites, "rules": sum(len(page["rules"]) for page in suites), **counts})
    return gates


def _point_at(workspace: Workspace, name: str) -> None:
    """Point `latest` at the newest pages, and remove the oldest."""
    latest = workspace.data_docs.parent
    link = latest.with_name(f".{latest.name}")
    link.unlink(missing_ok=True)
    link.symlink_to(name)
    link.replace(latest)
    folders = sorted(
        (path for path in workspace.quality.iterdir() if path.is_dir() and not path.is_symlink()), key=lambda path: path.stat().st_mtime
    )
    for old in folders[:-KEPT_RUNS]:
        shutil.rmtree(old)
