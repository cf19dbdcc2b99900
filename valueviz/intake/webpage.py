"""Tables of a web page as sheets: what many systems export under the name of a workbook.

The page is read as text from one end to the other: nothing is loaded, no script runs, a tag that never ends
costs no more than its length. A table inside a cell is a table of its own, as it is in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from html import unescape
from pathlib import Path

from valueviz.errors import DataError
from valueviz.intake.encoding import encoding_of, first_bad_byte
from valueviz.intake.grid import Filler, Grid, SheetName, text_of

MAX_BYTES = 256 << 20
"""Of a page; a longer one is no export but an attack or a mistake."""

MAX_TABLES = 1000
"""Of a page; a page with more is made of layout, not of data."""

MAX_DEPTH = 100
"""Tables within tables; browsers stop drawing long before."""

CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([\w:-]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)")
SPOKEN_NUMBER = re.compile(r"[-+−(]?\s*[¥￥$€]?\s*[\d,.]+\s*[)%]?")
"""A number as a page shows it; the exact one stands in an attribute beside it."""

TAG = re.compile(
    r"""<(/?)([A-Za-z][A-Za-z0-9:-]*)((?:[^<>"']++|"[^"]{0,65536}+"|'[^']{0,65536}+')*+)>""",
)
"""A tag whose quotes are in order; each of its characters is looked at once."""

BROKEN_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]*)([^<>]{0,65536}+)>")
"""A tag in which a quote is missing, as it would end without one."""

TELLING = re.compile(r"span|style|num|sdval|hidden", re.IGNORECASE)
"""What a cell or a row must have in its attributes for them to be read."""
SKIPPED = ("script", "style", "title", "noscript", "textarea", "xml")
"""Elements whose content is no text of the page."""


class WebPage:
    """The tables of a web page as a workbook: one sheet a table, in the order in which they begin."""

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        """Read the page.

        Args:
            path: the page.
            encoding: where it is declared; else found out.

        Raises:
            DataError: unknown_encoding, used_range_too_large, hostile_workbook, no_table.
        """
        if path.stat().st_size > MAX_BYTES:
            raise DataError("hostile_workbook", file=path.name, found="size")
        self.file = path.name
        self.encoding = encoding_of(path, declared=encoding).name if encoding else encoding_of_page(path)
        text = path.read_bytes().decode(self.encoding)
        self._tables = _Reader(path.name).tables(text)
        if not self._tables:
            raise DataError("no_table", file=path.name)
        self.sheets = tuple(SheetName(table.name, table.hidden) for table in self._tables)
        self.notes: tuple[str, ...] = ("web_page",)

    def grid(self, name: str, *, at_most: int | None = None) -> Grid:
        """The cells of a table."""
        del at_most  # the whole page is in memory already
        return next(table for table in self._tables if table.name == name).grid()


