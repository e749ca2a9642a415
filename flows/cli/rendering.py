"""What a person sees of a run on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exports.catalog import load_catalog
from exports.messages import Message, _, arranged, as_message, joined
from flows.cli.whole_table import whole_table
from flows.privacy.kinds import KINDS
from flows.privacy.redaction import redacted
from flows.quality.gate_names import GATE_TITLES
from flows.reports.attention import lines_to_act_on
from flows.reports.overview import overview, title_of_finding
from flows.reports.summary import Summary
from flows.workspace.cut_lists import and_more, first_of

if TYPE_CHECKING:
    from flows.quality.quarantine_export import Exported
    from flows.sources.forget import Forgettable
    from flows.sources.reading import Ingested

MAX_REJECTED = 5  # rejected files that `ingest` names
MAX_FILES = 20  # files that a list on the terminal names
TITLES = {kind.name: Message(kind.title.zh, kind.title.en) for kind in KINDS}
"""What the reasons in `delivery_rule` and `progress_reason` are called."""


def print_summary(console: Console, summary: Summary) -> None:
    """The whole summary: what was read, what was found, what was released, where it is."""
    table = Table(title=_("Gongkai") + " · " + _("as of") + f" {summary.as_of}", show_header=False, title_justify="left")
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for row in overview(summary):
        table.add_row(*row)
    console.print(table, markup=False)
    _print_ingested(console, summary)
    _print_findings(console, summary)
    _print_terms(console, summary)
    _print_overdue(console, summary)
    print_checks(console, summary)
    _print_release(console, summary)


def print_lines_to_act_on(console: Console, summary: Summary) -> None:
    """Print only what a person has to act on, a line each; nothing where all is well."""
    for line in lines_to_act_on(summary):
        console.print(redacted(line), markup=False, highlight=False, soft_wrap=True)


def print_ingested(console: Console, done: Ingested) -> None:
    """What `ingest` did: changes among the sources, counts, plans that lack something, and the first of the rejected files."""
    print_changes(console, done)
    counts = {"sources": len(done.stored), "read": len(done.read), "vanished": len(done.vanished)}
    console.print(_("{sources} sources: {read} read, {vanished} vanished", **counts))
    for message in done.short:
        console.print(redacted(message), highlight=False, markup=False)
    if done.rejected:
        named = joined("、", map(redacted, first_of(done.rejected, MAX_REJECTED)))
        words = _("{count} rejected, whole or in part", count=len(done.rejected)) + ": " + named
        console.print(words, highlight=False, markup=False, soft_wrap=True)


def _print_ingested(console: Console, summary: Summary) -> None:
    """Print what this run did with the sources; nothing where nothing changed."""
    if summary.ingested is None:
        return
    read = len(summary.ingested.read)
    console.print(_("{count} source files read in this run", count=read) if read else _("nothing new: no file was read"))
    for line in summary.ingested.to_rename:
        console.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
    print_changes(console, summary.ingested)


def print_changes(console: Console, done: Ingested) -> None:
    """Print what changed among the sources, a line each."""
    changes = (
        (_("Vanished"), done.vanished),
        (_("All files replaced by others, source"), done.replaced),
        (_("Out of reach"), done.unreachable),
        (_("No such place, never had a file, check gongkai.yaml; source"), done.absent),
    )
    for said in (*done.refused, *done.missing):
        console.print(redacted(said), style="yellow", markup=False, highlight=False, soft_wrap=True)
    for label, paths in changes:
        for path in paths:
            console.print(redacted(label + f" {path}"), style="yellow", markup=False, highlight=False, soft_wrap=True)


def print_forgettable(console: Console, found: Sequence[Forgettable]) -> None:
    """Print what would leave the public data with these files, and the next step."""
    console.print(
        _("These source files are gone; what was read from them leaves the public data:"),
        soft_wrap=True,
    )
    for line in first_of([_forgettable_line(file) for file in found], MAX_FILES):
        console.print(redacted("  " + line), markup=False, highlight=False, soft_wrap=True)
    total = _("in all {files:,} files, {rows:,} rows", files=len(found), rows=sum(file.rows or 0 for file in found))
    console.print("  " + total, markup=False, highlight=False)


def _forgettable_line(file: Forgettable) -> str:
    if file.rows is None:
        return file.path
    what = _("tasks") if file.kind == "plans" else _("rows")
    return arranged("{path}：{count:,} {what}", path=file.path, count=file.rows, what=what)


def _print_terms(console: Console, summary: Summary) -> None:
    """Print how often each term of law and of plans was kept, one line a term."""
    if not summary.terms:
        return
    table = Table(title=_("Terms of law and of plans"), title_justify="left")
    table.add_column(_("Term"), max_width=36, overflow="fold")
    for head in (_("in time"), _("late"), _("overdue"), _("running")):
        table.add_column(head, justify="right", min_width=7)
    for title, title_en, *numbers in summary.terms:
        table.add_row(Message(title, title_en), *(f"{number:,}" if number else "–" for number in numbers))
    console.print(table, markup=False)


def _print_overdue(console: Console, summary: Summary) -> None:
    """Print the first few overdue tasks; the warehouse has them all."""
    if summary.overdue:
        title = _("Tasks reported as not done after their deadline") + f" ({summary.counts['tasks_overdue']})"
        table = whole_table(_("Deadline"), _("No."), _("Task"), _("Document"), title=title, title_justify="left")
        for deadline, number, task, document in summary.overdue:
            table.add_row(str(deadline), number, task, document)
        console.print(table, markup=False)
        _print_more(console, summary.counts["tasks_overdue"] - len(summary.overdue), "gongkai audit tasks_overdue")
    if summary.behind:
        title = _("Units behind their targets") + f" ({summary.counts['units_behind']})"
        table = whole_table(_("Unit"), _("Disclosed"), _("Target"), _("Pace"), title=title, title_justify="left")
        for unit, disclosed, target, pace in summary.behind:
            table.add_row(unit, f"{disclosed:,}", f"{target:,}", f"{pace:.2f}")
        console.print(table, markup=False)
        _print_more(
            console, summary.counts["units_behind"] - len(summary.behind), 'gongkai query "from core.target_progress where is_behind"'
        )


def _print_more(console: Console, count: int, command: str) -> None:
    """Print how many rows a table does not show, and the command that shows them."""
    if count > 0:
        console.print(and_more(count) + f": {command}", markup=False, highlight=False, soft_wrap=True)


def print_checks(console: Console, summary: Summary) -> None:
    """Print the gates with their counts, and every rule that is not met."""
    heads = (_("Gate"), _("Rules"), _("Not met"), _("Critical"))
    gates = whole_table(*heads, title=_("Three gates"), title_justify="left")
    for gate, *counts in summary.gates:
        gates.add_row(_(GATE_TITLES[gate]), *(f"{count:,}" for count in counts))
    console.print(gates, markup=False)
    if summary.docs:
        console.print(_("Data Docs") + f": {summary.docs}", markup=False, highlight=False, soft_wrap=True)
    if not summary.failed_rules:
        console.print(_("All {count} rules hold.", count=summary.counts["rules"]))
        return
    table = whole_table(_("Severity"), _("Table"), _("Rule"), title=_("Rules not met"), title_justify="left")
    for row in summary.failed_rules:
        table.add_row(*map(as_message, row))
    console.print(table, markup=False)


def _print_findings(console: Console, summary: Summary) -> None:
    if summary.findings:
        columns = load_catalog().columns
        table = whole_table(_("Findings"), _("Count"), title_justify="left")
        for kind, count in summary.findings.items():
            table.add_row(title_of_finding(kind, columns), f"{count:,}")
        console.print(table, markup=False)
    for place, reason in summary.rejects:
        line = _("Rejected") + " " + as_message(place) + ": " + as_message(reason)
        console.print(redacted(line), style="yellow", markup=False, highlight=False, soft_wrap=True)


def _print_release(console: Console, summary: Summary) -> None:
    if summary.release is None:
        console.print(_("No release yet."))
        return
    title = _("Release") + f" {summary.release.name}"
    table = whole_table(_("Dataset"), _("Rows"), _("Note"), title=title, title_justify="left")
    for dataset in summary.release.datasets:
        kept = _("carried over from") + f" {dataset.carried_over_from}" if dataset.carried_over_from else ""
        table.add_row(dataset.slug, f"{dataset.rows:,}", kept)
    for name, because in summary.release.left_out:
        table.add_row(name.replace("_", "-"), "–", _("held back, no earlier release") + f": {because}")
    console.print(table, markup=False)
    print_losses(console, summary.losses)
    console.print(_("Warehouse") + f": {summary.warehouse}", markup=False, highlight=False, soft_wrap=True)
    console.print(_("Release folder") + f": {summary.release.folder}", markup=False, highlight=False, soft_wrap=True)
    if summary.release.site:
        site = summary.release.folder / "site" / "index.html"
        console.print(_("Site") + f": {site}  (gongkai serve)", markup=False, highlight=False, soft_wrap=True)


def print_losses(console: Console, losses: Sequence[str]) -> None:
    """Print each dataset that waits for confirmation of a loss, a line each (flows/quality/loss_guard.py)."""
    for line in losses:
        console.print(redacted(line), style="yellow", markup=False, highlight=False, soft_wrap=True)


def print_plan(console: Console, file: Path, answer: dict[str, Any]) -> None:
    """Print a plan's facts and tasks."""
    document = answer["document"]
    heads = (_("No."), _("Task"), _("Lead"), _("Responsible"), _("Deadline"))
    table = whole_table(*heads, title=Text(f"{file.name}: {document.get('title') or ''}"))
    for task in answer["tasks"]:
        deadline = task.get("deadline_on") or task.get("deadline_text") or ""
        table.add_row(task["no"], task["title"], "、".join(task["lead_units"]), "、".join(task["responsible_units"]), str(deadline))
    console.print(table, markup=False)


