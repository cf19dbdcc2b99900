"""The page around the page: Streamlit's index with our language, faces and style, and what it fetches from us."""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs

import streamlit
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from valueviz.errors import UsageError
from valueviz.language import Language, fonts, language, resolve_locale
from valueviz.ui.markup import escaped
from valueviz.ui.style import font_digests, sheet, sheet_digest

PLACE = "/valueviz"
"""Where everything of ours is served; Streamlit has nothing there."""

PAGES = ("/", "/import", "/client", "/renewal", "/evidence", "/process", "/quality", "/education")
"""The addresses that are pages."""

ICONS = (f"{PLACE}/icon.png", "/favicon.png", "/favicon.ico")
"""Where a browser looks for the icon, told or not."""

YEAR = "public, max-age=31536000, immutable"
"""A file whose address holds its digest never changes."""

SCRIPT = Path(__file__).with_name("page.js")
"""Our few lines in the browser."""

_CUTS = (
    r'<link\s+rel="preload"[^>]*SourceSans[^>]*/?>',  # we bring our own faces
    r'<link\s+rel="service-desc"[^>]*/?>',  # the agent interface is off
    r"<script>\s*window\.prerenderReady = false\s*</script>",  # the only inline script; our policy allows none
    r"<!--.*?-->",
)
"""What of Streamlit's index we do without."""


def routes() -> list[BaseRoute]:
    """Pages, style, script, icon and faces; every one on this machine."""
    here = Path(__file__)
    served: list[BaseRoute] = [Route(page, _index, methods=["GET"]) for page in PAGES]
    served += [
        Route(f"{PLACE}/page.css", _style, methods=["GET"]),
        Route(f"{PLACE}/page.js", _file(SCRIPT, "text/javascript"), methods=["GET"]),
        *(Route(icon, _file(here.with_name("icon.png"), "image/png"), methods=["GET"]) for icon in ICONS),
    ]
    served += [Route(f"{PLACE}/font/{path.name}", _file(path, "font/ttf"), methods=["GET"]) for path in fonts()]
    return served


def index(speaking: Language) -> str:
    """Streamlit's index page in a language, with our faces and style and no inline script."""
    text = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    for cut in _CUTS:
        text = re.sub(cut, "", text, flags=re.DOTALL)
    text = text.replace('<html lang="en">', f'<html lang="{speaking.tag}">')
    text = text.replace("<title>Streamlit</title>", f"<title>{escaped(speaking.words('ui.name'))}</title>")
    text = re.sub(r'href="\./favicon\.png"', f'href=".{PLACE}/icon.png"', text)
    without = f"<noscript><p>{escaped(speaking.words('ui.noscript'))}</p></noscript>"
    text = re.sub(r"<noscript>.*?</noscript>", lambda _: without, text, flags=re.DOTALL)
    # our script first: Streamlit reads what it sets when it starts
    text = text.replace("<head>", f'<head><script src=".{PLACE}/page.js?v={_script_digest()}"></script>')
    return text.replace("</head>", f"{_links()}</head>")


def _links() -> str:
    regular, bold, _ = fonts()
    known = font_digests()
    early = "".join(
        f'<link rel="preload" href=".{PLACE}/font/{path.name}?v={known[path.name]}" as="font" type="font/ttf" crossorigin>'
        for path in (regular, bold)
    )
    return f'{early}<link rel="stylesheet" href=".{PLACE}/page.css?v={sheet_digest()}">'


@cache
def _script_digest() -> str:
    return sha256(SCRIPT.read_bytes()).hexdigest()[:12]


async def _index(request: Request) -> Response:
    """The index in the language the address asks for, else that of the command line, else of the browser."""
    speaking = visitor_language(request.url.query, request.headers.get("accept-language", ""))
    return HTMLResponse(index(speaking), headers={"Cache-Control": "no-cache"})


def visitor_language(query: str, accepted: str) -> Language:
    """The language of an address, else of the command line, else of the browser, else English.

    Args:
        query: of the address, without the question mark.
        accepted: the browser's Accept-Language.
    """
    wished = parse_qs(query).get("lang", [""])[0]
    browser = accepted.split(",", maxsplit=1)[0].split(";", maxsplit=1)[0]
    for wish in (wished, os.environ.get("VALUEVIZ_LANG", ""), browser):
        if wish:
            try:
                return language(resolve_locale(wish, {}))
            except UsageError:  # an address or a browser may ask for any language
                continue
    return language(resolve_locale(None, {}))


async def _style(request: Request) -> Response:
    return Response(sheet(), media_type="text/css", headers={"Cache-Control": YEAR})


def _file(path: Path, kind: str) -> Callable[[Request], Awaitable[Response]]:
    """A route that serves one file of the package."""

    async def serve(request: Request) -> Response:
        stays = YEAR if request.url.query.startswith("v=") else "no-cache"
        return FileResponse(path, media_type=kind, headers={"Cache-Control": stays})

    return serve
