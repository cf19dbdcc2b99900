"""What app.py gives to `st.App`: script, gate, routes, warm-up, and what a visitor sees when we fail."""

from __future__ import annotations

import asyncio
import importlib
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from valueviz.errors import UsageError
from valueviz.language import language, resolve_locale
from valueviz.ui.desk import REMEMBERED
from valueviz.ui.gate import Gate
from valueviz.ui.markup import escaped, page
from valueviz.ui.shell import routes

__all__ = ["SCRIPT", "failed", "middleware", "routes", "warm"]

SCRIPT = str(Path(__file__).with_name("script.py"))
"""What is run for every visitor."""

NEEDED = ("valueviz.ui.page", "valueviz.render.charts.run", "valueviz.render.charts.dumbbell", "pandas", "scipy.linalg")
"""Imports the first visitor would otherwise wait for."""

_log = logging.getLogger("valueviz")


def middleware() -> list[Middleware]:
    """The gate, outermost."""
    return [Middleware(Gate)]


@asynccontextmanager
async def warm(_app: Any) -> AsyncIterator[dict[str, Any] | None]:
    """Import what every page needs while the browser still opens; in the end, leave nothing of visitors behind."""
    task = asyncio.get_running_loop().run_in_executor(None, _import_needed)
    yield None
    await task
    trays = sys.modules.get("valueviz.ui.data.tray")
    if trays is not None:
        trays.clear()


def failed(error: Exception) -> bool:
    """Say in the visitor's language that we failed, and keep the details for the log; True: nothing more is shown."""
    _log.error("the page failed", exc_info=error)
    speaking = language(_locale())
    title, text = speaking.words("ui.error.crash"), speaking.words("ui.error.crash_text")
    st.html(
        page(
            f'<aside class="vv-callout vv-caution vv-error" role="alert"><h4>{escaped(title)}</h4>'
            f"<p>{escaped(text)}</p></aside>",
            tag=speaking.tag,
        )
    )
    return True


def _locale() -> Any:
    said: dict[str, str] = st.session_state.get(REMEMBERED, {})
    try:
        return resolve_locale(said.get("lang"), {})
    except UsageError:  # the address may name any language
        return resolve_locale(None, {})


def _import_needed() -> None:
    for name in NEEDED:
        importlib.import_module(name)
