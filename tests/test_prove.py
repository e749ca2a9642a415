"""`gongkai prove`: a released row is computed anew from the bytes of its sources, and every place that was tampered with is named."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result

from exports.catalog import load_catalog
from exports.changes.compare import key_text
from exports.release.manifest import json_text, released_file
from exports.release.merkle import merkle_root
from flows.warehouse.standing import seal
from tests.conftest import County, a_county, gongkai

PLAN = """栖政办发〔2026〕11号
栖川县2026年政务公开工作要点
一、重点任务
（一）公开部门决算。（牵头单位：县财政局；完成时限：2026年9月底前）
（二）做好年度报告编制。（牵头单位：县司法局；完成时限：2026年3月底前）
栖川县人民政府办公室
2026年1月9日
"""
UNITS = "单位名称\n栖川县财政局\n栖川县司法局\n"
REPORTS = """计划文号,任务编号,填报单位,填报日期,完成情况,完成日期
栖政办发〔2026〕11号,（一）,县财政局,2026-09-20,已完成,2026-09-18
"""
DISCLOSURES = """索引号,标题,公开单位,公开属性,形成日期,公开日期
P-0001,关于渡口改造的公告,县财政局,主动公开,2026-03-02,2026-03-05
P-0002,关于茶园补贴的公告,县司法局,主动公开,2026-03-03,2026-05-20
P-0003,关于驿站选址的公告,县财政局,主动公开,2026-04-07,2026-04-08
"""
ROW = ("disclosures", "P-0002")
PROVEN = ("plan_tasks", "receipts", "task_delivery", "units")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    files = {"plans/p.txt": PLAN, "units/u.csv": UNITS, "progress_reports/r.csv": REPORTS, "disclosures/d.csv": DISCLOSURES}
    county = a_county(tmp_path_factory.mktemp("proof") / "county", {path: text.encode() for path, text in files.items()})
    done = county.refresh()
    assert done.exit_code in {0, 3}, done.output
    return county


def proven(made: County, dataset: str, key: str, *words: str) -> tuple[Result, dict[str, Any]]:
    done = gongkai("prove", dataset, key, "-w", made.root, *words)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done, json.loads(done.stdout or "{}")


def a_key(made: County, name: str) -> str:
    dataset = load_catalog().datasets[name]
    with duckdb.connect() as connection:
        file = made.latest / f"data/{dataset.slug}.parquet"
        return str(connection.execute(f"select {key_text(dataset.primary_key)} from '{file}' order by 1 limit 1").fetchall()[0][0])


@pytest.mark.parametrize("name", PROVEN)
def test_a_released_row_is_what_its_sources_give(made: County, name: str) -> None:
    done, facts = proven(made, name, a_key(made, name))
    assert done.exit_code == 0, done.stderr
    assert "一致 equal" in done.stderr
    assert facts["recomputed"]["is_equal"]
    assert facts["recomputed"]["is_same_code"]


def test_the_proof_names_the_rows_files_and_holds_against_the_manifest(made: County, tmp_path: Path) -> None:
    done, facts = proven(made, *ROW)
    assert [source["path"] for source in facts["recomputed"]["sources"]] == ["disclosures/d.csv"]
    assert "disclosures/d.csv" in done.stderr
    (tmp_path / "proof.json").write_text(done.stdout, "utf-8")
    assert gongkai("prove", "--check", tmp_path / "proof.json", "-w", made.root).exit_code == 0


def test_a_file_that_came_later_counts_in_no_row_of_a_release(made: County) -> None:
    later = made.root / "inbox/disclosures/later.csv"
    later.write_text(DISCLOSURES.replace("关于茶园补贴的公告", "关于茶园补贴的更正"), "utf-8")
    try:
        done, _facts = proven(made, *ROW)
    finally:
        later.unlink()
    assert done.exit_code == 0, done.stderr


@contextmanager
def kept(path: Path) -> Iterator[None]:
    """Put a file back as it was, whatever is done to it in the block."""
    with TemporaryDirectory() as folder:
        safe = Path(shutil.copy2(path, folder))
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            shutil.copy2(safe, path)


def source(made: County) -> Path:
    return made.root / "inbox/disclosures/d.csv"


def reading(made: County) -> Path:
    return next((made.root / "raw/disclosures").glob("*/*/rows.parquet"))


def ledger(made: County) -> Path:
    return made.root / "raw/ledger.ndjson"


def warehouse(made: County) -> Path:
    return made.root / "warehouse.duckdb"


def parquet(made: County) -> Path:
    return made.latest / "data/disclosures.parquet"


def csv(made: County) -> Path:
    return made.latest / "data/disclosures.csv"


def manifest(made: County) -> Path:
    return made.latest / "manifest.json"


def other_words(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace("茶园补贴".encode(), "茶园补助".encode()))


def other_table(path: Path) -> None:
    """The table with another title in it, and the file's own metadata as they were."""
    table = pq.read_table(path)
    name = next(name for name in table.column_names if name in {"disclosure_title", "标题"})
    values = pa.array([str(value).replace("补贴", "补助") for value in table[name].to_pylist()], table.schema.field(name).type)
    path.unlink()  # a hard link: the release before must not change with it
    pq.write_table(table.set_column(table.column_names.index(name), table.schema.field(name), values), path)


