"""docs/audit.md: every question of `sql/audit`, with what its answers mean and the tables it asks.

python -m flows.docs.audit_page            write it
python -m flows.docs.audit_page --check    only say whether it is current; exit code 1 if not
"""

from __future__ import annotations

import sys

from exports.catalog import PROJECT_ROOT
from exports.pages.documents import write_or_check
from flows.audit import Question, load_questions

PAGE = PROJECT_ROOT / "docs" / "audit.md"
HEAD = """\
# Questions for auditors

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


def page() -> str:
    """The page's text."""
    return "\n".join([HEAD, "## The questions", "", *map(_chapter, load_questions().values())])


def _chapter(question: Question) -> str:
    return f"- **`{question.name}`** {question.zh} {question.en}\n  {question.note}\n  Asks: {', '.join(f'`{table}`' for table in question.reads)}.\n"


if __name__ == "__main__":
    sys.exit(write_or_check({PAGE: page()}, sys.argv[1:], "flows.docs.audit_page"))
