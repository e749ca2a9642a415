"""Known answers of the plans in layouts/: read from their small text form and compared as the scorer compares.

A line is one task, `number | title | lead units | responsible units | deadline` (units apart by blanks, `-` for none, a deadline is a
date or a kind), or `fact = value` of the document, or `target unit = number`, or `units = …`.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LAYOUTS = Path(__file__).parent / "layouts"


@dataclass
class Known:
    """What a plan is known to say."""

    tasks: list[list[Any]] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    targets: dict[str, str] = field(default_factory=dict)
    units: list[str] | None = None


def fold(value: object) -> str:
    """As the scorer compares: one width, no white space, no stop at the end."""
    return "".join(unicodedata.normalize("NFKC", "" if value is None else str(value)).split()).rstrip("。;,、:.")


def names(words: str) -> list[str]:
    return [] if words.strip() == "-" else [fold(word) for word in words.split()]


def known(path: Path) -> Known:
    answer = Known()
    for line in filter(None, path.read_text("utf-8").splitlines()):
        if line.count("|") == 4:
            number, title, lead, responsible, deadline = (part.strip() for part in line.split("|"))
            answer.tasks.append([fold(number), fold(title), names(lead), names(responsible), deadline])
            continue
        key, _, value = line.partition(" = ")
        if key == "units":
            answer.units = value.split()
        elif key.startswith("target "):
            answer.targets[key.removeprefix("target ")] = value
        else:
            answer.facts[key] = fold(value)
    return answer


def tasks_of(answer: dict[str, Any]) -> list[list[Any]]:
    """The reader's tasks in the same form."""
    return [
        [
            fold(task["no"]),
            fold(task["title"]),
            [fold(name) for name in task["lead_units"]],
            [fold(name) for name in task["responsible_units"]],
            task["deadline_on"] or task["deadline_kind"],
        ]
        for task in answer["tasks"]
    ]
