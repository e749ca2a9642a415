"""Large datasets have files of one year each: what is written again, and that everything that reads a release reads them."""

from __future__ import annotations

import csv
import json
import re
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import csvw
import duckdb
import frictionless
import mlcroissant
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.catalog import Catalog
from exports.changes.feed import know_nothing
from exports.changes.follow import follow
from exports.changes.replay import replay
from exports.ckan.desired import DATA_KINDS, KINDS, DesiredDataset, desired_datasets
from exports.ckan.plan import files_of_another_cut
from exports.ckan.schema import PortalCapabilities
from exports.release.describe import Followed
from exports.release.manifest import Release
from exports.release.parts import numbered_rows_of, part_in, rows_of, slug_of
from exports.release.standards import CROISSANT, CSVW
from exports.release.verify import verify_release
from exports.site.build import write_site
from exports.site.tables import open_tables
from flows.publication.verification import prove_path, wrong_proof
from tests.exports.conftest import Releasing, releasing
from tests.exports.test_standards import conforms, graph_of

LIMIT = 30  # rows; every made-up dataset has 40


@pytest.fixture(scope="module")
def few(catalog: Catalog) -> Catalog:
    """Three datasets of the catalog: one that says when its rows were published, one of plans' years, one without a time."""
    return replace(catalog, datasets={name: catalog.datasets[name] for name in ("disclosures", "target_progress", "units")})


@pytest.fixture(scope="module")
def yearly(few: Catalog) -> Catalog:
    """The catalog of a workspace in which 40 rows are many."""
    return few.of(None, None, None, None, {}, LIMIT)


def dated(warehouse: Path) -> Path:
    """The warehouse with disclosures of three years, and of none."""
    with duckdb.connect(str(warehouse)) as connection:
        year = "case rowid % 4 when 0 then null else make_date(2023 + (rowid % 4)::int, 3, 5) end"
        connection.execute(f"update marts.disclosures set published_on = {year}")
    return warehouse


def writing(folder: Path, warehouse: Path, catalog: Catalog) -> Releasing:
    def follows(draft: Release, last: Release | None) -> Followed:
        return follow(draft, last, catalog=catalog, warehouse=warehouse, judge=know_nothing)

    return partial(releasing(folder, warehouse, catalog), follow=follows)


@pytest.fixture
def write(tmp_path: Path, warehouse: Path, yearly: Catalog) -> Releasing:
    return writing(tmp_path / "releases", dated(warehouse), yearly)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, untouched: Path, yearly: Catalog) -> Release:
    """A release that is only read."""
    folder = tmp_path_factory.mktemp("yearly")
    return writing(folder / "releases", dated(Path(shutil.copyfile(untouched, folder / "warehouse.duckdb"))), yearly)()


def paths(release: Release, form: str, name: str = "disclosures") -> list[str]:
    return [file.path for entry in release.datasets if entry.name == name for file in entry.files_of(form)]


PARTS = ["2024", "2025", "2026", "undated"]


def test_a_dataset_above_the_limit_has_a_file_for_each_year_and_format(made: Release) -> None:
    for form in ("csv", "parquet", "xlsx"):
        assert paths(made, form) == [f"data/disclosures.{part}.{form}" for part in PARTS]
    assert paths(made, "parquet", "units") == ["data/units.parquet"]
    assert verify_release(made.folder, roots=True) == []
    with duckdb.connect() as connection:
        tables = next(entry for entry in made.datasets if entry.name == "disclosures").tables(made.folder)
        years = connection.execute(
            f"select distinct parse_filename(filename), year(published_on) from read_parquet({[*map(str, tables)]}, filename = true)"
        )
        assert {*years.fetchall()} == {(f"disclosures.{part}.parquet", int(part) if part.isdigit() else None) for part in PARTS}


def test_the_limit_decides(tmp_path: Path, warehouse: Path, few: Catalog) -> None:
    made = releasing(tmp_path / "releases", dated(warehouse), few.of(None, None, None, None, {}, 40))()
    assert {part_in(file.path) for entry in made.datasets for file in entry.files} == {None}


def test_only_the_files_of_years_that_changed_are_new_and_the_feed_leads_to_them(write: Releasing, warehouse: Path, tmp_path: Path) -> None:
    first = write()
    with duckdb.connect(str(warehouse)) as connection:
        first_of = "disclosure_id = (select min(disclosure_id) from marts.disclosures where {})"
        connection.execute(f"update marts.disclosures set disclosure_title = '改了' where {first_of.format('year(published_on) = 2025')}")
        connection.execute(f"update marts.disclosures set published_on = date '2026-08-01' where {first_of.format('published_on is null')}")
    second = write()
    entries = [next(entry for entry in made.datasets if entry.name == "disclosures") for made in (first, second)]
    same = {file.path for file in entries[1].files if (first.folder / file.path).samefile(second.folder / file.path)}
    assert {part_in(path) for path in same} == {"2024"}
    assert {part_in(file.path) for file in entries[1].files if file.path not in same} == {"2025", "2026", "undated"}
    with duckdb.connect() as connection:
        feed = second.folder / "data/changes.parquet"
        told = connection.execute(
            f"select column_name, release_change from '{feed}' where dataset_slug = 'disclosures' order by all"
        ).fetchall()
        assert told == [("disclosure_title", "changed"), ("published_on", "changed")]
        replay(connection, entries[0].tables(first.folder), feed, "disclosures", tmp_path / "again.parquet")
        rows = [
            connection.execute(f"from {rows_of(files)} order by all").fetchall()
            for files in (tmp_path / "again.parquet", entries[1].tables(second.folder))
        ]
        assert rows[0] == rows[1]


