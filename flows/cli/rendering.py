"""What a person sees of a run on the terminal: Chinese first, English beside."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from exports.catalog import load_catalog
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
TITLES = {kind.name: kind.title for kind in KINDS}
"""What the reasons in `delivery_rule` and `progress_reason` are called."""


def print_summary(console: Console, summary: Summary) -> None:
    """The whole summary: what was read, what was found, what was released, where it is."""
    table = Table(title=f"公开 Gongkai · 数据截止日期 as of {summary.as_of}", show_header=False, title_justify="left")
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
    console.print(f"来源 {len(done.stored)} 个，读取 {len(done.read)} 个，消失 {len(done.vanished)} 个 (sources, read, vanished)")
    for message in done.short:
        console.print(redacted(message), highlight=False, markup=False)
    if done.rejected:
        named = "、".join(map(redacted, first_of(done.rejected, MAX_REJECTED)))
        words = f"退回 {len(done.rejected)} 个 (rejected, whole or in part): {named}"
        console.print(words, highlight=False, markup=False, soft_wrap=True)


def _print_ingested(console: Console, summary: Summary) -> None:
    """Print what this run did with the sources; nothing where nothing changed."""
    if summary.ingested is None:
        return
    read = len(summary.ingested.read)
    console.print(
        f"本次读取 {read} 个来源文件 (source files read in this run)" if read else "没有需要读取的文件 (nothing new: no file was read)"
    )
    for line in summary.ingested.to_rename:
        console.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
    print_changes(console, summary.ingested)


def print_changes(console: Console, done: Ingested) -> None:
    """Print what changed among the sources, a line each."""
    changes = (
        ("已消失 Vanished", done.vanished),
        ("全部换为其他文件的来源 All files replaced by others: source", done.replaced),
        ("无法读取 Out of reach", done.unreachable),
        ("位置不存在、从未有过文件的来源（请核对 gongkai.yaml） No such place, never had a file, check gongkai.yaml: source", done.absent),
    )
    for said in (*done.refused, *done.missing):
        console.print(redacted(said), style="yellow", markup=False, highlight=False, soft_wrap=True)
    for label, paths in changes:
        for path in paths:
            console.print(redacted(f"{label} {path}"), style="yellow", markup=False, highlight=False, soft_wrap=True)


def print_forgettable(console: Console, found: Sequence[Forgettable]) -> None:
    """Print what would leave the public data with these files, and the next step."""
    console.print(
        "这些来源文件已不存在，登记后其内容不再进入公开数据：These source files are gone; what was read from them leaves the public data:",
        soft_wrap=True,
    )
    for line in first_of([_forgettable_line(file) for file in found], MAX_FILES):
        console.print(redacted(f"  {line}"), markup=False, highlight=False, soft_wrap=True)
    total = f"{len(found):,} 个文件 files, {sum(file.rows or 0 for file in found):,} 行 rows"
    console.print(f"  合计 in all: {total}", markup=False, highlight=False)


def _forgettable_line(file: Forgettable) -> str:
    return file.path if file.rows is None else f"{file.path}：{file.rows:,} {'项任务 tasks' if file.kind == 'plans' else '行 rows'}"


def _print_terms(console: Console, summary: Summary) -> None:
    """Print how often each term of law and of plans was kept, one line a term."""
    if not summary.terms:
        return
    table = Table(title="法定和承诺期限 Terms of law and of plans", title_justify="left")
    table.add_column("期限 Term", max_width=36, overflow="fold")
    for head in ("按时\nin time", "逾期\nlate", "逾期未办结\noverdue", "进行中\nrunning"):
        table.add_column(head, justify="right", min_width=7)
    for title, title_en, *numbers in summary.terms:
        table.add_row(f"{title} {title_en}", *(f"{number:,}" if number else "–" for number in numbers))
    console.print(table, markup=False)


def _print_overdue(console: Console, summary: Summary) -> None:
    """Print the first few overdue tasks; the warehouse has them all."""
    if summary.overdue:
        title = f"时限已过、报告未完成的任务 Tasks reported as not done after their deadline ({summary.counts['tasks_overdue']})"
        table = whole_table("时限 Deadline", "编号 No.", "任务 Task", "文件 Document", title=title, title_justify="left")
        for deadline, number, task, document in summary.overdue:
            table.add_row(str(deadline), number, task, document)
        console.print(table, markup=False)
        _print_more(console, summary.counts["tasks_overdue"] - len(summary.overdue), "gongkai audit tasks_overdue")
    if summary.behind:
        title = f"滞后于序时进度的单位 Units behind their targets ({summary.counts['units_behind']})"
        table = whole_table("单位 Unit", "已公开 Disclosed", "目标 Target", "进度比 Pace", title=title, title_justify="left")
        for unit, disclosed, target, pace in summary.behind:
            table.add_row(unit, f"{disclosed:,}", f"{target:,}", f"{pace:.2f}")
        console.print(table, markup=False)
        _print_more(
            console, summary.counts["units_behind"] - len(summary.behind), 'gongkai query "from core.target_progress where is_behind"'
        )


def _print_more(console: Console, count: int, command: str) -> None:
    """Print how many rows a table does not show, and the command that shows them."""
    if count > 0:
        console.print(f"{and_more(count)}: {command}", markup=False, highlight=False, soft_wrap=True)


def print_checks(console: Console, summary: Summary) -> None:
    """Print the gates with their counts, and every rule that is not met."""
    gates = whole_table(
        "关口 Gate", "规则 Rules", "未通过 Not met", "其中严重 Critical", title="三道关口 Three gates", title_justify="left"
    )
    for gate, *counts in summary.gates:
        gates.add_row(GATE_TITLES[gate], *(f"{count:,}" for count in counts))
    console.print(gates, markup=False)
    if summary.docs:
        console.print(f"校验报告 Data Docs: {summary.docs}", markup=False, highlight=False, soft_wrap=True)
    if not summary.failed_rules:
        console.print(f"校验全部通过 All {summary.counts['rules']} rules hold.")
        return
    table = whole_table("严重程度 Severity", "数据表 Table", "规则 Rule", title="未通过的规则 Rules not met", title_justify="left")
    for row in summary.failed_rules:
        table.add_row(*row)
    console.print(table, markup=False)


def _print_findings(console: Console, summary: Summary) -> None:
    if summary.findings:
        columns = load_catalog().columns
        table = whole_table("发现的问题 Findings", "条数 Count", title_justify="left")
        for kind, count in summary.findings.items():
            table.add_row(title_of_finding(kind, columns), f"{count:,}")
        console.print(table, markup=False)
    for place, reason in summary.rejects:
        console.print(redacted(f"退回 Rejected {place}: {reason}"), style="yellow", markup=False, highlight=False, soft_wrap=True)


def _print_release(console: Console, summary: Summary) -> None:
    if summary.release is None:
        console.print("尚无发布包 No release yet.")
        return
    table = whole_table("数据集 Dataset", "行数 Rows", "说明 Note", title=f"发布包 Release {summary.release.name}", title_justify="left")
    for dataset in summary.release.datasets:
        kept = f"沿用上次发布 carried over from {dataset.carried_over_from}" if dataset.carried_over_from else ""
        table.add_row(dataset.slug, f"{dataset.rows:,}", kept)
    for name, because in summary.release.left_out:
        table.add_row(name.replace("_", "-"), "–", f"未通过校验，且无先前版本 held back, no earlier release: {because}")
    console.print(table, markup=False)
    print_losses(console, summary.losses)
    console.print(f"数据仓库 Warehouse: {summary.warehouse}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"发布目录 Release folder: {summary.release.folder}", markup=False, highlight=False, soft_wrap=True)
    if summary.release.site:
        site = summary.release.folder / "site" / "index.html"
        console.print(f"网站 Site: {site}  (gongkai serve)", markup=False, highlight=False, soft_wrap=True)


def print_losses(console: Console, losses: Sequence[str]) -> None:
    """Print each dataset that waits for confirmation of a loss, a line each (flows/quality/loss_guard.py)."""
    for line in losses:
        console.print(redacted(line), style="yellow", markup=False, highlight=False, soft_wrap=True)


def print_plan(console: Console, file: Path, answer: dict[str, Any]) -> None:
    """Print a plan's facts and tasks."""
    document = answer["document"]
    table = whole_table(
        "编号 No.", "任务 Task", "牵头 Lead", "责任 Responsible", "时限 Deadline", title=Text(f"{file.name}: {document.get('title') or ''}")
    )
    for task in answer["tasks"]:
        deadline = task.get("deadline_on") or task.get("deadline_text") or ""
        table.add_row(task["no"], task["title"], "、".join(task["lead_units"]), "、".join(task["responsible_units"]), str(deadline))
    console.print(table, markup=False)


