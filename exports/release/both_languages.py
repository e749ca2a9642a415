"""Texts of `datapackage.json`, which has one field for both languages, as metadata say them that have a field for each."""

from __future__ import annotations


def both_titles(title: str) -> tuple[str, str]:
    """`中文 (English)` as two texts; one in a single language twice."""
    zh, opened, en = title.partition(" (")
    return (zh, en.removesuffix(")")) if opened and title.endswith(")") else (title, title)


def both_descriptions(text: str) -> tuple[str, str]:
    """`中文 / English` as two texts; one in a single language twice."""
    zh, _, en = text.partition(" / ")
    return zh, en or zh


def tagged_title(title: str) -> list[dict[str, str]]:
    """A title as JSON-LD, Chinese first."""
    return _tagged(*both_titles(title))


def tagged_description(text: str) -> list[dict[str, str]]:
    """A description as JSON-LD, Chinese first."""
    return _tagged(*both_descriptions(text))


def _tagged(zh: str, en: str) -> list[dict[str, str]]:
    return [{"@value": zh, "@language": "zh"}, {"@value": en, "@language": "en"}]
