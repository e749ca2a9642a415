"""The words by which a Chinese text is found on a portal whose search splits texts at blanks, as CKAN's own schema for Solr does.

Such an index has 栖川县行政执法公开目录 as one word, found only by itself. The words of a dataset's texts, one blank between two, are
therefore put into a field of their own, which CKAN indexes like any other. A person asks for one word or for several that belong together
(执法, 公开目录, 目标完成率), and a query without blanks must be one word of the index; so each word is there, each run of two or three
that follow each other, and each short text as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

MAX_LETTERS = 8_000  # of the field: beyond, words of the last texts are left out
LONGEST_RUN = 3  # words that are also one word together
CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+")


def search_words(names: Iterable[str], texts: Iterable[str]) -> str | None:
    """The words, first of names (titles, keywords, columns, places: also whole and in runs), then of longer texts; each once. None where
    there is nothing Chinese.
    """
    found = dict.fromkeys(
        [*_words_of_names(tuple(names)), *(word for text in texts for part in _chinese(text) for word in _segments(part))]
    )
    kept, length = [], 0
    for word in found:
        length += len(word) + 1
        if length > MAX_LETTERS:
            break
        kept.append(word)
    return " ".join(kept) or None


def _words_of_names(names: tuple[str, ...]) -> Iterator[str]:
    for part in (part for name in names for part in _chinese(name)):
        words = _segments(part, shortest=1)
        yield part
        for length in range(1, LONGEST_RUN + 1):
            runs = ("".join(words[start : start + length]) for start in range(len(words) - length + 1))
            yield from (run for run in runs if len(run) > 1)


def _chinese(text: str) -> list[str]:
    """The runs of Chinese characters of a text."""
    return CHINESE.findall(text)


@lru_cache(maxsize=10_000)
def _segments(text: str, shortest: int = 2) -> tuple[str, ...]:
    import rjieba  # its dictionary takes a second to load, and only a portal needs it

    return tuple(word for word in rjieba.cut(text) if len(word) >= shortest)
