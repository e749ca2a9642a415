"""What a document says of itself: its title, number, issuer, dates, recipients, and what it rests on."""

from __future__ import annotations

from typing import Any

import pytest

from flows.sources.plans import read_plan

BODY = "\n一、工作任务\n(一)公开预算。责任单位:县财政局。\n"


def facts(head: str, tail: str = "") -> dict[str, Any]:
    document: dict[str, Any] = read_plan((head + BODY + tail).encode(), "plan.txt").as_answer()["document"]
    return document


HEADS = {
    "a notice with number, salutation and signature": (
        (
            "临泽县人民政府办公室\n关于印发2021年政务公开工作要点的通知\n临政办发〔2021〕61 号\n各乡镇人民政府:\n"
            "现将要点印发给你们。\n临泽县人民政府办公室\n2021年6月3日\n2021年政务公开工作要点"
        ),
        ("临泽县人民政府办公室关于印发2021年政务公开工作要点的通知", "临泽县人民政府办公室", "临政办发〔2021〕61号", "2021-06-03", 2021),
    ),
    "the number above the title, in rare brackets": (
        "临政办函﹝2026﹞ 5 号\n关于2026年政务公开重点工作的通知\n各单位:\n现就有关事项通知如下。\n临泽县人民政府办公室\n二〇二六年三月九日",
        ("关于2026年政务公开重点工作的通知", "临泽县人民政府办公室", "临政办函﹝2026﹞5号", "2026-03-09", 2026),
    ),
    "numbers of others only": (
        "2022年政务公开实施方案\n根据《国务院办公厅关于印发要点的通知》(国办发〔2022〕8号)和甘政办发〔2022〕55号文件精神,制定本方案。",
        ("2022年政务公开实施方案", None, None, None, 2022),
    ),
    "joint issuers, one name after the other": (
        "关于印发实施细则的通知\n中共古浪县委办公室古浪县人民政府办公室\n2018年1月5日\n实施细则",
        ("关于印发实施细则的通知", "中共古浪县委办公室、古浪县人民政府办公室", None, "2018-01-05", 2018),
    ),
    "joint issuers of a whole district, two to a line": (
        ("关于印发行动方案的通知\n甘州区发展和改革局甘州区财政局\n甘州区教育局甘州区商务局\n甘州区水务局\n2024年1月5日\n行动方案"),
        (
            "关于印发行动方案的通知",
            "甘州区发展和改革局、甘州区财政局、甘州区教育局、甘州区商务局、甘州区水务局",
            None,
            "2024-01-05",
            2024,
        ),
    ),
    "sounds in brackets behind rare characters": (
        "肅政發(fā)〔2020〕5號\n各鄉鎮人民政府:\n現印發給你們。\n肅南縣人民政府\n2020年2月22日\n肅南縣2020年工作計劃",
        ("肅南縣2020年工作計劃", "肅南縣人民政府", "肅政發(fā)〔2020〕5號", "2020-02-22", 2020),
    ),
    "the number in brackets on a line of its own": (
        "高台县人民政府关于扩大对外开放若干举措的意见\n(高政发〔2015〕8号)\n各乡镇人民政府:\n根据《省政府关于扩大开放的意见》(甘政发〔2014〕61号),提出如下意见:",
        ("高台县人民政府关于扩大对外开放若干举措的意见", "高台县人民政府", "高政发〔2015〕8号", None, 2015),
    ),
    "the number in brackets behind a title that runs on into the greeting": (
        "民乐县人民政府关于做好防汛备汛的通知(民政发〔2019〕17号)各乡镇人民政府:现就有关事项通知如下。\n民乐县人民政府\n2019年4月2日",
        ("民乐县人民政府关于做好防汛备汛的通知", "民乐县人民政府", "民政发〔2019〕17号", "2019-04-02", 2019),
    ),
    "attachments that begin with a year behind their number": (
        "各街道:\n现将任务分解印发给你们。\n附件:1.2019年重点项目分解表\n2. 2019年实事项目分解表\n山丹县人民政府办公室\n2019年2月15日\n附件1\n2019年重点项目分解表",
        ("2019年重点项目分解表", "山丹县人民政府办公室", None, "2019-02-15", 2019),
    ),
    "a field whose neighbour no list knows, a path of the site above the title": (
        ">> 专题集锦 >> 往年专题 >> 2023重点工作(归档)\n发布机构: 肃南县教育局 公开方式: 主动公开\n文件编号: 肃教发〔2023〕9号 归口编号:\n肃南县教育局2023年工作要点",
        ("肃南县教育局2023年工作要点", "肃南县教育局", "肃教发〔2023〕9号", None, 2023),
    ),
    "a time before the source": (
        "关于山丹农场2020年任务分工方案的通知\n2020-06-30 17:41     来源: 山丹农场管理委员会     作者: 山丹农场管理委员会\n各分场:\n现通知如下:",
        ("关于山丹农场2020年任务分工方案的通知", "山丹农场管理委员会", None, None, 2020),
    ),
    "a blank that became a question mark before the day": (
        "关于做好2020年实事的通知\n各镇:现将方案印发给你们,请认真落实。 甘州区人民政府办公室? 2020年1月23日(此件公开发布)\n2020年实事方案",
        ("关于做好2020年实事的通知", "甘州区人民政府办公室", None, "2020-01-23", 2020),
    ),
    "nobody signs, the plan's own title names who made it": (
        "关于印发《临泽县水务局2024年工作要点》的通知\n各科室:\n现印发给你们。\n20240327",
        ("关于印发《临泽县水务局2024年工作要点》的通知", "临泽县水务局", None, None, 2024),
    ),
    "a title whose last words stand in the next line": (
        "高台县人民政府办公室\n关于分解落实2019年政府工作报告\n主要目标任务的通知\n各镇:\n现印发给你们。",
        ("高台县人民政府办公室关于分解落实2019年政府工作报告主要目标任务的通知", "高台县人民政府办公室", None, None, 2019),
    ),
    "a site's day of the week and its time of publication": (
        "甘肃省高台县人民政府 2021年12月3日星期五\n高台县2023年度绿化工作计划\n2024-03-28 09:18\n为推进绿化,制定本计划。",
        ("高台县2023年度绿化工作计划", None, None, None, 2023),
    ),
    "years of a cited span": (
        "民乐县人民政府\n关于印发民乐县创建方案的通知\n各镇:\n现印发给你们。\n2019年7月17日\n民乐县创建方案\n根据《国务院关于印发质量纲要(2011—2020年)的通知》,制定本方案。",
        ("民乐县人民政府关于印发民乐县创建方案的通知", "民乐县人民政府", None, "2019-07-17", 2019),
    ),
    "a title in quotation marks with sounds in it": (
        "《肅南縣人民政府關(guān)于印發(fā)肅南縣植樹方案的通知》\n各鄉鎮:\n2018年10月16日\n肅南縣植樹方案",
        ("肅南縣人民政府關(guān)于印發(fā)肅南縣植樹方案的通知", "肅南縣人民政府", None, "2018-10-16", 2018),
    ),
    "joint issuers on lines of their own above what they issue": (
        "祁连发〔2021〕5号\n中共祁连新区工作委员会\n祁连新区管理委员会\n关于印发《草原修复方案》的通知\n各镇:\n现印发给你们。\n2021年3月15日",
        (
            "中共祁连新区工作委员会祁连新区管理委员会关于印发《草原修复方案》的通知",
            "中共祁连新区工作委员会、祁连新区管理委员会",
            "祁连发〔2021〕5号",
            "2021-03-15",
            2021,
        ),
    ),
    "a site's subject before the title, sounds in the name of who signs": (
        "政务服务丨肃南縣人民政府关于草場輪牧的实施意见\n各鄉鎮:\n現印發給你們。\n肅南縣發(fā)展改革局\n2021年3月2日",
        ("肃南縣人民政府关于草場輪牧的实施意见", "肅南縣發(fā)展改革局", None, "2021-03-02", 2021),
    ),
    "a list of attachments above the title": (
        "各乡镇人民政府:\n现将有关安排印发给你们。\n附件:1.2020年重点工作责任分解\n2.民生实事责任分解\n民乐县人民政府办公室\n2020年5月22日\n附件1\n2020年重点工作责任分解",
        ("2020年重点工作责任分解", "民乐县人民政府办公室", None, "2020-05-22", 2020),
    ),
    "the site's fields with an empty number, the site as issuer": (
        (
            "标题: 高台县文化和旅游局2020年政务公开工作方案\n文号: \n"
            "发布机构: 高台县人民政府门户网站\n发布时间: 2020-05-20 10:00\n==== 正文 ====\n高文旅发〔2020〕12号\n高台县文化和旅游局2020年政务公开工作方案"
        ),
        ("高台县文化和旅游局2020年政务公开工作方案", "高台县文化和旅游局", "高文旅发〔2020〕12号", None, 2020),
    ),
    "a decision of a meeting is not the signature": (
        "关于印发2019年工作要点的通知\n各单位:\n要点已经2019年3月1日第5次常务会议通过,现印发。\n山丹县水务局\n2019年3月8日",
        ("关于印发2019年工作要点的通知", "山丹县水务局", None, "2019-03-08", 2019),
    ),
    "next year's plan, signed the year before": (
        "民乐县2023年政务公开工作计划\n为做好工作,制定本计划。\n民乐县人民政府办公室\n2022年12月28日",
        ("民乐县2023年政务公开工作计划", "民乐县人民政府办公室", None, "2022-12-28", 2023),
    ),
    "a title over two lines": (
        "肃南县全面推进基层政务公开标准化\n规范化建设工作实施方案\n为推进建设,制定本方案。",
        ("肃南县全面推进基层政务公开标准化规范化建设工作实施方案", None, None, None, None),
    ),
    "a title in book marks behind the number": (
        "临政办发〔2016〕8号《临泽县人民政府办公室关于印发〈临泽县2016年工作要点〉的通知》\n各乡镇:\n请执行。\n临泽县人民政府办公室\n2016年5月3日",
        ("临泽县人民政府办公室关于印发〈临泽县2016年工作要点〉的通知", "临泽县人民政府办公室", "临政办发〔2016〕8号", "2016-05-03", 2016),
    ),
    "where the page stands on its site is no title": (
        "信息公开 >> 山丹县人民政府 >> 信息公开制度\n关于做好2019年重点工作任务分工的通知\n各乡镇:\n请执行。",
        ("关于做好2019年重点工作任务分工的通知", None, None, None, 2019),
    ),
    "the site names in full who the title names by half": (
        (
            "文 号 | 高政办〔2022〕6号 | 发文日期 | 2022-01-30 16:20 |\n---|---|---|---|\n发布机构 | 高台区人民政府办公室 | 有 效 性 | 有效 |\n"
            "区人民政府办公室关于印发2022年任务分解方案的通知\n各街道:\n请执行。"
        ),
        ("区人民政府办公室关于印发2022年任务分解方案的通知", "高台区人民政府办公室", "高政办〔2022〕6号", "2022-01-30", 2022),
    ),
    "typing errors in the date": (
        "2019年要点分解方案\n各科室:\n请遵照执行。\n永昌县教育局\n2O19年l0月8曰",
        ("2019年要点分解方案", "永昌县教育局", None, "2019-10-08", 2019),
    ),
}


