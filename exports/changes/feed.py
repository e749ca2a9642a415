"""Writes the dataset `changes` of a release: what differs from the release before, row by row, with reasons.

Datasets whose files are those of the release before are not opened. What a person must not read again is decided by a `Judge`, who knows
today's warehouse: a row that may no longer leave gives its key, the day and the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from exports.catalog import Catalog, Dataset, Text
from exports.changes.compare import KEY, load_cells, load_differences
from exports.release.files import write_dataset
from exports.release.manifest import Release, ReleasedDataset
from exports.sql_text import literal

NAME = "changes"
FIRST = Text(zh="首次发布，没有可比较的前一次发布", en="first release: there is none before it to compare with")
BEGAN = Text(zh="前一次发布没有该数据集，须整体取用", en="the release before has no such dataset: take it whole")
REPLACED = Text(
    zh="列或主键与前一次发布不同，或主键有重复，不能逐行比较，须整体取用",
    en="columns or key differ from the release before, or keys repeat, so rows cannot be compared: take it whole",
)
UNREADABLE = Text(zh="前一次发布的文件不能读取，须整体取用", en="the file of the release before cannot be read: take it whole")
_FEED = """
    create or replace temp table feed (
        dataset_slug varchar, release_change varchar, row_key varchar, column_position int, column_name varchar, old_value varchar,
        new_value varchar, change_reason varchar, possible_reasons varchar, change_note varchar
    )
