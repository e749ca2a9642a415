"""What leaves is what was promised: files are read back, and a dataset with faulty files keeps its last good release."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from exports.catalog import Catalog, Dataset
from exports.release.files import DATETIME, paths_of
from flows.quality import release_gate
from flows.quality.checks import CheckResult
from flows.quality.release_gate import Drafted, draft, read_back
from tests.conftest import County

NAMES = ("disclosures", "unit_targets", "units", "plan_documents", "target_progress")


@pytest.fixture(scope="module")
def drafted(whole_sample: County, catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Drafted]]:
    folder = tmp_path_factory.mktemp("drafted")
    return folder, draft(whole_sample.root / "warehouse.duckdb", [catalog.datasets[name] for name in NAMES], folder)


@pytest.fixture
def files(drafted: tuple[Path, list[Drafted]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(drafted[0], tmp_path / "files"))


def broken(catalog: Catalog, drafted: tuple[Path, list[Drafted]], files: Path, *names: str) -> dict[tuple[str, str], CheckResult]:
    results = read_back(catalog, [each for each in drafted[1] if each.dataset.name in names], files, lambda _: None)
    assert not list(files.glob("*.duckdb"))
    assert {result.gate for result in results} == {"release"}
    return {(result.table_name, result.rule_name.split(" (")[0]): result for result in results if not result.is_met}


def rewrite(path: Path, select: str, relation: str) -> None:
    """Rewrite the file from a SELECT on itself."""
    form = "format parquet" if path.suffix == ".parquet" else f"header, timestampformat '{DATETIME}'"
    new = path.with_name("new")
    duckdb.execute(f"copy ({select.format(file=relation)}) to '{new}' ({form})")
    new.replace(path)


def test_files_as_they_are_written_pass(catalog: Catalog, drafted: tuple[Path, list[Drafted]], files: Path) -> None:
    assert broken(catalog, drafted, files, *NAMES) == {}


@pytest.mark.parametrize(
    ("name", "select", "rule"),
    [
        ("units", "from {file} limit 10", "行数与数据仓库一致"),
        ("units", "select * rename (unit_name as unit) from {file}", "列名及次序与数据字典一致"),
        ("units", "select * replace (cast(alias_count as varchar) as alias_count) from {file}", "各列类型与数据字典一致"),
        ("units", "from {file} union all from {file}", "单位标识不重复"),
        ("plan_documents", "select * replace ('秘密' as disclosure_attribute) from {file}", "公开属性只取所列值"),
        ("disclosures", "select * replace ('nobody' as unit_id) from {file}", "所引用的单位均存在"),
        ("disclosures", "select * replace (null as disclosure_title) from {file}", "信息名称不为空"),
    ],
)
def test_a_parquet_file_that_is_not_what_the_descriptor_promises_is_caught(
    catalog: Catalog, drafted: tuple[Path, list[Drafted]], files: Path, name: str, select: str, rule: str
) -> None:
    if name == "plan_documents" and "disclosure_attribute" not in catalog.datasets[name].column_names:
        name, select = "target_progress", "select * replace (1.5 as elapsed_share) from {file}"
        rule = "序时进度在许可范围内"
    path = files / paths_of(catalog.datasets[name])[1]
    rewrite(path, select, f"read_parquet('{path}')")
    found = broken(catalog, drafted, files, name, "units")
    assert (f"parquet.{name}", rule) in found
    assert found[f"parquet.{name}", rule].datasets == (name,)
    assert {dataset for result in found.values() for dataset in result.datasets} == {name} or name == "units"


@pytest.mark.parametrize(
    ("select", "rule"),
    [
        (
            "select * replace (alias_count + cast(unit_name = '栖川县财政局' as integer) as alias_count) from {file}",
            "与 Parquet 文件逐值相同",
        ),
        ("from {file} where unit_name <> '栖川县财政局'", "与 Parquet 文件逐值相同"),
        ("select * replace ('many' as alias_count) from {file}", "与 Parquet 文件逐值相同"),
        ("select * rename (unit_name as name) from {file}", "表头及次序与数据字典一致"),
        ("select unit_name, * exclude unit_name from {file}", "表头及次序与数据字典一致"),
    ],
)
def test_a_csv_that_is_not_its_parquet_file_is_caught(
    catalog: Catalog, drafted: tuple[Path, list[Drafted]], files: Path, select: str, rule: str
) -> None:
    path = files / paths_of(catalog.datasets["units"])[0]
    rewrite(path, select, f"read_csv('{path}')")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert ("csv.units", rule) in broken(catalog, drafted, files, "units")


def test_a_dataset_whose_file_was_cut_off_keeps_its_last_good_release_and_the_rest_goes_on(
    small: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (small.latest / "data" / "units.csv").read_bytes()
    write = release_gate.write_dataset

    def cut_off(connection: duckdb.DuckDBPyConnection, dataset: Dataset, folder: Path) -> object:
        written = write(connection, dataset, folder)
        if dataset.name == "units":
            path = folder / "data" / "units.csv"
            path.write_bytes(path.read_bytes()[:-200])
        return written

    (small.root / "inbox" / "units" / "more.csv").write_text("单位名称,别名\n栖川县海塘管理处,县海塘管理处\n", "utf-8")
    monkeypatch.setattr(release_gate, "write_dataset", cut_off)
    done = small.refresh()
    assert done.exit_code == 3, done.output
    assert "csv.units" in (small.latest / "manifest.json").read_text("utf-8")
    assert (small.latest / "data" / "units.csv").read_bytes() == before
    assert small.ask("select unit_name from marts.units where unit_name = '栖川县海塘管理处'") == [("栖川县海塘管理处",)]


def test_only_what_was_checked_leaves(small: County, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.conftest import gongkai

    (small.root / "inbox" / "units" / "more.csv").write_text("单位名称,别名\n栖川县档案馆,县档案馆\n", "utf-8")
    for verb in ("ingest", "build", "check"):
        assert gongkai(verb, "-w", small.root).exit_code == 0
    ready = small.root / ".next" / "files" / "data"
    with (ready / "units.csv").open("ab") as stream:
        stream.write(b"a,b\r\n")
    before = small.latest
    refused = gongkai("release", "-w", small.root)
    assert refused.exit_code == 1
    assert "data/units.csv: found bytes that were not checked" in refused.output
    assert small.latest == before
    shutil.rmtree(ready)  # written again, with the same content
    assert gongkai("release", "-w", small.root).exit_code == 0
    assert "栖川县档案馆" in (small.latest / "data" / "units.csv").read_text("utf-8-sig")
    assert not ready.exists()
