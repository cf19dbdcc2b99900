"""The process map: how cases run before and after on one layout, what is new, what is gone, what is faster or slower."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from valueviz.language import measure
from valueviz.story.blocks import ProcessMap, Section, Text
from valueviz.story.heads import chapter
from valueviz.story.process.fitting import fitted
from valueviz.story.process.naming import shared_head, without_head
from valueviz.story.process.source import process_source
from valueviz.story.process.space import POINT, Surroundings
from valueviz.story.process.subject import Subject, counted_as, listed
from valueviz.story.voice import Voice, plain
from valueviz.study.process import ProcessStudy

PLACE = "process_map"

LONGEST = 52.0
"""Ems of the names of steps that came or went in the line under the title; more are not named there."""


def process_map(study: ProcessStudy, voice: Voice) -> tuple[Section, ...]:
    """The map with the finding as its title; nothing where there is nothing to draw."""
    block = map_block(study, voice)
    if block is None:
        return ()
    subject = Subject.of(study)
    found = chapter(
        voice, PLACE, title=map_title(study, subject, voice), lead=_lead(study, subject, voice), blocks=(block,)
    )
    return (replace(found, orientation=block.page),)


def map_block(study: ProcessStudy, voice: Voice, *, place: str = PLACE) -> ProcessMap | None:
    """The map of a study; None where it draws no step."""
    subject = Subject.of(study)
    if not subject.activities:
        return None
    latin = is_latin(subject, voice)
    around = Surroundings(
        map_title(study, subject, voice),
        _lead(study, subject, voice),
        reading(study, subject, voice, place=place, unlabelled=1, head=shared_head(list(subject.activities))),
    )
    laid = fitted(subject, voice, place=place, around=around, latin=latin)
    one = len(subject.periods) == 1
    title = voice.say(
        f"{PLACE}.figure{'_one' if one else '_hand' if study.kind == 'hand' else ''}", process=voice.quote(study.name)
    )
    return ProcessMap(
        key=place,
        title=title,
        alt=alternative(title, subject, voice),
        width=laid.width,
        height=laid.height,
        panels=laid.panels,
        legend=laid.legend,
        lanes=(),
        source=reading(study, subject, voice, place=place, unlabelled=laid.unlabelled, head=laid.head),
        least=POINT[latin],
        page=laid.page,
    )


def is_latin(subject: Subject, voice: Voice) -> bool:
    """Whether every word of the map is written in Latin letters, which may be smaller on paper."""
    return voice.language.locale != "zh_CN" and all(name.isascii() for name in subject.activities)


# Words ───────────────────────────────────────────────────────────────────────


def map_title(study: ProcessStudy, subject: Subject, voice: Voice) -> Text:
    """What became of the steps, and how many ways are faster or slower beyond wandering."""
    if len(subject.periods) == 1:
        return voice.say(
            f"{PLACE}.title_one",
            activities=counted_as(voice, study, f"{PLACE}.title.activities", len(subject.activities), "step"),
            transitions=counted_as(voice, study, f"{PLACE}.title.transitions", len(subject.walked), "transition"),
            flow=subject.flow(voice, f"{PLACE}.title.flow"),
        )
    steps = _steps(study, subject, voice)
    if study.kind == "hand":
        return voice.say(f"{PLACE}.title_hand", steps=steps)
    return voice.say(f"{PLACE}.title", steps=steps, edges=_edges(study, subject, voice))


def _steps(study: ProcessStudy, subject: Subject, voice: Voice) -> Text:
    counts = {"added": len(subject.added), "removed": len(subject.removed)}
    told = {
        what: counted_as(voice, study, f"{PLACE}.title.{what}", count, "step")
        for what, count in counts.items()
        if count
    }
    return voice.say(f"{PLACE}.steps.{_which(told, 'none')}", **told)


def _edges(study: ProcessStudy, subject: Subject, voice: Voice) -> Text:
    counts = {colour: sum(edge.colour == colour for edge in subject.walked) for colour in ("faster", "slower")}
    told = {
        what: counted_as(voice, study, f"{PLACE}.title.{what}", count, "transition")
        for what, count in counts.items()
        if count
    }
    return voice.say(f"{PLACE}.edges.{_which(told, 'none')}", **told)


def _which(told: dict[str, Text], none: str) -> str:
    return "both" if len(told) > 1 else next(iter(told), none)


def _lead(study: ProcessStudy, subject: Subject, voice: Voice) -> Text:
    """The steps that came and went by name, as long as they are few."""
    if len(subject.periods) == 1:
        return voice.say(f"{PLACE}.lead_one")
    head = shared_head(list(subject.activities))
    groups = (("added", subject.added), ("removed", subject.removed))
    bare = {what: [without_head(name, head) for name in names] for what, names in groups if names}
    if measure("".join(name for names in bare.values() for name in names), 1.0) > LONGEST:
        return voice.say(f"{PLACE}.lead")
    named = {what: listed(voice, names) for what, names in bare.items()}
    return voice.say(f"{PLACE}.lead_{_which(named, '')}" if named else f"{PLACE}.lead", **named)


def reading(study: ProcessStudy, subject: Subject, voice: Voice, *, place: str, unlabelled: int, head: str) -> Text:
    """How the map is read, how much it shows, what has no room, and where it comes from."""
    if study.kind == "hand":
        said = voice.say(f"{PLACE}.reading_hand")
    else:
        said = voice.say(f"{PLACE}.reading", flow=subject.flow(voice, f"{place}.flow"))
    parts: list[Text] = [said]
    left_out = study.drawn.left_out if study.drawn else 0
    for what, count in (("left_out", left_out), ("unlabelled", unlabelled)):
        if count:
            parts.append(voice.say(f"{PLACE}.{what}", count=counted_as(voice, study, f"{place}.{what}", count, "")))
    if head:
        parts.append(voice.say(f"{PLACE}.head", head=voice.quote(head)))
    parts.append(process_source(study, voice, place=place))
    return sentences(voice, parts)


def sentences(voice: Voice, parts: Sequence[Text]) -> Text:
    """Sentences one after the other, as the language spaces them."""
    between = voice.words("" if voice.language.locale == "zh_CN" else " ")
    found: Text = ()
    for number, part in enumerate(parts):
        found = (*found, *(between if number else ()), *part)
    return voice.join(found)


def alternative(title: Text, subject: Subject, voice: Voice) -> str:
    """The map in words: the busiest way of each period, from step to step."""
    panels = [
        voice.word(
            f"{PLACE}.alt_panel",
            name=voice.word(f"{PLACE}.panel.{subject.panel_key(period)}"),
            path=" → ".join(subject.path(period)),
        )
        for period in subject.periods
    ]
    return voice.word(f"{PLACE}.alt", title=plain(title), panels=" ".join(panels))
