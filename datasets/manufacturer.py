"""The synthetic manufacturer: an ERP deployed by the firm itself, half a year of losses, then a real implementation.

Pure description: levels, courses, noise and planted effects of every metric. Dates of go-live and steps
come from manufacturer/engagement.toml, so that they are written down once. The firm does not exist.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from datasets.series import Frame, Noise, Planted

FOLDER = Path(__file__).parent / "manufacturer"
"""Definition files written by hand (engagement, mappings, README) and the shipped default output."""

WRITTEN_BY_HAND = (
    "README.md",
    "demo.toml",
    "engagement.toml",
    "erp_weekly.toml",
    "facility.toml",
    "finance.toml",
    "loss_events.csv",
    "process.xlsx",
    "quality_register.toml",
    "scale.toml",
)
"""Files that do not depend on a seed: the generator copies them beside what it makes."""

SEED = 20250901
"""The shipped files are made with this seed: the day of the go-live."""

START, END = date(2024, 3, 1), date(2026, 8, 31)
"""Thirty months; eighteen of them lie before the go-live of the implementation."""

STRAINED = (date(2024, 6, 3), date(2024, 11, 30))
"""From the self-deployment's go-live until planning went back to paper: the half-year of the losses."""

SETTLED = date(2024, 12, 2)
"""Planning, delivery and material records before this Monday were thrown away as unusable."""

OUTAGE = ("", date(2025, 4, 28))
"""A server move: no system delivered figures in this week."""

COUNT = ("", date(2026, 6, 29))
"""The half-yearly stocktake: figures of the week were not taken."""

WEEKLY_GAPS = (OUTAGE, COUNT)

WEEKLY = (
    Planted(
        key="purchase_approval_hours",
        grain="week",
        levels=(52.0, 58.0, 47.0),
        noise=Noise(common=0.03, own=0.06),
        trend=-0.01,
        festival=0.30,
        steps=(("cutover", -0.36), ("approval_escalation", -0.26)),
        dip=(0.34, 0.12),
        volumes=(84, 61, 47),
        gaps=(*WEEKLY_GAPS, ("P300", date(2024, 9, 30))),
    ),
    Planted(
        key="scheduling_response_hours",
        grain="week",
        levels=(26.0, 31.0, 24.0),
        noise=Noise(common=0.04, own=0.07),
        festival=0.15,
        steps=(("cutover", -0.26), ("shift_leaders", -0.18)),
        dip=(0.45, 0.20),
        volumes=(84, 61, 47),
        begins=SETTLED,
        gaps=WEEKLY_GAPS,
    ),
    Planted(
        key="goods_receipt_hours",
        grain="week",
        levels=(9.6, 11.2, 8.9),
        noise=Noise(common=0.03, own=0.06, rho=0.25),
        festival=0.25,
        dip=(0.28, 0.10),
        volumes=(84, 61, 47),
        gaps=(*WEEKLY_GAPS, ("P200", date(2025, 10, 6))),
        expected="not_provable_yet",
    ),
    Planted(
        key="order_entry_minutes",
        grain="week",
        levels=(11.4, 12.6, 10.8),
        noise=Noise(common=0.02, own=0.05),
        steps=(("cutover", 0.17),),
        dip=(0.25, 0.12),
        volumes=(84, 61, 47),
        gaps=WEEKLY_GAPS,
        expected="worse",
    ),
    Planted(
        key="order_lead_time_days",
        grain="week",
        levels=(24.5, 27.8, 22.1),
        noise=Noise(common=0.05, own=0.06, rho=0.35, nugget=0.4),
        festival=0.12,
        steps=(("cutover", -0.035),),
        dip=(0.08, 0.04),
        volumes=(84, 61, 47),
        begins=SETTLED,
        gaps=WEEKLY_GAPS,
        expected="not_provable_yet",
    ),
    Planted(
        key="on_time_delivery_rate",
        grain="week",
        kind="add",
        levels=(85.9, 83.7, 87.2),
        noise=Noise(common=0.7, own=1.2),
        festival=-3.0,
        steps=(("cutover", 5.6),),
        dip=(-4.0, -1.5),
        volumes=(84, 61, 47),
        begins=SETTLED,
        gaps=WEEKLY_GAPS,
    ),
    Planted(
        key="shortage_downtime_hours",
        grain="week",
        levels=(14.2, 11.6, 9.3),
        noise=Noise(common=0.08, own=0.16),
        festival=-1.2,
        steps=(("cutover", -0.52),),
        dip=(0.30, 0.15),
        begins=SETTLED,
        gaps=WEEKLY_GAPS,
    ),
    Planted(
        key="document_corrections",
        grain="week",
        levels=(61.0, 48.0, 37.0),
        noise=Noise(common=0.05, own=0.10),
        digits=0,
        festival=-1.0,
        steps=(("cutover", -0.55),),
        dip=(0.50, 0.25),
        begins=SETTLED,
        gaps=WEEKLY_GAPS,
    ),
)
"""The weekly export of the ERP: purchasing, planning, sales, material."""

