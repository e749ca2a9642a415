"""What a refresh would do, on the terminal: step by step, Chinese first, English beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flows.privacy.redaction import redacted
from flows.refresh_plan import reasons

if TYPE_CHECKING:
    from rich.console import Console

    from flows.refresh_plan import Plan

SHOWN = 8  # files, and tables of one reason, that are named


def print_plan(console: Console, plan: Plan, portal: str | None, *, shows_all: bool = False) -> None:
    """Print the plan; no more than some files and tables of each kind unless `shows_all`."""
    for line in _lines(plan, portal, None if shows_all else SHOWN):
        console.print(redacted(line), markup=False, highlight=False, soft_wrap=True)


def _lines(plan: Plan, portal: str | None, shown: int | None) -> list[str]:
    left_out = [f"    {sentence}" for sentence in plan.left_out]
    if plan.is_empty:
        return [
            "无事可做：来源、设置、代码和数据截止日期均未变化 (nothing to do: sources, settings, code and day are as they were)",
            *left_out,
        ]
    maybe = [each.table for each in plan.tables if not each.is_sure]
    sure = len(plan.tables) - len(maybe)
    lines = [f"1 读取 ingest：{len(plan.files)} 个文件 (files)"]
    lines += [f"    {what.zh} {what.en}: {path}" for path, what in plan.files[:shown]]
    lines += [*_rest(len(plan.files), shown), *left_out]
    lines.append(
        f"2 建库 build：重新生成 {sure} 张表，{len(maybe)} 张视上游结果而定，沿用 {plan.table_count - len(plan.tables)} 张 "
        f"({sure} tables made again, {len(maybe)} only if what they read comes out otherwise, {plan.table_count - len(plan.tables)} taken over)"
    )
    lines += [f"    {_named(tables, shown)} ← {'、'.join(because)}" for because, tables in reasons(plan.tables).items()]
    if maybe:
        lines.append(f"    视结果而定 if it differs: {_named(maybe, shown)}")
    kept = plan.rule_count - plan.rules
    lines.append(
        f"3 校验 check：至多 {plan.rules} 条规则重新计数，沿用 {kept} 条结果 (at most {plan.rules} rules counted again, {kept} results taken over)"
    )
    written = len(plan.datasets)
    lines.append(
        f"4 发布包 release：至多 {written} 个数据集重新写出，其余 {plan.dataset_count - written} 个沿用文件 "
        f"(at most {written} datasets written again, the files of {plan.dataset_count - written} linked)"
    )
    lines.append(f"    {_named(plan.datasets, shown)}")
    lines.append(f"5 门户 publish：{portal or '未设置 none is set'}")
    return lines


def _named(names: Sequence[str], shown: int | None) -> str:
    more = len(names) - len(names[:shown])
    return "、".join(names[:shown]) + (f" 等 {len(names)} 张 (and {more} more)" if more else "")


def _rest(count: int, shown: int | None) -> list[str]:
    return [f"    …另有 {count - shown} 个 (and {count - shown} more; -v)"] if shown is not None and count > shown else []
