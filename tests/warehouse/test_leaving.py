"""What a row says on whether it may leave: under any header, in any wording, in any version, and in the register of withdrawals.

Each case has a file, numbers and titles of its own; those that do not change one another share a county.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from flows.warehouse.build_key import settings_key
from flows.workspace.settings import Workspace
from tests.conftest import County, a_county
from tests.sources.test_registers import as_xlsx

UNIT = "县财政局"
BASE = ["索引号", "标题", "公开单位", "形成日期", "公开日期"]
DAYS = ["2026-09-01", "2026-09-10"]


def row(number: str, *more: str) -> list[str]:
    return [number, f"第{number}号事项的公告", UNIT, *DAYS, *more]


def csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    return "\n".join(",".join(f'"{cell}"' for cell in line) for line in [header, *rows]).encode()


def released(made: County, name: str) -> set[str]:
    """The numbers of the records that leave, of the files whose names are like the given one."""
    return {number for (number,) in made.ask(f"select index_number from marts.disclosures where source_path like 'disclosures/{name}'")}


def holds(made: County, name: str) -> dict[str, str | None]:
    found = made.ask(f"select index_number, hold_reason from core.disclosures where source_path like 'disclosures/{name}'")
    return {number: reason for number, reason in found}  # noqa: C416 - rows of any length


# header -> the cells below it that close a record, and those that do not
ASKING = {
    "公开方式": (["依申请公开", "不予公开", "依 申 请"], ["主动公开", "主动公开", "主动"]),
    "公开类别": (["不公开", "暂缓公开"], ["主动公开"]),
    "信息公开属性（必填）": (["（此件不予公开）", "依申请公开。", "其他", "甲类"], ["主动公开", "【主动公开】"]),
    "是否公开": (["否", "N", "×", "不公开", "待定"], ["是", "Y", "√", "公开"]),
    "是否\n主动公开": (["否", "不是"], ["是"]),
    "公开 范围": (["本单位", "系统内部", "县直机关"], ["社会公众", "全社会"]),
    "密级": (["秘密", "机密★3年", "内部", "绝密 ★ 长期", "未知"], ["公开", "无", "非密", "/"]),
    "涉密情况": (["涉密", "是", "涉及国家秘密"], ["不涉密", "否", "无"]),
    "主动/依申请": (["依申请"], ["主动"]),
    "知悉范围": (["局领导"], ["社会公众"]),
    "是否依申请公开": (["是"], ["否"]),
    "不予公开原因": (["涉及商业秘密"], ["无", ""]),
    "保密审查结论": (["涉密，不宜公开", "待审", "已退回修改", "先放一放", ""], ["通过", "不涉密，可以公开", "审核通过"]),
    "领导审批意见": (["不同意", "拟同意", "阅", "", "  "], ["同意", "同意公开"]),
    "是否同意发布": (["否", ""], ["是"]),
    "分管领导签批": ([""], ["同意", "同意公开"]),
    "股室把关": ([""], ["审核通过"]),  # told by its cells: the header asks nothing that is known
    "处理意见及审批情况": (["已驳回"], ["", " "]),  # nobody approves there: an empty cell lacks nothing
    "下架时间": (["2026-10-01", "2026年10月", "已下架", "上周"], ["", "未下架", "/"]),
    "删除标志": (["是", "1"], ["否", "0"]),
    "能否上政府网站": (["否", "不能"], ["是", "能"]),
    "知晓范围": (["本系统", "班子成员"], ["社会公众"]),
    "文件属性选项": (["2.依申请公开", "（3）不予公开", "C、内部"], ["1.主动公开", "（1）主动公开", "A 主动公开"]),
    "备注": (
        [
            "经研究，该信息暂不公开",
            "已转依申请公开",
            "涉及工作秘密，由办公室留存",
            "已于10月撤下",
            "保密审查未通过",
            "暂停公开",
            "系统升级后下线",
            "宣传部要求删帖",
            "随栏目调整下架",
        ],
        ["按月更新", "不涉密", "详见附件", "在下架村公示栏张贴"],
    ),
    "扩展字段三": (["不予公开", "内部资料，注意保存", "已驳回", "秘密★1年", "已撤下"], ["一般", "财政", "主办"]),
}


def asking() -> Iterator[tuple[str, bytes]]:
    """One file a header; each has its own attribute column, which says 主动公开 throughout, and rows that leave."""
    for position, (header, (closed, opened)) in enumerate(ASKING.items()):
        rows = [row(f"C{position}-{n}", "主动公开", word) for n, word in enumerate(closed)]
        rows += [row(f"O{position}-{n}", "主动公开", word) for n, word in enumerate(opened * 4)]
        yield f"disclosures/asking-{position}.csv", csv([*BASE, "公开属性", header], rows)


def test_a_cell_that_closes_a_record_does_so_under_any_header(made: County) -> None:
    leaked = {number for number in released(made, "asking-%") if number.startswith("C")}
    words = {f"C{p}-{n}": (header, word) for p, (header, (closed, _)) in enumerate(ASKING.items()) for n, word in enumerate(closed)}
    assert not {words[number] for number in leaked}


def test_a_cell_that_closes_nothing_holds_nothing(made: County) -> None:
    words = {f"O{p}-{n}": (header, word) for p, (header, (_, opened)) in enumerate(ASKING.items()) for n, word in enumerate(opened * 4)}
    assert not {words[number] for number in words.keys() - released(made, "asking-%")}


def test_every_record_that_a_strange_column_holds_is_said_with_the_column_and_what_to_do(made: County) -> None:
    held = {number for number, reason in holds(made, "asking-%").items() if reason}
    findings = (
        "select record_id, finding_text from core.findings where finding_kind not like 'withheld_%' and source_path like '%/asking-%'"
    )
    said = dict(made.ask(findings))
    assert held == said.keys() & held
    assert "“密级”" in said["C6-0"]
    assert "when_absent" in said["C2-3"]


ATTRIBUTES = ("主动公开", "依申请公开", "不予公开", "主动公开", "协议公开", "")
ATTRIBUTE = csv([*BASE, "公开方式"], [row(f"P{n}", word) for n, word in enumerate(ATTRIBUTES)])


def test_an_attribute_under_another_name_is_the_attribute_and_not_what_its_header_says(made: County) -> None:
    assert released(made, "attribute.csv") == {"P0", "P3"}
    assert made.ask("select distinct channel from core.disclosures where source_path = 'disclosures/attribute.csv'") == [(None,)]
    assert holds(made, "attribute.csv")["P1"] == "on_request"


CHANNELS = ("公开渠道", "公开方式")


def with_channel(header: str) -> bytes:
    words = ("政府网站", "公告栏", "不予公开")
    return csv([*BASE, "公开属性", header], [row(f"{header}{n}", "主动公开", word) for n, word in enumerate(words)])


@pytest.mark.parametrize("header", CHANNELS)
def test_a_channel_stays_a_channel(made: County, header: str) -> None:
    found = made.ask(f"select index_number, channel from marts.disclosures where source_path = 'disclosures/{header}.csv'")
    assert dict(found) == {f"{header}0": "政府网站", f"{header}1": "公告栏"}


SAID_TO_SAY_NOTHING = csv([*BASE, "公开属性", "审批情况"], [row("N", "主动公开", "走流程")])


def say_nothing(county: County) -> County:
    """The county with settings by which the header says nothing."""
    settings = county.root / "gongkai.yaml"
    settings.write_text(settings.read_text("utf-8").replace("when_absent:", "says_nothing: [审批情况], when_absent:"), "utf-8")
    return county


def test_the_settings_can_say_that_a_header_says_nothing(made: County, versions: County, tmp_path: Path) -> None:
    assert released(made, "approval.csv") == set()
    assert released(versions, "approval.csv") == {"N"}
    unsaid = a_county(tmp_path, {})
    before = settings_key(Workspace.open(unsaid.root))
    assert settings_key(Workspace.open(say_nothing(unsaid).root)) != before  # so that a warehouse that was built before is built again


TITLES_THAT_SPEAK_OF_IT = [
    "关于做好依申请公开工作的通知", "保密宣传教育活动安排", "不予公开理由说明制度", "政府信息主动公开目录", "机密文件管理办法修订说明",
    "关于撤回行政许可的公告", "驳回申请再审通知书样式",
]  # fmt: skip
TITLES_WITH_A_MARK = [
    "关于某事的通知（不予公开）",
    "某会议纪要【内部资料】",
    "（秘密）某方案",
    "某批复（此件依申请公开）",
    "某函〔机密★1年〕",
]


TITLES = csv(
    [*BASE, "公开属性"],
    [[f"T{n}", title, UNIT, *DAYS, "主动公开"] for n, title in enumerate([*TITLES_THAT_SPEAK_OF_IT, *TITLES_WITH_A_MARK])],
)


def test_a_title_that_speaks_of_secrecy_leaves_and_one_that_bears_a_mark_does_not(made: County) -> None:
    found = made.ask("select disclosure_title from marts.disclosures where source_path = 'disclosures/titles.csv'")
    assert {title for (title,) in found} == set(TITLES_THAT_SPEAK_OF_IT)


STATES = {
    "通过": True, "已审核": True, "审核通过": True, "同意公开": True, "经审查不涉密": True, "已驳回": False, "审核驳回": False, "审核失败": False, "审核中": False,
    "审查涉密": False, "已送审": False, "已撤回": False, "已下架": False, "已转依申请公开": False, "同意延期公开": False, "拟同意": False, "一审通过": False,
    "审核通过后退回": False, "走完流程": False, "": False,
}  # fmt: skip


REVIEWED = csv([*BASE, "公开属性", "审核状态"], [row(f"S{n}", "主动公开", state) for n, state in enumerate(STATES)])


def test_only_what_is_known_as_an_approval_approves(made: County) -> None:
    assert released(made, "reviewed.csv") == {f"S{n}" for n, passed in enumerate(STATES.values()) if passed}
    assert {*holds(made, "reviewed.csv").values()} == {None, "not_approved", "unknown_review"}


CONTRADICTORY = csv(
    [*BASE, "公开属性", "撤回日期", "撤回原因", "不予公开理由"],
    [
        row("whole", "主动公开", "", "", ""),
        row("nothing", "主动公开", "", "无", "/"),
        row("reason only", "主动公开", "", "涉及个人隐私", ""),
        row("withheld", "主动公开", "", "", "条例第十五条"),
        row("no day", "主动公开", "待定", "", ""),
    ],
)


def test_a_row_that_contradicts_itself_is_held_and_said(made: County) -> None:
    assert released(made, "contradictory.csv") == {"whole", "nothing"}
    findings = made.ask("select finding_kind from core.findings where source_path = 'disclosures/contradictory.csv'")
    assert set(findings) == {("contradictory",), ("invalid_date",)}


OTHERS = {
    "enforcement_results": (
        ["决定书文号", "执法类别", "事项名称", "相对人类别", "相对人名称", "执法机关", "决定日期", "公示日期", "公开属性"],
        lambda n, word: [f"栖罚〔2026〕{n}号", "行政处罚", "超范围经营案", "法人", "栖川某某食品有限公司", UNIT, "2026-09-01", "2026-09-03", word],
    ),
    "normative_documents": (
        ["文号", "文件名称", "制定机关", "成文日期", "公开日期", "公开范围"],
        lambda n, word: [f"栖府规〔2026〕{n}号", f"某办法之{n}", UNIT, "2026-09-01", "2026-09-03", word],
    ),
    "policy_interpretations": (
        ["解读标题", "解读文件文号", "解读单位", "公开日期", "审核状态"],
        lambda n, word: [f"某办法解读之{n}", f"栖府规〔2026〕{n}号", UNIT, "2026-09-03", word],
    ),
    "public_consultations": (
        ["征集编号", "征集标题", "征集单位", "开始日期", "信息公开类别"],
        lambda n, word: [f"ZJ-{n}", f"某意见征集之{n}", UNIT, "2026-09-03", word],
    ),
    "inspections": (
        ["检查编号", "检查日期", "主办单位", "问题描述", "通知日期", "是否公开"],
        lambda n, word: [f"JC-{n}", "2026-09-01", UNIT, "链接失效", "2026-09-03", word],
    ),
}  # fmt: skip
WORDS = ("不予公开", "依申请公开", "主动公开", "主动公开", "主动公开")


def test_every_register_that_leaves_row_by_row_asks_the_same(made: County) -> None:
    rows = {name: made.ask(f"select source_row from core.{name} where is_released order by 1") for name in OTHERS}
    assert all(found == [(3,), (4,), (5,)] for found in rows.values()), rows


LATER = {
    "withdrawn": {"withdrawn": "2026-10-05"},
    "withheld": {"attribute": "不予公开"},
    "restricted": {"attribute": "依申请公开"},
    "unknown": {"attribute": "甲类"},
    "unread": {"attribute": ""},
    "day unread": {"withdrawn": "十月初"},
    "no title": {"attribute": "不予公开", "title": ""},
}
VERSIONED = ["索引号", "标题", "公开单位", "公开属性", "形成日期", "公开日期", "撤回日期"]


def version(number: str, *, attribute: str = "主动公开", withdrawn: str = "", title: str | None = None) -> list[str]:
    return [number, f"第{number}号公告" if title is None else title, UNIT, attribute, *DAYS, withdrawn]


ORDERS = ("first", "last", "same file", "other format")


def in_order(order: str) -> dict[str, bytes]:
    """The records of `LATER` and a plain one, twice: once open, once as it is by now, in files of which one is read before the other."""
    header, name = VERSIONED, f"disclosures/{order}"
    open_rows = [version(f"{order} {each}") for each in [*LATER, "plain"]]
    later = [version(f"{order} {each}", **words) for each, words in LATER.items()]
    return {
        "first": {f"{name}-b.csv": csv(header, open_rows), f"{name}-a.csv": csv(header, later)},
        "last": {f"{name}-a.csv": csv(header, open_rows), f"{name}-b.csv": csv(header, later)},
        "same file": {f"{name}.csv": csv(header, [*later[::-1], *open_rows])},
        "other format": {f"{name}-a.xlsx": as_xlsx(("一", [header, *open_rows])), f"{name}-b.csv": csv(header, later)},
    }[order]


DRAWN = range(0, 40320, 2000)


def drawn(seed: int) -> dict[str, bytes]:
    """Three records in several versions, in the order of that number, cut into two files."""
    a, b, c = (f"{letter}-{seed}-" for letter in "ABC")
    rows = [
        version(a),
        version(a, title=f"改过的公告{a}"),
        version(a, attribute="主动公开", withdrawn="2026-12-01"),
        version(b),
        version(b, attribute="依申请公开"),
        [*version(c)[:4], "2026-09-02", "2026-09-11", ""],
        version(c),
        version(c, title=f"又一题{c}"),
    ]
    order = next(itertools.islice(itertools.permutations(rows), seed, None))
    cut, odd = 1 + DRAWN.index(seed) % (len(rows) - 1), DRAWN.index(seed) % 2
    return {
        f"disclosures/drawn/x-{seed}.csv": csv(VERSIONED, order[:cut]),
        f"disclosures/drawn/{'a' if odd else 'z'}-{seed}.csv": csv(VERSIONED, order[cut:]),
    }


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Versions of records in many orders, in a county whose settings say that one header says nothing."""
    files = {"disclosures/approval.csv": SAID_TO_SAY_NOTHING}
    for part in [*map(in_order, ORDERS), *map(drawn, DRAWN)]:
        files |= part
    return say_nothing(a_county(tmp_path_factory.mktemp("versions"), files)).built()


