"""The plan as editors, sites and browsers write web pages, and as plain text."""

from __future__ import annotations

import base64
import json
import quopri
from collections.abc import Iterator
from html import escape

from tests.sources.plans.shape_plan import (
    BODY,
    DATED,
    HEADER,
    IN_TABLE,
    IN_TEXT,
    ISSUER,
    ROWS,
    SECTIONS,
    TABLE,
    TABLE_TITLE,
    TITLE,
    Shape,
    cells,
)

FILLER = "<p>版权所有 网站地图 联系我们</p>"


def paragraphs(texts: list[str] = BODY, tag: str = "p") -> str:
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts)


def table(rows: list[list[str]] = TABLE, attributes: str = "border=1", cell: str = "td") -> str:
    return (
        f"<table {attributes}>"
        + "".join("<tr>" + "".join(f"<{cell}>{text}</{cell}>" for text in row) + "</tr>" for row in rows)
        + "</table>"
    )


def article(made: str | None = None) -> str:
    return paragraphs() + f"<p>附件</p><p>{TABLE_TITLE}</p>" + (made or table())


def page(inner: str, head: str = "", body: str = "") -> str:
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{TITLE}</title>{head}</head><body {body}>{inner}</body></html>"


def titled(inner: str) -> str:
    return page(f"<h1>{TITLE}</h1>{inner}")


def _spans(text: str) -> str:
    return "".join(f"<span style='font-size:16px'>{escape(text[at : at + 7])}</span>" for at in range(0, len(text), 7))


def _merged() -> str:
    rows = ["<tr>" + "".join(f"<th>{text}</th>" for text in HEADER) + "</tr>"]
    for item in ROWS:
        number, title, lead, responsible, due = cells(item)
        first = f"<td rowspan=2>{lead}</td>" if number == "2" else "" if number == "3" else f"<td>{lead}</td>"
        rows.append(f"<tr><td>{number}</td><td>{title}</td>{first}<td>{responsible}</td><td>{due}</td></tr>")
    return f"<table><thead>{rows[0]}</thead><tbody>{''.join(rows[1:])}</tbody></table>"


def _office_table() -> str:
    return (
        "<table class=MsoTableGrid>"
        + "".join(
            "<tr>"
            + "".join(f"<td width=80 valign=top><p class=MsoNormal><span lang=ZH-CN>{text}</span><o:p></o:p></p></td>" for text in row)
            + "</tr>"
            for row in TABLE
        )
        + "</table>"
    )


def _numbered_column() -> str:
    rows = "".join(
        f"<tr><td><ol start={at}><li></li></ol></td>" + "".join(f"<td>{text}</td>" for text in row[1:]) + "</tr>"
        for at, row in enumerate(TABLE[1:], 1)
    )
    return f"<table><tr>{''.join(f'<th>{text}</th>' for text in HEADER)}</tr>{rows}</table>"


def _lists() -> str:
    inner = f"<p>{BODY[0]}</p>"
    for mark, head, items in SECTIONS:
        inner += f"<p>{mark}{head}</p>" + "".join(f"<div>{item.number}{item.text}</div>" for item in items)
    return inner + f"<p>附件</p><p>{TABLE_TITLE}</p>" + table()


def _wrapped_cells(way: str) -> str:
    rows = [row if not at else [row[0], row[1][:4] + way + row[1][4:], *row[2:]] for at, row in enumerate(TABLE)]
    return table(rows)


def _two_paragraphs() -> str:
    rows = [row if not at else [row[0], f"<p>{row[1]}</p><p>明确责任人和进度，按月报送情况</p>", *row[2:]] for at, row in enumerate(TABLE)]
    return table(rows)


def _a_unit_a_paragraph(tag: str) -> str:
    rows = [
        row if not at else [*row[:3], "".join(f"<{tag}>{unit}</{tag}>" for unit in row[3].split("、")), row[4]]
        for at, row in enumerate(TABLE)
    ]
    return table(rows)


def _layout() -> str:
    return f"<table width=960><tr><td><table><tr><td>首页 | 政务公开</td></tr></table></td></tr><tr><td>{article()}</td></tr></table>"


