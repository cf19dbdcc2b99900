"""Messy exports of many makes, dropped into a real browser, each to a confirmed import whose values are compared."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui.conftest import PATIENCE, serving
from tests.ui.messy import MONTHS, Messy, messy
from valueviz import study
from valueviz.catalog import read_engagement
from valueviz.language import language
from valueviz.store import Client, Workspace
from valueviz.terms import period_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AGREED = """
name = { en = "Lake Works", zh_CN = "湖畔精工" }
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-09-01
"""
SAY = language("en").words


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A client of which nothing is known but what was agreed."""
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("lake", AGREED.encode(), read_engagement(AGREED, file="lake.toml"), file="lake.toml")
    return workspace.client("lake")


@pytest.fixture
def page(browser: Browser, client: Client) -> Iterator[Page]:
    """The page of imports of that client."""
    with serving(client.folder.parents[1]) as address:
        opened = browser.new_page(viewport={"width": 1440, "height": 900})
        opened.goto(f"{address}/import?lang=en&client=lake", timeout=PATIENCE)
        opened.get_by_text(SAY("ui.import.history.empty")).wait_for(timeout=PATIENCE)
        yield opened
        opened.close()


def _row(page: Page, name: str) -> Locator:
    """The line of a file in the list of those at hand."""
    rows = page.locator('[class*="st-key-vv-parcel-"]')
    return rows.filter(has=page.locator("b").get_by_text(name, exact=True)).first


def _drop(page: Page, files: tuple[Messy, ...]) -> None:
    dropped = [{"name": each.name, "mimeType": "application/octet-stream", "buffer": each.content} for each in files]
    page.locator('.st-key-vv-drop-files [data-testid="stFileUploaderDropzoneInput"]').set_input_files(dropped)  # type: ignore[arg-type]


def _state(page: Page, name: str, *states: str) -> str:
    """The state of a file as soon as it is one of some."""
    chips = ", ".join(f".vv-state-{state}" for state in states)
    found = _row(page, name).locator(chips)
    found.wait_for(timeout=PATIENCE)
    return found.inner_text()


def _answer(page: Page, file: Messy) -> None:
    """Look at a file and click what its questions need."""
    _row(page, file.name).get_by_role("button", name=SAY("ui.import.list.open")).click()
    for answer in file.answers:
        page.locator('[class*="st-key-vv-asked-"] label').filter(has_text=answer).first.click(timeout=PATIENCE)


def test_fourteen_messy_exports_of_many_makes_reach_the_store_value_by_value(page: Page, client: Client) -> None:
    files = messy()
    _drop(page, files)
    for file in files:
        expected = "asking" if file.answers else "ready"
        assert _state(page, file.name, "ready", "asking", "blocked") == SAY(f"ui.import.stage.{expected}"), file.name
    for file in files:
        if file.answers:
            _answer(page, file)
            _state(page, file.name, "ready")
    for file in files:
        accepted = file.rows - file.rejected
        counts = {
            "rows": language("en").quantity(file.rows, "row"),
            "accepted": str(accepted),
            "rejected": str(file.rejected),
        }
        assert SAY("ui.import.equation", **counts) in _row(page, file.name).inner_text()
    assert client.imports() == ()
    assert page.locator('[data-testid="stMain"] b b, [data-testid="stMain"] a[href*="example.com"]').count() == 0

    page.get_by_role("button", name=SAY("ui.import.list.all", count=str(len(files)))).click()
    for file in files:
        _state(page, file.name, "settled")

    records = {record.file: record for record in client.imports()}
    assert {file.name: (file.rows, file.rejected) for file in files} == {
        name: (record.rows, record.rejected) for name, record in records.items()
    }
    assert [name for name, record in records.items() if not record.raw] == ["收货.csv"]
    rolled = {each.metric_key: each.series for each in client.rollup(metrics=study.measurable(client))}
    for file in files:
        measured = {
            period_of(date(*month, 1), "month"): value for month, value in zip(MONTHS, file.values, strict=True)
        }
        series = rolled[file.metric]
        assert dict(zip(series.ordinals, series.values, strict=True)) == {
            ordinal: pytest.approx(value) for ordinal, value in measured.items() if value is not None
        }, file.name


def test_rejects_are_saved_as_a_table_no_spreadsheet_runs_and_one_import_changes_the_report(
    page: Page, client: Client, tmp_path: Path
) -> None:
    (bad,) = (file for file in messy() if file.rejected == 3 and file.name.endswith(".csv"))
    _drop(page, (bad,))
    _state(page, bad.name, "ready")
    with page.expect_download() as coming:
        page.get_by_role("button", name=SAY("ui.import.reject.save")).click()
    out = tmp_path / "rejects.csv"
    coming.value.save_as(out)
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    page.locator('[class*="st-key-vv-settle-"] button').click()
    page.locator(".vv-arrived").wait_for(timeout=PATIENCE)

    assert [row[2] for row in rows[1:]] == ["300", "someday", "'=cmd|' /C calc'!A0"]
    assert [record.accepted for record in client.imports()] == [27]
    said = page.locator('[data-testid="stMain"]').inner_text()
    assert SAY("arrival.news.new") in said
    page.get_by_role("link", name=SAY("ui.import.open.renewal")).click()
    page.locator("#vv-lineage").wait_for(timeout=PATIENCE)
    assert "client=lake" in page.url