def test_a_dataset_that_grows_beyond_the_limit_is_followed_row_by_row(
    tmp_path: Path, warehouse: Path, few: Catalog, yearly: Catalog
) -> None:
    whole, parted = (writing(tmp_path / "releases", warehouse, one)() for one in (few, yearly))
    assert paths(whole, "parquet") != paths(parted, "parquet")
    with duckdb.connect() as connection:
        assert connection.execute(f"select * from '{parted.folder / 'data/changes.parquet'}'").fetchall() == []


def test_carried_over_files_keep_their_parts_and_lose_rows_that_may_no_longer_leave(write: Releasing) -> None:
    first = write()
    gone = {}

    def screen(connection: duckdb.DuckDBPyConnection, dataset: object, files: list[Path]) -> str:
        rows = numbered_rows_of(files)
        gone["rows"] = connection.execute(f"select count(*) from {rows} where file_row_number in (3, 25)").fetchone()
        return f"(select * from {rows} where file_row_number not in (3, 25))"

    second = write(blocked={"disclosures": "x"}, screen=screen)
    assert gone["rows"] == (2,)
    entry = next(entry for entry in second.datasets if entry.name == "disclosures")
    assert (entry.rows, paths(second, "parquet")) == (38, paths(first, "parquet"))
    assert verify_release(second.folder, roots=True) == []
    resource = next(
        one for one in json.loads((second.folder / "datapackage.json").read_text("utf-8"))["resources"] if one["name"] == "disclosures"
    )
    assert {one["path"]: one["bytes"] for one in resource["parts"]} == {file.path: file.bytes for file in entry.files_of("csv")}


def test_rows_of_a_part_are_proven_by_the_root_of_the_dataset(made: Release, tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    with duckdb.connect() as connection:
        tables = next(entry for entry in made.datasets if entry.name == "disclosures").tables(made.folder)
        keys = [key for (key,) in connection.execute(f"select disclosure_id from {rows_of(tables)}").fetchall()]
    for key in keys[::5]:
        facts = prove_path(made, "disclosures", key)
        proof.write_text(json.dumps(facts), "utf-8")
        assert wrong_proof(proof, made) == []
        proof.write_text(json.dumps(facts | {"row": [*facts["row"][1:], facts["row"][0]]}), "utf-8")
        assert wrong_proof(proof, made)


def test_a_changed_byte_and_a_part_that_is_gone_are_named(write: Releasing) -> None:
    made = write()
    part = made.folder / "data/disclosures.2025.csv"
    kept = part.read_bytes()
    part.unlink()
    assert [fault for fault in verify_release(made.folder) if "disclosures.2025.csv: found no file" in fault]
    part.write_bytes(kept[:-3] + b"x\r\n")
    assert [fault for fault in verify_release(made.folder) if "disclosures.2025.csv" in fault]


def test_frictionless_reads_all_parts_as_one_table(made: Release) -> None:
    report = frictionless.validate(str(made.folder / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "message"])[:3]
    package = frictionless.Package(str(made.folder / "datapackage.json"))
    assert len(package.get_resource("disclosures").read_rows()) == 40


def test_every_description_names_every_part(made: Release) -> None:
    files = {path for form in ("csv", "parquet", "xlsx") for path in paths(made, form)}
    nodes = json.loads((made.folder / "catalog.jsonld").read_text("utf-8"))["dcat:dataset"]
    node = next(node for node in nodes if node["@id"] == "#disclosures")
    assert {one["dcat:downloadURL"]["@id"] for one in node["dcat:distribution"]} == files
    assert len({one["@id"] for one in node["dcat:distribution"]}) == len(files)
    schema = json.loads((made.folder / "schema-org.jsonld").read_text("utf-8"))["dataset"]
    assert {one["contentUrl"] for one in next(one for one in schema if one["@id"] == "#disclosures")["distribution"]} == files
    tables = {table["url"] for table in json.loads((made.folder / "data/csv-metadata.json").read_text("utf-8"))["tables"]}
    assert tables >= {Path(path).name for path in paths(made, "csv")}
    objects = {one["@id"] for one in json.loads((made.folder / "croissant.json").read_text("utf-8"))["distribution"]}
    assert objects >= {*paths(made, "parquet")}
    assert "[csv 2025](data/disclosures.2025.csv)" in (made.folder / "README.md").read_text("utf-8")


def test_the_readers_of_each_standard_read_every_part(made: Release) -> None:
    valid, report = conforms(graph_of(made.folder / "catalog.jsonld"))
    assert valid, report
    tables = {str(table.url): [*table.iterdicts(strict=True)] for table in csvw.TableGroup.from_file(made.folder / CSVW).tables}
    assert sum(len(rows) for url, rows in tables.items() if slug_of(url) == "disclosures") == 40
    dataset = mlcroissant.Dataset(jsonld=str(made.folder / CROISSANT))
    assert not dataset.metadata.ctx.issues.errors
    assert sum(len([*dataset.records(f"disclosures-{part}")]) for part in PARTS) == 40


def test_views_workbooks_and_pages_have_every_row(made: Release, catalog: Catalog) -> None:
    with open_tables(made, catalog) as tables:
        assert tables.rows("select count(*) as amount from disclosures") == [{"amount": 40}]
    with duckdb.connect() as connection:
        connection.execute(f"set variable gongkai = '{made.folder}'")
        connection.execute((made.folder / "gongkai.sql").read_text("utf-8"))
        assert connection.execute("select count(*) from disclosures").fetchone() == (40,)
    counts = [openpyxl.load_workbook(made.folder / path).worksheets[0].max_row - 1 for path in paths(made, "xlsx")]
    assert sum(counts) == 40
    lines = [len([*csv.reader((made.folder / path).open(encoding="utf-8-sig", newline=""))]) - 1 for path in paths(made, "csv")]
    assert lines == counts


def test_pages_lead_to_files_that_are_there_and_say_how_all_parts_are_read(made: Release, catalog: Catalog, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made.folder, tmp_path / "release"))
    write_site(replace(made, folder=folder), None, catalog)
    pages = {page: page.read_text("utf-8") for page in folder.glob("site/**/*.html")}
    links = [(page, link) for page, text in pages.items() for link in re.findall(r'href="([^"]*/data/[^"]+)"', text)]
    assert {Path(link).name for _page, link in links} >= {f"disclosures.{part}.csv" for part in PARTS} | {"units.csv"}
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []
    for slug in ("disclosures", "units"):
        (files,) = re.findall(r"from '(data/[^']+)';", pages[folder / f"site/datasets/{slug}.html"])
        with duckdb.connect() as connection:
            assert connection.execute(f"select count(*) from '{folder / files}'").fetchone() == (40,)


