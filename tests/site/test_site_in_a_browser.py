"""The site as readers see it: at three widths, light and dark, from a folder and from a server, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from exports.release.manifest import Release, read_release
from tests.conftest import HANGS
from tests.site.conftest import WIDTHS, Reader, html_pages, one_of_each_kind

EVERY = 6  # of the pages of one kind: their template is the same
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module", params=["folder", "server"])
def root(request: pytest.FixtureRequest, sample_release: Release, served: Callable[[Release], str]) -> str:
    return f"{sample_release.folder.as_uri()}/" if request.param == "folder" else served(sample_release)


def address(root: str, page: Path, release: Release) -> str:
    return root + page.relative_to(release.folder).as_posix()


def test_pages_fit_every_width_say_nothing_to_the_console_and_ask_for_nothing_from_elsewhere(
    root: str, sample_release: Release, reader: Reader
) -> None:
    reader.requested()
    for page in one_of_each_kind(sample_release):
        reader.show(address(root, page, sample_release))
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                reader.look(width, scheme)
                assert reader.overhang() == 0, f"{page.name} at {width} px, {scheme}"
        assert reader.driver.find_element(By.TAG_NAME, "h1").text
        assert reader.complaints() == [], page
    elsewhere = {url for url in reader.requested() if not url.startswith((root, "data:", "about:", "chrome"))}
    assert elsewhere == set()


def test_pages_of_one_kind_open_from_their_folder_without_a_complaint(sample_release: Release, reader: Reader) -> None:
    for page in html_pages(sample_release)[::EVERY]:
        reader.show(page.as_uri(), 390)
        assert reader.overhang() == 0, page
    assert reader.complaints() == []


def test_axe_finds_no_serious_barrier(sample_release: Release, reader: Reader) -> None:
    """All of its rules on a wide light page; on a narrow dark one those that another look can break: the others see the same document."""
    axe = files("axe_core_python").joinpath("axe.min.js").read_text("utf-8")
    every, looks = {"resultTypes": ["violations"]}, {"runOnly": ["color-contrast", "scrollable-region-focusable"]}
    found = {}
    pages = one_of_each_kind(sample_release, largest=False)
    for page, width, scheme, options in [(page, *way) for page in pages for way in ((1280, "light", every), (390, "dark", looks))]:
        if options is every:
            reader.show(page.as_uri() + ("?tone=overdue" if page.name == "browse.html" else ""), width, scheme)
            reader.driver.execute_script(axe)
        reader.look(width, scheme)
        result = reader.driver.execute_async_script("const done = arguments[1]; axe.run(document, arguments[0]).then(done)", options)
        assert result["passes"], f"axe looked at nothing in {page}"
        found |= {
            f"{page.name} {scheme} {one['id']}": [node["html"][:160] for node in one["nodes"][:3]]
            for one in result["violations"]
            if one["impact"] in SERIOUS
        }
    assert found == {}


def test_axe_would_find_a_barrier(sample_release: Release, reader: Reader) -> None:
    reader.show(html_pages(sample_release)[0].as_uri())
    reader.driver.execute_script("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"data:,\">')")
    reader.driver.execute_script(files("axe_core_python").joinpath("axe.min.js").read_text("utf-8"))
    result = reader.driver.execute_async_script("const done = arguments[0]; axe.run(document).then(done)")
    assert "image-alt" in {one["id"] for one in result["violations"]}


def test_from_the_first_page_three_clicks_lead_to_what_is_late_by_which_unit_and_by_what_evidence(
    root: str, sample_release: Release, reader: Reader
) -> None:
    driver = reader.driver
    reader.show(f"{root}site/index.html")
    driver.find_element(By.CSS_SELECTOR, "a.tile.overdue").click()
    rows = driver.find_elements(By.CSS_SELECTOR, "main tbody tr")
    assert rows
    for row in rows:
        assert row.find_element(By.CSS_SELECTOR, "[data-head^='单位']").text
        assert re.search("未完成|未落实", row.find_element(By.CSS_SELECTOR, "[data-head^='状态']").text)
        assert row.find_element(By.CSS_SELECTOR, "[data-head^='依据']").text
    title = rows[0].find_element(By.CSS_SELECTOR, "td a").text
    rows[0].find_element(By.PARTIAL_LINK_TEXT, "原文和依据").click()
    assert title in driver.find_element(By.TAG_NAME, "h1").text
    assert driver.find_element(By.CSS_SELECTOR, "blockquote mark").text
    assert re.search(r"\d{4}-\d\d-\d\d", driver.find_element(By.ID, "verdicts").text)
    assert reader.complaints() == []


def test_the_language_is_switched_and_stays(root: str, reader: Reader) -> None:
    driver = reader.driver
    reader.show(f"{root}site/index.html")
    heading = driver.find_element(By.TAG_NAME, "h1")
    assert "政务公开承诺" in heading.text
    driver.find_element(By.CSS_SELECTOR, "[data-switch-language]").click()
    assert heading.text == "Are the promises of openness kept?"
    assert driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == "en"
    driver.find_element(By.LINK_TEXT, "Units").click()
    assert driver.find_element(By.TAG_NAME, "h1").text == "Units"
    driver.find_element(By.CSS_SELECTOR, "[data-switch-language]").click()
    assert driver.find_element(By.TAG_NAME, "h1").text == "单位"


def test_without_scripts_figures_and_both_languages_are_there(sample_release: Release, reader: Reader) -> None:
    driver = reader.driver
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        reader.show((sample_release.folder / "site/index.html").as_uri())
        shown = driver.find_element(By.ID, "headline").text
        assert "兑现" in shown
        assert "kept" in shown
        assert re.search(r"\d", shown)
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_the_keyboard_alone_reaches_everything(sample_release: Release, reader: Reader) -> None:
    driver = reader.driver
    reader.show((sample_release.folder / "site/index.html").as_uri())
    wanted = driver.execute_script(
        "window.reached = new Set(); document.addEventListener('focusin', (event) => window.reached.add(event.target));"
        "window.wanted = [...document.querySelectorAll('a[href], button, input, select, summary, [tabindex=\"0\"]')]"
        ".filter((one) => one.checkVisibility()); return window.wanted.length"
    )
    body = driver.find_element(By.TAG_NAME, "body")
    body.send_keys(*[Keys.TAB] * (wanted + 5))
    missed = driver.execute_script(
        "return window.wanted.filter((one) => !window.reached.has(one)).map((one) => one.outerHTML.slice(0, 120))"
    )
    assert wanted > 40
    assert missed == []


def test_the_table_of_tasks_is_filtered_sorted_and_saved_from_a_folder(sample_release: Release, reader: Reader) -> None:
    driver = reader.driver
    reader.show(f"{(sample_release.folder / 'site/browse.html').as_uri()}?tone=overdue")

    def rows() -> list[str]:
        return [row.text for row in driver.find_elements(By.CSS_SELECTOR, "#table tbody tr")]

    late = rows()
    assert late
    assert all("✕" in row for row in late)
    driver.find_element(By.CSS_SELECTOR, "[data-sort='3']").click()
    days = [re.search(r"\d{4}-\d\d-\d\d|—", row)[0] for row in rows()]  # type: ignore[index]
    assert [day for day in days if day != "—"] == sorted(day for day in days if day != "—")
    driver.execute_script(
        "window.saved = new Promise((done) => { URL.createObjectURL = (blob) => { blob.text().then(done); return 'blob:none'; };"
        "HTMLAnchorElement.prototype.click = () => {}; }); document.getElementById('save').click()"
    )
    saved = driver.execute_async_script("const done = arguments[0]; window.saved.then(done)")
    assert len(saved.strip().splitlines()) == len(late) + 1
    driver.find_element(By.ID, "f-text").send_keys("无此任务")
    assert rows() == []


def test_search_finds_tasks_units_and_data_from_a_folder(sample_release: Release, reader: Reader) -> None:
    driver = reader.driver
    reader.show((sample_release.folder / "site/index.html").as_uri())
    driver.find_element(By.ID, "q").send_keys("财政")
    driver.find_element(By.CSS_SELECTOR, ".find button").click()
    heads = [head.text for head in driver.find_elements(By.CSS_SELECTOR, "#results h2")]
    assert any(head.startswith("任务") for head in heads)
    assert any(head.startswith("单位") for head in heads)
    driver.find_element(By.LINK_TEXT, "栖川县财政局").click()
    assert driver.find_element(By.TAG_NAME, "h1").text == "栖川县财政局"


def proof(reader: Reader, state: str) -> str:
    box = reader.driver.find_element(By.CSS_SELECTOR, "[data-proof]")
    WebDriverWait(reader.driver, HANGS).until(
        lambda _: box.get_attribute("data-state") == state, message=f"{state} was not said: {box.text}"
    )
    return box.text


def flip_a_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def test_the_first_page_checks_its_figures_and_turns_red_where_a_byte_is_flipped(
    copy_of_release: Path, served: Callable[[Release], str], reader: Reader
) -> None:
    root = served(read_release(copy_of_release))
    reader.show(f"{root}site/index.html")
    said = proof(reader, "good")
    for number in reader.driver.find_elements(By.CSS_SELECTOR, "[data-headline]"):
        assert re.search(rf"\b{number.text}\b", said)
    flip_a_byte(copy_of_release / "data" / "task-delivery.csv")
    reader.show(f"{root}site/index.html")
    assert "task-delivery.csv" in proof(reader, "bad")


def test_the_page_of_proofs_checks_every_file_and_names_the_one_that_differs(
    copy_of_release: Path, served: Callable[[Release], str], reader: Reader
) -> None:
    root = served(read_release(copy_of_release))
    reader.show(f"{root}site/verify.html")
    release = read_release(copy_of_release)
    assert str(sum(len(entry.files) for entry in release.datasets)) in proof(reader, "good")
    flip_a_byte(copy_of_release / "data" / "units.parquet")
    reader.show(f"{root}site/verify.html")
    assert "units.parquet" in proof(reader, "bad")
    assert "不一致" in reader.driver.find_element(By.CSS_SELECTOR, "[data-file='data/units.parquet']").text
    assert "不一致" not in reader.driver.find_element(By.CSS_SELECTOR, "[data-file='data/units.csv']").text


def test_a_manifest_with_other_sums_turns_it_red(copy_of_release: Path, served: Callable[[Release], str], reader: Reader) -> None:
    manifest = copy_of_release / "manifest.json"
    release = read_release(copy_of_release)
    sha256 = release.datasets[0].files[0].sha256
    manifest.write_text(manifest.read_text("utf-8").replace(sha256, sha256[::-1]), "utf-8")
    reader.show(f"{served(release)}site/index.html")
    assert "manifest.json" in proof(reader, "bad")


def test_from_a_folder_it_says_that_nothing_was_checked_and_checks_files_that_are_chosen(copy_of_release: Path, reader: Reader) -> None:
    page = (copy_of_release / "site" / "verify.html").as_uri()
    files_there = [*sorted((copy_of_release / "data").iterdir()), copy_of_release / "manifest.json"]
    reader.show(page)
    assert "尚未核对" in proof(reader, "open")
    reader.driver.find_element(By.ID, "files").send_keys("\n".join(map(str, files_there[:2])))
    assert "没有核对" in proof(reader, "open")
    reader.show(page)
    reader.driver.find_element(By.ID, "files").send_keys("\n".join(map(str, files_there)))
    proof(reader, "good")
    flip_a_byte(copy_of_release / "data" / "disclosures.csv")
    reader.show(page)
    reader.driver.find_element(By.ID, "files").send_keys("\n".join(map(str, files_there)))
    assert "disclosures.csv" in proof(reader, "bad")
