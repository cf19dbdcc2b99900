"""The reports and pictures of the README, made from the shipped synthetic sample: `python docs/gallery.py`.

Needs poppler-utils, Chromium and the packages of the extra `test`. `--no-page` leaves the pictures of the live
page as they are. What it writes goes to docs/gallery and depends on the code alone, not on the day.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader

GALLERY = Path(__file__).resolve().parent / "gallery"

LANGUAGES = {"en": "en", "zh-CN": "zh"}

MESSY = Path(__file__).resolve().parents[1] / "datasets" / "retail"
"""The engagement whose tills write UTF-16 text that calls itself .xls: dropped on the import page."""

MESSY_CLIENT = "sample-neighbourhood"
"""Tags of the languages, as in the names of files, and their codes in an address."""

LOG = Path(__file__).resolve().parents[1] / "datasets" / "pharma" / "batch_events.csv"
"""The event log of the drug maker, whose process is compared."""

WENT_LIVE = "2025-09-01"

PICTURES = {"renewal": {"scorecard": 2, "trend": 6, "attribution": 9}, "education": {}, "process": {"map": 1}}
"""The sections of which a picture is made, by their place in the outline of the report."""

PAGE_WIDTH = 1000
"""Pixels of a picture of a page: sharp at the half width at which the README shows it."""

WINDOW = (1440, 1400)
"""Pixels of the browser's window: the start of the page down to the first chart."""

COLOURS = 128
"""Colours of a picture: text and charts need no more, and the file is a third as large."""

LARGEST = 4_000_000
"""Bytes of the whole gallery: what a clone of the repository should not have to carry more of."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")

SECONDS = 120
"""How long the page may take to appear on a slow machine."""


def main(arguments: list[str]) -> int:
    """Make the gallery; 1 where it has become too large."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--no-page", action="store_true", help="leave the pictures of the live page as they are")
    asked = parser.parse_args(arguments)
    GALLERY.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "sample"
        _valueviz("demo", "--no-serve", "--workspace", str(workspace))
        for tag, code in LANGUAGES.items():
            out = str(workspace / "reports" / f"process-{tag}.pdf")
            _valueviz("process", str(LOG), "--go-live", WENT_LIVE, "--lang", code, "--out", out)
        for report in PICTURES:
            for tag in LANGUAGES:
                _report(workspace / "reports" / f"{report}-{tag}.pdf")
        if not asked.no_page:
            registered = ("--engagement", str(MESSY / "engagement.toml"), "--workspace", str(workspace))
            _valueviz("client", MESSY_CLIENT, *registered)
            _pages(workspace)
    sizes = {path.name: path.stat().st_size for path in sorted(GALLERY.iterdir())}
    for name, size in sizes.items():
        print(f"{size:>9,}  {name}")
    print(f"{sum(sizes.values()):>9,}  in all, of {LARGEST:,}")
    return int(sum(sizes.values()) > LARGEST)


def _valueviz(*arguments: str) -> None:
    subprocess.run(_command(*arguments), check=True, stdout=subprocess.DEVNULL)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "import sys; from valueviz.cli import main; sys.exit(main())", *arguments]


# Reports ─────────────────────────────────────────────────────────────────────


def _report(path: Path) -> None:
    """Keep a report, and a picture of the first page of each section that is shown."""
    shutil.copyfile(path, GALLERY / path.name)
    reader = PdfReader(path)
    sections = [reader.get_destination_page_number(entry) for entry in reader.outline if not isinstance(entry, list)]
    report, _, tag = path.stem.partition("-")
    for section, place in PICTURES[report].items():
        page = sections[place]
        if page is None:
            raise ValueError(f"{path.name}: the outline has no page for {section}")
        _picture(path, page + 1, GALLERY / f"{report}-{tag}-{section}.png")


def _picture(report: Path, page: int, target: Path) -> None:
    """One page as a PNG."""
    at = ["-f", str(page), "-l", str(page), "-singlefile", "-scale-to-x", str(PAGE_WIDTH), "-scale-to-y", "-1"]
    program = shutil.which("pdftoppm") or "pdftoppm"
    subprocess.run([program, "-png", *at, str(report), str(target.with_suffix(""))], check=True)
    _shrink(target)


def _shrink(path: Path) -> None:
    with Image.open(path) as picture:
        reduced = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    reduced.save(path, optimize=True)


# The live page ───────────────────────────────────────────────────────────────


def _pages(workspace: Path) -> None:
    """A picture of the renewal page in each language."""
    browser_path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    with _served(workspace) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for tag, code in LANGUAGES.items():
            context = browser.new_context(viewport={"width": WINDOW[0], "height": WINDOW[1]}, color_scheme="light")
            page = context.new_page()
            page.goto(f"{address}/renewal?client=sample-precision&lang={code}")
            _await(page)
            target = GALLERY / f"page-renewal-{tag}.png"
            page.screenshot(path=target)
            _shrink(target)
            _import(page, f"{address}/import?client={MESSY_CLIENT}&lang={code}", GALLERY / f"page-import-{tag}.png")
            context.close()
        browser.close()


def _import(page: Page, address: str, target: Path) -> None:
    """A picture of the import page with a messy export dropped and read."""
    page.goto(address)
    page.wait_for_selector("input[type=file]", state="attached", timeout=SECONDS * 1000)
    page.set_input_files("input[type=file]", str(MESSY / "till_weekly.xls"))
    page.wait_for_selector(".st-key-vv-confirm, [class*=st-key-vv-confirm]", timeout=SECONDS * 1000)
    page.wait_for_timeout(1500)
    page.screenshot(path=target, full_page=True)
    _shrink(target)


def _await(page: Page) -> None:
    """Wait until everything stands: the document, its charts, its fonts."""
    page.wait_for_selector(".vv h1", timeout=SECONDS * 1000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]", timeout=SECONDS * 1000)
    page.wait_for_selector("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(1500)  # Streamlit fades in what it has drawn


@contextmanager
def _served(workspace: Path) -> Iterator[str]:
    """The address of the page of a workspace, served while the block runs."""
    server = subprocess.Popen(
        _command("serve", "--workspace", str(workspace), "--lang", "en", "--port", "8600"),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield _address(server)
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(timeout=30)


def _address(server: subprocess.Popen[str]) -> str:
    """The address the server says on standard error."""
    for line in server.stderr or ():
        words = [word for word in line.split() if word.startswith("http://")]
        if words:
            return words[0]
    raise RuntimeError(f"the page did not start (exit code {server.wait()})")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
