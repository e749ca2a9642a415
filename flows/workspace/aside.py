"""A workspace whose warehouse is made in a folder that is thrown away: for figures of another day, and to compute one again."""

from __future__ import annotations

from pathlib import Path

from flows.workspace.settings import Workspace


class AsideWorkspace(Workspace):
    """A workspace with warehouse and Data Docs of its own in `scratch`."""

    @property
    def scratch(self) -> Path:
        raise NotImplementedError

    @property
    def warehouse(self) -> Path:
        return self.scratch / "warehouse.duckdb"

    @property
    def next_warehouse(self) -> Path:
        return self.scratch / "next" / "warehouse.duckdb"

    @property
    def quality(self) -> Path:
        return self.scratch / "quality"
