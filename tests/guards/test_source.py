"""Habits that a linter does not know: what no source file of ours may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

MOST_LINES = 450
"""A longer module is two modules."""

FOLDERS = ("valueviz", "datasets", "tests", "docs", ".ci")
"""Where our Python files are, besides app.py."""

FOUND = (path for folder in FOLDERS for path in (REPOSITORY / folder).rglob("*.py"))
SOURCES = [*sorted(path for path in FOUND if path != Path(__file__)), REPOSITORY / "app.py"]


def offenders(pattern: str, *, where: str = "") -> list[str]:
    """File and line of every match below a folder."""
    expression = re.compile(pattern)
    return [
        f"{path.relative_to(REPOSITORY).as_posix()}:{number}"
        for path in SOURCES
        if path.relative_to(REPOSITORY).as_posix().startswith(where)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if expression.search(line)
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"except (Base)?Exception\b|except\s*:", id="catches everything"),
        pytest.param(r"\b(TODO|FIXME|XXX|HACK)\b", id="unfinished"),
        pytest.param(r"^\s*assert (True|1)\b|assert .* or True\b", id="always passes"),
        pytest.param(r"pytest\.mark\.(skip|xfail)\b(?!if)", id="set aside"),
    ],
)
def test_no_file_holds(pattern: str) -> None:
    assert offenders(pattern) == []


def test_only_the_command_line_prints() -> None:
    printing = offenders(r"^\s*print\(", where="valueviz/")
    assert [place for place in printing if not place.startswith("valueviz/cli/")] == []


def test_a_module_stays_readable() -> None:
    long = {
        path.relative_to(REPOSITORY).as_posix(): lines
        for path in SOURCES
        if path.relative_to(REPOSITORY).as_posix().startswith(("valueviz/", "app.py"))
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "service"}
    assert [path for path in SOURCES if path.stem in drawers and "valueviz" in path.parts] == []


def test_every_ignore_says_which_rule() -> None:
    assert offenders(r"#\s*noqa\s*$|#\s*noqa(?!:)|#\s*type:\s*ignore(?!\[)") == []
