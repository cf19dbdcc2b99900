"""Which units are one site in several spellings, and whether some units are the whole of others."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@dataclass(frozen=True, slots=True)
class Spelling:
    """A unit as a snapshot writes it (canonical JSON), its site, and the number of the snapshot."""

    unit: str
    site: str
    snapshot: int


def unify(connection: DuckDBPyConnection, spellings: Sequence[Spelling]) -> bool:
    """Write down the units that are written otherwise than before, in `one_unit`; whether there are any."""
    found = respelled(spellings)
    columns = [[each[place] for each in found] for place in range(4)]
    connection.execute(
        """CREATE TEMP TABLE one_unit AS
        SELECT
            unnest(?::VARCHAR []) AS unit,
            unnest(?::VARCHAR []) AS site,
            unnest(?::VARCHAR []) AS one,
            unnest(?::VARCHAR []) AS one_site""",
        columns,
    )
    return bool(found)


def respelled(spellings: Sequence[Spelling]) -> list[tuple[str, str, str, str]]:
    """Unit and site as written, and as first written, where these differ.

    A site is the same whatever its letters' case and width and the spaces around it, and whatever its column is
    called: 工厂 in one file, Plant in the next. The other dimensions of a unit are taken as they are.

    Args:
        spellings: units with a site, in the order in which they were first written.
    """
    labels: dict[str, str] = {}
    for each in spellings:
        labels.setdefault(folded(each.site), each.site)
    several = len({each.snapshot for each in spellings}) > 1
    if not several and len(labels) == len({each.site for each in spellings}):
        return []
    parsed = [json.loads(each.unit) for each in spellings]
    names = _site_names(spellings, parsed)
    first = next((name for name in names.values() if name is not None), None)
    found = {}
    for each, dimensions in zip(spellings, parsed, strict=True):
        name, label = names[each.snapshot], labels[folded(each.site)]
        if name is None or first is None or dimensions.get(name) != each.site:
            continue
        kept = first if first == name or first not in dimensions else name
        one = {key: value for key, value in dimensions.items() if key != name} | {kept: label}
        unit = _ENCODER.encode(one)
        if (unit, label) != (each.unit, each.site):
            found[each.unit, each.site] = (unit, label)
    return [(*written, *one) for written, one in found.items()]


def folded(label: str) -> str:
    """A label as it is compared.

    >>> folded(" Ｐ２ ") == folded("p2")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())


def _site_names(spellings: Sequence[Spelling], parsed: Sequence[Mapping[str, str]]) -> dict[int, str | None]:
    """What the dimension that holds the site is called in each snapshot; None where it is none."""
    candidates: dict[int, set[str]] = {}
    for each, dimensions in zip(spellings, parsed, strict=True):
        own = {name for name, value in dimensions.items() if value == each.site}
        candidates[each.snapshot] = candidates.get(each.snapshot, own) & own
    names: dict[int, str | None] = {}
    for snapshot, own in sorted(candidates.items()):
        known = [name for name in names.values() if name in own]
        names[snapshot] = known[0] if known else min(own, default=None)
    return names


def mixed(units: Iterable[str]) -> int:
    """How many of some units are the whole of others: the client beside its sites, a site beside its lines.

    >>> mixed(['{}', '{"site":"P1"}', '{"site":"P2"}'])
    1
    """
    by_names: dict[frozenset[str], list[dict[str, str]]] = {}
    for unit in units:
        dimensions = json.loads(unit)
        by_names.setdefault(frozenset(dimensions), []).append(dimensions)
    if len(by_names) < 2:
        return 0
    found = 0
    for names, wholes in by_names.items():
        parts = {
            tuple(part[name] for name in sorted(names))
            for finer, several in by_names.items()
            if names < finer
            for part in several
        }
        found += sum(tuple(whole[name] for name in sorted(names)) in parts for whole in wholes)
    return found
