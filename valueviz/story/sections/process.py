"""The sections about processes: each process of a study in turn, chapter by chapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from valueviz.errors import UsageError
from valueviz.story.blocks import Bullets, Callout, Cards, Prose, Section
from valueviz.story.process.by_hand import process_stated
from valueviz.story.process.checking import process_checks
from valueviz.story.process.diagnosis import process_diagnosis
from valueviz.story.process.map import process_map
from valueviz.story.process.roles import process_roles
from valueviz.story.process.summary import process_summary
from valueviz.story.process.time import process_time
from valueviz.story.process.variants import process_variants
from valueviz.story.process.waits import process_waits
from valueviz.story.process.weeks import process_weeks
from valueviz.story.sections import section
from valueviz.story.voice import Voice
from valueviz.study import Study
from valueviz.study.process import ProcessStudy

Chapter = Callable[[ProcessStudy, Voice], Section | tuple[Section, ...] | None]

UNNAMED = (Prose, Bullets, Callout, Cards)
"""Blocks that have no key."""

CHAPTERS: tuple[Chapter, ...] = (
    process_summary,
    process_map,
    process_roles,
    process_time,
    process_stated,
    process_waits,
    process_weeks,
    process_variants,
    process_diagnosis,
    process_checks,
)
"""In the order in which a process is told."""


@section("process")
def process(study: Study, voice: Voice) -> tuple[Section, ...]:
    """Every process of a study, each from its finding to its checks.

    Raises:
        UsageError: `no_process`, where neither a log was imported nor steps were typed.
    """
    if not study.processes:
        raise UsageError("no_process", client=study.question.client or "")
    return tuple(
        _apart(written, number)
        for number, each in enumerate(study.processes, start=1)
        for chapter in CHAPTERS
        for written in _sections(chapter(each, voice))
    )


@section("process_comparison")
def process_comparison(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The first process in a report about more: its finding with the map, and where its time went."""
    if not study.processes:
        return ()
    first = study.processes[0]
    told = (
        process_summary(first, voice, further=False),
        process_map(first, voice),
        process_time(first, voice, curve=False),
    )
    return tuple(written for chapter in told for written in _sections(chapter))


def _sections(written: Section | tuple[Section, ...] | None) -> Iterable[Section]:
    return () if written is None else (written,) if isinstance(written, Section) else written


def _apart(written: Section, number: int) -> Section:
    """A section, and its blocks, with keys no other process has."""
    if number == 1:
        return written
    blocks = tuple(
        each if isinstance(each, UNNAMED) else replace(each, key=f"{each.key}.{number}") for each in written.blocks
    )
    return replace(written, key=f"{written.key}_{number}", blocks=blocks)
