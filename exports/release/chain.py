"""The chain of releases: each manifest names the SHA-256 of the one before it, so that no release can be changed, dropped or put elsewhere
unnoticed.

A release's name holds eight digits of the digest of its manifest, the next manifest its whole SHA-256; the last one is secured by its
signature (`exports.release.signing`), or by a copy that somebody else keeps. Releases that a rule of retention removed leave their manifests
in `manifests/`, which keep the chain whole; one from which something had to be taken out has a record of that instead of its manifest, with the
manifest's SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exports.messages import N_, Message, _, listed
from exports.release.manifest import MANIFEST, json_text

KEPT_MANIFESTS = "manifests"
LATEST = "latest"


@dataclass(frozen=True)
class Link:
    """One manifest: where it is, its SHA-256, its name and the SHA-256 of the one before it."""

    path: Path
    sha256: str
    name: str
    previous: str | None


def verify_chain(releases: Path) -> list[str]:
    """Every fault of the chain that ends in `latest`, one sentence each: manifests that were changed, releases that were dropped, and
    releases that stand beside the chain. Files of the releases are not opened (`exports.release.verify` does that).
    """
    faults: list[str] = []
    links: list[Link] = []
    for path in manifest_paths(releases):
        faults += wrong_manifest(path)
        link = _link(path)
        if link:
            links.append(link)
            faults += _wrong_place(link)
    return [*faults, *_wrong_order(releases, links)]


def manifest_paths(releases: Path) -> list[Path]:
    """The manifests of all releases that stand in a folder, and of those that were removed by a rule."""
    return [*sorted(releases.glob(f"[0-9]*/{MANIFEST}")), *sorted((releases / KEPT_MANIFESTS).glob("*.json"))]


def wrong_manifest(path: Path) -> list[str]:
    """One sentence where a manifest is not as it was written: its name tells its digest, and its form is fixed to the byte."""
    try:
        text = path.read_bytes().decode()
        facts: dict[str, Any] = json.loads(text)
        name, as_of, redaction = facts["name"], facts["as_of"], facts.get("redaction")
        digest = hashlib.sha256(json_text({key: value for key, value in facts.items() if key != "name"}).encode()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        words = N_("{path}: found no manifest that can be read ({fault}); expected the one written with the release. Restore it")
        return [_(words, path=path, fault=type(error).__name__)]
    tells = redaction["facts_sha256"] == redaction_digest(facts) if redaction else name == f"{as_of}-{digest[:8]}"
    if text != json_text(facts) or not tells:
        words = N_(
            "{path}: found a manifest that was changed: its name {name} does not tell its contents; expected the one written. Restore it"
        )
        return [_(words, path=path, name=name)]
    return []


def manifest_sha256(path: Path) -> str:
    """The SHA-256 by which the chain knows a manifest: its own, or that of the one which it replaced (flows/publication/redact.py).

    Raises:
        OSError, ValueError: the manifest cannot be read.
    """
    data = path.read_bytes()
    redaction = json.loads(data).get("redaction")
    return str(redaction["manifest_sha256"]) if redaction else hashlib.sha256(data).hexdigest()


def redaction_digest(facts: dict[str, Any]) -> str:
    """The digest by which a record of a redaction tells its own contents, since its name tells those of the manifest that it replaced."""
    redaction = {key: value for key, value in facts["redaction"].items() if key != "facts_sha256"}
    return hashlib.sha256(json_text(facts | {"redaction": redaction}).encode()).hexdigest()


def _link(path: Path) -> Link | None:
    try:
        facts = json.loads(path.read_bytes())
        return Link(path, manifest_sha256(path), facts["name"], facts["previous_manifest_sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _wrong_place(link: Link) -> Iterator[str]:
    place = link.path.parent.name if link.path.name == MANIFEST else link.path.stem
    if place != link.name:
        words = N_("{path}: found the manifest of release {found}; expected that of {expected}. Somebody put it elsewhere: restore both")
        yield _(words, path=link.path, found=link.name, expected=place)


def _wrong_order(releases: Path, links: list[Link]) -> Iterator[str]:
    """Walk back from `latest`: where a manifest is missing, and which releases are not on the way."""
    by_sha = {link.sha256: link for link in links}
    last = (releases / LATEST).resolve() / MANIFEST
    link = next((link for link in links if link.path.resolve() == last), None)
    if link is None:
        if links:
            words = N_("{path}: found no release there; expected the link to the last one. Point it at the newest release")
            yield _(words, path=releases / LATEST)
        return
    passed = [link]
    while link.previous:
        before = by_sha.get(link.previous)
        if before is None or before in passed:
            yield _broken(link, links, passed)
            break
        passed.append(before)
        link = before
    names = {one.name for one in passed}
    for other in (one for one in links if one.name not in names):
        yield _(
            "{path}: found release {found} beside the chain that ends in {last}; expected it in the chain. {why}",
            path=other.path,
            found=other.name,
            last=passed[0].name,
            why=_after(other, passed),
        )


def _broken(link: Link, links: list[Link], passed: list[Link]) -> Message:
    return _(
        "{path}: found no release with the manifest {previous}, which {name} names as the one before it; expected it in {folder}. "
        "It was dropped or changed; restore it from a copy. Releases that hang loose: {loose}",
        path=link.path,
        previous=link.previous,
        name=link.name,
        folder=link.path.parents[1],
        loose=listed(one.name for one in links if one not in passed) or _("none"),
    )


def _after(link: Link, passed: list[Link]) -> Message:
    follows = next((one.name for one in passed if one.sha256 == link.previous), None)
    if follows:
        return _("It follows {release}: `latest` was set back, or releases were put in another order", release=follows)
    return _("It follows none of them")
