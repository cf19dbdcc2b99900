"""Report templates: which sections, in which order, under which conditions; they hold no layout."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from valueviz.catalog.definition import SMALL, Table, parse
from valueviz.catalog.nearest import suggestion
from valueviz.catalog.shipped import digest_of, keys_in, read_shipped, shipped
from valueviz.errors import UsageError
from valueviz.terms import Names

Condition = Literal[
    "has_client",
    "has_effects",
    "has_promises",
    "has_contract",
    "has_phases",
    "has_steps",
    "has_cases",
    "has_gaps",
    "has_process",
]
"""What a section may ask for; the words are those of the study, decided where it is composed."""

CONDITIONS: tuple[Condition, ...] = get_args(Condition)

_SECTION = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class SectionEntry:
    """A section by key, shown where all of its conditions hold."""

    key: str
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A report: its title, the question it answers, whether it needs a client, its sections in order."""

    key: str
    title: Names
    question: Names
    needs_client: bool
    sections: tuple[SectionEntry, ...]
    digest: str


def templates() -> tuple[str, ...]:
    """The keys of all templates."""
    return keys_in(shipped("report_templates"))


@cache
def template(name: str) -> Template:
    """The template of a name.

    Args:
        name: its key, one of `templates()`.

    Raises:
        UsageError: `template_unknown` with the nearest name.
    """
    if name not in templates():
        raise UsageError("template_unknown", found=name, nearest=suggestion(name, templates()))
    return read_template(read_shipped(shipped("report_templates", f"{name}.toml")), key=name, file=f"{name}.toml")


def read_template(text: str, *, key: str, file: str) -> Template:
    """The template a file describes; whether its sections exist is asked where they are composed.

    Args:
        text: the content of the file, TOML.
        key: key of the template.
        file: its name, for errors.

    Raises:
        DefinitionError: a key is unknown, missing or wrong, or a section stands twice.
    """
    top = Table(parse(text, file=file, limit=SMALL), file=file, keys=("title", "question", "needs_client", "section"))
    sections = tuple(_section(entry) for entry in top.tables("section", keys=("key", "when")))
    if not sections:
        raise top.refuse("key_missing", "section")
    top.unique("section", tuple(section.key for section in sections))
    return Template(
        key=key,
        title=top.names("title"),
        question=top.names("question"),
        needs_client=top.flag("needs_client"),
        sections=sections,
        digest=digest_of(text),
    )


def _section(entry: Table) -> SectionEntry:
    words = entry.text_or_texts("when") if "when" in entry.values else ()
    return SectionEntry(
        key=entry.word("key", _SECTION, needed="summary"),
        when=tuple(_condition(entry, word) for word in words),
    )


def _condition(entry: Table, word: str) -> Condition:
    for condition in CONDITIONS:
        if condition == word:
            return condition
    raise entry.refuse("key_not_one_of", "when", found=word, nearest=suggestion(word, CONDITIONS))
