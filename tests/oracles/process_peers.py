# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = ["pm4py==2.7.23", "r4pm==0.6.2", "pandas>=2.2", "polars>=1", "pyarrow>=24"]
# ///
"""The same questions asked of two other libraries, in an environment of their own; started by tests/bench/process.py.

    uv run --script tests/oracles/process_peers.py pm4py|r4pm LOG.csv

Prints one line of JSON: seconds to read, seconds to answer, and the answers that can be compared. r4pm tells counts of
edges and variants only. Importing the libraries is not counted.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

CASE, ACTIVITY, STAMP = "case:concept:name", "concept:name", "time:timestamp"


def pm4py_answers(path: str) -> dict[str, Any]:
    """Read; count edges and the cases that walk them, time them, list variants, time cases."""
    import pandas as pd
    import pm4py
    from pm4py.algo.discovery.dfg.adapters.pandas import df_statistics

    begun = time.perf_counter()
    frame = pd.read_csv(path)  # as its documentation does
    frame = pm4py.format_dataframe(frame, case_id="case", activity_key="activity", timestamp_key="complete")
    read = time.perf_counter()
    counts, _, _ = pm4py.discover_dfg(frame)
    coverage = df_statistics.get_dfg_graph(frame, keep_once_per_case=True)
    pm4py.discover_performance_dfg(frame)  # mean, median and four more in one call
    variants = pm4py.get_variants(frame)
    durations = pm4py.get_all_case_durations(frame)
    done = time.perf_counter()
    return {
        "read": read - begun,
        "analyse": done - read,
        "walks": sum(counts.values()),
        "edges": len(counts),
        "coverage": sum(coverage.values()),
        "variants": len(variants),
        "mean": sum(durations) / len(durations),
    }


def r4pm_answers(path: str) -> dict[str, Any]:
    """Read, count edges, list variants."""
    import polars as pl
    import r4pm
    from r4pm import bindings

    begun = time.perf_counter()
    names = {"case": CASE, "activity": ACTIVITY, "complete": STAMP}
    frame = pl.read_csv(path, try_parse_dates=True).rename(names)
    frame = frame.with_columns(pl.col(STAMP).dt.replace_time_zone("UTC")).sort(CASE, STAMP, maintain_order=True)
    log = r4pm.import_item_from_df("EventLog", frame)
    read = time.perf_counter()
    graph = bindings.discover_dfg(log)
    variants = _first((lambda: bindings.get_variants(log), lambda: bindings.get_num_variants(log)))
    done = time.perf_counter()
    return {
        "read": read - begun,
        "analyse": done - read,
        "walks": _walks(graph),
        "variants": len(variants) if hasattr(variants, "__len__") else variants,
    }


def _first(ways: tuple[Callable[[], Any], ...]) -> Any:
    """What the first way that takes a log of cases says."""
    for way in ways:
        try:
            return way()
        except (RuntimeError, TypeError, ValueError):
            continue
    return None


def _walks(graph: Any) -> int:
    relations = graph["directly_follows_relations"]
    pairs = relations.values() if isinstance(relations, dict) else [each[1] for each in relations]
    return int(sum(pairs))


if __name__ == "__main__":
    asked = {"pm4py": pm4py_answers, "r4pm": r4pm_answers}[sys.argv[1]]
    told = asked(sys.argv[2])
    used = resource.getrusage(resource.RUSAGE_SELF)
    told["cpu"] = used.ru_utime + used.ru_stime
    # the libraries greet on standard output
    sys.stdout.write("\n" + json.dumps(told) + "\n")
