"""A CSV file under Chinese titles is the released file with another first line, however it is read."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from exports.ckan.chinese_csv import with_chinese_titles
from exports.ckan.http import Body

TITLES = {"unit_id": "单位标识", "unit_name": "名称, 全称", "former_name": "名称, 全称"}
ROWS = '甲,"一,""二""\r\n三",,1\r\n'


def made(folder: Path) -> Body:
    path = folder / "units.csv"
    path.write_text(f"unit_id,unit_name,former_name,left_over\r\n{ROWS}", "utf-8-sig", newline="")
    return with_chinese_titles(path, TITLES)


def test_titles_take_the_place_of_ids_and_rows_stay_as_they_are(tmp_path: Path) -> None:
    body = made(tmp_path)
    text = b"".join(body.blocks()).decode("utf-8")
    assert (body.name, text[0], text[-len(ROWS) :]) == ("units-zh.csv", "\ufeff", ROWS)
    titles, row = csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True))
    assert titles == ["单位标识", "名称, 全称 (unit_name)", "名称, 全称 (former_name)", "left_over"], "a shared title is told apart"
    assert row == ["甲", '一,"二"\r\n三', "", "1"]


def test_length_hash_and_each_part_are_those_of_the_whole(tmp_path: Path) -> None:
    body = made(tmp_path)
    whole = b"".join(body.blocks())
    assert (len(body), body.sha256()) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert all(body.read(start, 7) == whole[start : start + 7] for start in range(len(whole) + 2))
