"""What the texts of number columns mean that the engine did not cast; decided over each column as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from valueviz.engine.judgement import Bounds
from valueviz.engine.staging import Staging
from valueviz.errors import DataError
from valueviz.intake.amount import OPEN_CLOCK, Amount, Clock, Decimal, decimal_of, evidence_of, read_amount
from valueviz.intake.measure import Measures
from valueviz.intake.records import shown
from valueviz.intake.unit import conversion, currency_of

FEW = 0.1
"""Where so few cells write the other decimal mark they are slips; more, and nobody can tell which mark is meant."""

OPEN_CLOCKS: dict[str, tuple[tuple[str, float, float], ...]] = {
    "hour": ((OPEN_CLOCK, 1.0, 3600.0),),
    "second": ((OPEN_CLOCK, 1.0, 60.0),),
}
"""What 4:30 is where only the unit of its metric tells: hours and minutes of an hour, minutes and seconds of a second."""


@dataclass(frozen=True, slots=True)
class Quantities:
    """Reads the number columns of one staged table.

    `metrics` are those a column of values may hold, by its place; `notes` gains codes of what was understood.
    """

    stage: Staging
    measures: Measures
    metrics: dict[int, tuple[str, ...]]
    notes: list[str]
    units: dict[int, set[str]] = field(default_factory=dict)

    def explain(self, again: Callable[[str], None], *, declared: Decimal | None) -> None:
        """Read all texts; `again` stages the table under another decimal mark.

        Raises:
            DataError: ambiguous_decimal, ambiguous_duration, mixed_currencies.
        """
        unread = self._unread()
        decimal = declared or self._decimal(unread)
        if declared is None and decimal == "." and self._is_doubtful():
            again(",")
            self._check_points(self._unread())
            again(".")
        slips: frozenset[str] = frozenset()
        if declared is None and decimal == ",":
            again(",")
            unread = self._unread()
            decimal, slips = self._proved(unread)
            if decimal == ".":
                again(".")
                unread = self._unread()
            else:
                self.notes.append("decimal_comma")
        for place, texts in unread.items():
            self._tell(place, texts, decimal=decimal, slips=slips)

    def bounds(self, spoken: Iterable[str | None]) -> list[Bounds]:
        """How each metric the table speaks of is judged, with the units its cells state that can be converted."""
        wanted = set(spoken)
        stated = sorted(set().union(*self.units.values())) if self.units else []
        found = []
        for metric in self.measures.words.metrics.values():
            if metric.key in wanted:
                factors = ((unit, conversion(unit, metric.unit)) for unit in stated if unit != OPEN_CLOCK)
                units = tuple(
                    (unit, float(each.numerator), float(each.denominator)) for unit, each in factors if each is not None
                )
                units += OPEN_CLOCKS.get(metric.unit, ())
                found.append(Bounds(metric.key, metric.minimum, metric.maximum, units, metric.expression))
        return found

    def is_mixed(self, place: int) -> bool:
        """Whether some cells of a column carry a percent sign, others none, and no header says what these are."""
        signed = "%" in self.units.get(place, ())
        return signed and self.measures.stated(place) is None and self.stage.casts("number", place)

    def _places(self) -> tuple[int, ...]:
        plan = self.measures.plan
        places = (plan.volume, *(cell.place for cell in plan.cells))
        return tuple(dict.fromkeys(place for place in places if place is not None))

    def _unread(self) -> dict[int, list[str]]:
        return {place: self.stage.unread("number", place) for place in self._places()}

    # The decimal mark ────────────────────────────────────────────────────────

    def _decimal(self, unread: dict[int, list[str]]) -> Decimal:
        texts = [text for several in unread.values() for text in several]
        # Where commas part the cells they are no decimal mark, and a cell such as 3.5 says what the mark is.
        delimiter = self.measures.source.delimiter
        proved = any(self.stage.has_fraction(place) for place in unread)
        decimal = decimal_of(texts, certain=proved or delimiter in (",", None))
        if decimal is not None:
            marks = {evidence_of(text) for text in texts} if decimal == "." and not proved else set()
            if "either" in marks and not marks & {"thousands", "point"}:
                self.notes.append("thousands_comma")
            return decimal
        if not any(evidence_of(text) in ("comma", "european") for text in texts):
            raise self._ambiguous_decimal(unread, ("either",))
        return ","

    def _is_doubtful(self) -> bool:
        """Whether a point may part thousands: semicolons part the cells where commas are decimal marks."""
        return self.measures.source.delimiter == ";" and any(self.stage.has_fraction(at) for at in self._places())

    def _check_points(self, unread: dict[int, list[str]]) -> None:
        """Refuse a file whose points all stand before three digits, and nothing says what they are."""
        seen = {evidence_of(text) for texts in unread.values() for text in texts}
        if "dotted" in seen and not seen & {"point", "thousands"}:
            raise self._ambiguous_decimal(unread, ("dotted",))

    def _proved(self, unread: dict[int, list[str]]) -> tuple[Decimal, frozenset[str]]:
        """The mark most cells prove, and the few that prove the other one; every number with a mark is still unread."""
        seen = {text: evidence_of(text) for several in unread.values() for text in several}
        commas = frozenset(text for text, mark in seen.items() if mark in ("comma", "european"))
        points = frozenset(text for text, mark in seen.items() if mark in ("point", "thousands"))
        dotted = sum(mark == "dotted" for mark in seen.values())
        # 1.234 among many of its kind is more likely a fraction than a thousand, unless commas are the rule.
        unproved = "european" not in seen.values() and len(commas) < dotted
        if len(points) <= FEW * len(commas) and not unproved:
            return ",", points
        if len(commas) <= FEW * len(points):
            return ".", commas
        raise self._ambiguous_decimal(unread, ("comma", "european"))

    def _ambiguous_decimal(self, unread: dict[int, list[str]], marks: Sequence[str]) -> DataError:
        """The refusal of a mark; a point may be what is unclear as well as a comma."""
        place, text = next((at, text) for at, texts in unread.items() for text in texts if evidence_of(text) in marks)
        return self._refusal("ambiguous_decimal", place, text)

    # The cells ───────────────────────────────────────────────────────────────

    def _tell(self, place: int, texts: list[str], *, decimal: Decimal, slips: frozenset[str]) -> None:
        clock = self.measures.clock(place)
        amounts = {text: _amount(text, decimal=decimal, clock=clock) for text in texts}
        amounts = self._closed(place, amounts)
        amounts |= {text: Amount(reason="ambiguous_decimal") for text in slips if text in amounts}
        if place == self.measures.plan.volume:
            amounts = {text: _counted(amount) for text, amount in amounts.items()}
        self._check_durations(place, amounts)
        self._check_currencies(place, amounts)
        if any(amount.worded for amount in amounts.values()):
            self.notes.append("missing_words")
        self.units[place] = {amount.unit for amount in amounts.values() if amount.unit is not None}
        told = [(text, amount.value, amount.unit, amount.reason) for text, amount in amounts.items()]
        self.stage.explain_numbers(place, told)

    def _closed(self, place: int, amounts: dict[str, Amount]) -> dict[str, Amount]:
        """4:30 refused where neither the column nor any metric of it tells what its parts are."""
        kept = {self.measures.words.metrics[metric].unit for metric in self.metrics.get(place, ())}
        if self.measures.stated(place) is None and kept & OPEN_CLOCKS.keys():
            return amounts
        unclear = Amount(reason="ambiguous_duration")
        return {text: unclear if amount.unit == OPEN_CLOCK else amount for text, amount in amounts.items()}

    def _check_durations(self, place: int, amounts: dict[str, Amount]) -> None:
        unclear = next((text for text, amount in amounts.items() if amount.reason == "ambiguous_duration"), None)
        if unclear is None or self.stage.casts("number", place):
            return
        if any(amount.value is not None for amount in amounts.values()):
            return
        raise self._refusal("ambiguous_duration", place, unclear)

    def _check_currencies(self, place: int, amounts: dict[str, Amount]) -> None:
        if self.measures.plan.unit is not None:
            return
        first: dict[str, str] = {}
        stated = self.measures.stated(place)
        currency = currency_of(stated) if stated else None
        if currency is not None and stated is not None:
            first[currency] = stated
        for text, amount in amounts.items():
            currency = currency_of(amount.unit) if amount.unit else None
            if currency is not None:
                first.setdefault(currency, text)
        if len(first) > 1:
            (one, *_), other = first.values(), list(first.values())[1]
            rows = [None if text == stated else self.stage.first_row("number", place, text) for text in (one, other)]
            raise DataError(
                "mixed_currencies",
                file=self.measures.source.file,
                sheet=self.measures.source.sheet,
                row=rows[1],
                column=self.measures.plan.header[place],
                found=shown(other),
                other=shown(one),
                first=rows[0] or self.measures.source.header.row,
            )

    def _refusal(self, code: str, place: int, text: str) -> DataError:
        return DataError(
            code,
            file=self.measures.source.file,
            sheet=self.measures.source.sheet,
            row=self.stage.first_row("number", place, text),
            column=self.measures.plan.header[place],
            found=shown(text),
        )


def _amount(text: str, *, decimal: Decimal, clock: Clock | None) -> Amount:
    """A cell; where 4:30 means minutes and seconds, 04:30:00 is either that or four hours and a half."""
    amount = read_amount(text, decimal=decimal, clock=clock)
    if clock == "m:ss" and amount.unit == "second" and text.strip().endswith(":00") and text.count(":") > 1:
        return Amount(reason="ambiguous_duration")
    return amount


def _counted(amount: Amount) -> Amount:
    """A volume counts things: 1.2万 is twelve thousand of them, and no unit of another kind makes sense."""
    if amount.unit is None or amount.value is None:
        return amount
    factor = conversion(amount.unit, "count")
    if factor is None:
        return Amount(reason="not_a_number")
    return replace(amount, value=float(Fraction(repr(amount.value)) * factor), unit=None)
