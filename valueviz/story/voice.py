"""The voice of one document: sentences of a language with facts, quotations and dates set into them.

The only way from a number to text: a fact's run is made here, from the quantity formats of `language`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from valueviz.language import Language, Placeholder
from valueviz.language.message import split
from valueviz.story.blocks import Run, Text
from valueviz.terms import Fact, Names


def plain(text: Text) -> str:
    """The words of a text without their kinds."""
    return "".join(run.text for run in text)


@dataclass(frozen=True, slots=True)
class Voice:
    """Words for one document in one language."""

    language: Language

    def say(self, key: str, **fields: Text | Run | str) -> Text:
        """The sentence `key`, its placeholders replaced by texts, runs or plain words of the language."""
        return self._filled(self.language.parts(key), fields)

    def fill(self, names: Names, **fields: Run) -> Text:
        """A sentence of a definition file, its placeholders replaced by facts."""
        text = self.language.names(names)
        return self._filled(split(text, chinese=self.language.locale == "zh_CN"), fields)

    def _filled(self, parts: Sequence[str | Placeholder], fields: Mapping[str, Text | Run | str]) -> Text:
        runs: list[Run] = []
        for part in parts:
            if not isinstance(part, Placeholder):
                runs.append(Run(part))
                continue
            value = fields[part.name]
            if isinstance(value, str):
                runs.append(Run(value))
            elif isinstance(value, Run):
                runs.append(value)
            else:
                runs.extend(value)
        return self.join(runs)

    def word(self, key: str, **fields: str) -> str:
        """The words of `key` as plain text."""
        return self.language.words(key, **fields)

    def words(self, text: str, *, strong: bool = False) -> Text:
        """Words of the product as prose."""
        return (Run(self.language.typeset(text), strong=strong),)

    def quote(self, text: str, *, strong: bool = False) -> Run:
        """User text: names of clients, steps, metrics, files."""
        return Run(self.language.typeset(text), kind="quotation", strong=strong)

    def name(self, names: Names, *, strong: bool = False) -> Run:
        """A name from a definition file in this language."""
        return self.quote(self.language.names(names), strong=strong)

    def date(self, day: date) -> Run:
        """A day, as furniture."""
        return Run(self.language.date(day), kind="furniture")

    def fact(self, fact: Fact, text: str, *, strong: bool = False) -> Run:
        """A number that is stated, as one unbreakable run."""
        return Run(text, kind="fact", fact=fact, strong=strong)

    def strong(self, text: Text) -> Text:
        """The same text in bold."""
        return tuple(replace(run, strong=True) for run in text)

    def join(self, runs: Iterable[Run]) -> Text:
        """Runs put together: prose typeset, thin spaces where kinds meet, neighbours of a kind merged."""
        joined: list[Run] = []
        for run in runs:
            if not run.text:
                continue
            typeset = replace(run, text=self.language.typeset(run.text)) if run.kind == "prose" else run
            gap = self.language.gap(joined[-1].text, typeset.text) if joined else ""
            if gap:
                typeset = self._spaced(joined, typeset, gap=gap)
            last = joined[-1] if joined else None
            if last is not None and (last.kind, last.strong) == ("prose", typeset.strong) == (
                typeset.kind,
                last.strong,
            ):
                joined[-1] = replace(last, text=last.text + typeset.text)
            else:
                joined.append(typeset)
        return tuple(joined)

    def _spaced(self, joined: list[Run], run: Run, *, gap: str) -> Run:
        """Put the thin space on the side that is not a fact, or between two of them."""
        if run.kind != "fact":
            return replace(run, text=gap + run.text)
        if joined[-1].kind != "fact":
            joined[-1] = replace(joined[-1], text=joined[-1].text + gap)
        else:
            joined.append(Run(gap))
        return run
