"""The line under a figure of a process: where it comes from, and that its times are elapsed ones."""

from __future__ import annotations

from valueviz.story.blocks import Text
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Fact, Illustration


def process_source(study: ProcessStudy, voice: Voice, *, place: str) -> Text:
    """Source file, cases and events, last day, elapsed time; of a process typed by hand who stated it."""
    if isinstance(study.lineage, Illustration):
        return voice.say("process.source.illustration", process=voice.quote(study.name))
    if study.summary is None or study.summary.last is None:
        return voice.say("process.source.hand", process=voice.quote(study.name))
    counts = {}
    for what, number in (("cases", study.overall.cases), ("events", study.overall.events)):
        fact = Fact(f"{place}.source.{what}", float(number), "count", study.lineage)
        counts[what] = voice.fact(fact, voice.language.grouped(number))
    return voice.say(
        "process.source.log",
        file=voice.quote(study.name),
        as_of=voice.date(study.summary.last.date()),
        **counts,
    )
