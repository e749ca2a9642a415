"""The previews that a portal's staff arranged on a table, carried over when a new table takes its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exports.ckan.client import PortalClient
from exports.ckan.errors import PortalRefused
from exports.messages import N_, _, words_of

OF_THE_OLD_TABLE = frozenset({"id", "resource_id", "package_id"})


def copy_views(client: PortalClient, old: str, new: str, progress: Callable[[str], None]) -> None:
    """Give the new table each view of the old one, in their order, with titles and filters. One that it has already is left alone."""
    there = {_identity(view) for view in client.call("resource_view_list", id=new)}
    for view in client.call("resource_view_list", id=old):
        if _identity(view) in there:
            continue
        try:
            client.call("resource_view_create", resource_id=new, **{key: view[key] for key in view.keys() - OF_THE_OLD_TABLE})
        except PortalRefused as error:
            words = N_("view {title!r} of the former table could not be carried over: {error}")
            progress(_(words, title=view.get("title"), error=words_of(error)))


def _identity(view: dict[str, Any]) -> tuple[str, str]:
    return str(view["view_type"]), str(view.get("title"))
