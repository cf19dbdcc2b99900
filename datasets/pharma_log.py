"""The drug maker's event log: how batches of the tablet lines were released on paper, and how since go-live.

The two plants work round the clock; only the qualified persons release in rounds, then as now. The resources are roles
with a number, no persons.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from datasets import event_log, export
from datasets.event_log import Bottleneck, Draws, Event, Flow, Loop, Process, Rounds, Step, Turns
from datasets.export import SYNTHETIC
from datasets.series import Frame, periods

FILE = "batch_events.csv"

HEADER = ("批号", "工序", "开始时间", "完成时间", "岗位", "厂区", f"备注（{SYNTHETIC}）")

BATCHES_A_WEEK = {"E100": 12, "W200": 10}
"""Batches the tablet lines of each plant finish in a week."""

SLOWER = {"E100": 1.0, "W200": 1.12}
"""How much longer everything takes in a plant."""

RELEASE = "受权人放行"

QUALIFIED = 2
"""Qualified persons, of both plants together."""

HALF_DAYS = Rounds({"E100": 1, "W200": 3}, minute=13 * 60, length=6 * 60)
"""The batches of the one plant are released on Tuesday afternoons, those of the other on Thursday afternoons."""

QUARANTINE = Step("完工入待检", "WH", 6, 0.0, 20.0)
SAMPLING = Step("取样", "QC", 5, 300.0, 45.0)
TESTING = Step("检验", "QC", 12, 1000.0, 2600.0)
REVIEW = "QA 审核"
CORRECTION = "退回补正"

PAPER = Flow(
    "p",
    (
        QUARANTINE,
        SAMPLING,
        TESTING,
        Step("检验报告批准", "QC", 3, 800.0, 40.0),
        Step("批记录整理", "PR", 6, 900.0, 240.0),
        Step("批记录转录", "PR", 6, 500.0, 420.0),
        Step("车间审核", "PR", 4, 1300.0, 180.0),
        Step(REVIEW, "QA", 5, 2000.0, 300.0),
        Step("放行申请", "QA", 5, 600.0, 30.0),
        Step(RELEASE, "QP", QUALIFIED, 0.0, 40.0, rounds=HALF_DAYS),
        Step("追溯码上报", "TR", 2, 900.0, 60.0),
    ),
    (
        Loop(
            "back",
            after=REVIEW,
            share=0.36,
            steps=(Step(CORRECTION, "PR", 6, 700.0, 120.0), Step(REVIEW, "QA", 5, 1100.0, 120.0)),
        ),
    ),
)
"""The flow on paper, step by step, and the records sent back by the review."""

ELECTRONIC = Flow(
    "e",
    (
        QUARANTINE,
        SAMPLING,
        TESTING,
        Step("检验报告批准", "QC", 3, 1080.0, 40.0),
        Step("电子批记录提交", "PR", 6, 600.0, 20.0),
        Step("系统自动校验", "SYS", 1, 5.0, 2.0),
        Step(REVIEW, "QA", 5, 1900.0, 110.0),
        Step(RELEASE, "QP", QUALIFIED, 0.0, 25.0, rounds=HALF_DAYS),
        Step("追溯码自动上报", "SYS", 1, 10.0, 1.0),
    ),
    (
        Loop(
            "back",
            after=REVIEW,
            share=0.15,
            steps=(Step(CORRECTION, "PR", 6, 380.0, 45.0), Step(REVIEW, "QA", 5, 600.0, 60.0)),
        ),
    ),
)
"""The flow since go-live: three steps of copying and asking are gone, approving the certificate has become slower."""

PROCESS = Process(
    before=(PAPER,),
    after=(ELECTRONIC,),
    rework="back",
    slower=SLOWER,
    bottleneck=Bottleneck(RELEASE, cause="batching"),
)


def log(frame: Frame, *, seed: int) -> tuple[bytes, dict[str, object]]:
    """The log as GBK text, one line an event in order of completion, and its planted truth."""
    ready = [event for case in _cases(frame, seed=seed) for event in case if event.activity == RELEASE]
    turns = event_log.turns(ready, HALF_DAYS, people=QUALIFIED)
    cases = list(_cases(frame, seed=seed, turns=turns))
    events = sorted(event_log.happened(cases, frame), key=lambda event: (event.complete, event.case))
    rows = [list(HEADER), *(_row(event) for event in events)]
    told = event_log.truth(cases, frame, process=PROCESS, file=FILE)
    return export.text(rows, delimiter=",").encode("gbk"), told


def _row(event: Event) -> list[str]:
    stamps = (f"{moment:%Y-%m-%d %H:%M}" for moment in (event.start, event.complete))
    return [event.case, event.activity, *stamps, f"{event.role}{event.number:02d}", event.site, ""]


def _cases(frame: Frame, *, seed: int, turns: Turns | None = None) -> Iterator[list[Event]]:
    weeks = periods(frame, "week")
    for site, often in BATCHES_A_WEEK.items():
        draws = Draws(seed, site, often=often, weeks=len(weeks), slower=SLOWER[site])
        for number in range(draws.count):
            inside = (number % often + 0.1 + 0.8 * draws.uniform("start", number)) / often
            monday = datetime.combine(weeks[number // often], datetime.min.time())
            begins = monday + timedelta(minutes=round(inside * 7 * 1440))
            flow = ELECTRONIC if begins.date() >= frame.go_live else PAPER
            yield draws.events(f"{site[0]}{number:05d}", number, flow=flow, begins=begins, turns=turns)
