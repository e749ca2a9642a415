"""What a scoring scheme can count: measures of the registers' descriptors (`measures`), and one SELECT a file in `sql/measures/`.

The first line of a file names the measure: `-- 政策解读 | documents with an interpretation | 国办发〔2016〕80号`, the article where it rests on one.
The SELECT gives unit_id, plan_year, register_name, record_id and is_in_order, a row for each record that counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import ValidationError

from exports.catalog import Catalog, Text
from exports.messages import _, listed
from flows.warehouse.predicates import condition
from flows.warehouse.templates import SQL
from flows.workspace.errors import ConfigurationError, finding

HEADING = "-- 中文名称 | name in English | article"
SCHEMA = pa.schema([(name, pa.string()) for name in ("measure_id", "measure_title", "measure_title_en", "article")])


@dataclass(frozen=True)
class WrittenMeasure:
    """A measure of `sql/measures/<measure>.sql`."""

    measure: str
    title: Text
    article: str | None
    select: str


def measure_table(catalog: Catalog, folder: Path = SQL) -> pa.Table:
    """Every measure with its titles and article, in the order of their names: `reference.measures`.

    Raises:
        ConfigurationError: as in `written_measures`, or two measures have one name.
    """
    found = [rule for register in catalog.records.values() for rule in register.measures] + list(written_measures(folder))
    by_name = {rule.measure: rule for rule in found}
    if len(by_name) < len(found):
        twice = sorted({rule.measure for rule in found if [other.measure for other in found].count(rule.measure) > 1})
        raise ConfigurationError(finding("exports/*.yaml, sql/measures/", listed(twice), _("each measure once"), _("Rename one.")))
    rows = [(name, rule.title.zh, rule.title.en, rule.article) for name, rule in sorted(by_name.items())]
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], SCHEMA)


def measure_facts(catalog: Catalog, folder: Path = SQL) -> dict[str, Any]:
    """What the template `measure_rows.sql.j2` needs.

    Raises:
        ConfigurationError: as in `written_measures`, or a descriptor names a predicate that does not exist.
    """
    registers = [
        {
            "measure": rule.measure,
            "register": name,
            "id": register.id,
            "dated_by": rule.dated_by,
            "when": condition(name, register, rule.when, folder, key="measures"),
            "in_order": condition(name, register, rule.in_order, folder, key="measures"),
        }
        for name, register in catalog.records.items()
        for rule in register.measures
    ]
    selects = [{"measure": measure.measure, "select": measure.select} for measure in written_measures(folder)]
    return {"registers": registers, "selects": selects}


def written_measures(folder: Path = SQL) -> Iterator[WrittenMeasure]:
    """The measures of `sql/measures/`, in the order of their names.

    Raises:
        ConfigurationError: a file does not begin with its names in Chinese and English, or still has placeholders there.
    """
    for path in sorted((folder / "measures").glob("*.sql")):
        first, _end, select = path.read_text("utf-8").partition("\n")
        zh, en, article = ([part.strip() for part in first.removeprefix("--").split("|")] + ["", "", ""])[:3]
        try:
            title = Text(zh=zh, en=en)
        except ValidationError as error:
            place, expected = _("{file}, line {line}", file=path, line=1), _("a comment {example}", example=HEADING)
            raise ConfigurationError(finding(place, repr(first[:80]), expected, _("Write it."))) from error
        yield WrittenMeasure(path.stem, title, article or None, select.strip())
