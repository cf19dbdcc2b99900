"""Writes the retail chain's series as seven systems and people would hand them over, with what goes wrong in them.

What was planted wrong in a file is noted on the line on which an editor shows it, for truth.json.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from math import fsum

import xlsxwriter

from datasets import export, retail, retail_log, truth
from datasets.export import SYNTHETIC, Account, Flaw, Grid
from datasets.labels import LABELS
from datasets.series import Frame, Planted, periods, volumes

TITLE = f"{SYNTHETIC}：示例邻里超市 Sample Neighbourhood Stores"

TEN_TIMES = ("S023", (date(2024, 11, 4), date(2025, 2, 24), date(2025, 6, 9)))
"""Weeks in which a store typed its time of the daily close in tenths of a minute."""

TWICE = ("S007", date(2025, 4, 7))
"""The row of the approval report that stands twice."""

TEXT_CELL = ("S035", date(2025, 7, 14))
"""The row that says "restarted" where its refund time should be."""

COUNTERS = ("周示例", "吴样本", "郑测试", "王虚构", "李举例", "赵假设", "孙范例", "陈演示")
"""Members of the counting teams: invented, as their names say."""

PROMOTION_HEADS = ("抽查月份", "门店编号", "指标", "数值", "样本量", "测量方式", "说明")

Writer = Callable[[Frame, Account, int], bytes]


def files(frame: Frame, *, seed: int) -> dict[str, bytes]:
    """The generated files of the engagement, name → bytes: exports, event log and planted truth."""
    accounts = {name: Account(name) for name in WRITERS}
    made = {name: write(frame, accounts[name], seed) for name, write in WRITERS.items()}
    made[retail_log.FILE], told_log = retail_log.log(frame, seed=seed)
    told = truth.document((), frame, seed=seed)
    timed = [truth.planted_truth(planted, retail.timed_frame(), seed=seed) for planted in retail.HOURS]
    everywhere = [truth.planted_truth(planted, frame, seed=seed) for planted in retail.METRICS]
    told |= {"metrics": [*everywhere, *timed], "files": [account.entry() for account in accounts.values()]}
    told["log"] = told_log
    return {**made, "truth.json": export.document(told)}


# The approval system's report ────────────────────────────────────────────────


def approval_report(frame: Frame, account: Account, seed: int) -> bytes:
    """GB18030, a title row, two header rows as merged cells leave them, a subtotal a region: a row per week and store."""
    metrics = retail.APPROVALS
    grid = export.grid(metrics, frame, seed=seed)
    counts = _counts(metrics[0], frame, seed)
    groups = ("审批效率", "审批效率", "审批质量", "审批质量", "授权")
    rows = [[TITLE], ["周起始日", "区域", "门店", "申请单数", *export.merged(groups)]]
    rows.append(["", "", "", "", *(export.header(planted.key) for planted in metrics)])
    totals: list[int] = []
    for day in periods(frame, "week"):
        for region in retail.REGIONS:
            stores = [site for site in frame.sites if retail.region_of(site) == region]
            for site in stores:
                cells = [grid[planted.key, day, site] for planted in metrics]
                if all(cell.value is None for cell in cells):
                    continue
                figures = [export.number(cell, planted) for cell, planted in zip(cells, metrics, strict=True)]
                row = [_long_date(day), region, site, str(counts[day, site]), *figures]
                again = 2 if (site, day) == TWICE else 1
                if again > 1:
                    note = Flaw("duplicate", account.file, site=site, days=(day.isoformat(),), rows=(len(rows) + 2,))
                    account.flaws.append(note)
                rows += [row] * again
                account.rows += again
            total = _subtotal(day, region, stores=stores, metrics=metrics, grid=grid, counts=counts)
            if total:
                rows.append(total)
                totals.append(len(rows))
    account.totals = len(totals)
    account.flaws.append(Flaw("subtotal", account.file, rows=tuple(totals)))
    account.observations = account.rows * len(metrics)
    return export.text(rows, delimiter=",").encode("gb18030")


def _counts(planted: Planted, frame: Frame, seed: int) -> dict[tuple[date, str], int]:
    """The documents behind each week of each store."""
    days = periods(frame, planted.grain)
    found = {}
    for place, site in enumerate(frame.sites):
        for day, count in zip(days, volumes(planted, frame, seed=seed, place=place), strict=True):
            found[day, site] = count or 0
    return found


def _subtotal(
    day: date,
    region: str,
    *,
    stores: Sequence[str],
    metrics: Sequence[Planted],
    grid: Grid,
    counts: dict[tuple[date, str], int],
) -> list[str]:
    """A region's row: requests added up, figures weighted by them; none where nothing was reported."""
    open_stores = [site for site in stores if grid[metrics[0].key, day, site].value is not None]
    if not open_stores:
        return []
    weights = [counts[day, site] for site in open_stores]
    means = []
    for planted in metrics:
        values = [grid[planted.key, day, site].value or 0.0 for site in open_stores]
        mean = fsum(value * weight for value, weight in zip(values, weights, strict=True)) / sum(weights)
        means.append(f"{mean:.{planted.digits}f}")
    return [_long_date(day), f"{region}小计", "", str(sum(weights)), *means]


