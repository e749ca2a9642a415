"""Create a workspace: its folders and its settings file, empty or with the sample county."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from exports.catalog import load_catalog
from exports.messages import _
from flows.sources.locate import fixed_folder
from flows.sources.readers import PLANS
from flows.workspace.errors import ConfigurationError, finding
from flows.workspace.settings import SETTINGS, read_settings

HEAD = """\
# Settings of a Gongkai workspace; every key is explained in docs/settings.md.
# jurisdiction: {name: 某市某县, code: "990101"}   # whose registers these are: full name and GB/T 2260 code
# publisher: {name: 某县人民政府办公室}             # printed with the data, like contact: {name: …, telephone: …, email: …}
# as_of: 2026-10-31                                # the day for which figures hold; left out: today in Beijing
# Under a source of a register without a column for the disclosure attribute, where all of it is public:
#   when_absent: {disclosure_attribute: 主动公开}  # 该来源全部为主动公开时写明；不写，没有公开属性列的行不发布
# portal: {url: https://data.example.org, organization: county}   # the token comes from CKAN_API_TOKEN
"""


def make_workspace(folder: Path, *, sample: bool, sources: Sequence[str]) -> None:
    """Write the settings file and the inbox folders of a new workspace.

    Raises:
        ConfigurationError: the folder is a workspace already, or a source is not written as KIND=LOCATION.
    """
    settings = folder / SETTINGS
    if settings.exists():
        raise ConfigurationError(
            finding(str(settings), _("a workspace"), _("a folder without one"), _("Choose another folder, or edit its settings."))
        )
    text = _sample_settings() if sample else HEAD + _format_yaml(_parse_sources(sources) or _default_sources(), folder.resolve())
    folder.mkdir(parents=True, exist_ok=True)
    settings.write_text(text, encoding="utf-8")
    try:
        read_settings(settings)
    except ConfigurationError:
        settings.unlink()
        raise
    if sample:
        from flows.sample import write_decisions, write_later, write_sample, write_scoring

        write_sample(folder / "inbox")
        write_decisions(folder / "decisions")
        write_later(folder / "later")
        write_scoring(folder / "inbox" / "scoring")
    elif not sources:
        for name in _default_sources():
            (folder / "inbox" / name).mkdir(parents=True, exist_ok=True)


def _default_sources() -> dict[str, list[str]]:
    return {kind: [f"inbox/{kind}/**"] for kind in (PLANS, *load_catalog().registers)}


def _parse_sources(sources: Sequence[str]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for source in sources:
        kind, mark, location = source.partition("=")
        if not (mark and location):
            raise ConfigurationError(finding("--source", repr(source), _("KIND=LOCATION, as in plans=/data/*.txt"), _("Write it so.")))
        named.setdefault(kind, []).append(location if "://" in location else str(Path(location).absolute()))
    return named


def _format_yaml(sources: dict[str, list[str]], folder: Path) -> str:
    """The sources, and the folders outside the workspace that they name: whoever names one on the command line means it to be read."""
    entries = [{"name": kind, "kind": kind, "location": locations} for kind, locations in sources.items()]
    local = [location for locations in sources.values() for location in locations if "://" not in location]
    roots = {fixed_folder(location) if fixed_folder(location) != location else str(Path(location).parent) for location in local}
    outside = sorted(root for root in roots if not (folder / root).is_relative_to(folder))
    facts = {"sources": entries} | ({"allowed_roots": outside} if outside else {})
    return yaml.safe_dump(facts, allow_unicode=True, sort_keys=False)


def _sample_settings() -> str:
    from flows.sample import sample_settings

    return sample_settings()
