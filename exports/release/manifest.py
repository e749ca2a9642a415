"""The contents of a release, and `manifest.json`, which lists them.

A manifest names every file of its release with bytes and SHA-256, the inputs and the code that made them, and the SHA-256 of
the previous manifest: the manifests form a chain, so that no release can be changed or removed unnoticed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from exports.messages import _, finding

LATEST = "latest"  # beside the releases: the link to the newest one
MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"
# What is none of JSON's is an error; orjson would write days and dataclasses in a form of its own.
JSON_FORM = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
MEDIA_TYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "sql": "application/sql",
    "html": "text/html",
    "xml": "application/atom+xml",
    "css": "text/css",
    "js": "text/javascript",
    "ics": "text/calendar",
    "md": "text/markdown",
    "cff": "application/yaml",
}


class ReleaseError(Exception):
    """A release cannot be written or read: the message says where, what was found, what was expected and what to do."""


MAY_NOT_LEAVE = "隐私检查未通过 privacy gate"
"""How the reason begins for which a dataset is left out because its rows may not leave: what a portal has of it goes."""


class GateClosedError(ReleaseError):
    """The release gate found files that must not leave: `reasons` maps each path to its reason."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {reason}" for path, reason in reasons.items()))
        self.reasons = dict(reasons)


@dataclass(frozen=True)
class Input:
    """One source file of the release, by its path below the inbox."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class ReleasedFile:
    """One file of a release; `path` is relative to the release's folder, with forward slashes."""

    path: str
    format: str
    media_type: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Quality:
    """Results of the checks of a dataset and of all that it is built from: rules, rules not met, rows quarantined."""

    rules: int
    rules_not_met: int
    rows_set_aside: int


@dataclass(frozen=True)
class Loss:
    """Rows of a dataset before and after, and rows of before that are no longer there: the loss to the public."""

    name: str
    rows_before: int
    rows_after: int
    rows_lost: int


@dataclass(frozen=True)
class ReleasedDataset:
    """One dataset as released; `carried_over_from` names the release that made its files, if that was an earlier one.

    `quality` is None where the caller gave none, `merkle_root` (exports.release.merkle) in releases made before there was one.
    """

    name: str
    slug: str
    rows: int
    files: tuple[ReleasedFile, ...]
    carried_over_from: str | None = None
    carried_over_because: str | None = None
    quality: Quality | None = None
    merkle_root: str | None = None

    def file(self, format_name: str) -> ReleasedFile:
        """The dataset's file of a format; of a dataset with a file for each year the first."""
        return next(file for file in self.files if file.format == format_name)

    def files_of(self, format_name: str) -> tuple[ReleasedFile, ...]:
        """The dataset's file of a format, or its parts in their order."""
        return tuple(file for file in self.files if file.format == format_name)

    def sha256_of(self, format_name: str) -> tuple[str, ...]:
        return tuple(file.sha256 for file in self.files_of(format_name))

    def tables(self, folder: Path) -> list[Path]:
        """The Parquet files below the release's folder."""
        return [folder / file.path for file in self.files_of("parquet")]

    def without(self, format_name: str) -> ReleasedDataset:
        return replace(self, files=tuple(file for file in self.files if file.format != format_name))


