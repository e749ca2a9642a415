"""`gongkai new`: writes the files of a new dataset or register into a checkout and lists what is left to write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from flows.cli.shared import console, example, report_errors

CHECKOUT = Path(__file__).resolve().parents[2]
ROOT_OPTION = typer.Option("--root", help="The checkout.", hidden=True)

new = typer.Typer(
    help="新建数据集或台账的文件。The files of a new dataset or register, in a checkout of this project.",
    epilog=example("gongkai new dataset unit_workload"),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@new.command("dataset", epilog=example("gongkai new dataset unit_workload"))
def new_dataset(
    name: Annotated[str, typer.Argument(help="snake_case: file stem, table, and slug.")], root: Annotated[Path, ROOT_OPTION] = CHECKOUT
) -> None:
    """新数据集：描述文件和集市表。A dataset from tables that are there: its descriptor and its mart."""
    from flows.cli.new_files import dataset_files, write_files

    with report_errors():
        texts = dataset_files(root, name)
        write_files(root, texts)
    _print_left(name, list(texts), ["expectations/marts/: what must be true beyond types and keys (docs/checks.md)"])


@new.command(
    "register",
    epilog=example("gongkai new register open_days --headers 活动名称,举办单位,举办日期,参加人数 --public --measure open_days_held"),
)
def new_register(
    name: Annotated[str, typer.Argument(help="snake_case: file stem, table, and slug.")],
    headers: Annotated[str, typer.Option("--headers", help="The headers of the clerks' table, separated by commas.")],
    public: Annotated[bool, typer.Option("--public", help="Its rows are public one by one: a dataset too.")] = False,
    measure: Annotated[str | None, typer.Option("--measure", help="A measure of its records for scoring schemes, by its name.")] = None,
    root: Annotated[Path, ROOT_OPTION] = CHECKOUT,
) -> None:
    """新台账：描述文件、示例、审计问题、计量项。A register: its descriptor, sample rows, an audit question, a measure, and new words of the dictionary."""
    from flows.cli.new_files import QUESTIONS, register_files, write_files

    with report_errors():
        words = [part.strip() for part in headers.replace("，", ",").split(",") if part.strip()]
        texts = register_files(root, name, words, public, measure)
        write_files(root, texts)
    _print_left(
        name,
        list(texts),
        [
            "sql/reference/code_words.csv: the words of a column with an `enum`",
            *(["tests/audit/questions.yaml: the case of the question, if you change the question"] if QUESTIONS in texts else []),
            *([] if measure else ["measures: in the descriptor, if its records score (docs/scorecards.md)"]),
        ],
    )


def _print_left(name: str, paths: Sequence[Path], more: Sequence[str]) -> None:
    from exports.catalog import PLACEHOLDERS

    console.print("已写入 Written:")
    for path in paths:
        console.print(f"  {path}", markup=False, highlight=False, soft_wrap=True)
    console.print("还需 Left to do:")
    steps = [f"把每处 {'/'.join(PLACEHOLDERS)} 写成内容 replace every placeholder: a refresh refuses them", *more]
    steps += ["make docs", f'gongkai init demo --sample && gongkai refresh -w demo && gongkai query -w demo "from core.{name}"']
    for step in steps:
        console.print(f"  {step}", markup=False, highlight=False, soft_wrap=True)
