"""Where a change came from: one bar a dated step, one for what no step explains, and the work behind the bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR
from math import fsum

from valueviz.analysis.attribution import Attribution, Part
from valueviz.story import outcomes
from valueviz.story.blocks import (
    Block,
    Bullets,
    Cell,
    Prose,
    Row,
    Run,
    Section,
    Table,
    Text,
    Waterfall,
    WaterfallMark,
    WaterfallRow,
)
from valueviz.story.figures import cut, gap_unit
from valueviz.story.heads import Head, chapter, columns
from valueviz.story.scale import value_axis
from valueviz.story.sections import section
from valueviz.story.source import source_line
from valueviz.story.voice import Voice, plain
from valueviz.study import Outcome, Study
from valueviz.study.design import GO_LIVE
from valueviz.terms import Derived, Engagement, Fact, Interval, Step

PLACE = "attribution"

SHOWN = 2
"""Metrics whose parts a renewal shows; the evidence report shows all that have any."""


@section("attribution")
def attribution(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The waterfalls of the metrics that lead, then the work behind the bars."""
    return _sections(study, voice, most=SHOWN)


@section("attribution_all")
def attribution_all(study: Study, voice: Voice) -> tuple[Section, ...]:
    """The waterfall of every metric that has parts."""
    return _sections(study, voice, most=None)


def _sections(study: Study, voice: Voice, *, most: int | None) -> tuple[Section, ...]:
    """The waterfalls one after another, what all of them mean, and the work behind the bars."""
    engagement = study.engagement
    chosen = divided(study)[:most]
    if engagement is None or not chosen:
        return ()
    shown = [_Split(study, engagement, outcome, voice) for outcome in chosen]
    blocks: list[Block] = []
    for each in shown:
        blocks += [each.chart(), Bullets(each.meaning())]
        if each is shown[0]:
            blocks += [Prose(voice.say("attribution.reading"), style="heading"), Bullets(_reading(shown, voice))]
    blocks += [_work(engagement, voice), Prose(voice.say("attribution.work.so_what"), style="so_what")]
    return (chapter(voice, PLACE, title=shown[0].title(), blocks=tuple(blocks)),)


def _reading(shown: Sequence[_Split], voice: Voice) -> tuple[Text, ...]:
    """How to read the bars, said once."""
    said = ["sum", *(["headline"] if any(each.by_units for each in shown) else [])]
    if any(part.kind == "block" for each in shown for part in each.split.parts):
        said.insert(1, "block_why")
    return tuple(voice.say(f"attribution.{key}") for key in said)


def divided(study: Study) -> tuple[Outcome, ...]:
    """The outcomes whose change could be divided over steps: most separate steps first, then promised, then by gain.

    Those whose headline is the total of their parts, or compares units, come before any other is shown.
    """
    found = [outcome for outcome in outcomes.firm(study, "improved", "worse") if _parts(outcome)]
    whole = [outcome for outcome in found if outcome.pooled is not None or _is_total(outcome)] or found
    return tuple(sorted(whole, key=lambda o: (-_surely_dated(o), o.target is None, -len(_parts(o)))))


def _is_total(outcome: Outcome) -> bool:
    return outcome.attribution is not None and outcome.attribution.effect.estimate == outcome.effect.estimate


def _parts(outcome: Outcome) -> tuple[Part, ...]:
    return outcome.attribution.parts if outcome.attribution is not None else ()


def _surely_dated(outcome: Outcome) -> int:
    """How many dated parts surely differ from nothing."""
    return sum(_sure(part) for part in _parts(outcome) if part.kind != "remainder")


def _sure(part: Part) -> bool:
    return part.low > 0 or part.high < 0


