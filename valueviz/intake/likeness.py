"""How like a word is to the metrics that are known: what "did you mean" proposes, and never what is taken."""

from __future__ import annotations

from difflib import SequenceMatcher

from valueviz.catalog.pack import headers_of, plain_header
from valueviz.intake.plan import Vocabulary
from valueviz.intake.question import Candidate
from valueviz.intake.unit import with_stated_unit

LIKE_ENOUGH = 0.55
"""Below this likeness a proposal confuses more than it helps."""

MOST_PROPOSED = 3
"""Metrics proposed for one word."""

LONGEST_COMPARED = 60
"""Characters of a word that are compared: the comparison is quadratic and words come from strangers."""


def likely_metrics(word: str, words: Vocabulary) -> tuple[Candidate, ...]:
    """The known metrics whose names are like a word, the likest first, each with its likeness 0-1.

    Args:
        word: a header or a text that names no metric.
        words: the metrics that are known.
    """
    bare = plain_header(with_stated_unit(word)[0])[:LONGEST_COMPARED]
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(bare)
    scored = []
    for metric in words.metrics.values():
        likeness = max(_likeness(matcher, plain_header(name)[:LONGEST_COMPARED]) for name in headers_of(metric))
        if likeness >= LIKE_ENOUGH:
            scored.append(Candidate(metric.key, round(likeness, 2)))
    return tuple(sorted(scored, key=lambda each: (-each.likeness, each.value))[:MOST_PROPOSED])


def _likeness(matcher: SequenceMatcher[str], name: str) -> float:
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() < LIKE_ENOUGH or matcher.quick_ratio() < LIKE_ENOUGH:
        return 0.0
    return matcher.ratio()