@pytest.mark.parametrize("order", ORDERS)
def test_the_strictest_version_decides_whether_a_record_leaves_and_none_is_lost(versions: County, order: str) -> None:
    assert released(versions, f"{order}%") == {f"{order} plain"}
    kept = "select record_id, count(*) from core.record_versions where register_name = 'disclosures' and record_id like '{} %' group by 1 order by 1"
    assert versions.ask(kept.format(order)) == [(f"{order} {name}", 2) for name in sorted(LATER)]
    duplicates = f"finding_kind = 'duplicate' and source_path like 'disclosures/{order}%'"
    assert versions.ask(f"select count(*) from core.findings where {duplicates}") == [(0,)]


def test_what_is_released_hangs_on_no_order_and_no_split(versions: County) -> None:
    rows = versions.ask(
        "select * exclude (source_path, source_sheet, source_row) from marts.disclosures where source_path like '%/drawn/%' order by all"
    )
    by_seed = {seed: sorted(str(row) for row in rows if f"-{seed}-" in str(row)) for seed in DRAWN}
    assert {len(found) for found in by_seed.values()} == {2}, "A and C leave, B does not"
    assert len(rows) == 2 * len(DRAWN)
    seen = {str([re.sub(r"(?<=[A-C])-\d+-", "", row) for row in found]) for found in by_seed.values()}
    assert len(seen) == 1