@dataclass(frozen=True, slots=True)
class _Split:
    """One metric's parts on their way to a page."""

    study: Study
    engagement: Engagement
    outcome: Outcome
    voice: Voice

    @property
    def split(self) -> Attribution:
        found = self.outcome.attribution
        if found is None:
            raise TypeError("an outcome without parts has no page")
        return found

    @property
    def sign(self) -> float:
        """What turns a change into a gain."""
        return 1.0 if self.outcome.effect.better == "higher" else -1.0

    @property
    def by_units(self) -> bool:
        """Whether the headline compares units with each other, and not a time with another."""
        return self.outcome.pooled is not None

    @property
    def digits(self) -> int:
        """Decimals the interval of the total supports: parts of one sum are written alike."""
        found = self.split.effect
        return self.voice.language.digits_for((found.high or 0.0) - (found.low or 0.0))

    def title(self) -> Text:
        """The largest sure part at its conservative end; without one, that the parts cannot be told apart."""
        voice = self.voice
        name = voice.name(self.outcome.metric.name)
        sure = [part for part in self.split.parts if part.kind != "remainder" and _sure(part)]
        if not sure:
            return voice.say("attribution.title_none", metric=name)
        first = max(sure, key=lambda part: abs(part.estimate))
        least = min(abs(first.low), abs(first.high))
        fact = Fact(
            f"{PLACE}.{self.outcome.metric.key}.at_least",
            least,
            gap_unit(self.outcome.metric.unit),
            self.lineage,
            grade=self.outcome.grade,
        )
        size = cut(least, self.digits, rounding=ROUND_DOWN)
        shown = voice.fact(fact, voice.language.quantity(size, gap_unit(self.outcome.metric.unit), digits=self.digits))
        way = "gain" if self.sign * first.estimate > 0 else "loss"
        block = "block_" if first.kind == "block" else ""
        return voice.say(f"attribution.title_{block}{way}", metric=name, least=shown, step=self.led(first))

    @property
    def lineage(self) -> Derived:
        return Derived("attribution", (self.outcome.lineage,))

    # The chart ────────────────────────────────────────────────────────────────

    def chart(self) -> Waterfall:
        voice, metric = self.voice, self.outcome.metric
        rows = self.rows()
        places = [place for row in rows for place in (row.start, row.end, row.low, row.high) if place is not None]
        unit = voice.language.unit(gap_unit(metric.unit))
        title = voice.say("attribution.chart", metric=voice.name(metric.name))
        return Waterfall(
            key=f"{PLACE}.{metric.key}",
            title=title,
            alt=f"{plain(title)} " + " ".join(_read(row) for row in rows),
            x=value_axis(
                places,
                title=voice.word("attribution.axis", unit=unit),
                language=voice.language,
                percent=metric.unit == "share",
                zero=True,
            ),
            rows=rows,
            values_titles=(voice.word("attribution.column.gain", unit=unit), voice.word("attribution.column.share")),
            legend=tuple((mark, voice.word(f"attribution.legend.{mark}")) for mark in _marks(rows)),
            source=source_line(self.study, voice, place=f"{PLACE}.{metric.key}", outcomes=(self.outcome,)),
        )

    def rows(self) -> tuple[WaterfallRow, ...]:
        """A bar a part from where the last one ended, then the total."""
        rows: list[WaterfallRow] = []
        done: list[float] = []
        for part in self.split.parts:
            start = self.sign * fsum(done)
            done.append(part.estimate)
            ends = sorted((self.sign * part.low, self.sign * part.high))
            rows.append(
                WaterfallRow(
                    label=self.name(part),
                    kind="part" if part.kind == "step" else part.kind,
                    start=start,
                    end=self.sign * fsum(done),
                    values=self.values(part),
                    low=start + ends[0],
                    high=start + ends[1],
                    sure=_sure(part),
                    group=self.group(part),
                    members=self.members(part),
                )
            )
        return (*rows, self.total())

    def total(self) -> WaterfallRow:
        found = self.split.effect
        low, high = sorted((self.sign * (found.low or 0.0), self.sign * (found.high or 0.0)))
        return WaterfallRow(
            label=self.voice.say("attribution.total"),
            kind="total",
            start=0.0,
            end=self.sign * (found.estimate or 0.0),
            values=((self.range("total", self.sign * (found.estimate or 0.0), low, high),), ()),
            low=low,
            high=high,
            sure=low > 0 or high < 0,
        )

    def values(self, part: Part) -> tuple[Text, ...]:
        """The gain of a part as the range of its interval, and its share of the total."""
        low, high = sorted((self.sign * part.low, self.sign * part.high))
        shown = self.range(self.key(part), self.sign * part.estimate, low, high)
        if part.share is None:
            return ((shown,), ())
        fact = Fact(f"{PLACE}.{self.outcome.metric.key}.{self.key(part)}.share", part.share, "share", self.lineage)
        return ((shown,), (self.voice.fact(fact, self.voice.language.percent(part.share, 0)),))

    def range(self, key: str, gain: float, low: float, high: float, *, named: bool = False) -> Run:
        """A gain as the range of its interval; with its unit where no column head names it."""
        unit = gap_unit(self.outcome.metric.unit)
        fact = Fact(
            f"{PLACE}.{self.outcome.metric.key}.{key}",
            gain,
            unit,
            self.lineage,
            interval=Interval(low, high, self.outcome.effect.level),
            grade=self.outcome.grade,
        )
        ends = (cut(low, self.digits, rounding=ROUND_FLOOR), cut(high, self.digits, rounding=ROUND_CEILING))
        shown = unit if named or unit == "share_pp" else ""
        return self.voice.fact(fact, self.voice.language.span(*ends, shown, digits=self.digits))

    # Names ────────────────────────────────────────────────────────────────────

    def key(self, part: Part) -> str:
        lead = self.lead(part)
        return "remainder" if part.kind == "remainder" else GO_LIVE if lead is None else lead.key

    def lead(self, part: Part) -> Step | None:
        """The step a part is named after: the one nearest to go-live; None for the switch that no step names."""
        steps = self.steps(part)
        if not steps or GO_LIVE in part.steps:
            return None
        return min(steps, key=lambda step: (abs((step.date - self.engagement.go_live).days), step.key))

    def steps(self, part: Part) -> tuple[Step, ...]:
        return tuple(step for step in self.engagement.steps if step.key in part.steps)

    def name(self, part: Part) -> Text:
        voice = self.voice
        if part.kind == "remainder":
            return voice.say("attribution.remainder")
        lead = self.led(part)
        return voice.say("attribution.block", step=lead) if part.kind == "block" else lead

    def led(self, part: Part) -> Text:
        """The name of the step a part is named after."""
        lead = self.lead(part)
        return self.voice.say("attribution.go_live") if lead is None else (self.voice.name(lead.name),)

    def members(self, part: Part) -> tuple[Text, ...]:
        """The steps of a block by name, the one it is named after left out."""
        if part.kind != "block":
            return ()
        lead = self.lead(part)
        return tuple((self.voice.name(step.name),) for step in self.steps(part) if step is not lead)

    def group(self, part: Part) -> str:
        """The phase of a part's steps; none for a block that spans several, and for the remainder."""
        phases = {step.phase for step in self.steps(part)}
        return self.voice.word(f"phase.{phases.pop()}") if len(phases) == 1 else ""

    # Words ────────────────────────────────────────────────────────────────────

    def meaning(self) -> tuple[Text, ...]:
        """The total beside the headline, what has no bar and why, and whether something gradual remains."""
        voice, found = self.voice, self.split.effect
        low, high = sorted((self.sign * (found.low or 0.0), self.sign * (found.high or 0.0)))
        total = self.range("sum", self.sign * (found.estimate or 0.0), low, high, named=True)
        said = [voice.say("attribution.total_same", total=total)]
        headline = self.outcome.effect
        if headline.estimate != found.estimate and headline.gain_interval is not None:
            ends = headline.gain_interval
            shown = self.range("headline", headline.gain or 0.0, ends.low, ends.high, named=True)
            kind = "panel" if self.by_units else "plain"
            said = [voice.say(f"attribution.total_{kind}", total=total, headline=shown)]
        said.extend(self._left_out())
        if self.split.set_aside:
            periods = [voice.language.period(at, self.outcome.series.grain) for at in self.split.set_aside]
            listed = Run(voice.language.typeset(voice.language.list_(periods)), kind="furniture")
            said.append(voice.say("attribution.set_aside", periods=listed))
        rest = self.split.parts[-1]
        if _sure(rest):
            said.append(voice.say("attribution.remainder_sure"))
        return tuple(said)

    def _left_out(self) -> list[Text]:
        """The steps without a bar, by the reason why."""
        reasons: dict[str, list[str]] = {}
        names = {step.key: self.voice.language.names(step.name) for step in self.engagement.steps}
        for each in self.split.left_out:
            reasons.setdefault(each.reason, []).append(names.get(each.step, each.step))
        return [
            self.voice.say(f"attribution.left_out.{reason}", steps=self.voice.quote(self.voice.language.list_(steps)))
            for reason, steps in reasons.items()
        ]


