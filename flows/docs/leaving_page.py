"""docs/what-leaves.md: every rule by which something leaves or stays, in words a legal officer can check.

python -m flows.docs.leaving_page            write it
python -m flows.docs.leaving_page --check    only say whether it is current; exit code 1 if not

The tables are those that the code reads: `sql/reference/leaving_*.csv`, `hold_reasons.csv`, the descriptors of `exports/`.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator

from exports.catalog import PROJECT_ROOT, Catalog, Dataset, load_catalog
from exports.pages.documents import write_or_check
from flows.privacy.kinds import KINDS
from flows.sources.registers.statements import REFERENCE
from flows.warehouse.predicates import computed_columns

KINDS_OF_DOCUMENTS = PROJECT_ROOT / "flows" / "sources" / "plans" / "kinds.csv"
PAGE = PROJECT_ROOT / "docs" / "what-leaves.md"
QUESTIONS = {
    "attribute": ("公开属性是什么", "what its disclosure attribute is"),
    "is_public": ("是否公开", "whether it is public"),
    "is_on_request": ("是否依申请公开", "whether it is disclosed on request only"),
    "is_withheld": ("是否不予公开", "whether it is withheld"),
    "withheld_reason": ("为什么不予公开", "why it is withheld"),
    "is_secret": ("是否涉密、密级", "whether it is secret"),
    "review": ("审核是否通过", "whether review has passed it"),
    "is_approved": ("是否同意", "whether it was approved"),
    "is_online": ("是否在线", "whether it is online"),
    "is_withdrawn": ("是否已撤回", "whether it was withdrawn"),
    "remark": ("备注", "remarks"),
    "any": ("任何其他列", "any other column"),
    "unknown": ("台账中没有说明的列", "columns that the register does not name"),
    "title": ("标题末尾的标记", "a mark at the end of a title"),
    "heading": ("表头上方、分组标题、工作表名、文件名", "titles, headings between rows, names of sheets, files and folders"),
    "note": ("表中说明", "notes in a table"),
    "about_others": ("下列“除外”中的 {about_others}", "{about_others} below"),
}
SAYS = {
    "public": ("主动公开", "public"),
    "approved": ("审核通过", "approved"),
    "nothing": ("未表态", "says nothing"),
}
HEAD = """\
# 什么可以公布，什么保留 What leaves and what stays

> 本页由 `python -m flows.docs.leaving_page` 从代码所用的同一批表格写成；要改规则，请改表格。
> Written by `python -m flows.docs.leaving_page` from the very tables that the code goes by; change the tables, not this page.
"""


def page() -> str:
    """The page's text."""
    catalog = load_catalog()
    parts = [HEAD, *_rules(), *_reasons(), *_datasets(catalog), *_headers(), *_words(), *_patterns(), *_documents(), *_persons()]
    return "\n".join(parts) + "\n"


def _rules() -> Iterator[str]:
    for number, row in enumerate(_table("leaving_rules"), start=1):
        yield f"{number}. **{row['principle_title']} {row['principle_title_en']}.** {row['principle_text']} {row['principle_text_en']}"
    yield ""


def _reasons() -> Iterator[str]:
    yield "## 保留原因，从严到宽 Reasons for holding, the strictest first\n"
    yield "| | 原因 Reason | 怎样处理 What to do | 依据 Source |\n|---|---|---|---|"
    for number, row in enumerate(_table("hold_reasons"), start=1):
        reason = f"{row['reason_title']} {row['reason_title_en']} (`{row['hold_reason']}`)"
        yield f"| {number} | {reason} | {row['remedy_text']}。{row['remedy_text_en']} | {row['reason_source']} |"
    yield ""


def _datasets(catalog: Catalog) -> Iterator[str]:
    yield "## 各数据集 Dataset by dataset\n"
    yield "| 数据集 Dataset | 哪些行公布 Which rows leave | 公布时处理 Masked | 允许出现 Lawful |\n|---|---|---|---|"
    for dataset in catalog.published.values():
        yield f"| {dataset.title.zh} `{dataset.slug}` | {_rows(dataset, catalog)} | {_masked(dataset)} | {_lawful(dataset)} |"
    yield ""


def _rows(dataset: Dataset, catalog: Catalog) -> str:
    register = catalog.records.get(dataset.name)
    if register is None:
        return "由其他表计算，只计可公布的记录 computed of records that may leave"
    asked = computed_columns(dataset.name, register).get("is_released")
    return f"没有保留原因，且 nothing holds it, and `{asked}`" if asked else "没有保留原因 nothing holds it"


def _masked(dataset: Dataset) -> str:
    return "；".join(f"`{rule.column}`：{rule.reason.zh} {rule.reason.en}" for rule in dataset.masked) or "–"


def _lawful(dataset: Dataset) -> str:
    return "；".join(f"`{lawful.column}` {lawful.kind}：{lawful.reason.zh}" for lawful in dataset.lawful) or "–"


