"""Where the sources may be read from: folders and hosts that the settings allow, and nothing else.

Whoever may put a file into the inbox, or answer for a website, is not whoever writes the settings: a link in the inbox must not bring
/etc/passwd into the warehouse, and a redirect must not bring what a server of the intranet says.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from exports.credentials import public_address
from exports.messages import Message, _, listed
from flows.workspace.errors import ConfigurationError, SourceUnavailable, finding
from flows.workspace.limits import Limits
from flows.workspace.settings import SETTINGS, Settings, Workspace

WEB = frozenset({"http", "https"})
_ON_A_HOST = WEB | {"ftp", "ftps", "sftp", "ssh", "smb", "webhdfs"}
_HERE = frozenset({"file", "local"})
_STORES = frozenset(
    {"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss", "oci"}
)  # reached by what the operator's environment says
_WITHIN = frozenset({"zip", "tar", "simplecache", "filecache", "blockcache", "memory"})  # what another address, or nothing, gives
_OWN = frozenset({SETTINGS, "raw", "warehouse.duckdb", "releases", "logs", "decisions", "quality", "backfill", "reports"})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network("2000::/3")


@dataclass(frozen=True)
class Reach:
    """`root` is the workspace, `roots` further folders, both without links in their own paths. `hosts` are those that a location or
    `allowed_hosts` names, `private_hosts` the latter: only they may have an address that is not public.
    """

    root: Path
    roots: tuple[Path, ...] = ()
    hosts: frozenset[str] = frozenset()
    private_hosts: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def of(cls, root: Path, settings: Settings) -> Reach:
        named = {_host_of(part) for source in settings.sources for location in source.location for part in location.split("::")}
        private = frozenset(_plain_host(host) for host in settings.allowed_hosts)
        roots = tuple(Path(os.path.realpath(root / folder)) for folder in settings.allowed_roots)
        return cls(Path(os.path.realpath(root)), roots, private | (named - {""}), private, settings.limits)

    @classmethod
    def of_workspace(cls, workspace: Workspace) -> Reach:
        return cls.of(workspace.root, workspace.settings)

    def has(self, path: str | Path) -> bool:
        """Whether a path, where it really leads, lies below a folder that is allowed."""
        real = Path(os.path.realpath(path))
        return any(real.is_relative_to(root) for root in (self.root, *self.roots))

    def leads_out(self, link: str | Path) -> bool:
        """Whether a link leads out of what is allowed, or to what the workspace keeps itself."""
        real = Path(os.path.realpath(link))
        kept = (
            real.is_relative_to(self.root) and (first := real.relative_to(self.root).parts[:1]) and (first[0] in _OWN or first[0][0] == ".")
        )
        return bool(kept) or not self.has(real)

    def require_folder(self, place: str, folder: str) -> None:
        """Raise unless the folder (or file) where a location begins may be read.

        Raises:
            ConfigurationError: it lies outside the workspace, and below no folder of `allowed_roots`.
            SourceUnavailable: a link on the way leads there.
        """
        named = Path(os.path.abspath(self.root / folder))  # noqa: PTH100 - resolve would follow links
        within = any(named.is_relative_to(root) for root in (self.root, *self.roots))
        if self.has(named) or (within and not named.exists()):
            return
        if within:
            raise SourceUnavailable(self.refusal(place))
        expected = _("one within it, or below a folder of `allowed_roots` in {settings}", settings=SETTINGS)
        remedy = _("If it is meant to be read: allowed_roots: [{folder}]. See docs/security.md.", folder=public_address(folder))
        raise ConfigurationError(finding(place, _("a place outside the workspace"), expected, remedy))

    def refusal(self, place: str) -> Message:
        """What is said of a link that is not followed."""
        return finding(
            place,
            _("a link that leads out of the workspace, or to what it keeps itself, and is not followed"),
            _("a file, or a link to a folder that is allowed"),
            _("Put the file itself there, or name its folder in `allowed_roots`. See docs/security.md."),
        )

    def require_host(self, host: str) -> None:
        """Raise SourceUnavailable unless the settings name a host; if it is an address, unless it may be asked."""
        if _plain_host(host) not in self.hosts:
            raise _not_allowed(host, _("a host that the settings do not name"))
        if _is_address(host):
            self.require_address(host, host)

    def require_address(self, host: str, address: str) -> None:
        """Raise SourceUnavailable where the address of a host is a loopback, private or other one that is not public, and `allowed_hosts` does not name the host."""
        if not is_public(address) and _plain_host(host) not in self.private_hosts:
            raise _not_allowed(host, _("an address of this machine or an internal network ({address})", address=address))

    def require_location(self, place: str, location: str) -> dict[str, Any]:
        """Raise unless every part of an address may be read; comes back with the options with which fsspec reads it so.

        Raises:
            ConfigurationError: it lies outside the workspace, or its protocol can lead anywhere.
            SourceUnavailable: its host is not named, is not known, or has an address that is not public.
        """
        options: dict[str, Any] = {}
        for part in location.split("::"):
            protocol, mark, rest = part.partition("://")
            if protocol in _HERE or (not mark and "/" in part):
                self.require_folder(place, os.path.abspath(rest if mark else part))  # noqa: PTH100 - as above; fsspec begins at the working folder
            elif protocol in _ON_A_HOST:
                self.require_host(_host_of(part))
                options[protocol] = self._options(protocol, _host_of(part))
            elif protocol in {"s3", "s3a"}:
                seconds = self.limits.idle_seconds
                options[protocol] = {"config_kwargs": {"read_timeout": seconds, "connect_timeout": seconds}}
            elif protocol not in _STORES | _WITHIN:
                expected = _("one of {expected}", expected=listed(sorted(_ON_A_HOST | _STORES | _HERE)))
                raise SourceUnavailable(
                    finding(place, _("the protocol {protocol}", protocol=protocol), expected, _("See docs/security.md."))
                )
        return options

    def _options(self, protocol: str, host: str) -> dict[str, Any]:
        if protocol in WEB:
            from flows.sources.web import client_within  # noqa: PLC0415 - most of a second, only where a web address is read

            return {"get_client": client_within(self)}
        for address in _addresses_of(host):
            self.require_address(host, address)
        return {"timeout": self.limits.idle_seconds} if protocol in {"ftp", "ftps", "sftp", "ssh"} else {}


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet; of one that carries an IPv4 address within (mapped, 6to4, Teredo, NAT64), whether
    that is, too. Of IPv6 only global unicast addresses are (RFC 4291, 2.4).
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not found.is_multicast
    if found.ipv4_mapped or found in _NAT64:
        return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    within = [each for each in (found.sixtofour, *(found.teredo or ())) if each is not None]
    return found in _UNICAST and found.is_global and all(is_public(str(each)) for each in within)


def _not_allowed(host: str, found: str) -> SourceUnavailable:
    expected = _("a host that `allowed_hosts` in {settings} names", settings=SETTINGS)
    remedy = _("If it is meant to be read: allowed_hosts: [{host}]. See docs/security.md.", host=host)
    return SourceUnavailable(finding(host, found, expected, remedy))


def _host_of(address: str) -> str:
    """The host of an address as names are compared; "" where it has none."""
    protocol, mark, _rest = address.partition("://")
    if not mark or protocol not in _ON_A_HOST:
        return ""
    try:
        return _plain_host(urlsplit(address).hostname or "")
    except ValueError:  # brackets that do not close
        return ""


def _plain_host(host: str) -> str:
    """A host as names are compared: lower case, international names in their ASCII form, no dot at the end, no brackets."""
    plain = host.strip("[]").rstrip(".").lower()
    try:
        return plain if plain.isascii() else plain.encode("idna").decode()
    except UnicodeError:
        return plain


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _addresses_of(host: str) -> set[str]:
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, None)}
    except OSError as error:
        found = _("no such host ({error})", error=error.strerror)
        raise SourceUnavailable(finding(host, found, _("a host that is known"), _("Check the address."))) from error
