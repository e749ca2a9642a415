"""A table of bars that stands on one line is read as it is on lines of its own, however its rows were closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from flows.sources.plans import read_plan
from tests.sources.plans.answers import tasks_of

HEAD = ("序号", "工作任务", "牵头单位", "配合单位", "完成时限")
ROWS = (
    ("1", "绘制古树名木分布图，挂牌保护。", "县林业局", "各乡镇、县自然资源局", "5月底前"),
    ("2", "公布渔船检验目录", "县渔政站", "县交通局", "持续推进"),
    ("3", "开放方志馆藏书阁", "县档案馆", "县文旅局、县教育局", "9月底前"),
)
ANSWER = [
    ["1", "绘制古树名木分布图,挂牌保护", ["县林业局"], ["各乡镇", "县自然资源局"], "2023-05-31"],
    ["2", "公布渔船检验目录", ["县渔政站"], ["县交通局"], "ongoing"],
    ["3", "开放方志馆藏书阁", ["县档案馆"], ["县文旅局", "县教育局"], "2023-09-30"],
]
Row = Sequence[str]
SHAPES: dict[str, Callable[[Row], str]] = {
    "rows closed by a bar": lambda row: " | ".join(row) + " |",
    "rows open at both ends": " | ".join,
    "rows inside bars": lambda row: "| " + " | ".join(row) + " |",
    "one cell a line with a bar behind each": lambda row: "".join(f"{cell}|" for cell in row),
    "drawn": lambda row: "├──┼──┼──┼──┼──┤│" + "│".join(row) + "│",
}


def read(text: str) -> list[list[object]]:
    return tasks_of(read_plan(text.encode(), "plan.txt").as_answer())


@pytest.mark.parametrize("title", ["2023年云溪县重点任务清单", "各乡镇：现将任务分解表印发给你们。附件2023年任务表"])
@pytest.mark.parametrize("shape", SHAPES)
def test_rows_are_found_without_line_ends(shape: str, title: str) -> None:
    write = SHAPES[shape]
    assert read(title + "".join(map(write, (HEAD, *ROWS)))) == ANSWER


@pytest.mark.parametrize("shape", ["rows closed by a bar", "rows inside bars"])
def test_a_header_of_two_rows_and_sections_between(shape: str) -> None:
    write = SHAPES[shape]
    upper = ("序号", "工作任务", "责任分工", "", "完成时限")
    lower = ("", "", "牵头单位", "配合单位", "")
    section = ("二、便民服务", "", "", "", "")
    assert read("2023年任务表" + "".join(map(write, (upper, lower, *ROWS[:2], section, ROWS[2])))) == ANSWER


def test_numbers_inside_the_task_and_an_empty_cell() -> None:
    rows = (
        ("工作任务", "具体要求", "责任单位", "完成时限"),
        ("一、普查", "1.清点古井。", "县水务局", "6月底前"),
        ("", "2.登记石刻。", "县文旅局", "全年"),
    )
    assert read("2023年任务表" + "".join(map(SHAPES["rows closed by a bar"], rows))) == [
        ["1", "清点古井", [], ["县水务局"], "2023-06-30"],
        ["2", "登记石刻", [], ["县文旅局"], "year_round"],
    ]


def test_words_behind_the_last_row_are_no_part_of_it() -> None:
    text = "2023年任务表" + "".join(map(SHAPES["rows open at both ends"], (HEAD, *ROWS))) + "云溪县人民政府办公室2023年3月1日印发"
    assert read(text)[-1] == ANSWER[-1]


def test_labels_beside_their_values_are_no_header() -> None:
    assert read("索引号 | 112233 | 发布机构 | 云溪县林业局 | 公开方式 | 主动公开 | 有效性 | 有效 |") == []


def test_a_drawn_table_whose_cells_end_at_different_lines_is_said_and_not_read() -> None:
    text = """2023年任务表
┌──────┬──────┬────┐
│工作任务│牵头单位│时限│
├──────┼──────┼────┤
│修缮古桥│县文旅局│年底│
├──────┤      │    │
│清点碑刻│        │    │
└──────┴──────┴────┘
一、公开名录。责任单位:县文旅局
"""
    answer = read_plan(text.encode(), "plan.txt").as_answer()
    assert [task["title"] for task in answer["tasks"]] == ["公开名录"]
    assert answer["is_incomplete"]
    assert "第 6 行" in answer["losses"][0]["loss_text"]
