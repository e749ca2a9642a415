"""What of a run a person has to act on: for `gongkai refresh --quiet`, and for the end of the run in the log."""

from __future__ import annotations

from collections.abc import Iterator

from exports.release.manifest import Release
from flows.quality.results import CRITICAL
from flows.reports.summary import Summary
from flows.workspace.cut_lists import first_of

MAX_LOGGED = 20  # lines of what is to be done that the log repeats at the end of each run


def lines_to_act_on(summary: Summary) -> list[str]:
    """A line for each thing that a person has to act on, Chinese first; at least one where the summary is not clean, none in a night without trouble."""
    lines = [f"退回 Rejected {place}: {reason}" for place, reason in summary.rejects]
    lines += _of_sources(summary)
    failed = [(table, rule) for severity, table, rule in summary.failed_rules if severity == CRITICAL]
    lines += [f"严重规则未通过 Critical rule not met, {table}: {rule}" for table, rule in failed]
    lines += _of_release(summary.release) if summary.release else []
    lines += summary.losses
    lines += [
        f"门户内容与发布包不符 The portal differs: {problem}" for problem in (summary.published.problems if summary.published else ())
    ]
    return lines


def _of_sources(summary: Summary) -> Iterator[str]:
    if (done := summary.ingested) is None:
        return
    yield from (f"无法读取 Out of reach {path}" for path in done.unreachable)
    yield from (f"已消失 Vanished {path}" for path in done.vanished)
    yield from (f"来源位置不存在，请核对 gongkai.yaml No such place, check gongkai.yaml: source {name}" for name in done.absent)
    yield from done.to_rename
    yield from done.refused
    yield from done.missing


def _of_release(release: Release) -> Iterator[str]:
    for dataset in release.datasets:
        if dataset.carried_over_from:
            yield f"沿用上次发布 Carried over from {dataset.carried_over_from}: {dataset.slug}（{dataset.carried_over_because}）"
    for name, because in release.left_out:
        yield f"未发布 Held back {name.replace('_', '-')}: {because}"


def conclusion(summary: Summary) -> str:
    """How a run ended, for its log: the release and the exit code, then the first of what is to be done, a line each."""
    release = summary.release.name if summary.release else "无 none"
    code, lines = (0 if summary.is_clean else 3), lines_to_act_on(summary)
    head = f"发布包 release {release}，退出码 exit code {code}，需处理 to act on {len(lines)}"
    return "\n".join([head, *(f"  {line}" for line in first_of(lines, MAX_LOGGED))])
