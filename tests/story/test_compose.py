"""Documents from studies of every kind: thin, refused, without promises, with moved controls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from valueviz import catalog, story, study
from valueviz.analysis.effect import Design, estimate
from valueviz.errors import DefinitionError
from valueviz.render import pdf
from valueviz.story import Document
from valueviz.story.blocks import Dumbbell
from valueviz.story.voice import plain
from valueviz.study import Outcome, Study, Target
from valueviz.terms import (
    Contract,
    Engagement,
    Locale,
    Measured,
    Names,
    Promise,
    Question,
    Rival,
    Series,
    period_of,
)

LOCALES: tuple[Locale, ...] = ("zh_CN", "en")
GO_LIVE = period_of(date(2025, 1, 1), "month")


def outcome(
    key: str, values: list[float | None], *, better: str = "lower", control: bool = False, start: int = -24
) -> Outcome:
    """An outcome of monthly values, the first `-start` of them before go-live."""
    series = Series(
        key=key,
        grain="month",
        ordinals=tuple(range(GO_LIVE + start, GO_LIVE + start + len(values))),
        values=tuple(values),
        lineage=Measured("mean", ("d" * 64,), len(values)),
    )
    design = Design(GO_LIVE, better="higher" if better == "higher" else "lower", season=1)
    single = study.of_series(series, design, estimated=estimate(series, design))
    return replace(single.outcomes[0], negative_control=control)


def wavy(level: float, *, step: float = 0.0, months: int = 36) -> list[float | None]:
    """A level with a small irregular wave, and a step at go-live."""
    return [level + ((i * 7919) % 13 - 6) * 0.05 + (step if i >= 24 else 0.0) for i in range(months)]


def sampled(measured: Outcome, *, promise: Promise) -> Outcome:
    """The same outcome as samples show it: grade D, with what came of its promise."""
    target = study.judged(promise, found=measured.effect, base=10.0)
    return replace(measured, grade="D", target=target)


def answered(*outcomes: Outcome, promises: tuple[Promise, ...] = ()) -> Study:
    engagement = Engagement(
        name=Names.same("R&D <b>Co</b> 测试"),
        system="ERP",
        industry="manufacturing",
        currency="CNY",
        go_live=date(2025, 1, 1),
        contract=Contract(date(2025, 1, 1), date(2026, 12, 31)),
        promises=promises,
        rivals=(Rival(Names.same("volume"), "volume", "not_examined"),),
    )
    question = Question("c", "manufacturing", ("d" * 64,), "k", "c", None)
    return Study(
        question, catalog.pack_or_general("manufacturing"), engagement, tuple(outcomes), as_of=date(2025, 12, 31)
    )


STUDIES = {
    "one improvement": answered(outcome("a", wavy(10, step=-3))),
    "one worse": answered(outcome("a", wavy(10, step=3))),
    "nothing provable": answered(outcome("a", wavy(10))),
    "all refused": answered(outcome("a", wavy(10, months=26)), outcome("b", [5.0] * 36)),
    "a moved control": answered(outcome("a", wavy(10, step=-3)), outcome("b", wavy(20, step=4), control=True)),
    "higher is better": answered(outcome("a", wavy(10, step=3), better="higher")),
    "a share": answered(replace(outcome("a", [v / 100 for v in wavy(50, step=8) if v is not None], better="higher"))),
    "only indicated": answered(
        sampled(outcome("a", wavy(10, step=-3)), promise=Promise("a", "change", -2.0)),
        outcome("b", wavy(10, months=28)[19:], start=-5),
        promises=(Promise("a", "change", -2.0),),
    ),
}


@pytest.mark.parametrize(("name", "locale"), list(product(STUDIES, LOCALES)))
def test_every_kind_of_study_becomes_a_document_and_a_pdf(name: str, locale: Locale) -> None:
    document = story.compose(STUDIES[name], story.view("renewal", locale=locale))
    assert [section.number for section in document.sections] == [
        f"{position:02d}" for position in range(1, len(document.sections) + 1)
    ]
    assert pdf.render(document).startswith(b"%PDF")


def title(name: str, locale: Locale = "en") -> str:
    document = story.compose(STUDIES[name], story.view("renewal", locale=locale))
    return plain(document.sections[0].title)


def test_the_headline_is_the_conservative_end_of_the_best_or_the_worst() -> None:
    assert title("one improvement").startswith("a fell by at least")
    assert "got worse" in title("one worse")
    assert title("nothing provable") == title("all refused")
    assert "至少下降" in title("one improvement", "zh_CN").replace("\u2009", "")


def test_the_headline_never_exceeds_the_interval() -> None:
    found = STUDIES["one improvement"].outcomes[0].effect
    document = story.compose(STUDIES["one improvement"], story.view("renewal", locale="en"))
    leading = next(fact for _, fact, _ in story.facts(document) if fact.key.endswith(".at_least"))
    assert found.low is not None
    assert found.high is not None
    assert leading.value is not None
    assert abs(leading.value) == min(abs(found.low), abs(found.high))


def test_a_control_is_no_achievement() -> None:
    document = story.compose(STUDIES["a moved control"], story.view("renewal", locale="en"))
    stated = {fact.key: fact.value for _, fact, _ in story.facts(document)}
    assert stated["cover.card.improved"] == 1.0
    assert stated["cover.card.measured"] == 1.0


def test_a_promise_without_data_is_named_on_the_page_of_shortfalls() -> None:
    promise = Promise("on_time_delivery_rate", "level", 95.0)
    base = answered(outcome("a", wavy(10, step=-3)), promises=(promise,))
    document = story.compose(replace(base, unmeasured=(promise,)), story.view("renewal", locale="en"))
    page = next(section for section in document.sections if section.key == "shortfall")
    words = " ".join(plain(text) for block in page.blocks for text in story.block_texts(block))
    assert "On-time delivery" in words


def test_user_text_is_a_quotation_and_reaches_the_page_as_it_was_written() -> None:
    document = story.compose(STUDIES["one improvement"], story.view("renewal", locale="en"))
    assert [(run.text, run.kind) for run in document.cover.client] == [("R&D <b>Co</b> 测试", "quotation")]


def test_a_promise_kept_partly_says_how_far() -> None:
    promise = Promise("a", "change", -6.0)
    target = study.judged(promise, found=STUDIES["one improvement"].outcomes[0].effect, base=10.0)
    assert target.status == "partly"
    assert target.share is not None
    assert 0.4 < target.share < 0.6
    assert target.sure is False


@pytest.mark.parametrize(
    ("promise", "status"),
    [
        (Promise("a", "change", -2.0), "kept"),
        (Promise("a", "relative", -0.2), "kept"),
        (Promise("a", "level", 8.0), "kept"),
        (Promise("a", "change", 0.0), "open"),
    ],
    ids=["change", "relative", "level", "nothing promised"],
)
def test_what_became_of_a_promise_is_told_by_its_target(promise: Promise, status: str) -> None:
    found = STUDIES["one improvement"].outcomes[0].effect
    target: Target = study.judged(promise, found=found, base=10.0)
    assert target.status == status


def test_a_section_nobody_writes_names_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(
        catalog.template("renewal"), sections=(replace(catalog.template("renewal").sections[0], key="sumary"),)
    )
    monkeypatch.setattr(catalog, "template", lambda _: wrong)
    with pytest.raises(DefinitionError) as refusal:
        story.compose(STUDIES["one improvement"], story.view("renewal", locale="en"))
    assert (refusal.value.code, refusal.value.fields["nearest"]) == ("unknown_section", "summary")


def test_documents_of_other_filters_have_other_ids() -> None:
    base = STUDIES["one improvement"]
    view = story.view("renewal", locale="en")
    documents: list[Document] = [
        story.compose(base, view),
        story.compose(replace(base, question=replace(base.question, sites=("P100",))), view),
        story.compose(base, story.view("renewal", locale="zh_CN")),
    ]
    assert len({document.id for document in documents}) == 3


def page(name: str, key: str, locale: Locale = "en") -> str:
    """The words of one section of the renewal report."""
    document = story.compose(STUDIES[name], story.view("renewal", locale=locale))
    section = next(section for section in document.sections if section.key == key)
    words = [plain(section.title), *(plain(text) for block in section.blocks for text in story.block_texts(block))]
    return " ".join(words)


def test_what_samples_show_is_indicated_and_never_a_headline() -> None:
    assert title("only indicated") == "a: samples indicate an improvement (grade D); nothing is proved yet"
    document = story.compose(STUDIES["only indicated"], story.view("renewal", locale="en"))
    stated = {fact.key: fact.value for _, fact, _ in story.facts(document)}
    assert stated["summary.card.sure"] == 0.0
    assert "summary.card.likely" not in stated
    assert stated["summary.card.indicated"] == 1.0
    assert page("only indicated", "scorecard").startswith("None of 1 promises is shown kept; 1 indicated")
    assert "improved, indicative" in page("only indicated", "scorecard")
    assert page("only indicated", "trend.a").startswith("a: samples indicate a change of")


def test_what_is_open_says_what_to_record_and_when_it_can_be_judged() -> None:
    words = page("only indicated", "record")
    assert "2 questions are open" in words
    assert "keep sampling beside it for at least 6 periods" in words
    assert "7 more periods (month) from before go-live are needed" in words
    assert "Find 7 older periods in records; waiting does not help." in page("only indicated", "shortfall")
    assert "new data alone cannot replace them" in words


def test_too_few_periods_after_name_the_period_from_which_a_statement_is_possible() -> None:
    short = outcome("a", wavy(10, months=26))
    document = story.compose(answered(short), story.view("renewal", locale="en"))
    record = next(section for section in document.sections if section.key == "record")
    words = " ".join(plain(text) for block in record.blocks for text in story.block_texts(block))
    assert short.effect.n_after == 2
    assert "4 more periods (month) are needed" in words
    assert "from June 2025 on" in words


def test_nothing_is_asked_where_everything_is_answered() -> None:
    document = story.compose(STUDIES["one improvement"], story.view("renewal", locale="en"))
    assert "record" not in {section.key for section in document.sections}


def test_a_metric_that_changed_many_times_as_much_as_all_others_runs_off_the_axis() -> None:
    others = [outcome(name, wavy(10, step=-2)) for name in "abc"]
    giant = outcome("d", wavy(10, step=60), better="higher")
    document = story.compose(answered(*others, giant), story.view("renewal", locale="en"))
    chart = next(block for s in document.sections for block in s.blocks if isinstance(block, Dumbbell))
    row = next(row for row in chart.rows if plain(row.label) == "d")
    assert row.after is not None
    assert row.after > chart.x.high
    assert all(r.after is not None and r.after <= chart.x.high for r in chart.rows if r is not row)
    assert "beyond" in dict(chart.legend)


def test_a_promise_nobody_measured_has_its_row_in_the_scorecard() -> None:
    promise = Promise("on_time_delivery_rate", "level", 95.0)
    base = answered(outcome("a", wavy(10, step=-3)), promises=(promise,))
    base = replace(base, unmeasured=(promise,))
    document = story.compose(base, story.view("renewal", locale="en"))
    scorecard = next(section for section in document.sections if section.key == "scorecard")
    words = " ".join(plain(text) for block in scorecard.blocks for text in story.block_texts(block))
    assert "On-time delivery" in words
    assert "no data" in words
