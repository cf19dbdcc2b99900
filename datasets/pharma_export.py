"""Writes the drug maker's series as five systems and people would hand them over, with everything that goes wrong.

What was planted wrong in a file is noted on the line on which an editor shows it, for truth.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from math import fsum

import xlsxwriter

from datasets import export, pharma, pharma_log, truth
from datasets.export import SYNTHETIC, Account, Flaw, Grid
from datasets.labels import LABELS, SUMMED, UNITS
from datasets.series import Cell, Frame, Planted, observed, periods, volumes

TITLE = f"{SYNTHETIC}：示例康源制药 Sample Kangyuan Pharma"

SLIPPED = ("W200", (date(2025, 5, 5), date(2025, 5, 12), date(2025, 5, 19)))
"""Weeks in which whoever typed the review times left out the decimal point: a hundred times too long."""

TWICE = (("E100", date(2024, 11, 18)), ("W200", date(2026, 5, 11)))
"""Rows that stand twice in the weekly report."""

WIDE_DIGITS = (("E100", date(2024, 9, 9)), ("W200", date(2025, 11, 3)))
"""Rows whose first-time rate was typed with full-width digits."""

PENDING = ("W200", date(2026, 1, 19))
"""The row that says "being entered" where its upload rate should be."""

DIVIDED_BY_ZERO = ("W200", date(2025, 2, 1))
"""The cell whose formula failed: no batch was finished."""

HIDDEN = date(2024, 12, 1)
"""The month whose rows somebody hid in the workbook."""

PEOPLE = (
    ("赵示例", "13800000011"),
    ("钱样本", "13800000022"),
    ("孙测试", "13800000033"),
    ("李虚构", "13800000044"),
)
"""Clerks of the quality system's list: invented, as their names say, with numbers nobody has."""


def files(frame: Frame, *, seed: int) -> dict[str, bytes]:
    """The generated files of the engagement, name → bytes: exports, event log and the planted truth."""
    accounts = {name: Account(name) for name in WRITERS}
    made = {name: write(frame, accounts[name], seed) for name, write in WRITERS.items()}
    log, planted_log = pharma_log.log(frame, seed=seed)
    told = truth.document(pharma.METRICS, frame, seed=seed)
    told["files"] = [account.entry() for account in accounts.values()]
    told["log"] = planted_log
    return {**made, "batch_events.csv": log, "truth.json": export.document(told)}


# The batch system's weekly report ────────────────────────────────────────────


def weekly_report(frame: Frame, account: Account, seed: int) -> bytes:
    """GBK, a title row, dates as 2025年3月5日: two weeks of a plant are missing, three values have slipped."""
    return _weekly(frame, account, seed, metrics=pharma.WEEKLY, mended=False)


def weekly_report_again(frame: Frame, account: Account, seed: int) -> bytes:
    """The same report as delivered again later: the gap is filled, the slips are mended, no row stands twice."""
    mended = tuple(replace(planted, gaps=pharma.FESTIVAL) for planted in pharma.WEEKLY)
    return _weekly(frame, account, seed, metrics=mended, mended=True)


def _weekly(frame: Frame, account: Account, seed: int, *, metrics: tuple[Planted, ...], mended: bool) -> bytes:
    grid = export.grid(metrics, frame, seed=seed)
    batches = [volumes(metrics[0], frame, seed=seed, place=place) for place in range(len(frame.sites))]
    rows = [
        [f"{TITLE}　批放行周报　导出人：示例"],
        ["周起始日", "厂区", "批次数", *(export.header(planted.key) for planted in metrics), "备注"],
    ]
    for index, day in enumerate(periods(frame, "week")):
        for place, site in enumerate(frame.sites):
            cells = [grid[planted.key, day, site] for planted in metrics]
            if all(cell.value is None for cell in cells):
                continue
            figures = [export.number(cell, planted) for cell, planted in zip(cells, metrics, strict=True)]
            if not mended:
                figures = _spoiled(figures, (site, day), metrics, account, len(rows) + 1)
            row = [f"{day.year}年{day.month}月{day.day}日", site, str(batches[place][index]), *figures, SYNTHETIC]
            again = 2 if not mended and (site, day) in TWICE else 1
            if again > 1:
                account.flaws.append(
                    Flaw("duplicate", account.file, site=site, days=(day.isoformat(),), rows=(len(rows) + 2,))
                )
            rows += [row] * again
    account.rows = len(rows) - 2
    account.observations = account.rows * len(metrics) - account.rejected
    if not mended:
        days = tuple(day.isoformat() for _, day in pharma.WEST_GAP)
        account.flaws.append(Flaw("gap", account.file, site="W200", days=days))
    return export.text(rows, delimiter=",").encode("gbk")


