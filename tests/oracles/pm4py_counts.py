# /// script
# requires-python = ">=3.11,<3.14"
# dependencies = ["pm4py==2.7.23", "pandas>=2.2", "numpy>=2", "pyarrow>=24"]
# ///
"""Another implementation on the same event logs; what it says is kept in pm4py_counts.json.

Run by hand, in an environment of its own: `uv run --script tests/oracles/pm4py_counts.py SHARED DATE`, where SHARED
holds `data/process`. The two demonstration logs are read from this repository. Nothing of this library is used by the
product: it is under AGPL. Events are handed over in order of complete, ties by row, as valueviz defines it, because
the library leaves the order of equal stamps open.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd
import pm4py
from pm4py.algo.discovery.dfg.adapters.pandas import df_statistics
from pm4py.statistics.variants.pandas import get as variants_get

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1]))
from tests.engine.logs import XES, shared_events  # noqa: E402

CASE, ACTIVITY, COMPLETE, START = "case:concept:name", "concept:name", "time:timestamp", "start_timestamp"
DISCO = {"case": CASE, "activity": ACTIVITY, "start": START, "complete": COMPLETE}
KRONOS = {"case": "case_id", "activity": "Activity", "start": "start_time", "complete": "end_time"}
TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "Production": ("Production.csv", DISCO),
    "PurchasingExample": ("PurchasingExample.csv", DISCO),
    "running-example": ("running-example.csv", {key: DISCO[key] for key in ("case", "activity", "complete")}),
    **{f"manual_log_{number}": (f"kronos/manual_log_{number}.csv", KRONOS) for number in (1, 2, 3)},
}
DEMOS = {
    "pharma": (
        "pharma/batch_events.csv",
        {"case": "批号", "activity": "工序", "start": "开始时间", "complete": "完成时间"},
    ),
    "retail": ("retail/approval_events.csv", {"case": "申请单号", "activity": "环节", "complete": "操作时间"}),
}


def table(path: Path, columns: dict[str, str], encoding: str) -> pd.DataFrame:
    """A table of events with the names the library wants, in the order of its rows."""
    read = pd.read_csv(path, encoding=encoding, dtype=str)
    frame = pd.DataFrame({CASE: read[columns["case"]], ACTIVITY: read[columns["activity"]]})
    for name, key in (("complete", COMPLETE), ("start", START)):
        if name in columns:
            frame[key] = pd.to_datetime(read[columns[name]], utc=True, format="mixed")
    return frame


def moments(frame: pd.DataFrame) -> pd.DataFrame:
    """Starts and completes as events of their own: the library takes the duration of a case from its rows alone."""
    both = [frame[[CASE, key]].rename(columns={key: COMPLETE}) for key in (START, COMPLETE) if key in frame]
    every = pd.concat(both).assign(**{ACTIVITY: "moment"})
    return every.sort_values([CASE, COMPLETE], kind="stable").reset_index(drop=True)


def told(frame: pd.DataFrame) -> dict[str, Any]:
    """What the library counts and times in a log."""
    frame = frame.reset_index(drop=True)
    frame["place"] = range(len(frame))
    frame = frame.sort_values([CASE, COMPLETE, "place"], kind="stable").reset_index(drop=True)
    common = {
        "activity_key": ACTIVITY,
        "case_id_glue": CASE,
        "timestamp_key": COMPLETE,
        "sort_caseid_required": False,
        "sort_timestamp_along_case_id": False,
    }
    counts = df_statistics.get_dfg_graph(frame, measure="frequency", **common)
    times = {
        kind: df_statistics.get_dfg_graph(frame, measure="performance", perf_aggregation_key=kind, **common)
        for kind in ("median", "mean")
    }
    durations = pm4py.get_all_case_durations(moments(frame))
    variants = variants_get.get_variants_count(frame)
    return {
        "cases": int(frame[CASE].nunique()),
        "events": len(frame),
        "activities": int(frame[ACTIVITY].nunique()),
        "edges": [
            [*pair, int(count), float(times["median"][pair]), float(times["mean"][pair])]
            for pair, count in sorted(counts.items())
        ],
        "variants": sorted(
            ([list(path), int(count)] for path, count in variants.items()), key=lambda each: (-each[1], each[0])
        )[:20],
        "variant_count": len(variants),
        "durations": {
            "count": len(durations),
            "sum": float(pd.Series(durations).sum()),
            "median": float(pd.Series(durations).median()),
        },
    }


def main(shared: Path, day: str) -> None:
    """Write what the library says of every log beside this script."""
    folder = shared / "data" / "process"
    logs = {name: told(table(folder / file, columns, "utf-8-sig")) for name, (file, columns) in TABLES.items()}
    for name in XES:
        # the library's own readers of XES drop the offsets of stamps: across a change of the clock an hour is lost
        rows = [(event.case, event.activity, event.complete) for event in shared_events(shared, name)]
        frame = pd.DataFrame(rows, columns=[CASE, ACTIVITY, COMPLETE])
        frame[COMPLETE] = pd.to_datetime(frame[COMPLETE], utc=True)
        logs[name] = told(frame)
    for name, (file, columns) in DEMOS.items():
        logs[name] = told(table(HERE.parents[1] / "datasets" / file, columns, "gb18030"))
    recorded = {"package": "pm4py", "version": version("pm4py"), "date": day, "logs": logs}
    text = json.dumps(recorded, ensure_ascii=False, separators=(",", ":"))
    (HERE / "pm4py_counts.json").write_text(
        text.replace('"logs"', '\n"logs"').replace('},"', '},\n"') + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
