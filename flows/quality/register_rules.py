"""Rules that quarantine rows of a register while the warehouse is built, derived from its descriptor.

They require filled cells, valid dates, and known words in required cells. All other faults stay in the data and are reported in
core.record_findings.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exports.catalog import Catalog, Column, Register, Text
from exports.sql_text import literal, quoted
from flows.quality.checks import EXPECTATIONS
from flows.quality.quarantine import row_rules
from flows.quality.suites import UNEXPECTED_ROWS, Rule, Suite, load_suites
from flows.warehouse.person_rows import FAULT, STRUCK, held_columns, text_columns

USELESS = Text(zh="缺少此项的记录无法计入任何单位或期限", en="a record without it counts for nobody, or towards no term")
NO_DATE = Text(
    zh="如“2026-02-30”“待定”；应写作 2026-03-05，没有的留空",
    en="such as 2026-02-30 or 待定; write 2026-03-05, leave empty what is not there",
)
NO_WORD = Text(zh="应填台账说明所列的取值（docs/registers.md）", en="one of the words of docs/registers.md")


NO_NAMES_LEFT = Rule(
    name=Text(zh="自然人姓名均已隐去", en="no name of a natural person is left"),
    type=UNEXPECTED_ROWS,
    kwargs={"unexpected_rows_query": "from {batch} where false"},
    severity="critical",
    why=Text(
        zh="标题、依据等处可能有自然人姓名，未能确认已隐去。请在当事人一栏写明姓名（系统据此隐去），或将各处姓名改为“张某某”后交回；国办发〔2018〕118号",
        en="a title, basis or other text may name a natural person: name the party in its own column, or write 张某某 everywhere, and send the row again",
    ),
    quarantine=True,
    fault=FAULT,
    remedy=Text(
        zh="请在当事人一栏写明姓名，或将各处姓名改为“张某某”后重报，否则不纳入统计",
        en="name the party in its own column, or write 张某某 everywhere, and hand it in again: it is counted nowhere until then",
    ),
)
UNCOUNTED = Text(zh="，否则不纳入统计", en=": it is counted nowhere until then")


def quarantine_rules(catalog: Catalog) -> dict[str, list[Rule]]:
    """For each table the rules that quarantine its rows: those of the descriptors, and those of expectations/."""
    return row_rules([*register_suites(catalog), *load_suites(catalog, EXPECTATIONS)])


def register_suites(catalog: Catalog) -> list[Suite]:
    """One suite for the staging table of each register."""
    return [
        Suite(f"staging.{name}", f"exports/{name}.yaml", (*_rules(register, catalog), *_names(name, register, catalog)))
        for name, register in catalog.records.items()
    ]


def _names(name: str, register: Register, catalog: Catalog) -> Iterator[Rule]:
    """Where names are masked, a row that may still hold one is quarantined."""
    dataset = catalog.datasets.get(name)
    if dataset and any(mask.by == "name" for mask in dataset.masked):
        texts = text_columns(catalog.columns[column] for column in register.column_names)
        yield no_names_left(held_columns(register, dataset, texts))


def completeness_suites(catalog: Catalog) -> list[Suite]:
    """For each register one rule on `core.<register>`: every row in staging is there, or repeats one that is."""
    return [Suite(f"core.{name}", f"exports/{name}.yaml", (_complete(name),)) for name in catalog.records]


def _complete(name: str) -> Rule:
    same = " and ".join(f"{{0}}.{column} is not distinct from record.{column}" for column in ("source_path", "source_sheet", "source_row"))
    query = (
        f"select record.source_path from staging.{name} as record anti join {{batch}} as kept on {same.format('kept')} "
        f"anti join core.record_versions as repeated on repeated.register_name = {literal(name)} and repeated.version_kind is not null "
        f"and {same.format('repeated')}"
    )
    return Rule(
        name=Text(zh="登记的每一行都有去处", en="every row that may go on is here, or a repetition"),
        type=UNEXPECTED_ROWS,
        kwargs={"unexpected_rows_query": query},
        severity="critical",
        why=Text(
            zh="目录须完整：一行要么列出，要么是重复，要么已暂存待核，不得悄悄丢失",
            en="the catalogue is complete: a row is listed, repeats another, or was set aside; none gets lost in silence",
        ),
    )


def _rules(register: Register, catalog: Catalog) -> Iterator[Rule]:
    for name in dict.fromkeys([*register.required_headers, *register.filled]):
        column = catalog.columns[name]
        empty = f"{name} is null and not coalesce(list_contains(invalid_cells, {literal(name)}), false)"
        said = Text(zh=f"{column.title.zh}已填写", en=f"{name} is filled")
        yield _rule(said, empty, f"missing_{name}", USELESS, Text(zh=f"请补填“{column.title.zh}”", en=f"fill in {name}"))
        if column.enum:
            yield _known_word(column)
    for group in register.either:
        titles = "、".join(catalog.columns[name].title.zh for name in group)
        empty = " and ".join(f"{name} is null" for name in group)
        said = Text(zh=f"{titles}至少填写一项", en=f"one of {', '.join(group)} is filled")
        asked = Text(zh=f"请补填“{titles}”中的至少一项", en=f"fill in one of {', '.join(group)}")
        yield _rule(said, f"not is_date_invalid and {empty}", f"missing_{group[-1]}", USELESS, asked)
    asked = Text(zh="请改正无效的日期（写作 2026-03-05，没有的留空）", en="write dates as 2026-03-05, leave empty what is not there")
    yield _rule(Text(zh="日期均为有效日期", en="dates are dates"), "is_date_invalid", "invalid_date", NO_DATE, asked)


def _known_word(column: Column) -> Rule:
    unknown = f"list_contains(invalid_cells, {literal(column.name)})"
    said = Text(zh=f"{column.title.zh}取规定的值", en=f"{column.name} is a known word")
    asked = Text(zh=f"请将“{column.title.zh}”改为规定的取值", en=f"use one of the words for {column.name}")
    return _rule(said, unknown, "unknown_code", NO_WORD, asked)


def _rule(name: Text, broken: str, fault: str, why: Text, asked: Text) -> Rule:
    """A rule that quarantines the rows that `broken` is true of; `asked` is what their clerk should do."""
    return Rule(
        name=name,
        type=UNEXPECTED_ROWS,
        kwargs={"unexpected_rows_query": f"from {{batch}} where {broken}"},
        severity="critical",
        why=why,
        quarantine=True,
        fault=fault,
        remedy=Text(zh=asked.zh + UNCOUNTED.zh, en=asked.en + UNCOUNTED.en),
    )


def no_names_left(columns: Sequence[str]) -> Rule:
    """The rule for a staging table: rows in which a leaving text was struck out are quarantined."""
    texts = ", ".join(quoted(name) for name in columns)
    query = f"from {{batch}} where contains(concat_ws(' ', {texts}), {literal(STRUCK)})"
    return NO_NAMES_LEFT.model_copy(update={"kwargs": {"unexpected_rows_query": query}})
