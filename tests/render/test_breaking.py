"""Lines of Chinese and Latin text: where they may begin and end, whatever the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valueviz.render.pdf.breaking import NO_END, NO_START, Measured, balanced, broken, measure
from valueviz.story.blocks import Run

quick = settings(derandomize=True, max_examples=60, deadline=None)
FULL_WIDTH = 1000
HALF_WIDTH = 500


def faces(char: str, _bold: bool) -> tuple[int, int]:
    """A face in which Chinese is an em wide and all else half an em."""
    return 0, FULL_WIDTH if char >= "\u2e80" or char in "“”‘’…—·" else HALF_WIDTH


def measured(*texts: str | Run, latin: bool = False) -> Measured:
    runs = tuple(text if isinstance(text, Run) else Run(text) for text in texts)
    return measure(runs, strong=False, latin=latin, faces=faces)


def lines(line: Measured, ems: float, *, even: bool = False) -> list[str]:
    spans = (balanced if even else broken)(line, ems * 1000)
    return [line.chars[start:end] for start, end in spans]


@pytest.mark.parametrize(
    ("text", "ems", "expected"),
    [
        ("一二三四五六，七八九十", 6.5, ["一二三四五六，", "七八九十"]),
        ("一二三四五六七，八九十", 6, ["一二三四五六", "七，八九十"]),
        ("一二三四（五六七）八九", 5, ["一二三四", "（五六七）", "八九"]),
        ("一二三“四五六”七八", 4, ["一二三", "“四五六”", "七八"]),
        ("一二三四……五六七八", 5, ["一二三", "四……五六", "七八"]),
        ("采购 ERP 系统上线", 4, ["采购 ERP", "系统上线"]),
        ("《上线手册》第一版", 5, ["《上线手册》", "第一版"]),
    ],
    ids=["hangs", "before", "brackets", "quotes", "dots", "latin", "titles"],
)
def test_chinese_lines_break_as_the_rules_of_punctuation_say(text: str, ems: float, expected: list[str]) -> None:
    assert lines(measured(text), ems) == expected


CHINESE = st.text(alphabet="一二三四五六七八九十上线月结库存", min_size=1, max_size=6)
LATIN = st.text(alphabet="ABCabc0123", min_size=1, max_size=8)
CLOSED = st.sampled_from([*"，。；：？！、", "……", "——"])


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """Chinese text with Latin words, brackets and quotes, and punctuation where a writer would put it."""
    parts = []
    for _ in range(draw(st.integers(1, 25))):
        word = draw(st.one_of(CHINESE, CHINESE, LATIN))
        opened, closed = draw(
            st.sampled_from([("", ""), ("", ""), ("（", "）"), ("“", "”"), ("《", "》"), ("【", "】")])
        )
        parts.append(f"{opened}{word}{closed}{draw(st.one_of(st.just(''), CLOSED))}")
    return "".join(parts)


@quick
@given(sentences(), st.floats(12, 60))
def test_no_line_begins_or_ends_with_a_forbidden_mark(text: str, ems: float) -> None:
    set_lines = lines(measured(text), ems)
    assert "".join(set_lines) == text
    assert not any(line[0] in NO_START for line in set_lines[1:])
    assert not any(line[-1] in NO_END for line in set_lines[:-1])


@quick
@given(st.text(max_size=80), st.floats(1, 40))
def test_any_text_at_any_width_keeps_all_its_characters(text: str, ems: float) -> None:
    line = measured(text)
    spans = broken(line, ems * 1000)
    kept = "".join(line.chars[start:end] for start, end in spans)
    assert "".join(kept.split()) == "".join(line.chars.split())


@quick
@given(sentences(), st.floats(4, 60))
def test_no_line_is_wider_than_its_measure(text: str, ems: float) -> None:
    line = measured(text)
    assert all(line.width(start, end) <= ems * 1000 + 1 for start, end in broken(line, ems * 1000))


@quick
@given(sentences(), sentences(), st.floats(8, 40))
def test_a_fact_is_never_broken_while_it_fits_a_line(before: str, after: str, ems: float) -> None:
    number = Run("−22.1 – −14.6\u2009天", kind="fact")
    set_lines = lines(measured(before, number, after), ems)
    assert any(number.text in line for line in set_lines)


def test_a_fact_wider_than_the_line_parts_before_its_range_and_keeps_the_range_whole() -> None:
    number = Run("95% interval −22.1% – −14.6%", kind="fact")
    assert lines(measured(number, latin=True), 10) == ["95% interval", "−22.1% – −14.6%"]


@quick
@given(sentences(), st.floats(31, 60))
def test_the_last_line_of_a_paragraph_is_never_a_lone_character(text: str, ems: float) -> None:
    set_lines = lines(measured(text), ems)
    last = [char for char in set_lines[-1] if char not in NO_START]
    assert len(set_lines) == 1 or len(last) > 1 or measured(text).breaks.count(True) < 3


def test_a_number_stays_with_its_unit_outside_facts_too() -> None:
    assert lines(measured("共观察了 41\u2009个月的数据"), 6.5) == ["共观察了", "41\u2009个月的数据"]


def test_neighbouring_marks_share_their_blank_halves() -> None:
    alone = measured("（一）").prefix[-1] + measured("。").prefix[-1]
    assert measured("（一）。").prefix[-1] == alone - HALF_WIDTH


@pytest.mark.parametrize(
    ("title", "ems", "latin", "expected"),
    [
        ("月结至少缩短两天，库存尚不能证明", 14, False, ["月结至少缩短两天，", "库存尚不能证明"]),
        ("Three improved, one got worse since", 14, True, ["Three improved,", "one got worse since"]),
        ("短题", 14, False, ["短题"]),
    ],
)
def test_a_title_parts_where_the_sense_does(title: str, ems: float, latin: bool, expected: list[str]) -> None:
    assert lines(measured(title, latin=latin), ems, even=True) == expected


def test_latin_words_stay_whole_and_long_ones_break_only_where_they_must() -> None:
    assert lines(measured("the requisition order", latin=True), 6) == ["the", "requisition", "order"]
    assert lines(measured("a requisitioning", latin=True), 4) == ["a", "requisit", "ioning"]
