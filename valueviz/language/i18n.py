"""One language: its words, numbers, money, dates and refusals; it knows no report and no renderer.

Words live in `<locale>.toml`. A table is parsed when a word of it is first asked for, so that a short
answer of the command line does not pay for the sentences of a report.
"""

from __future__ import annotations

import re
import sys
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from valueviz.errors import UsageError
from valueviz.language import message
from valueviz.language.message import Placeholder

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence
    from decimal import Decimal

    from valueviz.errors import ValuevizError
    from valueviz.terms import Grain, Locale, Names

FALLBACK: Locale = "en"
"""The language when neither option nor environment nor system names one we speak."""

SYSTEM_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Where POSIX systems keep the language of messages, in order of precedence."""

LONGEST_FIELD = 160
"""Longer values are cut in an error line: it must stay one line that a person reads."""

_PLACES = ("file", "sheet", "row", "event", "column", "key")
_TABLE = re.compile(r"^\[+ *([A-Za-z0-9_-]+)[^\n]*\]", re.MULTILINE)


class _Unit(NamedTuple):
    """How a unit is shown: its words, what it is per, the power of ten its values are multiplied by, whether it is money."""

    one: str
    other: str
    each: str = ""
    power: int = 0
    money: bool = False

    @property
    def glued(self) -> bool:
        """Whether the unit stands right behind its number, as the percent sign does."""
        return self.other[:1] in {"%", "‰"}


class Language:
    """The words and number forms of one language; made by `language()`, which keeps one of each."""

    def __init__(self, locale: Locale) -> None:
        """Read the language file, without parsing it yet."""
        self.locale = locale
        self._chinese = locale == "zh_CN"
        self._sources = _tables(Path(__file__).with_name(f"{locale}.toml").read_text(encoding="utf-8"))
        self._parsed: dict[str, Any] = {}

    @property
    def tag(self) -> str:
        """The BCP 47 tag: "en" or "zh-CN"."""
        return self.words("language.tag")

    # Words ───────────────────────────────────────────────────────────────────

    def words(self, key: str, /, **fields: str) -> str:
        """The message under a dotted key, typeset, with its placeholders filled.

        Args:
            key: such as "renewal.title".
            fields: a text for each placeholder, no more, no fewer; it keeps its own spelling.

        Raises:
            KeyError: unknown key, or fields that are not those of the message.
        """
        parts = self.parts(key)
        wanted = {part.name for part in parts if isinstance(part, Placeholder)}
        if wanted != set(fields):
            raise KeyError(f"{key}: needs {sorted(wanted)}, got {sorted(fields)}")
        return message.filled(parts, fields, chinese=self._chinese)

    def parts(self, key: str) -> tuple[str | Placeholder, ...]:
        """The message under a dotted key as literals and placeholders, in order; set them with `gap` between.

        Raises:
            KeyError: unknown key.
        """
        return message.split(self._message(key), chinese=self._chinese)

    def keys(self, table: str) -> tuple[str, ...]:
        """The keys of a table, in the order of the file."""
        node = self._node(table)
        return tuple(node) if isinstance(node, dict) else ()

    def gap(self, left: str, right: str) -> str:
        """The thin space that belongs between two stretches of text, or nothing."""
        return message.gap(left, right) if self._chinese else ""

    def typeset(self, text: str) -> str:
        """The text with thin spaces between Chinese and Latin or digits; English stays as it is."""
        return message.typeset(text) if self._chinese else text

    def names(self, names: Names) -> str:
        """The name or sentence of a definition in this language, typeset."""
        return self.typeset(names[self.locale])

    def list_(self, items: Sequence[str]) -> str:
        """Items joined as the language lists them: "a, b, and c"; nothing for no items."""
        from valueviz.language import number

        return self.typeset(number.listed(items, locale=self.locale)) if items else ""

    def error(self, error: ValuevizError) -> str:
        """A refusal in one line: where it happened, what it is, the nearest valid thing.

        Place fields (file, sheet, row, column, key) and `nearest` that the sentence does not name itself
        are put before and after it, so that no place is lost; `more` counts further refusals of the same file.
        """
        try:
            sentence = self._message(f"error.{error.code}")
        except KeyError:
            return str(error)
        fields = {name: _one_line(str(value)) for name, value in error.fields.items()}
        named = message.placeholders(sentence)
        fields |= dict.fromkeys(message.required(sentence) - set(fields), "?")
        places = [f"error_place.{place}" for place in _PLACES if place in fields and place not in named]
        text = self._filled(message.with_clauses(sentence, fields), fields)
        if places:
            where = self.words("error_place.separator").join(self._filled(self._message(key), fields) for key in places)
            text = self.words("error_place.all", where=where, sentence=text)
        if "nearest" in fields and "nearest" not in named:
            hint = self._filled(self._message("error_place.nearest"), fields)
            text = self.words("error_place.hint", sentence=text, hint=hint)
        if "more" in fields and "more" not in named:
            hint = self._filled(self._message("error_place.more"), fields)
            text = self.words("error_place.hint", sentence=text, hint=hint)
        return text

    # Numbers ─────────────────────────────────────────────────────────────────

    def number(self, value: float | Decimal, digits: int) -> str:
        """A number to `digits` decimals, with thousands separators; negative digits round to tens or hundreds."""
        from valueviz.language import number

        return number.plain(number.exact(value), digits, locale=self.locale)

    def grouped(self, value: int) -> str:
        """A whole number with thousands separators."""
        return self.number(value, 0)

    def digits_for(self, width: float) -> int:
        """Decimals no finer than an interval of that width supports; negative where tens or hundreds will do."""
        from valueviz.language import number

        return number.digits_for(width)

    def quantity(self, value: float | Decimal, unit: str, digits: int | None = None) -> str:
        """A number with its unit: "2.9 days", "42.7%", "CNY 5.2M"; zh "2.9 天", "520 万元".

        Args:
            value: in `unit`.
            unit: a key of [unit], a currency code, two of them as "order/day"; any other text is shown as it is.
            digits: decimals in the scale of `value` (for a share 0.427, three give 42.7%); None: three significant digits.
        """
        return self._ranged((value,), unit, digits)

    def exact(self, value: float | Decimal, unit: str, *, converted: bool = False) -> str:
        """A number with its unit, never scaled: what a person compares with a cell of a file.

        Args:
            value: in `unit`.
            unit: as for `quantity`.
            converted: whether no cell holds the number itself, so that four significant digits will do; else all are shown.
        """
        from valueviz.language import number

        shown = self._unit(unit)
        whole = number.exact(value).scaleb(shown.power)
        whole = (number.legible(whole) if converted else whole).normalize()
        decimals = max(0, -int(whole.as_tuple().exponent))
        return self._with_unit([number.plain(whole, decimals, locale=self.locale)], shown, scale="")

    def signed(self, value: float | Decimal, unit: str, digits: int | None = None) -> str:
        """A quantity with its sign, plus included; zero has none. The change of a percentage is in "pp", of a share in "share_pp"."""
        return self._ranged((value,), unit, digits, signed=True)

    def span(self, low: float | Decimal, high: float | Decimal, unit: str, digits: int | None = None) -> str:
        """Two ends and their unit, "42 – 57 days"; one number where both print the same.

        Args:
            low: the lower end, in `unit`.
            high: the upper end, in `unit`.
            unit: as for `quantity`.
            digits: decimals in the scale of the values; None: what the width of the interval supports.
        """
        return self._ranged((low, high), unit, self.digits_for(float(high) - float(low)) if digits is None else digits)

    def percent(self, share: float | Decimal, digits: int) -> str:
        """A share 0–1 as a percentage with `digits` decimals of the percentage."""
        return self.quantity(share, "share", digits + 2)

    def unit(self, unit: str) -> str:
        """The word of a unit for the head of a column, without any scale; an unknown unit as it is."""
        shown = self._unit(unit)
        return self.typeset(shown.other + shown.each)

    # Dates ───────────────────────────────────────────────────────────────────

    def date(self, day: datetime.date) -> str:
        """A day: "5 Mar 2026"."""
        return self._dated(day, "date.day")

    def month(self, day: datetime.date, *, short: bool = False) -> str:
        """The month of a day: "March 2026", short "Mar 2026"."""
        return self._dated(day, "date.month_short" if short else "date.month")

    def period(self, ordinal: int, grain: Grain) -> str:
        """The name of a period: "March 2026", "week of 2 Mar 2026", "Q1 2026", "period 7"."""
        if grain == "index":
            return self.words("date.index", number=str(ordinal))
        from valueviz.terms import period_start

        return self._dated(period_start(ordinal, grain), f"date.{grain}")

    # Inside ──────────────────────────────────────────────────────────────────

    def _node(self, key: str) -> Any:
        table, *rest = key.split(".")
        if table not in self._parsed:
            self._parsed[table] = tomllib.loads(self._sources[table])[table]
        node = self._parsed[table]
        for step in rest:
            if not isinstance(node, dict) or step not in node:
                raise KeyError(key)
            node = node[step]
        return node

    def _message(self, key: str) -> str:
        node = self._node(key)
        if not isinstance(node, str):
            raise KeyError(key)
        return node

    def _filled(self, sentence: str, fields: Mapping[str, str]) -> str:
        return message.filled(message.split(sentence, chinese=self._chinese), fields, chinese=self._chinese)

    def _dated(self, day: datetime.date, key: str) -> str:
        from valueviz.language import number

        return self.typeset(number.dated(day, self._message(key), locale=self.locale))

    def _unit(self, unit: str) -> _Unit:
        units: dict[str, str] = self._node("unit")
        if unit in units:
            one, _, other = units[unit].partition("|")
            return _Unit(one, other or one, power=2 if unit.startswith("share") else 0)
        head, slash, rest = unit.partition("/")
        if slash and rest:
            return self._unit(head)._replace(each="/" + (self._unit(rest).one or rest))
        currencies: dict[str, str] = self._node("currency")
        if unit in currencies:
            return _Unit(currencies[unit], currencies[unit], money=True)
        from valueviz.language import number

        if not number.is_currency(unit):
            return _Unit(unit, unit)
        name = number.currency_name(unit, locale=self.locale) if self._chinese else unit
        return _Unit(name, name, money=True)

    def _ranged(self, values: Sequence[float | Decimal], unit: str, digits: int | None, *, signed: bool = False) -> str:
        from valueviz.language import number

        shown = self._unit(unit)
        exact = [number.exact(value).scaleb(shown.power) for value in values]
        decimals = max(map(number.digits_of, exact)) if digits is None else digits - shown.power
        power, scale = 0, ""
        if shown.money:
            power, scale = self._scale(
                number.significant(value) if digits is None else number.rounded(value, decimals) for value in exact
            )
        if digits is None and power:
            decimals = max(number.digits_of(value.scaleb(-power)) for value in exact) - power
        texts = [
            number.plain(value.scaleb(-power), decimals + power, locale=self.locale, strip=digits is None)
            for value in exact
        ]
        if signed:
            texts = [
                "+" + text if value > 0 and text.strip("0.,") else text
                for text, value in zip(texts, exact, strict=True)
            ]
        return self._with_unit(list(dict.fromkeys(texts)), shown, scale=scale)

    def _with_unit(self, texts: Sequence[str], shown: _Unit, *, scale: str) -> str:
        if shown.glued:
            return " – ".join(text + shown.other + shown.each for text in texts)
        text = " – ".join(texts)
        if shown.money:
            return self.words("money.form", number=text, scale=scale, currency=shown.other, each=shown.each)
        word = (shown.one if text.lstrip("+\u2212") == "1" else shown.other) + shown.each
        return text + (self.gap(text, word) or " " * bool(word)) + self.typeset(word)

    def _scale(self, values: Iterable[Decimal]) -> tuple[int, str]:
        largest = max(map(abs, values))
        money: dict[str, Any] = self._node("money")
        for power, word in zip(money["powers"], money["scales"], strict=True):
            if largest >= 10**power:
                return power, word
        return 0, ""


@cache
def language(locale: Locale) -> Language:
    """The language of a locale, one object each."""
    return Language(locale)


def resolve_locale(option: str | None, env: Mapping[str, str]) -> Locale:
    """The locale of an option such as "zh-CN", else of VALUEVIZ_LANG, else of the system, else English.

    >>> resolve_locale("zh-Hans", {}), resolve_locale(None, {"LANG": "de_DE.UTF-8"})
    ('zh_CN', 'en')

    Raises:
        UsageError: "unknown_language", where the option or VALUEVIZ_LANG names a language we do not speak.
    """
    for wish in (option, env.get("VALUEVIZ_LANG")):
        if wish:
            spoken = _spoken(wish)
            if spoken is None:
                raise UsageError("unknown_language", found=wish, needed="zh, en")
            return spoken
    system = next((env[name] for name in SYSTEM_VARIABLES if env.get(name)), "") or _system_locale()
    return _spoken(system) or FALLBACK


def _spoken(tag: str) -> Locale | None:
    primary = re.split(r"[-_.@]", tag.strip().lower(), maxsplit=1)[0]
    spoken: dict[str, Locale] = {"zh": "zh_CN", "en": "en"}
    return spoken.get(primary)


def _system_locale() -> str:
    """The language Windows shows its menus in; elsewhere the environment has said it already."""
    if sys.platform == "win32":
        import ctypes
        import locale

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return ""


def _tables(text: str) -> dict[str, str]:
    """The source of each top-level table, its sub-tables included."""
    sources: dict[str, str] = {}
    heads = list(_TABLE.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        end = following.start() if following else len(text)
        sources[head[1]] = sources.get(head[1], "") + text[head.start() : end]
    return sources


def _one_line(value: str) -> str:
    """A value from outside, on one line and without characters that steer a terminal or turn text around."""
    shown = "".join(char if char.isprintable() else " " if char.isspace() else "�" for char in value)
    return shown if len(shown) <= LONGEST_FIELD else shown[: LONGEST_FIELD - 1] + "…"
