"""docs/audit.md and docs/zh/audit.md: every question of `sql/audit`, with what its answers mean and the tables it asks.

python -m flows.docs.audit_page            write them
python -m flows.docs.audit_page --check    only say whether they are current; exit code 1 if not
"""

from __future__ import annotations

import sys
from pathlib import Path

from exports.catalog import PROJECT_ROOT
from exports.pages.documents import write_or_check
from flows.audit import Question, load_questions

ENGLISH = PROJECT_ROOT / "docs" / "audit.md"
CHINESE = PROJECT_ROOT / "docs" / "zh" / "audit.md"
HEAD = """\
# Questions for auditors

[简体中文](zh/audit.md)

Each question is one SELECT in `sql/audit/`; its first line is the question. They are asked of the warehouse read-only, for the day it was built for
or for another one:

```sh
gongkai audit                                          # every question, with the number of answers
gongkai audit published_before_made                    # one, as a table
gongkai audit withheld_without_reason --format csv > withheld.csv
gongkai audit targets_out_of_reach --as-of 2026-06-30 --format parquet > targets.parquet
gongkai audit --all --to audit.xlsx                    # a workbook: index, a sheet for each question, source files with SHA-256
```

In DuckDB's own shell: `set variable as_of = date '2026-10-31';`, then `.read sql/audit/published_before_made.sql`. What a table already holds for the
warehouse's day (lateness, delivery, forecasts) stays as of that day; `--as-of` moves only the comparisons that a question makes itself.

An answer is a lead, not a verdict: each row names its source, and the note says what else may explain it.

**A new question** is one file: a first line `-- 问题？ Question?`, comment lines that say what an answer means and its article, one SELECT on
`staging`, `core` or `reference` with an `order by`, the day as `getvariable('as_of')`, columns from the dictionary; and a case in `tests/audit/questions.yaml`
with a row that it must find and one that only looks like it.

Written by `python -m flows.docs.audit_page` from `sql/audit/*.sql`; change the questions, not this page.
"""

HEAD_ZH = """\
# 审计人员常用查询

[English](../audit.md)

每个问题是 `sql/audit/` 中的一条 SELECT，文件第一行就是问题。对数据仓库只读，按建库的数据截止日期
或另外指定的日期来问：

```sh
gongkai audit                                          # 全部问题，各有几条答案
gongkai audit published_before_made                    # 其中一问，显示为表格
gongkai audit withheld_without_reason --format csv > withheld.csv
gongkai audit targets_out_of_reach --as-of 2026-06-30 --format parquet > targets.parquet
gongkai audit --all --to audit.xlsx                    # 一个工作簿：目录、每问一张工作表、来源文件及其 SHA-256
```

在 DuckDB 自己的命令行中：先 `set variable as_of = date '2026-10-31';`，再 `.read sql/audit/published_before_made.sql`。表中已经按
数据截止日期算好的（逾期、任务落实、预测）仍以该日为准；`--as-of` 只改变问题自身所作的比较。

答案是线索，不是结论：每行写明来源，说明中写有其他可能的解释。

**新增一问**只要一个文件：第一行 `-- 问题？ Question?`，其后注释行说明答案的含义和所依据的条文，一条 SELECT，
查询 `staging`、`core` 或 `reference`，带 `order by`，日期用 `getvariable('as_of')`，列名用数据字典中的；并在 `tests/audit/questions.yaml`
写一例：一行应当查出的，一行貌似而不应查出的。

本页由 `python -m flows.docs.audit_page` 从 `sql/audit/*.sql` 写成；请改问题，不要改本页。
"""


def pages() -> dict[Path, str]:
    """Both editions of the page."""
    questions = load_questions().values()
    return {
        ENGLISH: "\n".join([HEAD, "## The questions", "", *map(_chapter, questions)]),
        CHINESE: "\n".join([HEAD_ZH, "## 各问", "", *map(_chapter_zh, questions)]),
    }


def _chapter(question: Question) -> str:
    return f"- **`{question.name}`** {question.zh} {question.en}\n  {question.note}\n  Asks: {_tables(question)}.\n"


def _chapter_zh(question: Question) -> str:
    return f"- **`{question.name}`** {question.zh}\n  {question.note_zh}\n  查询：{_tables(question)}。\n"


def _tables(question: Question) -> str:
    return ", ".join(f"`{table}`" for table in question.reads)


if __name__ == "__main__":
    sys.exit(write_or_check(pages(), sys.argv[1:], "flows.docs.audit_page"))