TOMBSTONES = ["索引号", "标题", "公开单位", "撤回日期", "撤回原因", "所属台账", "原链接"]
LINK = "https://www.qichuan.example/art/{}.html"


TAKEN_OUT = ["number", "link", "公告一", "title", "no reason", "no day", "future", "other unit", "stays"]
OF_TITLE = ["索引号", "标题", "公开单位", "公开属性", "形成日期", "公开日期", "链接"]
WITHDRAWALS = {
    "disclosures/taken-out.csv": csv(OF_TITLE, [[n, f"第{n}号公告", UNIT, "主动公开", *DAYS, LINK.format(n)] for n in TAKEN_OUT]),
    "withdrawals/w.csv": csv(
        TOMBSTONES,
        [
            ["number", "", UNIT, "2026-10-10", "个人隐私", "主动公开信息", ""],
            ["", "", UNIT, "2026-10-10", "个人隐私", "", "http://qichuan.example/art/link.html/"],
            ["", "", UNIT, "2026-10-10", "个人隐私", "", "https://www.qichuan.example/art/%E5%85%AC%E5%91%8A%E4%B8%80.html"],
            ["", "第 title 号公告", "栖川县财政局", "2026-10-10", "个人隐私", "", ""],
            ["no reason", "", UNIT, "2026-10-10", "", "", ""],
            ["no day", "", UNIT, "十月", "个人隐私", "", ""],
            ["future", "", UNIT, "2026-12-10", "到期", "", ""],
            ["", "第other unit号公告", "县审计局", "2026-10-10", "个人隐私", "", ""],
            ["QX-404", "", UNIT, "2026-10-10", "个人隐私", "", ""],
        ],
    ),
    "units/u.csv": "单位名称\n栖川县财政局\n栖川县审计局\n".encode(),
}