def _long_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# The tills' export ───────────────────────────────────────────────────────────


def till_export(frame: Frame, account: Account, seed: int) -> bytes:
    """UTF-16 text with tabs that calls itself .xls: dotted dates, percent signs, money in thousands, a slip, a word."""
    metrics = retail.OPERATIONS
    grid = export.grid(metrics, frame, seed=seed)
    counts = _counts(metrics[0], frame, seed)
    heads = [_till_header(planted) for planted in metrics]
    rows = [["周起始日", "门店编号", "单据数", *heads, f"备注（{SYNTHETIC}）"]]
    for day in periods(frame, "week"):
        for site in frame.sites:
            cells = [grid[planted.key, day, site] for planted in metrics]
            if all(cell.value is None for cell in cells):
                continue
            figures = [_till_figure(cell.value, planted) for cell, planted in zip(cells, metrics, strict=True)]
            _spoil(figures, (site, day), account, row=len(rows) + 1)
            rows.append([f"{day.year}.{day.month}.{day.day}", site, str(counts[day, site]), *figures, ""])
            account.observations += sum(cell.value is not None for cell in cells)
    account.rows = len(rows) - 1
    account.observations -= account.rejected
    return export.text(rows, delimiter="\t").encode("utf-16")


def _till_header(planted: Planted) -> str:
    return "收银差异金额(千元)" if planted.key == "cash_difference_amount" else export.header(planted.key)


def _till_figure(value: float | None, planted: Planted) -> str:
    if value is None:
        return "—"
    if planted.key == "cash_difference_amount":
        return f"{value / 1000:.3f}"
    return f"{value:.{planted.digits}f}" + ("%" if LABELS[planted.key][1] == "percent" else "")


def _spoil(figures: list[str], place: tuple[str, date], account: Account, *, row: int) -> None:
    """The figures of one row as somebody typed them, with what is wrong noted."""
    at = {planted.key: number for number, planted in enumerate(retail.OPERATIONS)}
    site, day = place
    days = (day.isoformat(),)
    if site == TEN_TIMES[0] and day in TEN_TIMES[1]:
        key = "daily_close_minutes"
        figures[at[key]] = f"{float(figures[at[key]]) * 10:.0f}"
        account.flaws.append(
            Flaw("unit_slip", account.file, metric=key, site=site, rows=(row,), days=days, factor=10.0)
        )
    if place == TEXT_CELL:
        key = "refund_hours"
        figures[at[key]] = "重启"
        account.rejected += 1
        account.flaws.append(Flaw("not_a_number", account.file, metric=key, site=site, rows=(row,), days=days))


# The merchandise department's workbook ───────────────────────────────────────


def merchandise_workbook(frame: Frame, account: Account, seed: int) -> bytes:
    """Months across under a title, regions merged down, a subtotal a region and a column of means behind."""
    grid = export.grid(retail.ACROSS, frame, seed=seed)
    months = periods(frame, "month")

    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("商品月报")
        bold = book.add_format({"bold": True, "border": 1})
        sheet.merge_range(0, 0, 0, 8, f"商品月报　{TITLE}", bold)
        heads = ["指标", "区域", "门店", *(f"{day.year}年{day.month}月" for day in months), "平均"]
        sheet.write_row(2, 0, heads, bold)
        row = 3
        for planted in retail.ACROSS:
            name = export.header(planted.key)
            for region in retail.REGIONS:
                row = _write_region(
                    book, sheet, row, account, grid=grid, planted=planted, label=(name, region), days=months
                )
        sheet.freeze_panes(3, 3)

    made = export.workbook(write, title=TITLE)
    account.rows = len(retail.ACROSS) * len(frame.sites)
    account.observations = account.rows * len(months)
    return made


def _write_region(
    book: xlsxwriter.Workbook,
    sheet: xlsxwriter.Worksheet,
    row: int,
    account: Account,
    *,
    grid: Grid,
    planted: Planted,
    label: tuple[str, str],
    days: Sequence[date],
) -> int:
    """The next free row, after the stores of one region and their mean."""
    name, region = label
    stores = [site for site in retail.frame().sites if retail.region_of(site) == region]
    middle = book.add_format({"valign": "vcenter", "border": 1})
    sheet.merge_range(row, 1, row + len(stores) - 1, 1, region, middle)
    table = [[grid[planted.key, day, site].value or 0.0 for day in days] for site in stores]
    for site, values in zip(stores, table, strict=True):
        sheet.write(row, 0, name)
        sheet.write(row, 2, site)
        sheet.write_row(row, 3, [*values, round(fsum(values) / len(values), 2)])
        row += 1
    means = [round(fsum(column) / len(column), 2) for column in zip(*table, strict=True)]
    sheet.write_row(row, 0, [name, f"{region}小计", "", *means, round(fsum(means) / len(means), 2)])
    account.totals += 1
    account.flaws.append(Flaw("subtotal", account.file, metric=planted.key, sheet="商品月报", rows=(row + 1,)))
    return row + 1


