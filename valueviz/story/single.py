"""One effect without a report: its sentences for terminal and notebook, and its chart."""

from __future__ import annotations

from collections.abc import Sequence

from valueviz.analysis.effect import Effect
from valueviz.errors import EvidenceError
from valueviz.language import Language
from valueviz.story.blocks import RunChart
from valueviz.story.sections import trend
from valueviz.story.voice import Voice
from valueviz.study import Study

SIZED_REASONS = ("primary_includes_zero", "signs_differ")
"""Reasons whose remedy names the effect that would be provable."""


def effect_sentence(effect: Effect, language: Language) -> str:
    """A few lines about one effect: verdict, size, reason, grade, warnings."""
    head = language.words("effect.head", series=effect.series, verdict=language.words(f"verdict.{effect.verdict}"))
    lines = [head, *_size(effect, language), *_reason(effect, language), _basis(effect, language)]
    lines += [language.words(f"warning.{code}") for code in effect.warnings]
    failed = [language.words(f"effect.check.{check.name}") for check in effect.diagnostics if check.ok is False]
    if failed:
        lines.append(language.words("effect.failed", checks=language.list_(failed)))
    return "\n  ".join(lines)


def _size(effect: Effect, language: Language) -> list[str]:
    if effect.estimate is None or effect.low is None or effect.high is None:
        return []
    digits = language.digits_for(effect.high - effect.low)
    fields = {
        "grain": language.words(f"grain.{effect.grain}"),
        "estimate": language.signed(effect.estimate, "", digits),
        "range": language.span(effect.low, effect.high, "", digits),
        "level": language.percent(effect.level, 0),
    }
    lines = []
    if effect.reason is None:
        # the end of the interval nearest to no change: what the data carry in any case
        least = min(abs(effect.low), abs(effect.high))
        way = "fell" if effect.estimate < 0 else "rose"
        lines.append(language.words(f"effect.{way}", grain=fields["grain"], least=language.quantity(least, "", digits)))
    if effect.relative is None:
        return [*lines, language.words("effect.size", **fields)]
    return [*lines, language.words("effect.size_relative", **fields, relative=language.percent(effect.relative, 1))]


def _reason(effect: Effect, language: Language) -> list[str]:
    if effect.reason is None:
        return []
    why = language.words(f"reason.{effect.reason}.why")
    sized = effect.reason in SIZED_REASONS
    if not sized:
        return [why, language.words(f"reason.{effect.reason}.repair")]
    if effect.minimum_detectable is None:
        raise EvidenceError("size_missing", series=effect.series)
    size = language.quantity(effect.minimum_detectable, "")
    lines = [why, language.words(f"reason.{effect.reason}.repair", size=size)]
    if effect.periods_needed is not None:
        grain = language.words(f"grain.{effect.grain}")
        count = language.grouped(effect.periods_needed)
        lines.append(language.words("effect.periods", count=count, grain=grain))
    return lines


def _basis(effect: Effect, language: Language) -> str:
    return language.words(
        "effect.basis",
        before=language.grouped(effect.n_before),
        after=language.grouped(effect.n_after),
        better=language.words(f"better.{effect.better}"),
        method=language.words(f"effect.method.{effect.method}"),
        grade=language.words("grade.none")
        if effect.grade is None
        else language.words("grade.name", grade=effect.grade),
    )


def effects_overview(effects: Sequence[Effect], language: Language, *, level: float) -> str:
    """How many of many series changed, and how many of those pass a control of false discoveries.

    Source: Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57, 289–300.
    """
    tested = sorted((effect.p_value, effect.reason is None) for effect in effects if effect.p_value is not None)
    passing = max((rank for rank, (p, _) in enumerate(tested, 1) if p <= level * rank / len(tested)), default=0)
    return language.words(
        "effect.overview",
        series=language.grouped(len(effects)),
        tested=language.grouped(len(tested)),
        stated=language.grouped(sum(stated for _, stated in tested)),
        kept=language.grouped(sum(stated for _, stated in tested[:passing])),
        level=language.percent(level, 0),
    )


def effect_chart(study: Study, language: Language) -> RunChart:
    """The run chart of the one outcome of a study."""
    return trend.chart(study, study.outcomes[0], Voice(language), place="effect")
