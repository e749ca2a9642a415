"""The feed of changes: the release before and the feed give this release, byte for byte; and what it says in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.catalog import Catalog, Dataset
from exports.changes.atom import read_entries
from exports.changes.compare import key_text
from exports.changes.feed import NAME, know_nothing, load_feed, write_feed
from exports.changes.follow import follow
from exports.changes.replay import replay
from exports.changes.words import lines, summarize
from exports.release.files import write_dataset
from exports.release.manifest import Release
from exports.release.verify import verify_release
from exports.sql_text import literal
from tests.exports.conftest import Releasing

Row = tuple[Any, ...]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12) | st.sampled_from(
    ["", "|", "\\", "a|b", "a\\|b", "\\N", "换行\r\n", "'“引”\"", "😀", "null", "sha256:"]
)
VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "string": TEXTS,
    "integer": st.integers(-(2**62), 2**62),
    "number": st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 1e-300, 0.1]),
    "boolean": st.booleans(),
    "date": st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    "datetime": st.datetimes(datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2100-01-01")),
}
ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
}


def released(connection: duckdb.DuckDBPyConnection, dataset: Dataset, rows: Mapping[Row, Row], folder: Path) -> Release:
    """A release of one dataset with these rows (key -> other cells); only its files are written."""
    folder.mkdir()
    names = [*dataset.primary_key, *(name for name in dataset.column_names if name not in dataset.primary_key)]
    kinds = {column.name: ARROW[column.type] for column in dataset.columns}
    cells = [pa.array([(*key, *rest)[place] for key, rest in rows.items()], kinds[name]) for place, name in enumerate(names)]
    connection.register("made", pa.table(cells, names))
    entry = write_dataset(connection, dataset, folder, "made")
    connection.unregister("made")
    return Release(folder, folder.name, date(2026, 10, 31), "1", (entry,), ())


def table_of(dataset: Dataset) -> st.SearchStrategy[dict[Row, Row]]:
    kinds = {column.name: column.type for column in dataset.columns}
    key = st.tuples(*(VALUES[kinds[name]] for name in dataset.primary_key))
    rest = st.tuples(*(st.none() | VALUES[kinds[name]] for name in dataset.column_names if name not in dataset.primary_key))
    return st.dictionaries(key, rest, max_size=6)


@st.composite
def edited(draw: st.DrawFn, dataset: Dataset) -> tuple[dict[Row, Row], dict[Row, Row]]:
    """A table, and the table after rows were dropped, cells changed, and rows added."""
    before = draw(table_of(dataset))
    after = {key: row for key, row in before.items() if draw(st.integers(0, 3))}
    fresh = draw(table_of(dataset))
    for key in [*after]:
        if fresh and draw(st.booleans()):
            other = draw(st.sampled_from([*fresh.values()]))
            place = draw(st.integers(0, len(other) - 1))
            after[key] = (*after[key][:place], other[place], *after[key][place + 1 :])
    return before, after | {key: row for key, row in fresh.items() if key not in before}


@pytest.mark.parametrize("name", ["disclosures", "target_progress", "annual_report", "data_quality", "catalogue_coverage"])
def test_the_release_before_and_the_feed_give_this_release_byte_for_byte(
    name: str, catalog: Catalog, tmp_path_factory: pytest.TempPathFactory
) -> None:
    dataset = catalog.datasets[name].model_copy(update={"unfollowed": None})
    known = Catalog(**{**vars(catalog), "datasets": {**catalog.datasets, name: dataset}})

    @settings(max_examples=10, deadline=None, suppress_health_check=[*HealthCheck])
    @given(tables=edited(dataset))
    def holds(tables: tuple[dict[Row, Row], dict[Row, Row]]) -> None:
        folder = tmp_path_factory.mktemp("pair")
        with duckdb.connect() as connection:
            earlier, later = (released(connection, dataset, rows, folder / word) for word, rows in zip(("a", "b"), tables, strict=True))
            load_feed(connection, earlier, later, known, folder, know_nothing)
            feed = write_feed(connection, earlier, later, catalog.made_at_release[NAME])
            paths = [release.folder / f"data/{dataset.slug}.parquet" for release in (earlier, later)]
            replay(connection, paths[0], later.folder / feed.file("parquet").path, dataset.slug, folder / "again.parquet")
        assert (folder / "again.parquet").read_bytes() == paths[1].read_bytes()

    holds()


def following(catalog: Catalog, warehouse: Path) -> dict[str, Any]:
    return {"follow": partial(follow, catalog=catalog, warehouse=warehouse, judge=lambda connection, *_: know_nothing(connection))}


@pytest.fixture
def changing(release: Releasing, catalog: Catalog, warehouse: Path) -> Callable[..., Release]:
    """Write a release that says what changed."""
    return lambda **changes: release(**(following(catalog, warehouse) | changes))


def feed_of(release: Release) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(release.folder / "data/changes.parquet").to_pylist()
    return rows


def change(warehouse: Path, *statements: str) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_the_first_release_says_that_every_dataset_began(changing: Callable[..., Release], catalog: Catalog) -> None:
    made = changing()
    assert verify_release(made.folder) == []
    assert [(row["dataset_slug"], row["release_change"]) for row in feed_of(made)] == [
        (dataset.slug, "dataset_began") for dataset in sorted(catalog, key=lambda one: one.slug)
    ]
    assert {row["earlier_release"] for row in feed_of(made)} == {None}
    assert "首次发布" in feed_of(made)[0]["change_note"]


def test_a_row_added_removed_and_a_cell_changed_are_told_apart(changing: Callable[..., Release], warehouse: Path) -> None:
    first = changing()
    change(
        warehouse,
        "delete from marts.units where unit_id = (select min(unit_id) from marts.units)",
        "update marts.units set alias_count = 77 where unit_id = (select max(unit_id) from marts.units)",
        "insert into marts.units by name select * replace ('新单位' as unit_id) from marts.units order by unit_id limit 1",
    )
    second = changing()
    rows = feed_of(second)
    assert {row["dataset_slug"] for row in rows} == {"units"}
    assert {row["earlier_release"] for row in rows} == {first.name}
    told = {row["release_change"]: (row["row_key"], row["column_name"], row["new_value"]) for row in rows}
    assert told["removed"] == ("unit_id-000000", None, None)
    assert told["changed"] == ("unit_id-000039", "alias_count", "77")
    assert {row["row_key"] for row in rows if row["release_change"] == "added"} == {"新单位"}
    (entry, before) = read_entries(second.folder / "changes.xml")
    assert "units：新增 1 行，删除 1 行，变更 1 行" in entry.text
    assert "rows 1 added, 1 removed, 1 changed" in entry.text
    assert (entry.base, before.base) == ("", f"../{first.name}/")


def test_nothing_changed_is_the_same_release_and_its_feed_stays(changing: Callable[..., Release]) -> None:
    first = changing()
    again = changing()
    assert again == first
    assert verify_release(first.folder) == []
    next_day = changing(as_of=date(2026, 11, 1))
    assert feed_of(next_day) == []
    assert "数据没有变化" in read_entries(next_day.folder / "changes.xml")[0].text
    assert verify_release(first.folder) == []


def test_the_feed_of_a_release_is_not_written_into_the_one_before(changing: Callable[..., Release], warehouse: Path) -> None:
    first = changing()
    before = {path: path.read_bytes() for path in first.folder.rglob("*.*")}
    changing(as_of=date(2026, 11, 1), code_version="2")
    changing(code_version="3")
    assert {path: path.read_bytes() for path in first.folder.rglob("*.*")} == before


def test_two_series_of_the_same_releases_are_the_same_bytes(changing: Callable[..., Release], warehouse: Path, tmp_path: Path) -> None:
    series = [tmp_path / "one", tmp_path / "two"]
    for folder in series:
        changing(releases=folder)
    change(
        warehouse, "update marts.units set alias_count = alias_count + 1 where unit_id > 'unit_id-000009'", "delete from marts.plan_tasks"
    )
    last = [changing(releases=folder, blocked={"disclosures": "x"}) for folder in series]
    assert last[0].name == last[1].name
    assert len(feed_of(last[0])) > 60
    assert [path.read_bytes() for path in sorted(last[0].folder.rglob("*.*"))] == [
        path.read_bytes() for path in sorted(last[1].folder.rglob("*.*"))
    ]


def test_a_dataset_held_back_and_one_left_out_are_said_in_words(changing: Callable[..., Release]) -> None:
    first = changing(blocked={"units": "合计不符"})
    assert ("units", "dataset_left_out", "合计不符") in [
        (row["dataset_slug"], row["release_change"], row["change_note"]) for row in feed_of(first)
    ]
    second = changing()
    third = changing(blocked={"units": "合计不符", "plan_tasks": "缺期限"})
    (began,) = feed_of(second)
    assert (began["dataset_slug"], began["release_change"]) == ("units", "dataset_began")
    held = {row["dataset_slug"]: row["change_note"] for row in feed_of(third)}
    assert held.keys() == {"units", "plan-tasks"}
    assert held["units"] == f"沿用发布 {second.name} 的文件：合计不符 / files of release {second.name} kept: 合计不符"


def test_a_feed_that_may_not_leave_is_left_out_and_said_so(changing: Callable[..., Release]) -> None:
    changing()
    made = changing(follow=None, blocked={NAME: "隐私检查未通过"}, code_version="2")
    assert (NAME, "隐私检查未通过") in made.left_out
    assert not (made.folder / "data/changes.csv").exists()
    after = changing(code_version="3")
    assert verify_release(after.folder) == []


def test_only_files_that_differ_are_opened(changing: Callable[..., Release], warehouse: Path) -> None:
    first = changing()
    change(warehouse, "update marts.units set alias_count = alias_count + 1")
    for path in (first.folder / "data").glob("*.parquet"):
        if path.name != "units.parquet":
            path.write_bytes(b"no Parquet")  # whoever opened it would fail
    second = changing()
    assert {row["dataset_slug"] for row in feed_of(second)} == {"units"}


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(b"no Parquet")])
def test_a_file_of_the_release_before_that_cannot_be_read_stops_nothing(
    changing: Callable[..., Release], warehouse: Path, damage: Callable[[Path], object]
) -> None:
    first = changing()
    change(warehouse, "update marts.units set alias_count = alias_count + 1")
    damage(first.folder / "data/units.parquet")
    (row,) = feed_of(changing())
    assert (row["dataset_slug"], row["release_change"]) == ("units", "dataset_replaced")
    assert "cannot be read" in row["change_note"]


def test_other_columns_are_taken_whole(catalog: Catalog, tmp_path: Path) -> None:
    dataset = catalog.datasets["catalogue_coverage"]
    fewer = dataset.model_copy(update={"columns": dataset.columns[:-1]})
    rows = {("A",): (None,) * (len(dataset.columns) - 1)}
    with duckdb.connect() as connection:
        earlier = released(connection, fewer, {("A",): (None,) * (len(fewer.columns) - 1)}, tmp_path / "a")
        later = released(connection, dataset, rows, tmp_path / "b")
        load_feed(connection, earlier, later, catalog, tmp_path, know_nothing)
        assert connection.execute("select release_change from feed").fetchall() == [("dataset_replaced",)]
        feed = write_feed(connection, earlier, later, catalog.made_at_release[NAME])
        with pytest.raises(ValueError, match="take its file whole"):
            replay(
                connection,
                earlier.folder / "data/catalogue-coverage.parquet",
                later.folder / feed.file("parquet").path,
                dataset.slug,
                tmp_path / "x",
            )


def test_keys_of_several_columns_never_give_one_text() -> None:
    pairs = [("a|b", "c"), ("a", "b|c"), ("a\\", "|b"), ("a", "\\|b"), (None, "x"), ("\\N", "x"), ("", "x")]
    with duckdb.connect() as connection:
        values = ", ".join(f"({', '.join('null' if part is None else literal(part) for part in pair)})" for pair in pairs)
        texts = connection.execute(f"select {key_text(('x', 'y'))} from (values {values}) as pairs(x, y)").fetchall()
    assert len({*texts}) == len(pairs)


def test_a_dataset_without_a_word_is_summed_up_in_both_languages(catalog: Catalog) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            "create table feed as select 'units' as dataset_slug, 'removed' as release_change, 'u' || i as row_key, "
            "case when i < 2 then 'withdrawal' else 'source' end as change_reason, null::varchar as change_note from range(5) t(i)"
        )
        (line,) = lines(summarize(connection, "feed"), catalog)
    assert (
        line
        == "单位 units：删除 5 行（来源变更 3 行，撤回或不再公开 2 行） / rows 5 removed (source changed 3, withdrawn or may no longer leave 2)"
    )
