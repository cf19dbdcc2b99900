"""A chain of approvals inside one cell, as text or as JSON, told apart into steps.

The grammar of a chain as text:

    chain  = entry (SEPARATOR entry)*             SEPARATOR: line break ; ； → -> => ⇒ >
    entry  = [NUMBER "." | NUMBER "、"] fields STAMP fields
    fields = field (GAP field)*                   GAP: space | , ， 、 / : ： ( ) [ ] 【 】
    STAMP  = any date the house reads, with or without a time

One field is the activity. Of two, the one that is an action (提交, 同意, approve …) is the activity and the other the
person; where neither or both are, the person stands first. Of three or more with an action in second place: person,
action, remark; with one in third place: node, person, action, and the activity is the node with the action. A chain
as JSON is a list of objects (or one object) whose keys name activity, person and time in Chinese or English.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from valueviz.intake.log.names import folded
from valueviz.intake.moment import read_moment

MOST_ENTRIES = 500
"""Entries of one chain; more are no approval."""

ACTIONS = frozenset(
    """提交 发起 申请 创建 新建 同意 审批 审批通过 通过 批准 核准 审核 审核通过 复核 确认 驳回 退回 拒绝 不同意 否决 转交 转办
    加签 会签 撤回 撤销 取消 终止 完成 办结 归档 抄送 知会 签收 签字 受理 处理 付款 支付 放行 发布 重新提交 补正
    submit submitted resubmit resubmitted request requested create created approve approved reject rejected return
    returned forward forwarded delegate delegated withdraw withdrawn cancel cancelled canceled confirm confirmed
    complete completed close closed archive archived sign signed review reviewed check checked pay paid release
    released accept accepted decline declined""".split()  # noqa: SIM905
)
"""Words that say what somebody did; 已 before them makes no difference."""

_SEPARATOR = re.compile(r"\s*(?:[\r\n]+|;|；|→|⇒|->|=>|(?<=\s)>(?=\s))\s*")
_NUMBER = re.compile(r"^\s*(?:\d{1,3}\s*[.、)）]|[（(]\d{1,3}[)）]|第[\d一二三四五六七八九十]+步[:：]?)\s*(?!\d)")
_STAMP = re.compile(
    r"(?:19|20)\d{2}\s?(?:[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}|年\s?\d{1,2}\s?月\s?\d{1,2}\s?[日号]?)"
    r"(?:[T\s]*(?:上午|下午)?\s*\d{1,2}[:时点]\d{2}(?::\d{2}|分(?:\d{1,2}秒)?)?(?:\.\d{1,6})?\s?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_GAP = re.compile(r"[\s|,，、/:：()（）\[\]【】]+")

_KEYS: dict[str, tuple[str, ...]] = {
    part: tuple(words.split())
    for part, words in {
        "node": """node nodename step stepname task taskname activity name stage
            节点 节点名称 环节 环节名称 步骤 步骤名称 活动 审批节点 工序 任务 名称""",
        "action": "action result operation opinion status type 操作 动作 结果 审批结果 审批动作 操作类型 审批状态 状态",
        "person": """user username person approver operator resource by handler assignee employee
            处理人 审批人 操作人 审核人 经办人 用户 人员 姓名 执行人""",
        "role": "role position 岗位 角色 职位",
        "start": "start starttime startedat begin 开始时间 开始",
        "time": """time timestamp date datetime at complete completetime completedat end endtime finishtime operatetime
            时间 日期 操作时间 审批时间 完成时间 处理时间 结束时间 办理时间""",
    }.items()
}
"""Keys of the objects of a chain written as JSON, without marks and case, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a chain: what was done, by whom, when, as text."""

    activity: str
    person: str
    stamp: str
    role: str = ""
    start: str = ""


def read_chain(text: str) -> tuple[Entry, ...] | None:
    """The steps of a chain in their order; None where the text is none.

    >>> [(each.person, each.activity) for each in read_chain("张三 提交 2025-03-01 09:12; 李四 同意 2025-03-01 10:40")]
    [('张三', '提交'), ('李四', '同意')]
    """
    plain = text.strip()
    if plain.startswith(("[", "{")):
        found = _of_json(plain)
        if found is not None or plain.startswith("{"):
            return found
    parts = [part for part in _SEPARATOR.split(plain) if part.strip()]
    if not parts or len(parts) > MOST_ENTRIES:
        return None
    entries = [_entry(part) for part in parts]
    return tuple(entry for entry in entries if entry) if all(entries) else None


def _entry(part: str) -> Entry | None:
    stamps = list(_STAMP.finditer(part))
    if len(stamps) != 1:
        return None
    stamp = stamps[0].group().strip()
    if read_moment(re.sub(r"(?<=\d)T(?=\d)", " ", stamp)).at is None:
        return None
    words = _NUMBER.sub("", part[: stamps[0].start()]) + " " + part[stamps[0].end() :]
    fields = [field for field in _GAP.split(words) if field]
    told = _told(fields)
    return None if told is None else Entry(told[0], told[1], stamp)


def _told(fields: list[str]) -> tuple[str, str] | None:
    """Activity and person of the words of an entry."""
    if len(fields) < 2:
        return (fields[0], "") if fields else None
    first, second, *rest = fields
    if not rest:
        return (first, second) if is_action(first) and not is_action(second) else (second, first)
    if is_action(rest[0]) and not is_action(second):
        return f"{first} {rest[0]}", second
    if is_action(second):
        return second, first
    return (first, second) if is_action(first) else None


def is_action(word: str) -> bool:
    """Whether a word says what somebody did.

    >>> is_action("已同意"), is_action("李四")
    (True, False)
    """
    plain = word.strip().casefold()
    return plain in ACTIONS or plain.removeprefix("已") in ACTIONS


def _of_json(text: str) -> tuple[Entry, ...] | None:
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed = loaded if isinstance(loaded, list) else [loaded]
    if not listed or len(listed) > MOST_ENTRIES or not all(isinstance(each, dict) for each in listed):
        return None
    entries = [_of_object(each) for each in listed]
    return tuple(entry for entry in entries if entry) if all(entries) else None


def _of_object(told: dict[str, object]) -> Entry | None:
    by_key = {folded(str(key)): value for key, value in told.items()}

    def word(part: str) -> str:
        for key in _KEYS[part]:
            value = by_key.get(key)
            if isinstance(value, str | int | float) and str(value).strip():
                return str(value).strip()
        return ""

    node, action, stamp = word("node"), word("action"), word("time")
    activity = f"{node} {action}" if node and action and node != action else node or action
    if not activity or not stamp:
        return None
    return Entry(activity, word("person"), _epoch(stamp), word("role"), _epoch(word("start")))


_EPOCH = re.compile(r"[1-4]\d{12}|[1-4]\d{9}")


def _epoch(stamp: str) -> str:
    """A stamp as text; seconds or milliseconds since 1970 as UTC."""
    if not _EPOCH.fullmatch(stamp):
        return stamp
    seconds = int(stamp) / (1000 if len(stamp) > 10 else 1)
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat()