@pytest.mark.parametrize("case", HEADS)
def test_the_head_of_a_document_names_it(case: str) -> None:
    head, (title, issuer, number, issued, year) = HEADS[case]
    read = facts(head)
    number = number and number.replace(" ", "")
    assert (read["title"], read["issuer"], read["doc_number"] and read["doc_number"].replace(" ", ""), read["issued_on"], read["year"]) == (
        title,
        issuer,
        number,
        issued,
        year,
    )


def test_the_day_on_the_web_is_not_the_day_of_signing() -> None:
    read = facts(
        "标题: 某县2021年要点\n发布时间: 2021-07-09\n发布机构: 某县人民政府\n==== 正文 ====\n某县2021年要点\n",
        tail="某县人民政府办公室\n2021年6月30日\n",
    )
    assert (read["issued_on"], read["published_on"]) == ("2021-06-30", "2021-07-09")


def test_recipients_and_disclosure_attribute_are_kept() -> None:
    read = facts("某县2021年要点\n各乡镇人民政府、街道办事处,县直各部门:\n现印发给你们。\n(此件主动公开)")
    assert read["recipients"] == ["各乡镇人民政府", "街道办事处", "县直各部门"]
    assert read["attribute"] == "主动公开"


def test_the_documents_it_rests_on_keep_their_numbers() -> None:
    read = facts("某县2021年要点\n根据《某省2021年政务公开要点》(某政办发〔2021〕3号)和《中华人民共和国政府信息公开条例》,制定本要点。")
    assert read["superior_documents"] == [
        {"title": "某省2021年政务公开要点", "doc_number": "某政办发〔2021〕3号"},
        {"title": "中华人民共和国政府信息公开条例", "doc_number": None},
    ]
    assert read["doc_number"] is None
