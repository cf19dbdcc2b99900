"""A workspace in a notebook: its clients, their metrics, series and the facts of their reports as data frames."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from valueviz import story, study
from valueviz.face.wording import tongue, worded
from valueviz.language import resolve_locale
from valueviz.store import Client as StoredClient
from valueviz.store import Workspace as StoredWorkspace
from valueviz.terms import period_start


@worded
def open(workspace: str | Path = "workspace") -> Workspace:  # noqa: A001 - as gzip.open and others have it
    """The workspace in a folder.

    Args:
        workspace: the folder.

    Raises:
        ValueError: there is none, or it is of a newer format.
    """
    return Workspace(StoredWorkspace.open(Path(workspace)))


@dataclass(frozen=True, slots=True, repr=False)
class Workspace:
    """The clients of a workspace."""

    stored: StoredWorkspace

    def __repr__(self) -> str:
        """Where it is and who is in it."""
        keys = ", ".join(info.key for info in self.stored.clients())
        return f"valueviz.open({str(self.stored.path)!r}): {keys}"

    def clients(self) -> pd.DataFrame:
        """One row a client: key, name, system, industry, go-live, imports."""
        rows = []
        for info in self.stored.clients():
            if info.removed:
                continue
            client = self.stored.client(info.key)
            engagement = client.engagement()
            rows.append(
                (info.key, info.name, engagement.system, engagement.industry, engagement.go_live, len(client.imports()))
            )
        return pd.DataFrame(rows, columns=["client", "name", "system", "industry", "go_live", "imports"])

    @worded
    def client(self, key: str) -> Client:
        """A client by its key; ValueError with the nearest one where it is unknown."""
        return Client(self.stored, self.stored.client(key))


@dataclass(frozen=True, slots=True, repr=False)
class Client:
    """What is known about one client."""

    workspace: StoredWorkspace
    stored: StoredClient

    def __repr__(self) -> str:
        """Key, name and what was imported."""
        return (
            f"{self.stored.key}: {tongue().names(self.stored.engagement().name)}, {len(self.stored.imports())} imports"
        )

    def _study(self) -> study.Study:
        return study.run(self.workspace, study.ask(self.stored))

    @worded
    def metrics(self) -> pd.DataFrame:
        """One row a metric: name, unit, means before and after, effect with interval, verdict, grade."""
        spoken = tongue()
        rows = [
            {
                "metric": outcome.metric.key,
                "name": spoken.names(outcome.metric.name),
                "unit": outcome.metric.unit,
                "better": outcome.metric.better,
                "before": outcome.before,
                "after": outcome.after,
                "estimate": outcome.effect.estimate,
                "low": outcome.effect.low,
                "high": outcome.effect.high,
                "verdict": outcome.effect.verdict,
                "reason": outcome.effect.reason,
                "grade": outcome.grade,
            }
            for outcome in self._study().outcomes
        ]
        return pd.DataFrame(rows)

    @worded
    def series(self, metric: str | None = None) -> pd.DataFrame:
        """One row a metric and period: metric, period, value; of one metric or of all."""
        rows = [
            (outcome.metric.key, period_start(ordinal, outcome.series.grain), value)
            for outcome in self._study().outcomes
            if metric in (None, outcome.metric.key)
            for ordinal, value in zip(outcome.series.ordinals, outcome.series.values, strict=True)
        ]
        return pd.DataFrame(rows, columns=["metric", "period", "value"])

    @worded
    def facts(self, template: str = "renewal", *, lang: str | None = None) -> pd.DataFrame:
        """One row a fact of a report, in document order: section, key, text, value, unit, interval, grade, verdict."""
        locale = resolve_locale(lang, dict(os.environ))
        document = story.compose(self._study(), story.view(template, locale=locale))
        rows = [
            (
                section,
                fact.key,
                text,
                fact.value,
                fact.unit,
                fact.interval.low if fact.interval else None,
                fact.interval.high if fact.interval else None,
                fact.grade,
                fact.verdict,
            )
            for section, fact, text in story.facts(document)
        ]
        names = ["section", "key", "text", "value", "unit", "low", "high", "grade", "verdict"]
        return pd.DataFrame(rows, columns=names)
