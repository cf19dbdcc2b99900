"""The specimen's charts of evidence: where a change came from, process limits, an event study, a weekly roll-out."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from itertools import accumulate
from typing import Literal

from tests.render.specimen_charts import Say, fact, source_text, text
from valueviz.story.blocks import (
    Axis,
    BandPoint,
    Label,
    Point,
    Rule,
    Run,
    RunChart,
    Tick,
    Waterfall,
    WaterfallMark,
    WaterfallRow,
)

Kind = Literal["part", "block", "remainder", "total"]
Part = tuple[Kind, float, float, str, str, str]
"""Kind, gain, half of its interval, name in Chinese and in English, key of the phase."""

MANY: tuple[Part, ...] = (
    ("part", 0.1, 0.3, "需求调研与流程访谈", "Requirements study and process interviews", "blueprint"),
    ("part", 0.6, 0.4, "审批层级由五级减为三级", "Approval levels cut from five to three", "blueprint"),
    ("block", 1.9, 0.5, "切换及此前的准备（不可分）", "Cutover and preparation (not separable)", "golive"),
    ("part", -0.7, 0.4, "双系统并行核对", "Parallel running and double entry", "golive"),
    ("part", 0.3, 0.5, "关键用户培训（第一轮）", "Key-user training, first round", "after"),
    ("part", 0.8, 0.35, "凭证模板与自动过账", "Voucher templates and automatic posting", "after"),
    ("part", 0.4, 0.3, "银企直连", "Bank interface", "after"),
    ("part", -0.2, 0.35, "组织调整后的权限重设", "Roles rebuilt after the reorganisation", "after"),
    ("part", 0.5, 0.3, "月结清单与责任到人", "Closing checklist with one owner a line", "improve"),
    ("part", 0.2, 0.3, "子公司推广", "Roll-out to subsidiaries", "improve"),
    ("part", 0.45, 0.3, "报表自动取数", "Reports fed automatically", "improve"),
    ("part", 0.1, 0.25, "用户满意度回访", "User satisfaction visits", "improve"),
    ("remainder", -0.35, 0.5, "未归因（余项）", "Not attributed (remainder)", ""),
)  # fmt: skip

TOGETHER = (
    ("主数据清理", "Item master cleaned"),
    ("历史数据迁移", "History migrated"),
    ("切换上线", "Cutover"),
)
LEGEND: tuple[tuple[WaterfallMark, str, str], ...] = (
    ("sure", "明确的改善", "clear gain"),
    ("worse", "明确的变差", "clear loss"),
    ("unsure", "与零分不开", "not told from zero"),
    ("block", "彼此分不开的步骤", "steps that cannot be told apart"),
    ("remainder", "余项", "remainder"),
    ("interval", "95% 区间", "95% interval"),
)

FEW: tuple[Part, ...] = (
    ("block", -1.2, 0.6, "切换上线及此前的全部准备", "Cutover and all preparation before it", "golive"),
    ("part", 0.2, 0.5, "物料编码培训", "Item code training", "after"),
    ("remainder", -0.1, 0.3, "未归因（余项）", "Not attributed (remainder)", ""),
)  # fmt: skip


def where_from(say: Say, key: str, parts: tuple[Part, ...], *, low: float, high: float) -> Waterfall:
    """A waterfall of some parts, closed by the total they add up to."""
    phases = {
        "blueprint": say("蓝图设计", "Blueprint"),
        "golive": say("上线切换", "Go-live"),
        "after": say("上线支持", "After-care"),
        "improve": say("持续优化", "Improvement"),
        "": "",
    }
    gains = [part[1] for part in parts]
    total = math.fsum(gains)
    ends = [round(end, 9) for end in accumulate(gains)]
    rows = [
        WaterfallRow(
            label=text(say(zh, en)),
            kind=kind,
            start=end - gain,
            end=end,
            values=(
                text(fact(f"{key}.{number}", gain, "day", _signed(gain))),
                text(fact(f"{key}.{number}.interval", gain, "day", f"{_signed(gain - half)} – {_signed(gain + half)}")),
                text(
                    fact(
                        f"{key}.{number}.share",
                        gain / total,
                        "share",
                        _signed(100 * gain / total, 0).removeprefix("+") + "%",
                    )
                )
                if kind != "remainder"
                else (),
            ),
            low=end - half,
            high=end + half,
            sure=abs(gain) > half and kind != "remainder",
            group=phases[phase],
            members=tuple(text(say(*name)) for name in TOGETHER) if kind == "block" and len(parts) > 4 else (),
        )
        for number, ((kind, gain, half, zh, en, phase), end) in enumerate(zip(parts, ends, strict=True))
    ]
    half = 0.7
    rows.append(
        WaterfallRow(
            label=text(say("合计：月结缩短的天数", "Total: days the close got shorter")),
            kind="total",
            start=0.0,
            end=total,
            values=(
                text(fact(f"{key}.total", total, "day", _signed(total))),
                text(fact(f"{key}.total.interval", total, "day", f"{_signed(total - half)} – {_signed(total + half)}")),
                text(fact(f"{key}.total.share", 1.0, "share", "100%")),
            ),
            low=total - half,
            high=total + half,
            sure=abs(total) > half,
        )
    )
    return Waterfall(
        key=key,
        title=text(say("月结缩短从哪里来", "Where the shorter close came from")),
        alt=say(
            f"月结变化按步骤分解：{len(parts) - 1} 个部分和一个余项，合计 {_signed(total)} 天。",
            f"The change of the close by step: {len(parts) - 1} parts and a remainder, {_signed(total)} days in total.",
        ),
        x=Axis(
            say("改善（天，向右为改善）", "Improvement (days, better to the right)"),
            low,
            high,
            tuple(Tick(v, _signed(v, 0) if v else "0") for v in range(math.ceil(low), math.floor(high) + 1)),
        ),
        rows=tuple(rows),
        values_titles=(say("天", "Days"), say("95% 区间", "95% interval"), say("占比", "Share")),
        legend=tuple((mark, say(zh, en)) for mark, zh, en in LEGEND if mark in _drawn(rows)),
        source=source_text(say),
    )


def _drawn(rows: list[WaterfallRow]) -> set[WaterfallMark]:
    """The marks some rows are drawn with."""
    found: set[WaterfallMark] = {"interval"}
    for row in rows:
        gain = row.end >= row.start
        found.add("remainder" if row.kind == "remainder" else "unsure" if not row.sure else "sure" if gain else "worse")
        if row.kind == "block":
            found.add("block")
    return found


def limits(say: Say) -> RunChart:
    """A process behaviour chart: limits from the months before, set anew at go-live, three signals."""
    noise, live, last = random.Random("limits"), 20, 38
    observed, band = [], []
    for x in range(1, last + 1):
        level, spread = (42.0, 5.4) if x < live else (33.5, 4.1)
        y = round(level + noise.gauss(0, spread / 3.4), 1)
        y = {9: 48.6, 22: 38.4, 31: 28.2}.get(x, y)
        observed.append(Point(float(x), y, "signal" if x in {9, 22, 31} else "used"))
        band.append(BandPoint(float(x), level - spread, level, level + spread))
    return RunChart(
        key="limits",
        title=text(say("采购审批时长：过程是否受控", "Approval time: is the process in control?")),
        alt=say(
            "38 个月的过程行为图：上线后的界限更低更窄，三个信号点。",
            "A process behaviour chart of 38 months: lower and narrower limits since go-live, three signals.",
        ),
        x=Axis("", 0.5, last + 0.5, tuple(Tick(x, _month(say, x)) for x in range(3, last + 1, 9))),
        y=Axis(
            say("审批时长（小时）", "Approval time (hours)"),
            25,
            50,
            tuple(Tick(v, str(v)) for v in (25, 30, 35, 40, 45, 50)),
        ),
        observed=tuple(observed),
        band=tuple(band),
        rules=(Rule(live - 0.5, say("上线，界限重设", "Go-live, limits set anew"), "go_live"),),
        transition=None,
        labels=(
            Label(last, 33.5 + 4.1, fact("limits.upper", 37.6, "hour", say("上限 37.6", "upper 37.6"))),
            Label(last, 33.5, fact("limits.level", 33.5, "hour", say("平均 33.5", "mean 33.5"))),
            Label(last, 33.5 - 4.1, fact("limits.lower", 29.4, "hour", say("下限 29.4", "lower 29.4"))),
        ),
        verdict="improved",
        source=source_text(say),
        band_kind="limits",
    )


def event_study(say: Say) -> RunChart:
    """The effect by weeks since each store's own go-live, with the interval of each week."""
    noise = random.Random("event")
    band = []
    for x in range(-12, 17):
        middle = noise.gauss(0, 0.35) if x < 0 else -4.2 * (1 - math.exp(-(x + 1) / 3)) + noise.gauss(0, 0.4)
        half = 0.9 + 0.05 * abs(x)
        band.append(BandPoint(float(x), middle - half, middle, middle + half))
    return RunChart(
        key="event_study",
        title=text(say("缺货率：以各店自己的上线为零点", "Stock-outs, counted from each store's own go-live")),
        alt=say(
            "18 家门店的事件研究：上线前各周在零附近，上线后逐步下降约 4 个百分点。",
            "An event study of 18 stores: about zero before go-live, falling by about 4 points after it.",
        ),
        x=Axis(
            say("距本店上线的周数", "Weeks since the store's own go-live"),
            -12.5,
            16.5,
            tuple(Tick(v, _signed(v, 0) if v else "0") for v in (-12, -8, -4, 0, 4, 8, 12, 16)),
        ),
        y=Axis(
            say("与未上线门店之差（个百分点）", "Difference from stores not live (pp)"),
            -7,
            2,
            tuple(Tick(v, _signed(v, 0) if v else "0") for v in (-6, -4, -2, 0, 2)),
        ),
        observed=tuple(Point(point.x, point.middle) for point in band),
        band=tuple(band),
        rules=(Rule(-0.5, say("上线", "Go-live"), "go_live"),),
        transition=None,
        labels=(
            Label(16, 0, Run(say("无变化", "no change"))),
            Label(16, -4.0, fact("event.effect", -4.0, "pp", say("−4.0 个百分点", "−4.0 pp"), strong=True), "better"),
        ),
        verdict="improved",
        height="medium",
        source=source_text(say),
        band_kind="interval",
        level=0.0,
    )


