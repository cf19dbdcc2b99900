"""Money is in the currency of the engagement; a row that says it is in another one is never taken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.intake.conftest import Gate
from valueviz import study
from valueviz.catalog import Mapping, read_engagement
from valueviz.catalog.filling import Filled, MonthlyLine
from valueviz.catalog.form import months_around, plan
from valueviz.catalog.pack import pack
from valueviz.errors import DataError
from valueviz.intake import import_file
from valueviz.intake.known import known, plan_of
from valueviz.intake.look import look
from valueviz.intake.plan import vocabulary
from valueviz.render.xlsx import workbook
from valueviz.store import Client, Workspace

LONG = 'layout = "long"\n[columns]\ndate = "月份"\nvalue = "异常损失"\nmetric = "incident_loss_amount"\n'
WIDE = 'layout = "wide"\n[columns]\ndate = "月份"\nmetrics = { "异常损失" = "incident_loss_amount", OEE = "oee" }\n'
ENGAGEMENT = 'name = "Pump"\nsystem = "ERP"\nindustry = "manufacturing"\ncurrency = "{}"\ngo_live = 2025-09-01\n'


def client_in(folder: Path, currency: str) -> Client:
    """A client whose engagement is in a currency."""
    workspace, text = Workspace.open(folder / "workspace", create=True), ENGAGEMENT.format(currency)
    workspace.put_engagement("pump", text.encode(), read_engagement(text, file="e.toml"), file="e.toml")
    return workspace.client("pump")


@pytest.fixture
def euro(tmp_path: Path) -> Client:
    """A client whose engagement is in euros."""
    return client_in(tmp_path, "EUR")


def lines(header: str, cells: Callable[[int], str], joint: str = ",") -> str:
    """A year of months."""
    rows = (f"2024-{month:02d}{joint}{cells(month)}" for month in range(1, 13))
    return "\n".join([f"Month{joint}{header}", *rows, ""])


FILES = {
    "no currency": lines("Incident loss", lambda month: f"{month}00"),
    "the currency in the header": lines("Incident loss (EUR)", lambda month: f"{month}00"),
    "the currency in the cells": lines("Incident loss", lambda month: f"{month}00,50 €", ";"),
    "thousands of it": lines("Incident loss (k EUR)", lambda month: f"{month},5", ";"),
    "a column of it": lines("Incident loss,Währung", lambda month: f"{month}00,EUR"),
}


@pytest.mark.usefixtures("without_child")
@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_of_a_client_in_euros_is_taken_in_euros(euro: Client, tmp_path: Path, content: str) -> None:
    path = tmp_path / "loss.csv"
    path.write_text(content, encoding="utf-8")
    mapping = look(euro, path).mapping
    assert mapping is not None
    assert import_file(euro, path, mapping=mapping).accepted == 12


@pytest.mark.usefixtures("without_child")
def test_a_study_tells_the_money_of_a_pack_in_the_currency_of_the_engagement(euro: Client, tmp_path: Path) -> None:
    path = tmp_path / "loss.csv"
    path.write_text(FILES["no currency"], encoding="utf-8")
    import_file(euro, path, mapping=look(euro, path).mapping)
    found = study.run(Workspace.open(tmp_path / "workspace"), study.ask(euro))
    assert [outcome.metric.unit for outcome in found.outcomes] == ["EUR"]
    assert {metric.key: metric.unit for metric in study.measurable(euro)}["incident_loss_amount"] == "EUR"
    assert found.pack.metric("incident_loss_amount").unit == "EUR"


@pytest.mark.usefixtures("without_child")
def test_a_file_in_another_currency_than_the_engagement_is_refused(euro: Client, tmp_path: Path) -> None:
    path = tmp_path / "loss.csv"
    path.write_text(lines("异常损失(元)", lambda month: f"{month}00"), encoding="utf-8")
    mapping = Mapping(date="Month", value="异常损失(元)", metric="incident_loss_amount")
    with pytest.raises(DataError) as refused:
        import_file(euro, path, mapping=mapping)
    assert (refused.value.code, refused.value.fields["needed"]) == ("unit_differs", "EUR")


def test_a_metric_of_ones_own_keeps_its_currency(euro: Client) -> None:
    own = vocabulary("manufacturing", inline=(), mapping=Mapping()).metrics["incident_loss_amount"]
    kept = vocabulary("manufacturing", inline=(own,), mapping=Mapping(), currency="EUR")
    assert kept.metrics["incident_loss_amount"].unit == "CNY"


HEADERS = ("币种", "货币", "Currency", "Währung", "cur", "备注")


@pytest.mark.parametrize("header", HEADERS)
def test_rows_in_another_currency_are_rejected_with_row_and_column(gate: Gate, header: str) -> None:
    rows = f"月份,异常损失,{header}\n2024-01,1200,CNY\n2024-02,300,USD\n2024-03,400,€\n2024-04,500,\n2024-05,6,人民币\n"
    taken = gate("loss.csv", rows.encode(), LONG)
    assert (taken.rows, taken.accepted) == (5, 3)
    assert [(each.row, each.column, each.value, each.reason) for each in taken.rejects] == [
        (3, header, "USD", "other_currency"),
        (4, header, "€", "other_currency"),
    ]


def test_a_file_all_in_another_currency_is_refused(gate: Gate) -> None:
    with pytest.raises(DataError) as refused:
        gate("loss.csv", "月份,异常损失,币种\n2024-01,100,USD\n2024-02,200,USD\n".encode(), LONG)
    assert refused.value.code == "no_row_accepted"
    assert (refused.value.fields["column"], refused.value.fields["reason"]) == ("币种", "other_currency")


def test_a_currency_rejects_only_what_is_measured_in_money(gate: Gate) -> None:
    rows = "月份,异常损失,OEE,币种\n2024-01,100,80,USD\n2024-02,200,81,CNY\n2024-03,,82,USD\n"
    taken = gate("both.csv", rows.encode(), WIDE)
    assert [(each.row, each.reason) for each in taken.rejects] == [(2, "other_currency")]
    assert (taken.observations, taken.partly) == (5, 1)


def test_where_nothing_is_money_a_currency_is_left_out(gate: Gate) -> None:
    mapping = 'layout = "long"\n[columns]\ndate = "月份"\nvalue = "OEE"\nmetric = "oee"\n'
    taken = gate("oee.csv", "月份,OEE,币种\n2024-01,80,USD\n2024-02,81,EUR\n".encode(), mapping)
    assert (taken.accepted, taken.rejected) == (2, 0)


def test_a_column_of_amounts_named_after_money_states_no_currency(gate: Gate) -> None:
    taken = gate("loss.csv", "月份,异常损失,货币\n2024-01,100,55.5\n2024-02,200,66\n".encode(), LONG)
    assert (taken.accepted, taken.rejected) == (2, 0)


@pytest.mark.usefixtures("without_child")
def test_a_form_asks_for_money_in_the_currency_of_the_engagement(euro: Client) -> None:
    def units(found: object) -> tuple[str, str]:
        entry = next(each for each in found.metrics if each.key == "incident_loss_amount")  # type: ignore[attr-defined]
        return entry.unit, entry.unit_word

    assert units(plan_of(euro, "en", filled=known(euro)))[0] == "EUR"
    blank = plan(pack("manufacturing"), "en", months=months_around(date(2025, 9, 1)))
    assert units(blank) == ("money", "currency of the project")


@pytest.mark.usefixtures("without_child")
@pytest.mark.parametrize("currency", [None, "EUR", "CNY"])
def test_a_form_that_asked_for_another_currency_is_refused(euro: Client, tmp_path: Path, currency: str | None) -> None:
    months = months_around(date(2025, 9, 1))
    line = MonthlyLine("incident_loss_amount", None, None, None, ((months[0], 5.0), (months[1], 6.0)))
    asked = plan(pack("manufacturing"), "en", currency=currency, months=months)
    path = tmp_path / "form.xlsx"
    path.write_bytes(workbook(asked, filled=Filled(euro.engagement(), (line,))))
    if currency != "CNY":
        assert import_file(euro, path).accepted == 1
        return
    with pytest.raises(DataError) as refused:
        import_file(euro, path)
    assert (refused.value.code, refused.value.fields["found"]) == ("unit_differs", "CNY")
