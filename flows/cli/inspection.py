"""The commands that only look: current state, what a plan says, what the warehouse answers."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exports.messages import _, arranged
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
    wrong_use,
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
                console.print(_("Nothing built yet. Run:") + " [cyan]gongkai refresh[/cyan]")
            raise typer.Exit(0)
        summary = summarize(place)
        print_json(summary_as_json(summary)) if as_json else print_summary(console, summary)


@commands.command(epilog=example("gongkai parse plan.docx --json", "gongkai parse plans/*.txt --out answers"))
def parse(
    files: Annotated[list[Path], typer.Argument(help="计划文件。Plan documents: .txt .md .html .docx .pdf", exists=True, dir_okay=False)],
    as_json: JsonOption = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="写入 目录/<文件名>.json，不显示。Write DIR/<stem>.json instead of printing.")
    ] = None,
) -> None:
    """识读计划文件。Read plan documents and show their tasks, units and deadlines."""
    from flows.cli.rendering import print_plan
    from flows.sources.plan_process import read_plan_answer
    from flows.workspace.errors import UnreadableSource

    if out and len({file.stem for file in files}) < len(files):
        raise wrong_use(_("two files have the same stem, so one answer would overwrite the other: parse them apart"), "--out")
    failed = False
    for file in files:
        try:
            answer = read_plan_answer(file)
        except UnreadableSource as error:
            errors.print(error.words, markup=False, highlight=False, soft_wrap=True)
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
    sql: Annotated[str, typer.Argument(help="一条查询数据仓库的 SELECT。One SELECT on the warehouse.")],
    workspace: WorkspaceOption = HERE,
    form: Annotated[Form, typer.Option("--format", "-f", help="显示的形式。How to show the rows.")] = Form.table,
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
    name: Annotated[
        str | None,
        typer.Argument(help="一个问题，缺省为全部问题及各自的答案数。One question; left out: all of them, with the number of answers."),
    ] = None,
    workspace: WorkspaceOption = HERE,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", help="所问的日期，缺省为数据仓库的截止日期。The day asked about; the warehouse's own.", formats=["%Y-%m-%d"]
        ),
    ] = None,
    form: Annotated[AnswerForm, typer.Option("--format", "-f", help="答案的形式。How to give the answers.")] = AnswerForm.table,
    listed: Annotated[bool, typer.Option("--list", help="只列出问题。Only list the questions.")] = False,
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
            raise wrong_use(_("name one question, or ask all"), "--all")
        if to and not listed:
            _write_audit(open_workspace(workspace), to, name, day)
        elif listed:
            audit_rendering.print_questions(console, questions.values())
        elif name is None:
            if form is not AnswerForm.table:
                raise wrong_use(_("name one question, whose answers have the same columns"), "--format")
            audit_rendering.print_counts(console, questions, verb(open_workspace(workspace), runner=make_runner(False), as_of=day))
        elif form is AnswerForm.parquet and sys.stdout.isatty():
            raise wrong_use(_("Parquet is no text for a terminal: write > answers.parquet behind it"), "--format")
        else:
            question = find_question(name, questions)
            audit_rendering.print_answers(console, question, ask(open_workspace(workspace), question, day), form.value)


def _write_audit(place: Workspace, to: Path, name: str | None, day: date | None) -> None:
    from flows.audit import audit_workbook

    if to.suffix.lower() != ".xlsx":
        raise wrong_use(_("found {name}; expected a name that ends with .xlsx", name=to.name), "--to")
    done = audit_workbook(place, to, [name] if name else [], day)
    total = sum(done.counts.values())
    counts = _("{questions} questions, {answers:,} answers", questions=len(done.counts), answers=total)
    console.print(arranged("{path}：{counts}", path=to, counts=counts), markup=False, highlight=False, soft_wrap=True)


@commands.command(
    name="annual-report",
    epilog=example("gongkai annual-report --year 2025 --to reports", "gongkai annual-report --year 2025 --unit 县财政局 --to reports"),
)
def annual_report(
    year: Annotated[int, typer.Option("--year", "-y", help=help_texts.YEAR)],
    to: Annotated[
        Path, typer.Option("--to", help="存放文件的目录，没有则新建。Folder for the files; made where it is missing.", file_okay=False)
    ],
    workspace: WorkspaceOption = HERE,
    unit: Annotated[str | None, typer.Option("--unit", "-u", help=help_texts.UNIT)] = None,
) -> None:
    """生成年度报告。Write the annual reports of units and government, filled from the registers, as .xlsx and .docx."""
    from flows.annual_report import annual_report as verb

    with report_errors():
        written = verb(open_workspace(workspace), runner=make_runner(False), year=year, to=to, unit=unit)
    console.print(_("{count} files written", count=len(written)) + f": {to}", markup=False, soft_wrap=True)
