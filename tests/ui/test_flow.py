"""Processes typed on the client's page: from scratch or an example, with faults named by row and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.conftest import text_of, visited
from valueviz.catalog import pack, read_engagement
from valueviz.language import language
from valueviz.store import Client, Workspace
from valueviz.terms import LOCALES, HandStep, Locale
from valueviz.ui.data import hand
from valueviz.ui.link import CODES

AGREED = """
name = { en = "Lake Works", zh_CN = "湖畔精工" }
system = "ERP"
industry = "retail"
currency = "CNY"
go_live = 2025-09-01
"""
WORDS = {column: column.upper() for column in hand.COLUMNS}
STEP = HandStep("p", "as_is", "apply", 600.0, 5400.0, "clerk", 40.0, 0.15, "waste", False, "measured", "head")


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client without data in a workspace of its own, which the page shows."""
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    workspace.put_engagement("lake", AGREED.encode(), read_engagement(AGREED, file="a.toml"), file="a.toml")
    monkeypatch.setenv("VALUEVIZ_WORKSPACE", str(workspace.path))
    monkeypatch.delenv("VALUEVIZ_LANG", raising=False)
    return workspace.client("lake")


def read(cells: dict[str, list[Any]]) -> hand.Typed:
    """What stands in a table."""
    return hand.typed(cells, process="p", state="as_is", words=WORDS, table="today")


def rows(*told: dict[str, Any]) -> dict[str, list[Any]]:
    """A table of rows that state a few columns each."""
    return {column: [row.get(column) for row in told] for column in hand.COLUMNS}


# The table ───────────────────────────────────────────────────────────────────

numbers = st.none() | st.floats(0, 1e7, allow_subnormal=False)
text = st.none() | st.text(min_size=1, max_size=20).map(str.strip).filter(bool)
steps = st.builds(
    HandStep,
    process=st.just("p"),
    state=st.just("as_is"),
    name=text.filter(bool),
    touch=numbers,
    wait=numbers,
    role=text,
    volume=numbers,
    rework=st.none() | st.integers(0, 10_000).map(lambda share: share / 10_000),
    value=st.sampled_from([None, "adding", "necessary", "waste"]),
    automated=st.sampled_from([None, True, False]),
    basis=st.sampled_from([None, "measured", "estimated"]),
    owner=text,
)


@given(st.lists(steps, min_size=1, max_size=6, unique_by=lambda step: step.name))
def test_steps_put_into_the_table_are_read_back_exactly(given_steps: list[HandStep]) -> None:
    found = read(hand.cells_of(given_steps))
    assert (found.steps, found.faults) == (tuple(given_steps), ())


def test_an_empty_table_and_rows_with_a_unit_alone_hold_no_step() -> None:
    assert read(hand.cells_of(())) == hand.Typed((), ())
    assert read(rows({"touch_unit": "minute"}, {"name": "  "})) == hand.Typed((), ())


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"touch": 5.0, "touch_unit": "minute"}, "form_required", "NAME"),
        ({"name": "b", "touch": 5.0}, "form_required", "TOUCH_UNIT"),
        ({"name": "b", "wait": -1.0, "wait_unit": "hour"}, "form_out_of_range", "WAIT"),
        ({"name": "b", "rework": 150.0}, "form_out_of_range", "REWORK"),
        ({"name": "b", "volume": float("inf")}, "form_out_of_range", "VOLUME"),
        ({"name": "a"}, "form_twice", "NAME"),
        ({"name": "b", "owner": "x" * 201}, "form_text_too_long", "OWNER"),
    ],
    ids=["no name", "no unit", "negative", "over all", "endless", "twice", "long"],
)
@pytest.mark.parametrize("locale", LOCALES)
def test_a_fault_names_its_table_row_and_column(row: dict[str, Any], code: str, column: str, locale: Locale) -> None:
    (fault,) = read(rows({"name": "a"}, row)).faults
    assert (fault.code, fault.fields["sheet"], fault.fields["row"], fault.fields["column"]) == (
        code,
        "today",
        2,
        column,
    )
    said = language(locale).error(fault)
    assert all(part in said for part in ("today", "2", column))


def test_a_process_is_replaced_where_it_stood_and_a_new_one_comes_last() -> None:
    kept = [HandStep(name, "as_is", "s") for name in "abc"]
    assert [step.process for step in hand.replaced(kept, [HandStep("B", "as_is", "s")], process="b")] == list("aBc")
    assert [step.process for step in hand.replaced(kept, [HandStep("d", "as_is", "s")], process=None)] == list("abcd")
    assert [step.process for step in hand.replaced(kept, (), process="c")] == list("ab")


# The page ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("locale", LOCALES)
def test_an_example_of_the_industry_is_filled_in_saved_and_taken_away(client: Client, locale: Locale) -> None:
    say = language(locale).words
    page = visited("client", lang=CODES[locale], client="lake")
    assert not page.exception
    page.selectbox(key="vv-flow-starter-lake").select("store_request_approval").run()
    page.button(key="vv-flow-start-lake").click().run()
    assert not page.exception
    assert say("ui.flow.illustration") in text_of(page)
    (save,) = [button for button in page.button if button.label == say("ui.flow.save")]
    save.click().run()
    assert not page.exception
    (flow,) = pack("retail").flows
    assert client.hand_steps() == flow.steps(locale)
    assert say("ui.flow.saved") in text_of(page)
    assert say("ui.flow.illustration") not in text_of(page)
    (remove,) = [button for button in page.button if button.label == say("ui.flow.remove")]
    remove.click().run()
    assert not page.exception
    assert client.hand_steps() == ()
    assert say("ui.flow.removed") in text_of(page)


def test_a_known_process_cannot_be_saved_unchanged_and_keeps_its_name_to_itself(client: Client) -> None:
    client.put_process((STEP, HandStep("q", "to_be", "s")))
    say = language("en").words
    page = visited("client", lang="en", client="lake")
    (save,) = [button for button in page.button if button.label == say("ui.flow.save")]
    assert save.disabled
    (name,) = [field for field in page.text_input if field.label == say("ui.flow.name")]
    name.input("q").run()
    assert say("ui.flow.faults") in text_of(page)
    (name,) = [field for field in page.text_input if field.label == say("ui.flow.name")]
    name.input("Requests").run()
    (save,) = [button for button in page.button if button.label == say("ui.flow.save")]
    save.click().run()
    assert [step.process for step in client.hand_steps()] == ["Requests", "q"]
