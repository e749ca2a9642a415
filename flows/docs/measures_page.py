"""The table of measures in docs/scorecards.md, from descriptors and `sql/measures/`.

python -m flows.docs.measures_page            write it
python -m flows.docs.measures_page --check    only say whether it is current; exit code 1 if not
"""

from __future__ import annotations

import sys

from exports.catalog import PROJECT_ROOT, load_catalog
from exports.pages.documents import write_or_check
from flows.warehouse.measures import measure_table

PAGE = PROJECT_ROOT / "docs" / "scorecards.md"
BEGIN, END = "<!-- measures: written by python -m flows.docs.measures_page -->", "<!-- measures: end -->"


def table() -> str:
    """A row for each measure, in the order of their names."""
    head = ["| measure | counts | rests on |", "|---|---|---|"]
    rows = measure_table(load_catalog()).to_pylist()
    return "\n".join(
        head + [f"| `{row['measure_id']}` | {row['measure_title']} ({row['measure_title_en']}) | {row['article'] or ''} |" for row in rows]
    )


def page() -> str:
    """docs/scorecards.md with the table as it should be."""
    before, rest = PAGE.read_text("utf-8").split(BEGIN, 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    sys.exit(write_or_check({PAGE: page()}, sys.argv[1:], "flows.docs.measures_page"))
