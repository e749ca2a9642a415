"""What a release says to its readers in plain files: README (Chinese, English), CITATION.cff, and the dictionary of all columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import yaml

from exports.catalog import Catalog, Party
from exports.release.both_languages import both_descriptions, both_titles
from exports.release.files import BOM
from exports.release.filing import JSON, WORKBOOK
from exports.release.manifest import MANIFEST, SUMS, ReleasedDataset
from exports.release.parts import part_in
from exports.release.standards import CATALOG, CROISSANT, CSVW, SCHEMA_ORG, TURTLE, VIEWS
from exports.workbook import MAX_ROWS

README_ZH, README_EN, CITATION, DICTIONARY = "README.zh-CN.md", "README.md", "CITATION.cff", "dictionary.csv"
HEADS = ("数据集 dataset", "列 column", "标题", "title", "说明", "description", "类型 type", "单位 unit", "必填 required", "代码 codes")


def reading_pages(catalog: Catalog, as_of: date, datasets: Sequence[ReleasedDataset], package: Mapping[str, Any]) -> dict[str, str]:
    """The files, text by path. They hold no number of rows, so that they stay right where rows have to go later."""
    return {
        README_ZH: _readme_zh(catalog, as_of, datasets),
        README_EN: _readme_en(catalog, as_of, datasets),
        CITATION: _citation(catalog, as_of, package),
        DICTIONARY: _dictionary(package),
    }


def _readme_zh(catalog: Catalog, as_of: date, datasets: Sequence[ReleasedDataset]) -> str:
    lines = [
        f"# {catalog.title.zh}\n\n{catalog.description.zh}\n",
        f"- 数据截止日期：{as_of.isoformat()}",
        f"- 发布机构：{_party(catalog.publisher, 'zh')}",
        f"- 联系方式：{_party(catalog.contact, 'zh')}",
        f"- 许可：[{catalog.licence.title.zh}]({catalog.licence.url})",
        f"- 引用：{catalog.publisher.name.zh}：《{catalog.title.zh}》，{as_of.isoformat()}（见 {CITATION}）\n",
        "## 数据集\n",
        "| 数据集 | 每行 | 文件 |\n|---|---|---|",
        *(f"| {_title(catalog, one, 'zh')} | {catalog.published[one.name].grain.zh} | {_files(one)} |" for one in datasets),
        "\n## 怎样使用\n",
        "- 阅读：`.xlsx`，中文表头，代码已换成文字，附“说明”表。",
        "- 处理：`.parquet`（自带列说明），或 `.csv`（UTF-8，带 BOM）；其中是代码，含义见 `dictionary.csv` 和 `datapackage.json`。",
        f"- 查询：在本目录中运行 `duckdb -init {VIEWS}`；也可不下载，直接按网址查询（见该文件）。",
        f"- 收割与检索：`{CATALOG}`、`{TURTLE}`（DCAT-AP 3）、`{SCHEMA_ORG}`（schema.org）、`{CROISSANT}`（Croissant）、`{CSVW}`（CSVW）。",
        f"- 报送目录：`{WORKBOOK}`、`{JSON}`。",
        f"- 核对：`sha256sum -c {SUMS}`；`{MANIFEST}` 写明来源文件、程序版本和上一次发布。",
        "- 空着的单元格表示不知道或依法不公布，不表示没有。",
    ]
    return "\n".join(lines) + "\n"


def _readme_en(catalog: Catalog, as_of: date, datasets: Sequence[ReleasedDataset]) -> str:
    lines = [
        f"# {catalog.title.en}\n\n{catalog.description.en}\n",
        f"- As of: {as_of.isoformat()}",
        f"- Publisher: {_party(catalog.publisher, 'en')}",
        f"- Contact: {_party(catalog.contact, 'en')}",
        f"- Licence: [{catalog.licence.title.en}]({catalog.licence.url})",
        f"- Cite as: {catalog.publisher.name.en}, {catalog.title.en}, {as_of.isoformat()} ({CITATION})\n",
        "## Datasets\n",
        "| dataset | one row is | files |\n|---|---|---|",
        *(f"| {_title(catalog, one, 'en')} | {catalog.published[one.name].grain.en} | {_files(one)} |" for one in datasets),
        "\n## Use\n",
        "- To read: `.xlsx`, with Chinese headers, words in place of codes, and a sheet that describes the data.",
        "- To compute: `.parquet` (carries the column descriptions) or `.csv` (UTF-8 with BOM); codes are explained in `dictionary.csv` and `datapackage.json`.",
        f"- To query: `duckdb -init {VIEWS}` in this folder, or at the release's address without downloading it (the file says how).",
        f"- To harvest and find: `{CATALOG}`, `{TURTLE}` (DCAT-AP 3), `{SCHEMA_ORG}` (schema.org), `{CROISSANT}` (Croissant), `{CSVW}` (CSVW).",
        f"- To file in a catalogue of government data: `{WORKBOOK}`, `{JSON}`.",
        f"- To check: `sha256sum -c {SUMS}`; `{MANIFEST}` names the source files, the code and the release before.",
        "- An empty cell means unknown, or withheld by law; it never means none.",
    ]
    return "\n".join(lines) + "\n"


def _party(party: Party, language: str) -> str:
    facts = (getattr(party.name, language), party.code, party.telephone, party.email, party.url)
    return ", ".join(filter(None, facts))


def _title(catalog: Catalog, released: ReleasedDataset, language: str) -> str:
    title = str(getattr(catalog.published[released.name].title, language))
    if released.carried_over_from is None:
        return title
    return (
        f"{title}（沿用 {released.carried_over_from}）" if language == "zh" else f"{title} (carried over from {released.carried_over_from})"
    )


def _files(released: ReleasedDataset) -> str:
    has_workbook = any(file.format == "xlsx" for file in released.files)
    large = "" if has_workbook or released.rows <= MAX_ROWS else f" （超过 {MAX_ROWS:,} 行，没有 xlsx: more rows than Excel holds）"
    names = (" ".join(filter(None, (file.format, part_in(file.path)))) for file in released.files)
    return " ".join(f"[{name}]({file.path})" for name, file in zip(names, released.files, strict=True)) + large


def _citation(catalog: Catalog, as_of: date, package: Mapping[str, Any]) -> str:
    """Citation File Format 1.2.0."""
    author = {"name": catalog.publisher.name.zh} | ({"website": catalog.publisher.url} if catalog.publisher.url else {})
    facts = {
        "cff-version": "1.2.0",
        "message": "引用这些数据，请注明如下。 If you use these data, please cite them as below.",
        "type": "dataset",
        "title": catalog.title.zh,
        "abstract": f"{catalog.description.zh} {catalog.description.en}",
        "authors": [author],
        "version": package["version"],
        "date-released": as_of,
        "license-url": catalog.licence.url,
        "keywords": list(package["keywords"]),
    }
    return yaml.safe_dump(facts, allow_unicode=True, sort_keys=False, width=1000)


def _dictionary(package: Mapping[str, Any]) -> str:
    """Every column of every dataset as CSV, from the data package, so that a dataset that is carried over has the columns of its files."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(HEADS)
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            title, described = both_titles(field["title"]), both_descriptions(field["description"])
            codes = "；".join(f"{code['value']}＝{code['label']}" for code in field.get("categories", ()))
            required = "是 yes" if field.get("constraints", {}).get("required") else ""
            writer.writerow(
                [
                    resource["name"],
                    field["name"],
                    *title,
                    *described,
                    field["type"],
                    field.get("unit", ""),
                    required,
                    codes,
                ]
            )
    return BOM + stream.getvalue()
