"""Releases of past years as zip files: packed by the settings, verified, listed, sent to the mirror. What has to go from them: tests/test_followed_releases.py."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest

from exports.catalog import Catalog
from exports.release.chain import verify_chain
from exports.release.folder import write_release
from exports.release.manifest import Input, Release, ReleaseError, read_release
from flows.publication.archives import archive_paths, unpacked, write_archive
from flows.publication.mirror import mirror
from flows.publication.retention import apply_retention, archivable, expired
from flows.publication.stored_releases import find_release
from flows.publication.verification import verify_archive, verify_folder
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import Retention, Workspace
from tests.conftest import gongkai


@dataclass(frozen=True)
class Years:
    """A workspace with a release of 2025 that was packed, and one of 2026."""

    root: Path
    packed: str
    latest: str

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def archive(self) -> Path:
        return self.releases / "archives" / f"{self.packed}.zip"


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory, untouched: Path, catalog: Catalog) -> Years:
    root = tmp_path_factory.mktemp("years")
    warehouse = Path(shutil.copyfile(untouched, root / "made.duckdb"))

    def release(day: date) -> Release:
        inputs = [Input("plans/a.txt", "ab" * 32, 3)]
        return write_release(warehouse, catalog, root / "releases", as_of=day, blocked={}, inputs=inputs, code_version="1")

    first = release(date(2025, 12, 31))
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.units set alias_count = alias_count + 1")
    last = release(date(2026, 3, 31))
    (root / "gongkai.yaml").write_text("keep_releases: {days: 30, months: 1, archive: true}\n")
    said: list[str] = []
    assert apply_retention(Workspace.open(root), said.append) == [first.name]
    assert first.name in said[0]
    return Years(root, first.name, last.name)


@pytest.fixture
def copied(years: Years, tmp_path: Path) -> Path:
    """A copy of the folder of releases, which a test may damage."""
    return Path(shutil.copytree(years.releases, tmp_path / "releases", symlinks=True))


def test_a_past_year_is_one_zip_in_a_whole_chain(years: Years) -> None:
    assert [path.name for path in years.releases.glob("[0-9]*")] == [years.latest]
    assert archive_paths(years.releases) == [years.archive]
    assert (years.releases / "manifests" / f"{years.packed}.json").exists()
    assert verify_chain(years.releases) == []
    assert verify_folder(years.releases) == []
    assert gongkai("verify", "--all", "-w", years.root).exit_code == 0
    assert gongkai("verify", years.archive, "-w", years.root).exit_code == 0


def test_packing_again_gives_the_same_bytes(years: Years, tmp_path: Path) -> None:
    with unpacked(years.archive) as release:
        assert release.name == years.packed
        assert write_archive(tmp_path, release).read_bytes() == years.archive.read_bytes()


def test_the_list_of_releases_shows_the_archive(years: Years) -> None:
    first, *_ = json.loads(gongkai("releases", "-w", years.root, "-f", "json").output)
    assert (first["release"], first["archive"], first["own_bytes"]) == (years.packed, years.archive.name, years.archive.stat().st_size)
    assert "已归档 archived" in gongkai("releases", "-w", years.root).output
    with pytest.raises(ConfigurationError, match="unzip"):
        find_release(Workspace.open(years.root), "2025-12-31")


def test_a_release_that_is_unzipped_beside_the_others_can_be_read_again(years: Years, copied: Path) -> None:
    with zipfile.ZipFile(years.archive) as packed:
        packed.extractall(copied)
    assert verify_folder(copied) == []
    assert read_release(copied / years.packed).name == years.packed


def test_a_bit_that_is_flipped_in_a_packed_file_is_named(years: Years, tmp_path: Path) -> None:
    chance, data = random.Random(20261201), years.archive.read_bytes()
    with zipfile.ZipFile(years.archive) as packed:
        entries = [entry for entry in packed.infolist() if entry.compress_size > 1000]
    for entry in chance.sample(entries, 12):
        damaged = bytearray(data)
        damaged[entry.header_offset + 30 + len(entry.filename.encode()) + chance.randrange(100, entry.compress_size)] ^= (
            1 << chance.randrange(8)
        )
        path = tmp_path / "damaged.zip"
        path.write_bytes(damaged)
        try:
            assert verify_archive(path), entry.filename
        except ConfigurationError as error:
            assert "damaged.zip" in str(error)  # noqa: PT017 - either is right: most flips break the zip itself, some only what it holds


@pytest.mark.parametrize("damage", ["byte", "cut", "text", "manifest", "dropped"])
def test_a_damaged_archive_is_named(years: Years, copied: Path, damage: str) -> None:
    archive = copied / "archives" / years.archive.name
    data = bytearray(archive.read_bytes())
    if damage == "byte":
        data[len(data) // 2] ^= 1
    archive.write_bytes({"cut": data[: len(data) // 2], "text": b"no zip"}.get(damage, data))
    if damage == "manifest":
        (copied / "manifests" / f"{years.packed}.json").write_text("{}\n", "utf-8")
    if damage == "dropped":
        rewritten_without(archive, "data/units.csv")
    faults = verify_folder(copied)
    assert [fault for fault in faults if years.archive.name in fault], faults
    if damage in {"cut", "text"}:
        with pytest.raises(ConfigurationError, match="no archive of a release"):
            verify_archive(archive)


def rewritten_without(archive: Path, path: str) -> None:
    with zipfile.ZipFile(archive) as packed:
        kept = {name: packed.read(name) for name in packed.namelist() if not name.endswith(path)}
    with zipfile.ZipFile(archive, "w") as packed:
        for name, data in kept.items():
            packed.writestr(name, data)


def test_a_zip_that_names_files_outside_writes_none(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr("../../outside.txt", "x")
        packed.writestr("2025-12-31-00000000/manifest.json", "{}")
    result = gongkai("verify", tmp_path / "a.zip")
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert not [*tmp_path.parent.rglob("outside.txt")]


def of_days(*days: str) -> list[Release]:
    return [Release(Path(), f"{day}-{number:08x}", date.fromisoformat(day), "1", (), ()) for number, day in enumerate(days)]


def test_only_the_last_release_of_a_year_that_is_over_is_packed_and_only_where_the_settings_say_so() -> None:
    releases = of_days("2023-06-30", "2023-12-30", "2024-12-31", "2025-11-30", "2025-12-31", "2026-01-15")
    keep = Retention(days=10, months=2, archive=True)
    assert [one.as_of.isoformat() for one in archivable(releases, keep)] == ["2023-12-30", "2024-12-31"]
    assert [one.as_of.isoformat() for one in expired(releases, keep)] == ["2023-06-30", "2025-11-30"]
    assert archivable(releases, Retention(days=10, months=2)) == []
    assert archivable([], keep) == []


def test_a_damaged_release_is_not_packed_and_stays(years: Years, tmp_path: Path) -> None:
    shutil.copytree(years.root, tmp_path / "copy", symlinks=True)
    releases = tmp_path / "copy/releases"
    with zipfile.ZipFile(years.archive) as packed:
        packed.extractall(releases)
    shutil.rmtree(releases / "archives")
    (releases / years.packed / "data/units.csv").unlink()
    with pytest.raises(ReleaseError, match=r"units\.csv"):
        apply_retention(Workspace.open(tmp_path / "copy"), print)
    assert (releases / years.packed / "manifest.json").exists()
    assert archive_paths(releases) == []


def test_a_mirror_gets_what_is_in_an_archive_once(years: Years, tmp_path: Path) -> None:
    there = tmp_path / "mirror"
    first = mirror(Workspace.open(years.root), there.as_uri(), lambda _: None)
    assert first.releases == (years.packed, years.latest)
    assert first.copied > 0
    assert verify_folder(there / years.packed) == []
    assert mirror(Workspace.open(years.root), there.as_uri(), lambda _: None).releases == ()
