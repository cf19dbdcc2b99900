"""One call of `valueviz effect` in this process, and small files to call it with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from valueviz.cli import main


class Said(NamedTuple):
    """What a call said: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def effects(self) -> list[dict[str, Any]]:
        """The JSON lines; a constant such as NaN is no JSON."""
        return [json.loads(line, parse_constant=_no_number) for line in self.out.splitlines()]


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


Call = Callable[..., Said]
"""Calls `valueviz effect` with some arguments."""


def caller(capsys: Any) -> Call:
    """Calls in this process."""

    def call(*arguments: object) -> Said:
        code = main(["effect", *(str(argument) for argument in arguments)])
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return call


def months(count: int, *, first: int = 2021) -> list[str]:
    """So many months as YYYY-MM from January of a year on."""
    return [f"{first + at // 12}-{at % 12 + 1:02d}" for at in range(count)]


def written(path: Path, rows: Iterable[Mapping[str, object]]) -> Path:
    """A CSV file with the keys of the first row as its header."""
    listed: Sequence[Mapping[str, object]] = list(rows)
    lines = [",".join(listed[0]), *(",".join(str(cell) for cell in row.values()) for row in listed)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
