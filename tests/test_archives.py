"""Releases of past years as zip files: packed by the settings, verified, sent to the mirror, and rewritten when something in them may leave no longer."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from exports.release.chain import verify_chain
from exports.release.manifest import read_release
from flows.publication.archives import archive_paths, unpacked, write_archive
from flows.publication.mirror import mirror
from flows.publication.redact import redact, redactable
from flows.publication.retention import apply_retention
from flows.publication.retraction import find_retracted
from flows.publication.stored_releases import find_release
from flows.publication.verification import verify_archive, verify_folder
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county, gongkai
from tests.release.search import texts_of
from tests.test_followed_releases import PLAN, WITHDRAWN, WORDS, register

GONE = WORDS[WITHDRAWN]


@dataclass(frozen=True)
class Years:
    """A county with a release of 2026 that was packed and sent to a mirror, and one of 2027."""

    county: County
    mirror: Path
    packed: str

    @property
    def workspace(self) -> Workspace:
        return Workspace.open(self.county.root)

    @property
    def releases(self) -> Path:
        return self.county.root / "releases"

    @property
    def archive(self) -> Path:
        return self.releases / "archives" / f"{self.packed}.zip"

    def release(self, day: str, *words: str) -> None:
        settings = self.county.root / "gongkai.yaml"
        lines = [line for line in settings.read_text("utf-8").splitlines() if not line.startswith("as_of:")]
        settings.write_text("\n".join([*lines, f"as_of: {day}"]) + "\n", "utf-8")
        result = self.county.refresh(*words)
        assert result.exit_code in {0, 3}, result.output

    def publish(self) -> None:
        mirror(self.workspace, self.mirror.as_uri(), lambda _: None)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Years:
    root = tmp_path_factory.mktemp("years")
    files = {
        "units/all.csv": "单位名称\n栖川县教育局\n栖川县财政局\n".encode(),
        "disclosures/a.csv": register(range(12)),
        "plans/a.txt": PLAN.encode(),
    }
    county = a_county(root / "county", files, as_of="2026-12-31")
    made = Years(county, root / "mirror", "")
    made.release("2026-12-31")
    made = Years(county, root / "mirror", county.latest.resolve().name)
    made.release("2027-01-31")
    made.publish()
    with (county.root / "gongkai.yaml").open("a", encoding="utf-8") as settings:
        settings.write("keep_releases: {days: 30, months: 0, archive: true}\n")
    assert apply_retention(made.workspace, print) == [made.packed]
    return made


@pytest.fixture
def copied(years: Years, tmp_path: Path) -> Path:
    """A copy of the folder of releases, which a test may damage."""
    return Path(shutil.copytree(years.releases, tmp_path / "releases", symlinks=True))


def test_a_past_year_is_one_zip_in_a_whole_chain(years: Years) -> None:
    assert [path.name for path in years.releases.glob("[0-9]*")] == [years.county.latest.resolve().name]
    assert archive_paths(years.releases) == [years.archive]
    assert (years.releases / "manifests" / f"{years.packed}.json").exists()
    assert verify_chain(years.releases) == []
    assert verify_folder(years.releases) == []
    assert gongkai("verify", "--all", "-w", years.county.root).exit_code == 0
    assert gongkai("verify", years.archive, "-w", years.county.root).exit_code == 0


def test_packing_again_gives_the_same_bytes(years: Years, tmp_path: Path) -> None:
    with unpacked(years.archive) as release:
        assert release.name == years.packed
        assert write_archive(tmp_path, release).read_bytes() == years.archive.read_bytes()


def test_the_list_of_releases_shows_the_archive(years: Years) -> None:
    first, *_ = json.loads(gongkai("releases", "-w", years.county.root, "-f", "json").output)
    assert (first["release"], first["archive"], first["own_bytes"]) == (years.packed, years.archive.name, years.archive.stat().st_size)
    assert "已归档 archived" in gongkai("releases", "-w", years.county.root).output
    with pytest.raises(ConfigurationError, match="unzip"):
        find_release(years.workspace, "2026-12-31")


def test_a_release_that_is_unzipped_beside_the_others_can_be_read_again(years: Years, copied: Path) -> None:
    with zipfile.ZipFile(years.archive) as packed:
        packed.extractall(copied)
    assert verify_folder(copied) == []
    assert read_release(copied / years.packed).name == years.packed


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
        packed.writestr("2026-12-31-00000000/manifest.json", "{}")
    result = gongkai("verify", tmp_path / "a.zip")
    assert result.exit_code != 0
    assert "Traceback" not in result.output
    assert not [*tmp_path.parent.rglob("outside.txt")]


def all_texts(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below a folder and in every zip there, with its bytes."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        if path.suffix != ".zip":
            yield str(path), path.read_bytes()
            continue
        with zipfile.ZipFile(path) as packed:
            yield from ((f"{path}!{name}", packed.read(name)) for name in packed.namelist())


def holding(words: str, *folders: Path) -> list[str]:
    """The files in which the words stand, as bytes or as the text of a cell."""
    return [
        name
        for folder in folders
        for name, data in all_texts(folder)
        if words.encode() in data or any(words in text for _, text in texts_of(name.rpartition("/")[2], data))
    ]


def test_what_is_withdrawn_goes_from_archives_and_their_copies(years: Years) -> None:
    """Last in this file: it changes the county."""
    assert [name for name in holding(GONE, years.releases) if ".zip!" in name]
    assert [name for name in holding(GONE, years.mirror) if years.packed in name]
    withdrawn = register(range(12), X_003={"gone": "2027-02-01", "why": "内容有误"})
    (years.county.root / "inbox/disclosures/a.csv").write_bytes(withdrawn)
    years.release("2027-02-28", "--accept-loss", "disclosures")
    assert years.packed in find_retracted(years.workspace)
    years.publish()
    assert holding(GONE, years.mirror) == []
    said: list[str] = []
    assert years.packed in redactable(years.workspace)
    assert years.packed in redact(years.workspace, said.append)
    assert any(years.packed in line for line in said)
    assert holding(GONE, years.releases) == []
    years.publish()
    assert holding(GONE, years.mirror) == []
    assert (years.mirror / years.packed / "manifest.json").exists()
    assert verify_folder(years.releases) == []
    (listed,) = [row for row in json.loads(gongkai("releases", "-w", years.county.root, "-f", "json").output) if row["archive"]]
    assert listed["is_redacted"]
    assert "关于X-001事项的公告".encode() in b"".join(
        data for name, data in all_texts(years.releases / "archives") if name.endswith("disclosures.csv")
    )
    assert not [path for path in years.releases.iterdir() if path.name.startswith(".") and path.is_dir()]
