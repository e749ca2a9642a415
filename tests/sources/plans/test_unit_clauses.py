"""Where one unit's name ends and the next begins, who leads, which words are no names."""

from __future__ import annotations

import pytest

from flows.sources.plans.names import is_plain_unit, looks_like_unit
from flows.sources.plans.shapes import fold
from flows.sources.plans.units import read_units, split_by_known

LISTS = {
    "区政府办、区司法局等相关部门": "r:区政府办 r:区司法局",
    "区政府办牵头,区司法局、各镇(街道)配合,区法制办负责法制审查": "l:区政府办 r:区司法局 r:各镇(街道) r:区法制办",
    "市自然资源和规划局、市港航口岸和渔业局和市税务局": "r:市自然资源和规划局 r:市港航口岸和渔业局 r:市税务局",
    "由市发展改革委会同市财政局负责": "r:市发展改革委 r:市财政局",
    "各重大行政决策牵头单位,各县〈市、区〉政府办公室": "r:各重大行政决策牵头单位 r:各县(市、区)政府办公室",
    "市委宣传部(市新闻办)、市委办": "r:市委宣传部(市新闻办) r:市委办",
    "县级各相关部门、各镇(园区、街道)按职责分工负责": "r:县级各相关部门 r:各镇(园区、街道)",
    "区财政局、税务局": "r:区财政局 r:税务局",
    "市府办〔市大数据局〕牵头,各县〔区〕政府按职责分工落实": "l:市府办〔市大数据局〕 r:各县〔区〕政府",
    "住房和城乡建设局及各股室": "r:住房和城乡建设局 r:各股室",
    "区委编办(牵头)、区司法局(配合)": "l:区委编办 r:区司法局",
    "各街道、镇": "r:各街道 r:镇",
    "区经发局区口岸办": "r:区经发局 r:区口岸办",
    "各级党委(党组)、市直各部门": "r:各级党委(党组) r:市直各部门",
    "县工信局、商务局、和平区政府": "r:县工信局 r:商务局 r:和平区政府",
    "由县财政局商县税务局负责": "r:县财政局 r:县税务局",
    "县农业农村局、县供销社(第一位为主办单位,以下同)": "r:县农业农村局 r:县供销社",
    "县水利局、县林业局,排在首位的为主办单位,下同": "r:县水利局 r:县林业局",
    "县教育局牵头,县体育局参与,各县、区人民政府(管委会)负责落实": "l:县教育局 r:县体育局 r:各县、区人民政府(管委会)",
    "市水务局、各市、县、区": "r:市水务局 r:各市、县、区",
    "市水务局,各区、县级市负责": "r:市水务局 r:各区、县级市",
    "各区、县级市场监管局": "r:各区 r:县级市场监管局",
    "县水务局(首位单位为牵头单位,下同)、县农业局": "r:县水务局 r:县农业局",
}


@pytest.mark.parametrize("printed", LISTS)
def test_a_list_is_cut_where_its_names_end(printed: str) -> None:
    text = fold(printed)
    found = [f"{unit.role[0]}:{text[unit.start : unit.end]}" for unit in read_units(text, 0, len(text), "responsible")]
    assert " ".join(found) == LISTS[printed]


def test_names_run_together_are_parted_only_with_a_mark_of_doubt() -> None:
    assert [unit.sure for unit in read_units("区经发局区口岸办", 0, 8, "lead")] == [False, False]
    assert split_by_known("办公室法规科", {"办": ["办公室"], "法": ["法规科"]}) == ["办公室", "法规科"]
    assert split_by_known("办公室法规科", {"办": ["办公室"]}) is None


@pytest.mark.parametrize(
    "name", ["市住房和城乡建设局", "各县(市、区)人民政府", "台山海关", "县直有关部门", "局属各事业单位", "各有关区、县级市"]
)
def test_names_of_organs_look_like_units(name: str) -> None:
    assert looks_like_unit(name)


@pytest.mark.parametrize("words", ["公开市财政局", "健全服务机制市司法局", "推进信息公开", "每月更新", ""])
def test_words_of_doing_are_no_names(words: str) -> None:
    assert not is_plain_unit(words)
