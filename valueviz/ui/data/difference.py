"""What a new version of an engagement changes, field by field, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from valueviz.terms import Engagement, Names
from valueviz.ui.desk import Desk

KEYED = ("sites", "phases", "steps", "promises", "assumptions", "events", "rivals")
"""Lists whose entries are told apart by a key or a name."""


def differences(here: Desk, before: Engagement, after: Engagement) -> tuple[tuple[str, str, str], ...]:
    """Field, old text, new text of everything that differs; an empty text where there was or is nothing."""
    was, now = dict(_flat(here, before)), dict(_flat(here, after))
    keys = dict.fromkeys((*was, *now))
    return tuple((key, was.get(key, ""), now.get(key, "")) for key in keys if was.get(key, "") != now.get(key, ""))


def _flat(here: Desk, engagement: Engagement) -> Iterator[tuple[str, str]]:
    for each in fields(engagement):
        value = getattr(engagement, each.name)
        field = here.speaking.words(f"ui.engagement.field.{each.name}")
        if each.name in KEYED:
            for entry in value:
                name, rest = _entry(here, entry)
                yield f"{field}: {name}", rest
        elif value not in (None, ()):
            yield field, _text(here, value)


def _entry(here: Desk, entry: Any) -> tuple[str, str]:
    """An entry of a list: what it is called, and what is said of it."""
    values = {each.name: getattr(entry, each.name) for each in fields(entry)}
    called = next(key for key in ("name", "metric", "key") if key in values)
    name = _text(here, values.pop(called))
    rest = [_text(here, value) for key, value in values.items() if value is not None and key != "key"]
    return name, here.speaking.words("ui.import.separator").join(rest) or here.speaking.words("ui.engagement.given")


def _text(here: Desk, value: Any) -> str:
    between = here.speaking.words("ui.import.separator")
    match value:
        case Names():
            said = between.join(dict.fromkeys(text for _, text in value.texts))
        case bool():
            said = here.speaking.words(f"ui.engagement.{'yes' if value else 'no'}")
        case date():
            said = here.speaking.date(value)
        case int() | float():
            said = here.speaking.exact(value, "")
        case tuple():
            said = here.speaking.list_([_text(here, each) for each in value])
        case _ if is_dataclass(value):
            inner = [getattr(value, each.name) for each in fields(value)]
            said = between.join(_text(here, each) for each in inner if each is not None)
        case _:
            said = _word(here, str(value))
    return said


def _word(here: Desk, code: str) -> str:
    """The word for a code of a list, where it is one."""
    for table in ("phase", "by", "mode", "assumption_status", "rival_state", "ui.engagement.target"):
        if code in here.speaking.keys(table):
            return here.speaking.words(f"{table}.{code}")
    return code
