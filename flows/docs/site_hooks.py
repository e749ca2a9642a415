"""What MkDocs does beside its own work when it builds the site of the guides (mkdocs.yml).

The READMEs are the first pages of the two editions; what else of the repository guides link to is part of the site as plain text.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

from mkdocs.structure.files import File, Files

from exports.catalog import PROJECT_ROOT

PAGES = {"index.md": "README.md", "zh/index.md": "README.zh-CN.md", "contributing.md": "CONTRIBUTING.md"}
LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#)(?P<path>[^)#\s]+)(?P<anchor>#[^)\s]*)?(?=\))")
FOLDER = "repository"


def on_files(files: Files, config: Any) -> Files:
    """The files of the site, with the pages and all else that lies outside docs/ and is linked to."""
    for uri, original in PAGES.items():
        files.append(File.generated(config, uri, content=_within_docs((PROJECT_ROOT / original).read_text("utf-8"), uri)))
    linked = {path for file in files.documentation_pages() for path in _outside(file)}
    for path in sorted(linked):
        files.append(File.generated(config, f"{FOLDER}/{path}.txt", content=(PROJECT_ROOT / path).read_bytes()))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:  # noqa: ARG001 - MkDocs names what it gives
    """The page with links to files of the repository leading to their copies in the site."""
    return LINK.sub(lambda match: _target(match, page.file.src_uri), markdown)


def _within_docs(text: str, uri: str) -> str:
    """A page of the repository's root as one of docs/."""
    start = posixpath.dirname(uri) or "."

    def moved(match: re.Match[str]) -> str:
        return posixpath.relpath(match["path"], posixpath.join("docs", start)) + (match["anchor"] or "")

    return LINK.sub(moved, text)


def _target(match: re.Match[str], uri: str) -> str:
    path, anchor = _from_root(match["path"], uri), match["anchor"] or ""
    start = posixpath.dirname(uri) or "."
    for page, original in PAGES.items():
        if path == original:
            return posixpath.relpath(page, start) + anchor
    if path.startswith("docs/"):
        return match[0] if not (PROJECT_ROOT / path).is_dir() else f"{posixpath.relpath(path, posixpath.join('docs', start))}/README.md"
    return posixpath.relpath(f"{FOLDER}/{path}.txt", start) if (PROJECT_ROOT / path).is_file() else match[0]


def _from_root(link: str, uri: str) -> str:
    """Where a link of a page leads, from the repository's root."""
    return posixpath.normpath(posixpath.join("docs", posixpath.dirname(uri), unquote(link)))


def _outside(file: File) -> set[str]:
    paths = {_from_root(match["path"], file.src_uri) for match in LINK.finditer(file.content_string)}
    return {path for path in paths - {*PAGES.values()} if not path.startswith(("docs/", "..")) and (PROJECT_ROOT / path).is_file()}
