"""One effect without a report: its sentences for terminal and notebook, and its chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from valueviz.analysis.discovery import passing
from valueviz.analysis.effect import Design, Effect
from valueviz.errors import EvidenceError
from valueviz.language import Language
from valueviz.story.blocks import RunChart
from valueviz.story.narrowing import POOLED, narrowing
from valueviz.story.sections import trend
from valueviz.story.voice import Voice
from valueviz.study import Study

if TYPE_CHECKING:
    from valueviz.analysis.attribution import Attribution, Part
    from valueviz.intake.steps import DatedStep

SIZED_REASONS = ("primary_includes_zero", "signs_differ")
"""Reasons whose remedy names the effect that would be provable."""

COUNTED_DONORS = 3
"""Donors named with their weight: more is a table."""


def effect_sentence(
    effect: Effect,
    language: Language,
    *,
    design: Design | None = None,
    steps: Sequence[DatedStep] = (),
    attribution: Attribution | None = None,
    left_out: Sequence[tuple[str, str]] = (),
    provisional: Sequence[int] = (),
) -> str:
    """A few lines about one effect: verdict, size, parts, reason, grade, warnings, what else has to be known.

    Args:
        effect: with its verdict.
        language: whose words.
        design: how it was asked for: controls, a method chosen by hand.
        steps: the steps it was split over, with phase and doer.
        attribution: its parts, the remainder last.
        left_out: series that could not be compared with, and the code of the reason.
        provisional: years whose days off are not announced yet.
    """
    head = language.words(
        "effect.head", series=_name(effect, language), verdict=language.words(f"verdict.{effect.verdict}")
    )
    lines = [head, *_size(effect, language), *_parts(effect, language, steps=steps, attribution=attribution)]
    lines += [*_reason(effect, language, design=design), _basis(effect, language), *_compared(effect, language, design)]
    if design is not None and design.chosen:
        lines.append(language.words("effect.chosen"))
    lines += [language.words(f"warning.{code}") for code in effect.warnings]
    failed = [_check(check.name, effect, language) for check in effect.diagnostics if check.ok is False]
    if failed:
        lines.append(language.words("effect.failed", checks=language.list_(failed)))
    return "\n  ".join([*lines, *besides(left_out, provisional, language)])


def besides(left_out: Sequence[tuple[str, str]], provisional: Sequence[int], language: Language) -> list[str]:
    """What no number shows: series that could not be compared with, years whose days off are not announced yet."""
    lines = []
    for code in dict.fromkeys(code for _, code in left_out):
        names = [name for name, reason in left_out if reason == code]
        lines.append(language.words(f"effect.left_out.{code}", series=language.list_(names)))
    if provisional:
        lines.append(language.words("effect.provisional", years=language.list_([str(year) for year in provisional])))
    return lines


def _name(effect: Effect, language: Language) -> str:
    """The name of the series; all series of a roll-out have none of their own."""
    return language.words("effect.all") if _is_roll_out(effect) else effect.series


def _is_roll_out(effect: Effect) -> bool:
    return effect.method in POOLED and effect.treated_units is not None and effect.treated_units > 1


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


# Parts ───────────────────────────────────────────────────────────────────────


def _parts(
    effect: Effect, language: Language, *, steps: Sequence[DatedStep], attribution: Attribution | None
) -> list[str]:
    """Where the change came from: a line a step or block, the remainder, and the steps that have no line."""
    if attribution is None:
        return []
    known = {step.key: _step(step, language) for step in steps}
    silent = [
        language.words(f"effect.no_part.{each.reason}", step=known.get(each.step, each.step))
        for each in attribution.left_out
    ]
    if not attribution.parts:
        return silent
    digits = language.digits_for(min(part.high - part.low for part in attribution.parts))
    lines = [_part(part, effect, language, known=known, digits=digits) for part in attribution.parts]
    return [language.words("effect.parts"), *lines, *silent]


def _part(part: Part, effect: Effect, language: Language, *, known: dict[str, str], digits: int) -> str:
    """What one step, a block of them or no dated step brought."""
    names = language.list_([known.get(key, key) for key in part.steps])
    label = {"step": names, "block": names and language.words("effect.block", steps=names)}.get(part.kind)
    fields = {
        "label": label or language.words("effect.remainder"),
        "estimate": language.signed(part.estimate, "", digits),
        "range": language.span(part.low, part.high, "", digits),
        "level": language.percent(effect.level, 0),
    }
    if part.share is None:
        return language.words("effect.part", **fields)
    return language.words("effect.part_share", **fields, share=language.percent(part.share, 0))


def _step(step: DatedStep, language: Language) -> str:
    """A step with its phase and whose work it was, where that is stated."""
    told = [language.words(f"phase.{step.phase}")] if step.phase else []
    told += [language.words(f"by.{step.by}")] if step.by else []
    return (
        language.words("effect.step", step=step.key, told=language.words("separator.comma").join(told))
        if told
        else step.key
    )


# Reasons ─────────────────────────────────────────────────────────────────────


def _reason(effect: Effect, language: Language, *, design: Design | None) -> list[str]:
    if effect.reason is None:
        return []
    why = language.words(f"reason.{effect.reason}.why")
    sized = effect.reason in SIZED_REASONS
    if not sized or effect.reason == "signs_differ":
        return [why, language.words(f"reason.{effect.reason}.repair")]
    if effect.minimum_detectable is None:
        raise EvidenceError("size_missing", series=effect.series)
    size = language.quantity(effect.minimum_detectable, "")
    lines = [why, language.words(f"reason.{effect.reason}.repair", size=size)]
    if effect.periods_needed is not None:
        grain = language.words(f"grain.{effect.grain}")
        count = language.grouped(effect.periods_needed)
        lines.append(language.words("effect.periods", count=count, grain=grain))
    elif effect.reason == "primary_includes_zero" and effect.method not in POOLED:
        lines.append(language.words("effect.never"))
    shrinking = [
        language.words(f"effect.shrink.{code}")
        for code in narrowing(effect, controlled=bool(design and design.controls))
    ]
    if shrinking:
        lines.append(language.words("effect.shrinking", means=language.list_(shrinking)))
    return lines


# Basis ───────────────────────────────────────────────────────────────────────


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


def _compared(effect: Effect, language: Language, design: Design | None) -> list[str]:
    """What the series was compared with: controls, other series, the donors that weigh most."""
    lines = []
    if design is not None and design.controls and effect.method not in POOLED:
        names = language.list_([control.key for control in design.controls])
        lines.append(language.words("effect.controls", controls=names))
    if effect.treated_units is not None and effect.untreated_units is not None:
        lines.append(
            language.words(
                "effect.units",
                treated=language.grouped(effect.treated_units),
                untreated=language.grouped(effect.untreated_units),
            )
        )
    weighty = sorted(effect.donors, key=lambda donor: -donor[1])[:COUNTED_DONORS]
    if weighty:
        told = [language.words("effect.donor", donor=key, weight=language.percent(share, 0)) for key, share in weighty]
        lines.append(language.words("effect.donors", donors=language.list_(told)))
    return lines


def _check(name: str, effect: Effect, language: Language) -> str:
    """A check that did not pass, in words; some ask another question of a panel."""
    panel = effect.method in POOLED and name in ("placebo", "leave_one_out", "pre_trend")
    return language.words(f"effect.check_panel.{name}" if panel else f"effect.check.{name}")


def effects_overview(tested: Sequence[tuple[float | None, bool]], language: Language, *, level: float) -> str:
    """How many of many series changed, and how many of those pass a control of false discoveries.

    Args:
        tested: of each series the p-value, None where nothing was tested, and whether a change is stated.
        language: whose words.
        level: share of false ones among the findings that is accepted.
    """
    passes = passing([p for p, _ in tested], rate=level)
    return language.words(
        "effect.overview",
        series=language.grouped(len(tested)),
        tested=language.grouped(sum(p is not None for p, _ in tested)),
        stated=language.grouped(sum(stated for p, stated in tested if p is not None)),
        kept=language.grouped(sum(passed and stated for passed, (_, stated) in zip(passes, tested, strict=True))),
        level=language.percent(level, 0),
    )


def effect_chart(study: Study, language: Language) -> RunChart:
    """The run chart of the one outcome of a study."""
    return trend.chart(study, study.outcomes[0], Voice(language), place="effect")
