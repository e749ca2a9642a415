"""The sample county's site as readers see it: in headless Chromium, from its folder and from `gongkai serve`."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest
from selenium import webdriver

from exports.release.manifest import Release, read_release
from flows.publication.serving import serve
from tests.conftest import County

WIDTHS = (1280, 768, 390)


@pytest.fixture(scope="module")
def sample_release(whole_sample: County) -> Release:
    return read_release(whole_sample.latest)


@pytest.fixture(scope="session")
def served() -> Callable[[Release], str]:
    """Serves a release until the tests end; gives its address."""

    def start(release: Release) -> str:
        addresses: Queue[str] = Queue()
        threading.Thread(target=serve, args=(release, "127.0.0.1", 0, addresses.put), daemon=True).start()
        return addresses.get(timeout=30)

    return start


class Reader:
    """A browser with what its console and its network said since the last question."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def show(self, address: str, width: int = 1280, scheme: str = "light") -> None:
        self.look(width, scheme)
        self.driver.get(address)

    def look(self, width: int, scheme: str) -> None:
        """Another window and colour scheme for the page that is open."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def complaints(self) -> list[str]:
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}]

    def requested(self) -> set[str]:
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return {message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"}

    def overhang(self) -> int:
        """By how many pixels the page can be scrolled sideways."""
        return int(self.driver.execute_script("return document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture(scope="module")
def reader(browser: webdriver.Chrome) -> Iterator[Reader]:
    yield Reader(browser)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.fixture
def copy_of_release(tmp_path: Path, sample_release: Release) -> Path:
    """A copy of the sample's release that may be damaged."""
    return Path(shutil.copytree(sample_release.folder, tmp_path / "release"))


def html_pages(release: Release) -> list[Path]:
    return [release.folder / file.path for file in release.site if file.format == "html"]


def one_of_each_kind(release: Release, *, largest: bool = True) -> list[Path]:
    """One page of each kind: of those with many pages the largest, or one of middle size."""
    kinds: dict[str, list[Path]] = {}
    for page in sorted(html_pages(release), key=lambda path: path.stat().st_size):
        kinds.setdefault(page.name if page.parent.name == "site" else page.parent.name, []).append(page)
    return [pages[-1] if largest else pages[len(pages) // 2] for pages in kinds.values()]
