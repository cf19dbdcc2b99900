"""Names of steps over two or three lines, broken where a reader would break them."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations, pairwise

from valueviz.language import measure

WIDEST = 9.8
"""Ems a line of a name may take before the name is broken."""

MOST_LINES = 3
"""Lines of a name at most; what exceeds them ends in an ellipsis."""

WORDS = [
    "审批",
    "审核",
    "初审",
    "终审",
    "复核",
    "批准",
    "通过",
    "驳回",
    "退回",
    "提交",
    "申请",
    "报销",
    "付款",
    "支付",
    "发起",
    "完成",
    "负责",
    "主管",
    "经理",
    "财务",
    "预算",
    "行政",
    "员工",
    "部门",
    "总部",
    "采购",
    "订单",
    "发票",
    "收货",
    "入库",
    "出库",
    "登记",
    "录入",
    "匹配",
    "检验",
    "放行",
    "生产",
    "质量",
    "授权",
    "客户",
    "供应",
    "合同",
    "门店",
    "区域",
    "系统",
    "自动",
    "手工",
    "人工",
    "创建",
    "关闭",
    "确认",
    "缺失",
    "角色",
    "检查",
    "补录",
    "更正",
    "打印",
    "邮件",
    "纸质",
    "单据",
    "凭证",
    "对账",
    "结算",
    "发货",
    "配送",
    "安装",
    "验收",
    "维修",
    "派工",
    "报价",
    "立项",
    "变更",
    "归档",
    "签字",
    "签收",
    "盖章",
    "评审",
    "会签",
]
"""Words of everyday processes that no line break may part."""

_WIDE = r"\u2e80-\u9fff\uff00-\uffef"
_PIECE = re.compile(rf"[{_WIDE}]|\s+|[^\s{_WIDE}]*?[_/\-](?=\S)|[^\s{_WIDE}]+")
_NEVER_FIRST = "，。、；：？！）》」』】”’…—%％,.;:?!)]}"
_NEVER_LAST = "（《「『【“‘([{"


@lru_cache(maxsize=512)
def name_lines(name: str, *, widest: float = WIDEST, most: int = MOST_LINES, bold: bool = True) -> tuple[str, ...]:
    """The lines of a name: as few as it needs, of about equal length, no word parted.

    >>> name_lines("预算负责人审批"), name_lines("Declaration SUBMITTED by EMPLOYEE")
    (('预算负责人审批',), ('Declaration', 'SUBMITTED', 'by EMPLOYEE'))
    """
    name = " ".join(name.split()) or "–"
    if measure(name, 1.0, bold) <= widest:
        return (name,)
    pieces = _pieces(name)
    for count in range(2, most + 1):
        found = _broken(pieces, count, widest=widest, bold=bold)
        if found:
            return found
    return _cut(pieces, widest=widest, most=most, bold=bold)


def _pieces(name: str) -> list[str]:
    """Stretches that stay whole: words, and characters that belong together."""
    found: list[str] = []
    for piece in _PIECE.findall(name):
        glued = found and (piece[0] in _NEVER_FIRST or found[-1][-1] in _NEVER_LAST or _one_word(found[-1], piece))
        if glued or (found and piece.isspace()):
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _one_word(left: str, right: str) -> bool:
    return left[-1] + right[0] in WORDS and not _is_word(left)


def _is_word(piece: str) -> bool:
    """Whether a stretch ends with a whole word, which the next character does not continue."""
    return piece[-2:] in WORDS


def _broken(pieces: list[str], count: int, *, widest: float, bold: bool) -> tuple[str, ...]:
    """The pieces in so many lines, the widest as narrow as can be; () where one would be too wide."""
    best: tuple[float, tuple[str, ...]] | None = None
    if len(pieces) < count or len(pieces) > 40:
        return ()
    for cuts in combinations(range(1, len(pieces)), count - 1):
        edges = (0, *cuts, len(pieces))
        lines = tuple("".join(pieces[a:b]).strip() for a, b in pairwise(edges))
        widths = [measure(line, 1.0, bold) for line in lines]
        if max(widths) > widest:
            continue
        # a line of one character is a widow, and a part of a word that ends in a hyphen reads badly
        parted = sum(line[-1] in "-/_" for line in lines[:-1])
        price = 2.0 * parted + max(widths) + 0.15 * (max(widths) - min(widths)) + (2.0 if min(widths) < 1.5 else 0.0)
        if best is None or price < best[0] - 1e-9:
            best = price, lines
    return best[1] if best else ()


def _cut(pieces: list[str], *, widest: float, most: int, bold: bool) -> tuple[str, ...]:
    """As much of a long name as fits, with an ellipsis."""
    lines = [""]
    for char in "".join(pieces):
        if measure(lines[-1] + char, 1.0, bold) > widest:
            if len(lines) == most:
                break
            lines.append("")
        lines[-1] += char
    last = lines[-1].rstrip()
    while last and measure(last + "…", 1.0, bold) > widest:
        last = last[:-1]
    return (*(line.strip() for line in lines[:-1]), last + "…")


def shared_head(names: list[str]) -> str:
    """The first word that most names begin with, where the names stay different without it; else nothing.

    >>> shared_head(["Order created", "Order sent", "Order checked", "Order paid", "Invoice sent"])
    'Order'
    """
    if len(names) < 4:
        return ""
    heads: dict[str, int] = {}
    for name in names:
        first, _, rest = name.partition(" ")
        if rest.strip():
            heads[first] = heads.get(first, 0) + 1
    head = max(sorted(heads), key=lambda word: heads[word], default="")
    if not head or heads[head] < max(4, 0.6 * len(names)) or measure(head, 1.0, True) < 2.5:
        return ""
    bare = [without_head(name, head) for name in names]
    return head if len(set(bare)) == len(set(names)) else ""


def without_head(name: str, head: str) -> str:
    """The name without the word all names share."""
    return name.removeprefix(head + " ") if head else name
