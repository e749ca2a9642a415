"""E-mail addresses and telephones of offices by the published list, and contacts after a person's word."""

from __future__ import annotations

import csv

import duckdb
import pyarrow as pa
import pytest

from exports.catalog import PROJECT_ROOT
from flows.privacy.detect import scan_table


def held(text: str) -> bool:
    with duckdb.connect() as connection:
        connection.register("t", pa.table({"title": [text]}))
        return any(found.kind == "personal_contact" for found in scan_table(connection, "t"))


def listed(kind: str) -> list[str]:
    with (PROJECT_ROOT / "sql" / "reference" / "office_contacts.csv").open(encoding="utf-8", newline="") as lines:
        return [row["written"] for row in csv.DictReader(lines) if row["match_kind"] == kind]


@pytest.mark.parametrize("word", listed("word"))
def test_a_telephone_behind_the_word_of_an_office_is_lawful(word: str) -> None:
    assert not held(f"联系人：王某某（县民政{word}），电话0571-88001234")


@pytest.mark.parametrize("domain", listed("domain"))
def test_a_mailbox_of_an_office_is_lawful(domain: str) -> None:
    assert not held(f"联系人：王某某，邮箱bgs@mz.qichuan.{domain}")


@pytest.mark.parametrize(
    "text",
    [
        "联系人：王某某，家庭电话0571-88001234",
        "家长：李某，住宅电话 88001234",
        "申请人：陈某某，现住所：柳笕镇，电话（0571）88001234",
        "联系人：王某某（县财政局），家庭电话：0571 8800 1234",
        "学生：赵某，邮箱wang.88@163.com",
        "监护人 周某某 li_na@vip.qq.com",
        "联系人：王某某，邮箱zhang@gov.cn.example.com",
    ],
)
def test_other_contacts_behind_a_persons_word_are_held(text: str) -> None:
    assert held(text)


@pytest.mark.parametrize("text", ["咨询电话0571-88001234", "县财政局 bgs@163.com", "电话：0571-88001234，邮编315000"])
def test_without_a_persons_word_nothing_is_held(text: str) -> None:
    assert not held(text)
