"""What the command line says of an event log that is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.intake.intake import ImportResult


def lines(result: ImportResult, language: Language) -> list[str]:
    """What a log holds: its cases, activities, attributes, and under which names people stand in it."""
    from valueviz.story.log_note import SHOWN_ACTIVITIES, named_first

    log = result.log
    if log is None:
        return []
    words, grouped = language.words, language.grouped
    told = {"cases": grouped(log.cases), "events": grouped(log.events), "activities": grouped(len(log.activities))}
    days = {key: language.date(at.date()) if at else "" for key, at in (("first", log.first), ("last", log.last))}
    names = [name for name, _ in log.activities]
    named = named_first(names, len(names), language, most=SHOWN_ACTIVITIES)
    found = [words("cli.import.log", **told, **days), words("cli.import.log_activities", activities=named)]
    if log.attributes:
        found.append(words("cli.import.log_attributes", attributes=language.list_(log.attributes)))
    return [*found, words("cli.import.log_pseudonyms")] if log.pseudonyms else found


def beside(result: ImportResult, language: Language) -> list[str]:
    """What an import does to logs that are already there, with the first cases, where its JSON names only the codes."""
    texts = [note(code, result, language) for code in result.log.warnings()] if result.log is not None else []
    return [language.words("cli.import.warning", text=text) for text in texts if text is not None]


def note(code: str, result: ImportResult, language: Language) -> str | None:
    """The words for a warning about a log; None where the code says nothing of logs."""
    from valueviz.story.log_note import log_note

    return None if result.log is None else log_note(code, result.log, language)
