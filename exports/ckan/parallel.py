"""Several things at once, within a bound: for a portal is somebody else's machine."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from queue import SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
HEARD = 0.2  # seconds after which words of the workers are passed on


def bounded_map(width: int, work: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[Answer]:
    """The answers in the order of the items, `width` of which are worked on at a time; no item is made before its turn.

    Raises:
        Whatever `work` raises first; what has begun is then waited for, nothing more is begun.
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
    """The answers in the order of the items. What the workers say is passed on from the caller's own thread.

    Raises:
        Whatever `work` raises first; what has begun is then waited for, nothing more is begun.
    """
    if width == 1 or len(items) < 2:  # noqa: PLR2004 - one item needs no thread
        return [work(item, progress) for item in items]
    words: SimpleQueue[str] = SimpleQueue()
    with ThreadPoolExecutor(width) as pool:
        futures = [pool.submit(work, item, words.put) for item in items]
        waiting: set[Future[Answer]] = set(futures)
        while waiting:
            done, waiting = wait(waiting, timeout=HEARD, return_when=FIRST_COMPLETED)
            while not words.empty():
                progress(words.get())
            if any(future.exception() for future in done):
                waiting = {future for future in waiting if not future.cancel()}
    return _answers(futures)


def _answers(futures: Sequence[Future[Answer]]) -> list[Answer]:
    """All answers, or the first trouble; what was called off because of it is no trouble of its own."""
    for future in futures:
        if not future.cancelled() and (trouble := future.exception()):
            raise trouble
    return [future.result() for future in futures]
