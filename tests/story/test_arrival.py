"""What an import changed: every metric is told apart by what happened to it, the most telling first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.story.test_quality_section import about, outcome
from valueviz.language import language
from valueviz.story.arrival import News, arrival, news
from valueviz.story.blocks import Prose, Table
from valueviz.story.voice import Voice, plain
from valueviz.study import Outcome
from valueviz.terms import LOCALES, Locale

SAME = outcome("a")
BETTER = replace(SAME, effect=replace(SAME.effect, verdict="worse"))
LOWER = replace(SAME, grade="D")
LONGER = replace(SAME, series=replace(SAME.series, values=(*SAME.series.values[:-1], 99.0)))


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (None, SAME, "new"),
        (SAME, None, "gone"),
        (SAME, BETTER, "verdict"),
        (SAME, LOWER, "grade"),
        (SAME, LONGER, "more"),
        (SAME, SAME, "same"),
    ],
)
def test_what_happened_to_a_metric_is_told_by_its_verdict_first(
    was: Outcome | None, now: Outcome | None, told: News
) -> None:
    assert news(was, now) == told


def _named(found: Outcome, key: str) -> Outcome:
    return replace(found, metric=replace(found.metric, key=key))


@pytest.mark.parametrize("locale", LOCALES)
def test_a_table_holds_what_changed_and_a_sentence_counts_the_rest(locale: Locale) -> None:
    before = about(*(_named(SAME, key) for key in ("calm", "turned", "grown")))
    after = about(_named(SAME, "calm"), _named(LONGER, "grown"), _named(BETTER, "turned"), _named(SAME, "fresh"))
    speaking = language(locale)

    said, table = arrival(before, after, Voice(speaking))

    assert isinstance(said, Prose)
    assert isinstance(table, Table)
    kinds = [plain(row.cells[1].text) for row in table.rows]
    assert kinds == [speaking.words(f"arrival.news.{kind}") for kind in ("verdict", "new", "more")]
    assert next(row.cells[3].verdict for row in table.rows) == "worse"
    numbers = {run.fact.key: run.fact.value for run in said.text if run.fact is not None}
    assert numbers == {"arrival.verdict": 1.0, "arrival.new": 1.0, "arrival.more": 1.0, "arrival.same": 1.0}


def test_an_import_that_changes_nothing_is_one_sentence() -> None:
    (said,) = arrival(about(SAME), about(SAME), Voice(language("en")))

    assert isinstance(said, Prose)
    assert plain(said.text) == "As before: 1."
