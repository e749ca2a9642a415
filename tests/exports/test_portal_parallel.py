"""Bounded parallel work: never more than allowed, messages from the caller's thread, one error stops what has not begun."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from exports.ckan.parallel import bounded_map, map_with_progress


class Busy:
    """Work that counts how much of it runs at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.done: list[int] = []
        self._lock = threading.Lock()

    def __call__(self, number: int, say: Callable[[str], None] = lambda _: None) -> int:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        say(f"{number} begun")
        time.sleep(0.02)
        with self._lock:
            self.now -= 1
            self.done.append(number)
        if number == 13:
            raise ValueError(number)
        return number * number


def test_the_bound_holds_and_answers_keep_the_order_of_the_items() -> None:
    work = Busy()
    assert list(bounded_map(3, work, range(9))) == [number * number for number in range(9)]
    assert work.most == 3


def test_no_item_is_taken_before_its_turn() -> None:
    """A table of a million rows is not read into memory because several portions of it are being sent."""
    made: list[int] = []

    def items() -> Iterator[int]:
        for number in range(20, 40):
            made.append(number)
            yield number

    answers = bounded_map(2, Busy(), items())
    next(answers)
    assert len(made) == 3
    assert len(list(answers)) == 19


def test_words_of_the_workers_come_from_the_callers_thread() -> None:
    heard: list[tuple[str, int]] = []
    map_with_progress(4, Busy(), range(5), lambda word: heard.append((word, threading.get_ident())))
    assert {word for word, _ in heard} == {f"{number} begun" for number in range(5)}
    assert {thread for _, thread in heard} == {threading.get_ident()}


def test_the_first_error_stops_what_has_not_begun_and_is_raised() -> None:
    work = Busy()
    with pytest.raises(ValueError, match="13"):
        map_with_progress(2, work, range(12, 200), lambda _: None)
    assert len(work.done) < 60