@dataclass(frozen=True)
class Release:
    """A release folder, read. `left_out` are datasets that failed their checks and have no earlier good release; `build_key`
    is the digest of all inputs of the warehouse, `settings_key` that of settings and decisions alone; empty where it was not recorded.
    `accepted_losses`: large losses of rows that a person confirmed. `site` are the pages for people, made from the data files.
    """

    folder: Path
    name: str
    as_of: date
    code_version: str
    datasets: tuple[ReleasedDataset, ...]
    files: tuple[ReleasedFile, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    build_key: str = ""
    previous_manifest_sha256: str | None = None
    accepted_losses: tuple[Loss, ...] = ()
    settings_key: str = ""
    site: tuple[ReleasedFile, ...] = ()

    @property
    def all_files(self) -> tuple[ReleasedFile, ...]:
        return tuple(file for dataset in self.datasets for file in dataset.files) + self.files + self.site


def released_file(folder: Path, path: str) -> ReleasedFile:
    """The facts of a file in `folder`, read back from the disk."""
    suffix = path.rsplit(".", 1)[-1]
    return ReleasedFile(path, suffix, MEDIA_TYPES[suffix], (folder / path).stat().st_size, sha256_of(folder / path))


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def json_text(value: Any) -> str:
    """JSON in the form of every file of a release: indented, Chinese unescaped, the same text for the same value.

    Raises:
        TypeError: the value is none of JSON's.
    """
    return orjson.dumps(value, option=JSON_FORM).decode()


def named(release: Release, inputs: Sequence[Input], previous_sha256: str | None) -> tuple[Release, str]:
    """The release under its name, and the text of its manifest.

    The name is the as-of date and eight digits of the manifest's own digest: the same release has the same name wherever it
    is made, and two that differ in anything, even only in their predecessor, never share a folder.
    """
    facts = _facts(release, inputs, previous_sha256)
    digest = hashlib.sha256(json_text(facts).encode()).hexdigest()
    name = f"{release.as_of.isoformat()}-{digest[:8]}"
    return replace(release, name=name), json_text({"name": name, **facts})


def _facts(release: Release, inputs: Sequence[Input], previous_sha256: str | None) -> dict[str, Any]:
    return {
        "as_of": release.as_of.isoformat(),
        "code_version": release.code_version,
        "build_key": release.build_key,
        **({"settings_key": release.settings_key} if release.settings_key else {}),
        "previous_manifest_sha256": previous_sha256,
        "inputs": [asdict(source) for source in sorted(inputs, key=lambda source: (source.path, source.sha256))],
        "datasets": [asdict(dataset) for dataset in release.datasets],
        "left_out": [{"name": name, "because": because} for name, because in release.left_out],
        "accepted_losses": [asdict(loss) for loss in release.accepted_losses],
        "files": [asdict(file) for file in release.files],
        **({"site": [asdict(file) for file in release.site]} if release.site else {}),
    }


def read_release(folder: Path) -> Release:
    """Read a release from its manifest; the data files are not opened (`exports.release.verify` does that).

    Raises:
        ReleaseError: there is no manifest, or it is not one of ours.
    """
    path = folder / MANIFEST
    try:
        facts = json.loads(path.read_text("utf-8"))
        return Release(
            folder=folder,
            name=facts["name"],
            as_of=date.fromisoformat(facts["as_of"]),
            code_version=facts["code_version"],
            datasets=tuple(_dataset(entry) for entry in facts["datasets"]),
            files=tuple(ReleasedFile(**entry) for entry in facts["files"]),
            left_out=tuple((entry["name"], entry["because"]) for entry in facts["left_out"]),
            build_key=facts["build_key"],
            previous_manifest_sha256=facts["previous_manifest_sha256"],
            accepted_losses=tuple(Loss(**entry) for entry in facts.get("accepted_losses", ())),
            settings_key=facts.get("settings_key", ""),
            site=tuple(ReleasedFile(**entry) for entry in facts.get("site", ())),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = _("no readable manifest ({fault})", fault=f"{type(error).__name__}: {error}")
        remedy = _("Point `latest` at a whole release, or remove the link to begin a new chain.")
        raise ReleaseError(finding(str(path), found, _("the one written with the release"), remedy)) from error


def read_inputs(folder: Path) -> frozenset[tuple[str, str]]:
    """The sources of a release, path and SHA-256, from its manifest.

    Raises:
        ReleaseError: there is no manifest, or it is not one of ours.
    """
    try:
        return frozenset((entry["path"], entry["sha256"]) for entry in json.loads((folder / MANIFEST).read_text("utf-8"))["inputs"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        found = _("no list of inputs ({fault})", fault=error)
        raise ReleaseError(finding(str(folder / MANIFEST), found, _("the manifest of a release"), _("Restore it."))) from error


def _dataset(entry: dict[str, Any]) -> ReleasedDataset:
    quality = entry.get("quality")
    files = tuple(ReleasedFile(**file) for file in entry["files"])
    return ReleasedDataset(**{**entry, "files": files, "quality": Quality(**quality) if quality else None})
