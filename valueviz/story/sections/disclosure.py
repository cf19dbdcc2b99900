"""What was looked at and what was not: every metric, who chose the windows, how many tests, other explanations."""

from __future__ import annotations

from valueviz.analysis import discovery
from valueviz.story import outcomes
from valueviz.story.blocks import Block, Bullets, Callout, Cell, Prose, Row, Section, Table, Text
from valueviz.story.figures import Figures, counted
from valueviz.story.heads import Head, chapter, columns, metric_name
from valueviz.story.sections import section
from valueviz.story.sections.scorecard import verdict_cell
from valueviz.story.source import source_line
from valueviz.story.voice import Voice
from valueviz.study import Outcome, Study
from valueviz.terms import Assumed, Baseline, Derived, Engagement, Fact, Rival, Stated

PLACE = "disclosure"

DISCOVERY_RATE = 0.05
"""Share of false ones among the stated changes that the printed control over all tests allows."""

MOST_NAMED = 4
"""Metrics that leave units out, named one by one on the short page; the evidence report names all."""

RIVALS = ("volume", "mix", "headcount", "price", "policy", "other_project")
"""Explanations a sceptic asks for in every report; one that nobody declared is told as not examined."""


@section("disclosure")
def disclosure(study: Study, voice: Voice) -> tuple[Section, ...]:
    """What was looked at, who chose the windows, how many tests were made, and what else may explain the change."""
    return _page(study, voice, Bullets(_counts(study, voice)))


