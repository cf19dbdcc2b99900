"""The retail chain's event log: how stores' write-off and expense requests were approved in the chat, and how since.

A store follows the new flow from its own go-live day on. There, what a store may spend itself is approved on its
manager's phone, a middling amount on that of the region, and only the large ones still go to head office, which
works in office hours, then as now. The resources are roles with a number, no persons.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from datasets import event_log, retail
from datasets.event_log import Bottleneck, Draws, Event, Flow, Loop, Office, Process, Step
from datasets.export import SYNTHETIC
from datasets.series import Frame, periods

FILE = "approval_events.csv"

HEADER = ("申请单号", "环节", "操作时间", "处理岗位", "渠道", "门店", "区域", "金额档", f"备注（{SYNTHETIC}）")

BANDS = (("小额", 0.62), ("中额", 0.28), ("大额", 0.10))
"""Bands of the table of authority, and the share of the requests in each: the same before and after."""

CHANNELS = (("纸质", "群聊", 0.45), ("手机", "群聊", 0.84))
"""Before and after: the first channel, the other one, and the share of the requests that come by the first."""

FIRST_HOUR, LAST_HOUR = 8, 22
"""Stores make requests while they are open; waits run round the clock, except at head office."""

OFFICE = Office(((9 * 60, 12 * 60), (13 * 60 + 30, 18 * 60)))
"""The hours in which head office approves; what comes in at night or at the weekend lies there until then."""

SLOWER = {"华东": 0.94, "华南": 1.0, "华中": 1.0, "西南": 1.08}
"""How much longer everything takes in a region."""

MANAGERS = 3
"""Regional managers and their stand-ins in each region."""

SUBMIT = Step("提交申请", "ST", 0, 0.0)
REGION = "区域经理审批"
FINANCE = "财务审核"
HEAD_OFFICE = "总部审批"
NOTICE = "通知门店"
CORRECTION = "退回补正"
CHASE = "催办"
CHECK = "系统校验"

CHAT = Flow(
    "o",
    (
        SUBMIT,
        Step("店长签字", "SM", 0, 120.0),
        Step(REGION, "AM", MANAGERS, 480.0),
        Step(FINANCE, "FI", 4, 240.0),
        Step(HEAD_OFFICE, "HQ", 2, 120.0, office=OFFICE),
        Step(NOTICE, "FI", 4, 60.0),
    ),
    (
        Loop("chase", after="店长签字", share=0.28, steps=(Step(CHASE, "ST", 0, 720.0),)),
        Loop("press", after=REGION, share=0.14, steps=(Step(CHASE, "ST", 0, 720.0),)),
        Loop(
            "back",
            after=FINANCE,
            share=0.22,
            steps=(Step(CORRECTION, "ST", 0, 300.0), Step(FINANCE, "FI", 4, 200.0)),
        ),
    ),
)
"""The flow before: every request passes four desks, whatever its amount."""

AT_CHECK = Loop("back", after=CHECK, share=0.09, steps=(Step(CORRECTION, "ST", 0, 45.0), Step(CHECK, "SYS", 1, 3.0)))
"""What the system sends back at once: a missing photo or a wrong account."""

SMALL = Flow(
    "s",
    (SUBMIT, Step(CHECK, "SYS", 1, 3.0), Step("店长移动审批", "SM", 0, 150.0), Step(NOTICE, "SYS", 1, 4.0)),
    (AT_CHECK,),
    weight=BANDS[0][1],
)
"""Small amounts since go-live: the store's manager alone."""

MIDDLING = Flow(
    "m",
    (SUBMIT, Step(CHECK, "SYS", 1, 3.0), Step("区域经理移动审批", "AM", MANAGERS, 360.0), Step(NOTICE, "SYS", 1, 4.0)),
    (AT_CHECK,),
    weight=BANDS[1][1],
)
"""Middling amounts since go-live: the region's manager."""

LARGE = Flow(
    "l",
    (
        SUBMIT,
        Step(CHECK, "SYS", 1, 3.0),
        Step(REGION, "AM", MANAGERS, 420.0),
        Step(FINANCE, "FI", 4, 240.0),
        Step(HEAD_OFFICE, "HQ", 2, 240.0, office=OFFICE),
        Step(NOTICE, "SYS", 1, 20.0),
    ),
    (
        Loop("press", after=REGION, share=0.14, steps=(Step(CHASE, "ST", 0, 720.0),)),
        Loop(
            "back",
            after=FINANCE,
            share=0.12,
            steps=(Step(CORRECTION, "ST", 0, 180.0), Step(FINANCE, "FI", 4, 120.0)),
        ),
    ),
    weight=BANDS[2][1],
)
"""Large amounts since go-live: still all the way up, and head office, which now sees only these, signs later."""

