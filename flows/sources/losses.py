"""What a source lost since it was last seen, and whether that may be believed.

A folder that was moved away, a disk that is not mounted, a website that answers every address with 404: none of these says that
a government took its information back. Nothing is concluded from them; the run stops until the files are back or a person says
that they are meant to be gone (flows/sources/forget.py). A file that vanished from among others, one that was renamed, and a source whose
files were all replaced by others (2026-09.csv by 2026-10.csv) are usual practice: the run goes on and says so.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from exports.messages import Message, _, listed
from flows.sources.ledger import Ledger
from flows.sources.locate import SourceFile, fixed_folder, is_missing
from flows.sources.reach import Reach
from flows.workspace.errors import SourceUnavailable, finding
from flows.workspace.settings import Source, Workspace


@dataclass(frozen=True)
class Losses:
    """What vanished and may be recorded as gone. `gone` has addresses; `replaced` and `absent` have names of sources.

    `replaced`: every file that the source had is gone, and others stand in their place. `absent`: the source never had a file, and
    the place that the settings name is not there: a place not made yet, or misspelt.
    """

    gone: tuple[str, ...]
    replaced: tuple[str, ...]
    absent: tuple[str, ...]


def believable_losses(
    workspace: Workspace, ledger: Ledger, seen: Sequence[tuple[SourceFile, str]], files: Sequence[SourceFile], unlisted: Collection[str]
) -> Losses:
    """What vanished since the ledger was written, in sources that could be listed.

    `seen` has the files that could be opened, with their digests, `files` all that were listed. `unlisted` names the sources that
    could not be listed: of them nothing is known.

    Raises:
        SourceUnavailable: a source's folder is missing, all its files vanished at once, or a file's place cannot be looked into. The
            message names every such source, and the way out.
    """
    reach = Reach.of_workspace(workspace)
    gone = tuple(path for path in ledger.vanished(files) if ledger.last[path].source not in unlisted)
    moved = {(file.kind, digest) for file, digest in seen if not _stood(ledger, file.path)}
    lost = [path for path in gone if (ledger.last[path].kind, ledger.last[path].sha256) not in moved]
    sources = [source for source in workspace.settings.sources if source.name not in unlisted]
    doubts = [
        _words(source, why, len(own))
        for source in sources
        if (own := [path for path in lost if ledger.last[path].source == source.name])
        and (why := _doubt(reach, source, own, ledger, [file for file in files if file.source == source.name]))
    ]
    if doubts:
        raise SourceUnavailable(Message("\n".join(doubt.zh for doubt in doubts), "\n".join(doubt.en for doubt in doubts)))
    return Losses(gone, tuple(_replaced(sources, ledger, gone, files)), tuple(_absent(reach, sources, ledger, files)))


def _stood(ledger: Ledger, path: str) -> bool:
    return path in ledger.last and ledger.last[path].sha256 is not None


def _doubt(reach: Reach, source: Source, lost: Sequence[str], ledger: Ledger, files: Sequence[SourceFile]) -> Message | None:
    """Why the loss of these addresses tells nothing; None where it does."""
    if folder := next((place for place in source.location if _folder_is_missing(reach, source, place, lost)), None):
        return _("no folder {path}", path=folder)
    if not files:
        return _("no file at all")
    places = _local_places(reach.root, source)
    if not places:
        return None
    if any(_cannot_be_looked_into(place / _below(path)) for path in lost for place in places):
        return _("a place that cannot be looked into (a dead link, or no permission)")
    has_new = any(not _stood(ledger, file.path) for file in files)
    if not has_new and any(not any((place / _below(path)).parent.exists() for place in places) for path in lost):
        return _("a folder less")
    return None


def _folder_is_missing(reach: Reach, source: Source, location: str, lost: Sequence[str]) -> bool:
    """Whether the folder of a location is not there. A location that was a file asks for the folder of that file.

    A page of a website has no folder: it has vanished like any file.
    """
    remote, folder = "://" in location, fixed_folder(location)
    if folder == location and remote:
        return False
    if folder == location and f"{source.name}/{Path(location).name}" in lost:
        return not (reach.root / location).parent.exists()
    return is_missing(reach, location)


def _local_places(root: Path, source: Source) -> list[Path]:
    """The folders of this machine below which the source's files are addressed; none where part of it lies elsewhere."""
    if any("://" in location for location in source.location):
        return []
    return [
        root / fixed_folder(location) for location in source.location if fixed_folder(location) != location or (root / location).is_dir()
    ]


def _below(path: str) -> str:
    return path.partition("/")[2]


def _cannot_be_looked_into(place: Path) -> bool:
    """Whether a link on the way leads nowhere, or the folder may not be listed: what stands there is not known."""
    try:
        dead = any(part.is_symlink() and not part.exists() for part in (place, *place.parents))
        folder = place.parent
        return dead or (folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK))
    except PermissionError:
        return True


def _words(source: Source, why: Message, count: int) -> Message:
    local = [location for location in source.location if "://" not in location]  # an address may hold credentials
    place = listed([_("source {source}", source=source.name), *local])
    expected = _("some of the {count} files that stood there", count=count) if count > 1 else _("the file that stood there")
    remedy = _(
        "Nothing was recorded or released. Bring them back; if they are meant to be gone, run gongkai forget {source}.", source=source.name
    )
    return finding(place, why, expected, remedy)


def _replaced(sources: Iterable[Source], ledger: Ledger, gone: Collection[str], files: Iterable[SourceFile]) -> Iterable[str]:
    """Sources of which no address stands that stood before."""
    kept = {file.source for file in files if _stood(ledger, file.path)}
    had = {ledger.last[path].source for path in gone}
    return [source.name for source in sources if source.name in had - kept]


def _absent(reach: Reach, sources: Iterable[Source], ledger: Ledger, files: Iterable[SourceFile]) -> Iterable[str]:
    known = {entry.source for entry in ledger.entries} | {file.source for file in files}
    return [source.name for source in sources if source.name not in known and all(is_missing(reach, place) for place in source.location)]