"""


@dataclass(frozen=True)
class Judgement:
    """What is known of a dataset's rows that differ.

    `possible` are the reasons that any change may have. `unshown` are columns whose old values are never repeated. The judge has created
    the temporary tables `withheld_keys` (row_key, shown_key, hides_new: rows of the earlier file that may no longer leave, how they are
    named, and whether the later file's may not either) and `known_reasons` (row_key, column_name, change_reason, shows_old; column_name null: of the whole row).
    """

    possible: tuple[str, ...]
    unshown: frozenset[str] = frozenset()


Judge = Callable[[duckdb.DuckDBPyConnection, Dataset, Path], Judgement]
"""Given a connection with `earlier_rows` and `later_rows`, the dataset and a folder for scratch files."""


def know_nothing(connection: duckdb.DuckDBPyConnection, _dataset: Dataset | None = None, _scratch: Path | None = None) -> Judgement:
    """A judge without a warehouse: every row may be shown, no reason is known."""
    create_tables(connection)
    return Judgement(())


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the two tables of a judgement, empty."""
    connection.execute("create or replace temp table withheld_keys (row_key varchar, shown_key varchar, hides_new boolean)")
    connection.execute(
        "create or replace temp table known_reasons "
        "(row_key varchar, column_name varchar, change_reason varchar, shows_old boolean, hidden_values varchar[])"
    )


def load_feed(
    connection: duckdb.DuckDBPyConnection, earlier: Release | None, later: Release, catalog: Catalog, scratch: Path, judge: Judge
) -> None:
    """Create the temporary table `feed`: every change from one release to another, in no order."""
    connection.execute(_FEED)
    before = {entry.name: entry for entry in earlier.datasets} if earlier else {}
    for entry in later.datasets:
        if entry.name == NAME:
            continue
        for kind, note in _notes(entry, before.get(entry.name), earlier):
            _add_note(connection, entry.slug, kind, note)
        if earlier and entry.name in before:
            _add_rows(
                connection, catalog.datasets.get(entry.name), entry, (earlier.folder, before[entry.name]), later.folder, scratch, judge
            )
    for name, why in later.left_out:
        if name != NAME:
            _add_note(connection, name.replace("_", "-"), "dataset_left_out", Text(zh=why, en=why))


def _notes(entry: ReleasedDataset, before: ReleasedDataset | None, earlier: Release | None) -> Iterator[tuple[str, Text]]:
    if before is None:
        yield "dataset_began", BEGAN if earlier else FIRST
    if entry.carried_over_from:
        origin, why = entry.carried_over_from, entry.carried_over_because
        yield "dataset_held_back", Text(zh=f"沿用发布 {origin} 的文件：{why}", en=f"files of release {origin} kept: {why}")


def _add_note(connection: duckdb.DuckDBPyConnection, slug: str, kind: str, note: Text) -> None:
    words = note.zh if note.zh == note.en else f"{note.zh} / {note.en}"
    connection.execute("insert into feed by name select $1 as dataset_slug, $2 as release_change, $3 as change_note", [slug, kind, words])


def _add_rows(
    connection: duckdb.DuckDBPyConnection,
    dataset: Dataset | None,
    entry: ReleasedDataset,
    before: tuple[Path, ReleasedDataset],
    folder: Path,
    scratch: Path,
    judge: Judge,
) -> None:
    """The rows of one dataset; nothing is read where its file is that of the release before."""
    earlier_folder, earlier = before
    same = {*earlier.sha256_of("parquet")} & {*entry.sha256_of("parquet")}
    before_files, files = (
        [place / file.path for file in one.files_of("parquet") if file.sha256 not in same]
        for place, one in ((earlier_folder, earlier), (folder, entry))
    )
    if not before_files and not files:
        return
    if dataset and dataset.unfollowed:
        _add_note(connection, entry.slug, "dataset_replaced", dataset.unfollowed)
        return
    try:
        shape = load_differences(connection, before_files, files) if before_files and files else None
    except (
        duckdb.IOException,
        duckdb.InvalidInputException,
    ):  # the earlier file was removed or damaged; the later one has just been written
        _add_note(connection, entry.slug, "dataset_replaced", UNREADABLE)
        return
    if shape is None:
        _add_note(connection, entry.slug, "dataset_replaced", REPLACED)
        return
    load_cells(connection, shape)
    _insert_cells(connection, entry.slug, judge(connection, dataset, scratch) if dataset else know_nothing(connection))


def _insert_cells(connection: duckdb.DuckDBPyConnection, slug: str, found: Judgement) -> None:
    """Add the table `cells` to the feed, without what may not be shown and with the reason: the judge's, or the only possible one."""
    unshown = ", ".join(map(literal, sorted(found.unshown))) or "null"
    only = literal(found.possible[0]) if len(found.possible) == 1 else "'undetermined'"
    possible = literal("|".join(found.possible)) if len(found.possible) > 1 else "null"
    connection.execute(
        f"""
        insert into feed by name
        select {literal(slug)} as dataset_slug, cells.release_change,
            case when cells.release_change = 'removed' or withheld.hides_new then coalesce(withheld.shown_key, cells.{KEY}) else cells.{KEY} end as row_key,
            cells.column_position, cells.column_name,
            case
                when withheld.{KEY} is null and coalesce(known.shows_old, whole.shows_old, true)
                    and (cells.column_name not in ({unshown})) is not false
                    then cells.old_value
            end as old_value,
            case
                when withheld.hides_new is not true and coalesce(not list_contains(known.hidden_values, {plain_text("cells.new_value")}), true)
                    then cells.new_value
            end as new_value,
            case when withheld.{KEY} is not null then 'withdrawal' else coalesce(known.change_reason, whole.change_reason, {only}) end as change_reason,
            case when withheld.{KEY} is null and coalesce(known.change_reason, whole.change_reason, {only}) = 'undetermined' then {possible} end
                as possible_reasons
        from cells
        left join withheld_keys as withheld on cells.{KEY} = withheld.{KEY}
        left join known_reasons as known on cells.{KEY} = known.{KEY} and cells.column_name = known.column_name
        left join known_reasons as whole on cells.{KEY} = whole.{KEY} and whole.column_name is null
        """
    )


def plain_text(text: str) -> str:
    """SQL: a text without white space, by which a printed value and the one that was read of it are the same."""
    return f"regexp_replace({text}, '\\s+', '', 'g')"


def write_feed(connection: duckdb.DuckDBPyConnection, earlier: Release | None, later: Release, dataset: Dataset) -> ReleasedDataset:
    """Write the table `feed` as the dataset `changes` into the folder of `later`."""
    facts: Mapping[str, str] = {
        "earlier_release": literal(earlier.name) if earlier else "null",
        "as_of_on": f"date {literal(later.as_of.isoformat())}",
    }
    numbered = ", ".join(f"{value} as {name}" for name, value in facts.items())
    order = f"dataset_slug, {KEY} nulls first, release_change, column_position"
    relation = f"(select row_number() over (order by {order}) as change_number, {numbered}, feed.* from feed)"
    return write_dataset(connection, dataset, later.folder, relation)
