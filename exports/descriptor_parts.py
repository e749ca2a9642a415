"""The parts of which descriptors are made: texts in two languages, columns, terms, measures, parties, and what is masked, and why.

Vocabulary: Frictionless Table Schema v2 (types, constraints), DCAT 3 (frequencies).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

PLACEHOLDERS = ("待填", "TODO")  # of texts that are still to be written, in Chinese and in English: refused everywhere

ColumnType = Literal["string", "integer", "number", "boolean", "date", "datetime"]
DUCKDB_TYPES: dict[ColumnType, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}
Frequency = Literal["daily", "weekly", "monthly", "quarterly", "annual", "irregular"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Strict(BaseModel):
    """A part in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Strict):
    """What a person reads, Chinese first."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_written(self) -> Text:
        if any(placeholder in text for placeholder, text in zip(PLACEHOLDERS, (self.zh, self.en), strict=True)):
            raise ValueError("a text in place of the placeholder")
        return self

    def __str__(self) -> str:
        return f"{self.zh} ({self.en})"


class Column(Strict):
    """One column with the same meaning in every table; a dataset may narrow it (required, unique, other description)."""

    name: Identifier
    title: Text
    description: Text
    type: ColumnType = "string"
    unit: str | None = None
    # The codes it may hold; written with their labels (`enum: {lead: {zh: 牵头, en: Lead}}`) where they are no Chinese words.
    enum: tuple[str, ...] | None = None
    labels: dict[str, Text] = {}  # what codes mean, in the words that people read; alone, where other codes may come too
    required: bool = False
    unique: bool = False
    minimum: int | float | None = None
    maximum: int | float | None = None

    @model_validator(mode="before")
    @classmethod
    def _part_labels(cls, facts: Any) -> Any:
        """Codes that are written with their labels are both."""
        enum = facts.get("enum") if isinstance(facts, dict) else None
        return facts | {"enum": [*enum], "labels": enum} if isinstance(enum, dict) else facts

    @model_validator(mode="after")
    def _has_every_label(self) -> Column:
        if self.labels and (missing := [code for code in self.enum or () if code not in self.labels]):
            raise ValueError(f"codes without a label: {', '.join(missing)}")
        return self

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPES[self.type]


class ForeignKey(Strict):
    """`columns` of this dataset name a row of the dataset `references` (by that dataset's primary key)."""

    columns: tuple[Identifier, ...]
    references: Identifier


class RegisterColumn(Strict):
    """One column of an incoming register: the shared column it becomes, and the headers under which clerks send it."""

    name: Identifier
    headers: tuple[str, ...] = Field(min_length=1)


class Clock(Strict):
    """A term that rows of a register start. Of several clocks with one rule, the first whose condition holds runs."""

    rule: Identifier  # a row of sql/reference/clock_rules.csv
    start: Identifier  # the column with the day from which is counted; that day itself is not (Civil Code 201)
    done: Identifier  # the column with the day on which it was done
    when: Identifier | None = None  # which rows start it: a column of core.<register>, or a predicate of sql/registers/predicates.sql.j2
    is_main: bool = False  # whether core.<register> shows due_on, is_due_provisional and days_late of it


class Evidence(Strict):
    """Rows of a register that show a unit's progress on its plan tasks of a kind: a published rule, not a guess."""

    rule: Identifier
    title: Text
    tasks: str = Field(min_length=1)  # which tasks: a regular expression over the task's title and words
    dated_by: Identifier  # the column with the day on which the row happened
    completes: bool = False  # whether one row delivers a task that has a deadline, or only shows that a standing duty is kept


class Measure(Strict):
    """What a scoring scheme can count: a register's records of a year, and which of them are in order. A record of which that is unknown is not counted."""

    measure: Identifier
    title: Text
    article: str | None = None  # the article on which it rests
    dated_by: Identifier  # the column with the day whose year a record counts for
    when: Identifier | None = None  # which records are counted: a column of core.<register>, or a predicate; none: all
    in_order: Identifier | None = None  # which of them are in order, named in the same way; none: all


class Party(Strict):
    name: Text
    url: str | None = None
    email: str | None = None
    telephone: str | None = None
    code: str | None = None  # 统一社会信用代码 (GB 32100)


class Filing(Strict):
    """What the catalogue of government resources says of all datasets: None where it is not stated."""

    category: str
    sharing: str | None = None
    openness: str | None = None
    code_prefix: str | None = None


class Licence(Strict):
    name: str
    title: Text
    url: str


class Lawful(Strict):
    """A kind of identifier that may lawfully be in a column, and why: officials acting in office, say (Regulations 20(2))."""

    column: Identifier
    kind: str
    reason: Text


class Masked(Strict):
    """A column that leaves only in part, and why: `name` shows the surname and 某某, `removed` nothing.

    `unless` names columns and the values with which a row is certainly not about a natural person: {party_kind: [法人]}.
    A name that reads as a person's is masked all the same: sole traders are registered under theirs.
    """

    column: Identifier
    by: Literal["name", "removed"]
    unless: dict[Identifier, tuple[str, ...]] = {}
    reason: Text


class SmallCells(Strict):
    """Counts of requests by which single requesters could be identified: 1 to threshold-1 stay empty. `columns` has the total too."""

    threshold: int = Field(ge=2)
    columns: tuple[Identifier, ...] = Field(min_length=2)
    reason: Text


DAY_WORDS = ("日期", "时间", "的日期", "的时间", "日")


class LedgerEvent(Strict):
    """An event of a case that a ledger with one row a case keeps in columns of its own.

    `days` begin the headers of its day (答复: 答复日期, 答复时间), `later_days` those of a day that counts where that one is empty;
    below `said` stands only that it happened. What stands in one of these, or in `beside`, and is no `unless` (否, 办理中) is the event on
    a day that nobody wrote.
    """

    name: Identifier
    word: str  # what the register's own rows call it
    days: tuple[str, ...] = ()
    later_days: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    beside: dict[Identifier, tuple[str, ...]] = Field(default_factory=dict)  # columns of the register that belong to it -> headers
    shares: dict[Identifier, Identifier] = Field(
        default_factory=dict
    )  # columns of the register -> columns of other events that hold for this one too
    unless: str | None = None  # pattern; None: that of the ledger
    told_in: dict[Identifier, str] = Field(
        default_factory=dict
    )  # columns of other events -> pattern of words there that say that it happened

    def columns(self) -> Iterator[RegisterColumn]:
        """The columns of the ledger that say something of the event: <name>_on, <name>_later, <name>_said and <name>_<column>."""
        for name, words in (("on", self.days), ("later", self.later_days)):
            if words:
                headers = tuple(f"{word}{day}" for word in words for day in DAY_WORDS)
                yield RegisterColumn(name=f"{self.name}_{name}", headers=headers)
        if self.said:
            yield RegisterColumn(name=f"{self.name}_said", headers=self.said)
        for column, headers in self.beside.items():
            yield RegisterColumn(name=f"{self.name}_{column}", headers=headers)


class Ledger(Strict):
    """How a register of events is read from a ledger with one row a case, whose events stand in columns (flows/sources/registers/cases.py)."""

    kind: Identifier  # the register's column for what happened
    day: Identifier  # and for when
    of_case: tuple[Identifier, ...]  # columns that say the same of every event
    required: tuple[Identifier, ...]  # columns without which a file is no such ledger
    unless: str  # pattern of words by which an event did not happen
    events: tuple[LedgerEvent, ...] = Field(min_length=1)  # the first stands for a case of which no event is known
