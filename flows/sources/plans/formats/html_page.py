"""What of a web page is the article and what is the site's: containers, links, titles and the meta tags of government sites."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import unquote

from flows.sources.plans.formats.draft import Row, one_line

# Names by which content systems (TRS, UCAP, JCMS, Boda, UEditor, Founder …) mark the article's body, surest first.
_MAIN_NAMES = (
    "trs_editor", "ucap-content", "ucapcontent", "trs_ueditor", "trs_editor_view", "trs_paper_preview", "zoom", "zoomcon", "fontzoom", "barrierfree_container",
    "bt_content", "pages_content", "wp_articlecontent", "v_news_content", "article_content", "article-content", "articlecontent", "article_con", "artical_content",
    "news_content", "newscontent", "news_conent", "xxgk_content", "zfxxgk_zw_content", "gk_content", "conTxt", "content_txt", "detail-content", "detailcontent",
    "js_content", "rich_media_content", "wordsection1", "section1", "printcontent", "print-content", "main-content", "maincontent",
)  # fmt: skip
_MAIN_RANK = {name.lower(): rank for rank, name in enumerate(_MAIN_NAMES)}
_FURNITURE_TAGS = frozenset({"nav", "footer", "aside", "menu"})
_FURNITURE_NAMES = frozenset(
    {
        "nav",
        "navbar",
        "navigation",
        "menu",
        "footer",
        "foot",
        "crumb",
        "crumbs",
        "breadcrumb",
        "breadcrumbs",
        "position",
        "location",
        "share",
        "bdshare",
    }
    | {
        "bdsharebuttonbox",
        "sidebar",
        "copyright",
        "toolbar",
        "pagination",
        "pager",
        "login",
        "search",
        "qrcode",
        "ewm",
        "sitemap",
        "topbar",
        "friendlink",
    }
    | {"relatednews", "xgwz", "prenext", "weizhi", "dqwz", "mianbaoxie", "fenxiang", "daohang"}
)
_NAME_PARTS = re.compile(r"[A-Za-z]+")
_FILE = re.compile(r"\.(?:docx?|pdf|wps|xlsx?|et|ofd|zip|rar|txt)(?:$|[?#])", re.IGNORECASE)
# Page tags of the State Council's norm for government sites (国办函〔2019〕19号 and before), under the labels sites print.
_META = {
    "articletitle": "标题", "pubdate": "发布日期", "contentsource": "来源", "author": "作者", "columnname": "栏目", "sitename": "网站名称", "keywords": "关键词",
}  # fmt: skip
_WORDS_BESIDE = ("alt", "title", "aria-label", "data-watermark")
_NO_LINKS = "//*[@alt or @title or @aria-label or @data-watermark][not(ancestor-or-self::a)]"  # a link's words are of another page
TICKED = "勾选"
_CONTENT = re.compile(r"content\s*:\s*[\"']([^\"']+)[\"']")
_SVG = re.compile(r"data:image/svg\+xml(?![^,]*;base64)[^,]*,", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]*>|data:[^,]*,")
_SITE_PART = re.compile(r"\s*[_|｜]|\s+[-—]+\s*|--")
_MAIN_LEAST = 60
_MAIN_LOOKED_AT = 20
_SENTENCE = 40
_MENU_RUN = 3


@dataclass(frozen=True, slots=True)
class Marks:
    """Elements that hold the article, elements that hold site furniture, and hidden ones that a script uncovers."""

    main: frozenset[Any]
    furniture: frozenset[Any]
    uncovered: frozenset[Any] = frozenset()


NO_MARKS = Marks(frozenset(), frozenset())


@dataclass(slots=True)
class Block:
    """One block of a page: its row, the share of its text that is linked, and where it stands."""

    row: Row
    linked: float
    in_main: bool
    in_furniture: bool
    has_file: bool
    is_wrapped: bool = False  # begins after a line break inside the same paragraph


def meta_fields(root: Any) -> dict[str, str]:
    """The article's fields that the page's meta tags give, and the window's title as 网页标题."""
    found: dict[str, str] = {}
    for tag in root.iter("meta"):
        label = _META.get((tag.get("name") or "").lower())
        value = one_line(tag.get("content") or "")
        if label and value:
            found.setdefault(label, value)
    title = next((one_line("".join(each.itertext())) for each in root.iter("title")), "")
    return found | ({"网页标题": title} if title else {})


