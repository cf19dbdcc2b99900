"""No period is filled in silence, and none that was measured once can be taken away to a vendor's advantage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from valueviz import study
from valueviz.catalog import read_engagement, read_mapping
from valueviz.intake import import_file
from valueviz.store import Client, Workspace
from valueviz.study import Outcome, Study
from valueviz.terms import period_of

BEFORE, AFTER = 20, 16
FIRST = date(2023, 5, 1)
START = period_of(FIRST, "month")
ENGAGEMENT = """\
name = "Sample (synthetic)"
system = "ERP"
industry = "manufacturing"
currency = "USD"
go_live = 2025-01-01
"""

Months = Mapping[int, float | None]
"""Months since the first one and their values; None is a blank cell, a month that is not there is no row."""


def day(month: int) -> str:
    return date(FIRST.year + (FIRST.month - 1 + month) // 12, (FIRST.month - 1 + month) % 12 + 1, 1).isoformat()


def measured(seed: int = 11, *, gain: float = 12.0) -> dict[int, float]:
    """Months of one metric of which lower is better, with a constant gain from go-live on."""
    noise = np.random.default_rng(seed).normal(scale=2.0, size=BEFORE + AFTER)
    return {month: round(100 + noise[month] - gain * (month >= BEFORE), 2) for month in range(BEFORE + AFTER)}


class Delivered:
    """A client that delivers files of many metrics, each told in its own way."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = Workspace.open(folder / "workspace", create=True)
        agreed = read_engagement(ENGAGEMENT, file="engagement.toml")
        self.workspace.put_engagement("sample", ENGAGEMENT.encode(), agreed, file="engagement.toml")
        self.count = 0

    @property
    def client(self) -> Client:
        return self.workspace.client("sample")

    def deliver(self, metrics: Mapping[str, Months]) -> None:
        """Import a file with these metrics, its blanks and values agreed to."""
        self.count += 1
        lines = ["date,metric,value"]
        for key, months in metrics.items():
            lines += [f"{day(month)},{key},{'' if value is None else value}" for month, value in months.items()]
        path = self.folder / f"export {self.count}.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        mapping = read_mapping(_mapping(metrics), file="mapping.toml")
        import_file(self.client, path, mapping=mapping, propose=False, overlap="new")

    def known(self, *metrics: Mapping[str, Months]) -> Study:
        """What is known once files with these metrics are imported."""
        for each in metrics:
            self.deliver(each)
        return study.run(self.workspace, study.ask(self.client))


def _mapping(metrics: Iterable[str]) -> str:
    defined = [
        f'[metric.{key}]\nname = {{ en = "{key}", zh_CN = "{key}" }}\nunit = "day"\nbetter = "lower"\n'
        f'aggregation = "mean"\ngrain = "month"\nseason = 1\ninstrument = "export"\ndefinition_version = "1"\n'
        for key in metrics
    ]
    columns = '[columns]\ndate = "date"\nmetric = "metric"\nvalue = "value"\n'
    return "\n".join(['layout = "long"', columns, *defined])


@pytest.fixture
def delivered(tmp_path: Path) -> Delivered:
    """A client that delivered nothing yet."""
    return Delivered(tmp_path)


def worth(outcome: Outcome) -> float:
    """The gain summed over the measured periods after."""
    assert outcome.effect.gain is not None
    return outcome.effect.gain * outcome.effect.n_after


def without(months: Months, gone: Iterable[int]) -> Months:
    """No rows for some months."""
    left = set(gone)
    return {month: value for month, value in months.items() if month not in left}


def blanked(months: Months, gone: Iterable[int]) -> Months:
    """Blank cells for some months."""
    left = set(gone)
    return {month: None if month in left else value for month, value in months.items()}


