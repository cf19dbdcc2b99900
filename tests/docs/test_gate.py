"""The table of findings in the methods page says what the code does: codes, consequences, repairs, thresholds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import section
from valueviz.analysis.effect.verdict import MAX_MISSING, MAX_MISSING_GAP, MIN_AFTER, MIN_BEFORE
from valueviz.analysis.quality import RULES, comparison, coverage, outlier, stretch, unit
from valueviz.engine import profile

PAGE = Path(__file__).resolve().parents[2] / "docs" / "methods.md"

STATED: dict[str, tuple[str, ...]] = {
    "too_few_before": (f"{MIN_BEFORE} usable",),
    "too_few_after": (f"than {MIN_AFTER} after",),
    "missing": (f"{MAX_MISSING:.0%}",),
    "missing_differs": (f"{100 * MAX_MISSING_GAP:.0f} points",),
    "unit_changed": (f"10 to 10{'⁰¹²³⁴⁵'[unit.LARGEST]}-fold",),
    "unit_slip": (
        f"{unit.FAR:g} robust",
        f"{unit.NEAREST} (noisy series: {unit.LOOSEST})",
        f"{unit.MOST:.0%}",
    ),
    "constant_stretch": (f"{stretch.SHORTEST} equal", f"{stretch.CHANCE}"),
    "baseline_old": (f"{coverage.OLD_DAYS} days",),
    "units_mostly_left_out": (f"{comparison.MOSTLY:.0%}",),
    "volume_changed": (f"{comparison.VOLUME_FACTOR} times", f"{comparison.VOLUME_ERRORS:g} robust"),
    "gaps": (f"{MAX_MISSING:.0%}",),
    "baseline_short": (f"{coverage.YEAR_DAYS} days",),
    "late": (f"{coverage.LATE_DAYS} days", f"{coverage.LATE_PERIODS} whole"),
    "partial_last": (f"{coverage.PARTIAL_SHARE:.0%}",),
    "outliers": (
        f"{outlier.FAR} (short series: more, by {outlier.FEW:g} / n)",
        f"{outlier.NEIGHBOURS} neighbours",
        f"{outlier.MOST:.0%}",
        "{day} days, {week} weeks or {month} months".format(**outlier.DIPS),
    ),
    "row_unit_slips": (f"{profile.SLIPS:.0%}", f"{profile.LEAST_ROWS} rows", f"{profile.WAY:g}-fold"),
    "row_outliers": (f"{profile.FAR:g} (few rows: more, by {profile.FEW:g} / n)", f"{profile.STRAYS:.0%}"),
}
"""What a row must say, made from the constants."""


@pytest.fixture(scope="module")
def rows() -> dict[str, tuple[str, ...]]:
    cells = re.findall(
        r"^\| `([a-z_]+)` \| (.+) \| (.+) \| `(.+)` \|$", section(PAGE, "What the gate looks at"), re.MULTILINE
    )
    return {code: tuple(rest) for code, *rest in cells}


def test_the_table_holds_every_finding_in_the_order_of_their_weight(rows: dict[str, tuple[str, ...]]) -> None:
    assert list(rows) == list(RULES)


@pytest.mark.parametrize("code", RULES)
def test_a_row_says_what_follows_and_what_repairs_it(code: str, rows: dict[str, tuple[str, ...]]) -> None:
    rule = RULES[code]
    assert rows[code][1:] == (f"caps at {rule.cap}" if rule.cap else rule.consequence, rule.repair)


@pytest.mark.parametrize("code", STATED)
def test_a_row_states_the_thresholds_of_the_code(code: str, rows: dict[str, tuple[str, ...]]) -> None:
    said = rows[code][0].replace(" %", "%")
    assert [threshold for threshold in STATED[code] if threshold not in said] == []


def test_rows_and_series_are_told_apart_by_the_same_distances() -> None:
    assert (profile.NEAREST, profile.LOOSEST, profile.SURE, profile.LARGEST) == (
        unit.NEAREST,
        unit.LOOSEST,
        unit.FAR,
        unit.LARGEST,
    )
