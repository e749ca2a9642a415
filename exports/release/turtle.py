"""`catalog.ttl`: the statements of `catalog.jsonld` once more, as Turtle, for harvesters that read no JSON-LD.

Written here and not by an RDF library: addresses must stay relative to the file, and equal releases must have equal bytes, which the
libraries' names of blank nodes do not give. The tests read both files with rdflib and compare their graphs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

TURTLE = "catalog.ttl"
NOT_IN_ADDRESSES = re.compile(r"[\x00-\x20<>\"{}|^`\\]")  # Turtle 1.1, IRIREF

Value = Any  # of JSON: a text, a mapping, or a list of them


def turtle(catalog: Mapping[str, Value]) -> str:
    """A JSON-LD document of the form that `exports.release.dcat` writes (prefixes alone in its context) as Turtle: each node that has an
    address is a paragraph, in the order in which they are met, and what has none stands where it is named.
    """
    context: Mapping[str, str] = catalog["@context"]
    nodes: dict[str, dict[str, list[str]]] = {}
    _collect({key: value for key, value in catalog.items() if key != "@context"}, context, nodes)
    prefixes = "".join(f"@prefix {name}: <{address}> .\n" for name, address in context.items())
    return prefixes + "".join(f"\n{subject}\n{_statements(facts, '    ')} .\n" for subject, facts in nodes.items() if facts)


def _collect(value: Value, context: Mapping[str, str], nodes: dict[str, dict[str, list[str]]]) -> str:
    """The term that stands for a value; a node with an address is entered in `nodes` with all that is said of it."""
    if not isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)  # a JSON string is a Turtle string
    if "@value" in value:
        mark = f"@{value['@language']}" if "@language" in value else f"^^{value['@type']}"
        return json.dumps(value["@value"], ensure_ascii=False) + mark
    facts: dict[str, list[str]] = {}
    subject = _address(value["@id"], context) if "@id" in value else None
    if subject:
        facts = nodes.setdefault(subject, facts)
    for key, listed in value.items():
        if key == "@id":
            continue
        for one in listed if isinstance(listed, list) else [listed]:
            term = _address(one, context) if key == "@type" else _collect(one, context, nodes)
            terms = facts.setdefault("a" if key == "@type" else key, [])
            if term not in terms:
                terms.append(term)
    return subject or f"[\n{_statements(facts, '        ')}\n    ]"


def _statements(facts: Mapping[str, list[str]], indent: str) -> str:
    return " ;\n".join(f"{indent}{key} {', '.join(terms)}" for key, terms in facts.items())


def _address(text: str, context: Mapping[str, str]) -> str:
    """An address, or a short name under one of the prefixes."""
    prefix, _, rest = text.partition(":")
    if prefix in context and not rest.startswith("//"):
        return text
    return f"<{NOT_IN_ADDRESSES.sub(lambda found: quote(found[0]), text)}>"
