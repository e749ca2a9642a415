"""Texts and names as they stand in SQL, wherever one is written into a statement because it cannot be a parameter."""

from __future__ import annotations


def literal(text: str) -> str:
    """A text quoted for SQL."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'
