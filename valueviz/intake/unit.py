"""Units as headers and cells write them, and what one of them is in another; exact, and only where it is certain.

A unit is a kind of thing (time, money of one currency, a share, a mass, a count of one thing), a size, and
perhaps a multiplier before it: 万元, kUSD, 百万. What is not of one kind is never converted: a working day is no
day, a person-day is no day, a dollar is no yuan.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

_KINDS: dict[str, dict[str, tuple[str, str]]] = {
    "time": {
        "second": ("1", "秒 秒钟 s sec secs sek second seconds"),
        "minute": ("60", "分 分钟 min mins minute minutes"),
        "hour": ("3600", "时 小时 钟头 h hr hrs hour hours"),
        "day": ("86400", "天 日 自然日 日历天 d day days calendar-days"),
        "week": ("604800", "周 星期 week weeks wk wks"),
    },
    "working time": {"workday": ("1", "工作日 个工作日 workday workdays working-day working-days business-days")},
    "effort in days": {"person_day": ("1", "人天 人日 man-day man-days person-day person-days")},
    "effort in hours": {"person_hour": ("1", "人时 工时 man-hour man-hours person-hour person-hours")},
    "effort in months": {"person_month": ("1", "人月 man-month man-months person-month person-months")},
    "ratio": {
        "share": ("1", "比例 占比"),
        "percent": ("1/100", "% 百分比 百分率 pct percent per-cent"),
        "pp": ("1/100", "百分点 个百分点"),
        "permille": ("1/1000", "‰ 千分比 千分率 per-mille permille"),
        "bp": ("1/10000", "bps 基点 个基点"),
    },
    "mass": {
        "ton": ("1000", "吨 公吨 t ton tons tonne tonnes"),
        "kg": ("1", "公斤 千克 kgs kilogram kilograms"),
        "jin": ("1/2", "斤 市斤"),
        "gram": ("1/1000", "克 g grams"),
    },
    "length": {"km": ("1000", "公里 千米 kms"), "metre": ("1", "米 meter meters metres")},
    "energy": {"kwh": ("1", "千瓦时 度"), "mwh": ("1000", "兆瓦时")},
    "score": {"score": ("1", "分 points point pts")},
    "times": {"times": ("1", "次 倍 times")},
    "count": {"count": ("1", "次 个 件 单 张 笔 人次 times 条 项 起 例 批 台 人 家 count counts")},
    "piece": {"piece": ("1", "个 件 只 台 pcs pc pieces piece")},
    "order": {"order": ("1", "单 张 笔 orders order")},
    "line": {"line": ("1", "行 条 lines line")},
}
"""Kinds of units; of each unit its size in the smallest common one, and the words it is written with."""

_MONEY: dict[str, str] = {
    "CNY": "元 圆 块 人民币 人民币元 rmb cny ¥ ￥ cn¥ yuan",
    "USD": "美元 usd us$ $ dollar dollars",
    "EUR": "欧元 eur € euro euros",
    "GBP": "英镑 gbp £",
    "JPY": "日元 日圆 jpy ¥ ￥ jp¥ yen",
    "HKD": "港元 港币 hkd hk$",
    "TWD": "新台币 台币 twd nt$",
    "KRW": "韩元 krw ₩",
    "SGD": "新加坡元 新币 sgd s$",
    "AUD": "澳元 aud a$",
    "CAD": "加元 cad c$",
    "CHF": "瑞士法郎 chf",
    "INR": "卢比 inr ₹",
    "RUB": "卢布 rub ₽",
    "VND": "越南盾 vnd ₫",
    "THB": "泰铢 thb ฿",
    "MOP": "澳门元 葡币 mop",
    "NZD": "新西兰元 nzd nz$",
    "MYR": "林吉特 马币 myr",
    "IDR": "印尼盾 idr",
    "PHP": "菲律宾比索 php ₱",
    "BRL": "雷亚尔 brl r$",
    "MXN": "墨西哥比索 mxn mx$",
    "ZAR": "兰特 zar",
    "AED": "迪拉姆 aed",
    "SAR": "沙特里亚尔 sar",
    "TRY": "里拉 try ₺",
    "ILS": "谢克尔 ils ₪",
    "PLN": "兹罗提 pln zł",
    "CZK": "捷克克朗 czk",
    "HUF": "福林 huf",
    "SEK": "瑞典克朗 sek",
    "NOK": "挪威克朗 nok",
    "DKK": "丹麦克朗 dkk",
}
"""The words of a currency; a sign that two of them share means the one a metric is kept in."""

MULTIPLIERS: dict[str, int] = {
    "万亿": 10**12,
    "亿": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "万": 10**4,
    "千": 10**3,
    "thousand": 10**3,
    "thousands": 10**3,
    "tsd": 10**3,
    "'000": 10**3,
    "k": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "mio": 10**6,
    "mn": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
}
"""What stands before a unit, or alone, to say how many of it."""

WORKING_TIME = "working time"
"""The kind of days on which an office is open: how many calendar days they are depends on the calendar."""

CLOCKS: dict[str, str] = {
    "分:秒": "m:ss",
    "分秒": "m:ss",
    "mm:ss": "m:ss",
    "m:ss": "m:ss",
    "min:sec": "m:ss",
    "分钟:秒": "m:ss",
    "时:分": "h:mm",
    "小时:分钟": "h:mm",
    "小时:分": "h:mm",
    "时分": "h:mm",
    "hh:mm": "h:mm",
    "h:mm": "h:mm",
    "hour:min": "h:mm",
    "时:分:秒": "h:mm:ss",
    "小时:分:秒": "h:mm:ss",
    "hh:mm:ss": "h:mm:ss",
    "h:mm:ss": "h:mm:ss",
}
"""How a header says what the parts of 4:30 are."""

_MIXABLE = frozenset({"count", "piece", "order", "line", "times"})
"""Kinds of which a multiplier makes sense that is not money."""

_SEPARATED = re.compile(r".*\S\s*(?:[,，;；:：_/|]|\s-\s|\bin\b)\s*(?P<unit>[^,，;；:：_/|]{1,16})")
_SIGNED = re.compile(r".*[^\W\d]\s*(?P<unit>[%‰])")
_BRACKETED = re.compile(
    r".*[(\[【（]\s*(?:单位\s*[:：]?\s*|unit\s*[:：]?\s*)?(?P<unit>[^()\[\]【】（）]{1,16}?)\s*[)\]】）]\s*"
)


def plain_unit(text: str) -> str:
    """A unit as it is compared: width, case and spaces do not make a difference.

    >>> plain_unit(" 万 元 "), plain_unit("ＫＧ"), plain_unit("working days")
    ('万元', 'kg', 'workingdays')
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if not letter.isspace() and letter not in ".-")


