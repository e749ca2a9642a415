"""One whole refresh in a process of its own, its steps timed and their peak memory read. Prints JSON.

usage: measured.py WORKSPACE
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flows.orchestration.local import LocalRunner
from flows.refresh import refresh
from flows.workspace.settings import Workspace


class Measured(LocalRunner):
    """Carries steps out as `LocalRunner` does, and keeps for each its seconds and the most memory the process held during it."""

    def __init__(self) -> None:
        super().__init__()
        self.stages: list[dict[str, Any]] = []

    def step(self, verb: Callable[..., Any], *args: Any, **options: Any) -> Any:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # Linux: the peak is counted from here
        began = time.perf_counter()
        result = super().step(verb, *args, **options)
        self.stages.append({"stage": verb.__name__, "seconds": time.perf_counter() - began, "peak_mb": peak_mb()})
        return result


def peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    runner = Measured()
    refresh(Workspace.open(Path(sys.argv[1])), runner=runner)
    print(json.dumps(runner.stages))
