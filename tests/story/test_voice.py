"""A sentence with facts set into it: kinds kept apart, thin spaces where scripts meet."""

from __future__ import annotations

import pytest

from valueviz.language import language
from valueviz.story.blocks import Run
from valueviz.story.voice import Voice, plain
from valueviz.terms import Fact, Names, Stated

CHINESE, ENGLISH = Voice(language("zh_CN")), Voice(language("en"))
THIN = "\u2009"


def stated(text: str) -> Run:
    return Run(text, "fact", Fact("k", 1.0, "day", Stated("test", None)))


def test_a_fact_stays_one_run_and_gets_its_space_outside() -> None:
    text = CHINESE.join([Run("缩短"), stated("2.9"), Run("天")])
    assert [(run.text, run.kind) for run in text] == [
        ("缩短" + THIN, "prose"),
        ("2.9", "fact"),
        (THIN + "天", "prose"),
    ]


def test_no_space_stands_before_punctuation_or_in_english() -> None:
    assert plain(CHINESE.join([Run("（"), stated("3"), Run("）。")])) == "（3）。"
    assert plain(ENGLISH.join([Run("by "), stated("3"), Run(" days")])) == "by 3 days"


def test_neighbouring_prose_is_one_run() -> None:
    assert len(ENGLISH.join([Run("one "), Run("two"), Run("", "fact"), Run(" three")])) == 1


def test_a_sentence_of_a_definition_takes_facts_into_its_places() -> None:
    names = Names((("zh_CN", "损失超过 {loss}。"), ("en", "More than {loss} was lost.")))
    assert plain(CHINESE.fill(names, loss=stated("500 万元"))) == f"损失超过{THIN}500 万元。"
    assert plain(ENGLISH.fill(names, loss=stated("CNY 5M"))) == "More than CNY 5M was lost."


def test_a_missing_field_of_a_sentence_is_an_error() -> None:
    with pytest.raises(KeyError):
        ENGLISH.say("cover.answer", finding="x")
