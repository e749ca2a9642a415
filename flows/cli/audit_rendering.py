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

from exports.catalog import Text, load_catalog
from exports.messages import Message, _, arranged, joined
from flows.audit import Audit, Question
from flows.cli.whole_table import whole_table

ROOM = 14  # characters that a table column needs on the terminal


def print_questions(console: Console, questions: Iterable[Question]) -> None:
    """Every question there is, by name."""
    table = whole_table(_("Name"), _("Question"), show_lines=True)
    for question in questions:
        table.add_row(question.name, _on_two_lines(question))
    console.print(table, markup=False)


def print_counts(console: Console, questions: dict[str, Question], audit: Audit) -> None:
    """Print every question with the number of its answers, most first."""
    title = _("Audit") + f" · {audit.as_of}"
    table = whole_table(_("Answers"), _("Name"), _("Question"), title=title, title_justify="left")
    for name, count in sorted(audit.counts.items(), key=lambda item: -item[1]):
        table.add_row(f"{count:,}", name, Message(questions[name].zh, questions[name].en, questions[name].zh))
    console.print(table, markup=False)
    console.print(_("The answers to one") + ": gongkai audit NAME", markup=False)


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
    console.print(_on_two_lines(question), style="bold", markup=False, highlight=False)
    rows = [["" if value is None else str(value) for value in row.values()] for row in answers.to_pylist()]
    heads = _heads(answers.column_names)
    if len(heads) * ROOM <= console.width:
        table = whole_table(*heads)
        for row in rows:
            table.add_row(*row)
        console.print(table, markup=False)
    else:
        for row in rows:
            lines = [_on_one_line(head) + f": {value}" for head, value in zip(heads, row, strict=True) if value]
            console.print(joined("\n", [*lines, ""]), markup=False, highlight=False, soft_wrap=True)
    console.print(
        arranged("{count}。{note}", count=_("{count} answers", count=answers.num_rows), note=question.note),
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _heads(names: list[str]) -> list[str]:
    titles = load_catalog().columns
    return [_head(titles[name].title, name) if name in titles else name for name in names]


def _head(title: Text, name: str) -> Message:
    """The column's name below its title, which is Chinese where both languages are asked for."""
    return Message(f"{title.zh}\n{name}", f"{title.en}\n{name}", f"{title.zh}\n{name}")


def _on_one_line(head: str) -> str:
    return head.each(_on_one_line) if isinstance(head, Message) else head.replace("\n", " ")


def _on_two_lines(question: Question) -> Message:
    return Message(question.zh, question.en, f"{question.zh}\n{question.en}")
