"""How often a panel's interval holds the truth, and how often its verdict is right; two-way fixed effects beside it.

Run by hand: `python -m tests.bench.panel_calibration [DRAWS [SCENARIO …]]` (default 200). Synthetic, seeded draw by
draw. Roll-outs: units with a level and common periods, errors with standard deviation 1 and autocorrelation, go-lives
between periods 8 and 18 of 24. Two groups: 24 periods before and 12 after. One treated unit: the same, and two common
factors that wander and that every unit follows to its own degree.

*covered*: share of 95 % intervals that hold the mean effect of the cells that count; *bias* and *width* in standard
deviations of the noise; *stated*: improved or worse (where there is no effect: false claims), by the 97 % interval
alone / with the sensitivity too; *refused*: no number, left out of the rest; *fixed effects*: two-way fixed effects
with the jackknife of units and t(units − 1), covered at 95 % / stated at 97 %.

`python -m tests.bench.panel_calibration DRAWS jackknife` prints instead what the corrections of the jackknife do, no
effect: coverage and median width of the plain one with t(units − 1) and of ours.
"""

from __future__ import annotations

import sys
import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

from tests.analysis.panels import Draw, TwoGroups, one_of_many, roll_out, two_groups
from valueviz.analysis.effect import Design, Effect, estimate
from valueviz.analysis.effect.imputation import BoolArray, fitted, jackknife, mean_effect

SEED = 20_260_301
LEVELS = (0.95, 0.97)


@dataclass(frozen=True)
class Scenario:
    """A kind of panel: how it is drawn, what is asked, whether two-way fixed effects are compared."""

    label: str
    kind: Literal["roll_out", "two_groups", "one_of_many"]
    options: dict[str, float]
    method: Literal["auto", "did", "sc", "sdid"] = "auto"


def rows() -> tuple[Scenario, ...]:
    """All scenarios, in the order of the table."""
    kinds: tuple[tuple[str, dict[str, float]], ...] = (
        ("base: 40 units, 8 never treated, AR .5", {}),
        ("effects differ between units, sd .5", {"differ": 0.5}),
        ("effects ramp over 6 periods", {"ramp": 6}),
        ("12 units, 3 never treated", {"units": 12, "never": 3}),
        ("no unit never treated", {"never": 0}),
        ("10 units, none never treated", {"units": 10, "never": 0}),
        ("6 units, 2 never treated, 36 periods", {"units": 6, "never": 2, "periods": 36}),
        ("4 units, none never treated, 36 periods", {"units": 4, "never": 0, "periods": 36}),
        ("2 of 40 never treated", {"never": 2}),
        ("AR .8", {"rho": 0.8}),
        ("10 % of cells missing", {"missing": 0.1}),
    )
    rolled = [
        Scenario(f"{label}; effect {effect}", "roll_out", {**options, "effect": effect})
        for label, options in kinds
        for effect in (-0.8, 0.0)
    ]
    rolled += [
        Scenario("treated drift by −.03 a period; effect 0", "roll_out", {"drift": -0.03, "effect": 0.0}),
        Scenario("each unit its own slope, sd .04; effect 0", "roll_out", {"slopes": 0.04, "effect": 0.0}),
    ]
    groups = [
        Scenario(f"{treated} treated, {others} not, AR .5; effect {effect}", "two_groups", options)
        for treated, others in ((10, 12), (6, 10), (2, 4), (1, 4), (1, 2))
        for effect in (-1.5, 0.0)
        if (options := {"treated": float(treated), "others": float(others), "effect": effect})
    ]
    single = [
        Scenario(f"{method}: {label}; effect {effect}", "one_of_many", {**options, "effect": effect}, method)
        for label, options in (
            ("20 donors", {"donors": 20.0}),
            ("6 donors", {"donors": 6.0}),
            ("20 donors, treated unit twice as noisy", {"donors": 20.0, "noisier": 2.0}),
        )
        for method in (("sdid", "sc", "did") if not options.get("noisier") else ("sdid",))
        for effect in (-3.0, 0.0)
    ]
    return (*rolled, *groups, *single)


def drawn(scenario: Scenario, rng: np.random.Generator) -> Draw:
    """One panel of a scenario with its truth."""
    match scenario.kind:
        case "roll_out":
            return roll_out(rng, **scenario.options)  # type: ignore[arg-type]
        case "two_groups":
            return two_groups(rng, TwoGroups(**scenario.options))  # type: ignore[arg-type]
        case "one_of_many":
            return one_of_many(rng, **scenario.options)  # type: ignore[arg-type]


