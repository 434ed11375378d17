"""The page people load: the same for every address that is no API's, kept by nobody, with files of its own beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

_FOLDER: Final = Path(__file__).parent / "static"
_NOT_PAGES = ("/api/", "/static/")


def serve_files(app: FastAPI) -> None:
    """Puts the page's files under /static."""
    app.mount("/static", StaticFiles(directory=_FOLDER), name="static")


def shell_for(request: Request) -> Response | None:
    """The page, where an address nobody knows may be one of the page's own; None where it is the API's."""
    path = request.url.path
    if request.method not in {"GET", "HEAD"} or path == "/api" or path.startswith(_NOT_PAGES):
        return None
    return HTMLResponse(_page())


@cache
def _page() -> str:
    return (_FOLDER / "index.html").read_text(encoding="utf-8")
