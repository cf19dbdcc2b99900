"""XmR limits against published worked examples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from valueviz.analysis.effect.spc import limits, outside

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "effects.json").read_text(encoding="utf-8"))["xmr"]


@pytest.mark.parametrize(("screened", "key"), [(True, "screen_outliers"), (False, "no_screen")])
def test_limits_are_those_of_nhsrplotthedots(screened: bool, key: str) -> None:
    found = limits(GOLDEN["series"], screened=screened)
    published = GOLDEN[key]
    assert (found.centre, found.lower, found.upper) == pytest.approx(
        (published["mean"], published["lpl"], published["upl"]), abs=0.01
    )


def test_limits_are_those_of_statprocon() -> None:
    published = GOLDEN["statprocon"]
    found = limits(published["series"])
    assert (found.centre, found.lower, found.upper) == pytest.approx(
        (published["cl"], published["lnpl"], published["unpl"]), abs=0.05
    )
    assert found.trial


def test_only_points_beyond_the_limits_are_signals() -> None:
    assert outside(GOLDEN["series"], limits(GOLDEN["series"])) == (4,)
