"""How the columns of event logs call themselves: by the standard of XES, in Chinese and in English.

Names are compared without width, case, spaces and punctuation. `STANDARD` names mean what the standard says, `SURE`
ones what everybody means, `WEAK` ones only where nothing better is there.
"""

from __future__ import annotations

import re
import unicodedata

from valueviz.intake.standard import STANDARD
from valueviz.intake.table import EMPTY

ROLES = ("case", "activity", "start", "complete", "resource", "role", "cost", "site", "transition", "instance")
"""The parts of a log that columns are looked for."""

SURE: dict[str, tuple[str, ...]] = {
    "case": tuple(
        """case caseid case_no case_number case_key trace traceid process_instance process_instance_id instance_id
        batch batch_id batch_no batch_number lot lot_no lot_number order_id order_no order_number work_order
        work_order_no ticket ticket_id ticket_no incident incident_id request_id request_no application_id
        application_no document_no document_number po_number
        案例 案例号 案例编号 案例ID 个案 个案编号 流程实例 流程实例ID 流程实例号 实例ID 实例编号 流程编号 流程ID 流水号
        批号 批次 批次号 批次编号 生产批号 工单 工单号 工单编号 生产工单 申请单号 申请单 申请编号 申请号 订单号 订单编号
        销售订单号 采购订单号 采购单号 生产订单号 单号 单据号 单据编号 审批单号 审批编号 合同编号 合同号 需求单号
        报销单号 请购单号 放行单号""".split()  # noqa: SIM905
    ),
    "activity": tuple(
        """activity activity_name activityid task task_name step step_name operation operation_name process_step
        event event_name event_class
        活动 活动名称 工序 工序名称 环节 环节名称 节点 节点名称 步骤 步骤名称 流程节点 流程环节 审批节点 审批环节
        业务环节 当前环节 事件 事件名称 任务 任务名称 作业步骤""".split()  # noqa: SIM905
    ),
    "start": tuple(
        """start start_time start_date starttime startdate started started_at start_at begin begin_time begin_date
        begin_timestamp start_datetime timestamp_start
        开始 开始时间 开始日期 起始时间 开工时间 作业开始时间 实际开始时间 处理开始时间 开始处理时间""".split()  # noqa: SIM905
    ),
    "complete": tuple(
        """complete complete_time complete_timestamp completed completed_at completion_time end end_time end_date
        endtime enddate ended ended_at end_timestamp end_datetime finish finish_time finished finished_at finish_date
        timestamp_end
        完成 完成时间 完成日期 结束 结束时间 结束日期 完工时间 作业完成时间 实际完成时间 实际结束时间
        处理完成时间 办结时间""".split()  # noqa: SIM905
    ),
    "resource": tuple(
        """resource resource_name performer operator employee agent worker handler assignee approver user user_name
        userid username executor
        处理人 处理人员 操作人 操作员 操作人员 审批人 审核人 执行人 办理人 经办人 作业员 作业人员 资源 员工 员工编号
        工号 人员 用户 用户名""".split()  # noqa: SIM905
    ),
    "role": tuple(
        """role role_name job_role position job_title
        岗位 岗位名称 处理岗位 操作岗位 审批岗位 作业岗位 角色 角色名称 职位 职务""".split()  # noqa: SIM905
    ),
    "cost": ("cost", "costs", "activity cost", "费用", "成本", "作业成本"),
    "site": tuple(
        """site site_name site_id plant plant_id factory store store_id shop facility
        厂区 工厂 工厂代码 门店 门店编号 门店代码 店铺 站点 基地 分公司""".split()  # noqa: SIM905
    ),
    "transition": ("lifecycle", "transition", "lifecycle transition", "event type", "生命周期", "事件类型"),
    "instance": ("activity instance", "activity instance id", "活动实例", "活动实例ID"),
}

WEAK: dict[str, tuple[str, ...]] = {
    "case": ("id", "order", "key", "no", "number", "document", "编号", "号码", "ID号", "单据", "订单", "申请"),
    "activity": ("action", "status", "state", "stage", "操作", "动作", "状态", "阶段", "作业", "操作名称", "操作类型"),
    "complete": tuple(
        """timestamp time date datetime date_time event_time event_date event_timestamp occurred_at created_at logged_at
        时间 时间戳 日期 操作时间 操作日期 处理时间 处理日期 审批时间 审批日期 办理时间 发生时间 记录时间 事件时间
        执行时间 更新时间""".split()  # noqa: SIM905
    ),
    "resource": ("owner", "machine", "设备", "机台", "负责人", "责任人", "机器"),
    "site": ("location", "地点"),
}

REMARK = re.compile(r"备注|说明|意见|描述|remark|comment|note|description|memo", re.IGNORECASE)
"""Columns of free text, which are no attribute of a case."""

DERIVED = frozenset({"variant", "variantindex", "creator"})
"""What other programs computed about the cases of a log they exported: no attribute of the case itself."""

INTERNAL = "@@"
"""What columns begin with that another program added for itself."""

STARTS = frozenset({"start", "started", "begin", "开始", "启动", "开工"})
COMPLETES = frozenset({"complete", "completed", "end", "finish", "finished", "完成", "结束", "完工"})
"""Words by which a row marks the start or the completion of a run."""

OTHERS = frozenset(
    {
        *("schedule", "assign", "reassign", "suspend", "resume", "withdraw", "manualskip", "autoskip"),
        *("pi_abort", "ate_abort", "pi_abort", "unknown", "enabled", "ready", "安排", "分派", "暂停", "恢复", "挂起"),
    }
)
"""The other words of a life cycle; a column with none of all these is no life cycle."""

UNSTATED = EMPTY | {"nat"}
"""How a time that is not there is written."""

_PREFIX = re.compile(r"^(?:\(case\)[_ ]?|case:)", re.IGNORECASE)
_MARKS = re.compile(r"[\s_\-./#()（）:：]+")


def bare_attribute(name: str) -> str:
    """The name of an attribute without what says that it is the case's.

    >>> bare_attribute("(case)_Permit_OrganizationalEntity"), bare_attribute("case:Amount"), bare_attribute("case_type")
    ('Permit_OrganizationalEntity', 'Amount', 'case_type')
    """
    return _PREFIX.sub("", name.strip()) or name.strip()


def folded(name: str) -> str:
    """A name as it is compared.

    >>> folded("Case ID"), folded("case_id"), folded("开始时间 ")
    ('caseid', 'caseid', '开始时间')
    """
    return _MARKS.sub("", unicodedata.normalize("NFKC", name).casefold())


def _table(names: dict[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {role: frozenset(map(folded, words)) for role, words in names.items()}


_SURE, _WEAK = _table(SURE), _table(WEAK)


def rank(name: str, role: str) -> int | None:
    """How plainly a name says a role: 0 by the standard, 1 for sure, 2 weakly; None not at all."""
    if name.strip().casefold() in STANDARD.get(role, ()):
        return 0
    if bare_attribute(name) != name.strip():
        return None
    word = folded(name)
    if word in _SURE.get(role, ()):
        return 1
    return 2 if word in _WEAK.get(role, ()) else None
