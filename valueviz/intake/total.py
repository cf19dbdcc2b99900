"""Rows that sum others, by their label: counted as data they would count everything twice."""

from __future__ import annotations

import re

from valueviz.intake.amount import plain_text

_CHINESE = "合计|小计|总计|共计|总合计|累计|汇总|均值|平均|平均值|平均数|总和|总数"
_ALONE = "最大值|最小值|最大|最小|中位数|标准差|方差|同比|环比|月均|年均|日均|全年|本年|总量"
_ENGLISH = r"(?:grand|sub|running|overall|cumulative)?[- ]?totals?|sum|average|avg|mean"
_ENGLISH_ALONE = r"max|min|maximum|minimum|median|std|stdev|std\.? ?dev\.?|standard deviation|ytd|mtd|yoy|mom"
_LABEL = re.compile(
    rf"(?:.{{0,16}})(?:{_CHINESE})(?:[数值行])?\s*(?:[(\[].*[)\]])?\s*[:：]?"
    rf"|(?:{_ALONE})\s*[:：]?"
    rf"|(?:{_ENGLISH})\s*(?:\(.*\)|of .*)?\s*[:：]?"
    rf"|.{{1,40}}[\s:_-](?:(?:grand|sub|running|overall|cumulative)?[- ]?totals?)\s*[:：]?"
    rf"|(?:{_ENGLISH_ALONE})\s*[:：]?"
)
_WHOLE = re.compile(
    r"全部|整体|总体|全厂|全公司|全集团|全国|全体|所有|公司整体|集团整体|所有(?:工厂|门店|部门)|全部(?:工厂|门店|部门)"
    r"|all|overall|everything|(?:all )?(?:sites|stores|plants|departments) ?(?:together)?|all (?:sites|stores|plants|departments)"
)
_PERHAPS = re.compile(r"公司|集团|本部|总公司|company|group|\*")


def is_total(label: str) -> bool:
    """Whether a label says that its row sums, averages or otherwise sums up other rows.

    >>> [is_total(label) for label in ("合 计", "华东小计", "Grand Total", "East subtotal", "平均", "Total Energies", "苏州工厂")]
    [True, True, True, True, True, False, False]
    """
    plain = plain_text(label).casefold()
    spaceless = "".join(plain.split())
    return bool(_LABEL.fullmatch(plain) or (not spaceless.isascii() and _LABEL.fullmatch(spaceless)))


def is_whole(label: str) -> bool:
    """Whether a label can name nothing but the whole: 全公司, overall.

    >>> [is_whole(label) for label in ("全公司", "ALL", "", "集团", "苏州工厂")]
    [True, True, False, False, False]
    """
    return bool(_WHOLE.fullmatch(plain_text(label).casefold()))


def is_odd(label: str) -> bool:
    """Whether a label names no part but perhaps the whole: blank, 集团, overall.

    >>> [is_odd(label) for label in ("", "全公司", "集团", "苏州工厂")]
    [True, True, True, False]
    """
    plain = plain_text(label).casefold().strip("-—–/ ")
    return not plain or bool(_WHOLE.fullmatch(plain) or _PERHAPS.fullmatch(plain))