PAGES: dict[str, str] = {
    "paragraphs": titled(article()),
    "divs": titled(paragraphs(tag="div") + table()),
    "breaks": titled("<p>" + "<br>".join(map(escape, BODY)) + "</p>" + table()),
    "spans in a word": titled("".join(f"<p>{_spans(text)}</p>" for text in BODY) + table()),
    "sections": titled("".join(f"<section><section><p>{escape(text)}</p></section></section>" for text in BODY) + table()),
    "blanks before lines": titled("".join(f"<p>&nbsp;&nbsp;&emsp;　　{escape(text)}</p>" for text in BODY) + table()),
    "lines of the source": titled("".join(f"<p>\n  {escape(text[:30])}\n{escape(text[30:])}\n</p>" for text in BODY) + table()),
    "preformatted": titled("<pre>" + "\n".join(map(escape, BODY)) + "</pre>" + table()),
    "lists of divs": titled(_lists()),
    "office": page(f"<div class=WordSection1><p class=MsoTitle>{TITLE}</p>{paragraphs()}{_office_table()}</div>"),
    "heads in th": titled(paragraphs() + table(cell="th")),
    "merged cells": titled(paragraphs() + _merged()),
    "number column of a list": titled(paragraphs() + _numbered_column()),
    "caption": titled(paragraphs() + table().replace("<table border=1>", f"<table border=1><caption>{TABLE_TITLE}</caption>")),
    "break in a cell": titled(paragraphs() + _wrapped_cells("<br>")),
    "source line in a cell": titled(paragraphs() + _wrapped_cells("\n   ")),
    "two paragraphs in a cell": titled(paragraphs() + _two_paragraphs()),
    "a unit a paragraph": titled(paragraphs() + _a_unit_a_paragraph("p")),
    "a unit a div": titled(paragraphs() + _a_unit_a_paragraph("div")),
    "empty column": titled(paragraphs() + table([[*row, "备注" if not at else ""] for at, row in enumerate(TABLE)])),
    "layout tables": titled(_layout()),
    "article container": page(f"<div class=header>首页</div><h1>{TITLE}</h1><div class='TRS_Editor'>{article()}</div>{FILLER}"),
    "upper case": titled(article()).replace("<p>", "<P>").replace("</p>", "</P>").replace("<td>", "<TD>").replace("<tr>", "<TR>"),
    "unclosed": titled(article()).replace("</p>", "").replace("</td>", "").replace("</tr>", ""),
    "comments": titled(f"<!-- {paragraphs()} -->" + article()),
    "body hidden by visibility": page(f"<h1>{TITLE}</h1>{article()}", body="style='visibility:hidden'"),
    "body hidden by display": page(f"<h1>{TITLE}</h1>{article()}", body='style="display: none"'),
    "messenger article": page(f"<h1>{TITLE}</h1><em>2025-03-18</em><div id=js_content style='visibility: hidden; opacity: 0;'>{article()}</div>"),
    "container hidden": page(f"<h1>{TITLE}</h1><p>{FILLER}</p><div id=zoom hidden>{article()}</div>"),
    "named by nothing, hidden": page(f"<h1>{TITLE}</h1><div><div style='display:none'>{article()}</div></div>"),
    "hidden words": titled(article() + "<p style='display:none'>（一）隐藏任务。（责任单位：区隐藏局）</p>"),
    "copy for the printer": titled(f"<div>{article()}</div><div style='display:none' class=print>{article()}</div>"),
    "long hidden text": titled(f"{article()}<div class=tab style='display:none'>{'<p>另一栏目的说明文字，与本文无关。</p>' * 20}</div>"),
    "frame with srcdoc": page(f'<h1>{TITLE}</h1><iframe srcdoc="{escape(article(), quote=True)}"></iframe>'),
    "frame with a data address": page(f'<h1>{TITLE}</h1><iframe src="data:text/html;charset=utf-8,{article().replace("%", "%25")}"></iframe>'.replace("border=1", "")),
    "frame elsewhere": page(f"<h1>{TITLE}</h1><iframe src='content/t2025.html' width='100%' height=900></iframe>"),
    "frame of a counter": page(f"<h1>{TITLE}</h1>{article()}<iframe src='/count.html' width=0 height=0></iframe>"),
    "frames only": f"<html><head><title>{TITLE}</title></head><frameset rows='*'><frame src=top.html><frame src=main.html></frameset></html>",
    "pdf viewer": page(f"<h1>{TITLE}</h1><object data='files/plan.pdf' type='application/pdf' width=800 height=900></object>"),
    "embedded pdf": page(f"<h1>{TITLE}</h1><embed src='files/plan.pdf' width=800 height=900>"),
    "in a textarea": page(f"<h1>{TITLE}</h1><textarea id=src style='display:none'>{escape(article())}</textarea><div id=show></div>"),
    "in a template": page(f"<h1>{TITLE}</h1><template>{article()}</template>"),
    "in a script": page(f"<h1>{TITLE}</h1><div id=app></div><script>var data={json.dumps({'c': article()})}</script>"),
    "article of pictures": page(f"<h1>{TITLE}</h1><div class=TRS_Editor><img src=1.jpg width=900><img src=2.jpg width=900></div>"),
    "empty page": page("<div id=app></div><script src=a.js></script>"),
}  # fmt: skip


