"""What is said of a dataset that the loss guard holds back: how much would be lost, the likely causes, the way out."""

from __future__ import annotations

import json

from exports.catalog import Catalog
from exports.messages import Message, _, arranged, as_message, joined
from exports.release.manifest import MANIFEST, Release
from flows.quality.loss_guard import held_by_guard
from flows.sources.ledger import Ledger
from flows.warehouse.current_sources import current_sources
from flows.workspace.cut_lists import first_of
from flows.workspace.settings import Workspace

MAX_NAMED = 10  # source files that a message names


def explain_losses(workspace: Workspace, catalog: Catalog, latest: Release | None) -> tuple[str, ...]:
    """A line for each dataset that waits for confirmation: how much, the likely causes, the way out."""
    held = held_by_guard(latest) if latest else {}
    return tuple(_explanation(workspace, catalog, latest, name, reason) for name, reason in held.items()) if latest else ()


def _explanation(workspace: Workspace, catalog: Catalog, latest: Release, name: str, reason: str) -> Message:
    causes = joined("；", _causes(workspace, catalog, latest, name)) or _(
        "no source file changed; rows may be set aside, withdrawn or withheld"
    )
    return arranged(
        "{name}：{reason}。{likely}: {causes}。{if_meant}: gongkai refresh --accept-loss {name}",
        name=name,
        reason=as_message(reason),
        likely=_("Likely causes"),
        causes=causes,
        if_meant=_("If that is meant, run"),
    )


def _causes(workspace: Workspace, catalog: Catalog, latest: Release, name: str) -> list[str]:
    """Source files of the last good release that changed or vanished since: the register's own, where some did."""
    entry = next((entry for entry in latest.datasets if entry.name == name), None)
    origin = latest.folder.parent / (entry.carried_over_from or latest.name if entry else latest.name)
    manifest = (origin if (origin / MANIFEST).exists() else latest.folder) / MANIFEST
    before = {(one["path"], one["sha256"]) for one in json.loads(manifest.read_text("utf-8"))["inputs"]}
    sources = current_sources(workspace, catalog)
    now, standing = {(source.path, source.sha256) for source in sources}, {source.path for source in sources}
    last = Ledger(workspace.raw).last
    changed = sorted(path for path, _ in before - now)
    own = [path for path in changed if path in last and last[path].kind == name] or changed
    words = [(_("changed") if path in standing else _("vanished")) + f" {path}" for path in own]
    return first_of(words, MAX_NAMED)
