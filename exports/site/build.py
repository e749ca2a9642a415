"""Writes the site of a release: every page from the data files of that release."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from exports.catalog import Catalog
from exports.release.manifest import Release, ReleasedFile
from exports.site import datasets, feeds, home, index, plans, statistics, units
from exports.site.facts import Facts
from exports.site.output import Output
from exports.site.rendering import Page, renderer
from exports.site.tables import open_tables

ASSETS = ("site.css", "both.css", "site.js", "verify.js", "browse.js", "search.js")


def write_site(release: Release, last: Release | None, catalog: Catalog) -> tuple[ReleasedFile, ...]:
    """Write `site/` into the folder of a release whose data files are written, and give its files in the order of their paths.

    The bytes depend on the data files, the as-of date and the code alone. A page that is that of the release before is linked to it.
    """
    output = Output(release.folder, last)
    for name in ASSETS:
        output.put(f"assets/{name}", files("exports.site").joinpath("assets", name).read_bytes())
    with open_tables(release, catalog) as tables:
        for path, content in _pages(Facts(catalog, release, tables)):
            output.put(path, content)
    return tuple(sorted(output.files, key=lambda file: file.path))


def _pages(facts: Facts) -> Iterator[Page]:
    page = renderer(facts)
    yield home.home(facts, page)
    yield from home.status_pages(facts, page)
    yield units.overview(facts, page)
    yield from units.unit_pages(facts, page)
    yield plans.plan_list(facts, page)
    yield from plans.plan_pages(facts, page)
    yield from plans.task_pages(facts, page)
    yield statistics.requests(facts, page)
    yield statistics.coverage(facts, page)
    yield statistics.calendar(facts, page)
    yield statistics.method(page)
    yield datasets.dataset_list(facts, page)
    yield from datasets.dataset_pages(facts, page)
    yield datasets.changes(facts, page)
    yield datasets.quality(facts, page)
    yield page("browse.html", "browse.html", "tasks", total=len(facts.delivery))
    yield page("search.html", "search.html", "search")
    yield page("verify.html", "verify.html", "about", datasets=facts.release.datasets, year=facts.year)
    yield page("about.html", "about.html", "about", catalog=facts.catalog, as_of=facts.as_of.isoformat())
    yield index.index_script(facts)
    yield index.release_script(facts)
    yield feeds.calendar_file(facts)
    yield from feeds.feeds(facts)
