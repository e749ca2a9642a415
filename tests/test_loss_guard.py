"""A dataset that would lose many of its public rows waits for confirmation, from the first release on."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import Result

from exports.catalog import load_catalog
from flows.quality.history import latest_release
from flows.quality.loss_guard import Verdict, judge
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county, gongkai

HEAD = "索引号,标题,公开单位,形成日期,公开日期,撤回日期,撤回原因\n"
UNITS = "单位名称\n栖川县教育局\n栖川县财政局\n"


def register(numbers: Iterable[int], withdrawn: Iterable[int] = (), month: str = "09") -> bytes:
    gone = set(withdrawn)
    lines = (
        f"X-{month}-{n:03d},关于第{month}{n:03d}号公共事项的公告,县财政局,2026-03-02,2026-03-05,"
        + ("2026-09-01,内容有误\n" if n in gone else ",\n")
        for n in numbers
    )
    return (HEAD + "".join(lines)).encode()


def plan(title: str, numbers: Iterable[int]) -> bytes:
    tasks = "".join(f"{n}.公开第{n}类事项清单。（责任单位：县财政局；完成时限：2026年{n % 12 + 1}月底）\n" for n in numbers)
    return f"栖川县2026年{title}工作要点\n{tasks}".encode()


def rows(made: County, slug: str = "disclosures") -> list[str]:
    """The first column of a released dataset; empty where it was left out."""
    file = made.latest / "data" / f"{slug}.csv"
    return [row[0] for row in csv.reader(file.read_text("utf-8-sig").splitlines())][1:] if file.exists() else []


def manifest(made: County) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((made.latest / "manifest.json").read_text("utf-8"))
    return facts


def put(made: County, path: str, data: bytes) -> None:
    (made.root / "inbox" / path).write_bytes(data)


def settings(made: County, line: str) -> None:
    file = made.root / "gongkai.yaml"
    file.write_text(f"{line}\n{file.read_text('utf-8')}", "utf-8")


def names(made: County) -> list[str]:
    """The names of all release folders."""
    return sorted(path.name for path in (made.root / "releases").glob("[0-9]*"))


FILES = {"units/all.csv": UNITS.encode(), "disclosures/a.csv": register(range(10)), "plans/a.txt": plan("政务公开", range(1, 11))}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Ten records and ten tasks, released; must not be changed."""
    made = a_county(tmp_path_factory.mktemp("ten") / "county", FILES)
    assert made.refresh().exit_code == 0
    assert len(rows(made)) == 10
    return made


@pytest.fixture
def ten(released: County, tmp_path: Path) -> County:
    """A copy of it that may be changed."""
    return County(Path(shutil.copytree(released.root, tmp_path / "county", symlinks=True)))


def verdict(made: County, change: str, accepted: tuple[str, ...] = ()) -> Verdict:
    """The guard's verdict on the workspace after a change of its warehouse."""
    with duckdb.connect(str(made.root / "warehouse.duckdb")) as connection:
        for (name,) in connection.execute("select view_name from duckdb_views() where schema_name = 'marts'").fetchall():
            connection.execute(
                f"create temp table copy as from marts.{name}; drop view marts.{name}; create table marts.{name} as from copy"
            )
            connection.execute("drop table copy")
        connection.execute(f"{change}; delete from checks.files")
    place = Workspace.open(made.root)
    return judge(place, load_catalog(), latest_release(place), accepted)


def keep(count: int) -> str:
    """SQL: remove all but the first `count` records."""
    return (
        f"delete from marts.disclosures where disclosure_id not in (select disclosure_id from marts.disclosures order by 1 limit {count})"
    )


@dataclass(frozen=True)
class Run:
    """What one run of the story said and left: exit code, output, rows of disclosures, names of the releases, the manifest."""

    exit_code: int
    output: str
    rows: int
    releases: list[str]
    manifest: dict[str, Any]


