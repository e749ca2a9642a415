"""The commands for tables that clerks keep: what a file would be taken for, and blank ones to fill in."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exports.messages import _, arranged, joined, listed
from flows.cli.shared import HERE, INCOMPLETE, JsonOption, WorkspaceOption, console, example, open_workspace, report_errors
from flows.workspace.errors import ConfigurationError, finding

if TYPE_CHECKING:
    from flows.sources.doctor import Diagnosis

commands = typer.Typer()


@commands.command(epilog=example("gongkai doctor -w county", "gongkai doctor --json"))
def doctor(
    workspace: WorkspaceOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """检查报送目录。Say of each file in the inbox what it is taken for, what is missing, and what to paste into gongkai.yaml; nothing is built."""
    from exports.catalog import load_catalog
    from flows.cli.as_json import print_json
    from flows.privacy.redaction import redacted
    from flows.sources.doctor import examine

    with report_errors():
        ill = 0
        for found in examine(open_workspace(workspace), load_catalog()):
            ill += not found.is_well
            if as_json:
                print_json(asdict(found))
            else:
                console.print(redacted(joined("\n", _told(found))), markup=False, highlight=False, soft_wrap=True)
        if ill:
            raise typer.Exit(INCOMPLETE)


def _told(found: Diagnosis) -> list[str]:
    from flows.sources.tables.notes import WORDS

    parts = [found.kind or _("of no source"), *([f"{found.rows} " + _("rows")] if found.rows is not None else [])]
    heading = arranged("{path}：{parts}", path=found.path, parts=joined("，", parts))
    lines: list[str] = [("✓ " if found.is_well else "✗ ") + heading]
    if found.refusal:
        lines.append("    " + _("Not read") + ": " + found.refusal)
    if found.rejected_rows:
        lines.append("    " + _("{count} rows rejected", count=found.rejected_rows))
    for one in found.matched:
        header = " ".join(one.header.split())
        lines.append(arranged("    {header} → {column}（{certainty}）", header=header, column=one.column, certainty=one.certainty))
    lists = ((_("Unknown columns"), found.unknown), (_("Missing columns"), found.missing))
    lines += ["    " + label + ": " + joined("、", names) for label, names in lists if names]
    lines += ["    " + _(WORDS[kind]) + f" × {number}" for kind, number in found.notes.items()]
    if found.suits:
        lines.append("    " + _("Looks like") + ": " + joined("、", found.suits))
    if found.proposed:
        pairs = ", ".join(f"{json.dumps(header, ensure_ascii=False)}: {column}" for header, column in found.proposed.items())
        lines.append("    " + _("Paste in gongkai.yaml under source {source}", source=found.source) + f": columns: {{{pairs}}}")
    if found.by_cells:
        headers = joined("、", [f"“{header}”" for header in found.by_cells])
        lines.append("    " + _("Proposed for their cells alone, check before use") + ": " + headers)
    return lines


@commands.command(epilog=example("gongkai template disclosures", "gongkai template request_events units --out 模板"))
def template(
    registers: Annotated[
        list[str],
        typer.Argument(help="台账，名称见 docs/zh/registers.md。Registers, as docs/registers.md names them.", metavar="REGISTER…"),
    ],
    out: Annotated[Path, typer.Option("--out", help="存放工作簿的目录。Folder for the workbooks.")] = HERE,
) -> None:
    """空白台账模板。Blank workbooks for registers: headers, drop-down lists, notes; filled in, they come back through the reader exactly."""
    from exports.catalog import load_catalog
    from flows.sources.template import write_template

    with report_errors():
        catalog = load_catalog()
        names = [name.replace("-", "_") for name in registers]
        if unknown := [name for name in names if name not in catalog.registers]:
            raise ConfigurationError(
                finding(
                    "gongkai template", unknown[0], _("one of {expected}", expected=listed(catalog.registers)), _("See docs/registers.md.")
                )
            )
        for name in names:
            console.print(_("Written") + f": {write_template(name, catalog, out)}", markup=False, soft_wrap=True)
