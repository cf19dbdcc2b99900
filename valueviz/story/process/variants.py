"""Which ways cases take: the most common variants with their shares before and after, all others together."""

from __future__ import annotations

from collections.abc import Sequence

from valueviz.analysis.process.log import Variant
from valueviz.story.blocks import Block, Presence, Prose, Run, Section, Text, VariantRow, Variants, VariantStep
from valueviz.story.heads import chapter
from valueviz.story.process.source import process_source
from valueviz.story.voice import Voice, plain
from valueviz.study.process import ProcessStudy
from valueviz.terms import Derived, Fact

PLACE = "process_variants"

TOP = 8
"""Variants with a row of their own."""

MOST_STEPS = 60
"""Steps of a variant that are drawn; a longer one ends in an ellipsis."""


def process_variants(study: ProcessStudy, voice: Voice) -> Section | None:
    """The variants, and whether the new way is really taken; None without single cases."""
    chart = variant_chart(study, voice)
    if chart is None:
        return None
    blocks: list[Block] = [chart]
    blocks += [Prose(text) for text in _adoption(study, voice)]
    blocks.append(Prose(voice.say(f"{PLACE}.so_what{'' if _cases(study)[0] else '_one'}"), style="so_what"))
    return chapter(voice, PLACE, title=_title(study, voice), blocks=tuple(blocks))


def variant_chart(study: ProcessStudy, voice: Voice) -> Variants | None:
    """The top variants as chevrons with mirrored bars, then all others together."""
    shown = study.variants[:TOP]
    cases = _cases(study)
    if not shown or not any(cases):
        return None
    rows = [_row(study, voice, variant, rank, cases=cases) for rank, variant in enumerate(shown)]
    others = _others(study, voice, shown, cases=cases)
    title = voice.say(f"{PLACE}.chart")
    two = cases[0] > 0
    forms = {step.form for row in rows for step in row.steps}
    every_kind: tuple[Presence, ...] = ("kept", "added", "removed")
    kinds = [kind for kind in every_kind if kind in forms]
    every = [*rows, *([others] if others else [])]
    return Variants(
        key=PLACE,
        title=title,
        alt=f"{plain(title)} " + " ".join(_read(row) for row in every),
        titles=(voice.word(f"{PLACE}.before") if two else "", voice.word(f"{PLACE}.{'after' if two else 'share'}")),
        rows=tuple(every),
        legend=tuple((kind, voice.word(f"{PLACE}.{kind}")) for kind in kinds if len(kinds) > 1),
        source=process_source(study, voice, place=PLACE),
        steps=_steps(study, shown),
    )


def _cases(study: ProcessStudy) -> tuple[int, int]:
    """The cases of the two periods; of one period alone they stand second."""
    if study.before is not None and study.after is not None:
        return study.before.cases, study.after.cases
    return 0, study.overall.cases


def _form(study: ProcessStudy, activity: str) -> VariantStep:
    known: dict[str, Presence] = {each.step.activity: each.presence for each in study.steps}
    return VariantStep(activity, known.get(activity, "kept") if study.before is not None else "kept")


def _steps(study: ProcessStudy, shown: Sequence[Variant]) -> tuple[VariantStep, ...]:
    """Every step of the variants once, in order of the flow."""
    used = dict.fromkeys(activity for variant in shown for activity in variant.activities[:MOST_STEPS])
    order = [each.step.activity for each in study.steps if each.step.activity in used]
    return tuple(_form(study, activity) for activity in [*order, *(name for name in used if name not in order)])


