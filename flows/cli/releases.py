"""The commands for stored releases: what changed between two of them."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from typing import Annotated

import typer

from flows.cli.shared import HERE, WorkspaceOption, console, example, report_errors
from flows.workspace.settings import Workspace

commands = typer.Typer()


class DiffForm(StrEnum):
    words = "words"
    csv = "csv"
    json = "json"


@commands.command(
    epilog=example("gongkai diff", "gongkai diff 2026-10-30 2026-10-31 --dataset disclosures", "gongkai diff --format csv > changes.csv")
)
def diff(
    earlier: Annotated[
        str | None,
        typer.Argument(help="较早的发布，缺省为较晚者的前一次。Name, day or folder; left out: the release before the later one."),
    ] = None,
    later: Annotated[str, typer.Argument(help="较晚的发布，缺省为最新。The later release; left out: the latest.")] = "latest",
    workspace: WorkspaceOption = HERE,
    dataset: Annotated[
        list[str] | None, typer.Option("--dataset", "-d", help="只看此数据集，可重复。Only this dataset; may be repeated.")
    ] = None,
    form: Annotated[DiffForm, typer.Option("--format", "-f", help="How to show the changes.")] = DiffForm.words,
) -> None:
    """两次发布之间的变更。What changed from one release to another, by today's rules of what may be shown."""
    from flows.privacy.redaction import redacted
    from flows.publication.diff import COLUMNS, difference
    from flows.publication.stored_releases import find_release, release_before

    with report_errors():
        place = Workspace.open(workspace)
        newer = find_release(place, later)
        older = find_release(place, earlier) if earlier else release_before(newer)
        with difference(place, older, newer, tuple(dataset or ())) as found:
            if form is DiffForm.words:
                console.print(f"{older.name if older else '（无 none）'} → {newer.name}", markup=False, highlight=False, soft_wrap=True)
                for line in found.words():
                    console.print(redacted(line), markup=False, highlight=False, soft_wrap=True)
            elif form is DiffForm.csv:
                csv.writer(sys.stdout).writerows([COLUMNS, *found.rows()])
            else:
                rows = [dict(zip(COLUMNS, row, strict=True)) for row in found.rows()]
                sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
