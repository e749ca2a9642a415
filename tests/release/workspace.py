"""A workspace of generated files, its refreshes, and all that they publish or say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import NO_PORTAL, gongkai
from tests.release.formats import DOCUMENTS
from tests.release.marks import Marks
from tests.release.plans import Document, answered
from tests.release.search import Found, search
from tests.release.sheets import Sheet, written

PROJECT = Path(__file__).parents[2]
OPT_IN = "when_absent: {disclosure_attribute: 主动公开}"
COMMAND = "from flows.cli.app import app; app()"


@dataclass
class Workspace:
    """One invented county; `said` collects what its commands printed."""

    root: Path
    marks: Marks
    said: list[tuple[str, str]] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)

    def put(self, sheets: Iterable[Sheet], documents: Iterable[Document] = ()) -> Workspace:
        """Write the files into the inbox, the units, and the settings that name a source for every folder."""
        for sheet in sheets:
            self.sheets.append(sheet)
            self._write(sheet.path, written(sheet, self.marks.rng))
        for document in documents:
            self.documents.append(document)
            for mark in document.marks:
                mark.stands_in(f"{document.path} ({document.suffix})")
            self._write(document.path, DOCUMENTS[document.suffix](document.lines))
        self._write("plans/answered.txt", "\n".join(answered()).encode())
        self._settings()
        return self

    def _write(self, path: str, data: bytes) -> None:
        target = self.root / "inbox" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)

    def _settings(self) -> None:
        lines = [
            'jurisdiction: {name: 澜泽市栖川县, code: "990101"}',
            "as_of: 2026-10-31",
            f"mirror: file://{self.root}/mirror",
            "sources:",
        ]
        for folder in sorted(path.name for path in (self.root / "inbox").iterdir()):
            kind, more = ("disclosures", f", {OPT_IN}") if folder == "optin" else (folder, "")
            lines.append(f"  - {{name: {folder.replace('_', '-')}, kind: {kind}, location: inbox/{folder}/**{more}}}")
        (self.root / "gongkai.yaml").write_text("\n".join(lines) + "\n", "utf-8")

    def refresh(self, how: str) -> int:
        """Run `gongkai refresh` in this process or in one of its own; the exit code."""
        words = ["refresh", "-v", "-w", str(self.root)]
        if how == "in process":
            done = gongkai(*words)
            self.said.append((f"said by refresh ({how})", f"{done.output}\n{done.exception or ''}"))
            return done.exit_code
        return self.command(*words)

    def command(self, *words: str) -> int:
        environment = {key: value for key, value in os.environ.items() if key not in NO_PORTAL} | {"PYTHONPATH": str(PROJECT)}
        ran = subprocess.run(
            [sys.executable, "-c", COMMAND, *words], capture_output=True, text=True, cwd=PROJECT, env=environment, check=False
        )
        self.said.append((f"said by {words[0]} (subprocess)", ran.stdout + ran.stderr))
        return ran.returncode

    @property
    def latest(self) -> Path:
        return (self.root / "releases" / "latest").resolve()

    def found(self) -> Found:
        """Where marks stand in the latest release, its mirror, the quality pages, reports of the year and the words of commands."""
        others = [(name, self.root / name) for name in ("quality", "reports") if (self.root / name).exists()]
        mirrored = self.root / "mirror" / self.latest.name
        return search([("release", self.latest), ("mirror", mirrored), *others], self.said)

    def carried_over(self) -> list[str]:
        """Datasets that the latest release took from the one before."""
        manifest = json.loads((self.latest / "manifest.json").read_text("utf-8"))
        return [dataset["name"] for dataset in manifest["datasets"] if dataset["carried_over_from"]]
