"""Hostile files drawn at random, each with its truth: what must come out of every row, or that nothing may.

Nothing here asks the reader under test: numbers are drawn as decimals and written in a form, dates as days and
written in a form, and only the table of forms says what a form means.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

REJECTED = "rejected"
REFUSED = "refused"

True_ = float | str | None
"""A value, None where nothing was measured, REJECTED."""

Truth = dict[tuple[int, str], dict[str | None, True_]]

SIZES: dict[str, dict[str, Fraction]] = {
    "time": {
        **dict.fromkeys(("second", "秒", "sec"), Fraction(1)),
        **dict.fromkeys(("minute", "分钟", "min", "minutes"), Fraction(60)),
        **dict.fromkeys(("hour", "小时", "h", "hours"), Fraction(3600)),
        **dict.fromkeys(("day", "天", "days"), Fraction(86400)),
        **dict.fromkeys(("周", "weeks"), Fraction(604800)),
    },
    "money": {
        **dict.fromkeys(("CNY", "元", "RMB"), Fraction(1)),
        "千元": Fraction(10**3),
        **dict.fromkeys(("万元", "万"), Fraction(10**4)),
        "百万元": Fraction(10**6),
        **dict.fromkeys(("亿元", "亿"), Fraction(10**8)),
    },
    "ratio": {
        "share": Fraction(1),
        **dict.fromkeys(("percent", "%", "％"), Fraction(1, 100)),
        "‰": Fraction(1, 1000),
        "bp": Fraction(1, 10000),
    },
    "count": {**dict.fromkeys(("count", "次", "件"), Fraction(1)), "千": Fraction(1000), "万": Fraction(10**4)},
}
"""Units by kind, with the size of each: written from knowledge of the units, not from the reader's table."""

KIND = {
    "hour": "time",
    "day": "time",
    "minute": "time",
    "CNY": "money",
    "percent": "ratio",
    "share": "ratio",
    "count": "count",
}
UNITS = tuple(KIND)

ALIEN = {
    "time": ("5元", "5kg", "5%", "3个工作日", "2人天"),
    "money": ("5天", "5公斤", "5%"),
    "ratio": ("5元", "5天", "5万"),
    "count": ("5元", "5%", "5天"),
}
"""Cells whose unit is of another kind."""

NO_NUMBER = (
    *("<5", "≥3", "约3", "3-5", "3~5", "3左右", "NaN", "inf", "-Infinity", "1e999", "0x10", "1_000", "abc", "1.2.3"),
    *(
        "#DIV/0!",
        "#REF!",
        "true",
        "=1+1",
        "=SUM(A1:A3)",
        "35.2①",
        "10³",
        "½",
        "三点五",
        "2025-03-05",
        "1,2,3",
        "12,34,5",
    ),
    *(
        "5 foo",
        "--5",
        "+-3",
        "5--",
        "1 2",
        "<b>5</b>",
        "{5}",
        "5;",
        "@5",
        "١٢x",
        "1e",
        "e5",
        ".",
        ",",
        "%",
        "¥",
        "1:75",
        "99:99:99",
    ),
)
"""Cells that are no number, whatever the metric."""

NOT_MEASURED = ("", "NA", "N/A", "—", "-", "/", "无", "暂无", "n/a", "--", " ")


