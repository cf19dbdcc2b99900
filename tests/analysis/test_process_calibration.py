"""A slice of the calibration of process maps on a real log; the whole of it is `tests.bench.process_calibration`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.analysis.event_log import DAY, Log, Walks, read_xes, scaled, walks
from tests.bench.process_calibration import FULL, compared, dated, placebos, same, share

MAPS = 15
Read = tuple[Log, Walks]


@pytest.fixture(scope="module")
def domestic(shared: Path) -> Read:
    """The Domestic declarations and the walks along their edges."""
    log = read_xes(shared / "data/process/bpic2020_DomesticDeclarations.cleaned.xes.gz")
    return log, walks(log)


def test_at_dates_without_a_go_live_hardly_a_map_has_colour_where_windows_alone_would_colour_all(
    domestic: Read,
) -> None:
    maps = placebos(*domestic, days=(90, 150), many=MAPS)
    assert share(maps, *FULL) <= 1 / MAPS
    assert np.mean([one.by_windows > 0 for one in maps]) > 0.9


def test_of_cases_dealt_out_at_random_no_map_has_colour(domestic: Read) -> None:
    assert share(same(*domestic, many=MAPS), *FULL) == 0.0


def test_a_payment_run_twice_as_quick_is_in_full_colour(domestic: Read) -> None:
    log, found = domestic
    periods = dated(np.random.default_rng(1), days=150)
    later = log.starts >= (periods[1].start.toordinal() - 719_163) * DAY
    pair = ("Request Payment", "Payment Handled")
    changed = compared(log, scaled(found, pair, cases=later, factor=0.5), periods=periods)
    assert {(edge.source, edge.target): edge.colour for edge in changed.drawn}[pair] == "faster"