REGISTER = (
    Planted(
        key="rework_rate",
        grain="week",
        kind="add",
        levels=(4.3, 4.8, 3.9),
        noise=Noise(common=0.10, own=0.25),
        digits=2,
        steps=(("cutover", -0.95),),
        dip=(0.5, 0.2),
        volumes=(310, 240, 190),
        gaps=(OUTAGE,),
    ),
    Planted(
        key="oee",
        grain="week",
        kind="add",
        levels=(63.5, 60.8, 65.2),
        noise=Noise(common=0.9, own=1.1, rho=0.4),
        season=(0.3, 0.0),
        festival=-6.0,
        steps=(("cutover", 0.5),),
        dip=(-2.0, -1.0),
        volumes=(310, 240, 190),
        gaps=(OUTAGE,),
        expected="not_provable_yet",
    ),
    Planted(
        key="first_pass_yield",
        grain="week",
        kind="add",
        levels=(96.4, 95.7, 96.9),
        noise=Noise(common=0.18, own=0.30, rho=0.2),
        digits=2,
        volumes=(310, 240, 190),
        gaps=(OUTAGE, ("P300", date(2026, 4, 6))),
        expected="not_provable_yet",
    ),
    Planted(
        key="changeover_minutes",
        grain="week",
        levels=(43.0, 47.0, 39.0),
        noise=Noise(common=0.02, own=0.05, rho=0.2),
        trend=-0.015,
        volumes=(31, 24, 19),
        gaps=(OUTAGE,),
        expected="not_provable_yet",
    ),
    Planted(
        key="supplier_on_time_rate",
        grain="week",
        kind="add",
        levels=(88.4, 87.1, 89.6),
        noise=Noise(common=0.5, own=1.0, rho=0.2),
        festival=-9.0,
        volumes=(84, 61, 47),
        gaps=(OUTAGE, ("P100", date(2024, 8, 12))),
        expected="not_provable_yet",
    ),
    Planted(
        key="material_code_accuracy",
        grain="month",
        kind="add",
        levels=(87.6, 86.1, 88.8),
        noise=Noise(common=0.45, own=0.7, rho=0.25, nugget=0.5),
        digits=2,
        steps=(("cutover", 7.4),),
        dip=(-2.0, -0.8),
        strain=-0.4,
        volumes=(400, 400, 400),
    ),
    Planted(
        key="batch_trace_minutes",
        grain="month",
        levels=(92.0, 104.0, 85.0),
        noise=Noise(common=0.04, own=0.06, rho=0.25, nugget=0.5),
        steps=(("cutover", -0.9),),
        volumes=(24, 20, 18),
        instruments=("time_study", "system_log"),
        expected="not_comparable",
    ),
    Planted(
        key="engineering_change_days",
        grain="month",
        levels=(13.5, 15.2, 12.4),
        noise=Noise(common=0.05, own=0.10, rho=0.25, nugget=0.5),
        steps=(("cutover", -0.3),),
        volumes=(19, 14, 11),
        begins=date(2025, 1, 1),
        expected="refused",
    ),
)
"""The quality department's register of figures: one row per site, figure and period."""