@cache
def _words() -> dict[str, tuple[tuple[str, Fraction], ...]]:
    """Of every word the units it may be: kind and size."""
    found: dict[str, list[tuple[str, Fraction]]] = {}
    for kind, units in _KINDS.items():
        for key, (size, words) in units.items():
            for word in dict.fromkeys(map(plain_unit, (key, *words.split()))):
                found.setdefault(word, []).append((kind, Fraction(size)))
    for currency, words in _MONEY.items():
        for word in dict.fromkeys(map(plain_unit, (currency, *words.split()))):
            found.setdefault(word, []).append((currency, Fraction(1)))
    return {word: tuple(meanings) for word, meanings in found.items()}


def _meanings(plain: str) -> Iterator[tuple[str | None, Fraction]]:
    """What a unit may be: its kind (None for a multiplier alone) and its size."""
    plain = plain.removeprefix("人民币") or plain
    yield from _words().get(plain, ())
    if plain in MULTIPLIERS:
        yield None, Fraction(MULTIPLIERS[plain])
    for word, times in MULTIPLIERS.items():
        for rest in (plain.removeprefix(word) if plain.startswith(word) else "", _before(plain, word)):
            for kind, size in _words().get(rest, ()):
                if rest and (kind in _MONEY or kind in _MIXABLE or not word.isascii()) and kind != "ratio":
                    yield kind, size * times


def _before(plain: str, word: str) -> str:
    """What a multiplier stands behind: usd k, rmb million."""
    return plain.removesuffix(word) if word.isascii() and plain.endswith(word) else ""


