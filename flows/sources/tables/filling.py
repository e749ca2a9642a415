"""Rows below a header that say how to fill in the ones below them: numbers of columns, hints, names of fields, an example. They are no records."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exports.sql_text import literal

FILLING = re.compile(
    r"^[(（]?(必填|选填|非?必录|可空|可不填)[项]?([)）,，、;；:：].*)?$|^(格式|示例|样例|例)[:：].*|^(请)?(填|填写|选择|下拉)[^局委办府]*$|^(填)?(单位)?(规范)?(全称|简称)$"
    r"|^年[-/.年]?月[-/.月]?日?$|^[yY]{4}[-/.年]?[mM]{1,2}[-/.月]?[dD]{0,2}日?$|^(文本|文字|日期|数字|整数|下拉选择|字符)(型|格式)?$"
)
FIELD_NAME = re.compile(r"^[A-Za-z][A-Za-z_ .\d]*$")
EXAMPLE = re.compile(r"^[(（\[【]?(填写|填报)?(示例|样例|范例|举例|例)\d*([)）\]】]|[:：].*)?$")
MOST_ROWS = 3  # directly below a header that say how to fill in; where more rows look so, they are records of that form
STEMS = ("甲乙丙丁戊己庚辛壬癸", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def says_how(texts: Sequence[str], required: Sequence[int]) -> bool:
    """Whether a row says how to fill in the ones below: numbers or letters of the columns, hints, names of fields, an example."""
    filled = [text for text in texts if text]
    if filled and EXAMPLE.match(filled[0]):
        return True
    if len(filled) < 2 or not all(texts[position] for position in required):
        return False
    bare = [text.strip("()（） 栏列") for text in filled]
    counts = [int(text) for text in bare if text.isdecimal() and len(text) < 3]
    is_counted = len(counts) > 1 and counts == list(range(counts[0], counts[0] + len(counts))) and len(counts) >= len(filled) - 1
    is_lettered = any(stems.find("".join(bare)) >= 0 for stems in STEMS)
    return is_counted or is_lettered or all(map(FILLING.match, filled)) or all(map(FIELD_NAME.match, filled))


def says_how_sql(required: Sequence[str], order: Sequence[str]) -> str:
    """SQL: the same of a row of plain text whose columns are `order`. The last of the columns that must be there names a unit or a day,
    which no number, letter or word of Latin script is: a glance at it spares most rows the rest.
    """
    last = required[-1]
    glance = f"(strlen({last}) = length({last}) or length({last}) = 1 or regexp_matches({last}, '[填选称年格例(（]'))"
    there = " and ".join(f"{column} is not null" for column in required)
    filled = f"list_filter([{', '.join(order)}], cell -> cell is not null)"
    bare = f"list_transform({filled}, cell -> trim(cell, '()（） 栏列'))"
    numbers = f"list_transform({bare}, cell -> if(length(cell) < 3, try_cast(cell as integer), null))"
    counts = f"list_filter({numbers}, number -> number is not null)"
    is_counted = (
        f"(len({counts}) > 1 and len({counts}) >= len({filled}) - 1 and {counts} = range({counts}[1], {counts}[1] + len({counts})))"
    )
    is_lettered = " or ".join(f"contains({literal(stems)}, array_to_string({bare}, ''))" for stems in STEMS)
    each = [
        f"list_bool_and(list_transform({filled}, cell -> regexp_matches(cell, {literal(form)})))"
        for form in (FILLING.pattern, FIELD_NAME.pattern)
    ]
    looks = f"({' or '.join([is_counted, is_lettered, *each])})"
    first = f"coalesce({', '.join(order)})"
    return f"({glance} and {there} and len({filled}) > 1 and {looks}) or regexp_matches({first}, {literal(EXAMPLE.pattern)})"
