"""What must be true, as suites of rules: structure out of the descriptors, meaning out of `expectations/<layer>/<table>.yaml`.

A rule is an expectation in Great Expectations' own vocabulary (its snake-case type and its arguments) with a name that
reads as a sentence, what its failure means, and why it exists. Nothing here imports Great Expectations.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from exports.catalog import LOADER, Catalog, Column, Dataset, ForeignKey, Text
from exports.messages import _, listed
from flows.quality.gate_names import Gate
from flows.warehouse.templates import render
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings_faults import EXPECTED

UNEXPECTED_ROWS = "unexpected_rows_expectation"
Severity = Literal["critical", "warning", "info"]
# The gate of a table, by its schema: did the source keep its shape, does it make sense, is it what was promised.
GATE_OF_SCHEMA: Mapping[str, Gate] = {
    "raw": "raw",
    "reference": "raw",
    "staging": "raw",
    "core": "core",
    "marts": "core",
    "parquet": "release",
    "csv": "release",
}
# Great Expectations has no form of these for DuckDB: each would end as an error.
NOT_IN_DUCKDB = re.compile(r"regex|like_pattern|strftime|dateutil|json|creasing|outliers|other_table|kl_divergence|p_value")

PROMISED = Text(
    zh="公开数据字典如此承诺，下载者据此编写程序",
    en="the public dictionary of columns promises it, and programs of those who download rely on it",
)
ONE_ROW = Text(zh="主键标识一行，重复的行会被重复计数", en="the key stands for one row; a row that comes twice is counted twice")
FINDABLE = Text(zh="引用的记录必须能够找到", en="a record that is referred to can be looked up")
ALL_LEAVES = Text(zh="校验过的行必须原样、全部发布", en="all rows that were checked leave, and as they were checked")
DRIFT = Text(
    zh="行数骤减多为来源缺失，骤增多为重复计入；容许范围取历次变化的稳健离散度，不足 8 次发布不判断",
    en="a sudden loss is mostly a source gone, a sudden gain rows counted twice; the range is the robust spread of past changes, and none is judged before 8 releases",
)
FRESH = Text(zh="更新频率是对公众的承诺", en="the update frequency is a promise to the public")

# Drift: how far the number of rows may be from the last release's plus the median change. The share and the number of rows are
# floors: a register that hardly changes may still move a little, and one that grows may grow at once by a quarter's records.
FEWEST_RELEASES = 8
SPREADS = 6  # median absolute deviations, scaled to standard deviations
LOSS_SHARE, LOSS_ROWS = 0.2, 10
GAIN_SHARE, GAIN_ROWS = 1.0, 200
# Freshness: days without a new record. The longest public holidays last nine days; yearly plans come out from December to May.
FRESH_DAYS: Mapping[str, int] = {"daily": 10, "weekly": 17, "monthly": 45, "quarterly": 120, "annual": 430}


class Rule(BaseModel):
    """One expectation. `kwargs` are its arguments as Great Expectations names them.

    `quarantine` moves single rows out (flows/quality/quarantine.py): the rule's query returns them whole, or by columns that identify
    them in their table; `fault` is the kind of finding (core.findings) of such a row, `remedy` what its clerk is asked to do.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Text
    type: str = Field(pattern=r"^[a-z][a-z0-9_]+$")
    kwargs: dict[str, Any] = {}
    severity: Severity
    why: Text
    quarantine: bool = False
    fault: str | None = Field(None, pattern=r"^[a-z][a-z0-9_]+$")
    remedy: Text | None = None

    @field_validator("type")
    @classmethod
    def _runs_in_duckdb(cls, value: str) -> str:
        if NOT_IN_DUCKDB.search(value):
            raise ValueError(_("one that runs in DuckDB: write it as {kind} (with regexp_matches(), for a pattern)", kind=UNEXPECTED_ROWS))
        return value

    @model_validator(mode="after")
    def _reads_its_table(self) -> Rule:
        if self.type == UNEXPECTED_ROWS and "{batch}" not in str(self.kwargs.get("unexpected_rows_query")):
            raise ValueError(_("an unexpected_rows_query that reads its own table as {table}", table="{batch}"))
        if self.quarantine and self.type != UNEXPECTED_ROWS:
            raise ValueError(_("{kind}, for rows to be set aside: its query says which", kind=UNEXPECTED_ROWS))
        if self.quarantine != (self.fault is not None):
            raise ValueError(_("a kind of finding (`fault`) for rows that are set aside, and for no others"))
        if self.quarantine != (self.remedy is not None):
            raise ValueError(_("what is asked for (`remedy`) of rows that are set aside, and of no others"))
        return self


@dataclass(frozen=True)
class Suite:
    """All rules of one table (`layer.table`); `place` is the file to correct."""

    table: str
    place: str
    rules: tuple[Rule, ...]

    @property
    def gate(self) -> Gate:
        return GATE_OF_SCHEMA[self.table.partition(".")[0]]


