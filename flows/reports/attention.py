"""What of a run a person has to act on: for `gongkai refresh --quiet`, and for the end of the run in the log."""

from __future__ import annotations

from collections.abc import Iterator

from exports.messages import _, arranged, as_message, joined
from exports.release.manifest import Release
from flows.quality.results import CRITICAL
from flows.reports.summary import Summary
from flows.workspace.cut_lists import first_of

MAX_LOGGED = 20  # lines of what is to be done that the log repeats at the end of each run


def lines_to_act_on(summary: Summary) -> list[str]:
    """A line for each thing that a person has to act on; at least one where the summary is not clean, none in a night without trouble."""
    lines: list[str] = [_("Rejected") + " " + as_message(place) + ": " + as_message(reason) for place, reason in summary.rejects]
    lines += _of_sources(summary)
    failed = [(table, rule) for severity, table, rule in summary.failed_rules if severity == CRITICAL]
    lines += [_("Critical rule not met") + f", {table}: " + as_message(rule) for table, rule in failed]
    lines += _of_release(summary.release) if summary.release else []
    lines += summary.losses
    lines += [_("The portal differs") + ": " + problem for problem in (summary.published.problems if summary.published else ())]
    return lines


def _of_sources(summary: Summary) -> Iterator[str]:
    if (done := summary.ingested) is None:
        return
    yield from (_("Out of reach") + f" {path}" for path in done.unreachable)
    yield from (_("Vanished") + f" {path}" for path in done.vanished)
    yield from (_("No such place, check gongkai.yaml; source") + f" {name}" for name in done.absent)
    yield from done.to_rename
    yield from done.refused
    yield from done.missing


def _of_release(release: Release) -> Iterator[str]:
    for dataset in release.datasets:
        if dataset.carried_over_from:
            origin, why = f"{dataset.carried_over_from}: {dataset.slug}", as_message(dataset.carried_over_because or "")
            yield arranged("{kept} {origin}（{why}）", kept=_("Carried over from"), origin=origin, why=why)
    for name, because in release.left_out:
        yield _("Held back") + f" {name.replace('_', '-')}: " + as_message(because)


def conclusion(summary: Summary) -> str:
    """How a run ended, for its log: the release and the exit code, then the first of what is to be done, a line each."""
    release = summary.release.name if summary.release else _("none")
    code, lines = (0 if summary.is_clean else 3), lines_to_act_on(summary)
    head = joined("，", [_("Release") + f" {release}", _("exit code") + f" {code}", _("to act on") + f" {len(lines)}"])
    return "\n".join([head, *(f"  {line}" for line in first_of(lines, MAX_LOGGED))])
