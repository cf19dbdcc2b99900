"""What a workbook holds besides its cells: the comments people left on them, as text."""

from __future__ import annotations

import re
import zipfile
import zlib
from html import unescape
from pathlib import Path

MOST_BYTES = 4 << 20
"""Bytes of one part that are looked at: comments are a few words each."""

MOST_PARTS = 50
"""Parts of comments that are looked at: one a sheet."""

_PART = re.compile(r"xl/(?:comments|threadedComments)[^/]*(?:/[^/]+)?\.xml", re.IGNORECASE)
_COMMENT = re.compile(r"<(?:\w+:)?(?:comment|threadedComment)\b.*?</(?:\w+:)?(?:comment|threadedComment)>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def comments(path: Path) -> tuple[str, ...]:
    """The comments on the cells of an XLSX workbook; none where a file is of another kind."""
    if not zipfile.is_zipfile(path):
        return ()
    found: list[str] = []
    try:
        with zipfile.ZipFile(path) as book:
            for name in [name for name in book.namelist() if _PART.fullmatch(name)][:MOST_PARTS]:
                with book.open(name) as part:
                    text = part.read(MOST_BYTES).decode("utf-8", errors="replace")
                found += [unescape(_TAG.sub("", each)).strip() for each in _COMMENT.findall(text)]
    except (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, NotImplementedError):
        return tuple(filter(None, found))
    return tuple(filter(None, found))
