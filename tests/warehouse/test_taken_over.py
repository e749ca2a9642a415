"""A refresh that takes over what did not change ends with what a run from nothing ends with: every table, every byte of the release."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import flows.build
import flows.warehouse.build_key
import flows.warehouse.connection
from exports.catalog import Catalog
from flows.quality.making import Maker
from flows.warehouse.corrections import COLUMNS
from flows.warehouse.models import Model, load_models
from tests.conftest import County, a_county, gongkai
from tests.warehouse.test_build import content

UNITS = "单位名称\n栖川县财政局\n栖川县民政局\n栖川县水务局\n"
HEAD = "索引号,标题,公开单位,公开属性,形成日期,公开日期,撤回日期\n"
PLAN = "栖川县2026年政务公开工作要点\n\n一、推进财政信息公开。6月底前公开部门预算。（责任单位：县财政局）\n二、加强惠民政策解读。（责任单位：县民政局、县水务局）\n"
TRAININGS = "单位,时间,类型,主题,参训人数\n"
SEEDS = int(os.environ.get("TAKEOVER_SEEDS", "3"))  # of random changes; each takes a minute or two
DAYS = ("2026-03-15", "2026-06-20", "2026-10-31", "2026-11-02")
Change = Callable[["Changed"], None]


@dataclass
class Changed:
    """A county whose inbox, settings, day and code are changed step by step, and the tables that each build made."""

    county: County
    chosen: random.Random
    made: list[str] = field(default_factory=list)
    code: dict[str, str] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)

    @property
    def inbox(self) -> Path:
        return self.county.root / "inbox"

    def number(self, below: int = 1000) -> int:
        return self.chosen.randrange(below)


def records(changed: Changed, count: int = 6) -> str:
    """Rows with ids that come again, units that no list has, days that are none, rows withdrawn between the days of this test."""
    rows = []
    for _ in range(count):
        unit = changed.chosen.choice(("栖川县财政局", "栖川县民政局", "县水务局", "栖川县某某局"))
        day = changed.chosen.choice(("2026-02-03", "2026-05-30", "2026-13-40", ""))
        gone = changed.chosen.choice(("", "", "", "2026-05-01", "2026-11-01"))
        rows.append(
            f"A{changed.number(9)},关于第{changed.number(50)}号事项的公告,{unit},主动公开,2026-01-0{1 + changed.number(9)},{day},{gone}\n"
        )
    return HEAD + "".join(rows)


def add_records(changed: Changed) -> None:
    (changed.inbox / "disclosures" / f"more-{changed.number(4)}.csv").write_text(records(changed), "utf-8")


def change_records(changed: Changed) -> None:
    (changed.inbox / "disclosures" / "first.csv").write_text(records(changed, 9), "utf-8")


def remove_records(changed: Changed) -> None:
    for path in sorted((changed.inbox / "disclosures").glob("more-*"))[:1]:
        path.unlink()
        assert gongkai("forget", "-w", changed.county.root, "--yes", f"disclosures/{path.name}").exit_code in {0, 2}


def add_trainings(changed: Changed) -> None:
    path = changed.inbox / "trainings" / "all.csv"
    path.write_text(path.read_text("utf-8") + f"栖川县民政局,2026-04-1{changed.number(9)},培训,解读,{changed.number()}\n", "utf-8")


def change_plan(changed: Changed) -> None:
    (changed.inbox / "plans" / "points.txt").write_text(PLAN + "\n" * (1 + changed.number(3)), "utf-8")


def add_plan(changed: Changed) -> None:
    text = PLAN.replace("财政信息", f"第{changed.number(9)}类信息").replace("要点", "实施方案")
    (changed.inbox / "plans" / f"plan-{changed.number(3)}.txt").write_text(text, "utf-8")


def add_unit(changed: Changed) -> None:
    (changed.inbox / "units" / "more.csv").write_text(f"单位名称\n栖川县第{changed.number(5)}局\n栖川县某某局\n", "utf-8")


def move_day(changed: Changed) -> None:
    path = changed.county.root / "gongkai.yaml"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(f"as_of: {changed.chosen.choice(DAYS)}" if line.startswith("as_of") else line for line in lines), "utf-8")


def change_setting(changed: Changed) -> None:
    path = changed.county.root / "gongkai.yaml"
    text = path.read_text("utf-8")
    here, there = ", when_absent: {disclosure_attribute: 主动公开}", ", when_absent: {disclosure_attribute: 依申请公开}"
    path.write_text(text.replace(here, there) if here in text else text.replace(there, here), "utf-8")


def correct_a_cell(changed: Changed) -> None:
    folder = changed.county.root / "decisions"
    folder.mkdir(exist_ok=True)
    columns = ",".join(COLUMNS)
    line = f"disclosures,,,,A{changed.number(9)},printed_unit_name,栖川县财政局,栖川县水务局,写错,办公室,2026-03-05,active,"
    (folder / "corrections.csv").write_text(f"{columns}\n{line}\n", "utf-8")


def change_model(changed: Changed) -> None:
    name = changed.chosen.choice(("core.units", "staging.trainings", "core.record_findings"))
    changed.code[name] = f"{{}}\n/* {changed.number()} */"
    if name == "core.units":
        changed.code[name] = f"select * from (\n{{}}\n) where unit_name not like '%第{changed.number(5)}局%'"


CHANGES: tuple[Change, ...] = (
    add_records,
    change_records,
    remove_records,
    add_trainings,
    change_plan,
    add_plan,
    add_unit,
    move_day,
    change_setting,
    correct_a_cell,
    change_model,
)


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Changed:
    seed = request.param
    made = Changed(County(tmp_path / "county"), random.Random(seed))
    files = {"units/units.csv": UNITS, "plans/points.txt": PLAN, "trainings/all.csv": TRAININGS, "disclosures/first.csv": records(made)}
    made.county = a_county(tmp_path / "county", {path: text.encode() for path, text in files.items()})

    def models(catalog: Catalog) -> list[Model]:
        found = load_models(catalog=catalog)
        return [replace(each, select=made.code.get(each.name, "{}").replace("{}", each.select, 1)) for each in found]

    create = Maker._create

    def note(self: Maker, model: Model) -> object:
        made.made.append(model.name)
        return create(self, model)

    monkeypatch.setattr(flows.build, "load_models", models)
    monkeypatch.setattr(flows.warehouse.build_key, "code_key", lambda *_: repr(made.code))
    monkeypatch.setattr(Maker, "_create", note)
    return made


def released(county: County) -> dict[str, bytes]:
    return {str(path.relative_to(county.latest)): path.read_bytes() for path in county.latest.rglob("*") if path.is_file()}


def pages(county: County) -> dict[str, bytes]:
    folder = county.root / "quality" / "latest"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def carry_on(county: County) -> None:
    for verb in ("build", "check", "release"):
        done = gongkai(verb, "-w", county.root)
        assert done.exit_code in {0, 3}, done.output


def compare_with_a_run_from_nothing(changed: Changed, folder: Path) -> int:
    """Refresh the county, and a copy of it without a warehouse; gives the number of tables that the first one made."""
    done = gongkai("ingest", "-w", changed.county.root)
    assert done.exit_code in {0, 3}, done.output
    ignored = shutil.ignore_patterns("warehouse.duckdb", ".next", "quality")
    other = County(Path(shutil.copytree(changed.county.root, folder, symlinks=True, ignore=ignored)))
    changed.made.clear()
    carry_on(changed.county)
    count = len(changed.made)
    carry_on(other)
    ours, theirs = (content(each.root / "warehouse.duckdb") for each in (changed.county, other))
    assert ours.keys() == theirs.keys(), changed.steps
    assert [name for name in ours if ours[name] != theirs[name]] == [], changed.steps
    ours_released, theirs_released = released(changed.county), released(other)
    assert [name for name in theirs_released if ours_released.get(name) != theirs_released[name]] == [], changed.steps
    assert changed.county.latest.name == other.latest.name
    assert pages(changed.county) == pages(other), changed.steps
    shutil.rmtree(folder)
    return count


def run_steps(changed: Changed, folder: Path, count: int) -> None:
    everything = compare_with_a_run_from_nothing(changed, folder)
    fewest = everything
    for _ in range(count):
        for change in changed.chosen.sample(CHANGES, changed.chosen.choice((1, 1, 2))):
            changed.steps.append(change.__name__)
            change(changed)
        fewest = min(fewest, compare_with_a_run_from_nothing(changed, folder))
    assert fewest < everything / 2, changed.steps


@pytest.mark.parametrize("changed", [1], indirect=True)
def test_steps_of_change_end_like_a_run_from_nothing(changed: Changed, tmp_path: Path) -> None:
    run_steps(changed, tmp_path / "other", 2)


@pytest.mark.rest
@pytest.mark.parametrize("changed", range(2, 2 + SEEDS), indirect=True)
def test_many_steps_of_change_end_like_a_run_from_nothing(changed: Changed, tmp_path: Path) -> None:
    run_steps(changed, tmp_path / "other", 4)


@pytest.mark.rest
@pytest.mark.parametrize("changed", range(1000, 1000 + max(1, SEEDS // 6)), indirect=True)
def test_so_do_large_warehouses(changed: Changed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows.warehouse.connection, "SMALL", 0)  # several threads, whose rows come in any order
    run_steps(changed, tmp_path / "other", 4)
