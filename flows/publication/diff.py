"""What differs between two stored releases, by today's rules: what may no longer leave is not shown, in whichever of the two it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from exports.catalog import Catalog, load_catalog
from exports.changes.feed import NAME, load_feed
from exports.changes.words import REASONS, lines, summarize
from exports.messages import Message, _, arranged, joined
from exports.release.files import connect
from exports.release.manifest import Release, read_inputs
from flows.publication.changes import Causes, WarehouseJudge
from flows.quality.loss_guard import require_datasets
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import Workspace

COLUMNS = (
    "dataset_slug", "release_change", "row_key", "column_name", "old_value", "new_value", "change_reason", "possible_reasons", "change_note",
)  # fmt: skip
MOST_SHOWN = 20  # changes of a dataset that are told one by one
_ORDER = "order by dataset_slug, row_key nulls first, release_change, column_position"


@dataclass(frozen=True)
class Difference:
    """The changes from one release to another, in the temporary table `feed` of an open connection."""

    connection: duckdb.DuckDBPyConnection
    catalog: Catalog

    def rows(self) -> Iterator[tuple[str | None, ...]]:
        """Every change in the order of the feed, by COLUMNS."""
        result = self.connection.execute(f"select {', '.join(COLUMNS)} from feed {_ORDER}")
        while found := result.fetchmany(10_000):
            yield from found

    def words(self) -> Iterator[str]:
        """The changes in words: a line for each dataset, and below it the first changes one by one."""
        for change in summarize(self.connection, "feed"):
            yield from lines([change], self.catalog)
            yield from self._details(change.slug)
        if not self.connection.execute("select 1 from feed limit 1").fetchone():
            yield from lines([], self.catalog)

    def _details(self, slug: str) -> Iterator[str]:
        dataset = self.catalog.published.get(slug.replace("-", "_"))
        columns = dataset.columns if dataset else ()
        titles = {column.name: Message(column.title.zh, column.title.en, column.title.zh) for column in columns}
        query = (
            "select row_key, any_value(release_change), any_value(change_reason), "
            "list([column_name, old_value, new_value] order by column_position) from feed "
            f"where dataset_slug = $1 and row_key is not null group by row_key order by row_key limit {MOST_SHOWN + 1}"
        )
        for number, (key, kind, reason, cells) in enumerate(self.connection.execute(query, [slug]).fetchall()):
            if number == MOST_SHOWN:
                yield "    …" + _("the rest") + f": gongkai diff --dataset {slug} --format csv"
                return
            why = Message(REASONS[reason].zh, REASONS[reason].en)
            yield arranged("    {row}（{why}）", row=_row(key, kind, cells, titles), why=why)


def _row(key: str, kind: str, cells: list[list[str | None]], titles: Mapping[str, str]) -> str:
    if kind == "removed":
        return f"－ {key}"
    if kind == "added":
        return f"＋ {key}"
    changed = [
        arranged("{title} {old} → {new}", title=titles.get(name or "", name), old=_shown(old), new=_shown(new)) for name, old, new in cells
    ]
    return arranged("～ {key}：{changed}", key=key, changed=joined("，", changed))


def _shown(value: str | None) -> str:
    return "∅" if value is None else arranged("「{value}」", value=value)


@contextmanager
def difference(workspace: Workspace, earlier: Release | None, later: Release, names: tuple[str, ...] = ()) -> Iterator[Difference]:
    """The changes from one release to another, of all datasets or of those named; without an earlier one every dataset begins.

    Raises:
        ConfigurationError: there is no warehouse, which knows what may be shown; or a name is no dataset's.
    """
    if not workspace.warehouse.exists():
        raise ConfigurationError(
            finding(str(workspace.root), _("no warehouse"), _("one that says what may leave today"), _("Run: gongkai refresh"))
        )
    catalog = load_catalog()
    wanted = require_datasets(names, catalog, "--dataset") or {*catalog.datasets}
    before, after = (_of(release, wanted) if release else None for release in (earlier, later))
    assert after is not None
    causes = Causes.between(earlier, later, read_inputs(later.folder))
    judge = WarehouseJudge(catalog, causes, _tombstones(workspace), is_past=True)
    with TemporaryDirectory() as scratch, connect(workspace.warehouse, Path(scratch)) as connection:
        load_feed(connection, before, after, catalog, Path(scratch), judge)
        yield Difference(connection, catalog)


def _of(release: Release, names: set[str]) -> Release:
    datasets = tuple(entry for entry in release.datasets if entry.name in names and entry.name != NAME)
    return replace(release, datasets=datasets, left_out=tuple(one for one in release.left_out if one[0] in names))


def _tombstones(workspace: Workspace) -> Path:
    return workspace.releases / "latest" / "data" / "withdrawals.parquet"
