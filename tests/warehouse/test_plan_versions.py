"""A plan that is replaced at its address is held against what stood there before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from tests.conftest import County, gongkai

CHANGES = "select change_kind, task_title, former_deadline_on, deadline_on, is_silent from core.plan_changes order by all"


def plan(*tasks: str, issued: str = "2026年3月1日") -> bytes:
    body = "\n".join(f"（{number}）{task}" for number, task in zip("一二三四", tasks, strict=False))
    return f"栖川县2026年政务公开工作要点\n一、重点任务\n{body}\n栖川县人民政府办公室\n{issued}\n".encode()


def replaced(county: Callable[..., County], *versions: bytes, root: Path) -> County:
    """A county whose one plan had these versions, each seen once."""
    for version in versions:
        made = county({"plans/points.txt": version}, root=root)
        assert gongkai("ingest", "-w", root).exit_code == 0
    return made.built()


BUDGET = "公开预算。（责任单位：县财政局；完成时限：2026年{}底前）"
AUDITS = "公开审计结果。（责任单位：县审计局；完成时限：2026年9月底前）"


def test_a_deadline_moved_without_a_new_number_or_date_is_a_silent_change(county: Callable[..., County], tmp_path: Path) -> None:
    made = replaced(county, plan(BUDGET.format("6月"), AUDITS), plan(BUDGET.format("11月"), AUDITS), root=tmp_path / "a")
    assert made.ask(CHANGES) == [("deadline_later", "公开预算", date(2026, 6, 30), date(2026, 11, 30), True)]


def test_a_plan_issued_anew_says_so_and_a_task_that_vanished_is_told(county: Callable[..., County], tmp_path: Path) -> None:
    made = replaced(county, plan(BUDGET.format("6月"), AUDITS), plan(BUDGET.format("11月"), issued="2026年5月1日"), root=tmp_path / "a")
    assert made.ask(CHANGES) == [
        ("deadline_later", "公开预算", date(2026, 6, 30), date(2026, 11, 30), False),
        ("task_dropped", "公开审计结果", date(2026, 9, 30), None, False),
    ]


def test_a_plan_that_is_put_back_has_three_versions_and_two_changes(county: Callable[..., County], tmp_path: Path) -> None:
    first, second = plan(BUDGET.format("6月")), plan(BUDGET.format("11月"))
    made = replaced(county, first, second, first, root=tmp_path / "a")
    assert [kind for kind, *_ in made.ask(CHANGES)] == ["deadline_earlier", "deadline_later"]


def test_what_an_earlier_version_of_the_reader_read_of_bytes_now_gone_is_still_there(county: Callable[..., County], tmp_path: Path) -> None:
    root = tmp_path / "a"
    county({"plans/points.txt": plan(BUDGET.format("6月"))}, root=root)
    assert gongkai("ingest", "-w", root).exit_code == 0
    (reader,) = (root / "raw" / "plans").iterdir()
    reader.rename(reader.with_name("earlier"))
    made = replaced(county, plan(BUDGET.format("11月")), root=root)
    assert [kind for kind, *_ in made.ask(CHANGES)] == ["deadline_later"]
