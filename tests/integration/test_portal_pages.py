"""What a person finds who opens the portal in a browser: headless Chromium, asserted on the text that it shows."""

from __future__ import annotations

from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from exports.ckan.publish import publish
from tests.integration.conftest import Ckan, County

pytestmark = pytest.mark.integration
PATIENCE = 60


def body(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


def test_a_person_finds_titles_files_dictionary_and_a_filled_preview(ckan: Ckan, county: County, browser: webdriver.Chrome) -> None:
    publish(county.release(), county.catalog, county.portal)
    name = county.name("target_progress")
    dataset: dict[str, Any] = ckan.public.action.package_show(id=name)
    browser.get(f"{ckan.url}/dataset/{name}")
    text = body(browser)
    for words in (
        "目标完成进度 (Target progress)",
        "每个单位、每个年度一行",
        "CSV 文件 (CSV file)",
        "数据包说明 (Data package)",
        "目标完成率",
    ):
        assert words in text
    browser.get(f"{ckan.url}/dataset/{name}/resource/{dataset['resources'][0]['id']}")
    page = browser.page_source  # the dictionary may be in a part that is folded
    for words in ("已公开条数", "数据截止日期", "Data Dictionary"):
        assert words in page
    if "datatables_view" not in ckan.extensions():
        pytest.skip("this portal has no preview of tables among its plugins")
    frame = WebDriverWait(browser, PATIENCE).until(lambda page: page.find_element(By.TAG_NAME, "iframe"))
    browser.switch_to.frame(frame)
    drawn = WebDriverWait(browser, PATIENCE, ignored_exceptions=[StaleElementReferenceException])  # the preview redraws its rows
    rows = drawn.until(lambda page: [row.text for row in page.find_elements(By.CSS_SELECTOR, "tbody tr") if "2026" in row.text])
    assert len(rows) >= 10
    assert "某县第" in rows[0]
    assert "已公开条数" in body(browser)
    browser.switch_to.default_content()


def test_a_person_finds_the_datasets_of_a_theme_in_its_group(ckan: Ckan, county: County, browser: webdriver.Chrome) -> None:
    publish(county.release(), county.catalog, county.portal)
    browser.get(f"{ckan.url}/group/{county.portal.dataset_prefix}delivery")
    assert "执行 (Delivery)" in body(browser)
    assert "目标完成进度 (Target progress)" in body(browser)
