"""How long an event log takes from its file to its answers, beside two other libraries on the same file.

    python tests/bench/process.py [EVENTS] [--runs N] [--alone] [--memory GB]

Every run is a fresh process and the three take turns; printed are medians, and ours in parts of each other. Read is from
the CSV to what can be asked (here: import into the canonical file, and coding), analyse is edges with counts, cases,
medians and means, all variants, and the lead times of all cases. `--alone` leaves the others out, for logs they cannot hold;
`--memory` caps what coding may use. Importing libraries is not counted. The others run by uv in an environment of their
own (UV names the program, else it is looked for).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

PEERS = Path(__file__).resolve().parents[1] / "oracles" / "process_peers.py"
ANALYSE_BAR, ALL_BAR, MEMORY_BAR = 15.0, 3.0, 6.0
"""Times faster than pm4py after coding and with everything; gigabytes for ten million events."""

FLOW: dict[str, tuple[tuple[str, float, float], ...]] = {
    "": (("Submit", 1.0, 0.0),),
    "Submit": (
        ("Check by administration", 0.75, 20.0),
        ("Pre-check", 0.2, 30.0),
        ("Approve by supervisor", 0.05, 50.0),
    ),
    "Pre-check": (("Approve by supervisor", 0.9, 30.0), ("Reject", 0.1, 25.0)),
    "Check by administration": (
        ("Approve by budget owner", 0.35, 40.0),
        ("Approve by supervisor", 0.55, 26.0),
        ("Reject", 0.1, 20.0),
    ),
    "Approve by budget owner": (("Approve by supervisor", 0.94, 30.0), ("Reject", 0.06, 30.0)),
    "Approve by supervisor": (("Request payment", 0.96, 60.0), ("Reject", 0.04, 48.0)),
    "Reject": (("Correct", 0.9, 12.0), ("Withdraw", 0.1, 24.0)),
    "Correct": (("Submit", 1.0, 18.0),),
    "Request payment": (("Handle payment", 0.995, 78.0), ("Reject", 0.005, 70.0)),
    "Handle payment": (),
    "Withdraw": (),
}
"""A synthetic declaration process: what follows what, how often, after how many hours (median)."""


def write_log(path: Path, events: int) -> int:
    """Write a synthetic log of about so many events, cases interleaved in order of time; says how many."""
    chance = np.random.default_rng(20)
    names = list(FLOW)[1:]
    cases = round(events / 5.45)
    state = np.zeros(cases, dtype=np.int64)
    moment = chance.uniform(0, 730 * 24, cases)
    alive = np.arange(cases)
    parts: list[tuple[np.ndarray[Any, Any], ...]] = []
    while len(alive):
        following = np.full(len(alive), -1)
        waited = np.zeros(len(alive))
        for number, (_, ways) in enumerate(FLOW.items()):
            here = state[alive] == number
            if not ways or not here.any():
                continue
            picked = chance.choice(len(ways), here.sum(), p=[share for _, share, _ in ways])
            following[here] = np.array([names.index(name) + 1 for name, _, _ in ways])[picked]
            hours = np.array([hour for _, _, hour in ways])[picked]
            waited[here] = hours * np.exp(chance.normal(0, 1, len(picked)))
        going = following > 0
        alive, following = alive[going], following[going]
        moment[alive] += waited[going]
        state[alive] = following
        parts.append((alive.copy(), following, moment[alive].copy()))
    case, activity, hours = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.argsort(hours, kind="stable")
    case, activity, hours = case[order], activity[order], hours[order]
    stamps = np.datetime64("2023-01-02T00:00:00") + (hours * 3600).astype(np.int64).astype("timedelta64[s]")
    table = pa.table(
        {
            "case": pa.array([f"declaration {number}" for number in case]),
            "activity": pa.array(np.array(names)[activity - 1]),
            "complete": pa.array(np.char.replace(stamps.astype(str), "T", " ")),
            "resource": pa.array([f"staff {number}" for number in (case * 7 + activity * 3) % 400]),
            "unit": pa.array([f"unit {number}" for number in case % 23]),
        }
    )
    pyarrow.csv.write_csv(table, path)
    return len(case)


def ours(path: Path, memory: int) -> dict[str, Any]:
    """Our read, code and analyse seconds, and the answers."""
    from valueviz.analysis.process.log import Cut
    from valueviz.engine.log import build_log, reading
    from valueviz.intake.log import read_log

    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        canonical, coded = Path(folder) / "log.parquet", Path(folder) / "log.duckdb"
        begun = time.perf_counter()
        read_log(path, out=canonical)
        imported = time.perf_counter()
        build_log(coded, [canonical], memory=memory)
        built = time.perf_counter()
        with reading(coded, Cut()) as log:
            edges = [edge for edge in log.edges() if edge.source and edge.target]
            variants = log.variants(top=10_000_000)
            overall = log.periods().overall
        done = time.perf_counter()
    return {
        "import": imported - begun,
        "code": built - imported,
        "read": built - begun,
        "analyse": done - built,
        "walks": sum(edge.overall.count for edge in edges if edge.overall),
        "edges": len(edges),
        "coverage": sum(edge.overall.cases for edge in edges if edge.overall),
        "variants": len(variants),
        "mean": overall.lead_time.mean,
        "cpu": processor_seconds(),
        "peak": max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        / 2**20,
    }


def processor_seconds() -> float:
    """What this process and its children used so far: a busy machine changes it less than the clock."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def run(command: list[str]) -> dict[str, Any]:
    """The last line a fresh process prints."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def uv() -> str:
    """The program that runs the others in an environment of their own."""
    found = os.environ.get("UV") or shutil.which("uv") or "/opt/vv/bin/uv"
    if not Path(found).exists():
        raise SystemExit("uv is not here: name it by UV, or use --alone")
    return found


def main() -> None:
    """Print one line a library."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--memory", type=float, default=3.0, help="gigabytes coding may use")
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    memory = int(args.memory * 2**30)
    if args.ours is not None:
        print(json.dumps(ours(args.ours, memory)))
        return
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.csv"
        written = write_log(log, args.events)
        print(f"{written:,} synthetic events, {log.stat().st_size / 1e6:.0f} MB")
        mine = [sys.executable, __file__, "--ours", str(log), "--memory", str(args.memory)]
        commands = {"valueviz": mine}
        if not args.alone:
            for name in ("pm4py", "r4pm"):
                commands[name] = [uv(), "run", "--script", str(PEERS), name, str(log)]
            run(commands["r4pm"])  # the environment is made before anything is timed
        rounds = [{name: run(command) for name, command in commands.items()} for _ in range(args.runs)]
    tell(rounds)