STEPS = (
    (30, "蓝图确认", "Blueprint signed off"),
    (41, "主数据清理", "Item master cleaned"),
    (46, "历史数据迁移", "History migrated"),
    (55, "用户验收测试", "User acceptance test"),
    (60, "关键用户培训", "Key users trained"),
    (66, "审批流重设", "Approvals redesigned"),
    (70, "条码上线", "Bar codes introduced"),
    (78, "凭证模板", "Voucher templates"),
    (84, "二轮培训", "Second training"),
    (92, "供应商门户", "Supplier portal"),
    (104, "报表自动化", "Reports automated"),
    (118, "权限复核", "Access review"),
)


def weekly(say: Say) -> RunChart:
    """130 weeks with twelve steps around a go-live, holiday weeks left out."""
    noise, live, first = random.Random("weekly"), 63, date(2024, 1, 1)
    skipped = {6, 7, 58, 59, 110, 111}
    observed, band = [], []
    for x in range(1, 131):
        middle = 46.0 + 2.2 * math.sin(x / 52 * math.tau) - 0.015 * x
        change = 0.0 if x < live else (3.0 if x < live + 5 else -13.5 * (1 - math.exp(-(x - live - 4) / 9)))
        holiday = 9.0 if x in skipped else 0.0
        state: Literal["used", "excluded", "transition"] = "excluded" if x in skipped else "used"
        state = "transition" if live <= x < live + 5 else state
        observed.append(Point(float(x), round(middle + change + holiday + noise.gauss(0, 2.1), 1), state))
        half = 3.6 if x < live else 3.6 + 0.05 * (x - live)
        band.append(BandPoint(float(x), middle - half, middle, middle + half))
    steps = tuple(Rule(float(x) - 0.5, say(zh, en), "step") for x, zh, en in STEPS)
    end = band[-1].middle
    return RunChart(
        key="weekly",
        title=text(say("采购订单审批时长", "Approval time of purchase orders")),
        alt=say(
            "130 周的走势与反事实区间：上线后审批时长下降约 12 小时。",
            "130 weeks with the counterfactual band: since go-live approval takes about 12 hours less.",
        ),
        x=Axis("", 0.5, 130.5, tuple(Tick(x, _week(say, first, x)) for x in range(1, 131, 26))),
        y=Axis(
            say("审批时长（小时）", "Approval time (hours)"),
            20,
            70,
            tuple(Tick(v, str(v)) for v in (20, 30, 40, 50, 60, 70)),
        ),
        observed=tuple(observed),
        band=tuple(band),
        rules=(Rule(live - 0.5, say("上线", "Go-live"), "go_live"), *steps),
        transition=(live - 0.5, live + 4.5),
        labels=(
            Label(
                130.0,
                (end + observed[-1].y) / 2,
                fact("weekly.gap", -12.1, "hour", say("−12.1 小时", "−12.1 hours"), strong=True),
                "better",
                "right",
            ),
            Label(130.0, end, Run(say("若未上线", "without go-live"))),
            Label(130.0, observed[-1].y, Run(say("实际", "observed")), "ink"),
        ),
        verdict="improved",
        height="medium",
        source=source_text(say),
    )


def _signed(value: float, digits: int = 1) -> str:
    return f"{value:+.{digits}f}".replace("-", "\u2212")


def _month(say: Say, x: int) -> str:
    ordinal = 2023 * 12 + x
    name = date(2000, ordinal % 12 + 1, 1).strftime("%b")
    return say(f"{ordinal // 12}-{ordinal % 12 + 1:02d}", f"{name} {ordinal // 12}")


def _week(say: Say, first: date, x: int) -> str:
    day = first + timedelta(weeks=x - 1)
    return say(f"{day:%Y-%m}", f"{day:%b %Y}")
