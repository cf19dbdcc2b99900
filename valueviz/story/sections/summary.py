"""The one-page answer: what is proved, what was promised, what is worst, what to decide."""

from __future__ import annotations

from valueviz.story import outcomes
from valueviz.story.blocks import Block, Bullets, Callout, Card, Cards, Prose, Section, Text
from valueviz.story.figures import Figures, counted
from valueviz.story.heads import chapter
from valueviz.story.sections import section
from valueviz.story.sparkline import spark
from valueviz.story.voice import Voice
from valueviz.study import Outcome, Study
from valueviz.terms import GRADES, Fact, Stated

PLACE = "summary"

MOST_FINDINGS = 3
"""Improvements named below the one that leads: more would push the decisions off the page."""


@section("summary")
def summary(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The answer on one page."""
    cards, findings = _cards(study, voice), _findings(study, voice)
    blocks: list[Block] = [Cards(cards)] if cards else []
    if findings:
        blocks.append(Bullets(findings))
    if study.controls_moved:
        names = voice.language.list_(
            [voice.language.names(study.outcome(key).metric.name) for key in study.controls_moved]
        )
        blocks.append(
            Callout(voice.say("summary.controls.title"), voice.say("summary.controls.text", metrics=voice.quote(names)))
        )
    blocks.append(Callout(voice.say("summary.money.title"), voice.say("summary.money.text"), tone="info"))
    decision = _decision(study, voice)
    if decision:
        blocks.append(Prose(voice.say("summary.decision.heading"), style="heading"))
        blocks.append(Bullets(decision, marker="number"))
    return (
        chapter(
            voice,
            "summary",
            title=headline(study, voice, place=PLACE),
            lead=_lead(study, voice),
            blocks=tuple(blocks),
        ),
    )


def headline(study: Study, voice: Voice, *, place: str) -> Text:
    """The finding at its conservative end: the best metric, else the worst, or that nothing is proved yet."""
    leading = outcomes.best(study) or outcomes.worst(study)
    if leading is None:
        hints = [outcome for outcome in outcomes.indicated(study) if not outcomes.doubtful(outcome)]
        if hints:
            name, grade = voice.name(hints[0].metric.name), hints[0].grade or ""
            return voice.say("summary.title.indicated", metric=name, grade=grade)
        return voice.say("summary.title.nothing")
    return voice.say(
        f"summary.title.{leading.effect.verdict}_{way(leading)}",
        metric=voice.name(leading.metric.name),
        change=Figures(voice, f"{place}.title", leading).conservative(),
        grade=leading.grade or "",
    )


def way(outcome: Outcome) -> str:
    """Whether the value fell or rose, raw: the key of the sentence that says it."""
    return "fell" if (outcome.effect.estimate or 0.0) < 0 else "rose"


def _lead(study: Study, voice: Voice) -> Text:
    counts = {
        what: counted(
            voice,
            place=f"{PLACE}.lead",
            what=what,
            count=len(members),
            outcomes=study.outcomes,
        )
        for what, members in (
            ("improved", outcomes.firm(study, "improved")),
            ("worse", outcomes.with_verdict(study, "worse")),
            ("not_provable_yet", outcomes.with_verdict(study, "not_provable_yet")),
            ("indicative", outcomes.indicated(study)),
        )
    }
    unjudged = outcomes.with_verdict(study, "not_comparable", "refused")
    return voice.say(
        "summary.lead",
        measured=counted(
            voice, place=f"{PLACE}.lead", what="measured", count=len(outcomes.judged(study)), outcomes=study.outcomes
        ),
        improved=counts["improved"],
        worse=counts["worse"],
        open=counts["not_provable_yet"],
        indicative=counts["indicative"],
        unjudged=counted(voice, place=f"{PLACE}.lead", what="unjudged", count=len(unjudged), outcomes=study.outcomes),
    )


def _cards(study: Study, voice: Voice) -> tuple[Card, ...]:
    cards = []
    best, worst = outcomes.best(study), outcomes.worst(study)
    if best is not None:
        cards.append(_outcome_card(best, voice))
    if study.engagement and study.engagement.promises:
        cards.append(promise_card(study, voice, place=f"{PLACE}.card"))
    if worst is not None:
        cards.append(_outcome_card(worst, voice))
    if any(outcome.grade is not None for outcome in outcomes.judged(study)):
        cards.append(_grade_card(study, voice))
    return tuple(cards[:4])


def _outcome_card(outcome: Outcome, voice: Voice) -> Card:
    figures = Figures(voice, f"{PLACE}.card", outcome)
    return Card(
        label=voice.say(f"summary.card.{way(outcome)}", metric=voice.name(outcome.metric.name)),
        number=voice.say("summary.card.at_least", change=figures.conservative()),
        detail=voice.say("summary.card.interval", interval=figures.change()),
        grade=outcome.grade,
        verdict=outcome.effect.verdict,
        verdict_word=voice.say(f"verdict.{outcome.effect.verdict}"),
        spark=spark(outcome.series),
        spark_split=max(0, outcome.go_live - outcome.series.ordinals[0]),
    )


def promise_card(study: Study, voice: Voice, *, place: str) -> Card:
    """How many promises are kept, of how many; the others by what became of them."""
    promised = outcomes.promised(study)
    total = len(study.engagement.promises) if study.engagement else 0
    stated = Stated(by="engagement", on=None)
    whole = Fact(f"{place}.promises", float(total), "count", stated)
    sure = counted(voice, place=place, what="sure", count=len(outcomes.sure(study)), outcomes=promised)
    return Card(
        label=voice.say("summary.card.promises"),
        number=voice.say("summary.card.kept", sure=sure, total=voice.fact(whole, voice.language.grouped(total))),
        detail=_statuses(study, voice, place=place),
    )


def _statuses(study: Study, voice: Voice, *, place: str) -> Text:
    """What became of the promises that are not surely kept; with those, the counts add up to all promises."""
    promised = outcomes.promised(study)
    counts = {"indicated": len(outcomes.kept_by_indication(study))}
    counts["likely"] = len(outcomes.kept(study)) - len(outcomes.sure(study))
    for status in ("partly", "missed", "open"):
        counts[status] = sum(outcome.target is not None and outcome.target.status == status for outcome in promised)
    total = len(study.engagement.promises) if study.engagement else 0
    counts["unjudged"] = total - len(outcomes.sure(study)) - sum(counts.values())
    parts = [
        voice.say(
            f"summary.card.status.{what}",
            count=counted(voice, place=place, what=what, count=count, outcomes=promised),
        )
        for what, count in counts.items()
        if count
    ]
    return voice.join([run for text in _separated(parts, voice) for run in text])


def _grade_card(study: Study, voice: Voice) -> Card:
    graded = [outcome for outcome in outcomes.judged(study) if outcome.grade is not None]
    mix: list[Text] = []
    for grade in GRADES:
        count = sum(outcome.grade == grade for outcome in graded)
        if count:
            number = counted(voice, place=f"{PLACE}.card", what=f"grade_{grade}", count=count, outcomes=tuple(graded))
            mix.append(voice.say("summary.card.grade_count", grade=grade, count=number))
    firm = sum((outcome.grade or "E") in outcomes.HEADLINE_GRADES for outcome in graded)
    return Card(
        label=voice.say("summary.card.grades"),
        number=voice.say(
            "summary.card.firm",
            firm=counted(voice, place=f"{PLACE}.card", what="firm", count=firm, outcomes=tuple(graded)),
            graded=counted(voice, place=f"{PLACE}.card", what="graded", count=len(graded), outcomes=tuple(graded)),
        ),
        detail=voice.join([run for text in _separated(mix, voice) for run in text]),
    )


def _separated(texts: list[Text], voice: Voice) -> list[Text]:
    parts: list[Text] = []
    for text in texts:
        if parts:
            parts.append(voice.words(voice.word("separator.dot")))
        parts.append(text)
    return parts


def _findings(study: Study, voice: Voice) -> tuple[Text, ...]:
    """What else is proved, what got worse, what cannot be told yet: one sentence each."""
    lead = outcomes.best(study)
    hints = outcomes.indicated(study)[: 2 if lead is None else 1]
    firm = [outcome for outcome in outcomes.firm(study, "improved") if outcome is not lead]
    found = [_sentence(outcome, voice) for outcome in firm[: MOST_FINDINGS - len(hints)]]
    found.extend(_hint(outcome, voice) for outcome in hints)
    found.extend(_sentence(outcome, voice) for outcome in outcomes.with_verdict(study, "worse")[:2])
    silent = outcomes.with_verdict(study, "not_provable_yet", "not_comparable", "refused")
    if silent:
        names = [voice.language.names(outcome.metric.name) for outcome in silent[:4]]
        key = "summary.finding.silent_more" if len(silent) > len(names) else "summary.finding.silent"
        found.append(voice.say(key, metrics=voice.quote(voice.language.list_(names))))
    return tuple(found)


def _sentence(outcome: Outcome, voice: Voice) -> Text:
    figures = Figures(voice, f"{PLACE}.finding", outcome)
    return voice.say(
        f"summary.finding.{outcome.effect.verdict}_{way(outcome)}",
        metric=voice.name(outcome.metric.name, strong=True),
        change=figures.conservative(),
        before=figures.before(),
        after=figures.after(),
        grade=outcome.grade or "",
    )


def _hint(outcome: Outcome, voice: Voice) -> Text:
    """What samples or estimates indicate: the range, never its end alone."""
    figures = Figures(voice, f"{PLACE}.finding", outcome)
    return voice.say(
        "summary.finding.indicated",
        metric=voice.name(outcome.metric.name, strong=True),
        change=figures.change(),
        before=figures.before(),
        after=figures.after(),
        grade=outcome.grade or "",
    )


def _decision(study: Study, voice: Voice) -> tuple[Text, ...]:
    asked: list[Text] = []
    contract = study.engagement.contract if study.engagement else None
    if contract is not None:
        asked.append(voice.say("summary.decision.renew", end=voice.date(contract.end)))
    worst = outcomes.worst(study)
    if worst is not None:
        asked.append(voice.say("summary.decision.mend", metric=voice.name(worst.metric.name)))
    silent = outcomes.with_verdict(study, "not_comparable", "refused")
    if silent:
        asked.append(voice.say("summary.decision.measure", metric=voice.name(silent[0].metric.name)))
    baseline = study.engagement.baseline if study.engagement else None
    if baseline is None or baseline.signed_on is None:
        asked.append(voice.say("summary.decision.sign"))
    return tuple(asked)
