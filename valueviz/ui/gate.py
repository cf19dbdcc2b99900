"""The gate of the page: this machine only, known addresses only, safe headers on every answer.

Pure ASGI, before Streamlit: index, media, websocket and metrics all pass here. What is not known is closed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from valueviz.ui.shell import ICONS, PAGES, PLACE, visitor_language

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Server = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})
"""Names of this machine: there is no sign-in yet, so that nobody else may look."""

CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check", "/app/", "/component/")
"""Addresses of Streamlit that say more than a visitor needs or that we have no use for."""

OPEN = ("/_stcore/", "/static/", "/media/", f"{PLACE}/")
"""Where the page fetches what it needs."""

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # Streamlit's style engine and Vega write styles into the page
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-src": "'none'",
    "frame-ancestors": "'none'",
}
"""Content Security Policy without unsafe-eval: Streamlit interprets Vega expressions instead of compiling them."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
"""What every answer says besides."""


class Gate:
    """Closed by default; wraps the whole server."""

    def __init__(self, app: Server) -> None:
        """Keep the server behind the gate."""
        self._server = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with our headers, or turn it away."""
        if scope["type"] == "lifespan":
            await self._server(scope, receive, send)
            return
        status = _refusal(scope)
        if status:
            await _turn_away(scope, receive, send, status=status)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _headers(message.get("headers", ()), host=_host(scope))
            await send(message)

        await self._server(scope, receive, dressed)


def _refusal(scope: Scope) -> int:
    """The status with which a request is turned away; 0 where it may pass."""
    client = scope.get("client")
    if client is not None and client[0] not in LOOPBACK and not client[0].startswith("127."):
        return 403
    if _name(_host(scope)) not in LOOPBACK:
        return 403  # another site's name that was made to lead here
    path = scope.get("path", "")
    if path.startswith(CLOSED):
        return 404
    return 0 if path in PAGES + ICONS or path.startswith(OPEN) else 404


def _host(scope: Scope) -> str:
    return _header(scope, b"host")


def _header(scope: Scope, name: bytes) -> str:
    """A header of a request; empty where it is missing or said twice."""
    found = [value for key, value in scope.get("headers", ()) if key == name]
    return found[0].decode("latin-1") if len(found) == 1 else ""


def _name(host: str) -> str:
    """A host without its port."""
    name, _, port = host.rpartition(":")
    return name if name and port.isdigit() and not host.endswith("]") else host


def _headers(present: Iterable[tuple[bytes, bytes]], *, host: str) -> list[tuple[bytes, bytes]]:
    """The headers of an answer with ours in place of any of the same name."""
    policy = POLICY | {"connect-src": f"'self' ws://{host} wss://{host}"}
    ours = HEADERS | {"Content-Security-Policy": "; ".join(f"{key} {value}" for key, value in policy.items())}
    names = {name.lower().encode() for name in ours} | {b"server", b"access-control-allow-origin"}
    kept = [(name, value) for name, value in present if name.lower() not in names]
    return kept + [(name.lower().encode(), value.encode("latin-1")) for name, value in ours.items()]


async def _turn_away(scope: Scope, receive: Receive, send: Send, *, status: int) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    body = b""
    if status == 404:
        query = scope.get("query_string", b"").decode("latin-1")
        body = visitor_language(query, _header(scope, b"accept-language")).words("ui.error.not_found").encode()
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": _headers(plain, host="")})
    await send({"type": "http.response.body", "body": body})
