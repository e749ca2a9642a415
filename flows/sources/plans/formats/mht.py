"""Web archives (.mht, .mhtml; Word's "single file web page", also under .doc): a MIME message whose parts are the page and its frames (RFC 2557)."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from exports.messages import N_, _
from flows.sources.plans.formats import html
from flows.sources.plans.formats.draft import Draft
from flows.sources.plans.formats.encodings import decode
from flows.workspace.errors import UnreadableSource

_MOST_PARTS = 500


def read(data: bytes, name: str) -> Draft:
    """The first page of the archive, with the frames that the archive has."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = [part for part in message.walk() if not part.is_multipart()][:_MOST_PARTS]
        pages = [
            page for part in parts if part.get_content_type() in {"text/html", "application/xhtml+xml"} for page in [_page(part, name)]
        ]
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        IndexError,
        KeyError,
        RecursionError,
    ) as fault:  # what email raises on a damaged message
        found = _("a damaged web archive ({fault})", fault=fault)
        raise UnreadableSource(name, found, _("an .mht file"), _(_FETCH_AGAIN)) from fault
    if not pages:
        raise UnreadableSource(name, _("a web archive without a page"), _("an .mht file"), _(_FETCH_AGAIN))
    start = str(message.get_param("start") or "").strip("<>")
    first = next((page for page in pages if start and start == page[1]), pages[0])
    by_address = {address: page[0] for page in pages for address in page[1:3] if address}
    return html.read_page(first[0], name, first[3], by_address)


_FETCH_AGAIN = N_("Save the page as .html, or fetch the file again.")


def _page(part: EmailMessage, name: str) -> tuple[str, str, str, str]:
    """Text, Content-ID, Content-Location and encoding of one page."""
    content = part.get_payload(decode=True)
    text, encoding = decode(content if isinstance(content, bytes) else b"", name, part.get_content_charset())
    return text, str(part.get("Content-ID") or "").strip("<>"), str(part.get("Content-Location") or ""), encoding
