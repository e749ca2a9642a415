"""Web addresses asked within what the settings allow: every hop, by its name and by the address to which it resolves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from flows.sources.reach import Reach

Client = Callable[..., Awaitable[aiohttp.ClientSession]]


@dataclass(frozen=True)
class _Client:
    """Makes fsspec's sessions; compares by the reach, so that fsspec keeps one file system for all addresses of a run."""

    reach: Reach

    async def __call__(self, **options: Any) -> aiohttp.ClientSession:
        limits = self.reach.limits
        timeout = aiohttp.ClientTimeout(total=limits.transfer_seconds, sock_connect=limits.idle_seconds, sock_read=limits.idle_seconds)
        options.pop("loop", None)

        async def ask(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
            self.reach.require_host(request.url.raw_host or "")
            return await handler(request)

        connector = aiohttp.TCPConnector(resolver=_Resolver(self.reach))
        return aiohttp.ClientSession(connector=connector, timeout=timeout, middlewares=(ask,), **options)


def client_within(reach: Reach) -> Client:
    """A maker of sessions that ask only hosts within reach. A connection goes to the very address that was checked."""
    return _Client(reach)


class _Resolver(AbstractResolver):
    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._resolver = ThreadedResolver()

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        for each in found:
            self._reach.require_address(host, each["host"])
        return found

    async def close(self) -> None:
        await self._resolver.close()
