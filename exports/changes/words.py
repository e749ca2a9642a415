"""The changes of a release in words, Chinese first: how many rows of which dataset, and why. No value of the data is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from exports.catalog import Catalog, Text
from exports.messages import Message, _, arranged, joined

REASONS: Mapping[str, Text] = {
    "source": Text(zh="来源变更", en="source changed"),
    "reader": Text(zh="识读程序变更", en="reader changed"),
    "correction": Text(zh="更正", en="corrected"),
    "withdrawal": Text(zh="撤回或不再公开", en="withdrawn or may no longer leave"),
    "clock": Text(zh="日期推移", en="the day moved on"),
    "decision": Text(zh="设置或人工决定", en="settings or a decision changed"),
    "undetermined": Text(zh="原因不能判定", en="reason undetermined"),
}
_SUMMARY = """
    with rows as (
        select dataset_slug, row_key, any_value(release_change) as release_change,
            case when count(distinct change_reason) = 1 then any_value(change_reason) else 'undetermined' end as change_reason
        from {feed} where change_note is null group by dataset_slug, row_key
    ),
    reasons as (select dataset_slug, change_reason, count(*) as amount from rows group by all),
    notes as (select dataset_slug, list(change_note order by release_change) as notes from {feed} where change_note is not null group by all),
    counts as (
        select dataset_slug, count(*) filter (release_change = 'added') as added, count(*) filter (release_change = 'removed') as removed,
            count(*) filter (release_change = 'changed') as changed
        from rows group by all
    )
    select coalesce(counts.dataset_slug, notes.dataset_slug) as slug, coalesce(added, 0), coalesce(removed, 0), coalesce(changed, 0),
        (select list([change_reason, amount::varchar] order by change_reason) from reasons where reasons.dataset_slug = counts.dataset_slug),
        notes.notes
    from counts full outer join notes on counts.dataset_slug = notes.dataset_slug
    order by slug
"""


@dataclass(frozen=True)
class DatasetChange:
    """Rows of one dataset that were added, removed and changed, rows by reason, and notes about the whole dataset."""

    slug: str
    added: int
    removed: int
    changed: int
    reasons: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()


def summarize(connection: duckdb.DuckDBPyConnection, feed: str) -> list[DatasetChange]:
    """What changed in each dataset that changed, from a feed (SQL relation), in the order of slugs."""
    return [
        DatasetChange(slug, added, removed, changed, tuple((why, int(n)) for why, n in reasons or ()), tuple(notes or ()))
        for slug, added, removed, changed, reasons, notes in connection.execute(_SUMMARY.format(feed=feed)).fetchall()
    ]


def lines(changes: list[DatasetChange], catalog: Catalog) -> list[Message]:
    """One line for each dataset; datasets of which the same is said share one, and one says where nothing changed."""
    by_words: dict[Message, list[str]] = {}
    for change in changes:
        words = joined("；", [*_counts(change), *map(_note, change.notes)])
        by_words.setdefault(words, []).append(_title(change.slug, catalog))
    every = [arranged("{titles}：{words}", titles=joined("、", titles), words=words) for words, titles in by_words.items()]
    return every or [_("No dataset changed")]


def _title(slug: str, catalog: Catalog) -> str:
    dataset = catalog.published.get(slug.replace("-", "_"))
    return Message(f"{dataset.title.zh} {slug}", f"{dataset.title.en} {slug}", f"{dataset.title.zh} {slug}") if dataset else slug


def _note(text: str) -> str:
    """A note of the feed, which has both languages in one text (exports/changes/feed.py)."""
    zh, is_both, en = text.partition(" / ")
    return Message(zh, en, text) if is_both else text


def _counts(change: DatasetChange) -> list[Message]:
    words = (("新增", "added", change.added), ("删除", "removed", change.removed), ("变更", "changed", change.changed))
    zh = "，".join(f"{word} {number} 行" for word, _, number in words if number)
    en = ", ".join(f"{number} {word}" for _, word, number in words if number)
    if not zh:
        return []
    why_zh = "，".join(f"{REASONS[reason].zh} {number} 行" for reason, number in change.reasons)
    why_en = ", ".join(f"{REASONS[reason].en} {number}" for reason, number in change.reasons)
    return [Message(f"{zh}（{why_zh}）", f"rows {en} ({why_en})", f"{zh}（{why_zh}） / rows {en} ({why_en})")]
