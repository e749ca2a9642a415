"""`gongkai new`: writes the files of a new dataset or register into a checkout and lists what is left to write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from exports.messages import _
from flows.cli.shared import console, example, report_errors

CHECKOUT = Path(__file__).resolve().parents[2]
ROOT_OPTION = typer.Option("--root", help="本项目代码的目录。The checkout.", hidden=True)

new = typer.Typer(
    help="新建数据集或台账的文件。The files of a new dataset or register, in a checkout of this project.",
    epilog=example("gongkai new dataset unit_workload"),
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@new.command("dataset", epilog=example("gongkai new dataset unit_workload"))
def new_dataset(
    name: Annotated[str, typer.Argument(help="以下划线相连的小写名称，用作文件名、表名和网址。snake_case: file stem, table, and slug.")],
    root: Annotated[Path, ROOT_OPTION] = CHECKOUT,
) -> None:
    """新数据集：描述文件和集市表。A dataset from tables that are there: its descriptor and its mart."""
    from flows.cli.new_files import dataset_files, write_files

    with report_errors():
        texts = dataset_files(root, name)
        write_files(root, texts)
    _print_left(name, list(texts), ["expectations/marts/: " + _("what must be true beyond types and keys (docs/checks.md)")])


@new.command(
    "register",
    epilog=example("gongkai new register open_days --headers 活动名称,举办单位,举办日期,参加人数 --public --measure open_days_held"),
)
def new_register(
    name: Annotated[str, typer.Argument(help="以下划线相连的小写名称，用作文件名、表名和网址。snake_case: file stem, table, and slug.")],
    headers: Annotated[
        str, typer.Option("--headers", help="经办人员表格的表头，以逗号分隔。The headers of the clerks' table, separated by commas.")
    ],
    public: Annotated[
        bool, typer.Option("--public", help="各行逐条公开，同时成为数据集。Its rows are public one by one: a dataset too.")
    ] = False,
    measure: Annotated[
        str | None, typer.Option("--measure", help="供考核办法使用的计量项名称。A measure of its records for scoring schemes, by its name.")
    ] = None,
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
            "sql/reference/code_words.csv: " + _("the words of a column with an `enum`"),
            *(["tests/audit/questions.yaml: " + _("the case of the question, if you change the question")] if QUESTIONS in texts else []),
            *([] if measure else ["measures: " + _("in the descriptor, if its records score (docs/scorecards.md)")]),
        ],
    )


def _print_left(name: str, paths: Sequence[Path], more: Sequence[str]) -> None:
    from exports.catalog import PLACEHOLDERS

    console.print(_("Written") + ":")
    for path in paths:
        console.print(f"  {path}", markup=False, highlight=False, soft_wrap=True)
    console.print(_("Left to do") + ":")
    places = "/".join(PLACEHOLDERS)
    steps: list[str] = [_("replace every placeholder {places}: a refresh refuses them", places=places), *more]
    steps += ["make docs", f'gongkai init demo --sample && gongkai refresh -w demo && gongkai query -w demo "from core.{name}"']
    for step in steps:
        console.print("  " + step, markup=False, highlight=False, soft_wrap=True)
