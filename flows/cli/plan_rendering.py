"""What a refresh would do, on the terminal: step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from exports.messages import Message, _, arranged, joined
from flows.privacy.redaction import redacted
from flows.refresh_plan import reasons
from flows.workspace.cut_lists import and_more

if TYPE_CHECKING:
    from rich.console import Console

    from flows.refresh_plan import Plan

SHOWN = 8  # files, and tables of one reason, that are named


def print_plan(console: Console, plan: Plan, portal: str | None, *, shows_all: bool = False) -> None:
    """Print the plan; no more than some files and tables of each kind unless `shows_all`."""
    for line in _lines(plan, portal, None if shows_all else SHOWN):
        console.print(redacted(line), markup=False, highlight=False, soft_wrap=True)


def _lines(plan: Plan, portal: str | None, shown: int | None) -> list[str]:
    left_out = ["    " + sentence for sentence in plan.left_out]
    if plan.is_empty:
        return [
            _("nothing to do: sources, settings, code and day are as they were"),
            *left_out,
        ]
    maybe = [each.table for each in plan.tables if not each.is_sure]
    sure = len(plan.tables) - len(maybe)
    lines: list[str] = [_step(1, _("ingest"), _("{count} files", count=len(plan.files)))]
    lines += ["    " + what + f": {path}" for path, what in plan.files[:shown]]
    lines += [*_rest(len(plan.files), shown), *left_out]
    built = _(
        "{sure} tables made again, {maybe} only if what they read comes out otherwise, {kept} taken over",
        sure=sure,
        maybe=len(maybe),
        kept=plan.table_count - len(plan.tables),
    )
    lines.append(_step(2, _("build"), built))
    lines += ["    " + _named(tables, shown) + " ← " + joined("、", because) for because, tables in reasons(plan.tables).items()]
    if maybe:
        lines.append("    " + _("if it differs") + ": " + _named(maybe, shown))
    checked = _("at most {rules} rules counted again, {kept} results taken over", rules=plan.rules, kept=plan.rule_count - plan.rules)
    lines.append(_step(3, _("check"), checked))
    written = len(plan.datasets)
    released = _("at most {written} datasets written again, the files of {kept} linked", written=written, kept=plan.dataset_count - written)
    lines += [_step(4, _("release"), released), "    " + _named(plan.datasets, shown)]
    lines.append(_step(5, _("publish"), portal or _("none is set")))
    return lines


def _step(number: int, verb: Message, what: str) -> Message:
    return arranged("{number} {verb}：{what}", number=number, verb=verb, what=what)


def _named(names: Sequence[str], shown: int | None) -> Message:
    more = len(names) - len(names[:shown])
    return joined("、", [*names[:shown], *([and_more(more)] if more else [])])


def _rest(count: int, shown: int | None) -> list[str]:
    return ["    …" + and_more(count - shown) + " (-v)"] if shown is not None and count > shown else []
