"""Answers of an audit for a person or a program: table, CSV, JSON, Parquet."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from exports.catalog import load_catalog
from flows.audit import Audit, Question
from flows.cli.whole_table import whole_table

ROOM = 14  # characters that a table column needs on the terminal


def print_questions(console: Console, questions: Iterable[Question]) -> None:
    """Every question there is, by name."""
    table = whole_table("名称 Name", "问题 Question", show_lines=True)
    for question in questions:
        table.add_row(question.name, f"{question.zh}\n{question.en}")
    console.print(table, markup=False)


def print_counts(console: Console, questions: dict[str, Question], audit: Audit) -> None:
    """Print every question with the number of its answers, most first."""
    table = whole_table("条数 Answers", "名称 Name", "问题 Question", title=f"审计 Audit · {audit.as_of}", title_justify="left")
    for name, count in sorted(audit.counts.items(), key=lambda item: -item[1]):
        table.add_row(f"{count:,}", name, questions[name].zh)
    console.print(table, markup=False)
    console.print("查看其中一问 The answers to one: gongkai audit NAME", markup=False)


def print_answers(console: Console, question: Question, answers: pa.Table, form: str) -> None:
    """Print the answers in the form asked for: Parquet as bytes, the others as text with column ids."""
    if form == "parquet":
        sys.stdout.buffer.write(parquet_bytes(answers))
    elif form == "json":
        sys.stdout.write(json.dumps(answers.to_pylist(), ensure_ascii=False, default=str) + "\n")
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(answers.column_names)
        writer.writerows(row.values() for row in answers.to_pylist())
    else:
        _print_table(console, question, answers)


def parquet_bytes(answers: pa.Table) -> bytes:
    stream = io.BytesIO()
    pq.write_table(answers, stream, compression="zstd")
    return stream.getvalue()


def _print_table(console: Console, question: Question, answers: pa.Table) -> None:
    """Print a table where the terminal is wide enough for the columns, else each answer as a block of lines."""
    console.print(f"{question.zh}\n{question.en}", style="bold", markup=False, highlight=False)
    rows = [["" if value is None else str(value) for value in row.values()] for row in answers.to_pylist()]
    heads = _heads(answers.column_names)
    if len(heads) * ROOM <= console.width:
        table = whole_table(*heads)
        for row in rows:
            table.add_row(*row)
        console.print(table, markup=False)
    else:
        for row in rows:
            lines = [f"{head.replace(chr(10), ' ')}: {value}" for head, value in zip(heads, row, strict=True) if value]
            console.print("\n".join([*lines, ""]), markup=False, highlight=False, soft_wrap=True)
    console.print(f"{answers.num_rows} 条 (answers). {question.note}", markup=False, highlight=False, soft_wrap=True)


def _heads(names: list[str]) -> list[str]:
    titles = load_catalog().columns
    return [f"{titles[name].title.zh}\n{name}" if name in titles else name for name in names]
