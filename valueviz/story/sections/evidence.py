"""How good the evidence is: what holds each grade down, and what would raise it."""

from __future__ import annotations

from valueviz.story import outcomes
from valueviz.story.blocks import Block, Callout, Cell, Prose, Row, Run, Section, Table, Text
from valueviz.story.figures import counted
from valueviz.story.heads import Head, chapter, columns
from valueviz.story.sections import section
from valueviz.story.source import source_line
from valueviz.story.voice import Voice
from valueviz.study import Outcome, Study
from valueviz.study.evidence import raise_key
from valueviz.terms import GRADES

PLACE = "evidence"


@section("evidence")
def evidence(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The grades with what decides them, metrics alike in one row; then what was withdrawn."""
    graded = tuple(outcome for outcome in outcomes.judged(study) if outcome.evidence.parts)
    if not graded:
        return ()
    blocks: list[Block] = [_table(study, graded, voice)]
    gone = [outcome for outcome in study.outcomes if outcome.withdrawn]
    if gone:
        blocks.append(Callout(voice.say("evidence.withdrawn.title"), _withdrawn(gone, voice)))
    blocks.append(Prose(voice.say("evidence.so_what"), style="so_what"))
    return (chapter(voice, "evidence", title=_title(graded, voice), blocks=tuple(blocks)),)


def answer(study: Study, voice: Voice) -> Text:
    """How many of the stated changes rest on evidence that carries a headline, as the answer of a cover."""
    graded = tuple(outcome for outcome in outcomes.judged(study) if outcome.evidence.parts)
    return _title(graded, voice, place="cover")


def _title(graded: tuple[Outcome, ...], voice: Voice, *, place: str = f"{PLACE}.title") -> Text:
    """How many stated changes have a grade that carries a headline, and how many of them the best."""
    stated = [each for each in graded if each.effect.verdict in ("improved", "worse")]
    groups = {
        "firm": [each for each in stated if (each.grade or "E") in outcomes.HEADLINE_GRADES],
        "best": [each for each in stated if each.grade == "A"],
        "total": stated,
    }
    counts = {
        what: counted(voice, place=place, what=what, count=len(members), outcomes=graded)
        for what, members in groups.items()
    }
    if not groups["firm"]:
        return voice.say("evidence.title_none")
    if not groups["best"]:
        return voice.say("evidence.title_no_best", firm=counts["firm"], total=counts["total"])
    return voice.say("evidence.title", **counts)


def _table(study: Study, graded: tuple[Outcome, ...], voice: Voice) -> Table:
    heads: tuple[Head, ...] = (
        ("grade", "center", 0.7),
        ("metrics", "left", 3.0),
        ("held", "left", 3.4),
        ("raise", "left", 3.6),
    )
    return Table(
        PLACE,
        voice.say("evidence.table"),
        columns(voice, "evidence.column", heads),
        tuple(_row(members, voice) for members in _alike(graded)),
        source_line(study, voice, place=PLACE, outcomes=graded),
    )


def _alike(graded: tuple[Outcome, ...]) -> list[tuple[Outcome, ...]]:
    """The metrics whose grade is held down by the same things, best grade first."""
    groups: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in sorted(graded, key=lambda each: GRADES.index(each.grade or "E")):
        codes = (outcome.grade or "E", *(part.code for part in outcome.evidence.weakest), *outcome.evidence.raises)
        groups.setdefault(codes, []).append(outcome)
    return [tuple(members) for members in groups.values()]


def _row(members: tuple[Outcome, ...], voice: Voice) -> Row:
    first = members[0]
    names = voice.language.list_([voice.language.names(outcome.metric.name) for outcome in members])
    held = [voice.say(f"evidence.part.{part.code}") for part in first.evidence.weakest]
    raised = [voice.say(raise_key(code)) for code in first.evidence.raises]
    return Row(
        (
            Cell(grade=first.grade),
            Cell((voice.quote(names),)),
            Cell(_sentences(held, voice) or voice.say("evidence.nothing")),
            Cell(_sentences(raised, voice) or voice.words("–")),
        )
    )


def _sentences(said: list[Text], voice: Voice) -> Text:
    space = () if voice.language.locale == "zh_CN" else voice.words(" ")
    return voice.join([run for text in said for run in (*space, *text)][len(space) :])


def _withdrawn(gone: list[Outcome], voice: Voice) -> Text:
    """The withdrawn periods by metric."""
    parts = []
    for outcome in gone:
        periods = [voice.language.period(at, outcome.series.grain) for at in outcome.withdrawn]
        listed = Run(voice.language.typeset(voice.language.list_(periods)), kind="furniture")
        parts.append(voice.say("evidence.withdrawn.text", metric=voice.name(outcome.metric.name), periods=listed))
    return _sentences([*parts, voice.say("evidence.withdrawn.rule")], voice)
