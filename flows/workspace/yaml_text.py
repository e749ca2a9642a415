"""YAML that people write, within limits: anchors that unfold to a million values, or brackets without end, are no settings."""

from __future__ import annotations

from typing import Any

import yaml

from exports.messages import _

MAX_VALUES = 100_000  # after every alias is unfolded
MAX_CHARACTERS = 4 << 20


class TooMuchYaml(yaml.YAMLError):
    """The text is YAML, and more than anybody can mean by it."""


def load_yaml(text: str) -> Any:
    """What a YAML text says; None where it says nothing.

    Raises:
        TooMuchYaml: it is too long or nested too deeply, an anchor holds itself, or its aliases unfold to too many values.
        yaml.YAMLError: it is not YAML.
        ValueError: a date or time that does not exist.
    """
    if len(text) > MAX_CHARACTERS:
        raise TooMuchYaml(_("more than {size} MB", size=MAX_CHARACTERS >> 20))
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        if _count_values(node, {}) > MAX_VALUES:
            raise TooMuchYaml(_("anchors that unfold to more than {count:,} values", count=MAX_VALUES))
        return loader.construct_document(node)
    except RecursionError as error:
        raise TooMuchYaml(_("nested too deeply")) from error
    finally:
        loader.dispose()


def _count_values(node: yaml.Node, counted: dict[int, int]) -> int:
    """The values of a node with every alias unfolded. `counted` has the nodes seen before, 0 while they are being counted."""
    if id(node) in counted:
        if not counted[id(node)]:
            raise TooMuchYaml(_("an anchor that holds itself"))
        return counted[id(node)]
    counted[id(node)] = 0
    parts = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    count = 1 + (sum(_count_values(part, counted) for part in parts) if isinstance(node, yaml.CollectionNode) else 0)
    counted[id(node)] = count
    return count