@pytest.fixture(scope="module")
def story(released: County, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """A county that loses rows again and again, run after run, each by what it is about."""
    made = County(Path(shutil.copytree(released.root, tmp_path_factory.mktemp("story") / "county", symlinks=True)))
    told: dict[str, Run] = {}

    def run(name: str, done: Result) -> None:
        told[name] = Run(done.exit_code, done.output, len(rows(made)), names(made), manifest(made))

    def refresh(name: str, kept: range | None = None, *words: str) -> None:
        if kept is not None:
            put(made, "disclosures/a.csv", register(kept))
        run(name, made.refresh(*words))

    refresh("three of ten", range(7))
    refresh("again")
    put(made, "units/all.csv", f"{UNITS}栖川县民政局\n".encode())
    refresh("another file changed")
    refresh("confirmed", None, "--accept-loss", "disclosures")
    refresh("after it", None, "-v")
    refresh("most gone", range(2))
    refresh("come back", range(9))
    refresh("in advance", range(6), "--accept-loss", "disclosures")
    refresh("after that", range(3))
    plain = (made.root / "gongkai.yaml").read_text("utf-8")
    settings(made, "max_loss: {disclosures: 0.6}")
    refresh("another share")
    (made.root / "gongkai.yaml").write_text(plain, "utf-8")
    put(made, "disclosures/a.csv", register(range(1)))
    for verb in ("ingest", "build", "check"):
        assert gongkai(verb, "-w", made.root).exit_code == 0
    run("by single verbs", gongkai("release", "-w", made.root))
    run("confirmed to the verb", gongkai("release", "-w", made.root, "--accept-loss", "disclosures"))
    return told


def test_a_loss_of_three_in_ten_rows_waits_for_confirmation(story: dict[str, Run]) -> None:
    held = story["three of ten"]
    assert (held.exit_code, held.rows) == (3, 10)
    assert "10 行中有 3 行（30%）" in held.output
    assert "3 of 10 rows (30%)" in held.output
    assert "已变更 changed disclosures/a.csv" in held.output
    assert "gongkai refresh --accept-loss disclosures" in held.output
    assert story["again"].exit_code == 3
    assert "gongkai refresh --accept-loss disclosures" in story["again"].output
    confirmed = story["confirmed"]
    assert (confirmed.exit_code, confirmed.rows) == (0, 7)
    assert confirmed.manifest["accepted_losses"] == [{"name": "disclosures", "rows_before": 10, "rows_after": 7, "rows_lost": 3}]


def test_waiting_makes_no_loss_smaller(story: dict[str, Run]) -> None:
    waiting = story["another file changed"]
    assert (waiting.exit_code, waiting.rows) == (3, 10)
    assert "3 of 10 rows (30%)" in waiting.output
    assert "changed disclosures/a.csv" in waiting.output


def test_after_a_confirmation_the_next_run_finds_nothing_to_do(story: dict[str, Run]) -> None:
    idle = story["after it"]
    assert idle.exit_code == 0
    assert "the warehouse stands as it is" in " ".join(idle.output.split())
    assert idle.releases == story["confirmed"].releases


def test_rows_that_come_back_need_no_confirmation(story: dict[str, Run]) -> None:
    assert (story["most gone"].exit_code, story["most gone"].rows) == (3, 7)
    assert (story["come back"].exit_code, story["come back"].rows) == (0, 9)


def test_a_confirmation_in_advance_holds_for_that_run_only(story: dict[str, Run]) -> None:
    assert (story["in advance"].exit_code, story["in advance"].rows) == (0, 6)
    assert (story["after that"].exit_code, story["after that"].rows) == (3, 6)


def test_another_share_releases_what_waited(story: dict[str, Run]) -> None:
    assert (story["another share"].exit_code, story["another share"].rows) == (0, 3)


def test_the_guard_holds_on_later_releases_and_with_the_single_verbs(story: dict[str, Run]) -> None:
    held = story["by single verbs"]
    assert (held.exit_code, held.rows) == (3, 3)
    assert "--accept-loss disclosures" in held.output
    assert (story["confirmed to the verb"].exit_code, story["confirmed to the verb"].rows) == (0, 1)


@pytest.mark.parametrize("data", [pytest.param(b"", id="no byte", marks=pytest.mark.rest), pytest.param(HEAD.encode(), id="only headers")])
def test_an_emptied_file_never_empties_a_dataset_without_confirmation(ten: County, data: bytes) -> None:
    settings(ten, "max_loss: 1")
    put(ten, "disclosures/a.csv", data)
    assert ten.refresh().exit_code == 3
    assert len(rows(ten)) == 10
    ten.refresh("--accept-loss", "disclosures")
    assert rows(ten) == []


def test_a_source_that_was_forgotten_still_asks_before_its_dataset_is_empty(ten: County) -> None:
    (ten.root / "inbox" / "disclosures").rename(ten.root / "aside")
    assert ten.refresh().exit_code == 1
    assert gongkai("forget", "disclosures", "-y", "-w", ten.root).exit_code == 0
    done = ten.refresh()
    assert done.exit_code == 3
    assert "已消失 vanished disclosures/a.csv" in done.output
    assert len(rows(ten)) == 10
    assert ten.refresh("--accept-loss", "disclosures").exit_code == 0
    assert rows(ten) == []


def test_the_lost_tasks_of_a_truncated_plan_wait_for_confirmation(ten: County) -> None:
    put(ten, "plans/a.txt", plan("政务公开", range(1, 5)))
    done = ten.refresh()
    assert done.exit_code == 3
    assert "plan_tasks：数据量骤减" in done.output
    assert len(rows(ten, "plan-tasks")) == 10
    assert len(rows(ten)) == 10


@pytest.mark.parametrize(
    ("before", "after", "held"), [(10, 9, 0), (10, 8, 0), (10, 7, 1), (3, 2, 0), (3, 1, 1), (2, 1, 0), (1, 0, 1), (10, 0, 1)]
)
def test_a_fifth_may_go_and_one_row_of_a_small_dataset_but_never_the_last(ten: County, before: int, after: int, held: int) -> None:
    if before < 10:
        file = ten.latest / "data" / "disclosures.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"copy (from '{file}' order by disclosure_id limit {before}) to '{file}.new' (format parquet)")
        Path(f"{file}.new").replace(file)
    assert len(verdict(ten, keep(after)).held) == held


@pytest.mark.parametrize(
    ("line", "held"),
    [("max_loss: 0.5", 0), ("max_loss: {disclosures: 0.5}", 0), ("max_loss: {plan-tasks: 0.5}", 1), ("max_loss: {default: 0.5}", 0)],
)
def test_the_share_is_a_setting_for_all_or_for_one(ten: County, line: str, held: int) -> None:
    settings(ten, line)
    assert len(verdict(ten, keep(6)).held) == held


def test_a_confirmation_is_for_one_dataset_only(ten: County) -> None:
    change = f"{keep(6)}; delete from marts.plan_tasks"
    assert set(verdict(ten, change).held) == {"disclosures", "plan_tasks"}
    said = verdict(ten, change, ("plan-tasks",))
    assert (set(said.held), [loss.rows_lost for loss in said.accepted]) == ({"disclosures"}, [10])


def test_other_ids_of_the_same_rows_are_no_loss_and_other_rows_of_the_same_number_are(ten: County) -> None:
    assert verdict(ten, "update marts.plan_tasks set task_id = 'x' || task_id, document_id = 'plans/b.txt'").held == {}
    assert set(verdict(ten, "update marts.plan_tasks set task_title = '另一事项' || task_no").held) == {"plan_tasks"}


def test_rows_in_which_only_a_value_changed_are_no_loss(ten: County) -> None:
    assert verdict(ten, "update marts.disclosures set disclosure_title = '更正后的标题', url = null").held == {}


@pytest.mark.parametrize("name", ["data_quality", "extraction_accuracy"])
def test_what_the_pipeline_says_of_itself_may_shrink(ten: County, name: str) -> None:
    assert verdict(ten, f"delete from marts.{name}").held == {}


@pytest.mark.parametrize("line", ["max_loss: 20", "max_loss: {disclosures: -1}", "max_loss: {disclosure: 0.5}"])
def test_an_invalid_share_or_an_unknown_dataset_is_refused(ten: County, line: str) -> None:
    settings(ten, line)
    with pytest.raises(ConfigurationError, match="max_loss"):
        verdict(ten, keep(6))


def test_a_confirmation_for_an_unknown_dataset_is_refused_before_anything_is_done(ten: County) -> None:
    put(ten, "disclosures/a.csv", register(range(6)))
    before = (ten.root / "raw" / "ledger.ndjson").read_bytes()
    done = ten.refresh("--accept-loss", "disclosure")
    assert done.exit_code == 1
    assert "found disclosure; expected the name of a dataset" in done.stderr
    assert (ten.root / "raw" / "ledger.ndjson").read_bytes() == before


def test_as_many_other_rows_do_not_make_up_for_lost_ones(ten: County) -> None:
    (ten.root / "inbox" / "disclosures" / "a.csv").unlink()
    put(ten, "disclosures/b.csv", register(range(10), month="10"))
    done = ten.refresh()
    assert done.exit_code == 3
    assert "10 of 10 rows (100%) would leave the public data, 10 would be in it" in done.output


def test_files_under_other_names_lose_nothing(ten: County) -> None:
    before = rows(ten, "plan-documents")
    for old, new in (("plans/a.txt", "plans/key-points.txt"), ("disclosures/a.csv", "disclosures/2026.csv")):
        (ten.root / "inbox" / old).rename(ten.root / "inbox" / new)
    assert ten.refresh().exit_code == 0
    assert len(rows(ten, "plan-tasks")) == 10
    assert rows(ten, "plan-documents") == before


@pytest.mark.rest
def test_the_last_day_of_the_year_is_followed_by_the_next_without_a_question(county: Callable[..., County]) -> None:
    made = county(FILES, "2026-12-31")
    assert made.refresh().exit_code == 0
    for day in ("2027-01-01", "2029-02-01"):
        county(FILES, day)
        done = made.refresh()
        assert done.exit_code == 0, done.output


def test_many_withdrawn_rows_leave_at_once_with_or_without_confirmation(ten: County) -> None:
    put(ten, "disclosures/a.csv", register(range(10), withdrawn=range(4)))
    done = ten.refresh()
    assert done.exit_code == 3
    released = "".join(path.read_text("utf-8-sig") for path in (ten.latest / "data").glob("*.csv") if path.name != "withdrawals.csv")
    assert not [n for n in range(4) if f"关于第09{n:03d}号公共事项的公告" in released]
    assert ten.refresh("--accept-loss", "disclosures").exit_code == 0
    assert len(rows(ten)) == 6


@pytest.mark.rest
def test_past_days_are_released_without_a_question(ten: County, tmp_path: Path) -> None:
    put(ten, "disclosures/a.csv", register(range(10), withdrawn=range(6)))
    ten.refresh("--accept-loss", "disclosures")
    done = gongkai("backfill", "--from", "2026-08-31", "--to", "2026-10-31", "-w", ten.root)
    assert done.exit_code == 0, done.output
