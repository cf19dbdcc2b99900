"""The same data replicated to any number of rows, for benchmarks: one long CSV, streamed in constant memory.

It holds the metrics of the pack only, so that manufacturer/scale.toml maps it, whatever the dataset.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from datasets.series import Frame, Planted, observed

HEADER = b"date,site,metric,value,volume,instrument\n"

MARK = b"#####"
"""Where the number of the copy stands in the name of a site; as long as the number itself."""

MOST_COPIES = 99_999
"""So many copies a five-digit number can name."""

BATCH_BYTES = 8 << 20
"""Written at a time: large enough that system calls do not count."""


def write(path: Path, *, metrics: Iterable[Planted], frame: Frame, rows: int, seed: int) -> None:
    """Write `rows` observations as one long CSV (date, site, metric, value, volume, instrument).

    Every copy is the whole engagement at sites of its own (`P100-00001`), so that no two rows share metric,
    site and date. The last copy is cut where the rows are enough.

    Raises:
        ValueError: more rows than 99,999 copies hold.
    """
    lines = base_rows(metrics, frame, seed=seed)
    copies, rest = divmod(rows, len(lines))
    if copies >= MOST_COPIES:
        raise ValueError(rows)
    block = b"".join(lines)
    with path.open("wb") as stream:
        stream.write(HEADER)
        waiting: list[bytes] = []
        size = 0
        for copy in range(1, copies + 1):
            waiting.append(block.replace(MARK, b"%05d" % copy))
            size += len(block)
            if size >= BATCH_BYTES:
                stream.write(b"".join(waiting))
                waiting, size = [], 0
        waiting.append(b"".join(lines[:rest]).replace(MARK, b"%05d" % (copies + 1)))
        stream.write(b"".join(waiting))


def base_rows(metrics: Iterable[Planted], frame: Frame, *, seed: int) -> list[bytes]:
    """The measured observations of one engagement as lines of the bulk file, the copy's number still open."""
    lines = []
    for planted in (metric for metric in metrics if not metric.inline):
        for cell in observed(planted, frame, seed=seed):
            if cell.value is None:
                continue
            volume = "" if cell.volume is None else str(cell.volume)
            lines.append(
                f"{cell.start.isoformat()},{cell.site}-{MARK.decode()},{planted.key},"
                f"{cell.value:.{planted.digits}f},{volume},{cell.instrument}\n".encode()
            )
    return lines
