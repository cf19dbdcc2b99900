"""Whether the data can carry a statement: every metric at a glance, what was found, and what repairs it."""

from __future__ import annotations

from math import floor

from valueviz.story.blocks import Block, Card, Cell, Prose, Row, Run, Section, Table, Text
from valueviz.story.figures import counted
from valueviz.story.finding import listed, sentence
from valueviz.story.heads import Head, chapter, columns
from valueviz.story.sections import section
from valueviz.story.source import source_line
from valueviz.story.voice import Voice
from valueviz.study import Outcome, Study
from valueviz.terms import Consequence, Derived, Fact, Finding

PLACE = "quality"

WEIGHT: dict[Consequence | None, int] = {"blocks": 0, "caps": 1, "warns": 2, None: 3}
"""What stands first: metrics without a statement, then those with a lower grade, then those with something to know."""

ABSENT = ("missing", "no_volume", "no_exposure", "no_control")
"""Why a period is not measured: it has no value, or nothing its value rests on."""

MOST_ROWS = 20
"""Metrics that stand in the table one by one; of more, those about which nothing was found share a sentence."""

STRIKING = ("unit_slip", "unit_slip_minor", "constant_stretch", "outliers", "partial_last")
"""Findings about single periods whose values do not look right."""


@section("quality")
def quality(study: Study, voice: Voice) -> tuple[Section, ...]:
    """Data quality and comparability, metric by metric, with findings under the repair they share."""
    clean = [outcome for outcome in study.outcomes if not outcome.findings]
    apart = clean if len(study.outcomes) > MOST_ROWS and len(clean) < len(study.outcomes) else []
    return (_chapter(study, voice, apart=apart, rest="quality.clean"),)


