"""Writes the manufacturer's series as four systems would export them: encodings, header rows, layouts and habits differ."""

from __future__ import annotations

import xlsxwriter

from datasets import export, manufacturer, truth
from datasets.export import SYNTHETIC
from datasets.labels import GROUPS, LABELS, UNITS
from datasets.series import Frame, observed, periods, volumes

TITLE = f"{SYNTHETIC}：华东示例精工 Sample Precision Works"


def files(frame: Frame, *, seed: int) -> dict[str, bytes]:
    """The generated files of the engagement, name → bytes: four exports and the planted truth."""
    return {
        "erp_weekly.csv": weekly_export(frame, seed=seed),
        "quality_register.csv": quality_register(frame, seed=seed),
        "finance.xlsx": finance_workbook(frame, seed=seed),
        "facility.csv": facility_export(frame, seed=seed),
        "truth.json": export.document(truth.document(manufacturer.METRICS, frame, seed=seed)),
    }


def weekly_export(frame: Frame, *, seed: int) -> bytes:
    """The ERP's weekly report: GBK, a title row, two header rows as merged cells leave them, one row per week and site."""
    grid = export.grid(manufacturer.WEEKLY, frame, seed=seed)
    known = {planted.key: planted for planted in manufacturer.WEEKLY}
    counted = known["purchase_approval_hours"]
    documents = [volumes(counted, frame, seed=seed, place=place) for place in range(len(frame.sites))]
    rows = [[TITLE], ["周起始日", "工厂", "单据数", "测量方式", *export.merged(GROUPS.values())]]
    rows.append(["", "", "", "", *(export.header(key) for key in GROUPS)])
    for index, day in enumerate(periods(frame, "week")):
        for place, site in enumerate(frame.sites):
            figures = [export.number(grid[key, day, site], known[key]) for key in GROUPS]
            rows.append([day.strftime("%Y/%m/%d"), site, str(documents[place][index]), "system_log", *figures])
    return export.text(rows, delimiter=",").encode("gbk")


def quality_register(frame: Frame, *, seed: int) -> bytes:
    """The quality department's register: UTF-8 with BOM, semicolons, decimal commas, one row per figure."""
    rows = [["期间起始", "工厂", "指标", "数值", "样本量", "测量方式", "数据说明"]]
    for planted in manufacturer.REGISTER:
        name = LABELS[planted.key][0]
        for cell in observed(planted, frame, seed=seed):
            if cell.value is not None:
                value = export.number(cell, planted).replace(".", ",")
                day = cell.start.strftime("%d.%m.%Y")
                rows.append([day, cell.site, name, value, str(cell.volume), cell.instrument, SYNTHETIC])
    return export.text(rows, delimiter=";").encode("utf-8-sig")


def finance_workbook(frame: Frame, *, seed: int) -> bytes:
    """Finance's workbook: one sheet, title rows, months across, one row per figure and site."""
    days = periods(frame, "month")
    grid = export.grid(manufacturer.FINANCE, frame, seed=seed)

    def write(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("月度指标")
        bold = book.add_format({"bold": True})
        sheet.write(0, 0, TITLE, bold)
        sheet.write(1, 0, "编制：财务部（示例）　单位见各行　月度关账后导出")
        sheet.write_row(
            3, 0, ["指标", "工厂", "单位", "月均单据数", *(f"{day.year}年{day.month}月" for day in days)], bold
        )
        row = 4
        for planted in manufacturer.FINANCE:
            name, unit, _ = LABELS[planted.key]
            for place, site in enumerate(frame.sites):
                sheet.write_row(row, 0, [name, site, UNITS[unit]])
                if planted.volumes:
                    sheet.write_number(row, 3, planted.volumes[place])
                for column, day in enumerate(days, start=4):
                    value = grid[planted.key, day, site].value
                    if value is not None:
                        sheet.write_number(row, column, value)
                row += 1
        sheet.set_column(0, 0, 22)
        sheet.freeze_panes(4, 4)

    return export.workbook(write, title=TITLE)


def facility_export(frame: Frame, *, seed: int) -> bytes:
    """The facility office's list: UTF-16, tabs, one column per figure, what spreadsheets call Unicode text."""
    grid = export.grid(manufacturer.FACILITY, frame, seed=seed)
    rows = [["月份", "工厂", *(export.header(planted.key) for planted in manufacturer.FACILITY), "备注"]]
    for day in periods(frame, "month"):
        for site in frame.sites:
            figures = [export.number(grid[planted.key, day, site], planted) for planted in manufacturer.FACILITY]
            rows.append([day.strftime("%Y-%m"), site, *figures, SYNTHETIC])
    return b"\xff\xfe" + export.text(rows, delimiter="\t").encode("utf-16-le")
