"""The swimlane: the same map with a lane a role, and how often work changes hands between roles."""

from __future__ import annotations

from dataclasses import replace

from valueviz.analysis.process.log import GATE
from valueviz.story.blocks import ProcessMap, Run, Section, Text
from valueviz.story.heads import chapter
from valueviz.story.process.drawing import Laid, Lanes
from valueviz.story.process.fitting import fitted
from valueviz.story.process.map import alternative, is_latin, reading
from valueviz.story.process.naming import name_lines, shared_head
from valueviz.story.process.space import POINT, Surroundings
from valueviz.story.process.subject import ENTER, LEAVE, Period, Subject, edge_stats
from valueviz.story.voice import Voice
from valueviz.study.process import ProcessStudy
from valueviz.terms import Derived, Fact

PLACE = "process_roles"

MOST_LANES = 7
"""Lanes on one map; the roles of the rarest steps share the last one."""

WHOLE = 0.005
"""A number this near to a whole one is written as such."""

FEWEST_LANES = 2
"""With one role there is nothing to hand over."""


def process_roles(study: ProcessStudy, voice: Voice) -> tuple[Section, ...]:
    """The swimlane with the hand-overs as its title; nothing without roles."""
    block = roles_block(study, voice)
    if block is None:
        return ()
    found = chapter(voice, PLACE, title=_title(study, voice), blocks=(block,))
    return (replace(found, orientation=block.page),)


def roles_block(study: ProcessStudy, voice: Voice) -> ProcessMap | None:
    """The swimlane of a study; None where its steps have no roles, or one only."""
    subject = Subject.of(study)
    found = _laid(subject, voice)
    if found is None:
        return None
    laid, latin = found
    title = voice.say(f"{PLACE}.figure", process=voice.quote(study.name))
    return ProcessMap(
        key=PLACE,
        title=title,
        alt=alternative(title, subject, voice),
        width=laid.width,
        height=laid.height,
        panels=laid.panels,
        legend=laid.legend,
        lanes=laid.lanes,
        source=reading(study, subject, voice, place=PLACE, unlabelled=laid.unlabelled, head=laid.head),
        least=POINT[latin],
        page=laid.page,
    )


def _laid(subject: Subject, voice: Voice) -> tuple[Laid, bool] | None:
    """The swimlane with as many lanes as its page has room for, and whether all of it is in Latin letters."""
    around = Surroundings(
        _title(subject.study, voice),
        voice.say(f"{PLACE}.lead"),
        reading(subject.study, subject, voice, place=PLACE, unlabelled=1, head=shared_head(list(subject.activities))),
    )
    for most in range(MOST_LANES, FEWEST_LANES, -1):
        lanes = _lanes(subject, voice, most=most)
        if len(lanes.names) < FEWEST_LANES:
            return None
        latin = is_latin(subject, voice) and all(line.isascii() for lane in lanes.names for line in lane)
        laid = fitted(subject, voice, place=PLACE, around=around, lanes=lanes, latin=latin)
        if not laid.over:
            break
    return laid, latin


def _roles(subject: Subject) -> dict[str, str | None]:
    """The role of each drawn step."""
    return {name: subject.changes[name].step.role if name in subject.changes else None for name in subject.activities}


def _lanes(subject: Subject, voice: Voice, *, most: int) -> Lanes:
    """Lanes in the order in which cases come to them; the first gate stands over the first step, the last below the last."""
    roles = _roles(subject)
    if all(role is None for role in roles.values()):
        return Lanes((), {})
    order = list(dict.fromkeys(roles.values()))
    weight = dict.fromkeys(order, 0.0)
    for name, role in roles.items():
        change = subject.changes.get(name)
        weight[role] += change.step.overall.share if change is not None and change.step.overall else 0.0
    if len(order) > most:
        kept = sorted(order, key=lambda role: -weight[role])[: most - 1]
        order = [role for role in order if role in kept]
    lane = {role: number for number, role in enumerate(order)}
    names = [name_lines(role) if role is not None else (voice.word(f"{PLACE}.no_role"),) for role in order]
    if any(role not in lane for role in roles.values()):
        names.append(name_lines(voice.word(f"{PLACE}.rest")))
    of = {name: lane.get(role, len(names) - 1) for name, role in roles.items()}
    path = subject.path(subject.periods[-1])
    of |= {ENTER: of[path[0]], LEAVE: of[path[-1]]} if path else {ENTER: 0, LEAVE: len(names) - 1}
    return Lanes(tuple(names), of)


def _title(study: ProcessStudy, voice: Voice) -> Text:
    """How often a case changes hands between roles, in each period."""
    subject = Subject.of(study)
    walks = {period: _walks(subject, period) for period in subject.periods}
    digits = 0 if all(abs(each - round(each)) < WHOLE for each in walks.values()) else 2
    told = {period: _handovers(study, period, each, voice, digits=digits) for period, each in walks.items()}
    return voice.say(f"{PLACE}.title_{study.kind if len(told) > 1 else 'one'}", **told)


def _walks(subject: Subject, period: Period) -> float:
    """Ways walked from a step of one role to a step of another, a case."""
    study = subject.study
    role = {change.step.activity: change.step.role for change in study.steps}
    summary = {"before": study.before, "after": study.after}.get(period) or study.overall
    walks = 0.0
    for edge in study.edges:
        stats = edge_stats(edge, period)
        if stats is None or GATE in (edge.source, edge.target) or role.get(edge.source) == role.get(edge.target):
            continue
        walks += stats.count / summary.cases if summary.cases else stats.share
    return walks


def _handovers(study: ProcessStudy, period: Period, walks: float, voice: Voice, *, digits: int) -> Run:
    fact = Fact(f"{PLACE}.handovers.{period}", walks, "count", Derived("role_handovers_per_case", (study.lineage,)))
    return voice.fact(fact, voice.language.quantity(walks, "handover", digits=digits))
