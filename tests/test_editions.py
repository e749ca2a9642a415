"""The English and the Chinese edition of a guide say the same: commands, keys, names of files and tables, and where their links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from pydantic import BaseModel

from exports.catalog import PROJECT_ROOT
from flows.workspace.settings import Settings, Source
from flows.workspace.settings_faults import models_in

DOCS = PROJECT_ROOT / "docs"
GUIDES = sorted(path.name for path in (DOCS / "zh").glob("*.md"))
EXPECTED = {
    "audit",
    "clerks",
    "corrections",
    "operations",
    "portal",
    "privacy",
    "quarantine",
    "registers",
    "releases",
    "security",
    "settings",
}
FENCE = re.compile(r"^ *```(?P<language>\w*)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
COMMENTS = {"sh": "#", "bash": "#", "yaml": "#", "python": "#", "sql": "--"}
PAGES = [PROJECT_ROOT / "README.md", PROJECT_ROOT / "README.zh-CN.md", *sorted(DOCS.rglob("*.md"))]


def both_editions(guide: str) -> tuple[str, str]:
    return (DOCS / guide).read_text("utf-8"), (DOCS / "zh" / guide).read_text("utf-8")


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """Language and lines of each block of code, without comments."""
    return [(match["language"], list(_code(match["language"], match["text"]))) for match in FENCE.finditer(text)]


def _code(language: str, text: str) -> Iterator[str]:
    mark = COMMENTS.get(language)
    for line in text.splitlines():
        bare = re.split(rf"(?:^|\s+){mark}\s", f"{line} ", maxsplit=1)[0] if mark else line
        if bare.strip():
            yield bare.strip()


def spans(text: str) -> set[str]:
    """What stands in the text as code, blocks left out."""
    return set(SPAN.findall(FENCE.sub("", text)))


def anchors(text: str) -> set[str]:
    """Where a link into a page can lead: its headings as GitHub names them, and anchors of its own."""
    found = set(re.findall(r'<a id="([^"]+)">', text))
    for heading in re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")
        found.add(name)
    return found


def keys_of(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Every key of the settings, keys within others after a dot."""
    for name, field in model.model_fields.items():
        inner = list(models_in(field.annotation))
        if inner:
            yield from keys_of(inner[0], f"{before}{name}{'[]' if inner[0] is Source else ''}.")
        else:
            yield f"{before}{name}"


def test_the_guides_of_users_have_a_chinese_edition() -> None:
    assert {guide.removesuffix(".md") for guide in GUIDES} == EXPECTED
    listed = (PROJECT_ROOT / "README.zh-CN.md").read_text("utf-8")
    assert [guide for guide in GUIDES if f"(docs/zh/{guide})" not in listed] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_each_edition_links_to_the_other(guide: str) -> None:
    english, chinese = both_editions(guide)
    assert f"[简体中文](zh/{guide})" in english.split("\n")[2]
    assert f"[English](../{guide})" in chinese.split("\n")[2]


@pytest.mark.parametrize("guide", GUIDES)
def test_both_editions_have_the_same_blocks_of_code(guide: str) -> None:
    english, chinese = map(blocks, both_editions(guide))
    assert chinese == english


def test_both_readmes_have_the_same_blocks_of_code() -> None:
    english, chinese = ((PROJECT_ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert blocks(english)
    assert blocks(chinese) == blocks(english)


@pytest.mark.parametrize("guide", GUIDES)
def test_both_editions_name_the_same_commands_keys_files_and_tables(guide: str) -> None:
    english, chinese = map(spans, both_editions(guide))
    assert {"only in English": english - chinese, "only in Chinese": chinese - english} == {
        "only in English": set(),
        "only in Chinese": set(),
    }


@pytest.mark.parametrize("guide", GUIDES)
def test_both_editions_have_the_same_chapters_tables_and_figures(guide: str) -> None:
    english, chinese = both_editions(guide)
    assert [len(level) for level in re.findall(r"^(#+) ", FENCE.sub("", chinese), re.MULTILINE)] == [
        len(level) for level in re.findall(r"^(#+) ", FENCE.sub("", english), re.MULTILINE)
    ]
    assert len(re.findall(r"^\|", chinese, re.MULTILINE)) == len(re.findall(r"^\|", english, re.MULTILINE))


def test_both_settings_pages_name_every_key() -> None:
    keys = set(keys_of(Settings))
    assert {"as_of", "sources[].columns", "portal.retire", "keep_releases.days"} <= keys
    for text in both_editions("settings.md"):
        named = {key for row in re.findall(r"^\| (`[^|]*`) \|", text, re.MULTILINE) for key in _full_keys(row)}
        missing = {key for key in keys if not ({key, key.rpartition(".")[0]} & named)}
        assert missing == set()


def _full_keys(cell: str) -> Iterator[str]:
    """The keys of a table's first cell: `jurisdiction.name`, `.code` are two of one section."""
    section = ""
    for key in SPAN.findall(cell):
        section = section if key.startswith(".") else key.rpartition(".")[0]
        yield f"{section}{key}" if key.startswith(".") else key


def test_every_link_leads_to_a_page_and_to_a_place_in_it() -> None:
    texts = {path: path.read_text("utf-8") for path in PAGES}
    astray = [
        (str(path.relative_to(PROJECT_ROOT)), link) for path, text in texts.items() for link in _links(text) if not _is_there(path, link)
    ]
    assert astray == []


def _links(text: str) -> list[str]:
    return [target for target in LINK.findall(FENCE.sub("", text)) if "://" not in target and not target.startswith("mailto:")]


def _is_there(page: Path, link: str) -> bool:
    name, _, place = unquote(link).partition("#")
    target = (page.parent / name).resolve() if name else page
    return target.exists() and (not place or target.suffix != ".md" or place in anchors(target.read_text("utf-8")))