def _spoiled(
    figures: list[str], place: tuple[str, date], metrics: Sequence[Planted], account: Account, row: int
) -> list[str]:
    """The figures of one row as somebody typed them, with what is wrong noted."""
    at = {planted.key: number for number, planted in enumerate(metrics)}
    site, day = place

    def note(kind: str, key: str, factor: float | None = None) -> None:
        days = (day.isoformat(),)
        account.flaws.append(Flaw(kind, account.file, metric=key, site=site, rows=(row,), days=days, factor=factor))

    if site == SLIPPED[0] and day in SLIPPED[1]:
        key = "batch_record_review_hours"
        figures[at[key]] = figures[at[key]].replace(".", "")
        note("unit_slip", key, 100.0)
    if place in WIDE_DIGITS:
        key = "right_first_time_rate"
        figures[at[key]] = export.full_width(figures[at[key]])
        note("full_width", key)
    if place == PENDING:
        key = "trace_upload_timely_rate"
        figures[at[key]] = "补录中"
        account.rejected += 1
        note("not_a_number", key)
    return figures


# The laboratory's export ─────────────────────────────────────────────────────


def laboratory_export(frame: Frame, account: Account, seed: int) -> bytes:
    """UTF-8 with BOM, semicolons, decimal commas, day.month.year, English words: one row a figure."""
    rows = [["Date", "Plant", "Indicator", "Result", "N", "Instrument", "Definition version", "Remark"]]
    english = {
        "lab_cycle_days": "QC lab cycle time",
        "trace_drill_minutes": "Traceability exercise time",
        "return_handling_days": "Return handling time",
    }
    for planted in pharma.LABORATORY:
        for cell in observed(planted, frame, seed=seed):
            value = export.number(cell, planted).replace(".", ",")
            day = cell.start.strftime("%d.%m.%Y")
            rows.append(
                [
                    day,
                    cell.site,
                    english[planted.key],
                    value,
                    str(cell.volume),
                    cell.instrument,
                    cell.definition,
                    SYNTHETIC,
                ]
            )
        for kind, ends in (
            ("definition_change", planted.definitions),
            ("instrument_change", planted.instruments),
        ):
            if len(set(ends)) > 1:
                account.flaws.append(Flaw(kind, account.file, metric=planted.key, days=(frame.go_live.isoformat(),)))
    account.rows = account.observations = len(rows) - 1
    return export.text(rows, delimiter=";").encode("utf-8-sig")


# The quality department's workbook ───────────────────────────────────────────

HEADS = (
    ("期间", ""),
    ("厂区", ""),
    ("批记录", "应填页数"),
    ("批记录", "电子记录率（%）"),
    ("批记录", "返工批次率（%）"),
    ("损耗与工时", "近效期损耗率（%）"),
    ("损耗与工时", "审计准备工时（小时）"),
    ("损耗与工时", "仓储电费（万元）"),
)
"""The workbook's header: groups over columns, as merged cells."""

FIRST_ROW = 5
"""Rows above the data: title, who compiled it, an empty one, two of header."""


def quality_workbook(frame: Frame, account: Account, seed: int) -> bytes:
    """A sheet of notes, then the figures: merged headers and months, subtotals, hidden rows, a failed formula."""
    grid = export.grid(pharma.WORKBOOK, frame, seed=seed)

    def write(book: xlsxwriter.Workbook) -> None:
        notes = book.add_worksheet("填报说明")
        notes.write_column(0, 0, [TITLE, "本表按月填报，季末加小计；电费按供电局账单，单位万元。"])
        sheet = book.add_worksheet("月报")
        _write_head(book, sheet)
        _write_months(sheet, frame, account, grid)

    return export.workbook(write, title=TITLE)