@section("disclosure_all")
def disclosure_all(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The same with every metric in a table of its own line."""
    return _page(study, voice, _looked_at(study, voice))


def _page(study: Study, voice: Voice, first: Block) -> tuple[Section, ...]:
    blocks: list[Block] = [first]
    if study.engagement is not None:
        blocks += [
            Prose(voice.say("disclosure.windows.heading"), style="heading"),
            Bullets(_windows(study.engagement, study, voice)),
            _rivals(study, study.engagement, voice),
        ]
    blocks += _controls(study, voice)
    return (chapter(voice, "disclosure", title=_title(study, voice), lead=_lead(study, voice), blocks=tuple(blocks)),)


def _counts(study: Study, voice: Voice) -> tuple[Text, ...]:
    """How many metrics were imported, promised and used as controls, and what was left out, metric by metric."""
    groups = {
        "measured": study.outcomes,
        "promised": outcomes.promised(study),
        "controls": outcomes.controls(study),
        "silent": outcomes.with_verdict(study, "not_comparable", "refused"),
    }
    counts = {
        what: counted(voice, place=PLACE, what=what, count=len(members), outcomes=study.outcomes)
        for what, members in groups.items()
    }
    said = [voice.say("disclosure.counts", **counts)]
    gone = [outcome for outcome in _in_order(study) if outcome.left_out]
    said.extend(
        voice.say("disclosure.units", metric=voice.name(outcome.metric.name), left_out=_left_out(outcome, voice))
        for outcome in gone[:MOST_NAMED]
    )
    if study.unmeasured:
        names = voice.language.list_([metric_name(study, promise.metric, voice) for promise in study.unmeasured])
        said.append(voice.say("disclosure.without_data", metrics=voice.quote(names)))
    return tuple(said)


def _tested(study: Study) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in study.outcomes if outcome.effect.p_value is not None)


def _title(study: Study, voice: Voice) -> Text:
    """How many tests were made, how many changes are stated, and how many hold under a control of false ones."""
    tested = _tested(study)
    passing = discovery.passing([outcome.effect.p_value for outcome in tested], rate=DISCOVERY_RATE)
    stated = [outcome for outcome in tested if outcome.effect.verdict in ("improved", "worse")]
    kept = [outcome for outcome, holds in zip(tested, passing, strict=True) if holds and outcome in stated]
    counts = {
        what: counted(voice, place=f"{PLACE}.title", what=what, count=len(members), outcomes=study.outcomes)
        for what, members in (("tests", tested), ("stated", stated), ("kept", kept))
    }
    return voice.say("disclosure.title", **counts)


def _lead(study: Study, voice: Voice) -> Text:
    level = Fact(f"{PLACE}.rate", DISCOVERY_RATE, "share", Assumed("docs/methods.md", "valueviz", "method"))
    return voice.say("disclosure.lead", rate=voice.fact(level, voice.language.percent(DISCOVERY_RATE, 0)))


# What was looked at ──────────────────────────────────────────────────────────


def _looked_at(study: Study, voice: Voice) -> Table:
    """Every metric imported or promised: its part in the report, how it was judged, what was left out and why."""
    heads: tuple[Head, ...] = (
        ("metric", "left", 2.4),
        ("role", "left", 1.1),
        ("method", "left", 2.2),
        ("n", "right", 1.1),
        ("left_out", "left", 2.6),
        ("verdict", "left", 1.7),
    )
    rows = [_row(outcome, voice) for outcome in _in_order(study)]
    for promise in study.unmeasured:
        name = Cell((voice.quote(metric_name(study, promise.metric, voice)),))
        dash = Cell(voice.words("–"))
        rows.append(
            Row(
                (
                    name,
                    Cell(voice.say("disclosure.role.promised")),
                    dash,
                    dash,
                    Cell(voice.say("disclosure.unmeasured")),
                    dash,
                )
            )
        )
    return Table(
        f"{PLACE}.metrics",
        voice.say("disclosure.metrics.table"),
        columns(voice, "disclosure.metrics", heads),
        tuple(rows),
        source_line(study, voice, place=PLACE),
    )


def _in_order(study: Study) -> tuple[Outcome, ...]:
    """Promised ones as promised, then the others by gain, then the controls."""
    promised = outcomes.promised(study)
    others = tuple(outcome for outcome in outcomes.by_gain(study) if outcome not in promised)
    return (*promised, *others, *outcomes.controls(study))


def _row(outcome: Outcome, voice: Voice) -> Row:
    found = outcome.effect
    role = "control" if outcome.negative_control else "promised" if outcome.target else "observed"
    return Row(
        (
            Cell((voice.name(outcome.metric.name),)),
            Cell(voice.say(f"disclosure.role.{role}")),
            Cell(voice.say(f"disclosure.method.{found.method}")),
            Cell((Figures(voice, f"{PLACE}.metrics", outcome).periods(),)),
            Cell(_left_out(outcome, voice)),
            verdict_cell(outcome, voice),
        )
    )


def _left_out(outcome: Outcome, voice: Voice) -> Text:
    """How many periods and units do not count, by reason; a dash where everything does."""
    reasons: dict[str, int] = {}
    for _, reason in (*outcome.effect.excluded, *((ordinal, "partial") for ordinal in outcome.partial)):
        reasons[reason] = reasons.get(reason, 0) + 1
    if outcome.left_out:
        reasons["units"] = len(outcome.left_out)
    lineage = Derived("left_out", (outcome.lineage,))
    parts = []
    for reason, count in reasons.items():
        fact = Fact(f"{PLACE}.metrics.{outcome.metric.key}.{reason}", float(count), "count", lineage)
        shown = voice.fact(fact, voice.language.grouped(count))
        parts.append(voice.say(f"disclosure.left_out.{reason}", count=shown))
    if not parts:
        return voice.words("–")
    return voice.join([run for text in _between(parts, voice) for run in text])


def _between(parts: list[Text], voice: Voice) -> list[Text]:
    gap = voice.words(voice.word("separator.comma"))
    return [text for part in parts for text in (gap, part)][1:]


# Windows ─────────────────────────────────────────────────────────────────────


def _windows(engagement: Engagement, study: Study, voice: Voice) -> tuple[Text, ...]:
    """Who chose the before window and when, go-live and transition, what else happened, how far the data reach."""
    said = [*_baseline(engagement.baseline, engagement, voice), _go_live(engagement, voice)]
    listed = (("sites", study.question.sites), ("unknown_sites", study.unknown_sites))
    said += [
        voice.say(f"disclosure.{key}", sites=voice.quote(voice.language.list_(list(names))))
        for key, names in listed
        if names
    ]
    if study.reverted:
        said.append(voice.say("disclosure.reverted", files=voice.quote(voice.language.list_(list(study.reverted)))))
    said.extend(
        voice.say("disclosure.event", event=voice.name(event.name), on=voice.date(event.date))
        for event in engagement.events
    )
    if study.as_of is not None:
        said.append(voice.say("disclosure.as_of", on=voice.date(study.as_of)))
    return tuple(said)


def _baseline(baseline: Baseline | None, engagement: Engagement, voice: Voice) -> list[Text]:
    if baseline is None:
        return [voice.say("disclosure.baseline.none")]
    start, end = voice.date(baseline.start), voice.date(baseline.end)
    said = [voice.say("disclosure.baseline.window", start=start, end=end)]
    if baseline.chosen_by is not None and baseline.chosen_on is not None:
        late = "late" if baseline.chosen_on >= engagement.go_live else "early"
        by, on = voice.name(baseline.chosen_by), voice.date(baseline.chosen_on)
        said.append(voice.say(f"disclosure.baseline.chosen_{late}", by=by, on=on))
    else:
        said.append(voice.say("disclosure.baseline.unchosen"))
    if baseline.signed_by is not None and baseline.signed_on is not None:
        by, on = voice.name(baseline.signed_by), voice.date(baseline.signed_on)
        said.append(voice.say("disclosure.baseline.signed", by=by, on=on))
    else:
        said.append(voice.say("disclosure.baseline.unsigned"))
    return said


def _go_live(engagement: Engagement, voice: Voice) -> Text:
    fact = Fact(f"{PLACE}.transition", float(engagement.transition_periods), "count", Stated("engagement", None))
    count = voice.fact(fact, voice.language.grouped(engagement.transition_periods))
    days = [day for site in engagement.sites if (day := engagement.went_live(site.key)) is not None]
    first, last = min(days, default=engagement.go_live), max(days, default=engagement.go_live)
    if first == last:
        return voice.say("disclosure.go_live", on=voice.date(first), transition=count)
    return voice.say("disclosure.roll_out", first=voice.date(first), last=voice.date(last), transition=count)


# Other explanations ──────────────────────────────────────────────────────────


def _rivals(study: Study, engagement: Engagement, voice: Voice) -> Table:
    """What else may explain the change: measured, judged, or not examined, none left unsaid."""
    heads: tuple[Head, ...] = (
        ("kind", "left", 1.4),
        ("name", "left", 2.4),
        ("state", "left", 1.2),
        ("note", "left", 4.0),
    )
    measured = any(outcome.volume is not None for outcome in study.outcomes)
    rows = [_measured_volume(study, voice)] if measured else []
    rows += [_declared(rival, voice) for rival in engagement.rivals if not (measured and _superseded(rival))]
    known = {rival.kind for rival in engagement.rivals} | ({"volume"} if measured else set())
    dash = Cell(voice.words("–"))
    for kind in RIVALS:
        if kind not in known:
            state = Cell(voice.say("rival_state.not_examined"))
            rows.append(
                Row(
                    (Cell(voice.say(f"rival_kind.{kind}")), dash, state, Cell(voice.say("disclosure.rival.undeclared")))
                )
            )
    return Table(
        f"{PLACE}.rivals", voice.say("disclosure.rival.table"), columns(voice, "disclosure.rival", heads), tuple(rows)
    )


def _superseded(rival: Rival) -> bool:
    """Whether a rival that nobody examined has been measured here."""
    return rival.kind == "volume" and rival.state == "not_examined"


def _declared(rival: Rival, voice: Voice) -> Row:
    kind = voice.say(f"rival_kind.{rival.kind}") if rival.kind in RIVALS else voice.say("rival_kind.other")
    note = (voice.name(rival.note),) if rival.note else voice.words("–")
    return Row((Cell(kind), Cell((voice.name(rival.name),)), Cell(voice.say(f"rival_state.{rival.state}")), Cell(note)))


def _measured_volume(study: Study, voice: Voice) -> Row:
    """In how many metrics the volume they rest on changed at go-live, by the same rule as any effect."""
    weighed = tuple(outcome for outcome in study.outcomes if outcome.volume is not None)
    changed = tuple(o for o in weighed if o.volume is not None and o.volume.verdict in ("improved", "worse"))
    counts = {
        what: counted(voice, place=f"{PLACE}.volume", what=what, count=len(members), outcomes=weighed)
        for what, members in (("weighed", weighed), ("changed", changed))
    }
    names = voice.language.list_([voice.language.names(outcome.metric.name) for outcome in changed])
    key = "disclosure.rival.volume_changed" if changed else "disclosure.rival.volume_still"
    fields = {"weighed": counts["weighed"]} | (
        {"changed": counts["changed"], "metrics": voice.quote(names)} if changed else {}
    )
    return Row(
        (
            Cell(voice.say("rival_kind.volume")),
            Cell(voice.say("disclosure.rival.volume")),
            Cell(voice.say("rival_state.measured")),
            Cell(voice.say(key, **fields)),
        )
    )


def _controls(study: Study, voice: Voice) -> list[Block]:
    """What the metrics that cannot have been touched did."""
    controls = outcomes.controls(study)
    if not controls:
        return [
            Callout(voice.say("disclosure.controls.title_none"), voice.say("disclosure.controls.none"), tone="info")
        ]
    names = voice.quote(voice.language.list_([voice.language.names(outcome.metric.name) for outcome in controls]))
    if study.controls_moved:
        return [
            Callout(voice.say("disclosure.controls.title_moved"), voice.say("disclosure.controls.moved", metrics=names))
        ]
    return [
        Callout(
            voice.say("disclosure.controls.title_still"),
            voice.say("disclosure.controls.still", metrics=names),
            tone="info",
        )
    ]
