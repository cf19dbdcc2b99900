"""Writes the series as four systems would export them: encodings, header rows, layouts and habits differ.

Every file says in a title row or a column that its data are synthetic. Bytes depend on the arguments only.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

import xlsxwriter

from datasets import manufacturer, truth
from datasets.labels import GROUPS, LABELS, UNITS
from datasets.series import Cell, Frame, Planted, observed, periods, volumes

SYNTHETIC = "合成数据 Synthetic data"
"""What every file says about itself."""

TITLE = f"{SYNTHETIC}：华东示例精工 Sample Precision Works"

WRITTEN_ON = datetime(2026, 9, 1)  # noqa: DTZ001 - a fixed date in a workbook, which knows no time zones
"""The creation date the workbook states; a clock would change its bytes."""

Grid = Mapping[tuple[str, date, str], Cell]


def files(frame: Frame, *, seed: int) -> dict[str, bytes]:
    """The generated files of the engagement, name → bytes: four exports and the planted truth."""
    return {
        "erp_weekly.csv": weekly_export(frame, seed=seed),
        "quality_register.csv": quality_register(frame, seed=seed),
        "finance.xlsx": finance_workbook(frame, seed=seed),
        "facility.csv": facility_export(frame, seed=seed),
        "truth.json": (
            json.dumps(_rounded(truth.document(frame, seed=seed)), ensure_ascii=False, indent=1) + "\n"
        ).encode(),
    }


def weekly_export(frame: Frame, *, seed: int) -> bytes:
    """The ERP's weekly report: GBK, a title row, two header rows as merged cells leave them, one row per week and site."""
    grid = _grid(manufacturer.WEEKLY, frame, seed=seed)
    known = {planted.key: planted for planted in manufacturer.WEEKLY}
    counted = known["purchase_approval_hours"]
    documents = [volumes(counted, frame, seed=seed, place=place) for place in range(len(frame.sites))]
    rows = [[TITLE], ["周起始日", "工厂", "单据数", "测量方式", *_merged(GROUPS.values())]]
    rows.append(["", "", "", "", *(_header(key) for key in GROUPS)])
    for index, day in enumerate(periods(frame, "week")):
        for place, site in enumerate(frame.sites):
            figures = [_number(grid[key, day, site], known[key]) for key in GROUPS]
            rows.append([day.strftime("%Y/%m/%d"), site, str(documents[place][index]), "system_log", *figures])
    return _text(rows, delimiter=",").encode("gbk")


def quality_register(frame: Frame, *, seed: int) -> bytes:
    """The quality department's register: UTF-8 with BOM, semicolons, decimal commas, one row per figure."""
    rows = [["期间起始", "工厂", "指标", "数值", "样本量", "测量方式", "数据说明"]]
    for planted in manufacturer.REGISTER:
        name = LABELS[planted.key][0]
        for cell in observed(planted, frame, seed=seed):
            if cell.value is not None:
                value = _number(cell, planted).replace(".", ",")
                day = cell.start.strftime("%d.%m.%Y")
                rows.append([day, cell.site, name, value, str(cell.volume), cell.instrument, SYNTHETIC])
    return _text(rows, delimiter=";").encode("utf-8-sig")


def finance_workbook(frame: Frame, *, seed: int) -> bytes:
    """Finance's workbook: one sheet, title rows, months across, one row per figure and site."""
    days = periods(frame, "month")
    grid = _grid(manufacturer.FINANCE, frame, seed=seed)
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"title": TITLE, "comments": SYNTHETIC, "created": WRITTEN_ON})
    sheet = book.add_worksheet("月度指标")
    bold = book.add_format({"bold": True})
    sheet.write(0, 0, TITLE, bold)
    sheet.write(1, 0, "编制：财务部（示例）　单位见各行　月度关账后导出")
    sheet.write_row(3, 0, ["指标", "工厂", "单位", "月均单据数", *(f"{day.year}年{day.month}月" for day in days)], bold)
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
    book.close()
    return _stored(stream.getvalue())


def facility_export(frame: Frame, *, seed: int) -> bytes:
    """The facility office's list: UTF-16, tabs, one column per figure, what spreadsheets call Unicode text."""
    grid = _grid(manufacturer.FACILITY, frame, seed=seed)
    rows = [["月份", "工厂", *(_header(planted.key) for planted in manufacturer.FACILITY), "备注"]]
    for day in periods(frame, "month"):
        for site in frame.sites:
            figures = [_number(grid[planted.key, day, site], planted) for planted in manufacturer.FACILITY]
            rows.append([day.strftime("%Y-%m"), site, *figures, SYNTHETIC])
    return b"\xff\xfe" + _text(rows, delimiter="\t").encode("utf-16-le")


def _grid(metrics: Iterable[Planted], frame: Frame, *, seed: int) -> Grid:
    return {
        (planted.key, cell.start, cell.site): cell
        for planted in metrics
        for cell in observed(planted, frame, seed=seed)
    }


def _merged(groups: Iterable[str]) -> list[str]:
    """Group names as merged cells are exported: the name once, then empty cells.

    >>> _merged(["采购", "采购", "计划"])
    ['采购', '', '计划']
    """
    cells: list[str] = []
    last = ""
    for group in groups:
        cells.append("" if group == last else group)
        last = group
    return cells


def _header(key: str) -> str:
    name, unit, _ = LABELS[key]
    return f"{name}({UNITS[unit]})"


def _number(cell: Cell, planted: Planted) -> str:
    return "" if cell.value is None else f"{cell.value:.{planted.digits}f}"


def _text(rows: Sequence[Sequence[str]], *, delimiter: str) -> str:
    """Rows as text with Windows line ends; no cell holds a delimiter or a quote."""
    return "".join(delimiter.join(row) + "\r\n" for row in rows)


def _stored(workbook: bytes) -> bytes:
    """The workbook with its parts stored uncompressed: compressors of different platforms give different bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed, zipfile.ZipFile(stream, "w") as plain:
        for name in packed.namelist():
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 0
            plain.writestr(entry, packed.read(name))
    return stream.getvalue()


def _rounded(value: object) -> object:
    """A value with all its floats at six decimals: the last bits of an exponential differ between platforms."""
    match value:
        case float():
            return round(value, 6)
        case dict():
            return {key: _rounded(entry) for key, entry in value.items()}
        case list():
            return [_rounded(entry) for entry in value]
        case _:
            return value
