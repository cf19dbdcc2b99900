"""The gate: this machine only, known addresses only, safe headers, and an index of our own."""

from __future__ import annotations

import asyncio
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from valueviz import catalog
from valueviz.language import language
from valueviz.render.palette import Theme, palette
from valueviz.ui.gate import Gate, Message, Scope
from valueviz.ui.page import TEMPLATES
from valueviz.ui.shell import PAGES, index, routes

ANSWERED = PlainTextResponse("behind the gate", headers={"X-Frame-Options": "ALLOWALL", "Server": "inner"})
INNER = Starlette(
    routes=[*routes(), *(Route(path, lambda _: ANSWERED) for path in ("/_stcore/health", "/media/a.pdf", "/other"))]
)


def _get(
    path: str, *, host: str = "127.0.0.1:8501", client: str = "127.0.0.1", kind: str = "http", query: str = ""
) -> list[Message]:
    """The messages with which the gate answers a request."""
    scope: Scope = {
        "type": kind,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": query.encode(),
        "headers": [(b"host", host.encode())],
        "client": (client, 50000),
        "server": ("127.0.0.1", 8501),
    }
    answered: list[Message] = []

    asked: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not asked:
            await asyncio.Event().wait()  # the visitor stays and says no more
        return asked.pop()

    async def send(message: Message) -> None:
        answered.append(message)

    asyncio.run(Gate(INNER)(scope, receive, send))
    return answered


def _headers(answered: list[Message]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in answered[0]["headers"]}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/renewal", 200),
        ("/education", 200),
        ("/valueviz/page.css", 200),
        ("/valueviz/page.js", 200),
        ("/valueviz/font/NotoSansSC-Regular.ttf", 200),
        ("/valueviz/font/../i18n.py", 404),
        ("/favicon.ico", 200),
        ("/_stcore/health", 200),
        ("/media/a.pdf", 200),
        ("/_stcore/metrics", 404),
        ("/_stcore/agent/interact", 404),
        ("/app/static/a.html", 404),
        ("/other", 404),
    ],
)
def test_known_addresses_are_open_and_all_others_closed(path: str, status: int) -> None:
    assert _get(path)[0]["status"] == status


@pytest.mark.parametrize(
    ("host", "client", "status"),
    [
        ("localhost:8501", "127.0.0.1", 200),
        ("[::1]:8501", "::1", 200),
        ("127.0.0.1", "127.0.0.1", 200),
        ("evil.example", "127.0.0.1", 403),
        ("127.0.0.1.evil.example:8501", "127.0.0.1", 403),
        ("127.0.0.1:8501", "192.168.1.20", 403),
        ("", "127.0.0.1", 403),
    ],
)
def test_only_this_machine_may_look(host: str, client: str, status: int) -> None:
    assert _get("/", host=host, client=client)[0]["status"] == status


def test_a_websocket_from_elsewhere_is_closed() -> None:
    assert _get("/_stcore/stream", host="evil.example", kind="websocket") == [{"type": "websocket.close", "code": 1008}]


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/media/a.pdf", "/other"])
def test_every_answer_carries_our_headers_and_none_of_the_same_name(path: str) -> None:
    answered = _get(path)
    names = [name for name, _ in answered[0]["headers"]]
    headers = _headers(answered)

    assert len(names) == len(set(names))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert script == "script-src 'self'"


@pytest.mark.parametrize(("wish", "tag"), [("zh", "zh-CN"), ("en", "en"), ("zh-Hans", "zh-CN")])
def test_the_index_is_in_the_language_of_the_address(wish: str, tag: str) -> None:
    body = b"".join(message.get("body", b"") for message in _get("/renewal", query=f"lang={wish}"))

    assert f'<html lang="{tag}">'.encode() in body


def test_the_index_runs_no_inline_script_and_fetches_nothing_from_elsewhere() -> None:
    text = index(language("zh_CN"))

    assert "<script>" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert "SourceSans" not in text
    assert text.index("page.js") < text.index("/static/js/")
    assert "./valueviz/icon.png" in text


def test_a_face_is_kept_for_a_year_when_its_address_holds_its_digest() -> None:
    fresh = _headers(_get("/valueviz/font/NotoSansSC-Bold.ttf", query="v=abc"))

    assert fresh["cache-control"] == "public, max-age=31536000, immutable"
    assert fresh["content-type"] == "font/ttf"


def test_what_is_not_there_is_said_in_words() -> None:
    body = b"".join(message.get("body", b"") for message in _get("/nothing", query="lang=en"))

    assert body.decode() == language("en").words("ui.error.not_found")


def test_widgets_wear_the_colours_of_the_palette() -> None:
    settings: dict[str, Any] = tomllib.loads(
        (catalog.shipped(".streamlit", "config.toml")).read_text(encoding="utf-8")
    )["theme"]
    house = catalog.brand("valueviz")
    names = {
        "backgroundColor": "paper",
        "secondaryBackgroundColor": "panel",
        "textColor": "text",
        "borderColor": "hairline",
    }

    for theme in get_args(Theme):
        colours = palette(house, theme)
        assert {key: settings[theme][key] for key in names} == {
            key: getattr(colours, name) for key, name in names.items()
        }
    assert settings["light"]["primaryColor"] == house.brand


def test_the_settings_keep_the_page_on_this_machine() -> None:
    settings = tomllib.loads(catalog.shipped(".streamlit", "config.toml").read_text(encoding="utf-8"))

    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["headless"] is True
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"


def test_app_py_holds_the_app_itself() -> None:
    from streamlit.web.server.app_discovery import discover_asgi_app

    found = discover_asgi_app(Path(catalog.shipped("app.py")))

    assert (found.is_asgi_app, found.app_name) == (True, "app")


def test_every_report_of_the_menu_has_an_address() -> None:
    assert {f"/{name}" for name in TEMPLATES} <= set(PAGES)