def print_rows(console: Console, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table, or a note where it would be empty."""
    if not rows:
        console.print("没有 (none)")
        return
    table = whole_table(*header)
    for row in rows:
        table.add_row(*("" if value is None else "；".join(value) if isinstance(value, list) else str(value) for value in row))
    console.print(table, markup=False)


def print_records(console: Console, names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows with many columns: each as a block, a filled cell a line, under the column's Chinese title."""
    titles = {name: column.title.zh for name, column in load_catalog().columns.items()}
    for row in rows:
        filled = [(titles.get(name, name), value) for name, value in zip(names, row, strict=True) if value is not None]
        for title, value in filled:
            text = "；".join(value) if isinstance(value, list) else str(value)
            console.print(f"{title}: {text}", markup=False, highlight=False, soft_wrap=True)
        console.print()
    console.print(f"{len(rows)} 行 rows")


def print_exports(console: Console, folder: Path, written: Sequence[Exported]) -> None:
    """Print which files were written, and how many cells of each kind of personal data they hold; never the values."""
    for one in written:
        console.print(f"{one.path.name}: {one.rows} 行 rows", markup=False, highlight=False, soft_wrap=True)
        for found in one.findings:
            what = f"含个人信息，请妥善保管 holds personal data, keep it safe: {TITLES[found.kind]} × {found.cell_count}"
            console.print(f"  {found.column}: {what}", style="yellow", markup=False, highlight=False, soft_wrap=True)
    rows = sum(one.rows for one in written)
    console.print(f"{len(written)} 个文件 files，{rows} 行 rows: {folder}", markup=False, soft_wrap=True)
    if written:
        console.print("更正后放回报送目录，下次运行即替换原行 (drop the corrected files into the inbox: the next run takes them)")
