"""Links from a portal's datasets to the pages of the release's site, for a portal whose settings say where that site is served.

CKAN shows such a page within its own, where its plugin `webpage_view` is among its default views.
"""

from __future__ import annotations

from typing import Any

from exports.release.manifest import Release

NAME = "网页 (Web page)"
NOTE = "图表、逐条依据与核对，中英文。 Charts, the evidence of each figure and how to check it, in both languages."
HOME = "index.html"


def page_of_dataset(slug: str) -> str:
    """The page of a dataset, below the site."""
    return f"datasets/{slug}.html"


def links_to_site(release: Release, site: str | None, page: str) -> tuple[dict[str, Any], ...]:
    """The resource that links to a page of the site; none where no site is set, or the release has no such page."""
    if not site or f"site/{page}" not in {file.path for file in release.site}:
        return ()
    return ({"name": NAME, "description": NOTE, "format": "HTML", "mimetype": "text/html", "url": f"{site.rstrip('/')}/{page}"},)
