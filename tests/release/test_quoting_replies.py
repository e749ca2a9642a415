"""A reply leaves with no word of what is held: it may quote a record, a plan or its tasks, and may be marked itself."""

from __future__ import annotations

import pytest

from tests.conftest import County, a_county
from tests.release.test_followed_leaks import told_in

RECORDS = "索引号,标题,公开单位,公开属性,形成日期,公开日期,备注,公开渠道\n"
RULES = "文号,文件名称,制定机关,成文日期,公开日期,公开属性\n"
REPLIES = "回应编号,回应单位,判定编号,回应日期,回应内容,处理结果,处理理由\n"
TOMBS = "索引号,标题,公开单位,撤回日期,撤回原因\n"
HELD = {  # index number, title, attribute, remark
    "withheld": ("MQ-LS-3101", "关于竹溪渡口迁建选址的公告", "不予公开", ""),
    "on_request": ("MQ-LS-3102", "关于老城管网普查成果的通告", "依申请公开", ""),
    "remarked": ("MQ-LS-3103", "关于粮仓轮换批次安排的公告", "主动公开", "属于国家秘密"),
    "private": ("MQ-LS-3104", "关于梧桐里危房名册核查的公告", "主动公开", ",13800138000"),
}
PLAN = """栖川县水利局2026年鹤鸣灌区公开工作要点
栖水发〔2026〕61号
1.公开鹤鸣渠首闸门检修排期。（责任单位：县水利局；完成时限：2026年6月底）
2.公开沙洲泵站扬程复核结果。（责任单位：县水利局；完成时限：2026年7月底）
栖川县水利局
2026年1月5日
（此件不予公开）
"""
QUOTING = {  # words of the reply; what of them must not leave
    "a title": ("已随《关于竹溪渡口迁建选址的公告》报审", "竹溪渡口"),
    "a title with blanks": ("已随关于 竹溪渡口 迁建选址 的公告报审", "竹溪渡口"),
    "what a title is about": ("因竹溪渡口迁建选址未定而延后", "竹溪渡口"),
    "a number": ("同ＭＱ-LS-3102一并补登", "一并补登"),
    "a title on request": ("待老城管网普查成果核定", "老城管网"),
    "a title held by a remark": ("粮仓轮换批次安排须另行报批", "粮仓轮换"),
    "a quarantined title": ("与梧桐里危房名册核查同步", "梧桐里"),
    "a withdrawn title": ("原《关于栗园补贴发放口径的公告》撤下后重报", "栗园补贴"),
    "another register's title": ("依《砂石处置收益分配办法》办理", "砂石处置"),
    "a plan": ("按《栖川县水利局2026年鹤鸣灌区公开工作要点》延后", "鹤鸣灌区"),
    "a plan's number": ("按栖水发[2026]61号延后", "61号"),
    "a task": ("公开沙洲泵站扬程复核结果之后再报", "沙洲泵站"),
    "a mark at the end": ("机房搬迁甲（此回应不予公开）", "机房搬迁甲"),
    "a mark at the head": ("【内部资料】机房搬迁乙", "机房搬迁乙"),
    "a sentence about itself": ("机房搬迁丙已报批，本回应内容属内部资料，请勿转载", "机房搬迁丙"),
}
OPEN = {
    "a public title": "已随《关于公开事项第三号的公告》报审",
    "a public rule": "依《公共停车收费办法》办理",
    "a longer number": "同MQ-LS-31029一并补报",
    "prose": "依据条例第十四条，不予公开的信息不在此列",
}


def records(attribute: str = "主动公开") -> bytes:
    late = "".join(
        f"MQ-GK-{n:04d},关于公开事项第{'零一二三四五六七八九'[n % 10]}号的公告,县财政局,主动公开,2026-03-02,2026-08-05,,\n"
        for n in range(40)
    )
    held = "".join(
        f"{number},{title},县财政局,{mark},2026-03-02,2026-08-05,{remark if ',' in remark else remark + ','}\n"
        for number, title, mark, remark in HELD.values()
    )
    later = f"MQ-LS-3109,关于月亮湾航标灯塔改造的公告,县财政局,{attribute},2026-03-02,2026-08-05,,\n"
    return (RECORDS + late + held + later).encode()


def replies(first: int = 0) -> bytes:
    words = [text for text, _ in QUOTING.values()] + list(OPEN.values()) + ["月亮湾航标灯塔改造尚在报批"]
    rows = [f"MR-{n:03d},县财政局,MQ-GK-{n:04d},2026-09-02,{text},," for n, text in enumerate(words)]
    rows += ["MR-030,县财政局,MQ-GK-0030,2026-09-02,说明见处理理由,不采纳,须待竹溪渡口迁建选址确定"]
    rows += [f"MR-{n:03d},县财政局,MQ-GK-{n:04d},2026-09-02,改版延误第{n}件,," for n in range(31, 40)]
    return (REPLIES + "\n".join(rows[first:]) + "\n").encode()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    files = {
        "units/all.csv": "单位名称\n栖川县财政局\n栖川县水利局\n".encode(),
        "disclosures/a.csv": records(),
        "unit_replies/a.csv": replies(),
        "plans/held.txt": PLAN.encode(),
        "withdrawals/w.csv": f"{TOMBS},关于栗园补贴发放口径的公告,县财政局,2026-09-01,内容有误\n".encode(),
        "normative_documents/n.csv": (
            f"{RULES}栖规〔2026〕31号,砂石处置收益分配办法,县财政局,2026-03-02,2026-03-05,不予公开\n"
            "栖规〔2026〕32号,公共停车收费办法,县财政局,2026-03-02,2026-03-05,主动公开\n"
        ).encode(),
    }
    county = a_county(tmp_path_factory.mktemp("quoting") / "county", files)
    assert county.refresh().exit_code == 0
    return county


def test_no_reply_leaves_that_quotes_what_is_held_or_is_marked_itself(made: County) -> None:
    assert [name for name, (_, words) in QUOTING.items() if told_in(made.latest, words)] == []
    assert told_in(made.latest, "说明见处理理由") == []


def test_replies_that_quote_what_is_public_leave(made: County) -> None:
    assert [name for name, words in OPEN.items() if not told_in(made.latest, words.partition("，")[0])] == []


def test_each_of_them_is_a_finding_that_names_its_place_and_no_word_of_it(made: County) -> None:
    found = made.ask(
        "select source_path, source_row, column_name, finding_text from core.findings where finding_kind = 'reply_quotes_held'"
    )
    assert len(found) == len(QUOTING) - 3 + 1  # three are marked; one quotes in the reason
    assert {(path, column) for path, _, column, _ in found} == {("unit_replies/a.csv", "reply_text")}
    assert not any(words in text for *_, text in found for _, words in QUOTING.values())


def test_a_reply_that_is_carried_over_loses_what_is_held_since(made: County) -> None:
    """The last of these tests: it changes the county."""
    assert told_in(made.latest, "月亮湾航标灯塔改造尚在报批")
    (made.root / "inbox/disclosures/a.csv").write_bytes(records("不予公开"))
    (made.root / "inbox/unit_replies/a.csv").write_bytes(replies(len(QUOTING) + len(OPEN) + 8))
    assert made.refresh().exit_code == 3
    assert told_in(made.latest, "改版延误第31件"), "carried over"
    assert told_in(made.latest, "月亮湾") == []
