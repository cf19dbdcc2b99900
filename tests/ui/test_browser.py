"""The page in a real browser: every page, both languages, desk and phone; nothing fetched from elsewhere."""

from __future__ import annotations

import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import CALL, CLIENT, PATIENCE
from valueviz import language as languages
from valueviz.language import language
from valueviz.terms import LOCALES, Locale
from valueviz.ui.link import CODES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LAST = {
    "": ".vv-rules",
    "import": ".st-key-vv-history",
    "client": ".st-key-vv-client-save",
    "renewal": "#vv-lineage",
    "evidence": "#vv-lineage",
    "quality": "#vv-lineage",
    "education": "#vv-recording",
}
"""What comes last on each page."""

CLIPPED = """() => [...document.querySelectorAll('.vv *')]
  .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline')
  .map(e => e.className + ': ' + e.textContent.slice(0, 60))"""
"""Elements whose words reach beyond their box."""

WIDE_OUT = """() => {
  const main = document.querySelector('[data-testid=stMain]');
  return Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth);
}"""
"""Pixels by which the page is broader than the window."""

CHARTS = """() => [...document.querySelectorAll('.vega-embed svg')]
  .filter(e => e.getBoundingClientRect().width > 0)
  .map(e => ({marks: e.querySelectorAll('path, text, line, rect').length,
              words: [...e.querySelectorAll('text')].map(t => t.textContent).join(' '),
              right: e.getBoundingClientRect().right}))"""
"""What is drawn in the charts that show."""

FACES = """() => [...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('"', ''))"""


class Watch:
    """A page under watch: what it asked for elsewhere and what it complained about."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self._asked(request.url, home))
        page.on("console", lambda told: self.complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, url: str, home: str) -> None:
        if not url.startswith((home, home.replace("http", "ws"), "data:", "blob:")):
            self.elsewhere.append(url)


def _open(browser: Browser, address: str, path: str, *, width: int, theme: str = "light") -> Watch:
    """A page, complete: its last part is there, the script has ended, every chart is drawn."""
    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme="dark" if theme == "dark" else "light"
    )
    watch = Watch(page, address)
    page.goto(f"{address}/{path}", timeout=PATIENCE)
    page.locator(LAST[path.partition("?")[0]]).wait_for(timeout=PATIENCE)
    page.locator('[data-test-script-state="notRunning"]').wait_for(timeout=PATIENCE)
    for figure in page.locator('[data-testid="stVegaLiteChart"]').all():
        figure.locator("svg g").first.wait_for(state="attached", timeout=PATIENCE)
    page.evaluate("document.fonts.ready.then(() => true)")
    return watch


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", LAST)
def test_every_page_is_whole_in_its_window_and_asks_nobody_else(
    name: str, locale: Locale, width: int, browser: Browser, address: str
) -> None:
    watch = _open(browser, address, f"{name}?lang={CODES[locale]}", width=width)
    page = watch.page

    assert watch.elsewhere == []
    assert watch.complaints == []
    assert page.evaluate("document.documentElement.lang") == language(locale).tag
    assert page.evaluate(WIDE_OUT) <= 0
    assert page.evaluate(CLIPPED) == []
    words = page.locator('[data-testid="stMain"]').inner_text()
    assert languages.missing("".join(words.split())) == ()
    assert "Noto Sans SC" in page.evaluate(FACES)
    charts = page.evaluate(CHARTS)
    assert len(charts) == page.locator('[data-testid="stVegaLiteChart"]').count() // 2
    for chart in charts:
        assert chart["marks"] > 12
        assert languages.missing(chart["words"]) == ()
        assert chart["right"] <= width
    page.close()


def test_the_dark_theme_brings_its_own_colours_to_words_and_charts(browser: Browser, address: str) -> None:
    watch = _open(browser, address, "renewal?lang=en", width=390, theme="dark")
    page = watch.page

    assert watch.complaints == []
    colour = page.locator(".vv h1").first.evaluate("e => getComputedStyle(e).color")
    assert colour == "rgb(242, 245, 249)"
    inks = page.evaluate(
        "() => [...document.querySelectorAll('.vega-embed svg text')].map(t => t.getAttribute('fill').toLowerCase())"
    )
    assert "#12263f" not in inks
    page.close()


def test_the_pdf_button_saves_the_bytes_of_the_command_line(
    browser: Browser, address: str, workspace: Path, tmp_path: Path
) -> None:
    say = language("en").words
    page = _open(browser, address, f"renewal?lang=en&client={CLIENT}&sites=P200", width=1440).page
    page.get_by_role("button", name=say("ui.pdf.make")).click()
    save = page.get_by_role("button", name=say("ui.pdf.save"))
    save.wait_for(timeout=PATIENCE)
    with page.expect_download() as coming:
        save.click()
    saved = Path(coming.value.path()).read_bytes()
    out = tmp_path / "report.pdf"
    options = ["--template", "renewal", "--lang", "en", "--sites", "P200", "--workspace", str(workspace)]
    subprocess.run(
        [*CALL, "report", CLIENT, *options, "--out", str(out)],
        check=True,
        capture_output=True,
    )

    assert coming.value.suggested_filename.startswith(f"renewal-{CLIENT}-en-VV-")
    assert sha256(saved).hexdigest() == sha256(out.read_bytes()).hexdigest()
    page.close()


def test_a_change_of_page_and_language_keeps_the_filters(browser: Browser, address: str) -> None:
    page = _open(browser, address, "renewal?lang=en&sites=P200", width=1440).page

    page.get_by_role("link", name="Client education guide").click()
    page.locator(LAST["education"]).wait_for(timeout=PATIENCE)
    page.get_by_text("中文", exact=True).click()
    page.locator('.vv[lang="zh-CN"]').first.wait_for(timeout=PATIENCE)
    page.get_by_role("link", name="续约价值报告").click()
    page.locator(LAST["renewal"]).wait_for(timeout=PATIENCE)

    assert "sites=P200" in page.url
    assert "lang=zh" in page.url
    page.close()
