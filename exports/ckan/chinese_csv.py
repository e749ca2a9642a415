"""A released CSV file under Chinese column titles, for people who download it beside the one with column ids that programs read.

Only the first line is another one: the file is never written out, its rows are sent from the released file.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from exports.ckan.http import Body
from exports.release.parts import slug_of

BOM = "\ufeff"


def with_chinese_titles(path: Path, titles: Mapping[str, str]) -> Body:
    """The content of the CSV file with these titles, by column id, in its first line. A column without a title keeps its id; a title that two
    columns share is followed by the id.
    """
    with path.open("rb") as file:
        first = file.readline()
    ids = next(csv.reader([first.decode("utf-8-sig")]))
    named = [titles.get(column, column) for column in ids]
    shared = {title for title, count in Counter(named).items() if count > 1}
    line = io.StringIO()
    csv.writer(line).writerow(f"{title} ({column})" if title in shared else title for column, title in zip(ids, named, strict=True))
    return Body(f"{slug_of(path.name)}-zh{''.join(path.suffixes)}", path, head=(BOM + line.getvalue()).encode(), skip=len(first))
