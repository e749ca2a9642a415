"""`changes.xml`: an Atom feed (RFC 4287) with one entry a release, Chinese first. It has counts and reasons, and no value of the data.

A release does not know its own name while it is written (the name is a digest of its contents): its entry links to files beside the feed,
and the entries of earlier releases to `../<name>/`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from exports.catalog import Catalog
from exports.messages import _, finding
from exports.pages.templating import render
from exports.release.manifest import Release, ReleaseError

PAGE = "changes.xml"
MOST_ENTRIES = 100  # a quarter of nightly releases
_ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True)
class Entry:
    """One release in the feed; `base` is the way from the feed to the release's folder, empty for the feed's own."""

    id: str
    title: str
    updated: str
    text: str
    base: str = ""


def atom_feed(catalog: Catalog, release: Release, last: Release | None, lines: Sequence[str]) -> str:
    """The feed of a release that is being written: its own entry, and those of the feed of the release before."""
    day = release.as_of.isoformat()
    own = Entry(
        id=f"urn:gongkai:release:{day}:{_digest(release, last)}",
        title=f"{day} 发布 / Release of {day}",
        updated=f"{day}T00:00:00+08:00",
        text="\n".join(lines),
    )
    feed_id, earlier = _earlier(last)
    return render(PAGE, title=catalog.title, publisher=catalog.publisher.name, id=feed_id or own.id, entries=[own, *earlier][:MOST_ENTRIES])


def _digest(release: Release, last: Release | None) -> str:
    """What makes the release another than any before it, known before it has its manifest; long enough to look like a digest only."""
    facts = [last.name if last else "", release.code_version, *(file.sha256 for entry in release.datasets for file in entry.files)]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]


def _earlier(last: Release | None) -> tuple[str | None, list[Entry]]:
    """The id and entries of the last release's feed; nothing where it has none."""
    path = last.folder / PAGE if last else None
    if last is None or path is None or not path.exists():
        return None, []
    entries = read_entries(path)
    feed_id = _root(path).findtext(f"{_ATOM}id")
    return feed_id, [replace(entry, base=entry.base or f"../{last.name}/") for entry in entries]


def read_entries(path: Path) -> list[Entry]:
    """The entries of a feed that was written by `atom_feed`.

    Raises:
        ReleaseError: it is no such feed.
    """
    return [_entry(node, path) for node in _root(path).iter(f"{_ATOM}entry")]


def _root(path: Path) -> etree._Element:
    try:
        return etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ReleaseError(
            finding(str(path), _("no XML ({fault})", fault=error), _("the Atom feed of the release"), _("Restore it."))
        ) from error


def _entry(node: etree._Element, path: Path) -> Entry:
    identity, title, updated, text = (node.findtext(f"{_ATOM}{name}") for name in ("id", "title", "updated", "content"))
    link = node.find(f"{_ATOM}link[@rel='alternate']")
    if link is None or identity is None or title is None or updated is None or text is None:
        found = _("an entry without id, title, day, words or link")
        raise ReleaseError(finding(str(path), found, _("the Atom feed of the release"), _("Restore it.")))
    return Entry(identity, title, updated, text, str(link.get("href", "")).removesuffix("data/changes.csv"))
