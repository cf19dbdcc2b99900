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


def outcome(key: str, values: list[float | None], *, better: str = "lower", control: bool = False) -> Outcome:
    """An outcome of monthly values, 24 before go-live."""
    series = Series(
        key=key,
        grain="month",
        ordinals=tuple(range(GO_LIVE - 24, GO_LIVE - 24 + len(values))),
        values=tuple(values),
        lineage=Measured("mean", ("d" * 64,), len(values)),
    )
    design = Design(GO_LIVE, better="higher" if better == "higher" else "lower", season=1)
    single = study.of_series(series, design, estimated=estimate(series, design))
    return replace(single.outcomes[0], negative_control=control)


def wavy(level: float, *, step: float = 0.0, months: int = 36) -> list[float | None]:
    """A level with a small irregular wave, and a step at go-live."""
    return [level + ((i * 7919) % 13 - 6) * 0.05 + (step if i >= 24 else 0.0) for i in range(months)]


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
    target = study._target(promise, found=STUDIES["one improvement"].outcomes[0].effect, base=10.0)
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
    target: Target = study._target(promise, found=found, base=10.0)
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
