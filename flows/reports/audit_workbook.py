"""An auditor's workbook: an index of the questions, a sheet for each with its answers, and the source files with their SHA-256."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from exports.catalog import Catalog
from exports.workbook import MAX_ROWS, Heading, TableSheet, TextSheet, write_workbook

SOURCES = "from raw.sources order by all"
HEADS = ("序号", "问题", "Question", "条数", "说明", "名称")


@dataclass(frozen=True)
class Answered:
    """A question with its answers; `name` is that of its file in sql/audit."""

    name: str
    zh: str
    en: str
    note: str
    answers: pa.Table


def write_audit_workbook(target: Path, answered: Sequence[Answered], sources: pa.Table, catalog: Catalog, day: date) -> None:
    """Write the workbook; columns that the dictionary knows have its Chinese titles, and their codes its words.

    Raises:
        OSError: the file cannot be written.
    """
    about = f"审计提问 Audit，{catalog.title.zh}，{day.isoformat()}"
    lines = [(number, one.zh, one.en, one.answers.num_rows, one.note, one.name) for number, one in enumerate(answered, 1)]
    note = f"条数超过 {MAX_ROWS} 的只列前面的行。答案按数据仓库 {day.isoformat()} 的状态；问题见 sql/audit。"
    index = TextSheet("索引", [(None, about), (None, note), HEADS, *lines], (6, 60, 60, 10, 80, 32), frozenset({1, 3}))
    with duckdb.connect() as connection:
        sheets = [
            _sheet(connection, f"{number} {one.zh}", f"answers_{number}", one.answers, catalog) for number, one in enumerate(answered, 1)
        ]
        files = _sheet(connection, "来源文件", "source_files", sources, catalog)
        write_workbook(connection, target, (index, *sheets, files), title=about, creator=catalog.publisher.name.zh, day=day)


def _sheet(connection: duckdb.DuckDBPyConnection, name: str, relation: str, table: pa.Table, catalog: Catalog) -> TableSheet:
    connection.register(relation, table)
    titles = [catalog.columns[column].title.zh if column in catalog.columns else column for column in table.column_names]
    headings = [
        Heading(
            column,
            title if titles.count(title) == 1 else f"{title}（{column}）",
            {code: words.zh for code, words in catalog.columns[column].labels.items()} if column in catalog.columns else {},
        )
        for column, title in zip(table.column_names, titles, strict=True)
    ]
    return TableSheet(name, relation, headings)
