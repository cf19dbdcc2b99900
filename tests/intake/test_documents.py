"""Tables of documents, as ERP users export them, give the comparison of a process without any event log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.intake import documents
from tests.intake.documents import CHAIN_HEADER, GO_LIVE, ORDER_HEADER, chains, delimited, orders, workbook
from valueviz.analysis.process.log import GATE, Cut
from valueviz.engine.log import build_log
from valueviz.intake.log import LogRead, read_log, reading
from valueviz.study.process import ProcessStudy, of_log
from valueviz.terms import Measured

DAY = 86400.0
EXPORTS: dict[str, Callable[[], bytes]] = {
    "orders.csv": lambda: delimited(ORDER_HEADER, orders(), encoding="gbk"),
    "orders.xlsx": lambda: workbook(ORDER_HEADER, orders()),
    "chain.csv": lambda: delimited(CHAIN_HEADER, chains()),
    "json.csv": lambda: delimited(CHAIN_HEADER, chains(as_json=True)),
}
Read = Callable[[str], tuple[LogRead, Path]]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Reads an export in this process; its canonical Parquet lies beside it."""

    def here(target: str, *, args: dict[str, Any], **_: object) -> Any:
        assert target == "valueviz.intake.log.reading:read_in_child"
        return reading.read_in_child(progress=lambda stage, share: None, **args)

    def taken(name: str) -> tuple[LogRead, Path]:
        folder = tmp_path_factory.mktemp("documents")
        path, out = folder / name, folder / "log.parquet"
        path.write_bytes(EXPORTS[name]())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "run", here)
            return read_log(path, out=out), out

    return taken


@pytest.fixture(scope="module")
def compared(read: Read, tmp_path_factory: pytest.TempPathFactory) -> ProcessStudy:
    """The orders before and after the go-live."""
    found, out = read("orders.csv")
    database = tmp_path_factory.mktemp("coded") / "log.duckdb"
    build_log(database, [out])
    return of_log(database, Cut(go_live=GO_LIVE), name=found.file, lineage=Measured("event_log", (), found.accepted))


@pytest.mark.parametrize("name", ["orders.csv", "orders.xlsx"])
def test_an_order_a_row_with_a_date_a_step_becomes_an_event_a_date(name: str, read: Read) -> None:
    found, _ = read(name)
    rows = orders()
    dates = sum(bool(cell) for row in rows for cell in row[3:])
    assert (found.rows, found.accepted, found.cases, found.events) == (len(rows), len(rows), len(rows), dates)
    assert {name for name, _ in found.activities} == {"下单", "审核", "排产", "完工", "发货"}
    assert set(found.attributes) == {"客户", "厂区"}
    assert found.mapping.layout == "documents"


@pytest.mark.parametrize("name", ["chain.csv", "json.csv"])
def test_a_chain_of_approvals_in_one_cell_becomes_an_event_an_approval(name: str, read: Read) -> None:
    found, _ = read(name)
    rows = chains()
    steps = {"提交": 60, "审核": 72, "驳回": 12, "重新提交": 12, "批准": 60}
    assert dict(found.activities) == steps
    assert (found.cases, found.rejected, found.events) == (len(rows), 0, sum(steps.values()))


def test_a_table_of_orders_gives_the_comparison_without_any_log(compared: ProcessStudy) -> None:
    assert compared.summary is not None
    assert compared.summary.day_only
    assert compared.change is not None
    assert compared.change.verdict == "improved"
    edges = {(edge.source, edge.target): edge for edge in compared.edges}
    planted = edges["审核", "排产"]
    assert (planted.colour, planted.change) == ("faster", -4 * DAY)
    assert [pair for pair, edge in edges.items() if edge.colour in ("faster", "slower")] == [("审核", "排产")]
    assert edges[GATE, "下单"].colour == "unchanged"


def test_the_planted_step_explains_the_shorter_lead_time(compared: ProcessStudy) -> None:
    assert compared.waterfall is not None
    parts = {part.activity: part.change / DAY for part in compared.waterfall.parts}
    assert parts["排产"] == pytest.approx(-4, abs=0.2)
    assert all(abs(change) < 0.3 for step, change in parts.items() if step != "排产")
    assert sum(parts.values()) == pytest.approx((compared.waterfall.after - compared.waterfall.before) / DAY, abs=1e-9)


def test_the_exports_are_the_same_every_time() -> None:
    assert all(make() == make() for make in EXPORTS.values())
    assert documents.orders(seed=8) != documents.orders(seed=7)
