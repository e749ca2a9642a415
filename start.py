#!/usr/bin/env python3
"""Makes the project's own environment in .venv from the locked requirements, then does one job in it.

    python3 start.py            run the invented sample county end to end, in ./sample-workspace
    python3 start.py test       run the tests, as many at a time as there are cores
    python3 start.py test --fast    only those that need no county and no server
    python3 start.py test --rest    those that repeat for the sake of repeating: many seeds, kills, long searches
    python3 start.py test --ocr     those of scans and pictures, with the extra `ocr` in an environment of its own (.venv-ocr, 1 GB)
    python3 start.py test WORDS     pytest with these words
    python3 start.py install    only make the environment

Needs Python 3.11 or newer and a way to a package index, nothing else: the standard library is all it imports.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from hashlib import sha256
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent
ENVIRONMENT, WITH_OCR = PROJECT_ROOT / ".venv", PROJECT_ROOT / ".venv-ocr"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
BIN = ENVIRONMENT / SCRIPTS
SOME_REJECTED = 3  # exit code of `gongkai refresh`
ALL_TESTS = ["--numprocesses", "auto", "--dist", "loadscope"]  # what must share a process: tests/conftest.py
ON_PICTURES = ["tests/sources/plans/test_recognised.py"]


def python_of(environment: Path) -> Path:
    return environment / SCRIPTS / ("python.exe" if os.name == "nt" else "python")


def index_settings(python: Path) -> dict[str, str]:
    """The package index that pip is set up for, in the words that uv reads: users behind a mirror have told pip, not uv."""
    told = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False).stdout
    found = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    words = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    pip = {key.rsplit(".", 1)[-1]: value.strip("'\"") for key, value in found.items()}
    return {uv: pip[key] for key, uv in words.items() if key in pip and uv not in os.environ}


def install(requirements: str, environment: Path = ENVIRONMENT) -> None:
    """Bring an environment to exactly `requirements` (a file of the folder of that name); a second call costs nothing."""
    wanted, python, installed = PROJECT_ROOT / "requirements" / requirements, python_of(environment), environment / ".installed"
    mark = sha256(wanted.read_bytes() + (PROJECT_ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if installed.exists() and json.loads(installed.read_text()).get(requirements) == mark:
        return
    print(f"Installing {requirements} into {environment.name} …", flush=True)
    if not python.exists():
        venv.create(environment, with_pip=True)
    lock = ["--require-hashes", "-r"]
    subprocess.run([python, "-m", "pip", "install", "-q", *lock, PROJECT_ROOT / "requirements" / "uv.txt"], check=True)
    uv = [python, "-m", "uv", "pip", "install", "-q", "--python", python]
    settings = os.environ | index_settings(python)
    subprocess.run([*uv, *lock, wanted], check=True, env=settings)
    subprocess.run([*uv, "--no-deps", "-e", PROJECT_ROOT], check=True, env=settings)
    done = json.loads(installed.read_text()) if installed.exists() else {}
    installed.write_text(json.dumps(done | {requirements: mark}))


def demo() -> int:
    """Run the sample county. Its inbox holds broken files on purpose, so "done, but some sources were rejected" (3) is a success here."""
    workspace = PROJECT_ROOT / "sample-workspace"
    gongkai = BIN / "gongkai"
    if not (workspace / "gongkai.yaml").exists():
        subprocess.run([gongkai, "init", workspace, "--sample"], check=True)
    done = subprocess.run([gongkai, "refresh", "--workspace", workspace], check=False).returncode
    if done == SOME_REJECTED:
        print(
            "\n示例县的报送目录特意放了损坏的文件，上面已逐一列出。The sample inbox holds broken files on purpose: they are listed above."
        )
        return 0
    return done


def main(words: list[str]) -> int:
    if sys.version_info < (3, 11):
        print(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Run start.py with a newer one.", file=sys.stderr)
        return 2
    # Where Python may keep no bytecode, each process compiles all that it imports anew, and the tests start some hundred of them.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    job, rest = (words[0], words[1:]) if words else ("demo", [])
    if job == "demo" and not rest:
        install("run.txt")
        return demo()
    if job == "install" and not rest:
        install("dev.txt")
        return 0
    if job == "test" and rest == ["--ocr"]:
        install("ocr.txt", WITH_OCR)
        return subprocess.run([python_of(WITH_OCR), "-m", "pytest", *ON_PICTURES], cwd=PROJECT_ROOT, check=False).returncode
    if job == "test":
        install("dev.txt")
        several = ALL_TESTS if set(rest) <= {"--fast", "--rest"} else []
        return subprocess.run([python_of(ENVIRONMENT), "-m", "pytest", *several, *rest], cwd=PROJECT_ROOT, check=False).returncode
    print(__doc__)
    return 0 if job in {"-h", "--help", "help"} else 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as failed:
        sys.exit(f"start.py: this step failed, its own message stands above: {' '.join(map(str, failed.cmd))}")
