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

DAY = "日期如 2026-10-31 a day such as 2026-10-31"
NUMBER, INTEGER, TEXT = "数字 a number", "整数 a whole number", "文字 a text"
LIST, MAPPING = "列表 a list", "若干键和值 a mapping of keys to values"
TRUE_OR_FALSE = "true 或 false true or false"
UNFORESEEN = "文档所述的值 what the documentation says"
EXPECTED: Mapping[str, str] = {  # pydantic's kind of fault -> what a person should write; {names} are facts that pydantic gives with it
    "missing": "此项必填 this key, it is required",
    "string_type": TEXT,
    "string_unicode": TEXT,
    "string_sub_type": TEXT,
    "string_too_short": "至少 {min_length} 个字 at least {min_length} characters",
    "string_too_long": "至多 {max_length} 个字 at most {max_length} characters",
    "string_pattern_mismatch": "符合式样 {pattern} 的文字 a text that matches {pattern}",
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
    "too_short": "至少 {min_length} 项 at least {min_length} of them",
    "too_long": "至多 {max_length} 项 at most {max_length} of them",
    "dict_type": MAPPING,
    "model_type": MAPPING,
    "model_attributes_type": MAPPING,
    "invalid_key": "文字的键 keys that are texts",
    "greater_than": "大于 {gt} more than {gt}",
    "greater_than_equal": "不小于 {ge} at least {ge}",
    "less_than": "小于 {lt} less than {lt}",
    "less_than_equal": "不大于 {le} at most {le}",
    "literal_error": "下列之一 one of {expected}",
    "value_error": "{error}",
}


def describe_fault(path: Path, error: ValidationError, model: type[BaseModel]) -> tuple[str, str, str]:
    """Place, finding and expectation of the first fault of a file: a key misspelt rather than the one that is missing for it."""
    first = min(error.errors(), key=lambda fault: fault["type"] != "extra_forbidden")
    place = f"{path}: {'.'.join(_describe_key(key) for key in first['loc']) or 'the whole file'}"
    return place, _describe_value(first["type"], first["input"]), _expected(first, model)


def _expected(fault: Any, model: type[BaseModel]) -> str:
    """What should be there instead: for an unknown key the known one that is most alike; for a text of a certain form an example."""
    key = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        alike = difflib.get_close_matches(key, sorted(_keys_of(model)), n=1)
        return "文档所列的键 a key of the settings page" + (f"，是否应为 did you mean `{alike[0]}`?" if alike else "")
    words = EXPECTED.get(fault["type"], UNFORESEEN).format(**fault.get("ctx", {}))
    example = next((str(field.examples[0]) for name, field in fields_of(model) if name == key and field.examples), "")
    return f"{words}，如 such as {example}" if example else words


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
    at = error.problem_mark
    place = f"line {at.line + 1}, column {at.column + 1}: " if at else ""
    return place + re.sub(r"(['\"]).{2,}\1", "…", error.problem or type(error).__name__)


def _describe_key(key: object) -> str:
    """A key that a message may show; one that is no word of settings may be a secret in a key's place."""
    return str(key) if isinstance(key, int) or (re.fullmatch(r"[^\W\d][\w.-]{0,40}", str(key)) and not looks_random(str(key))) else "…"


def _describe_value(fault: str, value: object) -> str:
    """What a message shows of a wrong value: numbers and dates unchanged, for a text only that it is one."""
    if fault in {"extra_forbidden", "missing"}:
        return "未知的键 an unknown key" if fault == "extra_forbidden" else "没有 nothing"
    if isinstance(value, bool | int | float | date) or value is None:
        return repr(value) if not isinstance(value, int) or abs(value) < 10**6 else "a number"
    kinds = {str: "a text", list: "a list", tuple: "a list", dict: "a mapping"}
    return f"{kinds.get(type(value), 'a value')} of length {len(value)}" if isinstance(value, str | list | tuple | dict) else "a value"
