"""How a table is loaded: by xloader only where it is available, wanted, faster, and leaves little to correct."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from exports.ckan.desired import DesiredFile, DesiredTable
from exports.ckan.http import Body
from exports.ckan.loading import LoadOptions


def table(folder: Path, rows: int, title: str = "'题名 ' || i") -> DesiredTable:
    parquet = folder / "rows.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select i as id, {title} as title from range({rows}) t(i)) to '{parquet}'")
    fields = ({"id": "id", "type": "int8", "info": {}}, {"id": "title", "type": "text", "info": {}})
    csv = DesiredFile(Body("rows.csv", b""), "", "", {})
    return DesiredTable((parquet,), (csv,), fields, ("id",), rows, "rows", {})


@pytest.mark.parametrize(
    ("options", "rows", "title", "expected"),
    [
        (LoadOptions(has_xloader=True), 60_000, "'题名 ' || i", True),
        (LoadOptions(has_xloader=True), 60_000, "case when i % 50 = 0 then '' else '题名' end", False),
        (LoadOptions(has_xloader=True), 60_000, "case when i % 50 = 0 then '题' || chr(13) || chr(10) || '名' else '题名' end", False),
        (LoadOptions(has_xloader=True), 60_000, "case when i % 500 > 0 then '题名' else '' end", True),
        (LoadOptions(has_xloader=True), 100, "'题名'", False),
        (LoadOptions(has_xloader=False), 60_000, "'题名'", False),
        (LoadOptions(has_xloader=True, loader="rows"), 60_000, "'题名'", False),
        (LoadOptions(has_xloader=True, loader="xloader"), 100, "''", True),
        (LoadOptions(has_xloader=False, loader="xloader"), 100, "'题名'", False),
    ],
    ids=[
        "large",
        "empty texts",
        "line breaks",
        "few empty texts",
        "small",
        "not there",
        "not desired",
        "desired all the same",
        "desired, not there",
    ],
)
def test_the_way_a_table_is_loaded(tmp_path: Path, options: LoadOptions, rows: int, title: str, expected: bool) -> None:
    assert options.takes_xloader(table(tmp_path, rows, title)) is expected
