"""How well the plan reader does on hand-labelled real documents, as the figures of the dataset extraction-accuracy.

usage: python -m tests.benchmarks.accuracy [--gold ../shared/gold] [--plans ../shared/plans] [--write]

Precision is the share of what the reader found that is right, recall the share of what is there that it found, F1 their harmonic
mean, counted over all documents of a layout by the scorer that comes with the gold set. --write puts them into sql/reference/.

Figures of documents that the reader was made with are `learned_from`. What it reached on documents that it had never seen (`first_met`)
is written down once, before anything is learned from them, and kept: rows of that kind are never measured again.
--round NAME TEXTS ANSWERS adds such a round.
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
COLUMNS = ("measured_on", "plan_layout", "field_name", "document_count", "right_count", "labelled_count", "found_count", "reader_version")
ALL = "all"
LEARNED, FIRST_MET = "learned_from", "first_met"
FOLDERS = {"plans": "", "pages": "page texts", "run-on": "archive dumps in running text", "html": "web pages"}
Counts = dict[tuple[str, str], list[int]]
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
    """A row for each layout and field of the documents that were learned from, and for each field over all of them."""
    score = scorer(gold)
    counts: Counts = defaultdict(lambda: [0, 0, 0, 0])
    for folder, layout in FOLDERS.items():
        texts = plans / folder if layout else plans
        for answer in sorted((gold / folder).glob("*.json")):
            _count(counts, score, texts, answer, (ALL, layout or LAYOUTS.get(answer.stem, "other")))
    return list(_rows(LEARNED, counts))


def first_met(name: str, gold: Path, texts: Path, answers: Path) -> list[dict[str, Any]]:
    """A row for each field of a round of documents that the reader meets now."""
    counts: Counts = defaultdict(lambda: [0, 0, 0, 0])
    for answer in sorted(answers.glob("*.json")):
        _count(counts, scorer(gold), texts, answer, (name,))
    return list(_rows(FIRST_MET, counts))


def _count(counts: Counts, score: ModuleType, texts: Path, answer: Path, layouts: tuple[str, ...]) -> None:
    """Add what one document is right in to each of `layouts`."""
    source = next(path for path in sorted(texts.iterdir()) if path.stem == answer.stem)
    parsed = json.loads(json.dumps(read_plan(source.read_bytes(), source.name).as_answer(), default=str))
    for field, tally in score.score_document(json.loads(answer.read_text("utf-8")), parsed).items():
        if tally.gold or tally.parsed:
            for layout in layouts:
                counts[layout, field] = [
                    a + b for a, b in zip(counts[layout, field], (1, tally.hit, tally.gold, tally.parsed), strict=True)
                ]


def published() -> list[dict[str, str]]:
    """The figures as they are published."""
    with FIGURES.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _rows(measured_on: str, counts: Counts) -> Iterator[dict[str, Any]]:
    for (layout, field), numbers in sorted(counts.items(), key=lambda item: (item[0][0] != ALL, item[0])):
        yield dict(zip(COLUMNS, (measured_on, layout, field, *numbers, READER_VERSION), strict=True))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--gold", type=Path, default=SHARED / "gold")
    arguments.add_argument("--plans", type=Path, default=SHARED / "plans")
    arguments.add_argument("--write", action="store_true", help=f"write {FIGURES.relative_to(PROJECT_ROOT)}")
    arguments.add_argument(
        "--round", nargs=3, metavar=("NAME", "TEXTS", "ANSWERS"), help="write down a round of documents never met before"
    )
    given = arguments.parse_args()
    rows: list[dict[str, Any]] = [row for row in published() if row["measured_on"] == FIRST_MET]
    if given.round:
        name, texts, answers = given.round
        rows += first_met(name, given.gold, Path(texts), Path(answers))
    rows += figures(given.gold, given.plans)
    with FIGURES.open("w", encoding="utf-8", newline="") if given.write else sys.stdout as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
