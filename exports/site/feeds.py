"""Calendar and feeds: due dates as iCalendar (RFC 5545), what is due soon and what concerns each unit as Atom (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from exports.pages.templating import render
from exports.site.addresses import name_of
from exports.site.facts import Facts
from exports.site.rendering import Page, place_of
from exports.site.tables import Row
from exports.site.words import word

_FOLD = 73  # octets of a line of iCalendar before it is folded; the standard allows 75
_LONG_AGO = date(1970, 1, 1)
MOST_ENTRIES = 60


def calendar_file(facts: Facts) -> Page:
    """calendar.ics: an all-day event for each task with a date. The same tasks give the same bytes, on whichever day."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//gongkai//site//ZH",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_ics(place_of(facts))}政务公开",
    ]
    for task in facts.tasks:
        if task["deadline_on"]:
            lines += _event(task, facts.plan_of.get(task["document_id"]))
    lines.append("END:VCALENDAR")
    return "calendar.ics", "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(task: Row, plan: Row | None) -> list[str]:
    issued = (plan or {}).get("issued_on") or _LONG_AGO
    words = [task["quoted_text"], (plan or {}).get("document_title") or task["document_id"]]
    if task["is_deadline_interpreted"]:
        words.append(f"时限系推定 interpreted: {task['deadline_text'] or ''}")
    return [
        "BEGIN:VEVENT",
        f"UID:{name_of(task['task_id'])}@gongkai",
        f"DTSTAMP:{issued:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{task['deadline_on']:%Y%m%d}",
        f"DTEND;VALUE=DATE:{task['deadline_on'] + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_ics(task['task_title'])}",
        f"DESCRIPTION:{_ics(chr(10).join(words))}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _ics(text: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(plain, escaped)
    return text


def _folded(line: str) -> str:
    """A line in parts of at most 75 octets, never within a character."""
    parts, size = [""], 0
    for character in line:
        width = len(character.encode())
        if size + width > _FOLD:
            parts.append("")
            size = 1
        parts[-1] += character
        size += width
    return "\r\n ".join(parts)


def feeds(facts: Facts) -> Iterator[Page]:
    """feeds/due-soon.xml, and one feed for each unit with tasks."""
    place = place_of(facts)
    due = [
        _entry(
            task["task_id"],
            task["task_title"],
            task["page"],
            task["due_on"],
            f"{task['open_count']} 个单位尚待落实 bodies still to deliver",
        )
        for task in facts.due_soon
    ]
    yield _feed("feeds/due-soon.xml", "due-soon", f"{place}：今后 30 天到期 due in 30 days", due, facts.as_of)
    for unit in facts.units:
        rows = [row for row in unit["delivery"] if row["task_id"] in facts.task_of]
        entries = sorted((_of_unit(facts, row) for row in rows), key=lambda entry: (entry["updated"], entry["id"]), reverse=True)
        yield _feed(f"feeds/units/{name_of(unit['unit_id'])}.xml", unit["unit_id"], f"{unit['unit_name']}：任务落实 delivery", entries)


def _of_unit(facts: Facts, row: Row) -> dict[str, Any]:
    """The state of one of a unit's tasks: a new id with each status, so that readers show the change."""
    status, rule = word("delivery_status", row["delivery_status"]), word("delivery_rule", row["delivery_rule"])
    plan = facts.plan_of.get(facts.task_of[row["task_id"]]["document_id"]) or {}
    days = [row[name] for name in ("done_on", "not_done_on") if row[name]] or [plan.get("issued_on") or _LONG_AGO]
    identity = f"{row['task_id']}|{row['owner_id']}|{row['delivery_status']}"
    text = f"{status.zh} {status.en}：{rule.zh} {rule.en}"
    return _entry(identity, f"{row['task_title']}：{status.zh} {status.en}", facts.task_of[row["task_id"]]["page"], max(days), text)


def _entry(identity: str, title: str, page: str, day: date, text: str) -> dict[str, Any]:
    return {
        "id": f"urn:gongkai:{name_of(identity)}",
        "title": title,
        "page": page,
        "updated": f"{day.isoformat()}T00:00:00+08:00",
        "text": text,
    }


def _feed(path: str, identity: str, title: str, entries: list[dict[str, Any]], day: date = _LONG_AGO) -> Page:
    updated = max((entry["updated"] for entry in entries), default=f"{day.isoformat()}T00:00:00+08:00")
    root = "../" * path.count("/")
    return path, render(
        "site/feed.xml", id=f"urn:gongkai:feed:{name_of(identity)}", title=title, updated=updated, root=root, entries=entries[:MOST_ENTRIES]
    )