def test_a_portal_gets_every_part_under_a_name_of_its_own_and_one_table(made: Release, yearly: Catalog) -> None:
    wanted = next(
        one for one in desired_datasets(made, yearly, "gk-", PortalCapabilities(frozenset({"datastore"}))) if one.name == "gk-disclosures"
    )
    names = [file.resource["name"] for file in wanted.files]
    assert len({*names}) == len(names) == 17  # three formats of four parts, each CSV file under Chinese titles too, and the data package
    served = [file.name for file in wanted.files]
    assert len({*served}) == len(served)
    assert [name for name in served if "-zh" in name] == [f"disclosures-zh.{part}.csv" for part in PARTS]
    assert wanted.table is not None
    assert wanted.table.rows == 40
    with duckdb.connect() as connection:
        assert connection.execute(f"select count(*) from {wanted.table.relation}").fetchone() == (40,)


def desired_of(release: Release, catalog: Catalog) -> DesiredDataset:
    return next(one for one in desired_datasets(release, catalog, "gk-", PortalCapabilities(frozenset())) if one.name == "gk-disclosures")


def shown(desired: DesiredDataset, *others: str) -> dict[str, Any]:
    """What a portal would answer that has these files, and uploads of other names."""
    names = [*(file.resource["name"] for file in desired.files), *others]
    return {"resources": [{"id": name, "name": name, "url_type": "upload"} for name in names]}


def test_files_of_a_year_without_rows_and_of_another_cut_leave_the_portal_and_those_of_others_stay(
    made: Release, yearly: Catalog, tmp_path: Path, untouched: Path, few: Catalog
) -> None:
    parted = desired_of(made, yearly)
    whole = desired_of(writing(tmp_path / "releases", dated(Path(shutil.copyfile(untouched, tmp_path / "w.duckdb"))), few)(), few)
    theirs = ("2019 年报", "CSV", "2024 CSV", "")
    gone = [f"2019 {KINDS[kind][0]}" for kind in DATA_KINDS]
    data = [{file.resource["name"] for file in one.files if file.name != "datapackage.json"} for one in (parted, whole)]
    assert [*files_of_another_cut(shown(parted, *theirs), parted)] == [*files_of_another_cut(shown(whole, *theirs), whole)] == []
    assert [*files_of_another_cut(shown(parted, *theirs, *gone), parted)] == gone
    assert {*files_of_another_cut(shown(parted), whole)} == data[0]
    assert {*files_of_another_cut(shown(whole), parted)} == data[1]


@given(
    st.from_regex(r"[a-z]+(-[a-z]+)*", fullmatch=True),
    st.sampled_from([None, "2025", "undated"]),
    st.sampled_from(["csv", "parquet", "xlsx"]),
)
def test_a_path_tells_its_dataset_and_part(slug: str, part: str | None, form: str) -> None:
    path = f"data/{slug}.{part}.{form}" if part else f"data/{slug}.{form}"
    assert (slug_of(path), part_in(path)) == (slug, part)
