"""Tables without full rules: columns by the gaps in the whole table, rows by what their cells are set to, and nothing where that is not certain."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from reportlab.platypus import Paragraph

from flows.sources.plans.text import SourceText, read_text
from tests.sources.plans.shape_pdf import built, table
from tests.sources.plans.text_makers import BODY as STYLE

UNITS = ("区民政局", "区水利局", "区住房和城乡建设局", "区市场监督管理局", "区政府办公室", "区大数据发展中心", "区委宣传部")
WORDS = "统筹推进各类信息及时准确公布并回应群众关切完善制度加强培训做好归档"
HEADER = ["序号", "重点事项", "牵头单位", "配合单位", "时限"]


def plan_rows(seed: int, count: int = 8) -> list[list[str]]:
    chance = random.Random(seed)
    return [
        [
            str(number),
            "".join(chance.choices(WORDS, k=chance.randint(5, 34))),
            chance.choice(UNITS),
            "、".join(chance.sample(UNITS, chance.randint(1, 3))),
            f"{chance.randint(1, 12)}月底前",
        ]
        for number in range(1, count + 1)
    ]


def rows_of(source: SourceText) -> list[list[str]]:
    return [line.text.split(" | ") for line in source.lines if line.kind == "table"]


@pytest.mark.parametrize("lines", ["none", "three lines", "level lines", "shaded rows", "outer box", "upright lines"])
@pytest.mark.parametrize("align", ["TOP", "MIDDLE", "BOTTOM"])
@pytest.mark.parametrize("seed", [1, 2])
def test_rows_come_back_whole_or_it_is_said(lines: str, align: str, seed: int) -> None:
    rows = [HEADER, *plan_rows(seed)]
    source = read_text(built([table(lines, (32, 110, 80, 100, 60), align, 2 * seed, rows=rows)]), "a.pdf")
    found = rows_of(source)
    assert found == rows or (source.losses and not [row for row in found if row not in rows])
    assert "、" not in {row[2][-1:] for row in found}


@pytest.mark.parametrize("widths", [(32, 110, 80, 100, 60), (40, 200, 90, 120, 70), (24, 70, 54, 64, 50)])
def test_no_column_runs_into_another_whatever_their_widths(widths: tuple[int, ...]) -> None:
    rows = [HEADER, *plan_rows(7, 12)]
    source = read_text(built([Paragraph("附件", STYLE), table("none", widths, rows=rows)]), "a.pdf")
    known = {text for row in rows for text in row}
    assert all(text in known for row in rows_of(source) for text in row)
    assert len(rows_of(source)) == len(rows) or source.losses


def test_names_in_columns_are_no_table() -> None:
    names = [["张三", "李四", "王五"], ["赵六", "钱七", "孙八"], ["周九", "吴十", "郑一"], ["冯二", "陈三", "褚四"]]
    source = read_text(built([Paragraph("参会人员名单如下。", STYLE), table("none", (80, 80, 80), rows=names)]), "a.pdf")
    assert rows_of(source) == []
    assert source.losses == ()


def test_prose_is_never_taken_for_a_table() -> None:
    story = [Paragraph("".join(random.Random(seed).choices(WORDS + "，。", k=300)), STYLE) for seed in range(12)]
    source = read_text(built(story), "a.pdf")
    assert rows_of(source) == []
    assert source.losses == ()


def test_a_table_over_many_pages_goes_on_without_its_header() -> None:
    rows = [HEADER, *plan_rows(3, 70)]
    source = read_text(built([table("none", (32, 150, 100, 120, 60), padding=3, rows=rows)]), "a.pdf")
    assert len({line.page for line in source.lines}) > 2
    found = rows_of(source)
    assert [row for row in found if row not in rows] == []
    assert len(found) == len(rows)


def test_a_merged_cell_holds_for_the_rows_whose_middle_it_stands_in() -> None:
    rows = [HEADER, *plan_rows(5, 6)]
    for row in (2, 3):
        rows[row + 1][2] = ""
    rows[2][2] = "区民政局"
    spans = [("SPAN", (2, 2), (2, 4))]
    for lines in ("none", "level lines"):
        source = read_text(built([table(lines, (32, 150, 100, 140, 60), "MIDDLE", 4, rows=rows, spans=spans)]), "a.pdf")
        units = [row[2] for row in rows_of(source)[1:]]
        assert source.losses or units[1:4] == ["区民政局"] * 3


def test_the_order_of_lines_is_the_order_of_the_page() -> None:
    story = [
        Paragraph("一、第一部分。", STYLE),
        table("none", (32, 150, 100, 120, 60), rows=[HEADER, *plan_rows(4, 5)]),
        Paragraph("二、第二部分。", STYLE),
    ]
    source = read_text(built(story), "a.pdf")
    kinds = [line.kind for line in source.lines]
    assert kinds == ["text", *["table"] * 6, "text"]
    assert all(before.offset < after.offset for before, after in pairwise(source.lines))
