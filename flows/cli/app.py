"""The command `gongkai`: every verb of the pipeline, and a look into what it made."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from exports.messages import Language
from flows.cli import decisions, explanation, inspection, model_sql, pipeline, proofs, releases, tables
from flows.cli.languages import OPTION, SpeakingGroup, speak
from flows.cli.new import new
from flows.cli.quarantine import quarantine
from flows.workspace import help_texts

# New objects before Python looks for garbage: a command makes some hundred thousand that stay until it ends, and to look through them at
# Python's own 700 takes a twelfth of a check.
COLLECTED_AT = (20_000, 20, 50)

app = typer.Typer(
    name="gongkai",
    cls=SpeakingGroup,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"gongkai {version('gongkai')}")
        raise typer.Exit


@app.callback()
def main(
    _language: Annotated[
        Language | None,
        typer.Option(OPTION, help=help_texts.LANGUAGE, envvar="GONGKAI_LANG", callback=speak, is_eager=True),
    ] = None,
    _: Annotated[bool, typer.Option("--version", help="版本。Print the version.", callback=_print_version, is_eager=True)] = False,
) -> None:
    """公开：让政务公开的承诺与落实可以核对。Makes government openness in China checkable.

    Exit codes: 0 all well; 1 it failed; 2 wrong usage; 3 done, but some sources were rejected or some datasets held back.
    """
    gc.set_threshold(*COLLECTED_AT)


for module in (pipeline, inspection, explanation, tables, model_sql, decisions, releases, proofs):
    app.add_typer(module.commands)
app.add_typer(quarantine, name="quarantine")
app.add_typer(new, name="new")
