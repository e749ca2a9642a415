"""Units are marked by a scheme in YAML; every point is explained by records, and a slip in the scheme is told with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.warehouse.scoring import read_scheme
from flows.workspace.errors import ConfigurationError
from tests.conftest import County

SCHEME = """
title: {zh: 方案, en: scheme}
year: 2026
full_points: 40
items:
  - {id: in_time, title: {zh: 期限, en: in time}, kind: deduct, measure: timely_disclosure, points: 20, each: 4, at_most: 10}
  - {id: read, title: {zh: 解读, en: interpreted}, kind: share, measure: interpretation, points: 10, target: 1}
  - {id: training, title: {zh: 培训, en: trained}, kind: at_least, measure: trainings, points: 10, target: 2}
  - {id: more, title: {zh: 加分, en: more}, kind: bonus, measure: trainings, each: 0.5, at_most: 1}
  - {id: report, title: {zh: 年报, en: report}, kind: veto, measure: annual_report_right}
"""
LATE = (
    "索引号,标题,公开单位,形成日期,公开日期\n"
    + "".join(f"{n},公告{n},县财政局,2026-03-02,2026-06-01\n" for n in range(3))
    + "9,预算,县财政局,2026-03-02,2026-03-03\n"
)
POLICIES = "文号,文件名称,制定机关,成文日期,公开日期,是否需要解读\n" + "".join(
    f"栖政〔2026〕{n}号,办法{n},县财政局,2026-03-02,2026-03-03,是\n" for n in (1, 2)
)
READ = "解读标题,解读文件文号,解读单位,发布日期\n解读办法一,栖政〔2026〕1号,县财政局,2026-03-03\n"
TRAINED = "日期,类型,主题,单位\n2026-05-06,培训,公开业务,县财政局\n"
REPORT = "报告单位,年度,表号,行,列,数值\n县审计局,2026,3,granted,natural_person,1\n县审计局,2026,3,granted,total,2\n"


@pytest.fixture
def marked(county: Callable[..., County], tmp_path: Path) -> County:
    files = {
        "units/u.csv": "单位名称\n县财政局\n县审计局\n",
        "disclosures/a.csv": LATE,
        "policy_documents/a.csv": POLICIES,
        "policy_interpretations/a.csv": READ,
        "trainings/a.csv": TRAINED,
        "annual_report_cells/a.csv": REPORT,
    }
    made = county({path: text.encode() for path, text in files.items()})
    (made.root / "scheme.yaml").write_text(SCHEME, "utf-8")
    with (made.root / "gongkai.yaml").open("a", encoding="utf-8") as stream:
        stream.write("scoring: scheme.yaml\n")
    return made.built()


def test_points_are_as_the_scheme_says_and_records_explain_each_of_them(marked: County) -> None:
    scores = dict(marked.ask("select item_id, item_score from core.score_items where unit_id = '990101/财政局'"))
    assert scores == {"in_time": 10, "read": 5, "training": 5, "more": 0.5, "report": 0}  # three late at 4 each, capped at 10
    explained = """
        select count(*) from (
            select items.item_id, any_value(items.item_score) as score,
                any_value(if(items.item_kind in ('deduct', 'share'), items.item_points, 0)) + coalesce(sum(evidence.record_points), 0) as told
            from core.score_items as items left join core.score_evidence as evidence using (unit_id, plan_year, item_id)
            where items.item_kind <> 'veto' group by items.unit_id, items.item_id
        ) where abs(score - told) > 0.0001
    """
    assert marked.ask(explained) == [(0,)]
    late = "select record_id, record_points from core.score_evidence where item_id = 'in_time' order by 1"
    assert marked.ask(late) == [("0", -4), ("1", -4), ("2", -2)]


def test_a_veto_brings_the_total_to_nothing(marked: County) -> None:
    assert marked.ask("select unit_id, total_score, is_vetoed from core.scores order by 1") == [
        ("990101/审计局", 0, True),
        ("990101/财政局", 20.5, False),
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("measure: trainings, points", "measure: smiles, points"), "items.2.measure"),
        (("full_points: 40", "full_points: 50"), "40 is not 50"),
        (("kind: share, ", "kind: deduct, "), "an item of kind deduct with each, points"),
        (("id: more", "id: read"), "with ids of their own: read"),
        (("target: 2}", "target: 2, sql: select 1}"), "items.2.sql"),
    ],
)
def test_a_slip_in_a_scheme_is_told_with_its_place(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    path = tmp_path / "scheme.yaml"
    path.write_text(SCHEME.replace(*change), "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_scheme(path)
    assert told in str(caught.value)
