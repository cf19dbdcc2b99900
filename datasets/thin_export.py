"""Writes the distributor's only file: a workbook with a stopwatch sheet and a monthly sheet, both kept by hand."""

from __future__ import annotations

from datetime import date, timedelta
from math import exp, fsum

import xlsxwriter

from datasets import export, thin, truth
from datasets.export import SYNTHETIC, Account, Flaw, Grid
from datasets.series import Frame, deviates, periods, uniforms

TITLE = f"{SYNTHETIC}：示例联达贸易 Sample Lianda Trading"

FILE = "sales.xlsx"

TIMED = (6, 10)
"""Fewest and most orders timed in a week."""

SPREAD = 0.24
"""Standard deviation of a single timing in log points."""

IN_SECONDS = (57, 210)
"""Timings, counted from 1, whose minutes were written as whole seconds: sixty times too much."""

SPELT_OUT = (12, 48, 133, 301)
"""Timings that were written out as 13分05秒."""

TWICE = 88
"""The timing that stands twice."""

PEOPLE = ("周示例", "吴样本", "郑测试")
"""Whom the stopwatch watched: invented, as their names say."""

STOPWATCH_HEADS = (
    "测时日期",
    "业务员",
    "单据号",
    "订单录入用时（分:秒）",
    "报价单编制用时（分钟）",
    "客户资料查找用时（秒）",
    "备注",
)

MONTHLY_HEADS = (
    "月份",
    "订单数",
    "客户投诉（件）",
    "逾期应收占比（%）",
    "销售报表工时（小时）",
    "逾期应收金额（万元）",
)


def files(frame: Frame, *, seed: int) -> dict[str, bytes]:
    """The generated files of the engagement, name → bytes: the workbook and the planted truth."""
    accounts = (Account(FILE, sheet="秒表记录"), Account(FILE, sheet="月度"))

    def write(book: xlsxwriter.Workbook) -> None:
        _write_stopwatch(book, frame, accounts[0], seed)
        _write_monthly(book, frame, accounts[1], seed)

    book = export.workbook(write, title=TITLE)
    told = truth.document(thin.METRICS, frame, seed=seed)
    told["files"] = [account.entry() for account in accounts]
    told["promised_but_never_recorded"] = ["order_error_rate"]
    return {FILE: book, "truth.json": export.document(told)}


def _write_stopwatch(book: xlsxwriter.Workbook, frame: Frame, account: Account, seed: int) -> None:
    """A row an order that was timed: what the stopwatch said of each of the three tasks."""
    sheet = book.add_worksheet("秒表记录")
    bold, day_form = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy/m/d"})
    sheet.write(0, 0, f"秒表抽测记录　{TITLE}", bold)
    sheet.write(1, 0, "每周随机抽几张单，从拿起单据开始按表；单位见表头")
    sheet.write_row(3, 0, STOPWATCH_HEADS, bold)
    sheet.set_column(0, len(STOPWATCH_HEADS), 18)
    grid = export.grid(thin.STOPWATCH, frame, seed=seed)
    row = 4
    for number, (day, values) in enumerate(_timings(frame, grid, seed=seed), start=1):
        minutes, quotation, seconds = values
        for _ in range(2 if number == TWICE else 1):
            sheet.write_datetime(row, 0, day, day_form)
            sheet.write_row(row, 1, [PEOPLE[number % len(PEOPLE)], f"SO{number:05d}"])
            _write_entry(sheet, row, account, number, minutes)
            sheet.write_number(row, 4, round(quotation, 1))
            sheet.write_number(row, 5, round(seconds))
            sheet.write_string(row, 6, SYNTHETIC)
            row += 1
        if number == TWICE:
            account.flaws.append(Flaw("duplicate", FILE, sheet="秒表记录", rows=(row,)))
    account.rows = row - 4
    account.observations = account.rows * len(thin.STOPWATCH) - account.rejected
    account.flaws.append(Flaw("personal", FILE, sheet="秒表记录", column="业务员"))


def _write_entry(sheet: xlsxwriter.Worksheet, row: int, account: Account, number: int, minutes: float) -> None:
    whole, rest = divmod(round(minutes * 60), 60)
    if number in IN_SECONDS:
        sheet.write_number(row, 3, round(minutes * 60))
        account.rejected += 1
        account.flaws.append(
            Flaw("unit_slip", FILE, metric="order_entry_time", sheet="秒表记录", rows=(row + 1,), factor=60.0)
        )
    elif number in SPELT_OUT:
        sheet.write_string(row, 3, f"{whole}分{rest:02d}秒")
    else:
        sheet.write_string(row, 3, f"{whole}:{rest:02d}")


def _timings(frame: Frame, grid: Grid, *, seed: int) -> list[tuple[date, tuple[float, ...]]]:
    """The timings of all weeks: the day, and what was measured of each task."""
    fewest, most = TIMED
    timings = []
    for day in periods(frame, "week"):
        means = [grid[planted.key, day, thin.SITE].value for planted in thin.STOPWATCH]
        if None in means:
            continue
        stream = day.isoformat()
        count = fewest + int(uniforms(seed, stream=f"timed:{stream}", count=1)[0] * (most - fewest + 1))
        draws = [deviates(seed, stream=f"{planted.key}:{stream}", count=count) for planted in thin.STOPWATCH]
        for at in range(count):
            values = tuple(
                (mean or 0.0) * exp(SPREAD * draw[at] - SPREAD**2 / 2) for mean, draw in zip(means, draws, strict=True)
            )
            timings.append((day + timedelta(days=at * 5 // count), values))
    return timings


def _write_monthly(book: xlsxwriter.Workbook, frame: Frame, account: Account, seed: int) -> None:
    """A row a month as the assistant types it: two ways of writing a month, 万元 in the header, a total below."""
    sheet = book.add_worksheet("月度")
    bold = book.add_format({"bold": True})
    sheet.write(0, 0, f"销售月度台账　{TITLE}", bold)
    sheet.write_row(2, 0, MONTHLY_HEADS, bold)
    sheet.set_column(0, len(MONTHLY_HEADS), 18)
    grid = export.grid(thin.MONTHLY, frame, seed=seed)
    months = periods(frame, "month")
    orders = [round(410 + 25 * draw) for draw in deviates(seed, stream="orders", count=len(months))]
    for row, (day, count) in enumerate(zip(months, orders, strict=True), start=3):
        month = f"{day.year}年{day.month}月" if day < frame.go_live else f"{day.year}.{day.month:02d}"
        values = [grid[planted.key, day, thin.SITE].value or 0.0 for planted in thin.MONTHLY]
        sheet.write_row(row, 0, [month, count, *values[:3], values[3] / 10_000])
    last = 3 + len(months)
    complaints = fsum(grid["complaints", day, thin.SITE].value or 0.0 for day in months)
    sheet.write_row(last, 0, ["合计", sum(orders), complaints])
    account.rows, account.totals = len(months), 1
    account.observations = account.rows * len(thin.MONTHLY)
    account.flaws.append(Flaw("subtotal", FILE, sheet="月度", rows=(last + 1,)))
