"""The changes of a release in words, Chinese first: how many rows of which dataset, and why. No value of the data is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from exports.catalog import Catalog, Text

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


def lines(changes: list[DatasetChange], catalog: Catalog) -> list[str]:
    """One line for each dataset, in Chinese and English; datasets of which the same is said share one, and one says where nothing changed."""
    by_words: dict[str, list[str]] = {}
    for change in changes:
        by_words.setdefault("；".join([*_counts(change), *change.notes]), []).append(_title(change.slug, catalog))
    return [f"{'、'.join(titles)}：{words}" for words, titles in by_words.items()] or ["数据没有变化 No dataset changed"]


def _title(slug: str, catalog: Catalog) -> str:
    dataset = catalog.published.get(slug.replace("-", "_"))
    return f"{dataset.title.zh} {slug}" if dataset else slug


def _counts(change: DatasetChange) -> list[str]:
    words = (("新增", "added", change.added), ("删除", "removed", change.removed), ("变更", "changed", change.changed))
    zh = "，".join(f"{word} {number} 行" for word, _, number in words if number)
    en = ", ".join(f"{number} {word}" for _, word, number in words if number)
    if not zh:
        return []
    why_zh = "，".join(f"{REASONS[reason].zh} {number} 行" for reason, number in change.reasons)
    why_en = ", ".join(f"{REASONS[reason].en} {number}" for reason, number in change.reasons)
    return [f"{zh}（{why_zh}） / rows {en} ({why_en})"]
