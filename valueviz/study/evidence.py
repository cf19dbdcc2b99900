"""How good the evidence for an effect is: one grade a part, the weakest decides, and what would raise it.

An A needs every part at A. Nothing here looks at how large an effect is or which way it points.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from valueviz import catalog
from valueviz.analysis.effect import Design, Effect
from valueviz.terms import Engagement, Finding, Grade, Metric, Series, weakest

Kind = Literal["design", "instrument", "definition", "sign_off", "data", "controls"]

KINDS: tuple[Kind, ...] = ("design", "instrument", "definition", "sign_off", "data", "controls")
"""The parts of evidence, in the order in which a page shows them."""

INSTRUMENT_GRADES: dict[str, Grade] = {
    "system_log": "A",
    "export": "A",
    "time_study": "D",
    "sample": "D",
    "survey": "D",
    "estimate": "E",
}
"""The best grade an instrument allows (PRODUCT, rule 7)."""

UNKNOWN_INSTRUMENT: Grade = "C"
"""The best grade of an instrument nobody knows: it may be an export as well as a guess."""

COMPARED = ("did", "imputation", "sc", "sdid")
"""Methods that compare with units which had no go-live at the time."""

OWN_PART = ("instrument_indicative",)
"""Findings about data that another part of the evidence already holds."""

EFFORT = (
    "state_definition",
    "state_instrument",
    "sign_baseline",
    "let_rule_choose",
    "restore_periods",
    "repair_data",
    "explain_controls",
    "fix_diagnostic",
    "measure_longer",
    "add_control",
    "system_log",
    "sign_earlier",
)
"""What would raise a grade, from a sentence in an engagement up to another way of working."""


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """One thing the evidence rests on: the best grade it allows, why, and the codes of what would raise it."""

    kind: Kind
    grade: Grade
    code: str
    raises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The parts of the evidence for one effect; none where there is no number to grade."""

    parts: tuple[EvidencePart, ...] = ()

    @property
    def grade(self) -> Grade | None:
        """The grade of the weakest part."""
        return weakest(*(part.grade for part in self.parts))

    @property
    def weakest(self) -> tuple[EvidencePart, ...]:
        """The parts that decide the grade; none where every part is as good as can be."""
        return tuple(part for part in self.parts if part.grade == self.grade != "A")

    @property
    def raises(self) -> tuple[str, ...]:
        """What would raise the grade, least effort first; all of it is needed, for each weakest part holds it down."""
        wanted = dict.fromkeys(code for part in self.weakest for code in part.raises)
        return tuple(sorted(wanted, key=lambda code: EFFORT.index(code.partition(":")[0])))


CONTROLS_MOVED = EvidencePart("controls", "C", "controls_moved", ("explain_controls",))
"""What the implementation cannot have touched changed as well: a common cause is possible."""


def graded(
    metric: Metric,
    series: Series,
    *,
    estimated: Effect,
    design: Design,
    engagement: Engagement,
    findings: Sequence[Finding] = (),
    withdrawn: bool = False,
) -> Evidence:
    """The evidence for an effect.

    Args:
        metric: its definition.
        series: the measured series with its labels.
        estimated: the effect.
        design: how it was estimated.
        engagement: what was agreed and signed.
        findings: what the gate found about the data.
        withdrawn: whether a later file no longer tells some of its periods.
    """
    if estimated.grade is None:
        return Evidence()
    return Evidence(
        (
            _design(estimated.grade, estimated=estimated, design=design),
            _instrument(metric, series),
            _definition(metric, series),
            _sign_off(engagement),
            *_data(findings, withdrawn=withdrawn),
        )
    )


def with_controls_moved(evidence: Evidence) -> Evidence:
    """The evidence once a negative control changed too; where there is nothing to grade, nothing changes."""
    return replace(evidence, parts=(*evidence.parts, CONTROLS_MOVED)) if evidence.parts else evidence


def raise_key(code: str) -> str:
    """The key of the sentence that says what would raise a grade.

    >>> raise_key("fix_diagnostic:placebo")
    'evidence.raise.fix_diagnostic.placebo'
    """
    return f"evidence.raise.{code.replace(':', '.')}"


