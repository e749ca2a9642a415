"""What of a web page does not show by itself: parts that a script uncovers, frames, text inside scripts, articles made of pictures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from lxml import etree

from flows.sources.plans.formats import html_page
from flows.sources.plans.formats.losses import Loss

_UNSEEN_NAMES = """applet audio button canvas colgroup datalist embed frame head iframe input map math noframes noscript object option rp rt
    script select style svg template textarea title video"""
UNSEEN = frozenset(_UNSEEN_NAMES.split())
FRAMES = frozenset({"iframe", "frame", "object", "embed"})
_HOLDERS = frozenset({"textarea", "template", "noscript", "script"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ESCAPED = re.compile(r"\\u[4-9][0-9a-f]{3}", re.IGNORECASE)
_NO_PAGE = re.compile(r"\s*(?:$|about:|javascript:|#)", re.IGNORECASE)
_DATA_PAGE = re.compile(r"data:text/html[^,]*,(?P<page>.*)", re.IGNORECASE | re.DOTALL)
_DOCUMENT = re.compile(r"\.(?:docx?|pdf|wps|ofd|s?html?)(?:$|[?#])|pdf|viewer|content|article", re.IGNORECASE)
_LONG = 200
_SHORT = 60
_SMALL = 20
_LITTLE_PICTURE = 200
_DEEPEST = 5
_SAMPLE = 40


def is_hidden(element: Any) -> bool:
    """Whether the page itself keeps an element from being seen, by attribute or style."""
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _HIDDEN.search(style))


def short_hidden(root: Any) -> Iterator[tuple[str, str]]:
    """Short texts of hidden elements, as fields that a page keeps for its own use are."""
    for element in root.iter("*"):
        text = "".join("".join(element.itertext()).split()) if is_hidden(element) else ""
        if 0 < len(text) <= _SHORT:
            yield "隐藏文字", text


def uncovered(root: Any) -> tuple[frozenset[Any], list[Loss]]:
    """Hidden elements that a script will show, and losses for other long hidden texts.

    The page's body, the article's container and whatever holds more text than all that can be seen are made to be shown. A text that
    stands in sight as well (a copy for the printer) is neither.
    """
    shown: set[Any] = set()
    for _ in range(_DEEPEST):
        seen, hidden = _seen_and_hidden(root, shown)
        new = {element for element, text in hidden if not _repeats(text, seen) and _is_to_be_shown(element, text, seen)}
        if not new:
            break
        shown |= new
    losses = [Loss("hidden_text", detail=_name(element)) for element, text in hidden if _is_lost(element, text, seen)]
    return frozenset(shown), losses


def _seen_and_hidden(root: Any, shown: set[Any]) -> tuple[str, list[tuple[Any, str]]]:
    """The text in sight, and each outermost hidden element with the text that it would show."""
    hidden: list[Any] = []
    seen = _squeezed(_texts(root, shown, hidden))
    return seen, [(element, _squeezed(_texts(element))) for element in hidden]


def _texts(element: Any, shown: Iterable[Any] = (), hidden: list[Any] | None = None) -> Iterator[str]:
    """Texts in an element, without what no page shows and what is hidden inside, which is put into `hidden`."""
    events = etree.iterwalk(element, events=("start", "end"))
    for event, each in events:
        if event == "end":
            yield each.tail or "" if each is not element else ""
        elif each.tag in UNSEEN or (is_hidden(each) and each not in shown and (hidden is not None or each is not element)):
            events.skip_subtree()
            if hidden is not None and each.tag not in UNSEEN:
                hidden.append(each)
        else:
            yield each.text or ""


def _squeezed(parts: Any) -> str:
    return re.sub(r"\s+", "", "".join(parts))


def _repeats(text: str, seen: str) -> bool:
    middle = len(text) // 2
    return len(text) >= _SHORT and text[middle : middle + _SAMPLE] in seen


def _is_to_be_shown(element: Any, text: str, seen: str) -> bool:
    if element.tag in {"html", "body"}:
        return True
    return len(text) > len(seen) or (len(text) >= _SHORT and html_page.is_main(element))


def _is_lost(element: Any, text: str, seen: str) -> bool:
    return len(text) >= _LONG and text.count("。") > 1 and not _repeats(text, seen) and not html_page.is_furniture(element)


def _name(element: Any) -> str:
    return f"<{element.tag}{' id=' + element.get('id') if element.get('id') else ''}>"


def page_inside(frame: Any, parts: Mapping[str, str]) -> str | None:
    """The page that a frame carries: in srcdoc, in a data address, or in `parts` of the same archive by address; None if it is elsewhere."""
    if frame.get("srcdoc"):
        return str(frame.get("srcdoc"))
    address = (frame.get("src") or frame.get("data") or "").strip()
    data = _DATA_PAGE.match(address)
    if data and ";base64" not in address[: address.find(",")]:
        return unquote(data["page"])
    return parts.get(address.removeprefix("cid:")) if address else None


def frame_loss(frame: Any, *, in_main: bool, has_article: bool) -> Loss | None:
    """A loss for a frame whose page is elsewhere, unless it is the site's own: tiny, hidden, empty, or beside an article of some length."""
    address = (frame.get("src") or frame.get("data") or "").strip()
    if frame.get("srcdoc"):
        return Loss("frame", detail="srcdoc")
    if _NO_PAGE.match(address) or is_hidden(frame) or any(_size(frame.get(side)) < _SMALL for side in ("width", "height")):
        return None
    if frame.tag in {"object", "embed"} and not _DOCUMENT.search(f"{address} {frame.get('type', '')}"):
        return None
    return Loss("frame", detail=address[:200]) if in_main or not has_article else None


def _size(printed: str | None) -> int:
    number = re.match(r"\s*(\d{1,6})", printed or "")
    return int(number[1]) if number and "%" not in (printed or "") else _LITTLE_PICTURE


def script_losses(root: Any, seen: str) -> list[Loss]:
    """A loss where more Chinese stands in scripts, templates and the like than in sight."""
    in_sight = len(_CHINESE.findall(seen))
    for element in root.iter(*_HOLDERS):
        text = "".join(element.itertext())
        chinese = len(_CHINESE.findall(text)) + len(_ESCAPED.findall(text))
        if chinese >= _LONG and chinese > in_sight:
            return [Loss("script_text", detail=_name(element))]
    return []


def picture_losses(root: Any, main: frozenset[Any], seen: str) -> list[Loss]:
    """A loss where the article is hardly more than pictures."""
    containers = list(main) or [root]
    if len(seen if not main else _squeezed(part for each in main for part in _texts(each))) >= _LONG:
        return []
    pictures = [picture for each in containers for picture in each.iter("img") if _is_large(picture)]
    return [Loss("picture", detail=f"{len(pictures)} × <img>")] if pictures else []


def _is_large(picture: Any) -> bool:
    if is_hidden(picture) or html_page.is_furniture(picture):
        return False
    return all(_size(picture.get(side)) >= _LITTLE_PICTURE for side in ("width", "height"))
