"""The way back: an earlier release's file and the feed give the later file, byte for byte."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from exports.changes.compare import KEY, Shape, key_text, shape_of
from exports.release.files import copy_parquet, facts_of_file
from exports.release.parts import rows_of
from exports.sql_text import literal, quoted

DIGEST = "sha256:"
WHOLE = ("dataset_began", "dataset_replaced", "dataset_left_out")


def replay(connection: duckdb.DuckDBPyConnection, earlier: Path | Sequence[Path], feed: Path, slug: str, target: Path) -> None:
    """Write the dataset's later Parquet file to `target`, made of the earlier one, or of its parts, and of the feed's rows about it alone.

    Raises:
        ValueError: the feed says that the dataset must be taken whole (it began, was replaced, or was left out).
    """
    mine = f"(select * from {literal(str(feed))} where dataset_slug = {literal(slug)})"
    whole = connection.execute(f"select release_change from {mine} where release_change in (select unnest($1))", [[*WHOLE]]).fetchone()
    if whole:
        raise ValueError(f"{slug}: the feed says {whole[0]}: take its file whole")
    shape = shape_of(connection, earlier)
    first = earlier if isinstance(earlier, Path) else earlier[0]
    copy_parquet(connection, _later_rows(shape, rows_of(earlier), mine), facts_of_file(connection, first), target)


def _later_rows(shape: Shape, earlier: str, mine: str) -> str:
    """SQL: rows that the feed does not name, with rows of the feed's cells put over the earlier ones, sorted as released files are."""
    names = ", ".join(map(quoted, shape.names))
    cells = ", ".join(
        f"max(new_value) filter (column_name = {literal(name)}) as {quoted(name)}, "
        f"coalesce(bool_or(column_name = {literal(name)}), false) as {quoted('is ' + name)}"
        for name in shape.names
    )
    merged = ", ".join(
        f"case when cells.{quoted('is ' + name)} then cells.{quoted(name)}::{kind} else rows.{quoted(name)} end as {quoted(name)}"
        for name, kind in shape.columns
    )
    order = [*shape.key, *(name for name in shape.names if name not in shape.key)]
    return f"""
        with rows as (select {key_text(shape.key)} as {KEY}, {names} from {earlier}),
        named as (select distinct {KEY} from {mine} where {KEY} is not null),
        cells as (select {KEY}, {cells} from {mine} where release_change in ('added', 'changed') group by {KEY})
        select {names} from (
            select {names} from rows where {KEY} not in (select {KEY} from named) and {literal(DIGEST)} || sha256({KEY}) not in (select {KEY} from named)
            union all
            select {merged} from cells left join rows on cells.{KEY} = rows.{KEY}
        ) order by {", ".join(map(quoted, order))}
    """
