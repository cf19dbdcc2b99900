"""Realised value after withdrawals: the lowest that can be computed, whatever is withdrawn in whatever order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valueviz.analysis.effect import Design, Effect, Panel, estimate
from valueviz.engine import Withdrawal
from valueviz.study.withdrawn import realised, without
from valueviz.terms import Interval, Series

START = 2023 * 12
SERIES = Series(
    "days",
    "month",
    tuple(range(START, START + 30)),
    tuple(10.0 + (7 * at % 5) / 10 - 2.0 * (at >= 20) for at in range(30)),
)
DESIGN = Design(go_live=START + 20, season=1.0)


@pytest.fixture(scope="module")
def found() -> Effect:
    """An effect to hang other gains on."""
    return estimate(SERIES, DESIGN, thorough=False)


def gaining(found: Effect, low: float | None, high: float = 0.0) -> Effect:
    """An effect whose gain, summed over the ten periods after, has these ends; None: without a number."""
    if low is None:
        return replace(found, gain=None, gain_interval=None)
    return replace(found, n_after=10, gain_interval=Interval(low / 10, high / 10, 0.95))


def of(*periods: int, file: int = 1) -> tuple[Withdrawal, ...]:
    return tuple(Withdrawal(START + period, file, "digest") for period in periods)


def test_without_withdrawals_the_realised_value_is_the_gain_over_the_measured_periods(found: Effect) -> None:
    value = realised(found, withdrawn=(), again=lambda periods: pytest.fail(f"nothing to leave out, yet {periods}"))
    assert found.gain_interval is not None
    assert value == Interval(found.gain_interval.low * 10, found.gain_interval.high * 10, 0.95)


@pytest.mark.parametrize(
    ("whole", "less", "expected"),
    [
        ((40.0, 60.0), (30.0, 50.0), (30.0, 50.0)),
        ((40.0, 60.0), (45.0, 70.0), (40.0, 60.0)),
        ((40.0, 60.0), (35.0, 70.0), (35.0, 60.0)),
        ((-60.0, -40.0), (-50.0, -30.0), (-60.0, -40.0)),
        ((40.0, 60.0), None, (0.0, 0.0)),
        ((-60.0, 40.0), None, (-60.0, 0.0)),
        (None, (40.0, 60.0), (0.0, 0.0)),
        (None, (-60.0, -40.0), (-60.0, -40.0)),
    ],
    ids=[
        "less without them",
        "more without them",
        "wider without them",
        "a loss stays",
        "no number without them",
        "a possible loss without a number stays",
        "a claim that a withdrawal makes possible",
        "a loss that a withdrawal makes visible",
    ],
)
def test_the_lower_of_the_two_computations_counts(
    found: Effect,
    *,
    whole: tuple[float, float] | None,
    less: tuple[float, float] | None,
    expected: tuple[float, float],
) -> None:
    value = realised(
        gaining(found, *(whole or (None,))), withdrawn=of(25), again=lambda _: gaining(found, *(less or (None,)))
    )
    assert value is not None
    assert (value.low, value.high) == pytest.approx(expected)


def test_without_any_number_there_is_no_realised_value(found: Effect) -> None:
    silent = gaining(found, None)
    assert realised(silent, withdrawn=of(25), again=lambda _: silent) is None


def test_periods_are_left_out_file_by_file(found: Effect) -> None:
    asked: list[set[int]] = []

    def again(periods: frozenset[int]) -> Effect:
        asked.append({period - START for period in periods})
        return found

    realised(found, withdrawn=(*of(25, 26, file=3), *of(22, file=1)), again=again)
    assert asked == [{22}, {22, 25, 26}]


@given(gains=st.lists(st.tuples(st.floats(-100, 100), st.floats(0, 50)), min_size=1, max_size=6))
def test_no_further_withdrawal_raises_the_realised_value(found: Effect, gains: list[tuple[float, float]]) -> None:
    computed = [gaining(found, low, low + width) for low, width in gains]
    values = [
        realised(
            computed[0],
            withdrawn=[each for file in range(1, count) for each in of(file, file=file)],
            again=lambda periods: computed[len(periods)],
        )
        for count in range(1, len(computed) + 1)
    ]
    lows = [each.low for each in values if each is not None]
    highs = [each.high for each in values if each is not None]
    assert lows == sorted(lows, reverse=True)
    assert highs == sorted(highs, reverse=True)


def test_leaving_periods_out_keeps_every_period_in_its_place() -> None:
    gone = without(SERIES, {START + 3, START + 40})
    assert gone.ordinals == SERIES.ordinals
    assert [at for at, value in enumerate(gone.values) if value is None] == [3]
    assert without(SERIES, ()) is SERIES


def test_of_a_panel_the_period_is_left_out_in_every_unit() -> None:
    panel = Panel("days", "month", SERIES.ordinals, ("A", "B"), (SERIES.values, SERIES.values), (START + 20, None))
    gone = without(panel, {START + 3})
    assert [unit[3] for unit in gone.values] == [None, None]
    assert [unit[4] for unit in gone.values] == [SERIES.values[4]] * 2
    assert (gone.ordinals, gone.go_lives) == (panel.ordinals, panel.go_lives)


@pytest.mark.parametrize("left_out", [1, 3, 5])
def test_a_constant_gain_is_worth_as_much_less_as_periods_are_missing(left_out: int) -> None:
    whole = estimate(SERIES, DESIGN, thorough=False)
    fewer = replace(SERIES, ordinals=SERIES.ordinals[:-left_out], values=SERIES.values[:-left_out])
    part = estimate(fewer, DESIGN, thorough=False)
    if left_out > 4:
        assert (part.verdict, part.reason, part.cumulative) == ("refused", "too_few_periods", None)
        return
    assert whole.gain is not None
    assert part.gain is not None
    ratio = part.gain * part.n_after / (whole.gain * whole.n_after)
    assert ratio == pytest.approx(1 - left_out / 10, abs=0.03)
