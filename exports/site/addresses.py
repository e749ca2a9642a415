"""Addresses of pages: a function of what a page is about, so that they stay the same from release to release."""

from __future__ import annotations

import hashlib


def name_of(identity: str) -> str:
    """The file name of a page: half the SHA-256 of an id, in hexadecimal. Ids hold brackets, slashes and whatever a document prints.

    32 digits are known as a digest to the privacy scanner, which reads the names in a manifest; in sixteen it found telephone numbers.
    """
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


def task_page(task_id: str) -> str:
    return f"tasks/{name_of(task_id)}.html"


def unit_page(unit_id: str) -> str:
    return f"units/{name_of(unit_id)}.html"


def plan_page(document_id: str) -> str:
    return f"plans/{name_of(document_id)}.html"


def dataset_page(slug: str) -> str:
    return f"datasets/{slug}.html"
