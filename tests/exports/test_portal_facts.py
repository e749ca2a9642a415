"""The form in which different portals get the same facts; no portal is needed for that."""

from __future__ import annotations

from exports.ckan.facts import Facts, Translated
from exports.ckan.schema import PortalCapabilities, SchemaField, fit_to_schema, same

FACTS = Facts(
    fields={"title": "单位 (Units)", "notes": "…"},
    extras={
        "frequency": "DAILY",
        "language": '["ZHO", "ENG"]',
        "contact_name": "数据组",
        "contact_email": None,
        "temporal_start": "2026-01-01",
        "temporal_end": "2026-12-31",
        "row_count": "30",
    },
    tags=frozenset({"单位", "units"}),
    translations={"title": Translated("单位", "Units"), "tags": Translated(["单位"], ["units"])},
)


def test_a_plain_portal_gets_everything_in_extras() -> None:
    assert fit_to_schema(FACTS, PortalCapabilities()) == FACTS


def test_what_a_portals_schema_has_a_field_for_is_sent_as_that_field_in_its_form() -> None:
    schema = {
        "title": SchemaField("text"),
        "frequency": SchemaField("text"),
        "language": SchemaField("list"),
        "contact": SchemaField("parts", frozenset({"uri", "name", "email"})),
        "temporal_coverage": SchemaField("parts", frozenset({"start", "end"})),
    }
    sent = fit_to_schema(FACTS, PortalCapabilities(schema=schema))
    assert sent.fields["frequency"] == "DAILY"
    assert sent.fields["language"] == ["ZHO", "ENG"]
    assert sent.fields["contact"] == [{"name": "数据组"}]
    assert sent.fields["temporal_coverage"] == [{"start": "2026-01-01", "end": "2026-12-31"}]
    assert sent.extras == {"row_count": "30"}


def test_a_portal_in_several_languages_gets_each_of_its_languages_since_all_of_a_required_field_must_be_there() -> None:
    schema = {"title_translated": SchemaField("translated"), "tags_translated": SchemaField("translated")}
    offer = PortalCapabilities(schema=schema, languages=("en", "ca", "zh_Hans_CN"))
    sent = fit_to_schema(FACTS, offer)
    assert sent.fields["title_translated"] == {"zh_Hans_CN": "单位", "en": "Units", "ca": "Units"}
    assert sent.fields["tags_translated"] == {"zh_Hans_CN": ["单位"], "en": ["units"], "ca": ["units"]}
    assert (offer.computes("title"), offer.computes("notes")) == (True, False)


def test_a_portals_additions_to_its_own_fields_are_not_a_difference() -> None:
    assert same([{"name": "数据组", "email": None, "url": ""}], [{"name": "数据组"}])
    assert same(None, "")
    assert not same([{"name": "别人"}], [{"name": "数据组"}])
    assert not same(["ZHO"], ["ZHO", "ENG"])
