"""The commands that only look: current state, what a plan says, what the warehouse answers."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.cli.shared import (
    HERE,
    INCOMPLETE,
    AnswerForm,
    Form,
    JsonOption,
    WorkspaceOption,
    console,
    errors,
    example,
    make_runner,
    open_workspace,
    report_errors,
)
from flows.workspace import help_texts

if TYPE_CHECKING:
    from flows.workspace.settings import Workspace

commands = typer.Typer()


@commands.command(epilog=example("gongkai status -w demo"))
def status(workspace: WorkspaceOption = HERE, as_json: JsonOption = False) -> None:
    """当前状态。Current state: sources, warehouse, checks, latest release."""
    from flows.cli.as_json import print_json, summary_as_json
    from flows.cli.rendering import print_summary
    from flows.reports.summary import summarize

    with report_errors():
        place = open_workspace(workspace)
        if not place.warehouse.exists():
            if as_json:
                print_json(None)
            else:
                console.print("尚未建库 Nothing built yet. Run: [cyan]gongkai refresh[/cyan]")
            raise typer.Exit(0)
        summary = summarize(place)
        print_json(summary_as_json(summary)) if as_json else print_summary(console, summary)


@commands.command(epilog=example("gongkai parse plan.docx --json", "gongkai parse plans/*.txt --out answers"))
def parse(
    files: Annotated[list[Path], typer.Argument(help="Plan documents: .txt .md .html .docx .pdf", exists=True, dir_okay=False)],
    as_json: JsonOption = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write DIR/<stem>.json instead of printing.")] = None,
) -> None:
    """识读计划文件。Read plan documents and show their tasks, units and deadlines."""
    from flows.cli.rendering import print_plan
    from flows.sources.plan_process import read_plan_answer
    from flows.workspace.errors import UnreadableSource

    if out and len({file.stem for file in files}) < len(files):
        raise typer.BadParameter(
            "two files have the same stem, so one answer would overwrite the other: parse them apart", param_hint="--out"
        )
    failed = False
    for file in files:
        try:
            answer = read_plan_answer(file)
        except UnreadableSource as error:
            errors.print(str(error), markup=False, highlight=False, soft_wrap=True)
            failed = True
            continue
        text = json.dumps(answer, ensure_ascii=False, default=str, indent=None if as_json and not out else 1)
        if out:
            out.mkdir(parents=True, exist_ok=True)
            (out / f"{file.stem}.json").write_text(text + "\n", encoding="utf-8")
        elif as_json:
            sys.stdout.write(text + "\n")
        else:
            print_plan(console, file, answer)
    raise typer.Exit(INCOMPLETE if failed else 0)


@commands.command(epilog=example('gongkai query "from marts.plan_tasks limit 5"', 'gongkai query "from core.findings" --format csv'))
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT on the warehouse.")],
    workspace: WorkspaceOption = HERE,
    form: Annotated[Form, typer.Option("--format", "-f", help="How to show the rows.")] = Form.table,
    bom: Annotated[bool, typer.Option("--bom", help=help_texts.BOM)] = False,
) -> None:
    """查询数据仓库（只读）。Ask the warehouse; nothing can be changed by it."""
    from flows.cli.query_rendering import print_query

    with report_errors():
        print_query(console, open_workspace(workspace).warehouse, sql, form.value, with_mark=bom)


@commands.command(
    epilog=example(
        "gongkai audit", "gongkai audit published_before_made --format csv", "gongkai audit --all --to audit.xlsx", "gongkai audit --list"
    )
)
def audit(
    name: Annotated[str | None, typer.Argument(help="One question; left out: all of them, with the number of answers.")] = None,
    workspace: WorkspaceOption = HERE,
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", help="The day asked about; the warehouse's own.", formats=["%Y-%m-%d"])
    ] = None,
    form: Annotated[AnswerForm, typer.Option("--format", "-f", help="How to give the answers.")] = AnswerForm.table,
    listed: Annotated[bool, typer.Option("--list", help="Only list the questions.")] = False,
    every: Annotated[bool, typer.Option("--all", help="全部问题。All questions; so it is where none is named.")] = False,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="写入工作簿：索引、每问一表、来源文件。Write a workbook: index, a sheet a question, sources."),
    ] = None,
) -> None:
    """审计提问（只读）。Questions that auditors ask of the warehouse, each one SELECT in sql/audit."""
    from flows.audit import ask, find_question, load_questions
    from flows.audit import audit as verb
    from flows.cli import audit_rendering

    with report_errors():
        questions, day = load_questions(), as_of.date() if as_of else None
        if every and name:
            raise typer.BadParameter("name one question, or ask all", param_hint="--all")
        if to and not listed:
            _write_audit(open_workspace(workspace), to, name, day)
        elif listed:
            audit_rendering.print_questions(console, questions.values())
        elif name is None:
            if form is not AnswerForm.table:
                raise typer.BadParameter("name one question, whose answers have the same columns", param_hint="--format")
            audit_rendering.print_counts(console, questions, verb(open_workspace(workspace), runner=make_runner(False), as_of=day))
        elif form is AnswerForm.parquet and sys.stdout.isatty():
            raise typer.BadParameter("Parquet is no text for a terminal: write > answers.parquet behind it", param_hint="--format")
        else:
            question = find_question(name, questions)
            audit_rendering.print_answers(console, question, ask(open_workspace(workspace), question, day), form.value)


def _write_audit(place: Workspace, to: Path, name: str | None, day: date | None) -> None:
    from flows.audit import audit_workbook

    if to.suffix.lower() != ".xlsx":
        raise typer.BadParameter(f"found {to.name}; expected a name that ends with .xlsx", param_hint="--to")
    done = audit_workbook(place, to, [name] if name else [], day)
    total = sum(done.counts.values())
    console.print(f"{to}：{len(done.counts)} 问 (questions)，{total:,} 条答案 (answers)", markup=False, highlight=False, soft_wrap=True)


@commands.command(
    name="annual-report",
    epilog=example("gongkai annual-report --year 2025 --to reports", "gongkai annual-report --year 2025 --unit 县财政局 --to reports"),
)
def annual_report(
    year: Annotated[int, typer.Option("--year", "-y", help=help_texts.YEAR)],
    to: Annotated[Path, typer.Option("--to", help="Folder for the files; made where it is missing.", file_okay=False)],
    workspace: WorkspaceOption = HERE,
    unit: Annotated[str | None, typer.Option("--unit", "-u", help=help_texts.UNIT)] = None,
) -> None:
    """生成年度报告。Write the annual reports of units and government, filled from the registers, as .xlsx and .docx."""
    from flows.annual_report import annual_report as verb

    with report_errors():
        written = verb(open_workspace(workspace), runner=make_runner(False), year=year, to=to, unit=unit)
    console.print(f"已生成 {len(written)} 个文件 (files written): {to}", markup=False, soft_wrap=True)
