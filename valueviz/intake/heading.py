"""The words by which headers are known, in both languages: parts of a mapping, dimensions, sites, units.

What a metric is called comes from its pack; here are only the words every export uses around it.
"""

from __future__ import annotations

import re
import unicodedata

SITE_NAMES = frozenset(
    {
        "site",
        "工厂",
        "厂区",
        "基地",
        "门店",
        "店铺",
        "站点",
        "生产基地",
        "plant",
        "factory",
        "store",
        "shop",
        "branch",
        "facility",
        "分公司",
    }
)
"""Names of a dimension that tells the place: observations can be filtered by it, and it may have its own go-live."""


UNIT_WORDS: dict[str, tuple[str, ...]] = {
    "percent": ("%", "百分比", "pct"),
    "share": ("比例", "占比"),
    "second": ("秒", "s", "sec", "seconds"),
    "minute": ("分", "分钟", "min", "mins", "minutes"),
    "hour": ("时", "小时", "h", "hr", "hrs", "hours"),
    "day": ("天", "日", "d", "days"),
    "count": ("次", "个", "件", "单", "张", "笔", "人次", "times"),
    "piece": ("个", "件", "pcs", "pieces"),
    "order": ("单", "张", "orders"),
    "line": ("行", "lines"),
    "times": ("次", "倍"),
    "CNY": ("元", "人民币", "rmb", "¥"),
    "ton": ("吨", "t", "tons"),
    "km": ("公里", "千米"),
    "score": ("分", "points"),
}
"""How headers write the units of metrics, in both languages, in small letters."""

NAMES: dict[str, tuple[str, ...]] = {
    "date": (
        "date",
        "day",
        "month",
        "week",
        "period",
        "time",
        "timestamp",
        "日期",
        "时间",
        "月份",
        "期间",
        "年月",
        "统计日期",
        "统计月份",
        "业务日期",
        "会计期间",
        "周",
        "周次",
        "开始时间",
        "开始日期",
        "start",
        "start date",
        "start time",
        "opened at",
        "created at",
    ),
    "end": (
        "end",
        "end date",
        "end time",
        "finish",
        "completed at",
        "closed at",
        "结束时间",
        "结束日期",
        "完成时间",
        "完成日期",
    ),
    "metric": ("metric", "indicator", "kpi", "measure", "指标", "指标名称", "指标代码", "考核指标"),
    "value": ("value", "amount", "actual", "result", "数值", "指标值", "实际值", "值", "完成值"),
    "volume": (
        "volume",
        "sample size",
        "n",
        "weight",
        "denominator",
        "业务量",
        "样本量",
        "样本数",
        "单量",
        "笔数",
        "基数",
        "分母",
    ),
    "instrument": ("instrument", "measured by", "测量方式", "采集方式", "数据来源"),
    "definition_version": ("definition version", "口径版本", "定义版本"),
}
"""Headers by which a part is known, in both languages; a metric's own headers come from its pack."""

DIMENSIONS = (
    *sorted(SITE_NAMES),
    "department",
    "dept",
    "team",
    "line",
    "workshop",
    "warehouse",
    "region",
    "product",
    "product line",
    "category",
    "type",
    "部门",
    "车间",
    "班组",
    "产线",
    "生产线",
    "仓库",
    "区域",
    "大区",
    "产品",
    "产品线",
    "品类",
    "类别",
    "类型",
    "业务类型",
)
"""Headers of what observations are told apart by."""

_BRACKETED = re.compile(r"(.+?)\s*[(（\[【]\s*([^()（）\[\]【】]{1,12}?)\s*[)）\]】]\s*")


def with_unit(word: str) -> tuple[str, str]:
    """A name and the unit in brackets behind it; the unit is empty where there is none.

    >>> with_unit("采购审批周期（小时）"), with_unit("OEE")
    (('采购审批周期', '小时'), ('OEE', ''))
    """
    found = _BRACKETED.fullmatch(unicodedata.normalize("NFKC", word).strip())
    return (found[1], found[2]) if found else (word, "")
