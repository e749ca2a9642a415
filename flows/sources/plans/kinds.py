"""What kind of document a text is: a plan, or minutes, a guide, a penalty decision … The table is kinds.csv, an example beside each row.

A document counts as a plan when its title, read to its core (关于印发《…工作要点》的通知 → …工作要点), is one of a plan, its content is that of
one (tasks, targets, a list of units, or the formula by which an organ issues a plan), and nothing in it is the mark of another kind. Where
the title says nothing (a fragment, 关于做好…工作的通知), most of its tasks must name who answers for them. All else is unknown: for a person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from flows.sources.plans.kind_table import DIRECTIVE, UNTITLED, Kind, kinds, squeezed
from flows.sources.plans.kind_titles import SHORTEST_TITLE, bare, is_unsure, kind_of_title, read_heads
from flows.sources.plans.model import DocumentKind, Task
from flows.sources.plans.text import Line, SourceText


class Content(NamedTuple):
    """What was read from the document, as far as it tells a plan."""

    tasks: Sequence[Task]
    other_findings: int


_READ = 60_000  # characters of a text that are searched for words of other kinds: longer than any minutes or guide, and reading stays fast
_FEW = 2  # tasks that a text without a plan's title must have
_SHARE = 0.6  # of them with a unit that answers for them
_ISSUING_FORMULA = re.compile(
    r"(?:印发|发|转发)(?:给|与)?你们|现(?:予)?(?:印发|转发|下发)|请(?:各[^。]{0,20})?(?:认真|切实|结合[^。]{0,16}|遵照|对照[^。]{0,20}|抓好|严格|按)[^。]{0,20}(?:贯彻|落实|执行|实施)"
)
_ITSELF = re.compile(r"(?:制定|制订|形成|编制)(?:了)?本(?:年度)?(?:实施|工作|行动)?(?:要点|方案|计划|清单)")
_HEADING = re.compile(r"(?:^|(?<=[一二三四五六七八九十\d])[、.]|[)。;|])(?P<words>[^\n。;|:(),、\d]{2,24})(?=$|[:。|(\d])", re.MULTILINE)


def read_kind(source: SourceText, title: str | None, content: Content) -> DocumentKind:
    """The kind of a document by its title and head lines, its words, and what was read from it."""
    lines = [line for line in source.lines if line.kind != "boilerplate" and line.text.strip()]
    heads = [*read_heads(lines, title, source.metadata)]
    found = [(words, number, named) for words, number in heads if (named := kind_of_title(words))]
    other = next((each for each in found if not each[2].is_plan), None)
    words = _of_words(lines)
    if other:
        return DocumentKind(other[2].code, "title", other[0], other[1])
    plan = next((each for each in found if each[2].code != DIRECTIVE), None)
    if words and plan is None:
        return DocumentKind(words[0].code, "text", words[1], words[2])
    if words or any(is_unsure(head) for head, _ in heads):
        return DocumentKind()
    if plan:
        issued = _ISSUING_FORMULA.search(squeezed("\n".join(line.text for line in lines)))
        is_whole = content.tasks or content.other_findings or issued
        return DocumentKind(plan[2].code, "title", plan[0], plan[1]) if is_whole else DocumentKind()
    return _of_tasks(heads, content, source.text)


def _of_words(lines: Sequence[Line]) -> tuple[Kind, str, int] | None:
    """The kind other than a plan of which enough different words stand in the text, the one with the most first."""
    pieces = [(piece, line.number) for line in lines if line.kind != "metadata" for piece in re.split(r"\s{2,}", line.text)]
    text = squeezed("\n".join(piece for piece, _ in pieces))[:_READ]
    any_heading = _any_heading()
    headings = {
        found["words"]: found.start("words") for found in reversed(list(_HEADING.finditer(text))) if any_heading.fullmatch(found["words"])
    }
    hits = [(len(found) - kind.least, kind, found) for kind in kinds() if (found := _words_of(kind, text, headings))]
    enough = [hit for hit in hits if hit[0] >= 0]
    if not enough:
        return None
    _, kind, found = max(enough, key=lambda hit: hit[0])
    words, at = min(found, key=lambda one: one[1])
    return kind, words, pieces[text.count("\n", 0, at)][1]


@cache
def _any_heading() -> re.Pattern[str]:
    """Fits what some kind's heading fits: few of a text's do, and only those are looked at kind by kind."""
    return re.compile("|".join(f"(?:{pattern.pattern})" for kind in kinds() for pattern in kind.headings))


def _words_of(kind: Kind, text: str, headings: Mapping[str, int]) -> list[tuple[str, int]]:
    """The first place of each word of the kind that stands in the text; of fewer than tell it not all are looked for."""
    titles = (next((words for words in headings if pattern.fullmatch(words)), None) for pattern in kind.headings)
    found = [(words, headings[words]) for words in titles if words]
    for left, pattern in zip(range(len(kind.phrases), 0, -1), kind.phrases, strict=True):
        if len(found) + left < kind.least:
            break
        match = pattern.search(text)
        if match:
            found.append((match[0].strip(), match.end()))
    return found


def _of_tasks(heads: Sequence[tuple[str, int | None]], content: Content, text: str) -> DocumentKind:
    """A text whose title says nothing, or that has none, by its tasks. A title of words that nobody knows is no title of a plan."""
    named = [task for task in content.tasks if task.lead_units or task.responsible_units]
    itself = _ITSELF.search(squeezed(text))
    if not content.tasks or not (itself or (len(content.tasks) >= _FEW and len(named) >= _SHARE * len(content.tasks))):
        return DocumentKind()
    first = (named or content.tasks)[0]
    own, start = squeezed(text[first.place.start : first.place.end]), first.place.line_start
    above = [head for head, line in heads if (line or 0) < start or (line == start and squeezed(head) not in own)]
    titles = [kind_of_title(head) for head in above if len(bare(head)) >= SHORTEST_TITLE]
    if titles and not any(kind and kind.code == DIRECTIVE for kind in titles):
        return DocumentKind()
    return DocumentKind(DIRECTIVE if titles else UNTITLED, "tasks", first.title, first.place.line_start)
