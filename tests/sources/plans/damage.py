"""Damaged plans: bytes changed, characters jumbled, the structure of html, docx and pdf taken apart and put together otherwise."""

from __future__ import annotations

import copy
import io
import random
import zipfile
from collections.abc import Callable
from typing import Any

import lxml.html
from lxml import etree

BITS = [
    "一、",
    "(一)",
    "1.",
    "①",
    "责任单位:",
    "(牵头单位:",
    "完成时限:",
    "区政府办",
    "、",
    ",",
    ";",
    "。",
    "\n",
    "\n\n",
    "|",
    "序号",
    "工作任务",
    "2024年",
    "6月底前",
    "附件1",
    ")",
    "《",
    "》",
    "每季度",
    "同上",
    "----",
    "\t",
    " ",
]


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled or moved."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 12)):
        at, length = chance.randrange(len(out) + 1), chance.randint(1, 40)
        match chance.randrange(4):
            case 0:
                out[at : at + length] = chance.randbytes(length)
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = out[at : at + length] * chance.randint(1, 20)
            case _:
                out[at:at] = chance.choice(BITS).encode()
    return bytes(out)


def jumbled(text: str, chance: random.Random) -> str:
    """Characters cut out, doubled, put in or parted by line ends: still text, so that the reader itself and not the decoder meets it."""
    signs = list(text)
    for _ in range(chance.randint(1, 14)):
        at, length = chance.randrange(len(signs) + 1), chance.choice((1, 2, 5, 20, 80))
        match chance.randrange(4):
            case 0:
                signs[at:at] = chance.choice((*BITS, "①", "³", "〇", "2024年2月30日", "序号工作任务责任单位完成时限"))
            case 1:
                del signs[at : at + length]
            case 2:
                signs[at:at] = signs[at : at + length] * chance.randint(1, 4)
            case _:
                signs[at : at + length] = [sign + chance.choice(("", "\n", " ")) for sign in signs[at : at + length] if sign != "\n"]
    return "".join(signs)


def _rebuilt(root: Any, chance: random.Random, own_words: Callable[[Any], None]) -> None:
    """Elements of a tree left out, doubled, moved, nested into each other or given odd attributes."""
    for _ in range(chance.randint(1, 10)):
        elements = [each for each in root.iter() if isinstance(each.tag, str) and each.getparent() is not None]
        if len(elements) < 3:
            return
        one, other = chance.sample(elements, 2)
        parent = one.getparent()
        match chance.randrange(6):
            case 0:
                parent.remove(one)
            case 1:
                for _ in range(chance.randint(1, 20)):
                    parent.append(copy.deepcopy(one))
            case 2 if other not in one.iterdescendants():
                other.append(one)
            case 3:
                for _ in range(chance.randint(1, 40)):
                    wrapped = copy.deepcopy(one)
                    one.append(etree.Element(one.tag))
                    one[-1].text = wrapped.text
            case 4:
                one.text = chance.choice((*BITS, "序号", "\u3000", "1", None))
            case _:
                own_words(one)


def rebuilt_html(data: bytes, chance: random.Random) -> bytes:
    root = lxml.html.fromstring(data.decode())

    def odd(element: Any) -> None:
        name = chance.choice(("rowspan", "colspan", "style", "class", "align", "hidden", "start", "type"))
        element.set(name, chance.choice(("0", "-1", "3", "65534", "display:none", "x", "")))
        element.tag = chance.choice((element.tag, "table", "td", "tr", "li", "ol", "p", "br", "pre", "script", "h1"))

    _rebuilt(root, chance, odd)
    return bytes(lxml.html.tostring(root, encoding="utf-8"))


def rebuilt_docx(data: bytes, chance: random.Random) -> bytes:
    """A sound archive with a well-formed part that Word would never write."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        parts = {name: opened.read(name) for name in opened.namelist()}
    name = chance.choice(
        ("word/document.xml", "word/document.xml", "word/numbering.xml", "word/styles.xml", "word/_rels/document.xml.rels")
    )
    root = etree.fromstring(parts[name])

    def odd(element: Any) -> None:
        for key in element.attrib:
            element.set(key, chance.choice(("0", "-7", "99999999999", "restart", "continue", "", "甲")))

    _rebuilt(root, chance, odd)
    parts[name] = etree.tostring(root)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as written:
        for part, content in parts.items():
            written.writestr(part, content)
    return stream.getvalue()


def rebuilt_pdf(data: bytes, chance: random.Random) -> bytes:
    """Operators and objects of a PDF without compression left out, doubled or in another order, numbers changed."""
    lines = data.split(b"\n")
    for _ in range(chance.randint(1, 10)):
        at, length = chance.randrange(len(lines)), chance.randint(1, 8)
        match chance.randrange(4):
            case 0:
                del lines[at : at + length]
            case 1:
                lines[at:at] = lines[at : at + length] * chance.randint(1, 20)
            case 2:
                lines[at : at + length] = reversed(lines[at : at + length])
            case _:
                words = lines[at].split(b" ")
                words[chance.randrange(len(words))] = chance.choice((b"0", b"-1", b"1e9", b"999999", b"<<", b"]"))
                lines[at] = b" ".join(words)
    return b"\n".join(lines)


def any_damage(texts: list[str], whole: dict[str, bytes], chance: random.Random) -> tuple[bytes, str]:
    """One damaged file and its suffix: mostly text, which meets the grammar itself; `whole` are sound files by suffix, and a raw pdf."""
    if chance.random() < 0.7:
        return jumbled(chance.choice(texts), chance).encode(), "txt"
    suffix = chance.choice(("html", "docx", "pdf"))
    if chance.random() < 0.3:
        return damaged(whole[suffix], chance), suffix
    rebuild = {"html": rebuilt_html, "docx": rebuilt_docx, "pdf": rebuilt_pdf}[suffix]
    return rebuild(whole["raw pdf" if suffix == "pdf" else suffix], chance), suffix
