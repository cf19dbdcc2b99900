"""What the first page says is what the program does."""

from __future__ import annotations

import re
import shlex
import warnings
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.docs.pages import PAGES, READMES, anchors, blocks, codes, links, prose, text
from valueviz.cli import _parser
from valueviz.language import language

IDS = [path.name for path in READMES]


def calls(path: Path) -> list[list[str]]:
    """Every call of valueviz in the fenced shell blocks of a page, as arguments."""
    lines = [line.partition(" #")[0] for block in blocks(path, "sh") for line in block.splitlines()]
    parts = [shlex.split(part) for line in lines for part in line.split("&&")]
    return [
        words[position + 1 :]
        for words in parts
        for position, word in enumerate(words)
        if word.rpartition("/")[2] == "valueviz"
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_call_on_a_page_is_one_the_parser_takes(page: Path) -> None:
    parser = _parser(language("en"))
    for call in calls(page):
        assert parser.parse_args(call).command == call[0]


@pytest.mark.parametrize("page", READMES, ids=IDS)
def test_the_first_page_shows_the_main_path(page: Path) -> None:
    assert {call[0] for call in calls(page)} == {
        "demo",
        "client",
        "import",
        "report",
        "serve",
        "workbook",
        "effect",
        "process",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_commands_named_in_a_sentence_exist(page: Path) -> None:
    known = {
        choice for action in _parser(language("en"))._actions for choice in (getattr(action, "choices", None) or ())
    }
    named = [
        code.split()[-1 if code.startswith("uv") else 1]
        for code in codes(prose(page))
        if re.match(r"(uv run )?valueviz [a-z]", code)
    ]
    assert [word for word in named if word not in known] == []


def test_both_pages_name_the_same_two_commands() -> None:
    english, chinese = (blocks(page, "sh")[:2] for page in READMES)
    assert english == chinese
    first, second = english
    assert first.count("\n") == second.count("\n") == 1
    assert first.strip().endswith("valueviz demo")


def test_the_gate_calls_the_second_command_and_nothing_else() -> None:
    second = blocks(READMES[0], "sh")[1].strip()
    script = text(REPOSITORY / ".ci" / "run").splitlines()
    commands = [line for line in script if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == [f"exec {second}"]


def test_the_notebook_lines_do_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    import altair
    import pandas as pd

    monkeypatch.setenv("VALUEVIZ_LANG", "en")
    (snippet,) = blocks(READMES[0], "python")
    told: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(snippet, "README.md", "exec"), told)
    effect = told["effect"]
    assert (effect.verdict, effect.grade) == ("improved", "B")  # type: ignore[attr-defined]
    assert effect.low < -2.5 < effect.high  # type: ignore[attr-defined]
    sentence = repr(effect)
    assert "improved" in sentence
    assert "95%" in sentence
    assert "grade B" in sentence
    frame = effect.to_frame()  # type: ignore[attr-defined]
    assert isinstance(frame, pd.DataFrame)
    assert frame["value"].tolist() == told["days"]["value"].tolist()  # type: ignore[index]
    assert isinstance(effect.chart(), altair.TopLevelMixin)  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = [target for target in links(page) if not leads(page, target)]
    assert broken == []


def leads(page: Path, target: str) -> bool:
    """Whether a link finds its file and its heading; the gallery may be missing as a whole, not in parts."""
    name, _, anchor = target.partition("#")
    found = page if not name else (page.parent / name).resolve()
    gallery = REPOSITORY / "docs" / "gallery"
    if found.is_relative_to(gallery) and not gallery.exists():
        return True
    if not found.exists():
        return False
    return not anchor or anchor in anchors(found)


def test_both_pages_show_the_same_pictures_in_their_language() -> None:
    english, chinese = ([target for target in links(page) if target.endswith(".png")] for page in READMES)
    assert len(english) == 6
    assert [name.replace("-en", "-zh-CN") for name in english] == chinese


def test_the_limits_say_what_the_code_refuses() -> None:
    from valueviz.analysis.effect.verdict import MIN_AFTER, MIN_BEFORE

    assert (MIN_BEFORE, MIN_AFTER) == (12, 6)
    assert "Twelve periods before go-live and six after" in text(READMES[0])
    assert "上线前至少十二期、上线后至少六期" in text(READMES[1])
