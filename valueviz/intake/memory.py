"""Which file is like one that came before: headers are told by a fingerprint, a changed one by what it shares."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from valueviz.catalog import Mapping, read_mapping
from valueviz.intake.header import Header, plain
from valueviz.intake.plan import wanted_columns


@dataclass(frozen=True, slots=True)
class Remembered:
    """The mapping by which a file with a certain header was read last."""

    fingerprint: str
    file: str
    mapping: Mapping


def fingerprint_of(header: Header) -> str:
    """The fingerprint of a header: its names in order, whatever their width and case, and how many rows it has."""
    return fingerprint(header.names, rows=max(1, len(header.rows)))


def fingerprint(names: Sequence[str], *, rows: int) -> str:
    """SHA-256 over the names of a header.

    >>> fingerprint(["日期", "ＯＥＥ"], rows=1) == fingerprint(["日期", "oee"], rows=1)
    True
    """
    content = json.dumps([rows, *map(plain, names)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def exactly(known: Sequence[Remembered], mark: str) -> Remembered | None:
    """The last file with this very header."""
    return next((each for each in reversed(known) if each.fingerprint == mark), None)


def likest(known: Sequence[Remembered], names: Sequence[str]) -> Remembered | None:
    """The last file whose mapped columns are all or mostly in a header; None where most are missing."""
    here = {plain(name) for name in names}
    best: tuple[float, Remembered] | None = None
    for each in known:
        wanted = {plain(name) for name in (*wanted_columns(each.mapping), each.mapping.metric or "") if name}
        wanted -= {plain(metric.key) for metric in each.mapping.metrics}
        shared = len(wanted & here) / len(wanted) if wanted else 0.0
        if shared >= MOSTLY and (best is None or shared >= best[0]):
            best = (shared, each)
    return best[1] if best else None


MOSTLY = 0.5
"""Share of the columns of an earlier mapping that a header must hold for its parts to be taken over."""


def remembered_from_json(plain_list: Sequence[Sequence[str]]) -> tuple[Remembered, ...]:
    """What is remembered, as a child process received it: fingerprint, file, TOML of the mapping."""
    return tuple(Remembered(mark, file, read_mapping(text, file=file)) for mark, file, text in plain_list)
