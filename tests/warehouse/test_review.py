"""Unit names that no rule matches for sure: reforms, collective expressions, the review list and its decisions."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from flows.warehouse.review import take_decisions, write_review
from flows.workspace.errors import ConfigurationError
from flows.workspace.settings import Workspace
from tests.warehouse.rebuilt import ask, rebuild

SETTINGS = """\
jurisdiction: {name: 四川省遂宁市安居区, code: "510904"}
as_of: 2021-03-31
sources:
  - {name: units, kind: units, location: inbox/units.csv}
  - {name: plans, kind: plans, location: inbox/*.txt}
"""
UNITS = "单位名称\n遂宁市安居区人民政府办公室\n区发展和改革局\n区自然资源和规划局\n区市场监督管理局\n磨溪镇人民政府\n柔刚街道办事处\n"
PLAN = """\
安居区2021年政务公开工作要点
一、公开规划成果。及时公开国土空间规划。(责任单位:区国土资源局、区发改局)
二、公开抽检结果。每月公开抽检结果。(责任单位:区市场监官局、各镇人民政府)
三、办好政务专区。设立查阅点。(责任单位:区政府办、各街道办事处、区级各部门)
安居区人民政府办公室
2021年3月1日
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "gongkai.yaml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "inbox" / "units.csv").write_text(UNITS, encoding="utf-8")
    (tmp_path / "inbox" / "plan.txt").write_text(PLAN, encoding="utf-8")
    place = Workspace.open(tmp_path)
    rebuild(place)
    return place


def fill(path: Path, answers: dict[str, str]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | {"unit_id": answers.get(row["alias_name"], row["unit_id"])} for row in rows)


def test_every_form_of_a_name_is_matched_by_its_rule(workspace: Workspace) -> None:
    found = ask(workspace, "select alias_name, unit_name, match_rule from core.unit_aliases where match_rule <> 'same_name' order by 1")
    assert found == [
        ("区发改局", "区发展和改革局", "abbreviation"),
        ("区国土资源局", "区自然资源和规划局", "reform"),
        ("区市场监官局", None, "unmatched"),
        ("区政府办", "遂宁市安居区人民政府办公室", "abbreviation"),
        ("区级各部门", None, "collective"),
        ("各街道办事处", None, "collective"),
        ("各镇人民政府", None, "collective"),
    ]


def test_collective_expressions_stand_for_the_units_of_the_list(workspace: Workspace) -> None:
    found = ask(workspace, "select printed_unit_name, unit_name from core.collective_members order by 1, 2")
    assert [row for row in found if row[0] != "区级各部门"] == [("各街道办事处", "柔刚街道办事处"), ("各镇人民政府", "磨溪镇人民政府")]
    assert len([row for row in found if row[0] == "区级各部门"]) == 4


def test_what_is_not_sure_is_listed_with_a_proposal_and_decided_by_a_person(workspace: Workspace, tmp_path: Path) -> None:
    listed = tmp_path / "review.csv"
    assert write_review(workspace, listed) == 2
    with listed.open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["alias_name"]: row for row in csv.DictReader(stream)}
    assert rows["区市场监官局"]["proposed_unit_name"] == "区市场监督管理局"
    assert rows["区国土资源局"]["match_rule"] == "reform"

    fill(listed, {"区市场监官局": rows["区市场监官局"]["proposed_unit_id"]})
    assert take_decisions(workspace, listed) == 2
    rebuild(workspace)
    decided = ask(workspace, "select unit_name, match_rule from core.unit_aliases where alias_name = '区市场监官局'")
    assert decided == [("区市场监督管理局", "decision")]
    assert write_review(workspace, listed) == 0


def test_a_decision_for_a_unit_that_is_none_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    listed = tmp_path / "review.csv"
    write_review(workspace, listed)
    fill(listed, {"区市场监官局": "510904/没有的局"})
    with pytest.raises(ConfigurationError, match="没有的局"):
        take_decisions(workspace, listed)


def test_towns_come_from_the_division_table_where_there_is_no_list(tmp_path: Path) -> None:
    (tmp_path / "gongkai.yaml").write_text("sources: [{name: plans, kind: plans, location: '*.txt'}]", encoding="utf-8")
    (tmp_path / "plan.txt").write_text(PLAN.replace("安居区", "遂宁市安居区"), encoding="utf-8")
    workspace = Workspace.open(tmp_path)
    rebuild(workspace)
    found = dict(
        ask(workspace, "select printed_unit_name, count(*) from core.collective_members where member_rule = 'division_table' group by 1")
    )
    assert found["各街道办事处"] == 2
    assert found["各镇人民政府"] >= 15
