"""The release in the standards of harvesters, search engines and table readers: their own tools read it and find nothing to object to."""

from __future__ import annotations

import csv as csv_files
import json
import re
import shutil
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from threading import Thread
from typing import Any

import csvw
import duckdb
import duckdb_extension_httpfs
import mlcroissant
import pyarrow.parquet as pq
import pyshacl
import pytest
import uvicorn
from rdflib import DCAT, DCTERMS, RDF, Graph, Literal, Namespace, URIRef
from rdflib.compare import isomorphic

from exports.catalog import Catalog, Party, Text
from exports.ckan.desired import desired_datasets
from exports.ckan.schema import PortalCapabilities
from exports.release.folder import write_release
from exports.release.manifest import Input, Release
from exports.release.standards import CATALOG, CROISSANT, CSVW, PACKAGE, SCHEMA_ORG, TURTLE, VIEWS, in_other_standards
from exports.sql_text import literal
from flows.publication.serving import application
from tests.exports.conftest import AS_OF

SHAPES = Path(__file__).parent / "dcat_ap_3.shapes.ttl"
SCHEMA = Namespace("https://schema.org/")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, untouched: Path, catalog: Catalog) -> Release:
    """A release of a county that says who publishes it."""
    publisher = Party(name=Text(zh="栖川县人民政府", en="Xichuan County"), url="https://gov.example.org/", code="11330000MB0000000X")
    contact = Party(name=Text(zh="政务公开办", en="Openness office"), email="open@example.org", telephone="0571-12345678")
    owned = catalog.of("栖川县", publisher, contact, None, {})
    folder = tmp_path_factory.mktemp("standards")
    inputs = [Input("plans/a.txt", "ab" * 32, 3)]
    return write_release(untouched, owned, folder, as_of=AS_OF, blocked={}, inputs=inputs, code_version="1")


def facts(made: Release, path: str) -> Any:
    return json.loads((made.folder / path).read_text("utf-8"))


def graph_of(path: Path) -> Graph:
    """Read under one address, so that the relative addresses of two files are the same."""
    return Graph().parse(path, format="json-ld" if path.suffix == ".jsonld" else "turtle", publicID="https://data.example.org/r/")


# ---- DCAT-AP


def conforms(graph: Graph) -> tuple[bool, str]:
    valid, _, report = pyshacl.validate(graph, shacl_graph=Graph().parse(SHAPES), allow_warnings=False)
    return valid, report


@pytest.mark.parametrize("path", [CATALOG, TURTLE])
def test_the_catalog_conforms_to_dcat_ap(made: Release, path: str) -> None:
    valid, report = conforms(graph_of(made.folder / path))
    assert valid, report


def test_a_catalog_with_files_of_an_earlier_release_conforms_too(made: Release, untouched: Path, catalog: Catalog, tmp_path: Path) -> None:
    shutil.copytree(made.folder.parent, tmp_path / "releases", symlinks=True)
    facts = {"as_of": date(2026, 11, 30), "blocked": {"units": "x"}, "inputs": [], "code_version": "1"}
    later = write_release(untouched, catalog, tmp_path / "releases", **facts)
    assert [entry.name for entry in later.datasets if entry.carried_over_from] == ["units"]
    valid, report = conforms(graph_of(later.folder / TURTLE))
    assert valid, report
    assert isomorphic(graph_of(later.folder / CATALOG), graph_of(later.folder / TURTLE))


def without(graph: Graph, kind: URIRef, *properties: URIRef) -> None:
    for node in [*graph.subjects(RDF.type, kind)][:1]:
        for name in properties:
            graph.remove((node, name, None))


def put(kind: URIRef, name: URIRef, value: Literal | URIRef) -> Callable[[Graph], None]:
    return lambda graph: [graph.add((node, name, value)) for node in [*graph.subjects(RDF.type, kind)][:1]] and None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda graph: without(graph, DCAT.Catalog, DCTERMS.title),
        lambda graph: without(graph, DCAT.Catalog, DCTERMS.publisher),
        lambda graph: without(graph, DCAT.Dataset, DCTERMS.description),
        lambda graph: without(graph, DCAT.Distribution, DCAT.accessURL),
        lambda graph: without(graph, URIRef("http://spdx.org/rdf/terms#Checksum"), URIRef("http://spdx.org/rdf/terms#checksumValue")),
        lambda graph: without(
            graph, URIRef("http://www.w3.org/2004/02/skos/core#Concept"), URIRef("http://www.w3.org/2004/02/skos/core#prefLabel")
        ),
        put(DCAT.Distribution, DCAT.byteSize, Literal("many")),
        put(DCAT.Dataset, DCTERMS.publisher, Literal("nobody")),
        put(DCAT.Dataset, DCTERMS.modified, Literal("yesterday")),
        put(DCAT.Dataset, DCTERMS.accrualPeriodicity, URIRef("https://example.org/now-and-then")),
    ],
)
def test_a_catalog_that_lacks_what_the_profile_asks_for_does_not_conform(made: Release, spoil: Callable[[Graph], None]) -> None:
    graph = graph_of(made.folder / TURTLE)
    spoil(graph)
    assert not conforms(graph)[0]


