"""`gongkai explain`: kinds of finding in words: what is meant, how often and where it was found, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exports.messages import Message, _, arranged, as_message, joined, listed
from flows.cli.shared import HERE, WorkspaceOption, console, example, open_workspace, report_errors

if TYPE_CHECKING:
    import duckdb

commands = typer.Typer()
EXAMPLES = 5
COUNTS = "select finding_kind, count(*) from core.findings group by 1 order by 2 desc, 1"
PLACES = "select register_name, column_name, count(*) from core.findings where finding_kind = ? group by all order by 3 desc, 1, 2"
RULES = """
    select rules.rule_title, rules.rule_title_en, rules.law, rules.article, count(*)
    from core.findings as findings inner join reference.clock_rules as rules using (rule_id)
    where finding_kind = ? group by all order by 5 desc, 1
"""
SOME = f"""
    select source_path, source_sheet, source_row, record_id, finding_text
    from core.findings where finding_kind = ? order by source_path, source_row, record_id limit {EXAMPLES}
"""


@commands.command(epilog=example("gongkai explain", "gongkai explain overdue", "gongkai explain unknown_unit -w county"))
def explain(
    kind: Annotated[
        str | None,
        typer.Argument(
            help="问题的类别，如 overdue；缺省为已发现的各类及条数。A kind of finding, such as overdue; left out: those found, with counts."
        ),
    ] = None,
    workspace: WorkspaceOption = HERE,
) -> None:
    """解释一类问题。What a kind of finding means, how often and where it was found, its rule, examples, and what to do."""
    import duckdb

    from exports.catalog import load_catalog
    from flows.workspace.errors import ConfigurationError, finding

    with report_errors():
        columns = load_catalog().columns
        warehouse = open_workspace(workspace).warehouse
        if not warehouse.exists():
            raise ConfigurationError(finding(str(warehouse), _("no warehouse"), _("one with findings"), _("Run: gongkai refresh")))
        with duckdb.connect(str(warehouse), read_only=True) as connection:
            counts = dict(connection.execute(COUNTS).fetchall())
            lines = describe(connection, find_kind(kind, counts), columns, counts) if kind else list_kinds(counts, columns)
        for line in lines:
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def list_kinds(counts: Mapping[str, int], columns: Mapping[str, Any]) -> list[str]:
    """A line for each kind that was found, the most frequent first: its code, how often, and its title."""
    from flows.reports.overview import title_of_finding

    if not counts:
        return [_("No findings.")]
    wide = max(map(len, counts))
    return [f"{kind:<{wide}}  {count:>8,}  " + title_of_finding(kind, columns) for kind, count in counts.items()]


def describe(connection: duckdb.DuckDBPyConnection, kind: str, columns: Mapping[str, Any], counts: Mapping[str, int]) -> list[str]:
    """Title and number of a kind, where it was found, the rules of law behind it, the first few in full, and how to see all."""
    from flows.privacy.redaction import redacted
    from flows.reports.overview import title_of_finding

    heading = arranged("{kind}：{title}", kind=kind, title=title_of_finding(kind, columns))
    lines: list[str] = [heading, _("{count:,} in all", count=counts.get(kind, 0))]
    for register, column, count in connection.execute(PLACES, [kind]).fetchall():
        what = columns[column].title if column in columns else None
        parts = filter(None, (register, Message(what.zh, what.en, what.zh) if what else column))
        lines.append("  " + (joined("、", parts) or _("plans")) + f": {count:,}")
    for title, title_en, law, article, count in connection.execute(RULES, [kind]).fetchall():
        rule = arranged("{by} {title}（{law}{article}）", by=_("by"), title=Message(title, title_en), law=law, article=article)
        lines.append("  " + rule + f": {count:,}")
    for path, sheet, row, record, text in connection.execute(SOME, [kind]).fetchall():
        lines.append(redacted(_("such as") + " " + _place(path, sheet, row) + f" [{record}]"))
        lines.append(redacted("    " + as_message(text)))
    return [*lines, _("All of them") + f": gongkai query \"from core.findings where finding_kind = '{kind}'\""]


def find_kind(kind: str, found: Mapping[str, int]) -> str:
    """The kind of that name: one found in this warehouse, or one that the program knows.

    Raises:
        ConfigurationError: neither; the message names the likest.
    """
    from flows.reports.overview import titles_of_findings
    from flows.workspace.errors import ConfigurationError, finding

    known = [*found, *(name for name in titles_of_findings() if name not in found)]
    if kind in known:
        return kind
    near: Sequence[str] = get_close_matches(kind, known, n=3, cutoff=0.4) or known[:3]
    expected = _("a kind of finding, such as {names}", names=listed(near))
    raise ConfigurationError(finding("gongkai explain", repr(kind), expected, _("Those found here: gongkai explain")))


def _place(path: str | None, sheet: str | None, row: int | None) -> Message:
    return joined("，", filter(None, (path or "—", sheet, _("row {row}", row=row) if row is not None else None)))
