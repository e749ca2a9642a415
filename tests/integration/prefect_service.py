"""A Prefect server, work pool and worker of their own on loopback, from an installed wheel, by the commands and with the environment
file of the systemd units in docs/systemd.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import psutil

from start import index_settings

PROJECT_ROOT = Path(__file__).resolve().parents[2]
UNITS = PROJECT_ROOT / "docs" / "systemd"
POOL = "gongkai"
PATIENCE = 240.0  # seconds: two cores may be shared with a dozen other processes
Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found | None], seconds: float = PATIENCE) -> Found:
    """The first true result of `look`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.25)
    raise AssertionError(f"{what}: not within {seconds:.0f} s")


@dataclass
class PrefectService:
    """Commands and the API of one server; `folder` holds its database and the logs of what was started."""

    folder: Path
    url: str
    environment: Mapping[str, str]
    python: Path

    def command(self, *words: str | Path, check: bool = True) -> str:
        return self.module("prefect", "--no-prompt", *words, check=check)

    def module(self, *words: str | Path, check: bool = True) -> str:
        done = subprocess.run(
            [self.python, "-m", *words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def running(self, unit: str) -> Iterator[psutil.Process]:
        """The process of a unit, in a session of its own; at the end everything that it started is stopped."""
        log = self.folder / f"{unit}.log"
        port = self.url.removesuffix("/api").rpartition(":")[2]
        (command,) = re.findall(r"^ExecStart=\S+/bin/(.+)$", (UNITS / f"gongkai-{unit}.service").read_text("utf-8"), re.MULTILINE)
        words = command.replace("4200", port).split()
        with log.open("ab") as stream:
            process = psutil.Popen(
                [self.python, "-m", *words], cwd=self.folder, env=self.environment, stdout=stream, stderr=stream, start_new_session=True
            )
            try:
                yield process
            finally:
                stop(process)

    def worker(self) -> Any:
        return self.running("worker")

    def ask(self, path: str, **body: Any) -> Any:
        return self._answer(path, lambda: httpx.post(f"{self.url}{path}", json=body, timeout=300))

    def get(self, path: str) -> Any:
        return self._answer(path, lambda: httpx.get(f"{self.url}{path}", timeout=300))

    def _answer(self, path: str, request: Callable[[], httpx.Response]) -> Any:
        """The server's answer once its database is free: Prefect's own client retries too."""

        def answer() -> httpx.Response | None:
            found = request()
            return None if found.status_code == httpx.codes.SERVICE_UNAVAILABLE else found

        return wait_for(path, answer).raise_for_status().json()

    def trigger(self, deployment: str, **parameters: Any) -> str:
        """Trigger a run now; gives its id."""
        found = self.get(f"/deployments/name/{deployment}")
        state = {"type": "SCHEDULED"}
        return str(self.ask(f"/deployments/{found['id']}/create_flow_run", parameters=parameters, state=state)["id"])

    def run(self, run_id: str) -> dict[str, Any]:
        return self.get(f"/flow_runs/{run_id}")  # type: ignore[no-any-return]

    def tasks_of(self, run_id: str) -> list[dict[str, Any]]:
        return self.ask("/task_runs/filter", flow_runs={"id": {"any_": [run_id]}})  # type: ignore[no-any-return]

    def ended(self, run_id: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """The run after it has ended."""
        final = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
        return wait_for(f"the end of run {run_id}", lambda: r if (r := self.run(run_id))["state_type"] in final else None, seconds)

    def log_of(self, run_id: str) -> str:
        """The lines that the run itself wrote to the server."""
        found = self.ask("/logs/filter", logs={"flow_run_id": {"any_": [run_id]}}, sort="TIMESTAMP_ASC")
        return "\n".join(line["message"] for line in found)


def stop(process: psutil.Process) -> None:
    """Ask it to stop, and after a while kill it with its children."""
    family = [*process.children(recursive=True), process] if process.is_running() else []
    with_signal = (signal.SIGTERM, signal.SIGKILL)
    for number, seconds in zip(with_signal, (20, 10), strict=True):
        for member in reversed(family) if number == signal.SIGKILL else [process]:
            if member.is_running():
                member.send_signal(number)
        _, family = psutil.wait_procs(family, timeout=seconds)
        if not family:
            return


def wheel_environment(folder: Path) -> Path:
    """The interpreter of an environment with the wheel and the locked requirements; it cannot import the checkout."""
    uv = [sys.executable, "-m", "uv", "-q"]
    subprocess.run([*uv, "build", "--wheel", "-o", folder, PROJECT_ROOT], check=True, env=os.environ | index_settings(Path(sys.executable)))
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv" / "bin" / "python"
    (wheel,) = folder.glob("*.whl")
    subprocess.run([*uv, "pip", "install", "--no-deps", "--offline", "--python", python, wheel], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "venv")}))
    (packages / "locked.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python


@contextmanager
def prefect_server(folder: Path, python: Path, **extra: str) -> Iterator[PrefectService]:
    """A running server without deployments; `python` is the interpreter that works with it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/api"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        **dict(re.findall(r"^(\w+)=(\S+)", (UNITS / "gongkai.env").read_text("utf-8"), re.MULTILINE)),
        "PREFECT_API_URL": url,
        "PREFECT_HOME": str(folder),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        **extra,
    }
    service = PrefectService(folder, url, environment, python)
    with service.running("server") as server:
        wait_for("the server", lambda: _answers(url) or not server.is_running())
        yield service


@contextmanager
def prefect_service(folder: Path, **extra: str) -> Iterator[PrefectService]:
    """A running server with our work pool and every deployment of `prefect.yaml`, of the wheel."""
    with prefect_server(folder, wheel_environment(folder), **extra) as service:
        service.ask("/work_pools/", name=POOL, type="process")
        service.command("deploy", "--all", "--prefect-file", service.module("flows.orchestration.deployments").strip())
        yield service


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=2).is_success
    except httpx.HTTPError:
        return False
