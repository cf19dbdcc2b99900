"""The synthetic drug maker: a traceability and electronic batch record system rolled out under GMP in two plants.

Pure description: levels, courses, noise and planted effects of every metric. Dates of go-live and steps
come from pharma/engagement.toml, so that they are written down once. The firm does not exist.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path

from datasets.series import Frame, Noise, Planted

FOLDER = Path(__file__).parent / "pharma"
"""Definition files written by hand (engagement, mappings, README) and the shipped default output."""

WRITTEN_BY_HAND = ("README.md", "demo.toml", "engagement.toml", "quality_kpi.toml")
"""Files that do not depend on a seed: the generator copies them beside what it makes."""

SEED = 20250903
"""The shipped files are made with this seed."""

START, END = date(2024, 7, 1), date(2026, 10, 31)
"""Twenty-eight months: fourteen before the go-live of 1 September 2025 and fourteen from it on."""

WEST_GAP = (("W200", date(2025, 3, 10)), ("W200", date(2025, 3, 17)))
"""Two weeks in which the west plant's server did not deliver its weekly report."""

FESTIVAL = (("", date(2026, 2, 16)),)
"""The week of Spring Festival 2026, in which nothing was released."""

WEEKLY = (
    Planted(
        key="batch_release_days",
        grain="week",
        levels=(9.6, 11.4),
        noise=Noise(common=0.035, own=0.06),
        festival=0.22,
        steps=(("cutover", -0.34), ("review_by_exception", -0.20)),
        dip=(0.28, 0.10),
        volumes=(21, 16),
        gaps=(*WEST_GAP, *FESTIVAL),
    ),
    Planted(
        key="batch_record_review_hours",
        grain="week",
        levels=(46.0, 53.0),
        noise=Noise(common=0.03, own=0.06),
        digits=2,
        festival=0.15,
        steps=(("cutover", -0.44), ("review_by_exception", -0.34)),
        dip=(0.25, 0.10),
        volumes=(21, 16),
        gaps=(*WEST_GAP, *FESTIVAL),
    ),
    Planted(
        key="right_first_time_rate",
        grain="week",
        kind="add",
        levels=(71.5, 67.8),
        noise=Noise(common=0.9, own=1.8),
        steps=(("cutover", 8.5), ("reviewers", 5.0)),
        dip=(-6.0, -2.5),
        volumes=(21, 16),
        gaps=(*WEST_GAP, *FESTIVAL),
    ),
    Planted(
        key="serialisation_success_rate",
        grain="week",
        kind="add",
        levels=(97.4, 96.9),
        noise=Noise(common=0.15, own=0.28, rho=0.2),
        digits=2,
        dip=(-0.9, -0.4),
        volumes=(21, 16),
        gaps=(*WEST_GAP, *FESTIVAL),
        expected="not_provable_yet",
    ),
    Planted(
        key="trace_upload_timely_rate",
        grain="week",
        kind="add",
        levels=(83.6, 81.2),
        noise=Noise(common=0.8, own=1.3),
        steps=(("cutover", 8.4),),
        dip=(-3.0, -1.0),
        volumes=(21, 16),
        gaps=(*WEST_GAP, *FESTIVAL),
    ),
)
"""The weekly report of the batch system: release, record review, coding, uploads."""

LABORATORY = (
    Planted(
        key="lab_cycle_days",
        grain="week",
        levels=(7.9, 8.6),
        noise=Noise(common=0.03, own=0.05),
        digits=2,
        festival=0.20,
        steps=(("cutover", -0.16),),
        volumes=(34, 27),
        definitions=("V1", "V2"),
        expected="not_comparable",
    ),
    Planted(
        key="trace_drill_minutes",
        grain="month",
        levels=(212.0, 246.0),
        noise=Noise(common=0.05, own=0.08, rho=0.2, nugget=0.5),
        digits=1,
        steps=(("cutover", -0.85),),
        dip=(0.20, 0.05),
        volumes=(3, 3),
        steady=True,
        instruments=("time_study", "time_study"),
    ),
    Planted(
        key="return_handling_days",
        grain="month",
        levels=(18.5, 21.0),
        noise=Noise(common=0.06, own=0.10, rho=0.2, nugget=0.5),
        steps=(("cutover", -0.25),),
        volumes=(14, 11),
        steady=True,
        instruments=("export", "system_log"),
        expected="not_comparable",
    ),
)
"""The laboratory system's export, with the drills and returns its quality module keeps."""

