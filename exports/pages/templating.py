"""Pages that people read, from the templates beside this module: Chinese first, self-contained, nothing fetched from the network."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from exports.catalog import PROJECT_ROOT
from exports.compiled_templates import compiled_templates

MARKS = {"met": "✓", "not_met": "✗", "not_run": "!"}
WORDS = {
    "marks": MARKS,
    "results": {"met": "通过 met", "not_met": "未通过 not met", "not_run": "未能执行 could not be run"},
    "severities": {"critical": "严重 critical", "warning": "警告 warning", "info": "提示 info"},
    "trends": {"first": "首次 first", "same": "不变 same", "better": "好转 better", "worse": "变差 worse"},
}


def render(template: str, **facts: Any) -> str:
    """A page as HTML; every text in it is escaped, and a fact that a template lacks is an error."""
    return _environment().get_template(template).render(**WORDS, **facts)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(PROJECT_ROOT / "exports" / "pages" / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=compiled_templates(__file__),
    )
