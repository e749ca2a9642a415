"""The drawing of the packages in docs/architecture.md, made from the imports. Needs the development requirements (grimp).

python -m flows.docs.packages_page            write it
python -m flows.docs.packages_page --check    only say whether it is current; exit code 1 if not
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

import grimp

from exports.catalog import PROJECT_ROOT
from exports.pages.documents import write_or_check

PAGE = PROJECT_ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- packages: written by python -m flows.docs.packages_page -->", "<!-- packages: end -->"
VERBS = ("ingest", "build", "check", "release", "publish", "audit", "annual_report", "init")
PARENTS = ("refresh", "refresh_plan", "backfill", "prove")
GROUPS = {**{f"flows.{verb}": "verbs" for verb in VERBS}, **{f"flows.{verb}": "refresh, backfill, prove" for verb in PARENTS}}
GROUPS |= {
    f"exports.{name}": "exports.catalog, .credentials"
    for name in ("catalog", "descriptors", "descriptor_parts", "sql_text", "messages", "credentials", "compiled_templates")
}
PURPOSES = {
    "flows.cli": "the commands and what they print",
    "flows.docs": "generated pages of docs/",
    "flows.orchestration": "local and Prefect runner, Dask, deployments, automations, artifacts, assets",
    "refresh, backfill, prove": "flows of several verbs",
    "verbs": f"{', '.join(VERBS)}: thin, none calls another",
    "flows.reports": "summary of a run, annual report files, traces to source cells",
    "flows.publication": "privacy gate, withdrawals, changes, signatures, mirror, portal of a workspace",
    "flows.sample": "the invented county",
    "flows.quality": "suites, Great Expectations, gates, results, quarantine, loss guard, Data Docs, history",
    "flows.warehouse": "raw views, models in order, registers and clocks, corrections, reviews, scoring",
    "flows.sources": "locate, ledger, raw store; readers of registers and plans",
    "flows.privacy": "finding personal data in texts, redaction",
    "flows.workspace": "settings, errors, lock, runner protocol, code fingerprint",
    "exports.site": "static pages of a release, from its data files",
    "exports.changes": "what changed from one release to the next: dataset, Atom feed, replay",
    "exports.ckan": "a CKAN portal brought to a release and read back",
    "exports.release": "files, metadata, manifest, chain, Merkle roots, signature, verification",
    "exports.pages": "templates of pages for people",
    "exports.workbook": "workbooks for people: rows from DuckDB, all else from openpyxl",
    "exports.catalog, .credentials": "descriptors; texts and names quoted for SQL; addresses without credentials",
}


def packages() -> tuple[Mapping[str, int], Mapping[str, set[str]]]:
    """Number of modules of each package, in the order of `PURPOSES`, and the packages that each one imports."""
    graph = grimp.build_graph("flows", "exports")
    counts = dict.fromkeys(PURPOSES, 0)
    imports: dict[str, set[str]] = {package: set() for package in PURPOSES}
    for module in graph.modules - {"flows", "exports"}:
        package = _package(module)
        counts[package] += 1
        imports[package] |= {_package(other) for other in graph.find_modules_directly_imported_by(module)} - {package}
    return counts, imports


def _package(module: str) -> str:
    head = ".".join(module.split(".")[:2])
    return GROUPS.get(head, head)


def remove_implied_imports(imports: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The same graph with the fewest arrows: one implied by a longer path is left out. `imports` must have no cycle."""

    def reached(package: str) -> set[str]:
        return imports[package] | {far for near in imports[package] for far in reached(near)}

    return {package: near - {far for other in near for far in reached(other)} for package, near in imports.items()}


def drawing() -> str:
    """The Mermaid drawing and the table of packages."""
    counts, imports = packages()
    ids = {package: f"p{number}" for number, package in enumerate(counts)}
    nodes = [f'    {ids[package]}["{package}"]' for package in counts]
    arrows = [
        f"    {ids[package]} --> {ids[near]}" for package, reduced in remove_implied_imports(imports).items() for near in sorted(reduced, key=lambda near: ids[near])
    ]
    table = ["| package | modules | purpose |", "|---|---|---|", *(f"| `{name}` | {counts[name]} | {PURPOSES[name]} |" for name in counts)]
    return "\n".join(["```mermaid", "flowchart TD", *nodes, *arrows, "```", "", *table]) + "\n"


def page() -> str:
    """docs/architecture.md with the drawing as it should be."""
    before, rest = PAGE.read_text("utf-8").split(BEGIN, 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{drawing()}{END}{after}"


if __name__ == "__main__":
    sys.exit(write_or_check({PAGE: page()}, sys.argv[1:], "flows.docs.packages_page"))
