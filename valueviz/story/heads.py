"""The heads of sections and tables from the keys of their messages, and what metrics are called in them."""

from __future__ import annotations

from typing import Literal

from valueviz.story.blocks import Align, Block, Column, Section, Text
from valueviz.story.voice import Voice
from valueviz.study import Study

Head = tuple[str, Align, float]


def columns(voice: Voice, prefix: str, heads: tuple[Head, ...]) -> tuple[Column, ...]:
    """A column for each head: its message under `prefix`, its alignment, its relative width."""
    return tuple(Column(voice.say(f"{prefix}.{key}"), align, width) for key, align, width in heads)


def metric_name(study: Study, key: str, voice: Voice) -> str:
    """The name of a metric, measured or not; its key where nobody defines it."""
    metric = study.defined(key)
    return key if metric is None else voice.language.names(metric.name)


def chapter(
    voice: Voice,
    key: str,
    *,
    blocks: tuple[Block, ...],
    title: Text | None = None,
    lead: Text | None = None,
    breaks: Literal["page", "flow"] = "page",
) -> Section:
    """The section `key` with its name, question, title and lead from the messages under that key.

    Args:
        voice: words it.
        key: of the section and of its messages; the number is set when the document is composed.
        blocks: its evidence.
        title: the action title where it holds facts.
        lead: the line below where it holds facts.
        breaks: how it starts on paper.
    """
    return Section(
        key=key,
        number="",
        name=voice.word(f"{key}.name"),
        question=voice.word(f"{key}.question"),
        title=voice.say(f"{key}.title") if title is None else title,
        lead=voice.say(f"{key}.lead") if lead is None else lead,
        blocks=blocks,
        breaks=breaks,
    )
