"""What all sheets of a form share: title, lead, cells to fill, lists, protection, print setup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from xlsxwriter.worksheet import Worksheet

from valueviz.catalog.filling import Cell, Share
from valueviz.catalog.form import Column, FormPlan, Sheet
from valueviz.language import Language
from valueviz.render.xlsx.style import Exact, Format, Style, height_of, number_format

TITLE, LEAD, BAND, HEADER, HINT, EXAMPLE, FIRST = range(7)
"""Rows of a sheet, from 0: what stands above the rows to fill in, and the first of these."""

LARGEST = 1e15
"""The largest number a cell takes, the one definition files take as well."""

LONGEST_TITLE = 32
LONGEST_NOTE = 250
"""Characters of the title and the text of a message of a cell: programs cut or refuse longer ones."""

PAPER_A4 = 9

PERMITTED = {
    **dict.fromkeys(("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows"), True),
    **dict.fromkeys(("sort", "autofilter", "objects"), True),
}
"""What a protected sheet still permits; it has no password, for it guards against slips, not against people."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """One sheet being written; `lists` tells where on the hidden sheet each list of choices stands."""

    sheet: Sheet
    paper: Worksheet
    style: Style
    plan: FormPlan
    spoken: Language
    lists: dict[str, str]

    def say(self, key: str, **fields: str) -> str:
        """A word of the table of forms."""
        return self.spoken.words(f"form.{key}", **fields)

    def head(self, widths: list[float]) -> None:
        """Set the widths, then write title and lead across them."""
        for at, width in enumerate(widths):
            self.paper.set_column(at, at, width)
        self.paper.set_row(TITLE, 32)
        self.paper.write_string(TITLE, 1, self.sheet.title, self.style.title())
        last, across = 1, widths[1]
        while last + 1 < len(widths) and across < 110:
            last += 1
            across += widths[last]
        self.paper.set_row(LEAD, height_of(self.sheet.lead, width=across))
        if last > 1:
            self.paper.merge_range(LEAD, 1, LEAD, last, self.sheet.lead, self.style.lead())
        else:
            self.paper.write_string(LEAD, 1, self.sheet.lead, self.style.lead())

    def put(self, row: int, at: int, value: Cell, form: Format) -> None:
        """Write a value into a cell: never as a formula, never as a link."""
        match value:
            case None | "":
                self.paper.write_blank(row, at, None, form)
            case str():
                self.paper.write_string(row, at, value, form)
            case date():
                self.paper.write_datetime(row, at, value, form)
            case Share():
                self.paper.write_number(row, at, Exact(value.value), form)
            case _:
                self.paper.write_number(row, at, Exact(value), form)

    def fill_format(self, column: Column, value: Cell) -> Format:
        """The format of a cell to fill in."""
        right = column.kind in ("number", "target_value", "percent") and self.sheet.layout == "table"
        shown = "yyyy-mm-dd" if column.kind in ("date", "date_or") else number_format(value)
        return self.style.fill(num_format=shown, align="right" if right else "left")

    def checked(self, column: Column, *, first: int, last: int, at: int) -> None:
        """Let a range of cells take only what its column holds."""
        rule = self.rule(column)
        if rule is not None:
            self.paper.data_validation(first, at, last, at, rule)

    def rule(self, column: Column) -> dict[str, Any] | None:
        """What a cell of a column takes; None where it takes anything."""
        rule = self._listed(column) if column.choices or column.kind in ("metric", "site") else self._measured(column)
        return rule and {"error_title": self.say("stop")[:LONGEST_TITLE], "ignore_blank": True} | rule

    def _listed(self, column: Column) -> dict[str, Any] | None:
        """One of a list: of ours (anything else is stopped), of metrics (warned about), of suggestions (let pass)."""
        shared = column.kind in ("metric", "site")
        source = self.lists.get(column.key if shared else f"{self.sheet.key}.{column.key}")
        if source is None:
            return None
        rule: dict[str, Any] = {"validate": "list", "source": source, "error_message": self.say("pick")}
        if column.kind == "metric":
            rule |= {"error_type": "warning", "error_message": self.say("own_stop")[:LONGEST_NOTE]}
        return rule | ({"show_error": False} if column.kind in ("suggestion", "site", "date_or") else {})

    def _measured(self, column: Column) -> dict[str, Any] | None:
        """A date or a number within its limits; text is not looked at."""
        smallest = column.minimum if column.minimum is not None else -LARGEST
        largest = column.maximum if column.maximum is not None else LARGEST
        number = {
            "criteria": "between",
            "minimum": smallest,
            "maximum": largest,
            "error_message": self.say("bad_number")[:LONGEST_NOTE],
        }
        match column.kind:
            case "date":
                days = {"minimum": date(1900, 1, 1), "maximum": date(2100, 12, 31)}
                return number | days | {"validate": "date", "error_message": self.say("bad_date")}
            case "whole":
                return number | {"validate": "integer", "minimum": int(smallest), "maximum": int(largest)}
            case "text":
                return None
            case _:
                return number | {"validate": "decimal"}

    def finish(self, *, frozen: tuple[int, int], repeated: tuple[int, int] | None = None) -> None:
        """Freeze, protect, and set up the print: A4 across, as wide as one page."""
        paper = self.paper
        paper.freeze_panes(*frozen)
        paper.protect("", PERMITTED)
        paper.hide_gridlines(2)
        paper.set_landscape()
        paper.set_paper(PAPER_A4)
        paper.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        if repeated is not None:
            paper.repeat_rows(*repeated)
        paper.set_footer(f"&L&8{self.say('file')}&C&8{self.sheet.name}&R&8&P / &N")
        paper.set_tab_color(self._tab())
        paper.set_zoom(100)

    def _tab(self) -> str:
        palette = self.style.palette
        match self.sheet.need:
            case "required":
                return palette.brand
            case "useful":
                return palette.tint(palette.brand, 0.4)
            case "optional":
                return palette.hairline
