"""Processes to look at: a real one (aggregates of a public log), an invented one, one typed by hand, a crowded one.

The domestic declarations are counts of BPI Challenge 2020 (4TU, CC BY 4.0), 2017 against 2018; the colours of its edges
are set for the picture. Everything else is made up, and says so.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime

from valueviz.analysis.process.log import (
    GATE,
    Cut,
    Edge,
    EdgeStats,
    LeadTime,
    LogSummary,
    PeriodSummary,
    Step,
    StepStats,
)
from valueviz.analysis.process.presence import presence
from valueviz.analysis.process.result import Colour, Drawn, EdgeChange, StepChange
from valueviz.analysis.process.select import select
from valueviz.story.blocks import Document, Section
from valueviz.study.process import ProcessStudy
from valueviz.terms import Illustration, Locale, Measured, Window

Numbers = tuple[int, int, float, float] | None

STEPS: tuple[tuple[str, str, str, tuple[int, int] | None, tuple[int, int] | None], ...] = (
    ("Declaration SAVED by EMPLOYEE", "员工保存草稿", "EMPLOYEE", (35, 35), (100, 100)),
    ("Declaration SUBMITTED by EMPLOYEE", "员工提交报销单", "EMPLOYEE", (2390, 2203), (8981, 8019)),
    ("Declaration REJECTED by PRE_APPROVER", "预审人驳回", "PRE_APPROVER", (86, 81), None),
    ("Declaration REJECTED by ADMINISTRATION", "行政驳回", "ADMINISTRATION", (4, 4), (932, 826)),
    ("Declaration APPROVED by ADMINISTRATION", "行政初审通过", "ADMINISTRATION", (18, 18), (8043, 7829)),
    ("Declaration APPROVED by PRE_APPROVER", "预审人通过", "PRE_APPROVER", (685, 666), None),
    ("Declaration REJECTED by SUPERVISOR", "主管驳回", "SUPERVISOR", (71, 64), (215, 210)),
    ("Declaration REJECTED by BUDGET OWNER", "预算负责人驳回", "BUDGET OWNER", None, (57, 56)),
    ("Declaration APPROVED by BUDGET OWNER", "预算负责人审批", "BUDGET OWNER", (4, 4), (2743, 2730)),
    ("Declaration REJECTED by EMPLOYEE", "退回员工", "EMPLOYEE", (161, 149), (1189, 1050)),
    ("Declaration FINAL_APPROVED by SUPERVISOR", "主管终审通过", "SUPERVISOR", (2228, 2167), (7771, 7771)),
    ("Declaration REJECTED by MISSING", "驳回（角色缺失）", "MISSING", (89, 85), None),
    ("Request Payment", "发起付款", "UNDEFINED", (2144, 2144), (7770, 7770)),
    ("Payment Handled", "付款完成", "UNDEFINED", (2141, 2141), (7771, 7771)),
)
"""Name in the log, name in Chinese, role, (events, cases) before and after; in order of the mean place."""

ROLES_ZH = {
    "EMPLOYEE": "员工",
    "PRE_APPROVER": "预审人",
    "ADMINISTRATION": "行政",
    "SUPERVISOR": "主管",
    "BUDGET OWNER": "预算负责人",
    "MISSING": "缺失",
    "UNDEFINED": "系统",
}

EDGES: tuple[tuple[int, int, Numbers, Numbers], ...] = (
    (-1, 1, (2203, 2203, 0.0, 0.0), (8019, 8019, 0.0, 0.0)),
    (10, 12, (2142, 2142, 175635.5, 375474.0), (7770, 7770, 90586.5, 234740.0)),
    (12, 13, (2141, 2141, 283657.0, 348452.0), (7770, 7770, 277697.0, 297132.0)),
    (13, -1, (2140, 2140, 0.0, 0.0), (7771, 7771, 0.0, 0.0)),
    (1, 4, (18, 18, 1041945.5, 2355349.0), (8043, 7829, 37.0, 82450.0)),
    (4, 10, (14, 14, 42182.5, 73862.0), (5059, 5059, 74580.0, 154650.0)),
    (4, 8, (4, 4, 151911.5, 259868.0), (2743, 2730, 74365.0, 147322.0)),
    (8, 10, (4, 4, 377521.0, 445350.0), (2712, 2712, 163956.0, 245070.0)),
    (1, 10, (1536, 1490, 28.0, 81933.0), None),
    (9, 1, (125, 119, 10598.0, 535728.0), (941, 829, 18760.0, 440666.0)),
    (1, 3, (4, 4, 6389593.5, 8940643.0), (932, 826, 94.0, 387209.0)),
    (3, 9, (4, 4, 173756.0, 197584.0), (913, 822, 80178.0, 177079.0)),
    (1, 5, (685, 666, 25.0, 107266.0), None),
    (5, 10, (674, 663, 77653.5, 163186.0), None),
    (9, -1, (36, 36, 0.0, 0.0), (248, 248, 0.0, 0.0)),
    (6, 9, (70, 63, 148163.0, 435515.0), (213, 208, 89238.0, 283818.0)),
    (4, 6, None, (184, 180, 82237.0, 185140.0)),
    (-1, 0, (35, 35, 0.0, 0.0), (100, 100, 0.0, 0.0)),
    (0, -1, (34, 34, 0.0, 0.0), (100, 100, 0.0, 0.0)),
    (10, 11, (86, 82, 264400.0, 952935.0), None),
    (1, 2, (86, 81, 65.5, 168193.0), None),
    (2, 9, (85, 80, 79118.0, 124122.0), None),
    (11, 1, (61, 58, 35918.0, 739581.0), None),
    (1, 6, (60, 53, 40.0, 56000.0), None),
    (4, 7, None, (57, 56, 35783.0, 113742.0)),
    (7, 9, None, (57, 56, 88775.0, 186445.0)),
    (8, 6, None, (31, 31, 349243.0, 362592.0)),
    (11, -1, (28, 28, 0.0, 0.0), None),
    (5, 6, (11, 11, 180918.0, 259093.0), None),
)
"""Source and target (-1: gate), (count, cases, median, mean) before and after."""

CASES = (2238, 8119)
LEADS = (LeadTime(610022.0, 985389.0, 1666727.0), LeadTime(637906.0, 950339.0, 1622592.0))

DOMESTIC_COLOURS: dict[tuple[int, int], Colour] = {
    (10, 12): "faster",
    (9, 1): "slower_outline",
    (6, 9): "faster_outline",
}

HOUR, MINUTE, DAY = 3600.0, 60.0, 86400.0


def domestic(locale: Locale) -> ProcessStudy:
    """Travel declarations before and after the roll-out; names as in the log, or in Chinese."""
    names = [row[1] if locale == "zh_CN" else row[0] for row in STEPS]
    roles = {row[2]: ROLES_ZH[row[2]] if locale == "zh_CN" else row[2] for row in STEPS}
    steps = tuple(
        _step(name, roles[row[2]], _step_stats(row[3], CASES[0]), _step_stats(row[4], CASES[1]))
        for name, row in zip(names, STEPS, strict=True)
    )
    edges = tuple(
        Edge(
            GATE if source < 0 else names[source],
            GATE if target < 0 else names[target],
            _merged(_edge_stats(before, CASES[0]), _edge_stats(after, CASES[1])),
            _edge_stats(before, CASES[0]),
            _edge_stats(after, CASES[1]),
        )
        for source, target, before, after in EDGES
    )
    colours = {(names[source], names[target]): colour for (source, target), colour in DOMESTIC_COLOURS.items()}
    title = "BPI Challenge 2020, 差旅报销" if locale == "zh_CN" else "BPI Challenge 2020, domestic declarations"
    return _study(
        title,
        edges=edges,
        steps=steps,
        cases=CASES,
        leads=LEADS,
        colours=colours,
        windows=(Window(date(2017, 1, 1), date(2017, 12, 31)), Window(date(2018, 1, 1), date(2018, 12, 31))),
    )


PURCHASE: tuple[tuple[str, str, str, str, str, float | None, float | None], ...] = (
    ("r", "Raise requisition", "填写采购申请", "Requester", "申请人", 1.0, 1.0),
    ("k", "Re-key into ledger", "转录台账", "Clerk", "文员", 1.0, None),
    ("m", "Manager approves", "经理审批", "Manager", "经理", 1.0, 1.0),
    ("c", "Correct request", "更正申请", "Requester", "申请人", 0.14, 0.06),
    ("f", "Finance review", "财务复核", "Finance", "财务", 0.43, 0.29),
    ("o", "Create order", "创建订单", "Buyer", "采购员", 1.0, 1.0),
    ("g", "Receive goods", "收货", "Warehouse", "仓库", 1.0, 1.0),
    ("i", "Register invoice", "登记发票", "Finance", "财务", 1.0, 1.0),
    ("a", "Automatic match", "自动匹配", "System", "系统", None, 0.83),
    ("h", "Manual 3-way match", "人工三单匹配", "Finance", "财务", 1.0, 0.17),
    ("p", "Pay", "付款", "Finance", "财务", 1.0, 1.0),
)
"""Key, name, name in Chinese, role, role in Chinese, shares before and after; in order of the mean place."""

Walk = tuple[float, float] | None

PURCHASE_EDGES: tuple[tuple[str, str, Walk, Walk, Colour], ...] = (
    ("", "r", (1.0, 0.0), (1.0, 0.0), "unchanged"),
    ("r", "k", (1.0, 6.1 * HOUR), None, "removed"),
    ("k", "m", (1.0, 29 * HOUR), None, "removed"),
    ("r", "m", None, (1.0, 9.0 * HOUR), "added"),
    ("m", "f", (0.43, 20 * HOUR), (0.29, 11 * HOUR), "faster"),
    ("m", "c", (0.14, 9.8 * HOUR), (0.06, 4.2 * HOUR), "faster_outline"),
    ("c", "m", (0.14, 31 * HOUR), (0.06, 7.9 * HOUR), "faster"),
    ("m", "o", (0.57, 9.1 * HOUR), (0.71, 6 * MINUTE), "faster"),
    ("f", "o", (0.43, 9.4 * HOUR), (0.29, 6.2 * MINUTE), "faster"),
    ("o", "g", (1.0, 4.1 * DAY), (1.0, 4.9 * DAY), "slower"),
    ("g", "i", (1.0, 40 * HOUR), (1.0, 39 * HOUR), "unchanged"),
    ("i", "h", (1.0, 25 * HOUR), (0.17, 29 * HOUR), "slower_outline"),
    ("h", "h", (0.08, 3.0 * HOUR), (0.05, 3.1 * HOUR), "unchanged"),
    ("i", "a", None, (0.83, 72.0), "added"),
    ("a", "p", None, (0.83, 34 * HOUR), "added"),
    ("h", "p", (1.0, 34 * HOUR), (0.17, 34 * HOUR), "unchanged"),
    ("p", "", (1.0, 0.0), (1.0, 0.0), "unchanged"),
)
"""Source, target, (share, median) before and after, colour."""


def purchase(locale: Locale) -> ProcessStudy:
    """An invented purchase-to-pay process in which every form of a map occurs."""
    chinese = locale == "zh_CN"
    names = {key: (zh if chinese else en) for key, en, zh, *_ in PURCHASE} | {"": GATE}
    cases = (2400, 2600)

    def walked(walk: Walk, count: int) -> EdgeStats | None:
        if walk is None:
            return None
        return EdgeStats(round(walk[0] * count), round(walk[0] * count), walk[0], walk[1], walk[1])

    steps = tuple(
        _step(
            names[key],
            role_zh if chinese else role,
            _step_stats(
                None
                if before is None
                else (round(before * cases[0] * (1.16 if key == "m" else 1)), round(before * cases[0])),
                cases[0],
            ),
            _step_stats(None if after is None else (round(after * cases[1]), round(after * cases[1])), cases[1]),
        )
        for key, _, _, role, role_zh, before, after in PURCHASE
    )
    edges = tuple(
        Edge(
            names[source],
            names[target],
            _merged(walked(before, cases[0]), walked(after, cases[1])),
            walked(before, cases[0]),
            walked(after, cases[1]),
        )
        for source, target, before, after, _ in PURCHASE_EDGES
    )
    return _study(
        "采购到付款（合成）" if chinese else "Purchase to pay (synthetic)",
        edges=edges,
        steps=steps,
        cases=cases,
        leads=(LeadTime(11.8 * DAY, 12.2 * DAY, 15.7 * DAY), LeadTime(8.2 * DAY, 8.4 * DAY, 11.2 * DAY)),
        colours={(names[source], names[target]): colour for source, target, _, _, colour in PURCHASE_EDGES},
        windows=(Window(date(2023, 1, 1), date(2023, 12, 31)), Window(date(2024, 1, 1), date(2024, 12, 31))),
        synthetic=True,
    )


def crowded(seed: int, *, nodes: int = 14, edges: int = 30, locale: Locale = "en") -> ProcessStudy:
    """An invented process as full as a map may be."""
    chance = random.Random(seed)
    verbs = (
        ("Check", "Approve", "Enter", "Correct", "Print", "Sign", "Match", "Release")
        if locale == "en"
        else ("审核", "批准", "录入", "更正", "打印", "签字", "匹配", "放行")
    )
    things = (
        ("invoice", "purchase order", "delivery note", "contract amendment")
        if locale == "en"
        else ("发票", "采购订单", "送货单", "合同变更")
    )
    gap = " " if locale == "en" else ""
    names = [f"{verbs[n % 8]}{gap}{things[(n * 5 + n // 8) % 4]}" for n in range(nodes)]
    pairs = {(GATE, names[0]): 1.0, (names[-1], GATE): 0.9}
    at = 0
    while at < nodes - 1:
        step = at + chance.choice((1, 1, 1, 2))
        pairs[names[at], names[min(step, nodes - 1)]] = chance.uniform(0.5, 0.98)
        at = min(step, nodes - 1)
    for n, name in enumerate(names):
        if not any(target == name for _, target in pairs):
            pairs[names[max(0, n - chance.choice((1, 2)))], name] = chance.uniform(0.1, 0.4)
        if not any(source == name for source, _ in pairs):
            pairs[name, names[min(nodes - 1, n + chance.choice((1, 2)))]] = chance.uniform(0.1, 0.4)
    while len(pairs) < edges:
        source = chance.randrange(nodes)
        target = min(nodes - 1, max(0, source + round(chance.gauss(1.0, 2.5))))
        pairs.setdefault((names[source], names[target]), 0.02 + 0.3 * chance.random() ** 2)
    colours: tuple[Colour, ...] = (
        "unchanged",
        "unchanged",
        "unchanged",
        "faster",
        "slower",
        "faster_outline",
        "slower_outline",
        "added",
        "removed",
    )
    chosen = {pair: "unchanged" if GATE in pair else chance.choice(colours) for pair in sorted(pairs)}
    times = {
        pair: (HOUR * chance.lognormvariate(2, 1.2), HOUR * chance.lognormvariate(1.8, 1.2)) for pair in sorted(pairs)
    }
    cases = (1200, 1500)
    made = tuple(
        Edge(
            source,
            target,
            None,
            *(
                EdgeStats(round(share * count), round(share * count), share, time, time) if colour != lacking else None
                for count, time, lacking in zip(cases, times[source, target], ("added", "removed"), strict=True)
            ),
        )
        for (source, target), share in pairs.items()
        for colour in [chosen[source, target]]
    )
    steps = tuple(
        _step(
            name,
            f"{verbs[n % 4]}",
            _step_stats((cases[0], cases[0]), cases[0]),
            _step_stats((cases[1], cases[1]), cases[1]),
        )
        for n, name in enumerate(names)
    )
    return _study(
        "Crowded (synthetic)" if locale == "en" else "拥挤的流程（合成）",
        edges=tuple(Edge(e.source, e.target, _merged(e.before, e.after), e.before, e.after) for e in made),
        steps=steps,
        cases=cases,
        leads=(LeadTime(9 * DAY, 9 * DAY, 20 * DAY), LeadTime(8 * DAY, 8 * DAY, 19 * DAY)),
        colours=chosen,
        windows=(Window(date(2023, 1, 1), date(2023, 12, 31)), Window(date(2024, 1, 1), date(2024, 12, 31))),
        synthetic=True,
    )


def one_period(study: ProcessStudy) -> ProcessStudy:
    """The same process without a go-live."""
    from dataclasses import replace

    return replace(
        study,
        before=None,
        after=None,
        go_live=None,
        cut=Cut(),
        edges=tuple(replace(e, colour="unchanged", change=None) for e in study.edges),
    )


# Parts ───────────────────────────────────────────────────────────────────────


def _study(
    name: str,
    *,
    edges: tuple[Edge, ...],
    steps: tuple[Step, ...],
    cases: tuple[int, int],
    leads: tuple[LeadTime, LeadTime],
    colours: dict[tuple[str, str], Colour],
    windows: tuple[Window, Window],
    synthetic: bool = False,
) -> ProcessStudy:
    drawn = select(edges, steps, cases=cases)
    events = tuple(
        sum(getattr(step, period).events for step in steps if getattr(step, period)) for period in ("before", "after")
    )
    before, after = (
        PeriodSummary(cases=count, events=number, variants=90, lead_time=lead)
        for count, number, lead in zip(cases, events, leads, strict=True)
    )
    overall = PeriodSummary(cases=sum(cases), events=sum(events), variants=90, lead_time=leads[1])
    summary = LogSummary(
        cases=sum(cases),
        events=sum(events),
        activities=tuple(step.activity for step in steps),
        variants=90,
        first=datetime(windows[0].start.year, 1, 2, tzinfo=UTC),
        last=datetime(windows[1].end.year, 12, 30, tzinfo=UTC),
        started=0.0,
        resources=True,
        roles=True,
        costs=False,
        day_only=False,
        attributes=(),
    )
    lineage = Illustration("specimen") if synthetic else Measured("event_log", ("0" * 64,), sum(events))
    return ProcessStudy(
        name=name,
        kind="log",
        grade=None,
        lineage=lineage,
        cut=Cut(go_live=windows[1].start, before=windows[0], after=windows[1]),
        overall=overall,
        go_live=windows[1].start,
        summary=summary,
        before=before,
        after=after,
        edges=_changes(edges, steps, drawn, cases=cases, colours=colours),
        drawn=drawn,
        steps=tuple(StepChange(step, presence(step.before, step.after, cases=cases)) for step in steps),
        synthetic=synthetic,
    )


def _changes(
    edges: tuple[Edge, ...],
    steps: tuple[Step, ...],
    drawn: Drawn,
    *,
    cases: tuple[int, int],
    colours: dict[tuple[str, str], Colour],
) -> tuple[EdgeChange, ...]:
    order = {step.activity: number for number, step in enumerate(steps)}
    found = []
    for edge in edges:
        seen = presence(edge.before, edge.after, cases=cases)
        colour: Colour = colours.get((edge.source, edge.target), "unchanged") if seen == "kept" else seen
        both = edge.before is not None and edge.after is not None
        found.append(
            EdgeChange(
                source=edge.source,
                target=edge.target,
                overall=edge.overall,
                before=edge.before,
                after=edge.after,
                change=(edge.after.median or 0.0) - (edge.before.median or 0.0)
                if both and edge.before and edge.after
                else None,
                p=None,
                q=None,
                p_window=None,
                material=False,
                colour=colour,
                rework=GATE not in (edge.source, edge.target) and order[edge.source] >= order[edge.target],
                drawn=(edge.source, edge.target) in drawn.edges,
            )
        )
    return tuple(found)


def _step(name: str, role: str, before: StepStats | None, after: StepStats | None) -> Step:
    parts = [stats for stats in (before, after) if stats is not None]
    events, cases = sum(part.events for part in parts), sum(part.cases for part in parts)
    share = sum(part.share for part in parts) / len(parts)
    return Step(name, StepStats(events, cases, share, 0.0, 0.0, None, None, None), before, after, role)


def _step_stats(numbers: tuple[int, int] | None, cases: int) -> StepStats | None:
    if numbers is None:
        return None
    return StepStats(numbers[0], numbers[1], numbers[1] / cases, 0.0, 0.0, None, None, None)


def _edge_stats(numbers: Numbers, cases: int) -> EdgeStats | None:
    if numbers is None:
        return None
    return EdgeStats(numbers[0], numbers[1], numbers[1] / cases, numbers[2], numbers[3])


def _merged(before: EdgeStats | None, after: EdgeStats | None) -> EdgeStats | None:
    parts = [stats for stats in (before, after) if stats is not None]
    if not parts:
        return None
    largest = max(parts, key=lambda stats: stats.count)
    count, cases = sum(part.count for part in parts), sum(part.cases for part in parts)
    return EdgeStats(count, cases, sum(part.share for part in parts) / len(parts), largest.median, largest.mean)


# A document ──────────────────────────────────────────────────────────────────


def document(locale: Locale, *studies: ProcessStudy) -> Document:
    """The specimen's cover with the maps and swimlanes of some processes, and a page of words between."""
    from dataclasses import replace

    from tests.render import specimen
    from valueviz.language import language
    from valueviz.story.process.map import process_map
    from valueviz.story.process.roles import process_roles
    from valueviz.story.voice import Voice

    voice = Voice(language(locale))
    bare = specimen.document(locale)
    sections: list[Section] = [bare.sections[0]]
    for study in studies:
        sections += [*process_map(study, voice), *process_roles(study, voice)]
    numbered = tuple(
        replace(section, number=f"{number:02d}", key=f"{section.key}.{number}")
        for number, section in enumerate(sections, start=1)
    )
    return replace(bare, sections=numbered)
