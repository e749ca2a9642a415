"""Data Docs and the public quality report: read in a real browser, self-contained, and without a value of the data."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from exports.catalog import load_catalog
from flows.quality.data_docs import KEPT_RUNS, write_docs
from flows.workspace.settings import Workspace
from tests.conftest import County, gongkai

# An identity number with the right check digit that was never given out, and a telephone of no range in use.
UNUSED_ID, PHONE, NAME = "110101190001010014", "19900000000", "欧阳不存在"
HEAD = "索引号,标题,公开单位,形成日期,公开日期,公开属性\n"
FAILING = [
    f"坏-1,{UNUSED_ID},县财政局,2026-10-08,2026-10-09,主动公开",  # numbers of a person: quarantined without them
    f"坏-2,关于{NAME}{UNUSED_ID}的公示,县财政局,2026-10-09,2026-10-08,主动公开",
    f"坏-3,公告三号,{NAME}办公室,2026-10-08,2026-10-09,{PHONE}",  # no unit, no attribute
    f"坏-4,公告四号,县财政局,{PHONE},2026-10-09,主动公开",  # no date
    *(f"坏-{n},20261008{n},县财政局,2026-10-08,2026-10-09,主动公开" for n in (5, 6)),  # titles without words: quarantined
    f"坏-7,关于{NAME}任职的公示,县财政局,2026-10-09,2026-10-08,主动公开",  # published before it was made
]


@pytest.fixture(scope="module")
def checked(whole_sample: County, tmp_path_factory: pytest.TempPathFactory) -> County:
    """The sample county with failing values that no page may show."""
    made = County(Path(shutil.copytree(whole_sample.root, tmp_path_factory.mktemp("failing") / "county", symlinks=True)))
    (made.root / "inbox" / "disclosures" / "bad.csv").write_text(HEAD + "\n".join(FAILING) + "\n", "utf-8")
    assert made.refresh().exit_code == 3
    return made


def asked_for(browser: webdriver.Chrome) -> set[str]:
    """The addresses requested by the pages opened since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return {message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"}


def pages(county: County) -> list[Path]:
    return [*(county.root / "quality" / "latest").glob("*.html"), county.latest / "quality.html"]


def test_data_docs_open_in_a_browser_in_chinese_and_ask_for_nothing_from_elsewhere(checked: County, browser: webdriver.Chrome) -> None:
    browser.get((checked.root / "quality" / "latest" / "index.html").as_uri())
    assert "数据校验报告" in browser.title
    assert "入库校验" in browser.find_element(By.TAG_NAME, "table").text
    browser.find_element(By.LINK_TEXT, "core.disclosures").click()
    text = browser.find_element(By.TAG_NAME, "body").text
    assert "公开日期不早于形成日期" in text
    assert "未通过" in text
    browser.find_element(By.TAG_NAME, "summary").click()
    assert "unexpected_rows_expectation" in browser.find_element(By.TAG_NAME, "body").text
    browser.get((checked.latest / "quality.html").as_uri())
    assert browser.execute_script("return document.documentElement.lang") == "zh-CN"
    assert "数据质量报告" in browser.find_element(By.TAG_NAME, "h1").text
    assert "变差" in browser.find_element(By.TAG_NAME, "body").text  # two releases: the bad rows made a rule fail more often
    assert browser.get_log("browser") == []
    requests = asked_for(browser)
    assert requests
    assert {url for url in requests if not url.startswith(("file:", "data:"))} == set()


def test_no_page_shows_a_value_that_failed(checked: County) -> None:
    ((failed,), (quarantined,)) = (
        checked.ask("select sum(failed_count) from checks.results where table_name = 'core.disclosures'")[0],
        checked.ask("select sum(quarantined_count) from checks.results where table_name = 'staging.disclosures'")[0],
    )
    assert failed >= 1
    assert quarantined >= 2
    assert len(pages(checked)) > 30
    for path in pages(checked):
        text = path.read_text("utf-8")
        for value in (UNUSED_ID, PHONE, NAME, "坏-1", "坏-2"):
            assert value not in text, path.name
        assert re.search(r"(?:src|href)=[\"']?(?:https?:)?//|@import|url\(", text) is None, path.name


def test_every_rule_is_in_the_data_docs_and_the_summary_links_to_them(checked: County) -> None:
    docs = checked.root / "quality" / "latest"
    for table, name in checked.ask("select table_name, split_part(rule_name, ' (', 1) from checks.results"):
        assert name in (docs / f"{table}.html").read_text("utf-8"), (table, name)
    assert f"Data Docs: {docs / 'index.html'}" in gongkai("status", "-w", checked.root).output
    catalog = json.loads((checked.latest / "catalog.jsonld").read_text("utf-8"))
    assert catalog["foaf:page"] == {"@id": "quality.html", "@type": "foaf:Document"}
    assert (checked.latest / catalog["foaf:page"]["@id"]).is_file()


def test_the_docs_of_the_last_runs_are_kept(sample: County) -> None:
    workspace = Workspace.open(sample.root)
    for number in range(KEPT_RUNS + 2):
        old = workspace.quality / f"2025-01-{number + 1:02d}-00000000"
        old.mkdir(exist_ok=True)
    write_docs(workspace, load_catalog(), [])
    kept = [path for path in workspace.quality.iterdir() if path.is_dir() and not path.is_symlink()]
    assert len(kept) == KEPT_RUNS
    assert (workspace.quality / "latest").resolve() in kept
