"""A county whose datasets have files of one year each: withdrawals, redaction, carrying over and going back work as in one file."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from exports.release.manifest import read_release
from exports.release.parts import rows_of
from flows.publication.retraction import find_retracted
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county, gongkai
from tests.release.search import texts_of

HEAD = "索引号,标题,公开单位,公开属性,形成日期,公开日期,撤回日期,撤回原因\n"
WITHDRAWN, WITHHELD = "鹭洲渡口整修", "松溪茶园扶持"
TITLES = {1: "云台驿站管理", 2: WITHDRAWN, 3: WITHHELD, 4: "桐岭古道养护", 5: "雁湖堤坝加固", 6: "梅坞集市迁址"}


def register(*, is_later: bool = False) -> bytes:
    """Six records of two years; later one of each year may no longer leave."""
    lines = []
    for number, title in TITLES.items():
        attribute = "不予公开" if is_later and title == WITHHELD else "主动公开"
        gone = "2026-09-01,内容有误" if is_later and title == WITHDRAWN else ","
        year = 2025 + number % 2
        lines.append(f"Y-{number:06d},关于{title}事项的公告,县财政局,{attribute},{year}-03-02,{year}-03-05,{gone}\n")
    return (HEAD + "".join(lines)).encode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    files = {"units/u.csv": "单位名称\n栖川县财政局\n".encode(), "disclosures/d.csv": register()}
    county = a_county(tmp_path_factory.mktemp("yearly") / "county", files)
    with (county.root / "gongkai.yaml").open("a", encoding="utf-8") as settings:
        settings.write("yearly_files_above: 2\n")
    assert county.refresh().exit_code in {0, 3}
    (county.root / "inbox/disclosures/d.csv").write_bytes(register(is_later=True))
    done = county.refresh("--accept-loss", "disclosures")
    assert done.exit_code in {0, 3}, done.output
    return county


def files_with(folder: Path, words: str) -> list[str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path.name for path in files for _, text in texts_of(path.name, path.read_bytes()) if words in text]


def titles(folder: Path) -> set[str]:
    entry = next(entry for entry in read_release(folder).datasets if entry.name == "disclosures")
    with duckdb.connect() as connection:
        found = connection.execute(f"select disclosure_title from {rows_of(entry.tables(folder))}").fetchall()
    return {title.removeprefix("关于").removesuffix("事项的公告") for (title,) in found}


def test_what_may_no_longer_leave_leaves_parts_feeds_and_older_releases_too(made: County) -> None:
    first, second = sorted(made.root.glob("releases/2026-*"), key=lambda path: path.stat().st_mtime)
    for folder in (first, second):
        assert sorted(path.name for path in folder.glob("data/disclosures.*.parquet")) == [
            "disclosures.2025.parquet",
            "disclosures.2026.parquet",
        ]
    assert titles(first) == {*TITLES.values()}
    assert titles(second) == {*TITLES.values()} - {WITHDRAWN, WITHHELD}
    assert files_with(second, WITHDRAWN) == files_with(second, WITHHELD) == []
    retracted = find_retracted(Workspace.open(made.root))
    assert {*retracted} == {first.name}
    assert "disclosures.2025.parquet" in retracted[first.name]
    assert "disclosures.2026.parquet" in retracted[first.name]
    assert gongkai("prove", "disclosures", "Y-000002", "-r", first.name, "-w", made.root).exit_code == 1
    assert gongkai("prove", "disclosures", "Y-000005", "-r", first.name, "--path-only", "-w", made.root).exit_code == 0
    assert gongkai("redact", "--yes", "-w", made.root).exit_code == 0
    assert titles(first) == titles(second)
    assert files_with(first, WITHDRAWN) == files_with(first, WITHHELD) == []
    verified = gongkai("verify", "--all", "-w", made.root)
    assert verified.exit_code == 0, verified.output
    assert find_retracted(Workspace.open(made.root)) == {}
    back = gongkai("rollback", first.name, "--yes", "-w", made.root)
    assert back.exit_code == 0, back.output
    assert titles(made.latest) == titles(second)