def _read(row: WaterfallRow) -> str:
    """A row as it is read aloud."""
    return " ".join(plain(text) for text in (row.label, *row.values) if text) + "."


def _marks(rows: tuple[WaterfallRow, ...]) -> tuple[WaterfallMark, ...]:
    """What a legend must name: only what is drawn."""
    parts = [row for row in rows if row.kind in ("part", "block")]
    drawn: dict[WaterfallMark, bool] = {
        "sure": any(row.sure and row.end >= row.start for row in parts),
        "worse": any(row.sure and row.end < row.start for row in parts),
        "unsure": any(not row.sure for row in parts),
        "block": any(row.kind == "block" for row in rows),
        "remainder": any(row.kind == "remainder" for row in rows),
        "interval": True,
    }
    return tuple(mark for mark, shown in drawn.items() if shown)


def _work(engagement: Engagement, voice: Voice) -> Table:
    """Who did what and when: the work behind the bars."""
    heads: tuple[Head, ...] = (
        ("step", "left", 3.0),
        ("phase", "left", 2.2),
        ("by", "left", 0.9),
        ("mode", "left", 1.0),
        ("date", "left", 1.3),
    )
    rows = tuple(
        Row(
            (
                Cell((voice.name(step.name),)),
                Cell(voice.say(f"phase.{step.phase}")),
                Cell(voice.say(f"by.{step.by}")),
                Cell(voice.say(f"mode.{step.mode}")),
                Cell((voice.date(step.date),)),
            )
        )
        for step in sorted(engagement.steps, key=lambda step: (step.date, step.key))
    )
    return Table(f"{PLACE}.work", voice.say("attribution.work.table"), columns(voice, "attribution.work", heads), rows)
