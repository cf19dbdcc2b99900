"""How much processor time it takes to see what a million new rows and a million earlier ones both measure.

    python tests/bench/overlap.py [ROWS]

Both snapshots name the same metrics, units and days; one value in a thousand differs.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from valueviz import engine

BAR = 2.0
"""Processor seconds for a million rows on either side: as much as their import takes, so nobody waits twice."""

METRICS = ("purchase_approval_hours", "machine_downtime_hours", "month_close_days")


def write(path: Path, rows: int, *, changed: bool) -> None:
    """A snapshot of a million rows: three metrics, 140 units, 900 days."""
    number = np.arange(rows)
    values = np.random.default_rng(1).normal(9, 2, rows).round(3)
    days = np.datetime64("2022-01-01", "us") + (number * 900 // rows).astype("timedelta64[D]")
    sites, teams = number % 20, number % 7
    units = pa.array([f'{{"site":"S{site}","team":"T{team}"}}' for site in range(20) for team in range(7)])
    text = pa.array([None] * rows, pa.string())
    table = {
        "row": number + 2,
        "metric": pa.array(METRICS).take(pa.array(number % 3)),
        "date": days,
        "end": pa.array([None] * rows, pa.timestamp("us")),
        "value": values + (number % 1000 == 0 if changed else 0),
        "volume": (number % 40 + 1).astype(float),
        "unit": units.take(pa.array(sites * 7 + teams)),
        "site": text,
        "instrument": text,
        "definition_version": text,
    }
    pq.write_table(pa.table(table), path, compression="zstd")


def main() -> int:
    """Print processor seconds and what was found; 1 where the bar is missed."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as made:
        earlier, new = Path(made) / "earlier.parquet", Path(made) / "new.parquet"
        write(earlier, rows, changed=False)
        write(new, rows, changed=True)
        before = os.times()
        found = engine.compare(new, [earlier])
        after = os.times()
    seconds = after.user + after.system - before.user - before.system
    told = f"{found.equal:,} places equal, {found.differing:,} differ"
    print(f"rows {rows:,} + {rows:,} · {told} · {seconds:.2f} s of the processor (bar {BAR:g})")
    return int(seconds > BAR * max(1.0, rows / 1_000_000))


if __name__ == "__main__":
    sys.exit(main())
