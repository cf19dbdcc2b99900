"""The synthetic retail chain: layered authority and mobile approval, rolled out over forty stores in five waves.

Pure description: levels, courses, noise and planted effects of every metric. Stores, their go-live days and
the steps come from retail/engagement.toml, so that they are written down once. The firm does not exist.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from datasets.series import Frame, Noise, Planted

FOLDER = Path(__file__).parent / "retail"
"""Definition files written by hand (engagement, mappings, README) and the shipped default output."""

WRITTEN_BY_HAND = ("README.md", "demo.toml", "electricity.toml", "engagement.toml")
"""Files that do not depend on a seed: the generator copies them beside what it makes."""

SEED = 20250903
"""The shipped files are made with this seed."""

START, END = date(2024, 7, 1), date(2026, 10, 31)
"""Twenty-eight months: fourteen before the first wave, nearly eight after the last."""

STORES = 40
"""So many stores, S001 to S040, ten in each of four regions."""

REGIONS = ("华东", "华南", "华中", "西南")
"""Regions in the order of the store numbers."""

TIMED = ("S004", "S017", "S031")
"""Stores in which a stopwatch was carried one day a week."""

RENOVATED = (("S012", date(2025, 2, 3)), ("S012", date(2025, 2, 10)))
"""Weeks in which a store was closed for building work."""

NEW_YEAR = (("", date(2026, 2, 16)),)
"""The week of Spring Festival 2026: stores open by emergency roster, nothing was reported."""


def region_of(store: str) -> str:
    """The region of a store.

    >>> region_of("S011")
    '华南'
    """
    return REGIONS[(int(store[1:]) - 1) // (STORES // len(REGIONS))]


def spread(middle: float, share: float) -> tuple[float, ...]:
    """Levels of the stores around a middle: evenly spread by ± `share`, in an order that mixes the waves."""
    return tuple(
        round(middle * (1 + share * (2 * ((place * 17) % STORES) / (STORES - 1) - 1)), 2) for place in range(STORES)
    )


REQUESTS = spread(34.0, 0.4)
"""Requests a store makes in a week."""

ORDERS = spread(420.0, 0.5)
"""Online orders and receipts checked in a store in a week."""

APPROVALS = (
    Planted(
        key="store_approval_hours",
        grain="week",
        levels=spread(31.0, 0.25),
        noise=Noise(common=0.03, own=0.16),
        festival=0.25,
        steps=(("cutover", -0.58), ("authority_revision", -0.22)),
        dip=(0.30, 0.12),
        volumes=REQUESTS,
        gaps=(*RENOVATED, *NEW_YEAR),
    ),
    Planted(
        key="mobile_approval_rate",
        grain="week",
        kind="add",
        levels=spread(9.0, 0.2),
        noise=Noise(common=0.5, own=1.1),
        steps=(("cutover", 61.0),),
        dip=(-25.0, -9.0),
        volumes=REQUESTS,
        gaps=(*RENOVATED, *NEW_YEAR),
    ),
    Planted(
        key="approval_first_pass_rate",
        grain="week",
        kind="add",
        levels=spread(76.0, 0.06),
        noise=Noise(common=0.6, own=3.5),
        steps=(("cutover", 6.5),),
        dip=(-4.0, -1.5),
        volumes=REQUESTS,
        gaps=(*RENOVATED, *NEW_YEAR),
    ),
    Planted(
        key="overdue_approval_rate",
        grain="week",
        kind="add",
        levels=spread(24.0, 0.2),
        noise=Noise(common=0.6, own=1.4),
        festival=6.0,
        steps=(("cutover", -13.0),),
        dip=(5.0, 2.0),
        volumes=REQUESTS,
        gaps=(*RENOVATED, *NEW_YEAR),
    ),
    Planted(
        key="unauthorised_discount_rate",
        grain="week",
        kind="add",
        levels=spread(6.8, 0.2),
        noise=Noise(common=0.2, own=0.6),
        digits=2,
        steps=(("cutover", -2.4),),
        dip=(0.8, 0.3),
        volumes=REQUESTS,
        gaps=(*RENOVATED, *NEW_YEAR),
    ),
)
"""The approval system's weekly report."""

