"""A starter flow of an industry in the education guide: what a comparison looks like, on figures about nobody."""

from __future__ import annotations

from dataclasses import replace

from valueviz.story.blocks import Block, Callout, Prose, Section
from valueviz.story.heads import chapter
from valueviz.story.process.by_hand import steps_table
from valueviz.story.process.ladder import ladder
from valueviz.story.process.map import map_block
from valueviz.story.voice import Voice
from valueviz.study import Study
from valueviz.study.by_hand import starter_study

PLACE = "starter"


def starter(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The first starter flow of the industry as map, ladder and table; nothing where there is none."""
    flow = next(iter(study.pack.flows), None)
    if flow is None:
        return ()
    drawn = starter_study(flow, locale=voice.language.locale)
    blocks: list[Block] = [
        Callout(voice.say("starter.callout_title"), voice.say("starter.callout"), "info"),
        steps_table(drawn, voice, place=PLACE),
    ]
    pictured = map_block(drawn, voice, place=f"{PLACE}.map")
    rungs = ladder(drawn, voice)
    blocks += [pictured] if pictured is not None else []
    blocks += [replace(rungs, key=f"{PLACE}.ladder")] if rungs is not None else []
    blocks.append(Prose(voice.say("starter.so_what"), style="so_what"))
    found = chapter(
        voice, PLACE, lead=voice.say("starter.lead", flow=voice.name(flow.name)), blocks=tuple(blocks), breaks="flow"
    )
    return (found if pictured is None else replace(found, orientation=pictured.page),)
