"""User text where something would read it as markup or as a formula: labels of widgets, cells of a CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_MARKUP = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:@&^=/])")

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""

_LINKS = re.compile(r"(?i)(https?://|www(?=\.)|(?=@))")
"""Where Markdown would make a link of plain text, escaped or not."""

JOINER = "\u2060"
"""Has no width and no meaning: put into an address, it is one no more."""

LONGEST_LABEL = 80
"""Characters of user text in a label: more is cut, so that a hostile name cannot push the page aside."""


def label(text: str) -> str:
    r"""Text as the label of a widget, which reads Markdown: every mark of it is literal.

    >>> label("[a](x) $b$")
    '\\[a\\]\\(x\\) \\$b\\$'
    """
    one_line = " ".join(text.split())
    shown = one_line if len(one_line) <= LONGEST_LABEL else one_line[: LONGEST_LABEL - 1] + "…"
    return _MARKUP.sub(r"\\\1", _LINKS.sub(rf"\1{JOINER}", shown))


def cell(text: str) -> str:
    """Text as a cell that no spreadsheet takes for a formula.

    >>> cell("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) or text.startswith(FORMULA) else text


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV that spreadsheets of every language open as UTF-8 and that runs nothing."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([cell(head) for head in heads])
    writer.writerows([cell(text) for text in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
