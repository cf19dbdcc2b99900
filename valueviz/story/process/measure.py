"""The numbers of a process as a whole in words: each before and after, and the change with its interval."""

from __future__ import annotations

from valueviz.analysis.effect import Effect
from valueviz.analysis.process.result import Measure
from valueviz.language import Language
from valueviz.story.blocks import Run, Text
from valueviz.story.process.duration import DurationUnit, duration_unit, pair_units, said, said_range, telling_digits
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Fact, Interval

ARROW = " → "

NOTHING = "–"
"""What stands where a number cannot be known."""

DIGITS = {"share": 3, "count": 2}
"""Decimals of shares (a tenth of a percent) and of numbers a case."""


def measure_pair(measure: Measure, study: ProcessStudy, voice: Voice, *, place: str) -> Text:
    """The number before and after with an arrow between, or the one of the only period."""
    units = pair_units(measure.before, measure.after) if measure.unit == "second" else (None, None)
    ends = [("before", measure.before, units[0]), ("after", measure.after, units[1])]
    if measure.before is None and study.before is None:
        del ends[0]
    runs: list[Run] = []
    once = len(ends) > 1 and units[0] == units[1] and None not in (measure.before, measure.after)
    for number, (name, value, unit) in enumerate(ends):
        if runs:
            runs.append(Run(ARROW))
        bare = once and (unit is not None or measure.unit == "hour") and number == 0
        runs.append(measure_value(measure, name, value, study=study, voice=voice, place=place, unit=unit, bare=bare))
    return tuple(runs)


def measure_value(
    measure: Measure,
    name: str,
    value: float | None,
    *,
    study: ProcessStudy,
    voice: Voice,
    place: str,
    unit: DurationUnit | None = None,
    bare: bool = False,
) -> Run:
    """One number of a measure as a fact in the unit that suits it, `bare` of it; a dash where it is not known."""
    if value is None:
        return Run(NOTHING)
    key = f"{place}.{measure.key}.{name}"
    if measure.unit == "second":
        chosen = unit or duration_unit([value])
        both = [each for each in (measure.before, measure.after) if each is not None]
        alike = pair_units(measure.before, measure.after) == (chosen, chosen)
        digits = telling_digits(both, chosen) if alike else None
        return said(voice, key, value, lineage=study.lineage, unit=chosen, digits=digits, bare=bare)
    fact = Fact(key, value, measure.unit, study.lineage)
    text = voice.language.quantity(value, "") if bare else worded(voice.language, value, measure.unit)
    return voice.fact(fact, text)


def measure_change(measure: Measure, study: ProcessStudy, voice: Voice, *, place: str) -> Text:
    """The change as the range of its 95 % interval; nothing where there is none."""
    found = measure.effect
    if found is None or found.estimate is None or found.low is None or found.high is None:
        return ()
    key = f"{place}.{measure.key}.change"
    if measure.unit == "second":
        units = pair_units(measure.before, measure.after)
        alike = units[0] if units[0] == units[1] else None
        run = said_range(
            voice,
            key,
            found.estimate,
            low=found.low,
            high=found.high,
            level=found.level,
            lineage=study.lineage,
            unit=alike,
            grade=found.grade,
            verdict=found.verdict,
        )
        return (run,)
    unit = "share_pp" if measure.unit == "share" else measure.unit
    digits = DIGITS.get(measure.unit)
    fact = Fact(
        key,
        found.estimate,
        unit,
        study.lineage,
        interval=Interval(found.low, found.high, found.level),
        grade=found.grade,
        verdict=found.verdict,
    )
    return (voice.fact(fact, voice.language.span(found.low, found.high, shown_unit(unit), digits=digits)),)


def worded(language: Language, value: float, unit: str) -> str:
    """A number that is no time, with its unit."""
    if unit == "share":
        return language.percent(value, 1)
    return language.quantity(value, shown_unit(unit), digits=DIGITS.get(unit))


def shown_unit(unit: str) -> str:
    """The unit as it is written: a number a case has none."""
    return "" if unit in ("count", "money") else unit


def measure_name(measure: Measure, voice: Voice) -> Text:
    """What a measure is called."""
    return voice.say(f"process.measure.{measure.key}")


def tested(measure: Measure) -> Effect | None:
    """The effect on a measure; None where nothing could be tested because it was always the same before."""
    found = measure.effect
    return None if found is None or found.reason == "constant" else found