def test_a_tombstone_takes_its_record_out_by_number_link_or_unit_and_title(made: County) -> None:
    assert released(made, "taken-out.csv") == {"future", "other unit", "stays"}
    nothing = made.ask("select source_path, source_row from core.findings where finding_kind = 'withdrawal_matches_nothing' order by 1, 2")
    assert nothing == [("withdrawals/w.csv", 8), ("withdrawals/w.csv", 9)]


# what stands in the register's own columns -> whether the row leaves; strokes and 无 fill cells in and say nothing, a question is no answer
OWN_CELLS = [
    ("/", "/", "通过", True),
    ("无", "无", "通过", True),
    ("——", "—", "同意", True),
    ("否", "", "审核通过", True),
    ("？", "", "通过", False),
]
OWN_CELLS += [
    ("待定", "", "通过", False),
    ("", "", "？", False),
    ("", "", "-1", False),
    ("", "", "—", False),
    ("/", "涉及个人信息", "通过", False),
]
OWN = csv(
    [*BASE, "公开属性", "撤回日期", "撤回原因", "审核状态"],
    [row(f"own{n}", "主动公开", day, reason, state) for n, (day, reason, state, _) in enumerate(OWN_CELLS)],
)


def test_a_stroke_in_the_day_of_withdrawal_says_nothing_and_a_question_is_no_answer(made: County) -> None:
    assert released(made, "own-cells.csv") == {f"own{n}" for n, (*_, leaves) in enumerate(OWN_CELLS) if leaves}


