"""What is wrong in a YAML file that people write, in words that repeat no text of it: people put tokens in wrong places."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from exports.credentials import looks_random
from exports.messages import N_, _

DAY = N_("a day such as 2026-10-31")
NUMBER, INTEGER, TEXT = N_("a number"), N_("a whole number"), N_("a text")
LIST, MAPPING = N_("a list"), N_("a mapping of keys to values")
TRUE_OR_FALSE = N_("true or false")
UNFORESEEN = N_("what the documentation says")
EXPECTED: Mapping[str, str] = {  # pydantic's kind of fault -> what a person should write; {names} are facts that pydantic gives with it
    "missing": N_("this key, it is required"),
    "string_type": TEXT,
    "string_unicode": TEXT,
    "string_sub_type": TEXT,
    "string_too_short": N_("at least {min_length} characters"),
    "string_too_long": N_("at most {max_length} characters"),
    "string_pattern_mismatch": N_("a text that matches {pattern}"),
    "int_type": INTEGER,
    "int_parsing": INTEGER,
    "int_parsing_size": INTEGER,
    "int_from_float": INTEGER,
    "float_type": NUMBER,
    "float_parsing": NUMBER,
    "finite_number": NUMBER,
    "bool_type": TRUE_OR_FALSE,
    "bool_parsing": TRUE_OR_FALSE,
    "date_type": DAY,
    "date_parsing": DAY,
    "date_from_datetime_parsing": DAY,
    "date_from_datetime_inexact": DAY,
    "list_type": LIST,
    "tuple_type": LIST,
    "too_short": N_("at least {min_length} of them"),
    "too_long": N_("at most {max_length} of them"),
    "dict_type": MAPPING,
    "model_type": MAPPING,
    "model_attributes_type": MAPPING,
    "invalid_key": N_("keys that are texts"),
    "greater_than": N_("more than {gt}"),
    "greater_than_equal": N_("at least {ge}"),
    "less_than": N_("less than {lt}"),
    "less_than_equal": N_("at most {le}"),
    "literal_error": N_("one of {expected}"),
    "enum": N_("one of {expected}"),
    "value_error": "{error}",
}


def describe_fault(path: Path, error: ValidationError, model: type[BaseModel]) -> tuple[str, str, str]:
    """Place, finding and expectation of the first fault of a file: a key misspelt rather than the one that is missing for it."""
    first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    keys = ".".join(_describe_key(key) for key in first["loc"]) or _("the whole file")
    place = _("{path}: {place}", path=path, place=keys)
    return place, _describe_value(first["type"], first["input"]), _expected(first, model)


def _expected(fault: Any, model: type[BaseModel]) -> str:
    """What should be there instead: for an unknown key the known one that is most alike; for a text of a certain form an example."""
    key = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        alike = difflib.get_close_matches(key, sorted(_keys_of(model)), n=1)
        if alike:
            return _("a key of the settings page, did you mean `{key}`?", key=alike[0])
        return _("a key of the settings page")
    facts = {name: fact.args[0] if isinstance(fact, ValueError) else fact for name, fact in fault.get("ctx", {}).items()}
    words = _(EXPECTED.get(fault["type"], UNFORESEEN), **facts)
    example = next((str(field.examples[0]) for name, field in fields_of(model) if name == key and field.examples), "")
    return _("{what}, such as {example}", what=words, example=example) if example else words


def _keys_of(model: type[BaseModel]) -> set[str]:
    """Every key that may be used in a file of this form, at any level."""
    return {field.alias or name for name, field in fields_of(model)}


def fields_of(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """Every field of a form and of the forms within it, with its name."""
    for name, field in model.model_fields.items():
        yield name, field
        for inner in models_in(field.annotation):
            yield from fields_of(inner)


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The forms that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def describe_yaml_error(error: Exception) -> str:
    """Where a file is not YAML and why, without the line's text; words that the parser quotes may be part of it."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return error.strerror or type(error).__name__ if isinstance(error, OSError) else type(error).__name__
    why = re.sub(r"(['\"]).{2,}\1", "…", error.problem or type(error).__name__)
    at = error.problem_mark
    return _("line {line}, column {column}: {why}", line=at.line + 1, column=at.column + 1, why=why) if at else why


def _describe_key(key: object) -> str:
    """A key that a message may show; one that is no word of settings may be a secret in a key's place."""
    return str(key) if isinstance(key, int) or (re.fullmatch(r"[^\W\d][\w.-]{0,40}", str(key)) and not looks_random(str(key))) else "…"


def _describe_value(fault: str, value: object) -> str:
    """What a message shows of a wrong value: numbers and dates unchanged, for a text only that it is one."""
    if fault in {"extra_forbidden", "missing"}:
        return _("an unknown key") if fault == "extra_forbidden" else _("nothing")
    if isinstance(value, bool | int | float | date) or value is None:
        return repr(value) if not isinstance(value, int) or abs(value) < 10**6 else _("a large number")
    for kind, words in (
        (str, N_("a text of length {length}")),
        ((list, tuple), N_("a list of length {length}")),
        (dict, N_("a mapping of length {length}")),
    ):
        if isinstance(value, kind):
            return _(words, length=len(value))
    return _("a value of another kind")
