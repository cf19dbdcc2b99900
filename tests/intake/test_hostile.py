"""A slice of the hostile files: nothing wrong comes out, nothing crashes, every row is accounted for."""

from __future__ import annotations

import random
from pathlib import Path

from tests.bench.hostile import Tally, judge
from tests.intake.damage import hostile_file

FILES = 40
"""Enough to draw every table, form, container and damage; thousands are taken by hand with tests/bench/hostile.py."""


def test_no_hostile_file_gives_a_wrong_value(tmp_path: Path) -> None:
    tally = Tally()
    for number in range(FILES):
        judge(hostile_file(random.Random(f"slice-{number}")), tally, tmp_path, name=f"slice-{number}")
    assert (tally.wrong, tally.crashed, tally.unaccounted) == ([], [], [])
    assert tally.values > FILES
    assert tally.named >= 0.95 * tally.places
