"""What a portal has when a run begins: its capabilities, the organisation, and the datasets that this program made there, in few calls."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from exports.ckan.client import PortalAddress, PortalClient
from exports.ckan.facts import MARK, PUBLISHED_NAME, RECORD
from exports.ckan.schema import PortalCapabilities, capabilities_of

Package = dict[str, Any]
PAGE = 1000


@dataclass(frozen=True)
class Organisation:
    """An organisation of the portal, found by its name or its id."""

    id: str
    name: str
    title: str

    @classmethod
    def of(cls, found: dict[str, Any]) -> Organisation:
        return cls(str(found["id"]), str(found["name"]), str(found.get("title") or found.get("display_name") or found["name"]))

    def __str__(self) -> str:
        return f"{self.title} ({self.name})" if self.title != self.name else self.name


@dataclass(frozen=True)
class PortalState:
    """`organisation` is None where there is none of that name or id; `groups` are those that the token may add datasets to; `packages` are
    the datasets of the organisation with our mark, of this prefix and of others; `aliases` those of our tables' that tables have already.
    """

    address: PortalAddress
    capabilities: PortalCapabilities
    organisation: Organisation | None
    groups: frozenset[str] = frozenset()
    packages: tuple[Package, ...] = field(default=(), repr=False)
    aliases: frozenset[str] = frozenset()

    @property
    def owner(self) -> str | None:
        return self.organisation.id if self.organisation else None

    @property
    def ours(self) -> list[Package]:
        return [package for package in self.packages if is_ours(package, self.address.dataset_prefix)]

    def find(self, name: str) -> Package | None:
        """Our dataset that was published under this name, whatever the portal's staff have called it since."""
        return next((package for package in self.ours if published_name(package) == name), None)

    @property
    def record(self) -> Package | None:
        """The dataset of the release as a whole."""
        return self.find(self.address.dataset_prefix + RECORD)


def extras_of(package: Package) -> dict[str, str]:
    return {extra["key"]: extra["value"] for extra in package.get("extras") or ()}


def fact(package: Package, name: str) -> Any:
    """One fact, from the extras or from a field of the portal's schema."""
    return extras_of(package).get(name, package.get(name))


def published_name(package: Package) -> str:
    """The name under which a dataset was published. It is its own, unless the portal's staff renamed it."""
    return str(fact(package, PUBLISHED_NAME) or package["name"])


def is_ours(package: Package, prefix: str) -> bool:
    """Whether we made it: its mark and the name it was published under belong together (so that two prefixes may share an organisation)."""
    mark = fact(package, MARK)
    return mark is not None and published_name(package) == prefix + str(mark).replace("_", "-")


def read_state(client: PortalClient, address: PortalAddress, organisation: Organisation | None, groups: frozenset[str]) -> PortalState:
    """The state as this client can read it."""
    packages = tuple(_marked_datasets(client, organisation)) if organisation else ()
    return PortalState(address, capabilities_of(client), organisation, groups, packages)


def taken_aliases(client: PortalClient, aliases: Collection[str]) -> frozenset[str]:
    """Those of the aliases that tables have already."""
    words: dict[str, Any] = {"filters": {"name": sorted(aliases)}, "limit": len(aliases)}
    found = client.find("datastore_search", resource_id="_table_metadata", **words) if aliases else None
    return frozenset(record["name"] for record in (found or {"records": ()})["records"])


def _marked_datasets(client: PortalClient, organisation: Organisation) -> Iterator[Package]:
    """Every dataset of the organisation with our mark, including drafts and private ones."""
    start, where = 0, f'owner_org:"{organisation.id}"'
    while True:
        words: dict[str, Any] = {"fq": where, "rows": PAGE, "start": start, "sort": "name asc"}
        found = client.call("package_search", include_private=True, include_drafts=True, **words)["results"]
        yield from (package for package in found if fact(package, MARK) is not None)
        if len(found) < PAGE:
            return
        start += PAGE
