"""Prefect artifacts of a run (summary, sources, checks, release) and its events.

Keys contain the region's code, so that each government has its own history under Artifacts. No value of a row is shown: only
figures, addresses of sources, and names of rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.events import emit_event

from exports.catalog import load_catalog
from exports.ckan.publish import PortalPlan, PublishReport
from exports.messages import N_, _
from exports.release.manifest import MANIFEST, Release, sha256_of
from flows.audit import Audit, load_questions
from flows.orchestration.assets import owner_of
from flows.privacy.redaction import redacted
from flows.quality.loss_guard import held_by_guard
from flows.refresh import Refreshed
from flows.reports.overview import overview, title_of_finding
from flows.reports.summary import Summary
from flows.sources.reading import Ingested
from flows.workspace.cut_lists import and_more
from flows.workspace.settings import Workspace

RELEASE_CREATED = "gongkai.release.created"
DATASETS_HELD_BACK = "gongkai.datasets.held-back"
INCOMPLETE = "Incomplete"  # the name of the state in which some sources were rejected or some datasets held back
MAX_ROWS = 500  # rows of an artifact's table: more than anyone reads, few enough for a page


def name_of_latest(workspace: Workspace) -> str | None:
    """The name of the release that `latest` points to, valid or not: enough to see whether a new one was made."""
    latest = workspace.releases / "latest"
    return latest.resolve().name if latest.exists() else None


def show(workspace: Workspace, verb: str, result: Any, released_before: str | None) -> str:
    """Create the artifacts and events of one verb's result; gives the line for the log."""
    if verb == "release":
        return _show_release(workspace, result, is_new=result.name != released_before)
    shown: Mapping[str, Callable[[Workspace, Any], str]] = {
        "ingest": _show_sources,
        "check": _show_checks,
        "publish": _show_publication,
        "audit": _show_audit,
        "annual_report": _show_reports,
        "backfill": _show_series,
    }
    return shown[verb](workspace, result) if verb in shown else f"{verb}: done"


def show_summary(workspace: Workspace, summary: Summary) -> str:
    """Create the run summary and the table of rejected files; gives the last line of the run."""
    lines = [f"# {_place(workspace)} · {summary.as_of}", "", *_table(("", ""), overview(summary))]
    if summary.findings:
        columns = load_catalog().columns
        findings = [(title_of_finding(kind, columns), f"{count:,}") for kind, count in summary.findings.items()]
        lines += ["", "## " + _("Findings"), "", *_table(("", _("Count")), findings)]
    if summary.failed_rules:
        heads = (_("Severity"), _("Table"), _("Rule"))
        lines += ["", "## " + _("Rules not met"), "", *_table(heads, summary.failed_rules)]
    if summary.losses:
        lines += ["", "## " + _("Losses that wait for a yes"), "", *(f"- {line}" for line in summary.losses)]
    create_markdown_artifact(redacted("\n".join(lines)), _key(workspace, "run"), _("Run summary"))
    if summary.rejects:
        rows = [{_("Place"): place, _("Reason"): reason} for place, reason in summary.rejects]
        create_table_artifact(_shown(rows), _key(workspace, "rejects"), _("Rejected sources") + f" ({len(summary.rejects):,})")
    counts, done = summary.counts, summary.ingested
    unreachable = f", {len(done.unreachable)} unreachable" if done and done.unreachable else ""
    release = summary.release.name if summary.release else "no release"
    return (
        f"{counts['sources']} sources{unreachable}, {len(summary.rejects)} rejects; {counts['tasks']} tasks, {counts['disclosures']:,} disclosures; "
        f"{counts['rules_not_met']} of {counts['rules']} rules not met; {release}"
    )


