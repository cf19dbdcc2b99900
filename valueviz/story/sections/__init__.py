"""The sections a template may name: one function each, from a study and a voice to worded sections."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from valueviz.story.blocks import Section
from valueviz.story.voice import Voice
from valueviz.study import Study

Writer = Callable[[Study, Voice], tuple[Section, ...]]

MODULES = (
    "attribution",
    "disclosure",
    "education",
    "evidence",
    "limits",
    "method",
    "process",
    "quality",
    "record",
    "scorecard",
    "shortfall",
    "summary",
    "trend",
)
"""The modules of this package, imported late: they register what they write."""

SECTIONS: dict[str, Writer] = {}
"""Filled once, when the modules of this package are imported by `registered`."""


def section(key: str) -> Callable[[Writer], Writer]:
    """Register a function as the writer of the section `key`."""

    def register(writer: Writer) -> Writer:
        SECTIONS[key] = writer
        return writer

    return register


def registered() -> dict[str, Writer]:
    """All writers by the key templates use."""
    for name in MODULES:
        import_module(f"valueviz.story.sections.{name}")
    return SECTIONS
