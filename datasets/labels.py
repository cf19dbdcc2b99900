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
    # the drug maker
    "batch_release_days": ("批次放行时间", "day", "lower"),
    "batch_record_review_hours": ("批记录审核时间", "hour", "lower"),
    "right_first_time_rate": ("批记录一次合格率", "percent", "higher"),
    "serialisation_success_rate": ("赋码成功率", "percent", "higher"),
    "trace_upload_timely_rate": ("追溯上报及时率", "percent", "higher"),
    "lab_cycle_days": ("检验周期", "day", "lower"),
    "trace_drill_minutes": ("追溯演练时间", "minute", "lower"),
    "return_handling_days": ("退货与召回处理时间", "day", "lower"),
    "electronic_record_rate": ("电子记录率", "percent", "higher"),
    "batch_rework_rate": ("返工批次率", "percent", "lower"),
    "expiry_loss_rate": ("近效期损耗率", "percent", "lower"),
    "audit_preparation_hours": ("审计准备工时", "hour", "lower"),
    "warehouse_power_cost": ("仓储电费", "CNY", "lower"),
    "deviations_per_hundred_batches": ("每百批偏差数", "count", "lower"),
    "deviation_close_days": ("偏差关闭时间", "day", "lower"),
    "capa_overdue_rate": ("CAPA 逾期率", "percent", "lower"),
    "data_integrity_findings": ("数据完整性缺陷数", "count", "lower"),
    "training_on_time_rate": ("培训按期完成率", "percent", "higher"),
    "change_control_days": ("变更控制周期", "day", "lower"),
    # the distributor
    "order_entry_time": ("订单录入用时", "minute", "lower"),
    "quotation_time": ("报价单编制用时", "minute", "lower"),
    "customer_lookup_time": ("客户资料查找用时", "second", "lower"),
    "complaints": ("客户投诉", "count", "lower"),
    "overdue_receivables_rate": ("逾期应收占比", "percent", "lower"),
    "sales_reporting_hours": ("销售报表工时", "hour", "lower"),
    "overdue_amount": ("逾期应收金额", "CNY", "lower"),
    # the retail chain
    "store_approval_hours": ("门店审批时长", "hour", "lower"),
    "mobile_approval_rate": ("移动审批占比", "percent", "higher"),
    "approval_first_pass_rate": ("审批一次通过率", "percent", "higher"),
    "overdue_approval_rate": ("超时审批占比", "percent", "lower"),
    "unauthorised_discount_rate": ("越权折扣占比", "percent", "lower"),
    "stockout_rate": ("缺货率", "percent", "lower"),
    "replenishment_hours": ("补货响应时长", "hour", "lower"),
    "transfer_days": ("店间调拨周期", "day", "lower"),
    "price_change_hours": ("价格变更生效时长", "hour", "lower"),
    "daily_close_minutes": ("门店日结时长", "minute", "lower"),
    "online_order_minutes": ("线上订单备货时长", "minute", "lower"),
    "refund_hours": ("退款处理时长", "hour", "lower"),
    "cash_difference_amount": ("收银差异金额", "CNY", "lower"),
    "shrinkage_rate": ("商品损耗率", "percent", "lower"),
    "stock_count_difference_rate": ("盘点差异率", "percent", "lower"),
    "promotion_error_rate": ("促销执行差错率", "percent", "lower"),
    "store_admin_hours": ("门店事务工时", "hour", "lower"),
    "store_electricity_kwh": ("门店用电量", "kWh", "lower"),
}
"""The name a metric bears in the exports, its unit, and which way is better."""

SUMMED = frozenset(
    (
        "shortage_downtime_hours",
        "document_corrections",
        "report_preparation_hours",
        "office_electricity_kwh",
        "audit_preparation_hours",
        "warehouse_power_cost",
        "data_integrity_findings",
        "complaints",
        "sales_reporting_hours",
        "cash_difference_amount",
        "store_electricity_kwh",
    )
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

UNITS = {
    "hour": "小时",
    "minute": "分钟",
    "day": "天",
    "second": "秒",
    "percent": "%",
    "count": "次",
    "CNY": "元",
    "kWh": "kWh",
}
"""Units as the exports write them behind a figure's name."""
