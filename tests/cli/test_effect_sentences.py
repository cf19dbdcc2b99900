"""The sentences of `valueviz effect`: every method and reason in both languages, repeatable by a manager."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from valueviz.analysis.effect import Control, Design, Diagnostic, Effect, estimate
from valueviz.analysis.effect.diagnostics import NAMES
from valueviz.language import language
from valueviz.story import effect_sentence
from valueviz.story.single import effects_overview
from valueviz.terms import Locale, Series

LOCALES: tuple[Locale, ...] = ("en", "zh_CN")
METHODS = ("segmented_step", "count_step", "did", "imputation", "sc", "sdid")
REASONS = {
    "primary_includes_zero": "not_provable_yet",
    "signs_differ": "not_provable_yet",
    "instrument_changed": "not_comparable",
    "definition_changed": "not_comparable",
    "too_few_periods": "refused",
    "constant": "refused",
    "season_too_short": "refused",
    "missing": "refused",
    "other_event": "refused",
    "other_date": "refused",
    "scale": "refused",
}
WARNINGS = (
    "wandering",
    "pre_trend",
    "composition",
    "regression_to_mean",
    "outliers",
    "change_date_disagrees",
    "season_unresolved",
    "season_of_one_year",
)


@pytest.fixture(scope="module")
def measured() -> Effect:
    """An effect of a level that falls from 10 to 8 after 24 months."""
    values = tuple(10.0 + (at * 7 % 5) / 10 - 2 * (at >= 24) for at in range(36))
    return estimate(Series("orders", "month", tuple(range(24_000, 24_036)), values), Design(24_024, season=1))


def plain(text: str) -> str:
    return text.replace("\u2009", "").replace(" ", "")


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_told_in_words_of_its_own(measured: Effect, method: Any, locale: Locale) -> None:
    told = {each: effect_sentence(replace(measured, method=each), language(locale)) for each in METHODS}
    assert len(set(told.values())) == len(METHODS)
    assert "_" not in told[method]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_says_why_and_what_would_settle_it(measured: Effect, reason: str, locale: Locale) -> None:
    verdict: Any = REASONS[reason]
    silent: Any = {"estimate": None, "low": None, "high": None, "grade": None}
    effect = replace(measured, verdict=verdict, reason=reason, **({} if verdict == "not_provable_yet" else silent))
    spoken = language(locale)
    told = effect_sentence(effect, spoken)
    assert plain(spoken.words(f"verdict.{verdict}")) in plain(told)
    assert plain(spoken.words(f"reason.{reason}.why")) in plain(told)
    assert "_" not in told
    if verdict != "not_provable_yet":
        assert plain(spoken.words(f"reason.{reason}.repair")) in plain(told)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("warning", WARNINGS)
def test_every_warning_is_said(measured: Effect, warning: str, locale: Locale) -> None:
    told = effect_sentence(replace(measured, warnings=(warning,)), language(locale))
    assert plain(language(locale).words(f"warning.{warning}")) in plain(told)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("method", ["segmented_step", "imputation"])
@pytest.mark.parametrize("name", NAMES[:7])
def test_every_check_that_fails_is_said(measured: Effect, name: str, method: Any, locale: Locale) -> None:
    effect = replace(measured, method=method, diagnostics=(Diagnostic(name, 1.0, False),), warnings=())
    told = effect_sentence(effect, language(locale))
    assert "_" not in told
    assert told.count("\n") == effect_sentence(replace(effect, diagnostics=()), language(locale)).count("\n") + 1


def unprovable(measured: Effect, **changes: Any) -> Effect:
    return replace(
        measured,
        verdict="not_provable_yet",
        reason="primary_includes_zero",
        minimum_detectable=3.25,
        periods_needed=17,
        **changes,
    )


MEANS: dict[str, tuple[dict[str, Any], Design | None, tuple[str, ...], tuple[str, ...]]] = {
    "months": ({"grain": "month"}, None, ("history", "control", "finer"), ("coarser", "units")),
    "weeks": ({"grain": "week"}, None, ("history", "control"), ("finer", "coarser", "units")),
    "days": ({"grain": "day"}, None, ("history", "control", "coarser"), ("finer", "units")),
    "a control already": (
        {"grain": "week"},
        Design(5, controls=(Control("x", (1.0,)),)),
        ("history",),
        ("control", "finer"),
    ),
    "a panel": ({"grain": "month", "method": "imputation"}, None, ("history", "units"), ("control", "finer")),
}


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("case", MEANS.values(), ids=MEANS.keys())
def test_what_is_not_provable_yet_says_how_large_how_long_and_what_else_would_help(
    measured: Effect, case: tuple[dict[str, Any], Design | None, tuple[str, ...], tuple[str, ...]], locale: Locale
) -> None:
    changes, design, said, unsaid = case
    spoken = language(locale)
    told = plain(effect_sentence(unprovable(measured, **changes), spoken, design=design))
    assert "17" in told
    assert plain(spoken.quantity(3.25, "")) in told
    assert [code for code in said if plain(spoken.words(f"effect.shrink.{code}")) not in told] == []
    assert [code for code in unsaid if plain(spoken.words(f"effect.shrink.{code}")) + "。" in told] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_change_too_small_ever_to_be_proved_is_said_to_be_one(measured: Effect, locale: Locale) -> None:
    spoken = language(locale)
    never = plain(spoken.words("effect.never"))
    small = replace(unprovable(measured), periods_needed=None)
    assert never in plain(effect_sentence(small, spoken))
    assert never not in plain(effect_sentence(unprovable(measured), spoken))
    assert never not in plain(effect_sentence(replace(small, method="sdid"), spoken))


@pytest.mark.parametrize("locale", LOCALES)
def test_controls_and_a_method_chosen_by_hand_are_said(measured: Effect, locale: Locale) -> None:
    design = Design(24_024, controls=(Control("energy", (1.0,)),), method="segmented_step")
    spoken = language(locale)
    told = effect_sentence(measured, spoken, design=design)
    assert "energy" in told
    assert plain(spoken.words("effect.chosen")) in plain(told)
    assert plain(spoken.words("effect.chosen")) not in plain(effect_sentence(measured, spoken, design=Design(24_024)))


@pytest.mark.parametrize("locale", LOCALES)
def test_the_headline_is_the_conservative_end(measured: Effect, locale: Locale) -> None:
    low, high = measured.low, measured.high
    assert low is not None
    assert high is not None
    assert high < 0
    spoken = language(locale)
    head = effect_sentence(measured, spoken).splitlines()[1]
    assert plain(spoken.quantity(-high, "", spoken.digits_for(high - low))) in plain(head)


@pytest.mark.parametrize("locale", LOCALES)
def test_many_series_are_counted_with_a_control_of_false_discoveries(locale: Locale) -> None:
    tested = [(0.001, True), (0.04, True), (0.9, False), (None, False)]
    told = plain(effects_overview(tested, language(locale), level=0.05))
    assert [count for count in ("4", "3", "2", "1", "5%") if count not in told] == []
