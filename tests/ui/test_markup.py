"""Markup says the words of a block and nothing a user wrote becomes markup."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render import specimen
from tests.ui.conftest import parsed
from valueviz.errors import DefinitionError
from valueviz.language import language
from valueviz.render import charts
from valueviz.render.charts.sheet import Medium
from valueviz.render.palette import Palette
from valueviz.story.blocks import (
    Bullets,
    Callout,
    Card,
    Cards,
    Cell,
    ChartBlock,
    Column,
    Dumbbell,
    Prose,
    Row,
    Run,
    Table,
    Text,
)
from valueviz.story.voice import plain
from valueviz.terms import LOCALES, VERDICTS, Locale, Verdict
from valueviz.ui import markup
from valueviz.ui.pieces import Picture, Words, panels
from valueviz.ui.spark import spark
from valueviz.ui.style import sheet, text

ENGLISH = language("en")
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"' onload=alert(1) &amp; </style>"


def _text(words: str) -> Text:
    return (Run(words, kind="quotation"),)


@pytest.mark.parametrize(
    "block",
    [
        Prose(_text(HOSTILE)),
        Bullets((_text(HOSTILE),)),
        Callout(_text(HOSTILE), _text(HOSTILE)),
        Cards((Card(_text(HOSTILE), _text(HOSTILE), _text(HOSTILE), "B", "worse", _text(HOSTILE)),)),
        Table(HOSTILE, _text(HOSTILE), (Column(_text(HOSTILE)),), (Row((Cell(_text(HOSTILE)),)),), _text(HOSTILE)),
    ],
    ids=lambda block: type(block).__name__,
)
def test_user_text_never_becomes_markup(block: markup.WordBlock) -> None:
    found = parsed(markup.block(block, ENGLISH))

    assert HOSTILE in "".join(found.words)
    assert not {"script", "img"} & set(found.tags)


@given(st.text())
def test_escaped_text_reads_as_it_was_written(words: str) -> None:
    found = parsed(f"<p>{markup.escaped(words)}</p>")

    assert "".join(found.words) == words.replace("\x00", "\ufffd")
    assert found.tags == ["p"]


@given(st.text())
def test_words_in_a_style_sheet_stay_inside_their_quotes(words: str) -> None:
    quoted = text(words)

    assert quoted[0] == quoted[-1] == '"'
    assert not set('"<>{};\n') & set(quoted[1:-1])


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_has_a_form_in_the_style_sheet(verdict: Verdict) -> None:
    assert f".vv-mark.vv-is-{verdict}" in sheet()
    assert f"vv-is-{verdict}" in markup.mark(verdict)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_specimen_with_every_kind_of_block_comes_whole(locale: Locale) -> None:
    document = specimen.document(locale)

    ready = panels(document, theme="light")

    assert [panel.key for panel in ready] == ["head", *(section.key for section in document.sections)]
    shown = "".join(piece.markup for panel in ready for piece in panel.pieces if isinstance(piece, Words))
    words = "".join(parsed(shown).words)
    for section in document.sections:
        assert plain(section.title) in words
        assert plain(section.lead) in words
    assert {piece.key for panel in ready for piece in panel.pieces if isinstance(piece, Picture)} == set(
        specimen.charts(locale)
    )


def test_a_section_that_fails_is_a_card_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    document = specimen.document("en")
    real = charts.spec
    broken = next(block for block in document.sections[1].blocks if isinstance(block, Dumbbell))

    def drawn(block: ChartBlock, *, palette: Palette, width: float, scale: Medium) -> dict[str, object]:
        if block.key == broken.key:
            raise DefinitionError("unknown_section", file="renewal.toml", key="𠮷野")
        return real(block, palette=palette, width=width, scale=scale)

    monkeypatch.setattr(charts, "spec", drawn)

    ready = {panel.key: panel for panel in panels(document, theme="light")}

    (card,) = ready[document.sections[1].key].pieces
    assert isinstance(card, Words)
    assert "𠮷野" in "".join(parsed(card.markup).words)
    assert any(isinstance(piece, Picture) for piece in ready[document.sections[2].key].pieces)


def test_the_question_of_a_section_stands_over_its_finding() -> None:
    section = replace(specimen.document("en").sections[0], question="Were the promises kept?")

    words = "".join(parsed(markup.heading(section)).words)

    assert words.index("Were the promises kept?") < words.index(plain(section.title))


def test_a_sparkline_breaks_at_gaps_and_changes_colour_at_the_split() -> None:
    line = spark((0.0, 0.5, None, 1.0, 0.2), split=2)

    assert line.count("vv-was") == 1
    assert line.count("vv-now") == 1
    assert "vv-divide" in line
    assert spark((0.1, 0.2), split=None).count("vv-was") == 0
