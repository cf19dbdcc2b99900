"""What a client sends twice is counted once, or said: tables pasted twice, sites respelled, totals beside sites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from valueviz import study
from valueviz.catalog import read_engagement, read_mapping
from valueviz.intake import ImportResult, import_file
from valueviz.store import Client, Workspace
from valueviz.study import Outcome

ENGAGEMENT = 'name = "Sample"\nsystem = "ERP"\nindustry = "manufacturing"\ncurrency = "CNY"\ngo_live = 2025-09-01\n'
HOURS, RATE = "machine_downtime_hours", "rework_rate"

pytestmark = pytest.mark.usefixtures("without_child")


@pytest.fixture
def client(tmp_path: Path) -> Client:
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("sample", ENGAGEMENT.encode(), read_engagement(ENGAGEMENT, file="e.toml"), file="e.toml")
    return workspace.client("sample")


def months(scale: float = 1.0) -> Iterator[tuple[str, float]]:
    for at in range(36):
        yield f"{2023 + (at + 8) // 12}-{(at + 8) % 12 + 1:02d}", round(scale * (20 + at * 7 % 11 / 10), 4)


def sites(*names: str) -> list[str]:
    return [f"{month},{name},{value + place}" for month, value in months() for place, name in enumerate(names)]


def totals() -> list[str]:
    return [f"{month},{2 * value + 1}" for month, value in months()]


def sent(
    client: Client, folder: Path, rows: list[str], *, site: str | None = None, metric: str = HOURS, units: str = ""
) -> ImportResult:
    path = folder / f"{len(client.imports())}.csv"
    header = ",".join(["月份", *([site] if site else []), metric])
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    dimensions = f'dimensions = ["{site}"]\n' if site else ""
    text = f'layout = "wide"\n[columns]\ndate = "月份"\n{dimensions}metrics = {{ {metric} = "{metric}" }}\n{units}'
    return import_file(client, path, mapping=read_mapping(text, file="m.toml"))


def outcome(client: Client, metric: str = HOURS) -> Outcome:
    workspace = Workspace.open(client.folder.parents[1])
    return study.run(workspace, study.ask(client)).outcome(metric)


def codes(told: Outcome) -> list[str]:
    return [each.code for each in told.findings]


@pytest.mark.parametrize("site", ["工厂", None])
def test_a_table_pasted_twice_is_told_and_its_sum_leads_no_report(
    client: Client, tmp_path: Path, site: str | None
) -> None:
    rows = sites("P1") if site else totals()
    taken = sent(client, tmp_path, rows + rows, site=site)
    assert [(each.code, each.count) for each in taken.findings] == [("duplicate_rows", 36)]
    told = outcome(client)
    assert "rows_doubled" in codes(told)
    assert (told.cap, told.grade) == ("D", "D")


@pytest.mark.parametrize(("column", "names"), [("工厂", ("p1", "Ｐ２ ")), ("Plant", ("P1", "P2"))])
def test_a_site_in_another_spelling_or_under_another_header_is_the_same_site(
    client: Client, tmp_path: Path, *, column: str, names: tuple[str, ...]
) -> None:
    sent(client, tmp_path, sites("P1", "P2"), site="工厂")
    taken = sent(client, tmp_path, sites(*names), site=column)
    assert (taken.overlap.equal, taken.overlap.differing) == (72, 0)
    told = outcome(client)
    assert told.units == ('{"工厂":"P1"}', '{"工厂":"P2"}')
    assert told.before is not None
    assert 41 < told.before < 43
    assert codes(told) == []


@pytest.mark.parametrize("total_first", [True, False])
def test_a_total_beside_its_sites_is_found(client: Client, tmp_path: Path, *, total_first: bool) -> None:
    for total in (total_first, not total_first):
        sent(client, tmp_path, totals() if total else sites("P1", "P2"), site=None if total else "工厂")
    told = outcome(client)
    assert codes(told) == ["mixed_levels"]
    assert (told.cap, told.findings[0].repair) == ("D", "same_scope")


def test_shares_under_a_percentage_lead_no_report_until_somebody_states_their_unit(
    client: Client, tmp_path: Path
) -> None:
    rows = [f"{month},{value}" for month, value in months(0.0025)]
    assert "percent_or_share" in sent(client, tmp_path, rows, metric=RATE).warnings
    told = outcome(client, RATE)
    assert "percent_or_share" in codes(told)
    assert (told.cap, told.grade) == ("D", "D")


@pytest.mark.parametrize("stated", ["mapping", "cells"])
def test_small_percentages_whose_unit_is_stated_are_not_doubted(client: Client, tmp_path: Path, stated: str) -> None:
    sign, units = ("%", "") if stated == "cells" else ("", f'[units]\n{RATE} = "%"\n')
    rows = [f"{month},{value}{sign}" for month, value in months(0.0025)]
    taken = sent(client, tmp_path, rows, metric=RATE, units=units)
    assert "percent_or_share" not in taken.warnings
    assert outcome(client, RATE).cap is None
