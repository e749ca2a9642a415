"""A released dataset as a workbook for people: its rows, and a sheet that says what they are, by whom, of which day and how to cite them.

Everything comes from the dataset's Parquet file and the metadata in it, so that a file that is carried over, or lost rows, is described as it
was made. A workbook is written where the Parquet file differs from the last release's; otherwise the last one's is kept, with its day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from exports.release.data_files import link_or_copy
from exports.release.files import facts_of_file
from exports.release.manifest import Release, ReleasedDataset, ReleasedFile, released_file
from exports.release.parts import part_in
from exports.sql_text import literal
from exports.workbook import MAX_CELL, MAX_ROWS, SHORTENED, Heading, TableSheet, TextSheet, write_workbook

FORMAT = "xlsx"
ABOUT = "说明"
TYPES = {"string": "文字", "integer": "整数", "number": "数", "boolean": "是/否", "date": "日期", "datetime": "时间（UTC）"}


def with_workbooks(
    draft: Path, datasets: Sequence[ReleasedDataset], last: Release | None, as_of: date, code_version: str
) -> tuple[ReleasedDataset, ...]:
    """The datasets with a workbook each, written below `draft` or linked from the last release; one with more rows than a sheet holds has none."""
    former = _former_workbooks(last) if last and last.code_version == code_version else {}
    with duckdb.connect() as connection:
        return tuple(_with_workbook(connection, draft, entry, former, last, as_of) for entry in datasets)


def _former_workbooks(last: Release) -> dict[tuple[str, str], ReleasedFile]:
    """The workbooks of the last release, by the path and SHA-256 of the Parquet file of which each was made."""
    books = {file.path: file for entry in last.datasets for file in entry.files_of(FORMAT)}
    tables = (file for entry in last.datasets for file in entry.files_of("parquet"))
    return {(file.path, file.sha256): books[path] for file in tables if (path := path_of(file.path)) in books}


def _with_workbook(
    connection: duckdb.DuckDBPyConnection,
    draft: Path,
    entry: ReleasedDataset,
    former: Mapping[tuple[str, str], ReleasedFile],
    last: Release | None,
    as_of: date,
) -> ReleasedDataset:
    bare, books = entry.without(FORMAT), list[ReleasedFile]()
    day = date.fromisoformat(entry.carried_over_from[:10]) if entry.carried_over_from else as_of
    for table in bare.files_of("parquet"):
        kept = former.get((table.path, table.sha256))
        if kept and last:
            if not (draft / kept.path).exists():  # a dataset that is carried over has it already
                link_or_copy(last.folder / kept.path, draft / kept.path)
            books.append(kept)
            continue
        (draft / path_of(table.path)).unlink(missing_ok=True)  # a link of the last release: writing into it would change that release
        books += _write_table_workbook(connection, draft, table.path, day)
    return replace(bare, files=(*bare.files, *books))


def path_of(table: str) -> str:
    """The path in a release of the workbook that is made of a Parquet file."""
    return f"{table.removesuffix('.parquet')}.{FORMAT}"


def write_dataset_workbook(connection: duckdb.DuckDBPyConnection, folder: Path, entry: ReleasedDataset, day: date) -> ReleasedDataset:
    """The dataset with a workbook for its Parquet file, or for each of its parts, written beside it; none for one with too many rows, or whose
    columns have no titles: a file carried over from a release that had none in it.
    """
    books = [book for table in entry.files_of("parquet") for book in _write_table_workbook(connection, folder, table.path, day)]
    return replace(entry, files=(*entry.files, *books))


def _write_table_workbook(connection: duckdb.DuckDBPyConnection, folder: Path, path: str, day: date) -> list[ReleasedFile]:
    facts, parquet = facts_of_file(connection, folder / path), literal(str(folder / path))
    ((rows,),) = connection.execute(f"select count(*) from {parquet}").fetchall()
    if rows > MAX_ROWS or "table_schema" not in facts:
        return []
    fields = json.loads(facts["table_schema"])["fields"]
    table = TableSheet(facts["title_zh"], parquet, [_heading(field) for field in _distinct(fields)])
    about = _about(facts, fields, path, rows, day)
    write_workbook(connection, folder / path_of(path), (table, about), title=facts["title_zh"], creator=facts["publisher_zh"], day=day)
    return [released_file(folder, path_of(path))]


def _distinct(fields: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields, of which those with one title have their name beside it."""
    titles = [_chinese(field["title"]) for field in fields]
    return [
        field | {"header": title if titles.count(title) == 1 else f"{title}（{field['name']}）"}
        for field, title in zip(fields, titles, strict=True)
    ]


def _heading(field: dict[str, Any]) -> Heading:
    return Heading(field["name"], field["header"], {code["value"]: _chinese(code["label"]) for code in field.get("categories", ())})


def _chinese(text: str) -> str:
    """The Chinese half of a text as metadata have it: 落实状态 (Delivery)."""
    return text.rsplit(" (", 1)[0]


def _about(facts: Mapping[str, str], fields: Sequence[dict[str, Any]], path: str, rows: int, day: date) -> TextSheet:
    """The sheet that says what the rows are."""
    title = facts.get("region", "") + facts["title_zh"] + (part_in(path) or "")
    cite = f"{facts['publisher_zh']}：《{title}》，{day.isoformat()}，{facts.get('licence_title_zh', facts['licence'])}"
    lines: list[Sequence[str | int | date | None]] = [
        (title, facts["title_en"]),
        ("内容", facts["description_zh"], facts["description_en"]),
        ("每行", facts["grain_zh"], facts["grain_en"]),
        ("行数", rows),
        ("数据截止日期", day, "此日起各次发布中内容未变的，沿用同一文件 unchanged since this day"),
        ("发布机构", facts["publisher_zh"], facts["publisher_en"]),
        *((("联系方式", facts["contact"]),) if facts.get("contact") else ()),
        ("来源", f"发布包 {facts['dataset']} 数据集，由 {path} 写成；来源文件见发布清单 manifest.json"),
        ("许可", facts.get("licence_title_zh"), facts["licence"]),
        ("引用", cite),
        ("代码", "表中的代码已换成文字，原代码见下；CSV 和 Parquet 文件中是代码"),
        ("长文字", f"超过 Excel 上限（{MAX_CELL} 字符）的文字只列前 {SHORTENED} 字，全文见 CSV 文件"),
        (),
        ("列", "说明", "Description", "列名", "类型", "代码"),
    ]
    head = len(lines)
    for field in fields:
        zh, _, en = field["description"].partition(" / ")
        codes = "；".join(f"{code['value']}＝{_chinese(code['label'])}" for code in field.get("categories", ()))
        lines.append((_chinese(field["title"]), zh, en, field["name"], TYPES[field["type"]], codes or None))
    return TextSheet(ABOUT, lines, (18, 60, 60, 24, 12, 60), frozenset({1, head}))
