"""Small documents that would take all memory or all time of whoever reads them without limits."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Sequence


def pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF of numbered objects, of which the first is the catalogue."""
    sink = io.BytesIO(b"%PDF-1.7\n")
    sink.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(sink.tell())
        sink.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = sink.tell()
    sink.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    sink.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    sink.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return sink.getvalue()


def stream(content: bytes, more: bytes = b"") -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), more, packed)


def page_pdf(content: bytes, resources: bytes, objects: Sequence[bytes] = ()) -> bytes:
    """One page; `objects` are numbered from 5."""
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>" % resources,
            stream(content),
            *objects,
        ]
    )


FONT = b"/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"


def nested_forms(depth: int = 8, width: int = 16) -> bytes:
    """Forms that each draw the next one `width` times: some kilobytes, width ** depth objects."""
    drawn = b"/X Do " * width
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << %s %s >>"
    forms = [stream(drawn, head % (FONT, b"/XObject << /X %d 0 R >>" % number)) for number in range(6, 5 + depth)]
    last = stream(b"BT /F1 9 Tf (x) Tj ET 0 0 m 9 9 l S", head % (FONT, b""))
    return page_pdf(drawn, FONT + b" /XObject << /X 5 0 R >>", [*forms, last])


def many_glyphs(count: int = 2_000_000) -> bytes:
    return page_pdf(b"BT /F1 9 Tf 10 700 Td (" + b"x" * count + b") Tj ET", FONT)


def flate_bomb(size: int = 3 << 30) -> bytes:
    """A content stream of `size` bytes of blanks, packed twice: a few kilobytes."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * (1 << 24)) for _ in range(size >> 24)) + packer.flush()
    twice = zlib.compress(once, 9)
    content = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%s\nendstream" % (len(twice), twice)
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> >>" % FONT,
            content,
        ]
    )


def word_document(body: str) -> bytes:
    """A .docx with `body` as the content of w:body."""
    sink = io.BytesIO()
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        target.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
            'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        target.writestr("word/document.xml", f'<w:document xmlns:w="{namespace}"><w:body>{body}</w:body></w:document>')
    return sink.getvalue()
