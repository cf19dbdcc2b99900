"""The grade of evidence is that of its weakest part, and it is said what would raise it."""

from __future__ import annotations

import ast
import tomllib
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import valueviz
from valueviz.analysis.effect import Design, Diagnostic, Effect, estimate
from valueviz.analysis.effect.diagnostics import NAMES
from valueviz.analysis.quality import RULES
from valueviz.language import language
from valueviz.study import evidence
from valueviz.study.evidence import Evidence, EvidencePart, graded, raise_key, with_controls_moved
from valueviz.terms import GRADES, Baseline, Engagement, Finding, Grade, Locale, Metric, Names, Series, Site

GO_LIVE = date(2025, 1, 1)
START = 2023 * 12
MONTHS = 36

METRIC = Metric("days", Names.same("days"), "day", "lower", "mean", instrument="system_log", definition_version="1")
SERIES = Series(
    "days", "month", tuple(range(START, START + MONTHS)), tuple(10.0 + at % 5 - at // 24 for at in range(MONTHS))
)
DESIGN = Design(go_live=START + 24, season=1.0)
SIGNED = Baseline(date(2023, 1, 1), date(2024, 12, 31), signed_by=Names.same("the client"), signed_on=date(2024, 12, 1))
AGREED = Engagement(Names.same("Sample"), "ERP", "manufacturing", "CNY", GO_LIVE, baseline=SIGNED)


@pytest.fixture(scope="module")
def measured() -> Effect:
    """An effect of grade B without a comparison."""
    return replace(estimate(SERIES, DESIGN, thorough=False), grade="B", diagnostics=(), warnings=())


def of(measured: Effect, **changed: Any) -> Evidence:
    """The evidence for the effect, at A in all parts but what is changed."""
    known: dict[str, Any] = {
        "metric": METRIC,
        "series": SERIES,
        "estimated": replace(measured, method="did"),
        "design": DESIGN,
        "engagement": AGREED,
        **changed,
    }
    return graded(known.pop("metric"), known.pop("series"), **known)


def labelled(**labels: str | None) -> Series:
    """The series with an instrument or a definition version throughout."""
    return replace(SERIES, **{name: (label,) * MONTHS for name, label in labels.items()})  # type: ignore[arg-type]


def test_an_a_needs_every_part_at_a_and_nothing_would_raise_it(measured: Effect) -> None:
    found = of(measured)
    assert [(part.kind, part.grade, part.code) for part in found.parts] == [
        ("design", "A", "control"),
        ("instrument", "A", "instrument_stated"),
        ("definition", "A", "definition_stated"),
        ("sign_off", "A", "signed"),
        ("data", "A", "data_sound"),
    ]
    assert (found.grade, found.weakest, found.raises) == ("A", (), ())


def test_where_there_is_no_number_there_is_nothing_to_grade(measured: Effect) -> None:
    found = of(measured, estimated=replace(measured, grade=None))
    assert (found.parts, found.grade, found.raises) == ((), None, ())
    assert with_controls_moved(found) == found


FAILED = (
    Diagnostic("wandering", 0.7, False),
    Diagnostic("placebo", 0.3, False),
    Diagnostic("leave_one_out", 0.0, True),
)


@pytest.mark.parametrize(
    ("method", "changed", "grade", "code", "raises"),
    [
        ("segmented_step", {}, "B", "no_control", ("add_control",)),
        ("count_step", {}, "B", "no_control", ("add_control",)),
        ("sdid", {}, "A", "control", ()),
        ("imputation", {}, "A", "roll_out", ()),
        ("did", {"grade": "C"}, "C", "chosen_by_hand", ("let_rule_choose",)),
        (
            "segmented_step",
            {"grade": "C", "warnings": ("season_unresolved",)},
            "C",
            "season_unresolved",
            ("measure_longer",),
        ),
        (
            "imputation",
            {"grade": "C", "diagnostics": FAILED},
            "C",
            "diagnostic_failed",
            ("fix_diagnostic:wandering", "fix_diagnostic:placebo"),
        ),
    ],
)
def test_the_design_is_judged_by_method_and_diagnostics(
    measured: Effect, *, method: str, changed: dict[str, Any], grade: Grade, code: str, raises: tuple[str, ...]
) -> None:
    found = of(measured, estimated=replace(measured, method=method, **changed))
    assert found.parts[0] == EvidencePart("design", grade, code, raises)
    assert (found.grade, found.raises) == (grade, raises)


@pytest.mark.parametrize(
    ("series", "metric", "kind", "grade", "code"),
    [
        (labelled(instruments="system_log"), METRIC, "instrument", "A", "instrument_stated"),
        (labelled(instruments="秒表"), METRIC, "instrument", "D", "instrument_sampled"),
        (labelled(instruments="estimate"), METRIC, "instrument", "E", "instrument_estimated"),
        (labelled(instruments="手工记录"), METRIC, "instrument", "C", "instrument_unknown"),
        (SERIES, replace(METRIC, instrument="survey"), "instrument", "D", "instrument_sampled"),
        (SERIES, replace(METRIC, instrument=None), "instrument", "B", "instrument_unstated"),
        (replace(SERIES, instruments=(*["export"] * 30, *[None] * 6)), METRIC, "instrument", "B", "instrument_partly"),
        (labelled(definition_versions="2"), METRIC, "definition", "A", "definition_stated"),
        (SERIES, replace(METRIC, definition_version=None), "definition", "B", "definition_unstated"),
        (
            replace(SERIES, definition_versions=(*[None] * 6, *["1"] * 30)),
            METRIC,
            "definition",
            "B",
            "definition_partly",
        ),
        (replace(SERIES, definition_versions=(*["1"] * 6, *["2"] * 30)), METRIC, "definition", "B", "definition_mixed"),
    ],
)
def test_instrument_and_definition_are_judged_by_what_is_stated(
    measured: Effect, *, series: Series, metric: Metric, kind: str, grade: Grade, code: str
) -> None:
    found = of(measured, series=series, metric=metric)
    assert [(part.grade, part.code) for part in found.parts if part.kind == kind] == [(grade, code)]
    assert found.grade == grade


def test_a_period_without_a_value_needs_no_label(measured: Effect) -> None:
    gap = replace(
        SERIES,
        values=(None, *SERIES.values[1:]),
        definition_versions=(None, *["1"] * 35),
        instruments=(None, *["export"] * 35),
    )
    assert of(measured, series=gap).grade == "A"


@pytest.mark.parametrize(
    ("agreed", "grade", "code"),
    [
        (AGREED, "A", "signed"),
        (replace(AGREED, baseline=replace(SIGNED, signed_on=GO_LIVE)), "A", "signed"),
        (replace(AGREED, baseline=replace(SIGNED, signed_on=date(2025, 1, 2))), "B", "signed_late"),
        (replace(AGREED, baseline=replace(SIGNED, signed_by=None)), "B", "unsigned"),
        (replace(AGREED, baseline=replace(SIGNED, signed_on=None)), "B", "unsigned"),
        (replace(AGREED, baseline=None), "B", "unsigned"),
        (replace(AGREED, sites=(Site("A", date(2024, 11, 1)), Site("B", "never"))), "B", "signed_late"),
        (replace(AGREED, sites=(Site("A"), Site("B", date(2025, 3, 1)))), "A", "signed"),
    ],
)
def test_the_baseline_is_signed_before_the_first_go_live_or_late(
    measured: Effect, *, agreed: Engagement, grade: Grade, code: str
) -> None:
    found = of(measured, engagement=agreed)
    assert (found.parts[3].grade, found.parts[3].code, found.grade) == (grade, code, grade)


def capped(code: str, cap: Grade | None) -> Finding:
    rule = RULES[code]
    return Finding(code, rule.topic, rule.consequence, rule.repair, cap=cap)


@pytest.mark.parametrize(
    ("findings", "withdrawn", "data"),
    [
        ((), False, [("A", "data_sound")]),
        ((capped("gaps", None),), False, [("A", "data_sound")]),
        ((capped("constant_stretch", "C"), capped("unit_slip", "D")), False, [("D", "data_capped")]),
        ((capped("instrument_indicative", "D"),), False, [("A", "data_sound")]),
        ((), True, [("C", "withdrawn")]),
        ((capped("unit_slip", "D"),), True, [("D", "data_capped"), ("C", "withdrawn")]),
    ],
)
def test_data_are_judged_by_the_caps_of_findings_and_by_withdrawn_periods(
    measured: Effect, *, findings: tuple[Finding, ...], withdrawn: bool, data: list[tuple[Grade, str]]
) -> None:
    found = of(measured, findings=findings, withdrawn=withdrawn)
    assert [(part.grade, part.code) for part in found.parts if part.kind == "data"] == data


def test_controls_that_moved_leave_c_at_best_and_say_what_to_look_for(measured: Effect) -> None:
    found = with_controls_moved(of(measured))
    assert (found.grade, found.raises) == ("C", ("explain_controls",))
    indicative = with_controls_moved(of(measured, series=labelled(instruments="survey")))
    assert (indicative.grade, indicative.raises) == ("D", ("system_log",))


def test_all_that_holds_the_grade_down_is_named_with_the_least_effort_first(measured: Effect) -> None:
    found = of(
        measured,
        estimated=measured,
        metric=replace(METRIC, definition_version=None),
        engagement=replace(AGREED, baseline=None),
    )
    assert found.raises == ("state_definition", "sign_baseline", "add_control")


def test_a_part_that_falls_never_raises_the_grade(measured: Effect) -> None:
    worse: list[dict[str, Any]] = [
        {},
        {"estimated": measured},
        {"withdrawn": True},
        {"series": labelled(instruments="survey")},
    ]
    steps = [
        of(measured, **{key: value for each in worse[:count] for key, value in each.items()}) for count in range(1, 5)
    ]
    assert [each.grade for each in steps] == ["A", "B", "C", "D"]
    assert all(GRADES.index(str(one.grade)) <= GRADES.index(str(two.grade)) for one, two in pairwise(steps))


# Words ───────────────────────────────────────────────────────────────────────


def _written() -> dict[str, Any]:
    path = Path(valueviz.__file__).parent / "language" / "en.toml"
    found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))["evidence"]
    return found