class _RuleFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[Rule, ...] = Field(min_length=1)


def load_suites(catalog: Catalog, folder: Path) -> list[Suite]:
    """Every rule: one suite for each mart from its descriptor, one suite for each file of `folder`.

    Raises:
        ConfigurationError: a file has an unknown or missing key, no rule, two rules of one name, or a type that cannot run.
    """
    described = [
        Suite(dataset.table, f"exports/{dataset.name}.yaml", (*structural_rules(dataset, catalog), *history_rules(dataset)))
        for dataset in catalog
    ]
    return [*described, *(_read(path) for path in sorted(folder.glob("*/*.yaml")))]


def structural_rules(dataset: Dataset, catalog: Catalog, schema: str = "marts") -> Iterator[Rule]:
    """The rules of a descriptor for its dataset in `schema`: columns and types, required, one of a list, within bounds, a key.

    A reference to a dataset that `catalog` does not have is skipped.
    """
    yield _promised(
        "列名及次序与数据字典一致",
        "its columns are those of the dictionary, in that order",
        "expect_table_columns_to_match_ordered_list",
        column_list=dataset.column_names,
    )
    yield _rows("各列类型与数据字典一致", "its columns have the types of the dictionary", _wrong_types(dataset), PROMISED)
    for column in dataset.columns:
        yield from _column_rules(column, required=column.required or column.name in dataset.primary_key)
    yield from _key_rules(dataset)
    for key in dataset.foreign_keys:
        if key.references in catalog.datasets:
            yield _foreign_key(key, catalog.datasets[key.references], schema)


def _column_rules(column: Column, *, required: bool) -> Iterator[Rule]:
    name, title = column.name, column.title.zh
    if required:
        yield _promised(f"{title}不为空", f"{name} is never null", "expect_column_values_to_not_be_null", column=name)
    if column.enum:
        yield _promised(
            f"{title}只取所列值",
            f"{name} is one of its listed values",
            "expect_column_values_to_be_in_set",
            column=name,
            value_set=list(column.enum),
        )
    if column.minimum is not None or column.maximum is not None:
        bounds = {"min_value": column.minimum, "max_value": column.maximum}
        given = {bound: value for bound, value in bounds.items() if value is not None}
        yield _promised(
            f"{title}在许可范围内", f"{name} lies within its bounds", "expect_column_values_to_be_between", column=name, **given
        )


def _key_rules(dataset: Dataset) -> Iterator[Rule]:
    """Rules in SQL of our own: Great Expectations carries every column of every row through a window to find duplicates."""
    unique = [(column.name,) for column in dataset.columns if column.unique]
    for key in dict.fromkeys([*unique, dataset.primary_key]):
        words = "、".join(column.title.zh for column in dataset.columns if column.name in key)
        names = ", ".join(key)
        title = (f"{words}合起来不重复", f"{names} are unique together") if len(key) > 1 else (f"{words}不重复", f"{names} is unique")
        known = " and ".join(f'"{name}" is not null' for name in key)
        yield _rows(*title, f"select 1 from {{batch}} where {known} group by {names} having count(*) > 1", ONE_ROW)


def _foreign_key(key: ForeignKey, target: Dataset, schema: str) -> Rule:
    """Nulls refer to nothing and are not a fault, as in SQL."""
    table = f"{schema}.{target.name}"
    matches = " and ".join(f'parent."{there}" = child."{here}"' for here, there in zip(key.columns, target.primary_key, strict=True))
    known = " and ".join(f'child."{name}" is not null' for name in key.columns)
    sql = f"select 1 from {{batch}} as child anti join {table} as parent on {matches} where {known}"
    names = ", ".join(key.columns)
    return _rows(f"所引用的{target.title.zh}均存在", f"{names} names a row of {table}", sql, FINDABLE)


def _wrong_types(dataset: Dataset) -> str:
    wanted = ", ".join(f"('{column.name}', '{column.duckdb_type}')" for column in dataset.columns)
    return (
        f"select wanted.name from (values {wanted}) as wanted(name, type) "
        "left join (describe select * from {batch}) as found on found.column_name = wanted.name "
        "where found.column_type is distinct from wanted.type"
    )


def history_rules(dataset: Dataset) -> Iterator[Rule]:
    """Whether a mart has about as many rows as its past predicts, and records as new as its update frequency promises."""
    yield _rows("行数变化在历次发布的常态之内", "its number of rows moved as it mostly does", _drift(dataset), DRIFT, "warning")
    days = FRESH_DAYS.get(dataset.update_frequency)
    if dataset.dated_by and days:
        found = (
            f"select newest from (select max({dataset.dated_by}) as newest from {{batch}} "
            f"where {dataset.dated_by} <= (select as_of_on from reference.run)) "
            f"where newest < (select as_of_on from reference.run) - {days}"
        )
        title = f"最新记录距数据截止日期不超过 {days} 天", f"its newest record is at most {days} days older than the as-of date"
        yield _rows(*title, found, FRESH, "warning")


