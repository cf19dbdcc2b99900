"""A demo workspace, and visits to its pages without a browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from valueviz import catalog
from valueviz.catalog import read_engagement, read_mapping
from valueviz.catalog.demo import read_demo
from valueviz.intake import import_file
from valueviz.store import Workspace
from valueviz.ui import server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CLIENT = "sample-precision"

CALL = [sys.executable, "-c", "import sys; from valueviz.cli import main; sys.exit(main())"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "msedge")
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 60_000.0
"""Milliseconds a page may take on a loaded machine."""


class Visit(Protocol):
    """Opens a page at an address."""

    def __call__(self, page: str = "", **address: str) -> AppTest: ...


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the shipped sample, imported through the gate."""
    path = tmp_path_factory.mktemp("page") / "workspace"
    opened = Workspace.open(path, create=True)
    folder = catalog.shipped("datasets", "manufacturer")
    demo = read_demo((folder / "demo.toml").read_text(encoding="utf-8"), file="demo.toml")
    text = (folder / demo.engagement).read_bytes()
    opened.put_engagement(demo.client, text, read_engagement(text.decode(), file=demo.engagement), file=demo.engagement)
    client = opened.client(demo.client)
    for entry in demo.files:
        mapping = None
        if entry.mapping is not None:
            mapping = read_mapping((folder / entry.mapping).read_text(encoding="utf-8"), file=entry.mapping)
        import_file(client, folder / entry.name, mapping=mapping, propose=mapping is None)
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; where there is none, a loud skip, or a failure when one is required."""
    from playwright.sync_api import sync_playwright

    wanted = [os.environ.get("VALUEVIZ_BROWSER"), *(shutil.which(name) for name in BROWSERS)]
    found = next((path for path in wanted if path), None)
    if found is None:
        said = f"NO BROWSER: none of {', '.join(BROWSERS)} is installed and VALUEVIZ_BROWSER is not set"
        if os.environ.get("VALUEVIZ_REQUIRE_BROWSER") == "1":
            pytest.fail(said)
        pytest.skip(said)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as player:
        opened = player.chromium.launch(executable_path=found, args=[*QUIET, *(["--no-sandbox"] if root else [])])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def address(workspace: Path) -> Iterator[str]:
    """`valueviz serve` of the demo workspace, and its address."""
    with serving(workspace) as found:
        yield found


@contextmanager
def serving(workspace: Path) -> Iterator[str]:
    """`valueviz serve` on a free port, and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [*CALL, "serve", "--workspace", str(workspace), "--port", str(port), "--lang", "en"],
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    assert server.stderr is not None
    said = [server.stderr.readline()]
    while said[-1] and f"http://127.0.0.1:{port}" not in said[-1]:
        said.append(server.stderr.readline())
    assert said[-1], f"the page did not start: {''.join(said)}"
    yield f"http://127.0.0.1:{port}"
    server.send_signal(signal.SIGTERM)  # a job in the background ignores an interrupt
    server.communicate(timeout=30)


@pytest.fixture
def visit(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Visits to pages of the demo workspace."""
    monkeypatch.setenv("VALUEVIZ_WORKSPACE", str(workspace))
    monkeypatch.delenv("VALUEVIZ_LANG", raising=False)
    return visited


def visited(page: str = "", **address: str) -> AppTest:
    """A page after its first run; `from_` in the address stands for the word Python keeps for itself."""
    test = AppTest.from_file(server.SCRIPT, default_timeout=120)
    for key, value in address.items():
        test.query_params[key.rstrip("_")] = value
    test._page_hash = calc_hash(page) if page else ""  # what a browser's address does; AppTest knows files only
    return test.run()


def bodies(test: AppTest) -> list[str]:
    """The markup of a page, in order."""
    return [element.proto.body for element in test.get("html")]


def text_of(test: AppTest) -> str:
    """All words of a page."""
    found = Words()
    for body in bodies(test):
        found.feed(body)
    return "".join(found.words)


class Words(HTMLParser):
    """The text of markup, the facts and tables in it; what is folded away counts apart."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.facts: list[tuple[str, str]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.tags: list[str] = []
        self._open_fact: str | None = None
        self._table: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        if given.get("class") == "vv-fact":
            self._open_fact = given["data-key"]
            self.facts.append((given["data-key"] or "", ""))
        if tag == "table":
            self._table = given.get("data-table")
            if self._table:
                self.tables[self._table] = []
        if self._table and tag == "tr":
            self.tables[self._table].append([])
        if self._table and tag in {"td", "th"}:
            self.tables[self._table][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self._open_fact = None
        if tag == "table":
            self._table = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._open_fact is not None:
            self.facts[-1] = (self.facts[-1][0], self.facts[-1][1] + data)
        if self._table and self.tables[self._table]:
            self.tables[self._table][-1][-1] += data


def parsed(markup: str) -> Words:
    """Markup, read."""
    found = Words()
    found.feed(markup)
    return found


def specs(test: AppTest) -> list[str]:
    """The chart specs of a page, in order."""
    return [element.proto.spec for element in test.get("vega_lite_chart")]