def _write_head(book: xlsxwriter.Workbook, sheet: xlsxwriter.Worksheet) -> None:
    bold = book.add_format({"bold": True, "border": 1, "align": "center"})
    sheet.merge_range(0, 0, 0, len(HEADS) - 1, f"质量月报　{TITLE}", bold)
    sheet.write(1, 0, "编制：质量部（示例）　　单位见表头")
    for column, (upper, lower) in enumerate(HEADS):
        if not lower:
            sheet.merge_range(3, column, 4, column, upper, bold)
        else:
            sheet.write(4, column, lower, bold)
    for first, last in ((2, 4), (5, 7)):
        sheet.merge_range(3, first, 3, last, HEADS[first][0], bold)
    sheet.set_column(0, len(HEADS), 15)
    sheet.freeze_panes(FIRST_ROW, 2)


def _write_months(sheet: xlsxwriter.Worksheet, frame: Frame, account: Account, grid: Grid) -> None:
    row = FIRST_ROW
    quarter: list[date] = []
    months = periods(frame, "month")
    for day in months:
        quarter.append(day)
        sheet.merge_range(row, 0, row + len(frame.sites) - 1, 0, f"{day.year}年{day.month}月")
        for place, site in enumerate(frame.sites):
            _write_row(sheet, row, account, [grid[planted.key, day, site] for planted in pharma.WORKBOOK], place)
            if day == HIDDEN:
                sheet.set_row(row, None, None, {"hidden": True})
                account.flaws.append(Flaw("hidden_row", account.file, sheet="月报", rows=(row + 1,)))
            row += 1
        if day.month % 3 == 0:
            name = f"{day.year}年{'一二三四'[day.month // 3 - 1]}季度"
            row = _write_total(sheet, row, account, label=(name, "小计"), figures=_summed(quarter, grid))
            quarter = []
    _write_total(sheet, row, account, label=("合计", ""), figures=_summed(months, grid))
    account.rows = len(months) * len(frame.sites)
    account.observations = account.rows * len(pharma.WORKBOOK) - account.rejected


def _write_row(sheet: xlsxwriter.Worksheet, row: int, account: Account, cells: Sequence[Cell], place: int) -> None:
    day, site = cells[0].start, cells[0].site
    sheet.write_row(row, 1, [site, pharma.WORKBOOK[0].volumes[place]])
    for column, (cell, planted) in enumerate(zip(cells, pharma.WORKBOOK, strict=True), start=3):
        value = cell.value if cell.value is not None else 0.0
        if planted.key == "batch_rework_rate" and (site, day) == DIVIDED_BY_ZERO:
            sheet.write_formula(row, column, f"=0/(C{row + 1}-C{row + 1})", None, "#DIV/0!")
            account.rejected += 1
            account.flaws.append(
                Flaw("error_cell", account.file, metric=planted.key, sheet="月报", site=site, rows=(row + 1,))
            )
        elif planted.key == "electronic_record_rate" and (site, day.month) == ("E100", 6):
            sheet.write_string(row, column, export.full_width(export.number(cell, planted)))
            account.flaws.append(
                Flaw("full_width", account.file, metric=planted.key, sheet="月报", site=site, rows=(row + 1,))
            )
        else:
            sheet.write_number(row, column, value / 10_000 if planted.key == "warehouse_power_cost" else value)


def _summed(days: Sequence[date], grid: Grid) -> list[float]:
    """The figures of a row of totals: sums of what adds up, means of what does not."""
    figures = []
    for planted in pharma.WORKBOOK:
        values = [cell.value or 0.0 for (key, day, _), cell in grid.items() if key == planted.key and day in days]
        total = fsum(values) if planted.key in SUMMED else fsum(values) / len(values)
        figures.append(round(total / 10_000 if planted.key == "warehouse_power_cost" else total, 4))
    return figures


