"""A plan that is replaced at its address is held against what stood there before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

import pytest

from tests.conftest import County, a_county, gongkai

CHANGES = """
select change_kind, task_title, former_deadline_on, deadline_on, is_silent
from core.plan_changes inner join core.plan_documents using (document_id)
where source_path = 'plans/{}.txt'
order by all
"""


def plan(matter: str, *tasks: str, issued: str = "2026年3月1日") -> bytes:
    body = "\n".join(f"（{number}）{task}" for number, task in zip("一二三四", tasks, strict=False))
    return f"栖川县2026年{matter}工作要点\n一、重点任务\n{body}\n栖川县人民政府办公室\n{issued}\n".encode()


BUDGET = "公开预算。（责任单位：县财政局；完成时限：2026年{}底前）"
AUDITS = "公开审计结果。（责任单位：县审计局；完成时限：2026年9月底前）"
# the plan's name -> what its one address held, one after the other
VERSIONS = {
    "moved": (
        plan("政务公开", BUDGET.format("6月"), AUDITS),
        plan("政务公开", BUDGET.format("11月"), AUDITS),
        plan("政务公开", BUDGET.format("11月"), AUDITS),
    ),
    "issued again": (
        plan("财政信息公开", BUDGET.format("6月"), AUDITS),
        plan("财政信息公开", BUDGET.format("11月"), issued="2026年5月1日"),
        plan("财政信息公开", BUDGET.format("11月"), issued="2026年5月1日"),
    ),
    "put back": (
        plan("基层政务公开", BUDGET.format("6月")),
        plan("基层政务公开", BUDGET.format("11月")),
        plan("基层政务公开", BUDGET.format("6月")),
    ),
}


def ingested(make: Callable[..., County], plans: dict[str, bytes]) -> County:
    made = make({f"plans/{name}.txt": data for name, data in plans.items()})
    assert gongkai("ingest", "-w", made.root).exit_code == 0
    return made


@pytest.fixture(scope="module")
def replaced(tmp_path_factory: pytest.TempPathFactory) -> County:
    """A county whose plans had these versions, each seen once."""
    make = partial(a_county, tmp_path_factory.mktemp("versions"))
    for number in range(3):
        made = ingested(make, {name: versions[number] for name, versions in VERSIONS.items()})
    return made.built()


def test_a_deadline_moved_without_a_new_number_or_date_is_a_silent_change(replaced: County) -> None:
    assert replaced.ask(CHANGES.format("moved")) == [("deadline_later", "公开预算", date(2026, 6, 30), date(2026, 11, 30), True)]


def test_a_plan_issued_again_says_so_and_a_task_that_vanished_is_reported(replaced: County) -> None:
    assert replaced.ask(CHANGES.format("issued again")) == [
        ("deadline_later", "公开预算", date(2026, 6, 30), date(2026, 11, 30), False),
        ("task_dropped", "公开审计结果", date(2026, 9, 30), None, False),
    ]


def test_a_plan_that_is_put_back_has_three_versions_and_two_changes(replaced: County) -> None:
    assert [kind for kind, *_ in replaced.ask(CHANGES.format("put back"))] == ["deadline_earlier", "deadline_later"]


def test_what_an_earlier_version_of_the_reader_read_of_bytes_now_gone_is_still_there(county: Callable[..., County]) -> None:
    former = ingested(county, {"points": plan("政务公开", BUDGET.format("6月"))})
    (reader,) = (former.root / "raw" / "plans").iterdir()
    reader.rename(reader.with_name("earlier"))
    made = ingested(county, {"points": plan("政务公开", BUDGET.format("11月"))}).built()
    assert [kind for kind, *_ in made.ask(CHANGES.format("points"))] == ["deadline_later"]
