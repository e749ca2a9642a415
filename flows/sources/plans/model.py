"""What the reader finds in a plan, with the place of each finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from flows.sources.plans.confidence import confidences, weaker
from flows.sources.plans.deadlines import NONE, Deadline


class Place(NamedTuple):
    """A span of the printed text (SourceText.text) with the lines and the page it stands on."""

    start: int
    end: int
    line_start: int
    line_end: int
    page: int | None = None


@dataclass(slots=True)
class Task:
    """One task. Units are as printed; `rule` is the weakest of those that read it, `confidence` the share of tasks that it reads rightly."""

    number: str | None
    title: str
    place: Place
    lead_units: list[str] = field(default_factory=list)
    responsible_units: list[str] = field(default_factory=list)
    deadline: Deadline = NONE
    deadline_text: str | None = None
    section: str | None = None
    part: str = "正文"
    units_inherited: bool = False
    rule: str = ""
    recognised: float = 1.0  # how sure text recognition was of its lines; 1 where the text was not recognised

    @property
    def confidence(self) -> float:
        return round(confidences()[self.rule] * self.recognised, 3)

    def weaken(self, rule: str) -> None:
        self.rule = weaker(self.rule, rule) if self.rule else rule


@dataclass(frozen=True, slots=True)
class UnitTarget:
    """How many items a unit is to disclose; `count` is None where the text prints a range (38-50)."""

    unit: str
    count: int | None
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class UnitEntry:
    unit: str
    place: Place


@dataclass(frozen=True, slots=True)
class SuperiorDocument:
    title: str
    doc_number: str | None


class Mark(NamedTuple):
    """One mark of disclosure or secrecy as it is printed, with the line that it stands in (from 1)."""

    kind: str
    quote: str
    line: int


class DocumentKind(NamedTuple):
    """The code of a document's kind (None: unknown), by what it was told (title, text, tasks), the words that told it and their line (from 1)."""

    code: str | None = None
    rule: str | None = None
    quote: str | None = None
    line: int | None = None


@dataclass(slots=True)
class Facts:
    """What a document says about itself; None where it does not say."""

    title: str | None = None
    issuer: str | None = None
    doc_number: str | None = None
    issued_on: date | None = None
    published_on: date | None = None
    year: int | None = None
    attribute: str | None = None
    marks: list[Mark] = field(default_factory=list)
    kind: DocumentKind = field(default_factory=DocumentKind)
    recipients: list[str] = field(default_factory=list)
    superior_documents: list[SuperiorDocument] = field(default_factory=list)


class Named(NamedTuple):
    """One unit as printed: its place in the flow and whether the text leads to it alone or through a rule that may err."""

    start: int
    end: int
    role: str
    sure: bool = True


class Clause(NamedTuple):
    """One clause in the flow: `start`..`end` with its brackets and labels; what it says stands in `units` and `deadline`."""

    start: int
    end: int
    units: tuple[Named, ...]
    deadline: tuple[int, int] | None
    form: str  # the rule that read it: label, unknown_label, bracket, sentence
    same_as_above: bool = False