def shapes() -> Iterator[Shape]:
    for name, text in PAGES.items():
        yield Shape(f"html: {name}", text.encode(), "plan.html")
    plain = titled(article())
    for encoding, label in (("gb18030", "gb2312"), ("gb18030", "gbk"), ("utf-16", "utf-16"), ("utf-8-sig", "utf-8")):
        yield Shape(f"html: in {label}", plain.replace("charset='utf-8'", f"charset='{label}'").encode(encoding), "plan.htm")
    yield Shape("html: without a charset", plain.replace("<meta charset='utf-8'>", "").encode("gb18030"), "plan.shtml")
    yield Shape("html: the table alone", page(f"<h1>{TITLE}</h1>{table()}").encode(), "plan.html", tuple(IN_TABLE))
    yield Shape("html: the text alone", titled(paragraphs()).encode(), "plan.html", tuple(IN_TEXT))
    yield from _archives()
    yield from _texts()


def archive(parts: list[tuple[str, str, str]], way: str = "quoted-printable") -> bytes:
    """A web archive of (address, type, text)."""
    lines = [
        "From: <Saved by Blink>",
        f"Subject: {TITLE.encode().hex()}",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related; type="text/html"; boundary="b1"',
        "",
    ]
    for address, kind, text in parts:
        coded = quopri.encodestring(text.encode()).decode() if way == "quoted-printable" else base64.encodebytes(text.encode()).decode()
        lines += [
            "--b1",
            f"Content-Type: {kind}; charset=utf-8",
            f"Content-Transfer-Encoding: {way}",
            f"Content-Location: {address}",
            "",
            coded,
        ]
    return "\r\n".join([*lines, "--b1--", ""]).encode()


def _archives() -> Iterator[Shape]:
    plain = titled(article())
    yield Shape("mht: quoted", archive([("http://a.example/p.html", "text/html", plain)]), "plan.mht")
    yield Shape("mht: base64", archive([("http://a.example/p.html", "text/html", plain)], "base64"), "plan.mhtml")
    yield Shape("mht: named .doc", archive([("file:///C:/p.htm", "text/html", plain)]), "plan.doc")
    outer = page(f"<h1>{TITLE}</h1><iframe src='http://a.example/in.html'></iframe>")
    yield Shape(
        "mht: with its frame",
        archive([("http://a.example/p.html", "text/html", outer), ("http://a.example/in.html", "text/html", page(article()))]),
        "plan.mht",
    )
    yield Shape("mht: without its frame", archive([("http://a.example/p.html", "text/html", outer)]), "plan.mht")
    yield Shape("mht: without a page", archive([("http://a.example/p.css", "text/css", "p{}")]), "plan.mht")


def _texts() -> Iterator[Shape]:
    bars = ["| " + " | ".join(row) + " |" for row in TABLE]
    lines = [TITLE, *BODY, "附件", TABLE_TITLE, *bars]
    text = "\n".join(lines)
    for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"):
        yield Shape(f"txt: {encoding}", text.encode(encoding), "plan.txt")
    yield Shape("txt: lines of Windows", text.replace("\n", "\r\n").encode(), "plan.txt")
    yield Shape("txt: lines of old Macs", text.replace("\n", "\r").encode(), "plan.txt")
    yield Shape("txt: empty lines between", text.replace("\n", "\n\n").replace("|\n\n|", "|\n|").encode(), "plan.txt")
    yield Shape("txt: indented", "\n".join(f"　　{line}" if not line.startswith("|") else line for line in lines).encode(), "plan.txt")
    yield Shape("txt: table of tabs", "\n".join([TITLE, *BODY, *("\t".join(row) for row in TABLE)]).encode(), "plan.txt")
    yield Shape("txt: drawn table", "\n".join([TITLE, *BODY, *_drawn()]).encode(), "plan.txt")
    rule = "|" + "---|" * len(HEADER)
    marked = [f"# {TITLE}", *BODY, f"## {TABLE_TITLE}", bars[0], rule, *bars[1:], "", ISSUER, DATED]
    yield Shape("md: headings and a table", "\n\n".join(marked).replace("|\n\n|", "|\n|").encode(), "plan.md")
    yield Shape("txt: a web page", titled(article()).encode(), "plan.txt")


def _drawn() -> list[str]:
    rule = "├" + "┼".join("──" for _ in HEADER) + "┤"
    made = ["┌" + "┬".join("──" for _ in HEADER) + "┐"]
    for row in TABLE:
        made += ["│" + "│".join(row) + "│", rule]
    return [*made[:-1], "└" + "┴".join("──" for _ in HEADER) + "┘"]