BARE_WITHDRAWALS = {
    "disclosures/bare.csv": csv(OF_TITLE[:6], [[n, f"第{n}号公告", UNIT, "主动公开", *DAYS] for n in ("QX-0001", "QX-0002")]),
    "withdrawals/bare.csv": csv(["索引号", "下架日期"], [["qx－0001", "2026年10月10日"]]),
}


def test_a_tombstone_without_reason_or_unit_takes_its_record_out_all_the_same(made: County) -> None:
    assert released(made, "bare.csv") == {"QX-0002"}
    assert made.ask("select count(*) from marts.withdrawals where index_number ilike '%0001%'") == [(0,)]


SAME_LINK_OR_TITLE = csv(
    OF_TITLE,
    [
        ["A1", "第一号公告", UNIT, "主动公开", *DAYS, LINK.format(1)],
        ["A2", "第一号公告（更正）", UNIT, "不予公开", *DAYS, LINK.format(1)],
        ["B1", "第二号公告", UNIT, "主动公开", *DAYS, LINK.format(2)],
        ["", "第二号公告", UNIT, "依申请公开", *DAYS, ""],
        ["C1", "会议纪要", UNIT, "主动公开", *DAYS, LINK.format(3)],
        ["C2", "会议纪要", UNIT, "不予公开", *DAYS, LINK.format(4)],
        *([f"D{n}", f"第D{n}号公告", UNIT, "主动公开" if n else "不予公开", *DAYS, "https://www.qichuan.example/"] for n in range(4)),
        *(
            [f"E{n}", f"第E{n}号公告", UNIT, "主动公开" if n else "不予公开", *DAYS, "https://www.qichuan.example/col/index.html"]
            for n in range(9)
        ),
    ],
)


def test_what_a_row_says_of_its_record_holds_under_another_number_of_the_same_link_or_title(made: County) -> None:
    assert released(made, "same.csv") == {"C1", *(f"D{n}" for n in range(1, 4)), *(f"E{n}" for n in range(1, 9))}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> County:
    """All cases of this file but those of versions."""
    others = {f"{name}/a.csv": csv(header, [make(n, word) for n, word in enumerate(WORDS)]) for name, (header, make) in OTHERS.items()}
    own = {
        "attribute": ATTRIBUTE,
        "approval": SAID_TO_SAY_NOTHING,
        "titles": TITLES,
        "reviewed": REVIEWED,
        "contradictory": CONTRADICTORY,
        "same": SAME_LINK_OR_TITLE,
        "own-cells": OWN,
    } | {header: with_channel(header) for header in CHANNELS}
    files = dict(asking()) | {f"disclosures/{name}.csv": data for name, data in own.items()}
    return a_county(tmp_path_factory.mktemp("leaving"), files | others | WITHDRAWALS | BARE_WITHDRAWALS).built()
