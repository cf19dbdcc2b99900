"""The charts of the specimen: every verdict, gaps, excluded points, many steps, long names, missing numbers."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import date

from valueviz.story.blocks import (
    Axis,
    BandPoint,
    Curve,
    Dumbbell,
    DumbbellRow,
    Label,
    Line,
    Point,
    Rule,
    Run,
    RunChart,
    Text,
    Tick,
)
from valueviz.terms import Fact, Grade, Illustration, Verdict

Say = Callable[[str, str], str]
"""Picks the wording of the language: Chinese first, English second."""

SPECIMEN = Illustration("specimen")
GO_LIVE = 2025 * 12 + 3
"""The ordinal of April 2025."""


def text(*parts: str | Run) -> Text:
    return tuple(part if isinstance(part, Run) else Run(part) for part in parts)


def fact(key: str, value: float, unit: str, text: str, *, strong: bool = False, grade: Grade | None = None) -> Run:
    fact = Fact(key=f"specimen.{key}", value=value, unit=unit, lineage=SPECIMEN, grade=grade)
    return Run(text, kind="fact", fact=fact, strong=strong)


def source_text(say: Say) -> Text:
    return text(
        say("来源：合成样张数据，截止 2026-06-30，n = ", "Source: synthetic specimen data as of 30 June 2026, n = "),
        fact("source.n", 41, "count", "41"),
        say(" 个月", " months"),
    )


def dumbbell(say: Say) -> Dumbbell:
    """Before → after with every verdict, an absent number and a long name."""
    rows: tuple[tuple[str, str, Verdict, tuple[float, ...] | None, float | None, str, str], ...] = (
        ("订单交付周期", "Order lead time", "improved", (18.4, 14.6, 22.1, 14.1, 22.6), 15, "12.5 → 10.2 天", "12.5 → 10.2 days"),
        ("月结天数", "Month-end close", "improved", (34.9, 28.9, 41.0, 28.1, 41.8), 30, "8.3 → 5.4 天", "8.3 → 5.4 days"),
        ("采购申请至下单的平均审批等待时间", "Average approval wait from requisition to purchase order", "improved",
         (11.2, 4.1, 18.3, 3.1, 19.0), None, "4.4 → 3.9 天", "4.4 → 3.9 days"),
        ("库存准确率", "Stock accuracy", "not_provable_yet", (3.1, -2.0, 8.2, -2.8, 8.9), 8, "91.2% → 94.0%", "91.2% → 94.0%"),
        ("准时交付率", "On-time delivery", "not_provable_yet", (-1.2, -6.0, 3.6, -6.6, 4.2), 10, "88.1% → 87.0%", "88.1% → 87.0%"),
        ("退货率", "Return rate", "worse", (-13.0, -19.2, -6.8, -20.1, -5.9), None, "2.3% → 3.2%", "2.3% → 3.2%"),
        ("报表编制人时", "Reporting hours", "not_comparable", None, None, "", ""),
    )  # fmt: skip
    words: dict[Verdict, str] = {
        "improved": say("改善", "improved"),
        "worse": say("变差", "worse"),
        "not_provable_yet": say("尚不能证明", "not provable yet"),
        "not_comparable": say("不可比：测量方式已变", "not comparable: instrument changed"),
        "refused": say("不予判断", "refused"),
    }
    return Dumbbell(
        key="scorecard",
        title=text(say("相对变化：向右为改善", "Relative change: better to the right")),
        alt=say(
            "七项指标的前后对比：三项改善，两项尚不能证明，一项变差，一项不可比。",
            "Seven metrics before and after: three improved, two not provable yet, one worse, one not comparable.",
        ),
        x=Axis(
            title=say("改善（%，以上线前为 0）", "Improvement (%, 0 = before go-live)"),
            low=-25,
            high=45,
            ticks=tuple(
                Tick(value, f"{value:+d}".replace("-", "\u2212") if value else "0") for value in (-20, 0, 20, 40)
            ),
        ),
        rows=tuple(_dumbbell_row(say, number, row, word=words[row[2]]) for number, row in enumerate(rows)),
        values_title=say("前 → 后", "Before → after"),
        legend=(
            ("before", say("上线前", "before")),
            ("after", say("上线后", "after")),
            ("interval", say("95% 区间", "95% interval")),
            ("whisker", say("97% 区间", "97% interval")),
            ("promise", say("承诺", "promise")),
        ),
        source=source_text(say),
    )


def _dumbbell_row(
    say: Say,
    number: int,
    row: tuple[str, str, Verdict, tuple[float, ...] | None, float | None, str, str],
    *,
    word: str,
) -> DumbbellRow:
    zh, en, verdict, places, promise, zh_values, en_values = row
    if places is None:
        return DumbbellRow(label=text(say(zh, en)), verdict=verdict, values=text(word))
    after, low, high, whisker_low, whisker_high = places
    values = (fact(f"row{number}", after, "percent", say(zh_values, en_values)), Run("  " + word, strong=True))
    return DumbbellRow(
        label=text(say(zh, en)),
        verdict=verdict,
        values=values,
        before=0.0,
        after=after,
        low=low,
        high=high,
        whisker_low=whisker_low,
        whisker_high=whisker_high,
        promise=promise,
    )


def run_chart(say: Say, verdict: Verdict) -> RunChart:
    """A monthly series of 41 periods with a planted change, a gap, excluded points and steps."""
    before, shift, wander, unit = {
        "improved": (8.3, -2.9, 0.35, say("天", "days")),
        "worse": (2.3, 0.9, 0.14, "%"),
    }.get(verdict, (91.2, 1.1, 1.5, "%"))
    name = {
        "improved": say("月结天数", "Month-end close"),
        "worse": say("退货率", "Return rate"),
    }.get(verdict, say("库存准确率", "Stock accuracy"))
    first, last = GO_LIVE - 26, GO_LIVE + 14
    noise = random.Random(verdict)
    observed = tuple(
        Point(
            x=x,
            y=round(_middle(x, before, wander) + _change(x, shift) + noise.gauss(0, wander * 0.7), 2),
            state="excluded" if x == first + 9 else ("transition" if GO_LIVE <= x < GO_LIVE + 2 else "used"),
        )
        for x in range(first, last + 1)
        if x not in {first + 15, first + 16}
    )
    half = {"improved": 2.0, "worse": 1.9}.get(verdict, 2.2) * wander
    band = tuple(
        BandPoint(
            x=x,
            low=_middle(x, before, wander) - half * _widening(x),
            middle=_middle(x, before, wander),
            high=_middle(x, before, wander) + half * _widening(x),
        )
        for x in range(first, last + 1)
    )
    ends = [point.y for point in observed] + [place for point in band for place in (point.low, point.high)]
    y = _scale(min(ends), max(ends))
    middle = band[-4].middle
    labels = (
        Label(last, observed[-1].y, Run(say("实际", "observed"), strong=True), tone="ink"),
        Label(last, band[-1].middle, Run(say("若未上线", "without go-live")), tone="muted"),
        Label(
            GO_LIVE + 11,
            middle + shift / 2,
            fact(f"{verdict}.gap", shift, "unit", f"{shift:+.1f} {unit}".replace("-", "\u2212"), strong=True),
            tone={"improved": "better", "worse": "worse"}.get(verdict, "muted"),  # type: ignore[arg-type]
            align="center",
        ),
    )
    steps = (
        (GO_LIVE - 4, say("主数据清理", "Master data cleaned"), "step"),
        (GO_LIVE - 3, say("历史数据迁移", "History migrated"), "step"),
        (GO_LIVE, say("上线 2025-04", "Go-live Apr 2025"), "go_live"),
        (GO_LIVE + 1, say("关键用户培训", "Key users trained"), "step"),
        (GO_LIVE + 5, say("审批流重设", "Approvals redesigned"), "step"),
        (GO_LIVE + 9, say("涨价", "Price rise"), "event"),
    )
    return RunChart(
        key=verdict,
        title=text(name),
        alt=say(f"{name}：41 个月的走势与反事实区间。", f"{name}: 41 months with the counterfactual band."),
        x=Axis("", first - 0.5, last + 0.5, tuple(Tick(x, _month(say, x)) for x in range(first + 4, last + 1, 9))),
        y=Axis(
            say(f"{name}（{unit}）", f"{name} ({unit})"),
            y[0],
            y[-1],
            tuple(Tick(value, f"{value:g}") for value in y),
        ),
        observed=observed,
        band=band,
        rules=tuple(Rule(float(x), label, kind) for x, label, kind in steps),  # type: ignore[arg-type]
        transition=(GO_LIVE - 0.5, GO_LIVE + 1.5),
        labels=labels,
        verdict=verdict,
        height="medium" if verdict == "improved" else "small",
        source=source_text(say),
    )


def _month(say: Say, ordinal: int) -> str:
    name = date(2000, ordinal % 12 + 1, 1).strftime("%b")
    return say(f"{ordinal // 12}-{ordinal % 12 + 1:02d}", f"{name} {ordinal // 12}")


def _middle(x: int, before: float, wander: float) -> float:
    return before + 0.6 * wander * math.sin(x / 12 * math.tau) - 0.01 * wander * (x - GO_LIVE)


def _change(x: int, shift: float) -> float:
    return 0.0 if x < GO_LIVE else shift * (-0.3 if x == GO_LIVE else min(1.0, (x - GO_LIVE) / 3))


def _widening(x: int) -> float:
    return 1.0 if x < GO_LIVE else 1.0 + 0.03 * (x - GO_LIVE)


def _scale(low: float, high: float) -> list[float]:
    step = next(step for step in (0.5, 1, 2, 5, 10) if (high - low) / step <= 5)
    start = math.floor(low / step)
    return [round(place * step, 6) for place in range(start, math.ceil(high / step) + 1)]


def dip(say: Say) -> Curve:
    """Two recovery curves of an illustration, with the span of parallel running shaded."""
    months = [place / 2 for place in range(-6, 25)]
    return Curve(
        key="dip",
        title=text(say("上线后的低谷与恢复（示意）", "Go-live dip and recovery (illustration)")),
        alt=say(
            "两条示意曲线：准备充分时低谷更浅、恢复更快。",
            "Two illustrative curves: well prepared, the dip is shallower.",
        ),
        x=Axis(
            say("上线后的月份", "Months since go-live"),
            -3,
            12,
            tuple(Tick(m, str(m).replace("-", "\u2212")) for m in (-3, 0, 3, 6, 9, 12)),
        ),
        y=Axis(
            say("效率（上线前 = 100）", "Efficiency (before = 100)"),
            60,
            130,
            tuple(Tick(v, str(v)) for v in (60, 80, 100, 120)),
        ),
        lines=(
            Line(
                tuple((m, _recovery(m, depth=14, pace=2.0, gain=24)) for m in months),
                say("准备充分", "well prepared"),
                "better",
            ),
            Line(
                tuple((m, _recovery(m, depth=34, pace=4.2, gain=18)) for m in months),
                say("只装软件", "software only"),
                "worse",
                dashed=True,
            ),
        ),
        shade=(0, 3, say("双系统并行", "parallel running")),
        labels=(Label(-3, 103, Run(say("上线前水平", "level before")), tone="muted"),),
        source=text(say("示意图，不代表任何客户。", "Illustration, about no client in particular.")),
    )


def _recovery(month: float, *, depth: float, pace: float, gain: float) -> float:
    if month <= 0:
        return 100.0
    return round(
        100 - depth * (month / pace) * math.exp(1 - month / pace) + gain * (1 - math.exp(-month / 5)) * month / 12, 2
    )
