"""How well the plan reader does on hand-labelled real documents, as the figures of the dataset extraction-accuracy.

usage: python -m tests.benchmarks.accuracy [--gold ../shared/gold] [--plans ../shared/plans] [--write]

Precision is the share of what the reader found that is right, recall the share of what is there that it found, F1 their harmonic
mean, counted over all documents of a layout by the scorer that comes with the gold set. --write puts them into sql/reference/.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from flows.sources.plans import READER_VERSION, read_plan

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = PROJECT_ROOT.parent / "shared"
FIGURES = PROJECT_ROOT / "sql" / "reference" / "extraction_accuracy.csv"
COLUMNS = ("plan_layout", "field_name", "document_count", "right_count", "labelled_count", "found_count", "reader_version")
ALL = "all"
LAYOUTS = {
    "fengxian-2021-park-city": "items with bracketed clauses, half-width marks",
    "jiading-2024-sponge": "items with bracketed clauses, table of one cell a line",
    "pingtan-2019-customs-tasks": "run-on text, fields glued together",
    "seed_000": "items with bracketed clauses",
    "seed_001": "items with a clause on a line of its own",
    "seed_002": "scan of a download site, run-on text",
    "seed_003": "clauses inside the text, task table, unit list",
    "seed_004": "sections with bracketed clauses, target table",
}


def scorer(gold: Path) -> ModuleType:
    """The scorer of the gold set, as it stands beside it."""
    spec = importlib.util.spec_from_file_location("score_plans", gold / "score_plans.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def figures(gold: Path, plans: Path) -> list[dict[str, Any]]:
    """A row for each layout and field, and for each field over all documents."""
    score = scorer(gold)
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for answer in sorted((gold / "plans").glob("*.json")):
        source = plans / f"{answer.stem}.txt"
        parsed = json.loads(json.dumps(read_plan(source.read_bytes(), source.name).as_answer(), default=str))
        tallies = score.score_document(json.loads(answer.read_text("utf-8")), parsed)
        for field, tally in tallies.items():
            if tally.gold or tally.parsed:
                for layout in (ALL, LAYOUTS.get(answer.stem, "other")):
                    counts[layout, field] = [
                        a + b for a, b in zip(counts[layout, field], (1, tally.hit, tally.gold, tally.parsed), strict=True)
                    ]
    return list(_rows(counts))


def _rows(counts: dict[tuple[str, str], list[int]]) -> Iterator[dict[str, Any]]:
    for (layout, field), numbers in sorted(counts.items(), key=lambda item: (item[0][0] != ALL, item[0])):
        yield dict(zip(COLUMNS, (layout, field, *numbers, READER_VERSION), strict=True))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--gold", type=Path, default=SHARED / "gold")
    arguments.add_argument("--plans", type=Path, default=SHARED / "plans")
    arguments.add_argument("--write", action="store_true", help=f"write {FIGURES.relative_to(PROJECT_ROOT)}")
    given = arguments.parse_args()
    rows = figures(given.gold, given.plans)
    with FIGURES.open("w", encoding="utf-8", newline="") if given.write else sys.stdout as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
