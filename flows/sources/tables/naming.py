"""What names a record in a row, so that a remark beside it makes no note of the row.

共3页 is a note where it stands alone, and a remark where the row has an index number, a link or a title: a row that was dropped for it could be
the entry by which a record is withdrawn.
"""

from __future__ import annotations

import re

from exports.catalog import Register
from exports.sql_text import literal
from flows.sources.tables.notes_text import NOTE

NAMES = re.compile(r"(?s)^.{5,}$")  # more signs than a person's name has: 填表人 | 张三


def naming_columns(register: Register) -> tuple[str, ...]:
    """The columns of a register by which a record is named: its key, its numbers, its link and its title."""
    titles = (column.name for column in register.columns if column.name == "url" or column.name.endswith("title"))
    return tuple(dict.fromkeys((*register.key, *register.identified_by, *titles)))


def names_record(text: str) -> bool:
    """Whether a cell of such a column names a record, and is no part of a note."""
    return bool(NAMES.search(text)) and not NOTE.match(text)


def names_record_sql(column: str) -> str:
    """The same as SQL; null where the cell is."""
    return f"regexp_matches({column}, {literal(NAMES.pattern)}) and not regexp_matches({column}, {literal(NOTE.pattern)})"