def _write_total(
    sheet: xlsxwriter.Worksheet, row: int, account: Account, *, label: tuple[str, str], figures: Sequence[float]
) -> int:
    """The next free row, after one of totals."""
    sheet.write_row(row, 0, label)
    sheet.write_row(row, 3, figures)
    account.totals += 1
    account.flaws.append(Flaw("subtotal", account.file, sheet="月报", rows=(row + 1,)))
    return row + 1


# The quality system's list ───────────────────────────────────────────────────


def quality_list(frame: Frame, account: Account, seed: int) -> bytes:
    """A web page in GBK that calls itself .xls: a title across, a total at the end, clerks and their telephones."""
    grid = export.grid(pharma.QUALITY, frame, seed=seed)
    heads = ["序号", "统计月份", "厂区", "样本量", *(export.header(planted.key) for planted in pharma.QUALITY)]
    heads += ["经办人", "联系电话"]
    body = [f'<tr><td colspan="{len(heads)}"><b>{TITLE} 质量体系月度清单</b></td></tr>', _tr(heads, "th")]
    for day in periods(frame, "month"):
        for place, site in enumerate(frame.sites):
            cells = [grid[planted.key, day, site] for planted in pharma.QUALITY]
            figures = [
                export.number(cell, planted) + ("%" if LABELS[planted.key][1] == "percent" else "")
                for cell, planted in zip(cells, pharma.QUALITY, strict=True)
            ]
            clerk = PEOPLE[(day.month + place) % len(PEOPLE)]
            month = f"{day.year}.{day.month:02d}"
            account.rows += 1
            body.append(_tr([str(account.rows), month, site, str(cells[0].volume), *figures, *clerk]))
    totals = [fsum(cell.value or 0.0 for key, cell in _by_metric(grid) if key == p.key) for p in pharma.QUALITY]
    last = [f"{total:.0f}" if p.key in SUMMED else "" for total, p in zip(totals, pharma.QUALITY, strict=True)]
    body.append(_tr(["", "合计", "", "", *last, "", ""]))
    account.totals = 1
    account.observations = account.rows * len(pharma.QUALITY)
    account.flaws += [
        Flaw("personal", account.file, column="经办人"),
        Flaw("personal", account.file, column="联系电话"),
        Flaw("subtotal", account.file, rows=(account.rows + 3,)),
    ]
    page = (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
        '<meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head>\r\n'
        '<body><table border="1">\r\n' + "\r\n".join(body) + "\r\n</table></body></html>\r\n"
    )
    return page.encode("gbk")


def _by_metric(grid: Grid) -> Iterable[tuple[str, Cell]]:
    return ((key, cell) for (key, _, _), cell in grid.items())


def _tr(cells: Iterable[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{cell or '&nbsp;'}</{tag}>" for cell in cells) + "</tr>"


# The training office's sheet ─────────────────────────────────────────────────


def training_sheet(frame: Frame, account: Account, seed: int) -> bytes:
    """Months across, a row per figure and plant, a column of units, remarks behind."""
    grid = export.grid(pharma.ACROSS, frame, seed=seed)
    days = periods(frame, "month")

    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("台账")
        bold = book.add_format({"bold": True})
        sheet.write(0, 0, f"培训与变更台账　{TITLE}", bold)
        sheet.write_row(2, 0, ["指标", "厂区", "单位", *(f"{day.year}年{day.month}月" for day in days), "备注"], bold)
        row = 3
        for planted in pharma.ACROSS:
            name, unit, _ = LABELS[planted.key]
            for site in frame.sites:
                values = [grid[planted.key, day, site].value for day in days]
                sheet.write_row(row, 0, [name, site, UNITS[unit], *values, SYNTHETIC])
                row += 1
        sheet.freeze_panes(3, 3)

    account.rows = len(pharma.ACROSS) * len(frame.sites)
    account.observations = account.rows * len(days)
    return export.workbook(write, title=TITLE)


WRITERS = {
    "batch_weekly.csv": weekly_report,
    "batch_weekly_again.csv": weekly_report_again,
    "lims.csv": laboratory_export,
    "quality_kpi.xlsx": quality_workbook,
    "qms_list.xls": quality_list,
    "training.xlsx": training_sheet,
}
"""What writes each export."""
