# /// script
# requires-python = ">=3.10,<3.12"
# dependencies = ["pycausalimpact==0.1.1", "pandas<2.1", "numpy<2", "statsmodels<0.15", "scipy<1.12"]
# ///
"""Processor seconds pycausalimpact takes for one series; called by effect_cost.py in an environment of its own.

In: JSON `{columns: [[number, …], …], before: N, runs: N}`, the series first, then its controls. Out: JSON
`{seconds: [number, …], estimate, low, high}`, the seconds of each run after a first one that is not counted.
"""

import json
import sys
import time

import numpy as np
import pandas as pd
from causalimpact import CausalImpact  # type: ignore[import-not-found]


def main() -> None:
    """Read the question, print the answer."""
    asked = json.load(sys.stdin)
    frame = pd.DataFrame(np.array(asked["columns"]).T)
    before, count = asked["before"], len(frame)
    seconds = []
    for _ in range(asked["runs"] + 1):
        np.random.seed(1)  # its intervals are drawn at random
        clock = time.process_time()
        found = CausalImpact(frame, [0, before - 1], [before, count - 1])
        seconds.append(time.process_time() - clock)
    average = found.summary_data["average"]
    ends = {"estimate": "abs_effect", "low": "abs_effect_lower", "high": "abs_effect_upper"}
    json.dump({"seconds": seconds[1:], **{key: float(average[name]) for key, name in ends.items()}}, sys.stdout)


if __name__ == "__main__":
    main()
