"""An event log in the words of the import page: what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from valueviz.story.log_note import SHOWN_ACTIVITIES, named_first
from valueviz.ui.desk import Desk

if TYPE_CHECKING:
    from valueviz.intake.log_import import LogTaken


def facts(here: Desk, log: LogTaken) -> dict[str, str]:
    """What a log holds, by the key of its label: cases and events, activities, days, attributes, names of people."""
    say, speaking = here.speaking.words, here.speaking
    named = [
        say("ui.import.log.activity", activity=name, count=speaking.grouped(count)) for name, count in log.activities
    ]
    found = {
        "log": say("ui.import.log.counts", cases=speaking.grouped(log.cases), events=speaking.grouped(log.events)),
        "activities": named_first(named, len(named), speaking, most=SHOWN_ACTIVITIES),
    }
    if log.first and log.last:
        first, last = speaking.date(log.first.date()), speaking.date(log.last.date())
        found["span"] = say("ui.import.log.span", first=first, last=last)
    if log.attributes:
        found["attributes"] = speaking.list_(log.attributes)
    return found | ({"people": say("ui.import.log.pseudonyms")} if log.pseudonyms else {})