def print_rows(console: Console, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, or a note where it would be empty."""
    if not rows:
        console.print(_("none"))
        return
    table = whole_table(*header)
    for row in rows:
        table.add_row(*map(_as_text, row))
    console.print(table, markup=False)


def print_records(console: Console, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows with many columns: each as a block, a filled cell a line, under the column's title, which is Chinese where both are asked for."""
    titles = {name: Message(column.title.zh, column.title.en, column.title.zh) for name, column in load_catalog().columns.items()}
    for row in rows:
        filled = [(titles.get(name, name), value) for name, value in zip(names, row, strict=True) if value is not None]
        for title, value in filled:
            console.print(title + ": " + _as_text(value), markup=False, highlight=False, soft_wrap=True)
        console.print()
    console.print(f"{len(rows)} " + _("rows"))


def _as_text(value: object) -> str:
    """A value of a row; a text that has both languages as a message."""
    return joined("；", map(_as_text, value)) if isinstance(value, list) else as_message("" if value is None else str(value))


def print_exports(console: Console, folder: Path, written: Sequence[Exported]) -> None:
    """Print which files were written, and how many cells of each kind of personal data they hold; never the values."""
    for one in written:
        console.print(f"{one.path.name}: {one.rows} " + _("rows"), markup=False, highlight=False, soft_wrap=True)
        for found in one.findings:
            what = _("holds personal data, keep it safe") + ": " + TITLES[found.kind] + f" × {found.cell_count}"
            console.print(f"  {found.column}: " + what, style="yellow", markup=False, highlight=False, soft_wrap=True)
    rows = sum(one.rows for one in written)
    counts = _("{files} files, {rows} rows", files=len(written), rows=rows)
    console.print(counts + f": {folder}", markup=False, soft_wrap=True)
    if written:
        console.print(_("drop the corrected files into the inbox: the next run takes them"))
