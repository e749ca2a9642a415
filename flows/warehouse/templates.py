"""The Jinja templates of `sql/`: SQL that needs a descriptor's facts, rendered by name.

A template gets names, types and flags; the SQL itself stands in the template. A fact that it lacks is an error (StrictUndefined).
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from exports.catalog import PROJECT_ROOT
from exports.compiled_templates import compiled_templates
from exports.messages import _
from exports.sql_text import literal, quoted
from flows.workspace.errors import ConfigurationError, finding

SQL = PROJECT_ROOT / "sql"
SUFFIX = ".sql.j2"


def render(template: str, folder: Path = SQL, **facts: Any) -> str:
    """The SQL text of `registers/<template>.sql.j2` (or `queries/`) below `folder`.

    Raises:
        ConfigurationError: the template is missing, is no Jinja, or asks for a fact that it was not given.
    """
    try:
        return _environment(folder).get_template(template + SUFFIX).render(**facts)
    except TemplateError as error:
        raise _broken(folder, template, error) from error


def call_macro(template: str, macro: str, *values: Any, folder: Path = SQL) -> str:
    """The SQL text that one Jinja macro of a template gives, without the white space around it.

    Raises:
        ConfigurationError: as in `render`.
    """
    try:
        module = _environment(folder).get_template(template + SUFFIX).module
        return str(getattr(module, macro)(*values)).strip()
    except TemplateError as error:
        raise _broken(folder, template, error) from error


def macro_names(template: str, folder: Path = SQL) -> list[str]:
    """The names of the Jinja macros that a template defines, in order.

    Raises:
        ConfigurationError: as in `render`.
    """
    try:
        module = _environment(folder).get_template(template + SUFFIX).module
    except TemplateError as error:
        raise _broken(folder, template, error) from error
    return [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]


def _broken(folder: Path, template: str, error: TemplateError) -> ConfigurationError:
    path, line = f"{folder / 'registers' / template}{SUFFIX}", getattr(error, "lineno", None) or "?"
    place, expected = _("{file}, line {line}", file=path, line=line), _("a Jinja template that gets all its facts")
    return ConfigurationError(finding(place, str(error), expected, _("Mend the template.")))


@cache
def _environment(folder: Path) -> Environment:
    environment = Environment(  # noqa: S701 - SQL is no HTML; texts go through the filter `literal`
        loader=FileSystemLoader([folder / "registers", folder / "queries"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=compiled_templates(__file__) if folder == SQL else None,  # other folders come and go
    )
    environment.filters |= {"literal": literal, "quoted": quoted}
    environment.globals |= {"word": _words(folder / "registers"), "text": _texts(folder / "registers")}
    return environment


def _words(folder: Path) -> dict[str, dict[str, str]]:
    """Column name -> code -> its words as they stand in the column, as SQL literals with commas between: `word.progress_status.completed`."""
    words: dict[str, dict[str, str]] = {}
    for row in _rows(folder / "words.csv"):
        codes = words.setdefault(row["column_name"], {})
        codes[row["code"]] = f"{codes[row['code']]}, {literal(row['word'])}" if row["code"] in codes else literal(row["word"])
    return words


def _texts(folder: Path) -> dict[str, str]:
    """Code -> what findings say to people, Chinese first, English in brackets."""
    return {
        row["code"]: f"{row['text_zh']} ({row['text_en']})" if row["text_en"] else row["text_zh"] for row in _rows(folder / "texts.csv")
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
