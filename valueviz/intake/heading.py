"""The words by which headers are known, in both languages: parts of a mapping, dimensions, sites, units.

What a metric is called comes from its pack; here are only the words every export uses around it.
"""

from __future__ import annotations

import re
import unicodedata

SITE_NAMES = frozenset(
    {
        *("site", "plant", "factory", "store", "shop", "branch", "facility", "outlet"),
        *("site name", "plant name", "store name", "shop name", "branch name"),
        *("工厂", "厂区", "基地", "门店", "店铺", "店面", "站点", "生产基地", "分公司", "网点", "分店", "分厂"),
        *("工厂名称", "门店名称", "店铺名称", "店名", "站点名称", "基地名称", "厂名", "分公司名称"),
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

_DOCUMENTS = (
    *("documents", "orders", "lots", "batches", "pos", "purchase orders", "invoices", "requests", "tickets", "cases"),
    *("samples", "lines", "records", "transactions", "approvals", "receipts", "vouchers", "work orders", "shipments"),
)
_DOCUMENTS_ZH = (
    *(
        "单据",
        "订单",
        "采购单",
        "采购订单",
        "申请单",
        "申请",
        "请购单",
        "审批单",
        "审批",
        "工单",
        "批次",
        "样本",
        "发票",
        "凭证",
    ),
    *("入库单", "收货单", "出库单", "盘点单", "报销单", "业务", "记录", "样品", "发货单", "销售订单"),
)

NAMES: dict[str, tuple[str, ...]] = {
    "date": (
        *(
            "date",
            "day",
            "month",
            "week",
            "period",
            "time",
            "timestamp",
            "year month",
            "month year",
            "reporting period",
        ),
        *("report date", "posting date", "document date", "transaction date", "fiscal period", "week start"),
        *("week starting", "week commencing", "week beginning", "period start", "as of", "as of date"),
        *("start", "start date", "start time", "opened at", "created at"),
        *("日期", "时间", "月份", "期间", "年月", "周期", "统计日期", "统计月份", "统计时间", "统计期间", "统计周期"),
        *(
            "业务日期",
            "会计期间",
            "数据日期",
            "报告期",
            "所属期",
            "所属月份",
            "考核月份",
            "考核周期",
            "月度",
            "日",
            "月",
        ),
        *("周", "周次", "周起始日", "周开始", "周开始日期", "期间起始", "期间开始", "起始日期", "单据日期", "记账日期"),
        *("开始时间", "开始日期", "发生日期", "发生时间", "创建时间", "创建日期", "申请时间", "申请日期", "提交时间"),
        *("提交日期", "下单时间", "下单日期", "发起时间", "制单日期", "到货日期", "submitted at", "requested at"),
    ),
    "year": ("year", "fiscal year", "年", "年度", "年份", "会计年度", "财年", "所属年度", "统计年度"),
    "end": (
        *("end", "end date", "end time", "finish", "finish date", "completed at", "closed at", "completion date"),
        *("结束时间", "结束日期", "完成时间", "完成日期", "截止日期", "关闭时间", "关闭日期", "期间结束", "期间截止"),
        *(
            "审批时间",
            "审批完成时间",
            "审批通过时间",
            "审批日期",
            "审核时间",
            "入库时间",
            "入库日期",
            "放行时间",
            "放行日期",
        ),
        *("approved at", "approval date", "released at", "end time", "finished at", "received at", "resolved at"),
    ),
    "metric": (
        *("metric", "metric name", "indicator", "indicator name", "kpi", "kpi name", "measure", "figure"),
        *(
            "指标",
            "指标名称",
            "指标名",
            "指标代码",
            "指标项",
            "考核指标",
            "考核项",
            "考核项目",
            "统计指标",
            "kpi指标",
            "kpi名称",
        ),
    ),
    "value": (
        *("value", "amount", "actual", "result", "actual value", "measured value", "reading", "mean", "average"),
        *(
            "数值",
            "指标值",
            "实际值",
            "值",
            "完成值",
            "本期值",
            "本期",
            "本月",
            "本月值",
            "实际",
            "结果",
            "实绩",
            "平均值",
        ),
        *("均值", "当期值", "本期实际", "本月实际", "测量值"),
    ),
    "volume": (
        *("volume", "sample size", "n", "weight", "denominator", "count", "documents", "orders", "lots", "batches"),
        *("number of documents", "number of orders", "number of lots", "sample count", "cases", "no of documents"),
        *(
            "业务量",
            "样本量",
            "样本数",
            "样本",
            "单量",
            "笔数",
            "基数",
            "分母",
            "单据数",
            "单据量",
            "单据数量",
            "订单数",
        ),
        *("订单量", "批次数", "批数", "单数", "件数", "工单数", "次数", "月均单据数", "n值", "样本容量"),
        *(f"{prefix} {noun}" for prefix in ("no of", "number of", "count of", "num of") for noun in _DOCUMENTS),
        *(f"{noun}{ending}" for noun in _DOCUMENTS_ZH for ending in ("数", "数量", "量", "笔数", "份数")),
    ),
    "instrument": (
        *("instrument", "measured by", "measurement method", "source", "data source", "method"),
        *("测量方式", "采集方式", "数据来源", "来源", "取数方式", "统计方式", "测量方法", "采集方法", "计量方式"),
    ),
    "definition_version": (
        *("definition version", "definition", "version"),
        *("口径版本", "定义版本", "口径", "统计口径", "指标口径", "版本", "口径说明"),
    ),
}
"""Headers by which a part is known, in both languages; a metric's own headers come from its pack."""

DIMENSIONS = (
    *sorted(SITE_NAMES),
    *("department", "dept", "team", "line", "production line", "workshop", "warehouse", "region", "area", "unit"),
    *("product", "product line", "product group", "category", "type", "brand", "channel", "business unit", "company"),
    *("部门", "车间", "班组", "产线", "生产线", "线体", "仓库", "库房", "区域", "大区", "片区", "地区", "省份", "城市"),
    *(
        "产品",
        "产品线",
        "产品类别",
        "产品名称",
        "品种",
        "品类",
        "品牌",
        "类别",
        "类型",
        "业务类型",
        "单据类型",
        "渠道",
        "单位",
    ),
    *("公司", "事业部", "组织", "科室", "岗位", "工序", "班次", "系统", "模块"),
)
"""Headers of what observations are told apart by."""

CODE_ENDINGS = (
    "编号",
    "单号",
    "编码",
    "代码",
    "批号",
    "序号",
    "流水号",
    "行号",
    "号码",
    "货号",
    "料号",
    "工号",
    "卡号",
)
CODE_WORDS = frozenset({"id", "no", "number", "code", "sku", "serial", "row", "index", "nr", "ref", "reference"})
"""By these a header names single things: its numbers measure nothing and tell no groups apart."""

_DOCUMENT_ENDINGS = ("单号", "编号", "批号", "序号", "流水号", "行号", "卡号")
_DOCUMENT_WORDS = CODE_WORDS - {"code"}

_COMPARES = re.compile(
    r"目标|预算|预测|去年|上年|同期|上期|上月|环比|同比|累计|标杆|对标|target|budget|forecast|last (?:year|month|period)"
    r"|prior|previous|\bytd\b|\bmtd\b|cumulative|\byoy\b|\bmom\b|\bgoal\b|benchmark|\blast\b|\bprev\b",
    re.IGNORECASE,
)

_NAME_ENDINGS = re.compile(r"(?:\s*(?:名称|编码|代码|编号)|[\s_]+(?:name|code|id|no|key))$", re.IGNORECASE)


def names_single_things(word: str) -> bool:
    """Whether a header names single things (documents, lots, articles, codes): its numbers measure nothing.

    >>> names_single_things("采购单号"), names_single_things("Org code"), names_single_things("订单数")
    (True, True, False)
    """
    return _ends_in(word, CODE_ENDINGS, CODE_WORDS)


def names_documents(word: str) -> bool:
    """Whether a header numbers documents or rows, each its own.

    >>> names_documents("采购单号"), names_documents("Order No."), names_documents("Org code")
    (True, True, False)
    """
    return _ends_in(word, _DOCUMENT_ENDINGS, _DOCUMENT_WORDS)


def _ends_in(word: str, endings: tuple[str, ...], words: frozenset[str]) -> bool:
    plain = unicodedata.normalize("NFKC", word).strip().casefold()
    return plain.endswith(endings) or re.split(r"[^a-z0-9\u4e00-\u9fff]+", plain.strip(" .#"))[-1] in words


def compares(text: str) -> bool:
    """Whether a header speaks of what a figure is compared with (target, budget, last year, running total).

    >>> compares("目标"), compares("OEE target"), compares("计划")
    (True, True, False)
    """
    return _COMPARES.search(text) is not None


def without_ending(word: str) -> str:
    """A header without 名称, 编码, name, code or the like at its end: what the column is about.

    >>> without_ending("门店编码"), without_ending("Plant code"), without_ending("Code")
    ('门店', 'Plant', 'Code')
    """
    return _NAME_ENDINGS.sub("", word.strip()) or word


_BRACKETED = re.compile(r"(.+?)\s*[(（\[【]\s*([^()（）\[\]【】]{1,12}?)\s*[)）\]】]\s*")


def with_unit(word: str) -> tuple[str, str]:
    """A name and the unit in brackets behind it; the unit is empty where there is none.

    >>> with_unit("采购审批周期（小时）"), with_unit("OEE")
    (('采购审批周期', '小时'), ('OEE', ''))
    """
    found = _BRACKETED.fullmatch(unicodedata.normalize("NFKC", word).strip())
    return (found[1], found[2]) if found else (word, "")
