"""Answers of another form than CKAN gives: said in words, with the place in the answer."""

from __future__ import annotations

from typing import Any

import pytest

from exports.ckan.errors import PortalRefused
from exports.ckan.forms import require_form

PACKAGE = {"id": "1", "name": "units", "metadata_modified": "2026-01-01", "resources": [{"id": "2", "name": None}]}


@pytest.mark.parametrize(
    ("action", "result", "place"),
    [
        ("status_show", [], "result: found list, expected dict"),
        ("status_show", {"extensions": None}, "result.extensions: found NoneType, expected list"),
        ("status_show", {}, "result.extensions: found nothing"),
        ("package_show", "units", "result: found str, expected dict"),
        ("package_show", PACKAGE | {"resources": [{"id": 3, "name": ""}]}, "result.resources[0].id: found int, expected str"),
        ("package_show", PACKAGE | {"extras": [{"key": "a"}]}, "result.extras[0].value: found nothing"),
        ("package_show", PACKAGE | {"extras": {"a": "b"}}, "result.extras: found dict, expected list"),
        ("package_search", {"results": [PACKAGE, None]}, "result.results[1]: found NoneType, expected dict"),
        ("organization_list_for_user", {"county": 1}, "result: found dict, expected list"),
        ("datastore_info", {"meta": {"count": True}, "fields": []}, "result.meta.count: found bool, expected int"),
        ("user_show", None, "result: found NoneType, expected dict"),
    ],
)
def test_an_answer_of_another_form_is_refused_with_its_place(action: str, result: Any, place: str) -> None:
    with pytest.raises(PortalRefused) as refused:
        require_form(action, result)
    assert place in str(refused.value)
    assert str(refused.value).startswith(action)


@pytest.mark.parametrize(
    ("action", "result"),
    [("package_show", PACKAGE | {"extras": [], "groups": None, "more": 1}), ("package_delete", None), ("group_list_authz", [])],
)
def test_an_answer_of_the_right_form_passes_unchanged(action: str, result: Any) -> None:
    assert require_form(action, result) is result
