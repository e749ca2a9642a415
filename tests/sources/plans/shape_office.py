"""The plan as LibreOffice writes it, as the national format for fixed pages, and through the small converters of old Word files."""

from __future__ import annotations

import io
import itertools
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pypdfium2

from tests.sources.plans import shape_docx, shape_html, shape_pdf
from tests.sources.plans.shape_plan import DATED, IN_TEXT, ISSUER, Shape

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
# Features of Word that LibreOffice turns into each format. What it loses on the way itself (text boxes in RTF) is not asked for; a PDF
# does not say where a paragraph ends in a cell that is full.
_FEATURES = {
    "pdf": (
        "plain",
        "numbered outline",
        "merged units",
        "title in the table",
        "section rows",
        "table without borders",
        "text box",
        "header of two levels",
    ),
    "odt": tuple(shape_docx.DOCUMENTS)[:18],
    "fodt": ("plain",),
    "doc": ("plain", "number column decimal"),
    "rtf": ("merged units",),
    "docx": (),
}
_PAGES = {
    "html, ruled": shape_html.titled(shape_html.article(shape_html.table(attributes="border=1 cellspacing=0 width=100%"))),
    "html, no rules": shape_html.titled(shape_html.article(shape_html.table(attributes="border=0 width=100%"))),
    "html, narrow": shape_html.titled(shape_html.article(shape_html.table(attributes="border=0 width=300"))),
    "html, rowspan": shape_html.titled(shape_html.PAGES["merged cells"]),
}


def shapes() -> Iterator[Shape]:
    yield from _fixed()
    if OFFICE is None:
        return
    with TemporaryDirectory() as folder:
        home = Path(folder)
        for name, make in shape_docx.DOCUMENTS.items():
            document = make()
            document.add_paragraph(ISSUER)  # LibreOffice loses a table that ends an old Word file
            document.add_paragraph(DATED)
            (home / f"{name}.docx").write_bytes(shape_docx.saved(document))
        for name, text in _PAGES.items():
            (home / f"{name}.html").write_text(text, "utf-8")
        for target, features in _FEATURES.items():
            yield from _converted(home, target, features)


def _converted(home: Path, target: str, features: tuple[str, ...]) -> Iterator[Shape]:
    """One call for all files of a kind. From web pages only formats that keep tables are asked for."""
    words = [home / f"{name}.docx" for name in features]
    pages = [home / f"{name}.html" for name in _PAGES] if target in {"pdf", "docx"} else []
    made = home / target
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    for chosen, way in (
        (words, target),
        (pages, {"pdf": "pdf:writer_web_pdf_Export", "docx": "docx:MS Word 2007 XML"}.get(target, target)),
    ):
        if chosen:
            command = [str(OFFICE), profile, "--headless", "--convert-to", way, "--outdir", str(made), *map(str, chosen)]
            subprocess.run(command, capture_output=True, timeout=300, check=True)
    for path in sorted(made.iterdir() if made.exists() else ()):
        yield Shape(f"office: {path.stem} as {target}", path.read_bytes(), f"plan.{target}")
        if target == "doc" and path.stem == "plain":
            yield Shape("office: plain as .wps", path.read_bytes(), "plan.wps")


def _fixed() -> Iterator[Shape]:
    """OFD files (GB/T 33190) with the characters and rules of a PDF of the same plan."""
    for lines in ("grid", "none", "three lines"):
        data = shape_pdf.built([*shape_pdf.text(), *shape_pdf.heads(), shape_pdf.table(lines, shape_pdf.NARROW)])
        yield Shape(f"ofd: {lines}", ofd(data), "plan.ofd")
    data = shape_pdf.built(shape_pdf.text())
    yield Shape("ofd: a character an object", ofd(data, run=1), "plan.ofd", tuple(IN_TEXT))
    yield Shape("ofd: a scan", ofd(data, picture=True), "plan.ofd")
    yield Shape("ofd: text, then a scan", ofd(data, more="<ofd:ImageObject ID='9' Boundary='0 0 210 297' ResourceID='1'/>"), "plan.ofd")
    yield Shape("ofd: no document", packed({"OFD.xml": "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>"}), "plan.ofd")


def packed(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def ofd(data: bytes, run: int = 40, *, picture: bool = False, more: str = "") -> bytes:
    space = "xmlns:ofd='http://www.ofdspec.org/2016'"
    document = pypdfium2.PdfDocument(data)
    pages = [_objects(page, characters, run) for page, characters in zip(document, shape_pdf.printed(data), strict=True)]
    if picture:
        pages = ["<ofd:ImageObject ID='9' Boundary='0 0 210 297' ResourceID='1'/>"]
    pages += [more] if more else []
    parts = {
        "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        "</ofd:CommonData><ofd:Pages>" + "".join(f"<ofd:Page ID='{at}' BaseLoc='Pages/Page_{at}/Content.xml'/>" for at in range(len(pages)))
        + "</ofd:Pages></ofd:Document>",
    }  # fmt: skip
    for at, objects in enumerate(pages):
        parts[f"Doc_0/Pages/Page_{at}/Content.xml"] = (
            f"<ofd:Page {space}><ofd:Content><ofd:Layer ID='1'>{objects}</ofd:Layer></ofd:Content></ofd:Page>"
        )
    return packed(parts)


_MM = 25.4 / 72


def _objects(page: Any, characters: list[tuple[str, float, float, float]], run: int) -> str:
    """Text objects of up to `run` characters on one line, and path objects for the rules."""
    high = page.get_height()
    runs: list[list[tuple[str, float, float, float]]] = []
    for each in characters:
        last = runs[-1] if runs else []
        goes_on = last and len(last) < run and abs(each[2] - last[-1][2]) < 2 and 0 <= each[1] - last[-1][1] < 2 * each[3]
        runs[-1].append(each) if goes_on else runs.append([each])
    made = []
    for line in runs:
        x, y, size = line[0][1] * _MM, (high - line[0][2]) * _MM, line[0][3] * _MM
        steps = " ".join(f"{(b[1] - a[1]) * _MM:.3f}" for a, b in itertools.pairwise(line))
        words = "".join(each[0] for each in line)
        delta = f" DeltaX='{steps}'" if steps else ""
        made.append(
            f"<ofd:TextObject ID='1' Boundary='{x:.2f} {y - size:.2f} 190 {size:.2f}' Font='1' Size='{size:.3f}'>"
            f"<ofd:TextCode X='0' Y='{size:.3f}'{delta}>{words}</ofd:TextCode></ofd:TextObject>"
        )
    for each in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_PATH,)):
        left, bottom, right, top = (value * _MM for value in each.get_bounds())
        made.append(
            f"<ofd:PathObject ID='2' Boundary='{left:.2f} {high * _MM - top:.2f} {right - left:.2f} {top - bottom:.2f}' LineWidth='0.2'>"
            f"<ofd:AbbreviatedData>M 0 0 L {right - left:.2f} {top - bottom:.2f}</ofd:AbbreviatedData></ofd:PathObject>"
        )
    return "".join(made)