def test_turtle_says_what_the_json_says(made: Release) -> None:
    assert isomorphic(graph_of(made.folder / CATALOG), graph_of(made.folder / TURTLE))


@pytest.mark.parametrize("words", ['引号"与\\反斜线', "两\n行\t与\r", "'''三撇 . ; ] #", "😀 \u2028 \x7f", "", "a@zh^^b"])
def test_turtle_keeps_every_text(made: Release, words: str) -> None:
    catalog = facts(made, CATALOG)
    catalog["dcterms:title"][0]["@value"] = words
    text = in_other_standards(facts(made, PACKAGE), catalog)[TURTLE]
    graph = Graph().parse(data=text)
    assert words in {str(title) for title in graph.objects(graph.value(None, RDF.type, DCAT.Catalog), DCTERMS.title)}


# ---- CSVW


def test_csvw_reads_every_table_with_its_types_and_keys(made: Release) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        group = csvw.TableGroup.from_file(made.folder / CSVW)
        group.check_referential_integrity()
    assert [str(table.url) for table in group.tables] == [f"{dataset.slug}.csv" for dataset in made.datasets]
    for table, dataset in zip(group.tables, made.datasets, strict=True):
        rows = list(table.iterdicts(strict=True))
        expected = pq.read_table(made.folder / dataset.file("parquet").path).to_pylist()
        assert [alike(row) for row in rows] == [alike(row) for row in expected], dataset.slug


def alike(row: dict[str, Any]) -> dict[str, Any]:
    """Values as both readers have them: an empty text is null to CSVW, and its reader has days as their first moment."""
    return {name: _alike(value) for name, value in row.items()}


