"""The columns of a table from the keys of their heads."""

from __future__ import annotations

from valueviz.story.blocks import Align, Column
from valueviz.story.voice import Voice

Head = tuple[str, Align, float]


def columns(voice: Voice, prefix: str, heads: tuple[Head, ...]) -> tuple[Column, ...]:
    """A column for each head: its message under `prefix`, its alignment, its relative width."""
    return tuple(Column(voice.say(f"{prefix}.{key}"), align, width) for key, align, width in heads)
