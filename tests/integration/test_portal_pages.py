"""What a person finds who opens the portal in a browser: headless Chromium, asserted on the text that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import requests
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from exports.release.manifest import ReleasedFile
from tests.integration.conftest import Ckan, County

pytestmark = pytest.mark.integration
PATIENCE = 60


def body(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


@dataclass(frozen=True)
class Interface:
    """The portal's pages in one language: the path before each address, and words of its own."""

    path: str
    page: tuple[str, ...]
    dictionary: str


CHINESE = Interface("/zh_Hans_CN", ("数据集", "机构", "其他信息", "授权"), "Data Dictionary")  # which CKAN's Chinese does not translate
ENGLISH = Interface("", ("Datasets", "Organizations", "Additional Info", "License"), "Data Dictionary")


@pytest.mark.parametrize("interface", [CHINESE, pytest.param(ENGLISH, marks=pytest.mark.rest)], ids=["Chinese", "English"])
def test_a_person_finds_dataset_files_dictionary_and_a_filled_preview(
    ckan: Ckan, published: County, browser: webdriver.Chrome, interface: Interface
) -> None:
    name, site = published.name("target_progress"), ckan.url + interface.path
    browser.get(f"{site}/dataset/?q=目标完成&organization={published.portal.organization}")
    assert "目标完成进度 (Target progress)" in body(browser)
    assert "单位 (Units)" not in body(browser).splitlines()
    browser.get(f"{site}/dataset/{name}")
    for words in (*interface.page, "目标完成进度 (Target progress)", "每个单位、每个年度一行", "CSV 文件 (CSV file)", "目标完成率"):
        assert words in body(browser)
    dataset: dict[str, Any] = ckan.public.action.package_show(id=name)
    browser.get(f"{site}/dataset/{name}/resource/{dataset['resources'][0]['id']}")
    for words in ("已公开条数", "数据截止日期", interface.dictionary):
        assert words in browser.page_source  # the dictionary may be in a part that is folded
    if "datatables_view" not in ckan.extensions():
        pytest.skip("this portal has no preview of tables among its plugins")
    if interface is CHINESE and requests.get(f"{ckan.url}/api/i18n/zh_Hans-CN", timeout=60).status_code != requests.codes.ok:
        pytest.skip("this portal's previews are blank in Chinese: docs/portal.md has the setting that it lacks")
    require_filled_preview(browser)


def require_filled_preview(browser: webdriver.Chrome) -> None:
    frame = WebDriverWait(browser, PATIENCE).until(lambda page: page.find_element(By.TAG_NAME, "iframe"))
    browser.switch_to.frame(frame)
    drawn = WebDriverWait(browser, PATIENCE, ignored_exceptions=[StaleElementReferenceException])  # the preview redraws its rows
    rows = drawn.until(lambda page: [row.text for row in page.find_elements(By.CSS_SELECTOR, "tbody tr") if "2026" in row.text])
    assert len(rows) >= 10
    assert "某县第" in rows[0]
    assert "已公开条数" in body(browser)
    browser.switch_to.default_content()


@pytest.fixture
def site() -> Iterator[str]:
    """A web server of its own that shows one page under every address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = "<!DOCTYPE html><meta charset=utf-8><h1>逐条依据</h1>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/open/"
        server.shutdown()


def link_of(ckan: Ckan, name: str) -> dict[str, Any]:
    """The resource that links to the site, empty where there is none."""
    return next((one for one in ckan.public.action.package_show(id=name)["resources"] if one["name"] == "网页 (Web page)"), {})


def test_a_person_finds_the_page_of_the_releases_site_within_the_portal(
    ckan: Ckan, small_county: County, browser: webdriver.Chrome, site: str
) -> None:
    pages = tuple(ReleasedFile(f"site/{page}", "html", "text/html", 1, "ab" * 32) for page in ("index.html", "datasets/units.html"))
    small_county.portal = replace(small_county.portal, site=site)
    release = replace(small_county.release(), site=pages)
    assert small_county.publish(release).problems == ()
    for name, page in (("units", "datasets/units.html"), ("release", "index.html")):
        assert link_of(ckan, small_county.name(name))["url"] == f"{site}{page}"
    assert small_county.publish(release).is_unchanged
    if "webpage_view" in ckan.extensions():
        link = link_of(ckan, small_county.name("units"))
        browser.get(f"{ckan.url}/zh_Hans_CN/dataset/{small_county.name('units')}/resource/{link['id']}")
        browser.switch_to.frame(browser.find_element(By.TAG_NAME, "iframe"))
        assert body(browser) == "逐条依据"
        browser.switch_to.default_content()
    small_county.portal = replace(small_county.portal, site=None)
    assert small_county.publish(release).problems == ()
    assert link_of(ckan, small_county.name("units")) == {}


def test_a_person_finds_the_datasets_of_a_theme_in_its_group(ckan: Ckan, published: County, browser: webdriver.Chrome) -> None:
    browser.get(f"{ckan.url}/group/{published.portal.dataset_prefix}delivery")
    assert "执行 (Delivery)" in body(browser)
    assert "目标完成进度 (Target progress)" in body(browser)