def _row(study: ProcessStudy, voice: Voice, variant: Variant, rank: int, *, cases: tuple[int, int]) -> VariantRow:
    counts = (variant.before, variant.after) if cases[0] else (0, variant.overall)
    steps = [_form(study, activity) for activity in variant.activities[:MOST_STEPS]]
    if len(variant.activities) > MOST_STEPS:
        steps.append(VariantStep("…", "kept"))
    shares = tuple(count / total if total else 0.0 for count, total in zip(counts, cases, strict=True))
    label = voice.say(f"{PLACE}.label", letter=Run("ABCDEFGH"[rank], kind="furniture"))
    return VariantRow(
        label=label,
        steps=tuple(steps),
        before=shares[0],
        after=shares[1],
        before_text=_share(study, voice, f"row{rank}.before", shares[0]) if cases[0] else (),
        after_text=_share(study, voice, f"row{rank}.after", shares[1]),
    )


def _others(
    study: ProcessStudy, voice: Voice, shown: Sequence[Variant], *, cases: tuple[int, int]
) -> VariantRow | None:
    """The cases of all other variants, with how many variants these are."""
    taken = [(v.before, v.after) if cases[0] else (0, v.overall) for v in shown]
    rest = tuple(total - sum(counts[side] for counts in taken) for side, total in enumerate(cases))
    number = study.overall.variants - len(shown)
    if number <= 0 or not any(rest):
        return None
    shares = tuple(max(0, left) / total if total else 0.0 for left, total in zip(rest, cases, strict=True))
    fact = Fact(f"{PLACE}.others", float(number), "count", Derived("count_of_variants", (study.lineage,)))
    return VariantRow(
        label=voice.say(f"{PLACE}.others", count=voice.fact(fact, voice.language.grouped(number))),
        steps=(),
        before=shares[0],
        after=shares[1],
        before_text=_share(study, voice, "others.before", shares[0]) if cases[0] else (),
        after_text=_share(study, voice, "others.after", shares[1]),
    )


def _share(study: ProcessStudy, voice: Voice, key: str, share: float) -> Text:
    """A share as a fact: whole percents, one decimal below ten."""
    fact = Fact(f"{PLACE}.{key}", share, "share", Derived("share_of_cases", (study.lineage,)))
    return (voice.fact(fact, voice.language.percent(share, 0 if share >= 0.1 or share == 0 else 1)),)


def _title(study: ProcessStudy, voice: Voice) -> Text:
    """Whether the most common way is another one, and how many of the cases take it: counted, not judged."""
    cases = _cases(study)
    if not cases[0]:
        top = max(study.variants, key=lambda variant: variant.overall)
        return voice.say(
            f"{PLACE}.title_one",
            cases=_number(study, voice, "title.cases", cases[1]),
            variants=_number(study, voice, "title.variants", study.overall.variants),
            share=_share(study, voice, "title.share", top.overall / cases[1]),
        )
    old = max(study.variants, key=lambda variant: variant.before)
    new = max(study.variants, key=lambda variant: variant.after)
    shares = {
        "before": _share(study, voice, "title.before", old.before / cases[0]),
        "after": _share(study, voice, "title.after", old.after / cases[1] if cases[1] else 0.0),
    }
    if old.activities == new.activities:
        return voice.say(f"{PLACE}.title_same", **shares)
    now = _share(study, voice, "title.new", new.after / cases[1] if cases[1] else 0.0)
    return voice.say(f"{PLACE}.title_other", **shares, new=now)


def _number(study: ProcessStudy, voice: Voice, key: str, number: int) -> Run:
    fact = Fact(f"{PLACE}.{key}", float(number), "count", Derived("count_of_cases", (study.lineage,)))
    return voice.fact(fact, voice.language.grouped(number))


def _adoption(study: ProcessStudy, voice: Voice) -> list[Text]:
    """How many cases go over the new steps, where there are any."""
    measure = next((each for each in study.measures if each.key == "adoption"), None)
    if measure is None or measure.after is None:
        return []
    return [voice.say(f"{PLACE}.adoption", share=_share(study, voice, "adoption", measure.after))]


def _read(row: VariantRow) -> str:
    way = " → ".join(step.name for step in row.steps)
    shares = " → ".join(plain(text) for text in (row.before_text, row.after_text) if text)
    return f"{plain(row.label)}: {way + ': ' if way else ''}{shares}."
