"""How the change of a process was checked, how its numbers are defined, and where they come from."""

from __future__ import annotations

from valueviz.analysis.process.presence import LEAST, SCARCE_SHARE
from valueviz.analysis.process.result import Check
from valueviz.story.blocks import Block, Bullets, Cell, Prose, Row, Run, Section, Table, Text
from valueviz.story.heads import Head, chapter, columns
from valueviz.story.process.duration import said_pair
from valueviz.story.process.measure import NOTHING
from valueviz.story.process.source import process_source
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Assumed, Fact

PLACE = "process_checks"

SHOWN_LEVELS = 6
"""Levels of a cohort that are named; of more the first and how many others."""

CHECK_REASONS = ("no_attribute", "no_common_level", "small_cohort", "too_short")
"""Why a check could not be made, beyond the reasons of any effect."""

LOG_DEFINITIONS = (
    "case",
    "lead",
    "working",
    "edge",
    "wait",
    "touch",
    "rework",
    "week",
    "colour",
    "presence",
)
"""In the order in which the pages use them."""

COMPARED = frozenset({"week", "colour", "presence"})
"""What only a comparison needs."""

HAND_DEFINITIONS = ("hand_lead", "hand_efficiency", "hand_colour")


def process_checks(study: ProcessStudy, voice: Voice) -> Section:
    """Checks, definitions, source."""
    blocks: list[Block] = []
    if study.checks:
        blocks.append(_table(study, voice))
    blocks += _log_notes(study, voice)
    blocks.append(Prose(voice.say("process_checks.definitions"), style="heading"))
    names: tuple[str, ...] = HAND_DEFINITIONS if study.kind == "hand" else LOG_DEFINITIONS
    known = {measure.key for measure in study.measures if measure.after is not None}
    names = tuple(name for name in names if name != "hand_efficiency" or "cycle_efficiency" in known)
    names = tuple(name for name in names if study.before is not None or name not in COMPARED)
    blocks.append(Bullets(tuple(_definition(name, study, voice) for name in names)))
    blocks.append(Prose(process_source(study, voice, place=PLACE), style="source"))
    return chapter(voice, "process_checks", title=_title(study, voice), blocks=tuple(blocks), breaks="flow")


def _title(study: ProcessStudy, voice: Voice) -> Text:
    """Whether the checks leave the statement standing."""
    if not study.checks:
        return voice.say("process_checks.title_plain")
    verdicts = {check.verdict for check in study.checks}
    if "contradicts" in verdicts:
        return voice.say("process_checks.title_contradicts")
    return voice.say("process_checks.title_holds" if "holds" in verdicts else "process_checks.title_not_possible")


def _table(study: ProcessStudy, voice: Voice) -> Table:
    heads: tuple[Head, ...] = (
        ("check", "left", 2.4),
        ("by", "left", 2.8),
        ("values", "right", 2.6),
        ("result", "left", 2.6),
    )
    rows = tuple(
        Row(
            (
                Cell(voice.say(f"process_checks.check.{check.name}")),
                Cell(_compared(check, study, voice)),
                Cell(_values(check, number, study, voice)),
                Cell(_result(check, voice)),
            )
        )
        for number, check in enumerate(study.checks)
    )
    return Table(
        "process.checks",
        voice.say("process_checks.table"),
        columns(voice, "process_checks.column", heads),
        rows,
        source=voice.say("process_checks.rule"),
    )


def _compared(check: Check, study: ProcessStudy, voice: Voice) -> Text:
    """The attribute and its levels, or the made-up day."""
    if check.name == "placebo":
        return voice.say("process_checks.made_up", day=voice.date(check.at)) if check.at else (Run(NOTHING),)
    if check.by is None:
        return (Run(NOTHING),)
    if not check.levels:
        return (voice.quote(check.by),)
    named = voice.language.list_([voice.language.typeset(level) for level in check.levels[:SHOWN_LEVELS]])
    levels: Text = (voice.quote(named),)
    if len(check.levels) > SHOWN_LEVELS:
        more = len(check.levels) - SHOWN_LEVELS
        fact = Fact(f"{PLACE}.{check.name}.{check.by}.more", float(more), "count", study.lineage)
        levels = voice.say("process_checks.more", levels=levels, more=voice.fact(fact, voice.language.grouped(more)))
    return voice.say("process_checks.levels", by=voice.quote(check.by), levels=levels)


def _values(check: Check, number: int, study: ProcessStudy, voice: Voice) -> Text:
    if check.before is None or check.after is None:
        return (Run(NOTHING),)

    return said_pair(voice, f"{PLACE}.{number}.{check.name}", check.before, check.after, lineage=study.lineage)


def _result(check: Check, voice: Voice) -> Text:
    word = voice.say(f"process_checks.verdict.{check.verdict}")
    if check.reason is None:
        return word
    key = f"process_checks.reason.{check.reason}" if check.reason in CHECK_REASONS else f"reason.{check.reason}.why"
    return voice.say("process_checks.because", verdict=word, reason=voice.say(key))


def _log_notes(study: ProcessStudy, voice: Voice) -> list[Block]:
    """What of the log was left out or stitched, where anything was."""
    found: list[Text] = []
    if study.outside_segment:
        fact = Fact(f"{PLACE}.outside_segment", float(study.outside_segment), "count", study.lineage)
        found.append(voice.say("process_checks.outside", cases=_number(fact, voice)))
    summary = study.summary
    for system, orphans in zip(summary.systems, summary.orphans, strict=True) if summary else ():
        fact = Fact(f"{PLACE}.orphans.{system}", float(orphans), "count", study.lineage)
        found.append(voice.say("process_checks.orphans", system=voice.quote(system), cases=_number(fact, voice)))
    if study.weekly is not None and not all(study.weekly.mature):
        open_weeks = sum(not each for each in study.weekly.mature)
        fact = Fact(f"{PLACE}.immature", float(open_weeks), "count", study.lineage)
        found.append(voice.say("process_checks.immature", weeks=_number(fact, voice)))
    return [Bullets(tuple(found))] if found else []


def _number(fact: Fact, voice: Voice) -> Run:
    return voice.fact(fact, voice.language.grouped(int(fact.value or 0)))


def _definition(name: str, study: ProcessStudy, voice: Voice) -> Text:
    """A definition; those with a threshold name it."""
    if name == "presence":
        return voice.say(
            "process_checks.definition.presence",
            share=_constant("presence.share", SCARCE_SHARE, voice, share=True),
            count=_constant("presence.count", float(LEAST), voice),
        )
    return voice.say(f"process_checks.definition.{name}")


def _constant(key: str, value: float, voice: Voice, *, share: bool = False) -> Run:
    """A constant of the method as a fact."""
    fact = Fact(f"{PLACE}.{key}", value, "share" if share else "", Assumed("docs/methods.md", "valueviz", "method"))
    return voice.fact(fact, voice.language.percent(value, 0) if share else voice.language.number(value, 0))