@dataclass
class Sketch:
    """A table while it is drawn: rows of cells, typed values beside them for workbooks, and the truth by row."""

    header: list[str]
    rows: list[list[str]] = field(default_factory=list)
    typed: list[list[Any]] = field(default_factory=list)
    truths: list[dict[tuple[str, str | None], True_]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    may_be_refused: bool = False
    refused: bool = False
    unit_row: bool = False
    unlabelled: set[int] = field(default_factory=set)

    def add(self, cells: list[str], truth: dict[tuple[str, str | None], True_]) -> None:
        """One more row, all of it text."""
        self.rows.append(cells)
        self.typed.append([None] * len(cells))
        self.truths.append(truth)


# Numbers ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Column:
    """How the values of a column are written: unit of its metric, unit its header states, decimal mark."""

    key: str
    unit: str
    stated: str | None
    mark: str
    forms: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The kind of its unit."""
        return KIND[self.unit]

    @property
    def header(self) -> str:
        """Its name in the file."""
        return f"{self.key}({self.stated})" if self.stated else self.key

    def bare(self, number: Decimal) -> float:
        """What a bare number is in the unit of the metric."""
        return self.of(number, self.stated or self.unit)

    def of(self, number: Decimal, unit: str) -> float:
        """What a number in some unit is in the unit of the metric."""
        sizes = SIZES[self.kind]
        return float(Fraction(number) * sizes[unit] / sizes[self.unit])


Writer = Callable[[random.Random, "Column", Decimal], tuple[str, True_]]


def _own(chance: random.Random, column: Column, number: Decimal) -> tuple[str, True_]:
    unit = chance.choice([each for each in SIZES[column.kind] if each not in ("second", "share", "percent", "count")])
    return f"{number:f}{chance.choice(('', ' '))}{unit}", column.of(number, unit)


def _money(chance: random.Random, column: Column, number: Decimal) -> tuple[str, True_]:
    before, behind = chance.choice((("¥", ""), ("￥", "万"), ("", "元"), ("RMB ", ""), ("¥", "元")))
    return f"{before}{number:f}{behind}", column.of(number, behind or "元")


def _words(chance: random.Random, column: Column, number: Decimal) -> tuple[str, True_]:
    hours, minutes = chance.randrange(1, 48), chance.randrange(0, 60)
    text = chance.choice(("{}小时{}分", "{}小时{}分钟", "{}h {}min", "{} hours {} minutes"))
    return text.format(hours, minutes), column.of(Decimal(hours * 3600 + minutes * 60), "second")


def _clock(chance: random.Random, column: Column, number: Decimal) -> tuple[str, True_]:
    hours, minutes, seconds = chance.randrange(0, 30), chance.randrange(60), chance.randrange(1, 60)
    if chance.random() < 0.6:
        return f"{hours}:{minutes:02d}:{seconds:02d}", column.of(
            Decimal(hours * 3600 + minutes * 60 + seconds), "second"
        )
    stated = column.stated or column.unit
    if stated in ("hour", "小时", "h", "hours"):
        return f"{hours}:{minutes:02d}", column.of(Decimal(hours * 3600 + minutes * 60), "second")
    if column.stated in ("minute", "分钟", "min", "minutes"):
        return f"{hours}:{minutes:02d}", column.of(Decimal(hours * 60 + minutes), "second")
    return f"{hours}:{minutes:02d}", REJECTED


WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789."}

FORMS: dict[str, Writer] = {
    "plain": lambda chance, column, number: (f"{number:f}", column.bare(number)),
    "grouped": lambda chance, column, number: (f"{number:,f}", column.bare(number)),
    "wide": lambda chance, column, number: (f"{number:f}".translate(WIDE), column.bare(number)),
    "brackets": lambda chance, column, number: (
        chance.choice(("({:f})", "（{:f}）")).format(number),
        column.bare(-number),
    ),
    "power": lambda chance, column, number: (f"{number.normalize():E}", column.bare(number)),
    "minus": lambda chance, column, number: (f"{chance.choice('-−－')}{number:f}", column.bare(-number)),
    "spaces": lambda chance, column, number: (
        chance.choice((" {:f}", "{:f} ", "\u00a0{:f}", "\u3000{:f}\t")).format(number),
        column.bare(number),
    ),
    "sign": lambda chance, column, number: (f"+{number:f}", column.bare(number)),
    "own": _own,
    "money": _money,
    "words": _words,
    "clock": _clock,
}
"""How a number may be written, and what it means in the unit of its metric."""

ONLY = {"money": "money", "words": "time", "clock": "time"}
"""Forms of one kind of unit."""


def draw_column(chance: random.Random, key: str, *, mark: str) -> Column:
    """A column of values: mostly one form, sometimes several."""
    unit = chance.choice(UNITS)
    units = [each for each in SIZES[KIND[unit]] if each not in ("万", "亿", "千", "％", "周")]
    stated = chance.choice(units) if chance.random() < 0.35 else None
    count = chance.choice((1, 1, 2, 4))
    return Column(key, unit, stated, mark, tuple(chance.choices(tuple(FORMS), k=count)))


def draw_number(chance: random.Random, column: Column) -> tuple[str, True_, Any]:
    """A cell, what it means, and its value as a workbook would store it."""
    luck = chance.random()
    if luck < 0.06:
        return chance.choice(NOT_MEASURED), None, None
    if luck < 0.12:
        return chance.choice(NO_NUMBER), REJECTED, None
    if luck < 0.15:
        return chance.choice(ALIEN[column.kind]), REJECTED, None
    places = chance.choice((0, 0, 1, 2, 3))
    number = Decimal(chance.randrange(1, 10 ** chance.choice((2, 3, 5, 6)))).scaleb(-places)
    form = chance.choice(column.forms)
    if ONLY.get(form, column.kind) != column.kind:
        form = "plain"
    text, value = FORMS[form](chance, column, number)
    if column.mark == ",":
        text = text.translate(str.maketrans(".,．", ",.，"))
    return text, value, float(number) if text == str(number) else None


# Dates ───────────────────────────────────────────────────────────────────────

DAYS: dict[str, Callable[[date], str]] = {
    "iso": date.isoformat,
    "slash": lambda day: f"{day.year}/{day.month}/{day.day}",
    "dot": lambda day: f"{day.year}.{day.month}.{day.day}",
    "chinese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "compact": lambda day: f"{day:%Y%m%d}",
    "wide": lambda day: f"{day.year}年{day.month}月{day.day}日".translate(
        {ord(c): ord(c) + 0xFEE0 for c in "0123456789"}
    ),
    "english": lambda day: f"{day.day} {day:%b} {day.year}",
    "american": lambda day: f"{day:%B} {day.day}, {day.year}",
    "dashed": lambda day: f"{day.day}-{day:%b}-{day.year}",
    "weekday": lambda day: f"{day.year}年{day.month}月{day.day}日 星期{'一二三四五六日'[day.weekday()]}",
    "week_date": lambda day: f"{day.isocalendar()[0]}-W{day.isocalendar()[1]:02d}-{day.isocalendar()[2]}",
    "epoch": lambda day: str((day - date(1970, 1, 1)).days * 86_400_000),
    "serial": lambda day: str((day - date(1899, 12, 30)).days),
}
PLAIN_DAYS = ("iso", "slash", "dot", "chinese", "compact", "wide", "english", "american", "dashed", "weekday")
"""Forms that mean a day by themselves, beside any other."""

MONTHS: dict[str, Callable[[date], str]] = {
    "month": lambda day: f"{day:%Y-%m}",
    "month_short": lambda day: f"{day.year}-{day.month}",
    "month_slash": lambda day: f"{day.year}/{day.month}",
    "month_dot": lambda day: f"{day:%Y.%m}",
    "month_chinese": lambda day: f"{day.year}年{day.month}月",
    "month_long": lambda day: f"{day.year}年{day.month:02d}月份",
    "month_compact": lambda day: f"{day:%Y%m}",
    "month_english": lambda day: f"{day:%b} {day.year}",
    "month_year": lambda day: f"{day.month:02d}/{day.year}",
    "month_short_year": lambda day: f"{day:%b-%y}",
}
NO_DATES = (
    "2025-02-30",
    "2025-13-01",
    "soon",
    "0000-01-01",
    "9999-12-31",
    "2025-00-10",
    "20250230",
    "2025年13月1日",
    "1/2/3",
)


@dataclass(frozen=True)
class Calendar:
    """How the dates of a column are written; `swappable` where nothing tells day and month apart."""

    form: str
    days: tuple[date, ...]
    swappable: bool = False


def draw_calendar(chance: random.Random, count: int) -> Calendar:
    """Dates of one form, each of its own period."""
    first = date(chance.randrange(1995, 2030), chance.randrange(1, 13), 1)
    luck = chance.random()
    if luck < 0.15:
        days = tuple(date(first.year, 1 + at % 12, 1 + at % 12) for at in range(count))
        return Calendar(chance.choice(("dmy", "mdy")), days, swappable=True)
    if luck < 0.3:
        days = tuple(date(first.year, 1 + at % 12, 1 + (13 + 5 * at) % 28) for at in range(count))
        proved = any(day.day > 12 for day in days)
        return Calendar(chance.choice(("dmy", "mdy")), days, swappable=not proved)
    if luck < 0.65:
        return Calendar(chance.choice(tuple(MONTHS)), tuple(_month(first, at) for at in range(count)))
    step = chance.choice((1, 7, 3))
    return Calendar(chance.choice(tuple(DAYS)), tuple(first + timedelta(days=step * at) for at in range(count)))


def _month(first: date, at: int) -> date:
    months = first.year * 12 + first.month - 1 + at
    return date(months // 12, months % 12 + 1, 1)


def written_day(calendar: Calendar, day: date) -> str:
    """A day as its column writes it."""
    if calendar.form == "dmy":
        return f"{day:%d/%m/%Y}"
    if calendar.form == "mdy":
        return f"{day:%m/%d/%Y}"
    return (DAYS | MONTHS)[calendar.form](day)


def _stamp(day: date) -> str:
    return datetime(day.year, day.month, day.day).isoformat()  # noqa: DTZ001


# Tables ──────────────────────────────────────────────────────────────────────


def metric_text(column: Column) -> str:
    """The inline definition of a metric."""
    return (
        f'[metric.{column.key}]\nname = {{ en = "{column.key} x", zh_CN = "{column.key} 甲" }}\nunit = "{column.unit}"\n'
        'better = "lower"\naggregation = "sum"\n'
    )


def long_table(chance: random.Random, *, mark: str) -> tuple[Sketch, str]:
    """One value a row, one metric; sometimes the metric is a column."""
    count = chance.randrange(3, 14)
    calendar = draw_calendar(chance, count)
    columns = [draw_column(chance, "alpha", mark=mark)]
    by_column = chance.random() < 0.2
    if by_column:
        columns = [replace(columns[0], stated=None), replace(draw_column(chance, "beta", mark=mark), stated=None)]
    value_header = "数值" if by_column else columns[0].header
    sketch = Sketch(["日期", "部门", *(["指标"] if by_column else []), value_header], refused=calendar.swappable)
    other = chance.choice(PLAIN_DAYS) if calendar.form in (*PLAIN_DAYS, *MONTHS) and chance.random() < 0.2 else None
    for day in calendar.days:
        column = chance.choice(columns)
        value: True_
        text, value, typed = draw_number(chance, column)
        stamp: str | None = _stamp(day)
        date_text = written_day(calendar, day)
        if other is not None and chance.random() < 0.3:
            date_text = DAYS[other](day)
        if chance.random() < 0.04:
            date_text, stamp = chance.choice(NO_DATES), None
            value = REJECTED
        name = chance.choice(("A", "苏州", "华东, 一厂", 'B "x"', "=cmd", "C"))
        sketch.rows.append([date_text, name, *([column.key] if by_column else []), text])
        sketch.typed.append(
            [day if calendar.form in DAYS and stamp else date_text, name, *([column.key] if by_column else []), typed]
        )
        sketch.truths.append({(column.key, stamp): value})
    sketch.may_be_refused = calendar.form in ("epoch", "serial", "month_short_year", "dmy", "mdy")
    _add_total(chance, sketch, label_at=chance.choice((0, 1)))
    parts = [f'layout = "long"\n[columns]\ndate = "日期"\nvalue = {_toml(value_header)}\ndimensions = ["部门"]']
    parts.append('metric = "指标"' if by_column else 'metric = "alpha"')
    return sketch, "\n".join([*parts, *map(metric_text, columns)])


def metrics_table(chance: random.Random, *, mark: str) -> tuple[Sketch, str]:
    """Several metrics, one column each."""
    count = chance.randrange(3, 12)
    calendar = draw_calendar(chance, count)
    columns = [draw_column(chance, key, mark=mark) for key in ("alpha", "beta", "gamma")[: chance.randrange(2, 4)]]
    sketch = Sketch(["日期", *(column.header for column in columns), "备注"], refused=calendar.swappable)
    for day in calendar.days:
        drawn = [draw_number(chance, column) for column in columns]
        sketch.rows.append([written_day(calendar, day), *(text for text, _, _ in drawn), "x"])
        sketch.typed.append([day if calendar.form in DAYS else None, *(typed for _, _, typed in drawn), "x"])
        sketch.truths.append(
            {(column.key, _stamp(day)): value for column, (_, value, _) in zip(columns, drawn, strict=True)}
        )
    sketch.may_be_refused = calendar.form in ("epoch", "serial", "month_short_year", "dmy", "mdy")
    _add_total(chance, sketch, label_at=0)
    pairs = ", ".join(f"{_toml(column.header)} = {_toml(column.key)}" for column in columns)
    head = f'layout = "wide"\n[columns]\ndate = "日期"\nmetrics = {{ {pairs} }}\n'
    return sketch, head + "".join(map(metric_text, columns))


def periods_table(chance: random.Random, *, mark: str) -> tuple[Sketch, str]:
    """Months across, one metric a row, the year in the headers or in a title; a column that sums them up."""
    first = date(chance.randrange(2000, 2030), 1, 1)
    days = [_month(first, at) for at in range(chance.randrange(3, 13))]
    in_title = chance.random() < 0.3
    write = (lambda day: f"{day.month}月") if in_title else MONTHS[chance.choice(tuple(MONTHS))]
    names = [write(day) for day in days]
    columns = [replace(draw_column(chance, key, mark=mark), stated=None) for key in ("alpha", "beta", "gamma")]
    with_total = chance.random() < 0.4
    sketch = Sketch(["指标", *names, *(["合计"] if with_total else [])])
    if in_title:
        sketch.titles.append(f"{first.year}年度经营指标")
    for column in columns:
        drawn = [draw_number(chance, column) for _ in days]
        sketch.rows.append([column.key, *(text for text, _, _ in drawn), *(["99"] if with_total else [])])
        sketch.typed.append([column.key, *(typed for _, _, typed in drawn), *([99] if with_total else [])])
        sketch.truths.append({(column.key, _stamp(day)): value for day, (_, value, _) in zip(days, drawn, strict=True)})
    listed = ", ".join(map(_toml, names))
    head = f'layout = "wide"\n[columns]\nmetric = "指标"\nperiods = [{listed}]\n'
    return sketch, head + "".join(map(metric_text, columns))


def _add_total(chance: random.Random, sketch: Sketch, *, label_at: int) -> None:
    """A labelled total below, which must be rejected."""
    if chance.random() < 0.25:
        label = chance.choice(("合计", "小计", "总计", "Total", "合 计", "Grand total", "本年累计", "平均", "合计："))
        row = [""] * len(sketch.header)
        row[label_at], row[-1] = label, "999"
        sketch.rows.append(row)
        sketch.typed.append([label if at == label_at else None for at in range(len(row))])
        sketch.truths.append({})


def _toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def sites_table(chance: random.Random, *, mark: str) -> tuple[Sketch, str]:
    """Sites by month with the sum of each month under a label that names no site, and the unit in a title or a row."""
    column = replace(draw_column(chance, "alpha", mark="."), unit="CNY", stated=None, forms=("plain",))
    how = chance.choice(("none", "title", "row", "column"))
    unit = chance.choice(("万元", "千元", "元")) if how != "none" else "CNY"
    whole = chance.choice(("", "全公司", "ALL", "整体"))
    sketch = Sketch(["日期", "部门", "金额", *(["单位"] if how == "column" else [])])
    own = [unit] if how == "column" else []
    if how == "title":
        sketch.titles.append(f"经营报表（单位：{unit}）")
    if how == "row":
        sketch.add(["", "", f"({unit})"], {})
        sketch.unit_row = True
    first = date(chance.randrange(2000, 2030), chance.randrange(1, 13), 1)
    before = chance.random() < 0.3
    for at in range(chance.randrange(1, 5)):
        day = _month(first, at)
        parts = [Decimal(chance.randrange(1000, 10**6)).scaleb(-2) for _ in range(chance.randrange(3, 6))]
        total = [day.isoformat(), whole, f"{sum(parts):f}", *own]
        if before:
            sketch.add(total, {})
            sketch.unlabelled |= {len(sketch.rows) - 1} if not whole else set()
        for name, part in zip("ABCDE", parts, strict=False):
            sketch.add([day.isoformat(), name, f"{part:f}", *own], {("alpha", _stamp(day)): column.of(part, unit)})
        if not before:
            sketch.add(total, {})
            sketch.unlabelled |= {len(sketch.rows) - 1} if not whole else set()
    head = 'layout = "long"\n[columns]\ndate = "日期"\nvalue = "金额"\ndimensions = ["部门"]\nmetric = "alpha"\n'
    return sketch, head + metric_text(column)


def years_table(chance: random.Random, *, mark: str) -> tuple[Sketch, str]:
    """A year a row, a month a column, and units beside the metric."""
    units = {"alpha": ("CNY", "万元"), "beta": ("hour", "天"), "gamma": ("percent", "‰")}
    columns = [replace(draw_column(chance, key, mark="."), unit=unit, stated=None) for key, (unit, _) in units.items()]
    sketch = Sketch(["年份", "指标", "单位", *(f"{month}月" for month in range(1, 13)), "全年"])
    first = chance.randrange(2000, 2025)
    for year in range(first, first + chance.randrange(1, 4)):
        for column in columns:
            stated = units[column.key][1]
            numbers = [Decimal(chance.randrange(1, 10**5)).scaleb(-2) for _ in range(12)]
            cells = [f"{year}", column.key, stated, *(f"{number:f}" for number in numbers), f"{sum(numbers):f}"]
            sketch.add(
                cells,
                {
                    (column.key, _stamp(date(year, month, 1))): column.of(number, stated)
                    for month, number in enumerate(numbers, start=1)
                },
            )
    listed = ", ".join(f'"{month}月"' for month in range(1, 13))
    head = f'layout = "wide"\n[columns]\ndate = "年份"\nmetric = "指标"\nperiods = [{listed}]\n'
    return sketch, head + "".join(map(metric_text, columns))


def currencies_table(chance: random.Random, *, mark: str) -> tuple[Sketch, str]:
    """Two currencies in one column, which must be refused."""
    column = replace(draw_column(chance, "alpha", mark="."), unit=chance.choice(("CNY", "USD")), stated=None)
    sketch = Sketch(["日期", "部门", "金额"], refused=True, may_be_refused=True)
    pair = chance.choice((("¥{}", "${}"), ("{}元", "{}美元"), ("￥{}", "€{}"), ("RMB {}", "USD {}")))
    for at in range(chance.randrange(3, 9)):
        text = (pair[at] if at < 2 else chance.choice((*pair, "{}"))).format(chance.randrange(1, 999))
        sketch.add([f"2025-{at + 1:02d}-01", "A", text], {})
    head = 'layout = "long"\n[columns]\ndate = "日期"\nvalue = "金额"\ndimensions = ["部门"]\nmetric = "alpha"\n'
    return sketch, head + metric_text(column)


def months_table(chance: random.Random, *, mark: str) -> tuple[Sketch, str]:
    """Months without a year, which a title names, or names twice, or not at all; or only as the day of the export."""
    column = draw_column(chance, "alpha", mark=mark)
    year = chance.randrange(2000, 2030)
    title, is_known = chance.choice(
        (
            (f"{year}年度指标", True),
            (f"{year}", True),
            (f"{year}年7月至{year + 1}年6月", False),
            (f"导出时间：{year}-03-05", False),
            (f"FY{year}", False),
            ("月度指标", False),
        )
    )
    sketch = Sketch(["月份", "部门", column.header], titles=[title], refused=not is_known)
    write = chance.choice(("{}月", "{}月份", "{:02d}月"))
    for month in range(1, chance.randrange(4, 13)):
        text, value, _ = draw_number(chance, column)
        sketch.add([write.format(month), "A", text], {("alpha", _stamp(date(year, month, 1))): value})
    head = f'layout = "long"\n[columns]\ndate = "月份"\nvalue = {_toml(column.header)}\ndimensions = ["部门"]\nmetric = "alpha"\n'
    return sketch, head + metric_text(column)


def spoil_header(chance: random.Random, sketch: Sketch) -> None:
    """Columns nobody asked for, or two of one name, which must be refused."""
    luck = chance.random()
    if luck < 0.15:
        junk = chance.choice(("备注", "说明(元)", "平均", "2019", " ", "=A1"))
        if junk.strip() and junk not in sketch.header:
            sketch.header.append(junk)
            for row, typed in zip(sketch.rows, sketch.typed, strict=True):
                row.append(chance.choice(("", "x", "5", "¥3", "2025-01-01", "合计", "a;b,c", '"')))
                typed.append(None)
    elif luck < 0.19:
        sketch.header.append(chance.choice((sketch.header[0], f" {sketch.header[-1]}　")))
        for row, typed in zip(sketch.rows, sketch.typed, strict=True):
            row.append("1")
            typed.append(None)
        sketch.refused = True
