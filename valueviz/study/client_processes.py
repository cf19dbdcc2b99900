"""The processes of one client: from the event logs that count, then those typed by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from valueviz.analysis.process.log import Cut
from valueviz.store import Client
from valueviz.study.by_hand import hand_studies
from valueviz.study.process import Asked, ProcessStudy, of_log
from valueviz.terms import Engagement, Measured, Question, Window

COUNTRY = {"CNY": "CN"}
"""Whose public holidays count, by the currency of an engagement."""

TIME_LIMIT = "process_time_limit"
"""Key of the assumption that holds the agreed limit of the lead time."""

SECONDS = {"hour": 3600.0, "day": 86400.0}

QUERY = "event_log"
"""What the numbers of a log are the answer to."""


def processes_of(client: Client, question: Question, *, bounds: Window | None) -> tuple[ProcessStudy, ...]:
    """The study of the client's log under the filters of a question, then those of its processes typed by hand.

    Args:
        client: whose.
        question: its sites, attributes and variant choose the cases.
        bounds: the days in which cases may begin.

    Raises:
        UsageError: `unknown_attribute`.
    """
    return (*_from_log(client, question, bounds=bounds), *hand_studies(client))


def _from_log(client: Client, question: Question, *, bounds: Window | None) -> tuple[ProcessStudy, ...]:
    kept = client.log_snapshots()
    if not kept:
        return ()
    engagement = client.engagement()
    cut = log_cut(engagement, question, bounds=bounds)
    files = tuple(dict.fromkeys(record.file for _, record in kept))
    lineage = Measured(QUERY, tuple(path.stem for path, _ in kept), sum(record.accepted for _, record in kept))
    asked = Asked(
        transition=engagement.transition_periods,
        currency=engagement.currency,
        country=COUNTRY.get(engagement.currency),
        sla=time_limit(engagement),
        target=_target(client),
    )

    def answered(database: Path) -> ProcessStudy:
        return of_log(
            database, cut, name=" + ".join(files), lineage=lineage, asked=asked, synthetic=engagement.synthetic
        )

    found = client.ask_process(answered)
    return () if found is None else (found,)


def time_limit(engagement: Engagement) -> float | None:
    """The agreed limit of the lead time in seconds: the assumption `process_time_limit`, in hours or days."""
    agreed = next((each for each in engagement.assumptions if each.key == TIME_LIMIT), None)
    return None if agreed is None or agreed.unit not in SECONDS else agreed.value * SECONDS[agreed.unit]


def _target(client: Client) -> tuple[str, ...]:
    """The agreed path: the steps of the first process typed by hand as it shall be."""
    steps = [step for step in client.hand_steps() if step.state == "to_be"]
    return tuple(step.name for step in steps if step.process == steps[0].process)


def log_cut(engagement: Engagement, question: Question, *, bounds: Window | None) -> Cut:
    """The cut of a client's log: its go-live, site by site where these differ, and the cases a question chooses."""
    own = tuple((site.key, site.go_live) for site in engagement.sites if isinstance(site.go_live, date))
    live = tuple(site.key for site in engagement.sites if engagement.went_live(site.key) is not None)
    some_never = len(live) < len(engagement.sites)
    return Cut(
        go_live=engagement.go_live,
        go_lives=tuple(each for each in own if each[1] != engagement.go_live),
        window=bounds,
        sites=question.sites or (live if some_never else ()),
        attributes=question.attributes,
        variant=question.variant,
    )
