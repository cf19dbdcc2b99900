"""What is asked of a table with series: a panel or series by series, each with the design that answers it.

The command line and the Python face ask the same questions here, so that both refuse and answer alike. Nothing is
estimated before every question of a call is known to make sense.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import TYPE_CHECKING, Literal, get_args

from valueviz.analysis.effect import Design, Method, Panel, estimate
from valueviz.analysis.effect.design import many_controls, resolved_scale, sample
from valueviz.analysis.effect.panel import as_panel
from valueviz.catalog.calendars import COUNTRIES, moved_days, provisional_years, spring_festival_share
from valueviz.catalog.nearest import suggestion
from valueviz.errors import UsageError
from valueviz.intake.plain_date import option_ordinal
from valueviz.intake.series import DatedSeries
from valueviz.intake.steps import DatedStep
from valueviz.terms import Better, Series

if TYPE_CHECKING:
    from valueviz.analysis.attribution import Attribution
    from valueviz.analysis.effect import Effect

PANEL = "panel"
"""The name of all series of a table taken as one roll-out."""

OTHERS = "others"
"""Donors: every series but the treated one."""

SINGLE = ("segmented_step", "count_step")
"""Methods for one series."""

Unfit = Literal["donor_went_live", "donor_instrument_changed", "donor_definition_changed"]
"""Why a series cannot be a donor; asked for by name it is refused with that code."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked, as it was written; dates are text.

    `stepped`: there is a list of steps. `file` is named in errors; `mark` is how options are spelled: "--" or "".
    """

    go_live: str | None = None
    better: Better = "lower"
    transition: int = 0
    scale: Literal["auto", "log", "identity", "count"] = "auto"
    season: float | Literal["auto"] = "auto"
    calendar: str | None = None
    events: tuple[str, ...] = ()
    method: Literal["auto", Method] = "auto"
    controls: tuple[str, ...] = ()
    exposure: str | None = None
    panel: bool = False
    treated: str | None = None
    donors: str | tuple[str, ...] | None = None
    stepped: bool = False
    file: str | None = None
    mark: str = "--"

    @property
    def pooled(self) -> bool:
        """Whether several series answer together."""
        return self.panel or self.treated is not None

    def option(self, name: str, value: str = "") -> str:
        """An option as its user spells it."""
        spelled = self.mark + (name.replace("_", "-") if self.mark else name)
        return f"{spelled} {value}".strip() if self.mark or not value else f"{spelled}={value!r}"


@dataclass(frozen=True, slots=True)
class Question:
    """A series or a panel with the design that answers it.

    `steps` split the effect where there are any. `left_out` donors are named with the reason; `provisional` are
    the years whose days off are not announced yet.
    """

    subject: Series | Panel
    design: Design
    steps: tuple[DatedStep, ...] | None = None
    left_out: tuple[tuple[str, Unfit], ...] = ()
    provisional: tuple[int, ...] = ()

    def answer(self) -> Answer:
        """The effect, split over the steps where there are any."""
        if self.steps is None:
            return Answer(self, estimate(self.subject, self.design), None)
        from valueviz.analysis.attribution import Attribution, StepAt, split

        if isinstance(self.subject, Panel):
            raise TypeError("steps split the effect of one series")
        if self.design.go_live is None:  # never is not "from the first step on"
            effect = estimate(self.subject, self.design)
            return Answer(self, effect, Attribution(effect, (), effect.reason))
        placed = [StepAt(step.key, step.ordinal(self.subject.grain), step.ramp) for step in self.steps]
        return _complete(self, split(self.subject, self.design, placed, thorough=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """The effect that answers a question, and its parts where there are steps."""

    question: Question
    effect: Effect
    attribution: Attribution | None


def _complete(question: Question, found: Attribution) -> Answer:
    """The answer; where no step has a part although there is a total, all of it is the remainder."""
    effect = found.effect
    if found.parts or effect.estimate is None or effect.low is None or effect.high is None:
        return Answer(question, effect, found)
    from valueviz.analysis.attribution import Part

    shown = effect.low > 0 or effect.high < 0
    rest = Part("remainder", (), effect.estimate, effect.low, effect.high, 1.0 if shown else None)
    return Answer(question, effect, replace(found, parts=(rest,)))


# Combinations ────────────────────────────────────────────────────────────────


def check(inquiry: Inquiry) -> None:
    """Refuse options that do not go together, and values no option has (from Python anything may come).

    Raises:
        UsageError: options_exclude, option_needs, bad_option.
    """
    for name, given, known in (
        ("better", inquiry.better, ("lower", "higher")),
        ("scale", inquiry.scale, ("auto", "log", "identity", "count")),
        ("method", inquiry.method, ("auto", *get_args(Method))),
        ("calendar", inquiry.calendar, (None, *COUNTRIES)),
    ):
        if given not in known:
            needed = ", ".join(str(value) for value in known)
            raise UsageError("bad_option", option=inquiry.option(name), found=str(given), needed=needed)
    if not _is_number(inquiry.season) and inquiry.season != "auto":
        option = inquiry.option("season")
        raise UsageError("bad_option", option=option, found=str(inquiry.season), needed="auto, 1, 4, 7, 12, 52.18 …")
    if not _is_number(inquiry.transition) or inquiry.transition != int(inquiry.transition) or inquiry.transition < 0:
        option = inquiry.option("transition")
        raise UsageError("bad_option", option=option, found=str(inquiry.transition), needed="0, 1, 2 …")
    for first, second in _excluding(inquiry):
        raise UsageError("options_exclude", option=first, other=second)
    for option, needed in _lacking(inquiry):
        raise UsageError("option_needs", option=option, needed=needed)


def _is_number(given: object) -> bool:
    """Whether something is a number, and not a truth value that passes for one."""
    return type(given) is not bool and isinstance(given, Real) and math.isfinite(given)


def _excluding(inquiry: Inquiry) -> Iterator[tuple[str, str]]:
    """The pairs of given options that contradict each other."""
    yield from _excluded_by_pooling(inquiry)
    option, method, scale = inquiry.option, inquiry.method, inquiry.scale
    if inquiry.exposure is not None and scale in ("log", "identity"):
        yield option("exposure"), option("scale", scale)
    if method == "count_step" and scale in ("log", "identity"):
        yield option("method", method), option("scale", scale)
    counts = option("exposure") if inquiry.exposure is not None else option("scale", "count")
    counted = inquiry.exposure is not None or scale == "count"
    if counted and method not in ("auto", "count_step"):
        yield option("method", method), counts
    if inquiry.stepped and method not in ("auto", "segmented_step"):
        yield option("steps"), option("method", method)
    if inquiry.stepped and counted:
        yield option("steps"), counts


def _excluded_by_pooling(inquiry: Inquiry) -> Iterator[tuple[str, str]]:
    """The options that make no sense where several series answer together."""
    option = inquiry.option
    if inquiry.panel and inquiry.treated is not None:
        yield option("panel"), option("treated")
    single = (
        (option("steps"), inquiry.stepped),
        (option("control"), bool(inquiry.controls)),
        (option("exposure"), inquiry.exposure is not None),
        (option("scale", "count"), inquiry.scale == "count"),
        (option("method", inquiry.method), inquiry.method in SINGLE),
        (option("method", inquiry.method), inquiry.panel and inquiry.method in ("sc", "sdid")),
    )
    if inquiry.pooled:
        yield from ((option("panel" if inquiry.panel else "treated"), other) for other, given in single if given)


def _lacking(inquiry: Inquiry) -> Iterator[tuple[str, str]]:
    """The options that say nothing without another one, and that other one."""
    option = inquiry.option
    if inquiry.donors is not None and inquiry.treated is None:
        yield option("donors"), option("treated")
    if inquiry.method not in ("auto", *SINGLE) and not inquiry.pooled and not inquiry.controls:
        pooled = (option("panel"), option("treated"))
        needed = {"imputation": pooled, "did": pooled}.get(inquiry.method, pooled[1:])
        yield option("method", inquiry.method), " | ".join(needed)
    if inquiry.method == "imputation" and inquiry.controls:
        yield option("method", inquiry.method), option("panel")


# Questions ───────────────────────────────────────────────────────────────────


def questions(found: Sequence[DatedSeries], inquiry: Inquiry, *, steps: tuple[DatedStep, ...]) -> tuple[Question, ...]:
    """The questions of a call, in the order in which the series first appear.

    Args:
        found: the series of the table; for a panel read with one grain.
        inquiry: what is asked; `check` has passed.
        steps: the steps to split over, with `inquiry.stepped`.

    Raises:
        UsageError: go_live_needed, series_option_date, series_unknown, donor_treated, donor_twice, donor_went_live,
            donor_instrument_changed, donor_definition_changed, donors_none, treated_never.
        DataError: series_bad_date, where the date of a step is of another kind than those of a series.
    """
    if inquiry.treated is not None:
        return (_treated(found, inquiry),)
    if inquiry.go_live is None and not steps and not any(dated.own_go_live for dated in found):
        raise UsageError("go_live_needed", option=inquiry.option("go_live"))
    if inquiry.panel:
        return (_roll_out(found, inquiry),)
    return tuple(_single(dated, inquiry, steps=steps) for dated in found)


def _go_live(dated: DatedSeries, inquiry: Inquiry) -> int | None:
    """The go-live of a series: its own, else the one asked for."""
    if dated.own_go_live or inquiry.go_live is None:
        return dated.go_live
    return option_ordinal(inquiry.go_live, grain=dated.series.grain, option=inquiry.option("go_live"))


def _design(inquiry: Inquiry, subject: Series | Panel, *, go_live: int | None) -> Design:
    event = inquiry.option("event" if inquiry.mark else "events")
    return Design(
        go_live=go_live,
        better=inquiry.better,
        transition=inquiry.transition,
        scale=_scale(inquiry),
        season=inquiry.season,
        events=tuple(option_ordinal(text, grain=subject.grain, option=event) for text in inquiry.events),
        method=inquiry.method,
    )


def _scale(inquiry: Inquiry) -> Literal["auto", "log", "identity", "count"]:
    """The scale: a denominator or a model of counts says that the values are counts."""
    return "count" if inquiry.exposure is not None or inquiry.method == "count_step" else inquiry.scale


def _single(dated: DatedSeries, inquiry: Inquiry, *, steps: tuple[DatedStep, ...]) -> Question:
    """The question to one series."""
    series, country = dated.series, inquiry.calendar
    go_live = _go_live(dated, inquiry)
    placed = [step.ordinal(series.grain) for step in steps]
    if inquiry.go_live is None and not dated.own_go_live:
        go_live = min(placed, default=None)
    design = replace(_design(inquiry, series, go_live=go_live), controls=dated.controls, exposure=dated.exposure)
    if country is not None:
        design = replace(
            design,
            holiday=spring_festival_share(series.ordinals, series.grain, country=country),
            calendar=moved_days(series.ordinals, series.grain, country=country),
        )
    if inquiry.stepped:
        design = _without_counts(series, design)
    elif _as_donors(series, design):
        alone = replace(design, controls=(), holiday=None, calendar=())
        return Question(as_panel(series, design), alone)
    return Question(
        series,
        design,
        steps=steps if inquiry.stepped else None,
        provisional=() if country is None else provisional_years(series.ordinals, series.grain, country=country),
    )


def _as_donors(series: Series, design: Design) -> bool:
    """Whether the controls are donors: by a method for panels, or by the rules where they are too many to regress on."""
    if not design.controls or design.scale == "count":
        return False
    return design.method not in ("auto", *SINGLE) or (design.method == "auto" and many_controls(series, design))


def _without_counts(series: Series, design: Design) -> Design:
    """The design for several steps: the model of counts has room for one, so that small counts are values like others."""
    values = sample(series, design).values
    if resolved_scale(design, values) != "count":
        return design
    return replace(design, scale="log" if min(values) > 0 else "identity")


# Panels ──────────────────────────────────────────────────────────────────────


def _roll_out(found: Sequence[DatedSeries], inquiry: Inquiry) -> Question:
    """The question to all series as one staggered roll-out."""
    go_lives = [_go_live(dated, inquiry) for dated in found]
    panel = replace(_panel(PANEL, found, go_lives=go_lives), staggered=True)
    treated = [(dated.series, at) for dated, at in zip(found, go_lives, strict=True) if at is not None]
    panel = _labelled(panel, treated, transition=inquiry.transition)
    return Question(panel, _design(inquiry, panel, go_live=None))


def _treated(found: Sequence[DatedSeries], inquiry: Inquiry) -> Question:
    """The question to one treated series and the donors beside it."""
    by_key = {dated.series.key: dated for dated in found}
    treated = by_key[_known(str(inquiry.treated), by_key, inquiry=inquiry, option="treated")]
    if treated.own_go_live and treated.go_live is None:
        raise UsageError("treated_never", file=inquiry.file, option=inquiry.option("treated"), found=treated.series.key)
    go_live = _go_live(treated, inquiry)
    if go_live is None:
        raise UsageError("go_live_needed", option=inquiry.option("go_live"))
    donors, left_out = _donors(treated, by_key, go_live=go_live, inquiry=inquiry)
    panel = _panel(treated.series.key, [treated, *donors], go_lives=[go_live, *(None for _ in donors)])
    panel = _labelled(panel, [(treated.series, go_live)], transition=inquiry.transition)
    return Question(panel, _design(inquiry, panel, go_live=go_live), left_out=left_out)


def _donors(
    treated: DatedSeries, by_key: dict[str, DatedSeries], *, go_live: int, inquiry: Inquiry
) -> tuple[list[DatedSeries], tuple[tuple[str, Unfit], ...]]:
    """The donors, and the series that could not be one with the reason; a donor asked for by name is refused."""
    option = inquiry.option("donors")
    everybody = inquiry.donors in (None, OTHERS, (OTHERS,))
    keys = [key for key in by_key if key != treated.series.key] if everybody else _named(inquiry, by_key)
    donors, left_out = [], []
    for key in keys:
        if key == treated.series.key:
            raise UsageError("donor_treated", file=inquiry.file, option=option, found=key)
        unfit = _unfit(by_key[key], go_live=go_live, transition=inquiry.transition)
        if unfit is None:
            donors.append(by_key[key])
        elif everybody:
            left_out.append((key, unfit))
        else:
            raise UsageError(unfit, file=inquiry.file, option=option, found=key)
    if not donors:
        raise UsageError("donors_none", file=inquiry.file, option=inquiry.option("treated"), found=treated.series.key)
    return donors, tuple(left_out)


def _named(inquiry: Inquiry, by_key: dict[str, DatedSeries]) -> list[str]:
    """The donors asked for by name; a name may hold the comma that stands between names."""
    option = inquiry.option("donors")
    given = inquiry.donors
    names = list(given) if isinstance(given, tuple) else _split(str(given), by_key)
    for position, name in enumerate(names):
        _known(name, by_key, inquiry=inquiry, option="donors")
        if name in names[:position]:
            raise UsageError("donor_twice", file=inquiry.file, option=option, found=name)
    return names


def _split(text: str, known: dict[str, DatedSeries]) -> list[str]:
    """The names in a list with commas, the longest known name first."""
    parts = text.split(",")
    names = []
    while parts:
        lengths = range(len(parts), 0, -1)
        taken = next((length for length in lengths if ",".join(parts[:length]).strip() in known), 1)
        names.append(",".join(parts[:taken]).strip())
        parts = parts[taken:]
    return names


def _known(name: str, known: dict[str, DatedSeries], *, inquiry: Inquiry, option: str) -> str:
    if name not in known:
        near = suggestion(name, known)
        raise UsageError("series_unknown", file=inquiry.file, option=inquiry.option(option), found=name, nearest=near)
    return name


def _unfit(dated: DatedSeries, *, go_live: int, transition: int) -> Unfit | None:
    """Why a series cannot stand for what would have been: it changed as well."""
    if dated.own_go_live and dated.go_live is not None:
        return "donor_went_live"
    if _relabelled(dated.series, dated.series.instruments, at=go_live, transition=transition):
        return "donor_instrument_changed"
    if _relabelled(dated.series, dated.series.definition_versions, at=go_live, transition=transition):
        return "donor_definition_changed"
    return None


Labels = tuple[str | None, ...]


def _relabelled(series: Series, labels: Labels | None, *, at: int, transition: int) -> bool:
    """Whether a measured period after carries a label that none before does; what is not stated is not compared."""
    stated = [
        (ordinal, label)
        for ordinal, value, label in zip(series.ordinals, series.values, labels or (), strict=False)
        if label is not None and value is not None
    ]
    before = {label for ordinal, label in stated if ordinal < at}
    return bool(before) and any(ordinal >= at + transition and label not in before for ordinal, label in stated)


def _panel(key: str, members: Sequence[DatedSeries], *, go_lives: Sequence[int | None]) -> Panel:
    """Series side by side over all their periods."""
    ordinals = tuple(sorted({ordinal for dated in members for ordinal in dated.series.ordinals}))
    series = [dated.series for dated in members]
    weighted = any(each.volumes is not None for each in series)
    return Panel(
        key=key,
        grain=series[0].grain,
        ordinals=ordinals,
        units=tuple(each.key for each in series),
        values=tuple(_aligned(ordinals, each.ordinals, each.values) for each in series),
        go_lives=tuple(go_lives),
        volumes=tuple(_aligned(ordinals, each.ordinals, each.volumes or ()) for each in series) if weighted else None,
    )


def _aligned(
    ordinals: tuple[int, ...], own: tuple[int, ...], values: tuple[float | None, ...]
) -> tuple[float | None, ...]:
    known = dict(zip(own, values, strict=False))
    return tuple(known.get(ordinal) for ordinal in ordinals)


def _labelled(panel: Panel, treated: Sequence[tuple[Series, int]], *, transition: int) -> Panel:
    """The panel with another label from the first go-live on where a unit carries another one since its own."""
    first = min((at for _, at in treated), default=0)
    sides = tuple("after" if ordinal >= first else "before" for ordinal in panel.ordinals)

    def changed(of: Callable[[Series], Labels | None]) -> Labels | None:
        any_changed = any(_relabelled(series, of(series), at=at, transition=transition) for series, at in treated)
        return sides if any_changed else None

    return replace(
        panel,
        instruments=changed(lambda series: series.instruments),
        definition_versions=changed(lambda series: series.definition_versions),
    )
