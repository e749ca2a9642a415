"""The form that an answer of CKAN's action API must have before anything is read from it.

A portal behind a proxy, of another make or half upgraded answers well-formed JSON of another form. It is refused here, with the action, the
place in the answer and what was expected, so that nothing further on meets a missing key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exports.ckan.errors import PortalRefused
from exports.messages import _

Form = type | Mapping[str, Any] | list[Any]  # a type; the keys that an object must have; or the form of each element of a list

NAMED: Form = {"id": str, "name": str}
PACKAGE: Form = {
    "id": str,
    "name": str,
    "metadata_modified": str,
    "resources": [{"id": str, "name": object}],
    "extras?": [{"key": str, "value": object}],
    "tags?": [{"name": str}],
    "groups?": [{"name": str}],
}
FORMS: Mapping[str, Form] = {
    "status_show": {"extensions": list},
    "user_show": {"name": str},
    "organization_list_for_user": [NAMED],
    "organization_show": NAMED,
    "organization_create": NAMED,
    "group_list_authz": [NAMED],
    "package_show": PACKAGE,
    "package_create": PACKAGE,
    "package_revise": {"package": PACKAGE},
    "package_search": {"results": [PACKAGE]},
    "resource_create": {"id": str},
    "resource_view_list": [{"view_type": str}],
    "resource_view_create": {"id": str},
    "datastore_info": {"meta": {"count": int}, "fields": [{"id": str, "type": str}]},
    "datastore_search": {"records": list},
    "datastore_search_sql": {"records": [dict]},
    "scheming_dataset_schema_show": {"dataset_fields": [{"field_name": str}]},
    "xloader_status": {"status": str},
}


def require_form(action: str, result: Any) -> Any:
    """The result, unchanged.

    Raises:
        PortalRefused: it has another form than CKAN gives this action.
    """
    form = FORMS.get(action)
    fault = _fault(result, form, "result") if form is not None else None
    if fault:
        raise PortalRefused(
            _(
                "{action}: the portal's answer has not the form that CKAN gives ({fault}); check its address, a proxy before it and its version "
                "(CKAN 2.11 or later).",
                action=action,
                fault=fault,
            )
        )
    return result


def _fault(found: Any, form: Form, place: str) -> str | None:
    """Where and how `found` differs from the form, in words; None where it does not. A key with a question mark may be missing."""
    if isinstance(form, list):
        elements = enumerate(found if isinstance(found, list) else ())
        faults = (_fault(one, form[0], f"{place}[{number}]") for number, one in elements)
        return _wrong_type(found, list, place) or next((fault for fault in faults if fault), None)
    if isinstance(form, Mapping):
        keys = form.items() if isinstance(found, Mapping) else ()
        faults = (_fault_of_key(found, key, inner, place) for key, inner in keys)
        return _wrong_type(found, dict, place) or next((fault for fault in faults if fault), None)
    return _wrong_type(found, form, place)


def _wrong_type(found: Any, kind: type, place: str) -> str | None:
    is_right = isinstance(found, kind) and not (kind is int and isinstance(found, bool))
    return None if is_right else f"{place}: found {type(found).__name__}, expected {kind.__name__}"


def _fault_of_key(found: Mapping[str, Any], key: str, form: Form, place: str) -> str | None:
    name, is_optional = key.rstrip("?"), key.endswith("?")
    if is_optional and found.get(name) is None:
        return None
    return _fault(found[name], form, f"{place}.{name}") if name in found else f"{place}.{name}: found nothing"