def unseen(root: Any) -> list[tuple[str, str]]:
    """What a page says of itself beside its text: title, meta tags, hidden fields, words for pictures, drawn words, what is ticked; each with its name."""
    tags = [(each.get("name") or each.get("property") or "meta", each.get("content")) for each in root.iter("meta")]
    fields = [
        (each.get("name") or "input", each.get("value")) for each in root.iter("input") if (each.get("type") or "").lower() == "hidden"
    ]
    titles = [("网页标题", "".join(each.itertext())) for each in root.iter("title")]
    words = [(name, each.get(name)) for each in root.xpath(_NO_LINKS) for name in _WORDS_BESIDE if each.get(name)]
    drawn = [("svg", "".join(each.itertext())) for each in root.iter("svg")]
    ticked = [(TICKED, _label_of(each)) for each in root.iter("input") if each.get("checked") is not None]
    styled = [("样式", text) for each in root.iter("style") for text in _CONTENT.findall(each.text or "")]
    inline = [("svg", " ".join(_TAGS.split(unquote(each.get("src"))))) for each in root.iter("img") if _SVG.match(each.get("src") or "")]
    told = (*titles, *tags, *fields, *words, *drawn, *ticked, *styled, *inline)
    return [(one_line(name), text) for name, printed in told if (text := one_line(printed or ""))]


def _label_of(box: Any) -> str:
    """The words of a box that is ticked: of the label around it, or those behind it."""
    parent = box.getparent()
    return "".join(parent.itertext()) if parent is not None and parent.tag == "label" else box.tail or ""


def marks(root: Any) -> Marks:
    """Find the article's containers and the furniture's by the names that content systems give them."""
    ranked: dict[int, list[Any]] = {}
    furniture = set()
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        names = _names(element)
        if element.tag in _FURNITURE_TAGS or _is_furniture_name(names):
            furniture.add(element)
        ranks = [_MAIN_RANK[each] for each in (*names.split(), element.tag) if each in _MAIN_RANK]
        if ranks:
            ranked.setdefault(min(ranks), []).append(element)
    for rank in sorted(ranked):
        if any(len("".join(element.itertext())) >= _MAIN_LEAST for element in ranked[rank][:_MAIN_LOOKED_AT]):
            return Marks(frozenset(ranked[rank]), frozenset(furniture))
    return Marks(frozenset(), frozenset(furniture))


def is_main(element: Any) -> bool:
    """Whether content systems give an article's container this name."""
    return any(each in _MAIN_RANK for each in _names(element).split())


def is_furniture(element: Any) -> bool:
    """Whether an element, or one that it stands in, is the site's own."""
    around = (element, *element.iterancestors())
    return any(each.tag in _FURNITURE_TAGS or _is_furniture_name(_names(each)) for each in around)


def _names(element: Any) -> str:
    return f"{element.get('id', '')} {element.get('class', '')}".lower()


def _is_furniture_name(names: str) -> bool:
    return names != " " and not _FURNITURE_NAMES.isdisjoint(_NAME_PARTS.findall(names))


def leads_to_file(link: Any) -> bool:
    """Whether a link leads to an attachment: its words belong to the document."""
    return bool(_FILE.search(link.get("href", "")) or _FILE.search("".join(link.itertext()).strip()))


def mark_furniture(blocks: list[Block], metadata: dict[str, str]) -> None:
    """Give the kind "boilerplate" to what only leads elsewhere. Sentences, titles, tables and attachments are never touched."""
    titles = [title for title in (metadata.get("标题"), _SITE_PART.split(metadata.get("网页标题", ""))[0]) if title]
    first = next((index for index, block in enumerate(blocks) if block.in_main), None)
    named = next((index for index in range(first or 0) if _is_title(blocks[index], titles)), 0)
    for index, block in enumerate(blocks):
        is_menu = first is not None and not block.in_main and block.linked > 0.5  # noqa: PLR2004 - more link than text
        if not _is_kept(block) and (index < named or ((block.in_furniture or is_menu) and not _is_title(block, titles))):
            block.row.kind = "boilerplate"
    if first is None:
        _mark_menus(blocks)


def _is_kept(block: Block) -> bool:
    text = block.row.text
    is_sentence = len(text) >= _SENTENCE and any(stop in text for stop in "。;；")
    return block.row.kind != "text" or block.has_file or is_sentence or text.startswith("附件")


def _is_title(block: Block, titles: list[str]) -> bool:
    """Whether a block is the article's title or one line of it."""
    text = block.row.text
    return not block.linked and len(text) > 5 and any(text in title for title in titles)  # noqa: PLR2004 - a word is no title


def _mark_menus(blocks: list[Block]) -> None:
    """Where no container names the article: three or more blocks in a row that are all link are a menu or a list of other pages."""
    for linked, run in groupby(blocks, key=lambda block: block.linked > 0.9):  # noqa: PLR2004 - all but a bullet
        members = list(run)
        if linked and len(members) >= _MENU_RUN:
            for block in members:
                block.row.kind = block.row.kind if _is_kept(block) else "boilerplate"
