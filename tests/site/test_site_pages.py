"""What the pages say: the figures of the data and no others, nothing withheld, the unknown as unknown, hostile words as text."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import duckdb
import pytest
from lxml import etree
from lxml import html as lxml_html
from selenium import webdriver

from exports.catalog import load_catalog
from exports.release.manifest import Release, read_release
from exports.release.verify import verify_release
from exports.site.addresses import task_page, unit_page
from exports.site.build import write_site
from exports.site.statistics import guarded
from tests.conftest import County
from tests.site.made import PLAN, UNITS, delivery, release_of, sited, tasks

LARGEST_PAGE = 300_000
ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = {
    "t1": "<script>window.hacked = 1</script>公开清单",
    "t2": '"><img src=x onerror="window.hacked = 2">公开目录',
    "t3": "公开\u202egpj.exe\u202c文件",
    "t4": "{{ 7 * 7 }}{% raw %}公开",
    "t5": "]]></title></script><svg onload=window.hacked=5>公开",
    "t6": "公开\x0b\x01控制符",
    "t7": "javascript:window.hacked=7 公开",
}


def text_of(page: Path) -> str:
    return " ".join(lxml_html.parse(str(page)).getroot().text_content().split())


def shown(page: Path, attribute: str) -> dict[str, int]:
    """The figures that a page marks with an attribute, by its value."""
    found = lxml_html.parse(str(page)).getroot().xpath(f"//*[@{attribute}]")
    return {one.get(attribute): int(one.text_content().replace(",", "")) for one in found}


@pytest.fixture(scope="module")
def sample_release(whole_sample: County) -> Release:
    return read_release(whole_sample.latest)


def ask(release: Release, select: str) -> list[tuple]:
    with duckdb.connect() as connection:
        for entry in release.datasets:
            connection.execute(f"create view {entry.name} as from '{release.folder / entry.file('parquet').path}'")
        return connection.execute(select).fetchall()


def test_headline_figures_are_what_a_query_on_the_parquet_files_gives(sample_release: Release) -> None:
    (expected,) = ask(
        sample_release,
        """
        select count(*) filter (delivery_status in ('done_on_time', 'standing_kept')), count(*) filter (delivery_status = 'done_late'),
            count(*) filter (delivery_status in ('overdue', 'standing_neglected')), count(*) filter (delivery_status = 'not_yet_due'),
            count(*) filter (delivery_status = 'unknown'), count(*)
        from task_delivery where plan_year = 2026
        """,
    )
    home = shown(sample_release.folder / "site/index.html", "data-headline")
    assert tuple(home[tone] for tone in ("kept", "late", "overdue", "running", "unknown")) == expected[:-1]
    assert sum(home.values()) == expected[-1] > 0


def test_pace_and_coverage_are_what_queries_give(sample_release: Release) -> None:
    ((behind, on_course, unknown),) = ask(
        sample_release,
        """
        select count(*) filter (is_behind), count(*) filter (not is_behind), count(*) filter (is_behind is null)
        from target_progress where plan_year = 2026
        """,
    )
    home = shown(sample_release.folder / "site/index.html", "data-pace")
    assert (home["behind"], home["on_course"] + home["reached"], home["unknown"]) == (behind, on_course, unknown)
    counted = dict(ask(sample_release, "select coverage_status, count(*) from catalogue_coverage group by all"))
    assert {code: count for code, count in shown(sample_release.folder / "site/coverage.html", "data-coverage").items() if count} == counted


def test_months_are_what_a_query_gives(sample_release: Release) -> None:
    expected = ask(
        sample_release,
        """
        select month(published_on), count(*) filter (days_late = 0), count(*) filter (days_late > 0), count(*) filter (days_late is null)
        from disclosures where year(published_on) = 2026 group by all order by 1
        """,
    )
    page = lxml_html.parse(str(sample_release.folder / "site/index.html")).getroot()
    rows = [[cell.text_content() for cell in row.iter("th", "td")] for row in page.xpath("//*[@id='timeliness']//tbody/tr")]
    assert [(int(row[0].removesuffix("月")), *map(int, row[1:])) for row in rows if len(row) == 4] == expected
    assert len(rows) == 12


def test_each_units_counts_are_those_of_the_data(sample_release: Release) -> None:
    for unit_id, count in ask(sample_release, "select unit_id, count(*) from task_delivery where plan_year = 2026 group by all"):
        page = lxml_html.parse(str(sample_release.folder / "site" / unit_page(unit_id))).getroot()
        assert len(page.xpath("//*[@id='delivery']//tbody/tr")) == count
        assert sum(int(one.text) for one in page.xpath("//*[@id='delivery']//ul[@class='legend']//b")) == count


def test_a_units_tasks_of_other_years_are_not_counted_in_this_one(tmp_path: Path) -> None:
    this_year, last_year = (delivery((task, "u1", "overdue", "deadline_passed")) for task in ("t1", "t2"))
    verdicts = f"({this_year}) union all by name ({last_year.replace('2026 as plan_year', '2025 as plan_year')})"
    rows = {"plan_documents": PLAN, "plan_tasks": tasks("公开清单", "公开目录"), "units": UNITS, "task_delivery": f"from ({verdicts})"}
    page = lxml_html.parse(str(sited(release_of(tmp_path / "release", rows)).folder / "site" / unit_page("u1"))).getroot()
    assert [row.text_content() for row in page.xpath("//*[@id='delivery']/div/table/tbody/tr/td[1]")] == ["t1"]
    assert page.xpath("//*[@id='delivery']/details//tbody/tr/td[2]/text()") == ["2025"]
    assert sum(int(one.text) for one in page.xpath("//*[@id='delivery']//ul[@class='legend']//b")) == 1


def test_a_task_has_its_words_place_confidence_rule_and_day(sample_release: Release) -> None:
    for task_id, quoted, confidence in ask(sample_release, "select task_id, quoted_text, reading_confidence from plan_tasks"):
        text = text_of(sample_release.folder / "site" / task_page(task_id))
        assert " ".join(quoted.split()) in text
        assert f"{confidence:.2f}" in text
    for task_id, unit, rule, day in ask(
        sample_release, "select task_id, unit_name, delivery_rule, not_done_on from task_delivery where delivery_status = 'overdue'"
    ):
        text = text_of(sample_release.folder / "site" / task_page(task_id))
        assert unit in text
        assert rule in text
        assert str(day) in text


def test_a_rule_that_is_not_met_is_named_once_with_all_datasets_that_it_concerns(sample_release: Release) -> None:
    ((expected,),) = ask(
        sample_release,
        "select count(distinct (table_name, rule_name)) from data_quality where check_result <> 'met' "
        "and release_number = (select max(release_number) from data_quality)",
    )
    page = lxml_html.parse(str(sample_release.folder / "site/quality.html")).getroot()
    assert len(page.xpath("//*[@id='not-met']//tbody/tr")) == expected > 0


def test_a_term_without_a_number_of_days_is_said_to_have_none(sample_release: Release) -> None:
    page = lxml_html.parse(str(sample_release.folder / "site/method.html")).getroot()
    days = [row.xpath("string(td[2])") for row in page.xpath("//*[@id='articles']//tbody/tr")]
    assert len(days) > 10
    assert [text for text in days if not re.search(r"\d+ |没有固定天数", text)] == []


def test_every_link_leads_somewhere_and_every_page_is_small(sample_release: Release) -> None:
    pages = [sample_release.folder / file.path for file in sample_release.site if file.format == "html"]
    anchors: dict[Path, set[str]] = {}
    broken = []
    for page in pages:
        assert page.stat().st_size <= LARGEST_PAGE, page
        root = lxml_html.parse(str(page)).getroot()
        ids = root.xpath("//@id")
        assert len(ids) == len(set(ids)), (page, [one for one, count in Counter(ids).items() if count > 1])
        anchors[page.resolve()] = set(ids)
    for page in pages:
        for href in set(lxml_html.parse(str(page)).getroot().xpath("//@href | //@src")):
            parts = urlsplit(href)
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
            if parts.scheme not in {"", "data"}:
                assert parts.scheme in {"http", "https"}, href
            elif parts.scheme == "" and (not target.is_file() or (parts.fragment and parts.fragment not in anchors.get(target, ()))):
                broken.append((page.name, href))
    assert broken == []


def test_no_page_runs_or_loads_anything_from_elsewhere(sample_release: Release) -> None:
    for file in sample_release.site:
        text = (sample_release.folder / file.path).read_text("utf-8")
        assert not re.search(r"<(script|link|img|iframe|source|object|embed)[^>]+(src|href)=[\"']?(https?:)?//", text), file.path
        assert not re.search(r"<script(?![^>]+src=)|\son\w+=[\"']|style=[\"']", text) or file.format != "html", file.path
        if file.format == "css":
            assert "url(" not in text
            assert "@import" not in text


def test_the_site_is_part_of_the_manifest_and_a_changed_page_is_found(
    whole_sample: County, sample_release: Release, tmp_path: Path
) -> None:
    listed = {file.path for file in sample_release.site}
    there = {path.relative_to(whole_sample.latest).as_posix() for path in (whole_sample.latest / "site").rglob("*") if path.is_file()}
    assert listed == there
    assert verify_release(whole_sample.latest) == []


def test_nothing_that_is_held_back_is_in_a_page_an_index_or_a_feed(whole_sample: County, sample_release: Release) -> None:
    titles = "select disclosure_title as title from core.disclosures union all select document_title from core.plan_documents"
    known = {title for (title,) in whole_sample.ask(titles) if title}
    public = {
        title
        for (title,) in ask(sample_release, "select disclosure_title from disclosures union all select document_title from plan_documents")
    }
    withheld = known - public
    assert len(withheld) > 20
    for file in sample_release.site:
        text = (sample_release.folder / file.path).read_text("utf-8")
        words = html.unescape(text)
        assert not [title for title in withheld if title in words], file.path


def test_the_same_data_give_the_same_bytes_and_pages_stay_where_they_are(tmp_path: Path) -> None:
    rows = {
        "plan_documents": PLAN,
        "plan_tasks": tasks("公开清单"),
        "units": UNITS,
        "task_delivery": delivery(("t1", "u1", "overdue", "deadline_passed")),
    }
    first, second = (sited(release_of(tmp_path / name, rows)) for name in ("first", "second"))
    assert first.site == second.site
    later = release_of(tmp_path / "later", rows | {"task_delivery": delivery(("t1", "u1", "done_late", "done"))}, date(2026, 11, 9))
    assert {file.path for file in sited(later).site} == {file.path for file in first.site}


def test_pages_that_did_not_change_are_those_of_the_last_release(tmp_path: Path) -> None:
    verdicts = delivery(("t1", "u1", "not_yet_due", "running"), ("t2", "u2", "done_on_time", "done"))
    rows = {"plan_documents": PLAN, "plan_tasks": tasks("公开清单", "公开目录"), "units": UNITS, "task_delivery": verdicts}
    last = sited(release_of(tmp_path / "last", rows))
    next_day = sited(release_of(tmp_path / "next", rows, last.as_of + timedelta(days=1)), last)
    written = {file.path for file in next_day.site if not (next_day.folder / file.path).samefile(last.folder / file.path)}
    assert written == {"site/index.html", "site/assets/release.js", "site/feeds/due-soon.xml"}
    changed = rows | {"task_delivery": delivery(("t1", "u1", "overdue", "deadline_passed"), ("t2", "u2", "done_on_time", "done"))}
    after = sited(release_of(tmp_path / "after", changed, last.as_of), last)
    assert (after.folder / "site" / task_page("t2")).samefile(last.folder / "site" / task_page("t2"))
    assert not (after.folder / "site" / task_page("t1")).samefile(last.folder / "site" / task_page("t1"))


def test_a_page_that_was_damaged_since_is_not_handed_on(tmp_path: Path) -> None:
    rows = {"units": UNITS}
    last = sited(release_of(tmp_path / "last", rows))
    damaged = last.folder / "site/about.html"
    damaged.write_bytes(damaged.read_bytes().replace(b"<h1>", b"<h2>"))
    after = sited(release_of(tmp_path / "after", rows), last)
    assert b"<h1>" in (after.folder / "site/about.html").read_bytes()


def test_the_unknown_is_neither_zero_nor_late(tmp_path: Path) -> None:
    verdicts = delivery(
        ("t1", "u1", "unknown", "no_report_on_task"), ("t1", "u2", "overdue", "deadline_passed"), ("t2", "u1", "new_state", "done")
    )
    progress = """
        select 'u1' as unit_id, '甲县财政局' as unit_name, 2026 as plan_year, 100 as target_count, date '2026-10-31' as as_of_on, 0.8 as elapsed_share,
            0 as unsettled_count, 'register_not_read' as progress_reason, 'progress_unknown' as forecast_reason
    """
    disclosures = "select 'd1' as disclosure_id, '甲' as disclosure_title, 'u1' as unit_id, date '2026-03-02' as published_on"
    rows = {"plan_documents": PLAN, "plan_tasks": tasks("公开清单", "公开目录", "无人报告"), "units": UNITS, "task_delivery": verdicts}
    release = sited(release_of(tmp_path / "release", rows | {"target_progress": progress, "disclosures": disclosures}))
    home = release.folder / "site/index.html"
    assert shown(home, "data-headline") == {"kept": 0, "late": 0, "overdue": 1, "running": 0, "unknown": 2}
    assert shown(home, "data-pace") == {"unknown": 1}
    assert "没有读取公开信息台账" in text_of(release.folder / "site/units.html")
    march = lxml_html.parse(str(home)).getroot().xpath("//*[@id='timeliness']//tbody/tr[3]/td")
    assert [cell.text for cell in march] == ["0", "0", "1"]
    assert "落实情况不明" in text_of(release.folder / "site" / task_page("t3"))
    assert "没有写明日期在这 30 天内" in text_of(home)


def test_a_dataset_that_is_not_released_is_said_to_be_missing(tmp_path: Path) -> None:
    release = sited(release_of(tmp_path / "release", {"units": UNITS}))
    home = text_of(release.folder / "site/index.html")
    assert "没有数据集 task-delivery" in home
    assert "没有数据集 disclosures" in home
    assert shown(release.folder / "site/index.html", "data-headline") == {}
    assert "件数不明，不是零" in text_of(release.folder / "site/requests.html")


def test_units_are_shown_beside_units_of_their_kind_alone(tmp_path: Path) -> None:
    verdicts = delivery(("t1", "u1", "overdue", "deadline_passed"), ("t1", "u3", "done_on_time", "done"))
    release = sited(
        release_of(tmp_path / "release", {"plan_documents": PLAN, "plan_tasks": tasks("甲"), "units": UNITS, "task_delivery": verdicts})
    )
    tables = lxml_html.parse(str(release.folder / "site/units.html")).getroot().xpath("//*[@id='delivery']//table")
    assert [[row.text_content() for row in table.xpath(".//tbody//a")] for table in tables] == [
        ["甲县民政局", "甲县财政局"],
        ["甲县某镇人民政府"],
    ]


@pytest.mark.parametrize(("count", "expected"), [(None, "—"), (0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (1234, "1,234")])
def test_small_counts_of_requests_are_guarded(count: int | None, expected: str) -> None:
    assert guarded(count) == expected


@pytest.fixture
def hostile(tmp_path: Path) -> Release:
    verdicts = delivery(*((task, "u1", "overdue", "deadline_passed") for task in HOSTILE), titles=HOSTILE)
    units = UNITS.replace("甲县财政局", HOSTILE["t2"])
    late = """
        select 'd1' as disclosure_id, '<b>粗</b>' as disclosure_title, 'u1' as unit_id, date '2026-03-02' as published_on, 9 as days_late,
            'javascript:alert(1)' as url
    """
    rows = {"plan_documents": PLAN.replace("甲县2026年工作要点", HOSTILE["t5"]), "plan_tasks": tasks(*HOSTILE.values()), "units": units}
    return sited(release_of(tmp_path / "release", rows | {"task_delivery": verdicts, "disclosures": late}))


def test_hostile_words_are_shown_as_text(hostile: Release, browser: webdriver.Chrome) -> None:
    browser.get_log("browser")
    pages = [hostile.folder / file.path for file in hostile.site if file.format == "html"]
    for page in pages:
        browser.get(page.as_uri() + ("?q=公开" if page.name == "search.html" else ""))
        assert browser.execute_script("return window.hacked") is None, page
        assert (
            browser.execute_script("return document.querySelectorAll('main img, main script, main b > b, [onload], [onerror]').length") == 0
        ), page
        assert browser.execute_script("return [...document.links].filter((link) => !/^(file|https?|blob):/.test(link.href)).length") == 0, (
            page
        )
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
    for task, title in HOSTILE.items():
        browser.get((hostile.folder / "site" / task_page(task)).as_uri())
        heading = browser.execute_script("return document.querySelector('h1').textContent")
        assert heading.strip() == title.replace("\x0b", "\ufffd").replace("\x01", "\ufffd")
    browser.get((hostile.folder / "site/browse.html").as_uri())
    assert len(browser.execute_script("return [...document.querySelectorAll('#table tbody tr')].map((row) => row.textContent)")) == len(
        HOSTILE
    )


def test_feeds_and_calendar_can_be_read_whatever_titles_hold(hostile: Release) -> None:
    for path in (hostile.folder / "site" / "feeds").rglob("*.xml"):
        feed = etree.parse(str(path))
        ids = [one.text for one in feed.iter(f"{ATOM}id")]
        assert len(ids) == len(set(ids))
        assert feed.findtext(f"{ATOM}updated")
    data = (hostile.folder / "site" / "calendar.ics").read_bytes()
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    lines = data.replace(b"\r\n ", b"").decode().split("\r\n")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(HOSTILE)
    assert all(re.match(r"[A-Z-]+(;[A-Z=]+)?:", line) for line in lines if line)
    assert lines.count("DTSTART;VALUE=DATE:20260930") == len(HOSTILE)


def test_the_index_is_a_script_that_holds_every_task(sample_release: Release) -> None:
    text = (sample_release.folder / "site/assets/index.js").read_text("utf-8")
    index = json.loads(text.removeprefix("window.gongkaiIndex=").removesuffix(";\n"))
    assert "<" not in text
    ((expected, pairs),) = ask(sample_release, "select (select count(*) from plan_tasks), (select count(*) from task_delivery)")
    assert (len(index["tasks"]), sum(len(task[-1]) for task in index["tasks"])) == (expected, pairs)


def test_a_unit_has_a_feed_and_the_calendar_every_date(sample_release: Release) -> None:
    ((dated,),) = ask(sample_release, "select count(*) from plan_tasks where deadline_on is not null")
    assert (sample_release.folder / "site/calendar.ics").read_text("utf-8").count("BEGIN:VEVENT") == dated
    for unit_id, count in ask(sample_release, "select unit_id, count(*) from task_delivery group by all"):
        name = unit_page(unit_id).removesuffix(".html")
        feed = etree.parse(str(sample_release.folder / "site" / "feeds" / f"{name}.xml"))
        assert len(feed.findall(f"{ATOM}entry")) == min(count, 60)


def test_files_carried_over_with_fewer_columns_are_shown(tmp_path: Path) -> None:
    release = release_of(tmp_path / "release", {"plan_documents": PLAN, "plan_tasks": tasks("公开清单"), "units": UNITS})
    path = release.folder / "data/plan-tasks.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table kept as select * exclude (needs_review, page, section_path) from '{path}'")
        connection.execute(f"copy kept to '{path}' (format parquet)")
    files = write_site(replace(release, datasets=release.datasets), None, load_catalog())
    assert any(file.path == f"site/{task_page('t1')}" for file in files)