OPERATIONS = (
    Planted(
        key="stockout_rate",
        grain="week",
        kind="add",
        levels=spread(6.4, 0.25),
        noise=Noise(common=0.18, own=0.8),
        digits=2,
        season=(0.25, 0.0),
        festival=0.8,
        steps=(("replenishment_rules", -1.6),),
        volumes=ORDERS,
        gaps=(*RENOVATED, *NEW_YEAR),
    ),
    Planted(
        key="replenishment_hours",
        grain="week",
        levels=spread(39.0, 0.2),
        noise=Noise(common=0.04, own=0.12),
        festival=0.2,
        volumes=ORDERS,
        gaps=(*RENOVATED, *NEW_YEAR),
        expected="not_provable_yet",
    ),
    Planted(
        key="transfer_days",
        grain="week",
        levels=spread(4.2, 0.15),
        noise=Noise(common=0.03, own=0.14),
        digits=2,
        festival=0.3,
        steps=(("cutover", -0.21),),
        dip=(0.12, 0.05),
        volumes=ORDERS,
        gaps=(*RENOVATED, *NEW_YEAR),
    ),
    Planted(
        key="price_change_hours",
        grain="week",
        levels=spread(19.0, 0.25),
        noise=Noise(common=0.05, own=0.15),
        steps=(("cutover", -0.75),),
        dip=(0.2, 0.1),
        volumes=ORDERS,
        gaps=(*RENOVATED, *NEW_YEAR),
    ),
    Planted(
        key="daily_close_minutes",
        grain="week",
        levels=spread(47.0, 0.2),
        noise=Noise(common=0.02, own=0.09),
        festival=0.1,
        steps=(("cutover", -0.24),),
        dip=(0.25, 0.1),
        volumes=ORDERS,
        gaps=(*RENOVATED, *NEW_YEAR),
    ),
    Planted(
        key="online_order_minutes",
        grain="week",
        levels=spread(26.0, 0.2),
        noise=Noise(common=0.025, own=0.1),
        season=(0.02, 0.0),
        steps=(("cutover", 0.24),),
        dip=(0.15, 0.08),
        volumes=ORDERS,
        gaps=(*RENOVATED, *NEW_YEAR),
        expected="worse",
    ),
    Planted(
        key="refund_hours",
        grain="week",
        levels=spread(28.0, 0.2),
        noise=Noise(common=0.04, own=0.15),
        festival=0.35,
        volumes=ORDERS,
        gaps=(*RENOVATED, *NEW_YEAR),
        expected="not_provable_yet",
    ),
    Planted(
        key="cash_difference_amount",
        grain="week",
        levels=spread(310.0, 0.3),
        noise=Noise(common=0.06, own=0.3),
        digits=0,
        festival=0.2,
        steps=(("cutover", -0.34),),
        gaps=NEW_YEAR,
    ),
)
"""The stores' weekly operating figures, in the file the till system calls .xls."""

ACROSS = (
    Planted(
        key="shrinkage_rate",
        grain="month",
        kind="add",
        levels=spread(1.9, 0.2),
        noise=Noise(common=0.06, own=0.25, rho=0.2, nugget=0.5),
        digits=2,
        season=(0.05, 0.0),
        peak_month=7.0,
        expected="not_provable_yet",
    ),
    Planted(
        key="inventory_turnover_days",
        grain="month",
        kind="add",
        levels=spread(52.0, 0.15),
        noise=Noise(common=0.6, own=3.0, rho=0.2, nugget=0.5),
        season=(2.0, 0.4),
        festival=5.0,
        steps=(("cutover", -6.0),),
        dip=(1.5, 0.5),
    ),
)
"""The merchandise department's workbook: months across, a row per figure and store."""

COUNTS = (
    Planted(
        key="stock_count_difference_rate",
        grain="month",
        kind="add",
        levels=spread(2.6, 0.15),
        noise=Noise(common=0.08, own=0.2, rho=0.2, nugget=0.5),
        digits=2,
        steps=(("cutover", -1.1),),
        volumes=spread(900.0, 0.3),
        steady=True,
        instruments=("sample", "export"),
        expected="not_comparable",
    ),
)
"""The counting teams' list: samples before a store's go-live, full counts from it on."""

CHECKS = (
    Planted(
        key="promotion_error_rate",
        grain="month",
        kind="add",
        levels=spread(11.0, 0.2),
        noise=Noise(common=0.35, own=0.9, rho=0.2, nugget=0.5),
        steps=(("cutover", -4.2),),
        dip=(1.0, 0.5),
        volumes=spread(60.0, 0.2),
        steady=True,
        instruments=("sample", "sample"),
    ),
)
"""Random checks of promotions: grade D at best."""

HOURS = (
    Planted(
        key="store_admin_hours",
        grain="week",
        levels=(16.5, 19.0, 14.8),
        noise=Noise(common=0.05, own=0.1),
        steps=(("cutover", -0.36),),
        dip=(0.15, 0.05),
        volumes=(1, 1, 1),
        steady=True,
        begins=date(2025, 3, 3),
        gaps=NEW_YEAR,
        instruments=("time_study", "time_study"),
    ),
)
"""The stopwatch in three stores, from half a year before the first wave on."""

ELECTRICITY = (
    Planted(
        key="store_electricity_kwh",
        grain="month",
        levels=spread(5200.0, 0.3),
        noise=Noise(common=0.02, own=0.06, rho=0.25, nugget=0.5),
        digits=0,
        season=(0.09, 0.11),
        peak_month=7.5,
        expected="not_provable_yet",
        control=True,
        inline=True,
    ),
)
"""What no approval can have touched: the negative control."""

METRICS = (*APPROVALS, *OPERATIONS, *ACROSS, *COUNTS, *CHECKS, *ELECTRICITY)
"""All that is measured in every store; the stopwatch's figures have a frame of their own."""


@cache
def frame() -> Frame:
    """The stores, dates and steps of the engagement, read from its engagement file."""
    engagement = tomllib.loads((FOLDER / "engagement.toml").read_text(encoding="utf-8"))
    return Frame(
        sites=tuple(site["key"] for site in engagement["site"]),
        start=START,
        end=END,
        go_live=engagement["go_live"],
        transition=engagement["transition_periods"],
        steps=tuple((step["key"], step["date"]) for step in engagement["step"]),
        go_lives=tuple((site["key"], site["go_live"]) for site in engagement["site"]),
    )


def timed_frame() -> Frame:
    """The same frame for the stores in which a stopwatch was carried."""
    return replace(frame(), sites=TIMED)