# The counting teams' list ────────────────────────────────────────────────────


def counting_list(frame: Frame, account: Account, seed: int) -> bytes:
    """A web page in UTF-8 that calls itself .xls: samples before a store's go-live, full counts after, with names."""
    (planted,) = retail.COUNTS
    heads = ["月份", "区域", "门店", "盘点品项数", "测量方式", "盘点差异率(%)", "盘点员"]
    body = [_tr(heads, "th")]
    grid = export.grid(retail.COUNTS, frame, seed=seed)
    for day in periods(frame, "month"):
        for place, site in enumerate(frame.sites):
            cell = grid[planted.key, day, site]
            name = COUNTERS[(day.month + place) % len(COUNTERS)]
            figures = [str(cell.volume), cell.instrument, export.number(cell, planted), name]
            body.append(_tr([f"{day.year}年{day.month:02d}月", retail.region_of(site), site, *figures]))
            account.rows += 1
    account.observations = account.rows
    account.flaws += [
        Flaw("personal", account.file, column="盘点员"),
        Flaw("instrument_change", account.file, metric=planted.key, days=(frame.go_live.isoformat(),)),
    ]
    page = (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{TITLE}</title></head>\r\n'
        f"<body><h3>{TITLE}</h3><table>\r\n" + "\r\n".join(body) + "\r\n</table><p>— 完 —</p></body></html>\r\n"
    )
    return page.encode()


def _tr(cells: Iterable[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


# Checks, stopwatch, electricity ──────────────────────────────────────────────


def promotion_checks(frame: Frame, account: Account, seed: int) -> bytes:
    """UTF-8 with BOM and semicolons: one row a store and month, with who measured how."""
    (planted,) = retail.CHECKS
    grid = export.grid(retail.CHECKS, frame, seed=seed)
    rows = [list(PROMOTION_HEADS)]
    for day in periods(frame, "month"):
        for site in frame.sites:
            cell = grid[planted.key, day, site]
            figures = [LABELS[planted.key][0], export.number(cell, planted), str(cell.volume), cell.instrument]
            rows.append([f"{day.year}-{day.month:02d}", site, *figures, SYNTHETIC])
    account.rows = account.observations = len(rows) - 1
    return export.text(rows, delimiter=";").encode("utf-8-sig")


def stopwatch_sheet(frame: Frame, account: Account, seed: int) -> bytes:
    """A workbook with real dates as Excel keeps them: one row per store and week in which time was taken."""
    (planted,) = retail.HOURS
    timed = retail.timed_frame()
    grid = export.grid(retail.HOURS, timed, seed=seed)
    days = [day for day in periods(timed, "week") if grid[planted.key, day, timed.sites[0]].value is not None]

    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("工时记录")
        stamp = book.add_format({"num_format": "yyyy/m/d"})
        sheet.write(0, 0, f"门店事务工时（秒表）　{TITLE}")
        sheet.write_row(1, 0, ["周起始日", "门店", "测量方式", "门店事务工时(小时)"])
        row = 2
        for day in days:
            for site in timed.sites:
                cell = grid[planted.key, day, site]
                sheet.write_datetime(row, 0, datetime.combine(day, time()), stamp)
                sheet.write_row(row, 1, [site, cell.instrument, cell.value])
                row += 1

    account.rows = account.observations = len(days) * len(timed.sites)
    return export.workbook(write, title=TITLE)


def electricity(frame: Frame, account: Account, seed: int) -> bytes:
    """The power company's list: comma-separated, thousands with commas in quotes."""
    (planted,) = retail.ELECTRICITY
    grid = export.grid(retail.ELECTRICITY, frame, seed=seed)
    lines = ["年月,门店,用电量,来源"]
    for day in periods(frame, "month"):
        for site in frame.sites:
            value = grid[planted.key, day, site].value or 0.0
            lines.append(f'{day.year}{day.month:02d},{site},"{value:,.0f}",{SYNTHETIC}')
    account.rows = account.observations = len(lines) - 1
    return ("\r\n".join(lines) + "\r\n").encode()


WRITERS: dict[str, Writer] = {
    "approvals_weekly.csv": approval_report,
    "till_weekly.xls": till_export,
    "merchandise.xlsx": merchandise_workbook,
    "stock_counts.xls": counting_list,
    "promotion_checks.csv": promotion_checks,
    "stopwatch.xlsx": stopwatch_sheet,
    "electricity.csv": electricity,
}
"""What writes each export."""
