"""How often each rule of the plan reader is right, measured on labelled documents: the table from which tasks get their confidence.

usage: python -m tests.benchmarks.confidence [--shared ../shared] [--more PLANS GOLD] [--round NAME PLANS GOLD] [--write]

A task is right where the scorer pairs it with a labelled one and its units and deadline agree. Documents are read as printed and in forms
that they were not learned in (run together, without line ends, with unknown words for labels). What each rule reached in rounds of
documents at first meeting is kept in first_met_rules.csv; --round adds a round that is met now, before anything is learned from it. The
confidence of a rule is the mean of what the three say, each the lower end of what its share may be (Wilson, one standard error), so that
few tasks give little confidence, and never more than the share at first meeting: what was learned from says nothing against that. What is
printed for each band of confidence is measured with the shares of all other sources only
(leaving out one source at a time), and for the rounds with those of all other rounds.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from math import floor, sqrt
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from flows.sources.plans import read_plan
from flows.sources.plans.confidence import TABLE, confidences
from tests.benchmarks.accuracy import SHARED, scorer
from tests.sources.plans.metamorphic import CHANGES

CHANGED = ("cells run together", "newlines removed", "unknown words for labels")
SETS = (("plans", "plans"), ("plans/pages", "gold/pages"), ("plans/run-on", "gold/run-on"), ("plans/html", "gold/html"))
FIRST_MET = Path(__file__).with_name("first_met_rules.csv")
BANDS = (0.95, 0.9, 0.8, 0.6, 0.0)
FORMS = ("", "changed_", "first_met_")
FEWEST_SOURCES = 2  # by which a rule can be measured that no round has met
SMALLEST = 12  # tasks by which a rule can be measured
MOST_UNMET = 0.9  # the most that documents which were learned from can show without rounds at first meeting: what those had of other rules
LEAST = 0.05


class Outcome(NamedTuple):
    source: str
    rule: str
    right: bool
    changed: bool


def outcomes(score: ModuleType, plans: Path, gold: Path) -> Iterator[Outcome]:
    """One for each task that the reader finds in a labelled folder, as printed and changed, but for those that need not be found."""
    for answer in sorted(gold.glob("*.json")):
        document = next(path for path in sorted(plans.iterdir()) if path.stem == answer.stem)
        labelled = json.loads(answer.read_text("utf-8"))["tasks"]
        readings = [(document.read_bytes(), document.name, False)]
        if document.suffix == ".txt":
            text = document.read_text("utf-8")
            readings += [(changed.encode(), "changed.txt", True) for name in CHANGED if (changed := CHANGES[name](text, ())[0]) != text]
        for data, name, is_changed in readings:
            for rule, right in judged(score, labelled, read_plan(data, name).as_answer()["tasks"]):
                yield Outcome(source_of(answer.stem), rule, right, is_changed)


def judged(score: ModuleType, labelled: list[dict[str, Any]], parsed: list[dict[str, Any]]) -> Iterator[tuple[str, bool]]:
    """The rule of each task found and whether the task is right."""
    paired = {there: here for here, there in score.align(labelled, parsed)}
    for index, task in enumerate(parsed):
        one = labelled[paired[index]] if index in paired else None
        if one is None or not one.get("optional"):
            yield task["reading_rule"], one is not None and agrees(score, one, task)


def source_of(stem: str) -> str:
    """The place that a document is from: its documents are measured together, whatever form they have."""
    return next((word for word in stem.replace("_", "-").split("-") if not word[:1].isdigit() and len(word) > 3), stem)


def agrees(score: ModuleType, one: dict[str, Any], task: dict[str, Any]) -> bool:
    """True where the units (both fields together where the text does not decide) and the deadline are the labelled ones."""
    if not score.right_deadline(one, task):
        return False
    if one.get("merged_cell"):
        return True
    fields = ("lead_units", "responsible_units")
    if one.get("ambiguous_in_text"):
        return {score.fold(u) for f in fields for u in one.get(f) or []} == {score.fold(u) for f in fields for u in task.get(f) or []}
    return all(Counter(map(score.fold, one.get(f) or [])) == Counter(map(score.fold, task.get(f) or [])) for f in fields)


def share(right: int, total: int) -> float:
    """The lower end of the share (Wilson, one standard error)."""
    if not total:
        return 0.0
    seen = right / total
    return (seen + 0.5 / total - sqrt(seen * (1 - seen) / total + 0.25 / total**2)) / (1 + 1 / total)


class Met(NamedTuple):
    """How many tasks one rule read in a round at first meeting, and how many of them were right."""

    round: str
    rule: str
    right: int
    total: int


def first_met() -> list[Met]:
    with FIRST_MET.open(encoding="utf-8", newline="") as stream:
        return [Met(row["round"], row["rule"], int(row["right_count"]), int(row["task_count"])) for row in csv.DictReader(stream)]


def write_round(name: str, found: list[Outcome]) -> None:
    """Add what each rule reached in a round to first_met_rules.csv."""
    met = [
        (rule, sum(one.right for one in its), len(its)) for rule, its in by_rule([one for one in found if not one.changed]).items() if its
    ]
    with FIRST_MET.open("a", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows((name, *counts) for counts in met)


def confidence(found: list[Outcome], met: list[Met]) -> float | None:
    """The mean of the shares of one rule's tasks as printed, as changed and at first meeting, of those that are enough to measure, and at most
    the share at first meeting; None where none is.
    """
    met_count = sum(one.total for one in met)
    if met_count < SMALLEST and len({one.source for one in found}) < FEWEST_SOURCES:
        return None  # what one document has taught tells nothing of others
    groups = [[one.right for one in found if one.changed is changed] for changed in (False, True)]
    shares = [share(sum(group), len(group)) for group in groups if len(group) >= SMALLEST]
    if met_count >= SMALLEST:
        met_right = sum(one.right for one in met)
        return min((sum(shares) + share(met_right, met_count)) / (len(shares) + 1), met_right / met_count)
    return min(sum(shares) / len(shares), MOST_UNMET) if shares else None


def by_rule(found: list[Outcome]) -> dict[str, list[Outcome]]:
    return {rule: [one for one in found if one.rule == rule] for rule in rules()}


def shares_of(found: list[Outcome], met: list[Met]) -> dict[str, float]:
    """The confidence of each rule; what too few tasks were read by to measure keeps what it has, but for what no round can have shown."""
    kept = confidences()
    measured = {rule: confidence(its, [one for one in met if one.rule == rule]) for rule, its in by_rule(found).items()}
    return {rule: min(kept[rule], MOST_UNMET) if value is None else value for rule, value in measured.items()}


def bands(found: list[Outcome], met: list[Met]) -> dict[float, tuple[int, int]]:
    """Lower edge of a band → tasks right and tasks in it, each by the confidence that the other sources give its rule."""
    counted: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for source in {one.source for one in found}:
        shares = shares_of([one for one in found if one.source != source], met)
        for one in (one for one in found if one.source == source):
            _count(counted, shares[one.rule], one.right, 1)
    return {edge: (right, total) for edge, (right, total) in sorted(counted.items(), reverse=True)}


def bands_first_met(found: list[Outcome], met: list[Met]) -> dict[float, tuple[int, int]]:
    """The same for the tasks of the rounds at first meeting, each by the confidence that the other rounds give its rule."""
    counted: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for name in {one.round for one in met}:
        shares = shares_of(found, [one for one in met if one.round != name])
        for one in (one for one in met if one.round == name):
            _count(counted, shares[one.rule], one.right, one.total)
    return {edge: (right, total) for edge, (right, total) in sorted(counted.items(), reverse=True)}


def _count(counted: dict[float, list[int]], confident: float, right: int, total: int) -> None:
    band = next(edge for edge in BANDS if confident >= edge)
    counted[band][0] += right
    counted[band][1] += total


def rules() -> list[str]:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return [row["rule"] for row in csv.DictReader(stream)]


def table(found: list[Outcome], met: list[Met]) -> list[dict[str, Any]]:
    """The rows of confidence.csv, the surest rule first; a rule with too few tasks keeps what it had."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows: list[dict[str, Any]] = list(csv.DictReader(stream))
    outcomes_of, shares = by_rule(found), shares_of(found, met)
    for row in rows:
        its = outcomes_of[row["rule"]]
        printed, changed = [o for o in its if not o.changed], [o for o in its if o.changed]
        at_first = [one for one in met if one.rule == row["rule"]]
        row |= {
            "right_count": sum(o.right for o in printed),
            "task_count": len(printed),
            "changed_right_count": sum(o.right for o in changed),
            "changed_task_count": len(changed),
            "first_met_right_count": sum(one.right for one in at_first),
            "first_met_task_count": sum(one.total for one in at_first),
            "source_count": len({o.source for o in its}),
        }
        row["confidence"] = f"{max(LEAST, floor(100 * shares[row['rule']] + 1e-9) / 100):.2f}"
    return sorted(rows, key=lambda row: -float(row["confidence"]))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--shared", type=Path, default=SHARED)
    options.add_argument("--more", type=Path, nargs=2, action="append", default=[], help="further labelled documents: texts, answers")
    options.add_argument("--round", nargs=3, metavar=("NAME", "PLANS", "GOLD"), help="write down a round of documents never met before")
    options.add_argument("--write", action="store_true")
    args = options.parse_args()
    score = scorer(args.shared / "gold")
    if args.round:
        name, *folder = args.round
        write_round(name, [*outcomes(score, *map(Path, folder))])
    folders = [(args.shared / plans, args.shared / (gold if "/" in gold else f"gold/{gold}")) for plans, gold in SETS] + args.more
    found = [one for plans, gold in folders for one in outcomes(score, plans, gold)]
    met = first_met()
    rows = table(found, met)
    for row in rows:
        printed, changed, new = (f"{row[f'{form}right_count']:>4} of {row[f'{form}task_count']:>4}" for form in FORMS)
        counts = f"as printed {printed}, changed {changed}, first met {new}, {row['source_count']:>2} sources"
        print(f"{row['rule']:14} {counts} → {row['confidence']}")
    for title, counted in (("learned from", bands(found, met)), ("first met", bands_first_met(found, met))):
        for edge, (right, total) in counted.items():
            print(f"{title}, at least {edge:4}: {right} of {total} right ({right / total:.3f})")
    if args.write:
        with TABLE.open("w", encoding="utf-8", newline="") as stream:
            fields = [
                "rule",
                "confidence",
                *(f"{form}{what}_count" for form in FORMS for what in ("right", "task")),
                "source_count",
                "example",
            ]
            writer = csv.DictWriter(stream, fields, lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
