"""What a descriptor says of a dataset or of a register, and what must hold within it. exports/catalog.py reads them."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from exports.descriptor_parts import (
    Clock,
    Column,
    Evidence,
    ForeignKey,
    Frequency,
    Identifier,
    Lawful,
    Ledger,
    Licence,
    Masked,
    Measure,
    Party,
    RegisterColumn,
    SmallCells,
    Strict,
    Text,
)

RETURNED = (
    RegisterColumn(name="supersedes", headers=("来源行",)),
    RegisterColumn(name="asked_of_clerk", headers=("问题与要求",)),
)
"""Columns of every register, filled where a clerk sends back a corrected row (flows/warehouse/returned_rows.py)."""


class ToldByHeader(Strict):
    """What a file's own headers say of all its rows: 行政处罚决定书文号 that they are penalties. Counts where just one of the words' patterns
    is found in the headers of the columns `of`, and the file has no column for it.
    """

    column: Identifier
    of: tuple[Identifier, ...] = Field(min_length=1)
    words: dict[str, str] = Field(min_length=1)  # value -> pattern of headers that say so


class Register(Strict):
    """How a tabular register is read and what must hold of its rows, whether or not they are ever public."""

    title: Text
    description: Text
    grain: Text
    id: Identifier = "record_id"  # the name of a row's id
    key: tuple[Identifier, ...]  # rows with the same key are the same record
    told_by_header: tuple[ToldByHeader, ...] = ()
    typed: tuple[Identifier, ...] = ()  # columns whose cells are days, numbers or words with a code (set by the loader)
    leaves: bool = False  # whether its rows are public one by one: the file describes a dataset too (set by the loader)
    identified_by: tuple[Identifier, ...] = ()  # columns each of which identifies one record alone: its numbers
    titles: tuple[Identifier, ...] = ()  # columns with the title under which a record is known, with its unit
    versioned_by: tuple[Identifier, ...] = ()  # the days that decide which of two versions is later; empty: all days of the row
    key_otherwise: tuple[Identifier, ...] = ()  # what identifies a row where the key is not filled; empty: all columns
    columns: tuple[RegisterColumn, ...]
    required_headers: tuple[Identifier, ...] = ()  # a file must have these columns, and a row must fill them
    filled: tuple[Identifier, ...] = ()  # a row must fill these, too
    about: tuple[str, ...] = ()  # what its records are called: words before a header that say nothing more (信件办理单位, 处罚公示日期)
    refused: tuple[str, ...] = ()  # headers of columns that identify natural persons; with any, unknown columns are refused too
    either: tuple[tuple[Identifier, ...], ...] = ()  # of each group a row must fill one
    orders: tuple[tuple[Identifier, Identifier], ...] = ()  # the first day comes no later than the second
    reasons: tuple[tuple[Identifier, Identifier], ...] = ()  # where the first is filled, the second must be
    clocks: tuple[Clock, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    measures: tuple[Measure, ...] = ()
    computed: dict[Identifier, Identifier] = Field(
        default_factory=dict
    )  # columns that core.<register> adds, and the predicates that say what they are
    ledger: Ledger | None = None

    @cached_property
    def cases(self) -> Register | None:
        """The register whose rows are whole cases, None where there is none: its columns are those of the ledger."""
        if self.ledger is None:
            return None
        own = tuple(column for column in self.columns if column.name in self.ledger.of_case)
        events = tuple(column for event in self.ledger.events for column in event.columns())
        return Register(
            title=self.title,
            description=self.description,
            grain=self.grain,
            key=self.ledger.required,
            columns=(*own, *events),
            required_headers=self.ledger.required,
            about=self.about,
            refused=self.refused,
            typed=tuple(column.name for column in events),
        )

    @cached_property
    def names_by_header(self) -> dict[str, str]:
        """Accepted header, folded -> column name."""
        return {fold_header(header): column.name for column in self.columns for header in (column.name, *column.headers)}

    def refuses(self, header: str) -> bool:
        """Whether the cells below a header are dropped at reading: a register about natural persons keeps only named columns."""
        return bool(self.refused) and fold_header(header) not in self.names_by_header

    @property
    def column_names(self) -> list[str]:
        """The columns that describe the record itself."""
        return [column.name for column in self.columns if column not in RETURNED]

    @model_validator(mode="after")
    def _names_its_columns(self) -> Register:
        pairs = {name for group in (*self.either, *self.orders, *self.reasons) for name in group}
        pairs |= {name for clock in self.clocks for name in (clock.start, clock.done)} | {rule.dated_by for rule in self.evidence}
        pairs |= {measure.dated_by for measure in self.measures}
        named = {*self.key, *self.key_otherwise, *self.required_headers, *self.filled, *pairs}
        named |= {*self.identified_by, *self.titles, *self.versioned_by}
        if missing := sorted(named - set(self.column_names)):
            raise ValueError(f"a register names columns that it does not have: {', '.join(missing)}")
        if self.ledger and (unknown := {self.ledger.kind, self.ledger.day, *self.ledger.of_case} - set(self.column_names)):
            raise ValueError(f"a ledger names columns that its register does not have: {', '.join(sorted(unknown))}")
        if self.leaves and self.refused:
            raise ValueError("a register that leaves row by row and refuses headers: below one may stand that a row is withheld")
        if both := [header for header in self.refused if fold_header(header) in self.names_by_header]:
            raise ValueError(f"headers that are both read and refused: {', '.join(both)}")
        return self


class Version(Strict):
    """A step by which a dataset broke the promise of its columns, with what readers must know (exports/release/contract.py)."""

    version: int = Field(ge=2)
    note: Text


class Dataset(Strict):
    """One public dataset, complete: columns are resolved against the shared dictionary."""

    name: Identifier
    title: Text
    description: Text
    grain: Text
    theme: Text
    keywords: tuple[Text, ...]
    update_frequency: Frequency
    dated_by: Identifier | None = None  # the date column whose newest value shows how fresh the dataset is
    primary_key: tuple[Identifier, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    columns: tuple[Column, ...]
    lawful: tuple[Lawful, ...] = ()
    masked: tuple[Masked, ...] = ()
    small_cells: SmallCells | None = None
    made_by: Literal["mart", "release"] = (
        "mart"  # by the release: a dataset about the release itself, which no mart can hold (exports/changes)
    )
    unfollowed: Text | None = None  # why its rows are not in the feed of changes, if they are not
    may_shrink: Text | None = None  # why rows may leave it without confirmation, if they may (flows/quality/loss_guard.py)
    versions: tuple[Version, ...] = ()  # from 2 on, oldest first; without one it is version 1
    licence: Licence
    publisher: Party
    contact: Party
    region: str | None = None  # whose data these are: set by `Catalog.of`
    yearly_above: int | None = None  # rows above which it has a file for each year: set by `Catalog.of`

    @property
    def full_title(self) -> Text:
        """The title with the region, for places where datasets of many regions are listed together."""
        return with_region(self.title, self.region)

    @property
    def version(self) -> int:
        return max((step.version for step in self.versions), default=1)

    @property
    def slug(self) -> str:
        """The name in catalogs, files and on the portal: the stem with hyphens."""
        return self.name.replace("_", "-")

    @property
    def table(self) -> str:
        return f"marts.{self.name}"

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]

    @model_validator(mode="after")
    def _keys_name_columns(self) -> Dataset:
        names = set(self.column_names)
        keys = {*self.primary_key, *(name for key in self.foreign_keys for name in key.columns)}
        if self.dated_by and self.dated_by not in {column.name for column in self.columns if column.type == "date"}:
            raise ValueError(f"dated_by names no date column of the dataset: {self.dated_by}")
        if missing := sorted(keys - names):
            raise ValueError(f"keys name columns that the dataset does not have: {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _privacy_names_columns(self) -> Dataset:
        cells = self.small_cells.columns if self.small_cells else ()
        rules = {column for rule in self.masked for column in (rule.column, *rule.unless)}
        named = {*cells, *rules, *(rule.column for rule in self.lawful)}
        if missing := sorted(named - set(self.column_names)):
            raise ValueError(f"lawful, masked or small_cells name columns that the dataset does not have: {', '.join(missing)}")
        return self


def with_region(title: Text, region: str | None) -> Text:
    """A title that says of which region; as it is where none is known."""
    return Text(zh=f"{region}{title.zh}", en=f"{title.en}, {region}") if region else title


def fold_header(header: str) -> str:
    """A header as it is compared: white space, full-width forms and surrounding marks are ignored."""
    return "".join(unicodedata.normalize("NFKC", header).split()).strip(":*_()[]").casefold()
