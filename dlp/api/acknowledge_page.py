"""The page behind an alert's link: one sentence and, where there is something to answer, one button."""

from __future__ import annotations

from html import escape

from fastapi.responses import HTMLResponse

from dlp.act.texts import PAGE


def page(said: str, language: str, *, token: str = "", status: int = 200) -> HTMLResponse:
    """A page without scripts and styles; `token` makes the button's form."""
    words = PAGE[language]
    form = (
        '<form method="post" action="acknowledge">'
        f'<input type="hidden" name="token" value="{escape(token)}"><button>{escape(words["button"])}</button></form>'
        if token
        else ""
    )
    written = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">'
        f"<title>{escape(words['title'])}</title><p>{escape(words[said])}</p>{form}</html>"
    )
    return HTMLResponse(written, status_code=status)
