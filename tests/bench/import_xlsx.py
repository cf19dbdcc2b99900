"""How much processor time an import of a workbook of 100,000 rows takes, against the parser's own reading of it.

    python -m tests.bench.import_xlsx [ROWS]

Both sides run as fresh processes, children included; printed is the median of three and their ratio.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import xlsxwriter

from tests.bench.import_csv import ENGAGEMENT, MAPPING, METRICS, cpu_of

BAR = 2.5
"""An import may cost this many times the parser's reading: container check, casts, faults and the snapshot included."""

BARE = """
import sys
from python_calamine import CalamineWorkbook
CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()
"""

HEADER = ("date", "site", "team", "metric", "value", "volume", "order", "remark")


def write_rows(path: Path, rows: int) -> None:
    """Write a synthetic workbook of eight columns: dates, words, numbers and texts nobody maps."""
    chance = random.Random(1)
    first = datetime(2022, 1, 1)  # noqa: DTZ001
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("data")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADER)
        for row in range(rows):
            sheet.write_datetime(row + 1, 0, first + timedelta(days=row * 900 // rows), day)
            value = round(abs(chance.gauss(9, 2)), 3)
            cells = (f"S{row % 20:02d}", f"T{row % 7}", METRICS[row % 3], value, row % 40 + 1, row + 100_000)
            sheet.write_row(row + 1, 1, (*cells, f"remark {row % 50}"))


def main() -> int:
    """Print the two medians and their ratio; 1 where the ratio exceeds the bar."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        write_rows(folder / "rows.xlsx", rows)
        (folder / "engagement.toml").write_text(ENGAGEMENT, encoding="utf-8")
        (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
        bare, whole = [], []
        for turn in range(3):
            bare.append(cpu_of([sys.executable, "-c", BARE, str(folder / "rows.xlsx")]))
            valueviz = [sys.executable, "-c", "import sys; from valueviz.cli import main; sys.exit(main())"]
            workspace = ["--workspace", str(folder / f"workspace-{turn}")]
            engagement = ["client", "bench", "--engagement", str(folder / "engagement.toml"), *workspace]
            subprocess.run([*valueviz, *engagement], check=True, stdout=subprocess.DEVNULL)
            mapping = ["--mapping", str(folder / "mapping.toml"), "--json", *workspace]
            whole.append(cpu_of([*valueviz, "import", "bench", str(folder / "rows.xlsx"), *mapping]))
    ratio = statistics.median(whole) / statistics.median(bare)
    print(
        f"rows {rows:,} · parser {statistics.median(bare):.2f} s · import {statistics.median(whole):.2f} s · ratio {ratio:.2f} (bar {BAR:g})"
    )
    return int(ratio > BAR)


if __name__ == "__main__":
    sys.exit(main())
