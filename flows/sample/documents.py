"""The plan documents of the sample, in three layouts, and one that was truncated in transfer."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject

from flows.sample.county import HERE, County, read_yaml
from flows.sample.formats import without_times

TEXTS = HERE / "plans"
BLOCKS = 3  # unit and target side by side, three times across the page
MADE_AT = datetime(2026, 4, 2)  # noqa: DTZ001 - Word keeps no time zone


def key_points(county: County) -> bytes:
    """The county's plan as text: numbered items with bracketed clauses, the target table, the list of units."""
    text = (TEXTS / "2026-key-points.txt").read_text("utf-8")
    units = "、".join(unit.short for unit in county.units)
    return text.format(target_table=_target_table(county.targets), unit_list=units).encode()


def _target_table(targets: dict[str, int]) -> str:
    """Blocks side by side, filled downwards, with the total in the last cell."""
    cells = [*targets.items(), ("合计", sum(targets.values()))]
    height = -(-len(cells) // BLOCKS)
    blocks = [cells[start : start + height] for start in range(0, len(cells), height)]
    head = " | ".join(["单位", "目标条数"] * BLOCKS)
    rows = [" | ".join(f"{unit} | {number}" for unit, number in row) for row in zip_longest(*blocks, fillvalue=("", ""))]
    return "\n".join(f"{row} |" for row in [head, *rows])


def data_bureau_plan() -> bytes:
    """A bureau's plan as a government site serves it, menus and buttons included."""
    return (TEXTS / "2026-data-bureau.html").read_bytes()


def data_bureau_plan_later() -> bytes:
    """The same plan as the site shows it some months later: two deadlines moved, the last task gone, number and date as before.

    Raises:
        ValueError: the plan no longer has the words that are replaced.
    """
    text = (TEXTS / "2026-data-bureau.html").read_text("utf-8")
    for before, after in read_yaml(TEXTS / "2026-data-bureau-later.yaml").items():
        if text.count(before) != 1:
            raise ValueError(f"2026-data-bureau.html: found {text.count(before)} times, expected once: {before}")
        text = text.replace(before, after)
    return text.encode()


def task_list() -> bytes:
    """The county's task list as a Word file: a table of tasks, one lead unit merged over two rows."""
    facts = read_yaml(TEXTS / "2026-task-list.yaml")
    document = _new_document(facts["title"])
    document.add_heading(facts["title"], level=0)
    for paragraph in (facts["number"], *facts["before"]):
        document.add_paragraph(paragraph)
    _add_task_table(document, facts["header"], facts["tasks"])
    for paragraph in facts["after"]:
        document.add_paragraph(paragraph)
    return _save_to_bytes(document)


def cut_off_plan() -> bytes:
    """A town's plan of which only the first part arrived: a Word file without its end cannot be opened."""
    document = _new_document("柳笕镇2026年政务公开工作安排")
    document.add_heading("柳笕镇2026年政务公开工作安排", level=0)
    document.add_paragraph("1.更新村级公开栏。每月十日前张贴上月收支。（责任单位：柳笕镇；完成时限：长期坚持）")
    whole = _save_to_bytes(document)
    return whole[: len(whole) * 3 // 5]


def _new_document(title: str) -> DocumentObject:
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = title, "", ""
    properties.created = properties.modified = MADE_AT
    return document


def _add_task_table(document: DocumentObject, header: Sequence[str], tasks: Sequence[Sequence[Any]]) -> None:
    table = document.add_table(rows=1 + len(tasks), cols=len(header), style="Table Grid")
    cells = [[*header], *([str(number), *task] for number, task in enumerate(tasks, start=1))]
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text or ""
    for number, texts in enumerate(cells):
        for column, text in enumerate(texts):
            if text is None:
                merged = table.cell(number - 1, column).merge(table.cell(number, column))
                merged.text = merged.text.strip()


def _save_to_bytes(document: DocumentObject) -> bytes:
    made = io.BytesIO()
    document.save(made)
    return without_times(made)
