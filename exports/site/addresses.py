"""Addresses of pages: a function of what a page is about, so that they stay the same from release to release."""

from __future__ import annotations

import hashlib


def name_of(identity: str) -> str:
    """The file name of a page: sixteen hexadecimal digits of the SHA-256 of an id. Ids hold brackets, slashes and whatever a document prints."""
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def task_page(task_id: str) -> str:
    return f"tasks/{name_of(task_id)}.html"


def unit_page(unit_id: str) -> str:
    return f"units/{name_of(unit_id)}.html"


def plan_page(document_id: str) -> str:
    return f"plans/{name_of(document_id)}.html"


def dataset_page(slug: str) -> str:
    return f"datasets/{slug}.html"
