"""Limits of memory, time and output that a process sets for itself: what breaks them ends that process and nothing else."""

from __future__ import annotations

import resource
import signal
import time

OFFICE_MEMORY = 8 << 30  # bytes of address space for LibreOffice, most of which it never touches
OUTPUT = 512 << 20  # bytes that a process may write into one file
LONGER = 10  # times the limit may it take to recognise the text of many pages
_latest = 0.0  # processor seconds of this process beyond which no more time is allowed for the file that it reads


def limit_process(memory: int, seconds: int, output: int = OUTPUT) -> None:
    """Limit this process, for good, to `memory` bytes of address space, `seconds` of processor time and `output` bytes a file.

    Limits that hold already are never widened. System calls only, so that it may run between fork and exec.
    """
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, seconds, seconds + 5),
        (resource.RLIMIT_FSIZE, output, output),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        _, highest = resource.getrlimit(kind)
        most = hard if highest == resource.RLIM_INFINITY else min(hard, highest)
        resource.setrlimit(kind, (min(soft, most), most))


def limit_next_file(memory: int, seconds: int) -> None:
    """Limit what this process, which reads one file after another, takes for the next: `seconds` of processor time from now, and twice as many by the clock.

    Only the soft limits, which the next file, or a program that it needs, sets again.
    """
    global _latest  # noqa: PLW0603 - as the limits themselves, one for the process
    now = time.process_time()
    _latest = now + LONGER * seconds
    limits = (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, int(now) + 1 + seconds),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, limit in limits:
        _, highest = resource.getrlimit(kind)
        resource.setrlimit(kind, (limit if highest == resource.RLIM_INFINITY else min(limit, highest), highest))
    signal.setitimer(signal.ITIMER_REAL, 2 * seconds)  # what it sleeps through counts too; the signal ends the process


def allow_more_time(seconds: int) -> None:
    """Let the file that is being read go on for so many seconds longer, within LONGER times its limit; nothing where there is no limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    more = min(soft + seconds, int(_latest)) - soft
    if soft != resource.RLIM_INFINITY and more > 0:
        resource.setrlimit(resource.RLIMIT_CPU, (soft + more, hard))
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        signal.setitimer(signal.ITIMER_REAL, left + 2 * more)
