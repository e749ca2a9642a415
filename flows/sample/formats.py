"""The register files of the sample, each in a format and under headers of its own, as different clerks send them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from flows.sample.generate import Record


@dataclass(frozen=True)
class RegisterFile:
    """How one file is written: its headers by column, the way it writes dates, and its format."""

    headers: Mapping[str, str]
    write: Callable[[Sequence[str], list[list[Any]]], bytes]
    date_form: str | None = "%Y-%m-%d"  # None leaves dates as dates


def register_bytes(records: Sequence[Record], register: RegisterFile, ragged_rows: Sequence[int] = ()) -> bytes:
    """The file's bytes: one row a record, in the register's columns and date form; `ragged_rows` get a cell too many."""
    rows = [[_cell(getattr(record, column), register.date_form) for column in register.headers] for record in records]
    for row in ragged_rows:
        rows[row - 1].append("附名单")
    return register.write(list(register.headers.values()), rows)


def _cell(value: object, date_form: str | None) -> object:
    return value.strftime(date_form) if isinstance(value, date) and date_form else value


def delimited(headers: Sequence[str], rows: Sequence[Sequence[object]], *, encoding: str, delimiter: str = ",") -> bytes:
    """Delimited text with CRLF line ends; None is an empty cell."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def _csv(headers: Sequence[str], rows: list[list[Any]]) -> bytes:
    return delimited(headers, rows, encoding="utf-8-sig")


def _csv_gb18030(headers: Sequence[str], rows: list[list[Any]]) -> bytes:
    return delimited(headers, rows, encoding="gb18030")


def _tsv(headers: Sequence[str], rows: list[list[Any]]) -> bytes:
    return delimited(headers, rows, encoding="utf-8", delimiter="\t")


def _json(headers: Sequence[str], rows: list[list[Any]]) -> bytes:
    records = [dict(zip(headers, row, strict=True)) for row in rows]
    return (json.dumps(records, ensure_ascii=False, indent=1) + "\n").encode()


def _ndjson(headers: Sequence[str], rows: list[list[Any]]) -> bytes:
    return "".join(json.dumps(dict(zip(headers, row, strict=True)), ensure_ascii=False) + "\n" for row in rows).encode()


def _parquet(headers: Sequence[str], rows: list[list[Any]]) -> bytes:
    columns = [pa.array(list(cells)) for cells in zip(*rows, strict=True)]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns, names=list(headers)), sink, compression="zstd")
    return bytes(sink.getvalue())


REGISTERS: dict[str, RegisterFile] = {
    "disclosures/2026-h1-departments.csv": RegisterFile(
        {
            "index_number": "索引号",
            "disclosure_title": "标题",
            "printed_unit_name": "公开单位",
            "document_number": "文号",
            "catalogue_matter": "公开事项",
            "channel": "公开渠道",
            "disclosure_attribute": "公开属性",
            "withheld_reason": "不予公开理由",
            "made_on": "形成日期",
            "changed_on": "变更日期",
            "published_on": "公开日期",
            "withdrawn_on": "撤回日期",
            "url": "链接",
        },
        _csv,
    ),
    "disclosures/2026-q3-departments.csv": RegisterFile(
        {
            "disclosure_title": "信息名称",
            "index_number": "信息索引号",
            "document_number": "发文字号",
            "printed_unit_name": "发布机构",
            "made_on": "生成日期",
            "changed_on": "更新日期",
            "published_on": "发布日期",
            "withdrawn_on": "撤下日期",
            "disclosure_attribute": "公开类型",
            "withheld_reason": "不公开理由",
            "catalogue_matter": "信息分类",
            "channel": "发布渠道",
            "url": "原文链接",
        },
        _csv_gb18030,
        "%Y/%m/%d",
    ),
    "disclosures/2026-10-departments.parquet": RegisterFile(
        {
            "index_number": "索引号",
            "disclosure_title": "信息标题",
            "printed_unit_name": "单位名称",
            "document_number": "文件编号",
            "catalogue_matter": "目录事项",
            "channel": "渠道",
            "disclosure_attribute": "属性",
            "made_on": "形成日期",
            "published_on": "发布日期",
            "url": "网址",
        },
        _parquet,
        None,
    ),
    "disclosures/2026-finance.tsv": RegisterFile(
        {
            "index_number": "索引",
            "disclosure_title": "文件名称",
            "printed_unit_name": "公开主体",
            "document_number": "文号",
            "made_on": "成文日期",
            "changed_on": "修改日期",
            "published_on": "公开时间",
            "disclosure_attribute": "公开属性",
            "withheld_reason": "不予公开依据",
            "withdrawn_on": "撤回日期",
            "catalogue_matter": "栏目",
            "url": "信息链接",
            "visit_count": "点击量",  # no register names this header
        },
        _tsv,
        "%Y年%m月%d日",
    ),
    "disclosures/2026-social.json": RegisterFile(
        {
            "index_number": "索引号",
            "disclosure_title": "公开信息名称",
            "printed_unit_name": "责任单位",
            "document_number": "文号",
            "catalogue_matter": "事项",
            "channel": "公开方式",
            "disclosure_attribute": "公开属性",
            "withheld_reason": "不予公开理由",
            "made_on": "制作日期",
            "changed_on": "变更日期",
            "published_on": "公开日期",
            "withdrawn_on": "撤回日期",
            "url": "链接",
        },
        _json,
    ),
    "disclosures/2026-镇街公开信息.ndjson": RegisterFile(
        {
            "index_number": "索引号",
            "disclosure_title": "名称",
            "printed_unit_name": "发布单位",
            "catalogue_matter": "公开事项",
            "channel": "公开渠道",
            "disclosure_attribute": "公开属性",
            "withheld_reason": "不予公开理由",
            "made_on": "形成日期",
            "changed_on": "变更日期",
            "published_on": "发布时间",
            "withdrawn_on": "撤回日期",
            "url": "网址",
        },
        _ndjson,
    ),
    "disclosures/2026-supplement.csv": RegisterFile(
        {
            "index_number": "索引号",
            "disclosure_title": "标题",
            "printed_unit_name": "单位",
            "made_on": "形成日期",
            "published_on": "公开日期",
            "disclosure_attribute": "公开属性",
            "url": "链接",
        },
        _csv,
    ),
}
