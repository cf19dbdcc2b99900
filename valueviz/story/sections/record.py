"""What to record from now on: for every question the data left open, what would answer it and when."""

from __future__ import annotations

from valueviz.analysis.effect.verdict import MIN_AFTER, MIN_BEFORE
from valueviz.story import outcomes
from valueviz.story.blocks import Bullets, Cell, Prose, Row, Run, Section, Table, Text
from valueviz.story.figures import Figures
from valueviz.story.heads import Head, chapter, columns, metric_name
from valueviz.story.sections import section
from valueviz.story.source import source_line
from valueviz.story.voice import Voice, plain
from valueviz.study import Outcome, Study
from valueviz.terms import Assumed, Derived, Fact, Stated

PLACE = "record"

RULES = ("definition", "every_case", "weekly", "events")
"""What keeps a series usable, in the order in which it is most often broken."""


@section("record")
def record(study: Study, voice: Voice) -> tuple[Section, ...]:
    """Each open metric with what it lacks, how to record it from now on, and when it can be judged."""
    asked = outcomes.open_questions(study)
    unmeasured = study.unmeasured
    if not asked and not unmeasured:
        return ()
    one_by_one = [outcome for outcome in asked if outcome.target or outcome.effect.verdict != "not_provable_yet"]
    rest = [outcome for outcome in asked if outcome not in one_by_one]
    rows = _rows(one_by_one or list(asked), voice)
    rows += [_unmeasured(study, promise.metric, voice) for promise in unmeasured]
    heads: tuple[Head, ...] = (
        ("metric", "left", 1.7),
        ("today", "left", 1.6),
        ("how", "left", 3.6),
        ("when", "left", 2.1),
    )
    table = Table(
        "record.plan",
        voice.say("record.table"),
        columns(voice, "record.column", heads),
        tuple(rows),
        source_line(study, voice, place=PLACE, outcomes=asked),
    )
    stated = Stated(by="engagement", on=None)
    lineage = Derived("count_of_open", (*(outcome.lineage for outcome in asked), stated))
    count = len(asked) + len(unmeasured)
    shown = voice.fact(Fact(f"{PLACE}.open", float(count), "count", lineage), voice.language.grouped(count))
    return (
        chapter(
            voice,
            "record",
            title=voice.say("record.title", count=shown),
            blocks=(
                table,
                *((Prose(voice.say("record.rest", metrics=_listed(rest, voice))),) if rest and one_by_one else ()),
                Prose(voice.say("record.rules"), style="heading"),
                Bullets(tuple(_rule(rule, study, voice) for rule in RULES)),
            ),
        ),
    )


def _listed(found: list[Outcome], voice: Voice) -> Run:
    return voice.quote(voice.language.list_([voice.language.names(outcome.metric.name) for outcome in found]))


def _rule(rule: str, study: Study, voice: Voice) -> Text:
    if rule != "weekly":
        return voice.say(f"record.rule.{rule}")
    return voice.say("record.rule.weekly", before=_least(voice, "before"), after=_least(voice, "after"))


def _least(voice: Voice, side: str) -> Run:
    """The number of periods without which no effect is stated."""
    count = MIN_BEFORE if side == "before" else MIN_AFTER
    fact = Fact(f"{PLACE}.least_{side}", float(count), "count", Assumed("docs/methods.md", "valueviz", "method"))
    return voice.fact(fact, voice.language.grouped(count))


def _rows(found: list[Outcome], voice: Voice) -> list[Row]:
    """A row for each thing to do; metrics of which the same is to be said share one."""
    alike: dict[tuple[str, ...], tuple[list[Outcome], tuple[Cell, ...]]] = {}
    for outcome in found:
        cells = (Cell(_today(outcome, voice)), Cell(_how(outcome, voice)), _when(outcome, voice))
        alike.setdefault(tuple(plain(cell.text) for cell in cells), ([], cells))[0].append(outcome)
    return [Row((Cell((_listed(members, voice),)), *cells)) for members, cells in alike.values()]


def _today(outcome: Outcome, voice: Voice) -> Text:
    instrument = voice.word(f"instrument.{_instrument(outcome)}")
    return voice.say("record.today", instrument=instrument, n=Figures(voice, PLACE, outcome).periods())


def _instrument(outcome: Outcome) -> str:
    stated = [instrument for instrument in outcome.series.instruments or () if instrument]
    known = stated[-1] if stated else outcome.metric.instrument
    return known if known in outcomes.INSTRUMENT_WORDS else "export"


def _how(outcome: Outcome, voice: Voice) -> Text:
    found = outcome.effect
    grain = voice.word(f"grain.{outcome.series.grain}")
    if found.reason == "too_few_periods" and found.n_before < MIN_BEFORE:
        missing = Figures(voice, PLACE, outcome).count("missing", MIN_BEFORE - found.n_before)
        return voice.say("record.how.before", missing=missing, grain=grain)
    if found.reason == "too_few_periods":
        missing = Figures(voice, PLACE, outcome).count("missing", MIN_AFTER - found.n_after)
        return voice.say("record.how.after", missing=missing, grain=grain)
    if found.verdict in ("improved", "worse"):
        return voice.say("record.how.sampled", least=_least(voice, "after"), grain=grain)
    if found.verdict == "not_provable_yet":
        return voice.say("record.how.go_on", size=Figures(voice, f"{PLACE}.how", outcome).minimum_detectable())
    if found.verdict == "not_comparable":
        return voice.say("record.how.side_by_side", least=_least(voice, "after"), grain=grain)
    return voice.say(f"reason.{found.reason}.repair")


def _when(outcome: Outcome, voice: Voice) -> Cell:
    """When a statement is possible: a period where one can be named, else on what it depends."""
    found, series = outcome.effect, outcome.series
    if found.reason == "too_few_periods" and found.n_before < MIN_BEFORE:
        return Cell(voice.say("record.when.records"))
    if found.reason == "too_few_periods":
        return Cell(voice.say("record.when.from", period=_period(outcome, voice, ahead=MIN_AFTER - found.n_after)))
    if found.verdict in ("improved", "worse"):
        return Cell(voice.say("record.when.next_change"))
    if found.verdict == "not_provable_yet" and found.periods_needed is not None and series.grain != "index":
        return Cell(voice.say("record.when.if_it_stays", period=_period(outcome, voice, ahead=found.periods_needed)))
    if found.verdict == "not_provable_yet":
        return Cell(voice.say("record.when.larger"))
    return Cell(voice.say("record.when.repaired"))


def _period(outcome: Outcome, voice: Voice, *, ahead: int) -> Run:
    text = voice.language.period(outcome.series.ordinals[-1] + ahead, outcome.series.grain)
    return Run(text, kind="furniture")


def _unmeasured(study: Study, key: str, voice: Voice) -> Row:
    """A promise nobody measured: nothing can be said about the past, the level can be followed from now on."""
    return Row(
        (
            Cell((voice.quote(metric_name(study, key, voice)),)),
            Cell(voice.say("record.nothing")),
            Cell(voice.say("record.how.start")),
            Cell(voice.say("record.when.level")),
        )
    )
