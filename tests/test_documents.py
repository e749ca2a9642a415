"""The instructions in the documents work as written."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import yaml

from exports.catalog import PROJECT_ROOT, load_catalog
from exports.release.files import write_dataset
from flows.warehouse.models import load_models, reads_of_marts
from flows.workspace.settings import Settings
from tests.conftest import County

DOCS = PROJECT_ROOT / "docs"


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text("utf-8"), re.DOTALL)


def test_the_two_files_of_the_guide_make_a_dataset(whole_sample: County, tmp_path: Path) -> None:
    exports, sql = (
        Path(shutil.copytree(PROJECT_ROOT / "exports", tmp_path / "exports")),
        Path(shutil.copytree(PROJECT_ROOT / "sql", tmp_path / "sql")),
    )
    (sql / "marts" / "unit_workload.sql").write_text(blocks("adding-a-dataset.md", "sql")[0], "utf-8")
    (exports / "unit_workload.yaml").write_text(blocks("adding-a-dataset.md", "yaml")[0], "utf-8")

    catalog = load_catalog(exports)
    dataset = catalog.datasets["unit_workload"]
    models = load_models(sql, catalog)
    assert reads_of_marts(models)[dataset.table] >= {"core.task_units", "core.plan_tasks", "staging.plan_tasks"}
    select = next(model.select for model in models if model.name == dataset.table)
    copy = Path(shutil.copyfile(whole_sample.root / "warehouse.duckdb", tmp_path / "warehouse.duckdb"))
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"create view {dataset.table} as {select}")
        described = connection.execute(f"describe {dataset.table}").fetchall()
        assert [(name, kind) for name, kind, *_ in described] == [(column.name, column.duckdb_type) for column in dataset.columns]
        (tmp_path / "release").mkdir()
        released = write_dataset(connection, dataset, tmp_path / "release")
    assert released.rows == whole_sample.ask("select count(distinct (unit_id)) from core.task_units where unit_id is not null")[0][0]


def test_the_settings_of_the_guide_are_settings() -> None:
    settings = Settings.model_validate(yaml.safe_load(blocks("settings.md", "yaml")[0]))
    assert [source.name for source in settings.sources] == ["plans", "website", "units", "disclosures"]
    assert settings.portal.organization == "some-county"


def test_every_link_between_the_documents_leads_somewhere() -> None:
    pages = [PROJECT_ROOT / "README.md", PROJECT_ROOT / "README.zh-CN.md", *DOCS.rglob("*.md")]
    links = [
        (page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")) if "://" not in link
    ]
    assert [(page.name, link) for page, link in links if not (page.parent / link).exists()] == []
