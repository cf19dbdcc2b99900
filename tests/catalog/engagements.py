"""Engagements of any shape, for properties: of what writes them and of what carries them through a form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from valueviz.terms import (
    PHASES,
    Assumption,
    Baseline,
    Contract,
    Engagement,
    Event,
    Names,
    Phase,
    Promise,
    Rival,
    Site,
    Step,
)

NUMBERS = st.one_of(
    st.sampled_from([0.0, 0.1, -2.5, 0.07, 1e-6, 1680000.0, 1 / 3]),
    st.integers(-(10**6), 10**6).map(lambda number: number / 1000),
)
"""Numbers as people promise and assume them, and one that needs all its digits."""

DAYS = st.dates(date(2000, 1, 1), date(2099, 1, 1))
STATUSES = ("client_confirmed", "benchmark", "estimate")
BY, MODES = ("vendor", "client"), ("human", "assisted", "automated")
STATES, TARGETS = ("measured", "judged", "not_examined"), ("level", "change", "relative")
METRICS = ("month_close_days", "oee", "purchase_approval_hours", "incident_loss_amount")


@st.composite
def engagements(
    draw: st.DrawFn, texts: st.SearchStrategy[str], *, industry: str = "manufacturing", numbers: Any = NUMBERS
) -> Engagement:
    """An engagement whose names are made of `texts`; blank ones are left out."""
    word = texts.filter(lambda text: bool(text.strip()) and len(text) <= 40)
    names = st.one_of(
        word.map(Names.same), st.tuples(word, word).map(lambda two: Names((("zh_CN", two[0]), ("en", two[1]))))
    )
    go_live = draw(DAYS)
    spans = st.tuples(DAYS, st.integers(0, 900)).map(lambda two: (two[0], two[0] + timedelta(two[1])))

    def maybe(strategy: st.SearchStrategy[Any]) -> Any:
        return draw(st.none() | strategy)

    def few(strategy: st.SearchStrategy[Any], key: Callable[[Any], object]) -> list[Any]:
        return draw(st.lists(strategy, max_size=3, unique_by=key))

    baseline = go_live - timedelta(draw(st.integers(1, 900)))
    return Engagement(
        name=draw(names),
        system=draw(word),
        industry=industry,
        currency=draw(st.sampled_from(("CNY", "USD", "THB"))),
        go_live=go_live,
        language=maybe(st.sampled_from(("zh_CN", "en"))),
        transition_periods=draw(st.integers(0, 12)),
        synthetic=draw(st.booleans()),
        baseline=maybe(
            st.builds(
                Baseline,
                start=st.just(baseline - timedelta(30)),
                end=st.just(baseline),
                chosen_by=st.none() | names,
                chosen_on=st.none() | DAYS,
                signed_by=st.none() | names,
                signed_on=st.none() | DAYS,
            )
        ),
        sites=tuple(few(st.builds(Site, word, st.none() | st.just("never") | DAYS), lambda each: each.key)),
        phases=tuple(Phase(key, *draw(spans)) for key in PHASES if draw(st.booleans())),
        steps=tuple(
            few(
                st.builds(
                    Step, word, names, st.sampled_from(PHASES), DAYS, st.sampled_from(BY), st.sampled_from(MODES)
                ),
                lambda each: each.key,
            )
        ),
        contract=maybe(
            spans.flatmap(lambda span: st.builds(Contract, *map(st.just, span), st.none() | numbers.map(abs)))
        ),
        promises=tuple(
            few(
                st.builds(Promise, st.sampled_from(METRICS), st.sampled_from(TARGETS), numbers, st.none() | DAYS),
                lambda each: each.metric,
            )
        ),
        assumptions=tuple(few(_assumptions(word, names, numbers), lambda each: each.key)),
        events=tuple(few(st.builds(Event, DAYS, names), lambda each: each.name)),
        rivals=tuple(
            few(st.builds(Rival, names, word, st.sampled_from(STATES), st.none() | names), lambda each: each.name)
        ),
        negative_controls=tuple(draw(st.lists(st.sampled_from((*METRICS, "canteen_cost")), max_size=2, unique=True))),
    )


@st.composite
def _assumptions(draw: st.DrawFn, word: Any, names: Any, numbers: Any) -> Assumption:
    value = draw(numbers)
    low, high = draw(st.none() | st.just(value - 1)), draw(st.none() | st.just(value + 0.5))
    unit = draw(st.sampled_from(("CNY", "CNY/hour", "USD/order", "share", "person", "kWh")))
    return Assumption(
        draw(word), draw(names), value, low, high, unit, draw(names), draw(names), draw(st.sampled_from(STATUSES))
    )