def _headers() -> Iterator[str]:
    yield "## 表头问的是什么 What headers ask\n"
    yield "问了的列，每个单元格都是回答，读不懂的回答按未知保留。Below a header that asks, each cell is an answer, and one that is not understood is held as unknown.\n"
    yield "| 所问 Question | 例 Example | 式样 Pattern | 除外 Unless | 依据 Source |\n|---|---|---|---|---|"
    for row in _table("leaving_headers"):
        zh, en = QUESTIONS[row["question"]]
        yield f"| {zh} {en} | {row['header_example']} | {_code(row['header_pattern'])} | {_code(row['unless_pattern'])} | {row['header_source']} |"
    yield ""


def _words() -> Iterator[str]:
    yield "## 写法 Words\n"
    yield "比对时不计空白、标点、全半角和繁简之别。White space, punctuation, width and traditional forms make no difference.\n"
    rows = _table("leaving_words")
    for question in dict.fromkeys(row["question"] for row in rows):
        zh, en = QUESTIONS[question]
        yield f"**{zh} {en}**\n"
        own = [row for row in rows if row["question"] == question]
        for says in dict.fromkeys(row["says"] for row in own):
            words = [row for row in own if row["says"] == says]
            yield f"- {_said(says)}：{'、'.join(row['written'] for row in words)}（{'；'.join(dict.fromkeys(row['word_source'] for row in words))}）"
        yield ""


def _patterns() -> Iterator[str]:
    yield "## 式样 Patterns\n"
    yield "写法表之外的，依次按式样判断。What no list has is held against patterns, in this order.\n"
    yield "| 在哪 Where | 含义 Says | 例 Example | 式样 Pattern | 除外 Unless | 最长 Longest |\n|---|---|---|---|---|---|"
    for row in _table("leaving_patterns"):
        zh, en = QUESTIONS[row["question"]]
        longest = row["longest"] if row["longest"] != "0" else "–"
        yield f"| {zh} {en} | {_said(row['says'])} | {row['word_example']} | {_code(row['word_pattern'])} | {_code(row['unless_pattern'])} | {longest} |"


def _documents() -> Iterator[str]:
    """Plan documents: what their marks mean for them, and which kinds are plans."""
    yield "\n## 计划文件 Plan documents\n"
    yield (
        "文件自身的标志（公开属性、密级、内部资料）管住文件、任务、目标和引用它的一切，各版本从严；不认识的标志由人决定。只有判明为计划的文件才发布。"
        "A document's own mark (attribute, secrecy, internal use) rules it, its tasks, its targets and whatever quotes it, the strictest of all "
        "versions; a mark that is not known waits for a person. Only documents known to be plans leave. "
        "[怎样识读、怎样决定 How it is read and decided](reading-plans.md#what-leaves-and-what-is-held).\n"
    )
    with KINDS_OF_DOCUMENTS.open(encoding="utf-8", newline="") as stream:
        kinds = list(csv.DictReader(stream))
    for heading, is_plan in (("发布 leave", "yes"), ("不发布，待人决定 stay for a person", "no")):
        titles = "、".join(f"{row['kind_title']} {row['kind_title_en']}" for row in kinds if row["is_plan"] == is_plan)
        yield f"- **{heading}**：{titles}"


def _persons() -> Iterator[str]:
    yield "\n## 个人信息 Personal data\n"
    yield (
        "含有下列“严重”一类内容的行、任务逐条暂存待核，内容隐去；单位自己的联系方式合法（条例第二十条），名单见 sql/reference/office_contacts.csv；"
        "自然人的姓名逐行遮蔽，不能证明已遮蔽的行不发布。"
        "A row or task with anything critical is set aside and struck out; an office's own contacts are lawful (Regulations 20; the list is "
        "sql/reference/office_contacts.csv); names of natural persons are masked row by row, and a row that cannot be proven clean stays. "
        "[怎样识别 How it is known](privacy.md).\n"
    )
    yield "| 类别 Kind | 严重程度 Severity |\n|---|---|"
    yield from (f"| {kind.title.zh} {kind.title.en} | {kind.severity} |" for kind in KINDS)


def _said(says: str) -> str:
    reasons = {row["hold_reason"]: (row["reason_title"], row["reason_title_en"]) for row in _table("hold_reasons")}
    zh, en = (SAYS | reasons)[says]
    return f"{zh} {en}"


def _code(pattern: str) -> str:
    """A pattern in a table's cell: Markdown wants its strokes escaped."""
    return f"`{pattern.replace('|', chr(92) + '|')}`" if pattern else "–"


def _table(name: str) -> list[dict[str, str]]:
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


if __name__ == "__main__":
    sys.exit(write_or_check({PAGE: page()}, sys.argv[1:], "flows.docs.leaving_page"))