def _show_sources(workspace: Workspace, done: Ingested) -> str:
    states = {_("read"): done.read, _("Out of reach"): done.unreachable, _("vanished"): done.vanished}
    states |= {_("all files replaced"): done.replaced, _("no such place"): done.absent}
    states |= {_("a link that is not followed"): done.refused, _("nothing there"): done.missing}
    rows = [{_("Source"): path, _("State"): state} for state, paths in states.items() for path in paths]
    words = f"{len(done.stored)} sources: {len(done.read)} read, {len(done.unreachable)} unreachable, {len(done.vanished)} vanished"
    if rows:
        create_table_artifact(_shown(rows), _key(workspace, "sources"), _("What changed in the sources") + f" ({words})")
    return words


def _show_checks(workspace: Workspace, held_back: Mapping[str, str]) -> str:
    with duckdb.connect(str(workspace.warehouse), read_only=True) as connection:
        rows = connection.execute(
            """
            select is_met, severity, table_name, rule_name, checked_count, failed_count, error_text from checks.results
            order by is_met, severity, table_name, rule_name
            """
        ).fetchall()
    names = tuple(map(_, (N_("Met"), N_("Severity"), N_("Table"), N_("Rule"), N_("Checked"), N_("Failed"), N_("Note"))))
    failed = sum(not row[0] for row in rows)
    words = f"{len(rows)} rules, {failed} not met, {len(held_back)} datasets held back"
    shown = [dict(zip(names, ("✓" if row[0] else "✗", *row[1:]), strict=True)) for row in rows]
    create_table_artifact(_shown(shown), _key(workspace, "checks"), _("Check results") + f" ({words})")
    if held_back:
        emit_event(DATASETS_HELD_BACK, _resource(workspace, "checks"), payload={"datasets": dict(held_back)})
    return words


def _show_release(workspace: Workspace, release: Release, *, is_new: bool) -> str:
    """Create the links, and for a new release the event that other systems wait for, with the hashes of every file."""
    manifest = sha256_of(release.folder / MANIFEST)
    rows = [(d.slug, f"{d.rows:,}", f"{sum(file.bytes for file in d.files):,}", d.carried_over_from or "") for d in release.datasets]
    lines = [
        f"# {release.name}",
        "",
        _("Folder") + f": `{release.folder}`",
        _("Quality report") + f": `{release.folder / 'quality.html'}`",
        _("Data Docs") + f": `{workspace.quality / 'latest' / 'index.html'}`",
        f"manifest.json SHA-256: `{manifest}`",
        "",
        *_table((_("Dataset"), _("Rows"), _("Bytes"), _("Carried over from")), rows),
    ]
    create_markdown_artifact(redacted("\n".join(lines)), _key(workspace, "release"), _("Release") + f" {release.name}")
    if is_new and (held := held_by_guard(release)):
        emit_event(DATASETS_HELD_BACK, _resource(workspace, "checks"), payload={"datasets": held})
    if not is_new:
        return f"nothing new to release, {release.name} stands"
    emit_event(
        RELEASE_CREATED,
        _resource(workspace, f"release.{release.name}"),
        payload={
            "release": release.name,
            "as_of": release.as_of.isoformat(),
            "workspace": str(workspace.root),
            "folder": str(release.folder),
            "manifest_sha256": manifest,
            "datasets": [
                {"slug": d.slug, "rows": d.rows, "carried_over_from": d.carried_over_from, "sha256": {f.path: f.sha256 for f in d.files}}
                for d in release.datasets
            ],
        },
    )
    return f"released {release.name}: {len(release.datasets)} datasets"


def _show_publication(workspace: Workspace, report: PublishReport | None) -> str:
    if report is None:
        return "no portal is set: the release folder is the portal"
    words = (
        f"{len(report.created)} created, {len(report.changed)} changed, {len(report.unchanged)} unchanged, {len(report.retired)} retired"
    )
    states = {
        _("created"): report.created,
        _("changed"): report.changed,
        _("unchanged"): report.unchanged,
        _("retired"): report.retired,
        _("differs"): report.problems,
        _("remark"): report.notes,
    }
    rows = [{_("Dataset"): name, _("State"): state} for state, names in states.items() for name in names]
    create_table_artifact(_shown(rows), _key(workspace, "portal"), _("Portal") + f" ({words})")
    create_link_artifact(report.url, link_text=report.url, key=_key(workspace, "portal-link"), description=_("Portal"))
    return f"{report.url}: {words}, {len(report.problems)} problems; {report.read if not report.is_unchanged else 'nothing written'}"


