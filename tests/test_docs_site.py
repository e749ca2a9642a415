"""The guides as a site (`make site`): both editions, every link, and nothing that is fetched from elsewhere."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from exports.catalog import PROJECT_ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly: a link or an anchor that leads nowhere ends it."""
    place = tmp_path_factory.mktemp("site") / "docs"
    words: list[str | Path] = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", place]
    done = subprocess.run(
        words, cwd=PROJECT_ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return place


def page(built: Path, path: str) -> str:
    return (built / path).read_text("utf-8")


def test_both_editions_begin_with_their_readme_and_lead_to_each_other(built: Path) -> None:
    for path, other, readme in (("index.html", "zh/index.html", "README.md"), ("zh/index.html", "../index.html", "README.zh-CN.md")):
        heading = (PROJECT_ROOT / readme).read_text("utf-8").partition("\n")[0].removeprefix("# ")
        assert f">{heading}<" in page(built, path)
        assert re.search(rf'href="(\./)?{re.escape(other)}" hreflang', page(built, path))
    guides = {guide.name for guide in (PROJECT_ROOT / "docs" / "zh").glob("*.md")}
    assert {f"{Path(guide).stem}.html" for guide in guides} <= {path.name for path in (built / "zh").iterdir()}


def test_what_a_guide_links_to_outside_the_guides_is_in_the_site(built: Path) -> None:
    (copy,) = (built / "repository").rglob("predicates.sql.j2.txt")
    assert copy.read_bytes() == (PROJECT_ROOT / "sql" / "registers" / "predicates.sql.j2").read_bytes()
    assert "repository/sql/registers/predicates.sql.j2.txt" in page(built, "zh/registers.html")
    assert 'href="contributing.html"' in page(built, "index.html")
    assert "decisions/" in page(built, "architecture.html")


def test_a_page_asks_for_nothing_from_elsewhere(built: Path) -> None:
    fetched = re.compile(r"<(?:script|img|iframe|source)[^>]*\ssrc=\"(?:https?:)?//|<link[^>]*\shref=\"(?:https?:)?//")
    assert [path.name for path in built.rglob("*.html") if fetched.search(path.read_text("utf-8"))] == []


def test_chinese_and_english_words_are_in_the_index_of_the_search(built: Path) -> None:
    index = json.loads(page(built, "search/search_index.json"))
    assert {"zh", "en"} <= set(index["config"]["lang"])
    texts = {entry["location"]: entry["text"] for entry in index["docs"]}
    assert any("暂存待核" in text for text in texts.values())
    assert any("quarantine" in text.casefold() for text in texts.values())


def test_every_decision_is_listed() -> None:
    folder = PROJECT_ROOT / "docs" / "decisions"
    listed = re.findall(r"^- \[(.+)\]\((.+)\)$", (folder / "README.md").read_text("utf-8"), re.MULTILINE)
    titles = {path.name: path.read_text("utf-8").partition("\n")[0].removeprefix("# ") for path in folder.glob("*.md")}
    assert {name: title for title, name in listed} == {name: title for name, title in titles.items() if name != "README.md"}
