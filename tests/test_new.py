"""`gongkai new` in a copy of the checkout: its files make a dataset or register as soon as the placeholders are filled."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from exports.catalog import PLACEHOLDERS, PROJECT_ROOT
from flows.cli.new_files import register_files
from tests.conftest import a_county

COMMAND = "from flows.cli.app import app; app()"
TOUCHED = [  # all that a person looks at; none is Python
    "exports/open_days.yaml",
    "exports/_shared.yaml",
    "flows/sample/registers/open_days.yaml",
    "sql/audit/open_days_of_unknown_units.sql",
    "tests/audit/questions.yaml",
]
SCHEME = """
title: {zh: 方案, en: scheme}
year: 2026
full_points: 10
items: [{id: open, title: {zh: 开放日, en: open days}, kind: at_least, measure: open_days_held, points: 10, target: 1}]
"""
HEADERS = "活动名称，举办单位，举办日期，参加人数"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    for folder in ("flows", "exports", "sql", "expectations"):
        shutil.copytree(PROJECT_ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "tests" / "audit").mkdir(parents=True)
    shutil.copy(PROJECT_ROOT / "tests" / "audit" / "questions.yaml", root / "tests" / "audit")
    return root


def run(root: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root)}
    order = [sys.executable, "-c", COMMAND, *map(str, words)]
    return subprocess.run(order, cwd=root, env=environment, capture_output=True, text=True, check=False)


def fill(root: Path, *paths: str) -> None:
    zh, en = PLACEHOLDERS
    for path in paths:
        text = (root / path).read_text("utf-8")
        (root / path).write_text(text.replace(zh, "政府开放日").replace(en, "open days"), "utf-8")


def test_a_new_register_is_read_built_and_released_when_its_placeholders_are_filled(checkout: Path, tmp_path: Path) -> None:
    made = run(checkout, "new", "register", "open_days", "--headers", HEADERS, "--public", "--measure", "open_days_held")
    assert made.returncode == 0, made.stderr
    files = [line.strip() for line in made.stdout.splitlines() if line.startswith("  ") and line.strip().endswith((".yaml", ".sql"))]
    assert sorted(file for file in files if " " not in file) == sorted(TOUCHED)
    rows = "活动名称,举办单位,举办日期,参加人数,公开属性\n走进气象台,县气象局,2026-03-05,12,主动公开\n"
    (tmp_path / "town").mkdir()
    county = a_county(tmp_path / "town", {"open_days/2026.csv": rows.encode(), "units/units.csv": "单位名称\n县气象局\n".encode()})
    (county.root / "scheme.yaml").write_text(SCHEME, "utf-8")
    with (county.root / "gongkai.yaml").open("a", encoding="utf-8") as stream:
        stream.write("scoring: scheme.yaml\n")
    refused = run(checkout, "refresh", "-w", county.root)
    assert refused.returncode == 1
    assert "placeholder" in refused.stderr
    assert [path for path in TOUCHED if "open_days" in (checkout / path).read_text("utf-8")] == TOUCHED
    fill(checkout, "exports/open_days.yaml", "exports/_shared.yaml", "sql/audit/open_days_of_unknown_units.sql")
    done = run(checkout, "refresh", "-w", county.root)
    assert done.returncode in {0, 3}, done.stdout + done.stderr
    with duckdb.connect(str(county.root / "warehouse.duckdb"), read_only=True) as warehouse:
        assert warehouse.execute("select held_on::varchar, attendee_count from marts.open_days").fetchall() == [("2026-03-05", 12)]
        assert warehouse.execute("select measure_id, in_order_count, item_score from core.score_items").fetchall() == [
            ("open_days_held", 1, 10)
        ]
    assert "走进气象台" in (county.latest / "data" / "open-days.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("headers", "unit"), [("主题,接访机关,接访日期", "接访机关"), ("主题,单位,承办部门", "单位"), ("值班部门,日期", "值班部门")]
)
def test_a_header_that_ends_as_a_unit_does_names_the_unit(headers: str, unit: str) -> None:
    descriptor = register_files(PROJECT_ROOT, "visits", headers.split(","), is_public=False)[Path("exports/visits.yaml")]
    columns = yaml.safe_load(descriptor)["register"]["columns"]
    assert [column["headers"] for column in columns if column["name"] == "printed_unit_name"] == [[unit]]


@pytest.mark.parametrize(
    ("header", "type_"), [("踏勘日期", "date"), ("巡查时间", "date"), ("整改点位数", "integer"), ("巡查路线", "string")]
)
def test_a_new_column_has_the_type_that_its_header_ends_with(header: str, type_: str) -> None:
    dictionary = register_files(PROJECT_ROOT, "visits", ["单位", header], is_public=False)[Path("exports/_shared.yaml")]
    assert yaml.safe_load(dictionary)["columns"]["visits_column_2"].get("type", "string") == type_


def test_a_new_dataset_is_two_files_that_build(checkout: Path, tmp_path: Path) -> None:
    assert run(checkout, "new", "dataset", "unit_names").returncode == 0
    fill(checkout, "exports/unit_names.yaml")
    (tmp_path / "town").mkdir()
    county = a_county(tmp_path / "town", {"units/units.csv": "单位名称\n县气象局\n".encode()})
    done = run(checkout, "refresh", "-w", county.root)
    assert done.returncode in {0, 3}, done.stdout + done.stderr
    assert "县气象局" in (county.latest / "data" / "unit-names.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dataset", "units"), "exports/units.yaml"),
        (("dataset", "Unit-Names"), "lower-case"),
        (("register", "open_days", "--headers", "活动名称,举办日期"), "单位"),
        (("register", "open_days", "--headers", "单位意见,举办日期"), "单位"),
    ],
)
def test_an_impossible_request_is_reported_and_nothing_is_written(checkout: Path, words: tuple[str, ...], said: str) -> None:
    before = sorted(path.relative_to(checkout) for path in checkout.rglob("*.yaml"))
    done = run(checkout, "new", *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.relative_to(checkout) for path in checkout.rglob("*.yaml")) == before
