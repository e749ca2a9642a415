"""What the reading of a table has to say about single cells, rows and sheets: what could not be read, was passed over, or was filled in.

A note names the place as a person counts (F17, 第17行) and the kind, never what stands there: notes of clerks name people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

NOTES = "notes"
NOTE_SCHEMA = pa.schema(
    [
        ("source_sha256", pa.string()),
        ("source_sheet", pa.string()),
        ("source_row", pa.int64()),
        ("column_name", pa.string()),
        ("note_kind", pa.string()),
        ("note_place", pa.string()),
        ("note_text", pa.string()),
    ]
)
WORDS = {
    "unreadable_error": "此格是错误值（如 #N/A），不作数也不算未填；请改为确定的值 (an error value: neither a value nor empty)",
    "unreadable_formula": "此格是没有计算结果的公式，不作数也不算未填；请打开文件重新计算后保存，或改为值 (a formula without a result)",
    "lost_digits": "此格的数字已丢失末尾数位（科学计数法或超过15位），不作编号；请以文本格式重新录入 (a number that has lost digits: no key)",
    "unreadable_garbled": "此格是乱码（UTF-8 被当作其他编码另存，已有缺损），不作数也不算未填；请由原系统重新导出 (garbled, with bytes lost: neither a value nor empty)",
    "mended_text": "此处是被重复编码的 UTF-8（乱码），已还原读取；请核对，并由原系统重新导出为 UTF-8 (UTF-8 that was encoded twice: read as it was before)",
    "ditto": "此格写“同上”，按上一行读取 (a ditto mark, read as the row above)",
    "merged_cells": "合并单元格，其下各行按首格读取 (merged cells: rows below read as their first)",
    "merged_across": "此格与左边另一栏目合并，不知是否也指此栏目，不作数也不算未填；请拆分后分别填写 (merged with another column's cell: neither a value nor empty)",
    "hidden_row": "隐藏的行，未读取；应当公开的请取消隐藏或筛选 (a hidden row: passed over)",
    "hidden_column": "隐藏的列，未读取；应当读取的请取消隐藏 (a hidden column: passed over)",
    "hidden_sheet": "隐藏的工作表，未读取；应当读取的请取消隐藏 (a hidden sheet: passed over)",
    "repeated_header": "重复的表头，不计为记录 (a header again: no record)",
    "note_row": "填表说明或签名，不计为记录 (a note or signature: no record)",
    "filling_row": "表头下的列号、填写提示、字段名或示例，不计为记录 (numbers of columns, hints, names of fields or an example: no record)",
    "total_row": "合计行，不计为记录 (a sum: no record)",
    "heading_row": "分组标题行，不计为记录 (a heading over rows: no record)",
    "sheet_without_table": "没有台账表头的工作表，按说明看待，未读取 (a sheet without the register's headers: taken for an explanation)",
    "private_sheet_name": "工作表名含个人信息，名称已隐去，其中的行照常处理；请改名 (the name of a sheet holds personal data: its rows go on)",
    "explaining_sheet": "按名称看作说明或示例的工作表，未读取；其中是正式记录的请改名 (a sheet of explanations or examples by its name: passed over)",
    "second_column": "另有一列是同一栏目，取填写较全的一列，此列保留不用 (another column for the same field is filled better)",
    "joined_columns": "与另一列是同一栏目，各行只填其一，合并读取 (another column for the same field, of which each row fills one: read together)",
    "loose_header": "表头括号内另有文字，按括号外的字认定；不对的请在 gongkai.yaml 的 columns 中写明 (recognised but for words in brackets)",
    "other_cells": "表头是此栏目，各格却都不是此栏目的词，此列保留不用；确是此栏目的请改用规定的词 (header of this column, no cell a word of it: not used)",
    "told_by_header": "表中没有此列，按其他表头认定 (the file has no such column; its other headers say it)",
    "stray_cells": "表格以外很远处有零星单元格，未读取 (stray cells far outside: passed over)",
    "short_row": "行末缺少的单元格按空格读取 (cells missing at the end of a row: read as empty)",
}
CAREFUL = (
    "unreadable_error",
    "unreadable_formula",
    "unreadable_garbled",
    "mended_text",
    "lost_digits",
    "merged_across",
    "hidden_row",
    "hidden_column",
    "hidden_sheet",
    "private_sheet_name",
    "explaining_sheet",
    "second_column",
    "stray_cells",
    "loose_header",
    "other_cells",
)
"""Kinds that a clerk must hear of; the others are how tables are kept."""


@dataclass(frozen=True)
class Note:
    """One thing to say; `row` counts as source_row does, None for what is about a column, a sheet or the file."""

    kind: str
    place: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None


def write_notes(folder: Path, digest: str, notes: Sequence[Note]) -> None:
    """Write `notes.parquet`, in the order given; nothing where nothing is to be said."""
    if not notes:
        return
    rows = [
        {
            "source_sha256": digest,
            "source_sheet": note.sheet,
            "source_row": note.row,
            "column_name": note.column,
            "note_kind": note.kind,
            "note_place": note.place,
            "note_text": WORDS[note.kind],
        }
        for note in notes
    ]
    pq.write_table(pa.Table.from_pylist(rows, NOTE_SCHEMA), folder / f"{NOTES}.parquet", compression="zstd")
