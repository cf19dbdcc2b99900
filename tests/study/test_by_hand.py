"""Processes typed by hand become studies that say who states them, and starter flows say that they are nobody's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from valueviz.catalog import pack, read_engagement
from valueviz.store import Client, Workspace
from valueviz.study.by_hand import grade_of, hand_studies, starter_study
from valueviz.terms import LOCALES, Assumed, HandStep, Illustration, Locale, Stated

AGREED = """
name = { en = "Lake Works", zh_CN = "湖畔精工" }
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2025-09-01
synthetic = true
"""
MEASURED = (
    HandStep("审批", "as_is", "申请", 600.0, 0.0, "车间", 100.0, 0.1, None, False, "measured", "采购主管"),
    HandStep("审批", "as_is", "批准", 300.0, 86400.0, "经理", None, 0.0, None, False, "measured", "生产经理"),
    HandStep("审批", "to_be", "申请", 300.0, 0.0, "车间", 100.0, 0.0, None, False, "measured", "采购主管"),
)


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """A synthetic client without data."""
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("lake", AGREED.encode(), read_engagement(AGREED, file="a.toml"), file="a.toml")
    return workspace.client("lake")


def test_a_client_without_typed_steps_has_no_such_process(client: Client) -> None:
    assert hand_studies(client) == ()


def test_each_typed_process_is_a_study_of_its_own_in_typed_order(client: Client) -> None:
    other = HandStep("Invoices", "to_be", "Match", 60.0, 3600.0)
    client.put_process((other, *MEASURED))
    first, second = hand_studies(client)
    assert [(each.name, each.kind, each.grade, each.synthetic) for each in (first, second)] == [
        ("Invoices", "hand", "E", True),
        ("审批", "hand", "D", True),
    ]
    assert (first.before, first.once, first.summary, first.change) == (None, True, None, None)
    assert second.before is not None
    assert second.after is not None
    assert second.waterfall is not None
    assert (second.before.lead_time.mean, second.after.lead_time.mean) == (660 + 86700, 300)
    assert second.lineage == Stated("采购主管, 生产经理", None)
    assert first.lineage == Assumed("Invoices", "", "estimate")


@pytest.mark.parametrize(
    ("last", "grade"),
    [
        (MEASURED[2], "D"),
        (replace(MEASURED[2], basis="estimated"), "E"),
        (replace(MEASURED[2], basis=None), "E"),
        (replace(MEASURED[2], owner=None), "E"),
    ],
    ids=["measured by somebody", "one estimate", "basis not said", "measured by nobody"],
)
def test_one_estimate_makes_the_whole_process_an_estimate(last: HandStep, grade: str) -> None:
    assert grade_of((*MEASURED[:2], last)) == grade


@pytest.mark.parametrize("locale", LOCALES)
def test_a_starter_flow_is_an_illustration_without_a_grade(locale: Locale) -> None:
    for flow in pack("manufacturing").flows:
        study = starter_study(flow, locale=locale)
        assert study.name == flow.name[locale]
        assert (study.grade, study.missing) == (None, ())
        assert isinstance(study.lineage, Illustration)
        assert study.waterfall is not None


def test_what_was_typed_before_later_columns_existed_keeps_its_bytes(client: Client) -> None:
    client.put_process((HandStep("p", "as_is", "s", 90.0),))
    digest = client.state().process
    assert digest is not None
    kept = (client.folder / "raw" / digest).read_text(encoding="utf-8")
    assert kept == (
        '[{"name":"s","process":"p","rework":null,"role":null,"state":"as_is","touch":90.0,"volume":null,"wait":null}]'
    )
    client.put_process((replace(MEASURED[0], value="adding"),))
    assert client.hand_steps() == (replace(MEASURED[0], value="adding"),)
