"""What the command line calls metrics and their values: names and units of the page, keys only in JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from valueviz.language import Language

if TYPE_CHECKING:
    from valueviz.catalog import Mapping
    from valueviz.store import Client
    from valueviz.terms import Metric


class Named:
    """The metrics a client and a mapping know, by key, in one language."""

    def __init__(self, client: Client, mapping: Mapping, language: Language) -> None:
        """Those of the client's industry, of its earlier mappings and of this one."""
        from valueviz.catalog import pack_or_general

        pack = pack_or_general(client.engagement().industry)
        known = (*pack.metrics, *client.inline_metrics(), *mapping.metrics)
        self.language = language
        self.metrics: dict[str, Metric] = {metric.key: metric for metric in known}

    def name(self, key: str) -> str:
        """The name of a metric; its key where nobody defines it."""
        found = self.metrics.get(key)
        return self.language.names(found.name) if found is not None else key

    def names(self, keys: Iterable[str]) -> str:
        """A list of metrics."""
        return self.language.list_([self.name(key) for key in keys])

    def amount(self, value: float, key: str, *, known: frozenset[float] = frozenset()) -> str:
        """A value with the unit of its metric: exact where a cell holds it, else to four significant digits."""
        from valueviz.intake.written import converted

        found = self.metrics.get(key)
        return self.language.exact(value, found.unit if found else "", converted=converted(value, known))

    def mapping(self, mapping: Mapping) -> str:
        """A mapping on one line: each part and its columns."""
        from valueviz.intake.log_proposal import LOG_PARTS

        words = self.language.words
        single = ("date", "year", "end", "metric", "value", "volume", "instrument", "definition_version")
        pairs = [(words(f"cli.import.part.{part}"), getattr(mapping, part)) for part in single]
        pairs += [(self.name(key), column) for column, key in mapping.wide_metrics]
        pairs += [(words(f"cli.import.part.{part}"), getattr(mapping, part)) for part in LOG_PARTS]
        pairs += [(activity, column) for column, activity in mapping.activities]
        pairs += [(words("cli.import.part.dimension"), column) for column in mapping.dimensions]
        if mapping.periods:
            pairs.append((words("cli.import.part.date"), f"{mapping.periods[0]} … {mapping.periods[-1]}"))
        said = [words("cli.import.mapping_part", part=part, column=column) for part, column in pairs if column]
        return words("cli.import.mapping_between").join(said)