def encoding_of_page(path: Path) -> str:
    """The encoding of a page: by its mark, as UTF-8 where it is sound, else as it says itself, else as proved."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    declared = CHARSET.search(head)
    if declared is None or head.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return encoding_of(path).name
    if first_bad_byte(path, "utf-8") is None:
        return "utf-8"
    name = declared[1].decode("ascii").lower()
    name = "gb18030" if name in ("gb2312", "gbk", "gb_2312-80", "x-gbk") else name
    return encoding_of(path, declared=name).name if name != "utf-8" else encoding_of(path).name


class _Reader:
    """Walks over a page, one tag after the other; open tables stand on a stack."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: list[Filler] = []
        self._open: list[_Table] = []

    def tables(self, text: str) -> list[Filler]:
        """The tables that hold anything."""
        for closing, name, inside in _tokens(text):
            if closing is None:
                if self._open:
                    self._open[-1].text(inside)
            elif closing:
                self._end(name)
            else:
                self._begin(name, inside)
        for table in reversed(self._open):
            table.close_cell()
        return [table for table in self._found if table.filled]

    def _begin(self, name: str, inside: str) -> None:
        if name == "table" or (name == "tr" and not self._open):
            self._table(_attributes(inside) if name == "table" else {})
        if not self._open:
            return
        table = self._open[-1]
        if name in ("td", "th"):
            table.cell(_attributes(inside))
        elif name == "tr":
            table.row(_attributes(inside))
        elif name in ("br", "p", "div", "li"):
            table.text(" ")

    def _table(self, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH or len(self._found) >= MAX_TABLES:
            raise DataError("hostile_workbook", file=self._file, found="tables")
        hidden = bool(HIDDEN.search(attributes.get("style", "").lower()))
        filler = Filler(self._file, f"table {len(self._found) + 1}", hidden)
        self._found.append(filler)
        self._open.append(_Table(filler))

    def _end(self, name: str) -> None:
        if not self._open:
            return
        table = self._open[-1]
        if name in ("td", "th", "tr"):
            table.close_cell()
        elif name == "table":
            table.close_cell()
            self._open.pop()


class _Table:
    """A table while it is open: its cell in the making and what it is merged over."""

    def __init__(self, filler: Filler) -> None:
        self._filler = filler
        self._parts: list[str] | None = None
        self._attributes: dict[str, str] = {}
        self._in_row = False

    def row(self, attributes: dict[str, str]) -> None:
        self.close_cell()
        self._filler.row(hidden=_is_hidden(attributes))
        self._in_row = True

    def cell(self, attributes: dict[str, str]) -> None:
        self.close_cell()
        if not self._in_row:
            self.row({})
        self._parts, self._attributes = [], attributes

    def text(self, text: str) -> None:
        if self._parts is not None:
            self._parts.append(text)

    def close_cell(self) -> None:
        if self._parts is None:
            return
        text = self._parts[0] if len(self._parts) == 1 else "".join(self._parts)
        self._parts = None
        if "&" in text:
            text = unescape(text).replace("\xa0", " ")
        text = " ".join(text.split())
        if not self._attributes:
            self._filler.cell(text)
            return
        across, down = (_count(self._attributes.get(key)) for key in ("colspan", "rowspan"))
        self._filler.cell(_exact(text, self._attributes), across=across, down=down)
        self._filler.cover(across, down)


def _tokens(text: str) -> Iterator[tuple[bool | None, str, str]]:
    """Text and tags in order: whether a tag closes (None: it is text), its name, the rest of it or the text."""
    at, end, find, match = 0, len(text), text.find, TAG.match
    while at < end:
        start = find("<", at)
        if start < 0:
            yield None, "", text[at:]
            return
        if start > at:
            yield None, "", text[at:start]
        found = match(text, start) or _odd_tag(text, start)
        if found is None:
            at = _behind_odd(text, start)
            if at == start + 1:
                yield None, "", "<"
            continue
        at = found.end()
        name = found[2].lower()
        yield found[1] == "/", name, found[3]
        if name in SKIPPED and not found[1] and not found[3].endswith("/"):
            at = _behind_element(text, name, at)


def _odd_tag(text: str, start: int) -> re.Match[str] | None:
    """A tag with a quote missing; None for what is no tag."""
    return BROKEN_TAG.match(text, start)


def _behind_odd(text: str, start: int) -> int:
    """The place behind a comment or a declaration, or behind a bracket that opens nothing."""
    if text.startswith("<!--", start):
        return _behind(text, "-->", start + 4)
    return _behind(text, ">", start) if text.startswith(("<!", "<?"), start) else start + 1


def _behind(text: str, mark: str, at: int) -> int:
    """The place behind the next mark; the end of the text where there is none."""
    found = text.find(mark, at)
    return len(text) if found < 0 else found + len(mark)


def _behind_element(text: str, word: str, at: int) -> int:
    """Where the end tag of a skipped element begins; the end of the text where it is never closed."""
    found = re.compile(f"</{word}", re.IGNORECASE).search(text, at)
    return found.start() if found else len(text)


def _attributes(inside: str) -> dict[str, str]:
    """The attributes of a tag; none where none of them plays a part here."""
    if not inside or not TELLING.search(inside):
        return {}
    return {found[1].lower(): unescape((found[2] or "").strip("\"'")) for found in ATTRIBUTE.finditer(inside)}


def _is_hidden(attributes: dict[str, str]) -> bool:
    return "hidden" in attributes or bool(HIDDEN.search(attributes.get("style", "").lower()))


def _count(text: str | None) -> int:
    """How many cells a span covers; what is no number, or none, is one."""
    digits = (text or "").strip()
    return max(1, int(digits[:12])) if digits.isascii() and digits.isdigit() else 1


def _exact(text: str, attributes: dict[str, str]) -> str:
    """The exact number a spreadsheet wrote beside a rounded one; a date or a word stays as it is shown."""
    written = attributes.get("x:num") or attributes.get("sdval") or ""
    if not written or not SPOKEN_NUMBER.fullmatch(text):
        return text
    try:
        number = Decimal(written)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    return f"{text_of(float(number * 100))}%" if text.endswith("%") else text_of(float(number))
