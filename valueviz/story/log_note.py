"""What is to be known about an event log and what its import does to others, as sentences without markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from valueviz.intake.log_import import LogTaken
from valueviz.language import Language

SHOWN_ACTIVITIES = 8
"""Activities that are named, the most frequent ones."""

SHOWN_CASES = 5
"""Cases that are named."""


def log_note(code: str, log: LogTaken, language: Language) -> str | None:
    """The sentence of a warning about a log; None where the code says nothing of logs."""
    beside: dict[str, tuple[int, tuple[str, ...]]] = {
        "log_cases_replaced": (log.replaced, ()),
        "log_events_fewer": (log.shortened_count, log.shortened),
        "log_cases_missing": (log.missing_count, log.missing),
        "log_orphans": (log.orphan_count, log.orphans),
    }
    if code in beside:
        count, cases = beside[code]
        named = {"cases": named_first(cases, count, language, most=SHOWN_CASES)} if cases else {}
        return language.words(f"cli.import.note.{code}", count=language.grouped(count), **named)
    fields = next((fields for known, fields in log.notes if known == code), None)
    if fields is None:
        return None
    return language.words(f"process.note.{code}", **{key: _told(value, language) for key, value in fields})


def named_first(names: Sequence[str], count: int, language: Language, *, most: int) -> str:
    """The first names of a list, and how many there are besides."""
    rest = count - min(most, len(names))
    more = [language.words("cli.import.log_more", count=language.grouped(rest))] if rest > 0 else []
    return language.list_([*names[:most], *more])


def _told(value: Any, language: Language) -> str:
    """A field of a note: a count grouped, anything else as it is."""
    return language.grouped(value) if isinstance(value, int) else str(value)