# Parts ───────────────────────────────────────────────────────────────────────


def _design(grade: Grade, *, estimated: Effect, design: Design) -> EvidencePart:
    if grade > "B":
        failed = tuple(f"fix_diagnostic:{each.name}" for each in estimated.diagnostics if each.ok is False)
        if failed:
            return EvidencePart("design", grade, "diagnostic_failed", failed)
        if "season_unresolved" in estimated.warnings:
            return EvidencePart("design", grade, "season_unresolved", ("measure_longer",))
        return EvidencePart("design", grade, "chosen_by_hand", ("let_rule_choose",))
    if estimated.method == "imputation":
        return EvidencePart("design", "A", "roll_out")
    if estimated.method in COMPARED or design.controls:
        return EvidencePart("design", "A", "control")
    return EvidencePart("design", "B", "no_control", ("add_control",))


def instrument_grade(metric: Metric, series: Series) -> Grade | None:
    """The best grade the weakest instrument of a series allows."""
    stated = {instrument for instrument in series.instruments or () if instrument}
    instruments = stated or {metric.instrument or "export"}
    return weakest(
        *(
            INSTRUMENT_GRADES.get(catalog.instrument_of(instrument), UNKNOWN_INSTRUMENT)
            for instrument in sorted(instruments)
        )
    )


BY_INSTRUMENT = {"C": "instrument_unknown", "D": "instrument_sampled", "E": "instrument_estimated"}


def _instrument(metric: Metric, series: Series) -> EvidencePart:
    grade = instrument_grade(metric, series) or UNKNOWN_INSTRUMENT
    if grade in BY_INSTRUMENT:
        wanted = "state_instrument" if grade == UNKNOWN_INSTRUMENT else "system_log"
        return EvidencePart("instrument", grade, BY_INSTRUMENT[grade], (wanted,))
    return _stated("instrument", _labels(series, series.instruments), by_definition=metric.instrument)


def _definition(metric: Metric, series: Series) -> EvidencePart:
    labels = _labels(series, series.definition_versions)
    if len(set(labels) - {None}) > 1:
        return EvidencePart("definition", "B", "definition_mixed", ("state_definition",))
    return _stated("definition", labels, by_definition=metric.definition_version)


def _labels(series: Series, labels: Iterable[str | None] | None) -> list[str | None]:
    """The labels of the periods that were measured."""
    told = labels or [None] * len(series.values)
    return [label for label, value in zip(told, series.values, strict=True) if value is not None]


def _stated(
    kind: Literal["instrument", "definition"], labels: Sequence[str | None], *, by_definition: str | None
) -> EvidencePart:
    """A for what every measured period states, or the metric's definition where no period does; else B."""
    unstated = sum(label is None for label in labels)
    if not unstated or (unstated == len(labels) and by_definition):
        return EvidencePart(kind, "A", f"{kind}_stated")
    code = f"{kind}_unstated" if unstated == len(labels) else f"{kind}_partly"
    return EvidencePart(kind, "B", code, (f"state_{kind}",))


def _sign_off(engagement: Engagement) -> EvidencePart:
    baseline = engagement.baseline
    if baseline is None or baseline.signed_by is None or baseline.signed_on is None:
        return EvidencePart("sign_off", "B", "unsigned", ("sign_baseline",))
    days = [day for site in engagement.sites if (day := engagement.went_live(site.key)) is not None]
    if baseline.signed_on > min(days, default=engagement.go_live):
        return EvidencePart("sign_off", "B", "signed_late", ("sign_earlier",))
    return EvidencePart("sign_off", "A", "signed")


def _data(findings: Sequence[Finding], *, withdrawn: bool) -> list[EvidencePart]:
    caps = [each.cap for each in findings if each.cap and each.code not in OWN_PART]
    worst = weakest(*caps)
    parts = [] if worst is None else [EvidencePart("data", worst, "data_capped", ("repair_data",))]
    if withdrawn:
        parts.append(EvidencePart("data", "C", "withdrawn", ("restore_periods",)))
    return parts or [EvidencePart("data", "A", "data_sound")]