def _codes() -> set[str]:
    """Every code that a part can have, as the source names it."""
    tree = ast.parse(Path(evidence.__file__).read_text(encoding="utf-8"))
    parts = [
        node.args[2]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "EvidencePart"
    ]
    plain = {str(code.value) for code in parts if isinstance(code, ast.Constant)}
    stated = {f"{kind}_{how}" for kind in ("instrument", "definition") for how in ("stated", "unstated", "partly")}
    return plain | stated | set(evidence.BY_INSTRUMENT.values())


@pytest.mark.parametrize("locale", ["en", "zh_CN"])
def test_every_part_and_what_would_raise_it_has_a_sentence(locale: Locale) -> None:
    spoken = language(locale)
    assert all(spoken.words(f"evidence.kind.{kind}") for kind in evidence.KINDS)
    for code in evidence.EFFORT:
        if code != "fix_diagnostic":
            assert spoken.words(raise_key(code))


def test_no_sentence_is_left_without_a_part() -> None:
    written = _written()
    assert set(written["kind"]) == set(evidence.KINDS)
    assert set(written["raise"]) == set(evidence.EFFORT)
    assert set(written["part"]) == _codes()


def test_every_diagnostic_that_can_fail_says_what_would_mend_it() -> None:
    informative = {"xmr", "minimum_detectable", "periods_needed"}
    assert set(_written()["raise"]["fix_diagnostic"]) == set(NAMES) - informative