def other_digest(path: Path) -> None:
    entries = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    entries = [entry | ({"sha256": "ab" * 32} if entry["path"] == "disclosures/d.csv" else {}) for entry in entries]
    path.write_text("".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries), "utf-8")


def other_mart(path: Path) -> None:
    with duckdb.connect(str(path)) as connection:
        connection.execute("update core.disclosures set days_late = 0")


def other_inputs(path: Path) -> None:
    facts = json.loads(path.read_text("utf-8"))
    for entry in facts["inputs"]:
        entry["sha256"] = "cd" * 32
    path.write_text(json_text(facts), "utf-8", newline="\n")


@pytest.mark.parametrize(
    ("place", "tamper", "named"),
    [
        (source, other_words, "disclosures/d.csv: 来源文件不是发布所用的"),
        (source, Path.unlink, "disclosures"),
        (reading, other_table, "原始库与来源不符"),
        (reading, Path.unlink, "原始库与来源不符"),
        (ledger, other_digest, "来源登记与清单不符"),
        (warehouse, other_mart, "数据仓库被改动过"),
        (parquet, other_table, "disclosures.parquet"),
        (csv, other_words, "disclosures.csv"),
        (csv, Path.unlink, "disclosures.csv"),
        (manifest, other_inputs, "manifest.json"),
    ],
)
def test_what_was_tampered_with_is_named(
    made: County, place: Callable[[County], Path], tamper: Callable[[Path], object], named: str
) -> None:
    path = place(made)
    with kept(path):
        tamper(path)
        done, facts = proven(made, *ROW)
    assert done.exit_code == 1, done.stderr
    assert named in done.stderr
    assert not facts.get("recomputed", {}).get("is_equal")


def forge_release(county: County) -> None:
    """A release of another row in which everything agrees: files, sums, root, name of the manifest, and the link to it."""
    folder = county.latest
    other_table(folder / "data/disclosures.parquet")
    other_words(folder / "data/disclosures.csv")
    facts = json.loads((folder / "manifest.json").read_text("utf-8"))
    (entry,) = [one for one in facts["datasets"] if one["name"] == "disclosures"]
    entry["files"] = [asdict(released_file(folder, file["path"])) for file in entry["files"]]
    with duckdb.connect() as connection:
        entry["merkle_root"] = merkle_root(connection, folder / "data/disclosures.parquet")
    del facts["name"]
    name = f"{facts['as_of']}-{hashlib.sha256(json_text(facts).encode()).hexdigest()[:8]}"
    (folder / "manifest.json").write_text(json_text({"name": name, **facts}), "utf-8", newline="\n")
    folder.rename(folder.with_name(name))
    latest = county.root / "releases/latest"
    latest.unlink()
    latest.symlink_to(name)


def test_a_forged_release_in_which_everything_agrees_is_told_by_the_column(made: County, tmp_path: Path) -> None:
    copy = County(Path(shutil.copytree(made.root, tmp_path / "county", symlinks=True)))
    forge_release(copy)
    done, facts = proven(copy, *ROW)
    assert done.exit_code == 1
    (difference,) = facts["recomputed"]["differences"]
    assert difference == {"column": "disclosure_title", "released": "关于茶园补助的公告", "recomputed": "关于茶园补贴的公告"}
    assert "disclosure_title" in done.stderr


def test_a_warehouse_that_was_changed_and_sealed_again_is_told_by_its_row(made: County) -> None:
    path = warehouse(made)
    with kept(path), kept(path.with_name(f".{path.name}.sha256")):
        other_mart(path)
        seal(path)
        done, _facts = proven(made, *ROW)
    assert done.exit_code == 1
    assert "数据仓库中的行与重算的不符" in done.stderr


def test_what_no_source_gives_is_not_computed(made: County) -> None:
    done = gongkai("prove", "data_quality", a_key(made, "data_quality"), "-w", made.root)
    assert done.exit_code == 1
    assert "--path-only" in done.stderr
    assert gongkai("prove", "data_quality", a_key(made, "data_quality"), "--path-only", "-w", made.root).exit_code == 0


def test_a_workspace_without_the_sources_proves_the_path_only(made: County, tmp_path: Path) -> None:
    copy = County(Path(shutil.copytree(made.root, tmp_path / "county", symlinks=True, ignore=shutil.ignore_patterns("raw", "inbox"))))
    assert gongkai("prove", *ROW, "-w", copy.root).exit_code == 1
    assert gongkai("prove", *ROW, "--path-only", "-w", copy.root).exit_code == 0


def test_everything_is_as_it_was_after_all_this(made: County) -> None:
    assert proven(made, *ROW)[0].exit_code == 0