def tell(rounds: list[dict[str, dict[str, Any]]]) -> None:
    """Print medians and ratios, and whether the answers agree."""
    for name in rounds[0]:
        parts = {key: statistics.median(each[name][key] for each in rounds) for key in ("read", "analyse")}
        total = statistics.median(each[name]["read"] + each[name]["analyse"] for each in rounds)
        print(
            f"{name:9} read {parts['read']:7.2f} s  analyse {parts['analyse']:7.2f} s  everything {total:7.2f} s"
            f"  processor, imports included {statistics.median(each[name]['cpu'] for each in rounds):6.2f} s"
        )
    mine = [each["valueviz"] for each in rounds]
    split = {key: statistics.median(each[key] for each in mine) for key in ("import", "code", "peak")}
    print(
        f"valueviz  import {split['import']:.2f} s, code {split['code']:.2f} s, peak of a process {split['peak']:.2f} GB"
    )
    for name in list(rounds[0])[1:]:
        theirs = [each[name] for each in rounds]
        pairs = list(zip(theirs, mine, strict=True))
        analyse = statistics.median(other["analyse"] / own["analyse"] for other, own in pairs)
        total = statistics.median(
            (other["read"] + other["analyse"]) / (own["read"] + own["analyse"]) for other, own in pairs
        )
        print(f"{name:9} takes {analyse:.1f} times as long to analyse, {total:.1f} times for everything")
        shared = [key for key in ("walks", "edges", "coverage", "variants") if key in theirs[0]]
        print(f"{'':9} agrees: " + ", ".join(f"{key} {theirs[0][key] == mine[0][key]}" for key in shared))
    print(
        f"bars: pm4py analyse ≥ {ANALYSE_BAR:.0f}, everything ≥ {ALL_BAR:.0f}; ten million events ≤ {MEMORY_BAR:.0f} GB"
    )


if __name__ == "__main__":
    main()
