"""`python -m datasets.generate NAME --out DIR [--scale N] [--seed N]`: writes a synthetic engagement.

Equal arguments give equal bytes. Without --scale: the exports, the planted truth and the definition files
beside them. With --scale N: NAME-N.csv, the same data replicated to N rows for benchmarks.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from datasets import (
    bulk,
    manufacturer,
    manufacturer_export,
    pharma,
    pharma_export,
    retail,
    retail_export,
    thin,
    thin_export,
)
from datasets.export import Dataset


def _dataset(name: str, about: ModuleType, files: Callable[..., dict[str, bytes]]) -> Dataset:
    """A dataset from the module that describes it and the function that writes its exports."""
    return Dataset(
        name=name,
        folder=about.FOLDER,
        seed=about.SEED,
        written_by_hand=about.WRITTEN_BY_HAND,
        metrics=about.METRICS,
        frame=about.frame,
        files=lambda seed: files(about.frame(), seed=seed),
    )


DATASETS = {
    "manufacturer": _dataset("manufacturer", manufacturer, manufacturer_export.files),
    "pharma": _dataset("pharma", pharma, pharma_export.files),
    "retail": _dataset("retail", retail, retail_export.files),
    "thin": _dataset("thin", thin, thin_export.files),
}

NAMES = tuple(DATASETS)

MOST_ROWS = 100_000_000
"""The largest file benchmarks ask for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 written, 2 the call cannot be answered; the paths of the files on stdout."""
    call = _parser().parse_args(arguments)
    if call.name not in NAMES:
        nearest = difflib.get_close_matches(call.name, NAMES, n=1, cutoff=0)[0]
        sys.stderr.write(f"There is no dataset {call.name!r}; nearest: {nearest!r}. Known: {', '.join(NAMES)}.\n")
        return 2
    dataset = DATASETS[call.name]
    if call.scale is not None and all(planted.inline for planted in dataset.metrics):
        sys.stderr.write(f"--scale replicates the metrics of a pack, and {call.name} has none; try {NAMES[0]}.\n")
        return 2
    seed = dataset.seed if call.seed is None else call.seed
    call.out.mkdir(parents=True, exist_ok=True)
    if call.scale is None:
        paths = write(dataset, call.out, seed=seed)
    else:
        paths = [call.out / f"{call.name}-{call.scale}.csv"]
        bulk.write(paths[0], metrics=dataset.metrics, frame=dataset.frame(), rows=call.scale, seed=seed)
    sys.stdout.writelines(f"{path}\n" for path in paths)
    return 0


def write(dataset: Dataset, out: Path, *, seed: int) -> list[Path]:
    """The paths of all files of the engagement, written to `out`."""
    contents = {name: (dataset.folder / name).read_bytes() for name in dataset.written_by_hand}
    contents.update(dataset.files(seed))
    paths = []
    for name, content in sorted(contents.items()):
        path = out / name
        path.write_bytes(content)
        paths.append(path)
    return paths


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m datasets.generate", description=__doc__.splitlines()[0])
    parser.add_argument("name", metavar="NAME", help=f"one of: {', '.join(NAMES)}")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder to write to; made if absent")
    parser.add_argument("--scale", metavar="N", type=_rows, help="rows of one long CSV instead, up to 100 million")
    parser.add_argument("--seed", metavar="N", type=_seed, help="default: that of the shipped files")
    return parser


def _rows(text: str) -> int:
    rows = int(text.replace("_", ""))
    if not 1 <= rows <= MOST_ROWS:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {MOST_ROWS}")
    return rows


def _seed(text: str) -> int:
    seed = int(text)
    if not 0 <= seed < 2**64:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 2^64 - 1")
    return seed


if __name__ == "__main__":
    sys.exit(main())
