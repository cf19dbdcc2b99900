"""What must not matter does not: order of rows, unit, language, a site where nothing happens, other series and metrics."""

from __future__ import annotations

import importlib
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import valueviz
from valueviz import story, study
from valueviz.analysis.effect import Effect
from valueviz.catalog import read_engagement, read_mapping
from valueviz.cli import main
from valueviz.face import Effects
from valueviz.intake import import_file
from valueviz.store import Workspace
from valueviz.study import Outcome

MONTHS = [f"{2021 + i // 12}-{i % 12 + 1:02d}" for i in range(36)]
GO_LIVE = "2023-01"
NOISE = np.random.default_rng(17).normal(size=(6, 36))
AFTER = np.arange(36) >= 24
NUMBERS = ("estimate", "low", "high")
WORDS = (
    "verdict",
    "reason",
    "method",
    "grade",
    "n_before",
    "n_after",
    "better",
    "scale",
    "season",
    "grain",
    "warnings",
)
IN_UNITS = ("minimum_detectable", "step_slope_disagrees")
"""Diagnostics in the unit of the values; all others are shares, counts or periods."""


def line(number: int, *, level: float = 100.0, size: float = 3.0, effect: float = 0.0) -> np.ndarray:
    """A synthetic series of 36 months, moved by `effect` in its last year."""
    made: np.ndarray = level + size * NOISE[number] + effect * AFTER
    return made


def near(value: Any) -> Any:
    """Equal but for rounding."""
    return value if value is None else pytest.approx(value, rel=1e-6, abs=1e-9)


# The command line and the Python face ─────────────────────────────────────────

Row = tuple[str, str, float]
Ask = Callable[..., dict[str, dict[str, Any]]]


@pytest.fixture
def rows() -> list[Row]:
    """Two synthetic series in long form: one falls, one does not."""
    falling, flat = line(0, effect=-12.0), line(1)
    pairs = [("falling", falling), ("flat", flat)]
    return [(key, month, float(value)) for key, values in pairs for month, value in zip(MONTHS, values, strict=True)]


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """A function of rows and options: the effects on stdout by series."""

    def asked(rows: list[Row], *options: str) -> dict[str, dict[str, Any]]:
        path = tmp_path / "series.csv"
        text = "".join(f"{key},{month},{value!r}\n" for key, month, value in rows)
        path.write_text("series,date,value\n" + text, encoding="utf-8")
        assert main(["effect", str(path), "--go-live", GO_LIVE, "--json", *options]) == 0
        found = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
        return {effect["series"]: effect for effect in found}

    return asked