FINANCE = (
    Planted(
        key="month_close_days",
        grain="month",
        levels=(9.8, 10.4, 9.1),
        noise=Noise(common=0.18, own=0.30, rho=0.25, nugget=0.5),
        kind="add",
        season=(0.5, 0.15),
        festival=3.0,
        steps=(("cutover", -2.1), ("voucher_templates", -1.3)),
        dip=(1.6, 0.7),
        strain=0.2,
    ),
    Planted(
        key="inventory_turnover_days",
        grain="month",
        kind="add",
        levels=(63.0, 70.5, 58.2),
        noise=Noise(common=0.8, own=1.3, rho=0.25, nugget=0.5),
        season=(2.5, 0.6),
        peak_month=2.0,
        festival=6.0,
        steps=(("cutover", -7.5),),
        dip=(2.5, 1.0),
    ),
    Planted(
        key="voucher_automation_rate",
        grain="month",
        kind="add",
        levels=(37.5, 34.2, 40.1),
        noise=Noise(common=0.9, own=1.3, rho=0.25, nugget=0.5),
        steps=(("cutover", 22.0), ("voucher_templates", 15.0)),
        dip=(-12.0, -5.0),
        volumes=(2600, 1900, 1450),
        steady=True,
    ),
    Planted(
        key="invoice_match_rate",
        grain="month",
        kind="add",
        levels=(71.8, 69.4, 74.3),
        noise=Noise(common=0.8, own=1.2, rho=0.25, nugget=0.5),
        steps=(("cutover", 12.5),),
        dip=(-4.0, -1.5),
        volumes=(760, 540, 430),
        steady=True,
    ),
    Planted(
        key="inventory_variance_rate",
        grain="month",
        kind="add",
        levels=(3.3, 3.8, 3.0),
        noise=Noise(common=0.09, own=0.16, rho=0.25, nugget=0.5),
        digits=2,
        steps=(("cutover", -1.35),),
        dip=(0.5, 0.2),
        strain=0.10,
        volumes=(4200, 3600, 2900),
        steady=True,
    ),
    Planted(
        key="report_preparation_hours",
        grain="month",
        levels=(118.0, 96.0, 84.0),
        noise=Noise(common=0.03, own=0.05, rho=0.25, nugget=0.5),
        steps=(("cutover", -0.42),),
        dip=(0.25, 0.10),
    ),
    Planted(
        key="emergency_purchase_rate",
        grain="month",
        kind="add",
        levels=(9.2, 10.6, 8.7),
        noise=Noise(common=0.30, own=0.50, rho=0.25, nugget=0.5),
        digits=2,
        season=(0.3, 0.0),
        steps=(("cutover", -3.4),),
        dip=(1.2, 0.5),
        strain=0.25,
        volumes=(360, 260, 210),
        steady=True,
    ),
)
"""Finance's yearly workbook: months across, one row per figure and site."""

FACILITY = (
    Planted(
        key="canteen_cost_per_meal",
        grain="month",
        levels=(14.2, 13.8, 14.9),
        noise=Noise(common=0.012, own=0.020, rho=0.25, nugget=0.5),
        digits=2,
        trend=0.02,
        expected="not_provable_yet",
        control=True,
        inline=True,
    ),
    Planted(
        key="office_electricity_kwh",
        grain="month",
        levels=(21400.0, 16800.0, 14300.0),
        noise=Noise(common=0.02, own=0.04, rho=0.25, nugget=0.5),
        digits=0,
        season=(0.10, 0.12),
        peak_month=7.5,
        festival=-0.6,
        expected="not_provable_yet",
        control=True,
        inline=True,
    ),
)
"""The facility office's figures, which no ERP can have touched: the negative controls."""

METRICS = (*WEEKLY, *REGISTER, *FINANCE, *FACILITY)


@cache
def frame() -> Frame:
    """The sites, dates and steps of the engagement, read from its engagement file."""
    engagement = tomllib.loads((FOLDER / "engagement.toml").read_text(encoding="utf-8"))
    return Frame(
        sites=tuple(site["key"] for site in engagement["site"]),
        start=START,
        end=END,
        go_live=engagement["go_live"],
        transition=engagement["transition_periods"],
        steps=tuple((step["key"], step["date"]) for step in engagement["step"]),
        strained=STRAINED,
    )
