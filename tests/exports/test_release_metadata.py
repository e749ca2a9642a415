"""How catalogs and validators read a release: public tools accept it, and every text comes from the descriptors."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from frictionless import Package, Report
from rdflib import DCAT, DCTERMS, RDF, Graph, Literal, Namespace, URIRef

from exports.catalog import PROJECT_ROOT, Catalog, CatalogError, load_catalog
from exports.pages.documents import chinese_table, documents, english_table, main
from exports.release.manifest import Release
from flows.warehouse.comments import comment_statements
from tests.exports.conftest import Releasing

SPDX = Namespace("http://spdx.org/rdf/terms#")


def validated(release: Release) -> Report:
    return Package(str(release.folder / "datapackage.json")).validate()


def test_frictionless_finds_the_package_valid(release: Releasing, catalog: Catalog) -> None:
    report = validated(release())
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])
    assert [task.name for task in report.tasks] == [dataset.slug for dataset in catalog]
    assert all(task.stats["rows"] == 40 for task in report.tasks)


@pytest.mark.parametrize("blocked", [{"units": "x"}, {"plan_tasks": "x", "unit_targets": "y"}])
def test_frictionless_finds_a_package_without_blocked_datasets_valid(release: Releasing, blocked: dict[str, str]) -> None:
    """Keys to a missing dataset would make the package invalid."""
    assert validated(release(blocked=blocked)).valid


def test_a_dataset_carried_over_does_not_make_the_package_invalid(release: Releasing, warehouse: Path) -> None:
    """Its rows may refer to rows that others no longer have: keys stay only between datasets made together."""
    release()
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("delete from marts.plan_documents where document_id > (select min(document_id) from marts.plan_documents)")
    kept = release(blocked={"plan_tasks": "x", "unit_targets": "x", "task_units": "y"})
    assert validated(kept).valid
    keys = {item["name"]: item["schema"].get("foreignKeys", []) for item in _resources(kept)}
    assert [key["reference"]["resource"] for key in keys["task-units"]] == ["plan-tasks"]
    assert [key["reference"]["resource"] for key in keys["disclosures"]] == ["units"]


@pytest.mark.parametrize(
    ("found", "put"),
    [
        (b"2001", b"20x1"),
        (
            b"\r\n",
            b"\r\nextra,",
        ),
    ],
)
def test_frictionless_refuses_a_corrupted_csv(release: Releasing, found: bytes, put: bytes) -> None:
    made = release()
    path = made.folder / "data/target-progress.csv"
    path.write_bytes(path.read_bytes().replace(found, put, 1))
    report = validated(made)
    assert not report.valid
    assert {"type-error", "hash-count"} & {kind for (kind,) in report.flatten(["type"])}


def test_the_package_says_what_it_is_without_the_clock(release: Releasing) -> None:
    package = json.loads((release().folder / "datapackage.json").read_text("utf-8"))
    assert package["created"] == "2026-10-31T00:00:00+08:00"
    assert package["version"].startswith("2026.10.31+")
    assert package["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    task_units = next(item for item in package["resources"] if item["name"] == "task-units")
    assert task_units["schema"]["primaryKey"] == ["task_id", "unit_role", "position"]
    role = next(field for field in task_units["schema"]["fields"] if field["name"] == "unit_role")
    assert role["constraints"] == {"required": True, "enum": ["lead", "responsible"]}
    assert role["categories"] == [{"value": "lead", "label": "牵头 (Lead)"}, {"value": "responsible", "label": "责任 (Responsible)"}]


def test_the_catalog_has_three_distributions_for_each_dataset(release: Releasing, catalog: Catalog) -> None:
    made = release()
    graph = Graph().parse(made.folder / "catalog.jsonld", format="json-ld")
    (home,) = graph.subjects(RDF.type, DCAT.Catalog)
    assert len(list(graph.objects(home, DCAT.dataset))) == len(catalog.datasets)
    for released in made.datasets:
        (node,) = graph.subjects(DCTERMS.identifier, Literal(released.slug))
        assert {title.language for title in graph.objects(node, DCTERMS.title)} == {"zh", "en"}
        distributions = list(graph.objects(node, DCAT.distribution))
        assert len(distributions) == 3
        facts = {_facts(graph, distribution) for distribution in distributions}
        assert facts == {((made.folder / file.path).as_uri(), file.bytes, file.sha256) for file in released.files}


def _facts(graph: Graph, distribution: object) -> tuple[str, int, str]:
    checksum = graph.value(distribution, SPDX.checksum)
    size = graph.value(distribution, DCAT.byteSize)
    return str(graph.value(distribution, DCAT.downloadURL)), int(size), str(graph.value(checksum, SPDX.checksumValue, any=False)).lower()


def test_the_catalog_has_period_place_and_frequency_where_the_data_do(release: Releasing) -> None:
    graph = Graph().parse(release().folder / "catalog.jsonld", format="json-ld")
    (documents_node,) = graph.subjects(DCTERMS.identifier, Literal("plan-documents"))
    period = graph.value(documents_node, DCTERMS.temporal)
    assert str(graph.value(period, DCAT.startDate)) == "2001-01-01"
    assert list(graph.objects(documents_node, DCTERMS.spatial))
    annual = URIRef("http://publications.europa.eu/resource/authority/frequency/ANNUAL")
    assert graph.value(documents_node, DCTERMS.accrualPeriodicity) == annual


@pytest.fixture
def retitled(tmp_path: Path) -> Catalog:
    """The catalog after one title of a dataset and one of a column were changed in their descriptors."""
    folder = tmp_path / "exports"
    shutil.copytree(PROJECT_ROOT / "exports", folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for path, found, put in [
        ("units.yaml", "{zh: 单位, en: Units}\ndesc", "{zh: 机构甲, en: Bodies}\ndesc"),
        ("_shared.yaml", "zh: 别名数", "zh: 别称数"),
    ]:
        text = (folder / path).read_text("utf-8")
        assert found in text
        (folder / path).write_text(text.replace(found, put, 1), "utf-8")
    return load_catalog(folder)


def test_a_title_changed_in_a_descriptor_changes_everywhere(release: Releasing, retitled: Catalog) -> None:
    folder = release(catalog=retitled).folder
    for path in ("datapackage.json", "catalog.jsonld"):
        assert "机构甲" in (folder / path).read_text("utf-8")
    assert "别称数" in (folder / "datapackage.json").read_text("utf-8")
    assert "机构甲".encode() in (folder / "data/units.parquet").read_bytes()
    assert "机构甲 (Bodies)" in english_table(retitled)
    assert "机构甲" in chinese_table(retitled)
    comments = "".join(comment_statements(retitled, {"marts.units": ["alias_count"], "core.units": ["alias_count"]}, {}, {}))
    assert "机构甲" in comments
    assert comments.count("别称数") == 2


def test_a_descriptor_change_alone_makes_a_new_release(release: Releasing, retitled: Catalog) -> None:
    assert release().name != release(catalog=retitled).name


def test_tables_and_views_have_comments(catalog: Catalog) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema core; create schema marts; create table core.units (unit_id text, alias_count bigint)")
        connection.execute("create view marts.units as from core.units")
        tables = {"core.units": ["unit_id", "alias_count"], "marts.units": ["unit_id", "alias_count"]}
        for statement in comment_statements(catalog, tables, {"core.units": "one row per unit's id"}, {}):
            connection.execute(statement)
        comments = dict(
            connection.execute(
                "select schema_name, comment from duckdb_tables() union from (select schema_name, comment from duckdb_views() where not internal)"
            ).fetchall()
        )
        columns = connection.execute("select distinct comment from duckdb_columns() where column_name = 'alias_count'").fetchall()
    assert comments["core"] == "one row per unit's id"
    assert comments["marts"].startswith("单位 (Units): ")
    assert columns == [("别名数 (Aliases): 见于来源的不同名称数 / Different names found in the sources; name",)]


def test_a_column_in_no_dictionary_is_an_error_that_names_it(catalog: Catalog) -> None:
    with pytest.raises(CatalogError, match=r"core\.units\.mystery, raw\.x\.riddle"):
        comment_statements(catalog, {"core.units": ["unit_id", "mystery"], "raw.x": ["riddle"]}, {}, {})


def test_the_check_of_the_documents_fails_when_they_are_stale(tmp_path: Path) -> None:
    shutil.copytree(PROJECT_ROOT / "exports", tmp_path / "exports", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (tmp_path / "README.md").write_text("# Gongkai\n\nWords of its author.\n", "utf-8")
    said: list[str] = []
    assert main(["--check"], tmp_path, said.append) == 1
    assert main([], tmp_path, said.append) == 0
    assert main(["--check"], tmp_path, said.append) == 0
    readme = (tmp_path / "README.md").read_text("utf-8")
    assert readme.startswith("# Gongkai\n\nWords of its author.\n")
    assert "| [计划文件" not in readme
    assert "one row per plan document" in readme
    units = tmp_path / "exports/units.yaml"
    units.write_text(units.read_text("utf-8").replace("en: Units}", "en: Bodies}", 1), "utf-8")
    assert main(["--check"], tmp_path, said.append) == 1
    assert "docs/datasets.md" in said[-1]


def test_the_reference_of_datasets_is_current(catalog: Catalog) -> None:
    path = PROJECT_ROOT / "docs/datasets.md"
    assert path.read_text("utf-8") == documents(catalog)[path], "Run: python -m exports.pages.documents"


def _resources(release: Release) -> list[dict[str, object]]:
    return json.loads((release.folder / "datapackage.json").read_text("utf-8"))["resources"]