def intervals(effect: dict[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Every number of an effect that is in the unit of the values."""
    yield from ((name, effect[name]) for name in NUMBERS)
    for inner in ("claim_interval", "step_slope", "forecast"):
        yield from ((f"{inner}.{name}", effect[inner][name]) for name in NUMBERS if name in effect[inner])
    yield from ((name, effect["diagnostics"][name]["value"]) for name in IN_UNITS)


def unitless(effect: dict[str, Any]) -> dict[str, Any]:
    """Everything of an effect that has no unit."""
    checks = {name: check["ok"] for name, check in effect["diagnostics"].items()}
    shares = {name: near(check["value"]) for name, check in effect["diagnostics"].items() if name not in IN_UNITS}
    return {name: effect[name] for name in WORDS} | {"checks": checks, "shares": shares}


def test_the_order_of_rows_changes_nothing(rows: list[Row], ask: Ask) -> None:
    order = np.random.default_rng(5).permutation(len(rows))
    assert ask([rows[i] for i in order]) == ask(rows)


@pytest.mark.parametrize("scale", ["log", "identity"])
@pytest.mark.parametrize("unit", [1000.0, 0.001])
def test_another_unit_changes_only_the_unit(rows: list[Row], ask: Ask, scale: str, unit: float) -> None:
    plain = ask(rows, "--scale", scale)
    for key, other in ask([(key, month, unit * value) for key, month, value in rows], "--scale", scale).items():
        assert unitless(other) == unitless(plain[key])
        for name in ("relative", "relative_low", "relative_high"):
            assert other[name] == near(plain[key][name])
        for (name, theirs), (_, ours) in zip(intervals(other), intervals(plain[key]), strict=True):
            assert theirs == near(ours if ours is None else unit * ours), name


@pytest.mark.parametrize("shift", [500.0, -100.0])
def test_another_zero_changes_no_difference(rows: list[Row], ask: Ask, shift: float) -> None:
    plain = ask(rows, "--scale", "identity")
    for key, other in ask([(key, month, value + shift) for key, month, value in rows], "--scale", "identity").items():
        assert unitless(other) == unitless(plain[key])
        assert [(name, near(value)) for name, value in intervals(other)] == list(intervals(plain[key]))


def test_turning_a_series_around_turns_the_effect_around(rows: list[Row], ask: Ask) -> None:
    plain = ask(rows, "--scale", "identity")
    turned = ask([(key, month, 200 - value) for key, month, value in rows], "--scale", "identity", "--better", "higher")
    for key, other in turned.items():
        assert other["verdict"] == plain[key]["verdict"]
        assert other["estimate"] == near(-plain[key]["estimate"])
        assert (other["low"], other["high"]) == (near(-plain[key]["high"]), near(-plain[key]["low"]))


def test_other_series_in_the_file_change_nothing(rows: list[Row], ask: Ask) -> None:
    plain = ask(rows)
    constant = [("constant", month, 5.0) for month in MONTHS]
    more = ask(
        rows[:36] + constant + [("wild", month, float(v)) for month, v in zip(MONTHS, line(2, size=40), strict=True)]
    )
    assert more["falling"] == plain["falling"]
    assert (more["constant"]["verdict"], more["constant"]["reason"]) == ("refused", "constant")


def test_the_language_changes_no_number(rows: list[Row], ask: Ask) -> None:
    assert ask(rows, "--lang", "zh") == ask(rows, "--lang", "en")


def test_the_python_face_and_the_command_line_answer_alike_in_any_order(rows: list[Row], ask: Ask) -> None:
    frame = pd.DataFrame(rows, columns=["series", "date", "value"]).sample(frac=1, random_state=3)
    by_file = ask(rows)
    by_frame = valueviz.effect(frame, go_live=GO_LIVE, series="series")
    assert isinstance(by_frame, Effects)
    for effect in by_frame:
        assert [getattr(effect, name) for name in NUMBERS] == [by_file[effect.series.key][name] for name in NUMBERS]


# An import into a workspace ──────────────────────────────────────────────────

ENGAGEMENT = """
name = "Synthetic works"
system = "ERP"
industry = "manufacturing"
currency = "CNY"
go_live = 2023-01-01
"""

MAPPING = """
layout = "long"
[columns]
date = "month"
metric = "metric"
value = "value"
volume = "volume"
dimensions = ["site"]
instrument = "instrument"
"""

METRIC = """
[metric.{key}]
name = {{ en = "{key}", zh_CN = "{key}" }}
unit = "{unit}"
better = "lower"
aggregation = "{aggregation}"
grain = "month"
"""

METRICS = {"late_share": ("share", "mean"), "open_tickets": ("count", "sum"), "handling_hours": ("hour", "mean")}
Cell = tuple[str, str, str, float, float]
"""Month, site, metric, value, volume."""


def cells() -> list[Cell]:
    """Three metrics at two sites: a share and a number of tickets that fall, hours that do not."""
    made = []
    for number, site in enumerate(("north", "south")):
        for metric, values in (
            ("late_share", line(number, level=0.5, size=0.02, effect=-0.08)),
            ("open_tickets", np.round(line(2 + number, level=400, size=12, effect=-60))),
            ("handling_hours", line(4 + number, level=30, size=1.5)),
        ):
            made += [(month, site, metric, float(v), 50.0) for month, v in zip(MONTHS, values, strict=True)]
    return made


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., study.Study]]:
    """A function of a client and its rows: what is known once they are imported; without a child process, for speed."""
    folder = tmp_path_factory.mktemp("invariance")
    workspace = Workspace.open(folder / "workspace", create=True)
    engagement = read_engagement(ENGAGEMENT, file="engagement.toml")

    def run(target: str, *, args: Any, limits: object, progress: object = None) -> Any:
        module, _, name = target.partition(":")
        function = getattr(importlib.import_module(module), name)
        return json.loads(json.dumps(function(progress=lambda stage, share: None, **json.loads(json.dumps(args)))))

    def taken(client: str, rows: list[Cell], *, unit: str = "hour") -> study.Study:
        workspace.put_engagement(client, ENGAGEMENT.encode(), engagement, file="engagement.toml")
        lines = [f"{month},{site},{metric},{value!r},{volume!r},log\n" for month, site, metric, value, volume in rows]
        path = folder / f"{client}.csv"
        path.write_text("month,site,metric,value,volume,instrument\n" + "".join(lines), encoding="utf-8")
        defined = {key: (unit if key == "handling_hours" else of, how) for key, (of, how) in METRICS.items()}
        defined |= {row[2]: ("piece", "mean") for row in rows if row[2] not in METRICS}
        text = MAPPING + "".join(METRIC.format(key=key, unit=of, aggregation=how) for key, (of, how) in defined.items())
        import_file(workspace.client(client), path, mapping=read_mapping(text, file="mapping.toml"), propose=False)
        return study.run(workspace, study.ask(workspace.client(client)))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("valueviz.intake.intake.run", run)
        yield taken


@pytest.fixture(scope="module")
def base(take: Callable[..., study.Study]) -> study.Study:
    """What is known of the rows as they are."""
    return take("base", cells())


def outcomes(found: study.Study) -> dict[str, Outcome]:
    """The outcomes by metric."""
    return {outcome.metric.key: outcome for outcome in found.outcomes}


def stated(found: study.Study) -> list[tuple[Any, ...]]:
    """Every fact of the renewal report without the digests of the file it was read from."""
    document = story.compose(found, story.view("renewal", locale="en"))
    return [
        (section, fact.key, fact.value, fact.unit, fact.interval, fact.grade, fact.verdict, text)
        for section, fact, text in story.facts(document)
        if section != "lineage"
    ]


def test_rows_imported_in_another_order_give_the_same_effects_and_the_same_report(
    take: Callable[..., study.Study], base: study.Study
) -> None:
    order = np.random.default_rng(8).permutation(len(cells()))
    other = take("shuffled", [cells()[i] for i in order])
    assert [outcome.effect for outcome in other.outcomes] == [outcome.effect for outcome in base.outcomes]
    assert [outcome.grade for outcome in other.outcomes] == [outcome.grade for outcome in base.outcomes]
    assert stated(other) == stated(base)


def test_a_metric_imported_in_another_unit_has_the_same_verdict_and_share(
    take: Callable[..., study.Study], base: study.Study
) -> None:
    rows = [(*row[:3], row[3] * 60 if row[2] == "handling_hours" else row[3], row[4]) for row in cells()]
    found, plain = outcomes(take("minutes", rows, unit="minute")), outcomes(base)
    scaled(found["handling_hours"].effect, plain["handling_hours"].effect, factor=60)
    assert found["handling_hours"].grade == plain["handling_hours"].grade
    for key in ("late_share", "open_tickets"):
        assert found[key].effect == plain[key].effect


def scaled(effect: Effect, plain: Effect, *, factor: float) -> None:
    """Assert that an effect is another one in a unit so many times smaller."""
    assert (effect.verdict, effect.reason, effect.warnings) == (plain.verdict, plain.reason, plain.warnings)
    assert effect.relative == near(plain.relative)
    for name in NUMBERS:
        assert getattr(effect, name) == near(factor * (getattr(plain, name) or math.nan)), name


def test_a_site_where_nothing_happens_dilutes_a_mean_and_leaves_a_total(
    take: Callable[..., study.Study], base: study.Study
) -> None:
    level = {"late_share": 0.5, "open_tickets": 400.0, "handling_hours": 30.0}
    still = [(month, "still", key, value, 50.0) for month in MONTHS for key, value in level.items()]
    found, plain = outcomes(take("constant", cells() + still)), outcomes(base)
    for key, outcome in found.items():
        assert outcome.effect.verdict == plain[key].effect.verdict, key
        assert set(outcome.units) - set(plain[key].units) != set()
    share = found["late_share"].effect
    assert share.scale == "identity"
    for name in NUMBERS:
        assert getattr(share, name) == near(2 / 3 * (getattr(plain["late_share"].effect, name) or math.nan))
    # a logarithm bends a little about another level
    total = found["open_tickets"].effect.estimate
    assert total == pytest.approx(plain["open_tickets"].effect.estimate, rel=0.05)


def test_a_metric_that_has_nothing_to_do_with_it_changes_no_other(
    take: Callable[..., study.Study], base: study.Study
) -> None:
    values = line(3, level=20, size=2, effect=9)
    other = [(month, "north", "parcels_lost", float(value), 50.0) for month, value in zip(MONTHS, values, strict=True)]
    found, plain = outcomes(take("more", cells() + other)), outcomes(base)
    assert found["parcels_lost"].effect.verdict == "worse"
    for key, outcome in plain.items():
        assert (found[key].effect, found[key].grade) == (outcome.effect, outcome.grade), key


def test_the_facts_of_a_workspace_are_the_same_in_both_languages(base: study.Study) -> None:
    documents = [story.compose(base, story.view("renewal", locale=locale)) for locale in ("zh_CN", "en")]
    chinese, english = ([(section, repr(fact)) for section, fact, _ in story.facts(each)] for each in documents)
    assert chinese == english