SLOWER_STORES = {f"S{number:03d}": SLOWER[retail.region_of(f"S{number:03d}")] for number in range(1, retail.STORES + 1)}

NEW = {"小额": SMALL, "中额": MIDDLING, "大额": LARGE}
"""The new flow of each band."""

PROCESS = Process(
    before=(CHAT,),
    after=(SMALL, MIDDLING, LARGE),
    rework="back",
    slower=SLOWER_STORES,
    bottleneck=Bottleneck(HEAD_OFFICE, cause="calendar"),
)


class Request(NamedTuple):
    """One request of a store: when it was made, where, the how-manieth of the store, its band and its channel."""

    begins: datetime
    site: str
    number: int
    band: str
    channel: str


def log(frame: Frame, *, seed: int) -> tuple[bytes, dict[str, object]]:
    """The log as GB18030 text, words in quotes, request by request as a workflow exports it, and its planted truth."""
    sites = _draws(frame, seed=seed)
    requests = sorted(request for site in sites for request in _requests(site, sites[site], frame))
    cases = [_case(request, sites[request.site], frame, key=f"SQ{place:05d}") for place, request in enumerate(requests)]
    lines = [",".join(f'"{name}"' for name in HEADER)]
    for request, case in zip(requests, cases, strict=True):
        lines += [_line(event, request) for event in event_log.happened([case], frame)]
    told = event_log.truth(cases, frame, process=PROCESS, file=FILE) | _by_band(requests, cases, frame)
    return ("\r\n".join(lines) + "\r\n").encode("gb18030"), told


def _draws(frame: Frame, *, seed: int) -> dict[str, Draws]:
    weeks = len(_weeks(frame))
    return {site: Draws(seed, site, often=1, weeks=weeks, slower=SLOWER_STORES[site]) for site in frame.sites}


def _weeks(frame: Frame) -> list[date]:
    """The Mondays of all weeks, the last one cut off by the end of the data."""
    whole = periods(frame, "week")
    return [*whole, whole[-1] + timedelta(days=7)]


def _requests(site: str, draws: Draws, frame: Frame) -> Iterator[Request]:
    """One request a week, none while the store is closed, none after the last day."""
    for number, monday in enumerate(_weeks(frame)):
        inside = 7 * draws.uniform("start", number)
        minutes = round(60 * (FIRST_HOUR + (LAST_HOUR - FIRST_HOUR) * draws.uniform("hour", number)))
        begins = datetime.combine(monday + timedelta(days=int(inside)), time()) + timedelta(minutes=minutes)
        closed = {(site, monday), ("", monday)} & {*retail.RENOVATED, *retail.NEW_YEAR}
        if closed or begins.date() > frame.end:
            continue
        first, other, share = CHANNELS[begins.date() >= frame.go_live_of(site)]
        channel = first if draws.uniform("channel", number) < share else other
        yield Request(begins, site, number, _band(draws.uniform("band", number)), channel)


def _band(drawn: float) -> str:
    for band, share in BANDS[:-1]:
        if drawn < share:
            return band
        drawn -= share
    return BANDS[-1][0]


def _case(request: Request, draws: Draws, frame: Frame, *, key: str) -> list[Event]:
    new = request.begins.date() >= frame.go_live_of(request.site)
    flow = NEW[request.band] if new else CHAT
    return draws.events(key, request.number, flow=flow, begins=request.begins)


def _line(event: Event, request: Request) -> str:
    moment = event.complete
    stamp = f"{moment.year}/{moment.month}/{moment.day} {moment.hour}:{moment.minute:02d}"
    region = retail.region_of(event.site)
    words = (_who(event), request.channel, event.site, region, request.band)
    return f'"{event.case}","{event.activity}",{stamp},' + ",".join(f'"{word}"' for word in words) + ","


def _who(event: Event) -> str:
    """The role and its number: that of the store, one of those of the region, or one of all."""
    if event.role in ("ST", "SM"):
        return f"{event.role}{event.site[1:]}"
    if event.role == "AM":
        return f"AM{retail.REGIONS.index(retail.region_of(event.site)) * MANAGERS + event.number:02d}"
    return f"{event.role}{event.number:02d}"


def _by_band(requests: Sequence[Request], cases: Sequence[list[Event]], frame: Frame) -> dict[str, object]:
    """The lead times of each band before and after: the mix of bands does not change, the gain differs."""
    last = event_log.last_moment(frame)
    found: dict[str, object] = {}
    for band, _ in BANDS:
        closed = [
            case
            for request, case in zip(requests, cases, strict=True)
            if request.band == band and case[-1].complete <= last
        ]
        sides = (("before", False), ("after", True))
        found[band] = {
            side: event_log.lead([case for case in closed if event_log.is_new(case, frame) == new])
            for side, new in sides
        }
    return {"lead_minutes_by_band": found}
