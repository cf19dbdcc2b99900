"""The cover of a report about processes: whose, and the finding about the first of them."""

from __future__ import annotations

from valueviz.catalog import Template
from valueviz.story.blocks import Cover
from valueviz.story.process.summary import headline
from valueviz.story.voice import Voice
from valueviz.study import Study


def process_cover(study: Study, template: Template, voice: Voice) -> Cover:
    """The cover; of a log that belongs to no client it names the log."""
    engagement, first = study.engagement, study.processes[0]
    synthetic = first.synthetic or (engagement is not None and engagement.synthetic)
    status = "cover.status.synthetic" if synthetic else "cover.status.draft"
    system = voice.say("cover.subtitle", system=voice.quote(engagement.system)) if engagement else ()
    return Cover(
        kind=voice.language.names(template.title),
        client=(voice.name(engagement.name) if engagement else voice.quote(first.name),),
        subtitle=system or voice.say(f"process.cover.subtitle{'' if first.before else '_one'}"),
        status=voice.word(status),
        answer=headline(first, voice, place="cover"),
        cards=(),
        meta=(),
        code="",
    )
