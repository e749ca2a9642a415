"""Bounded parallel work: a portal is a remote machine that must not be overloaded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
POLL_SECONDS = 0.2  # seconds between two looks at the workers' messages


def bounded_map(width: int, work: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[Answer]:
    """The results in the order of the items, `width` of which are worked on at a time; no item is taken before its turn.

    Raises:
        Whatever `work` raises first; work already begun is then waited for, and no more is begun.
    """
    with ThreadPoolExecutor(width) as pool:
        begun: deque[Future[Answer]] = deque()
        for item in items:
            if len(begun) == width:
                yield begun.popleft().result()
            begun.append(pool.submit(work, item))
        while begun:
            yield begun.popleft().result()


def map_with_progress(
    width: int, work: Callable[[Item, Callable[[str], None]], Answer], items: Sequence[Item], progress: Callable[[str], None]
) -> list[Answer]:
    """The results in the order of the items. Messages of the workers are passed on from the caller's own thread.

    Raises:
        Whatever `work` raises first; work already begun is then waited for, and no more is begun.
    """
    if width == 1 or len(items) < 2:  # noqa: PLR2004 - one item needs no thread
        return [work(item, progress) for item in items]
    words: SimpleQueue[str] = SimpleQueue()
    with ThreadPoolExecutor(width) as pool:
        futures = [pool.submit(work, item, words.put) for item in items]
        waiting: set[Future[Answer]] = set(futures)
        while waiting:
            done, waiting = wait(waiting, timeout=POLL_SECONDS, return_when=FIRST_COMPLETED)
            while not words.empty():
                progress(words.get())
            if any(future.exception() for future in done):
                waiting = {future for future in waiting if not future.cancel()}
    return _answers(futures)


def _answers(futures: Sequence[Future[Answer]]) -> list[Answer]:
    """All results, or the first error; calls cancelled because of it are not errors of their own."""
    for future in futures:
        if not future.cancelled() and (trouble := future.exception()):
            raise trouble
    return [future.result() for future in futures]
