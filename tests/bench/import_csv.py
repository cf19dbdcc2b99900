"""How much processor time an import of a million rows takes, against a bare strict load into a database file.

    python tests/bench/import_csv.py [ROWS]

Both sides run as fresh processes, children included; printed is the median of three and their ratio.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

BAR = 6.0
"""An import may cost this many times the bare load: casts, faults, digests and the snapshot included."""

BARE = """
import duckdb, sys
with duckdb.connect(sys.argv[2]) as connection:
    connection.execute(
        "CREATE TABLE loaded AS SELECT * FROM read_csv(?, header=true, strict_mode=true, columns={"
        "'date': 'DATE', 'site': 'VARCHAR', 'team': 'VARCHAR', 'metric': 'VARCHAR', 'value': 'DOUBLE', 'volume': 'DOUBLE'})",
        [sys.argv[1]],
    )
"""

ENGAGEMENT = """
name = "Benchmark (synthetic)"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2023-01-01
"""

MAPPING = """
layout = "long"
[columns]
date = "date"
value = "value"
metric = "metric"
volume = "volume"
dimensions = ["site", "team"]
"""

METRICS = ("purchase_approval_hours", "machine_downtime_hours", "month_close_days")


def write_rows(path: Path, rows: int) -> None:
    """Write a synthetic file of six columns."""
    chance = random.Random(1)
    first = date(2022, 1, 1)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write("date,site,team,metric,value,volume\n")
        for row in range(rows):
            day = first + timedelta(days=row * 900 // rows)
            value = abs(chance.gauss(9, 2))
            stream.write(f"{day},S{row % 20:02d},T{row % 7},{METRICS[row % 3]},{value:.3f},{row % 40 + 1}\n")


def cpu_of(command: list[str]) -> float:
    """Processor seconds of a process and all of its children."""
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)


def main() -> int:
    """Print the two medians and their ratio; 1 where the ratio exceeds the bar."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_rows(folder / "rows.csv", rows)
        (folder / "engagement.toml").write_text(ENGAGEMENT, encoding="utf-8")
        (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
        bare, whole = [], []
        for turn in range(3):
            bare.append(cpu_of([sys.executable, "-c", BARE, str(folder / "rows.csv"), str(folder / f"{turn}.duckdb")]))
            valueviz = [sys.executable, "-c", "import sys; from valueviz.cli import main; sys.exit(main())"]
            workspace = ["--workspace", str(folder / f"workspace-{turn}")]
            engagement = ["client", "bench", "--engagement", str(folder / "engagement.toml"), *workspace]
            subprocess.run([*valueviz, *engagement], check=True, stdout=subprocess.DEVNULL)
            mapping = ["--mapping", str(folder / "mapping.toml"), "--json", *workspace]
            whole.append(cpu_of([*valueviz, "import", "bench", str(folder / "rows.csv"), *mapping]))
    ratio = statistics.median(whole) / statistics.median(bare)
    print(
        f"rows {rows:,} · bare load {statistics.median(bare):.2f} s · import {statistics.median(whole):.2f} s · ratio {ratio:.2f} (bar {BAR:g})"
    )
    return int(ratio > BAR)


if __name__ == "__main__":
    sys.exit(main())
