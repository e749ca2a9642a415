"""`gongkai sql`: the SQL of the warehouse's tables, as it runs."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from exports.messages import _, listed
from flows.cli.shared import example, report_errors

if TYPE_CHECKING:
    from flows.warehouse.models import Model

commands = typer.Typer()


@commands.command(epilog=example("gongkai sql", "gongkai sql core.disclosures", "gongkai sql marts.plan_tasks > plan_tasks.sql"))
def sql(
    name: Annotated[
        str | None,
        typer.Argument(
            help="一张表或视图，如 core.disclosures；缺省为全部及各自的每行含义。One table or view, such as core.disclosures; left out: all of them, with their grain."
        ),
    ] = None,
) -> None:
    """查看建表语句。Show the SELECT that makes a table of the warehouse, whether it is a file of sql/ or rendered from a template."""
    from exports.catalog import load_catalog
    from flows.warehouse.models import load_models

    with report_errors():
        models = load_models(catalog=load_catalog())
        typer.echo(describe_model(choose_model(name, models)) if name else list_models(models), nl=False)


def list_models(models: Iterable[Model]) -> str:
    """One line for each model, in the order of their names: the name, and what one row is."""
    ordered = sorted(models, key=lambda model: model.name)
    width = max(len(model.name) for model in ordered)
    return "".join(f"{model.name:{width}}  {model.grain}\n" for model in ordered)


def describe_model(model: Model) -> str:
    """The text of a model as it runs, behind a comment that says what it makes, and in which file it is changed."""
    kind = "view" if model.is_view else "table"
    return f"-- {model.name} ({kind}), from {model.place}\n{model.select.rstrip()}\n"


def choose_model(name: str, models: Iterable[Model]) -> Model:
    """The model of that name; a name without its schema will do where only one table bears it.

    Raises:
        ConfigurationError: there is none, or more than one; the message names the likest.
    """
    from flows.workspace.errors import ConfigurationError, finding

    by_name = {model.name: model for model in models}
    found = [by_name[name]] if name in by_name else [model for model in by_name.values() if model.stem == name]
    if len(found) == 1:
        return found[0]
    near = [model.name for model in found] or get_close_matches(name, by_name, n=3, cutoff=0.5) or sorted(by_name)[:3]
    expected = _("the name of a table, such as {names}", names=listed(near))
    raise ConfigurationError(finding("gongkai sql", repr(name), expected, _("All of them: gongkai sql")))