def _drift(dataset: Dataset) -> str:
    """SQL: one row where the number of rows left the range that the changes between earlier releases make likely (docs/checks.md)."""
    return render(
        "row_count_drift",
        dataset_slug=dataset.slug,
        fewest_releases=FEWEST_RELEASES,
        spreads=SPREADS,
        loss_share=LOSS_SHARE,
        loss_rows=LOSS_ROWS,
        gain_share=GAIN_SHARE,
        gain_rows=GAIN_ROWS,
    )


def file_suites(dataset: Dataset, released: Catalog) -> list[Suite]:
    """The suites for a dataset's written files: `parquet.<name>` all that the descriptor promises, `csv.<name>` (text) equal to it.

    Args:
        dataset: whose files they are.
        released: the datasets whose files are written together. The rows that each has in the warehouse are in `row_counts.<name>`.
    """
    place = f"exports/{dataset.name}.yaml"
    kept = f"select 1 from (select count(*) as found from {{batch}}) where found <> (select row_count from row_counts.{dataset.name})"
    as_written = _rows("行数与数据仓库一致", "it has as many rows as the warehouse", kept, ALL_LEAVES)
    columns = _promised(
        "表头及次序与数据字典一致",
        "its headers are the columns of the dictionary, in that order",
        "expect_table_columns_to_match_ordered_list",
        column_list=dataset.column_names,
    )
    equal = _rows("与 Parquet 文件逐值相同", "it holds the values of the Parquet file", _differing_values(dataset), ALL_LEAVES)
    return [
        Suite(f"parquet.{dataset.name}", place, (*structural_rules(dataset, released, "parquet"), as_written)),
        Suite(f"csv.{dataset.name}", place, (columns, equal)),
    ]


def _differing_values(dataset: Dataset) -> str:
    """SQL: rows are compared by a hash of their typed values; sums of the hashes are equal where all rows are, in any order."""

    def summed(relation: str) -> str:
        typed = ", ".join(f'try_cast("{column.name}" as {column.duckdb_type})' for column in dataset.columns)
        return f"select count(*) as row_count, sum(hash({typed})) as row_hashes from {relation}"

    sums = "row_count, row_hashes"
    return f"select {sums} from ({summed('{batch}')}) except select {sums} from ({summed(f'parquet.{dataset.name}')})"


def _promised(zh: str, en: str, kind: str, **arguments: Any) -> Rule:
    return Rule(name=Text(zh=zh, en=en), type=kind, kwargs=arguments, severity="critical", why=PROMISED)


def _rows(zh: str, en: str, sql: str, why: Text, severity: Severity = "critical") -> Rule:
    return Rule(name=Text(zh=zh, en=en), type=UNEXPECTED_ROWS, kwargs={"unexpected_rows_query": sql}, severity=severity, why=why)


def _read(path: Path) -> Suite:
    table = f"{path.parent.name}.{path.stem}"
    place = f"expectations/{path.parent.name}/{path.name}"
    if path.parent.name not in GATE_OF_SCHEMA:
        found, expected = _("a folder {name}", name=path.parent.name), _("one named for a layer: {layers}", layers=listed(GATE_OF_SCHEMA))
        raise _wrong(place, found, expected)
    try:
        facts = yaml.load(path.read_text("utf-8"), LOADER)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _wrong(place, _("a file that is no YAML ({fault})", fault=error), _("YAML with the key `rules`")) from error
    try:
        rules = _RuleFile.model_validate(facts).rules
    except ValidationError as error:
        raise _wrong(*_first_fault(place, error)) from error
    names = [rule.name.zh for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise _wrong(place, _("two rules named {name}", name=name), _("a name of its own for each rule"))
    return Suite(table, place, rules)


def _first_fault(place: str, error: ValidationError) -> tuple[str, str, str]:
    first = error.errors()[0]
    place = _("{path}: {place}", path=place, place=".".join(map(str, first["loc"])) or _("the whole file"))
    if first["type"] == "missing":
        return place, _("no such key"), _("this key, it is required")
    if first["type"] == "extra_forbidden":
        return place, _("an unknown key"), _("none but {names} (and zh, en of a text)", names=listed(Rule.model_fields))
    return place, f"{first['input']!r:.80}", _expected(first)


def _expected(fault: Any) -> str:
    """What should be there instead, in the words that settings have for it, else in pydantic's."""
    facts = {name: fact.args[0] if isinstance(fact, ValueError) else fact for name, fact in fault.get("ctx", {}).items()}
    return _(EXPECTED[fault["type"]], **facts) if fault["type"] in EXPECTED else str(fault["msg"])


def _wrong(place: str, found: str, expected: str) -> ConfigurationError:
    return ConfigurationError(finding(place, found, expected, _("docs/checks.md describes how a rule is written.")))
