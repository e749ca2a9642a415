"""`gongkai quarantine`: quarantined rows, to look at and to correct."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from exports.messages import _
from flows.cli.shared import (
    HERE,
    WorkspaceOption,
    console,
    example,
    open_workspace,
    report_errors,
    wrong_use,
)

quarantine = typer.Typer(
    help="暂存待核的数据行：清单、查看、导出更正。Rows set aside: list them, look at them, hand them to clerks for correction.",
    epilog=example("gongkai quarantine list", "gongkai quarantine export --all --to to-mend"),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@quarantine.command("list", epilog=example("gongkai quarantine list"))
def quarantine_list(workspace: WorkspaceOption = HERE) -> None:
    """暂存待核清单。What is set aside: table, rule, unit, rows."""
    from flows.cli.rendering import print_rows
    from flows.quality.quarantine_export import overview

    with report_errors():
        print_rows(console, (_("Table"), _("Rule"), _("Unit"), _("Rows")), overview(open_workspace(workspace)))


@quarantine.command("show", epilog=example("gongkai quarantine show disclosures --unit 县财政局 --limit 5"))
def quarantine_show(
    table: Annotated[str, typer.Argument(help="清单中的一张表。A table of the list.")],
    workspace: WorkspaceOption = HERE,
    rule: Annotated[
        str, typer.Option(help="只看违反名称含此文字的规则的行。Only rows that break a rule with these words in its name.")
    ] = "",
    unit: Annotated[str, typer.Option(help="只看名称含此文字的单位的行。Only rows of units with these words in their name.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="至多这么多行。So many rows at most.")] = 20,
) -> None:
    """查看暂存待核行（个人信息已隐去）。Rows set aside, with place and rules; private cells are masked."""
    from flows.cli.rendering import print_records
    from flows.quality.quarantine_export import look

    with report_errors():
        print_records(console, *look(open_workspace(workspace), table, rule, unit, limit))


@quarantine.command(
    "export", epilog=example("gongkai quarantine export --all --to to-mend", "gongkai quarantine export --unit 县财政局 --to to-mend")
)
def quarantine_export(
    to: Annotated[Path, typer.Option("--to", help="存放文件的目录。Folder for the files.", file_okay=False)],
    workspace: WorkspaceOption = HERE,
    unit: Annotated[str | None, typer.Option(help="只导出名称含此文字的单位。Only units with these words in their name.")] = None,
    every: Annotated[bool, typer.Option("--all", help="每个单位一个文件。A file for every unit.")] = False,
) -> None:
    """导出待更正的行，每单位一个 CSV；更正后放回报送目录即可。A CSV a unit for clerks to mend and drop into the inbox."""
    from flows.cli.rendering import print_exports
    from flows.quality.quarantine_export import export

    if every == (unit is not None):
        raise wrong_use(_("say either --unit UNIT or --all"), "--unit / --all")
    with report_errors():
        print_exports(console, to, export(open_workspace(workspace), to, unit))
