"""Thousands of hostile files through the gate, each with a truth: which value must come out of which row.

    python tests/bench/hostile.py [FILES] [SEED]

Number and date forms, units, totals, dialects, encodings, damage and containers are drawn at random from a seed.
A value that comes out and is not the true one is a silent wrong value: there may be none. Reported are also
crashes, true values that were rejected, how many refusals of a place name its row and column, and the time.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.intake.damage import File, hostile_file
from tests.intake.hostility import REJECTED, True_
from valueviz.catalog import read_mapping
from valueviz.errors import ValuevizError
from valueviz.intake.gate import account, take
from valueviz.intake.plan import vocabulary
from valueviz.workers import Limits, run

CRASHES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    NameError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What must never come out of the gate is what is looked for; a deliberate refusal is a ValuevizError."""

CHILD_SHARE = 0.01
"""Share of the files that also go through a real child process."""

NO_PLACE = frozenset(
    {
        *("empty_file", "header_only", "not_what_its_name_says", "damaged_workbook", "hostile_workbook"),
        *("password_protected", "truncated_file", "nul_bytes", "unclosed_quote", "unknown_encoding", "no_value"),
        *("no_header_row", "too_many_columns", "used_range_too_large", "rows_unaccounted", "damaged_page"),
    }
)
"""Refusals of a file, or of the line where it breaks off: there is no column to name."""

NO_COLUMN = frozenset({"wrong_cell_count", "bad_quoting", "cell_too_long", "unit_row"})
"""Faults of a record as a whole."""


@dataclass
class Tally:
    """What became of the files so far."""

    files: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    crashed: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    lost_at: dict[str, str] = field(default_factory=dict)
    values: int = 0
    places: int = 0
    named: int = 0
    unnamed: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def judge(file: File, tally: Tally, folder: Path, *, name: str) -> None:
    """Take one file and hold what came out against its truth."""
    path = folder / file.name
    path.write_bytes(file.content)
    out = folder / "snapshot.parquet"
    out.unlink(missing_ok=True)
    spoken = read_mapping(file.mapping, file="mapping.toml")
    words = vocabulary(None, inline=(), mapping=spoken)
    began = time.perf_counter()
    tally.files += 1
    try:
        found = account(path, out=out, folder=folder, mapping=spoken, words=words, progress=lambda stage, share: None)
    except ValuevizError as error:
        _refusal(error, file, tally, name=name)
        return
    except CRASHES as error:
        tally.crashed.append(f"{name}: {type(error).__name__}: {error}")
        return
    finally:
        tally.seconds.append(time.perf_counter() - began)
        path.unlink(missing_ok=True)
    if found.rows != found.accepted + found.rejected or (file.rows is not None and found.rows != file.rows):
        tally.unaccounted.append(f"{name}: {found.rows} = {found.accepted} + {found.rejected}, needed {file.rows}")
    for fault in found.rejects:
        _place(tally, fault.reason, row=fault.row, column=fault.column, needs_column=fault.reason not in NO_COLUMN)
    _values(pyarrow.parquet.read_table(out).to_pylist(), found.rejects, file, tally, name=name)


def _refusal(error: ValuevizError, file: File, tally: Tally, *, name: str) -> None:
    tally.refused[error.code] += 1
    if error.code not in NO_PLACE:
        _place(tally, error.code, row=error.fields.get("row"), column=error.fields.get("column"))
    if isinstance(file.truth, dict) and not file.may_be_refused:
        tally.lost[f"refused {error.code}"] += 1
        tally.lost_at.setdefault(f"refused {error.code}", f"{name} {error.fields}")


def _place(tally: Tally, code: str, *, row: object, column: object, needs_column: bool = True) -> None:
    tally.places += 1
    if row is not None and (column is not None or not needs_column):
        tally.named += 1
    else:
        tally.unnamed[code] += 1


def _values(observed: list[dict[str, Any]], rejects: Any, file: File, tally: Tally, *, name: str) -> None:
    if file.truth is None:
        return
    if isinstance(file.truth, str):
        if observed:
            tally.wrong.append(f"{name}: taken, {observed[0]['row']} {observed[0]['date']} {observed[0]['value']}")
        return
    seen = set()
    for each in observed:
        key = (each["row"], each["metric"], each["date"].isoformat() if each["date"] else None)
        true = file.truth.get((each["row"], each["metric"]), {}).get(key[2], REJECTED)
        seen.add(key)
        tally.values += each["value"] is not None
        if each["row"] in file.unknown:
            continue
        if true == REJECTED or not _same(each["value"], true):
            tally.wrong.append(f"{name}: {key} gave {each['value']!r}, truth {true!r}")
    reasons = {fault.row: fault.reason for fault in rejects}
    for (row, metric), dates in file.truth.items():
        for stamp, true in dates.items():
            if true != REJECTED and (row, metric, stamp) not in seen:
                reason = reasons.get(row, "gone")
                tally.lost[reason] += 1
                tally.lost_at.setdefault(reason, f"{name} row {row} {true!r}")


def _same(value: float | None, true: True_) -> bool:
    if value is None or true is None or isinstance(true, str):
        return value is true
    return abs(value - true) <= 1e-14 * max(abs(true), 1e-300)


def through_child(file: File, folder: Path) -> None:
    """Take one file in a real child; only a refusal of ours may come back."""
    path = folder / file.name
    path.write_bytes(file.content)
    (folder / "child.parquet").unlink(missing_ok=True)
    args = {
        "path": str(path),
        "out": str(folder / "child.parquet"),
        "folder": str(folder),
        "mapping": file.mapping,
        "industry": None,
        "inline": "",
    }
    try:
        run(f"{take.__module__}:take", args=args, limits=Limits(memory=1 << 30, cpu=60.0, wall=120.0))
    except ValuevizError as error:
        if error.code.startswith("worker_"):
            raise
    finally:
        path.unlink(missing_ok=True)


def report(tally: Tally) -> None:
    """Print the numbers."""
    spent = sorted(tally.seconds)
    print(f"files {tally.files:,} · values compared {tally.values:,} · refused {sum(tally.refused.values()):,}")
    print(
        f"silent wrong values {len(tally.wrong)} · crashes {len(tally.crashed)} · unaccounted {len(tally.unaccounted)}"
    )
    share = tally.named / tally.places if tally.places else 1.0
    print(f"refusals of a place that name it {share:.2%} of {tally.places:,}; unnamed: {dict(tally.unnamed)}")
    print(f"refusals by code: {dict(tally.refused.most_common())}")
    print(f"true values rejected: {dict(tally.lost.most_common())}")
    print(f"seconds a file: median {spent[len(spent) // 2]:.3f}, slowest {spent[-1]:.2f}")
    for kind in (tally.wrong, tally.crashed, tally.unaccounted):
        print("\n".join(kind[:12]))
    print("\n".join(f"  {reason}: {at}" for reason, at in tally.lost_at.items()))


def main(draw: Callable[[random.Random], File] = hostile_file) -> int:
    """Draw, take and hold against the truth; 1 where a bar is missed."""
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    tally = Tally()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for number in range(files):
            file = draw(random.Random(f"{seed}-{number}"))
            judge(file, tally, folder, name=f"{seed}-{number} ({file.kind})")
            if number % round(1 / CHILD_SHARE) == 0:
                through_child(file, folder)
    report(tally)
    return int(bool(tally.wrong or tally.crashed or tally.unaccounted) or tally.named < 0.95 * tally.places)


if __name__ == "__main__":
    sys.exit(main())