def _show_series(workspace: Workspace, made: Sequence[Release]) -> str:
    names = (_("as of"), _("Release"), _("Datasets"), "manifest.json SHA-256")
    rows = [dict(zip(names, (str(r.as_of), r.name, len(r.datasets), sha256_of(r.folder / MANIFEST)), strict=True)) for r in made]
    words = f"{len(made)} releases, {made[0].as_of} to {made[-1].as_of}, in {made[-1].folder.parent}"
    create_table_artifact(_shown(rows), _key(workspace, "backfill"), _("Backfill") + f" ({words})")
    return words


def show_plan(workspace: Workspace, plan: PortalPlan | None) -> str:
    """Create the list of changes that a publication would make, before any is made."""
    words = str(plan) if plan else str(_("no portal is set: the release folder is the portal"))
    create_markdown_artifact(f"```\n{words}\n```", _key(workspace, "portal-plan"), _("Plan of the publication"))
    return words.split("\n", maxsplit=1)[0]


def _show_reports(workspace: Workspace, files: Sequence[Path]) -> str:
    words = f"{len(files)} files in {files[0].parent}" if files else "no report: no body has figures of that year"
    rows = [{_("File"): file.name, _("Bytes"): file.stat().st_size} for file in files]
    create_table_artifact(_shown(rows), _key(workspace, "annual-report"), _("Annual reports") + f" ({words})")
    return words


def _show_audit(workspace: Workspace, audit: Audit) -> str:
    questions = load_questions()
    rows = [
        {_("Question"): questions[name].title, _("Answers"): count, _("Command"): f"gongkai audit {name}"}
        for name, count in sorted(audit.counts.items(), key=lambda item: -item[1])
    ]
    words = f"{len(rows)} questions as of {audit.as_of}, {sum(count > 0 for count in audit.counts.values())} with answers"
    create_table_artifact(_shown(rows), _key(workspace, "audit"), _("Audit") + f" ({words})")
    return words


def show_all(done: Sequence[Refreshed]) -> str:
    """Create the table of many workspaces refreshed in one run; gives the last line of the run."""
    rows = [
        {
            _("Workspace"): str(one.workspace),
            _("Release"): one.release or "",
            _("Result"): one.error or ("✓" if one.is_clean else INCOMPLETE),
        }
        for one in done
    ]
    failed, held = sum(one.error is not None for one in done), sum(one.error is None and not one.is_clean for one in done)
    words = f"{len(done)} workspaces: {len(done) - failed - held} whole, {held} incomplete, {failed} failed"
    create_table_artifact(_shown(rows), "gongkai-refresh-all", _("Workspaces") + f" ({words})")
    return words


def _key(workspace: Workspace, what: str) -> str:
    """An artifact key that belongs to one workspace only."""
    return f"gongkai-{owner_of(workspace)}-{what}"


def _place(workspace: Workspace) -> str:
    jurisdiction = workspace.settings.jurisdiction
    return jurisdiction.name if jurisdiction else workspace.root.name


def _resource(workspace: Workspace, what: str) -> dict[str, str]:
    return {"prefect.resource.id": f"{_key(workspace, 'workspace')}.{what}", "prefect.resource.name": f"{_place(workspace)} {what}"}


def _shown(rows: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """The first rows of a table with every text redacted, for addresses of sources are written by people; where there are others, a last
    row that says how many.
    """
    safe = [{str(name): redacted(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows[:MAX_ROWS]]
    return [*safe, {str(next(iter(rows[0]))): and_more(len(rows) - MAX_ROWS)}] if len(rows) > MAX_ROWS else safe


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table."""
    cells = ([cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows)
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *(f"| {' | '.join(row)} |" for row in cells)]
