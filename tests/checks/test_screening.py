"""A dataset that is held back keeps its last good files, without the rows that today may no longer leave."""

from __future__ import annotations

import csv as csv_files
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from exports.catalog import load_catalog
from exports.release.folder import write_release
from exports.release.manifest import Release
from exports.release.verify import verify_release
from flows.publication.screening import find_withdrawn_values, screen_carried_over
from tests.conftest import County, a_county
from tests.warehouse.test_leaving import DAYS, LINK, TOMBSTONES, UNIT, csv

HEADER = ["索引号", "标题", "公开单位", "公开属性", "形成日期", "公开日期", "撤回日期", "审核状态", "链接"]
PRIVATE = "王小明，身份证号110101199003071233"  # what an earlier scanner did not know
NUMBERS = [
    "stays",
    "gone from its file",
    "withheld",
    "on request",
    "withdrawn",
    "rejected",
    "unread",
    "tombstone",
    "linked",
    "titled",
    "no title now",
    "QX-00071",
]


def line(number: str, **changed: str) -> list[str]:
    cells = {"title": f"第{number}号公告", "attribute": "主动公开", "withdrawn": "", "state": "通过"} | changed
    return [
        number,
        cells["title"],
        UNIT,
        cells["attribute"],
        *DAYS,
        cells["withdrawn"],
        cells["state"],
        LINK.format(number.replace(" ", "-")),
    ]


TODAY = [
    line("stays"),
    line("withheld", attribute="不予公开"),
    line("on request", attribute="依申请公开"),
    line("withdrawn", withdrawn="2026-10-20"),
    line("rejected", state="已驳回"),
    line("unread", attribute="乙类"),
    line("no title now", title="", attribute="不予公开"),
    line("ｑｘ－00071", attribute="不予公开"),
]
TOMBSTONED = [
    ["tombstone", "", UNIT, "2026-10-10", "个人隐私", "", ""],
    ["", "", UNIT, "十月中", "", "", LINK.format("linked")],
    ["", "第titled号公告", "栖川县财政局", "2026-10-10", "个人隐私", "", ""],
]


@pytest.fixture(scope="module")
def yesterday_and_today(tmp_path_factory: pytest.TempPathFactory) -> tuple[County, County]:
    """A county whose records all left yesterday; today most are held, and three are no longer in their register."""
    units = {"units/u.csv": "单位名称\n栖川县财政局\n".encode()}
    yesterday = a_county(tmp_path_factory.mktemp("yesterday"), {"disclosures/a.csv": csv(HEADER, map(line, NUMBERS)), **units}).placed()
    files = {"disclosures/a.csv": csv(HEADER, TODAY), "withdrawals/w.csv": csv(TOMBSTONES, TOMBSTONED), **units}
    return yesterday, a_county(tmp_path_factory.mktemp("today"), files).placed()


def release_of(county: County, releases: Path, blocked: dict[str, str]) -> Release:
    catalog = load_catalog()
    return write_release(
        county.root / "warehouse.duckdb",
        catalog,
        releases,
        as_of=date(2026, 10, 31),
        blocked=blocked | {"data_quality": "no check was run"},
        inputs=[],
        code_version="1",
        screen=lambda connection, dataset, parquet: screen_carried_over(connection, dataset, parquet, catalog),
    )


def rows_of(release: Release, slug: str) -> set[str]:
    with (release.folder / f"data/{slug}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {row["index_number"] for row in csv_files.DictReader(stream)}


def test_rows_that_may_no_longer_leave_are_not_carried_over(yesterday_and_today: tuple[County, County], tmp_path: Path) -> None:
    yesterday, today = yesterday_and_today
    first = release_of(yesterday, tmp_path / "releases", {})
    assert rows_of(first, "disclosures") == set(NUMBERS)
    kept = release_of(today, tmp_path / "releases", {"disclosures": "x"})
    assert rows_of(kept, "disclosures") == {"stays", "gone from its file"}
    (entry,) = (dataset for dataset in kept.datasets if dataset.name == "disclosures")
    assert (entry.rows, entry.carried_over_from) == (2, first.name)
    assert verify_release(kept.folder) == []
    assert find_withdrawn_values(kept.folder, today.root / "warehouse.duckdb", load_catalog()) == {}
    held = b"".join(path.read_bytes() for path in kept.folder.rglob("*") if path.is_file() and "withdrawals" not in path.name)
    for number in set(NUMBERS) - {"stays", "gone from its file"}:
        assert f"第{number}号公告".encode() not in held


def test_the_metadata_of_carried_over_files_have_their_own_sizes(yesterday_and_today: tuple[County, County], tmp_path: Path) -> None:
    yesterday, today = yesterday_and_today
    release_of(yesterday, tmp_path / "releases", {})
    kept = release_of(today, tmp_path / "releases", {"disclosures": "x"})
    (entry,) = (dataset for dataset in kept.datasets if dataset.name == "disclosures")
    sums = {file.path: file.sha256 for file in entry.files}
    package = json.loads((kept.folder / "datapackage.json").read_text("utf-8"))
    (resource,) = (item for item in package["resources"] if item["name"] == "disclosures")
    assert {item["path"]: item["hash"] for item in (resource, *resource["alternates"])} == {p: f"sha256:{s}" for p, s in sums.items()}
    assert all(digest in (kept.folder / "catalog.jsonld").read_text("utf-8") for digest in sums.values())


def test_a_row_in_which_todays_scanner_finds_a_person_is_not_carried_over(
    yesterday_and_today: tuple[County, County], tmp_path: Path
) -> None:
    yesterday, today = yesterday_and_today
    first = release_of(yesterday, tmp_path / "releases", {})
    file = first.folder / "data/disclosures.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace (if(index_number = 'gone from its file', '{PRIVATE}', disclosure_title) as disclosure_title) from '{file}') "
            f"to '{tmp_path}/changed.parquet'"
        )
    (tmp_path / "changed.parquet").replace(file)
    kept = release_of(today, tmp_path / "releases", {"disclosures": "x"})
    assert rows_of(kept, "disclosures") == {"stays"}


def test_where_nothing_is_held_identical_files_are_carried_over(yesterday_and_today: tuple[County, County], tmp_path: Path) -> None:
    yesterday, _ = yesterday_and_today
    first = release_of(yesterday, tmp_path / "releases", {})
    kept = release_of(yesterday, tmp_path / "releases", {"disclosures": "x"})
    for path in ("data/disclosures.csv", "data/disclosures.parquet"):
        assert (kept.folder / path).samefile(first.folder / path)
