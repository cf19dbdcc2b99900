"""Text on streams whose encoding lacks our typography, such as a console in GBK or CP 1252."""

from __future__ import annotations

import codecs

HANDLER = "valueviz"
"""The name under which the handler is registered with Python's codecs."""

PLAIN = {
    "\u2009": " ",
    "\u202f": " ",
    "\u2007": " ",
    "\u00a0": " ",
    "−": "-",
    "–": "-",
    "—": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "…": "...",
    "·": "-",
    "×": "x",
    "±": "+/-",
    "≥": ">=",
    "≤": "<=",
    "→": "->",
    "✓": "v",
}
"""What a typewriter writes instead."""


def stream_errors() -> str:
    r"""The `errors` of a text stream that writes plain signs where its encoding lacks ours, and escapes the rest.

    >>> _ = stream_errors()
    >>> "−2.9\u2009天 ≥ 𠮷".encode("gbk", "valueviz").decode("gbk")
    '-2.9 天 ≥ \\U00020bb7'
    """
    codecs.register_error(HANDLER, _plain)
    return HANDLER


def _plain(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    char = error.object[error.start]
    if char in PLAIN:
        return PLAIN[char], error.start + 1
    escaped, _ = codecs.backslashreplace_errors(
        UnicodeEncodeError(error.encoding, error.object, error.start, error.start + 1, error.reason)
    )
    return escaped, error.start + 1
