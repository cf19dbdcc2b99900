"""Where the time goes: the mean lead time before and after step by step, and the ladder of waiting and work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Final

from valueviz.analysis.process.result import LeadWaterfall, WaterfallPart
from valueviz.story.blocks import (
    Axis,
    Block,
    Prose,
    Section,
    Text,
    Waterfall,
    WaterfallMark,
    WaterfallRow,
)
from valueviz.story.heads import chapter
from valueviz.story.process.axis import duration_axis
from valueviz.story.process.duration import DurationUnit, duration_digits, duration_unit, in_unit, said
from valueviz.story.process.ladder import ladder, rungs, work_share
from valueviz.story.process.source import process_source
from valueviz.story.process.verdict import wait_verdict
from valueviz.story.process.waits import lead_curve
from valueviz.story.voice import Voice, plain
from valueviz.study.process import ProcessStudy
from valueviz.terms import Derived, Fact

PLACE = "process_time"

MOST_PARTS = 10
"""Bars of single steps; the rest is drawn as one."""

SMALL = 0.012
"""A part below this share of the longer mean is too thin to be seen and joins the other steps."""

MARKS: Final[tuple[WaterfallMark, ...]] = (
    "sure",
    "worse",
    "unsure",
    "stated_better",
    "stated_worse",
    "added",
    "removed",
    "remainder",
)
"""Marks in the order of a legend."""


def process_time(study: ProcessStudy, voice: Voice, *, curve: bool = True) -> Section | None:
    """Where the days of a case come from, before and after; None where nothing is known of the steps' times.

    Args:
        study: the process.
        voice: words it.
        curve: whether the curve of the lead times follows.
    """
    blocks: list[Block] = []
    if study.waterfall is not None and study.waterfall.parts:
        parts = _Parts(study, study.waterfall, voice)
        blocks += [parts.chart(), Prose(parts.so_what(), style="so_what")]
        title = parts.title()
    else:
        title = _title_of_one(study, voice)
    drawn = ladder(study, voice)
    if drawn is not None:
        blocks.append(drawn)
        if any(step.work is None for row in drawn.rows for step in row.steps):
            blocks.append(Prose(voice.say(f"{PLACE}.work_unknown"), style="note"))
    shares = lead_curve(study, voice) if curve else None
    if shares is not None:
        blocks.append(shares)
    if not blocks:
        return None
    return chapter(voice, PLACE, title=title, blocks=tuple(blocks), lead=voice.say(f"{PLACE}.lead_{study.kind}"))


def _title_of_one(study: ProcessStudy, voice: Voice) -> Text:
    """Of one period: how much of the lead time is work; where that is not known, before which step most of it is waited."""
    share = work_share(study, "overall")
    if share is not None:
        fact = Fact(f"{PLACE}.title.work", share, "share", Derived("touch_share", (study.lineage,)), grade=study.grade)
        shown = voice.fact(fact, voice.language.percent(share, 0 if share >= 0.1 else 1))
        return voice.say(f"{PLACE}.title_share", share=shown)
    longest = max(rungs(study, "overall"), key=lambda rung: rung.wait or 0.0, default=None)
    if longest is None or not longest.wait:
        return voice.say(f"{PLACE}.title_one")
    run = said(voice, f"{PLACE}.title.wait", longest.wait, lineage=Derived("time_a_case", (study.lineage,)))
    return voice.say(f"{PLACE}.title_wait", step=voice.quote(longest.name), wait=run)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of the change of the mean lead time on their way to a page."""

    study: ProcessStudy
    whole: LeadWaterfall
    voice: Voice

    @property
    def unit(self) -> DurationUnit:
        return duration_unit([self.whole.before, self.whole.after])

    @property
    def digits(self) -> int:
        """Decimals of every number of the picture: one more than the totals need, so that small parts show."""
        return min(2, duration_digits([self.whole.before, self.whole.after], self.unit) + 1)

    @property
    def lineage(self) -> Derived:
        return Derived("lead_time_by_step", (self.study.lineage,))

    def shown(self) -> tuple[tuple[WaterfallPart, ...], tuple[WaterfallPart, ...]]:
        """The parts with a bar of their own, largest first, and those that share one."""
        longest = max(abs(self.whole.before), abs(self.whole.after))
        ranked = sorted(self.whole.parts, key=lambda part: (-abs(part.change), part.activity))
        own = [part for part in ranked[:MOST_PARTS] if abs(part.change) >= SMALL * longest]
        rest = ranked[len(own) :]
        return (tuple(ranked), ()) if len(rest) == 1 and len(own) < MOST_PARTS else (tuple(own), tuple(rest))

    # The chart ────────────────────────────────────────────────────────────────

    def chart(self) -> Waterfall:
        voice = self.voice
        rows = self.rows()
        unit = voice.language.unit(self.unit)
        title = voice.say(f"{PLACE}.chart_{self.study.kind}")
        heads = [voice.word(f"{PLACE}.column.total", unit=unit)]
        if self.split():
            heads += [voice.word(f"{PLACE}.column.{head}") for head in ("duration", "frequency")]
        drawn = {row.form for row in rows if row.form is not None}
        return Waterfall(
            key=PLACE,
            title=title,
            alt=f"{plain(title)} " + " ".join(_read(row) for row in rows),
            x=self.axis(rows, title=voice.word(f"{PLACE}.axis", unit=unit)),
            rows=rows,
            values_titles=tuple(heads),
            legend=tuple((mark, voice.word(f"{PLACE}.legend.{mark}")) for mark in MARKS if mark in drawn),
            source=process_source(self.study, voice, place=PLACE),
        )

    def axis(self, rows: Sequence[WaterfallRow], *, title: str) -> Axis:
        """From zero to the longest bar."""
        ends = [place for row in rows for place in (row.start, row.end)]
        factor = 1 / in_unit(1.0, self.unit)
        return duration_axis([end * factor for end in ends], unit=self.unit, title=title, language=self.voice.language)

    def split(self) -> bool:
        """Whether any part tells how long from how often."""
        return self.study.kind == "log" and any(part.duration is not None for part in self.whole.parts)

    def rows(self) -> tuple[WaterfallRow, ...]:
        """The mean before, a bar a part from where the last one ended, the others together, the mean after."""
        own, rest = self.shown()
        rows = [self._end("before", self.whole.before)]
        done: list[float] = []
        for number, part in enumerate(own):
            start = self.whole.before + fsum(done)
            done.append(part.change)
            ends = (start, self.whole.before + fsum(done))
            label: Text = (self.voice.quote(part.activity),)
            rows.append(self._bar(label, ends, self.values(f"part{number}", part), form=self.form(part)))
        if rest:
            start = self.whole.before + fsum(done)
            done += [part.change for part in rest]
            label = self.voice.say(f"{PLACE}.others")
            ends = (start, self.whole.before + fsum(done))
            rows.append(self._bar(label, ends, self.values("others", together(rest)), form="remainder"))
        return (*rows, self._end("after", self.whole.after))

    def _end(self, which: str, mean: float) -> WaterfallRow:
        run = said(
            self.voice,
            f"{PLACE}.{which}",
            mean,
            lineage=self.lineage,
            unit=self.unit,
            digits=self.digits,
            bare=True,
            grade=self.study.grade,
        )
        return WaterfallRow(
            label=self.voice.say(f"{PLACE}.{which}_{self.study.kind}"),
            kind="from" if which == "before" else "total",
            start=0.0,
            end=in_unit(mean, self.unit),
            values=((run,),),
            sure=True,
        )

    def _bar(
        self, label: Text, ends: tuple[float, float], values: tuple[Text, ...], *, form: WaterfallMark
    ) -> WaterfallRow:
        start, end = (in_unit(place, self.unit) for place in ends)
        return WaterfallRow(label=label, kind="part", start=start, end=end, values=values, form=form)

    def values(self, key: str, part: WaterfallPart) -> tuple[Text, ...]:
        """The change of a part; how much of it is longer or shorter, and how much more or less often."""
        numbers = [("change", part.change)]
        if self.split() and part.duration is not None and part.frequency is not None:
            numbers += [("duration", part.duration), ("frequency", part.frequency)]
        cells = [self._change(f"{key}.{name}", number) for name, number in numbers]
        if self.split() and len(cells) == 1:
            presence = self.presence(part)
            cells += [(), self.voice.say(f"{PLACE}.{presence}") if presence != "kept" else ()]
        return tuple(cells)

    def _change(self, key: str, seconds: float) -> Text:
        run = said(
            self.voice,
            f"{PLACE}.{key}",
            seconds,
            lineage=self.lineage,
            unit=self.unit,
            digits=self.digits,
            signed=True,
            bare=True,
            grade=self.study.grade,
        )
        return (run,)

    # Judgement ────────────────────────────────────────────────────────────────

    def presence(self, part: WaterfallPart) -> str:
        return next((each.presence for each in self.study.steps if each.step.activity == part.activity), "kept")

    def form(self, part: WaterfallPart) -> WaterfallMark:
        """How a part is drawn: in colour only where the change of the step's wait is proven, or merely stated by hand."""
        presence = self.presence(part)
        if presence == "added":
            return "added"
        if presence == "removed":
            return "removed"
        if self.study.kind == "hand":
            return "stated_better" if part.change <= 0 else "stated_worse"
        found = next((wait_verdict(each) for each in self.study.steps if each.step.activity == part.activity), None)
        if found == "improved" and part.change < 0:
            return "sure"
        return "worse" if found == "worse" and part.change > 0 else "unsure"

    # Words ────────────────────────────────────────────────────────────────────

    def title(self) -> Text:
        """The step that brought most, where the change is proven; else what the means are, and that no more is known."""
        total = self.whole.after - self.whole.before
        lead, flow = self.leading(total), self.flow()
        fields = {
            "before": self._mean("title.before", self.whole.before),
            "after": self._mean("title.after", self.whole.after),
        }
        if self.study.kind == "hand":
            return self._title_by_hand(total, fields)
        verdict = self.study.change.verdict if self.study.change is not None else None
        if verdict in ("improved", "worse") and lead is not None and (total < 0) == (verdict == "improved"):
            if 2 * flow / total > 1 and abs(flow) <= abs(total):
                shown = {"part": self._mean("title.flow", abs(flow)), "whole": self._mean("title.whole", abs(total))}
                return self.voice.say(f"{PLACE}.title_flow_{verdict}", **shown)
            size = self._mean("title.part", abs(lead.change))
            return self.voice.say(f"{PLACE}.title_{verdict}", step=self.voice.quote(lead.activity), part=size)
        return self.voice.say(f"{PLACE}.title_{'open' if verdict in ('improved', 'worse') else 'unproven'}", **fields)

    def _title_by_hand(self, total: float, fields: dict[str, Text]) -> Text:
        """The step with most of the shorter time, where it is at least a tenth of it."""
        most = min(self.whole.parts, key=lambda part: part.change)
        if total >= 0 or most.change > total / 10:
            return self.voice.say(f"{PLACE}.title_hand", **fields)
        shown = {"part": self._mean("title.part", abs(most.change)), "whole": self._mean("title.whole", abs(total))}
        return self.voice.say(f"{PLACE}.title_hand_part", step=self.voice.quote(most.activity), **shown)

    def _mean(self, key: str, seconds: float) -> Text:
        run = said(
            self.voice,
            f"{PLACE}.{key}",
            seconds,
            lineage=self.lineage,
            unit=self.unit,
            digits=self.digits - 1,
            grade=self.study.grade,
        )
        return (run,)

    def flow(self) -> float:
        """What the steps that were dropped and those that are new bring together."""
        return fsum(part.change for part in self.whole.parts if self.presence(part) != "kept")

    def leading(self, total: float) -> WaterfallPart | None:
        """The largest part of the same direction as the whole change that may be stated: proven, added or removed."""
        forms = {"sure", "worse", "added", "removed"}
        able = [part for part in self.whole.parts if part.change * total > 0 and self.form(part) in forms]
        return max(able, key=lambda part: abs(part.change), default=None)

    def so_what(self) -> Text:
        """What follows from the picture."""
        if self.study.kind == "hand":
            return self.voice.say(f"{PLACE}.so_what_hand")
        if any(self.form(part) == "unsure" for part in self.shown()[0]):
            return self.voice.say(f"{PLACE}.so_what_open")
        return self.voice.say(f"{PLACE}.so_what")


def together(parts: Sequence[WaterfallPart]) -> WaterfallPart:
    """Some parts as one; what is how long and what how often is told only where every one of them tells it."""
    lasting = [part.duration for part in parts if part.duration is not None]
    often = [part.frequency for part in parts if part.frequency is not None]
    whole = len(lasting) == len(often) == len(parts)
    return WaterfallPart(
        activity="",
        duration=fsum(lasting) if whole else None,
        frequency=fsum(often) if whole else None,
        change=fsum(part.change for part in parts),
    )


def _read(row: WaterfallRow) -> str:
    return " ".join(plain(text) for text in (row.label, *row.values) if text) + "."
