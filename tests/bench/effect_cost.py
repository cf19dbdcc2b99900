"""What an effect costs: against pycausalimpact, with the length of a series, and in memory over a thousand series.

Run by hand: `python -m tests.bench.effect_cost`. pycausalimpact does not run beside our pandas; uv gives its script an
environment of its own (`UV` names uv where it is not on the path). Compared is processor time, one thread each, on the
same machine in the same run: ratios, not seconds, carry to another machine.
"""

from __future__ import annotations

import gc
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.analysis.synthetic import FIRST, autocorrelated
from valueviz.analysis.effect import Design, Effect, estimate
from valueviz.terms import Series

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
MOST_OF_THEIRS = 1 / 50
MOST_EXPONENT = 1.3
MOST_GROWTH = 4.0
"""Megabytes a thousand series may leave behind: were the arrays of each kept, it would be a hundred."""
LENGTHS = (100, 200, 400, 1_000, 2_500, 5_000, 10_000)
SERIES = 1_000
RUNS = 15


def drawn(count: int, *, seed: int, grain: str = "index", gaps: float = 0.0) -> tuple[Series, int]:
    """A series of so many points, lowered in its last three tenths, and the position of its go-live."""
    rng = np.random.default_rng(seed)
    before = count * 7 // 10
    values = 100 + 4 * autocorrelated(rng, count, 0.4) - 10 * (np.arange(count) >= before)
    kept = [position for position in range(count) if rng.random() >= gaps]
    ordinals = tuple(FIRST + position for position in kept)
    series = Series("cost", "day" if grain == "day" else "index", ordinals, tuple(float(values[i]) for i in kept))
    return series, before


def seconds(series: Series, design: Design, *, thorough: bool, runs: int) -> float:
    """The median processor time of an estimate, the first one left out."""
    taken = []
    for _ in range(runs + 1):
        clock = time.process_time()
        estimate(series, design, thorough=thorough)
        taken.append(time.process_time() - clock)
    return statistics.median(taken[1:])


def against_causalimpact() -> Iterator[str]:
    """Lines on 100 points: theirs, ours, ratio."""
    series, before = drawn(100, seed=1)
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv is None:
        yield "uv is not on the path and UV does not name it: no comparison with pycausalimpact"
        return
    asked = {"columns": [list(series.values)], "before": before, "runs": 5}
    script = Path(__file__).with_name("causalimpact_cpu.py")
    answer = subprocess.run(
        [uv, "run", "--quiet", "--script", str(script)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | ONE_THREAD,
    )
    theirs = json.loads(answer.stdout)
    unit = statistics.median(theirs["seconds"])
    yield f"pycausalimpact: {unit * 1e3:.0f} ms, {theirs['estimate']:.2f} [{theirs['low']:.2f}, {theirs['high']:.2f}]"
    design = Design(FIRST + before, season=1.0, scale="identity")
    for name, thorough in (("estimate, sensitivity, verdict", False), ("with every diagnostic and the band", True)):
        ours = seconds(series, design, thorough=thorough, runs=RUNS)
        found = estimate(series, design, thorough=thorough)
        missed = "" if thorough or ours / unit <= MOST_OF_THEIRS else " ✗"
        bar = "" if thorough else f" (bar 1/{1 / MOST_OF_THEIRS:.0f})"
        yield f"{name}: {ours * 1e3:.1f} ms, 1/{unit / ours:.0f}{bar}{missed}, {told(found)}"


def told(found: Effect) -> str:
    """Estimate and interval in a few characters."""
    return f"{found.estimate or math.nan:.2f} [{found.low or math.nan:.2f}, {found.high or math.nan:.2f}]"


def with_length() -> Iterator[str]:
    """Lines on daily series up to 10,000 points: milliseconds, and the exponent of their growth."""
    for name, thorough in (("estimate, sensitivity, verdict", False), ("with every diagnostic and the band", True)):
        taken = []
        for count in LENGTHS:
            series, before = drawn(count, seed=2, grain="day")
            design = Design(FIRST + before, scale="identity")
            taken.append(seconds(series, design, thorough=thorough, runs=5 if count <= 1_000 else 2))
        slope = float(np.polyfit(np.log(LENGTHS), np.log(taken), 1)[0])
        last = math.log(taken[-1] / taken[-4]) / math.log(LENGTHS[-1] / LENGTHS[-4])
        missed = " ✗" if max(slope, last) > MOST_EXPONENT else ""
        points = ", ".join(f"{count:,}: {each * 1e3:.0f}" for count, each in zip(LENGTHS, taken, strict=True))
        yield f"{name}, ms: {points}"
        yield f"  n^{slope:.2f} over all, n^{last:.2f} from 1,000 to 10,000 (bar {MOST_EXPONENT}){missed}"


def resident() -> float:
    """Megabytes this process holds, or the most it ever held where the system does not say."""
    status = Path("/proc/self/statm")
    if status.is_file():
        return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def in_memory() -> Iterator[str]:
    """Lines on a thousand series of different lengths and gaps in one process."""
    held = []
    for number in range(3 * SERIES + 1):
        if number % SERIES == 0:
            gc.collect()
            held.append(resident())
        series, before = drawn(60 + number % 97, seed=number, gaps=0.03)
        estimate(series, Design(FIRST + before, season=1.0, scale="identity"))
    grown = max(held[2] - held[1], held[3] - held[2])
    missed = " ✗" if grown > MOST_GROWTH else ""
    yield f"{SERIES:,} series, all different, megabytes at first and after each thousand: {told_sizes(held)}"
    yield f"  after the first, a thousand adds at most {grown:+.1f} (bar {MOST_GROWTH}){missed}"


def told_sizes(held: list[float]) -> str:
    """Megabytes in a few characters."""
    return ", ".join(f"{size:.0f}" for size in held)


def main() -> None:
    """Print everything, in a process with one thread of linear algebra."""
    if any(os.environ.get(name) != value for name, value in ONE_THREAD.items()):
        command = [sys.executable, "-m", "tests.bench.effect_cost"]
        sys.exit(subprocess.run(command, env=os.environ | ONE_THREAD, check=False).returncode)
    for lines in (against_causalimpact, with_length, in_memory):
        for line in lines():
            print(line, flush=True)


if __name__ == "__main__":
    main()
