"""The synthetic distributor: a client as most are, with a stopwatch, an Excel sheet and an old contract.

Five months before the go-live of a CRM and nine after it: weekly samples of three tasks, monthly figures of four
more, no event log. Dates come from thin/engagement.toml, so that they are written down once. The firm does not exist.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from datasets.series import Frame, Noise, Planted

FOLDER = Path(__file__).parent / "thin"
"""Definition files written by hand (engagement, mappings, README) and the shipped default output."""

WRITTEN_BY_HAND = ("README.md", "demo.toml", "engagement.toml", "monthly.toml", "stopwatch.toml")
"""Files that do not depend on a seed: the generator copies them beside what it makes."""

SEED = 20251201
"""The shipped files are made with this seed: the day of the go-live."""

START, END = date(2025, 7, 1), date(2026, 8, 31)
"""Fourteen months; five of them, 21 whole weeks, lie before the go-live of 1 December 2025."""

SITE = "总部"
"""The only place there is."""

HOLIDAYS = (("", date(2025, 9, 29)), ("", date(2026, 2, 16)))
"""Weeks without anybody to time: the days before National Day, and Spring Festival."""

STOPWATCH = (
    Planted(
        key="order_entry_time",
        grain="week",
        levels=(14.2,),
        noise=Noise(common=0.03, own=0.0),
        digits=3,
        steps=(("cutover", -0.44),),
        dip=(0.22, 0.10),
        gaps=HOLIDAYS,
        instruments=("time_study", "time_study"),
        inline=True,
    ),
    Planted(
        key="quotation_time",
        grain="week",
        levels=(38.0,),
        noise=Noise(common=0.03, own=0.0),
        digits=3,
        gaps=HOLIDAYS,
        instruments=("time_study", "time_study"),
        expected="not_provable_yet",
        inline=True,
    ),
    Planted(
        key="customer_lookup_time",
        grain="week",
        levels=(96.0,),
        noise=Noise(common=0.04, own=0.0),
        digits=3,
        steps=(("cutover", -0.62),),
        dip=(0.15,),
        gaps=HOLIDAYS,
        instruments=("time_study", "time_study"),
        inline=True,
    ),
)
"""Timed at the desk, some orders a week."""

MONTHLY = (
    Planted(
        key="complaints",
        grain="month",
        levels=(23.0,),
        noise=Noise(common=0.12, own=0.0),
        digits=0,
        steps=(("cutover", -0.20),),
        expected="refused",
        inline=True,
    ),
    Planted(
        key="overdue_receivables_rate",
        grain="month",
        kind="add",
        levels=(12.3,),
        noise=Noise(common=0.7, own=0.0),
        steps=(("cutover", -1.6),),
        expected="refused",
        inline=True,
    ),
    Planted(
        key="sales_reporting_hours",
        grain="month",
        levels=(64.0,),
        noise=Noise(common=0.05, own=0.0),
        digits=1,
        steps=(("cutover", -0.50),),
        expected="refused",
        inline=True,
    ),
    Planted(
        key="overdue_amount",
        grain="month",
        levels=(3_460_000.0,),
        noise=Noise(common=0.05, own=0.0),
        digits=-2,
        steps=(("cutover", -0.12),),
        expected="refused",
        inline=True,
    ),
)
"""What the sales assistant enters into a sheet at the end of the month."""

METRICS = (*STOPWATCH, *MONTHLY)


@cache
def frame() -> Frame:
    """The dates and steps of the engagement, read from its engagement file."""
    engagement = tomllib.loads((FOLDER / "engagement.toml").read_text(encoding="utf-8"))
    return Frame(
        sites=(SITE,),
        start=START,
        end=END,
        go_live=engagement["go_live"],
        transition=engagement["transition_periods"],
        steps=tuple((step["key"], step["date"]) for step in engagement["step"]),
    )