def fixed_effects(draw: Draw) -> tuple[float, float]:
    """Two-way fixed effects: the coefficient of being treated and its jackknife error."""
    values, treated = draw.values, draw.distance >= 0
    weights = np.isfinite(values).astype(np.float64)

    def coefficient(kept: BoolArray) -> np.ndarray | None:
        found = fitted(values[kept], weights[kept], columns=treated[kept][:, :, None].astype(np.float64))
        return None if found is None else found.coefficients

    found = jackknife(coefficient, len(values))
    if found is None:
        return np.nan, np.nan
    return float(found.whole[0]), float(found.errors()[0])


def tally(scenario: Scenario, *, draws: int) -> None:
    """Print one row."""
    from scipy.special import stdtrit

    off, widths, peer_covered, peer_stated = [], [], 0, 0
    covered = alone = stated = refused = 0
    for number in range(draws):
        rng = np.random.default_rng((SEED, zlib.crc32(scenario.label.encode()), number))
        draw = drawn(scenario, rng)
        found: Effect = estimate(draw.panel, Design(None, scale="identity", method=scenario.method), thorough=False)
        if found.estimate is None or found.low is None or found.high is None or found.claim_interval is None:
            refused += 1
            continue
        off.append(found.estimate - draw.truth)
        widths.append(found.high - found.low)
        covered += found.low <= draw.truth <= found.high
        alone += found.claim_interval.low > 0 or found.claim_interval.high < 0
        stated += found.verdict in ("improved", "worse")
        if scenario.kind == "roll_out":
            theta, error = fixed_effects(draw)
            wide, claim = (float(stdtrit(len(draw.values) - 1, (1 + level) / 2)) * error for level in LEVELS)
            peer_covered += abs(theta - draw.truth) <= wide
            peer_stated += abs(theta) > claim
    told = draws - refused
    peer = f"{peer_covered / told:.3f} / {peer_stated / told:.2f}" if scenario.kind == "roll_out" else "–"
    print(
        f"| {scenario.label} | {covered / told:.3f} | {np.mean(off):+.2f} | {np.median(widths):.2f} "
        f"| {alone / told:.3f} / {stated / told:.3f} | {refused / draws:.3f} | {peer} |",
        flush=True,
    )


def corrections(*, draws: int) -> None:
    """Print the second table: the plain jackknife beside ours, without an effect."""
    from scipy.special import stdtrit

    print("| never treated of units | plain jackknife: covered, width | ours: covered, width | errors of one kind |")
    print("| --- | --- | --- | --- |")
    for never, units, periods in (
        (10, 40, 24),
        (0, 40, 24),
        (4, 40, 24),
        (2, 40, 24),
        (2, 12, 24),
        (0, 10, 24),
        (2, 6, 36),
        (0, 4, 36),
    ):
        wide = float(stdtrit(units - 1, 0.975)) * ((units - 1) / units) ** 0.5
        plain: list[tuple[bool, float]] = []
        ours: list[tuple[bool, float]] = []
        common = 0
        for number in range(draws):
            rng = np.random.default_rng((SEED, units, never, number))
            draw = roll_out(rng, effect=0.0, units=units, never=never, periods=periods)
            untreated = (draw.distance < 0).astype(np.float64)
            found = mean_effect(draw.values, untreated, shares=1 - untreated, ordinals=np.arange(float(periods)))
            if found is None:
                continue
            away = found.without[np.isfinite(found.without)] - found.estimate
            for kept, half in ((plain, wide * float(np.sqrt(away @ away))), (ours, found.straying.half(0.95))):
                kept.append((abs(found.estimate) <= half, 2 * half))
            common += found.common
        cells = [
            f"{np.mean([row[0] for row in each]):.3f}, {np.median([row[1] for row in each]):.2f}"
            for each in (plain, ours)
        ]
        print(
            f"| {never} of {units}, {periods} periods | {cells[0]} | {cells[1]} | {common / len(ours):.2f} |",
            flush=True,
        )


def main() -> None:
    """Print the table."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    asked = sys.argv[2:]
    if asked == ["jackknife"]:
        corrections(draws=draws)
        return
    print("| panel | covered | bias | width | stated: interval alone / verdict | refused | fixed effects |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for scenario in rows():
        if not asked or any(word in scenario.label for word in asked):
            tally(scenario, draws=draws)


if __name__ == "__main__":
    main()
