# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = ["diff-diff==3.13.0", "pandas>=2.2", "numpy>=2"]
# ///
"""Another implementation of the panel estimators on the same data; what it says is kept in diff_diff.json.

Run by hand, in an environment of its own: `uv run --script tests/oracles/diff_diff.py PROP99_CSV DATE`. It needs
prop99_wide.csv (years × states) and writes the recorded results beside itself; tests compare ours with them.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path

# as a script this file would otherwise be found in place of the library of the same name
here = Path(__file__).resolve().parent
sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != here]

import pandas as pd  # noqa: E402
from diff_diff import DifferenceInDifferences, ImputationDiD, SyntheticDiD  # noqa: E402

sys.path.append(str(here))
import staggered  # noqa: E402


def prop99(path: Path) -> pd.DataFrame:
    """One row a state and year."""
    wide = pd.read_csv(path)
    long = wide.melt(id_vars="Year", var_name="state", value_name="packs")
    long["treated"] = (long["state"] == "California").astype(int)
    long["after"] = (long["Year"] >= 1989).astype(int)
    return long


def roll_out() -> pd.DataFrame:
    """The staggered panel as rows; never treated = 0."""
    return pd.DataFrame(
        {
            "unit": unit,
            "period": period,
            "value": staggered.value(unit, period),
            "first": staggered.go_live(unit) or 0,
        }
        for unit in range(staggered.UNITS)
        for period in range(staggered.PERIODS)
    )


def main() -> None:
    """Record what the other implementation says."""
    path, day = Path(sys.argv[1]), sys.argv[2]
    packs = prop99(path)
    years = sorted(year for year in packs["Year"].unique() if year >= 1989)
    synthetic = SyntheticDiD(variance_method="placebo", n_bootstrap=50, seed=1).fit(
        packs, outcome="packs", treatment="treated", unit="state", time="Year", post_periods=years
    )
    two = DifferenceInDifferences().fit(packs, outcome="packs", treatment="treated", post="after")
    pooled = ImputationDiD().fit(
        roll_out(), outcome="value", unit="unit", time="period", first_treat="first", aggregate="event_study"
    )
    found = {
        "package": "diff-diff",
        "version": version("diff-diff"),
        "date": day,
        "prop99": {"sdid": float(synthetic.att), "did": float(two.att)},
        "staggered": {
            "imputation": float(pooled.overall_att),
            "event_study": {
                str(distance): float(point["effect"])
                for distance, point in sorted(pooled.event_study_effects.items())
                if distance >= 0
            },
        },
    }
    (here / "diff_diff.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