@cache
def conversion(stated: str, kept: str) -> Fraction | None:
    """What one of the unit stated is in the unit kept; None where the two cannot be converted with certainty.

    >>> conversion("万元", "CNY"), conversion("天", "hour"), conversion("工作日", "day"), conversion("USD", "CNY")
    (Fraction(10000, 1), Fraction(24, 1), None, None)
    """
    plain, own = plain_unit(stated), plain_unit(kept)
    if plain == own:
        return Fraction(1)
    sizes = dict(_words().get(own, ()))
    if not sizes:  # a unit of one's own: only a multiplier before it is understood
        times = MULTIPLIERS.get(plain) or (
            MULTIPLIERS.get(plain.removesuffix(own)) if own and plain.endswith(own) else None
        )
        return Fraction(times) if times else None
    found = set()
    for kind, size in _meanings(plain):
        if kind is None and (sizes.keys() & (_MONEY.keys() | _MIXABLE) or not plain.isascii()) and "ratio" not in sizes:
            found.add(size)
        elif kind in sizes:
            found.add(size / sizes[kind])
    return found.pop() if len(found) == 1 else None


def is_unit(text: str) -> bool:
    """Whether a text is a unit, by itself."""
    plain = plain_unit(text)
    return bool(plain) and (plain in CLOCKS or any(True for _ in _meanings(plain)))


def kinds_of(text: str) -> frozenset[str | None]:
    """The kinds a unit may be of: a currency, "time", "ratio" …; None among them for a multiplier alone."""
    return frozenset(kind for kind, _ in _meanings(plain_unit(text)))


def currency_of(text: str) -> str | None:
    """The currency a unit is of: its code, or the sign itself where several share it; None where it is no money."""
    found = kinds_of(text) & _MONEY.keys()
    return min(kind for kind in found if kind is not None) if found else None


def is_currency(text: str) -> bool:
    """Whether a text names a currency and nothing else, by its code, its sign or its name.

    >>> is_currency("EUR"), is_currency("￥"), is_currency("万元"), is_currency("P1")
    (True, True, False, False)
    """
    return any(kind in _MONEY for kind, _ in _words().get(plain_unit(text), ()))


def with_stated_unit(header: str) -> tuple[str, str | None]:
    """A name and the unit a header states behind it; None where it states none.

    In brackets anything that is a unit counts; behind a comma, an underscore or a joint as well.

    >>> with_stated_unit("采购金额（万元）"), with_stated_unit("Lead time, hours")
    (('采购金额', '万元'), ('Lead time', 'hours'))
    """
    folded = unicodedata.normalize("NFKC", header).strip()
    for pattern in (_BRACKETED, _SEPARATED, _SIGNED):
        found = pattern.fullmatch(folded)
        if found and is_unit(found["unit"]):
            return folded[: found.start("unit")].rstrip(" ([【（,，;；:：_/|-"), found["unit"].strip()
    return folded, None


def stated_unit(header: str) -> str | None:
    """The unit a header states, None where it states none.

    >>> stated_unit("采购金额（万元）"), stated_unit("合格率%"), stated_unit("Lead time (supplier)")
    ('万元', '%', None)
    """
    return with_stated_unit(header)[1]


PERIODIC = frozenset(map(plain_unit, ("日", "周", "星期", "week", "wk", "m")))
"""Words behind a name that may say how often instead of in which unit: 停机时间(日) is that of a day, or in days."""


def is_doubtful(header: str, *, joined: bool) -> bool:
    """Whether what stands behind a header's name may be something else than its unit: downtime/day, 停机时间(日).

    Args:
        header: the name of the column.
        joined: it is made of the cells of several rows, so that a stroke only joins them.
    """
    bare, unit = with_stated_unit(header)
    if unit is None:
        return False
    behind = unicodedata.normalize("NFKC", header).strip()[len(bare) :].strip()
    return plain_unit(unit) in PERIODIC or (behind.startswith("/") and not joined)


def clock_of(unit: str | None) -> str | None:
    """What the parts of 4:30 are where a unit says so: "h:mm", "m:ss"; None where it does not."""
    return None if unit is None else CLOCKS.get(plain_unit(unit))