Withdraw = Callable[[Months, Iterable[int]], Months]
WAYS: dict[str, Withdraw] = {"rows": without, "cells": blanked}
SOME = (*range(1, BEFORE, 4), *range(BEFORE, BEFORE + AFTER))
"""Months that are withdrawn each in turn; without the first of all a file is one of a moving window."""


def test_withdrawing_any_period_never_raises_realised_value(delivered: Delivered) -> None:
    months = measured()
    told = {f"{way}_{month}": WAYS[way](months, [month]) for way in WAYS for month in SOME}
    first, second = delivered.known(dict.fromkeys(told, months)), delivered.known(told)
    for key in told:
        before, after = first.outcome(key), second.outcome(key)
        assert before.withdrawn == ()
        assert after.withdrawn == (START + int(key.rpartition("_")[2]),)
        assert before.realised is not None
        assert after.realised is not None
        assert after.realised.low <= before.realised.low, key
        assert after.realised.high <= before.realised.high, key
        assert (before.grade, after.grade) == ("B", "C")


def test_withdrawing_the_worst_periods_one_after_the_other_never_raises_realised_value(delivered: Delivered) -> None:
    whole = {f"{way}_{gain}": measured(gain=float(gain)) for way in WAYS for gain in (12, 0, -12)}
    worst = {
        key: sorted(range(BEFORE, BEFORE + AFTER), key=lambda at: -months[at])[:2] for key, months in whole.items()
    }
    history = [
        delivered.known({key: WAYS[key.partition("_")[0]](whole[key], worst[key][:count]) for key in whole})
        for count in range(3)
    ]
    for key in whole:
        values = [known.outcome(key).realised for known in history]
        lows = [value.low for value in values if value is not None]
        highs = [value.high for value in values if value is not None]
        assert len(lows) == len(history)
        assert lows == sorted(lows, reverse=True), key
        assert highs == sorted(highs, reverse=True), key
        assert history[-1].outcome(key).withdrawn == tuple(sorted(START + month for month in worst[key]))


def test_what_is_delivered_again_is_withdrawn_no_longer(delivered: Delivered) -> None:
    months = measured()
    first = delivered.known({"days": months}, {"days": blanked(months, [BEFORE + 3])})
    second = delivered.known({"days": {**months, 2: months[2] + 0.01}})
    assert first.outcome("days").withdrawn == (START + BEFORE + 3,)
    assert second.outcome("days").withdrawn == ()
    assert (first.outcome("days").grade, second.outcome("days").grade) == ("C", "B")


def test_unmeasured_periods_are_worth_nothing(delivered: Delivered) -> None:
    months, last = measured(), BEFORE + AFTER
    # inside one at a time, for more would be refused as missing; at the end any number
    gone = {"whole": (), "holed": (BEFORE + 5,), **{f"k{k}": tuple(range(last - k, last)) for k in (1, 2, 4, 8)}}
    known = delivered.known({key: without(months, left_out) for key, left_out in gone.items()})
    whole = worth(known.outcome("whole"))
    for key, left_out in gone.items():
        outcome = known.outcome(key)
        assert worth(outcome) / whole == pytest.approx(1 - len(left_out) / AFTER, abs=0.04)
        assert outcome.withdrawn == ()
        assert outcome.realised is not None
        assert outcome.realised.low <= worth(outcome) <= outcome.realised.high


def test_a_moving_window_and_files_of_single_stretches_withdraw_nothing(delivered: Delivered) -> None:
    months = measured()
    last = BEFORE + AFTER
    stretches = [{each: months[each] for each in range(at, at + 12)} for at in range(0, last, 12)]
    windows = [{each: months[each] for each in span} for span in (range(last - 6), range(3, last - 3), range(6, last))]
    known = delivered.known(
        *({"window": window, "stretch": stretch} for window, stretch in zip(windows, stretches, strict=True))
    )
    assert [known.outcome(key).withdrawn for key in ("window", "stretch")] == [(), ()]
    assert known.outcome("window").realised == known.outcome("stretch").realised
