"""A document's own mark of disclosure or secrecy is found wherever and however it is printed; prose about disclosure is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from flows.sources.plans.marks import attribute_of, read_marks, strictest
from flows.sources.plans.text import read_text

BODY = """澜泽市雾泊县2026年政务公开工作要点
雾府办发〔2026〕8号
各镇人民政府，县政府各部门：
一、加强公开
（一）公开财政预决算。责任单位：县财政局。完成时限：2026年12月底前。
（二）规范依申请公开办理，不予公开的信息要说明理由，严守国家秘密，内部资料不得外传。责任单位：县政府办公室。完成时限：2026年9月底前。
雾泊县人民政府办公室
2026年3月5日"""

MARKS: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("marks.yaml").read_text("utf-8"))
PROSE = MARKS.pop("prose")
PLACES = {
    "first": "{mark}\n{body}",
    "last": "{body}\n{mark}",
    "last but a footer": "{body}\n{mark}\n抄送：县委办公室，县人大常委会办公室。\n雾泊县人民政府办公室 2026年3月5日印发",
    "above the number": "{title}\n{mark}\n{rest}",
}


def placed(mark: str, place: str) -> str:
    title, _, rest = BODY.partition("\n")
    return PLACES[place].format(mark=mark, body=BODY, title=title, rest=rest)


def kind_of(text: str, name: str = "plan.txt") -> str | None:
    mark = strictest(read_marks(read_text(text.encode(), name)))
    return mark.kind if mark else None


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("kind", "mark"), [(kind, mark) for kind, marks in MARKS.items() for mark in marks])
def test_a_mark_says_what_it_says_wherever_it_stands(kind: str, mark: str, place: str) -> None:
    assert kind_of(placed(mark, place)) == kind


def test_a_document_without_a_mark_says_nothing() -> None:
    assert read_marks(read_text(BODY.encode(), "plan.txt")) == []
    assert attribute_of([]) is None


@pytest.mark.parametrize("prose", PROSE)
def test_prose_about_disclosure_is_no_mark(prose: str) -> None:
    assert kind_of(BODY.replace("一、加强公开", f"一、加强公开\n{prose}")) is None


TABLES = (
    ("|索引号|LZ-01|发布机构|雾泊县|\n|公开方式|依申请公开|公开时限|长期|", "on_request"),
    ("|索引号|公开属性|文号|\n|LZ-01|不予公开|雾府办发〔2026〕8号|", "withheld"),
    ("公开类别\n不予公开", "withheld"),
    ("公开类别：\n其他", "unknown"),
    ("索引号：\nLZ-01\n密级：\n秘密", "secret"),
    ("序号\t事项\t公开属性\n1\t预算\t主动公开\n2\t名单\t不予公开", "unknown"),
)


@pytest.mark.parametrize(("table", "kind"), TABLES)
def test_a_label_may_stand_beside_or_above_its_word(table: str, kind: str) -> None:
    assert kind_of(f"{table}\n{BODY}") == kind


@pytest.mark.parametrize(
    ("marks", "kind"),
    [
        ("（此件公开发布）\n秘密★1年", "secret"),
        ("公开属性：主动公开\n（此件不予公开）", "withheld"),
        ("公开属性：依申请公开\n公开方式：主动公开", "on_request"),
    ],
)
def test_of_two_marks_the_stricter_holds(marks: str, kind: str) -> None:
    assert kind_of(f"{BODY}\n{marks}") == kind


@pytest.mark.parametrize("mark", ["（此件不予公开）", "公开属性：依申请公开", "秘密★1年", "内部资料 不得外传"])
def test_a_mark_in_text_that_runs_on_in_one_line_counts(mark: str) -> None:
    assert kind_of(BODY.replace("\n", " ") + " " + mark + " 附件：任务分解表") not in {None, "public"}


@pytest.mark.parametrize("mark", ["（此件不予公开）", "依申请公开", "公开属性：不予公开"])
def test_a_mark_on_a_web_page_counts_and_its_menu_does_not(mark: str) -> None:
    menu = "<nav><li>依申请公开</li><li>政府信息公开指南</li></nav>"
    lines = "".join(f"<p>{line}</p>" for line in BODY.split("\n"))
    assert kind_of(f"<html><body>{menu}<div class='TRS_Editor'>{lines}</div></body></html>", "plan.html") is None
    assert kind_of(f"<html><body>{menu}<div class='TRS_Editor'>{lines}<p>{mark}</p></div></body></html>", "plan.html") in {
        "withheld",
        "on_request",
    }
