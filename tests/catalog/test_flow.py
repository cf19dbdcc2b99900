"""Starter flows: every industry has one, complete in both languages, round, and plainly an illustration."""

from __future__ import annotations

import re

import pytest

from valueviz.analysis.process.hand import add_up
from valueviz.catalog import Flow, pack, packs
from valueviz.catalog.pack import read_pack
from valueviz.errors import DefinitionError
from valueviz.terms import LOCALES, Locale

HAN = re.compile(r"[\u4e00-\u9fff]")
FLOWS = [pytest.param(flow, id=f"{key}.{flow.key}") for key in packs() for flow in pack(key).flows]
STEP = """
[[flow.step]]
name = { zh_CN = "填写", en = "Fill in" }
role = { zh_CN = "申请人", en = "Applicant" }
value = "necessary"
as_is = { touch_minutes = 20, wait_hours = 2, rework = 0.2 }
to_be = { touch_minutes = 5, wait_hours = 0, rework = 0, automated = true, role = { zh_CN = "系统", en = "System" } }
"""
FLOW = """
[[flow]]
key = "request"
name = { zh_CN = "申请", en = "Request" }
system = "oa"
cases_a_month = 200
"""
NAME = 'name = { zh_CN = "甲", en = "A" }\n'


def read(text: str) -> tuple[Flow, ...]:
    """The flows of a pack that holds nothing else of its own."""
    return read_pack(NAME + text, key="x", file="x.toml", general=pack("general")).flows


@pytest.mark.parametrize("flow", FLOWS)
def test_a_starter_flow_lacks_no_number_and_gets_shorter(flow: Flow) -> None:
    found = add_up(flow.steps("en"))
    assert found.missing == ()
    assert found.waterfall is not None
    assert 0 < found.waterfall.after < found.waterfall.before
    assert {each.key for each in found.measures} >= {"cycle_efficiency", "hours_month", "handovers", "automation_rate"}


@pytest.mark.parametrize("flow", FLOWS)
def test_a_starter_flow_is_round_and_every_number_an_estimate_nobody_stands_by(flow: Flow) -> None:
    for step in flow.steps("en"):
        assert (step.basis, step.owner, step.volume) == ("estimated", None, flow.volume)
        assert step.touch is not None
        assert step.touch % 300 == 0
        assert step.wait is not None
        assert step.wait % 3600 == 0
        assert step.rework is not None
        assert round(step.rework * 20, 9).is_integer()
    assert flow.volume % 10 == 0


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("flow", FLOWS)
def test_a_starter_flow_is_the_same_in_both_languages(flow: Flow, locale: Locale) -> None:
    words = [text for step in flow.steps(locale) for text in (step.process, step.name, step.role)]
    assert all(bool(HAN.search(text or "")) == (locale == "zh_CN") for text in words)
    numbers = [(step.state, step.touch, step.wait, step.rework) for step in flow.steps(locale)]
    assert numbers == [(step.state, step.touch, step.wait, step.rework) for step in flow.steps("en")]


def test_every_industry_has_a_flow_and_one_without_any_takes_the_general_one() -> None:
    assert {flow.key for flow in pack("manufacturing").flows} == {"purchase_to_pay", "production_planning"}
    assert {flow.key for flow in pack("pharma").flows} == {"batch_release"}
    assert {flow.key for flow in pack("retail").flows} == {"store_request_approval"}
    assert read("") == pack("general").flows


def test_minutes_and_hours_become_seconds_and_a_state_may_have_its_own_role() -> None:
    (flow,) = read(FLOW + STEP)
    today, target = flow.steps("en")
    assert (today.touch, today.wait, today.rework, today.role, today.automated) == (
        1200.0,
        7200.0,
        0.2,
        "Applicant",
        False,
    )
    assert (target.touch, target.wait, target.role, target.automated) == (300.0, 0.0, "System", True)


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        (FLOW + FLOW + STEP, "key_missing", "flow[1].step.as_is"),
        (FLOW + STEP + FLOW + STEP, "key_twice", "flow"),
        (FLOW + STEP + STEP, "key_twice", "flow[1].step"),
        (FLOW + STEP.replace("touch_minutes = 20", "touch = 20"), "key_unknown", "flow[1].step[1].as_is.touch"),
        (FLOW + STEP.replace(", rework = 0.2", ""), "key_missing", "flow[1].step[1].as_is.rework"),
        (FLOW + STEP.replace("rework = 0.2", "rework = 20"), "key_out_of_range", "flow[1].step[1].as_is.rework"),
        (FLOW + STEP.replace('"necessary"', '"needed"'), "key_not_one_of", "flow[1].step[1].value"),
        (FLOW + re.sub(r"to_be.*\n", "", STEP), "key_missing", "flow[1].step.to_be"),
        (FLOW.replace("200", "0") + STEP, "key_out_of_range", "flow[1].cases_a_month"),
    ],
    ids=[
        "no step",
        "flow twice",
        "step twice",
        "unknown key",
        "no rework",
        "rework in percent",
        "unknown class",
        "no target",
        "no cases",
    ],
)
def test_what_is_wrong_in_a_flow_is_named(text: str, code: str, key: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(text)
    assert (refused.value.code, refused.value.fields["key"]) == (code, key)
