"""The process page in a real browser: whole on desk and phone, filters in the address, two languages in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import PATIENCE, serving
from tests.ui.test_browser import CLIPPED, FACES, WIDE_OUT, Watch
from tests.ui.test_process_page import AGREED, planted
from valueviz import language as languages
from valueviz.catalog import read_engagement
from valueviz.intake import import_file
from valueviz.language import language
from valueviz.store import Workspace
from valueviz.terms import LOCALES, Locale
from valueviz.ui.link import CODES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FITTING = CLIPPED.replace(".vv *')]", ".vv *')].filter(e => !e.closest('.vv-figure-narrow'))")
"""As everywhere, but for scenes of a phone, which scroll on purpose."""

SCENES = """() => [...document.querySelectorAll('.vv-figure svg')]
  .filter(e => e.getBoundingClientRect().width > 0)
  .map(e => ({titles: e.querySelectorAll('title').length, width: e.getBoundingClientRect().width}))"""
"""The scenes that show."""

DIGEST = ".vv-meta dd >> nth=2"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`valueviz serve` of a workspace whose only client has an event log and nothing else."""
    folder = tmp_path_factory.mktemp("process-browser")
    workspace = Workspace.open(folder / "workspace", create=True)
    workspace.put_engagement("lake", AGREED.encode(), read_engagement(AGREED, file="lake.toml"), file="lake.toml")
    (folder / "log.csv").write_bytes(planted())
    import_file(workspace.client("lake"), folder / "log.csv", propose=True)
    with serving(Path(workspace.path)) as found:
        yield found


def _settled(page: Page) -> None:
    page.locator(".st-key-vv-cases").wait_for(timeout=PATIENCE)
    page.locator('[data-test-script-state="notRunning"]').wait_for(timeout=PATIENCE)


def _open(browser: Browser, address: str, query: str, *, width: int, theme: str = "light") -> Watch:
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if theme == "dark" else "light"
    )
    watch = Watch(page, address)
    page.goto(f"{address}/process?{query}", timeout=PATIENCE)
    _settled(page)
    page.locator(".vv-figure svg >> visible=true").first.wait_for(
        timeout=PATIENCE
    )  # the theme may ask for a second run
    page.evaluate("document.fonts.ready.then(() => true)")
    return watch


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_is_whole_in_its_window(
    locale: Locale, width: int, theme: str, browser: Browser, address: str
) -> None:
    watch = _open(browser, address, f"lang={CODES[locale]}&client=lake", width=width, theme=theme)
    page = watch.page

    assert watch.elsewhere == []
    assert watch.complaints == []
    assert page.evaluate(WIDE_OUT) <= 0
    assert page.evaluate(FITTING) == []
    words = page.locator('[data-testid="stMain"]').inner_text()
    assert languages.missing("".join(words.split())) == ()
    assert "Noto Sans SC" in page.evaluate(FACES)
    scenes = page.evaluate(SCENES)
    assert scenes
    assert scenes[0]["titles"] > 0  # what a mark stands for is said where the pointer rests
    page.close()


def test_a_filter_and_the_language_live_in_the_address(browser: Browser, address: str) -> None:
    page = _open(browser, address, "lang=en&client=lake", width=1440).page
    side = page.locator('[data-testid="stSidebar"]')
    first = page.locator(DIGEST).inner_text()
    side.locator('[data-testid="stSelectbox"]', has_text="Channel").locator("input").click()
    page.get_by_role("option", name="web", exact=True).click()
    page.wait_for_function("was => !document.querySelectorAll('.vv-meta dd')[2].textContent.includes(was)", arg=first)
    _settled(page)
    assert "where=Channel%3Aweb" in page.url
    chosen = page.locator(DIGEST).inner_text()
    page.reload()
    _settled(page)
    assert page.locator(DIGEST).inner_text() == chosen

    names: dict[Locale, str] = {"zh_CN": "湖畔精工", "en": "Lake Works"}
    for locale in ("zh_CN", "en", "zh_CN"):
        speaking = language(locale)
        side.get_by_text(speaking.words("language.name"), exact=True).click()
        heading = page.get_by_role("heading", name=speaking.words("ui.process.cases"), exact=True)
        heading.wait_for(timeout=PATIENCE)
        _settled(page)
        box = side.locator('[data-testid="stSelectbox"]', has_text=speaking.words("ui.client")).locator("input")
        assert box.input_value() == names[locale]  # told anew in its own words
        assert "client=lake" in page.url
        assert "where=Channel%3Aweb" in page.url
    page.close()
