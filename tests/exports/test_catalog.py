"""Descriptors: registers with and without a public dataset, and what is refused in them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from exports.catalog import DESCRIPTORS, Catalog, CatalogError, load_catalog
from exports.descriptor_parts import Column, Text

LEDGER = """\
title: {zh: 灯会台账, en: Lantern fairs}
description: {zh: 灯会, en: Lantern fairs.}
grain: {zh: 每场一行, en: one row per fair}
"""
REGISTER = """\
register:
  key: [topic]
  required_headers: [topic]
  columns: [{name: topic, headers: [灯会]}, {name: held_on, headers: [举办日期]}]
"""


def refused(folder: Path, text: str) -> str:
    shutil.copy(DESCRIPTORS / "_shared.yaml", folder)
    (folder / "fairs.yaml").write_text(text, "utf-8")
    with pytest.raises(CatalogError) as error:
        load_catalog(folder)
    return str(error.value)


def test_a_register_without_columns_of_a_dataset_is_read_and_never_exported(tmp_path: Path) -> None:
    shutil.copy(DESCRIPTORS / "_shared.yaml", tmp_path)
    (tmp_path / "fairs.yaml").write_text(LEDGER + REGISTER, "utf-8")
    catalog = load_catalog(tmp_path)
    assert catalog.registers["fairs"].title.en == "Lantern fairs"
    assert list(catalog) == []


def test_requests_messages_and_ratings_have_no_dataset_of_rows() -> None:
    catalog = load_catalog()
    private = {"request_events", "mailbox_messages", "service_ratings"}
    assert private <= catalog.registers.keys()
    assert not private & catalog.datasets.keys()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LEDGER, "publisher|columns|theme"),
        (LEDGER + "theme: {zh: 执行, en: Delivery}\n" + REGISTER, "keywords"),
        (REGISTER, "title"),
        (LEDGER + REGISTER.replace("举办日期", "灯会"), "stands for topic and held_on"),
        (LEDGER + REGISTER.replace("held_on", "held_at"), "held_at"),
        (LEDGER + REGISTER.replace("key: [topic]", "key: [topic, url]"), "does not have: url"),
        (LEDGER + REGISTER + "  refused: [姓名, 灯会]\n", "both read and refused: 灯会"),
        (LEDGER + REGISTER + "  orders: [[held_on, closed_on]]\n", "does not have: closed_on"),
        (LEDGER + "columns: [topic]\n" + REGISTER + "  refused: [姓名]\n", "leaves row by row and refuses headers"),
    ],
)
def test_a_descriptor_that_contradicts_itself_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    message = refused(tmp_path, text)
    assert "fairs.yaml" in message
    assert any(word in message for word in said.split("|")), message


def test_a_duplicate_key_is_refused_with_its_name_and_place(tmp_path: Path) -> None:
    said = refused(tmp_path, LEDGER + "title: {zh: 又一个, en: another}\n" + REGISTER)
    assert "'title' stands twice" in said
    assert "line 4" in said


def test_codes_are_written_once_with_the_words_that_people_read(catalog: Catalog) -> None:
    role = catalog.columns["unit_role"]
    assert role.enum == ("lead", "responsible") == (*role.labels,)
    assert role.labels["lead"] == Text(zh="牵头", en="Lead")
    with pytest.raises(ValidationError, match=r"labels\.lead\.en"):
        Column.model_validate({"name": "role", "title": role.title, "description": role.title, "enum": {"lead": {"zh": "牵头"}}})
    with pytest.raises(ValidationError, match="codes without a label: responsible"):
        Column.model_validate(
            {
                "name": "role",
                "title": role.title,
                "description": role.title,
                "enum": ["lead", "responsible"],
                "labels": {"lead": role.title},
            }
        )
    with pytest.raises(ValidationError, match="valid dictionary"):
        Column.model_validate("role")