def _alike(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\r\n", "\n") or None
    return datetime.combine(value, time()) if type(value) is date else value


def test_csvw_names_columns_for_people_and_licence(made: Release) -> None:
    tables = {table["url"]: table for table in facts(made, CSVW)["tables"]}
    role = next(column for column in tables["task-units.csv"]["tableSchema"]["columns"] if column["name"] == "unit_role")
    assert [title["@language"] for title in role["dc:title"]] == ["zh", "en"]
    assert role["datatype"] == {"base": "string", "format": "^(lead|responsible)$"}
    assert tables["units.csv"]["dc:license"] == {"@id": "https://creativecommons.org/licenses/by/4.0/"}


@pytest.mark.parametrize(("slug", "name", "value"), [("task-units", "unit_role", "nobody"), ("target-progress", "plan_year", "20x1")])
def test_csvw_refuses_a_cell_that_is_not_as_promised(made: Release, tmp_path: Path, slug: str, name: str, value: str) -> None:
    with (made.folder / f"data/{slug}.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv_files.reader(file)
    lines[3][header.index(name)] = value
    with (tmp_path / f"{slug}.csv").open("w", encoding="utf-8", newline="") as file:
        csv_files.writer(file).writerows([header, *lines])
    (tmp_path / "csv-metadata.json").write_text((made.folder / CSVW).read_text("utf-8"), "utf-8")
    group = csvw.TableGroup.from_file(tmp_path / "csv-metadata.json")
    table = next(table for table in group.tables if str(table.url) == f"{slug}.csv")
    with pytest.raises(ValueError, match=value):
        list(table.iterdicts(strict=True))


# ---- Croissant, schema.org


def test_mlcroissant_validates_the_file_and_reads_every_record(made: Release, caplog: pytest.LogCaptureFixture) -> None:
    dataset = mlcroissant.Dataset(jsonld=str(made.folder / CROISSANT))
    assert not dataset.metadata.ctx.issues.errors
    assert not dataset.metadata.ctx.issues.warnings
    assert not caplog.records
    for released in made.datasets:
        records = [*dataset.records(released.slug)]
        assert len(records) == released.rows
        expected = pq.read_table(made.folder / released.file("parquet").path).to_pylist()
        key = next(name for name, value in expected[0].items() if isinstance(value, str))
        assert [record[f"{released.slug}/{key}"].decode() for record in records] == [row[key] for row in expected]


def test_schema_org_names_every_file_of_every_dataset(made: Release) -> None:
    graph = graph_of(made.folder / SCHEMA_ORG)
    base = "https://data.example.org/r/"
    (home,) = graph.subjects(RDF.type, SCHEMA.DataCatalog)
    nodes = list(graph.objects(home, SCHEMA.dataset))
    assert len(nodes) == len(made.datasets)
    files = {
        (str(graph.value(download, SCHEMA.contentUrl)), str(graph.value(download, SCHEMA.sha256)))
        for node in nodes
        for download in graph.objects(node, SCHEMA.distribution)
    }
    assert files == {(base + file.path, file.sha256) for dataset in made.datasets for file in dataset.files}
    for node in nodes:  # what the search engine of datasets asks for
        assert 50 <= len(str(graph.value(node, SCHEMA.description))) <= 5000
        assert str(graph.value(node, SCHEMA.name)).startswith("栖川县")
        assert graph.value(node, SCHEMA.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
        assert str(graph.value(graph.value(node, SCHEMA.creator), SCHEMA.name)) == "栖川县人民政府"


# ---- DuckDB


def test_the_script_opens_the_release_in_its_folder(made: Release) -> None:
    """As `duckdb -init` does, in a process of its own: paths are relative to where it runs."""
    ask = "import duckdb; from pathlib import Path; duckdb.execute(Path('gongkai.sql').read_text('utf-8')); print(duckdb.sql(\"select count(*) from units\").fetchone())"
    done = subprocess.run([sys.executable, "-c", ask], cwd=made.folder, capture_output=True, text=True, check=True)
    assert done.stdout == "(40,)\n"


def test_views_have_every_row_comments_and_the_words_of_codes(made: Release) -> None:
    with duckdb.connect() as connection:
        connection.execute("set variable gongkai = $1", [str(made.folder)])
        connection.execute((made.folder / VIEWS).read_text("utf-8"))
        for dataset in made.datasets:
            ((rows,),) = connection.execute(f"select count(*) from {dataset.name}").fetchall()
            assert rows == dataset.rows
        ((bare,),) = connection.execute(
            "select count(*) from duckdb_columns() where schema_name = 'main' and not internal and comment is null and table_name <> 'code_labels'"
        ).fetchall()
        assert bare == 0
        words = connection.execute("select code_zh('unit_role', 'lead'), code_en('unit_role', 'lead'), code_zh('unit_role', 'nobody')")
        assert words.fetchone() == ("牵头", "Lead", None)
        assert connection.execute("select count(*) - count(distinct (column_name, code)) from code_labels").fetchone() == (0,)


@contextmanager
def served(made: Release) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The release at an address, and what was asked of it: path and range."""
    asked: list[tuple[str, str]] = []
    serve = application(made)

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            asked.append((scope["path"], dict(scope["headers"]).get(b"range", b"").decode()))
        await serve(scope, receive, send)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(noting, log_level="warning"))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", asked
        server.should_exit = True
        thread.join()


def test_the_script_opens_a_release_at_an_address_and_reads_no_more_than_a_query_needs(made: Release, tmp_path: Path) -> None:
    """With a dataset of many rows in place of one: DuckDB fetches the footer and the column that is asked for."""
    (extension,) = Path(duckdb_extension_httpfs.__file__).parent.rglob("httpfs.duckdb_extension")
    folder = Path(shutil.copytree(made.folder, tmp_path / "large"))
    large = folder / "data/units.parquet"
    with duckdb.connect() as connection:
        rows = f"select units.* replace (i as alias_count, sha256(i::varchar) as unit_name) from {literal(str(large))} units, range(5000) numbers(i)"
        connection.execute(f"copy ({rows}) to {literal(str(tmp_path / 'units.parquet'))} (format parquet)")
        (tmp_path / "units.parquet").replace(large)
    with served(replace(made, folder=folder)) as (address, asked), duckdb.connect() as connection:
        connection.execute(f"load {literal(str(extension))}")
        connection.execute("set variable gongkai = $1", [address])
        connection.execute((folder / VIEWS).read_text("utf-8"))
        assert connection.execute("select count(alias_count), sum(alias_count) from units").fetchone() == (200_000, 40 * sum(range(5000)))
    spans = [re.fullmatch(r"bytes=(\d+)-(\d+)", span) for path, span in asked if path == "/data/units.parquet" and span]
    assert 0 < sum(int(span[2]) - int(span[1]) + 1 for span in spans if span) < large.stat().st_size / 4, asked


# ---- all of them


def test_the_files_are_in_the_manifest_and_say_who_publishes_in_chinese_first(made: Release) -> None:
    listed = {file.path: file for file in made.files}
    for path in (CATALOG, TURTLE, CSVW, SCHEMA_ORG, CROISSANT, VIEWS):
        assert listed[path].bytes > 1000
    croissant = facts(made, CROISSANT)
    assert croissant["name"] == "栖川县政务公开计划与执行开放数据"
    assert croissant["publisher"] == {
        "@type": "Organization", "name": "栖川县人民政府", "alternateName": "Xichuan County", "url": "https://gov.example.org/", "identifier": "11330000MB0000000X",
    }  # fmt: skip
    assert '"栖川县人民政府"@zh, "Xichuan County"@en' in (made.folder / TURTLE).read_text("utf-8")


def test_a_portal_gets_one_catalog_for_harvesters_and_no_file_under_its_name(made: Release, catalog: Catalog) -> None:
    *_, record = desired_datasets(made, catalog, "", PortalCapabilities())
    harvested = [file.name for file in record.files if file.resource["format"] == "JSON-LD"]
    assert harvested == [CATALOG]
