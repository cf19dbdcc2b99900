"""Processes typed by hand as studies: stated, not measured, and graded as such."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from valueviz.analysis.process.hand import add_up
from valueviz.analysis.process.log import Cut
from valueviz.study.process import ProcessStudy
from valueviz.terms import Assumed, Grade, HandStep, Illustration, Lineage, Locale, Stated

if TYPE_CHECKING:
    from valueviz.catalog.flow import Flow
    from valueviz.store import Client


def hand_studies(client: Client) -> tuple[ProcessStudy, ...]:
    """The processes a client typed by hand, in the order in which they were typed; none where nothing was."""
    steps = client.hand_steps()
    synthetic = bool(steps) and client.engagement().synthetic
    names = dict.fromkeys(step.process for step in steps)
    return tuple(hand_study([step for step in steps if step.process == name], synthetic=synthetic) for name in names)


def hand_study(steps: Sequence[HandStep], *, synthetic: bool = False) -> ProcessStudy:
    """The study of one process typed by hand.

    Args:
        steps: all of the same process, at least one.
        synthetic: they are invented.
    """
    grade = grade_of(steps)
    return _study(steps, grade=grade, lineage=_lineage(steps, grade=grade), synthetic=synthetic)


def starter_study(flow: Flow, *, locale: Locale) -> ProcessStudy:
    """A starter flow as a study: an illustration about nobody, without a grade."""
    return _study(flow.steps(locale), grade=None, lineage=Illustration(f"flow.{flow.key}"), synthetic=False)


def grade_of(steps: Sequence[HandStep]) -> Grade:
    """D where somebody says of every step that its numbers were measured and answers for them, else E."""
    measured = all(step.basis == "measured" and step.owner for step in steps)
    return "D" if measured else "E"


def _lineage(steps: Sequence[HandStep], *, grade: Grade) -> Lineage:
    """Who states the numbers; of estimates also what they are about."""
    owners = ", ".join(dict.fromkeys(step.owner for step in steps if step.owner))
    return Stated(by=owners, on=None) if grade == "D" else Assumed(steps[0].process, owners, "estimate")


def _study(steps: Sequence[HandStep], *, grade: Grade | None, lineage: Lineage, synthetic: bool) -> ProcessStudy:
    found = add_up(steps)
    return ProcessStudy(
        name=steps[0].process,
        kind="hand",
        grade=grade,
        lineage=lineage,
        cut=Cut(),
        overall=found.overall,
        before=found.before,
        after=found.after,
        measures=found.measures,
        edges=found.edges,
        drawn=found.drawn,
        steps=found.steps,
        waterfall=found.waterfall,
        findings=found.findings,
        missing=found.missing,
        once=found.once,
        synthetic=synthetic,
    )
