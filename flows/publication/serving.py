"""A release folder over HTTP on this machine, as any web host would serve it: static files with ranges, and nothing that is not in the folder."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from exports.release.manifest import Release
from exports.site.output import FOLDER

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",  # `latest` is another folder tomorrow; an ETag saves the bytes where it is the same
}


class _Files(StaticFiles):
    """The files of one folder, each answer with `HEADERS`."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        answer.headers.update(HEADERS)
        return answer


def application(release: Release) -> Starlette:
    """The release's folder as an ASGI application; `/` leads to its site, or to its quality page where it was made without a site."""
    start = f"/{FOLDER}/index.html" if release.site else "/quality.html"

    async def open_site(_: Request) -> Response:
        return RedirectResponse(start)

    return Starlette(routes=[Route("/", open_site), Mount("/", _Files(directory=Path(release.folder), html=True))])


def serve(release: Release, host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve a release until the process is interrupted; `say` gets the address once it can be opened. Port 0 takes a free one.

    Raises:
        OSError: nothing can listen there.
    """
    with socket.create_server((host, port)) as listening:
        say(f"http://{host}:{listening.getsockname()[1]}/")
        uvicorn.Server(uvicorn.Config(application(release), log_level="warning")).run(sockets=[listening])
