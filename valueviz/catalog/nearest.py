"""The nearest known word to one that is not known; it knows no file and no language."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST_COMPARED = 120
"""Longer words are cut before they are compared: the comparison is quadratic and words come from strangers."""

LONGEST_LIST = 120
"""Characters of a list of known words that still stands in one line."""

LONGEST_LISTED = 60
"""Characters of one word of such a list."""

LIKENESS = 0.6
"""Below this likeness a suggestion confuses more than it helps (the threshold difflib itself proposes)."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, None where none is like it.

    Case, hyphens, underscores and spaces do not count.

    Args:
        word: what was found.
        known: what would have been accepted.

    >>> nearest("go-live", ("name", "go_live", "system"))
    'go_live'
    """
    plain = {_plain(candidate): candidate for candidate in known}
    matches = get_close_matches(_plain(word), plain, n=1, cutoff=LIKENESS)
    return plain[matches[0]] if matches else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """The nearest known word, or the known words where none is near: what an error sentence proposes.

    Only whole words are listed; where they are many, the first ones and an ellipsis.
    """
    candidates = tuple(known)
    near = nearest(word, candidates)
    if near is not None:
        return near
    listed = sorted(candidates)
    while len(" | ".join(listed)) > LONGEST_LIST:
        listed = [*listed[:-2], "…"] if listed[-1] == "…" else [*listed[:-1], "…"]
    return " | ".join(listed)


def closest(word: str, known: Iterable[str], *, most: int = 3) -> dict[str, str]:
    """What a refusal of an unknown word says besides: `nearest`, the likest first, or `known`, the first ones there are.

    >>> closest("chek", ("pay", "check", "checked", "open"))
    {'nearest': 'check | checked'}
    >>> closest("x", ("pay", "check", "open", "close"))
    {'known': 'pay | check | open | …'}
    """
    plain = {_plain(candidate): candidate for candidate in known}
    near = [plain[match] for match in get_close_matches(_plain(word), plain, n=most, cutoff=LIKENESS)]
    listed = near or [*list(plain.values())[:most], *(["…"] if len(plain) > most else [])]
    text = " | ".join(each if len(each) <= LONGEST_LISTED else f"{each[:LONGEST_LISTED]}…" for each in listed)
    return {"nearest" if near else "known": text} if listed else {}


def _plain(word: str) -> str:
    return word[:LONGEST_COMPARED].casefold().replace("-", "_").replace(" ", "_")
