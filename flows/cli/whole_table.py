"""Tables for the terminal in which no cell is cut: Chinese has no blanks to break at, and rich would end such a cell with an ellipsis."""

from __future__ import annotations

from typing import Any

from rich.table import Column, Table


def whole_table(*heads: str, **options: Any) -> Table:
    """A table with these heads; what is wider than its column goes on in the next line."""
    return Table(*(Column(head, overflow="fold") for head in heads), **options)
