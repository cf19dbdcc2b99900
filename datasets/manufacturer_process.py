"""The synthetic manufacturer's way from purchase to payment as its buyers typed it into the form: today and as a target.

Pure description, invented like everything else about this firm; `manufacturer/process.xlsx` is the form with exactly
these steps in it, filled in by hand. What is planted: paper lists vanish, the system routes by amount, approvals and
matching wait less, sending the order waits a little longer, and the goods take as long as they did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PROCESS = "采购到付款（合成数据）"
"""What the form calls the process; it says that it is invented."""

OWNER = "采购主管"
"""The position that timed the steps with a watch and stands by them."""

CASES_A_MONTH = 420.0


@dataclass(frozen=True, slots=True)
class Passed:
    """One step in one state: minutes of work and hours of waiting a pass, the share (0–1) done again."""

    touch_minutes: float
    wait_hours: float
    rework: float


@dataclass(frozen=True, slots=True)
class TypedStep:
    """A step, who does it, whether it adds value; None for the state in which there is no such step."""

    name: str
    role: str
    value: Literal["adding", "necessary", "waste"]
    as_is: Passed | None
    to_be: Passed | None
    automated: bool = False


STEPS = (
    TypedStep("提出采购申请", "车间", "necessary", Passed(12, 0, 0.18), Passed(7, 0, 0.06)),
    TypedStep("按额度分级", "系统", "necessary", None, Passed(0, 0, 0), automated=True),
    TypedStep("部门审批", "车间主任", "necessary", Passed(6, 14, 0.08), Passed(4, 5, 0.03)),
    TypedStep("登记纸质台账", "采购文员", "waste", Passed(10, 5, 0), None),
    TypedStep("生产副总审批", "生产副总", "necessary", Passed(5, 22, 0), Passed(4, 9, 0)),
    TypedStep("下达采购订单", "采购员", "adding", Passed(9, 6, 0.05), Passed(11, 6.5, 0.05)),
    TypedStep("收货入库", "仓管", "adding", Passed(26, 96, 0.04), Passed(26, 96, 0.04)),
    TypedStep("发票匹配", "应付会计", "necessary", Passed(18, 54, 0.15), Passed(6, 20, 0.05)),
    TypedStep("付款", "出纳", "necessary", Passed(8, 40, 0), Passed(8, 40, 0)),
)
"""In the order in which a purchase passes them; a new step stands where it was put in."""
