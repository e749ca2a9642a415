"""Nightly releases of the sample county over a year of days: each night's feed and the release before give the release, and what stays on the disk
is one release and what changed.

Days are simulated: one night a week for a year, with rows of the warehouse edited at random in between. A whole run of the pipeline a night would
take hours; everything from the warehouse on is the real thing (data, workbooks, feed, metadata, site, retention).
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import duckdb
import pytest

from exports.catalog import Catalog
from exports.changes.replay import replay
from exports.release.chain import verify_chain
from exports.release.folder import write_release
from exports.release.manifest import Input, Release
from exports.site.build import write_site
from exports.sql_text import literal
from flows.publication.archives import archive_paths
from flows.publication.changes import follow_release
from flows.publication.retention import apply_retention
from flows.publication.stored_releases import describe_releases, stored_releases
from flows.publication.verification import verify_folder
from flows.workspace.settings import Workspace
from tests.conftest import County

NIGHTS, STEP = 53, timedelta(days=7)
BEGIN = date(2026, 6, 1)
WHOLE = {"dataset_began", "dataset_replaced"}
EDITED = {  # dataset: a text of it that people write
    "disclosures": "disclosure_title",
    "enforcement_results": "matter_title",
    "inspections": "indicator",
    "plan_tasks": "task_title",
    "public_consultations": "consultation_title",
}


@dataclass
class Nights:
    """The county's releases, written night by night from a warehouse that is edited in between."""

    county: County
    catalog: Catalog
    chance: random.Random

    def __post_init__(self) -> None:
        """Marts of the datasets that are edited become tables: some are views."""
        with duckdb.connect(str(self.warehouse)) as connection:
            for name in EDITED:
                (kind,) = connection.execute(
                    "select table_type from information_schema.tables where table_schema = 'marts' and table_name = $1", [name]
                ).fetchone() or ("",)
                connection.execute(f"create table {name} as from marts.{name}")
                connection.execute(f"drop {'view' if kind == 'VIEW' else 'table'} marts.{name}")
                connection.execute(f"create table marts.{name} as from {name}")
                connection.execute(f"create table gone_{name} as from {name} limit 0")

    @property
    def warehouse(self) -> Path:
        return self.county.root / "warehouse.duckdb"

    @property
    def releases(self) -> Path:
        return self.county.root / "releases"

    def edit(self) -> None:
        """One to six edits: a text rewritten, a row taken away, one that was taken away put back."""
        with duckdb.connect(str(self.warehouse)) as connection:
            for name in self.chance.choices([*EDITED], k=self.chance.randint(1, 6)):
                self._edit(connection, name, self.chance.choice(["rewrite", "rewrite", "take", "put"]))

    def _edit(self, connection: duckdb.DuckDBPyConnection, name: str, what: str) -> None:
        table, key = f"marts.{name}", self.catalog.datasets[name].primary_key[0]
        kept = f"gone_{name}"
        rows = connection.execute(f"select {key} from {kept if what == 'put' else table} order by {key}").fetchall()
        if not rows:
            return
        one = self.chance.choice(rows)[0]
        if what == "rewrite":
            words = f"第{self.chance.randint(1, 999)}次改写的“题目”"
            connection.execute(f"update {table} set {EDITED[name]} = $1 where {key} = $2", [words, one])
            return
        source, target = (kept, table) if what == "put" else (table, kept)
        connection.execute(f"insert into {target} from {source} where {key} = $1", [one])
        connection.execute(f"delete from {source} where {key} = $1", [one])

    def release(self, night: date) -> Release:
        inputs = [Input("disclosures/a.csv", f"{night.toordinal():064x}", 1)]
        return write_release(
            self.warehouse,
            self.catalog,
            self.releases,
            as_of=night,
            blocked={},
            inputs=inputs,
            code_version="1",
            follow=partial(follow_release, catalog=self.catalog, warehouse=self.warehouse, inputs=inputs),
            write_site=partial(write_site, catalog=self.catalog),
        )


def wrong_pairs(earlier: Release, later: Release, scratch: Path) -> list[str]:
    """The datasets that the release before and the feed do not give byte for byte, and those of which the feed tells what is not so."""
    feed = later.folder / "data/changes.parquet"
    before = {entry.name: entry for entry in earlier.datasets}
    with duckdb.connect() as connection:
        told = dict(
            connection.execute(f"select dataset_slug, list(distinct release_change) from {literal(str(feed))} group by all").fetchall()
        )
        wrong = []
        for entry in (one for one in later.datasets if one.name != "changes"):
            old, new = (release.folder / one.file("parquet").path for release, one in ((earlier, before[entry.name]), (later, entry)))
            if WHOLE & {*told.get(entry.slug, ())}:
                continue
            if old.read_bytes() == new.read_bytes():
                wrong += [f"{entry.slug}: told of a change that is none"] if entry.slug in told else []
                continue
            replay(connection, old, feed, entry.slug, scratch)
            wrong += [entry.slug] if scratch.read_bytes() != new.read_bytes() else []
    return wrong


def on_disk(folder: Path) -> int:
    """Bytes of the files below a folder, each counted once however many links it has."""
    facts = {(fact.st_dev, fact.st_ino): fact.st_size for path in folder.rglob("*") if path.is_file() for fact in [path.stat()]}
    return sum(facts.values())


@pytest.mark.rest
@pytest.mark.timeout(3000)
def test_a_year_of_nights_can_be_followed_and_takes_the_space_of_what_changed(
    whole_sample: County, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    copy = County(Path(shutil.copytree(whole_sample.root, tmp_path / "county", symlinks=True)))
    shutil.rmtree(copy.root / "releases")
    settings = copy.root / "gongkai.yaml"
    settings.write_text(settings.read_text("utf-8") + "\nkeep_releases: {days: 30, months: 4, archive: true}\n", "utf-8")
    nights = Nights(copy, Workspace.open(copy.root).catalog, random.Random(20261201))
    last, checked = nights.release(BEGIN), 0
    for number in range(1, NIGHTS):
        nights.edit()
        made = nights.release(BEGIN + number * STEP)
        assert wrong_pairs(last, made, tmp_path / "again.parquet") == [], made.name
        apply_retention(Workspace.open(copy.root), lambda _: None)
        last, checked = made, checked + 1
    assert checked == NIGHTS - 1
    assert verify_chain(nights.releases) == []
    assert [path.stem[:4] for path in archive_paths(nights.releases)] == ["2026"]
    assert verify_folder(nights.releases) == []
    standing = stored_releases(Workspace.open(copy.root))
    assert len(standing) < 18
    one = sum(file.bytes for file in standing[-1].all_files)
    rows = describe_releases(Workspace.open(copy.root))
    changed = sum(row["own_bytes"] for row in rows if row["archive"] is None) - rows[1]["own_bytes"]
    used = on_disk(nights.releases)
    for name, value in (("nights", NIGHTS), ("standing", len(standing)), ("one release", one), ("changed", changed), ("used", used)):
        record_property(name, value)
    print(
        f"{NIGHTS} nights, {len(standing)} standing, one release {one:,}, changed since the first that stands {changed:,}, on disk {used:,}"
    )
    assert used <= 3 * one + changed
