"""The commands that lead from a public figure to its sources: the way there, and the proof that they give it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from exports.messages import _
from flows.cli.releases import report
from flows.cli.shared import FAILED, HERE, WorkspaceOption, console, errors, example, make_runner, open_workspace, report_errors, wrong_use

if TYPE_CHECKING:
    from exports.release.manifest import Release
    from flows.workspace.settings import Workspace

commands = typer.Typer()


@commands.command(
    epilog=example(
        "gongkai prove disclosures QC03/2026-00125 > proof.json",
        "gongkai prove --check proof.json",
        "gongkai prove disclosures QC03/2026-00125 --path-only",
    )
)
def prove(
    dataset: Annotated[str | None, typer.Argument(help="数据集。A dataset.")] = None,
    row_key: Annotated[
        str | None, typer.Argument(metavar="KEY", help="主键，多列以 | 相连。The row's primary key, several values joined by |.")
    ] = None,
    workspace: WorkspaceOption = HERE,
    release: Annotated[str, typer.Option("--release", "-r", help="发布名称、日期或目录。A release: name, day or folder.")] = "latest",
    check: Annotated[Path | None, typer.Option("--check", help="核对此证明。Check this proof against the manifest.", exists=True)] = None,
    path_only: Annotated[
        bool, typer.Option("--path-only", help="不重算，只给路径。Do not compute the row anew: only its way to the root.")
    ] = False,
) -> None:
    """一行数据的证明：由来源文件重新算出，并给出到清单的路径。Compute one row anew from the bytes of its sources, say whether it is equal, and
    give its way to the root in the manifest, by which it can be checked without the other rows.
    """
    from flows.publication.stored_releases import find_release
    from flows.publication.verification import prove_path, require_public, wrong_proof

    with report_errors():
        place = open_workspace(workspace)
        found = find_release(place, release)
        if check:
            report(check.name, wrong_proof(check, found))
        if not dataset or not row_key:
            raise wrong_use(_("name a dataset and the key of a row, or --check a proof"), "DATASET KEY")
        if not path_only:
            _prove_anew(place, found, dataset, row_key)
        require_public(place, found, dataset, row_key)
        _print_proof(prove_path(found, dataset, row_key))


def _prove_anew(place: Workspace, release: Release, dataset: str, key: str) -> None:
    """Print the proof with what came of computing the row again, and in words on the other channel whether it is equal."""
    from flows.cli.proof_rendering import facts_of, lines_of
    from flows.privacy.redaction import redacted
    from flows.prove import prove as verb

    proof = verb(place, release, dataset, key, runner=make_runner(False))
    if proof.path:
        _print_proof(facts_of(proof))
    for line in lines_of(proof):
        errors.print(redacted(line), markup=False, highlight=False, soft_wrap=True)
    outcome = _("equal") if proof.is_equal else _("differs")
    errors.print(f"{release.name} {dataset} {key}: " + outcome, markup=False, soft_wrap=True)
    raise typer.Exit(0 if proof.is_equal else FAILED)


def _print_proof(facts: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1) + "\n")


class TraceForm(StrEnum):
    words = "words"
    json = "json"


@commands.command(
    epilog=example(
        "gongkai trace disclosures QC03/2026-00125 days_late",
        'gongkai trace task_delivery "栖公开办〔2026〕3号#003|990101/水利局" --format json',
    )
)
def trace(
    dataset: Annotated[str, typer.Argument(help="数据集。A dataset.")],
    row_key: Annotated[str, typer.Argument(metavar="KEY", help="主键，多列以 | 相连。The row's primary key, several values joined by |.")],
    column: Annotated[str | None, typer.Argument(help="列，缺省为整行。A column; left out: the whole row.")] = None,
    workspace: WorkspaceOption = HERE,
    form: Annotated[TraceForm, typer.Option("--format", "-f", help="追溯过程的形式。How to show the way.")] = TraceForm.words,
) -> None:
    """从公开的数字追溯到来源单元格。The way from a public figure back to the source cells, with the rule and article on it."""
    from flows.cli.trace_rendering import print_trace
    from flows.reports.trace import trace as verb

    with report_errors():
        found = verb(open_workspace(workspace), dataset, row_key, column)
        if form is TraceForm.json:
            sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, default=str) + "\n")
        else:
            print_trace(console, found)
