"""`目录.json` and `目录.xlsx`: the core elements by which an operator files the datasets in a catalogue of government or public data.

Elements: 政务信息资源目录编制指南（试行）(发改高技〔2017〕1272号). What only the workspace can know (provider's code, sharing, openness, prefix of the
codes) comes from its settings; where they do not say, the catalogue says so and nothing is assumed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from exports.catalog import Catalog, Dataset, Frequency
from exports.release.both_languages import both_descriptions, both_titles
from exports.release.manifest import ReleasedDataset, json_text
from exports.workbook import TextSheet, write_workbook

JSON, WORKBOOK = "目录.json", "目录.xlsx"
NOT_STATED = "未填写"
UPDATE_WORDS: dict[Frequency, str] = {
    "daily": "每日",
    "weekly": "每周",
    "monthly": "每月",
    "quarterly": "每季度",
    "annual": "每年",
    "irregular": "不定期",
}
ITEM_TYPES = {"string": "字符型", "integer": "数值型", "number": "数值型", "boolean": "布尔型", "date": "日期型", "datetime": "日期时间型"}
ITEMS, AMOUNT, IDENTIFIER = "信息项", "数据量", "标识"
Entry = dict[str, Any]


def resource_code(catalog: Catalog, dataset: Dataset) -> str | None:
    """The code under which the dataset is filed: the prefix of the settings and its name; None where no prefix is set."""
    prefix = catalog.filing.code_prefix
    return f"{prefix.rstrip('/')}/{dataset.slug}" if prefix else None


def filing_entries(
    catalog: Catalog, as_of: date, datasets: Sequence[ReleasedDataset], resources: Mapping[str, dict[str, Any]]
) -> list[Entry]:
    """The elements of each released dataset; `resources` has the data package's entries by slug."""
    return [_entry(catalog, catalog.published[released.name], released, as_of, resources[released.slug]) for released in datasets]


def _entry(catalog: Catalog, dataset: Dataset, released: ReleasedDataset, as_of: date, resource: dict[str, Any]) -> Entry:
    filing = catalog.filing
    related = [catalog.published[key.references] for key in dataset.foreign_keys]
    return {
        "资源名称": dataset.full_title.zh,
        IDENTIFIER: dataset.slug,
        "资源代码": resource_code(catalog, dataset) or NOT_STATED,
        "分类": f"{filing.category}/{dataset.theme.zh}",
        "摘要": dataset.description.zh,
        "提供方": dataset.publisher.name.zh,
        "提供方统一社会信用代码": dataset.publisher.code or NOT_STATED,
        "格式": [*dict.fromkeys(file.format.upper() for file in released.files)],
        "共享属性": filing.sharing or NOT_STATED,
        "开放属性": filing.openness or NOT_STATED,
        "更新周期": UPDATE_WORDS[dataset.update_frequency],
        "发布日期": released.carried_over_from[:10] if released.carried_over_from else as_of.isoformat(),
        AMOUNT: amount_of(released),
        "关联资源": [resource_code(catalog, other) or other.slug for other in related],
        "许可": dataset.licence.title.zh,
        "联系方式": "，".join(
            filter(None, (dataset.contact.name.zh, dataset.contact.telephone, dataset.contact.email, dataset.contact.url))
        ),
        ITEMS: [_item(field) for field in resource["schema"]["fields"]],
    }


def amount_of(released: ReleasedDataset) -> dict[str, int]:
    """Rows, and bytes of all formats."""
    return {"行数": released.rows, "字节": sum(file.bytes for file in released.files)}


def _item(field: Mapping[str, Any]) -> dict[str, Any]:
    codes = {"代码": {code["value"]: both_titles(code["label"])[0] for code in field["categories"]}} if field.get("categories") else {}
    return {
        "名称": both_titles(field["title"])[0],
        "字段": field["name"],
        "数据类型": ITEM_TYPES[field["type"]],
        "说明": both_descriptions(field["description"])[0],
        **codes,
    }


def write_filing(folder: Path, entries: Sequence[Entry], *, title: str, creator: str, day: date) -> tuple[str, str]:
    """Write both files into `folder`; gives their paths there."""
    (folder / JSON).write_text(json_text(list(entries)), "utf-8", newline="\n")
    heads = [key for key in (entries[0] if entries else {}) if key != ITEMS]
    resources = TextSheet("目录", [heads, *([_cell(entry[key]) for key in heads] for entry in entries)], [20] * len(heads))
    item_heads = ["资源名称", "名称", "字段", "数据类型", "说明", "代码"]
    lines = [[entry["资源名称"], *(_cell(item.get(head)) for head in item_heads[1:])] for entry in entries for item in entry[ITEMS]]
    items = TextSheet(ITEMS, [item_heads, *lines], [24, 20, 24, 12, 60, 60])
    (folder / WORKBOOK).unlink(missing_ok=True)
    with duckdb.connect() as connection:
        write_workbook(connection, folder / WORKBOOK, (resources, items), title=title, creator=creator, day=day)
    return JSON, WORKBOOK


def rewrite_filing(folder: Path, datasets: Sequence[ReleasedDataset], day: date) -> None:
    """Both files of a release that lost rows or datasets: entries of what is left, with today's amounts. A release without them gets none."""
    if not (folder / JSON).exists():
        return
    amounts = {released.slug: amount_of(released) for released in datasets}
    entries = [
        entry | {AMOUNT: amounts[entry[IDENTIFIER]]}
        for entry in json.loads((folder / JSON).read_text("utf-8"))
        if entry[IDENTIFIER] in amounts
    ]
    (folder / JSON).unlink()  # a link of the release that is rewritten
    write_filing(folder, entries, title="目录", creator=entries[0]["提供方"] if entries else NOT_STATED, day=day)


def _cell(value: Any) -> str | int | None:
    """An element as a cell shows it."""
    if isinstance(value, Mapping):
        return "；".join(f"{key}＝{one}" for key, one in value.items())
    return "、".join(value) if isinstance(value, list) else value
