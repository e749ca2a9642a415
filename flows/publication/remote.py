"""A release at an address (http, https, s3, any that fsspec reads): fetched whole and verified as a folder is, with no workspace of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from fsspec.core import url_to_fs

from exports.credentials import public_address
from exports.messages import _
from exports.release.manifest import MANIFEST, SUMS
from exports.release.signing import SIGNATURE, PublicKey
from flows.publication.mirror import LATEST
from flows.publication.verification import verify_folder
from flows.sources.locate import failures
from flows.workspace.errors import ConfigurationError, PortalUnavailable, finding

NAME = re.compile(r"\d{4}-\d\d-\d\d-[0-9a-f]{8}")


def is_address(words: str) -> bool:
    return "://" in words


def verify_address(address: str, keys: Sequence[PublicKey] = ()) -> tuple[str, list[str]]:
    """The name of the release at an address, or of the newest of a mirror there, and its faults as `verify_folder` gives them; a file that
    its manifest names and the address lacks is a fault.

    Raises:
        ConfigurationError: there is no manifest, or it names itself or its files as no release does.
        PortalUnavailable: the address does not answer.
    """
    with TemporaryDirectory() as scratch:
        there = _Address(address)
        text, place = there.manifest()
        name, paths = _named(text, there.said)
        folder = Path(scratch) / name
        folder.mkdir()
        (folder / MANIFEST).write_bytes(text)
        for path in (*paths, SUMS, SIGNATURE):
            there.fetch(f"{place.replace(LATEST, name)}/{path}", folder / path)
        return name, verify_folder(folder, keys)


class _Address:
    """Files below an address."""

    def __init__(self, address: str) -> None:
        self.address, self.said = address.rstrip("/"), public_address(address)

    def manifest(self) -> tuple[bytes, str]:
        """The manifest of the release there, or of the newest of a mirror, and the folder that holds it, which is LATEST for the latter."""
        for path, place in ((MANIFEST, "."), (LATEST, LATEST)):
            if (found := self.read(path)) is not None:
                return found, place
        expected = _("a release (with {manifest}) or a mirror of releases (with {latest})", manifest=MANIFEST, latest=LATEST)
        raise ConfigurationError(finding(self.said, _("no manifest"), expected, _("Name the folder that holds it.")))

    def read(self, path: str) -> bytes | None:
        """The bytes of a file, None where there is none."""
        address = f"{self.address}/{quote(path) if self.address.startswith('http') else path}"
        try:
            store, root = url_to_fs(address)
            content: bytes = store.cat_file(root)
        except FileNotFoundError:
            return None
        except failures(self.address) as error:
            found = _("what cannot be read ({failure})", failure=type(error).__name__)
            raise PortalUnavailable(finding(self.said, found, _("an address that answers"), _("Try again later."))) from error
        return content

    def fetch(self, path: str, target: Path) -> None:
        """Write the file to `target`; one that is not there is left out."""
        content = self.read(path.removeprefix("./"))
        if content is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _named(text: bytes, said: str) -> tuple[str, list[str]]:
    """The release's name and the paths of its files, as far as they are such as a release has: nothing is written outside its folder."""
    try:
        facts: dict[str, Any] = json.loads(text)
        name = str(facts["name"])
        listed = [part["files"] for part in (facts, *facts["datasets"])]
        paths = [str(file["path"]) for files in (*listed, facts.get("site", ())) for file in files]
    except (ValueError, KeyError, TypeError) as error:
        found = _("no manifest of a release ({failure})", failure=type(error).__name__)
        remedy = _("Name the folder of a release.")
        raise ConfigurationError(finding(f"{said}/{MANIFEST}", found, _("that of a release"), remedy)) from error
    strange = [path for path in paths if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts]
    if strange or not NAME.fullmatch(name):
        found = _("a name that no release has: {name!r}", name=(strange or [name])[0])
        expected = _("names of files below the release's folder")
        raise ConfigurationError(finding(f"{said}/{MANIFEST}", found, expected, _("Do not use this copy.")))
    return name, paths
