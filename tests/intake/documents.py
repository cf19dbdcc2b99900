"""Exports as users of an ERP or an approval system really have them: an order a row, an approval chain in a cell.

Everything is invented and the same for the same arguments. In the orders one thing is planted: from the go-live on,
scheduling follows the review after two days instead of six; every other gap is as it was.
"""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import xlsxwriter

GO_LIVE = date(2025, 9, 1)

FIRST_DAY = date(2025, 1, 6)
"""A Monday; orders arrive on every workday from then on."""

DAYS = 400
"""Days in which orders arrive: thirty-four weeks before the go-live, twenty-three from it on."""

ORDER_HEADER = ("订单号", "客户", "厂区", "下单日期", "审核日期", "排产日期", "完工日期", "发货日期")

GAPS = {"审核日期": (1, 3), "排产日期": (5, 7), "完工日期": (4, 8), "发货日期": (1, 2)}
"""Days from the date before, fewest and most, as they were before the go-live."""

SCHEDULED = (1, 3)
"""Days from review to scheduling from the go-live on: the planted change."""

PEOPLE = ("张三", "李四", "王五", "赵六")


def orders(*, seed: int = 7, an_unfinished: int = 40) -> list[list[str]]:
    """An order a row, a date a step, no time of day; some of the last are not shipped yet."""
    draw = random.Random(seed)
    rows: list[list[str]] = []
    for day in (FIRST_DAY + timedelta(days=at) for at in range(DAYS)):
        if day.weekday() > 4:
            continue
        for _ in range(draw.randint(3, 6)):
            at, dates = day, [day]
            for step, (fewest, most) in GAPS.items():
                spread = SCHEDULED if step == "排产日期" and day >= GO_LIVE else (fewest, most)
                at += timedelta(days=draw.randint(*spread))
                dates.append(at)
            number = f"SO{day:%y%m}{len(rows):05d}"
            customer = draw.choice(("华东甲", "华南乙", "华北丙"))
            rows.append([number, customer, draw.choice(("P100", "P200")), *(f"{each:%Y/%m/%d}" for each in dates)])
    for row in rows[-an_unfinished:]:
        row[-1] = ""
    return rows


def delimited(header: Sequence[str], rows: Sequence[Sequence[str]], *, encoding: str = "utf-8-sig") -> bytes:
    """A table as delimited text."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows([header, *rows])
    return stream.getvalue().encode(encoding)


def workbook(header: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A table as a workbook with a title row; dates are dates, as a spreadsheet has them."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001
    sheet, day = book.add_worksheet("订单"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_string(0, 0, "合成数据：订单进度")
    sheet.write_row(1, 0, header)
    for at, row in enumerate(rows, start=2):
        for column, cell in enumerate(row):
            if header[column].endswith("日期") and cell:
                sheet.write_datetime(at, column, datetime.strptime(cell, "%Y/%m/%d"), day)  # noqa: DTZ007
            else:
                sheet.write_string(at, column, cell)
    book.close()
    return stream.getvalue()


def chains(*, seed: int = 7, count: int = 60, as_json: bool = False) -> list[list[str]]:
    """A request a row, all its approvals in one cell: as text, or as JSON."""
    draw = random.Random(seed)
    rows = []
    for at in range(count):
        moment = datetime(2025, 3, 3, 9) + timedelta(days=at, minutes=draw.randint(0, 300))  # noqa: DTZ001
        told = [("提交", draw.choice(PEOPLE[:2]), moment)]
        for action in ("审核", *(("驳回", "重新提交", "审核") if at % 5 == 0 else ()), "批准"):
            moment += timedelta(hours=draw.randint(1, 30))
            told.append((action, draw.choice(PEOPLE[2:]), moment))
        rows.append([f"BX-{at:04d}", draw.choice(("生产部", "采购部")), _json(told) if as_json else _text(told)])
    return rows


CHAIN_HEADER = ("申请单号", "部门", "审批记录")


def _text(told: Sequence[tuple[str, str, datetime]]) -> str:
    return "；".join(f"{who} {what} {at:%Y-%m-%d %H:%M}" for what, who, at in told)


def _json(told: Sequence[tuple[str, str, datetime]]) -> str:
    entries = [{"节点": what, "处理人": who, "时间": f"{at:%Y-%m-%d %H:%M:%S}"} for what, who, at in told]
    return json.dumps(entries, ensure_ascii=False)