@section("quality_brief")
def quality_brief(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The same beside other pages: only metrics without a statement or with a lower grade stand one by one."""
    apart = [outcome for outcome in study.outcomes if worst(outcome) not in ("blocks", "caps")]
    return (_chapter(study, voice, apart=apart, rest="quality.rest"),)


def _chapter(study: Study, voice: Voice, *, apart: list[Outcome], rest: str) -> Section:
    """The section, the metrics `apart` named in a sentence instead of a row each."""
    blocks: list[Block] = [_metrics(study, voice, apart=apart)] if len(apart) < len(study.outcomes) else []
    if apart:
        names = listed([voice.name(outcome.metric.name) for outcome in apart], voice)
        blocks.append(Prose(voice.say(rest, metrics=names)))
    if study.findings:
        blocks.append(_found(study, voice))
    files = _files(study, voice)
    if files is not None:
        blocks.append(files)
    blocks.append(Prose(_first(study, voice), style="so_what"))
    return chapter(
        voice, "quality", title=answer(study, voice), lead=voice.say("quality.checked"), blocks=tuple(blocks)
    )


def worst(outcome: Outcome) -> Consequence | None:
    """The gravest consequence of what was found about a metric; None where nothing was."""
    return min((each.consequence for each in outcome.findings), key=lambda each: WEIGHT[each], default=None)


def answer(study: Study, voice: Voice, *, place: str = PLACE) -> Text:
    """How many metrics can carry a statement, in one sentence."""
    weights = [worst(outcome) for outcome in study.outcomes]
    counts = {
        "measured": len(weights),
        "blocked": weights.count("blocks"),
        "ready": len(weights) - weights.count("blocks"),
        "capped": weights.count("caps"),
        "noted": weights.count("warns"),
    }
    if counts["blocked"]:
        key = "blocked" if counts["ready"] else "blocked_all"
    else:
        key = "capped" if counts["capped"] else "notes" if counts["noted"] else "none"
    facts = {
        what: counted(voice, place=f"{place}.title", what=what, count=count, outcomes=study.outcomes)
        for what, count in counts.items()
    }
    return voice.say(f"quality.title.{key}", **facts)


def cards(study: Study, voice: Voice) -> tuple[Card, ...]:
    """The key figures of a cover: metrics with a statement, metrics without a limit, periods measured."""
    weights = [worst(outcome) for outcome in study.outcomes]
    total = len(weights)
    counts = {"ready": total - weights.count("blocks"), "full": total - weights.count("blocks") - weights.count("caps")}
    made = []
    for what, count in counts.items():
        numbers = {
            name: counted(voice, place=f"{PLACE}.card", what=key, count=number, outcomes=study.outcomes)
            for name, key, number in (("count", what, count), ("total", "all", total))
        }
        number = voice.say("quality.card.of", **numbers)
        made.append(Card(voice.say(f"quality.card.{what}"), number, detail=voice.say(f"quality.card.{what}_detail")))
    seen = sum(outcome.effect.n_before + outcome.effect.n_after for outcome in study.outcomes)
    share = seen / (seen + sum(_missing(outcome) for outcome in study.outcomes)) if seen else 0.0
    lineage = Derived("coverage", tuple(outcome.lineage for outcome in study.outcomes))
    fact = Fact(f"{PLACE}.card.measured", share, "share", lineage)
    text = (voice.fact(fact, _percent(share, voice)),)
    made.append(Card(voice.say("quality.card.measured"), text, detail=voice.say("quality.card.measured_detail")))
    return tuple(made)


# Metric by metric ────────────────────────────────────────────────────────────


def _metrics(study: Study, voice: Voice, *, apart: list[Outcome]) -> Table:
    heads: tuple[Head, ...] = (
        ("metric", "left", 3.2),
        ("before", "right", 0.9),
        ("after", "right", 0.9),
        ("missing", "right", 0.9),
        ("striking", "right", 0.9),
        ("instrument", "left", 2.4),
        ("version", "left", 1.0),
        ("follows", "left", 1.6),
    )
    shown = [outcome for outcome in study.outcomes if outcome not in apart]
    ordered = sorted(shown, key=lambda each: (WEIGHT[worst(each)], each.cap or "", each.metric.key))
    return Table(
        f"{PLACE}.metrics",
        voice.say("quality.table.title"),
        columns(voice, "quality.column", heads),
        tuple(_row(outcome, voice) for outcome in ordered),
        voice.say("quality.source", lineage=source_line(study, voice, place=PLACE)),
    )


def _row(outcome: Outcome, voice: Voice) -> Row:
    before, after = _measured(outcome)
    striking = len({period for each in outcome.findings if each.code in STRIKING for period in each.periods})
    return Row(
        (
            Cell((voice.name(outcome.metric.name),)),
            Cell(_share(outcome, voice, what="measured_before", share=before)),
            Cell(_share(outcome, voice, what="measured_after", share=after)),
            Cell(_count(outcome, voice, what="missing", count=_missing(outcome))),
            Cell(_count(outcome, voice, what="striking", count=striking)),
            Cell(_labels(outcome, voice)),
            Cell(_versions(outcome, voice)),
            Cell(_follows(outcome, voice)),
        )
    )


def _missing(outcome: Outcome) -> int:
    return sum(reason in ABSENT for _, reason in outcome.effect.excluded)


def _measured(outcome: Outcome) -> tuple[float | None, float | None]:
    """The share of the periods before and after that were measured, the transition left out."""
    found = outcome.effect
    gone = [ordinal for ordinal, reason in found.excluded if reason in ABSENT]
    missing_before = sum(ordinal < outcome.go_live for ordinal in gone)
    sides = ((found.n_before, missing_before), (found.n_after, len(gone) - missing_before))
    shares = [seen / (seen + absent) if seen + absent else None for seen, absent in sides]
    return shares[0], shares[1]


def _share(outcome: Outcome, voice: Voice, *, what: str, share: float | None) -> Text:
    if share is None:
        return voice.words("–")
    fact = Fact(f"{PLACE}.{outcome.metric.key}.{what}", share, "share", Derived("coverage", (outcome.lineage,)))
    return (voice.fact(fact, _percent(share, voice)),)


def _percent(share: float, voice: Voice) -> str:
    """A share in whole percent, rounded down: 99.6 % is not everything."""
    return voice.language.percent(floor(share * 100 + 1e-9) / 100, 0)


def _count(outcome: Outcome, voice: Voice, *, what: str, count: int) -> Text:
    if not count:
        return voice.words("–")
    fact = Fact(f"{PLACE}.{outcome.metric.key}.{what}", float(count), "count", Derived(what, (outcome.lineage,)))
    return (voice.fact(fact, voice.language.grouped(count)),)


def _labels(outcome: Outcome, voice: Voice) -> Text:
    """How the series was measured; where that changed, before → after."""
    known = ("system_log", "export", "time_study", "sample", "survey", "estimate")
    told = _stated(outcome, outcome.series.instruments, default=outcome.metric.instrument)
    words = [
        " + ".join(voice.word(f"instrument.{part}") if part in known else part for part in label.split("|"))
        for label in told
    ]
    return (voice.quote(" → ".join(words)),) if words else voice.words("–")


def _versions(outcome: Outcome, voice: Voice) -> Text:
    told = _stated(outcome, outcome.series.definition_versions, default=outcome.metric.definition_version)
    return (voice.quote(" → ".join(told)),) if told else voice.words("–")


def _stated(outcome: Outcome, labels: tuple[str | None, ...] | None, *, default: str | None) -> tuple[str, ...]:
    """The label most periods carry before go-live and after it, once where both are the same."""
    sides: tuple[list[str], list[str]] = ([], [])
    for ordinal, label in zip(outcome.series.ordinals, labels or (), strict=False):
        if label:
            sides[ordinal >= outcome.go_live].append(label)
    found = tuple(max(sorted(set(side)), key=side.count) for side in sides if side)
    return tuple(dict.fromkeys(found)) or ((default,) if default else ())


def _follows(outcome: Outcome, voice: Voice) -> Text:
    consequence = worst(outcome)
    return voice.say(f"quality.follows.{consequence or 'none'}", grade=outcome.cap or "")


# Finding by finding ──────────────────────────────────────────────────────────


def _found(study: Study, voice: Voice) -> Table:
    """The findings under the repair they share; one sentence where the same was found about several metrics."""
    heads: tuple[Head, ...] = (("found", "left", 7.0), ("follows", "left", 1.5))
    rows: list[Row] = []
    for repair, found in study.repairs():
        rows.append(Row((Cell(voice.say(f"repair.{repair}")), Cell()), kind="group"))
        for alike in _alike(found):
            members = tuple(study.outcome(each.metric) for each in alike if each.metric)
            lineage = Derived("series", tuple(outcome.lineage for outcome in members))
            names = [_named(outcome, each.site, voice) for outcome, each in zip(members, alike, strict=True)]
            text = sentence(alike, voice, place=f"{PLACE}.found", names=names, lineage=lineage)
            follows = voice.say(f"quality.follows.{alike[0].consequence}", grade=alike[0].cap or "")
            rows.append(Row((Cell(text), Cell(follows))))
    return Table(
        f"{PLACE}.found", voice.say("quality.table.findings"), columns(voice, "quality.column", heads), tuple(rows)
    )


def _named(outcome: Outcome, site: str | None, voice: Voice) -> Run:
    """The name of a metric, with the part of it where a finding is about that alone."""
    name = voice.language.names(outcome.metric.name)
    return voice.quote(name if site is None else voice.word("quality.part", metric=name, part=site))


def _alike(found: tuple[Finding, ...]) -> list[list[Finding]]:
    """Findings put together that differ in their metric only."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for each in found:
        groups.setdefault((each.code, each.periods, each.grain, each.count, each.cap, each.fields), []).append(each)
    return list(groups.values())


def _files(study: Study, voice: Voice) -> Table | None:
    """What stood out among the rows of the imported files, as it was noted when they came; None for nothing."""
    rows, known = [], voice.language.keys("quality.rows")
    for record in study.imports:
        codes = [code for code in record.warnings if code in known]
        if codes:
            words = voice.language.list_([voice.word(f"quality.rows.{code}") for code in codes])
            rows.append(Row((Cell((voice.quote(record.file),)), Cell((Run(voice.language.typeset(words)),)))))
    heads: tuple[Head, ...] = (("file", "left", 2.4), ("found", "left", 6.2))
    title = voice.say("quality.table.files")
    return Table(f"{PLACE}.files", title, columns(voice, "quality.column", heads), tuple(rows)) if rows else None


def _first(study: Study, voice: Voice) -> Text:
    """What to do first, and what that brings."""
    repairs = study.repairs()
    if not repairs:
        return voice.say("quality.first.none")
    repair, found = repairs[0]
    gravest = found[0].consequence
    keys = dict.fromkeys(each.metric for each in found if each.consequence == gravest and each.metric)
    names = [voice.name(study.outcome(key).metric.name) for key in keys]
    words = voice.say(f"repair.{repair}")
    return voice.say(f"quality.first.{gravest}", repair=words, metrics=listed(names, voice))
