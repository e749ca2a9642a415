"""Whatever is wrong in the settings or a scoring scheme is said in Chinese with English beside it, never in a library's words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from flows.warehouse.scoring import Scheme
from flows.workspace.settings import Settings
from flows.workspace.settings_faults import EXPECTED, describe_fault, models_in

WRONG: tuple[Any, ...] = (
    *(
        [],
        [1],
        [[]],
        {},
        {"a": 1},
        {"default": 7},
        {1: 2},
        0,
        -1,
        3.7,
        10**30,
        float("nan"),
        float("inf"),
        True,
        None,
        "",
        "x" * 300,
        "A b",
    ),
    *("2026-31-10", date(2026, 1, 1), datetime(2026, 1, 1, 9, tzinfo=UTC), b"\xff", "https://u:p@h/x", "tcp:"),
)
RIGHT: dict[type[BaseModel], dict[str, Any]] = {
    Settings: {
        "jurisdiction": {"name": "某市", "code": "510904"},
        "sources": [{"name": "a", "kind": "units", "location": "x"}],
        "portal": {},
        "keep_releases": {},
    },
    Scheme: {
        "title": {"zh": "方案", "en": "scheme"},
        "year": 2026,
        "full_points": 10,
        "items": [{"id": "a", "title": {"zh": "项", "en": "item"}, "kind": "deduct", "measure": "published_late", "points": 10, "each": 1}],
    },
}
LIBRARY = re.compile(
    r"Input should|should have|should match|should be|Field required|Extra inputs|Keys should|Value error|List should|at most \{"
)


def places(form: type[BaseModel], before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, field in form.model_fields.items():
        yield (*before, name)
        for inner in list(models_in(field.annotation))[:1]:
            yield from places(inner, (*before, name))


def faults() -> Iterator[tuple[type[BaseModel], tuple[str, ...], Any]]:
    """Each wrong value at each place of both forms."""
    for form in RIGHT:
        for place in places(form):
            yield from ((form, place, wrong) for wrong in WRONG)


def written(form: type[BaseModel], place: tuple[str, ...], wrong: Any) -> dict[str, Any]:
    facts = deepcopy(RIGHT[form])
    at: Any = facts
    for key in place[:-1]:
        at = at.setdefault(key, {})
        at = at[0] if isinstance(at, list) else at
    at[place[-1]] = wrong
    return facts


def test_every_fault_is_said_in_our_own_words() -> None:
    kinds: set[str] = set()
    for form, place, wrong in faults():
        if (error := refusal(form, place, wrong)) is None:
            continue
        _, _, expected = describe_fault(Path("gongkai.yaml"), error, form)
        assert re.search(r"[\u4e00-\u9fff]", expected), (place, wrong, expected)
        assert not LIBRARY.search(expected), (place, wrong, expected)
        kinds |= {fault["type"] for fault in error.errors()}
    assert kinds <= {*EXPECTED, "extra_forbidden"}
    assert len(kinds) > 20


def refusal(form: type[BaseModel], place: tuple[str, ...], wrong: Any) -> ValidationError | None:
    try:
        form.model_validate(written(form, place, wrong))
    except ValidationError as error:
        return error
    return None


def expected_of(form: type[BaseModel], place: tuple[str, ...], wrong: Any) -> str:
    error = refusal(form, place, wrong)
    assert error is not None
    return describe_fault(Path("gongkai.yaml"), error, form)[2]


@pytest.mark.parametrize(
    ("place", "wrong", "words"),
    [
        (("dask",), "four", "such as local:4"),
        (("mirror",), "bucket", "如 s3://bucket/releases"),
        (("jurisdiction", "code"), "5109", "如 510904"),
        (("portal", "parallel"), 17, "不大于 16"),
        (("portal", "retire"), "burn", "下列之一：'archive' or 'delete'"),
        (("keep_releases", "days"), 0, "at least 1"),
        (("jurisdiction", "name"), "市", "至少 2 个字"),
        (("max_loss",), 1.5, "不大于 1"),
    ],
)
def test_a_form_or_bound_is_said_with_it(place: tuple[str, ...], wrong: Any, words: str) -> None:
    assert words in expected_of(Settings, place, wrong)
