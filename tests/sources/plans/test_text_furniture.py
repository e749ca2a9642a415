"""Which lines are the site's, which faults are the scanner's, and which are the plan's own and stay untouched."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.sources.plans.formats.boilerplate import FURNITURE, Furniture, is_furniture
from flows.sources.plans.text import SourceText, read_text

SHARED = Path(__file__).parents[4] / "shared" / "plans"


def read(*lines: str) -> SourceText:
    return read_text("\n".join(lines).encode(), "a.txt")


def kinds(source: SourceText) -> list[str]:
    return [line.kind for line in source.lines]


def repaired(*lines: str) -> list[str]:
    """The lines as their repairs say they are to be read."""
    source = read(*lines)
    text = source.text
    for repair in reversed(source.repairs):
        text = text[: repair.start] + repair.read_as + text[repair.end :]
    return text.split("\n")


@pytest.mark.parametrize("furniture", FURNITURE, ids=lambda each: each.name)
def test_each_kind_of_furniture_knows_its_example(furniture: Furniture) -> None:
    assert furniture.pattern.fullmatch(furniture.example)
    assert is_furniture(f"  {furniture.example}\u3000")


@pytest.mark.parametrize(
    "line",
    [
        "政策解读", "政务公开", "附件", "主动公开", "大", "中", "责任单位", "2", "3/4", "——", "更新", "首页改版",
        "主办单位:县政府办 承办单位:县教育局", "主办单位:县政府办,承办单位:各乡镇,完成时限:6月底前", "责任单位:县大数据中心(技术支持:县电信公司)",
        "(五)完善政府网站ICP备案和公安备案管理,及时更新网站标识码信息。", "设置二维码,群众扫一扫即可查看政策", "在首页 > 政务公开栏目集中展示",
        "政务公开 政策解读 依申请公开", "机构职能 | 政策文件 | 依申请公开", "3.网站浏览量、访问量按季度通报", "下载次数", "第三页", "转发省政府办公厅文件的通知",
        "分享经验做法", "联系我们专栏每日更新", "本站点由县政府办负责管理", "推荐使用国产软件", "版权所有权归属由县文旅局审核。",
    ],
)  # fmt: skip
def test_a_plans_own_words_are_never_furniture(line: str) -> None:
    assert not is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "【打印】 【关闭】", "打印本页  关闭窗口", "分享到:微信 微博", "首页 | 政务公开 | 互动交流 | 登录", "- 12 -", "—3—", "第 3 页 共 12 页", "上一页 下一页 尾页",
        "字体:【大 中 小】", "浏览次数:57", "阅读:108次", "扫一扫在手机打开当前页", "Copyright 2020-2024 All Rights Reserved.", "下一篇:没有了",
        "网站地图 | 联系我们 | 关于我们",
        "您现在所在的位置:首页>信息公开>工作要点", "============",
    ],
)  # fmt: skip
def test_lines_that_sites_add_are_furniture(line: str) -> None:
    assert is_furniture(line)


def test_fields_above_a_document_are_metadata_with_their_labels_as_printed() -> None:
    source = read(
        "某县工作要点", "信息来源: 县政府办 | 发布时间: 2025-03-20 09: 30 | 浏览次数: 12 |", "各乡镇:", "一、公开时间:每月5日", "时间:全年"
    )
    assert source.metadata == {"信息来源": "县政府办", "发布时间": "2025-03-20 09: 30"}
    assert kinds(source) == ["text", "metadata", "text", "text", "text"]


def test_a_block_of_labels_and_a_rule_end_where_the_body_begins() -> None:
    source = read("标题: 某县工作要点", "文号: ", "发布机构: 县政府办", "页面图片另存", "===== 正文 =====", "各乡镇:", "牵头单位:县政府办")
    assert source.metadata == {"标题": "某县工作要点", "文号": "", "发布机构": "县政府办"}
    assert kinds(source) == ["metadata"] * 4 + ["boilerplate", "text", "text"]


def test_values_below_their_labels_and_labels_with_bullets_are_fields() -> None:
    source = read(
        "返回顶部",
        "  • 索引号:",
        "",
        "    51082/2025-7",
        "  • 主题分类:",
        "  • 发文日期:",
        "    2025年3月18日",
        "  • 内容概述:",
        "",
        "某县工作规则",
        "一、总则",
    )
    assert source.metadata == {"索引号": "51082/2025-7", "主题分类": "", "发文日期": "2025年3月18日", "内容概述": ""}
    assert kinds(source)[-2:] == ["text", "text"]
    bulleted = read("• 索引号 qc/2025-3", "• 发布机构 县政府办", "• 文号", "• 名称 某县工作要点", "某县工作要点", "一、总则")
    assert bulleted.metadata == {"索引号": "qc/2025-3", "发布机构": "县政府办", "文号": "", "名称": "某县工作要点"}


def test_front_matter_is_metadata_and_a_lone_rule_is_not() -> None:
    source = read("---", "标题: '要点'", "文号: 某府办〔2025〕1号", "---", "", "正文")
    assert source.metadata == {"标题": "要点", "文号": "某府办〔2025〕1号"}
    assert kinds(source)[:4] == ["metadata"] * 4
    assert kinds(read("---", "正文没有字段", "---"))[1] == "text"


def test_one_labelled_line_of_a_plan_stays_its_own() -> None:
    assert kinds(read("某县活动方案", "时间:2025年5月", "地点:县政务大厅", "一、目的")) == ["text"] * 4


def test_the_name_of_an_uploaded_file_is_its_title() -> None:
    source = read("某局工作计划.docx", "", "上传人:甲 文档编号:7 上传时间:2025-01-01 格式:DOCX", "1、为做好公开工作")
    assert source.metadata["标题"] == "某局工作计划"
    assert kinds(source) == ["metadata", "text", "boilerplate", "text"]


def test_page_marks_of_download_sites_are_read_as_nothing() -> None:
    first = "1、为做好公开工作制定本计划。一、总则(一)按月公开预算执行情况,接受群众监督,主任由局长兼"
    second = "2、任。(二)按季公开项目进展情况,由办公室汇总后统一发布,并做好解释说明和舆情回应工作。"
    assert repaired(first, "", second) == [first[2:], "", second[2:]]
    assert repaired("1、按月公开预算执行情况,接受群众监督。", "2、按季公开项目进展情况,由办公室汇总。") == [
        "1、按月公开预算执行情况,接受群众监督。",
        "2、按季公开项目进展情况,由办公室汇总。",
    ]


def test_scanning_faults_are_kept_as_printed_and_read_as_meant() -> None:
    faulty = "(一)加强公开L健全机制。解读率达到90%o完善目录。2 .公开结果。(=)抓好落实。L明确分工。2.按时报送。(Ξ)强化督查。二O二五年"
    meant = "(一)加强公开1.健全机制。解读率达到90%。完善目录。2.公开结果。(二)抓好落实。1.明确分工。2.按时报送。(三)强化督查。二〇二五年"
    assert repaired(faulty) == [meant]
    assert read(faulty).text == faulty
    rules = {repair.rule for repair in read(faulty).repairs}
    assert rules == {"scanned_one", "scanned_stop", "spaced_number", "scanned_number", "scanned_zero"}


@pytest.mark.parametrize(
    "line", ["建设L型挡墙2.5公里。", "选用APP和LED屏。2.更新", "血型O型", "(A)类事项", "推广O2O服务", "温度(-)5度", "占比90%以上"]
)
def test_letters_and_signs_that_belong_there_are_left_alone(line: str) -> None:
    assert repaired(line) == [line]


def test_spaces_inside_words_are_read_away_but_columns_and_titles_keep_theirs() -> None:
    prose = "各部门要依托政府网站做好政策发布,及时回应社会 关切,按季度报送工作进展情况,年底前完成目录更新,由县政府办汇总。"
    assert repaired(prose) == [prose.replace(" ", "")]
    assert repaired("责 任 单 位") == ["责任单位"]
    assert repaired(" ".join(prose.replace(" ", ""))) == [prose.replace(" ", "")]
    for line in ("组 长: 张三 县长", "1 更新目录 县政府办 6月底前", "甲 乙", "青川县人民政府办公室 2025年3月18日"):
        assert repaired(line) in ([line], [line.replace("甲 乙", "甲乙")])
    assert repaired("序号 | 任务", "1 | 更新公开 目录 | 县政府办") == ["序号 | 任务", "1 | 更新公开目录 | 县政府办"]


def test_signs_of_markdown_are_read_away_in_markdown_only() -> None:
    line = "**1\\.公开预算。** 见[目录](https://example.cn/a?b=1),*按月*更新[注]。"
    source = read_text(line.encode(), "a.md")
    assert [repair.found for repair in source.repairs] == ["**", "\\", "**", "[", "](https://example.cn/a?b=1)"]
    assert read(line).repairs == ()


def test_a_path_glued_to_the_text_is_marked_to_be_read_away() -> None:
    line = "当前位置: 首页工作要点 某县工作要点 时间:2025-03-20 微信 微博 某县工作要点 各乡镇:现将要点印发给你们。"
    assert repaired(line) == ["某县工作要点 各乡镇:现将要点印发给你们。"]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the eight real plans are not beside this repository")
def test_no_line_with_a_clause_of_a_real_plan_is_taken_for_furniture() -> None:
    for path in sorted(SHARED.glob("*.txt")):
        source = read_text(path.read_bytes(), path.name)
        taken = [line.text for line in source.lines if line.kind in {"boilerplate", "metadata"}]
        assert not [text for text in taken if "责任单位" in text or "牵头" in text or "完成时限" in text], path.name
        assert sum(map(len, taken)) < 0.25 * len(source.text), path.name
