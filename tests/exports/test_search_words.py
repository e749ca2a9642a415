"""The words under which a portal's search finds Chinese texts; no portal is needed for that."""

from __future__ import annotations

import pytest

from exports.ckan.search_words import MAX_LETTERS, search_words


@pytest.mark.parametrize("query", ["任务", "公开", "公开目录", "执法", "行政执法", "栖川县", "栖川县行政执法公开目录", "完成率"])
def test_words_and_words_that_belong_together_are_words_of_the_index(query: str) -> None:
    words = search_words(["栖川县行政执法公开目录", "计划任务", "目标完成率 (share reached)"], ["每项任务一行。"])
    assert query in (words or "").split()


def test_each_word_is_there_once_and_nothing_that_is_not_chinese() -> None:
    words = (search_words(["公开目录", "公开目录", "open, data 2026"], ["公开目录，公开。"]) or "").split()
    assert len(words) == len(set(words))
    assert not any(word.isascii() for word in words)
    assert search_words(["open data"], [""]) is None


def test_words_of_long_texts_follow_those_of_names_and_the_field_has_an_end() -> None:
    texts = [f"{chr(0x4E00 + number)}{chr(0x5E00 + number)}事项" for number in range(4_000)]
    words = search_words(["栖川县"], texts) or ""
    assert words.startswith("栖川县 ")
    assert len(words) <= MAX_LETTERS


def test_rare_characters_of_names_are_words_too() -> None:
    assert "𬭚州区" in (search_words(["𬭚州区"], []) or "").split()
