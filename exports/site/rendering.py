"""Pages from the templates of exports/pages/templates/site, with what every page has: menu, words, shapes and where it lies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exports.pages.templating import render
from exports.release.parts import part_in
from exports.site.facts import Facts
from exports.site.markup import PIECES
from exports.site.words import MARKS, TONES, word

MENU = (
    ("home", "index.html", "首页", "Home"),
    ("tasks", "browse.html", "任务", "Tasks"),
    ("units", "units.html", "单位", "Units"),
    ("plans", "plans.html", "计划文件", "Plans"),
    ("requests", "requests.html", "依申请公开", "Requests"),
    ("coverage", "coverage.html", "目录覆盖", "Catalogue"),
    ("calendar", "calendar.html", "日历", "Calendar"),
    ("datasets", "datasets.html", "数据", "Data"),
    ("quality", "quality.html", "质量与更正", "Quality"),
    ("method", "method.html", "如何计算", "Method"),
)

Page = tuple[str, str]
"""A page's path below the site, and its HTML."""


def renderer(facts: Facts) -> Callable[..., Page]:
    """A function that makes one page: its template, its path, its section of the menu, and the facts that its template names."""
    common: dict[str, Any] = {
        "menu": MENU,
        "shapes": MARKS,
        "tones": TONES,
        "word": word,
        **PIECES,
        "place": place_of(facts),
        "unit_of": facts.unit_of,
        "dictionary": facts.catalog.columns,
        "slugs": frozenset(name.replace("_", "-") for name in facts.tables.released),
        "in_parts": frozenset(entry.slug for entry in facts.release.datasets if part_in(entry.file("parquet").path)),
    }

    def page(template: str, path: str, section: str, **own: Any) -> Page:
        root = "../" * path.count("/")
        return path, render(f"site/{template}", **common, here=path, root=root, section=section, **own)

    return page


def place_of(facts: Facts) -> str:
    """The county or city that the release is about, by its own units or plans; the catalogue's publisher where neither names one."""
    names = [row["region_name"] for row in (*facts.units, *facts.plans) if row["region_name"]]
    return max(dict.fromkeys(names), key=names.count) if names else facts.catalog.publisher.name.zh