WORKBOOK = (
    Planted(
        key="electronic_record_rate",
        grain="month",
        kind="add",
        levels=(41.0, 36.5),
        noise=Noise(common=0.8, own=1.3, rho=0.25, nugget=0.5),
        steps=(("cutover", 38.0), ("granulation", 15.5)),
        dip=(-18.0, -7.0),
        volumes=(8600, 6400),
        steady=True,
    ),
    Planted(
        key="batch_rework_rate",
        grain="month",
        kind="add",
        levels=(2.6, 3.1),
        noise=Noise(common=0.14, own=0.22, rho=0.2, nugget=0.5),
        digits=2,
        volumes=(92, 70),
        steady=True,
        expected="not_provable_yet",
    ),
    Planted(
        key="expiry_loss_rate",
        grain="month",
        kind="add",
        levels=(1.42, 1.65),
        noise=Noise(common=0.05, own=0.08, rho=0.2, nugget=0.5),
        digits=2,
        steps=(("cutover", -0.44),),
        dip=(0.10, 0.05),
        volumes=(5200, 3900),
        steady=True,
    ),
    Planted(
        key="audit_preparation_hours",
        grain="month",
        levels=(164.0, 121.0),
        noise=Noise(common=0.05, own=0.08, rho=0.2, nugget=0.5),
        steps=(("cutover", -0.55),),
        dip=(0.22, 0.10),
    ),
    Planted(
        key="warehouse_power_cost",
        grain="month",
        levels=(186000.0, 142000.0),
        noise=Noise(common=0.02, own=0.03, rho=0.2, nugget=0.5),
        digits=0,
        expected="not_provable_yet",
        control=True,
        inline=True,
    ),
)
"""The quality department's workbook; the power bill of the warehouses is the negative control."""

QUALITY = (
    Planted(
        key="deviations_per_hundred_batches",
        grain="month",
        levels=(14.5, 17.2),
        noise=Noise(common=0.05, own=0.08, rho=0.2, nugget=0.5),
        digits=1,
        steps=(("cutover", 0.34),),
        volumes=(92, 70),
        steady=True,
        expected="worse",
    ),
    Planted(
        key="deviation_close_days",
        grain="month",
        levels=(31.0, 34.5),
        noise=Noise(common=0.04, own=0.07, rho=0.2, nugget=0.5),
        steps=(("cutover", -0.34),),
        dip=(0.15, 0.08),
        volumes=(13, 12),
        steady=True,
    ),
    Planted(
        key="capa_overdue_rate",
        grain="month",
        kind="add",
        levels=(27.5, 31.2),
        noise=Noise(common=1.2, own=1.9, rho=0.2, nugget=0.5),
        steps=(("cutover", -13.0),),
        dip=(3.0, 1.0),
        volumes=(42, 35),
        steady=True,
    ),
    Planted(
        key="data_integrity_findings",
        grain="month",
        levels=(7.4, 6.2),
        noise=Noise(common=0.10, own=0.20, rho=0.1, nugget=0.6),
        digits=0,
        steps=(("cutover", -0.06),),
        expected="not_provable_yet",
    ),
)
"""The quality system's list, which it offers as a spreadsheet and sends as a web page."""

ACROSS = (
    Planted(
        key="training_on_time_rate",
        grain="month",
        kind="add",
        levels=(94.2, 92.9),
        noise=Noise(common=0.7, own=1.0, rho=0.2, nugget=0.5),
        steps=(("cutover", -6.5),),
        dip=(-4.0, -2.0),
        volumes=(240, 190),
        steady=True,
        expected="worse",
    ),
    Planted(
        key="change_control_days",
        grain="month",
        levels=(47.0, 52.0),
        noise=Noise(common=0.05, own=0.08, rho=0.2, nugget=0.5),
        volumes=(16, 12),
        steady=True,
        expected="not_provable_yet",
    ),
)
"""The training office's sheet, months across."""

METRICS = (*WEEKLY, *LABORATORY, *WORKBOOK, *QUALITY, *ACROSS)


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
    )
