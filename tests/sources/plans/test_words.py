"""The tables of words and weights that the plan reader reads by: each row does what its example says."""

from __future__ import annotations

import csv
import re

import pytest

from flows.sources.plans import read_plan
from flows.sources.plans.columns import header_role
from flows.sources.plans.confidence import NEEDS_REVIEW_BELOW, TABLE, confidences
from flows.sources.plans.lexicon import BARE
from flows.sources.plans.names import looks_like_unit
from flows.sources.plans.persons import PERSONS
from flows.sources.plans.words import Word, words


@pytest.mark.parametrize(
    "word", [*words("label"), *words("open_label"), *words("header"), *words("header_in_text")], ids=lambda w: w.example
)
def test_each_pattern_matches_its_example(word: Word) -> None:
    assert re.fullmatch(word.pattern, word.example)


@pytest.mark.parametrize("word", words("header"), ids=lambda w: w.example)
def test_each_header_s_example_has_its_role(word: Word) -> None:
    assert header_role(word.example) == word.role


@pytest.mark.parametrize("kind", ["unit_suffix", "department", "family_name"])
def test_each_word_of_a_name_makes_one(kind: str) -> None:
    tells = {"unit_suffix": looks_like_unit, "department": BARE.fullmatch, "family_name": PERSONS.fullmatch}[kind]
    assert [word.example for word in words(kind) if not tells(word.example)] == []
    assert len({word.pattern for word in words(kind)}) == len(words(kind))


def test_each_rule_of_the_reader_has_a_share_that_was_counted() -> None:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = [*csv.DictReader(stream)]
    for row in rows:
        assert 0 < float(row["confidence"]) <= 1
        assert int(row["right_count"]) <= int(row["task_count"])
        assert row["example"]
    assert {
        "label",
        "unknown_label",
        "bracket",
        "sentence",
        "cells",
        "glued_cells",
        "glued_names",
        "inherited",
        "no_clause",
        "odd_name",
        "spread_clauses",
        "opening",
        "unit_heading",
        "unnumbered",
    } == {*confidences()}


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("(一)公开预算。责任单位:县财政局。", "label"),
        ("(一)公开预算。经办单位:县财政局。", "unknown_label"),
        ("(一)公开预算。(县财政局牵头)", "bracket"),
        ("(一)公开预算。由县财政局牵头,县审计局配合。", "sentence"),
        ("(一)公开预算表格和说明。\n(二)公开决算表格和说明。", "no_clause"),
    ],
)
def test_a_task_says_which_rule_read_it_and_whether_a_person_should_look(body: str, rule: str) -> None:
    text = f"某县2024年政务公开工作要点\n一、工作任务\n{body}\n"
    task = read_plan(text.encode(), "plan.txt").as_answer()["tasks"][0]
    assert task["reading_rule"] == rule
    assert task["confidence"] == confidences()[rule]
    assert task["needs_review"] == (task["confidence"] < NEEDS_REVIEW_BELOW)


@pytest.mark.parametrize(
    ("lines", "is_sure"),
    [
        (["一、疏浚河道。完成清淤。(县水利局牵头)", "二、修复路面。(县交通局牵头)"], True),
        (["一、疏浚河道。完成清淤。", "牵头单位:县水利局", "责任单位:各镇", "二、修复路面。(县交通局牵头)"], True),
        (["一、疏浚河道。完成清淤。(县水利局牵头)", "增设护栏,更换标牌。(县交通局牵头)", "二、修复路面。(县交通局牵头)"], False),
        (["一、疏浚河道。完成清淤。责任单位:县水利局。", "增设护栏,更换标牌。责任单位:县公安局。", "二、修复路面。(县交通局牵头)"], False),
    ],
    ids=["one clause", "clauses on lines of their own", "two lines with brackets", "two lines with labels"],
)
def test_an_item_whose_lines_each_name_units_is_doubted(lines: list[str], *, is_sure: bool) -> None:
    text = "\n".join(["2022年工作要点", *lines])
    first = read_plan(text.encode(), "要点.txt").as_answer()["tasks"][0]
    assert first["needs_review"] is not is_sure
