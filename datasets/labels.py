"""What the exports call each metric, in which unit, and how its figures add up over sites."""

from __future__ import annotations

LABELS = {
    "purchase_approval_hours": ("采购审批周期", "hour", "lower"),
    "scheduling_response_hours": ("排产响应时间", "hour", "lower"),
    "goods_receipt_hours": ("收货入库时长", "hour", "lower"),
    "order_entry_minutes": ("订单录入时长", "minute", "lower"),
    "order_lead_time_days": ("订单交付周期", "day", "lower"),
    "on_time_delivery_rate": ("准时交付率", "percent", "higher"),
    "shortage_downtime_hours": ("缺料停线时间", "hour", "lower"),
    "document_corrections": ("单据更正次数", "count", "lower"),
    "rework_rate": ("工单返工率", "percent", "lower"),
    "oee": ("设备综合效率（OEE）", "percent", "higher"),
    "first_pass_yield": ("一次合格率", "percent", "higher"),
    "changeover_minutes": ("换型时间", "minute", "lower"),
    "supplier_on_time_rate": ("供应商准时交货率", "percent", "higher"),
    "material_code_accuracy": ("物料编码准确率", "percent", "higher"),
    "batch_trace_minutes": ("批次追溯耗时", "minute", "lower"),
    "engineering_change_days": ("工程变更周期", "day", "lower"),
    "month_close_days": ("月结天数", "day", "lower"),
    "inventory_turnover_days": ("库存周转天数", "day", "lower"),
    "voucher_automation_rate": ("凭证自动生成率", "percent", "higher"),
    "invoice_match_rate": ("发票三单匹配率", "percent", "higher"),
    "inventory_variance_rate": ("库存差异率", "percent", "lower"),
    "report_preparation_hours": ("报表编制工时", "hour", "lower"),
    "emergency_purchase_rate": ("紧急采购占比", "percent", "lower"),
    "canteen_cost_per_meal": ("食堂单餐成本", "CNY", "lower"),
    "office_electricity_kwh": ("办公区用电量", "kWh", "lower"),
}
"""The name a metric bears in the exports, its unit, and which way is better."""

SUMMED = frozenset(
    ("shortage_downtime_hours", "document_corrections", "report_preparation_hours", "office_electricity_kwh")
)
"""Amounts that add up over sites; all others are means, weighted by volume where there is one."""

GROUPS = {
    "purchase_approval_hours": "采购",
    "goods_receipt_hours": "采购",
    "scheduling_response_hours": "计划",
    "shortage_downtime_hours": "计划",
    "order_entry_minutes": "销售",
    "order_lead_time_days": "销售",
    "on_time_delivery_rate": "销售",
    "document_corrections": "系统",
}
"""Upper header row of the weekly export: the module a figure comes from, in the order of the columns."""

UNITS = {"hour": "小时", "minute": "分钟", "day": "天", "percent": "%", "count": "次", "CNY": "元", "kWh": "kWh"}
"""Units as the exports write them behind a figure's name."""
