"""Findings in words: a sentence with its facts for pages, and the same sentence plain for whoever has no study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from valueviz.language import Language, Placeholder
from valueviz.story.blocks import Run, Text
from valueviz.story.voice import Voice
from valueviz.terms import Derived, Fact, Finding, Grain, Lineage

UNITS = {
    "found": "count",
    "needed": "count",
    "kept": "count",
    "total": "count",
    "days": "day",
    "factor": "ratio",
    "value": "ratio",
    "stated": "ratio",
    "computed": "ratio",
    "missing_share": "share",
    "before_share": "share",
    "after_share": "share",
    "change_share": "share",
}
"""The unit of each number a finding carries."""

SIGNED = ("change_share",)
"""Numbers that are changes: their sign is written, and a change of a share of something is no change in points."""

MOST_LISTED = 6
"""Stretches of periods named one by one; of more the first and the last are."""


def sentence(found: Sequence[Finding], voice: Voice, *, place: str, names: Sequence[Run], lineage: Lineage) -> Text:
    """What was found, as one sentence about all metrics of which the same was found.

    Args:
        found: findings that differ in their metric only.
        voice: words it.
        place: where in the document; begins the keys of its facts.
        names: the names of the metrics.
        lineage: of the series of all of them.
    """
    first = found[0]
    about = Derived(f"finding_{first.code}", (lineage,))
    numbers = {name: value for name, value in first.fields if not isinstance(value, str)} | {"count": first.count}
    fields: dict[str, Text | Run | str] = {
        "metric": listed(names, voice),
        "periods": Run(periods(first.periods, grain=first.grain, language=voice.language), kind="furniture"),
    }
    fields |= {name: voice.quote(value) for name, value in first.fields if isinstance(value, str)}
    for name, number in numbers.items():
        fact = Fact(f"{place}.{first.metric}.{first.code}.{name}", float(number), UNITS.get(name, "count"), about)
        fields[name] = voice.fact(fact, written(name, number, voice.language))
    return voice.say(f"finding.{first.code}", **fields)


def plain_sentence(found: Finding, language: Language, *, names: Mapping[str, str]) -> str:
    """What was found, as plain text.

    Args:
        found: one finding.
        language: words it.
        names: names of metrics by key; a metric without one is named by its key.
    """
    known = {
        "metric": names.get(found.metric or "", found.metric or ""),
        "periods": periods(found.periods, grain=found.grain, language=language),
        "count": language.grouped(found.count),
    }
    known |= {name: value if isinstance(value, str) else written(name, value, language) for name, value in found.fields}
    key = f"finding.{found.code}"
    wanted = {part.name for part in language.parts(key) if isinstance(part, Placeholder)}
    return language.words(key, **{name: known[name] for name in wanted})


def written(name: str, number: float, language: Language) -> str:
    """A number of a finding with its unit; shares without decimals, everything else as exact as it is."""
    unit = UNITS.get(name, "count")
    if unit == "share":
        return language.signed(100 * number, "percent", 0) if name in SIGNED else language.percent(number, 0)
    return language.grouped(int(number)) if unit == "count" else language.exact(number, unit)


def periods(ordinals: Sequence[int], *, grain: Grain | None, language: Language) -> str:
    """Periods in words: neighbours as a stretch from first to last, many by the first and the last of them."""
    if not ordinals or grain is None:
        return ""
    cuts = [at + 1 for at, (one, other) in enumerate(pairwise(ordinals)) if other != one + 1]
    stretches = [(ordinals[start], ordinals[stop - 1]) for start, stop in pairwise([0, *cuts, len(ordinals)])]
    told = [
        language.period(first, grain)
        if first == last
        else f"{language.period(first, grain)} – {language.period(last, grain)}"
        for first, last in stretches
    ]
    shown = told if len(told) <= MOST_LISTED else [told[0], "…", told[-1]]
    return language.typeset(language.list_(shown))


def listed(names: Sequence[Run], voice: Voice) -> Text:
    """Names as the language lists them."""
    return (voice.quote(voice.language.list_([name.text for name in names])),)
