"""What units reply stands beside the verdict that it answers, in their own words, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html as lxml_html

from exports.release.manifest import Release
from exports.site.addresses import task_page, unit_page
from exports.site.facts import LONGEST_REPLY, MOST_REPLIES
from tests.site.made import PLAN, UNITS, delivery, release_of, replies, sited, tasks

HOSTILE = "</bdi></blockquote><script>window.hacked = 1</script><img src=x onerror=alert(1)>\u202e{{ 7 * 7 }}"
VERDICTS = (("t1", "u1", "overdue", "deadline_passed"), ("t1", "u2", "done_late", "done"), ("t2", "u1", "unknown", "no_report_on_task"))
LATE = """
    select 'SJ-1' as disclosure_id, '审计公告' as disclosure_title, 'u1' as unit_id, date '2026-03-02' as published_on, 9 as days_late
"""


TARGET = """
    select 'u1' as unit_id, '甲县财政局' as unit_name, 2026 as plan_year, 100 as target_count, 10 as disclosed_count, true as is_behind,
        date '2026-10-31' as as_of_on, 0.8 as elapsed_share, 0 as unsettled_count, 'under_3_months' as forecast_reason
"""


def release(folder: Path, given: str, **more: str) -> Release:
    rows = {"plan_documents": PLAN, "plan_tasks": tasks("公开清单", "公开目录"), "units": UNITS, "task_delivery": delivery(*VERDICTS)}
    return sited(release_of(folder / "release", rows | {"disclosures": LATE, "unit_replies": given} | more))


def parsed(made: Release, page: str) -> lxml_html.HtmlElement:
    return lxml_html.parse(str(made.folder / "site" / page)).getroot()


def quoted(page: lxml_html.HtmlElement) -> list[str]:
    return [one.text_content() for one in page.xpath("//article[@class='reply']//blockquote")]


def test_a_reply_stands_beside_the_verdict_of_its_unit_with_day_words_and_outcome(tmp_path: Path) -> None:
    made = release(tmp_path, replies(("u1", "t1", "报告填错了"), ("u1", "t1", "已经补报")))
    page = parsed(made, task_page("t1"))
    latest, first = page.xpath("//section[@id='verdicts']//article[@class='reply']")
    assert [latest.xpath("string(.//blockquote)"), first.xpath("string(.//blockquote)")] == ["已经补报", "报告填错了"]
    text = latest.text_content()
    assert "甲县财政局" in text or "单位u1" in text
    for said in ("逾期未完成", "2026-10-10", "核查中", "Under review"):
        assert said in text
    assert "逾期完成" not in text
    of_unit = parsed(made, unit_page("u1"))
    assert quoted(of_unit) == ["已经补报", "报告填错了"]
    assert "单位回应" in of_unit.xpath("string(//section[@id='replies']/h2)")
    assert len(of_unit.xpath("//*[@id='delivery']//a[starts-with(@href, '#reply-')]")) == 1


def test_a_reply_is_on_no_page_of_another_unit_or_task(tmp_path: Path) -> None:
    made = release(tmp_path, replies(("u1", "t1", "只答这一项"), ("u2", "t2", "不是本单位的任务")))
    for page in (task_page("t2"), unit_page("u2"), unit_page("u3"), "index.html"):
        assert quoted(parsed(made, page)) == []
    assert all("不是本单位的任务" not in (made.folder / file.path).read_text("utf-8") for file in made.site if "datasets/" not in file.path)


def test_replies_to_other_verdicts_are_on_the_page_of_the_unit(tmp_path: Path) -> None:
    made = release(tmp_path, replies(("u1", "SJ-1", "附件须先脱敏"), kind="publication_term"))
    page = parsed(made, unit_page("u1"))
    assert "公开期限" in page.xpath("string(//article[@class='reply'])")
    assert page.xpath("//article[@class='reply']//span[@class='badge late']")
    assert page.xpath("//section[@id='terms']//a[@href='#reply-1']")


def test_a_reply_about_a_target_stands_beside_its_pace(tmp_path: Path) -> None:
    given = replies(("u1", "u1/2026", "目标下达较晚"), kind="target_progress").replace(
        "'题目' || verdict_id as", "2026 as plan_year, null as"
    )
    page = parsed(release(tmp_path, given, target_progress=TARGET), unit_page("u1"))
    assert "年度目标" in page.xpath("string(//article[@class='reply']/p[1])")
    assert page.xpath("//article[@class='reply']//span[@class='badge late']//span[@class='zh']/text()") == ["滞后于序时进度"]
    assert page.xpath("//section[@id='pace']//a[@href='#reply-1']")


@pytest.mark.parametrize(
    ("code", "shown"), [("unclear", "处理结果的写法不能识别"), ("not_stated", "没有写明处理结果"), ("new_state", "new_state")]
)
def test_an_outcome_that_is_unknown_is_said_to_be(tmp_path: Path, code: str, shown: str) -> None:
    made = release(tmp_path, replies(("u1", "t1", "说明")).replace("under_review", code))
    assert shown in parsed(made, task_page("t1")).xpath("string(//article[@class='reply'])")


def test_hostile_words_of_a_reply_are_shown_as_text(tmp_path: Path) -> None:
    made = release(
        tmp_path,
        replies(("u1", "t1", HOSTILE)).replace(
            "select * exclude (number),", f"select * exclude (number), $${HOSTILE}$$ as reply_state_reason,"
        ),
    )
    for address in (task_page("t1"), unit_page("u1")):
        page = parsed(made, address)
        assert quoted(page) == [HOSTILE]
        assert page.xpath("//main//script | //main//img | //main//*[@onerror]") == []
        assert len(page.xpath("//article[@class='reply']//bdi[contains(., 'window.hacked')]")) == 2


def test_long_and_many_replies_leave_the_page_small_and_point_to_the_data(tmp_path: Path) -> None:
    made = release(tmp_path, replies(*[("u1", "t1", "长" * 40_000)] * (MOST_REPLIES + 5)))
    for address in (task_page("t1"), unit_page("u1")):
        page = parsed(made, address)
        assert len(quoted(page)) == MOST_REPLIES
        assert quoted(page)[0].count("长") == LONGEST_REPLY
        assert page.xpath("//article//a[contains(@href, 'datasets/unit-replies.html')]")
        assert (made.folder / "site" / address).stat().st_size < 300_000


def test_without_replies_only_the_page_on_method_speaks_of_them(tmp_path: Path) -> None:
    rows = {"plan_documents": PLAN, "plan_tasks": tasks("公开清单", "公开目录"), "units": UNITS, "task_delivery": delivery(*VERDICTS)}
    made = sited(release_of(tmp_path / "release", rows))
    speaking = [file.path for file in made.site if file.format == "html" and "单位回应" in (made.folder / file.path).read_text("utf-8")]
    assert speaking == ["site/method.html"]
    assert "gongkai template unit_replies" in parsed(made, "method.html").xpath("string(//section[@id='replies'])")
